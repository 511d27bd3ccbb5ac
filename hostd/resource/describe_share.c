/* describe_share.c - equal parts of a schema, said once: many records stand at many places. */
#include "resource/describe_share.h"

#include "base/array.h"
#include "base/index.h"

struct part {
	unsigned count;
	const char *name; /* below $defs; NULL until it stands there */
};

struct sharing {
	struct arena *arena;
	struct index parts; /* text of a part -> struct part */
	struct node *defs;
};

static bool is_object(const struct node *node)
{
	return node->kind == NODE_MAP && node_get(node, "properties");
}

/* The part without its description, which is of the place. */
static const char *text_of_part(struct arena *arena, const struct node *node)
{
	struct text text = text_of(arena);
	struct node *bare = node_copy(arena, node);

	node_remove(bare, "description");
	node_write_yaml(&text, bare);
	return text.at;
}

static void parts_count(struct sharing *sharing, const struct node *node)
{
	if (node->kind != NODE_MAP && node->kind != NODE_LIST)
		return;
	NODE_EACH(child, node)
		parts_count(sharing, child);
	if (!is_object(node))
		return;
	const char *text = text_of_part(sharing->arena, node);
	struct part *part = index_get(&sharing->parts, text);
	if (!part) {
		part = ARENA_NEW(sharing->arena, struct part);
		index_add(&sharing->parts, text, part);
	}
	part->count++;
}

static void parts_replace(struct sharing *sharing, struct node *node);

static void children_replace(struct sharing *sharing, struct node *node)
{
	if (node->kind != NODE_MAP && node->kind != NODE_LIST)
		return;
	for (struct node *child = node->first; child; child = child->next)
		parts_replace(sharing, child);
}

static void part_put(struct sharing *sharing, struct part *part, const struct node *node)
{
	struct node *body = node_copy(sharing->arena, node);

	node_remove(body, "description");
	part->name = arena_printf(sharing->arena, "part-%zu", sharing->defs->count + 1);
	node_put(sharing->arena, sharing->defs, part->name, body);
	children_replace(sharing, body);
}

static void parts_replace(struct sharing *sharing, struct node *node)
{
	struct arena *arena = sharing->arena;
	struct part *part =
		is_object(node) ? index_get(&sharing->parts, text_of_part(arena, node)) : NULL;

	if (!part || part->count < 2) {
		children_replace(sharing, node);
		return;
	}
	if (!part->name)
		part_put(sharing, part, node);
	const char *description = node_text(node, "description");
	node->first = node->last = NULL;
	node->count = 0;
	if (description)
		node_put(arena, node, "description", node_quoted(arena, description));
	node_put(arena, node, "$ref",
		 node_quoted(arena, arena_printf(arena, "#/$defs/%s", part->name)));
}

void schema_share(struct arena *arena, struct node *root)
{
	struct sharing sharing = { .arena = arena, .defs = node_map(arena) };

	index_init(&sharing.parts, arena);
	parts_count(&sharing, root);
	children_replace(&sharing, root);
	if (sharing.defs->count)
		node_put(arena, root, "$defs", sharing.defs);
}
