/* slices_plan.c - the steps that make a slice as wanted.
 *
 * The file first, and systemd reads it; what is then still otherwise in force (somebody told
 * systemd or the cgroup) is said to systemd in the next round.
 */
#include <string.h>

#include "kinds/file.h"
#include "kinds/guests.h"
#include "kinds/other.h"
#include "kinds/slices.h"

/* ---- files ---- */

static void overrides_remove(const struct text_list *overrides, struct steps *steps)
{
	for (size_t i = 0; i < overrides->count; i++)
		step_add(steps, VERB_file_remove, CLASS_NONE, overrides->at[i]);
}

/* Whether there was anything to do: the rest is seen when systemd has read it. */
static bool plan_files(const struct change *change, struct steps *steps)
{
	const struct item *item = change->want ? change->want : change->last;
	const struct slice *file = change->configured ? change->configured->value : NULL;
	const struct slice *now = change->running ? change->running->value : NULL;
	bool changed = plan_file(
		steps, slice_path(steps->arena, item->name),
		change->want ? slice_text(steps->arena, item->name, change->want->value) : NULL,
		file ? file->text : NULL);

	if (file && file->overrides.count) {
		overrides_remove(&file->overrides, steps);
		changed = true;
	}
	if (!change->want && now && now->overrides.count) {
		overrides_remove(&now->overrides, steps);
		changed = true;
	}
	if (changed)
		step_add(steps, VERB_units_reload, CLASS_LIVE);
	return changed;
}

/* ---- what is in force ---- */

static bool differs_in_force(const struct paths *differs)
{
	for (size_t i = 0; i < differs->count; i++)
		if (differs->at[i].where & IN_RUNNING)
			return true;
	return false;
}

static void plan_properties(const struct change *change, struct steps *steps)
{
	const struct item *item = change->want ? change->want : change->last;
	const struct slice *now = change->running ? change->running->value : NULL;
	struct settings want = {};

	if (change->want)
		slice_settings(steps->arena, change->want->value, &want);
	for (size_t i = 0; i < SETTINGS_COUNT; i++) {
		const char *name = unit_settings[i].name, *to = unit_settings_get(&want, name);
		if (!slice_differs(change->differs, name) ||
		    string_equal(to, now ? unit_settings_get(&now->settings, name) : ""))
			continue;
		step_add(steps, VERB_unit_property, CLASS_LIVE,
			 slice_unit(steps->arena, item->name), name, to);
	}
}

/* ---- weights without effect ---- */

static void note_weight(const struct slice_facts *facts, const struct block *block, uint32_t weight,
			struct steps *steps)
{
	enum { USUAL = 100 };
	bool soon = text_list_has(&facts->soon, block->name);
	const char *scheduler = block_scheduler(steps->arena, block);

	if (!soon && !block_weighs(steps->arena, block))
		steps_note(steps,
			   "weights mean nothing to %s, whose scheduler is %s: disks: {NAME: "
			   "{path: %s, "
			   "scheduler: bfq}} gives it one that looks at them",
			   block->name, scheduler ? scheduler : "none", block->path);
	else if (!block->cost && weight > USUAL)
		steps_note(steps,
			   "bfq of %s counts weight %u as %u: up to 100, weights keep their ratio",
			   block->name, weight, block_bfq_weight(weight));
}

static int check_set(const struct change *change, const char *field, const char *what,
		     const struct cpus *there, struct faults *faults)
{
	const struct cpus *want =
		other_value(&slice_record, change->want->value, field, &type_cpus);
	struct cpus missing = want ? cpus_without(want, there) : (struct cpus){};

	if (!cpus_count(there) || !cpus_count(&missing))
		return 0;
	(void)fault(faults, FAULT_MACHINE, "this machine has no %s %s, it has %s", what,
		    type_text_of(&type_cpus, &missing, faults->arena),
		    type_text_of(&type_cpus, there, faults->arena));
	fault_last(faults)->mark = item_mark(change->want, field);
	return -1;
}

/* M8: only BFQ and io.cost look at weights. */
static int check_devices(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct slice *want = change->want->value;
	const struct slice_facts *facts = change->facts;
	size_t i = 0;

	if (check_set(change, "cpu_set", "CPU", &facts->cpus, faults) < 0 ||
	    check_set(change, "memory_nodes", "NUMA node", &facts->nodes, faults) < 0)
		return -1;
	EACH(block, &facts->named.list) {
		const struct slice_io *io = want->io.at[i++].value;
		if (!block->name) {
			(void)fault(faults, FAULT_MACHINE, "there is no disk behind \"%s\"",
				    block->path);
			fault_last(faults)->mark = item_mark(change->want, "io");
			return -1;
		}
		if (GIVEN(&slice_io_record, io, weight))
			note_weight(facts, block, io->weight, steps);
	}
	if (GIVEN(&slice_record, want, io_weight))
		EACH(block, &facts->all.list)
			note_weight(facts, block, want->io_weight, steps);
	return 0;
}

/* ---- memory ---- */

/* All guests are in machine.slice, those with a slice of their own one level further down. */
static bool is_in(const struct guest *guest, const char *name)
{
	return string_equal(name, "machine") || string_equal(guest->slice, name);
}

/* PIT105: QEMU's own is counted too. */
static void note_guests(const struct change *change, struct steps *steps)
{
	const struct slice *want = change->want->value;
	uint64_t need = 0;

	DESIRED_EACH(item, change->view->desired, "guests")
		if (is_in(item->value, change->want->name) && guest_may_run(item->value))
			need += memory_of_guest(item->value);
	if (GIVEN(&slice_record, want, memory_max) && need > want->memory_max.count)
		steps_note(
			steps,
			"its guests may need %s, and memory_max is %s: beyond it the kernel kills "
			"one of them",
			memory_text(steps->arena, need),
			memory_text(steps->arena, want->memory_max.count));
}

/* What is promised to the host's own slices, and what the guests may have together, are to fit
 * memory.reserve. */
static int check_reserve(const struct change *change, struct faults *faults)
{
	const struct slice *want = change->want->value;
	const struct slice_facts *facts = change->facts;
	const char *name = change->want->name;
	bool guests = string_equal(name, "machine");
	struct memory_account account;

	memory_account(change->view, &facts->memory, &account);
	uint64_t total = facts->memory.total, reserve = account.reserve;
	if (!total || !slice_is_the_hosts(name))
		return 0;
	if (!guests && want->memory_min.count > reserve)
		(void)fault(faults, FAULT_MACHINE,
			    "%s are kept for the host (memory.reserve), and this slice alone is to "
			    "keep %s",
			    memory_text(faults->arena, reserve),
			    memory_text(faults->arena, want->memory_min.count));
	else if (guests && GIVEN(&slice_record, want, memory_max) &&
		 want->memory_max.count + reserve + account.pages > total)
		(void)fault(faults, FAULT_MACHINE,
			    "of %s the host keeps %s (memory.reserve)%s%s, and guests may take %s",
			    memory_text(faults->arena, total), memory_text(faults->arena, reserve),
			    account.pages ? ", huge pages " : "",
			    account.pages ? memory_text(faults->arena, account.pages) : "",
			    memory_text(faults->arena, want->memory_max.count));
	else
		return 0;
	fault_last(faults)->mark = item_mark(change->want, guests ? "memory_max" : "memory_min");
	return -1;
}

/* ---- the slice ---- */

/* The guests that are in it, by what libvirt has; NULL: none. */
static const char *guests_in(const struct view *view, const char *name, struct arena *arena)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");
	const char *partition = arena_printf(arena, "/machine/%s", name);
	struct text text = text_of(arena);

	if (guests && !slice_is_the_hosts(name))
		EACH(item, &guests->running.list) {
			const struct guest *guest = (*item)->value;
			if (string_equal(guest->resource.partition, partition) &&
			    !string_equal(guest->state, "stopped"))
				text_addf(&text, "%s%s", text.size ? ", " : "", (*item)->name);
		}
	return text.size ? text.at : NULL;
}

int slices_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	if (change->want && change->facts &&
	    (check_devices(change, steps, faults) < 0 || check_reserve(change, faults) < 0))
		return -1;
	if (change->want) {
		note_guests(change, steps);
	} else {
		const char *in = guests_in(change->view, change->last->name, steps->arena);
		if (in) {
			steps_wait(steps, WAIT_GUEST_STOP, "guests are in it: %s", in);
			return 0;
		}
	}
	if (!plan_files(change, steps))
		plan_properties(change, steps);
	else if (differs_in_force(change->differs))
		steps_wait(steps, WAIT_ROUND, "systemd has to read its files first");
	return 0;
}
