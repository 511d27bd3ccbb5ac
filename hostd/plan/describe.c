/* describe.c - what is there, as a description: what is ours as it was last given, and what
 * somebody else made in the words of its kind. */
#include <string.h>

#include "base/name.h"
#include "plan/plan.h"

/* ---- what is ours ---- */

static const struct item *items_like(const struct items *items, const struct kind *kind,
				     const struct item *seen)
{
	EACH(item, &items->list)
		if ((*item)->kind == kind && kind->same(*item, seen))
			return *item;
	return NULL;
}

/* Whether the machine has something of somebody else's in its place. */
static bool is_lost(const struct item *given, const struct seen *seen)
{
	const struct seen_kind *one = seen_find(seen, given->kind->path);

	if (!one || given->kind->adopt == ADOPT_QUIETLY)
		return false;
	EACH(item, &one->configured.list)
		if (!(*item)->ours && given->kind->same(given, *item))
			return true;
	return false;
}

struct minding {
	struct arena *arena;
	const struct kind *const *all;
	struct items kept; /* what has to be said so far */
};

/* What follows of everything that is kept, but for the items of one kind. */
static void desired_without(const struct minding *minding, const struct kind *kind,
			    struct desired *ret)
{
	struct arena *arena = minding->arena;
	struct desired said = { .arena = arena, .kinds = minding->all, .items.arena = arena };
	struct faults unheard;

	faults_init(&unheard, arena);
	EACH(item, &minding->kept.list)
		if ((*item)->kind != kind)
			items_put(&said.items, *item);
	struct node *root = desired_print(arena, &said, PRINT_SECRETS);
	desired_prepare(arena, root, minding->all, &unheard);
	(void)!desired_build(ret, arena, minding->all, root, &unheard);
}

/* Whether what follows is what was given; what nobody gave and follows all the same is as it
 * would be by itself. */
static bool is_as_given(struct arena *arena, const struct item *follows, const struct item *given)
{
	struct paths differs = { .arena = arena };

	record_compare(given->kind->record, given->value, follows->value, follows->value,
		       IN_CONFIGURED, &differs);
	record_compare(given->kind->record, given->value, follows->value, follows->value,
		       IN_RUNNING, &differs);
	return !differs.count;
}

/* The ledger holds what follows from other items, too: what does is not said again. */
static void implied_drop(struct minding *minding, const struct kind *kind)
{
	struct items kept = { .arena = minding->arena };
	struct desired follows = {};
	bool any = false;

	EACH(item, &minding->kept.list)
		any = any || (*item)->kind == kind;
	if (!any)
		return;
	desired_without(minding, kind, &follows);
	EACH(item, &minding->kept.list) {
		const struct item *same = items_find(&follows.items, (*item)->kind, (*item)->name);
		if ((*item)->kind != kind || !same || !is_as_given(minding->arena, same, *item))
			items_put(&kept, *item);
	}
	minding->kept = kept;
}

static void ours_describe(struct minding *minding, const struct seen *seen,
			  const struct items *ledger)
{
	size_t count = 0;

	minding->kept = (struct items){ .arena = minding->arena };
	EACH(item, &ledger->list)
		if (!is_lost(*item, seen))
			items_put(&minding->kept, *item);
	while (minding->all[count])
		count++;
	while (count-- > 0)
		implied_drop(minding, minding->all[count]);
}

/* ---- what is somebody else's ---- */

/* One that is called by a name of the language keeps it; others get what is nearest, and a number
 * where that is taken. */
static const char *name_for(const struct items *items, const struct item *seen)
{
	enum { ROOM_FOR_NUMBER = 6 };
	const char *name = name_fit(items->arena, seen->name);
	const char *free = name ? name : "unnamed";

	if (seen->kind->shape == SHAPE_SINGLE)
		return "";
	for (unsigned number = 2; items_find(items, seen->kind, free); number++)
		free = arena_printf(items->arena, "%.*s-%u", NAME_SIZE_MAX - ROOM_FOR_NUMBER,
				    name ? name : "unnamed", number);
	return free;
}

static bool keeps_name(const struct item *seen)
{
	return seen->kind->shape == SHAPE_SINGLE || name_is_valid(seen->name);
}

/* What is true of several items is said once. */
static void note_add(struct described *described, const char *note)
{
	EACH(there, &described->notes)
		if (strcmp(*there, note) == 0)
			return;
	ARRAY_PUSH(described->desired.arena, &described->notes, note);
}

static int item_describe(struct described *described, const struct seen *all,
			 const struct item *item, struct faults *faults)
{
	const struct seen_kind *seen = seen_find(all, item->kind->path);
	struct describing describing = {
		.configured = item,
		.running = items_find(&seen->running, item->kind, item->name),
		.name = name_for(&described->desired.items, item),
		.seen = all,
		.items = &described->desired.items,
	};

	WITHIN(faults, "%s", item->path);
	if (item->unread)
		return fault(faults, FAULT_HOST, "%s", item->unread);
	int told = item->kind->describe(&describing, faults);
	EACH(note, &describing.notes)
		note_add(described, *note);
	return told < 0 ? -1 : 0;
}

static void note_transient(struct described *described, const struct seen_kind *seen)
{
	struct arena *arena = described->desired.arena;

	EACH(item, &seen->running.list)
		if (!items_find(&seen->configured, seen->kind, (*item)->name))
			ARRAY_PUSH(arena, &described->notes,
				   arena_printf(arena,
						"%s is left out: it is gone once it is stopped",
						(*item)->path));
}

static int kind_describe(struct described *described, const struct kind *kind,
			 const struct seen *seen, const struct minding *ours, struct faults *faults)
{
	const struct seen_kind *one = seen_find(seen, kind->path);
	struct items *items = &described->desired.items;
	int result = 0;

	EACH(item, &ours->kept.list)
		if ((*item)->kind == kind)
			items_put(items, *item);
	if (!one || !kind->describe)
		return 0;
	if (one->failed)
		return -1;
	for (int exact = 1; exact >= 0; exact--)
		EACH(item, &one->configured.list)
			if (keeps_name(*item) == exact && !items_like(&ours->kept, kind, *item) &&
			    item_describe(described, seen, *item, faults) < 0)
				result = -1;
	note_transient(described, one);
	return result;
}

/* What a person let be and the language does not (two guests with one disk) is told beforehand. */
static void note_faults(struct described *described)
{
	struct arena *arena = described->desired.arena;
	struct node *root = desired_print(arena, &described->desired, PRINT_SECRETS);
	struct desired read = {};
	struct faults faults;

	faults_init(&faults, arena);
	desired_prepare(arena, root, described->desired.kinds, &faults);
	(void)!desired_build(&read, arena, described->desired.kinds, root, &faults);
	for (const struct fault *fault = faults.first; fault; fault = fault->next)
		ARRAY_PUSH(arena, &described->notes,
			   arena_printf(arena, "to be put right before it can be applied: %s",
					fault_sentence(arena, fault)));
}

int plan_describe(struct described *ret, struct arena *arena, const struct kind *const *all,
		  const struct seen *seen, const struct items *ledger, struct faults *faults)
{
	struct minding ours = { .arena = arena, .all = all };
	int result = 0;

	*ret = (struct described){
		.desired = { .arena = arena, .kinds = all, .items.arena = arena },
	};
	ours_describe(&ours, seen, ledger);
	for (const struct kind *const *kind = all; *kind; kind++)
		if (kind_describe(ret, *kind, seen, &ours, faults) < 0)
			result = -1;
	if (result == 0)
		note_faults(ret);
	return result;
}
