/* field.h - the member of a struct that a row describes.  For the files of this room. */
#pragma once

#include <stdbool.h>

#include "schema/record.h"

/* What every LIST_OF looks like; copied in and out, never pointed at. */
struct list {
	void *at;
	size_t count;
};

/* The member a row describes. */
void *field_at(const struct field *field, void *record_value);
const void *field_in(const struct field *field, const void *record_value);

struct list list_load(const void *member);
void list_store(void *member, const struct list *list);
const void *list_nth(const struct list *list, const struct type *type, size_t n);

/* The nested record's value where the row has one that is present, else NULL. */
const void *field_record(const struct record *record, const struct field *field, const void *value);

/* Whether a record holds the field: given, or holding something given below. */
bool field_present(const struct record *record, const struct field *field, const void *value);
bool record_is_empty(const struct record *record, const void *value);

void field_give(const struct record *record, const struct field *field, void *value, bool given);

/* The field called `name`, or NULL. */
const struct field *record_field(const struct record *record, const char *name);

/* Reads a node into the member, the given bit left to the caller: 1 read, 0 absent (null),
 * -1 with faults. */
int field_read(struct arena *arena, const struct field *field, const struct node *node,
	       void *member, struct faults *faults) MUST_CHECK;

/* The member as a tree that reads back; secrets masked unless `with_secrets`. */
struct node *field_tree(struct arena *arena, const struct field *field, const void *member,
			bool with_secrets);

/* The row's default as a node, or NULL where it has none. */
struct node *field_fallback(struct arena *arena, const struct field *field);

/* Whether a member (of a value or a list) holds its default, or zero where it has none. */
bool field_is_default(struct arena *arena, const struct field *field, const void *member);

/* Whether two members are equal, all the way down, by their types. */
bool field_equal(const struct field *field, const void *a, const void *b);

/* The type of a map's keys. */
const struct type *field_key_type(const struct field *field);

/* A tree on one line: {size: 4GiB, nodes: [0, 1]}. */
const char *tree_line(struct arena *arena, const struct node *node);
