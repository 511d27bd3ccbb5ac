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

static int seen_probe(struct seen_kind *seen, struct arena *arena, struct host *host,
		      const struct desired *desired, struct faults *faults)
{
	EACH(each, &desired->items.list) {
		const struct item *item = *each;
		struct seen_facts facts = { item, NULL };
		if (item->kind != seen->kind || !seen->kind->probe)
			continue;
		WITHIN(faults, "%s: observe", item->path);
		if (seen->kind->probe(host, arena, item, desired, &facts.facts, faults) < 0)
			return -1;
		ARRAY_PUSH(arena, &seen->facts, facts);
	}
	return 0;
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
		one->configured = one->running = (struct items){
			.arena = arena,
			.wanted = &desired->items,
			.given = ledger,
		};
		WITHIN(faults, "%s: observe", (*kind)->path);
		one->failed = (*kind)->observe(host, &one->configured, &one->running, faults) < 0 ||
			      seen_probe(one, arena, host, desired, faults) < 0;
	}
}
