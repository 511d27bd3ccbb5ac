/* guests_devices.c - the host's PCI functions that a guest has: its devices, and the virtual
 * functions behind its NICs.
 *
 * Which functions a handle stands for, only the machine tells: the items of devices and sriov
 * have found out when a guest's turn comes.
 */
#include <stdlib.h>
#include <string.h>

#include "kinds/guests.h"
#include "kinds/other.h"

#define GIVES(value, member) GIVEN(&guest_##value##_record, value, member)

bool guest_may_run(const struct guest *guest)
{
	return !string_equal(guest->state, "stopped");
}

/* ---- what follows ---- */

static const struct text_list *functions_of(const struct desired *desired, const char *device)
{
	const struct item *item = desired_find(desired, "devices", device);

	return item ? other_value(item->kind->record, item->value, "functions", &type_text) : NULL;
}

/* The first function has the device's name, the others of its group a number behind it, which
 * no other device has for its name. */
static const char *hostdev_name(const struct desired *desired, const char *device, size_t index,
				unsigned *number)
{
	const char *name = device;

	if (index == 0)
		return name;
	do
		name = arena_printf(desired->arena, "%s-%u", device, ++*number);
	while (desired_find(desired, "devices", name));
	return name;
}

static void hostdevs_resolve(struct guest *guest, const char *device, const struct view *view)
{
	const struct text_list *functions = functions_of(view->desired, device);
	unsigned number = 0;
	struct pci address;

	for (size_t i = 0; functions && i < functions->count; i++) {
		if (!pci_parse(functions->at[i], &address))
			continue;
		struct guest_hostdev *hostdev =
			map_add(view->desired->arena, &guest->hostdevs, &guest_hostdev_record,
				hostdev_name(view->desired, device, i, &number));
		SET(&guest_hostdev_record, hostdev, address, address);
	}
}

int guests_resolve(struct item *want, const struct view *view, struct faults *faults)
{
	struct guest *guest = want->value;

	(void)faults;
	guest->hostdevs = (struct map){};
	EACH(device, &guest->devices)
		hostdevs_resolve(guest, *device, view);
	record_give(&guest_record, guest, offsetof(struct guest, hostdevs),
		    guest->hostdevs.count > 0);
	return 0;
}

/* ---- checking ---- */

/* I8: one device is in one guest at a time. */
void guest_devices_check(const struct item *item, const struct desired *desired,
			 struct faults *faults)
{
	const struct guest *guest = item->value;

	DESIRED_EACH(other, desired, "guests") {
		const struct guest *there = other->value;
		if (other == item)
			return;
		if (!guest_may_run(guest) || !guest_may_run(there))
			continue;
		EACH(device, &guest->devices) {
			if (!text_list_has(&there->devices, *device))
				continue;
			(void)fault_at(faults, item_mark(item, "devices"),
				       "guests.%s has the device \"%s\" too, and both may run",
				       other->name, *device);
			fault_also(faults, item_mark(other, "devices"), "the other guest");
		}
	}
}

/* ---- whether the machine can ---- */

static const char *device_in_group(const struct view *view, const struct pci_machine *machine,
				   const char *group, const struct guest *without)
{
	DESIRED_EACH(item, view->desired, "devices") {
		const struct text_list *functions = functions_of(view->desired, item->name);
		const struct pci_function *function =
			functions && functions->count ? pci_find(machine, functions->at[0]) : NULL;
		if (function && string_equal(function->group, group) &&
		    !text_list_has(&without->devices, item->name))
			return item->name;
	}
	return NULL;
}

/* I17: a group is a guest's as a whole. */
static int group_check(const struct change *change, const struct pci_function *function,
		       struct faults *faults)
{
	const struct guest *want = change->want->value;
	const struct guest_facts *facts = change->facts;
	const char *other = device_in_group(change->view, facts->pci, function->group, want);

	if (!other)
		return 0;
	(void)fault(faults, FAULT_MACHINE,
		    "%s and devices.%s are in one IOMMU group, %s: a guest takes both or neither",
		    function->name, other, function->group);
	fault_last(faults)->mark = item_mark(change->want, "devices");
	return -1;
}

int guest_devices_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct guest *want = change->want->value;
	const struct guest_facts *facts = change->facts;

	EACH(device, &want->devices)
		if (!functions_of(change->view->desired, *device)) {
			steps_wait(steps, WAIT_ROUND, "devices.%s is found first", *device);
			return 0;
		}
	for (size_t i = 0; facts && i < want->hostdevs.count; i++) {
		const struct guest_hostdev *hostdev = want->hostdevs.at[i].value;
		const struct pci_function *function =
			pci_find(facts->pci, pci_text(faults->arena, &hostdev->address));
		if (!function)
			continue;
		int on = pci_need_iommu(function, change->view, change->want, "devices", steps,
					faults);
		if (on <= 0)
			return on;
		if (group_check(change, function, faults) < 0)
			return -1;
	}
	return 1;
}
