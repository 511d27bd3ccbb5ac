#include "plan/plan.h"

#include <string.h>

static const char *const action_names[] = {
	[ACTION_NONE] = "none",     [ACTION_CREATE] = "create", [ACTION_CHANGE] = "change",
	[ACTION_REMOVE] = "remove", [ACTION_FORGET] = "forget", [ACTION_ADOPT] = "adopt",
};

const char *action_name(enum action action)
{
	return action_names[action];
}

bool plan_is_empty(const struct plan *plan)
{
	return !plan->changes && !plan->forgotten;
}

bool plan_is_heard(const struct plan *plan)
{
	EACH(item, &plan->items)
		if ((*item)->kind->flags & KIND_HEARD)
			return true;
	return false;
}

struct plan_item *plan_find(const struct plan *plan, const char *path)
{
	return plan->items.count ? index_get(&plan->by_path, path) : NULL;
}

static const struct item *items_same(const struct items *seen, const struct item *want)
{
	EACH(item, &seen->list)
		if (want->kind->same(want, *item))
			return *item;
	return NULL;
}

static struct plan_item *plan_item_add(struct plan *plan, const struct item *item)
{
	struct plan_item *added = ARENA_NEW(plan->arena, struct plan_item);

	added->kind = item->kind;
	added->name = item->name;
	added->path = item->path;
	added->gives = NULL;
	added->differs.arena = plan->arena;
	added->steps.arena = plan->arena;
	added->change.view = &plan->view;
	added->change.differs = &added->differs;
	added->index = plan->items.count;
	ARRAY_PUSH(plan->arena, &plan->items, added);
	index_add(&plan->by_path, added->path, added);
	return added;
}

/* Compares with both states.  What is configured but not running (a guest that is off) is
 * not compared with the running state; what is there in neither is compared with nothing. */
static void plan_item_compare(struct plan_item *item)
{
	const struct change *change = &item->change;
	const struct record *record = item->kind->record;
	const void *want = change->want ? change->want->value : NULL;
	const void *last = change->last ? change->last->value : NULL;

	record_compare(record, want, change->configured ? change->configured->value : NULL, last,
		       IN_CONFIGURED, &item->differs);
	if (change->running || !change->configured)
		record_compare(record, want, change->running ? change->running->value : NULL, last,
			       IN_RUNNING, &item->differs);
}

static int plan_item_steps(struct plan_item *item, struct faults *faults)
{
	WITHIN(faults, "%s", item->path);
	if (item->kind->plan(&item->change, &item->steps, faults) < 0) {
		item->blocked = "nothing could be planned";
		return -1;
	}
	EACH(step, &item->steps.list)
		if (step->class > item->class)
			item->class = step->class;
	return 0;
}

static const char *unread_of(const struct item *seen)
{
	return seen ? seen->unread : NULL;
}

/* Of an item that is there and could not be read nothing follows: least of all that it is not
 * there. */
static int plan_item_seen(struct plan_item *item, const struct seen_kind *seen,
			  const struct item *like, struct faults *faults)
{
	struct change *change = &item->change;

	if (!seen || seen->failed) {
		item->blocked = "could not look";
		return -1;
	}
	change->configured = items_same(&seen->configured, like);
	change->running = items_same(&seen->running, like);
	const char *why = unread_of(change->configured);
	if (!why)
		why = unread_of(change->running);
	EACH(facts, &seen->facts) {
		if (facts->want != like)
			continue;
		change->facts = facts->facts;
		if (!why)
			why = facts->unread;
	}
	if (!why)
		return 0;
	item->blocked = "could not look";
	WITHIN(faults, "%s: observe", item->path);
	return fault(faults, FAULT_HOST, "%s", why);
}

static bool is_there(const struct change *change)
{
	return change->configured || change->running;
}

static bool is_ours(const struct change *change)
{
	return (change->configured && change->configured->ours) ||
	       (change->running && change->running->ours);
}

static bool is_foreign(const struct plan_item *item)
{
	return item->kind->adopt == ADOPT_ASK && is_there(&item->change) && !is_ours(&item->change);
}

/* What differs of what is somebody else's: in what stays of it, since what runs shows things
 * nobody configured, which our mark tells apart. */
static int plan_item_take_over(struct plan_item *item, struct steps *steps, struct faults *faults)
{
	const struct change *change = &item->change;
	const struct item *there = change->configured ? change->configured : change->running;

	record_compare(item->kind->record, change->want->value, there->value,
		       change->last ? change->last->value : NULL,
		       change->configured ? IN_CONFIGURED : IN_RUNNING, &item->differs);
	WITHIN(faults, "%s", item->path);
	return item->kind->take_over(change, &item->differs, steps, faults);
}

/* Somebody else's object of the same name is not taken over by the way, not even where the
 * ledger tells of one of ours that stood there before.  What would differ is shown. */
static int plan_item_adoption(struct plan_item *item, struct faults *faults)
{
	struct steps unseen = { .arena = faults->arena };
	struct faults unheard;

	if (!is_foreign(item))
		return 0;
	item->blocked = "it is there and was not made by gasthof";
	fault(faults, FAULT_REFUSED, "%s is there and was not made by gasthof", item->path);
	fault_last(faults)->mark = item_mark(item->change.want, NULL);
	faults_init(&unheard, faults->arena);
	if (item->kind->take_over && plan_item_take_over(item, &unseen, &unheard) == 0)
		fault_hint(faults,
			   "take it over as it is with gasthof adopt %s/%s, or give it another "
			   "name",
			   item->kind->path, item->name);
	else
		fault_hint(faults, "give it another name");
	return -1;
}

static int plan_item_resolve(struct plan_item *item, struct item *want, struct faults *faults)
{
	WITHIN(faults, "%s", item->path);
	if (!want->kind->resolve || want->kind->resolve(want, item->change.view, faults) >= 0)
		return 0;
	item->blocked = "nothing on this machine fits it";
	return -1;
}

static int plan_item_look(struct plan_item *item, struct item *want, const struct seen_kind *seen,
			  const struct items *ledger, struct faults *faults)
{
	item->change.want = want;
	item->change.last = items_find(ledger, want->kind, want->name);
	if (seen && !seen->failed && plan_item_resolve(item, want, faults) < 0)
		return -1;
	return plan_item_seen(item, seen, want, faults);
}

static int plan_wanted(struct plan *plan, struct item *want, const struct items *ledger,
		       struct faults *faults)
{
	const struct seen_kind *seen = seen_find(plan->view.seen, want->kind->path);
	struct plan_item *item = plan_item_add(plan, want);

	item->gives = want->value;
	if (plan_item_look(item, want, seen, ledger, faults) < 0)
		return -1;
	if (plan_item_adoption(item, faults) < 0)
		return -1;
	plan_item_compare(item);
	if (!is_there(&item->change))
		item->action = ACTION_CREATE;
	else if (item->differs.count)
		item->action = ACTION_CHANGE;
	bool judges = want->kind->flags & KIND_JUDGES;
	return item->action == ACTION_NONE && !judges ? 0 : plan_item_steps(item, faults);
}

/* Given by the last good run, and no longer described. */
static int plan_unwanted(struct plan *plan, const struct item *last, struct faults *faults)
{
	const struct seen_kind *seen = seen_find(plan->view.seen, last->kind->path);
	struct plan_item *item = plan_item_add(plan, last);

	item->change.last = last;
	if (plan_item_seen(item, seen, last, faults) < 0)
		return -1;
	bool marked = is_ours(&item->change) || last->kind->flags & (KIND_UNMARKED | KIND_KEEPS);
	item->action = is_there(&item->change) && marked ? ACTION_REMOVE : ACTION_FORGET;
	if (item->action == ACTION_FORGET)
		return 0;
	plan_item_compare(item);
	if (last->kind->flags & KIND_KEEPS && !item->differs.count) {
		item->action = ACTION_FORGET;
		return 0;
	}
	return plan_item_steps(item, faults);
}

static void plan_count(struct plan *plan)
{
	EACH(each, &plan->items) {
		const struct plan_item *item = *each;
		plan->stopped |= item->blocked && item->kind->flags & KIND_GATE;
		if (item->blocked)
			plan->blocked++;
		else if (item->steps.list.count || item->action == ACTION_ADOPT)
			plan->changes++;
		else if (item->steps.waits.count)
			plan->waiting++;
		else if (item->action == ACTION_FORGET || item->action == ACTION_REMOVE)
			plan->forgotten++;
		if (item->class > plan->class)
			plan->class = item->class;
	}
}

static void plan_begin(struct plan *plan, struct arena *arena, const struct desired *desired,
		       const struct seen *seen)
{
	*plan = (struct plan){ .arena = arena, .view = { desired, seen } };
	index_init(&plan->by_path, arena);
}

static void plan_end(struct plan *plan, struct faults *faults)
{
	plan->stopped = plan_conflicts(plan, faults) < 0;
	plan_order(plan);
	plan_count(plan);
	plan_hash(plan);
}

int plan_make(struct plan *plan, struct arena *arena, const struct desired *desired,
	      const struct seen *seen, const struct items *ledger, struct faults *faults)
{
	unsigned before = faults->count;

	plan_begin(plan, arena, desired, seen);
	EACH(want, &desired->items.list)
		if (!((*want)->kind->flags & KIND_SETTINGS) &&
		    plan_wanted(plan, *want, ledger, faults) < 0)
			continue;
	EACH(last, &ledger->list)
		if (!items_find(&desired->items, (*last)->kind, (*last)->name) &&
		    plan_unwanted(plan, *last, faults) < 0)
			continue;
	plan_end(plan, faults);
	return plan->blocked || faults->count > before ? -1 : 0;
}

/* ---- adoption ---- */

static bool is_meant(const struct adoption *adoption, const struct item *want)
{
	return want->kind->adopt == ADOPT_ASK &&
	       (!adoption->kind || adoption->kind == want->kind) &&
	       (!adoption->name || strcmp(adoption->name, want->name) == 0);
}

static int plan_adopted(struct plan *plan, struct item *want, const struct items *ledger,
			struct faults *faults)
{
	struct plan_item *item = plan_item_add(plan, want);
	const struct seen_kind *seen = seen_find(plan->view.seen, want->kind->path);

	if (plan_item_look(item, want, seen, ledger, faults) < 0)
		return -1;
	item->gives = item->change.last ? item->change.last->value : NULL;
	if (!is_foreign(item))
		return 0;
	item->blocked = "it cannot be taken over";
	if (!want->kind->take_over) {
		fault(faults, FAULT_REFUSED, "%s is there, and none of %s is ever taken over",
		      item->path, want->kind->path);
		fault_last(faults)->mark = item_mark(want, NULL);
		return -1;
	}
	if (plan_item_take_over(item, &item->steps, faults) < 0)
		return -1;
	item->blocked = NULL;
	item->action = ACTION_ADOPT;
	item->gives = record_without(plan->arena, want->kind->record, want->value, &item->differs);
	return 0;
}

int plan_adopt(struct plan *plan, struct arena *arena, const struct desired *desired,
	       const struct seen *seen, const struct items *ledger, const struct adoption *adoption,
	       struct faults *faults)
{
	unsigned before = faults->count;

	plan_begin(plan, arena, desired, seen);
	EACH(want, &desired->items.list)
		if (is_meant(adoption, *want) && plan_adopted(plan, *want, ledger, faults) < 0)
			continue;
	plan_end(plan, faults);
	return plan->blocked || faults->count > before ? -1 : 0;
}
