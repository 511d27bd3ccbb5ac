#include <string.h>

#include "plan/plan.h"

struct edges {
	struct plan *plan;
	struct plan_item *item;
};

static void edge_add(struct plan *plan, struct plan_item *item, struct plan_item *before)
{
	if (item && before && before != item)
		ARRAY_PUSH(plan->arena, &item->after, before);
}

static bool is_removal(const struct plan_item *item)
{
	return !item->change.want;
}

static struct plan_item *referenced(const struct edges *edges, const struct field *field,
				    const char *name)
{
	return plan_find(edges->plan,
			 arena_printf(edges->plan->arena, "%s.%s", field->target, name));
}

static void edge_of_reference(void *context, const struct field *field, const char *path,
			      const char *name, struct mark mark)
{
	const struct edges *edges = context;

	(void)path, (void)mark;
	edge_add(edges->plan, edges->item, referenced(edges, field, name));
}

static void edge_of_former_reference(void *context, const struct field *field, const char *path,
				     const char *name, struct mark mark)
{
	const struct edges *edges = context;
	struct plan_item *target = referenced(edges, field, name);

	(void)path, (void)mark;
	if (target && is_removal(target))
		edge_add(edges->plan, target, edges->item);
}

/* What an item names, and what it implied, comes before it.  What is removed comes after
 * everything that used it: a volume goes only when its guest is gone. */
static void plan_edges(struct plan *plan, struct plan_item *item)
{
	const struct item *want = item->change.want, *last = item->change.last;
	struct edges edges = { plan, item };

	if (want)
		record_references(plan->arena, want->kind->record, want->value, NULL,
				  edge_of_reference, &edges);
	if (last)
		record_references(plan->arena, last->kind->record, last->value, NULL,
				  edge_of_former_reference, &edges);
	if (want && want->by)
		edge_add(plan, plan_find(plan, want->by->path), item);
}

static unsigned kind_rank(const struct plan *plan, const struct kind *kind)
{
	unsigned rank = 0;

	while (plan->view.desired->kinds[rank] != kind)
		rank++;
	return rank;
}

struct order {
	struct plan_item **done;
	size_t count;
	bool *visited;
};

/* Depth first: what must come before, then the item.  A circle ends where it began. */
static void order_visit(struct order *order, struct plan_item *item)
{
	bool *visited = &order->visited[item->index];

	if (*visited)
		return;
	*visited = true;
	EACH(before, &item->after)
		order_visit(order, *before);
	order->done[order->count++] = item;
}

/* Removals backwards: what was described last goes first. */
static void order_kind(struct order *order, const struct plan *plan, unsigned rank, bool removals)
{
	size_t count = plan->items.count;

	for (size_t i = 0; i < count; i++) {
		struct plan_item *item = plan->items.at[removals ? count - 1 - i : i];
		if (is_removal(item) == removals && kind_rank(plan, item->kind) == rank)
			order_visit(order, item);
	}
}

void plan_order(struct plan *plan)
{
	size_t count = plan->items.count;
	struct order order = {
		.done = arena_alloc(plan->arena, count * sizeof(struct plan_item *)),
		.visited = arena_alloc(plan->arena, count * sizeof(bool)),
	};
	unsigned kind_count = 0;

	EACH(item, &plan->items)
		plan_edges(plan, *item);
	while (plan->view.desired->kinds[kind_count])
		kind_count++;
	for (unsigned rank = 0; rank < kind_count; rank++)
		order_kind(&order, plan, rank, false);
	for (unsigned rank = kind_count; rank-- > 0;)
		order_kind(&order, plan, rank, true);
	for (size_t i = 0; i < count; i++) {
		plan->items.at[i] = order.done[i];
		plan->items.at[i]->index = i;
	}
}

/* ---- conflicts ---- */

struct target {
	const char *space, *name;
	const struct plan_item *item;
};

int plan_conflicts(const struct plan *plan, struct faults *faults)
{
	unsigned before = faults->count;
	ARRAY(struct target) targets = {};

	EACH(item, &plan->items)
		EACH(step, &(*item)->steps.list) {
			const struct verb_info *info = verb_info(step->verb);
			struct target target = { info->space, step->argument[0], *item };
			if (*info->space && !verb_is_last(step->verb) && step->argument[0])
				ARRAY_PUSH(plan->arena, &targets, target);
		}
	for (size_t i = 0; i < targets.count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct target *a = &targets.at[j], *b = &targets.at[i];
			if (a->item != b->item && strcmp(a->name, b->name) == 0 &&
			    strcmp(a->space, b->space) == 0)
				fault(faults, FAULT_HOST, "%s and %s would both write %s \"%s\"",
				      a->item->path, b->item->path, a->space, a->name);
		}
	return faults->count > before ? -1 : 0;
}
