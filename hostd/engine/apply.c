#include <string.h>

#include "base/text.h"
#include "engine/perform.h"

/* What became of an item, over all rounds. */
struct fate {
	bool approved;    /* in the plan that was approved */
	enum class class; /* the highest that plan announced for it, in steps or differences */
	bool failed;      /* failed, blocked, refused or cancelled: not tried again in this run */
	bool pending;     /* accepted and not yet done: an event ends it */
	bool later;       /* something of it waits for more than this run can give */
	bool ending;      /* all but what ends the run (verb_is_last) is done */
	bool same;        /* its steps, when they were last performed, changed nothing */
	bool begun;       /* some step of it was done */
};

struct ending { /* what is left for the end of the run */
	const struct plan_item *item;
	const struct step *step;
};

struct applying {
	struct performing performing;
	struct engine *engine;
	struct items ledger;
	struct plan plan;
	struct index fates; /* by path */
	ARRAY(struct ending) endings;
	unsigned failed;
	bool cancelled;
};

static struct fate *fate_of(struct applying *applying, const char *path)
{
	struct fate *fate = index_get(&applying->fates, path);

	if (fate)
		return fate;
	fate = ARENA_NEW(applying->engine->arena, struct fate);
	index_set(&applying->fates, path, fate);
	return fate;
}

static void item_fail(struct applying *applying, const struct plan_item *item)
{
	struct fate *fate = fate_of(applying, item->path);

	if (!fate->failed)
		applying->failed++;
	fate->failed = true;
}

static bool class_allowed(const struct engine *engine, enum class class)
{
	return (engine->allow | ALLOW_ALWAYS) & (1u << class);
}

/* ---- before the first effect ---- */

static int gate_hash(const struct applying *applying, struct faults *faults)
{
	const char *approved = applying->engine->hash;

	if (!approved || (strlen(approved) >= 8 && string_starts(applying->plan.hash, approved)))
		return 0;
	return fault(faults, FAULT_MOVED,
		     "the plan is no longer the one that was approved: it is now %s",
		     applying->plan.hash);
}

/* Whoever names one thing wants to hear that there is nothing to be done about it. */
static int gate_adoption(const struct applying *applying, struct faults *faults)
{
	const struct adoption *adoption = applying->engine->adoption;

	if (!adoption || !adoption->name)
		return 0;
	EACH(each, &applying->plan.items) {
		const struct plan_item *item = *each;
		bool there = item->change.configured || item->change.running;
		if (item->blocked || item->action == ACTION_ADOPT)
			continue;
		return there ? fault(faults, FAULT_REFUSED, "%s is gasthof's already", item->path)
			     : fault(faults, FAULT_REFUSED,
				     "%s is not there: there is nothing to take over", item->path);
	}
	return 0;
}

/* What the first plan says of an item is all that later rounds may do to it. */
static void item_approve(struct applying *applying, const struct plan_item *item)
{
	struct fate *fate = fate_of(applying, item->path);
	enum class differs = paths_class(&item->differs);

	fate->approved = true;
	fate->class = item->class > differs ? item->class : differs;
}

static int class_refuse(const struct plan_item *item, struct faults *faults)
{
	(void)fault(faults, FAULT_REFUSED, "%s needs permission for class %s", item->path,
		    class_name(item->class));
	fault_hint(faults, "allow it with --allow %s", class_name(item->class));
	return -1;
}

/* Every item over what is allowed is named; nothing is done where one is, unless the
 * caller takes what it can get. */
static int gate_classes(struct applying *applying, struct faults *faults)
{
	int result = 0;

	EACH(each, &applying->plan.items) {
		const struct plan_item *item = *each;
		item_approve(applying, item);
		if (item->blocked || !item->steps.list.count ||
		    class_allowed(applying->engine, item->class))
			continue;
		fate_of(applying, item->path)->failed = true;
		result = class_refuse(item, faults);
	}
	return applying->engine->partial ? 0 : result;
}

/* ---- one item ---- */

static const struct plan_item *item_stopper(struct applying *applying, const struct plan_item *item)
{
	EACH(before, &item->after) {
		const struct fate *fate = fate_of(applying, (*before)->path);
		if (fate->failed || fate->pending)
			return *before;
	}
	return NULL;
}

static int item_ledger(struct applying *applying, const struct plan_item *item,
		       struct faults *faults)
{
	const void *gives = item->gives;
	const struct item *last = item->change.last;

	if (gives && last && record_equal(item->kind->record, gives, last->value))
		return 0;
	if (!gives && !last)
		return 0;
	struct run *run = performing_run(&applying->performing, faults);
	return run ? run_ledger(run, item->kind, item->name, gives, faults) : -1;
}

static int item_perform(struct applying *applying, struct plan_item *item, struct faults *faults)
{
	bool same = true;

	EACH(step, &item->steps.list) {
		struct outcome outcome = {};
		if (engine_cancelled(applying->engine)) {
			applying->cancelled = true;
			return fault(faults, FAULT_HOST, "cancelled");
		}
		if (verb_is_last(step->verb)) {
			struct ending ending = { item, step };
			ARRAY_PUSH(applying->engine->arena, &applying->endings, ending);
			fate_of(applying, item->path)->ending = true;
			continue;
		}
		if (perform_step(&applying->performing, item->path, step, &outcome, faults) < 0)
			return -1;
		if (outcome.result == RESULT_REFUSED)
			return fault(faults, FAULT_HOST, "%s was refused: %s",
				     verb_info(step->verb)->name,
				     outcome.waits_for ? outcome.waits_for : "no reason given");
		if (outcome.result == RESULT_PENDING) {
			fate_of(applying, item->path)->pending = true;
			return 0;
		}
		if (outcome.result == RESULT_LATER)
			fate_of(applying, item->path)->later = true;
		same = same && outcome.result == RESULT_SAME;
		fate_of(applying, item->path)->begun |= outcome.result == RESULT_DONE;
	}
	fate_of(applying, item->path)->same = same;
	return 0;
}

/* Whether nothing is left to do for it: what is still pending or waits for a reboot keeps the
 * ledger it has, or a guest that takes its time to shut down would be forgotten, and a field
 * that waits to go back to its default would never do so. */
static bool item_is_done(struct applying *applying, const struct plan_item *item)
{
	const struct fate *fate = fate_of(applying, item->path);

	return !fate->pending && !fate->later && !fate->ending && !item->steps.waits.count;
}

/* What it was given before; but for what has gone back as far as it can. */
static const void *last_kept(struct applying *applying, const struct plan_item *item)
{
	struct arena *arena = applying->engine->arena;
	struct paths back = { .arena = arena };

	if (!(item->kind->flags & KIND_WHOLE) || !fate_of(applying, item->path)->same)
		return item->change.last->value;
	for (size_t i = 0; i < item->differs.count; i++) {
		const struct path *path = &item->differs.at[i];
		bool goes = path->kind == PATH_RESET || path->kind == PATH_MEMBER_REMOVE;
		if (goes && path->where & IN_CONFIGURED)
			ARRAY_PUSH(arena, &back, *path);
	}
	return record_without(arena, item->kind->record, item->change.last->value, &back);
}

/* What it is to have, beside what it was given before. */
static int item_ledger_both(struct applying *applying, const struct plan_item *item,
			    struct faults *faults)
{
	const struct item *want = item->change.want, *last = item->change.last;
	const void *both = last ? record_merge(applying->engine->arena, item->kind->record,
					       last_kept(applying, item), want->value)
				: want->value;

	if (last && record_equal(item->kind->record, both, last->value))
		return 0;
	struct run *run = performing_run(&applying->performing, faults);
	return run ? run_ledger(run, item->kind, item->name, both, faults) : -1;
}

/* What is made is in the ledger before it is there, so that a crash in between leaves
 * nothing behind that nobody would ever remove; what is changed is, once it is so, unless
 * its kind claims it before. */
static int item_claim(struct applying *applying, const struct plan_item *item,
		      struct faults *faults)
{
	if (item->action == ACTION_CREATE)
		return item_ledger(applying, item, faults);
	if (!(item->kind->flags & KIND_CLAIMS) || !item->change.want)
		return 0;
	return item_ledger_both(applying, item, faults);
}

/* Where some of it still waits, the rest was given: that goes back when it is no longer said, and
 * so does what waits to go back, which stays in the ledger until it has. */
static int item_given(struct applying *applying, const struct plan_item *item,
		      struct faults *faults)
{
	if (item_is_done(applying, item))
		return item_ledger(applying, item, faults);
	bool changed = item->change.want && item->change.last;
	return changed ? item_ledger_both(applying, item, faults) : 0;
}

/* What failed half way was given half: who takes it out of the description again has it gone. */
static void item_half_given(struct applying *applying, const struct plan_item *item,
			    struct faults *faults)
{
	bool changed = item->action != ACTION_CREATE && item->change.want;

	if (changed && fate_of(applying, item->path)->begun)
		(void)item_ledger_both(applying, item, faults);
}

static void item_apply(struct applying *applying, struct plan_item *item, struct faults *faults)
{
	const struct plan_item *stopper = item_stopper(applying, item);

	WITHIN(faults, "%s", item->path);
	if (stopper) {
		fault(faults, FAULT_HOST, "not done, because %s is not as wanted", stopper->path);
		item_fail(applying, item);
		return;
	}
	if (item_claim(applying, item, faults) < 0) {
		item_fail(applying, item);
		return;
	}
	if (item_perform(applying, item, faults) < 0) {
		item_half_given(applying, item, faults);
		item_fail(applying, item);
	} else if (item_given(applying, item, faults) < 0) {
		item_fail(applying, item);
	}
}

/* ---- one round ---- */

static int round_plan(struct applying *applying, unsigned round, struct faults *faults)
{
	struct engine *engine = applying->engine;
	struct seen *seen = ARENA_NEW(engine->arena, struct seen);
	struct items *ledger = ARENA_NEW(engine->arena, struct items);

	engine->watcher->looks(engine->watcher);
	host_forget(engine->host);
	if (journal_ledger(engine->journal, engine->desired->kinds, ledger, faults) < 0)
		return -1;
	seen_observe(seen, engine->arena, engine->host, engine->desired, ledger, faults);
	int planned = engine->adoption ? plan_adopt(&applying->plan, engine->arena, engine->desired,
						    seen, ledger, engine->adoption, faults)
				       : plan_make(&applying->plan, engine->arena, engine->desired,
						   seen, ledger, faults);
	if (planned < 0)
		EACH(item, &applying->plan.items)
			if ((*item)->blocked)
				item_fail(applying, *item);
	engine->watcher->planned(engine->watcher, &applying->plan, round);
	return 0;
}

/* What is removed stays as long as something that named it only waits to let go of it. */
static bool removal_waits(const struct plan_item *item)
{
	EACH(before, &item->after)
		if (!item->change.want && (*before)->steps.waits.count)
			return true;
	return false;
}

/* Whether its turn may come in this round. */
static bool item_is_open(struct applying *applying, const struct plan_item *item)
{
	const struct fate *fate = fate_of(applying, item->path);

	return !item->blocked && !fate->failed && !fate->pending && !fate->ending &&
	       !removal_waits(item);
}

/* Neither an item that was not announced, nor more than was announced of it; what needs no
 * permission may follow from what others did. */
static bool item_is_approved(const struct applying *applying, const struct fate *fate,
			     const struct plan_item *item)
{
	bool announced = (1u << item->class) & ALLOW_ALWAYS || item->class <= fate->class;

	return fate->approved && announced && class_allowed(applying->engine, item->class);
}

/* What was waiting when the run began may need more than was allowed, now that it waits no longer.
 */
static void item_refuse(struct applying *applying, const struct plan_item *item,
			struct faults *faults)
{
	if (class_allowed(applying->engine, item->class))
		fault(faults, FAULT_MOVED, "%s changed during the run, plan again", item->path);
	else
		(void)class_refuse(item, faults);
	item_fail(applying, item);
}

/* Performs what may be; counts the items that were tried. */
static unsigned round_perform(struct applying *applying, struct faults *faults)
{
	unsigned tried = 0;

	EACH(each, &applying->plan.items) {
		struct plan_item *item = *each;
		const struct fate *fate = fate_of(applying, item->path);
		if (!item_is_open(applying, item))
			continue;
		if (!item->steps.list.count) {
			if (!item->steps.waits.count && item_ledger(applying, item, faults) < 0)
				item_fail(applying, item);
			continue;
		}
		if (!item_is_approved(applying, fate, item)) {
			if (fate->later)
				continue; /* what it then takes, the next run announces */
			item_refuse(applying, item, faults);
			continue;
		}
		item_apply(applying, item, faults);
		tried++;
		if (applying->cancelled)
			break;
	}
	return tried;
}

/* The plan came out as before: what was done and is still to be done does not settle. */
static int check_settled(struct applying *applying, struct faults *faults)
{
	int result = 0;

	EACH(each, &applying->plan.items) {
		const struct plan_item *item = *each;
		if (!item->steps.list.count || !item_is_open(applying, item))
			continue;
		const char *first = item->differs.count ? item->differs.at[0].path : "itself";
		result = fault(faults, FAULT_HOST,
			       "%s does not settle: %s still differs after it was done", item->path,
			       first);
	}
	return result;
}

static int rounds(struct applying *applying, struct engine_result *result, struct faults *faults)
{
	struct arena *arena = applying->engine->arena;
	char before[sizeof(applying->plan.hash)] = "";

	for (unsigned round = 1; round <= ROUNDS_MAX; round++) {
		struct faults looked;
		unsigned failed = applying->failed;
		faults_init(&looked, arena);
		if (round_plan(applying, round, &looked) < 0) {
			faults_move(faults, &looked);
			return -1;
		}
		/* Later looks repeat the faults of the first, unless an item failed anew. */
		if (round == 1 || applying->failed > failed)
			faults_move(faults, &looked);
		if (applying->plan.stopped)
			return -1;
		if (round == 1 &&
		    (gate_hash(applying, faults) < 0 || gate_adoption(applying, faults) < 0 ||
		     gate_classes(applying, faults) < 0))
			return -1;
		applying->performing.hash = arena_strdup(arena, applying->plan.hash);
		if (strcmp(before, applying->plan.hash) == 0 && check_settled(applying, faults) < 0)
			return -1;
		memcpy(before, applying->plan.hash, sizeof(before));
		result->rounds = round;
		if (!round_perform(applying, faults) || applying->cancelled)
			return 0;
	}
	return check_settled(applying, faults);
}

/* Once for all who asked, and only when nothing else is at hand. */
static void endings_perform(struct applying *applying, struct faults *faults)
{
	struct outcome outcome = {};

	if (!applying->endings.count || applying->cancelled)
		return;
	const struct ending *ending = &applying->endings.at[0];
	WITHIN(faults, "%s", ending->item->path);
	if (perform_step(&applying->performing, ending->item->path, ending->step, &outcome,
			 faults) < 0)
		item_fail(applying, ending->item);
}

int engine_apply(struct engine *engine, struct engine_result *ret_result, struct faults *faults)
{
	struct applying applying = { .engine = engine, .performing = { .engine = engine } };
	struct engine_result result = { .status = RUN_DONE };
	unsigned before = faults->count;

	index_init(&applying.fates, engine->arena);
	int settled = rounds(&applying, &result, faults);
	endings_perform(&applying, faults);
	if (settled < 0 || applying.failed)
		result.status = RUN_FAILED;
	if (applying.cancelled)
		result.status = RUN_CANCELLED;
	if (applying.performing.run) {
		result.run = run_number(applying.performing.run);
		if (run_end(applying.performing.run, result.status, faults) < 0)
			result.status = RUN_FAILED;
	}
	result.steps = applying.performing.steps;
	result.failed = applying.failed;
	result.plan = applying.plan;
	*ret_result = result;
	return faults->count > before ? -1 : 0;
}
