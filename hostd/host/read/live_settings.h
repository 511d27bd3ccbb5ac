/* live_settings.h - a unit's limits as systemd holds them, for both halves of host/. */
#pragma once

#include "host/read/host.h"
#include "host/read/live_bus.h"

/* As host_settings; `unit` is a slice. */
int unit_settings_look(struct arena *arena, struct bus *bus, const char *unit, struct settings *ret,
		       struct faults *faults) MUST_CHECK;
