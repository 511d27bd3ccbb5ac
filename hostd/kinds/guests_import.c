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

/* What the description will be rendered to, once somebody has read it; -1 with a fault where it
 * would be refused. */
static int rendering_of(struct arena *arena, const struct node *description, const char *handle,
			struct text *text, struct faults *faults)
{
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

struct importing {
	const char *original, *handle;
};

/* Laid on what is rendered, the rest makes it all that the original says, and no more. */
static bool is_taken(void *context, const struct node *description)
{
	const struct importing *importing = context;
	ARENA_AUTO struct arena *arena = arena_new();
	struct text rendering = text_of(arena);
	const char *block = NULL;
	struct faults unheard;

	faults_init(&unheard, arena);
	return rendering_of(arena, description, importing->handle, &rendering, &unheard) == 0 &&
	       definition_rest(arena, importing->original, rendering.at, &block, &unheard) == 0 &&
	       !definition_adds(arena, importing->original, rendering.at, block);
}

/* Reads back what is taken of a guest, and puts the rest into its libvirt_xml. */
static struct guest *guest_taken(struct arena *arena, struct importing *importing,
				 const struct guest *guest, struct faults *faults)
{
	struct guest *taken = record_new(arena, &guest_record);
	struct node *description = record_print(arena, &guest_record, guest, true);
	struct text rendering = text_of(arena);
	const char *block = NULL;

	description = definition_taken(arena, description, is_taken, importing);
	if (record_read(arena, &guest_record, description, NULL, taken, faults) < 0 ||
	    rendering_of(arena, description, importing->handle, &rendering, faults) < 0 ||
	    definition_rest(arena, importing->original, rendering.at, &block, faults) < 0)
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
	guest = guest_taken(arena, &(struct importing){ text, handle }, guest, faults);
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
