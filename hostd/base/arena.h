/* arena.h - memory that lives as long as a run.
 *
 * Everything a run allocates comes from one arena and is freed with it; nothing
 * in it is freed by hand.  Memory is born zeroed.  Out of memory ends the
 * process: systemd restarts the agent, and the journal knows where it was.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new, empty arena; the caller frees it. */
struct arena *arena_new(void);

/* Frees the arena and all that came from it; NULL is accepted. */
void arena_free(struct arena *arena);

/* `size` zeroed bytes, aligned for any type; never NULL, also for size 0. */
void *arena_alloc(struct arena *arena, size_t size);

/* `old_size` bytes at `old` moved into a block of `size` bytes, the rest zeroed. */
void *arena_grow(struct arena *arena, const void *old, size_t old_size, size_t size);

/* Copies.  Strings end in NUL; arena_strndup copies at most `size` bytes. */
char *arena_strdup(struct arena *arena, const char *string);
char *arena_strndup(struct arena *arena, const char *string, size_t size);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/* One zeroed struct. */
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

/* Closes over the scope: `ARENA_AUTO struct arena *arena = arena_new();` */
void arena_cleanup(struct arena **arena);
#define ARENA_AUTO __attribute__((cleanup(arena_cleanup)))
