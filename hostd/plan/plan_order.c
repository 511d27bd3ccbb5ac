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

static struct plan_item *plan_item_of(const struct plan *plan, const char *kind, const char *name)
{
	EACH(item, &plan->items)
		if (strcmp((*item)->kind->path, kind) == 0 && strcmp((*item)->name, name) == 0)
			return *item;
	return NULL;
}

static void edge_of_reference(void *context, const struct field *field, const char *path,
			      const char *name, struct mark mark)
{
	struct edges *edges = context;

	(void)path, (void)mark;
	edge_add(edges->plan, edges->item, plan_item_of(edges->plan, field->target, name));
}

/* What an item names, and what it implied, comes before it; for a removal the other way
 * round: first what used it. */
static void plan_edges(struct plan *plan, struct plan_item *item)
{
	const struct item *what = item->change.want ? item->change.want : item->change.last;
	struct edges edges = { plan, item };

	record_references(plan->arena, what->kind->record, what->value, NULL, edge_of_reference,
			  &edges);
	if (item->change.want && what->by)
		edge_add(plan, plan_find(plan, what->by->path), item);
}

static unsigned kind_rank(const struct plan *plan, const struct kind *kind)
{
	unsigned rank = 0;

	while (plan->view.desired->kinds[rank] != kind)
		rank++;
	return rank;
}

struct order {
	struct plan *plan;
	struct plan_item **done;
	size_t count;
	bool *visited;
};

static size_t item_index(const struct plan *plan, const struct plan_item *item)
{
	size_t index = 0;

	while (plan->items.at[index] != item)
		index++;
	return index;
}

/* Depth first: what must come before, then the item.  A circle ends where it began. */
static void order_visit(struct order *order, struct plan_item *item)
{
	bool *visited = &order->visited[item_index(order->plan, item)];

	if (*visited)
		return;
	*visited = true;
	EACH(before, &item->after)
		order_visit(order, *before);
	order->done[order->count++] = item;
}

static bool is_removal(const struct plan_item *item)
{
	return !item->change.want;
}

void plan_order(struct plan *plan)
{
	size_t count = plan->items.count;
	struct order order = {
		.plan = plan,
		.done = arena_alloc(plan->arena, count * sizeof(struct plan_item *)),
		.visited = arena_alloc(plan->arena, count * sizeof(bool)),
	};
	unsigned kind_count = 0;

	EACH(item, &plan->items)
		plan_edges(plan, *item);
	while (plan->view.desired->kinds[kind_count])
		kind_count++;
	for (unsigned rank = 0; rank < kind_count; rank++)
		for (size_t i = 0; i < count; i++)
			if (!is_removal(plan->items.at[i]) &&
			    kind_rank(plan, plan->items.at[i]->kind) == rank)
				order_visit(&order, plan->items.at[i]);
	size_t removals = order.count;
	for (unsigned rank = 0; rank < kind_count; rank++)
		for (size_t i = 0; i < count; i++)
			if (is_removal(plan->items.at[i]) &&
			    kind_rank(plan, plan->items.at[i]->kind) == rank)
				order_visit(&order, plan->items.at[i]);
	for (size_t i = removals, j = order.count; i + 1 < j; i++) {
		struct plan_item *swap = order.done[i];
		order.done[i] = order.done[--j];
		order.done[j] = swap;
	}
	if (count)
		memcpy(plan->items.at, order.done, count * sizeof(struct plan_item *));
	for (size_t i = removals; i < count; i++)
		plan->items.at[i]->after.count = 0;
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
			if (*info->space && step->argument[0])
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
