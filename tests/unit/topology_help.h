/* topology_help.h - processors for a captured machine, as sysfs of a real one shows them.
 *
 *	static const struct layout two_sockets = {
 *		.nodes = { "0-7,16-23", "8-15,24-31" },
 *		.cores = 16, .sockets = 2, .threads = 2,    // siblings are n and n + 16
 *	};
 *	layout_put(lab, &two_sockets);
 */
#pragma once

#include "kinds_help.h"

enum { LAYOUT_NODES = 9 };

struct layout {
	const char *nodes[LAYOUT_NODES]; /* their processors; "" memory alone */
	unsigned cores, sockets;
	unsigned threads;       /* of each core */
	bool adjacent;          /* siblings are 2n and 2n + 1 */
	bool in_turn;           /* the sockets have cores in turn, not one half each */
	unsigned efficient;     /* further processors behind, one thread each (hybrid) */
	const char *off;        /* offline, or NULL */
	const char *isolated;   /* by the kernel, or NULL */
	unsigned long long mib; /* of memory on each node; 0: 16 GiB */
};

static unsigned layout_cpu(const struct layout *layout, unsigned core, unsigned thread)
{
	return layout->adjacent ? core * layout->threads + thread : core + thread * layout->cores;
}

static void layout_file(struct lab *lab, unsigned cpu, const char *file, const char *text)
{
	lab_put(lab,
		arena_printf(lab->arena, "fs/sys/devices/system/cpu/cpu%u/topology/%s", cpu, file),
		arena_printf(lab->arena, "%s\n", text));
}

static void layout_core(struct lab *lab, const struct layout *layout, unsigned core,
			const struct cpus *online)
{
	struct cpus threads = {};

	for (unsigned thread = 0; thread < layout->threads; thread++)
		if (cpus_has(online, layout_cpu(layout, core, thread)))
			cpus_add(&threads, layout_cpu(layout, core, thread));
	for (unsigned cpu = 0; cpu < 512; cpu++) {
		if (!cpus_has(&threads, cpu))
			continue;
		layout_file(lab, cpu, "core_cpus",
			    cpus_mask_text(lab->arena, &threads,
					   "00000000,00000000,00000000,00000000"));
		layout_file(lab, cpu, "physical_package_id",
			    arena_printf(lab->arena, "%u",
					 layout->in_turn ? core % layout->sockets
							 : core * layout->sockets / layout->cores));
	}
}

static void layout_node(struct lab *lab, const struct layout *layout, unsigned node)
{
	const char *folder = arena_printf(lab->arena, "fs/sys/devices/system/node/node%u", node);
	unsigned long long mib = layout->mib ? layout->mib : 16384;

	lab_put(lab, arena_printf(lab->arena, "%s/cpulist", folder),
		arena_printf(lab->arena, "%s\n", layout->nodes[node]));
	lab_put(lab, arena_printf(lab->arena, "%s/meminfo", folder),
		arena_printf(lab->arena, "Node %u MemTotal:       %llu kB\n", node, mib * 1024));
}

LAB_USE void layout_put(struct lab *lab, const struct layout *layout)
{
	unsigned count = layout->cores * layout->threads + layout->efficient;
	struct cpus all = {}, off = {};

	for (unsigned cpu = 0; cpu < count; cpu++)
		cpus_add(&all, cpu);
	if (layout->off)
		assert_true(cpus_parse(layout->off, &off));
	struct cpus online = cpus_without(&all, &off);
	lab_put(lab, "fs/sys/devices/system/cpu/possible",
		type_text_of(&type_cpus, &all, lab->arena));
	lab_put(lab, "fs/sys/devices/system/cpu/online",
		type_text_of(&type_cpus, &online, lab->arena));
	lab_put(lab, "fs/sys/devices/system/cpu/isolated",
		arena_printf(lab->arena, "%s\n", layout->isolated ? layout->isolated : ""));
	for (unsigned core = 0; core < layout->cores; core++)
		layout_core(lab, layout, core, &online);
	for (unsigned node = 0; layout->nodes[node]; node++)
		layout_node(lab, layout, node);
}

/* A machine of such processors that has KVM, and `kib` of memory in all. */
LAB_USE void layout_machine(struct lab *lab, const struct layout *layout, unsigned kib)
{
	lab_put(lab, "files.json",
		"{\"/dev/kvm\": {\"kind\": \"device\", \"device\": \"10:232\"}}");
	lab_put(lab, "fs/proc/meminfo",
		arena_printf(lab->arena, "MemTotal:        %u kB\nMemFree: 1 kB\n", kib));
	lab_put(lab, "fs/proc/cmdline", "quiet\n");
	lab_put(lab, "fs/sys/fs/cgroup/cgroup.controllers", "cpuset cpu\n");
	layout_put(lab, layout);
}
