#include "formats/grub.h"

#include <string.h>

#include "formats/cmdline.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,=+@%^~-"
#define KEPT  "# arguments: "

/* ---- words ---- */

/* One word of a script: quotes and backslashes are taken away. */
static const char *word_read(struct arena *arena, const char **at)
{
	struct text word = text_of(arena);
	const char *from = *at;
	char quote = '\0';

	for (; *from && *from != '\n' && (quote || (*from != ' ' && *from != '\t')); from++) {
		if (*from == quote) {
			quote = '\0';
		} else if (!quote && (*from == '\'' || *from == '"')) {
			quote = *from;
		} else if (*from == '\\' && quote != '\'' && from[1] && from[1] != '\n') {
			text_add_byte(&word, *++from);
		} else {
			text_add_byte(&word, *from);
		}
	}
	*at = from + strspn(from, " \t");
	return word.at;
}

/* As the kernel is to read it: what holds spaces is quoted behind its "=". */
static const char *word_of_kernel(struct arena *arena, const char *word)
{
	const char *sign = strchr(word, '=');

	if (!strchr(word, ' ') || !sign)
		return word;
	return arena_printf(arena, "%.*s=\"%s\"", (int)(sign - word), word, sign + 1);
}

/* GRUB takes the quotes away, and makes the kernel's own where the word has spaces. */
static void word_write(struct text *text, const char *word)
{
	if (*word && !word[strspn(word, PLAIN)]) {
		text_add(text, word);
		return;
	}
	text_add_byte(text, '\'');
	for (const char *at = word; *at; at++)
		if (*at == '\'')
			text_add(text, "'\\''");
		else if (*at != '"')
			text_add_byte(text, *at);
	text_add_byte(text, '\'');
}

static void line_write(struct text *text, const char *line)
{
	struct cmdline words;

	cmdline_split(text->arena, line, &words);
	EACH(word, &words.list) {
		text_add_byte(text, ' ');
		word_write(text, word->text);
	}
}

/* ---- menu entries ---- */

static const char *line_end(const char *at)
{
	at += strcspn(at, "\n");
	return *at ? at + 1 : at;
}

/* The words behind `key` at the start of a line of the entry, or NULL. */
static const char *entry_command(const char *text, const char *key)
{
	size_t size = strlen(key);

	for (const char *at = text; *at; at = line_end(at)) {
		const char *word = at + strspn(at, " \t");
		if (strncmp(word, key, size) == 0 && (word[size] == ' ' || word[size] == '\t'))
			return word + size + strspn(word + size, " \t");
	}
	return NULL;
}

bool grub_entry_first(struct arena *arena, const char *config, struct grub_entry *ret)
{
	const char *from = config;
	struct text line = text_of(arena);

	while (*from && !string_starts(from, "menuentry "))
		from = line_end(from);
	const char *to = from;
	while (*to && *to != '}')
		to = line_end(to);
	if (!*from || !*to)
		return false;
	*ret = (struct grub_entry){ .text = arena_strndup(arena, from, (size_t)(to - from) + 1) };
	const char *at = entry_command(ret->text, "linux");
	if (!at)
		return false;
	ret->kernel = word_read(arena, &at);
	while (*at && *at != '\n')
		text_addf(&line, "%s%s", line.size ? " " : "",
			  word_of_kernel(arena, word_read(arena, &at)));
	ret->line = line.at;
	return true;
}

/* Where GRUB has a password, any other entry asks for it. */
static bool is_unrestricted(struct arena *arena, const struct grub_entry *entry)
{
	const char *at = entry->text;

	while (*at && *at != '\n')
		if (string_equal(word_read(arena, &at), "--unrestricted"))
			return true;
	return false;
}

const char *grub_entry_with(struct arena *arena, const struct grub_entry *entry, const char *title,
			    const char *id, const char *line)
{
	struct text text = text_of(arena);
	const char *linux_line = entry_command(entry->text, "linux");

	text_addf(&text, "menuentry '%s'%s --id '%s' {\n", title,
		  is_unrestricted(arena, entry) ? " --unrestricted" : "", id);
	for (const char *at = line_end(entry->text); *at; at = line_end(at)) {
		const char *end = line_end(at);
		if (linux_line < at || linux_line >= end) {
			text_add_bytes(&text, at, (size_t)(end - at));
			continue;
		}
		text_add(&text, "\tlinux\t");
		word_write(&text, entry->kernel);
		line_write(&text, line);
		text_add_byte(&text, '\n');
	}
	text_add_byte(&text, '\n');
	return text.at;
}

bool grub_first_is_default(const char *config)
{
	const char *at = strstr(config, "set default=");
	bool first = false, other = false;

	/* One of them takes what was chosen for once. */
	for (; at; at = strstr(at + 1, "set default=")) {
		const char *value = at + strlen("set default=");
		if (string_starts(value, "\"${next_entry}\""))
			continue;
		if (string_starts(value, "\"0\"") || string_starts(value, "0\n"))
			first = true;
		else
			other = true;
	}
	return first && !other;
}

bool grub_knows_next(const char *config)
{
	return strstr(config, "set default=\"${next_entry}\"") &&
	       strstr(config, "save_env next_entry");
}

bool grub_waits_for_a_key(const char *config)
{
	return strstr(config, "set timeout=-1\n");
}

/* ---- the environment ---- */

const char *grub_environment(struct arena *arena, const char *block, const char *name)
{
	size_t size = strlen(name);

	for (const char *at = block; *at; at = line_end(at))
		if (strncmp(at, name, size) == 0 && at[size] == '=')
			return arena_strndup(arena, at + size + 1, strcspn(at + size + 1, "\n"));
	return NULL;
}

/* ---- /etc/default/grub.d ---- */

const char *grub_addition(struct arena *arena, const char *line)
{
	struct text text = text_of(arena), words = text_of(arena);

	line_write(&words, line);
	text_addf(&text, KEPT "%s\nGRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT", line);
	for (const char *at = words.at; *at; at++)
		text_addf(&text, strchr("\"$`\\", *at) ? "\\%c" : "%c", *at);
	text_add(&text, "\"\n");
	return text.at;
}

const char *grub_addition_read(struct arena *arena, const char *text)
{
	const char *at = strstr(text, KEPT);

	return at ? arena_strndup(arena, at + strlen(KEPT), strcspn(at + strlen(KEPT), "\n"))
		  : NULL;
}
