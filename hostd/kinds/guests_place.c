#include "kinds/guests_place.h"

#define GIVES(value, member) GIVEN(&guest_##value##_record, value, member)

/* ---- what is there ---- */

static const struct topology *topology_of(const struct view *view, const struct item *want)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");

	EACH(facts, &guests->facts)
		if (facts->want == want && facts->facts)
			return ((const struct guest_facts *)facts->facts)->topology;
	return NULL;
}

struct cpus place_host(const struct desired *desired, const struct topology *topology)
{
	enum { MANY = 4 };
	const struct topology_core *first = topology->cores.at;
	struct cpus usable = pins_usable(desired, topology), host = {};

	EACH(node, &topology->nodes) {
		const struct topology_core *lowest = NULL;
		unsigned count = 0;
		EACH(core, &topology->cores) {
			if (core->node != node->number)
				continue;
			lowest = lowest ? lowest : core;
			count++;
		}
		if (lowest && (count >= MANY || lowest == first))
			cpus_join(&host, &lowest->threads);
	}
	if (topology->cores.count > 1)
		return cpus_both(&host, &usable);
	host = (struct cpus){}; /* one core: a guest may have the rest of it */
	cpus_add(&host, first->first);
	return host;
}

static void take(void *context, const char *path, const struct cpus *dedicated)
{
	struct placing *placing = context;

	(void)path;
	cpus_join(&placing->taken, dedicated);
}

/* ---- memory ---- */

/* Whose memory is bound to a node: as said or chosen, else as it is on the machine. */
static const struct guest_memory *bound_of(const struct view *view, const struct item *item)
{
	const struct guest *guest = item->value;

	if (!GIVEN(&guest_memory_record, &guest->memory, node) && guest->vcpus.pin.word &&
	    !guest->vcpus.pin.count)
		guest = guest_seen(view, item);
	return guest && GIVEN(&guest_memory_record, &guest->memory, node) ? &guest->memory : NULL;
}

static uint64_t most_of(const struct guest_memory *memory)
{
	return memory->most.count > memory->size.count ? memory->most.count : memory->size.count;
}

/* What other guests are to have of a node's memory in pages of this size (0: ordinary). */
static uint64_t bound_on(const struct placing *placing, unsigned node, uint64_t page_size)
{
	uint64_t sum = 0;

	DESIRED_EACH(item, placing->view->desired, "guests") {
		const struct guest_memory *memory = bound_of(placing->view, item);
		if (item != placing->want && memory && memory->node == node &&
		    memory->page_size.count == page_size)
			sum += most_of(memory);
	}
	return sum;
}

/* PIT32, PIT35: memory that is bound to a node comes from there or not at all. */
bool place_has_memory(const struct placing *placing, const struct topology_node *node)
{
	const struct guest_memory *memory = &placing->guest->memory;
	const struct view *view = placing->view;
	uint64_t nodes = placing->topology->nodes.count;
	uint64_t pages = memory_pages_on(view, memory->page_size.count, node->number, nodes);
	uint64_t host = node->memory / 16;
	uint64_t room = memory->page_size.count       ? pages
			: node->memory > pages + host ? node->memory - pages - host
						      : 0;

	return !node->memory ||
	       bound_on(placing, node->number, memory->page_size.count) + most_of(memory) <= room;
}

/* ---- cores ---- */

/* What of a core may be had: nothing, where somebody has part of it. */
static struct cpus free_of(const struct placing *placing, const struct cpus *pool,
			   const struct topology_core *core)
{
	return cpus_overlap(&core->threads, &placing->taken) ? (struct cpus){}
							     : cpus_both(&core->threads, pool);
}

static unsigned room_on(const struct placing *placing, const struct cpus *pool, unsigned node)
{
	unsigned room = 0;

	EACH(core, &placing->topology->cores) {
		struct cpus threads = free_of(placing, pool, core);
		if (core->node == node)
			room += cpus_count(&threads);
	}
	return room;
}

static unsigned room_in(const struct placing *placing, const struct cpus *pool)
{
	unsigned room = 0;

	EACH(node, &placing->topology->nodes)
		room += room_on(placing, pool, node->number);
	return room;
}

/* Which cores of a node come first: those it had, those set apart, the others. */
static unsigned rank_of(const struct placing *placing, const struct topology_core *core)
{
	if (cpus_overlap(&core->threads, &placing->before))
		return 0;
	return cpus_overlap(&core->threads, &placing->apart) ? 1 : 2;
}

static void cores_take(const struct placing *placing, const struct cpus *pool, unsigned node,
		       struct placed *placed)
{
	for (unsigned rank = 0; rank <= 2; rank++)
		EACH(core, &placing->topology->cores) {
			struct cpus threads = free_of(placing, pool, core);
			if (core->node != node || rank_of(placing, core) != rank)
				continue;
			unsigned left = cpus_count(&threads);
			for (unsigned cpu = core->first; left; cpu++) {
				if (!cpus_has(&threads, cpu))
					continue;
				if (placed->list.count < placing->count)
					ARRAY_PUSH(placing->arena, &placed->list, cpu);
				left--;
			}
		}
}

/* A person said which node its memory comes from. */
static bool node_is_open(const struct placing *placing, unsigned node)
{
	const struct guest_memory *memory = &placing->guest->memory;

	return !GIVES(memory, node) || memory->node == node;
}

/* How much of a node's room is better than other room: what is set apart, then all of it. */
static unsigned merit_of(const struct placing *placing, const struct cpus *pool, unsigned node)
{
	struct cpus apart = cpus_both(pool, &placing->apart);

	return room_on(placing, &apart, node) * CPU_MAX + room_on(placing, pool, node);
}

/* The node on which all of it fits: where it was, else the emptiest.  Guests are spread over nodes
 * as evenly as this makes them, and with them the load on memory. */
static const struct topology_node *node_choose(const struct placing *placing,
					       const struct cpus *pool, bool with_memory)
{
	const struct topology_node *best = NULL;
	unsigned most = 0;

	EACH(node, &placing->topology->nodes) {
		unsigned room = room_on(placing, pool, node->number);
		if (!node_is_open(placing, node->number) || room < placing->count ||
		    (with_memory && !place_has_memory(placing, node)))
			continue;
		if (cpus_overlap(&node->cpus, &placing->before))
			return node;
		unsigned merit = merit_of(placing, pool, node->number);
		if (merit > most) {
			best = node;
			most = merit;
		}
	}
	return best;
}

/* Over as few nodes as hold it. */
static void nodes_take(const struct placing *placing, const struct cpus *pool,
		       struct placed *placed)
{
	struct cpus used = {};

	while (placed->list.count < placing->count) {
		const struct topology_node *best = NULL;
		unsigned most = 0;
		EACH(node, &placing->topology->nodes) {
			unsigned room = room_on(placing, pool, node->number);
			if (cpus_has(&used, node->number) || room <= most)
				continue;
			best = node;
			most = room;
		}
		if (!best)
			return;
		cpus_add(&used, best->number);
		cores_take(placing, pool, best->number, placed);
	}
}

static bool pool_take(const struct placing *placing, const struct cpus *pool, struct placed *placed)
{
	const struct guest_memory *memory = &placing->guest->memory;
	const struct topology_node *node = node_choose(placing, pool, true);

	if (!node)
		node = node_choose(placing, pool, false);
	if (node)
		cores_take(placing, pool, node->number, placed);
	else if (!GIVES(memory, node) && room_in(placing, pool) >= placing->count)
		nodes_take(placing, pool, placed);
	return placed->list.count == placing->count;
}

/* ---- what it has ---- */

static unsigned lowest_of(const struct cpus *cpus)
{
	unsigned cpu = 0;

	while (cpu < CPU_MAX && !cpus_has(cpus, cpu))
		cpu++;
	return cpu;
}

/* Each vCPU on a processor of its own, which is there and nobody else's. */
static bool stays_as(const struct placing *placing, const struct guest *as, struct placed *placed)
{
	struct cpus own = {};

	placed->list.count = 0;
	for (unsigned vcpu = 0; as && vcpu < placing->count; vcpu++) {
		const struct member *member =
			map_get(&as->vcpus.pin, arena_printf(placing->arena, "%u", vcpu));
		const struct guest_pin *pin = member ? member->value : NULL;
		unsigned cpu =
			pin && cpus_count(&pin->cpu_set) == 1 ? lowest_of(&pin->cpu_set) : CPU_MAX;
		const struct topology_core *core = topology_core(placing->topology, cpu);
		if (!cpus_has(&placing->usable, cpu) || cpus_has(&placing->taken, cpu) ||
		    cpus_has(&own, cpu) || !core || !node_is_open(placing, core->node))
			return false;
		cpus_add(&own, cpu);
		ARRAY_PUSH(placing->arena, &placed->list, cpu);
	}
	return as;
}

/* Where the last good run put it, whatever was done to it since; else where it is. */
static bool stays(struct placing *placing, struct placed *placed)
{
	const struct guest *there = placing->there, *last = there ? there->last : NULL;

	if (stays_as(placing, last, placed))
		placing->stays = last;
	else if (stays_as(placing, there, placed))
		placing->stays = there;
	return placing->stays;
}

static int choose(struct placing *placing, struct placed *placed, struct faults *faults)
{
	struct cpus host = place_host(placing->view->desired, placing->topology);
	struct cpus pool = cpus_without(&placing->usable, &host);

	if (stays(placing, placed))
		return 0;
	placed->list.count = 0;
	cpus_join(&pool, &placing->apart);
	if ((cpus_count(&placing->apart) && pool_take(placing, &placing->apart, placed)) ||
	    pool_take(placing, &pool, placed))
		return 0;
	unsigned all = cpus_count(&placing->usable), left = room_in(placing, &pool);
	struct cpus kept = cpus_without(&placing->usable, &pool);
	(void)fault(faults, FAULT_MACHINE,
		    "too few CPUs are left: it wants %u to itself, and of %u%s the host keeps %u, "
		    "%u are "
		    "in cores of other guests, %u are free%s",
		    placing->count, all, placing->slice ? " in its slice" : "", cpus_count(&kept),
		    all - cpus_count(&kept) - left, left,
		    left >= placing->count ? ", not all on its memory's node" : "");
	fault_hint(faults, "a guest without pins goes wherever the host has time");
	fault_last(faults)->mark = item_mark(placing->want, "vcpus.pin");
	return -1;
}

/* ---- the whole ---- */

void guest_place_complete(struct guest *guest, struct arena *arena)
{
	struct guest *said = NULL;

	if (!guest->vcpus.pin.word)
		return;
	said = ARENA_NEW(arena, struct guest);
	*said = *guest;
	guest->said = said;
}

int guest_place(struct item *want, const struct view *view, struct faults *faults)
{
	struct guest *guest = want->value;
	const struct topology *topology = topology_of(view, want);
	struct placed placed = {};

	if (!guest->said)
		return 0;
	guest->vcpus = guest->said->vcpus;
	guest->iothreads = guest->said->iothreads;
	guest->memory = guest->said->memory;
	guest->cpu = guest->said->cpu;
	if (!topology)
		return 0; /* could not look: said of the whole guest */
	if (!topology->cores.count) {
		(void)fault(faults, FAULT_MACHINE,
			    "this machine does not tell which processors it has");
		fault_last(faults)->mark = item_mark(want, "vcpus.pin");
		return -1;
	}
	struct placing placing = { .arena = view->desired->arena,
				   .view = view,
				   .want = want,
				   .guest = guest,
				   .there = guest_seen(view, want),
				   .topology = topology,
				   .usable = pins_usable(view->desired, topology),
				   .apart = pins_apart(view->desired, topology),
				   .count = guest->vcpus.most };
	struct cpus within = {};
	const char *slice = NULL;
	if (pins_slice(view->desired, guest, &within, &slice)) {
		placing.slice = true;
		placing.usable = cpus_both(&placing.usable, &within);
		placing.apart = cpus_both(&placing.apart, &within);
	}
	pins_others(view, want, take, &placing);
	if (placing.there)
		placing.before = guest_dedicated(placing.there);
	if (choose(&placing, &placed, faults) < 0)
		return -1;
	place_set(&placing, &placed);
	return 0;
}

void guest_place_check(const struct item *item, struct faults *faults)
{
	const struct guest_vcpus *vcpus = &((const struct guest *)item->value)->vcpus;

	if (vcpus->pin.word && GIVES(vcpus, cpu_set))
		(void)fault_at(faults, item_mark(item, "vcpus.cpu_set"),
			       "pin: auto chooses among all CPUs: either that, or cpu_set");
	if (vcpus->pin.word && string_equal(vcpus->placement, "auto"))
		(void)fault_at(faults, item_mark(item, "vcpus.placement"),
			       "pin: auto chooses the CPUs, numad cannot choose them too");
}
