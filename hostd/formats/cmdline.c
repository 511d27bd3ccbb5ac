#include "formats/cmdline.h"

#include <string.h>

#define SPACES " \t\n\v\f\r"

/* The first word of a pair, and the one that belongs to it. */
#define PAIR_FIRST  "hugepagesz"
#define PAIR_SECOND "hugepages"

static bool is_space(char byte)
{
	return byte && strchr(SPACES, byte);
}

const char *cmdline_name(struct arena *arena, const char *name)
{
	char *same = arena_strdup(arena, name);

	for (char *at = same; *at; at++)
		if (*at == '-')
			*at = '_';
	return same;
}

/* A value that says two words at once is written as them. */
static bool is_pair(const char *name, const char *value)
{
	return string_equal(name, PAIR_FIRST) && value && strstr(value, " " PAIR_SECOND "=");
}

const char *cmdline_word(struct arena *arena, const char *name, const char *value)
{
	if (!value)
		return arena_strdup(arena, name);
	if (value[strcspn(value, SPACES)] && !is_pair(name, value))
		return arena_printf(arena, "%s=\"%s\"", name, value);
	return arena_printf(arena, "%s=%s", name, value);
}

bool cmdline_name_is_sane(const char *name)
{
	for (const char *at = name; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f || *at == '"' || *at == '=')
			return false;
	return *name && *name != '-';
}

/* ---- reading ---- */

/* The bytes of a word, from its start to the white space that ends it. */
static size_t word_size(const char *at)
{
	bool quoted = false;
	size_t size = 0;

	for (; at[size] && (quoted || !is_space(at[size])); size++)
		quoted ^= at[size] == '"';
	return size;
}

/* What the kernel makes of a word: a quote at its start, at its value's start, and then at the
 * end, is not part of it. */
static void word_read(struct arena *arena, const char *at, size_t size, struct cmdline_word *word)
{
	bool quoted = *at == '"';
	char *text = arena_strndup(arena, at + quoted, size - quoted);
	char *sign = *text ? strchr(text + 1, '=') : NULL;
	char *value = sign ? sign + 1 : NULL;

	if (value && *value == '"') {
		value++;
		quoted = true;
	}
	size_t end = strlen(text);
	if (quoted && end && text[end - 1] == '"' && (!value || text + end > value))
		text[end - 1] = '\0';
	if (sign)
		*sign = '\0';
	*word = (struct cmdline_word){
		.text = arena_strndup(arena, at, size),
		.name = cmdline_name(arena, text),
		.value = value,
	};
}

/* "hugepages=4" right behind "hugepagesz=1G" joins it. */
static bool word_joins(struct arena *arena, struct cmdline *line, const struct cmdline_word *word)
{
	struct cmdline_word *last = line->list.count ? &line->list.at[line->list.count - 1] : NULL;

	if (!last || !last->value || !word->value || !string_equal(last->name, PAIR_FIRST) ||
	    !string_equal(word->name, PAIR_SECOND) || is_pair(last->name, last->value))
		return false;
	last->text = arena_printf(arena, "%s %s", last->text, word->text);
	last->value = arena_printf(arena, "%s " PAIR_SECOND "=%s", last->value, word->value);
	return true;
}

static void line_read(struct arena *arena, const char *line, bool pairs, struct cmdline *ret)
{
	bool for_init = false;

	*ret = (struct cmdline){};
	for (const char *at = line + strspn(line, SPACES); *at; at += strspn(at, SPACES)) {
		struct cmdline_word word;
		size_t size = word_size(at);
		word_read(arena, at, size, &word);
		at += size;
		for_init |= string_equal(word.text, CMDLINE_INIT);
		if (for_init)
			word = (struct cmdline_word){ word.text, CMDLINE_INIT, NULL };
		if (for_init || !pairs || !word_joins(arena, ret, &word))
			ARRAY_PUSH(arena, &ret->list, word);
	}
}

void cmdline_parse(struct arena *arena, const char *line, struct cmdline *ret)
{
	line_read(arena, line, true, ret);
}

void cmdline_split(struct arena *arena, const char *line, struct cmdline *ret)
{
	line_read(arena, line, false, ret);
}

/* ---- writing ---- */

const char *cmdline_print(struct arena *arena, const struct cmdline *line)
{
	struct text text = text_of(arena);

	EACH(word, &line->list)
		text_addf(&text, "%s%s", text.size ? " " : "", word->text);
	return text.at;
}

static bool words_same(const struct cmdline_word *a, const struct cmdline_word *b)
{
	return string_equal(a->name, b->name) && string_equal(a->value, b->value);
}

bool cmdline_same(const char *a, const char *b)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct cmdline first, second;

	cmdline_parse(arena, a, &first);
	cmdline_parse(arena, b, &second);
	if (first.list.count != second.list.count)
		return false;
	for (size_t i = 0; i < first.list.count; i++)
		if (!words_same(&first.list.at[i], &second.list.at[i]))
			return false;
	return true;
}

/* A quote that is not closed takes in whatever follows: only the last word can hold one. */
static bool is_open(const char *text)
{
	bool quoted = false;

	for (; *text; text++)
		quoted ^= *text == '"';
	return quoted;
}

void cmdline_add(struct arena *arena, struct cmdline *line, const char *text)
{
	struct cmdline added;
	size_t place = 0;

	cmdline_parse(arena, text, &added);
	while (place < line->list.count && !is_open(line->list.at[place].text) &&
	       !string_equal(line->list.at[place].name, CMDLINE_INIT))
		place++;
	EACH(word, &added.list) {
		ARRAY_PUSH(arena, &line->list, *word);
		for (size_t i = line->list.count - 1; i > place; i--)
			line->list.at[i] = line->list.at[i - 1];
		line->list.at[place++] = *word;
	}
}

static bool word_says(const struct cmdline_word *word, const char *text)
{
	return !string_equal(word->name, CMDLINE_INIT) && cmdline_same(word->text, text);
}

static bool word_take(struct cmdline *line, size_t place)
{
	for (line->list.count--; place < line->list.count; place++)
		line->list.at[place] = line->list.at[place + 1];
	return true;
}

bool cmdline_take(struct cmdline *line, const char *text)
{
	for (size_t i = line->list.count; i-- > 0;)
		if (word_says(&line->list.at[i], text))
			return word_take(line, i);
	return false;
}

bool cmdline_take_first(struct cmdline *line, const char *text)
{
	for (size_t i = 0; i < line->list.count; i++)
		if (word_says(&line->list.at[i], text))
			return word_take(line, i);
	return false;
}
