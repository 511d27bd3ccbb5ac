/* guests_place.h - `pin: auto`: processors of the machine chosen for a guest.
 *
 * Whole cores, siblings together, on one NUMA node where it fits; processors that are set apart
 * first.  QEMU's own threads and I/O threads go where nobody's vCPUs are, memory comes from the
 * same node.  What a guest has on the machine already, it keeps: nobody is moved for another's
 * sake.  Catalogue C20 to C25, A26, PIT29, PIT30.
 */
#pragma once

#include "kinds/guests_pins.h"

/* Remembers what was said before anything was chosen; for complete. */
void guest_place_complete(struct guest *guest, struct arena *arena);

/* Chooses, for resolve: a pure function of what was observed and of what other guests have. -1
 * with a fault where there is no room: two guests on one core are worse off pinned than not. */
int guest_place(struct item *want, const struct view *view, struct faults *faults) MUST_CHECK;

void guest_place_check(const struct item *item, struct faults *faults);

/* What is left to the host where nothing is set apart: the first core, and the first of each other
 * node of four cores or more. */
struct cpus place_host(const struct desired *desired, const struct topology *topology);

/* ---- the files of this among themselves ---- */

struct placing {
	struct arena *arena;
	const struct view *view;
	const struct item *want;
	struct guest *guest;
	const struct guest *there; /* on the machine, or NULL */
	const struct topology *topology;
	struct cpus usable, apart, taken; /* all of them within the guest's slice */
	struct cpus before;               /* that it has there */
	unsigned count;                   /* vCPUs, with those it can be given */
	bool slice;                       /* keeps it to some of them */
	const struct guest *stays;        /* as it was placed before; NULL: it moves */
};

struct placed { /* a processor for each vCPU, siblings one after another */
	ARRAY(unsigned) list;
};

/* PIT32, PIT35: whether a node has the guest's memory beside what others are to have of it. */
bool place_has_memory(const struct placing *placing, const struct topology_node *node);

/* Pins each vCPU, and says what goes with that: memory, topology, QEMU's own threads. */
void place_set(struct placing *placing, const struct placed *placed);
