#include "engine/perform.h"

struct run *performing_run(struct performing *performing, struct faults *faults)
{
	struct engine *engine = performing->engine;

	if (!performing->run)
		performing->run = run_begin(engine->journal, engine->command, performing->hash,
					    performing->undoes, faults);
	return performing->run;
}

bool engine_cancelled(const struct engine *engine)
{
	return engine->cancel && *engine->cancel;
}

struct telling {
	struct progress progress;
	struct engine *engine;
};

static bool telling_tell(struct progress *progress, uint64_t done, uint64_t total)
{
	struct engine *engine = ((struct telling *)progress)->engine;

	engine->watcher->step_moves(engine->watcher, done, total);
	return !engine_cancelled(engine);
}

int perform_step(struct performing *performing, const char *item, const struct step *step,
		 struct outcome *ret_outcome, struct faults *faults)
{
	struct engine *engine = performing->engine;
	struct performer *performer = engine->performer;
	struct telling telling = { { telling_tell }, engine };
	struct step inverse = {};
	struct outcome outcome = {};
	unsigned index = 0;

	WITHIN(faults, "%s", verb_info(step->verb)->name);
	struct run *run = performing_run(performing, faults);
	if (!run || performer->inverse(performer, engine->arena, step, &inverse, faults) < 0 ||
	    run_intend(run, item, step, &inverse, &index, faults) < 0)
		return -1;
	engine->watcher->step_begins(engine->watcher, item, step);
	int result = performer->perform(performer, engine->arena, step, &telling.progress, &outcome,
					faults);
	const char *failure = result < 0 ? fault_last(faults)->message : NULL;
	performing->steps++;
	engine->watcher->step_ends(engine->watcher, item, step, &outcome, failure);
	if (run_outcome(run, index, &outcome, failure, faults) < 0)
		return -1;
	*ret_outcome = outcome;
	return result;
}

/* ---- silence ---- */

static void silent_looks(struct watcher *watcher)
{
	(void)watcher;
}

static void silent_planned(struct watcher *watcher, const struct plan *plan, unsigned round)
{
	(void)watcher, (void)plan, (void)round;
}

static void silent_begins(struct watcher *watcher, const char *item, const struct step *step)
{
	(void)watcher, (void)item, (void)step;
}

static void silent_moves(struct watcher *watcher, uint64_t done, uint64_t total)
{
	(void)watcher, (void)done, (void)total;
}

static void silent_ends(struct watcher *watcher, const char *item, const struct step *step,
			const struct outcome *outcome, const char *failure)
{
	(void)watcher, (void)item, (void)step, (void)outcome, (void)failure;
}

struct watcher watcher_silent = {
	silent_looks, silent_planned, silent_begins, silent_moves, silent_ends,
};
