#include "kinds/other.h"

#include <string.h>

static const struct field *field_named(const struct record *record, const char *name)
{
	for (size_t i = 0; i < record->field_count; i++)
		if (strcmp(record->fields[i].name, name) == 0)
			return &record->fields[i];
	return NULL;
}

/* Kinds of text differ in what they allow, not in what they hold. */
static bool holds_text(const struct type *type)
{
	return type == &type_text || type == &type_name || type == &type_path ||
	       type == &type_block || type == &type_url;
}

const void *other_value(const struct record *record, const void *value, const char *name,
			const struct type *type)
{
	const struct field *field = field_named(record, name);

	if (!field || field->type != type || !record_given(record, value, field->offset))
		return NULL;
	return (const char *)value + field->offset;
}

const char *other_text(const struct record *record, const void *value, const char *name)
{
	const struct field *field = field_named(record, name);

	if (!field || field->form != FORM_VALUE || !holds_text(field->type) ||
	    !record_given(record, value, field->offset))
		return NULL;
	return *(const char *const *)((const char *)value + field->offset);
}

const void *other_record(const struct record *record, const void *value, const char *name,
			 const struct record **ret_record)
{
	const struct field *field = field_named(record, name);

	if (!field || field->form != FORM_RECORD)
		return NULL;
	*ret_record = field->record;
	return (const char *)value + field->offset;
}

const struct map *other_map(const struct record *record, const void *value, const char *name,
			    const struct record **ret_member)
{
	const struct field *field = field_named(record, name);

	if (!field || field->form != FORM_MAP)
		return NULL;
	*ret_member = field->record;
	return (const struct map *)((const char *)value + field->offset);
}

void *other_give(const struct record *record, void *value, const char *name,
		 const struct type *type)
{
	const struct field *field = field_named(record, name);

	if (!field || field->type != type)
		return NULL;
	record_give(record, value, field->offset, true);
	return (char *)value + field->offset;
}

void other_give_text(const struct record *record, void *value, const char *name, const char *text)
{
	const struct field *field = field_named(record, name);

	if (!field || field->form != FORM_VALUE || !holds_text(field->type))
		return;
	record_give(record, value, field->offset, true);
	*(const char **)((char *)value + field->offset) = text;
}

void *other_member(struct arena *arena, const struct record *record, void *value,
		   const char *map_name, const char *name, const struct record **ret_member)
{
	const struct field *field = field_named(record, map_name);

	if (!field || field->form != FORM_MAP)
		return NULL;
	struct map *map = (struct map *)((char *)value + field->offset);
	*ret_member = field->record;
	record_give(record, value, field->offset, true);
	struct member *member = map_get(map, name);
	return member ? member->value : map_add(arena, map, field->record, name);
}

const struct item *other_same(const struct item *item, const struct desired *desired)
{
	EACH(other, &desired->items.list) {
		if (*other == item)
			return NULL;
		if ((*other)->kind == item->kind && item->kind->same(item, *other))
			return *other;
	}
	return NULL;
}
