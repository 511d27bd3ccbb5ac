/* hugepages_plan.c - the steps that reserve pages and mount what they are taken from. */
#include <string.h>

#include "kinds/file.h"
#include "kinds/hugepages.h"
#include "kinds/other.h"

struct planning {
	const struct change *change;
	uint64_t bytes;   /* of one page */
	const char *size; /* "2MiB" */
	struct steps *steps;
	struct faults *faults;
};

static const struct hugepages_pool *pool_of(const struct planning *planning, const char *path)
{
	const struct hugepages_facts *facts = planning->change->facts;
	static const struct hugepages_pool unknown;

	if (facts)
		EACH(pool, &facts->pools)
			if (string_equal(pool->path, path))
				return pool;
	return &unknown;
}

/* Whether this was tried in vain, and nothing has become better since: not until as much memory is
 * free as was missing. */
static bool tried_in_vain(const struct planning *planning, const struct hugepages_pool *pool,
			  uint32_t now, uint32_t want)
{
	const struct shortfall *tried = &pool->shortfall;
	uint64_t missing = (uint64_t)(want > now ? want - now : 0) * planning->bytes;

	return tried->asked == want && tried->reached == now && want != now &&
	       (want < now || pool->available < tried->available + missing);
}

static int grow(const struct planning *planning, const char *path, uint32_t now, uint32_t want)
{
	const struct item *item = planning->change->want;
	const struct hugepages_facts *facts = planning->change->facts;
	const struct hugepages_pool *pool = pool_of(planning, path);
	uint64_t missing = (uint64_t)(want - now) * planning->bytes;

	if (item && hugepages_at_boot(item) && facts && !facts->asked_at_boot) {
		steps_wait(planning->steps, WAIT_REBOOT,
			   "pages of %s are reserved at boot: %u of %u are there", planning->size,
			   now, want);
		return 0;
	}
	if (tried_in_vain(planning, pool, now, want)) { /* PIT33 */
		steps_wait(planning->steps, WAIT_EVENT,
			   "%u pages of %s were asked for and %u were to be had: no more memory is "
			   "free in one piece",
			   want, planning->size, now);
		return 0;
	}
	if (pool->available && missing > pool->available) {
		(void)fault(planning->faults, FAULT_MACHINE,
			    "%u more pages of %s need %s, and %s are free", want - now,
			    planning->size, memory_text(planning->steps->arena, missing),
			    memory_text(planning->steps->arena, pool->available));
		fault_last(planning->faults)->mark =
			item_mark(item, strstr(path, "/node/") ? "nodes" : "count");
		return -1;
	}
	step_add(planning->steps, VERB_pages_reserve, CLASS_LIVE, path,
		 arena_printf(planning->steps->arena, "%u", want));
	return 0;
}

static int pool_plan(const struct planning *planning, const char *node, uint32_t now, uint32_t want)
{
	struct steps *steps = planning->steps;
	const char *path = hugepages_pool_path(steps->arena, node, planning->bytes);

	if (want > now)
		return grow(planning, path, now, want);
	if (want == now)
		return 0;
	if (tried_in_vain(planning, pool_of(planning, path), now, want))
		steps_wait(steps, WAIT_GUEST_STOP,
			   "%u pages of %s are there where %u are wanted: guests hold them", now,
			   planning->size, want);
	else
		step_add(steps, VERB_pages_reserve, CLASS_LIVE, path,
			 arena_printf(steps->arena, "%u", want));
	return 0;
}

static const struct node_pages *pages_of(const struct map *nodes, const char *node)
{
	const struct member *member = map_get(nodes, node);

	return member ? member->value : NULL;
}

/* Nodes that lose pages come first: what they give up, another size may need. */
static int plan_nodes(const struct planning *planning, const struct hugepages *want,
		      const struct hugepages *have)
{
	for (size_t i = 0; i < want->nodes.count; i++) {
		const char *name = want->nodes.at[i].name;
		if (map_get(&have->nodes, name))
			continue;
		(void)fault(planning->faults, FAULT_MACHINE, "this machine has no NUMA node %s",
			    name);
		fault_last(planning->faults)->mark =
			item_mark(planning->change->want,
				  arena_printf(planning->steps->arena, "nodes.%s", name));
		return -1;
	}
	for (int growing = 0; growing <= 1; growing++)
		for (size_t i = 0; i < have->nodes.count; i++) {
			const struct member *node = &have->nodes.at[i];
			const struct node_pages *to = pages_of(&want->nodes, node->name);
			uint32_t count = to ? to->count : 0;
			uint32_t now = ((const struct node_pages *)node->value)->count;
			if ((count > now) == growing &&
			    pool_plan(planning, node->name, now, count) < 0)
				return -1;
		}
	return 0;
}

/* ---- mounts ---- */

/* libvirt looks for mounts when it starts; a restart of it is not noticed by any guest. */
static void mount_start(const struct planning *planning, const char *unit)
{
	const struct hugepages_facts *facts = planning->change->facts;

	step_add(planning->steps, VERB_unit_start, CLASS_LIVE, unit);
	if (facts)
		EACH(libvirt, &facts->libvirt)
			step_add(planning->steps, VERB_unit_restart, CLASS_LIVE, *libvirt);
}

static void plan_mount(const struct planning *planning, const struct hugepages *want,
		       const struct hugepages *have)
{
	const struct change *change = planning->change;
	struct steps *steps = planning->steps;
	const struct hugepages *file = change->configured ? change->configured->value : NULL;
	bool needed = want && want->mounted && !have->mounted;
	bool ours = want && (want->unit || (needed && !have->is_default));
	const char *unit = hugepages_unit(steps->arena, planning->bytes);
	bool changed = plan_file(steps, hugepages_unit_path(steps->arena, planning->bytes),
				 ours ? hugepages_unit_text(steps->arena, change->want) : NULL,
				 file ? file->unit_text : NULL);

	if (changed)
		step_add(steps, VERB_units_reload, CLASS_NONE);
	if (ours && (changed || (file && !file->unit)))
		step_add(steps, VERB_unit_enable, CLASS_NONE, unit);
	if (needed)
		mount_start(planning, ours ? unit : "dev-hugepages.mount");
}

/* ---- the size ---- */

/* PIT33: all sizes together, beside the host's own memory and the guests that run. */
static int check_memory(const struct planning *planning)
{
	const struct change *change = planning->change;
	const struct hugepages_facts *facts = change->facts;
	struct memory_account account;

	memory_account(change->view, &facts->machine, &account);
	return memory_holds_pages(&account, item_mark(change->want, NULL), planning->faults);
}

/* PIT37 */
static void note_unused(const struct planning *planning)
{
	DESIRED_EACH(guest, planning->change->view->desired, "guests") {
		const struct record *record = NULL;
		const void *memory =
			other_record(guest->kind->record, guest->value, "memory", &record);
		const struct bytes *size =
			memory ? other_value(record, memory, "page_size", &type_bytes) : NULL;
		if ((size && size->count == planning->bytes) ||
		    other_text(guest->kind->record, guest->value, "libvirt_xml"))
			return;
	}
	steps_note(planning->steps, "no described guest takes pages of %s (memory.page_size)",
		   planning->size);
}

int hugepages_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct hugepages *want = change->want ? change->want->value : NULL;
	const struct item *running = change->running;
	const struct item *either = change->want ? change->want : change->last;

	if (!running && !want)
		return 0;
	if (!running)
		return fault(faults, FAULT_MACHINE, "this machine has no pages of %s",
			     either->name);
	const struct hugepages *have = running->value;
	struct planning planning = { change, hugepages_bytes(running), running->name, steps,
				     faults };
	if (want && want->count > have->count) {
		if (check_memory(&planning) < 0)
			return -1;
		note_unused(&planning);
	}
	plan_mount(&planning, want, have);
	if (want && want->nodes.count)
		return plan_nodes(&planning, want, have);
	return pool_plan(&planning, NULL, have->count, want ? want->count : 0);
}
