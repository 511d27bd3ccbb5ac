/* plan.h - what would change, as data.
 *
 * Pairs wanted, observed and last-given items by kind and handle, compares them by
 * their tables, asks the kinds for steps, orders the result and judges its risk.
 * Pure: the same input gives the same plan, byte for byte, and the same hash.
 */
#pragma once

#include "resource/desired.h"

enum action {
	ACTION_NONE,   /* as wanted */
	ACTION_CREATE, /* not there */
	ACTION_CHANGE, /* there, and different */
	ACTION_REMOVE, /* no longer described, and ours */
	ACTION_FORGET, /* no longer described and gone, or no longer marked: only the ledger changes
			*/
	ACTION_ADOPT,  /* there and made by somebody else: becomes ours, as it is */
};
const char *action_name(enum action action);

struct plan_item {
	const struct kind *kind;
	const char *name, *path;
	enum action action;
	struct change change;
	struct paths differs;
	struct steps steps;
	enum class class;
	const void *gives;   /* what the ledger is to hold once it is done; NULL: nothing */
	const char *blocked; /* why nothing can be planned for it, or NULL; faults tell more */
	size_t index;        /* its place in the plan */
	ARRAY(struct plan_item *) after; /* must succeed before this one may start */
};

struct plan {
	struct arena *arena;
	ARRAY(struct plan_item *) items; /* in order of performing, those without a change too */
	struct index by_path;
	struct view view;
	enum class class;   /* the highest of all items */
	unsigned changes;   /* items that have steps */
	unsigned waiting;   /* items that differ and can only wait: for a reboot, a guest's stop */
	unsigned blocked;   /* items for which nothing could be planned */
	unsigned forgotten; /* ledger entries to drop */
	bool stopped;  /* nothing may be done: a gate (require) is not met, or two write one target
			*/
	char hash[65]; /* of everything a person approves: paths with old and new, classes, waits */
};

/* Plans everything.  `ledger` holds what the last good run gave each item.  Items that
 * cannot be planned are blocked, with faults; the others are planned all the same.
 * -1 where any item is blocked or two items write one target (a defect of kinds). */
int plan_make(struct plan *plan, struct arena *arena, const struct desired *desired,
	      const struct seen *seen, const struct items *ledger,
	      struct faults *faults) MUST_CHECK;

/* What somebody else made, that is described, and that is to be ours. */
struct adoption {
	const struct kind *kind; /* NULL: of every kind */
	const char *name;        /* NULL: every item of the kind */
};

/* Plans to make ours what is described, there, and somebody else's, as it is: our mark, and in the
 * ledger those fields that are as described already, so that what differs is planned by the next
 * plan_make.  Nothing else of the object changes, no other item is looked at.  What is ours or
 * not there is no fault: the plan does not speak of it.  As plan_make otherwise. */
int plan_adopt(struct plan *plan, struct arena *arena, const struct desired *desired,
	       const struct seen *seen, const struct items *ledger, const struct adoption *adoption,
	       struct faults *faults) MUST_CHECK;

/* Whether there is anything to do now; items that only wait do not count. */
bool plan_is_empty(const struct plan *plan);

/* Whether it is about anything that libvirt tells of (KIND_HEARD). */
bool plan_is_heard(const struct plan *plan);

/* The item at a path ("guests.web"), or NULL. */
struct plan_item *plan_find(const struct plan *plan, const char *path);

/* Looks at the machine with every kind that has wanted or last-given items, and with those
 * whose items may use what is to be removed.  A kind that could not look is marked so, the
 * former with its faults; the others are looked at all the same. */
void seen_observe(struct seen *seen, struct arena *arena, struct host *host,
		  const struct desired *desired, const struct items *ledger, struct faults *faults);

/* ---- what is there, as a description ---- */

struct described {
	struct desired desired;    /* to print (desired_print); nothing of it is completed */
	ARRAY(const char *) notes; /* what a person should know: what was left out, and why */
};

/* Looks at the machine with every kind that can describe what is there, and with those that would
 * not have it described so (KIND_GATE). */
void seen_observe_all(struct seen *seen, struct arena *arena, struct host *host,
		      const struct kind *const *all, const struct items *ledger,
		      struct faults *faults);

/* Everything that is there and that a person would say: what is ours as it was last given, what
 * somebody else made in the words of its kind (describe), each under a name of its own.  Pure.
 * -1 where a kind could not look, or something cannot be put into words. */
int plan_describe(struct described *ret, struct arena *arena, const struct kind *const *all,
		  const struct seen *seen, const struct items *ledger,
		  struct faults *faults) MUST_CHECK;

/* ---- the plan's own rooms: plan_order.c, plan_hash.c ---- */

/* Fills `after` of each item and puts the items in order of performing. */
void plan_order(struct plan *plan);
/* Adds a fault for each target that two items write; -1 where there is one. */
int plan_conflicts(const struct plan *plan, struct faults *faults);
/* Fills plan->hash. */
void plan_hash(struct plan *plan);
