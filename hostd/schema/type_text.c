/* text, block, name, path, url: values of const char *. */
#include <ctype.h>
#include <string.h>

#include "base/name.h"
#include "schema/pattern.h"
#include "schema/scalar.h"

enum { PATH_SIZE_MAX = 4095 };

static void string_print(const void *value, struct text *text)
{
	const char *string = *(const char *const *)value;

	text_add(text, string ? string : "");
}

static bool strings_equal(const void *a, const void *b)
{
	return string_equal(*(const char *const *)a, *(const char *const *)b);
}

/* ---- text ---- */

static size_t choice_count(const char *const *choices)
{
	size_t count = 0;

	while (choices[count])
		count++;
	return count;
}

static int choice_read(const struct field *field, const struct node *node, struct faults *faults)
{
	size_t count = choice_count(field->choices);
	struct text expected = text_of(faults->arena);

	for (size_t i = 0; i < count; i++)
		if (string_equal(node->text, field->choices[i]))
			return 0;
	text_add(&expected, count > 1 ? "one of " : "");
	for (size_t i = 0; i < count; i++)
		text_addf(&expected, "%s%s", i ? ", " : "", field->choices[i]);
	int refused = scalar_refuse(faults, field, node, expected.at);
	char *lower = arena_strdup(faults->arena, node->text);
	for (char *at = lower; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	const char *nearest = name_nearest(node->text, field->choices, count);
	if (!nearest)
		nearest = name_nearest(lower, field->choices, count);
	if (nearest)
		fault_hint(faults, "did you mean \"%s\"?", nearest);
	return refused;
}

static int text_refuse(const struct field *field, const struct node *node, const char *expected,
		       const char *flaw, struct faults *faults)
{
	int refused = scalar_refuse(faults, field, node, expected);

	if (flaw)
		fault_hint(faults, "it holds %s", flaw);
	return refused;
}

static int text_read(struct arena *arena, const struct field *field, const struct node *node,
		     void *value, struct faults *faults)
{
	bool scalar = node->kind == NODE_SCALAR;
	const char *flaw = scalar ? text_flaw(node->text, false) : NULL;

	if (!scalar || flaw)
		return text_refuse(field, node, type_text.name, flaw, faults);
	if (field && field->choices && choice_read(field, node, faults) < 0)
		return -1;
	*(const char **)value = arena_strdup(arena, node->text);
	return 0;
}

const struct type type_text = {
	.name = "one line of text",
	.json_type = "string",
	.json_pattern = "^[^" PATTERN_CONTROL "]*$",
	.size = sizeof(const char *),
	.read = text_read,
	.print = string_print,
	.equal = strings_equal,
};

/* ---- block ---- */

static int block_read(struct arena *arena, const struct field *field, const struct node *node,
		      void *value, struct faults *faults)
{
	bool scalar = node->kind == NODE_SCALAR;
	const char *flaw = scalar ? text_flaw(node->text, true) : NULL;

	if (!scalar || flaw)
		return text_refuse(field, node, type_block.name, flaw, faults);
	*(const char **)value = arena_strdup(arena, node->text);
	return 0;
}

const struct type type_block = {
	.name = "lines of text",
	.json_type = "string",
	.json_pattern = "^[^" PATTERN_LINES "]*$",
	.size = sizeof(const char *),
	.read = block_read,
	.print = string_print,
	.equal = strings_equal,
};

/* ---- the text of a file ---- */

/* What is one line is its name. */
void type_file_find(struct node *node)
{
	if (node->kind == NODE_SCALAR && !node->file && !strchr(node->text, '\n'))
		node->file = node->text;
}

static int file_text_read(struct arena *arena, const struct field *field, const struct node *node,
			  void *value, struct faults *faults)
{
	bool scalar = node->kind == NODE_SCALAR;
	const char *flaw = scalar ? text_flaw(node->text, true) : NULL;

	if (!scalar || flaw)
		return text_refuse(field, node, type_file_text.name, flaw, faults);
	if (node->text == node->file)
		return fault_at(faults, node->mark, "there is no folder in which to find %s",
				text_quoted(faults->arena, node->file));
	*(const char **)value = arena_strdup(arena, node->text);
	return 0;
}

const struct type type_file_text = {
	.name = "the name of a file, relative to this one",
	.json_type = "string",
	.json_pattern = "^[^" PATTERN_LINES "]*$",
	.size = sizeof(const char *),
	.read = file_text_read,
	.print = string_print,
	.equal = strings_equal,
};

/* ---- name ---- */

static bool name_parse(struct arena *arena, const char *text, void *value)
{
	if (!name_is_valid(text))
		return false;
	*(const char **)value = arena_strdup(arena, text);
	return true;
}

/* The same in lower case, with - for what a name cannot hold. */
static const char *name_hint(struct arena *arena, const char *text)
{
	char *name = arena_strdup(arena, text);
	size_t size = 0;

	for (const char *from = text; *from; from++) {
		char byte = (char)tolower((unsigned char)*from);
		if (!isalnum((unsigned char)byte) && byte != '_' && byte != '.')
			byte = '-';
		if (size || isalnum((unsigned char)byte))
			name[size++] = byte;
	}
	while (size && !isalnum((unsigned char)name[size - 1]))
		size--;
	name[size] = '\0';
	if (size > NAME_SIZE_MAX)
		return arena_printf(arena, "a name has at most %d characters", NAME_SIZE_MAX);
	return name_is_valid(name) ? arena_printf(arena, "write %s", name) : NULL;
}

static int name_read(struct arena *arena, const struct field *field, const struct node *node,
		     void *value, struct faults *faults)
{
	static const struct scalar name = { &type_name, name_parse, name_hint };
	const char *read = NULL;

	if (scalar_read(&name, arena, field, node, &read, faults) < 0)
		return -1;
	if (field && field->choices && choice_read(field, node, faults) < 0)
		return -1;
	*(const char **)value = read;
	return 0;
}

const struct type type_name = {
	.name = "a name of a-z, 0-9, -, _ and .",
	.json_type = "string",
	.json_pattern = "^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$",
	.size = sizeof(const char *),
	.read = name_read,
	.print = string_print,
	.equal = strings_equal,
};

/* ---- path ---- */

/* Absolute and without "..": "//" and a slash at the end go, and so do "." parts. */
static bool path_parse(struct arena *arena, const char *text, void *value)
{
	struct text path = text_of(arena);

	if (text[0] != '/' || text_flaw(text, false) || strlen(text) > PATH_SIZE_MAX)
		return false;
	while (*text) {
		text += strspn(text, "/");
		size_t size = strcspn(text, "/");
		if (size == 2 && text[0] == '.' && text[1] == '.')
			return false;
		if (size && !(size == 1 && text[0] == '.')) {
			text_add_byte(&path, '/');
			text_add_bytes(&path, text, size);
		}
		text += size;
	}
	*(const char **)value = path.size ? path.at : "/";
	return true;
}

static const char *path_hint(struct arena *arena, const char *text)
{
	const char *flaw = text_flaw(text, false);

	if (flaw)
		return arena_printf(arena, "it holds %s", flaw);
	if (text[0] != '/')
		return "a path starts with /";
	if (strlen(text) > PATH_SIZE_MAX)
		return arena_printf(arena, "a path has at most %d bytes", PATH_SIZE_MAX);
	return "a path may not hold \"..\"";
}

static int path_read(struct arena *arena, const struct field *field, const struct node *node,
		     void *value, struct faults *faults)
{
	static const struct scalar path = { &type_path, path_parse, path_hint };

	return scalar_read(&path, arena, field, node, value, faults);
}

const struct type type_path = {
	.name = "an absolute path",
	.json_type = "string",
	.json_pattern = "^/(?!([^" PATTERN_CONTROL "]*/)?\\.\\.(/|$))[^" PATTERN_CONTROL "]*$",
	.size = sizeof(const char *),
	.read = path_read,
	.print = string_print,
	.equal = strings_equal,
};

/* ---- url ---- */

#define URL_BYTE  "[!#-;=?-\\[\\]_a-z~]"
#define HOST_BYTE "[!$-.0-;=A-\\[\\]_a-z~]"

static bool is_url_byte(char byte)
{
	return byte > ' ' && byte < 0x7f && !strchr("\"<>\\^`{|}", byte);
}

static bool url_parse(struct arena *arena, const char *text, void *value)
{
	static const char *const web[] = { "https://", "http://" };

	for (const char *at = text; *at; at++)
		if (!is_url_byte(*at))
			return false;
	if (string_starts(text, "file:///") && text[8]) {
		*(const char **)value = arena_strdup(arena, text);
		return true;
	}
	for (size_t i = 0; i < 2; i++) {
		if (!string_starts(text, web[i]))
			continue;
		const char *host = text + strlen(web[i]);
		size_t size = strcspn(host, "/?#");
		if (!size || memchr(host, '@', size))
			return false;
		*(const char **)value = arena_strdup(arena, text);
		return true;
	}
	return false;
}

static const char *url_hint(struct arena *arena, const char *text)
{
	const char *host = strstr(text, "://");

	(void)arena;
	if (text[0] == '/')
		return arena_printf(arena, "a file on this host is file://%s", text);
	if (host && memchr(host + 3, '@', strcspn(host + 3, "/?#")))
		return "a user or password has no place in a URL";
	for (; *text; text++)
		if (!is_url_byte(*text))
			return "write other characters as %XX";
	return "a URL starts with https://, http:// or file:///";
}

static int url_read(struct arena *arena, const struct field *field, const struct node *node,
		    void *value, struct faults *faults)
{
	static const struct scalar url = { &type_url, url_parse, url_hint };

	return scalar_read(&url, arena, field, node, value, faults);
}

const struct type type_url = {
	.name = "a URL, like https://images.example/debian.qcow2",
	.json_type = "string",
	.json_pattern = "^(https?://" HOST_BYTE "+([/?#]" URL_BYTE "*)?|file:///" URL_BYTE "+)$",
	.size = sizeof(const char *),
	.read = url_read,
	.print = string_print,
	.equal = strings_equal,
};

bool text_list_has(const struct text_list *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->at[i], word) == 0)
			return true;
	return false;
}

void text_list_push(struct arena *arena, struct text_list *list, const char *word)
{
	const char **grown = arena_grow(arena, list->at, list->count * sizeof(*grown),
					(list->count + 1) * sizeof(*grown));

	grown[list->count++] = word;
	list->at = grown;
}
