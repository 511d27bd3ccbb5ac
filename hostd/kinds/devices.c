/* devices.c - PCI functions that guests may take.
 *
 * A handle is a function, found by its address, by the MAC of its link or by its vendor and
 * device; its whole IOMMU group goes with it.  With `bind: guest` libvirt takes it to vfio-pci
 * when a guest starts and gives it back afterwards; otherwise it is vfio-pci's for good.  Never
 * what the host stands on, and never with allow_unsafe_interrupts.  The other files:
 * devices_file.c, devices_plan.c, pci.c.  Catalogue I2, I4 to I9, I12, I17, A24; PIT6, PIT7.
 */
#include "kinds/devices.h"

#include <string.h>

#include "kinds/other.h"

static const char *const bind_choices[] = { "guest", "boot", "now", NULL };

static const struct field fields[] = {
	FIELD("pci", struct device, pci, CLASS_LIVE, "the function at this address (lspci -D)",
	      .flags = FIELD_PLAIN, .example = "0000:41:00.0"),
	FIELD("mac", struct device, mac, CLASS_LIVE,
	      "the function whose link was made with this address", .flags = FIELD_PLAIN,
	      .example = "3c:fd:fe:00:00:02"),
	FIELD("id", struct device, id, CLASS_LIVE,
	      "the only function of this vendor and device (lspci -n)", .flags = FIELD_PLAIN,
	      .example = "10de:2204"),
	FIELD("bind", struct device, bind, CLASS_NONE,
	      "when vfio-pci takes it: guest: while a guest that has it runs; now: now, and again "
	      "after each boot; boot: so, and before its own driver can have it",
	      .choices = bind_choices, .fallback = "guest", .flags = FIELD_NOT_RUNNING),
	FIELD("address", struct device, address, CLASS_LIVE, "the function it stands for",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
	FIELD("early", struct device, early, CLASS_NONE,
	      "whether vfio-pci takes it before its own driver can (driver_override)",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
	FIELD("functions", struct device, functions, CLASS_LIVE,
	      "it and the others of its IOMMU group that go with it",
	      .flags = FIELD_IMPLIED | FIELD_PLAIN),
	FIELD("taken", struct device, taken, CLASS_LIVE, "those of them that vfio-pci has",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED | FIELD_UNORDERED),
};
const struct record device_record = RECORD(struct device, fields);

#define GIVES(device, member) GIVEN(&device_record, device, member)

/* ---- what follows ---- */

static bool binds_for_good(const struct device *device)
{
	return !string_equal(device->bind, "guest");
}

static void devices_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct device *device = item->value;

	(void)faults;
	if (!GIVES(device, bind))
		SET(&device_record, device, bind, "guest");
	SET(&device_record, device, early, string_equal(device->bind, "boot"));
	pci_require(desired, item, NULL);
	if (!binds_for_good(device))
		return; /* libvirt loads the module when it needs it */
	struct item *module = desired_imply(desired, "kernel.modules", "vfio-pci", item);
	if (module && !other_text(module->kind->record, module->value, "load"))
		other_give_text(module->kind->record, module->value, "load", "boot");
}

static bool id_is_valid(const char *id)
{
	static const char digits[] = "0123456789abcdef";

	return strspn(id, digits) == 4 && id[4] == ':' && strspn(id + 5, digits) == 4 && !id[9];
}

static bool same_choice(const struct device *a, const struct device *b)
{
	return (GIVES(a, pci) && GIVES(b, pci) && type_pci.equal(&a->pci, &b->pci)) ||
	       (GIVES(a, mac) && GIVES(b, mac) && type_mac.equal(&a->mac, &b->mac)) ||
	       (GIVES(a, id) && GIVES(b, id) && string_equal(a->id, b->id));
}

static void devices_check(const struct item *item, const struct desired *desired,
			  struct faults *faults)
{
	const struct device *device = item->value;
	unsigned said = GIVES(device, pci) + GIVES(device, mac) + GIVES(device, id);

	if (said != 1) {
		fault_at(faults, item_mark(item, NULL), "a device is said by one of pci, mac, id");
		if (!said)
			fault_hint(faults, "write %s: {pci: \"0000:41:00.0\"}", item->name);
	}
	if (GIVES(device, id) && !id_is_valid(device->id)) {
		fault_at(faults, item_mark(item, "id"), "\"%s\" is no vendor and device",
			 device->id);
		fault_hint(faults, "four and four digits, as lspci -n shows them: \"10de:2204\"");
	}
	DESIRED_EACH(other, desired, "devices") {
		if (other == item)
			return;
		if (!same_choice(other->value, device))
			continue;
		fault_at(faults, item_mark(item, NULL), "devices.%s is the same device",
			 other->name);
		fault_also(faults, item_mark(other, NULL), "first described here");
	}
}

/* ---- what it stands for ---- */

const struct pci_machine *devices_machine(const struct view *view)
{
	const struct seen_kind *seen = seen_find(view->seen, "devices");

	return seen && seen->running.list.count
		       ? ((const struct device *)seen->running.list.at[0]->value)->machine
		       : NULL;
}

static int fault_none(const struct item *want, const char *field, struct faults *faults)
{
	fault(faults, FAULT_MACHINE, "this machine has no such device");
	fault_last(faults)->mark = item_mark(want, field);
	return -1;
}

/* Its link is gone while vfio-pci has it: our file remembers. */
static const struct device *found_by_mac(const struct device *device, const struct seen_kind *seen)
{
	EACH(item, &seen->running.list) {
		const struct device *have = (*item)->value;
		if (GIVES(have, mac) && type_mac.equal(&have->mac, &device->mac))
			return have;
	}
	EACH(item, &seen->configured.list) {
		const struct device *file = (*item)->value;
		if (GIVES(file, mac) && GIVES(file, address) &&
		    type_mac.equal(&file->mac, &device->mac))
			return file;
	}
	return NULL;
}

static int find_by_id(const struct item *want, const struct pci_machine *machine, struct pci *ret,
		      struct faults *faults)
{
	const struct device *device = want->value;
	const struct pci_function *found = NULL;

	EACH(function, &machine->functions) {
		const char *id = arena_printf(faults->arena, "%04x:%04x", function->vendor,
					      function->device);
		if (strcmp(id, device->id) != 0)
			continue;
		if (found) {
			fault(faults, FAULT_MACHINE, "this machine has several %s: %s and %s",
			      device->id, found->name, function->name);
			fault_last(faults)->mark = item_mark(want, "id");
			fault_hint(faults, "say which by pci");
			return -1;
		}
		found = function;
	}
	if (!found)
		return fault_none(want, "id", faults);
	*ret = found->address;
	return 0;
}

static int device_find(const struct item *want, const struct view *view,
		       const struct pci_machine *machine, struct pci *ret, struct faults *faults)
{
	const struct device *device = want->value;

	if (GIVES(device, id))
		return find_by_id(want, machine, ret, faults);
	if (GIVES(device, mac)) {
		const struct device *found = found_by_mac(device, seen_find(view->seen, "devices"));
		if (!found)
			return fault_none(want, "mac", faults);
		*ret = found->address;
		return 0;
	}
	if (!pci_find(machine, pci_text(faults->arena, &device->pci)))
		return fault_none(want, "pci", faults);
	*ret = device->pci;
	return 0;
}

/* Whether another handle stands for this function: then it goes with that one. */
static bool is_described(const struct item *but, const struct view *view,
			 const struct pci_machine *machine, const struct pci_function *function)
{
	struct faults unheard;

	faults_init(&unheard, view->desired->arena);
	DESIRED_EACH(other, view->desired, "devices") {
		struct pci address;
		if (other != but && device_find(other, view, machine, &address, &unheard) == 0 &&
		    type_pci.equal(&address, &function->address))
			return true;
	}
	return false;
}

static void functions_find(struct item *want, const struct view *view,
			   const struct pci_machine *machine)
{
	struct device *device = want->value;
	struct arena *arena = view->desired->arena;
	const char *name = pci_text(arena, &device->address);
	const struct pci_function *function = pci_find(machine, name);
	ARRAY(const char *) list = {};

	ARRAY_PUSH(arena, &list, name);
	EACH(member, &machine->functions)
		if (member != function && function && function->group &&
		    string_equal(member->group, function->group) && !pci_is_bridge(member) &&
		    !is_described(want, view, machine, member))
			ARRAY_PUSH(arena, &list, member->name);
	const struct text_list functions = { list.at, list.count };
	SET(&device_record, device, functions, functions);
	if (binds_for_good(device))
		SET(&device_record, device, taken, functions);
}

static int devices_resolve(struct item *want, const struct view *view, struct faults *faults)
{
	struct device *device = want->value;
	const struct pci_machine *machine = devices_machine(view);
	struct pci address = {};

	record_give(&device_record, device, offsetof(struct device, address), false);
	if (!machine)
		return fault_none(want, NULL, faults);
	if (device_find(want, view, machine, &address, faults) < 0)
		return -1;
	SET(&device_record, device, address, address);
	functions_find(want, view, machine);
	return 0;
}

/* Our files are found by their handle, what runs by its address. */
static bool devices_same(const struct item *want, const struct item *seen)
{
	const struct device *a = want->value, *b = seen->value;

	if (!b->machine)
		return string_equal(want->name, seen->name);
	return GIVES(a, address) && type_pci.equal(&a->address, &b->address);
}

static const char *const needs[] = { "require", "iommu", "kernel.modules", "links", NULL };

const struct kind devices_kind = {
	.path = "devices",
	.summary = "PCI devices for guests to take, with their IOMMU groups",
	.shape = SHAPE_NAMED,
	.flags = KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &device_record,
	.needs = needs,
	.complete = devices_complete,
	.check = devices_check,
	.observe = devices_observe,
	.resolve = devices_resolve,
	.same = devices_same,
	.plan = devices_plan,
	.render = render_nothing,
};
