/* shortfall.h - a pool of huge pages that got fewer than were asked for, as it is noted.
 *
 * How many pages can still be had is not to be seen beforehand: free memory lies in pieces.  So
 * the attempt tells, and what it told is noted below /run, for as long as this boot lasts: a plan
 * does not ask in vain again until more memory is free (hugetlbpage.rst of the kernel: the count
 * that is read back is the one that was reached).  Catalogue PIT33.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct shortfall {
	uint64_t asked, reached; /* pages */
	uint64_t available;      /* bytes that were free or could be freed then */
};

/* Where it is noted for the pool at `path` (".../hugepages-2048kB/nr_hugepages"). */
const char *shortfall_path(struct arena *arena, const char *path);
const char *shortfall_text(struct arena *arena, const struct shortfall *shortfall);
/* false where the text is none. */
bool shortfall_read(const char *text, struct shortfall *ret);

/* From the text of /proc/meminfo or of a node's meminfo: bytes that are free or could be freed
 * (MemAvailable; a node says MemFree and FilePages).  0 where it does not say. */
uint64_t meminfo_available(const char *text);
/* Of a line like "MemTotal:  1 kB", wherever it stands in the text; bytes, 0 where there is none.
 */
uint64_t meminfo_bytes(const char *text, const char *name);

/* "2MiB" from ".../hugepages-2048kB/nr_hugepages"; "" where the path is of no pool. */
const char *pool_size_text(struct arena *arena, const char *path);
