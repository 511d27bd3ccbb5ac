/* tree.c - the same things as trees, written as JSON or YAML. */
#include <string.h>

#include "formats/json.h"
#include "report/parts.h"

static void put_text(struct arena *arena, struct node *map, const char *key, const char *text)
{
	node_put(arena, map, key, text ? node_quoted(arena, text) : node_null(arena));
}

static void put_count(struct arena *arena, struct node *map, const char *key, size_t count)
{
	node_put(arena, map, key, node_scalar(arena, arena_printf(arena, "%zu", count)));
}

static const char *const path_kinds[] = {
	[PATH_SET] = "set",
	[PATH_RESET] = "reset",
	[PATH_MEMBER_ADD] = "add",
	[PATH_MEMBER_REMOVE] = "remove",
};

static struct node *path_tree(struct arena *arena, const struct path *path)
{
	struct node *map = node_map(arena), *where = node_list(arena);

	put_text(arena, map, "path", path->path);
	put_text(arena, map, "kind", path_kinds[path->kind]);
	put_text(arena, map, "old", path->old);
	put_text(arena, map, "new", path->new);
	put_text(arena, map, "class", class_name(path->class));
	if (path->where & IN_CONFIGURED)
		node_append(where, node_quoted(arena, "configured"));
	if (path->where & IN_RUNNING)
		node_append(where, node_quoted(arena, "running"));
	node_put(arena, map, "where", where);
	return map;
}

static struct node *item_tree(struct arena *arena, const struct plan_item *item)
{
	struct node *map = node_map(arena), *differs = node_list(arena);
	struct node *steps = node_list(arena), *waits = node_list(arena);

	put_text(arena, map, "item", item->path);
	put_text(arena, map, "action", action_name(item->action));
	put_text(arena, map, "class", class_name(item->class));
	if (item->blocked)
		put_text(arena, map, "blocked", item->blocked);
	EACH(path, &item->differs)
		node_append(differs, path_tree(arena, path));
	EACH(step, &item->steps.list) {
		struct text text = text_of(arena);
		step_print(&text, step);
		node_append(steps, node_quoted(arena, text.at));
	}
	EACH(wait, &item->steps.waits) {
		struct node *one = node_append(waits, node_map(arena));
		put_text(arena, one, "for", wait_name(wait->wait));
		put_text(arena, one, "why", wait->why);
	}
	node_put(arena, map, "differs", differs);
	node_put(arena, map, "steps", steps);
	node_put(arena, map, "waits", waits);
	if (item->change.running) {
		struct node *shown =
			record_shown(arena, item->kind->record, item->change.running->value);
		if (shown->count)
			node_put(arena, map, "counters", shown);
	}
	struct node *notes =
		item->steps.notes.count ? node_put(arena, map, "notes", node_list(arena)) : NULL;
	EACH(note, &item->steps.notes)
		node_append(notes, node_quoted(arena, *note));
	return map;
}

struct node *plan_tree(struct arena *arena, const struct plan *plan, bool all)
{
	struct node *map = node_map(arena), *items = node_list(arena);

	put_text(arena, map, "hash", plan->hash);
	put_text(arena, map, "class", class_name(plan->class));
	put_count(arena, map, "changes", plan->changes);
	put_count(arena, map, "waiting", plan->waiting);
	put_count(arena, map, "blocked", plan->blocked);
	put_count(arena, map, "forgotten", plan->forgotten);
	EACH(item, &plan->items)
		if (all || (*item)->action != ACTION_NONE || (*item)->blocked)
			node_append(items, item_tree(arena, *item));
	node_put(arena, map, "items", items);
	struct node *charts = charts_tree(arena, plan, all);
	if (charts->count)
		node_put(arena, map, "charts", charts);
	return map;
}

static struct node *run_tree(struct arena *arena, const struct recorded_run *run)
{
	struct node *map = node_map(arena), *steps = node_list(arena);

	put_count(arena, map, "run", run->number);
	put_text(arena, map, "command", run->command);
	put_text(arena, map, "began", run->began);
	put_text(arena, map, "ended", run->ended);
	put_text(arena, map, "status", run_status_name(run->status));
	put_text(arena, map, "plan", run->hash);
	if (run->undoes)
		put_count(arena, map, "undoes", run->undoes);
	if (run->undone_by)
		put_count(arena, map, "undone_by", run->undone_by);
	EACH(step, &run->steps) {
		struct node *one = node_append(steps, node_map(arena));
		struct text text = text_of(arena);
		step_print(&text, &step->step);
		put_text(arena, one, "item", step->item);
		put_text(arena, one, "step", text.at);
		put_text(arena, one, "result",
			 !step->ended    ? "unknown"
			 : step->failure ? "failed"
					 : result_name(step->result));
		if (step->failure)
			put_text(arena, one, "failure", step->failure);
	}
	node_put(arena, map, "steps", steps);
	struct node *faults = node_put(arena, map, "faults", node_list(arena));
	EACH(fault, &run->faults)
		node_append(faults, node_quoted(arena, *fault));
	return map;
}

static struct node *history_tree(struct arena *arena, const struct recorded_runs *runs)
{
	struct node *list = node_list(arena);

	EACH(run, &runs->list)
		node_append(list, run_tree(arena, run));
	return list;
}

static struct node *status_tree(struct arena *arena, const struct plan *plan,
				const struct recorded_runs *runs)
{
	struct node *map = plan_tree(arena, plan, true);

	if (runs->list.count)
		node_put(arena, map, "last_run",
			 run_tree(arena, &runs->list.at[runs->list.count - 1]));
	return map;
}

static struct node *result_tree(struct arena *arena, const struct engine_result *result,
				const struct faults *faults)
{
	struct node *map = node_map(arena);

	put_text(arena, map, "status", run_status_name(result->status));
	put_count(arena, map, "run", result->run);
	put_count(arena, map, "rounds", result->rounds);
	put_count(arena, map, "steps", result->steps);
	put_count(arena, map, "failed", result->failed);
	node_put(arena, map, "left", plan_tree(arena, &result->plan, false));
	node_put(arena, map, "faults", faults_tree(arena, faults));
	return map;
}

/* ---- the two writers ---- */

static void json_tree(const struct reporter *reporter, const struct node *node)
{
	struct text text = text_of(reporter->arena);

	json_write(&text, node, true);
	text_add_byte(&text, '\n');
	fwrite(text.at, 1, text.size, reporter->out);
}

static void yaml_tree(const struct reporter *reporter, const struct node *node)
{
	struct text text = text_of(reporter->arena);

	node_write_yaml(&text, node);
	fwrite(text.at, 1, text.size, reporter->out);
}

#define OUTPUT(format)                                                                            \
	static void format##_faults(const struct reporter *reporter, const struct faults *faults) \
	{                                                                                         \
		struct node *map = node_map(reporter->arena);                                     \
		node_put(reporter->arena, map, "faults", faults_tree(reporter->arena, faults));   \
		format##_tree(reporter, map);                                                     \
	}                                                                                         \
	static void format##_plan(const struct reporter *reporter, const struct plan *plan)       \
	{                                                                                         \
		format##_tree(reporter, plan_tree(reporter->arena, plan, false));                 \
	}                                                                                         \
	static void format##_status(const struct reporter *reporter, const struct plan *plan,     \
				    const struct recorded_runs *runs)                             \
	{                                                                                         \
		format##_tree(reporter, status_tree(reporter->arena, plan, runs));                \
	}                                                                                         \
	static void format##_history(const struct reporter *reporter,                             \
				     const struct recorded_runs *runs)                            \
	{                                                                                         \
		format##_tree(reporter, history_tree(reporter->arena, runs));                     \
	}                                                                                         \
	static void format##_result(const struct reporter *reporter,                              \
				    const struct engine_result *result,                           \
				    const struct faults *faults)                                  \
	{                                                                                         \
		format##_tree(reporter, result_tree(reporter->arena, result, faults));            \
	}                                                                                         \
	const struct output output_##format = {                                                   \
		.name = #format,                                                                  \
		.faults = format##_faults,                                                        \
		.plan = format##_plan,                                                            \
		.status = format##_status,                                                        \
		.history = format##_history,                                                      \
		.result = format##_result,                                                        \
		.tree = format##_tree,                                                            \
	};

OUTPUT(json)
OUTPUT(yaml)

const struct output *output_find(const char *name)
{
	static const struct output *const outputs[] = { &output_text, &output_json, &output_yaml };

	for (size_t i = 0; i < COUNT_OF(outputs); i++)
		if (strcmp(outputs[i]->name, name) == 0)
			return outputs[i];
	return NULL;
}
