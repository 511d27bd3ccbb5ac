/* pci_held.c - PCI functions and the other items of a description. */
#include <string.h>

#include "formats/guest.h"
#include "kinds/other.h"
#include "kinds/pci.h"
#include "kinds/require.h"

static bool guest_has(const struct guest *guest, const struct pci *address)
{
	for (size_t i = 0; i < guest->hostdevs.count; i++) {
		const struct guest_hostdev *hostdev = guest->hostdevs.at[i].value;
		if (GIVEN(&guest_hostdev_record, hostdev, address) &&
		    type_pci.equal(&hostdev->address, address))
			return true;
	}
	for (size_t i = 0; i < guest->nics.count; i++) {
		const struct guest_nic *nic = guest->nics.at[i].value;
		if (GIVEN(&guest_nic_record, nic, vf) && type_pci.equal(&nic->vf, address))
			return true;
	}
	return false;
}

const struct pci_machine *pci_seen(const struct view *view)
{
	const struct pci_machine *machine = devices_machine(view);

	return machine ? machine : sriov_machine(view);
}

const char *pci_held_by(const struct view *view, const struct pci_function *function)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");

	if (!guests || guests->failed)
		return string_equal(function->driver, "vfio-pci") ? "somebody" : NULL;
	EACH(item, &guests->running.list) {
		const struct guest *guest = (*item)->value;
		if (!string_equal(guest->state, "stopped") && guest_has(guest, &function->address))
			return (*item)->path;
	}
	return NULL;
}

/* `iommu:` says how it is to be used; whoever says so has it turned on. */
static bool iommu_is_wanted(const struct desired *desired)
{
	const struct item *iommu = desired_find(desired, "iommu", "");
	const char *mode = iommu ? other_text(iommu->kind->record, iommu->value, "mode") : NULL;

	return mode && strcmp(mode, "off") != 0;
}

void pci_require(struct desired *desired, struct item *by, const char *path)
{
	const struct item *iommu = desired_find(desired, "iommu", "");
	const bool *unsafe = iommu ? other_value(iommu->kind->record, iommu->value,
						 "unsafe_interrupts", &type_flag)
				   : NULL;

	require_capability(desired, by, path, "iommu");
	if (!unsafe || !*unsafe)
		require_capability(desired, by, path, "interrupt_remapping");
}

int pci_need_iommu(const struct pci_function *function, const struct view *view,
		   const struct item *want, const char *path, struct steps *steps,
		   struct faults *faults)
{
	if (function->group)
		return 1;
	if (iommu_is_wanted(view->desired)) {
		steps_wait(steps, WAIT_REBOOT, "the IOMMU is on after the next boot");
		return 0;
	}
	fault(faults, FAULT_MACHINE, "%s is in no IOMMU group: the IOMMU is off", function->name);
	fault_last(faults)->mark = item_mark(want, path);
	fault_hint(faults, "enable VT-d (Intel) or IOMMU (AMD) in the firmware, and say "
			   "iommu: {mode: passthrough}");
	return -1;
}
