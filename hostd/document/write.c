#include <string.h>

#include "base/utf8.h"
#include "document/node.h"

enum {
	STEP = 2,      /* columns that each level is indented by */
	KEY_MAX = 900, /* YAML ends a key without "? " at 1024 characters */
};

enum style { PLAIN, QUOTED, LITERAL };

/* What decides how a text can be written. */
struct look {
	bool utf8, text; /* all of it: decodes; holds nothing to be escaped */
	bool lines;      /* holds a line end */
	bool visible;    /* holds more than blanks and line ends */
	bool plain;      /* holds nothing that ends a plain scalar */
};

static struct look look_at(const char *text)
{
	struct look look = { .utf8 = true, .text = true, .plain = true };
	size_t left = strlen(text);

	for (const char *at = text; left;) {
		uint32_t character = 0;
		size_t length = utf8_decode(at, left, &character);
		if (!length || !utf8_is_text(character) || character == '\r')
			look.text = false;
		look.utf8 &= length > 0;
		look.lines |= character == '\n';
		look.visible |= character > ' ' || !length;
		if (character < ' ' || (*at == ':' && (!at[1] || at[1] == ' ')) ||
		    (*at == ' ' && (!at[1] || at[1] == '#')))
			look.plain = false;
		at += length ? length : 1;
		left -= length ? length : 1;
	}
	look.plain &= look.text;
	return look;
}

static bool is_word_byte(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == '/';
}

static bool starts_plain(const char *text)
{
	if (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0 ||
	    string_starts(text, "..."))
		return false;
	if (*text == '-')
		return is_word_byte(text[1]);
	return !strchr(" -?:,[]{}#&*!|>'\"%@`", *text);
}

static enum style style_of(const struct node *node)
{
	struct look look = look_at(node->text);

	if (!node->quoted && look.plain && starts_plain(node->text))
		return PLAIN;
	return look.lines && look.text && look.visible ? LITERAL : QUOTED;
}

static void add_escaped(struct text *text, uint32_t character)
{
	static const struct {
		char character, letter;
	} short_ones[] = { { '"', '"' },  { '\\', '\\' }, { '\n', 'n' },
			   { '\t', 't' }, { '\r', 'r' },  { 0x1b, 'e' } };

	for (size_t i = 0; i < sizeof(short_ones) / sizeof(short_ones[0]); i++) {
		if ((uint32_t)short_ones[i].character != character)
			continue;
		text_add_byte(text, '\\');
		text_add_byte(text, short_ones[i].letter);
		return;
	}
	text_addf(text,
		  character < 0x100     ? "\\x%02x"
		  : character < 0x10000 ? "\\u%04x"
					: "\\U%08x",
		  character);
}

static void add_quoted(struct text *text, const char *string)
{
	text_add_byte(text, '"');
	for (size_t left = strlen(string); left;) {
		uint32_t character = 0;
		size_t length = utf8_decode(string, left, &character);
		if (!length)
			text_add(text, UTF8_REPLACEMENT);
		else if (!utf8_is_text(character) || character < ' ' || character == '"' ||
			 character == '\\')
			add_escaped(text, character);
		else
			text_add_bytes(text, string, length);
		string += length ? length : 1;
		left -= length ? length : 1;
	}
	text_add_byte(text, '"');
}

static void add_indent(struct text *text, unsigned indent)
{
	static const char blanks[] = "                                ";

	for (unsigned more = sizeof(blanks) - 1; indent; indent -= more) {
		more = indent < more ? indent : more;
		text_add_bytes(text, blanks, more);
	}
}

/* The lines of `string` below "|", each `indent` columns in. */
static void add_literal(struct text *text, const char *string, unsigned indent)
{
	size_t size = strlen(string);
	bool ends = string[size - 1] == '\n';

	text_add_byte(text, '|');
	if (strchr(" \t\n", *string))
		text_addf(text, "%d", STEP);
	text_add(text, !ends ? "-" : size > 1 && string[size - 2] == '\n' ? "+" : "");
	while (*string) {
		size_t line = strcspn(string, "\n");
		text_add_byte(text, '\n');
		if (line)
			add_indent(text, indent);
		text_add_bytes(text, string, line);
		string += line + (string[line] == '\n');
	}
}

/* A value that fits behind its key or "- "; `indent` is where more lines of it go. */
static void add_inline(struct text *text, const struct node *node, unsigned indent)
{
	if (node->masked)
		add_quoted(text, "******");
	else if (node->kind == NODE_MAP)
		text_add(text, "{}");
	else if (node->kind == NODE_LIST)
		text_add(text, "[]");
	else if (node->kind == NODE_NULL)
		text_add(text, "null");
	else if (style_of(node) == PLAIN)
		text_add(text, node->text);
	else if (style_of(node) == LITERAL)
		add_literal(text, node->text, indent);
	else
		add_quoted(text, node->text);
	text_add_byte(text, '\n');
}

static bool is_block(const struct node *node)
{
	return node->count && !node->masked;
}

/* Up to and with the ":". */
static void add_key(struct text *text, const char *key, unsigned indent)
{
	size_t begin = text->size;
	bool plain = look_at(key).plain && starts_plain(key) && strcmp(key, "<<") != 0;

	if (plain && strlen(key) <= KEY_MAX) {
		text_add(text, key);
		text_add_byte(text, ':');
		return;
	}
	add_quoted(text, key);
	if (text->size - begin <= KEY_MAX) {
		text_add_byte(text, ':');
		return;
	}
	text->size = begin;
	text_add(text, "? ");
	add_quoted(text, key);
	text_add_byte(text, '\n');
	add_indent(text, indent);
	text_add_byte(text, ':');
}

/* The children of a list or map, each on lines of its own from column `indent` on; the
 * first stands where the text ends. */
static void add_block(struct text *text, const struct node *node, unsigned indent)
{
	NODE_EACH(child, node) {
		if (child != node->first)
			add_indent(text, indent);
		if (node->kind == NODE_MAP)
			add_key(text, child->key, indent);
		else
			text_add_byte(text, '-');
		if (!is_block(child)) {
			text_add_byte(text, ' ');
			add_inline(text, child, indent + STEP);
			continue;
		}
		if (node->kind == NODE_MAP) {
			text_add_byte(text, '\n');
			add_indent(text, indent + STEP);
		} else {
			text_add_byte(text, ' ');
		}
		add_block(text, child, indent + STEP);
	}
}

void node_write_yaml(struct text *text, const struct node *node)
{
	if (is_block(node))
		add_block(text, node, 0);
	else
		add_inline(text, node, STEP);
}
