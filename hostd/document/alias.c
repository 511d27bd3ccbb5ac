#include "base/name.h"
#include "document/reading.h"

struct anchor *anchor_add(struct reading *reading, const char *name, struct mark mark,
			  const struct node *node, bool open)
{
	struct anchor *anchor = ARENA_NEW(reading->scratch, struct anchor);

	*anchor = (struct anchor){ arena_strdup(reading->scratch, name), mark, node, open };
	index_set(&reading->anchors, anchor->name, anchor);
	return anchor;
}

static void suggest(struct reading *reading, const char *name)
{
	ARRAY(const char *) names = {};

	for (size_t i = 0; i < reading->anchors.count && i < 1000; i++)
		ARRAY_PUSH(reading->scratch, &names, reading->anchors.entries[i].key);
	const char *nearest = name_nearest(name, names.at, names.count);
	if (nearest)
		fault_hint(reading->faults, "did you mean \"*%s\"?", nearest);
	else
		fault_hint(reading->faults, "quote the value if \"*\" is meant as it stands");
}

const struct node *anchor_find(struct reading *reading, const char *name, struct mark mark)
{
	const struct anchor *anchor = index_get(&reading->anchors, name);

	if (!anchor) {
		fault_at(reading->faults, mark, "alias \"*%s\" has no anchor before it", name);
		suggest(reading, name);
		return NULL;
	}
	if (anchor->open) {
		fault_at(reading->faults, mark, "alias \"*%s\" stands inside what it names", name);
		fault_also(reading->faults, anchor->mark, "the anchor is here");
		return NULL;
	}
	return anchor->node;
}

/* Strings are shared: the copy lives in the same arena. */
static struct node *copy_counted(struct reading *reading, const struct node *node, unsigned depth)
{
	struct node *copy = reading_node(reading, node->kind, node->mark);

	if (node->kind >= NODE_LIST && depth >= DOCUMENT_DEPTH_MAX && !reading->stop)
		reading_stop(reading, reading->alias, "levels of nesting", DOCUMENT_DEPTH_MAX);
	if (++reading->alias_nodes > DOCUMENT_ALIAS_NODES_MAX && !reading->stop)
		reading_stop(reading, reading->alias, "values through aliases in one file",
			     DOCUMENT_ALIAS_NODES_MAX);
	copy->text = node->text;
	copy->quoted = node->quoted;
	copy->broken = node->broken || reading->stop;
	for (const struct node *child = node->first; child && !reading->stop; child = child->next) {
		struct node *inner = copy_counted(reading, child, depth + 1);
		inner->key = child->key;
		inner->key_mark = child->key_mark;
		node_append(copy, inner);
	}
	return copy;
}

struct node *alias_expand(struct reading *reading, const struct node *anchored, struct mark mark)
{
	reading->alias = mark;
	return copy_counted(reading, anchored, reading->depth);
}

/* Copies to `found` what the frame's map does not say itself. */
static void merge_one(struct reading *reading, struct frame *frame, const struct node *from,
		      struct node *found)
{
	if (from->kind != NODE_MAP) {
		if (!from->broken)
			fault_at(reading->faults, from->mark,
				 "\"<<\" takes a mapping or a list of mappings, not %s",
				 node_kind_name(from->kind));
		frame->container->broken = true;
		return;
	}
	frame->container->broken |= from->broken;
	NODE_EACH(child, from) {
		if (reading->stop)
			return;
		if (index_get(&frame->keys, child->key))
			continue;
		struct node *copy = copy_counted(reading, child, reading->depth);
		copy->key = child->key;
		copy->key_mark = child->key_mark;
		node_append(found, copy);
		index_add(&frame->keys, copy->key, copy);
	}
}

void merge_resolve(struct reading *reading, struct frame *frame)
{
	struct node found = {}, *map = frame->container;

	if (!frame->merge)
		return;
	reading->alias = frame->merge_mark;
	if (frame->merge->kind == NODE_LIST)
		NODE_EACH(from, frame->merge)
			merge_one(reading, frame, from, &found);
	else
		merge_one(reading, frame, frame->merge, &found);
	if (!found.count)
		return;
	found.last->next = map->first;
	map->first = found.first;
	map->last = map->last ? map->last : found.last;
	map->count += found.count;
}
