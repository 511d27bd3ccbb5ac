/* index.h - finding a name among many: text to pointer.
 *
 * Small sets are searched one by one, large ones through a hash table with a
 * seed of its own, so that no file can be written that makes it slow.  Keys are
 * not copied.  The order of adding is not kept: nothing may be printed from it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct index_entry {
	const char *key;
	uint64_t hash;
	void *value;
};

struct index {
	struct arena *arena;
	struct index_entry *entries;
	size_t count, room;
	uint32_t *slots; /* entry number + 1, 0: free; used when there are many entries */
	size_t slot_count, slot_room;
};

/* Starts an empty index, or empties one and keeps its memory. */
void index_init(struct index *index, struct arena *arena);
void index_clear(struct index *index);

/* What stands at `key`, or NULL. */
void *index_get(const struct index *index, const char *key);

/* Adds `value` (not NULL) unless the key is there already: then changes nothing
 * and returns what stands there.  NULL: added. */
void *index_add(struct index *index, const char *key, void *value);

/* Adds or replaces. */
void index_set(struct index *index, const char *key, void *value);
