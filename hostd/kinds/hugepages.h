/* hugepages.h - the files of the kind memory.hugepages, among themselves. */
#pragma once

#include "formats/shortfall.h"
#include "host/read/host.h"
#include "kinds/guests_memory.h"
#include "resource/desired.h"

#define HUGEPAGES_POOLS "/sys/kernel/mm/hugepages"
#define HUGEPAGES_NODES "/sys/devices/system/node"

struct node_pages {
	struct given given;
	uint32_t count;
};

struct hugepages {
	struct given given;
	uint32_t count;
	struct map nodes; /* of struct node_pages, by the node's number */
	const char *how;
	bool mounted, unit;
	struct bytes memory; /* of the machine; observed only */
	/* Observed; not in the table. */
	const char *unit_text; /* our mount unit; NULL: not there */
	bool is_default;       /* the size that the kernel means where none is said */
};

struct hugepages_pool { /* nr_hugepages of the machine or of a node */
	const char *path;
	uint64_t available;         /* bytes that are free or could be freed there */
	struct shortfall shortfall; /* of the last attempt; zeros: none */
};

struct hugepages_facts { /* of the machine, for one wanted size */
	struct memory_machine machine;
	bool asked_at_boot; /* the kernel that runs was asked for exactly these pages */
	ARRAY(struct hugepages_pool) pools;
	ARRAY(const char *) libvirt; /* units that look for mounts when they start, and run */
};

extern const struct record hugepages_record, node_pages_record;
extern const struct kind hugepages_kind;

/* The size of an item's pages; 0: its name is none. */
uint64_t hugepages_bytes(const struct item *item);
/* Whether they are reserved by the kernel's command line; and what that says of them, the value of
 * "hugepagesz" with what belongs to it. */
bool hugepages_at_boot(const struct item *item);
const char *hugepages_argument(struct arena *arena, const struct item *item);
/* "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", or that of a node. */
const char *hugepages_pool_path(struct arena *arena, const char *node, uint64_t bytes);

/* Our mount unit for pages of this size, "dev-hugepages1G.mount"; and what stands in it. */
const char *hugepages_unit(struct arena *arena, uint64_t bytes);
const char *hugepages_unit_path(struct arena *arena, uint64_t bytes);
const char *hugepages_unit_text(struct arena *arena, const struct item *item);

int hugepages_observe(struct host *host, struct items *configured, struct items *running,
		      struct faults *faults) MUST_CHECK;
int hugepages_probe(struct host *host, struct arena *arena, const struct item *want,
		    const struct desired *desired, const void **ret_facts,
		    struct faults *faults) MUST_CHECK;
int hugepages_plan(const struct change *change, struct steps *steps,
		   struct faults *faults) MUST_CHECK;
