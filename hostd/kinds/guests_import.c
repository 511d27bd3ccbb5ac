/* guests_import.c - a domain that somebody else made, as a description.
 *
 * What libvirt is told and what a person says are not always the same field: guests_complete
 * goes from one to the other, this goes back.  What the record cannot say is found by
 * rendering the description and looking for what is missing; it becomes libvirt_xml.
 */
#include <string.h>

#include "base/name.h"
#include "formats/domain.h"
#include "kinds/guests.h"

#define GIVES(value, member)  GIVEN(&guest_##value##_record, value, member)
#define UNGIVE(value, member) GIVE(&guest_##value##_record, value, member, false)
#define GIVE(record, value, member, given) \
	record_give((record), (value), offsetof(__typeof__(*(value)), member), (given))

static void disk_describe(struct guest_disk *disk)
{
	if (GIVES(disk, source))
		SET(&guest_disk_record, disk, path, disk->source);
	UNGIVE(disk, source);
}

/* What is more than the room there is, libvirt cuts down to it (virDomainDefPostParseMemory). */
static void room_describe(struct guest *guest)
{
	struct guest_vcpus *vcpus = &guest->vcpus;
	struct guest_memory *memory = &guest->memory;

	if (GIVES(vcpus, most) && vcpus->most != vcpus->count)
		SET(&guest_vcpus_record, vcpus, max, vcpus->most);
	if (GIVES(memory, most) &&
	    (!GIVES(memory, size) || memory->size.count > memory->most.count))
		SET(&guest_memory_record, memory, size, memory->most);
	else if (GIVES(memory, most) && memory->most.count != memory->size.count)
		SET(&guest_memory_record, memory, max, memory->most);
	else if (!GIVES(memory, most)) /* its NUMA cells say how much there is */
		UNGIVE(memory, size);
	UNGIVE(vcpus, most);
	UNGIVE(memory, most);
}

static void identity_describe(struct arena *arena, struct guest *guest, const char *handle)
{
	const char *uuid = guest->uuid;

	if (string_equal(guest->name, handle))
		GIVE(&guest_record, guest, name, false);
	GIVE(&guest_record, guest, uuid, false);
	if (uuid && !string_equal(uuid, domain_uuid(arena, guest, handle)))
		SET(&guest_record, guest, uuid, uuid);
}

static struct item *completed_of(struct desired *alone, const struct node *description,
				 const char *handle, struct faults *faults)
{
	struct arena *arena = alone->arena;
	struct item *item = items_add(&alone->items, &guests_kind, handle);
	struct node *node = node_copy(arena, description);

	record_normalise(arena, &guest_record, node);
	if (record_read(arena, &guest_record, node, NULL, item->value, faults) < 0)
		return NULL;
	guests_complete(item, alone, faults);
	return item;
}

struct item *guest_completed(struct desired *alone, const struct guest *guest, const char *handle,
			     struct faults *faults)
{
	return completed_of(alone, record_print(alone->arena, &guest_record, guest, true), handle,
			    faults);
}

/* The context is the guest's handle (definition_render). */
static int description_render(void *context, struct arena *arena, const struct node *description,
			      struct text *text, struct faults *faults)
{
	const char *handle = context;
	struct desired alone = { .arena = arena, .kinds = kinds, .items.arena = arena };
	unsigned before = faults->count;
	const struct item *item = completed_of(&alone, description, handle, faults);

	if (!item)
		return -1;
	guests_check(item, &alone, faults);
	if (faults->count > before)
		return -1;
	return domain_write(
		text, &(struct domain_writing){ .guest = item->value, .handle = handle }, faults);
}

/* Reads back what is taken of a guest, and puts the rest into its libvirt_xml. */
static struct guest *guest_taken(struct arena *arena, const char *original, const char *handle,
				 const struct guest *guest, struct faults *faults)
{
	const struct definition_taking taking = { original, description_render, (void *)handle };
	struct guest *taken = record_new(arena, &guest_record);
	const char *block = NULL;
	const struct node *description = definition_taken(
		arena, &taking, record_print(arena, &guest_record, guest, true), &block, faults);

	if (!description || record_read(arena, &guest_record, description, NULL, taken, faults) < 0)
		return NULL;
	if (block)
		SET(&guest_record, taken, libvirt_xml, block);
	return taken;
}

struct item *guest_of_xml(struct items *items, const char *text, const char *handle,
			  struct faults *faults)
{
	struct arena *arena = items->arena;
	struct guest *guest = record_new(arena, &guest_record);
	struct domain_identity identity = {};

	if (domain_import(arena, text, guest, &identity, faults) < 0)
		return NULL;
	if (!handle)
		handle = name_fit(arena, identity.name);
	handle = handle ? handle : "guest";
	for (size_t i = 0; i < guest->disks.count; i++)
		disk_describe(guest->disks.at[i].value);
	room_describe(guest);
	identity_describe(arena, guest, handle);
	guest = guest_taken(arena, text, handle, guest, faults);
	if (!guest)
		return NULL;
	struct item *item = items_add(items, &guests_kind, handle);
	item->value = guest;
	return item;
}

int guests_import(struct items *items, const char *text, struct faults *faults)
{
	if (!definition_is(items->arena, &domain_definition, text))
		return 0;
	return guest_of_xml(items, text, NULL, faults) ? 1 : -1;
}
