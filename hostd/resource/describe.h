/* describe.h - the whole language, from the kinds' tables: schema and explanation. */
#pragma once

#include "resource/desired.h"

/* The JSON Schema (2020-12) of a description; accepts exactly the structure that
 * desired_build accepts. */
struct node *desired_schema(struct arena *arena, const struct kind *const *kinds);

/* What stands at a path ("", "guests", "guests.*.disks", "memory.hugepages.count"): for a
 * level its keys, for a field its row.  NULL where the path leads nowhere. */
struct explanation {
	const char *path;
	const char *summary; /* of a kind or the field's help */
	const struct kind *kind;
	const struct field *field;   /* where the path ends at a field */
	const struct record *record; /* where there are fields below */
	ARRAY(const char *) levels;  /* keys below that are kinds or lead to them */
};
struct explanation *desired_explain(struct arena *arena, const struct kind *const *kinds,
				    const char *path);
