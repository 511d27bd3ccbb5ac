/* devices_file.c - what is remembered of devices that were given away, and what there is. */
#include <string.h>

#include "formats/ini.h"
#include "formats/ours.h"
#include "kinds/devices.h"

#define MEMORY_FOLDER "/var/lib/gasthof/devices"
#define MEMORY_SUFFIX ".device"

const char *device_memory_path(struct arena *arena, const char *handle)
{
	return arena_printf(arena, MEMORY_FOLDER "/%s" MEMORY_SUFFIX, handle);
}

const char *device_early_path(struct arena *arena, const char *handle)
{
	return arena_printf(arena, "/etc/tmpfiles.d/gasthof-device-%s.conf", handle);
}

static struct text file_start(struct arena *arena, const char *handle)
{
	struct text text = text_of(arena);

	ours_header(&text, arena_printf(arena, "devices.%s", handle));
	return text;
}

/* ---- writing ---- */

static const char *native_remembered(const struct device *old, const char *function)
{
	for (size_t i = 0; old && i < old->functions.count; i++)
		if (string_equal(old->functions.at[i], function))
			return old->natives.at[i];
	return NULL;
}

/* Whoever drives it now, or drove it when we last looked; "?" where nobody ever saw that. */
static const char *native_of(const struct pci_function *function, const struct device *old)
{
	const char *remembered = native_remembered(old, function->name);

	if (!pci_steps_aside(function))
		return function->driver;
	if (remembered)
		return remembered;
	return function->driver ? "?" : "";
}

const char *device_memory(struct arena *arena, const char *handle, const struct device *want,
			  const struct pci_machine *machine, const struct device *old)
{
	struct text text = file_start(arena, handle);
	const char *name = pci_text(arena, &want->address);
	const struct device *same =
		old && type_pci.equal(&old->address, &want->address) ? old : NULL;

	text_addf(&text, "[Device]\nAddress=%s\nBind=%s\n", name, want->bind);
	if (GIVEN(&device_record, want, mac))
		text_addf(&text, "MAC=%s\n", mac_text(arena, &want->mac));
	EACH(function, &want->functions) {
		const struct pci_function *there = pci_find(machine, *function);
		if (there)
			text_addf(&text, "\n[Function]\nAddress=%s\nDriver=%s\n", *function,
				  native_of(there, same));
	}
	return text.at;
}

const char *device_early(struct arena *arena, const char *handle, const struct text_list *functions)
{
	struct text text = file_start(arena, handle);

	EACH(function, functions)
		text_addf(&text, "w- /sys/bus/pci/devices/%s/driver_override - - - - vfio-pci\n",
			  *function);
	return text.at;
}

/* ---- reading ---- */

static void memory_read(struct arena *arena, const char *text, struct device *device)
{
	struct ini ini = ini_of(arena, text);
	ARRAY(const char *) functions = {};
	ARRAY(const char *) natives = {};
	struct pci address;
	struct mac mac;

	device->memory_text = text;
	while (ini_next(&ini)) {
		if (ini_is(&ini, "Device", "Address") && pci_parse(ini.value, &address)) {
			SET(&device_record, device, address, address);
		} else if (ini_is(&ini, "Device", "Bind")) {
			SET(&device_record, device, bind, ini.value);
		} else if (ini_is(&ini, "Device", "MAC") && mac_parse(ini.value, &mac)) {
			SET(&device_record, device, mac, mac);
		} else if (ini_is(&ini, "Function", "Address")) {
			ARRAY_PUSH(arena, &functions, ini.value);
			ARRAY_PUSH(arena, &natives, "?");
		} else if (ini_is(&ini, "Function", "Driver") && natives.count) {
			natives.at[natives.count - 1] = ini.value;
		}
	}
	device->natives = (struct text_list){ natives.at, natives.count };
	SET(&device_record, device, functions,
	    ((struct text_list){ functions.at, functions.count }));
}

static int file_text(struct host *host, const char *path, const char **ret, struct faults *faults)
{
	size_t size = 0;
	int there = host_read(host, path, ret, &size, faults);

	if (there <= 0)
		*ret = NULL;
	return there;
}

static int observe_file(struct host *host, const char *file, struct items *configured,
			struct faults *faults)
{
	struct arena *arena = configured->arena;
	const char *memory = NULL, *handle = NULL;
	struct host_unit unit = {};

	handle = arena_strndup(arena, file, strlen(file) - strlen(MEMORY_SUFFIX));
	if (file_text(host, device_memory_path(arena, handle), &memory, faults) < 0 ||
	    host_unit(host, DEVICES_UNIT, &unit, faults) < 0)
		return -1;
	if (!memory)
		return 0;
	struct item *item = items_add(configured, &devices_kind, handle);
	struct device *device = item->value;
	item->ours = true;
	memory_read(arena, memory, device);
	device->unit = string_equal(unit.enabled, "enabled");
	if (file_text(host, device_early_path(arena, handle), &device->early_text, faults) < 0)
		return -1;
	SET(&device_record, device, early,
	    device->unit && string_equal(device->early_text,
					 device_early(arena, handle, &device->functions)));
	return 0;
}

/* ---- what runs ---- */

static struct text_list taken_of(struct arena *arena, const struct pci_machine *machine,
				 const struct pci_function *function)
{
	ARRAY(const char *) taken = {};

	EACH(member, &machine->functions)
		if ((member == function ||
		     (function->group && string_equal(member->group, function->group))) &&
		    string_equal(member->driver, "vfio-pci"))
			ARRAY_PUSH(arena, &taken, member->name);
	return (struct text_list){ taken.at, taken.count };
}

static int observe_link(struct host *host, const struct host_link *link, struct arena *arena,
			struct device *device, struct faults *faults)
{
	if (!GIVEN(&device_record, device, mac))
		SET(&device_record, device, mac, link->permanent);
	int used = device->link ? 0 : pci_link_is_used(host, arena, link, faults);
	if (used > 0)
		device->link = arena_strdup(arena, link->name);
	return used;
}

static int observe_function(struct host *host, const struct pci_machine *machine,
			    const struct host_links *links, const struct pci_function *function,
			    struct items *running, struct faults *faults)
{
	struct item *item = items_add(running, &devices_kind, function->name);
	struct device *device = item->value;

	device->machine = machine;
	device->function = function;
	SET(&device_record, device, address, function->address);
	SET(&device_record, device, taken, taken_of(running->arena, machine, function));
	EACH(link, &links->list)
		EACH(name, &function->links)
			if (string_equal(link->name, *name) &&
			    observe_link(host, link, running->arena, device, faults) < 0)
				return -1;
	return 0;
}

int devices_observe(struct host *host, struct items *configured, struct items *running,
		    struct faults *faults)
{
	struct pci_machine *machine = ARENA_NEW(running->arena, struct pci_machine);
	struct host_names files = {};
	struct host_links links = {};

	if (host_list(host, MEMORY_FOLDER, &files, faults) < 0)
		return -1;
	EACH(file, &files.list)
		if (string_ends(*file, MEMORY_SUFFIX) &&
		    observe_file(host, *file, configured, faults) < 0)
			return -1;
	if (pci_look(host, running->arena, machine, faults) < 0 ||
	    host_links(host, &links, faults) < 0)
		return -1;
	EACH(function, &machine->functions)
		if (!pci_is_bridge(function) &&
		    observe_function(host, machine, &links, function, running, faults) < 0)
			return -1;
	return 0;
}
