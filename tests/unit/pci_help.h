/* pci_help.h - PCI functions, links and disks for a lab (kinds_help.h). */
#pragma once

#include "kinds_help.h"

/* A function at `address` in IOMMU group `group` (NULL: none) that `driver` (NULL: none) drives. */
LAB_USE void lab_pci(struct lab *lab, const char *address, const char *class, const char *id,
		     const char *driver, const char *group)
{
	const char *folder = arena_printf(lab->arena, "fs/sys/bus/pci/devices/%s", address);

	lab_put(lab, arena_printf(lab->arena, "%s/class", folder),
		arena_printf(lab->arena, "0x%s\n", class));
	lab_put(lab, arena_printf(lab->arena, "%s/vendor", folder),
		arena_printf(lab->arena, "0x%.4s\n", id));
	lab_put(lab, arena_printf(lab->arena, "%s/device", folder),
		arena_printf(lab->arena, "0x%s\n", id + 5));
	lab_put(lab, arena_printf(lab->arena, "%s/driver_override", folder), "(null)\n");
	if (driver)
		lab_symlink(lab, arena_printf(lab->arena, "%s/driver", folder),
			    arena_printf(lab->arena, "../../../../bus/pci/drivers/%s", driver));
	if (!group)
		return;
	lab_symlink(lab, arena_printf(lab->arena, "%s/iommu_group", folder),
		    arena_printf(lab->arena, "../../../kernel/iommu_groups/%s", group));
	lab_put(lab, arena_printf(lab->arena, "fs/sys/kernel/iommu_groups/%s/type", group),
		"identity\n");
}

/* An entry of /sys/class (net/eno1, block/sda1) that leads to `target` below /sys/devices. */
LAB_USE void lab_class(struct lab *lab, const char *entry, const char *target)
{
	lab_put(lab, arena_printf(lab->arena, "fs/sys/devices/%s/uevent", target), "");
	lab_symlink(lab, arena_printf(lab->arena, "fs/sys/class/%s", entry),
		    arena_printf(lab->arena, "../../devices/%s", target));
}

/* Intel's IOMMU, which remaps interrupts where `remaps`. */
LAB_USE void lab_iommu(struct lab *lab, bool remaps)
{
	lab_put(lab, "fs/proc/cpuinfo",
		"processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vmx ept\n\n");
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        8388608 kB\nMemFree: 1 kB\n");
	lab_put(lab, "fs/sys/class/iommu/dmar0/intel-iommu/ecap", remaps ? "f0101a\n" : "f01012\n");
}
