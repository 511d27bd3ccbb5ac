/* Finding one's way in a record: references, and the row at a path. */
#include <string.h>

#include "schema/field.h"
#include "schema/record.h"

/* ---- references ---- */

struct visit {
	struct arena *arena;
	record_visit *visit;
	void *context;
};

static const char *join(const struct visit *visit, const char *path, const char *name)
{
	return *path ? arena_printf(visit->arena, "%s.%s", path, name) : name;
}

static struct mark node_mark(const struct node *node)
{
	return node ? node->mark : (struct mark){};
}

/* The node of a field: at its key, or the node itself where it is the record's shorthand. */
static const struct node *field_node(const struct record *record, const struct field *field,
				     const struct node *node)
{
	if (node && node->kind != NODE_MAP && record->shorthand == field)
		return node;
	return node_get(node, field->name);
}

static void visit_list(const struct visit *visit, const struct field *field, const void *member,
		       const char *path, const struct node *node)
{
	struct list list = list_load(member);
	const struct node *element = node && node->kind == NODE_LIST ? node->first : node;

	for (size_t i = 0; i < list.count; i++) {
		const char *const *name = list_nth(&list, field->type, i);
		visit->visit(visit->context, field, path, *name, node_mark(element));
		if (element && element != node)
			element = element->next;
	}
}

static void visit_record(const struct visit *visit, const struct record *record, const void *value,
			 const char *path, const struct node *node);

static void visit_map(const struct visit *visit, const struct field *field, const struct map *map,
		      const char *path)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct member *member = &map->at[i];
		const char *at = join(visit, path, member->name);
		if (field->target)
			visit->visit(visit->context, field, at, member->name,
				     member->node ? member->node->key_mark : (struct mark){});
		visit_record(visit, field->record, member->value, at, member->node);
	}
}

static void visit_record(const struct visit *visit, const struct record *record, const void *value,
			 const char *path, const struct node *node)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		const void *member = field_in(field, value);
		const char *at = join(visit, path, field->name);
		const struct node *here = field_node(record, field, node);

		if (!field_present(record, field, value))
			continue;
		if (field->form == FORM_RECORD)
			visit_record(visit, field->record, member, at, here);
		else if (field->form == FORM_MAP)
			visit_map(visit, field, member, at);
		else if (field->target && field->form == FORM_LIST)
			visit_list(visit, field, member, at, here);
		else if (field->target)
			visit->visit(visit->context, field, at, *(const char *const *)member,
				     node_mark(here));
	}
}

void record_references(struct arena *arena, const struct record *record, const void *value,
		       const struct node *node, record_visit *visit, void *context)
{
	struct visit how = { arena, visit, context };

	visit_record(&how, record, value, "", node);
}

/* ---- paths ---- */

/* Below a map: its member's name is "*" or any name, which may itself hold dots. */
static const struct field *find_in_map(const struct field *field, const char *path)
{
	const char *dot = strchr(path, '.');

	if (!dot)
		return field;
	if (string_starts(path, "*."))
		return record_find(field->record, path + 2);
	for (; dot; dot = strchr(dot + 1, '.')) {
		const struct field *found = record_find(field->record, dot + 1);
		if (found)
			return found;
	}
	return field->flags & FIELD_ANY_KEY ? field : NULL;
}

const struct field *record_find(const struct record *record, const char *path)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		if (path[0] != field->name[0]) /* most: records are wide, and this is asked often */
			continue;
		size_t size = strlen(field->name);
		if (strncmp(path, field->name, size) != 0 || (path[size] && path[size] != '.'))
			continue;
		if (!path[size])
			return field;
		if (field->form == FORM_RECORD)
			return record_find(field->record, path + size + 1);
		return field->form == FORM_MAP ? find_in_map(field, path + size + 1) : NULL;
	}
	return NULL;
}
