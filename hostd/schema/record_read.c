/* From a tree to structs. */
#include <string.h>

#include "base/name.h"
#include "schema/field.h"
#include "schema/record.h"
#include "schema/scalar.h"

/* ---- shorthands ---- */

/* Whether a node stands for the record's shorthand. */
static bool is_shorthand(const struct record *record, const struct node *node)
{
	if (!record->shorthand)
		return false;
	return node->kind == NODE_SCALAR ||
	       (node->kind == NODE_LIST && record->shorthand->form == FORM_LIST);
}

static void field_normalise(struct arena *arena, const struct field *field, struct node *node)
{
	if (field->type == &type_file_text)
		type_file_find(node);
	if (field->form == FORM_RECORD)
		record_normalise(arena, field->record, node);
	if (field->form != FORM_MAP || node->kind != NODE_MAP)
		return;
	for (struct node *child = node->first; child; child = child->next)
		record_normalise(arena, field->record, child);
}

void record_normalise(struct arena *arena, const struct record *record, struct node *node)
{
	if (is_shorthand(record, node)) {
		struct node *value = node_copy(arena, node);
		node->kind = NODE_MAP;
		node->text = NULL;
		node->first = node->last = NULL;
		node->count = 0;
		node->quoted = node->masked = false;
		node_put(arena, node, record->shorthand->name, value)->key_mark = node->mark;
	}
	if (node->kind != NODE_MAP)
		return;
	for (struct node *child = node->first; child; child = child->next) {
		const struct field *field = record_field(record, child->key);
		if (field)
			field_normalise(arena, field, child);
	}
}

/* ---- fields ---- */

struct reading {
	struct arena *arena;
	struct faults *faults;
	bool back;    /* what record_print wrote, not what a person did */
	bool partial; /* something else is laid over it or under it: nothing is missing */
};

static int read_record(const struct reading *reading, const struct record *record,
		       const struct node *node, const char *const *besides, void *value);

static int list_read(const struct reading *reading, const struct field *field,
		     const struct node *node, void *member)
{
	struct arena *arena = reading->arena;
	struct faults *faults = reading->faults;
	size_t count = node->kind == NODE_LIST ? node->count : 1;
	struct list list = { arena_alloc(arena, count * field->type->size), count };
	unsigned before = faults->count;

	if (node->kind == NODE_MAP) {
		const char *expected =
			arena_printf(faults->arena, "a list, each %s", field->type->name);
		return scalar_refuse(faults, field, node, expected);
	}
	/* A list of one may be written as its element. */
	const struct node *element = node->kind == NODE_LIST ? node->first : node;
	for (size_t i = 0; i < count; i++, element = element->next) {
		void *at = (char *)list.at + i * field->type->size;
		if (field->type->read(arena, field, element, at, faults) < 0)
			continue;
	}
	if (faults->count > before)
		return -1;
	list_store(member, &list);
	return 1;
}

/* The key in its canonical form, so that 2048KiB and 2MiB are one. */
static const char *key_read(const struct reading *reading, const struct field *field,
			    const struct node *child)
{
	const struct type *type = field_key_type(field);
	struct node key = { .kind = NODE_SCALAR, .mark = child->key_mark, .text = child->key };
	void *value = arena_alloc(reading->arena, type->size);

	if (type->read(reading->arena, NULL, &key, value, reading->faults) < 0)
		return NULL;
	return type_text_of(type, value, reading->arena);
}

static void member_read(const struct reading *reading, const struct field *field,
			const struct node *child, struct map *map)
{
	struct faults *faults = reading->faults;
	const char *name = key_read(reading, field, child);
	const struct member *same = name ? map_get(map, name) : NULL;

	/* The very same key twice is a fault of the document already. */
	if (same && !string_equal(same->node->key, child->key)) {
		(void)fault_at(faults, child->key_mark, "key %s is the same as %s",
			       text_quoted(faults->arena, child->key),
			       text_quoted(faults->arena, same->node->key));
		fault_also(faults, same->node->key_mark, "first given here");
		return;
	}
	/* What stands under a key that does not count is read all the same, for its mistakes. */
	struct map nowhere = {};
	struct map *to = name && !same ? map : &nowhere;
	void *value = map_add(reading->arena, to, field->record, name ? name : child->key);
	to->at[to->count - 1].node = child;
	if (read_record(reading, field->record, child, NULL, value) < 0)
		return;
}

/* Whether a word stands in the place of a map that may have one. */
static bool word_read(const struct field *field, const struct node *node, struct map *map)
{
	if (!field->choices || node->kind != NODE_SCALAR)
		return false;
	for (const char *const *word = field->choices; *word && !map->word; word++)
		if (string_equal(node->text, *word))
			map->word = *word;
	return map->word;
}

static const char *map_expected(struct arena *arena, const struct field *field)
{
	struct text text = text_of(arena);

	text_addf(&text, "a mapping, each key %s", field_key_type(field)->name);
	for (const char *const *word = field->choices; word && *word; word++)
		text_addf(&text, ", or %s", *word);
	return text.at;
}

static int map_read(const struct reading *reading, const struct field *field,
		    const struct node *node, void *member)
{
	struct faults *faults = reading->faults;
	struct map map = {};
	unsigned before = faults->count;

	if (node->kind == NODE_MAP) {
		NODE_EACH(child, node)
			member_read(reading, field, child, &map);
	} else if (!word_read(field, node, &map) && node->kind != NODE_NULL && !node->broken) {
		return scalar_refuse(faults, field, node, map_expected(faults->arena, field));
	}
	memcpy(member, &map, sizeof(map));
	return faults->count > before ? -1 : 1;
}

static int read_field(const struct reading *reading, const struct field *field,
		      const struct node *node, void *member)
{
	switch (field->form) {
	case FORM_RECORD:
		return read_record(reading, field->record, node, NULL, member) < 0 ? -1 : 1;
	case FORM_MAP:
		return map_read(reading, field, node, member);
	case FORM_VALUE:
	case FORM_LIST:
		break;
	}
	if (node->kind == NODE_NULL || node->broken)
		return 0;
	if (field->form == FORM_LIST)
		return list_read(reading, field, node, member);
	return field->type->read(reading->arena, field, node, member, reading->faults) < 0 ? -1 : 1;
}

int field_read(struct arena *arena, const struct field *field, const struct node *node,
	       void *member, struct faults *faults)
{
	struct reading reading = { .arena = arena, .faults = faults };

	return read_field(&reading, field, node, member);
}

/* ---- records ---- */

static bool is_besides(const char *const *besides, const char *key)
{
	for (; besides && *besides; besides++)
		if (string_equal(*besides, key))
			return true;
	return false;
}

static void refuse_key(const struct record *record, const char *const *besides,
		       const struct node *child, struct faults *faults)
{
	enum { SHOWN_MAX = 16 };
	ARRAY(const char *) known = {};
	struct text all = text_of(faults->arena);

	for (size_t i = 0; i < record->field_count; i++)
		if (!(record->fields[i].flags & FIELD_IMPLIED))
			ARRAY_PUSH(faults->arena, &known, record->fields[i].name);
	for (; besides && *besides; besides++)
		ARRAY_PUSH(faults->arena, &known, *besides);
	for (size_t i = 0; i < known.count; i++)
		text_addf(&all, i ? ", %s" : "%s", known.at[i]);
	(void)fault_at(faults, child->key_mark, "unknown key %s",
		       text_quoted(faults->arena, child->key));
	const char *nearest = name_nearest(child->key, known.at, known.count);
	if (nearest)
		fault_hint(faults, "did you mean \"%s\"?", nearest);
	else if (known.count && known.count <= SHOWN_MAX)
		fault_hint(faults, "known here: %s", all.at);
}

static void refuse_missing(const struct record *record, const struct node *node, const void *value,
			   const bool *seen, struct faults *faults)
{
	struct mark mark = {};

	if (node)
		mark = node->key_mark.line ? node->key_mark : node->mark;
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		if (!(field->flags & FIELD_REQUIRED) || seen[i] ||
		    field_present(record, field, value))
			continue;
		(void)fault_at(faults, mark, "required key \"%s\" is missing", field->name);
		if (field->example)
			fault_hint(faults, "as in %s: %s", field->name, field->example);
	}
}

static void child_read(const struct reading *reading, const struct record *record,
		       const struct field *field, const struct node *child, void *value, bool *seen)
{
	int read = read_field(reading, field, child, field_at(field, value));

	/* Something was said, if wrongly: it is not also missing. */
	seen[field - record->fields] = read != 0 || child->broken;
	if (read > 0 || (read < 0 && (field->form == FORM_RECORD || field->form == FORM_MAP)))
		field_give(record, field, value, true);
}

static void map_children_read(const struct reading *reading, const struct record *record,
			      const struct node *node, const char *const *besides, void *value,
			      bool *seen)
{
	NODE_EACH(child, node) {
		const struct field *field = record_field(record, child->key);
		if (field && (reading->back || !(field->flags & FIELD_IMPLIED)))
			child_read(reading, record, field, child, value, seen);
		else if (!is_besides(besides, child->key))
			refuse_key(record, besides, child, reading->faults);
	}
}

static int refuse_record(const struct record *record, const struct node *node,
			 struct faults *faults)
{
	const char *expected = "a mapping";

	if (record->shorthand && record->shorthand->type)
		expected = arena_printf(faults->arena, "a mapping, or %s",
					record->shorthand->type->name);
	return scalar_refuse(faults, NULL, node, expected);
}

static int read_record(const struct reading *reading, const struct record *record,
		       const struct node *node, const char *const *besides, void *value)
{
	struct faults *faults = reading->faults;
	unsigned before = faults->count;
	bool seen[64 * GIVEN_WORDS] = {};

	if (node && is_shorthand(record, node))
		child_read(reading, record, record->shorthand, node, value, seen);
	else if (node && node->kind == NODE_MAP)
		map_children_read(reading, record, node, besides, value, seen);
	else if (node && node->kind != NODE_NULL && !node->broken)
		return refuse_record(record, node, faults);
	if (!reading->partial && (!node || !node->broken))
		refuse_missing(record, node, value, seen, faults);
	return faults->count > before ? -1 : 0;
}

int record_read(struct arena *arena, const struct record *record, const struct node *node,
		const char *const *besides, void *value, struct faults *faults)
{
	struct reading reading = { .arena = arena, .faults = faults };

	return read_record(&reading, record, node, besides, value);
}

int record_read_partial(struct arena *arena, const struct record *record, const struct node *node,
			const char *const *besides, void *value, struct faults *faults)
{
	struct reading reading = { .arena = arena, .faults = faults, .partial = true };

	return read_record(&reading, record, node, besides, value);
}

int record_read_back(struct arena *arena, const struct record *record, const struct node *node,
		     void *value, struct faults *faults)
{
	struct reading reading = { .arena = arena, .faults = faults, .back = true };

	return read_record(&reading, record, node, NULL, value);
}
