/* profile.h - bodies made from named bodies: `profile:` and `count:` (LANGUAGE.md). */
#pragma once

#include "document/node.h"
#include "resource/kind.h"

enum { COUNT_MAX = 10000 };

/* The keys that are consumed here, NULL-ended: no unknown keys for the record. */
extern const char *const profile_keys[];

/* One body after its profiles are laid under it and its count is taken: a list of maps
 * whose `key` is the name of the item.  `profiles` may be NULL.  Faults at the mark of the
 * profile or count; -1 where the body cannot be used at all. */
int profile_expand(struct arena *arena, const struct node *profiles, const struct node *body,
		   struct node **ret_bodies, struct faults *faults) MUST_CHECK;

/* Whether a body lays this profile under itself. */
bool profile_is_used(const struct node *body, const char *profile);

/* Looks a profile over that nobody uses, whose mistakes would be told only to who does: as a
 * part of a body of this record, with {name} and {index} replaced by something. */
void profile_check(struct arena *arena, const struct record *record, const struct node *profile,
		   struct faults *faults);
