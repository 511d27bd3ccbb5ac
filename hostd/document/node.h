/* node.h - one value of a YAML description, with its place.
 *
 * Scalars stay text: what `no`, `0123` or `12:30` means is for the type of a
 * field to say (schema/).  Aliases are expanded while loading, so that this is
 * a tree, never a graph.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/text.h"

enum node_kind { NODE_NULL, NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	struct mark mark;     /* of the value; line 0 for a node made by the program */
	const char *text;     /* NODE_SCALAR: its text, never NULL */
	bool quoted;          /* NODE_SCALAR: quoted or block style, so `"null"` is a word */
	bool masked;          /* stands for a secret: printers show ****** */
	bool broken;          /* a fault says already that it could not be read whole: complain
			       * neither of its kind nor of what is missing in it */
	const char *file;     /* NODE_SCALAR: its text is (to be) that of this file, which is named
			       * relative to the one it stands in; elsewhere NULL */
	const char *key;      /* in a map: the key; elsewhere NULL */
	struct mark key_mark; /* in a map: of the key */
	struct node *first, *last, *next; /* children of a list or map, in order */
	size_t count;                     /* how many children */
};

/* Walks the children of a list or map. */
#define NODE_EACH(child, parent) \
	for (const struct node *child = (parent)->first; child; child = child->next)

/* The value at `key` of a map; NULL where there is none or `map` is NULL or no map.
 * Of a key given twice, which is a fault, both values are in the tree: the first is found. */
const struct node *node_get(const struct node *map, const char *key);

/* The text of the scalar at `key`; NULL where there is none. */
const char *node_text(const struct node *map, const char *key);

/* Building: each returns a new node in the arena.  node_put appends `value` to a
 * map under `key`; node_append appends to a list; both return `value`. */
struct node *node_map(struct arena *arena);
struct node *node_list(struct arena *arena);
struct node *node_null(struct arena *arena);
struct node *node_scalar(struct arena *arena, const char *text);
struct node *node_quoted(struct arena *arena, const char *text);
struct node *node_put(struct arena *arena, struct node *map, const char *key, struct node *value);
struct node *node_append(struct node *list, struct node *value);

/* Takes `key` out of a map; false where it was not there. */
bool node_remove(struct node *map, const char *key);

/* A deep copy without the place in its parent (key, next); marks are kept. */
struct node *node_copy(struct arena *arena, const struct node *node);

/* The value at a path of keys, "disks.root.size"; a key that itself holds dots
 * is tried longest first.  NULL where the path leads nowhere. */
const struct node *node_find(const struct node *node, const char *path);

/* What kind of value it is, for messages: "a mapping", "a list", "a scalar", "nothing". */
const char *node_kind_name(enum node_kind kind);

/* Lays `over` on `under`: mappings merge key by key with `over` winning, null in
 * `over` takes the key out, everything else replaces (as RFC 7386 merges JSON: a
 * mapping that meets none loses its nulls, too).  The keys of `under` come first.
 * Both stay as they are. */
struct node *node_merge(struct arena *arena, const struct node *under, const struct node *over);

/* Whether both say the same: kinds, texts, keys and order; marks and quotes do not count,
 * except that a quoted scalar equals only a quoted one where `quotes` is set. */
bool node_equal(const struct node *a, const struct node *b, bool quotes);

/* Appends `node` as block-style YAML that this engine reads back to an equal tree,
 * quoted scalars as quoted ones.  Bytes that are not UTF-8, which no description can
 * hold, become U+FFFD. */
void node_write_yaml(struct text *text, const struct node *node);
