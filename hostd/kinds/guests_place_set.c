/* guests_place_set.c - what follows for a guest from the processors that were chosen. */
#include "kinds/guests_place.h"

#define GIVES(value, member) GIVEN(&guest_##value##_record, value, member)

/* ---- memory ---- */

static bool is_bound_already(const struct guest *guest)
{
	const struct guest_memory *memory = &guest->memory;

	return GIVES(memory, node) || GIVES(memory, numa) || memory->cell_nodes.count ||
	       guest->cpu.cells.count;
}

/* A guest that runs where it is keeps the memory it has. */
static void memory_place(struct placing *placing, const struct cpus *nodes)
{
	struct guest_memory *memory = &placing->guest->memory;
	const struct guest_memory *there = placing->stays ? &placing->stays->memory : NULL;

	if (is_bound_already(placing->guest) || placing->topology->nodes.count < 2)
		return;
	EACH(node, &placing->topology->nodes) {
		if (!cpus_has(nodes, node->number))
			continue;
		bool binds = there ? GIVEN(&guest_memory_record, there, node) &&
					     there->node == node->number
				   : cpus_count(nodes) == 1 && place_has_memory(placing, node);
		if (binds)
			SET(&guest_memory_record, memory, node, node->number);
	}
}

/* ---- the guest's cores ---- */

/* As many threads on each core as on the first; 1 where they are not alike. */
static unsigned threads_of(const struct placing *placing, const struct placed *placed)
{
	const unsigned *cpus = placed->list.at;
	unsigned threads = 1;

	while (threads < placing->count && topology_core(placing->topology, cpus[threads]) ==
						   topology_core(placing->topology, cpus[0]))
		threads++;
	for (unsigned i = 0; i < placing->count; i++)
		if (topology_core(placing->topology, cpus[i]) !=
		    topology_core(placing->topology, cpus[i - i % threads]))
			return 1;
	return placing->count % threads ? 1 : threads;
}

/* What QEMU passes through of an AMD processor lacks what tells of threads, because it wants a
 * topology that fits (no_autoenable_flags in QEMU's target/i386/cpu.c); now there is one. */
static void threads_show(struct placing *placing)
{
	struct guest_cpu *cpu = &placing->guest->cpu;
	const char *model = GIVES(cpu, model) ? cpu->model : "host-passthrough";
	bool passed = string_equal(model, "host-passthrough") || string_equal(model, "host");

	if (!placing->topology->topoext || !passed || GIVES(cpu, fleet) ||
	    map_get(&cpu->features, "topoext") ||
	    string_equal(placing->guest->virtualization, "emulated"))
		return;
	struct guest_cpu_feature *feature =
		map_add(placing->arena, &cpu->features, &guest_cpu_feature_record, "topoext");
	SET(&guest_cpu_feature_record, feature, policy, "require");
	record_give(&guest_cpu_record, cpu, offsetof(struct guest_cpu, features), true);
}

/* The guest's scheduler keeps apart what shares a core only where it knows. */
static void topology_place(struct placing *placing, const struct placed *placed)
{
	struct guest_cpu *cpu = &placing->guest->cpu;
	unsigned threads = threads_of(placing, placed);

	if (GIVES(cpu, topology) || cpu->cells.count || threads < 2)
		return;
	SET(&guest_topology_record, &cpu->topology, sockets, 1);
	SET(&guest_topology_record, &cpu->topology, cores, placing->count / threads);
	SET(&guest_topology_record, &cpu->topology, threads, threads);
	record_give(&guest_cpu_record, cpu, offsetof(struct guest_cpu, topology), true);
	threads_show(placing);
}

/* Where no vCPU is disturbed: near by, or else anywhere; in a slice that has nothing of that kind
 * beside its own vCPUs. */
static struct cpus house_of(const struct placing *placing, const struct cpus *nodes,
			    const struct cpus *own)
{
	const struct desired *desired = placing->view->desired;
	struct cpus all = pins_usable(desired, placing->topology);
	struct cpus apart = pins_apart(desired, placing->topology), near = {};
	struct cpus house = cpus_count(&apart) ? cpus_without(&all, &apart)
					       : place_host(desired, placing->topology);

	house = cpus_both(&house, &placing->usable);
	if (!cpus_count(&house))
		house = cpus_without(&placing->usable, own);
	EACH(node, &placing->topology->nodes) {
		struct cpus here = cpus_both(&house, &node->cpus);
		if (cpus_has(nodes, node->number))
			cpus_join(&near, &here);
	}
	return cpus_count(&near) ? near : house;
}

static void iothread_place(struct placing *placing, const char *name, const struct cpus *house)
{
	struct map *pins = &placing->guest->iothreads.pin;

	if (map_get(pins, name))
		return;
	struct guest_pin *pin = map_add(placing->arena, pins, &guest_pin_record, name);
	SET(&guest_pin_record, pin, cpu_set, *house);
}

static void helpers_place(struct placing *placing, const struct cpus *nodes, const struct cpus *own)
{
	struct guest_vcpus *vcpus = &placing->guest->vcpus;
	const struct guest_iothreads *iothreads = &placing->guest->iothreads;
	struct cpus house = house_of(placing, nodes, own);

	if (!cpus_count(&house))
		return;
	if (!GIVES(vcpus, emulator))
		SET(&guest_vcpus_record, vcpus, emulator, house);
	for (unsigned i = 1; i <= iothreads->count && !iothreads->each.count; i++)
		iothread_place(placing, arena_printf(placing->arena, "%u", i), &house);
	for (size_t i = 0; i < iothreads->each.count; i++)
		iothread_place(placing, iothreads->each.at[i].name, &house);
}

void place_set(struct placing *placing, const struct placed *placed)
{
	struct map *pins = &placing->guest->vcpus.pin;
	struct cpus all = {};

	EACH(cpu, &placed->list) {
		const char *vcpu = arena_printf(placing->arena, "%zu", pins->count);
		struct guest_pin *pin = map_add(placing->arena, pins, &guest_pin_record, vcpu);
		struct cpus own = {};
		cpus_add(&own, *cpu);
		SET(&guest_pin_record, pin, cpu_set, own);
		cpus_add(&all, *cpu);
	}
	struct cpus nodes = topology_nodes_of(placing->topology, &all);
	memory_place(placing, &nodes);
	topology_place(placing, placed);
	helpers_place(placing, &nodes, &all);
}
