/* guests_live.h - what of a change of a guest can be done while it runs, as a table.
 *
 * A row of a table is a way: the path of a field, or of a member of a map that comes or goes, and
 * the function that knows whether the way can be gone now, and goes it.  Each field that has a way
 * is of class live or none, and each such field that a running guest has, has a way
 * (tests/unit/test_guest_live.c walks both).  Where there is none, or none now, the change waits
 * for the guest's next start.
 */
#pragma once

#include "kinds/guests.h"

struct guest_live {
	const struct change *change;
	const char *name;       /* libvirt's */
	const char *definition; /* the new one */
	struct steps *steps;
	bool allowed;              /* on_change is not "never" */
	ARRAY(const char *) waits; /* set: why something takes effect only at the next start */
};

struct live_way {
	const char *path; /* "nics.*.link_state"; "*" is any name */
	/* Appends the steps for this difference; false: not now, and what it waits for
	 * (live_wait) where that is more than the next start. */
	bool (*go)(struct guest_live *live, const struct live_way *way, const struct path *path);
	/* Of a setting: what domain_set calls it, "%s" for the member's name in the path; and what
	 * is told where it is no longer said (NULL: nothing could be). */
	const char *what, *rest;
};

struct live_ways {
	const struct live_way *at;
	size_t count;
};
#define LIVE_WAYS(rows)                                \
	{                                              \
		.at = (rows), .count = COUNT_OF(rows), \
	}

/* The tables there are: sizes and settings; devices. */
extern const struct live_ways guest_setting_ways, guest_device_ways;

/* The way of a path ("nics.lan.link_state", "nics.lan"), or NULL. */
const struct live_way *guest_live_way(const char *path);

/* Goes what ways there are, and tells what waits. */
int guest_live(struct guest_live *live, struct faults *faults) MUST_CHECK;

/* Takes out the steps that the running guest did not take before: they wait. */
void live_refused(struct guest_live *live);

/* Says why something waits for the next start; a reason that was given is not given twice. */
void live_wait(struct guest_live *live, const char *why);

/* The records that are wanted and running. */
const struct guest *live_wanted(const struct guest_live *live);
const struct guest *live_running(const struct guest_live *live);

/* The part of a path that stands behind `count` dots: of "nics.lan.mtu", 1, "lan". */
const char *live_part(struct guest_live *live, const struct path *path, unsigned count);
