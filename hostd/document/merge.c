#include "base/index.h"
#include "document/node.h"

enum { FEW = 16 };

/* An index of a large mapping's keys; NULL for a small one, which is searched as it is. */
static struct index *index_of(struct arena *scratch, const struct node *map)
{
	if (map->count <= FEW)
		return NULL;
	struct index *index = ARENA_NEW(scratch, struct index);
	index_init(index, scratch);
	for (struct node *child = map->first; child; child = child->next)
		index_add(index, child->key, child);
	return index;
}

static const struct node *look_up(const struct index *index, const struct node *map,
				  const char *key)
{
	return index ? index_get(index, key) : node_get(map, key);
}

/* Not one that stands for something that could not be read. */
static bool takes_out(const struct node *node)
{
	return node->kind == NODE_NULL && !node->broken;
}

/* A copy for a place where nothing stood: there is nothing for a null to take out. */
static struct node *copy_without_nulls(struct arena *arena, const struct node *node)
{
	if (node->kind != NODE_MAP)
		return node_copy(arena, node);
	struct node *copy = node_map(arena);
	copy->mark = node->mark;
	copy->masked = node->masked;
	copy->broken = node->broken;
	NODE_EACH(child, node)
		if (!takes_out(child))
			node_put(arena, copy, child->key, copy_without_nulls(arena, child))
				->key_mark = child->key_mark;
	return copy;
}

static struct node *merge_maps(struct arena *arena, const struct node *under,
			       const struct node *over)
{
	ARENA_AUTO struct arena *scratch = arena_new();
	struct index *below = index_of(scratch, under), *above = index_of(scratch, over);
	struct node *merged = node_map(arena);

	merged->mark = over->mark;
	merged->masked = under->masked || over->masked;
	merged->broken = under->broken || over->broken;
	NODE_EACH(child, under) {
		const struct node *wins = look_up(above, over, child->key);
		if (wins && takes_out(wins))
			continue;
		struct node *value =
			wins ? node_merge(arena, child, wins) : node_copy(arena, child);
		node_put(arena, merged, child->key, value)->key_mark =
			wins ? wins->key_mark : child->key_mark;
	}
	NODE_EACH(child, over)
		if (!takes_out(child) && !look_up(below, under, child->key))
			node_put(arena, merged, child->key, copy_without_nulls(arena, child))
				->key_mark = child->key_mark;
	return merged;
}

struct node *node_merge(struct arena *arena, const struct node *under, const struct node *over)
{
	if (over->kind == NODE_MAP && under->kind == NODE_MAP)
		return merge_maps(arena, under, over);
	return copy_without_nulls(arena, over);
}
