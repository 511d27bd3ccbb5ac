/* name.h - names that people give, and the nearest one to a mistyped one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { NAME_SIZE_MAX = 63 };

/* Whether `name` matches [a-z0-9]([a-z0-9_.-]*[a-z0-9])? in at most 63 bytes (LANGUAGE.md). */
bool name_is_valid(const char *name);

/* The text as a name without dots: in lower case, "-" for what a name cannot hold, cut where it
 * is too long; NULL where nothing is left of it. */
const char *name_fit(struct arena *arena, const char *text);

/* The candidate nearest to `word` by edit distance (Damerau, adjacent swaps count one), or NULL
 * where none is near enough to be a slip: at most a third of the word's length, at least one. */
const char *name_nearest(const char *word, const char *const *candidates, size_t count);
