/* grub.h - what GRUB's own files say of the kernel's command line (grub-mkconfig of Debian).
 *
 * grub.cfg is a script; of it only the first menu entry matters here, which is what boots where
 * nothing else was chosen, and how its default is set.  Words in it are quoted as in a shell.
 */
#pragma once

#include <stdbool.h>

#include "base/text.h"

struct grub_entry {
	const char *text;   /* the whole `menuentry ... {` to its `}`, lines kept */
	const char *kernel; /* first word of its `linux` line */
	const char *line;   /* the others, as a kernel's command line (formats/cmdline.h) */
};

/* The first menu entry; false where there is none with a `linux` line. */
bool grub_entry_first(struct arena *arena, const char *config, struct grub_entry *ret);

/* The same entry with another title, name (--id) and line; it asks for a password where that one
 * does. */
const char *grub_entry_with(struct arena *arena, const struct grub_entry *entry, const char *title,
			    const char *id, const char *line);

/* Whether the first entry boots where nothing else was chosen, and whether one can be chosen for
 * a single time (`next_entry`). */
bool grub_first_is_default(const char *config);
bool grub_knows_next(const char *config);

/* Whether each boot waits in the menu until a person chooses (GRUB_TIMEOUT=-1). */
bool grub_waits_for_a_key(const char *config);

/* The value of a name in the environment block (grubenv), or NULL. */
const char *grub_environment(struct arena *arena, const char *block, const char *name);

/* A file for /etc/default/grub.d: adds a line's words to whatever others say.  And the line
 * again from such a file, or NULL. */
const char *grub_addition(struct arena *arena, const char *line);
const char *grub_addition_read(struct arena *arena, const char *text);
