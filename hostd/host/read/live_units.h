/* live_units.h - systemd's view of one unit, for both halves of host/. */
#pragma once

#include "host/read/host.h"
#include "host/read/live_bus.h"

/* As host_unit. */
int units_look(struct arena *arena, struct bus *bus, const char *name, struct host_unit *ret,
	       struct faults *faults) MUST_CHECK;
