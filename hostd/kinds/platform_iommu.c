/* platform_iommu.c - the IOMMU, as the firmware's tables and the kernel tell of it.
 *
 * Groups exist only where an IOMMU is on: they are trusted, not the maker's tables.  The tables
 * (DMAR: Intel VT-d specification, chapter 8; IVRS: AMD I/O Virtualization specification,
 * chapter 5) tell what the kernel could turn on.
 */
#include <stdio.h>
#include <string.h>

#include "kinds/platform_look.h"

#define TABLES "/sys/firmware/acpi/tables"

/* Which of both tables is there, or NULL; -1 as everywhere. */
static int look_table(struct looking *looking, const char **ret_path)
{
	static const char *const paths[] = { TABLES "/DMAR", TABLES "/IVRS" };
	struct host_file file = {};

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		int there = look_stat(looking, paths[i], &file);
		if (there < 0)
			return -1;
		if (!there)
			continue;
		*ret_path = paths[i];
		return 1;
	}
	return 0;
}

/* A processor that virtualizes stands on a board with an IOMMU; a virtual one does not. */
static enum capability_state without_table(const struct looking *looking)
{
	bool real = look_state(looking, "vt") != CAPABILITY_ABSENT &&
		    look_state(looking, "vt") != CAPABILITY_UNKNOWN &&
		    !look_has_flag(looking, "hypervisor");

	return real ? CAPABILITY_OFF_FIRMWARE : CAPABILITY_ABSENT;
}

/* PIT6. */
enum capability_state look_iommu(struct looking *looking, const struct capability_row *row)
{
	struct host_names groups = {};
	const char *table = NULL;
	int there = look_list(looking, "/sys/kernel/iommu_groups", &groups);

	(void)row;
	if (there < 0)
		return CAPABILITY_UNKNOWN;
	if (groups.list.count)
		return look_says(looking, CAPABILITY_PRESENT,
				 "%zu groups in /sys/kernel/iommu_groups", groups.list.count);
	there = look_table(looking, &table);
	if (there > 0)
		return look_says(looking, CAPABILITY_OFF_KERNEL,
				 "%s, but no groups in /sys/kernel/iommu_groups", table);
	return look_says(looking, there < 0 ? CAPABILITY_UNKNOWN : without_table(looking),
			 "no groups in /sys/kernel/iommu_groups, neither DMAR nor IVRS in " TABLES);
}

/* Bit 0 of the byte behind the header of 36 bytes and the address width: "the platform supports
 * interrupt remapping" (VT-d, 8.1).  1, 0; -1: no such table, or it could not be read. */
static int dmar_remaps(struct looking *looking)
{
	enum { FLAGS = 37, INTR_REMAP = 1 << 0 };
	const char *table = NULL;
	size_t size = 0;
	int there = host_read(looking->host, TABLES "/DMAR", &table, &size, &looking->faults);

	faults_init(&looking->faults, looking->arena);
	return there == 1 && size > FLAGS ? table[FLAGS] & INTR_REMAP : -1;
}

/* VT-d: bit 3 of the extended capabilities is "interrupt remapping support" (11.4.3).  1 all units
 * have it, 0 one has it not, -1 there is no such unit. */
static int units_remap(struct looking *looking, const struct host_names *units)
{
	enum { IR_SUPPORT = 1 << 3 };
	int result = -1;

	EACH(unit, &units->list) {
		unsigned long long capabilities = 0;
		const char *line = NULL;
		const char *path =
			arena_printf(looking->arena, "/sys/class/iommu/%s/intel-iommu/ecap", *unit);
		if (look_line(looking, path, &line) != 1 ||
		    sscanf(line, "%llx", &capabilities) != 1)
			continue;
		result = (capabilities & IR_SUPPORT) != 0;
		(void)look_says(looking, CAPABILITY_PRESENT, "%s is %s: %s", path, line,
				result ? "remaps" : "does not remap");
		if (!result)
			break;
	}
	return result;
}

/* Remapped interrupts are of kinds that begin with "IR-" (IR-IO-APIC, IR-PCI-MSI).  Some chipsets'
 * remapping is broken, and the kernel leaves it off; libvirt and vfio will say so. */
static enum capability_state remapping_seen(struct looking *looking)
{
	const char *evidence = looking->evidence, *text = NULL;

	if (look_text(looking, "/proc/interrupts", &text) != 1)
		return look_says(looking, CAPABILITY_PRESENT, "%s", evidence);
	bool seen = strstr(text, " IR-") != NULL;
	return look_says(looking, seen ? CAPABILITY_PRESENT : CAPABILITY_UNKNOWN,
			 "%s; /proc/interrupts has %s", evidence,
			 seen ? "remapped ones" : "no remapped one (IR-...)");
}

/* The kernel remaps where it can unless it was told not to. */
static enum capability_state remapping_possible(struct looking *looking)
{
	static const char *const words[] = { "intremap=off", "nointremap", "noapic" };

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (look_has_argument(looking, words[i]))
			return look_says(looking, CAPABILITY_OFF_KERNEL,
					 "the kernel was started with %s", words[i]);
	return remapping_seen(looking);
}

/* The table and its units are Intel's whatever the processor is (QEMU has it so). */
static enum capability_state remapping_off(struct looking *looking,
					   const struct capability_row *row)
{
	looking->remedy = row->firmware_intel;
	return look_says(looking, CAPABILITY_OFF_FIRMWARE,
			 TABLES "/DMAR says that interrupts are not remapped");
}

/* What the firmware's table tells while the kernel has the IOMMU off. */
static enum capability_state remapping_of_table(struct looking *looking,
						const struct capability_row *row)
{
	enum capability_state iommu = look_state(looking, "iommu");
	int remaps = dmar_remaps(looking);

	if (remaps == 0)
		return remapping_off(looking, row);
	if (iommu == CAPABILITY_PRESENT)
		return look_says(looking, CAPABILITY_UNKNOWN, "no IOMMU in /sys/class/iommu");
	if (iommu == CAPABILITY_OFF_KERNEL && remaps < 0 && !looking->amd)
		return look_says(looking, CAPABILITY_UNKNOWN,
				 "the IOMMU is off, and " TABLES "/DMAR cannot be read");
	return look_says(looking, iommu, "no IOMMU in /sys/class/iommu");
}

/* A24, PIT7.  AMD's IOMMU always remaps. */
enum capability_state look_remapping(struct looking *looking, const struct capability_row *row)
{
	struct host_names units = {};

	if (look_list(looking, "/sys/class/iommu", &units) < 0)
		return CAPABILITY_UNKNOWN;
	if (!units.list.count)
		return remapping_of_table(looking, row);
	int remaps = units_remap(looking, &units);
	if (dmar_remaps(looking) == 0)
		return remapping_off(looking, row);
	if (remaps == 0) {
		looking->remedy = row->firmware_intel;
		return CAPABILITY_OFF_FIRMWARE;
	}
	if (remaps < 0 && string_starts(units.list.at[0], "ivhd"))
		(void)look_says(looking, CAPABILITY_PRESENT, "/sys/class/iommu/%s: AMD's remaps",
				units.list.at[0]);
	else if (remaps < 0)
		return look_says(looking, CAPABILITY_UNKNOWN, "/sys/class/iommu/%s does not tell",
				 units.list.at[0]);
	return remapping_possible(looking);
}
