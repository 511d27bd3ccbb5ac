#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024, ALIGNMENT = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

struct arena {
	struct block *blocks;
};

static void *checked(void *memory)
{
	if (!memory) {
		static const char message[] = "out of memory\n";
		fwrite(message, 1, sizeof(message) - 1, stderr);
		abort();
	}
	return memory;
}

struct arena *arena_new(void)
{
	return checked(calloc(1, sizeof(struct arena)));
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

void arena_cleanup(struct arena **arena)
{
	arena_free(*arena);
	*arena = NULL;
}

/* A large request gets a block of its own behind the current one, so that the
 * room left in the current one is not lost. */
static struct block *block_add(struct arena *arena, size_t size)
{
	size_t room = size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE;
	struct block *block = checked(calloc(1, sizeof(*block) + room));

	block->size = room;
	if (room == size && arena->blocks) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = arena->blocks;

	if (size > SIZE_MAX / 2)
		checked(NULL);
	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (!size)
		size = ALIGNMENT;
	if (!block || block->size - block->used < size)
		block = block_add(arena, size);
	void *memory = block->bytes + block->used;
	block->used += size;
	return memory;
}

void *arena_grow(struct arena *arena, const void *old, size_t old_size, size_t size)
{
	void *memory = arena_alloc(arena, size);

	if (old_size)
		memcpy(memory, old, old_size);
	return memory;
}

char *arena_strndup(struct arena *arena, const char *string, size_t size)
{
	size_t length = strnlen(string, size);
	char *copy = arena_alloc(arena, length + 1);

	memcpy(copy, string, length);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *string)
{
	return arena_strndup(arena, string, strlen(string));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
	va_list again;

	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		checked(NULL);
	char *string = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(string, (size_t)length + 1, format, arguments);
	return string;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	char *string = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return string;
}
