/* rehearsal.h - a captured machine in a temporary folder, and a performer that changes it.
 *
 * Verbs on files do to the folder what they would do to the machine, with their inverse; every
 * other verb is only recorded.  So the law "apply, then plan: empty" is tested without root.
 */
#pragma once

#include "base/array.h"
#include "engine/engine.h"
#include "host/read/host.h"
#include "resource/step.h"

struct rehearsal {
	struct performer performer; /* first: the performer is the rehearsal */
	struct arena *arena;
	const char *folder; /* machine/; state/ for the journal lies beside it */
	const char *state;
	struct host *host;
	ARRAY(const char *) did; /* each step performed, as step_print says it */
	const char *fail_on;     /* a piece of such a line: that step fails */
	const char *pending_on;  /* ... is accepted, and pending */
	const char *later_on;    /* ... is not taken yet */
	const char *refuse_on;   /* ... is refused */
	/* After the next step somebody writes `meddles_with` into this file, once. */
	const char *meddles, *meddles_with;
	int crash_after; /* so many steps, then every one fails without a trace; -1: never */
};

void rehearsal_open(struct rehearsal *rehearsal, struct arena *arena);
void rehearsal_close(struct rehearsal *rehearsal); /* removes the folder */

/* A file of the machine: written, read (NULL: not there), removed. */
void rehearsal_write(struct rehearsal *rehearsal, const char *path, const char *text);
const char *rehearsal_read(struct rehearsal *rehearsal, const char *path);
void rehearsal_remove(struct rehearsal *rehearsal, const char *path);

/* An engine on this machine, journal opened and locked, for a description given as text. */
struct engine rehearsal_engine(struct rehearsal *rehearsal, const struct kind *const *kinds,
			       const char *description);

/* Faults of a run as lines, for assertions. */
const char *faults_text(struct arena *arena, const struct faults *faults);
