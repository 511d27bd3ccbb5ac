/* step.h - one change to the machine, as data.
 *
 * Kinds write steps, host/write performs them, journal/ keeps them with their
 * inverse, report/ prints them; nobody else needs to know what a step does.
 */
#pragma once

#include <stddef.h>

#include "schema/record.h"

enum verb {
#define VERB(name, ...) VERB_##name,
#include "resource/verbs.def"
#undef VERB
	VERB_COUNT
};

enum { STEP_ARGUMENTS = 6 };

struct verb_info {
	const char *name;
	enum class least; /* no step of this verb is of a lower class */
	enum verb inverse;
	const char *space; /* what the first argument names; "" where sharing is harmless */
	const char *argument[STEP_ARGUMENTS]; /* names without "?", NULL-ended where fewer */
	bool optional[STEP_ARGUMENTS];
	unsigned argument_count;
};

/* The row of a verb; and the verb of a name (VERB_COUNT: none such). */
const struct verb_info *verb_info(enum verb verb);
enum verb verb_of(const char *name);

struct step {
	enum verb verb;
	enum class class;
	const char *argument[STEP_ARGUMENTS]; /* as verbs.def names them; NULL where absent */
	const char *body;                     /* file text, XML, rule set; or NULL */
	size_t body_size;
	const char
		*wish; /* what is wanted, where the same wish may come with another body; or NULL */
	bool secret_body; /* never printed nor journaled: its inverse is by content
			   * of the machine, its record a digest */
};

/* The rest of an item's change cannot be decided or done yet. */
enum wait { WAIT_ROUND, WAIT_EVENT, WAIT_GUEST_STOP, WAIT_REBOOT };
const char *wait_name(enum wait wait);
struct step_wait {
	enum wait wait;
	const char *why; /* one clause for the plan: "the bridge must exist first" */
};

struct steps { /* what one item's change takes, in order */
	struct arena *arena;
	ARRAY(struct step) list;
	ARRAY(struct step_wait) waits;
	ARRAY(const char *) notes;
};

/* Appends a step.  After the class come exactly as many strings as the verb has
 * arguments (NULL for an absent optional one); they are copied.  The class is raised
 * to the verb's least.  The step stays valid until the next is added. */
struct step *step_add(struct steps *steps, enum verb verb, enum class class, ...);

/* Gives the step a body, copied; returns the step. */
struct step *step_body(struct steps *steps, struct step *step, const char *body, size_t size);

/* Appends: the rest has to wait, and why (copied). */
void steps_wait(struct steps *steps, enum wait wait, const char *format, ...) PRINTF(3, 4);

/* Appends a line that a person should read with the plan and that is neither a field nor a step:
 * the line that the next boot will get, what cannot be made sure here (copied). */
void steps_note(struct steps *steps, const char *format, ...) PRINTF(2, 3);

/* Whether a step of this verb ends what the machine is doing (its space is "end"): it is performed
 * once, after everything else of the run. */
bool verb_is_last(enum verb verb);

/* One line for people: `file_write path="/etc/hostname" mode="0644" (12 bytes)`. */
void step_print(struct text *text, const struct step *step);

/* Accepted is not done: a guest may take its time to shut down (pending: what follows has to
 * wait).  later: it was not taken while the guest runs, or not yet, and that was noted for the next
 * plan, which says what it waits for (formats/refusal.h); what follows is done. */
enum result { RESULT_DONE, RESULT_SAME, RESULT_PENDING, RESULT_LATER, RESULT_REFUSED };
const char *result_name(enum result result);
struct outcome {
	enum result result;
	const char *waits_for; /* pending: the event that ends it; later, refused: why */
};

/* Tells the run how far a long step is.  false: cancelled, or out of time; the step then
 * cleans up after itself and adds a fault. */
struct progress {
	bool (*tell)(struct progress *progress, uint64_t done, uint64_t total);
};
bool progress_tell(struct progress *progress, uint64_t done,
		   uint64_t total); /* NULL: always true */

/* host/write, or a recorder in tests.  The journal stands between the two calls. */
struct performer {
	/* What would undo the step, from the machine as it is now; VERB_nothing where nothing
	 * can or need.  Reads only. */
	int (*inverse)(struct performer *performer, struct arena *arena, const struct step *step,
		       struct step *ret_inverse, struct faults *faults) MUST_CHECK;
	/* The effect.  Repeatable. */
	int (*perform)(struct performer *performer, struct arena *arena, const struct step *step,
		       struct progress *progress, struct outcome *ret_outcome,
		       struct faults *faults) MUST_CHECK;
	void (*close)(struct performer *performer);
};
