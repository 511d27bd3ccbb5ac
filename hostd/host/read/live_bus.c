#include "host/read/live_bus.h"

#include <string.h>

const struct bus_object bus_systemd = {
	"org.freedesktop.systemd1",
	"/org/freedesktop/systemd1",
	"org.freedesktop.systemd1.Manager",
};
const struct bus_object bus_networkd = {
	"org.freedesktop.network1",
	"/org/freedesktop/network1",
	"org.freedesktop.network1.Manager",
};

int bus_fault(struct faults *faults, int error, const char *what)
{
	return fault_errno(faults, -error, "%s", what);
}

int bus_open(struct bus *bus, struct faults *faults)
{
	if (bus->bus)
		return 0;
	int error = sd_bus_open_system(&bus->bus);
	if (error < 0) {
		bus->bus = NULL;
		return bus_fault(faults, error, "cannot reach the system bus");
	}
	sd_bus_set_method_call_timeout(bus->bus, BUS_TIMEOUT_SECONDS * 1000000ULL);
	return 0;
}

void bus_close(struct bus *bus)
{
	sd_bus_flush_close_unref(bus->bus);
	bus->bus = NULL;
}

void bus_message_cleanup(sd_bus_message **message)
{
	*message = sd_bus_message_unref(*message);
}

int bus_send(struct bus *bus, sd_bus_message *message, const char *method,
	     sd_bus_message **ret_reply, struct faults *faults)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int result = sd_bus_call(bus->bus, message, 0, &error, ret_reply);

	if (result < 0) {
		fault(faults, FAULT_HOST, "%s was refused: %s", method,
		      error.message ? error.message : strerror(-result));
		fault_last(faults)->error = -result;
	}
	sd_bus_error_free(&error);
	return result < 0 ? -1 : 0;
}

int bus_call(struct bus *bus, const struct bus_object *object, const char *method,
	     sd_bus_message **ret_reply, struct faults *faults, const char *types, ...)
{
	BUS_MESSAGE sd_bus_message *message = NULL;
	va_list arguments;

	if (bus_open(bus, faults) < 0)
		return -1;
	int error = sd_bus_message_new_method_call(bus->bus, &message, object->service,
						   object->path, object->interface, method);
	if (error >= 0 && types) {
		va_start(arguments, types);
		error = sd_bus_message_appendv(message, types, arguments);
		va_end(arguments);
	}
	if (error < 0)
		return bus_fault(faults, error, "cannot put the bus message together");
	return bus_send(bus, message, method, ret_reply, faults);
}
