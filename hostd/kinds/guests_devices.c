/* guests_devices.c - the host's PCI functions that a guest has: its devices, and the virtual
 * functions behind its NICs.
 *
 * Which functions a handle stands for, only the machine tells: the items of devices and sriov
 * have found out when a guest's turn comes.
 */
#include <stdlib.h>
#include <string.h>

#include "kinds/devices.h"
#include "kinds/guests_place.h"
#include "kinds/other.h"

#define GIVES(value, member) GIVEN(&guest_##value##_record, value, member)

bool guest_may_run(const struct guest *guest)
{
	return !string_equal(guest->state, "stopped");
}

static const struct guest_nic *nic_at(const struct guest *guest, size_t index)
{
	return guest->nics.at[index].value;
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

/* ---- virtual functions ---- */

struct claim { /* a NIC that wants a function of one card */
	const char *guest, *name;
	const struct guest_nic *nic;
	const struct pci *has; /* that it has already, or NULL */
	const char *function;  /* that it gets; NULL: there is none left */
};
struct claims {
	ARRAY(struct claim) list;
};

/* What the guest's NIC has on this machine, configured or else running. */
static const struct pci *function_now(const struct view *view, const struct item *guest,
				      const char *name)
{
	const struct seen_kind *seen = seen_find(view->seen, "guests");

	for (int state = 0; seen && state < 2; state++) {
		const struct items *items = state ? &seen->running : &seen->configured;
		EACH(item, &items->list) {
			const struct guest *there = (*item)->value;
			const struct member *member = map_get(&there->nics, name);
			const struct guest_nic *nic = member ? member->value : NULL;
			if (nic && guest->kind->same(guest, *item) && GIVES(nic, vf))
				return &nic->vf;
		}
	}
	return NULL;
}

static int claim_order(const void *a, const void *b)
{
	const struct claim *one = a, *two = b;
	int guests = strcmp(one->guest, two->guest);

	return guests ? guests : strcmp(one->name, two->name);
}

static struct claims claims_of(const struct view *view, const char *card)
{
	struct claims claims = {};

	DESIRED_EACH(item, view->desired, "guests") {
		const struct guest *guest = item->value;
		for (size_t i = 0; i < guest->nics.count; i++) {
			const struct guest_nic *nic = guest->nics.at[i].value;
			const char *name = guest->nics.at[i].name;
			if (string_equal(nic->sriov, card))
				ARRAY_PUSH(view->desired->arena, &claims.list,
					   ((struct claim){ item->name, name, nic,
							    function_now(view, item, name) }));
		}
	}
	if (claims.list.count)
		qsort(claims.list.at, claims.list.count, sizeof(struct claim), claim_order);
	return claims;
}

static bool is_claimed(const struct claims *claims, const char *function)
{
	EACH(claim, &claims->list)
		if (string_equal(claim->function, function))
			return true;
	return false;
}

/* Who has one keeps it; the others get what is left, in the order of their names. */
static void claims_settle(struct claims *claims, const struct text_list *functions)
{
	EACH(claim, &claims->list) {
		struct pci address;
		EACH(function, functions)
			if (claim->has && !claim->function && !is_claimed(claims, *function) &&
			    pci_parse(*function, &address) && type_pci.equal(&address, claim->has))
				claim->function = *function;
	}
	EACH(claim, &claims->list)
		EACH(function, functions)
			if (!claim->function && !is_claimed(claims, *function))
				claim->function = *function;
}

static void vf_resolve(struct guest_nic *nic, const struct view *view)
{
	const struct item *card = desired_find(view->desired, "sriov", nic->sriov);
	const struct text_list *functions =
		card ? other_value(card->kind->record, card->value, "functions", &type_text) : NULL;
	struct claims claims = claims_of(view, nic->sriov);
	struct pci address;

	record_give(&guest_nic_record, nic, offsetof(struct guest_nic, vf), false);
	if (!functions)
		return;
	claims_settle(&claims, functions);
	EACH(claim, &claims.list)
		if (claim->nic == nic && claim->function && pci_parse(claim->function, &address))
			SET(&guest_nic_record, nic, vf, address);
}

int guests_resolve(struct item *want, const struct view *view, struct faults *faults)
{
	struct guest *guest = want->value;

	if (guest->said_cpu)
		guest->cpu = *guest->said_cpu;
	if (guest_place(want, view, faults) < 0 || guest_fleet_resolve(want, view, faults) < 0)
		return -1;
	guest->hostdevs = (struct map){};
	EACH(device, &guest->devices)
		hostdevs_resolve(guest, *device, view);
	record_give(&guest_record, guest, offsetof(struct guest, hostdevs),
		    guest->hostdevs.count > 0);
	for (size_t i = 0; i < guest->nics.count; i++) {
		struct guest_nic *nic = guest->nics.at[i].value;
		if (GIVES(nic, sriov))
			vf_resolve(nic, view);
	}
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

/* What is not the guest's but the card's, or another kind of NIC's. */
static void vf_fields_check(const struct item *item, const struct member *member,
			    struct faults *faults)
{
	const struct guest_nic *nic = member->value;
	const struct {
		const char *name;
		bool given, with_sriov;
	} fields[] = {
		{ "vlan", GIVES(nic, vlan), true },
		{ "network", GIVES(nic, network), false },
		{ "link", GIVES(nic, link), false },
		{ "model", GIVES(nic, model), false },
		{ "link_state", GIVES(nic, link_state), false },
		{ "mtu", GIVES(nic, mtu), false },
		{ "queues", GIVES(nic, queues), false },
	};

	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		if (!fields[i].given || fields[i].with_sriov == GIVES(nic, sriov))
			continue;
		(void)fault_at(faults,
			       item_mark(item, arena_printf(faults->arena, "nics.%s.%s",
							    member->name, fields[i].name)),
			       fields[i].with_sriov ? "%s is for a NIC with sriov"
						    : "a NIC with sriov has no %s",
			       fields[i].name);
	}
}

/* How many functions of the card guests may have. */
static size_t room_of(const struct item *card)
{
	const struct record *record = card->kind->record, *vf = NULL;
	const uint32_t *count = other_value(record, card->value, "vfs", &type_count);
	const struct map *map = other_map(record, card->value, "vf", &vf);
	size_t room = count ? *count : 0;

	for (size_t i = 0; map && i < map->count; i++)
		if (room && (other_value(vf, map->at[i].value, "mac", &type_mac) ||
			     other_value(vf, map->at[i].value, "vlan", &type_count)))
			room--;
	return room;
}

static void vf_room_check(const struct item *item, const struct member *member,
			  const struct desired *desired, struct faults *faults)
{
	const struct guest_nic *nic = member->value;
	const struct item *card = desired_find(desired, "sriov", nic->sriov);
	const struct view view = { .desired = desired, .seen = &(const struct seen){} };
	const struct claims claims = claims_of(&view, nic->sriov);
	size_t before = 0;

	EACH(claim, &claims.list) {
		if (claim->nic == nic)
			break;
		before++;
	}
	if (!card || before < room_of(card))
		return;
	(void)fault_at(faults,
		       item_mark(item, arena_printf(faults->arena, "nics.%s.sriov", member->name)),
		       "sriov.%s has %zu virtual functions for guests, which others have",
		       nic->sriov, room_of(card));
	fault_also(faults, item_mark(card, "vfs"), "so many");
	fault_hint(faults, "a function with a mac or vlan of its own is for no guest");
}

void guest_vfs_check(const struct item *item, const struct desired *desired, struct faults *faults)
{
	const struct guest *guest = item->value;

	for (size_t i = 0; i < guest->nics.count; i++) {
		const struct member *member = &guest->nics.at[i];
		vf_fields_check(item, member, faults);
		if (nic_at(guest, i)->sriov)
			vf_room_check(item, member, desired, faults);
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
	const char *other =
		device_in_group(change->view, pci_seen(change->view), function->group, want);

	if (!other)
		return 0;
	(void)fault(faults, FAULT_MACHINE,
		    "%s and devices.%s are in one IOMMU group, %s: a guest takes both or neither",
		    function->name, other, function->group);
	fault_last(faults)->mark = item_mark(change->want, "devices");
	return -1;
}

/* What is to be found or made first. */
static bool is_waiting(const struct change *change, struct steps *steps)
{
	const struct guest *want = change->want->value;

	EACH(device, &want->devices)
		if (!functions_of(change->view->desired, *device)) {
			steps_wait(steps, WAIT_ROUND, "devices.%s is found first", *device);
			return true;
		}
	for (size_t i = 0; i < want->nics.count; i++) {
		const struct guest_nic *nic = want->nics.at[i].value;
		if (GIVES(nic, sriov) && !GIVES(nic, vf)) {
			steps_wait(steps, WAIT_ROUND, "sriov.%s makes its functions first",
				   nic->sriov);
			return true;
		}
	}
	return false;
}

/* I12: since the device was described, the default route may have come to it. */
static int hostdev_check(const struct change *change, const struct pci_function *function,
			 struct faults *faults)
{
	const char *why =
		pci_steps_aside(function)
			? NULL
			: pci_in_the_way(faults->arena, pci_seen(change->view), function, false);

	if (!why)
		return 0;
	(void)fault(faults, FAULT_REFUSED, "%s cannot be given away: %s", function->name, why);
	fault_last(faults)->mark = item_mark(change->want, "devices");
	return -1;
}

static int hostdev_plan(const struct change *change, const struct pci *address, struct steps *steps,
			struct faults *faults)
{
	const struct pci_function *function =
		pci_find(pci_seen(change->view), pci_text(faults->arena, address));

	if (!function)
		return 1; /* gone since: the next round looks again */
	int on = pci_need_iommu(function, change->view, change->want, "devices", steps, faults);
	if (on <= 0)
		return on;
	if (hostdev_check(change, function, faults) < 0)
		return -1;
	return group_check(change, function, faults) < 0 ? -1 : 1;
}

/* The card may be the host's uplink, but not in the group of a function that goes. */
static int vf_plan(const struct change *change, const struct member *member, struct steps *steps,
		   struct faults *faults)
{
	const struct pci_machine *machine = pci_seen(change->view);
	const struct guest_nic *nic = member->value;
	const char *path = arena_printf(faults->arena, "nics.%s.sriov", member->name);
	const struct pci_function *function = pci_find(machine, pci_text(faults->arena, &nic->vf));

	if (!function)
		return 1;
	int on = pci_need_iommu(function, change->view, change->want, path, steps, faults);
	if (on <= 0)
		return on;
	const char *why = pci_in_the_way(faults->arena, machine, function, true);
	if (!why)
		return 1;
	(void)fault(faults, FAULT_REFUSED, "%s cannot be given away: %s", function->name, why);
	fault_last(faults)->mark = item_mark(change->want, path);
	return -1;
}

int guest_devices_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct guest *want = change->want->value;
	const struct guest_facts *facts = change->facts;
	bool seen = pci_seen(change->view) != NULL;
	int ready = 1;

	if (is_waiting(change, steps))
		return 0;
	if (facts && facts->pci && guest_words_check(change, facts->pci, faults) < 0)
		return -1;
	for (size_t i = 0; seen && ready > 0 && i < want->hostdevs.count; i++)
		ready = hostdev_plan(
			change,
			&((const struct guest_hostdev *)want->hostdevs.at[i].value)->address, steps,
			faults);
	for (size_t i = 0; seen && ready > 0 && i < want->nics.count; i++)
		if (nic_at(want, i)->sriov)
			ready = vf_plan(change, &want->nics.at[i], steps, faults);
	return ready;
}

static const char *link_in_use(const struct change *change, const struct pci *address)
{
	const struct seen_kind *seen = seen_find(change->view->seen, "devices");

	if (seen)
		EACH(item, &seen->running.list) {
			const struct device *device = (*item)->value;
			if (type_pci.equal(&device->address, address))
				return device->link;
		}
	return NULL;
}

void guest_devices_cost(const struct change *change, struct steps *steps)
{
	const struct guest *want = change->want->value;
	const char *link = NULL;
	bool takes = false;

	for (size_t i = 0; !link && i < want->hostdevs.count; i++)
		link = link_in_use(
			change,
			&((const struct guest_hostdev *)want->hostdevs.at[i].value)->address);
	EACH(step, &steps->list) {
		if (!link || (step->verb != VERB_domain_start && step->verb != VERB_device_attach))
			continue;
		takes = true;
		if (step->class < CLASS_SERVICE_RESTART)
			step->class = CLASS_SERVICE_RESTART;
	}
	if (takes)
		steps_note(steps, "the host uses %s, which goes to the guest", link);
}
