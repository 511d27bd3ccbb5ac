/* perform.h - one step, journaled; for this room alone. */
#pragma once

#include "engine/engine.h"

struct performing {
	struct engine *engine;
	struct run *run;  /* NULL until the first thing is to be written */
	const char *hash; /* of the plan, for the journal */
	unsigned undoes;  /* the run being taken back, or 0 */
	unsigned steps;
};

/* The run, begun when it is first needed.  NULL and a fault where that fails. */
struct run *performing_run(struct performing *performing, struct faults *faults);

/* Inverse, intention, effect, outcome.  -1 where the step failed. */
int perform_step(struct performing *performing, const char *item, const struct step *step,
		 struct outcome *ret_outcome, struct faults *faults) MUST_CHECK;

bool engine_cancelled(const struct engine *engine);
