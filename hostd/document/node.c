#include "document/node.h"

#include <string.h>

const struct node *node_get(const struct node *map, const char *key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	NODE_EACH(child, map)
		if (strcmp(child->key, key) == 0)
			return child;
	return NULL;
}

const char *node_text(const struct node *map, const char *key)
{
	const struct node *node = node_get(map, key);

	return node && node->kind == NODE_SCALAR ? node->text : NULL;
}

static struct node *node_new(struct arena *arena, enum node_kind kind)
{
	struct node *node = ARENA_NEW(arena, struct node);

	node->kind = kind;
	return node;
}

struct node *node_map(struct arena *arena)
{
	return node_new(arena, NODE_MAP);
}

struct node *node_list(struct arena *arena)
{
	return node_new(arena, NODE_LIST);
}

struct node *node_null(struct arena *arena)
{
	return node_new(arena, NODE_NULL);
}

struct node *node_scalar(struct arena *arena, const char *text)
{
	struct node *node = node_new(arena, NODE_SCALAR);

	node->text = arena_strdup(arena, text);
	return node;
}

struct node *node_quoted(struct arena *arena, const char *text)
{
	struct node *node = node_scalar(arena, text);

	node->quoted = true;
	return node;
}

struct node *node_append(struct node *list, struct node *value)
{
	value->next = NULL;
	if (list->last)
		list->last->next = value;
	else
		list->first = value;
	list->last = value;
	list->count++;
	return value;
}

struct node *node_put(struct arena *arena, struct node *map, const char *key, struct node *value)
{
	value->key = arena_strdup(arena, key);
	return node_append(map, value);
}

bool node_remove(struct node *map, const char *key)
{
	struct node *before = NULL;

	if (map->kind != NODE_MAP)
		return false;
	for (struct node *child = map->first; child; before = child, child = child->next) {
		if (strcmp(child->key, key) != 0)
			continue;
		if (before)
			before->next = child->next;
		else
			map->first = child->next;
		if (map->last == child)
			map->last = before;
		map->count--;
		return true;
	}
	return false;
}

struct node *node_copy(struct arena *arena, const struct node *node)
{
	struct node *copy = ARENA_NEW(arena, struct node);

	*copy = *node;
	copy->key = NULL;
	copy->key_mark = (struct mark){};
	copy->first = copy->last = copy->next = NULL;
	copy->count = 0;
	if (node->text)
		copy->text = arena_strdup(arena, node->text);
	NODE_EACH(child, node) {
		struct node *inner = node_append(copy, node_copy(arena, child));
		inner->key = child->key ? arena_strdup(arena, child->key) : NULL;
		inner->key_mark = child->key_mark;
	}
	return copy;
}

/* The child at the first `size` bytes of `path`. */
static const struct node *get_prefix(const struct node *map, const char *path, size_t size)
{
	NODE_EACH(child, map)
		if (strncmp(child->key, path, size) == 0 && !child->key[size])
			return child;
	return NULL;
}

const struct node *node_find(const struct node *node, const char *path)
{
	if (!node || node->kind != NODE_MAP)
		return NULL;
	const struct node *whole = node_get(node, path);
	if (whole)
		return whole;
	for (size_t size = strlen(path); size > 0; size--) {
		if (path[size] != '.')
			continue;
		const struct node *found = node_find(get_prefix(node, path, size), path + size + 1);
		if (found)
			return found;
	}
	return NULL;
}

const char *node_kind_name(enum node_kind kind)
{
	static const char *const names[] = {
		[NODE_NULL] = "nothing",
		[NODE_SCALAR] = "a scalar",
		[NODE_LIST] = "a list",
		[NODE_MAP] = "a mapping",
	};

	return names[kind];
}

bool node_equal(const struct node *a, const struct node *b, bool quotes)
{
	if (a->kind != b->kind || a->count != b->count || !string_equal(a->key, b->key) ||
	    !string_equal(a->text, b->text) || (quotes && a->quoted != b->quoted))
		return false;
	const struct node *other = b->first;
	NODE_EACH(child, a) {
		if (!node_equal(child, other, quotes))
			return false;
		other = other->next;
	}
	return true;
}
