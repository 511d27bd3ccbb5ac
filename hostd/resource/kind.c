#include "resource/kind.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void complete_nothing(struct item *item, struct desired *desired, struct faults *faults)
{
	(void)item, (void)desired, (void)faults;
}

void check_nothing(const struct item *item, const struct desired *desired, struct faults *faults)
{
	(void)item, (void)desired, (void)faults;
}

int observe_nothing(struct host *host, struct items *configured, struct items *running,
		    struct faults *faults)
{
	(void)host, (void)configured, (void)running, (void)faults;
	return 0;
}

int plan_nothing(const struct change *change, struct steps *steps, struct faults *faults)
{
	(void)change, (void)steps, (void)faults;
	return 0;
}

int render_nothing(const struct item *item, const struct view *view, struct text *text,
		   struct faults *faults)
{
	(void)item, (void)view, (void)text, (void)faults;
	return 0;
}

bool same_name(const struct item *want, const struct item *seen)
{
	return string_equal(want->name, seen->name);
}

/* A bad value is shown at the value, anything larger at its key. */
static struct mark node_place(const struct node *node)
{
	return node->kind == NODE_SCALAR || !node->key_mark.line ? node->mark : node->key_mark;
}

struct mark item_mark(const struct item *item, const char *path)
{
	char above[256];

	while (item->node == NULL && item->by)
		item = item->by;
	if (!item->node)
		return (struct mark){};
	if (!path || strlen(path) >= sizeof(above))
		return node_place(item->node);
	memcpy(above, path, strlen(path) + 1);
	for (;;) {
		const struct node *node = node_find(item->node, above);
		if (node)
			return node_place(node);
		char *dot = strrchr(above, '.');
		if (!dot)
			return node_place(item->node);
		*dot = '\0';
	}
}

static const char *item_path(struct arena *arena, const struct kind *kind, const char *name)
{
	return *name ? arena_printf(arena, "%s.%s", kind->path, name) : kind->path;
}

void items_put(struct items *items, struct item *item)
{
	if (!items->list.count)
		index_init(&items->by_path, items->arena);
	ARRAY_PUSH(items->arena, &items->list, item);
	/* Of two of one name, which only a machine can have, the first is found. */
	index_add(&items->by_path, item->path, item);
}

struct item *items_add(struct items *items, const struct kind *kind, const char *name)
{
	struct item *item = ARENA_NEW(items->arena, struct item);

	item->kind = kind;
	item->name = arena_strdup(items->arena, name);
	item->path = item_path(items->arena, kind, name);
	item->value = record_new(items->arena, kind->record);
	items_put(items, item);
	return item;
}

void describing_note(struct describing *describing, const char *format, ...)
{
	struct arena *arena = describing->items->arena;
	va_list arguments;

	va_start(arguments, format);
	ARRAY_PUSH(arena, &describing->notes, arena_vprintf(arena, format, arguments));
	va_end(arguments);
}

void item_unread(struct item *item, struct faults *why)
{
	item->unread = fault_sentence(why->arena, fault_last(why));
}

struct item *items_find(const struct items *items, const struct kind *kind, const char *name)
{
	char path[256];

	if (!items->list.count)
		return NULL;
	size_t size =
		(size_t)snprintf(path, sizeof(path), *name ? "%s.%s" : "%s", kind->path, name);
	if (size < sizeof(path))
		return index_get(&items->by_path, path);
	return index_get(&items->by_path, item_path(items->arena, kind, name));
}
