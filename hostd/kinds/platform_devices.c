/* platform_devices.c - devices and memory that make a machine fit to be a host. */
#include <stdlib.h>

#include "kinds/platform_look.h"

#define PCI   "/sys/bus/pci/devices"
#define BLOCK "/sys/block"

/* A8, I18, I19: sriov_totalvfs, Documentation/ABI/testing/sysfs-bus-pci. */
enum capability_state look_sriov(struct looking *looking, const struct capability_row *row)
{
	struct host_names devices = {};
	struct text found = text_of(looking->arena);
	const char *line = NULL;

	(void)row;
	if (look_list(looking, PCI, &devices) < 0)
		return CAPABILITY_UNKNOWN;
	EACH(device, &devices.list) {
		const char *path = arena_printf(looking->arena, PCI "/%s/sriov_totalvfs", *device);
		if (look_line(looking, path, &line) == 1 && strtoul(line, NULL, 10) > 0)
			text_addf(&found, "%s%s up to %s", found.size ? ", " : "", *device, line);
	}
	if (found.size)
		return look_says(looking, CAPABILITY_PRESENT, "virtual functions: %s", found.at);
	if (looking->host->partial)
		return look_says(looking, CAPABILITY_UNKNOWN, "sriov_totalvfs was not captured");
	return look_says(looking, CAPABILITY_ABSENT, "none of %zu devices in " PCI " has any",
			 devices.list.count);
}

static bool is_disk(const char *name)
{
	static const char *const others[] = {
		"loop", "ram", "zram", "sr", "dm-", "md", "fd", "nbd"
	};

	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (string_starts(name, others[i]))
			return false;
	return true;
}

/* A32: queue/rotational, Documentation/block/queue-sysfs.rst. */
enum capability_state look_disks(struct looking *looking, const struct capability_row *row)
{
	struct host_names disks = {};
	struct text seen = text_of(looking->arena);
	const char *line = NULL;
	bool solid = false;

	(void)row;
	if (look_list(looking, BLOCK, &disks) < 0)
		return CAPABILITY_UNKNOWN;
	EACH(disk, &disks.list) {
		const char *path =
			arena_printf(looking->arena, BLOCK "/%s/queue/rotational", *disk);
		if (!is_disk(*disk) || look_line(looking, path, &line) != 1)
			continue;
		text_addf(&seen, "%s%s %s", seen.size ? ", " : "", *disk,
			  *line == '0' ? "is solid state" : "rotates");
		solid |= *line == '0';
	}
	if (!seen.size)
		return look_says(looking, CAPABILITY_UNKNOWN, "no disk in " BLOCK);
	return look_says(looking, solid ? CAPABILITY_PRESENT : CAPABILITY_ABSENT, "%s", seen.at);
}

/* A31.  Firmware and kernel keep some of what is plugged in. */
enum capability_state look_memory_size(struct looking *looking, const struct capability_row *row)
{
	const struct bytes memory = looking->platform->memory;

	(void)row;
	if (!memory.count)
		return look_says(looking, CAPABILITY_UNKNOWN, "no MemTotal in /proc/meminfo");
	return look_says(looking, memory.count >> 30 >= 30 ? CAPABILITY_PRESENT : CAPABILITY_ABSENT,
			 "%llu MiB in /proc/meminfo", (unsigned long long)memory.count >> 20);
}
