#include "agent/bus.h"

#include <fcntl.h>
#include <string.h>

#include "agent/agent.h"
#include "base/text.h"
#include "formats/json.h"
#include "host/read/files.h"

#define NAME      "org.gasthof.Host1"
#define PATH      "/org/gasthof/Host1"
#define INTERFACE NAME

/* What the last run wrote; "{}" where there is nothing to read yet. */
static const char *state_text(struct arena *arena)
{
	struct faults unheard;
	const char *text = NULL;
	size_t size = 0;

	faults_init(&unheard, arena);
	FILES_CLOSE int fd = open(STATE_FILE, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || files_read_all(arena, fd, STATE_FILE, &text, &size, &unheard) < 0)
		return "{}";
	return text;
}

static const char *state_member(struct arena *arena, const char *key, const char *fallback)
{
	const char *text = state_text(arena);
	struct node *root = NULL;
	struct faults unheard;

	faults_init(&unheard, arena);
	if (json_read(arena, text, strlen(text), &root, &unheard) < 0)
		return fallback;
	const char *value = node_text(root, key);
	return value ? value : fallback;
}

static int get_state(sd_bus *bus, const char *path, const char *interface, const char *property,
		     sd_bus_message *reply, void *context, sd_bus_error *error)
{
	ARENA_AUTO struct arena *arena = arena_new();
	bool state = strcmp(property, "State") == 0;

	(void)bus, (void)path, (void)interface, (void)context, (void)error;
	return sd_bus_message_append(reply, "s",
				     state ? state_member(arena, "state", "unknown")
					   : state_member(arena, "why", ""));
}

static int get_details(sd_bus *bus, const char *path, const char *interface, const char *property,
		       sd_bus_message *reply, void *context, sd_bus_error *error)
{
	ARENA_AUTO struct arena *arena = arena_new();

	(void)bus, (void)path, (void)interface, (void)property, (void)context, (void)error;
	return sd_bus_message_append(reply, "s", state_text(arena));
}

static int get_run(sd_bus *bus, const char *path, const char *interface, const char *property,
		   sd_bus_message *reply, void *context, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)error;
	return sd_bus_message_append(reply, "s", ((struct agent_bus *)context)->run);
}

static int get_version(sd_bus *bus, const char *path, const char *interface, const char *property,
		       sd_bus_message *reply, void *context, sd_bus_error *error)
{
	(void)bus, (void)path, (void)interface, (void)property, (void)context, (void)error;
	return sd_bus_message_append(reply, "s", GASTHOF_VERSION);
}

static int start_run(sd_bus_message *call, void *context, sd_bus_error *error)
{
	struct agent_bus *bus = context;
	bool look = strcmp(sd_bus_message_get_member(call), "Look") == 0;

	(void)error;
	bus->want(bus->context, look ? "look" : "change");
	return sd_bus_reply_method_return(call, NULL);
}

static const sd_bus_vtable table[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_PROPERTY("State", "s", get_state, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Why", "s", get_state, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Run", "s", get_run, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
	SD_BUS_PROPERTY("Details", "s", get_details, 0, 0),
	SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
	SD_BUS_METHOD("Look", "", "", start_run, 0),
	SD_BUS_METHOD("Apply", "", "", start_run, 0),
	SD_BUS_VTABLE_END,
};

int agent_bus_open(struct agent_bus *bus, sd_event *loop)
{
	int error = sd_bus_open_system(&bus->bus);

	if (error >= 0)
		error = sd_bus_add_object_vtable(bus->bus, NULL, PATH, INTERFACE, table, bus);
	/* Asynchronous: a bus that is slow to come up must not keep the agent from its work. */
	if (error >= 0)
		error = sd_bus_request_name_async(bus->bus, NULL, NAME, 0, NULL, NULL);
	if (error >= 0)
		error = sd_bus_attach_event(bus->bus, loop, SD_EVENT_PRIORITY_NORMAL);
	if (error < 0)
		agent_bus_close(bus);
	return error;
}

void agent_bus_run(struct agent_bus *bus, const char *run)
{
	bus->run = run;
	if (bus->bus)
		sd_bus_emit_properties_changed(bus->bus, PATH, INTERFACE, "State", "Why", "Run",
					       NULL);
}

void agent_bus_close(struct agent_bus *bus)
{
	bus->bus = sd_bus_flush_close_unref(bus->bus);
}
