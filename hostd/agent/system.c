#include "agent/system.h"

#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "host/read/live_bus.h"

int system_going_down(struct faults *faults)
{
	struct bus bus = {};
	char *state = NULL;

	if (bus_open(&bus, faults) < 0)
		return -1;
	int error = sd_bus_get_property_string(bus.bus, bus_systemd.service, bus_systemd.path,
					       bus_systemd.interface, "SystemState", NULL, &state);
	int result = error < 0 ? bus_fault(faults, error, "ask systemd whether it stops")
			       : strcmp(state, "stopping") == 0;
	free(state);
	bus_close(&bus);
	return result;
}

void system_ready(void)
{
	sd_notify(0, "READY=1");
}
