/* cpu_isolated.h - what the files of the kind cpu.isolated share. */
#pragma once

#include "host/read/host.h"
#include "resource/kind.h"

/* What keeps services, users and init off the CPUs (how: cgroup), by the name of its unit. */
enum { ISOLATED_UNITS = 3, ISOLATED_FILES = ISOLATED_UNITS + 1 };
extern const char *const isolated_units[ISOLATED_UNITS];

#define ISOLATED_WORK       "/sys/devices/virtual/workqueue/cpumask"
#define ISOLATED_INTERRUPTS "/proc/irq/default_smp_affinity"

struct isolated_interrupt { /* one that can be told where to go */
	const char *number;
	struct cpus cpus;
};

struct isolated_machine {
	struct cpus online, possible;
	bool cpusets;                          /* cgroups can keep tasks to CPUs */
	const char *work, *interrupts;         /* masks as the kernel prints them; NULL: none */
	ARRAY(struct isolated_interrupt) each; /* every interrupt that can be moved */
	const char *limits[ISOLATED_UNITS]; /* CPUs of each unit, "" all; NULL: nothing limits it */
	const char *texts[ISOLATED_FILES];  /* our files; NULL: not there */
};

struct isolated {
	struct given given;
	struct cpus cpu_set;
	const char *how;
	struct text_list flags;
	bool nohz_full, rcu_nocbs;
	struct cpus tickless;                      /* implied */
	struct text_list strays, intruders, files; /* implied; all empty where all is well */
	/* Observed; not in the table. */
	const struct isolated_machine *machine;
};

extern const struct kind isolated_kind;
extern const struct record isolated_record;

bool isolated_by_boot(const struct isolated *isolated);

/* Where the kernel keeps the CPUs of the n-th unit. */
const char *isolated_limit_path(struct arena *arena, size_t n);

/* The path of the n-th of our files, and its text for this wish on this machine (NULL: no such
 * file; `want` NULL: nothing is wished). */
const char *isolated_file_path(struct arena *arena, size_t n);
const char *isolated_file_text(struct arena *arena, size_t n, const struct isolated *want,
			       const struct isolated_machine *machine);

/* Where kernel work or an interrupt that is allowed on `now` is to go instead: what is left of
 * `now`, or else of all CPUs online. */
struct cpus isolated_away(const struct isolated *want, const struct isolated_machine *machine,
			  const struct cpus *now);

/* Every task that may run on one of the CPUs of `set` and has no business there, as
 * "NAME[PID]": neither a thread of the kernel nor one of a guest that is pinned there. */
int isolated_intruders(struct host *host, struct arena *arena, const struct cpus *set,
		       struct text_list *ret, struct faults *faults) MUST_CHECK;

int isolated_observe(struct host *host, struct items *configured, struct items *running,
		     struct faults *faults) MUST_CHECK;
