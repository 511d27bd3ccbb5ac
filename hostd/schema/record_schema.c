/* A record as JSON Schema (2020-12).
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
	JSON_NULL = 1 << 4,
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
	} names[] = { { JSON_STRING, "string" },
		      { JSON_NUMBER, "number" },
		      { JSON_INTEGER, "integer" },
		      { JSON_BOOLEAN, "boolean" },
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

/* The words allowed, and what a reader of YAML makes of such a word. */
static struct node *choices_schema(struct arena *arena, const struct field *field, bool nullable)
{
	struct node *schema = node_map(arena);
	struct node *words = node_put(arena, schema, "enum", node_list(arena));

	for (size_t i = 0; field->choices[i]; i++) {
		const char *word = field->choices[i], *at = word;
		node_append(words, node_quoted(arena, word));
		if (string_equal(word, "true") || string_equal(word, "false") ||
		    (*at && !at[strspn(at, "0123456789")] && (at[0] != '0' || !at[1])))
			node_append(words, node_scalar(arena, word));
	}
	if (nullable)
		node_append(words, node_null(arena));
	return schema;
}

static struct node *either(struct arena *arena, struct node *a, struct node *b)
{
	struct node *schema = node_map(arena);
	struct node *any = node_put(arena, schema, "anyOf", node_list(arena));

	node_append(any, a);
	node_append(any, b);
	return schema;
}

static struct node *null_schema(struct arena *arena)
{
	struct node *schema = node_map(arena);

	put_text(arena, schema, "type", "null");
	return schema;
}

static struct node *scalar_schema(struct arena *arena, const struct field *field, bool nullable)
{
	const struct type *type = field->type;
	struct node *schema = node_map(arena);
	unsigned json = 0;

	if (field->choices)
		return choices_schema(arena, field, nullable);
	if (type->schema) {
		schema = type->schema(arena);
		return nullable ? either(arena, schema, null_schema(arena)) : schema;
	}
	json = json_of(arena, type);
	put_types(arena, schema, json | (nullable ? JSON_NULL : 0));
	if (type->json_pattern)
		put_text(arena, schema, "pattern", type->json_pattern);
	put_bounds(arena, schema, field, json);
	return schema;
}

static struct node *list_schema(struct arena *arena, const struct field *field, bool nullable)
{
	struct node *schema = node_map(arena);

	put_text(arena, schema, "type", "array");
	node_put(arena, schema, "items", scalar_schema(arena, field, false));
	return either(arena, schema, scalar_schema(arena, field, nullable));
}

/* ---- records ---- */

static struct node *whole_schema(struct arena *arena, const struct record *record,
				 const char *const *besides, bool partial);

static struct node *map_schema(struct arena *arena, const struct field *field, bool partial)
{
	struct node *schema = node_map(arena);
	struct node *types = node_put(arena, schema, "type", node_list(arena));
	struct node *members = node_put(arena, schema, "patternProperties", node_map(arena));

	node_append(types, node_quoted(arena, "object"));
	node_append(types, node_quoted(arena, "null"));
	node_put(arena, members, field_key_type(field)->json_pattern,
		 whole_schema(arena, field->record, NULL, partial));
	put_raw(arena, schema, "additionalProperties", "false");
	return schema;
}

/* How one field's value may stand; a field that is not required may also be null. */
static struct node *value_schema(struct arena *arena, const struct field *field, bool partial)
{
	bool nullable = partial || !(field->flags & FIELD_REQUIRED);

	switch (field->form) {
	case FORM_VALUE:
		return scalar_schema(arena, field, nullable);
	case FORM_LIST:
		return list_schema(arena, field, nullable);
	case FORM_RECORD:
		return whole_schema(arena, field->record, NULL, partial);
	case FORM_MAP:
		break;
	}
	return map_schema(arena, field, partial);
}

static struct node *field_schema(struct arena *arena, const struct field *field, bool partial)
{
	struct node *schema = value_schema(arena, field, partial);

	if (field->help)
		put_text(arena, schema, "description", field->help);
	if (field->fallback && field->form == FORM_VALUE)
		node_put(arena, schema, "default",
			 string_equal(field->type->json_type, "string")
				 ? node_quoted(arena, field->fallback)
				 : node_scalar(arena, field->fallback));
	return schema;
}

static struct node *object_schema(struct arena *arena, const struct record *record,
				  const char *const *besides, bool partial)
{
	struct node *schema = node_map(arena), *required = node_list(arena);

	put_text(arena, schema, "type", "object");
	struct node *properties = node_put(arena, schema, "properties", node_map(arena));
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
	return schema;
}

/* Whether a record may leave out everything but `but`. */
static bool needs_only(const struct record *record, const struct field *but)
{
	for (size_t i = 0; i < record->field_count; i++)
		if (record->fields[i].flags & FIELD_REQUIRED && &record->fields[i] != but)
			return false;
	return true;
}

/* The shorthand as the bare value it stands for; NULL where others are required. */
static struct node *shorthand_schema(struct arena *arena, const struct record *record, bool partial)
{
	const struct field *shorthand = record->shorthand;

	if (!shorthand || !(partial || needs_only(record, shorthand)))
		return NULL;
	/* A nested record's own shorthand, not its mapping. */
	if (shorthand->form == FORM_RECORD)
		return shorthand_schema(arena, shorthand->record, partial);
	if (shorthand->type->tree)
		return NULL;
	return shorthand->form == FORM_LIST ? list_schema(arena, shorthand, false)
					    : scalar_schema(arena, shorthand, false);
}

static struct node *whole_schema(struct arena *arena, const struct record *record,
				 const char *const *besides, bool partial)
{
	struct node *object = object_schema(arena, record, besides, partial);
	struct node *shorthand = shorthand_schema(arena, record, partial);
	struct node *any = node_list(arena);

	node_append(any, object);
	if (shorthand)
		node_append(any, shorthand);
	if (partial || needs_only(record, NULL))
		node_append(any, null_schema(arena));
	if (any->count == 1)
		return object;
	struct node *schema = node_map(arena);
	node_put(arena, schema, "anyOf", any);
	return schema;
}

struct node *record_schema(struct arena *arena, const struct record *record,
			   const char *const *besides)
{
	return whole_schema(arena, record, besides, false);
}

struct node *record_schema_partial(struct arena *arena, const struct record *record,
				   const char *const *besides)
{
	return whole_schema(arena, record, besides, true);
}
