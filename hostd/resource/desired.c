#include "resource/desired.h"

#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "base/text.h"
#include "resource/desired_read.h"

const struct kind *kind_find(const struct kind *const *all, const char *path)
{
	for (; *all; all++)
		if (strcmp((*all)->path, path) == 0)
			return *all;
	return NULL;
}

struct item *desired_find(const struct desired *desired, const char *kind, const char *name)
{
	const struct kind *found = kind_find(desired->kinds, kind);

	return found ? items_find(&desired->items, found, name) : NULL;
}

struct item *desired_imply(struct desired *desired, const char *kind, const char *name,
			   struct item *by)
{
	struct item *item = desired_find(desired, kind, name);

	if (item)
		return item;
	const struct kind *found = kind_find(desired->kinds, kind);
	if (!found)
		return NULL;
	item = items_add(&desired->items, found, name);
	item->implied = true;
	item->by = by;
	return item;
}

const struct seen_kind *seen_find(const struct seen *seen, const char *kind)
{
	EACH(one, &seen->kinds)
		if (strcmp(one->kind->path, kind) == 0)
			return one;
	return NULL;
}

/* Dependants first: what a guest implies is completed after the guest. */
static void desired_complete(struct desired *desired, struct faults *faults)
{
	size_t count = 0;

	while (desired->kinds[count])
		count++;
	while (count-- > 0) {
		const struct kind *kind = desired->kinds[count];
		for (size_t i = 0; i < desired->items.list.count; i++) {
			struct item *item = desired->items.list.at[i];
			if (item->kind == kind && !item->faulty)
				kind->complete(item, desired, faults);
		}
	}
}

struct resolving {
	const struct desired *desired;
	const struct item *item;
	struct faults *faults;
};

static void reference_resolve(void *context, const struct field *field, const char *path,
			      const char *name, struct mark mark)
{
	struct resolving *resolving = context;
	const struct desired *desired = resolving->desired;
	ARRAY(const char *) known = {};

	if (desired_find(desired, field->target, name))
		return;
	fault_at(resolving->faults, mark.line ? mark : item_mark(resolving->item, path),
		 "there is nothing called \"%s\" in %s", name, field->target);
	DESIRED_EACH(item, desired, field->target)
		ARRAY_PUSH(desired->arena, &known, item->name);
	const char *nearest = name_nearest(name, known.at, known.count);
	if (nearest)
		fault_hint(resolving->faults, "did you mean \"%s\"?", nearest);
}

static void desired_resolve(const struct desired *desired, struct faults *faults)
{
	EACH(each, &desired->items.list) {
		const struct item *item = *each;
		struct resolving resolving = { desired, item, faults };
		record_references(desired->arena, item->kind->record, item->value, item->node,
				  reference_resolve, &resolving);
	}
}

/* A mistake in a profile or a counted body shows once, not once a guest. */
static void faults_unrepeat(struct faults *faults)
{
	struct fault **link = &faults->first;
	struct index told;

	index_init(&told, faults->arena);
	while (*link) {
		struct fault *fault = *link;
		struct mark mark = fault->mark;
		const char *key = arena_printf(faults->arena, "%u:%u:%s:%s", mark.line, mark.column,
					       mark.file ? mark.file : "", fault->message);
		if (mark.line && index_add(&told, key, fault)) {
			*link = fault->next;
			faults->count--;
		} else {
			link = &fault->next;
		}
	}
	faults->end = link;
}

int desired_build(struct desired *desired, struct arena *arena, const struct kind *const *all,
		  const struct node *root, struct faults *faults)
{
	unsigned before = faults->count;

	*desired = (struct desired){ .arena = arena, .kinds = all, .root = root };
	desired->items.arena = arena;
	desired->mark = root->mark;
	desired_read(desired, faults);
	desired_complete(desired, faults);
	desired_resolve(desired, faults);
	for (size_t i = 0; i < desired->items.list.count; i++) {
		struct item *item = desired->items.list.at[i];
		if (!item->faulty)
			item->kind->check(item, desired, faults);
	}
	faults_unrepeat(faults);
	return faults->count > before ? -1 : 0;
}

int desired_load(struct desired *desired, struct sources *sources, const struct kind *const *all,
		 const char *path, struct faults *faults)
{
	struct node *root = NULL;

	*desired = (struct desired){ .arena = sources->arena, .kinds = all };
	desired->items.arena = sources->arena;
	int loaded = document_load(sources, path, desired_prepare, all, &root, faults);
	if (!root)
		return -1;
	int built = desired_build(desired, sources->arena, all, root, faults);
	return loaded < 0 || built < 0 ? -1 : 0;
}

/* The map at a dotted path below `root`, made where it is not there. */
static struct node *node_map_at(struct arena *arena, struct node *root, const char *path)
{
	const char *dot;

	while ((dot = strchr(path, '.'))) {
		const char *key = arena_strndup(arena, path, (size_t)(dot - path));
		struct node *below = (struct node *)node_get(root, key);
		root = below ? below : node_put(arena, root, key, node_map(arena));
		path = dot + 1;
	}
	struct node *below = (struct node *)node_get(root, path);
	return below ? below : node_put(arena, root, path, node_map(arena));
}

/* What no description can say is left out of one. */
static void node_drop_implied(const struct record *record, struct node *body)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		struct node *child = (struct node *)node_get(body, field->name);
		if (!child)
			continue;
		if (field->flags & FIELD_IMPLIED)
			node_remove(body, field->name);
		else if (field->form == FORM_RECORD)
			node_drop_implied(field->record, child);
		else if (field->form == FORM_MAP)
			for (struct node *member = child->first; member; member = member->next)
				node_drop_implied(field->record, member);
	}
}

struct node *desired_print(struct arena *arena, const struct desired *desired, unsigned flags)
{
	bool implied = flags & PRINT_IMPLIED;
	struct node *root = node_map(arena);
	char version[16];

	snprintf(version, sizeof(version), "%d", LANGUAGE_VERSION);
	node_put(arena, root, "gasthof", node_scalar(arena, version));
	EACH(each, &desired->items.list) {
		const struct item *item = *each;
		if (item->implied && !implied)
			continue;
		struct node *body =
			record_print(arena, item->kind->record, item->value, flags & PRINT_SECRETS);
		if (flags & PRINT_VEILED)
			record_veil(arena, item->kind->record, body);
		if (!implied)
			node_drop_implied(item->kind->record, body);
		struct node *at = node_map_at(arena, root, item->kind->path);
		if (item->kind->shape == SHAPE_NAMED) {
			node_put(arena, at, item->name, body);
			continue;
		}
		while (body->first) {
			struct node *field = body->first;
			body->first = field->next;
			field->next = NULL;
			node_put(arena, at, field->key, field);
		}
	}
	return root;
}
