#include "kinds/topology.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUS  "/sys/devices/system/cpu"
#define NODES "/sys/devices/system/node"

struct looking {
	struct host *host;
	struct arena *arena;
	struct faults *faults;
	struct topology *topology;
};

/* A list of processors that a file holds; none where it is empty or not there. */
static int list_look(struct looking *looking, const char *path, struct cpus *ret)
{
	const char *line = "";
	int there = host_read_line(looking->host, path, &line, looking->faults);

	if (there <= 0)
		return there;
	return !*line || cpus_parse(line, ret)
		       ? 1
		       : fault(looking->faults, FAULT_HOST, "%s holds \"%s\"", path, line);
}

/* ---- nodes ---- */

static uint64_t memory_look(struct looking *looking, unsigned node)
{
	unsigned long long kibibytes = 0;
	const char *text = NULL;
	size_t size = 0;
	struct faults unheard; /* nobody's mistake: it is judged by what is known */

	faults_init(&unheard, looking->arena);
	if (host_read(looking->host, arena_printf(looking->arena, NODES "/node%u/meminfo", node),
		      &text, &size, &unheard) != 1)
		return 0;
	const char *line = strstr(text, "MemTotal:");
	return line && sscanf(line, "MemTotal: %llu", &kibibytes) == 1 ? kibibytes * 1024 : 0;
}

/* Firmware has been seen to give each processor a node and the kernel to take all of them for all
 * nodes: a processor belongs to the first node that has it.  A node may be memory alone. */
static int node_look(struct looking *looking, unsigned number, struct cpus *left)
{
	struct topology_node node = { .number = number };
	struct cpus listed = {};

	if (list_look(looking, arena_printf(looking->arena, NODES "/node%u/cpulist", number),
		      &listed) < 0)
		return -1;
	struct cpus others = cpus_without(left, &listed);
	node.cpus = cpus_without(left, &others);
	if (cpus_count(&listed) && !cpus_count(&node.cpus))
		return 0;
	node.memory = memory_look(looking, number);
	ARRAY_PUSH(looking->arena, &looking->topology->nodes, node);
	*left = others;
	return 0;
}

static int number_order(const void *a, const void *b)
{
	unsigned first = *(const unsigned *)a, second = *(const unsigned *)b;

	return (first > second) - (first < second);
}

static int nodes_look(struct looking *looking)
{
	struct cpus left = looking->topology->online;
	struct host_names names = {};
	ARRAY(unsigned) numbers = {};
	unsigned number = 0;
	char rest = 0;

	if (host_list(looking->host, NODES, &names, looking->faults) < 0)
		return -1;
	EACH(name, &names.list)
		if (sscanf(*name, "node%u%c", &number, &rest) == 1)
			ARRAY_PUSH(looking->arena, &numbers, number);
	if (numbers.count)
		qsort(numbers.at, numbers.count, sizeof(*numbers.at), number_order);
	EACH(each, &numbers)
		if (node_look(looking, *each, &left) < 0)
			return -1;
	if (!looking->topology->nodes.count)
		ARRAY_PUSH(looking->arena, &looking->topology->nodes,
			   ((struct topology_node){ .cpus = looking->topology->online }));
	return 0;
}

/* ---- cores ---- */

/* The threads of a processor's core, by the name of today or else by that of Linux before 5.3. */
static int siblings_look(struct looking *looking, unsigned cpu, struct cpus *ret)
{
	static const char *const files[] = { "core_cpus", "thread_siblings" };
	const char *line = NULL;

	for (size_t i = 0; i < COUNT_OF(files); i++) {
		int there = host_read_line(
			looking->host,
			arena_printf(looking->arena, CPUS "/cpu%u/topology/%s", cpu, files[i]),
			&line, looking->faults);
		if (there < 0)
			return -1;
		if (there && cpus_parse_mask(line, ret) && cpus_has(ret, cpu))
			return 1;
	}
	*ret = (struct cpus){};
	cpus_add(ret, cpu);
	return 0;
}

static int socket_look(struct looking *looking, unsigned cpu, unsigned *ret_socket)
{
	const char *line = NULL;
	int there = host_read_line(
		looking->host,
		arena_printf(looking->arena, CPUS "/cpu%u/topology/physical_package_id", cpu),
		&line, looking->faults);
	long socket = there > 0 ? strtol(line, NULL, 10) : 0;

	*ret_socket = socket > 0 ? (unsigned)socket : 0; /* -1: the firmware does not tell */
	return there;
}

static int core_look(struct looking *looking, unsigned cpu, struct cpus *left)
{
	struct topology *topology = looking->topology;
	struct topology_core core = { .first = cpu };
	struct cpus siblings = {};

	if (siblings_look(looking, cpu, &siblings) < 0 ||
	    socket_look(looking, cpu, &core.socket) < 0)
		return -1;
	struct cpus others = cpus_without(left, &siblings);
	core.threads = cpus_without(left, &others);
	*left = others;
	EACH(node, &topology->nodes)
		if (cpus_has(&node->cpus, cpu))
			core.node = node->number;
	ARRAY_PUSH(looking->arena, &topology->cores, core);
	return 0;
}

/* "flags : fpu vme topoext ..." of the first processor. */
static bool topoext_look(struct looking *looking)
{
	const char *text = NULL;
	size_t size = 0;
	struct faults unheard; /* a guest runs without, too */

	faults_init(&unheard, looking->arena);
	if (host_read(looking->host, "/proc/cpuinfo", &text, &size, &unheard) != 1)
		return false;
	const char *flags = strstr(text, "\nflags"), *end = flags ? strchr(flags + 1, '\n') : NULL;
	const char *word = flags ? strstr(flags, " topoext") : NULL;
	return word && end && word < end;
}

/* Neighbours side by side: some firmware numbers the sockets' cores in turn. */
static void cores_sort(struct looking *looking)
{
	struct topology *topology = looking->topology, sorted = {};

	EACH(core, &topology->cores) {
		bool first = true;
		EACH(other, &sorted.cores)
			first &= other->socket != core->socket || other->node != core->node;
		EACH(other, &topology->cores)
			if (first && other->socket == core->socket && other->node == core->node)
				ARRAY_PUSH(looking->arena, &sorted.cores, *other);
	}
	memcpy(&topology->cores, &sorted.cores, sizeof(sorted.cores));
}

int topology_look(struct host *host, struct arena *arena, struct topology *ret,
		  struct faults *faults)
{
	struct looking looking = { host, arena, faults, ret };

	*ret = (struct topology){};
	if (list_look(&looking, CPUS "/online", &ret->online) < 0 ||
	    list_look(&looking, CPUS "/possible", &ret->possible) < 0 ||
	    list_look(&looking, CPUS "/isolated", &ret->isolated) < 0)
		return -1;
	if (!cpus_count(&ret->online))
		return 0;
	if (!cpus_count(&ret->possible))
		ret->possible = ret->online;
	if (nodes_look(&looking) < 0)
		return -1;
	struct cpus left = ret->online;
	for (unsigned cpu = 0; cpu < CPU_MAX; cpu++)
		if (cpus_has(&left, cpu) && core_look(&looking, cpu, &left) < 0)
			return -1;
	cores_sort(&looking);
	ret->topoext = topoext_look(&looking);
	return 1;
}

/* ---- finding ---- */

const struct topology_core *topology_core(const struct topology *topology, unsigned cpu)
{
	EACH(core, &topology->cores)
		if (cpus_has(&core->threads, cpu))
			return core;
	return NULL;
}

const struct topology_node *topology_node(const struct topology *topology, unsigned number)
{
	EACH(node, &topology->nodes)
		if (node->number == number)
			return node;
	return NULL;
}

struct cpus topology_nodes_of(const struct topology *topology, const struct cpus *cpus)
{
	struct cpus numbers = {};

	EACH(node, &topology->nodes)
		if (cpus_overlap(&node->cpus, cpus))
			cpus_add(&numbers, node->number);
	return numbers;
}
