/* other.h - another kind's record, by the names of its fields.
 *
 * Kinds do not include each other.  What one needs to know of another's items it reads by
 * the names that people use for them; where a name or its type is not there, the answer is
 * NULL, as if nobody had said it.
 */
#pragma once

#include "resource/desired.h"

/* The value of field `name` where it is of this type and given, else NULL.  A list's
 * element type is meant; the value is then the list. */
const void *other_value(const struct record *record, const void *value, const char *name,
			const struct type *type);
/* Text of any kind of text field (type_text, type_name, ...), or NULL. */
const char *other_text(const struct record *record, const void *value, const char *name);
/* The nested record of field `name` and what describes it; NULL where there is none. */
const void *other_record(const struct record *record, const void *value, const char *name,
			 const struct record **ret_record);
/* The map of field `name`, and the record of its members; NULL where there is none. */
const struct map *other_map(const struct record *record, const void *value, const char *name,
			    const struct record **ret_member);

/* The field to write to, marked given; NULL where the record has no field of this name and
 * type.  Maps: without type, and not marked. */
void *other_give(const struct record *record, void *value, const char *name,
		 const struct type *type);
/* Sets a field of text, whatever kind of text it is. */
void other_give_text(const struct record *record, void *value, const char *name, const char *text);
/* The member `name` of map `map` of a record, added where it is not there; NULL where the
 * record has no such map. */
void *other_member(struct arena *arena, const struct record *record, void *value, const char *map,
		   const char *name, const struct record **ret_member);

/* The wanted item of the same kind that stands before `item` and is the same by the kind's own
 * eyes ("2M" and "2MiB"), or NULL. */
const struct item *other_same(const struct item *item, const struct desired *desired);
