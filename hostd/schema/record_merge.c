/* Two records: equal, and laid on each other. */
#include <string.h>

#include "schema/field.h"
#include "schema/record.h"

/* ---- equal ---- */

static bool lists_equal(const struct field *field, const void *a, const void *b)
{
	struct list first = list_load(a), second = list_load(b);

	if (first.count != second.count)
		return false;
	for (size_t i = 0; i < first.count; i++)
		if (!field->type->equal(list_nth(&first, field->type, i),
					list_nth(&second, field->type, i)))
			return false;
	return true;
}

static bool maps_equal(const struct field *field, const struct map *a, const struct map *b)
{
	if (a->count != b->count || (!a->count && !string_equal(a->word, b->word)))
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct member *other = map_get(b, a->at[i].name);
		if (!other || !record_equal(field->record, a->at[i].value, other->value))
			return false;
	}
	return true;
}

bool field_equal(const struct field *field, const void *a, const void *b)
{
	switch (field->form) {
	case FORM_VALUE:
		return field->type->equal(a, b);
	case FORM_LIST:
		return lists_equal(field, a, b);
	case FORM_RECORD:
		return record_equal(field->record, a, b);
	case FORM_MAP:
		break;
	}
	return maps_equal(field, a, b);
}

bool record_equal(const struct record *record, const void *a, const void *b)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		bool present = field_present(record, field, a);
		if (present != field_present(record, field, b))
			return false;
		if (present && !field_equal(field, field_in(field, a), field_in(field, b)))
			return false;
	}
	return true;
}

/* ---- merge ---- */

static void merge_into(struct arena *arena, const struct record *record, void *value,
		       const void *over);

static const struct member *member_of(const struct map *map, const char *name)
{
	return map ? map_get(map, name) : NULL;
}

static void map_merge(struct arena *arena, const struct record *record, struct map *merged,
		      const struct map *under, const struct map *over)
{
	for (size_t i = 0; under && i < under->count; i++) {
		const struct member *below = &under->at[i];
		const struct member *above = member_of(over, below->name);
		struct member member = { below->name, above ? above->node : below->node,
					 record_merge(arena, record, below->value,
						      above ? above->value : NULL) };
		ARRAY_PUSH(arena, merged, member);
	}
	for (size_t i = 0; over && i < over->count; i++) {
		const struct member *above = &over->at[i];
		if (member_of(under, above->name))
			continue;
		struct member member = { above->name, above->node,
					 record_merge(arena, record, NULL, above->value) };
		ARRAY_PUSH(arena, merged, member);
	}
}

/* The map of a merged record still has the members of the record it was copied from. */
static void map_merge_into(struct arena *arena, const struct field *field, struct map *map,
			   const struct map *over)
{
	struct map merged = {};

	map_merge(arena, field->record, &merged, map, over);
	merged.word = over ? over->word : map->word;
	*map = merged;
}

static void field_merge_into(struct arena *arena, const struct record *record,
			     const struct field *field, void *value, const void *over)
{
	const void *above = field_record(record, field, over);
	void *member = field_at(field, value);

	if (field->form == FORM_MAP)
		map_merge_into(arena, field, member, above);
	else if (field->form == FORM_RECORD)
		merge_into(arena, field->record, member, above);
	else if (above)
		memcpy(member, above,
		       field->form == FORM_LIST ? sizeof(struct list) : field->type->size);
	if (above)
		field_give(record, field, value, true);
}

/* `value` is a copy of what lies under; `over` may be NULL: then only maps become its own. */
static void merge_into(struct arena *arena, const struct record *record, void *value,
		       const void *over)
{
	for (size_t i = 0; i < record->field_count; i++)
		field_merge_into(arena, record, &record->fields[i], value, over);
}

void *record_merge(struct arena *arena, const struct record *record, const void *under,
		   const void *over)
{
	const void *base = under ? under : over;
	void *value = arena_alloc(arena, record->size);

	if (!base)
		return record_new(arena, record);
	memcpy(value, base, record->size);
	merge_into(arena, record, value, under ? over : NULL);
	return value;
}

/* ---- less ---- */

static bool is_named(const struct paths *paths, const char *path)
{
	for (size_t i = 0; i < paths->count; i++)
		if (strcmp(paths->at[i].path, path) == 0)
			return true;
	return false;
}

static const char *path_below(struct arena *arena, const char *above, const char *name)
{
	return above ? arena_printf(arena, "%s.%s", above, name) : name;
}

static void take_out(struct arena *arena, const struct record *record, void *value,
		     const char *above, const struct paths *paths);

static void members_take_out(struct arena *arena, const struct field *field, struct map *map,
			     const char *above, const struct paths *paths)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->count; i++) {
		const char *path = path_below(arena, above, map->at[i].name);
		if (is_named(paths, path))
			continue;
		take_out(arena, field->record, map->at[i].value, path, paths);
		map->at[kept++] = map->at[i];
	}
	map->count = kept;
}

/* `value` is nobody else's, maps and members included. */
static void take_out(struct arena *arena, const struct record *record, void *value,
		     const char *above, const struct paths *paths)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		const char *path = path_below(arena, above, field->name);
		void *member = field_at(field, value);
		if (!field_present(record, field, value))
			continue;
		if (field->form == FORM_MAP) {
			members_take_out(arena, field, member, path, paths);
		} else if (is_named(paths, path)) {
			field_give(record, field, value, false);
			if (field->form == FORM_RECORD)
				memcpy(member, record_new(arena, field->record),
				       field->record->size);
		} else if (field->form == FORM_RECORD) {
			take_out(arena, field->record, member, path, paths);
		}
	}
}

void *record_without(struct arena *arena, const struct record *record, const void *value,
		     const struct paths *paths)
{
	void *less = record_merge(arena, record, value, NULL);

	if (paths->count)
		take_out(arena, record, less, NULL, paths);
	return less;
}
