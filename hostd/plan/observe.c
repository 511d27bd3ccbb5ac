#include "plan/plan.h"

static bool kind_matters(const struct kind *kind, const struct desired *desired,
			 const struct items *ledger)
{
	EACH(item, &desired->items.list)
		if ((*item)->kind == kind)
			return true;
	EACH(item, &ledger->list)
		if ((*item)->kind == kind)
			return true;
	return false;
}

void seen_observe(struct seen *seen, struct arena *arena, struct host *host,
		  const struct desired *desired, const struct items *ledger, struct faults *faults)
{
	*seen = (struct seen){ .arena = arena };
	for (const struct kind *const *kind = desired->kinds; *kind; kind++) {
		if ((*kind)->flags & KIND_SETTINGS || !kind_matters(*kind, desired, ledger))
			continue;
		struct seen_kind *one = ARRAY_ADD(arena, &seen->kinds);
		one->kind = *kind;
		one->configured.arena = one->running.arena = arena;
		WITHIN(faults, "%s: observe", (*kind)->path);
		one->failed = (*kind)->observe(host, &one->configured, &one->running, faults) < 0;
	}
}
