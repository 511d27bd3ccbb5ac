/* guests_pins.c - whether what a guest is tied to is there, and what others make of it. */
#include "kinds/guests_pins.h"

#include "kinds/other.h"

/* ---- sets ---- */

static const char *set_text(struct arena *arena, const struct cpus *cpus)
{
	return type_text_of(&type_cpus, cpus, arena);
}

bool guest_is_tied(const struct guest *guest)
{
	return guest->vcpus.pin.count || guest->vcpus.pin.word ||
	       GIVEN(&guest_vcpus_record, &guest->vcpus, cpu_set) ||
	       GIVEN(&guest_vcpus_record, &guest->vcpus, emulator) || guest->iothreads.pin.count ||
	       GIVEN(&guest_memory_record, &guest->memory, node);
}

struct cpus guest_pinned(const struct guest *guest)
{
	struct cpus all = {};

	for (size_t i = 0; i < guest->vcpus.pin.count; i++)
		cpus_join(&all, &((const struct guest_pin *)guest->vcpus.pin.at[i].value)->cpu_set);
	if (!cpus_count(&all) && GIVEN(&guest_vcpus_record, &guest->vcpus, cpu_set))
		all = guest->vcpus.cpu_set;
	return all;
}

static unsigned vcpus_of(const struct guest *guest)
{
	return guest->vcpus.most > guest->vcpus.count ? guest->vcpus.most : guest->vcpus.count;
}

struct cpus guest_dedicated(const struct guest *guest)
{
	struct cpus all = guest_pinned(guest);

	return cpus_count(&all) <= vcpus_of(guest) ? all : (struct cpus){};
}

struct cpus pins_usable(const struct desired *desired, const struct topology *topology)
{
	const struct item *cpu = desired_find(desired, "cpu", "");
	const bool *smt =
		cpu ? other_value(cpu->kind->record, cpu->value, "smt", &type_flag) : NULL;
	struct cpus first = {};

	if (!smt || *smt)
		return topology->online;
	EACH(core, &topology->cores)
		cpus_add(&first, core->first);
	return first;
}

struct cpus pins_apart(const struct desired *desired, const struct topology *topology)
{
	const struct item *isolated = desired_find(desired, "cpu.isolated", "");
	const struct cpus *said = isolated ? other_value(isolated->kind->record, isolated->value,
							 "cpu_set", &type_cpus)
					   : NULL;
	const struct cpus usable = pins_usable(desired, topology);

	return cpus_both(&usable, said ? said : &topology->isolated);
}

static bool slice_has(const struct desired *desired, const char *name, struct cpus *ret)
{
	const struct item *slice = name ? desired_find(desired, "slices", name) : NULL;
	const struct cpus *set =
		slice ? other_value(slice->kind->record, slice->value, "cpu_set", &type_cpus)
		      : NULL;

	if (set)
		*ret = *set;
	return set;
}

bool pins_slice(const struct desired *desired, const struct guest *guest, struct cpus *ret,
		const char **ret_slice)
{
	const char *name = GIVEN(&guest_record, guest, slice) ? guest->slice : NULL;
	struct cpus all = {};
	bool own = slice_has(desired, name, ret), machine = slice_has(desired, "machine", &all);

	*ret_slice = own ? name : "machine";
	if (machine)
		*ret = own ? cpus_both(ret, &all) : all;
	return own || machine;
}

/* ---- other guests ---- */

static const struct item *same_among(const struct items *items, const struct item *want)
{
	EACH(item, &items->list)
		if (want->kind->same(want, *item))
			return *item;
	return NULL;
}

const struct guest *guest_seen(const struct view *view, const struct item *want)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");
	const struct item *item = guests ? same_among(&guests->configured, want) : NULL;

	if (!item && guests)
		item = same_among(&guests->running, want);
	return item ? item->value : NULL;
}

bool guest_is_described(const struct desired *desired, const struct item *seen)
{
	DESIRED_EACH(want, desired, "guests")
		if (want->kind->same(want, seen))
			return true;
	return false;
}

/* Of a guest whose pins are not said in the record, what is on the machine counts: they may stand
 * in libvirt's own words, or be chosen later, which is where it was put last. */
static struct cpus dedicated_of(const struct view *view, const struct item *item)
{
	const struct guest *guest = item->value;
	bool known = guest->vcpus.pin.count || GIVEN(&guest_vcpus_record, &guest->vcpus, cpu_set);
	const struct guest *there = known ? guest : guest_seen(view, item);

	if (!there)
		return (struct cpus){};
	struct cpus all = guest_dedicated(there);
	if (!known && guest->vcpus.pin.word && there->last) {
		const struct cpus last = guest_dedicated(there->last);
		cpus_join(&all, &last);
	}
	return all;
}

static void visit_foreign(const struct view *view, const struct item *item, pins_visit *visit,
			  void *context)
{
	struct cpus dedicated = guest_dedicated(item->value);

	if (!item->ours && cpus_count(&dedicated) && !guest_is_described(view->desired, item))
		visit(context, item->path, &dedicated);
}

void pins_others(const struct view *view, const struct item *want, pins_visit *visit, void *context)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");

	DESIRED_EACH(item, view->desired, "guests") {
		struct cpus dedicated = dedicated_of(view, item);
		if (item != want && cpus_count(&dedicated))
			visit(context, item->path, &dedicated);
	}
	if (!guests)
		return;
	EACH(item, &guests->configured.list)
		visit_foreign(view, *item, visit, context);
	EACH(item, &guests->running.list)
		if (!items_find(&guests->configured, (*item)->kind, (*item)->name))
			visit_foreign(view, *item, visit, context);
}

/* ---- whether it is there ---- */

struct checking {
	const struct change *change;
	const struct topology *topology;
	struct cpus usable, apart, within;
	const char *slice; /* that keeps it within some; or NULL */
	struct steps *steps;
	struct faults *faults;
};

/* C24 */
static void set_check(const struct checking *checking, const char *path, const struct cpus *set)
{
	const struct topology *topology = checking->topology;
	struct faults *faults = checking->faults;
	struct cpus missing = cpus_without(set, &topology->possible);
	struct cpus off = cpus_without(set, &topology->online);
	struct cpus leaving = cpus_without(set, &checking->usable);
	struct cpus beyond = cpus_without(set, &checking->within);

	if (cpus_count(&missing))
		(void)fault(faults, FAULT_MACHINE, "this machine has no CPU %s, it has %s",
			    set_text(faults->arena, &missing),
			    set_text(faults->arena, &topology->possible));
	else if (cpus_count(&off))
		(void)fault(faults, FAULT_MACHINE, "CPU %s is off", set_text(faults->arena, &off));
	else if (cpus_count(&leaving))
		(void)fault(faults, FAULT_MACHINE, "CPU %s goes off with cpu.smt: false",
			    set_text(faults->arena, &leaving));
	else if (checking->slice && cpus_count(&beyond)) /* M12 */
		(void)fault(faults, FAULT_MACHINE, "CPU %s is not of the slice %s, which has %s",
			    set_text(faults->arena, &beyond), checking->slice,
			    set_text(faults->arena, &checking->within));
	else
		return;
	fault_last(faults)->mark = item_mark(checking->change->want, path);
}

static void pins_check(const struct checking *checking, const char *path, const struct map *pins)
{
	for (size_t i = 0; i < pins->count; i++)
		set_check(checking,
			  arena_printf(checking->faults->arena, "%s.%s", path, pins->at[i].name),
			  &((const struct guest_pin *)pins->at[i].value)->cpu_set);
}

static void node_check(const struct checking *checking, uint32_t node)
{
	struct faults *faults = checking->faults;
	struct cpus numbers = {};

	if (topology_node(checking->topology, node))
		return;
	EACH(each, &checking->topology->nodes)
		cpus_add(&numbers, each->number);
	(void)fault(faults, FAULT_MACHINE, "this machine has no NUMA node %u, it has %s", node,
		    set_text(faults->arena, &numbers));
	fault_last(faults)->mark = item_mark(checking->change->want, "memory.node");
}

static int ties_check(const struct checking *checking)
{
	const struct guest *guest = checking->change->want->value;
	unsigned before = checking->faults->count;

	if (GIVEN(&guest_vcpus_record, &guest->vcpus, cpu_set))
		set_check(checking, "vcpus.cpu_set", &guest->vcpus.cpu_set);
	if (GIVEN(&guest_vcpus_record, &guest->vcpus, emulator))
		set_check(checking, "vcpus.emulator", &guest->vcpus.emulator);
	pins_check(checking, "vcpus.pin", &guest->vcpus.pin);
	pins_check(checking, "iothreads.pin", &guest->iothreads.pin);
	return checking->faults->count > before ? -1 : 0;
}

/* ---- what should be known ---- */

static void note_other(void *context, const char *path, const struct cpus *dedicated)
{
	const struct checking *checking = context;
	const struct cpus mine = guest_dedicated(checking->change->want->value);
	const struct cpus both = cpus_both(&mine, dedicated);

	if (cpus_count(&both))
		steps_note(checking->steps, "CPU %s is pinned by %s too: each waits for the other",
			   set_text(checking->steps->arena, &both), path);
}

/* PIT30, and CPUs that vCPUs were to have for themselves. */
static void note_apart(const struct checking *checking)
{
	const struct guest *guest = checking->change->want->value;
	struct arena *arena = checking->steps->arena;
	struct cpus dedicated = guest_dedicated(guest);
	struct cpus shared = cpus_without(&dedicated, &checking->apart);

	if (cpus_count(&shared))
		steps_note(checking->steps,
			   "CPU %s is not set apart: whatever else runs here may run there too "
			   "(cpu.isolated)",
			   set_text(arena, &shared));
	struct cpus emulator = cpus_both(&guest->vcpus.emulator, &checking->apart);
	if (cpus_count(&emulator))
		steps_note(checking->steps,
			   "QEMU's own threads may run on CPU %s, which is set apart for vCPUs",
			   set_text(arena, &emulator));
}

/* The scheduler leaves a task on the one isolated CPU where it woke up first. */
static void note_stuck(const struct checking *checking)
{
	const struct map *pins = &((const struct guest *)checking->change->want->value)->vcpus.pin;

	for (size_t i = 0; i < pins->count; i++) {
		const struct guest_pin *pin = pins->at[i].value;
		struct cpus stuck = cpus_both(&pin->cpu_set, &checking->topology->isolated);
		if (cpus_count(&stuck) < 2)
			continue;
		steps_note(checking->steps,
			   "the kernel does not move tasks between the isolated CPUs %s: pin each "
			   "vCPU to one",
			   set_text(checking->steps->arena, &stuck));
		return;
	}
}

static bool strays(const struct cpus *set, const struct cpus *apart)
{
	return cpus_overlap(set, apart) && !cpus_within(set, apart);
}

/* Whether a vCPU may run both on CPUs that are set apart and on others. */
static bool guest_strays(const struct guest *guest, const struct cpus *apart)
{
	const struct map *pins = &guest->vcpus.pin;

	for (size_t i = 0; i < pins->count; i++)
		if (strays(&((const struct guest_pin *)pins->at[i].value)->cpu_set, apart))
			return true;
	if (pins->count >= vcpus_of(guest))
		return false;
	return !GIVEN(&guest_vcpus_record, &guest->vcpus, cpu_set) ||
	       strays(&guest->vcpus.cpu_set, apart);
}

/* Whoever is not kept elsewhere may come to CPUs that are set apart: libvirt's guests may run on
 * all of machine.slice, which keeps all CPUs. */
static void note_free(const struct change *change, struct steps *steps)
{
	const struct guest *guest = change->want->value;
	const struct item *isolated = desired_find(change->view->desired, "cpu.isolated", "");
	const struct cpus *apart = isolated ? other_value(isolated->kind->record, isolated->value,
							  "cpu_set", &type_cpus)
					    : NULL;

	if (!apart || GIVEN(&guest_record, guest, libvirt_xml) || !guest_strays(guest, apart))
		return;
	steps_note(steps,
		   "its vCPUs may run on CPU %s, which is set apart, and elsewhere: pin them",
		   set_text(steps->arena, apart));
}

/* PIT29, A26 */
static void note_nodes(const struct checking *checking)
{
	const struct guest *guest = checking->change->want->value;
	struct arena *arena = checking->steps->arena;
	struct cpus dedicated = guest_dedicated(guest), pinned = guest_pinned(guest);
	struct cpus nodes = topology_nodes_of(checking->topology, &pinned);
	struct cpus across = topology_nodes_of(checking->topology, &dedicated);

	if (cpus_count(&across) > 1 && !guest->cpu.cells.count)
		steps_note(checking->steps,
			   "its vCPUs are spread over the nodes %s: some are far from their memory",
			   set_text(arena, &across));
	if (GIVEN(&guest_memory_record, &guest->memory, node) && cpus_count(&nodes) &&
	    !cpus_has(&nodes, guest->memory.node))
		steps_note(
			checking->steps,
			"its memory comes from node %u and its vCPUs run on node %s: each access "
			"goes across",
			guest->memory.node, set_text(arena, &nodes));
}

static bool is_new(const struct change *change)
{
	return !change->configured || paths_has(change->differs, "vcpus") ||
	       paths_has(change->differs, "memory.node") || paths_has(change->differs, "iothreads");
}

int guest_pins_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct guest *guest = change->want->value;
	const struct guest_facts *facts = change->facts;
	const struct topology *topology = facts ? facts->topology : NULL;

	if (is_new(change))
		note_free(change, steps);
	if (!topology || !cpus_count(&topology->online))
		return 0;
	struct checking checking = { .change = change,
				     .topology = topology,
				     .usable = pins_usable(change->view->desired, topology),
				     .apart = pins_apart(change->view->desired, topology),
				     .steps = steps,
				     .faults = faults };
	unsigned before = faults->count;
	if (!pins_slice(change->view->desired, guest, &checking.within, &checking.slice))
		checking.slice = NULL;
	if (GIVEN(&guest_memory_record, &guest->memory, node))
		node_check(&checking, guest->memory.node);
	if (ties_check(&checking) < 0 || faults->count > before)
		return -1;
	if (!is_new(change))
		return 0;
	pins_others(change->view, change->want, note_other, &checking);
	note_apart(&checking);
	note_stuck(&checking);
	note_nodes(&checking);
	return 0;
}
