#include <string.h>
#include <time.h>

#include "report/parts.h"

static const char *const signs[] = {
	[ACTION_NONE] = " ",   [ACTION_CREATE] = "+", [ACTION_CHANGE] = "~",
	[ACTION_REMOVE] = "-", [ACTION_FORGET] = ".", [ACTION_ADOPT] = "=",
};

const char *hash_short(struct arena *arena, const char *hash)
{
	return arena_strndup(arena, hash, 12);
}

enum { VALUE_MOST = 60 };

static const char *shortened(struct arena *arena, const char *value)
{
	if (!value)
		return "(nothing)";
	if (!*value)
		return "\"\"";
	return strlen(value) <= VALUE_MOST ? value
					   : arena_printf(arena, "%.*s...", VALUE_MOST - 3, value);
}

/* Where what two long values begin with ends: so much is left out of both. */
static size_t common_start(const char *old, const char *new)
{
	enum { SHOWN = 12 }; /* of what they have in common */
	size_t same = 0;

	if (!old || !new || (strlen(old) <= VALUE_MOST && strlen(new) <= VALUE_MOST))
		return 0;
	while (old[same] && old[same] == new[same])
		same++;
	if (same <= SHOWN)
		return 0;
	same -= SHOWN;
	while (same && ((unsigned char)old[same] & 0xc0) == 0x80) /* within a character */
		same--;
	return same;
}

static void change_text(struct text *text, const char *old, const char *new)
{
	size_t skip = common_start(old, new);
	const char *before = skip ? "..." : "";

	if (old)
		text_addf(text, "%s%s -> ", before, shortened(text->arena, old + skip));
	text_addf(text, "%s%s", before, shortened(text->arena, new ? new + skip : NULL));
}

static bool is_word(const char *value)
{
	return value && *value && !value[strcspn(value, " {}[]\n")];
}

void path_text(struct text *text, const struct path *path)
{
	struct arena *arena = text->arena;

	switch (path->kind) {
	case PATH_SET:
		change_text(text, path->old, path->new);
		break;
	case PATH_RESET:
		text_addf(text, "%s -> %s (no longer given)", shortened(arena, path->old),
			  path->new ? shortened(arena, path->new) : "default");
		break;
	case PATH_MEMBER_ADD:
		text_add(text, "added");
		if (is_word(path->new)) /* all there is to the member */
			text_addf(text, ": %s", path->new);
		break;
	case PATH_MEMBER_REMOVE:
		text_add(text, "removed");
		break;
	}
	if (path->where == IN_RUNNING)
		text_add(text, "  [running]");
	else if (path->where == IN_CONFIGURED)
		text_add(text, "  [configured]");
}

/* What goes as a whole goes with all its fields; none of them goes back to a default. */
static bool goes_whole(const struct plan_item *item)
{
	return item->action == ACTION_REMOVE && !(item->kind->flags & KIND_KEEPS);
}

static void differs_text(const struct reporter *reporter, struct text *text,
			 const struct plan_item *item)
{
	if (goes_whole(item) && !reporter->verbose)
		return;
	EACH(path, &item->differs) {
		text_addf(text, "    %-34s ", path->path);
		path_text(text, path);
		text_add_byte(text, '\n');
	}
}

static void item_text(const struct reporter *reporter, struct text *text,
		      const struct plan_item *item, bool steps)
{
	text_addf(text, "%s %-36s %s", signs[item->action], item->path,
		  item->blocked ? item->blocked : action_name(item->action));
	if (item->class != CLASS_NONE)
		text_addf(text, "  %s", class_name(item->class));
	text_add_byte(text, '\n');
	differs_text(reporter, text, item);
	if (steps && reporter->verbose)
		EACH(step, &item->steps.list) {
			text_add(text, "      ");
			step_print(text, step);
			text_add_byte(text, '\n');
		}
	EACH(wait, &item->steps.waits)
		text_addf(text, "    waits for %s: %s\n", wait_name(wait->wait), wait->why);
	EACH(note, &item->steps.notes)
		text_addf(text, "    note: %s\n", *note);
}

static bool item_speaks(const struct plan_item *item)
{
	return item->action != ACTION_NONE || item->blocked || item->steps.notes.count;
}

static void summary_text(const struct reporter *reporter, struct text *text,
			 const struct plan *plan)
{
	if (!plan->changes && !plan->waiting && !plan->blocked && !plan->forgotten) {
		text_add(text, "no changes\n");
		return;
	}
	text_addf(text, "%u to change", plan->changes);
	if (plan->waiting)
		text_addf(text, ", %u waiting", plan->waiting);
	if (plan->blocked)
		text_addf(text, ", %u blocked", plan->blocked);
	if (plan->forgotten)
		text_addf(text, ", %u to forget", plan->forgotten);
	text_addf(text, "; class %s; plan %s\n", class_name(plan->class),
		  hash_short(reporter->arena, plan->hash));
}

static void text_plan(const struct reporter *reporter, const struct plan *plan)
{
	struct text text = text_of(reporter->arena);

	EACH(item, &plan->items)
		if (item_speaks(*item))
			item_text(reporter, &text, *item, true);
	charts_text(&text, plan, false);
	summary_text(reporter, &text, plan);
	fwrite(text.at, 1, text.size, reporter->out);
}

static const char *item_state(const struct plan_item *item)
{
	if (item->blocked)
		return item->blocked;
	switch (item->action) {
	case ACTION_NONE:
		return "as wanted";
	case ACTION_CREATE:
		return "missing";
	case ACTION_CHANGE:
		return item->steps.list.count || !item->steps.waits.count ? "differs" : "waits";
	case ACTION_REMOVE:
		return "to be removed";
	case ACTION_FORGET:
		return "gone";
	case ACTION_ADOPT:
		return "to be adopted";
	}
	return "";
}

static void run_text(struct text *text, const struct recorded_run *run)
{
	text_addf(text, "%5u  %-20s  %-9s  %-9s  %zu steps", run->number,
		  run->began ? run->began : "", run->command ? run->command : "",
		  run_status_name(run->status), run->steps.count);
	if (run->undoes)
		text_addf(text, ", takes back run %u", run->undoes);
	if (run->undone_by)
		text_addf(text, ", taken back by run %u", run->undone_by);
	text_add_byte(text, '\n');
	EACH(fault, &run->faults)
		text_addf(text, "         %s\n", *fault);
	/* A run that was interrupted had no end to tell at. */
	EACH(step, &run->steps)
		if (step->failure && !run->faults.count)
			text_addf(text, "         %s: %s\n", step->item, step->failure);
}

static void shown_text(struct text *text, const struct plan_item *item)
{
	const struct item *running = item->change.running;

	if (!running)
		return;
	const struct node *shown = record_shown(text->arena, item->kind->record, running->value);
	NODE_EACH(one, shown)
		text_addf(text, "    %-34s %s\n", one->key, one->text);
}

static void text_status(const struct reporter *reporter, const struct plan *plan,
			const struct recorded_runs *runs)
{
	struct text text = text_of(reporter->arena);

	EACH(each, &plan->items) {
		const struct plan_item *item = *each;
		text_addf(&text, "%-38s %s\n", item->path, item_state(item));
		differs_text(reporter, &text, item);
		EACH(wait, &item->steps.waits)
			text_addf(&text, "    waits for %s: %s\n", wait_name(wait->wait),
				  wait->why);
		EACH(note, &item->steps.notes)
			text_addf(&text, "    note: %s\n", *note);
		shown_text(&text, item);
	}
	charts_text(&text, plan, true);
	if (runs->list.count) {
		text_add(&text, "last run:\n");
		run_text(&text, &runs->list.at[runs->list.count - 1]);
	}
	fwrite(text.at, 1, text.size, reporter->out);
}

static void text_history(const struct reporter *reporter, const struct recorded_runs *runs)
{
	struct text text = text_of(reporter->arena);

	EACH(run, &runs->list)
		run_text(&text, run);
	if (!runs->list.count)
		text_add(&text, "no runs yet\n");
	fwrite(text.at, 1, text.size, reporter->out);
}

static void text_result(const struct reporter *reporter, const struct engine_result *result,
			const struct faults *faults)
{
	struct text text = text_of(reporter->arena);

	text_faults(reporter, faults);
	EACH(each, &result->plan.items)
		if ((*each)->steps.waits.count)
			item_text(reporter, &text, *each, false);
	if (!result->run && !faults->count)
		text_add(&text, "no changes\n");
	else if (result->run)
		text_addf(&text, "run %u: %s, %u steps%s\n", result->run,
			  run_status_name(result->status), result->steps,
			  result->failed ? ", some items failed" : "");
	fwrite(text.at, 1, text.size, reporter->out);
}

static void text_tree(const struct reporter *reporter, const struct node *node)
{
	struct text text = text_of(reporter->arena);

	node_write_yaml(&text, node);
	fwrite(text.at, 1, text.size, reporter->out);
}

const struct output output_text = {
	.name = "text",
	.faults = text_faults,
	.plan = text_plan,
	.status = text_status,
	.history = text_history,
	.result = text_result,
	.tree = text_tree,
};
