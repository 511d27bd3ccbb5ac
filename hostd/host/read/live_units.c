/* live_units.c - systemd's units. */
#include <stdlib.h>

#include "host/read/live.h"
#include "host/read/live_units.h"

static int property(struct arena *arena, struct bus *bus, const char *path, const char *name,
		    const char **ret, struct faults *faults)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	char *value = NULL;
	int result =
		sd_bus_get_property_string(bus->bus, bus_systemd.service, path,
					   "org.freedesktop.systemd1.Unit", name, &error, &value);

	if (result < 0)
		fault(faults, FAULT_HOST, "cannot read %s of a unit: %s", name,
		      error.message ? error.message : "no answer");
	else
		*ret = arena_strdup(arena, value);
	sd_bus_error_free(&error);
	free(value);
	return result < 0 ? -1 : 0;
}

/* Whether systemd has looked at its conditions (ConditionTimestamp) and they did not hold. */
static int is_skipped(struct bus *bus, const char *path, bool *ret, struct faults *faults)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	uint64_t when = 0;
	int holds = 0;
	int result = sd_bus_get_property_trivial(bus->bus, bus_systemd.service, path,
						 "org.freedesktop.systemd1.Unit",
						 "ConditionTimestamp", &error, 't', &when);

	if (result >= 0)
		result = sd_bus_get_property_trivial(bus->bus, bus_systemd.service, path,
						     "org.freedesktop.systemd1.Unit",
						     "ConditionResult", &error, 'b', &holds);
	if (result < 0)
		fault(faults, FAULT_HOST, "cannot read the conditions of a unit: %s",
		      error.message ? error.message : "no answer");
	else
		*ret = when && !holds;
	sd_bus_error_free(&error);
	return result < 0 ? -1 : 0;
}

int units_look(struct arena *arena, struct bus *bus, const char *name, struct host_unit *ret,
	       struct faults *faults)
{
	struct host_unit unit = {};
	BUS_MESSAGE sd_bus_message *reply = NULL;
	const char *path = NULL;

	WITHIN(faults, "unit \"%s\"", name);
	if (bus_call(bus, &bus_systemd, "LoadUnit", &reply, faults, "s", name) < 0)
		return -1;
	int error = sd_bus_message_read(reply, "o", &path);
	if (error < 0)
		return bus_fault(faults, error, "systemd's answer does not read");
	if (property(arena, bus, path, "LoadState", &unit.load, faults) < 0 ||
	    property(arena, bus, path, "ActiveState", &unit.active, faults) < 0 ||
	    property(arena, bus, path, "SubState", &unit.sub, faults) < 0 ||
	    property(arena, bus, path, "UnitFileState", &unit.enabled, faults) < 0)
		return -1;
	if (string_equal(unit.load, "not-found") && string_equal(unit.active, "inactive"))
		return 0;
	if (string_equal(unit.active, "inactive") &&
	    is_skipped(bus, path, &unit.skipped, faults) < 0)
		return -1;
	*ret = unit;
	return 1;
}

int live_unit(struct host *host, const char *name, struct host_unit *ret, struct faults *faults)
{
	return units_look(host->arena, &live_of(host)->bus, name, ret, faults);
}
