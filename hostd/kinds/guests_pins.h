/* guests_pins.h - which of the machine's processors guests run on, among the files of guests.
 *
 * Catalogue C20 to C25, A26, PIT29, PIT30.
 */
#pragma once

#include "kinds/guests.h"
#include "kinds/topology.h"

/* Whether something of a guest is tied to processors or nodes of the machine. */
bool guest_is_tied(const struct guest *guest);

/* The processors that its vCPUs may run on; empty: wherever the host likes. */
struct cpus guest_pinned(const struct guest *guest);
/* The same where there are no more of them than vCPUs: pinned there, others are in the way.  A
 * guest that moves about on a whole node has none. */
struct cpus guest_dedicated(const struct guest *guest);

/* What is left online with cpu.smt as described; what is set apart of that, by the description or
 * else by the kernel. */
struct cpus pins_usable(const struct desired *desired, const struct topology *topology);
struct cpus pins_apart(const struct desired *desired, const struct topology *topology);

/* Whether the guest's slice, or that of all guests, has processors of its own to keep it to (M12);
 * those; and the slice that has them. */
bool pins_slice(const struct desired *desired, const struct guest *guest, struct cpus *ret,
		const char **ret_slice);

/* What there is of a wanted guest on the machine: configured, or else running; or NULL. */
const struct guest *guest_seen(const struct view *view, const struct item *want);
/* Whether some description's guest is this observed one. */
bool guest_is_described(const struct desired *desired, const struct item *seen);

/* Calls for each other guest that has, or is to have, processors to itself: its path, and those. */
typedef void pins_visit(void *context, const char *path, const struct cpus *dedicated);
void pins_others(const struct view *view, const struct item *want, pins_visit *visit,
		 void *context);

/* Whether the machine has what the guest is tied to (-1 with a fault), and what a person should
 * know of new ties (notes). */
int guest_pins_plan(const struct change *change, struct steps *steps,
		    struct faults *faults) MUST_CHECK;
