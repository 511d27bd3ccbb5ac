/* guests_words.c - functions of the host that a guest is given in libvirt's own words
 * (host_devices, a NIC's source.function): what the host stands on stays all the same.
 */
#include <stdlib.h>
#include <string.h>

#include "kinds/guests.h"

struct words { /* one of them */
	const struct guest_address *address;
	const char *path; /* of the field, for faults */
};
struct words_list {
	ARRAY(struct words) list;
};

static bool is_said(const struct guest_address *address)
{
	return address->bus && address->slot && address->function;
}

static struct words_list words_of(struct arena *arena, const struct guest *guest)
{
	struct words_list words = {};

	for (size_t i = 0; i < guest->host_devices.count; i++) {
		const struct guest_host_device *device = guest->host_devices.at[i].value;
		if (string_equal(device->type, "pci") && is_said(&device->source_address))
			ARRAY_PUSH(
				arena, &words.list,
				((struct words){ &device->source_address,
						 arena_printf(arena, "host_devices.%s",
							      guest->host_devices.at[i].name) }));
	}
	for (size_t i = 0; i < guest->nics.count; i++) {
		const struct guest_nic *nic = guest->nics.at[i].value;
		if (is_said(&nic->source.function))
			ARRAY_PUSH(arena, &words.list,
				   ((struct words){ &nic->source.function,
						    arena_printf(arena, "nics.%s.source",
								 guest->nics.at[i].name) }));
	}
	return words;
}

/* libvirt takes hexadecimal and decimal numbers. */
static const char *function_name(struct arena *arena, const struct guest_address *address)
{
	const struct pci pci = {
		.domain = (uint16_t)(address->domain ? strtoul(address->domain, NULL, 0) : 0),
		.bus = (uint8_t)strtoul(address->bus, NULL, 0),
		.slot = (uint8_t)strtoul(address->slot, NULL, 0),
		.function = (uint8_t)strtoul(address->function, NULL, 0),
	};

	return pci_text(arena, &pci);
}

void guest_words_require(struct item *item, struct desired *desired)
{
	struct words_list words = words_of(desired->arena, item->value);

	if (!guest_may_run(item->value))
		return;
	EACH(one, &words.list)
		pci_require(desired, item, one->path);
}

bool guest_has_words(struct arena *arena, const struct guest *guest)
{
	return words_of(arena, guest).list.count > 0;
}

int guest_words_check(const struct change *change, const struct pci_machine *machine,
		      struct faults *faults)
{
	struct words_list words = words_of(faults->arena, change->want->value);
	unsigned before = faults->count;

	EACH(one, &words.list) {
		const struct pci_function *function =
			pci_find(machine, function_name(faults->arena, one->address));
		const char *why =
			function ? pci_in_the_way(faults->arena, machine, function, false) : NULL;
		if (!why)
			continue;
		(void)fault(faults, FAULT_REFUSED, "%s cannot be given away: %s", function->name,
			    why);
		fault_last(faults)->mark = item_mark(change->want, one->path);
	}
	return faults->count > before ? -1 : 0;
}
