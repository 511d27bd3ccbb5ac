/* boot_line.c - whose words stand on a line, and what it becomes. */
#include <string.h>

#include "kinds/boot.h"

struct words {
	ARRAY(const char *) list;
};

static const struct argument *argument_of(const struct boot *boot, const char *name)
{
	const struct member *member = boot ? map_get(&boot->arguments, name) : NULL;

	return member ? member->value : NULL;
}

static bool list_says(const struct text_list *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++)
		if (cmdline_same(list->at[i], word))
			return true;
	return false;
}

/* The words of one name on a line. */
static void words_named(struct arena *arena, const struct cmdline *line, const char *name,
			struct words *ret)
{
	*ret = (struct words){};
	EACH(word, &line->list)
		if (string_equal(word->name, name))
			ARRAY_PUSH(arena, &ret->list, word->text);
}

/* How many words stand before those of `want`, which are the last; or -1. */
static int words_before(const struct words *words, const struct text_list *want)
{
	size_t count = words->list.count;

	if (count < want->count)
		return -1;
	for (size_t i = 0; i < want->count; i++)
		if (!cmdline_same(words->list.at[count - want->count + i], want->at[i]))
			return -1;
	return (int)(count - want->count);
}

/* Those of the first `count` words that were ours: in `last`, and not the image's own. */
static void words_ours(struct arena *arena, const struct words *words, size_t count,
		       const struct argument *last, const struct cmdline *own, struct words *ret)
{
	struct cmdline left = {};

	*ret = (struct words){};
	EACH(word, &own->list)
		ARRAY_PUSH(arena, &left.list, *word);
	for (size_t i = 0; last && i < count; i++)
		if (!cmdline_take(&left, words->list.at[i]) &&
		    list_says(&last->words, words->list.at[i]))
			ARRAY_PUSH(arena, &ret->list, words->list.at[i]);
}

static void argument_give(struct arena *arena, struct boot *boot, const char *name,
			  const char *const *words, size_t count)
{
	struct argument *argument = map_add(arena, &boot->arguments, &argument_record, name);
	struct text_list list = { arena_alloc(arena, count * sizeof(*list.at)), count };

	memcpy(list.at, words, count * sizeof(*list.at));
	SET(&argument_record, argument, words, list);
}

static void argument_see(struct arena *arena, const struct cmdline *line, const struct cmdline *own,
			 const char *name, const struct boot *want_all, const struct boot *last_all,
			 struct boot *ret)
{
	const struct argument *want = argument_of(want_all, name);
	const struct argument *last = argument_of(last_all, name);
	struct words words, ours;

	words_named(arena, line, name, &words);
	int before = want ? words_before(&words, &want->words) : -1;
	words_ours(arena, &words, before < 0 ? words.list.count : (size_t)before, last, own, &ours);
	if (before >= 0 && !ours.list.count)
		argument_give(arena, ret, name, want->words.at, want->words.count);
	else if (want || !last)
		argument_give(arena, ret, name, words.list.at, words.list.count);
	else if (ours.list.count)
		argument_give(arena, ret, name, ours.list.at, ours.list.count);
}

void boot_arguments(struct arena *arena, const char *line, const char *own_line,
		    const struct boot *want, const struct boot *last, struct boot *ret)
{
	struct cmdline words, own;

	cmdline_parse(arena, line, &words);
	cmdline_parse(arena, own_line ? own_line : "", &own);
	EACH(word, &words.list)
		if (!map_get(&ret->arguments, word->name))
			argument_see(arena, &words, &own, word->name, want, last, ret);
	record_give(&boot_record, ret, offsetof(struct boot, arguments), true);
}

/* ---- a new line ---- */

static bool stands(struct arena *arena, const struct cmdline *line, const struct member *member,
		   const struct boot *last_all, const struct cmdline *own)
{
	const struct argument *want = member->value, *last = argument_of(last_all, member->name);
	struct words words, ours;

	words_named(arena, line, member->name, &words);
	int before = words_before(&words, &want->words);
	if (before < 0)
		return false;
	words_ours(arena, &words, (size_t)before, last, own, &ours);
	return !ours.list.count;
}

static void take_former(struct arena *arena, struct cmdline *line, const struct member *former,
			const struct cmdline *own)
{
	struct words words, ours;

	words_named(arena, line, former->name, &words);
	words_ours(arena, &words, words.list.count, former->value, own, &ours);
	EACH(word, &ours.list)
		cmdline_take(line, *word);
}

const char *boot_line(struct arena *arena, const char *line, const char *own_line,
		      const struct boot *want, const struct boot *last)
{
	struct cmdline words, own;

	cmdline_parse(arena, line, &words);
	cmdline_parse(arena, own_line ? own_line : "", &own);
	for (size_t i = 0; last && i < last->arguments.count; i++) {
		const struct member *former = &last->arguments.at[i];
		const struct member *now = want ? map_get(&want->arguments, former->name) : NULL;
		if (!now || !stands(arena, &words, now, last, &own))
			take_former(arena, &words, former, &own);
	}
	for (size_t i = 0; want && i < want->arguments.count; i++) {
		const struct member *member = &want->arguments.at[i];
		const struct argument *argument = member->value;
		if (stands(arena, &words, member, last, &own))
			continue;
		for (size_t j = 0; j < argument->words.count; j++)
			cmdline_add(arena, &words, argument->words.at[j]);
	}
	return cmdline_print(arena, &words);
}

static void words_missing(struct text *text, const char *sign, const char *in, const char *from)
{
	struct cmdline left, words;

	cmdline_parse(text->arena, in, &left);
	cmdline_parse(text->arena, from, &words);
	EACH(word, &words.list)
		if (!string_equal(word->name, CMDLINE_INIT) && !cmdline_take(&left, word->text))
			text_addf(text, "%s%s%s", text->size ? " " : "", sign, word->text);
}

const char *boot_words_changed(struct arena *arena, const char *from, const char *to)
{
	struct text text = text_of(arena);

	words_missing(&text, "-", to, from);
	words_missing(&text, "+", from, to);
	return text.at;
}
