/* desired.h - everything a description wants, as items.
 *
 * Built from a tree in the four stages read, profile, complete, check; references
 * between items are resolved after everything was read.
 */
#pragma once

#include "document/document.h"
#include "resource/kind.h"

enum { LANGUAGE_VERSION = 1 };

struct desired {
	struct arena *arena;
	const struct kind *const *kinds;
	struct items items;      /* in order of the registry, then of the description */
	const struct node *root; /* the merged tree, shorthands normalised */
	struct mark mark;        /* of the file first named */
	bool describing;         /* nothing is wanted but to know all there is (seen_observe_all) */
};

/* Brings the shorthands of one file's tree to mappings, for every kind and profile
 * (document_prepare; `context` is the NULL-ended array of kinds). */
void desired_prepare(struct arena *arena, struct node *root, const void *context,
		     struct faults *faults);

/* Reads every item of a merged and prepared tree: version, unknown top-level keys,
 * profiles and count, records; then complete, references, check.  Every mistake of
 * all stages that can still be looked for is reported; -1 if there was any. */
int desired_build(struct desired *desired, struct arena *arena, const struct kind *const *kinds,
		  const struct node *root, struct faults *faults) MUST_CHECK;

/* document_load and desired_build in one; sources keep the text for excerpts. */
int desired_load(struct desired *desired, struct sources *sources, const struct kind *const *kinds,
		 const char *path, struct faults *faults) MUST_CHECK;

/* The wanted item of a kind (by its path) and name ("" for a single kind), or NULL. */
struct item *desired_find(const struct desired *desired, const char *kind, const char *name);

/* The kind at a path, or NULL. */
const struct kind *kind_find(const struct kind *const *kinds, const char *path);

/* For complete: the item of `kind` called `name`, made now if nobody asked for it yet
 * (then implied, by `by`).  Fields set on it must not override what a person gave:
 * look with GIVEN first. */
struct item *desired_imply(struct desired *desired, const char *kind, const char *name,
			   struct item *by);

/* Walks the wanted items of one kind. */
#define DESIRED_EACH(item_, desired_, path_)                                                 \
	for (size_t desired_i_ = 0; desired_i_ < (desired_)->items.list.count; desired_i_++) \
		for (struct item *item_ = (desired_)->items.list.at[desired_i_];             \
		     item_ && string_equal(item_->kind->path, (path_)); item_ = NULL)

/* What the machine has, by kind; filled by observing (plan/ and engine/ do). */
struct seen_facts { /* what probe found for a wanted item */
	const struct item *want;
	const void *facts;
	const char *unread; /* why it could not look, or NULL */
};
struct seen_kind {
	const struct kind *kind;
	struct items configured, running;
	ARRAY(struct seen_facts) facts;
	bool failed; /* could not look: nothing may be concluded, least of all absence */
};
struct seen {
	struct arena *arena;
	ARRAY(struct seen_kind) kinds;
};

/* The observations of a kind (by its path); NULL where it was not looked at. */
const struct seen_kind *seen_find(const struct seen *seen, const char *kind);

enum desired_print_flags {
	PRINT_IMPLIED = 1 << 0, /* implied items and fields, too */
	PRINT_SECRETS = 1 << 1, /* where secrets are is said, as a description does; else masked */
	PRINT_VEILED = 1 << 2,  /* texts that may hold secrets are veiled (struct field's veil) */
};
/* The description as a tree again: everything understood, profiles and includes resolved. */
struct node *desired_print(struct arena *arena, const struct desired *desired, unsigned flags);
