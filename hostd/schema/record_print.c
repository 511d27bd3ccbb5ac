/* From structs to a tree, and to text for people. */
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "schema/field.h"
#include "schema/record.h"

static const char mask[] = "******";

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? of the YAML 1.2 core schema. */
static bool looks_like_number(const char *text)
{
	text += *text == '-' || *text == '+';
	size_t whole = strspn(text, "0123456789");
	text += whole;
	size_t part = *text == '.' ? strspn(text + 1, "0123456789") : 0;
	text += *text == '.' ? part + 1 : 0;
	if (!whole && !part)
		return false;
	if (*text == 'e' || *text == 'E') {
		text += 1;
		text += *text == '-' || *text == '+';
		size_t exponent = strspn(text, "0123456789");
		text += exponent;
		return exponent && !*text;
	}
	return !*text;
}

/* Whether a common reader of YAML, 1.2 or 1.1, takes this plain scalar for something else
 * than text. */
static bool looks_typed(const char *text)
{
	static const char *const words[] = { "",    "~",    "null",  "true",  "false",
					     "yes", "no",   "on",    "off",   "y",
					     "n",   ".inf", "-.inf", "+.inf", ".nan" };

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	if (string_starts(text, "0x"))
		return !text[2 + strspn(text + 2, "0123456789abcdefABCDEF")];
	if (string_starts(text, "0o"))
		return !text[2 + strspn(text + 2, "01234567")];
	return looks_like_number(text);
}

static struct node *text_tree(struct arena *arena, const struct type *type, const char *text)
{
	bool is_text = string_equal(type->json_type, "string");

	if ((is_text && looks_typed(text)) || strchr(text, '\n'))
		return node_quoted(arena, text);
	return node_scalar(arena, text);
}

static struct node *masked_node(struct arena *arena)
{
	struct node *node = node_quoted(arena, mask);

	node->masked = true;
	return node;
}

static bool is_secret(const struct field *field)
{
	return field->flags & FIELD_SECRET || field->type == &type_secret;
}

static struct node *value_tree(struct arena *arena, const struct type *type, const void *value)
{
	if (type->tree)
		return type->tree(arena, value);
	return text_tree(arena, type, type_text_of(type, value, arena));
}

static struct node *list_tree(struct arena *arena, const struct field *field, const void *member)
{
	struct list list = list_load(member);
	struct node *node = node_list(arena);

	for (size_t i = 0; i < list.count; i++)
		node_append(node, value_tree(arena, field->type, list_nth(&list, field->type, i)));
	return node;
}

static struct node *map_tree(struct arena *arena, const struct field *field, const void *member,
			     bool with_secrets)
{
	const struct map *map = member;
	struct node *node = node_map(arena);

	if (map->word && !map->count)
		return node_scalar(arena, map->word);
	for (size_t i = 0; i < map->count; i++)
		node_put(arena, node, map->at[i].name,
			 record_print(arena, field->record, map->at[i].value, with_secrets));
	return node;
}

struct node *field_tree(struct arena *arena, const struct field *field, const void *member,
			bool with_secrets)
{
	if (is_secret(field) && !with_secrets)
		return masked_node(arena);
	switch (field->form) {
	case FORM_VALUE:
		return value_tree(arena, field->type, member);
	case FORM_LIST:
		return list_tree(arena, field, member);
	case FORM_RECORD:
		return record_print(arena, field->record, member, with_secrets);
	case FORM_MAP:
		break;
	}
	return map_tree(arena, field, member, with_secrets);
}

/* The value alone where the record holds nothing else and reads back from it. */
static struct node *shortened(const struct record *record, struct node *map)
{
	struct node *only = map->count == 1 ? map->first : NULL;

	if (!only || !record->shorthand || !string_equal(only->key, record->shorthand->name))
		return map;
	if (only->kind == NODE_LIST && record->shorthand->form == FORM_LIST && only->count == 1)
		only = only->first;
	else if (only->kind != NODE_SCALAR &&
		 (only->kind != NODE_LIST || record->shorthand->form != FORM_LIST))
		return map;
	only->key = NULL;
	return only;
}

struct node *record_print(struct arena *arena, const struct record *record, const void *value,
			  bool with_secrets)
{
	struct node *map = node_map(arena);

	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		if (field_present(record, field, value))
			node_put(arena, map, field->name,
				 field_tree(arena, field, field_in(field, value), with_secrets));
	}
	return shortened(record, map);
}

/* ---- one line ---- */

/* Line breaks and tabs would tear the line. */
static void line_add_text(struct text *text, const char *string)
{
	for (; *string; string++) {
		if (*string == '\n')
			text_add(text, "\\n");
		else if (*string == '\t')
			text_add(text, "\\t");
		else
			text_add_byte(text, *string);
	}
}

static void line_add(struct text *text, const struct node *node)
{
	const char *comma = "";

	if (node->masked || node->kind == NODE_SCALAR) {
		line_add_text(text, node->masked ? mask : node->text);
		return;
	}
	if (node->kind == NODE_NULL) {
		text_add(text, "null");
		return;
	}
	text_add_byte(text, node->kind == NODE_MAP ? '{' : '[');
	NODE_EACH(child, node) {
		text_add(text, comma);
		comma = ", ";
		if (node->kind == NODE_MAP)
			text_addf(text, "%s: ", child->key);
		line_add(text, child);
	}
	text_add_byte(text, node->kind == NODE_MAP ? '}' : ']');
}

const char *tree_line(struct arena *arena, const struct node *node)
{
	struct text text = text_of(arena);

	line_add(&text, node);
	return text.at;
}

/* Only texts of a record itself, and of records in it: no shorthand has one. */
void record_veil(struct arena *arena, const struct record *record, struct node *tree)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		struct node *node =
			tree->kind == NODE_MAP ? (struct node *)node_find(tree, field->name) : NULL;
		if (node && field->veil && node->kind == NODE_SCALAR)
			node->text = field->veil(arena, node->text);
		else if (node && field->form == FORM_RECORD)
			record_veil(arena, field->record, node);
	}
}

const char *field_print(struct arena *arena, const struct field *field, const void *value)
{
	if (field->veil)
		return tree_line(
			arena, node_quoted(arena, field->veil(arena, *(const char *const *)value)));
	return tree_line(arena, field_tree(arena, field, value, false));
}

struct node *record_shown(struct arena *arena, const struct record *record, const void *value)
{
	struct node *shown = node_map(arena);

	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		const char *member = (const char *)value + field->offset;
		if (field->flags & FIELD_SHOWN && record_given(record, value, field->offset))
			node_put(arena, shown, field->name,
				 node_scalar(arena, field_print(arena, field, member)));
	}
	return shown;
}
