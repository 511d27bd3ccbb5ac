/* kind.h - the contract every kind of resource fulfils.
 *
 * A kind is one file in kinds/ that defines one `const struct kind` and is named
 * once in kinds/registry.c.  There is no apply, no verify and no rollback here on
 * purpose: applying is host/write's business, verifying is observing and planning
 * again until nothing is left, and rolling back replays recorded inverses.
 *
 * A kind is pure: it never asks the time, never waits, and meets the machine only
 * in observe, through the read-only host.
 */
#pragma once

#include "base/fault.h"
#include "base/index.h"
#include "resource/step.h"
#include "schema/record.h"

struct chart;   /* chart.h */
struct host;    /* host/read: live, or a captured machine */
struct desired; /* every wanted item */
struct seen;    /* every observed item */

struct item { /* one resource, wanted or seen */
	const struct kind *kind;
	const char *name;        /* handle: "web-1"; a single kind's item has the name "" */
	const char *path;        /* "guests.web-1", "kernel"; for people and the ledger */
	const struct node *node; /* where it was described; NULL when observed or implied */
	void *value;             /* the kind's record; its first member is `struct given` */
	bool implied;            /* wanted by another item's complete, not by a person */
	const struct item *by;   /* who implied it, or NULL */
	bool ours;               /* observed: carries our mark */
	bool faulty;             /* wanted: its fields could not all be read; check is skipped */
	const char *unread;      /* observed: it is there and could not be looked at, and why; its
				  * value holds what is known all the same.  NULL: all was seen */
};

struct items {
	struct arena *arena;
	ARRAY(struct item *) list;
	struct index by_path; /* made with the first item */
	/* While observing: what is wanted, and what the ledger holds, for a kind whose objects
	 * are too many to look at all (sysctl).  Elsewhere NULL. */
	const struct items *wanted, *given;
	bool all; /* while observing: to describe what is there, whether or not it is wanted */
};

struct view { /* what there is to know about other items, read only */
	const struct desired *desired;
	const struct seen *seen;
};

struct change {                        /* what plan is asked to bring about */
	const struct item *want;       /* NULL: no longer described, to be removed */
	const struct item *configured; /* NULL: not there; what survives a reboot */
	const struct item *running;    /* NULL: not there; what is in force now */
	const struct item *last;       /* what the last good run was given; NULL: never ours */
	const struct paths *differs;   /* wanted or last-given paths that are not so */
	const struct view *view;
	const void *facts; /* what the kind's probe found for `want`; NULL where it has none */
};

struct describing {                              /* what describe is asked to put into words */
	const struct item *configured, *running; /* as observed; running may be NULL */
	const char *name;                        /* what it is to be called */
	const struct seen *seen;                 /* all that is there */
	struct items *items;                     /* what was described so far */
	ARRAY(const char *) notes;               /* what a person should know of it */
};
/* Appends what a person should know: what was left out, and what to do about it (copied). */
void describing_note(struct describing *describing, const char *format, ...) PRINTF(2, 3);

enum shape { SHAPE_SINGLE, SHAPE_NAMED };

/* What to do with a wanted object that is there without being ours (no ledger, no mark). */
enum adopt {
	ADOPT_QUIETLY, /* settings of the host (a sysctl, a link): just manage what was given */
	ADOPT_ASK,     /* somebody made it (a guest, a pool): refuse until `gasthof adopt` */
};

enum kind_flags {
	KIND_UNMARKED = 1 << 0, /* its objects carry no mark: the ledger alone says they are ours */
	KIND_KEEPS = 1 << 1,    /* no longer described: fields go back to defaults, the object is
				 * never removed (single kinds, physical links) */
	KIND_SETTINGS = 1 << 2, /* nothing on the machine: never observed nor planned (agent:) */
	KIND_GATE = 1 << 4,     /* where an item of it cannot be as wanted, nothing at all is done
				 * (require) */
	KIND_CLAIMS = 1 << 5,   /* what is about to be given is in the ledger before the first step,
				 * beside what was: a change that is finished after a reboot, or
				 * never, is still known as ours */
	KIND_JUDGES = 1 << 6,   /* planned even where nothing differs: its plan only looks at what
				 * all others want together, and adds faults or notes (memory) */
	KIND_STOOD_ON = 1 << 7, /* what uses its items would be spoilt by others in their place: it
				 * is looked at even where nothing of it is described (images,
				 * volumes) */
	KIND_WHOLE = 1 << 8,    /* its steps bring about all that is configured at once: where they
				 * change nothing, what is there and no longer said is the
				 * machine's own default, written out (guests: libvirt's) */
	KIND_HEARD = 1 << 9,    /* libvirt tells when one of its items changes: where there are any,
				 * the agent listens (guests, pools) */
	KIND_COUNTED = 1 << 3,  /* bodies take `profile:` and `count:` (LANGUAGE.md, profiles) */
};

struct kind {
	const char *path;    /* where it stands in a description: "memory.hugepages" */
	const char *summary; /* one line for explain and the docs */
	enum shape shape;
	unsigned flags;
	enum adopt adopt;
	const struct record *record;
	const char *const *needs; /* paths of kinds applied before; NULL-ended; never NULL */

	/* Say aloud what follows from what was said: dependent values, items of another
	 * kind this one implies (desired_imply).  Pure.  Runs in order of `needs`, dependants
	 * first, so that what is implied is completed after. */
	void (*complete)(struct item *item, struct desired *desired, struct faults *faults);

	/* Rules the table cannot say.  Pure; reports every problem at its mark (item_mark);
	 * sees only items whose fields could all be read. */
	void (*check)(const struct item *item, const struct desired *desired,
		      struct faults *faults);

	/* Append what the machine has, foreign items included, configured and running apart
	 * (items_add); a kind without one of the two states leaves that list empty for every
	 * item.  Only reads; -1 means "could not look". */
	int (*observe)(struct host *host, struct items *configured, struct items *running,
		       struct faults *faults) MUST_CHECK;

	/* Look closer at what one wanted item needs of the machine and no item shows: whether
	 * its path is a file already, how much room there is.  Runs after observe; only reads.
	 * What it finds is the kind's own, and reaches plan as change.facts.  NULL: nothing to
	 * look at (this, resolve, take_over, import, describe and chart are the operations that
	 * may be). */
	int (*probe)(struct host *host, struct arena *arena, const struct item *want,
		     const struct desired *desired, const void **ret_facts,
		     struct faults *faults) MUST_CHECK;

	/* Say of a wanted item what only the machine knows, such as which of its devices a handle
	 * stands for: implied fields, set anew each time, so that they are compared, shown and
	 * remembered like any other.  Pure; runs after everything was observed and before the item
	 * is compared, for items in the order of the registry.  -1 with faults: nothing can be
	 * planned for it.  NULL: nothing to resolve. */
	int (*resolve)(struct item *want, const struct view *view,
		       struct faults *faults) MUST_CHECK;

	/* Whether an observed item is the wanted one: same handle (same_name) unless the kind
	 * knows better (a link is matched by its MAC). */
	bool (*same)(const struct item *want, const struct item *seen);

	/* Append the steps that put our mark on what somebody else made and change nothing else of
	 * it; none where the ledger alone says whose it is.  `differs` is what is not as described,
	 * in what is configured; what cannot be read back and is so all the same is taken out of
	 * it (paths_drop).  -1 with a fault where it cannot be ours as it is.  Pure.  NULL: what is
	 * there of this kind is never taken over. */
	int (*take_over)(const struct change *change, struct paths *differs, struct steps *steps,
			 struct faults *faults) MUST_CHECK;

	/* Append the steps that make it so, or waits with their reason.  Pure. */
	int (*plan)(const struct change *change, struct steps *steps,
		    struct faults *faults) MUST_CHECK;

	/* The artefact itself (domain XML, dnsmasq file, rules), for people and tests.
	 * Pure; render_nothing where there is none. */
	int (*render)(const struct item *item, const struct view *view, struct text *text,
		      struct faults *faults) MUST_CHECK;

	/* The way back: appends the item whose artefact `text` is, as a description would say
	 * it, so that rendering it loses nothing: 1; 0 where it is no artefact of this kind; -1
	 * with faults.  Pure.  NULL: nothing of this kind is brought in from elsewhere. */
	int (*import)(struct items *items, const char *text, struct faults *faults) MUST_CHECK;

	/* The same of what is there and nobody described: appends it to `items` under the given
	 * name so that nothing is left to do where it is described so, once it is ours: 1; 0 where
	 * there is nothing in it that a person would say; -1 with faults.  Never with a password.
	 * Pure.  NULL: what is there of this kind is the distribution's, or told in the words of
	 * another kind. */
	int (*describe)(struct describing *describing, struct faults *faults) MUST_CHECK;

	/* Which of the machine's parts the items have after the plan, for people (chart.h; the
	 * arena is set): false where there is nothing to draw.  Pure; shown by status, and with a
	 * plan where a difference is at or below one of the NULL-ended paths.  NULL, both: the
	 * kind has no such drawing. */
	bool (*chart)(const struct view *view, struct chart *ret);
	const char *const *charted;
};

extern const struct kind *const kinds[]; /* kinds/registry.c; NULL-ended */

/* Every other operation is set, none is ever NULL. */
void complete_nothing(struct item *item, struct desired *desired, struct faults *faults);
void check_nothing(const struct item *item, const struct desired *desired, struct faults *faults);
int observe_nothing(struct host *host, struct items *configured, struct items *running,
		    struct faults *faults) MUST_CHECK;
int plan_nothing(const struct change *change, struct steps *steps,
		 struct faults *faults) MUST_CHECK;
int render_nothing(const struct item *item, const struct view *view, struct text *text,
		   struct faults *faults) MUST_CHECK;
bool same_name(const struct item *want, const struct item *seen);

/* The place of a field of an item, "disks.root.size"; NULL: of the item itself.  Falls
 * back to the nearest place above; nowhere for observed items. */
struct mark item_mark(const struct item *item, const char *path);

/* A new item with a new record that holds its defaults; returns the item. */
struct item *items_add(struct items *items, const struct kind *kind, const char *name);
/* Says of an observed item that it could not be looked at, because of the fault that was added
 * last to `why`: only what needs this item is stopped by it. */
void item_unread(struct item *item, struct faults *why);
/* Puts an item that exists behind the others. */
void items_put(struct items *items, struct item *item);
/* The item of this kind and name, or NULL. */
struct item *items_find(const struct items *items, const struct kind *kind, const char *name);
