/* What is wanted, what is there and what was last given: the differences as paths. */
#include <string.h>

#include "schema/field.h"
#include "schema/record.h"

/* The way to a value, kept on the stack; it becomes text only where there is a difference. */
struct trail {
	const struct trail *up;
	const char *name;
};

/* The three sides of one record; each may be NULL. */
struct sides {
	const void *want, *have, *last;
};

static const char *trail_text(struct arena *arena, const struct trail *trail)
{
	if (!trail->up)
		return arena_strdup(arena, trail->name);
	return arena_printf(arena, "%s.%s", trail_text(arena, trail->up), trail->name);
}

/* ---- rows ---- */

static bool is_same_row(const struct path *a, const struct path *b)
{
	return a->kind == b->kind && a->field == b->field && string_equal(a->path, b->path) &&
	       string_equal(a->old, b->old) && string_equal(a->new, b->new);
}

static void path_add(struct paths *paths, enum path_kind kind, const struct field *field,
		     const struct trail *trail, unsigned where, const char *old, const char *new)
{
	struct path row = { kind, where, trail_text(paths->arena, trail), field, field->change,
			    old,  new };

	/* The same difference in the other state is one row, not two. */
	for (size_t i = 0; i < paths->count; i++) {
		struct path *path = &paths->at[i];
		if (!(path->where & where) && is_same_row(path, &row)) {
			path->where |= where;
			return;
		}
	}
	ARRAY_PUSH(paths->arena, paths, row);
}

bool paths_has(const struct paths *paths, const char *path)
{
	const char *const only[] = { path, NULL };

	for (size_t i = 0; i < paths->count; i++) {
		struct paths one = { .at = &paths->at[i], .count = 1 };
		if (paths_only(&one, only))
			return true;
	}
	return false;
}

static bool is_below(const char *path, const char *above)
{
	size_t size = strlen(above);

	return strncmp(path, above, size) == 0 && (!path[size] || path[size] == '.');
}

bool paths_only(const struct paths *paths, const char *const *only)
{
	for (size_t i = 0; i < paths->count; i++) {
		const char *const *above = only;
		while (*above && !is_below(paths->at[i].path, *above))
			above++;
		if (!*above)
			return false;
	}
	return true;
}

void paths_drop(struct paths *paths, const char *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < paths->count; i++)
		if (!is_below(paths->at[i].path, path))
			paths->at[kept++] = paths->at[i];
	paths->count = kept;
}

enum class paths_class(const struct paths *paths) {
	enum class highest = CLASS_NONE;

	for (size_t i = 0; i < paths->count; i++) if (paths->at[i].class > highest)
		highest = paths->at[i].class;
	return highest;
}

/* ---- values ---- */

static bool list_holds(const struct field *field, const struct list *list, const void *element)
{
	for (size_t i = 0; i < list->count; i++)
		if (field->type->equal(list_nth(list, field->type, i), element))
			return true;
	return false;
}

static bool sets_equal(const struct field *field, const void *a, const void *b)
{
	struct list first = list_load(a), second = list_load(b);

	for (size_t i = 0; i < first.count; i++)
		if (!list_holds(field, &second, list_nth(&first, field->type, i)))
			return false;
	for (size_t i = 0; i < second.count; i++)
		if (!list_holds(field, &first, list_nth(&second, field->type, i)))
			return false;
	return true;
}

static bool is_as_wanted(const struct field *field, const void *want, const void *have)
{
	if (field->equal)
		return field->equal(want, have);
	if (field->form == FORM_LIST && field->flags & FIELD_UNORDERED)
		return sets_equal(field, want, have);
	return field_equal(field, want, have);
}

static const char *shown(struct paths *paths, const struct field *field, const void *member)
{
	return member ? field_print(paths->arena, field, member) : NULL;
}

/* Whether it is only the secrets of two texts that differ, which are not shown. */
static bool is_alike(const struct paths *paths, const struct field *field, const void *want,
		     const void *have)
{
	if (!field->veil || !have)
		return false;
	const char *a = field->veil(paths->arena, *(const char *const *)want);
	const char *b = field->veil(paths->arena, *(const char *const *)have);
	return is_as_wanted(field, &a, &b);
}

static void set_add(const struct field *field, const struct sides *member,
		    const struct trail *trail, unsigned where, struct paths *paths)
{
	bool alike = is_alike(paths, field, member->want, member->have);

	path_add(paths, PATH_SET, field, trail, where,
		 alike ? "******" : shown(paths, field, member->have),
		 alike ? "****** (another)" : shown(paths, field, member->want));
}

static void compare_value(const struct field *field, const struct sides *member,
			  const struct trail *trail, unsigned where, struct paths *paths)
{
	const void *want = member->want, *have = member->have;

	if (want) {
		if (have && is_as_wanted(field, want, have))
			return;
		set_add(field, member, trail, where, paths);
	} else if (member->last && have &&
		   (field->flags & FIELD_PRESENCE ||
		    !field_is_default(paths->arena, field, have))) {
		path_add(paths, PATH_RESET, field, trail, where, shown(paths, field, have), NULL);
	}
}

/* ---- records and maps ---- */

static void compare_fields(const struct record *record, const struct sides *sides,
			   const struct trail *trail, unsigned where, struct paths *paths);

static void compare_record(const struct field *field, const struct sides *member,
			   const struct trail *trail, unsigned where, struct paths *paths)
{
	size_t before = paths->count;

	compare_fields(field->record, member, trail, where, paths);
	if (!(field->flags & FIELD_PRESENCE) || paths->count > before)
		return;
	if (member->want && !member->have)
		path_add(paths, PATH_SET, field, trail, where, NULL,
			 shown(paths, field, member->want));
	else if (!member->want && member->have && member->last)
		path_add(paths, PATH_RESET, field, trail, where, shown(paths, field, member->have),
			 NULL);
}

static const void *map_value(const struct map *map, const char *name)
{
	const struct member *member = map ? map_get(map, name) : NULL;

	return member ? member->value : NULL;
}

static const char *member_shown(struct paths *paths, const struct field *field, const void *value)
{
	if (field->flags & FIELD_SECRET)
		return "******";
	return tree_line(paths->arena, record_print(paths->arena, field->record, value, false));
}

static void compare_map(const struct field *field, const struct sides *sides,
			const struct trail *trail, unsigned where, struct paths *paths)
{
	const struct map *want = sides->want, *have = sides->have, *last = sides->last;

	for (size_t i = 0; want && i < want->count; i++) {
		const char *name = want->at[i].name;
		struct trail at = { trail, name };
		struct sides member = { want->at[i].value, map_value(have, name),
					map_value(last, name) };
		if (member.have)
			compare_fields(field->record, &member, &at, where, paths);
		else
			path_add(paths, PATH_MEMBER_ADD, field, &at, where, NULL,
				 member_shown(paths, field, member.want));
	}
	for (size_t i = 0; last && i < last->count; i++) {
		const char *name = last->at[i].name;
		struct trail at = { trail, name };
		const void *there = map_value(have, name);
		if (there && !map_value(want, name))
			path_add(paths, PATH_MEMBER_REMOVE, field, &at, where,
				 member_shown(paths, field, there), NULL);
	}
}

static const void *side(const struct record *record, const struct field *field, const void *value)
{
	return value && field_present(record, field, value) ? field_in(field, value) : NULL;
}

static unsigned states_of(const struct field *field, unsigned where)
{
	if (field->flags & FIELD_PLAIN)
		return 0;
	if (field->flags & FIELD_NOT_RUNNING)
		where &= ~(unsigned)IN_RUNNING;
	if (field->flags & FIELD_NOT_CONFIGURED)
		where &= ~(unsigned)IN_CONFIGURED;
	return where;
}

static void compare_fields(const struct record *record, const struct sides *sides,
			   const struct trail *trail, unsigned where, struct paths *paths)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		unsigned states = states_of(field, where);
		struct trail at = { trail, field->name };
		/* What cannot be read back is there as it was last given. */
		const void *have = field->flags & FIELD_BLIND ? sides->last : sides->have;
		struct sides member = { side(record, field, sides->want), side(record, field, have),
					side(record, field, sides->last) };

		if (!states)
			continue;
		if (field->form == FORM_RECORD)
			compare_record(field, &member, &at, states, paths);
		else if (field->form == FORM_MAP)
			compare_map(field, &member, &at, states, paths);
		else
			compare_value(field, &member, &at, states, paths);
	}
}

void record_compare(const struct record *record, const void *want, const void *have,
		    const void *last, enum where where, struct paths *paths)
{
	struct sides sides = { want, have, last };

	compare_fields(record, &sides, NULL, where, paths);
}
