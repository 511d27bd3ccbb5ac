/* slices.h - the files of the kind slices, among themselves. */
#pragma once

#include "formats/unit_settings.h"
#include "kinds/block.h"
#include "kinds/guests_memory.h"

struct slice_io { /* of one device */
	struct given given;
	uint32_t weight;
	struct rate read, write;
	uint32_t read_iops, write_iops;
};

struct slice {
	struct given given;
	uint32_t cpu_weight;
	struct ratio cpu_quota;
	struct cpus cpu_set, memory_nodes;
	struct bytes memory_min, memory_low, memory_high, memory_max, swap_max;
	bool swap;
	uint32_t tasks_max;
	uint32_t io_weight;
	struct map io; /* of struct slice_io, by path */
	struct text_list other;
	/* Observed; not in the table. */
	const char *text;           /* our file; NULL: not there */
	struct text_list overrides; /* files of set-property that outlive a boot, or do not */
	struct settings settings;   /* in force */
};

struct slice_facts { /* of the machine, for one wanted slice */
	struct memory_machine memory;
	struct cpus cpus, nodes;  /* that there can be; empty: not known */
	struct text_list soon;    /* disks that are to have bfq */
	struct blocks named, all; /* devices behind `io`, by its order; every disk */
};

extern const struct record slice_record, slice_io_record;
extern const struct kind slices_kind;

/* system, user and machine are there on every host, and only get a drop-in. */
bool slice_is_the_hosts(const char *name);
/* "machine-gold.slice"; the file that is ours; and what has to stand in it for this wish. */
const char *slice_unit(struct arena *arena, const char *name);
const char *slice_path(struct arena *arena, const char *name);
const char *slice_text(struct arena *arena, const char *name, const struct slice *slice);

/* The fields as systemd's settings, and back: what a setting says becomes given. */
void slice_settings(struct arena *arena, const struct slice *slice, struct settings *ret);
void slice_of_settings(struct arena *arena, const struct settings *settings, struct slice *slice);
/* Whether a field that the setting stands for is among the differences. */
bool slice_differs(const struct paths *differs, const char *setting);

int slices_observe(struct host *host, struct items *configured, struct items *running,
		   struct faults *faults) MUST_CHECK;
int slices_probe(struct host *host, struct arena *arena, const struct item *want,
		 const struct desired *desired, const void **ret_facts,
		 struct faults *faults) MUST_CHECK;
int slices_plan(const struct change *change, struct steps *steps, struct faults *faults) MUST_CHECK;
