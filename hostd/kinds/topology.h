/* topology.h - which processors the machine has, and how they lie together.
 *
 * From sysfs: Documentation/admin-guide/cputopology.rst and Documentation/ABI/stable/
 * sysfs-devices-node of the kernel.  A core is what shares its threads, whatever it is called: the
 * two cores of one of AMD's compute units count as one.  Catalogue A25, A26.
 */
#pragma once

#include "host/read/host.h"
#include "resource/kind.h"

struct topology_core {
	struct cpus threads; /* online */
	unsigned first;      /* the lowest of them */
	unsigned socket, node;
};
struct topology_node {
	unsigned number;
	struct cpus cpus; /* online; may be none */
	uint64_t memory;  /* bytes (MemTotal); 0: not known */
};

struct topology {
	struct cpus online, possible;
	struct cpus isolated; /* by the kernel, from its start (isolcpus) */
	bool topoext; /* AMD: a guest sees threads of its cores only with the feature of this name
		       */
	ARRAY(struct topology_core) cores; /* by node and socket, then by their first thread */
	ARRAY(struct topology_node) nodes; /* by number; at least one */
};

/* Looks at the machine: 1, 0 where sysfs does not tell which processors are online, -1 with a
 * fault.  What it does not tell of single ones makes each a core of its own, on socket and node
 * 0. */
int topology_look(struct host *host, struct arena *arena, struct topology *ret,
		  struct faults *faults) MUST_CHECK;

/* The core of a processor, or NULL; the node of a number, or NULL. */
const struct topology_core *topology_core(const struct topology *topology, unsigned cpu);
const struct topology_node *topology_node(const struct topology *topology, unsigned number);

/* The numbers of the nodes that have one of these processors. */
struct cpus topology_nodes_of(const struct topology *topology, const struct cpus *cpus);
