/* engine.h - make it so: perform a plan step by step in rounds, and take it back.
 *
 * Observe, plan, perform, until the plan is empty; at most ROUNDS_MAX rounds.  A
 * failed item stops only what depends on it.  Before each step the journal holds
 * the step and its inverse.  Nothing is performed whose class was not allowed.
 */
#pragma once

#include <signal.h>

#include "host/read/host.h"
#include "journal/journal.h"
#include "plan/plan.h"

enum { ROUNDS_MAX = 8 };

/* Told what happens, as it happens; report/ has instances.  Every member is set. */
struct watcher {
	/* The machine is about to be looked at: what happened before will be seen. */
	void (*looks)(struct watcher *watcher);
	void (*planned)(struct watcher *watcher, const struct plan *plan, unsigned round);
	void (*step_begins)(struct watcher *watcher, const char *item, const struct step *step);
	void (*step_moves)(struct watcher *watcher, uint64_t done, uint64_t total);
	void (*step_ends)(struct watcher *watcher, const char *item, const struct step *step,
			  const struct outcome *outcome, const char *failure);
};
extern struct watcher watcher_silent;

struct engine {
	struct arena *arena;
	struct host *host;
	struct performer *performer;
	struct journal *journal; /* locked by the caller */
	const struct desired *desired;
	const char *command; /* for the journal: "apply", "agent" */
	unsigned allow;      /* bit 1 << class for each class allowed */
	const char *hash;    /* of the plan that was approved; NULL: any */
	/* Only this is done: what is described and somebody else's becomes ours as it is.  NULL:
	 * everything is made as described. */
	const struct adoption *adoption;
	bool partial; /* do what is allowed and leave the rest (the agent) */
	struct watcher *watcher;
	const volatile sig_atomic_t *cancel; /* becomes true: stop after the step at hand */
};

/* The classes that need no permission. */
#define ALLOW_ALWAYS ((1u << CLASS_NONE) | (1u << CLASS_LIVE))

struct engine_result {
	enum run_status status;
	unsigned run; /* its number in the journal; 0: nothing had to be written */
	unsigned rounds, steps, failed;
	struct plan plan; /* the last one: what is left, and what waits */
};

/* Applies the desired state.  -1 with faults where anything was refused (FAULT_REFUSED:
 * then nothing was done, unless partial), failed, or does not settle. */
int engine_apply(struct engine *engine, struct engine_result *ret_result,
		 struct faults *faults) MUST_CHECK;

/* Takes back run `number` (0: the last that is not taken back yet) and every later one,
 * newest first, by replaying recorded inverses.  No planning, no description involved. */
int engine_rollback(struct engine *engine, unsigned number, struct engine_result *ret_result,
		    struct faults *faults) MUST_CHECK;
