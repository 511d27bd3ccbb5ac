#include "kinds/pci.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define DEVICES "/sys/bus/pci/devices"

const char *pci_text(struct arena *arena, const struct pci *address)
{
	return type_text_of(&type_pci, address, arena);
}

bool pci_parse(const char *name, struct pci *ret)
{
	unsigned domain = 0, bus = 0, slot = 0, function = 0;
	int end = 0;

	/* the domains of virtual roots (VMD) are wider than a description can say */
	if (sscanf(name, "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &end) != 4 ||
	    name[end])
		return false;
	*ret = (struct pci){ (uint16_t)domain, (uint8_t)bus, (uint8_t)slot, (uint8_t)function };
	return true;
}

struct pci_function *pci_find(const struct pci_machine *machine, const char *name)
{
	EACH(function, &machine->functions)
		if (string_equal(function->name, name))
			return function;
	return NULL;
}

bool pci_is_bridge(const struct pci_function *function)
{
	return function->class >> 16 == 0x06;
}

bool pci_steps_aside(const struct pci_function *function)
{
	static const char *const drivers[] = { "vfio-pci", "pci-stub", "pcieport", "pci-pf-stub" };

	for (size_t i = 0; i < COUNT_OF(drivers); i++)
		if (string_equal(function->driver, drivers[i]))
			return true;
	return !function->driver;
}

/* ---- looking ---- */

struct looking {
	struct host *host;
	struct arena *arena;
	const char *folder; /* of the function */
	struct faults *faults;
};

static const char *path_of(const struct looking *looking, const char *file)
{
	return arena_printf(looking->arena, "%s/%s", looking->folder, file);
}

/* The last part of where a link leads; NULL where there is none. */
static int link_name(const struct looking *looking, const char *file, const char **ret)
{
	const char *target = NULL;
	int there = host_link(looking->host, path_of(looking, file), &target, looking->faults);
	const char *slash = there > 0 ? strrchr(target, '/') : NULL;

	*ret = there > 0 ? arena_strdup(looking->arena, slash ? slash + 1 : target) : NULL;
	return there;
}

/* A number in hexadecimal, as class, vendor and device have it. */
static int read_hex(const struct looking *looking, const char *file, uint32_t *ret)
{
	const char *line = NULL;
	int there = host_read_line(looking->host, path_of(looking, file), &line, looking->faults);

	*ret = there > 0 ? (uint32_t)strtoul(line, NULL, 16) : 0;
	return there;
}

static int look_identity(const struct looking *looking, struct pci_function *function)
{
	uint32_t vendor = 0, device = 0;
	const char *override = NULL;

	if (read_hex(looking, "class", &function->class) < 0 ||
	    read_hex(looking, "vendor", &vendor) < 0 || read_hex(looking, "device", &device) < 0)
		return -1;
	function->vendor = (uint16_t)vendor;
	function->device = (uint16_t)device;
	int there = host_read_line(looking->host, path_of(looking, "driver_override"), &override,
				   looking->faults);
	if (there > 0 && *override && strcmp(override, "(null)") != 0)
		function->override = arena_strdup(looking->arena, override);
	return there < 0 ? -1 : 0;
}

static int look_virtual(const struct looking *looking, struct pci_function *function)
{
	uint64_t count = 0, total = 0, autoprobe = 1;

	if (host_read_count(looking->host, path_of(looking, "sriov_totalvfs"), &total,
			    looking->faults) < 0)
		return -1;
	if (!total)
		return 0;
	if (host_read_count(looking->host, path_of(looking, "sriov_numvfs"), &count,
			    looking->faults) < 0 ||
	    host_read_count(looking->host, path_of(looking, "sriov_drivers_autoprobe"), &autoprobe,
			    looking->faults) < 0)
		return -1;
	function->vfs_total = (uint32_t)total;
	function->vfs = (uint32_t)count;
	function->autoprobe = autoprobe;
	for (unsigned i = 0; i < count; i++) {
		const char *name = NULL;
		if (link_name(looking, arena_printf(looking->arena, "virtfn%u", i), &name) < 0)
			return -1;
		ARRAY_PUSH(looking->arena, &function->functions, name ? name : "");
	}
	return 0;
}

static int look_function(const struct looking *looking, struct pci_function *function)
{
	if (look_identity(looking, function) < 0 ||
	    link_name(looking, "driver", &function->driver) < 0 ||
	    link_name(looking, "iommu_group", &function->group) < 0 ||
	    link_name(looking, "physfn", &function->physical) < 0)
		return -1;
	return look_virtual(looking, function);
}

int pci_look(struct host *host, struct arena *arena, struct pci_machine *ret, struct faults *faults)
{
	struct host_names names = {};
	struct pci_machine machine = {};

	if (host_list(host, DEVICES, &names, faults) < 0)
		return -1;
	EACH(name, &names.list) {
		struct pci address;
		if (!pci_parse(*name, &address))
			continue;
		struct pci_function *function = ARRAY_ADD(arena, &machine.functions);
		const struct looking looking = { host, arena,
						 arena_printf(arena, DEVICES "/%s", *name),
						 faults };
		function->address = address;
		function->name = arena_strdup(arena, *name);
		if (look_function(&looking, function) < 0)
			return -1;
	}
	*ret = machine;
	return pci_look_uses(host, arena, ret, faults);
}

/* ---- groups ---- */

static const char *said_of(struct arena *arena, const struct pci_function *member, bool itself,
			   const char *group)
{
	if (itself)
		return arena_printf(arena, "it %s", member->uses.at[0]);
	return arena_printf(arena, "its IOMMU group %s also has %s, which %s", group, member->name,
			    member->uses.at[0]);
}

const char *pci_in_the_way(struct arena *arena, const struct pci_machine *machine,
			   const struct pci_function *function, bool alone)
{
	EACH(member, &machine->functions) {
		bool itself = member == function;
		if (!itself && (!function->group || !string_equal(member->group, function->group)))
			continue;
		if (member->uses.count && !pci_is_bridge(member))
			return said_of(arena, member, itself, function->group);
		if (itself || pci_steps_aside(member) || (!alone && !pci_is_bridge(member)))
			continue;
		return arena_printf(arena, "its IOMMU group %s also has %s, which %s drives",
				    function->group, member->name, member->driver);
	}
	return NULL;
}
