#include "base/index.h"

#include <string.h>

enum { FEW = 8 };

void index_init(struct index *index, struct arena *arena)
{
	*index = (struct index){ .arena = arena };
}

void index_clear(struct index *index)
{
	index->count = 0;
	index->slot_count = 0;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The seed is the arena's address: unknown to whoever wrote the file. */
static uint64_t hash_of(const struct index *index, const char *key)
{
	size_t left = strlen(key);
	uint64_t hash = (uintptr_t)index->arena ^ left;

	for (; left; key += left < 8 ? left : 8, left -= left < 8 ? left : 8) {
		uint64_t word = 0;
		memcpy(&word, key, left < 8 ? left : 8);
		hash = mix(hash ^ word ^ 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93);
	}
	return hash;
}

static void slots_fill(struct index *index)
{
	size_t count = 4 * FEW;

	while (count < index->count * 4)
		count *= 2;
	if (count > index->slot_room) {
		index->slots = arena_alloc(index->arena, count * sizeof(*index->slots));
		index->slot_room = count;
	}
	memset(index->slots, 0, count * sizeof(*index->slots));
	index->slot_count = count;
	for (size_t i = 0; i < index->count; i++) {
		size_t slot = index->entries[i].hash & (count - 1);
		while (index->slots[slot])
			slot = (slot + 1) & (count - 1);
		index->slots[slot] = (uint32_t)i + 1;
	}
}

static struct index_entry *find(const struct index *index, const char *key, uint64_t hash)
{
	if (!index->slot_count) {
		for (size_t i = 0; i < index->count; i++)
			if (index->entries[i].hash == hash &&
			    strcmp(index->entries[i].key, key) == 0)
				return &index->entries[i];
		return NULL;
	}
	size_t slot = hash & (index->slot_count - 1);
	for (; index->slots[slot]; slot = (slot + 1) & (index->slot_count - 1)) {
		struct index_entry *entry = &index->entries[index->slots[slot] - 1];
		if (entry->hash == hash && strcmp(entry->key, key) == 0)
			return entry;
	}
	return NULL;
}

static void append(struct index *index, struct index_entry entry)
{
	if (index->count == index->room) {
		size_t room = index->room ? index->room * 2 : FEW;
		index->entries = arena_grow(index->arena, index->entries,
					    index->count * sizeof(entry), room * sizeof(entry));
		index->room = room;
	}
	index->entries[index->count++] = entry;
	if (index->count <= FEW)
		return;
	if (index->count * 2 > index->slot_count) {
		slots_fill(index);
		return;
	}
	size_t slot = entry.hash & (index->slot_count - 1);
	while (index->slots[slot])
		slot = (slot + 1) & (index->slot_count - 1);
	index->slots[slot] = (uint32_t)index->count;
}

void *index_get(const struct index *index, const char *key)
{
	const struct index_entry *entry = find(index, key, hash_of(index, key));

	return entry ? entry->value : NULL;
}

void *index_add(struct index *index, const char *key, void *value)
{
	uint64_t hash = hash_of(index, key);
	const struct index_entry *entry = find(index, key, hash);

	if (entry)
		return entry->value;
	append(index, (struct index_entry){ key, hash, value });
	return NULL;
}

void index_set(struct index *index, const char *key, void *value)
{
	uint64_t hash = hash_of(index, key);
	struct index_entry *entry = find(index, key, hash);

	if (entry)
		entry->value = value;
	else
		append(index, (struct index_entry){ key, hash, value });
}
