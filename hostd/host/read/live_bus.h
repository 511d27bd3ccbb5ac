/* live_bus.h - the system bus, for both halves of host/. */
#pragma once

#include <systemd/sd-bus.h>

#include "base/fault.h"

struct bus {
	sd_bus *bus;
};

enum { BUS_TIMEOUT_SECONDS = 90 }; /* of one call: a daemon-reload on a busy machine takes long */

/* A service's object and one of its interfaces. */
struct bus_object {
	const char *service, *path, *interface;
};
extern const struct bus_object bus_systemd;  /* org.freedesktop.systemd1.Manager */
extern const struct bus_object bus_networkd; /* org.freedesktop.network1.Manager */

/* Opens the connection if it is not open yet. */
int bus_open(struct bus *bus, struct faults *faults) MUST_CHECK;

/* Calls a method; arguments as sd_bus_message_append takes them by `types` (NULL: none).  The
 * reply is the caller's (BUS_MESSAGE).  FAULT_HOST with the other side's words. */
int bus_call(struct bus *bus, const struct bus_object *object, const char *method,
	     sd_bus_message **ret_reply, struct faults *faults, const char *types, ...) MUST_CHECK;

/* The same with a message that was put together; `method` for the fault. */
int bus_send(struct bus *bus, sd_bus_message *message, const char *method,
	     sd_bus_message **ret_reply, struct faults *faults) MUST_CHECK;

/* The fault for a libsystemd call that answered `error` (negative). */
int bus_fault(struct faults *faults, int error, const char *what);

void bus_close(struct bus *bus);

/* Unrefs over the scope: `BUS_MESSAGE sd_bus_message *reply = NULL;` */
void bus_message_cleanup(sd_bus_message **message);
#define BUS_MESSAGE __attribute__((cleanup(bus_message_cleanup)))
