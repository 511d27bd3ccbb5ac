#include "base/text.h"
#include "engine/perform.h"

/* Which runs are taken back: `number` and every later one that stands. */
static int runs_choose(const struct recorded_runs *runs, unsigned number, unsigned *ret_from,
		       struct faults *faults)
{
	for (size_t i = runs->list.count; i-- > 0;) {
		const struct recorded_run *run = &runs->list.at[i];
		if (run->undoes || run->undone_by || (number && run->number != number))
			continue;
		*ret_from = run->number;
		return 0;
	}
	return number ? fault(faults, FAULT_REFUSED, "there is no run %u that could be taken back",
			      number)
		      : fault(faults, FAULT_REFUSED, "there is no run to take back");
}

/* A step that found everything as it should be has nothing to take back. */
static bool step_took_effect(const struct recorded_step *recorded)
{
	bool same = recorded->ended && !recorded->failure && recorded->result == RESULT_SAME;

	return !same && recorded->inverse.verb != VERB_nothing;
}

static int run_gate(const struct engine *engine, const struct recorded_run *run,
		    struct faults *faults)
{
	int result = 0;

	EACH(step, &run->steps) {
		enum class class = step->inverse.class;
		if (!step_took_effect(step))
			continue;
		if (step->inverse.secret_body)
			result =
				fault(faults, FAULT_REFUSED,
				      "%s of run %u held a secret, which the journal does not keep",
				      step->item, run->number);
		if ((engine->allow | ALLOW_ALWAYS) & (1u << class))
			continue;
		result = fault(faults, FAULT_REFUSED,
			       "taking back %s of run %u needs permission for class %s", step->item,
			       run->number, class_name(class));
		fault_hint(faults, "allow it with --allow %s", class_name(class));
	}
	return result;
}

/* A step that is its own inverse (a reload) makes what was put back take effect: its turn comes
 * after the files, not in their reversed order. */
static bool step_is_repeated(const struct recorded_step *recorded)
{
	const struct step *step = &recorded->step, *inverse = &recorded->inverse;

	if (step->verb != inverse->verb || inverse->body)
		return false;
	for (unsigned i = 0; i < STEP_ARGUMENTS; i++)
		if (!string_equal(step->argument[i], inverse->argument[i]))
			return false;
	return true;
}

static int step_take_back(struct performing *performing, const struct recorded_step *step,
			  struct faults *faults)
{
	struct outcome outcome = {};

	WITHIN(faults, "%s", step->item);
	if (perform_step(performing, step->item, &step->inverse, &outcome, faults) < 0)
		return -1;
	if (outcome.result == RESULT_DONE || outcome.result == RESULT_SAME)
		return 0;
	const char *why = outcome.waits_for ? outcome.waits_for : "no reason given";
	const char *verb = verb_info(step->inverse.verb)->name;
	if (outcome.result == RESULT_REFUSED)
		return fault(faults, FAULT_HOST, "%s was refused: %s", verb, why);
	(void)fault(faults, FAULT_HOST, "%s is not done yet: %s", verb, why);
	fault_hint(faults, "when it is, take the run back once more");
	return -1;
}

/* Everything is tried: one inverse that fails leaves no reason to keep the others. */
static int steps_take_back(struct performing *performing, const struct recorded_run *run,
			   struct faults *faults)
{
	int taken = 0;

	for (size_t i = run->steps.count; i-- > 0;) {
		const struct recorded_step *step = &run->steps.at[i];
		if (step_took_effect(step) && !step_is_repeated(step) &&
		    step_take_back(performing, step, faults) < 0)
			taken = -1;
	}
	EACH(step, &run->steps)
		if (step_took_effect(step) && step_is_repeated(step) &&
		    step_take_back(performing, step, faults) < 0)
			taken = -1;
	return taken;
}

static int run_take_back(struct engine *engine, const struct recorded_run *run,
			 struct engine_result *result, struct faults *faults)
{
	struct performing performing = { .engine = engine, .undoes = run->number };

	WITHIN(faults, "run %u", run->number);
	int taken = steps_take_back(&performing, run, faults);
	struct run *writing = performing_run(&performing, faults);
	if (!writing)
		return -1;
	for (size_t i = run->ledger.count; i-- > 0;)
		if (run_ledger_restore(writing, run->ledger.at[i].file, run->ledger.at[i].before,
				       faults) < 0)
			taken = -1;
	result->run = run_number(writing);
	result->steps += performing.steps;
	if (run_end(writing, taken < 0 ? RUN_FAILED : RUN_DONE, faults) < 0)
		return -1;
	return taken;
}

int engine_rollback(struct engine *engine, unsigned number, struct engine_result *ret_result,
		    struct faults *faults)
{
	struct engine_result result = { .status = RUN_DONE };
	struct recorded_runs runs = {};
	unsigned from = 0;
	int gate = 0;

	if (journal_runs(engine->journal, &runs, faults) < 0 ||
	    runs_choose(&runs, number, &from, faults) < 0)
		return -1;
	EACH(run, &runs.list)
		if (run->number >= from && !run->undoes && !run->undone_by &&
		    run_gate(engine, run, faults) < 0)
			gate = -1;
	if (gate < 0)
		return -1;
	for (size_t i = runs.list.count; i-- > 0;) {
		const struct recorded_run *run = &runs.list.at[i];
		if (run->number < from || run->undoes || run->undone_by)
			continue;
		if (run_take_back(engine, run, &result, faults) < 0) {
			result.status = RUN_FAILED;
			result.failed++;
			break;
		}
	}
	*ret_result = result;
	return result.status == RUN_DONE ? 0 : -1;
}
