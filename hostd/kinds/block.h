/* block.h - block devices of the host, and what orders their requests. */
#pragma once

#include "host/read/host.h"

struct block {
	const char *path;   /* that was asked for */
	const char *name;   /* of the whole disk: "vda"; NULL: no block device is behind the path */
	const char *number; /* "254:0" */
	const char *scheduler; /* queue/scheduler as the kernel prints it: "[none] mq-deadline" */
	bool cost; /* io.cost looks after it (Documentation/admin-guide/cgroup-v2.rst) */
};
struct blocks {
	ARRAY(struct block) list;
};

/* The disk that a device node is part of or, for another path, that its file system is on; as
 * systemd finds it for IODeviceWeight= and its like: what a mapped device has below it where that
 * is one, and the whole disk of a partition. */
int block_of_path(struct host *host, struct arena *arena, const char *path, struct block *ret,
		  struct faults *faults) MUST_CHECK;
/* Every disk: not partitions, nor what is made of others. */
int blocks_look(struct host *host, struct arena *arena, struct blocks *ret,
		struct faults *faults) MUST_CHECK;

/* The scheduler in force ("none", "bfq"), or NULL. */
const char *block_scheduler(struct arena *arena, const struct block *block);
/* BFQ counts from 1 to 1000 where systemd and cgroups count from 1 to 10000: what systemd makes of
 * a weight for it (set_bfq_weight in systemd's cgroup.c); up to 100 they are about the same. */
uint32_t block_bfq_weight(uint32_t weight);
/* Whether weights of cgroups mean anything to it: BFQ or io.cost.  M8 */
bool block_weighs(struct arena *arena, const struct block *block);
