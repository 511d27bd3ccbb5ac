/* platform_topology.c - sockets, cores, threads, NUMA nodes and memory (A25, A26).
 *
 * From sysfs (Documentation/admin-guide/cputopology.rst of the kernel), counting what is online.
 * A core is a set of threads and a socket a set of processors: the masks are counted and not the
 * numbers, since core_id repeats in each die of a package.  Files that old kernels lack fall back
 * to numbers, and where sysfs tells nothing at all /proc/cpuinfo does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/index.h"
#include "kinds/platform_look.h"

#define CPUS  "/sys/devices/system/cpu"
#define NODES "/sys/devices/system/node"

struct counting { /* different texts */
	struct index seen;
};

static void count_one(struct counting *counting, const char *text)
{
	index_add(&counting->seen, text, counting);
}

/* "cpu12" is 12, "cpufreq" is nothing. */
static bool number_behind(const char *name, const char *prefix, unsigned *ret_number)
{
	char *end = NULL;

	if (!string_starts(name, prefix) || !strchr("0123456789", name[strlen(prefix)]) ||
	    !name[strlen(prefix)])
		return false;
	*ret_number = (unsigned)strtoul(name + strlen(prefix), &end, 10);
	return !*end;
}

/* The first of these files of a processor, or NULL; an empty mask tells nothing. */
static const char *first_of(struct looking *looking, unsigned cpu, const char *const *names)
{
	bool masks = names[1] != NULL;
	const char *line = NULL;

	for (; *names; names++)
		if (look_line(looking,
			      arena_printf(looking->arena, CPUS "/cpu%u/topology/%s", cpu, *names),
			      &line) == 1 &&
		    (!masks || strspn(line, "0,") < strlen(line)))
			return line;
	return NULL;
}

static const char *const core_files[] = { "core_cpus", "thread_siblings", NULL };
static const char *const socket_files[] = { "package_cpus", "core_siblings", NULL };
static const char *const core_numbers[] = { "core_id", NULL };
static const char *const socket_numbers[] = { "physical_package_id", NULL };

/* Which socket, and which core of all: texts that differ where these do.  The two cores of one of
 * AMD's compute units (family 15h) are siblings with numbers of their own; threads share one. */
static void place_of(struct looking *looking, unsigned cpu, const char **ret_socket,
		     const char **ret_core)
{
	const char *socket = first_of(looking, cpu, socket_files);
	const char *siblings = first_of(looking, cpu, core_files);
	const char *number = first_of(looking, cpu, core_numbers);

	if (!socket)
		socket = first_of(looking, cpu, socket_numbers);
	if (!socket)
		socket = "0";
	*ret_socket = socket;
	*ret_core = siblings || number
			    ? arena_printf(looking->arena, "%s/%s", siblings ? siblings : socket,
					   number ? number : "")
			    : arena_printf(looking->arena, "cpu%u", cpu);
}

/* Processor 0 of most machines has no such file: it cannot be turned off. */
static bool is_online(struct looking *looking, unsigned cpu, const struct cpus *online, bool known)
{
	const char *line = NULL;

	if (known && cpu < CPU_MAX)
		return cpus_has(online, cpu);
	return look_line(looking, arena_printf(looking->arena, CPUS "/cpu%u/online", cpu), &line) !=
		       1 ||
	       *line != '0';
}

/* Whether sysfs told of any processor. */
static bool topology_of_sysfs(struct looking *looking)
{
	struct platform *platform = looking->platform;
	struct counting sockets = {}, cores = {};
	struct host_names names = {};
	struct cpus *online = ARENA_NEW(looking->arena, struct cpus);
	const char *line = NULL, *socket = NULL, *core = NULL;
	unsigned cpu = 0;

	bool known = look_line(looking, CPUS "/online", &line) == 1 && cpus_parse(line, online);
	if (look_list(looking, CPUS, &names) != 1)
		return false;
	index_init(&sockets.seen, looking->arena);
	index_init(&cores.seen, looking->arena);
	EACH(name, &names.list) {
		if (!number_behind(*name, "cpu", &cpu) || !is_online(looking, cpu, online, known))
			continue;
		place_of(looking, cpu, &socket, &core);
		count_one(&sockets, socket);
		count_one(&cores, core);
		platform->threads++;
	}
	platform->sockets = (uint32_t)sockets.seen.count;
	platform->cores = (uint32_t)cores.seen.count;
	return platform->threads > 0;
}

/* The number behind "name : " within one processor's lines. */
static const char *line_of(struct looking *looking, const char *block, size_t size,
			   const char *name)
{
	const char *text = arena_strndup(looking->arena, block, size);
	const char *line = string_starts(text, name) ? text : NULL;

	if (!line && (line = strstr(text, arena_printf(looking->arena, "\n%s", name))))
		line++;
	line = line ? strchr(line, ':') : NULL;
	return line ? arena_strndup(looking->arena, line, strcspn(line, "\n")) : NULL;
}

static void topology_of_cpuinfo(struct looking *looking, const char *text)
{
	struct platform *platform = looking->platform;
	struct counting sockets = {}, cores = {};

	index_init(&sockets.seen, looking->arena);
	index_init(&cores.seen, looking->arena);
	for (const char *at = text, *next = NULL; *at; at = next) {
		const char *end = strstr(at, "\n\n");
		next = end ? end + 2 : at + strlen(at);
		size_t size = (size_t)(next - at);
		const char *number = line_of(looking, at, size, "processor");
		if (!number)
			continue;
		const char *socket = line_of(looking, at, size, "physical id");
		const char *core = line_of(looking, at, size, "core id");
		socket = socket ? socket : "0";
		count_one(&sockets, socket);
		count_one(&cores,
			  arena_printf(looking->arena, "%s/%s", socket, core ? core : number));
		platform->threads++;
	}
	platform->sockets = (uint32_t)sockets.seen.count;
	platform->cores = (uint32_t)cores.seen.count;
}

/* ---- nodes and memory ---- */

/* A processor belongs to one node.  Firmware has been seen to give each processor a node of its
 * own and the kernel to take all of them for all nodes: a node whose processors another one has is
 * not counted.  A node without processors is (memory alone, or none yet). */
static bool is_node(struct looking *looking, const char *name, struct cpus *taken)
{
	struct cpus *own = ARENA_NEW(looking->arena, struct cpus);
	const char *line = NULL;

	if (look_line(looking, arena_printf(looking->arena, NODES "/%s/cpulist", name), &line) !=
		    1 ||
	    !*line || !cpus_parse(line, own))
		return true;
	for (unsigned cpu = 0; cpu < CPU_MAX; cpu++) {
		if (!cpus_has(own, cpu))
			continue;
		if (cpus_has(taken, cpu))
			return false;
		cpus_add(taken, cpu);
	}
	return true;
}

static void look_nodes(struct looking *looking)
{
	struct cpus *taken = ARENA_NEW(looking->arena, struct cpus);
	struct host_names names = {};
	unsigned number = 0;

	(void)!look_list(looking, NODES, &names);
	EACH(name, &names.list)
		if (number_behind(*name, "node", &number) && is_node(looking, *name, taken))
			looking->platform->numa_nodes++;
	if (!looking->platform->numa_nodes)
		looking->platform->numa_nodes = 1; /* a kernel without NUMA has one */
}

void look_topology(struct looking *looking, const char *cpuinfo)
{
	if (!topology_of_sysfs(looking))
		topology_of_cpuinfo(looking, cpuinfo);
	look_nodes(looking);
}

/* "MemTotal:   8388608 kB", of a node too. */
static uint64_t memory_in(struct looking *looking, const char *path)
{
	unsigned long long kibibytes = 0;
	const char *text = "";

	(void)!look_text(looking, path, &text);
	const char *line = strstr(text, "MemTotal:");
	return line && sscanf(line, "MemTotal: %llu", &kibibytes) == 1 ? kibibytes * 1024 : 0;
}

void look_memory(struct looking *looking)
{
	struct bytes *memory = &looking->platform->memory;
	struct host_names names = {};
	unsigned number = 0;

	memory->count = memory_in(looking, "/proc/meminfo");
	if (memory->count || look_list(looking, NODES, &names) != 1)
		return;
	EACH(name, &names.list)
		if (number_behind(*name, "node", &number))
			memory->count += memory_in(
				looking, arena_printf(looking->arena, NODES "/%s/meminfo", *name));
}
