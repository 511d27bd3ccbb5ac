/* A record as JSON Schema (2020-12).
 *
 * One flat schema for whatever a field can stand for: every keyword but "enum" holds for one
 * JSON type alone, so that no "anyOf" blurs what an editor has to say.
 *
 * A YAML scalar reaches a validator as whatever a common reader of YAML makes of it: 512 as
 * an integer, true as a boolean.  So each type says which of those it reads as well, found
 * by letting it read one; patterns and bounds then hold for the JSON type they are about.
 */
#include <string.h>

#include "base/array.h"
#include "schema/field.h"
#include "schema/record.h"

enum json {
	JSON_BOOLEAN = 1 << 0,
	JSON_INTEGER = 1 << 1,
	JSON_NUMBER = 1 << 2,
	JSON_STRING = 1 << 3,
	JSON_ARRAY = 1 << 4,
	JSON_OBJECT = 1 << 5,
	JSON_NULL = 1 << 6,
};

static void put_text(struct arena *arena, struct node *map, const char *key, const char *text)
{
	node_put(arena, map, key, node_quoted(arena, text));
}

static void put_raw(struct arena *arena, struct node *map, const char *key, const char *raw)
{
	node_put(arena, map, key, node_scalar(arena, raw));
}

/* ---- scalars ---- */

static bool reads(struct arena *arena, const struct type *type, const char *text)
{
	const struct node *node = node_scalar(arena, text);
	struct faults faults = {};

	faults_init(&faults, arena);
	return type->read(arena, NULL, node, arena_alloc(arena, type->size), &faults) == 0;
}

static unsigned json_of(struct arena *arena, const struct type *type)
{
	/* Every text may also stand in quotes. */
	unsigned json = JSON_STRING;

	if (reads(arena, type, "true"))
		json |= JSON_BOOLEAN;
	if (reads(arena, type, "7"))
		json |= JSON_INTEGER;
	if (reads(arena, type, "0.5"))
		json |= JSON_NUMBER | JSON_INTEGER;
	return json;
}

/* "type": one name, or several. */
static void put_types(struct arena *arena, struct node *schema, unsigned json)
{
	static const struct {
		enum json json;
		const char *name;
	} names[] = { { JSON_OBJECT, "object" },   { JSON_ARRAY, "array" },
		      { JSON_STRING, "string" },   { JSON_NUMBER, "number" },
		      { JSON_INTEGER, "integer" }, { JSON_BOOLEAN, "boolean" },
		      { JSON_NULL, "null" } };
	struct node *list = node_list(arena);

	if (json & JSON_NUMBER)
		json &= ~(unsigned)JSON_INTEGER;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (json & names[i].json)
			node_append(list, node_quoted(arena, names[i].name));
	node_put(arena, schema, "type",
		 list->count == 1 ? node_quoted(arena, list->first->text) : list);
}

static void put_bounds(struct arena *arena, struct node *schema, const struct field *field,
		       unsigned json)
{
	const struct type *type = field->type;
	bool bounded = type == &type_count || type == &type_number;
	bool most = bounded && field->most;

	if (!(json & (JSON_INTEGER | JSON_NUMBER)))
		return;
	if (bounded && field->least)
		put_raw(arena, schema, "minimum",
			arena_printf(arena, "%lld", (long long)field->least));
	else if (!reads(arena, type, "-7"))
		put_raw(arena, schema, "minimum", "0");
	if (most)
		put_raw(arena, schema, "maximum",
			arena_printf(arena, "%lld", (long long)field->most));
	else if (type == &type_count)
		put_raw(arena, schema, "maximum", arena_printf(arena, "%u", UINT32_MAX));
	else if (type == &type_cpus)
		put_raw(arena, schema, "maximum", arena_printf(arena, "%d", CPU_MAX - 1));
}

/* Whether a word is a word to a reader of YAML as well, not a number or boolean. */
static bool is_typed(const char *word)
{
	bool digits = *word && !word[strspn(word, "0123456789")] && (*word != '0' || !word[1]);

	return digits || string_equal(word, "true") || string_equal(word, "false");
}

/* The words allowed, and what a reader of YAML makes of such a word. */
static struct node *choices_enum(struct arena *arena, const struct field *field, bool nullable)
{
	struct node *words = node_list(arena);

	for (size_t i = 0; field->choices[i]; i++) {
		node_append(words, node_quoted(arena, field->choices[i]));
		if (is_typed(field->choices[i]))
			node_append(words, node_scalar(arena, field->choices[i]));
	}
	if (nullable)
		node_append(words, node_null(arena));
	return words;
}

/* The words as a pattern, where "enum" would speak of more than strings. */
static const char *choices_pattern(struct arena *arena, const struct field *field)
{
	struct text pattern = text_of(arena);

	for (size_t i = 0; field->choices[i]; i++) {
		text_add(&pattern, i ? "|" : "^(");
		for (const char *at = field->choices[i]; *at; at++)
			text_addf(&pattern, strchr("\\^$.|?*+()[]{}", *at) ? "\\%c" : "%c", *at);
	}
	text_add(&pattern, ")$");
	return pattern.at;
}

static unsigned choices_json(const struct field *field)
{
	unsigned json = JSON_STRING;

	for (size_t i = 0; field->choices[i]; i++)
		if (is_typed(field->choices[i]))
			json |= strchr("tf", field->choices[i][0]) ? JSON_BOOLEAN : JSON_INTEGER;
	return json;
}

/* Adds what a scalar of this row may be to a schema; the JSON types it may have. */
static unsigned add_scalar(struct arena *arena, struct node *schema, const struct field *field)
{
	const struct type *type = field->type;

	if (field->choices) {
		put_text(arena, schema, "pattern", choices_pattern(arena, field));
		return choices_json(field);
	}
	if (type->schema) {
		const struct node *whole = type->schema(arena);
		NODE_EACH(child, whole)
			node_put(arena, schema, child->key, node_copy(arena, child));
		return JSON_OBJECT;
	}
	unsigned json = json_of(arena, type);
	if (type->json_pattern)
		put_text(arena, schema, "pattern", type->json_pattern);
	put_bounds(arena, schema, field, json);
	return json;
}

static struct node *element_schema(struct arena *arena, const struct field *field)
{
	struct node *schema = node_map(arena);

	if (field->choices)
		node_put(arena, schema, "enum", choices_enum(arena, field, false));
	else
		put_types(arena, schema, add_scalar(arena, schema, field));
	return schema;
}

/* ---- records ---- */

static unsigned add_record(struct arena *arena, struct node *schema, const struct record *record,
			   const char *const *besides, bool partial);

static unsigned add_map(struct arena *arena, struct node *schema, const struct field *field,
			bool partial)
{
	struct node *members = node_put(arena, schema, "patternProperties", node_map(arena));
	struct node *member = node_map(arena);

	put_types(arena, member, add_record(arena, member, field->record, NULL, partial));
	node_put(arena, members, field_key_type(field)->json_pattern, member);
	put_raw(arena, schema, "additionalProperties", "false");
	if (field->choices)
		put_text(arena, schema, "pattern", choices_pattern(arena, field));
	return JSON_OBJECT | JSON_NULL | (field->choices ? choices_json(field) : 0);
}

static unsigned add_value(struct arena *arena, struct node *schema, const struct field *field,
			  bool partial)
{
	switch (field->form) {
	case FORM_LIST:
		node_put(arena, schema, "items", element_schema(arena, field));
		return JSON_ARRAY | add_scalar(arena, schema, field);
	case FORM_RECORD:
		return add_record(arena, schema, field->record, NULL, partial);
	case FORM_MAP:
		return add_map(arena, schema, field, partial);
	case FORM_VALUE:
		break;
	}
	return add_scalar(arena, schema, field);
}

static bool is_nullable(const struct field *field, bool partial)
{
	return (field->form == FORM_VALUE || field->form == FORM_LIST) &&
	       (partial || !(field->flags & FIELD_REQUIRED));
}

static struct node *literal(struct arena *arena, const struct field *field, const char *text)
{
	return string_equal(field->type->json_type, "string") ? node_quoted(arena, text)
							      : node_scalar(arena, text);
}

static struct node *field_schema(struct arena *arena, const struct field *field, bool partial)
{
	struct node *schema = node_map(arena);
	bool nullable = is_nullable(field, partial);

	if (field->help)
		put_text(arena, schema, "description", field->help);
	if (field->form == FORM_VALUE && field->choices)
		node_put(arena, schema, "enum", choices_enum(arena, field, nullable));
	else
		put_types(arena, schema,
			  add_value(arena, schema, field, partial) | (nullable ? JSON_NULL : 0));
	if (field->form != FORM_VALUE)
		return schema;
	if (field->fallback)
		node_put(arena, schema, "default", literal(arena, field, field->fallback));
	if (field->example && !field->type->tree)
		node_append(node_put(arena, schema, "examples", node_list(arena)),
			    literal(arena, field, field->example));
	return schema;
}

static void add_object(struct arena *arena, struct node *schema, const struct record *record,
		       const char *const *besides, bool partial)
{
	struct node *properties = node_put(arena, schema, "properties", node_map(arena));
	struct node *required = node_list(arena);

	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		if (field->flags & FIELD_IMPLIED)
			continue;
		node_put(arena, properties, field->name, field_schema(arena, field, partial));
		if (field->flags & FIELD_REQUIRED && !partial)
			node_append(required, node_quoted(arena, field->name));
	}
	for (; besides && *besides; besides++)
		if (!record_field(record, *besides))
			node_put(arena, properties, *besides, node_map(arena));
	put_raw(arena, schema, "additionalProperties", "false");
	if (required->count)
		node_put(arena, schema, "required", required);
}

/* Whether a record may leave out everything but `but`. */
static bool needs_only(const struct record *record, const struct field *but, bool partial)
{
	for (size_t i = 0; i < record->field_count; i++)
		if (record->fields[i].flags & FIELD_REQUIRED && &record->fields[i] != but)
			return partial;
	return true;
}

/* The bare value that stands for the record, where nothing else is required. */
static unsigned add_shorthand(struct arena *arena, struct node *schema, const struct record *record,
			      bool partial)
{
	const struct field *shorthand = record->shorthand;

	if (!shorthand || !needs_only(record, shorthand, partial))
		return 0;
	if (shorthand->form == FORM_RECORD)
		return add_shorthand(arena, schema, shorthand->record, partial);
	return shorthand->type->tree ? 0 : add_value(arena, schema, shorthand, partial);
}

static unsigned add_record(struct arena *arena, struct node *schema, const struct record *record,
			   const char *const *besides, bool partial)
{
	unsigned json = JSON_OBJECT;

	if (needs_only(record, NULL, partial))
		json |= JSON_NULL;
	add_object(arena, schema, record, besides, partial);
	return json | add_shorthand(arena, schema, record, partial);
}

struct node *record_schema(struct arena *arena, const struct record *record,
			   const char *const *besides)
{
	struct node *schema = node_map(arena);

	put_types(arena, schema, add_record(arena, schema, record, besides, false));
	return schema;
}

struct node *record_schema_partial(struct arena *arena, const struct record *record,
				   const char *const *besides)
{
	struct node *schema = node_map(arena);

	put_types(arena, schema, add_record(arena, schema, record, besides, true));
	return schema;
}
