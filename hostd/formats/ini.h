/* ini.h - reading files of sections, keys and values, as systemd writes them (systemd.syntax(7)).
 *
 *	struct ini ini = ini_of(arena, text);
 *	while (ini_next(&ini))
 *		if (ini_is(&ini, "Network", "DHCP")) ...
 */
#pragma once

#include "base/text.h"

struct ini {
	struct arena *arena;
	const char *next;    /* what is still to be read */
	const char *section; /* of the line just read; "" before the first */
	unsigned number;     /* which section it is, from 1 */
	const char *label;   /* the last comment in this section, without "# "; or NULL */
	const char *key, *value;
};

struct ini ini_of(struct arena *arena, const char *text);

/* Goes to the next line with a key; false at the end. */
bool ini_next(struct ini *ini);

bool ini_is(const struct ini *ini, const char *section, const char *key);
