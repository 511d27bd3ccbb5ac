#include "schema/record.h"

#include <stdlib.h>
#include <string.h>

#include "schema/field.h"

/* ---- classes ---- */

static const char *const class_names[CLASS_COUNT] = {
	[CLASS_NONE] = "none",
	[CLASS_LIVE] = "live",
	[CLASS_GUEST_RESTART] = "guest-restart",
	[CLASS_SERVICE_RESTART] = "service-restart",
	[CLASS_REBOOT] = "reboot",
	[CLASS_DESTROYS_DATA] = "destroys-data",
};

const char *class_name(enum class class)
{
	return class_names[class];
}

int class_of(const char *name)
{
	for (int class = 0; class < CLASS_COUNT; class ++)
		if (string_equal(class_names[class], name))
			return class;
	return -1;
}

/* ---- members ---- */

void *field_at(const struct field *field, void *record_value)
{
	return (char *)record_value + field->offset;
}

const void *field_in(const struct field *field, const void *record_value)
{
	return (const char *)record_value + field->offset;
}

struct list list_load(const void *member)
{
	struct list list = {};

	memcpy(&list, member, sizeof(list));
	return list;
}

void list_store(void *member, const struct list *list)
{
	memcpy(member, list, sizeof(*list));
}

const void *list_nth(const struct list *list, const struct type *type, size_t n)
{
	return (const char *)list->at + n * type->size;
}

const struct field *record_field(const struct record *record, const char *name)
{
	for (size_t i = 0; i < record->field_count; i++)
		if (string_equal(record->fields[i].name, name))
			return &record->fields[i];
	return NULL;
}

/* ---- given ---- */

static bool is_given(const struct record *record, const struct field *field, const void *value)
{
	size_t bit = (size_t)(field - record->fields);

	return ((const struct given *)value)->word[bit / 64] >> bit % 64 & 1;
}

void field_give(const struct record *record, const struct field *field, void *value, bool given)
{
	size_t bit = (size_t)(field - record->fields);
	uint64_t mask = UINT64_C(1) << bit % 64, *word = &((struct given *)value)->word[bit / 64];

	*word = given ? *word | mask : *word & ~mask;
}

bool record_is_empty(const struct record *record, const void *value)
{
	for (size_t i = 0; i < record->field_count; i++)
		if (field_present(record, &record->fields[i], value))
			return false;
	return true;
}

bool field_present(const struct record *record, const struct field *field, const void *value)
{
	if (is_given(record, field, value))
		return true;
	if (field->form == FORM_RECORD)
		return !record_is_empty(field->record, field_in(field, value));
	return field->form == FORM_MAP && ((const struct map *)field_in(field, value))->count;
}

const void *field_record(const struct record *record, const struct field *field, const void *value)
{
	return value && field_present(record, field, value) ? field_in(field, value) : NULL;
}

/* The row of a member; a struct's member without a row is a mistake of the program. */
static const struct field *row_at(const struct record *record, size_t offset)
{
	for (size_t i = 0; i < record->field_count; i++)
		if (record->fields[i].offset == offset)
			return &record->fields[i];
	abort();
}

bool record_given(const struct record *record, const void *value, size_t offset)
{
	return field_present(record, row_at(record, offset), value);
}

void record_give(const struct record *record, void *value, size_t offset, bool given)
{
	field_give(record, row_at(record, offset), value, given);
}

/* ---- defaults ---- */

static struct node *fallback_list(struct arena *arena, const char *text)
{
	struct node *list = node_list(arena);
	const char *end = text + strlen(text) - 1;

	for (const char *at = text + 1; at < end;) {
		at += strspn(at, " ,");
		size_t size = strcspn(at, ",]");
		if (size)
			node_append(list, node_quoted(arena, arena_strndup(arena, at, size)));
		at += size;
	}
	return list;
}

struct node *field_fallback(struct arena *arena, const struct field *field)
{
	const char *text = field->fallback;

	if (!text)
		return NULL;
	if (field->form == FORM_LIST && text[0] == '[' && string_ends(text, "]"))
		return fallback_list(arena, text);
	return node_quoted(arena, text);
}

static void record_set_defaults(struct arena *arena, const struct record *record, void *value)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		const struct node *fallback = field_fallback(arena, field);
		struct faults ignored = {};

		faults_init(&ignored, arena);
		if (field->form == FORM_RECORD)
			record_set_defaults(arena, field->record, field_at(field, value));
		/* A default that does not read stays zero; record_lint tells. */
		else if (fallback &&
			 field_read(arena, field, fallback, field_at(field, value), &ignored) < 0)
			continue;
	}
}

void *record_new(struct arena *arena, const struct record *record)
{
	void *value = arena_alloc(arena, record->size);

	record_set_defaults(arena, record, value);
	return value;
}

static size_t member_size(const struct field *field)
{
	switch (field->form) {
	case FORM_VALUE:
		return field->type->size;
	case FORM_LIST:
		return sizeof(struct list);
	case FORM_RECORD:
		return field->record->size;
	case FORM_MAP:
		break;
	}
	return sizeof(struct map);
}

void record_take(const struct record *record, void *to, const void *from, const struct field *field)
{
	memcpy((char *)to + field->offset, (const char *)from + field->offset, member_size(field));
	record_give(record, to, field->offset, record_given(record, from, field->offset));
}

bool field_is_default(struct arena *arena, const struct field *field, const void *member)
{
	void *usual = arena_alloc(arena, member_size(field));
	const struct node *fallback = field_fallback(arena, field);
	struct faults ignored = {};

	faults_init(&ignored, arena);
	if (fallback && field_read(arena, field, fallback, usual, &ignored) < 0)
		return false;
	/* A machine says "" where nothing is set. */
	if (!fallback && field->form == FORM_VALUE)
		return string_equal(type_text_of(field->type, usual, arena),
				    type_text_of(field->type, member, arena));
	return field->equal ? field->equal(usual, member) : field_equal(field, usual, member);
}

/* ---- maps ---- */

struct member *map_get(const struct map *map, const char *name)
{
	for (size_t i = 0; i < map->count; i++)
		if (string_equal(map->at[i].name, name))
			return &map->at[i];
	return NULL;
}

void *map_add(struct arena *arena, struct map *map, const struct record *record, const char *name)
{
	struct member *member = ARRAY_ADD(arena, map);

	member->name = arena_strdup(arena, name);
	member->value = record_new(arena, record);
	return member->value;
}

const struct type *field_key_type(const struct field *field)
{
	if (field->flags & FIELD_ANY_KEY)
		return &type_text;
	return field->record->key ? field->record->key : &type_name;
}
