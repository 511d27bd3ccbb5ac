/* libvirt_volumes_import.c - volumes that are there, or in a file of XML, in our words. */
#include <string.h>

#include "base/name.h"
#include "formats/guest.h"
#include "formats/libvirt_pool.h"
#include "kinds/libvirt_volumes.h"
#include "kinds/storage.h"

static const struct record *const record = &libvirt_volume_record;
static const struct definition *const definition = &libvirt_volume_definition;

/* By the record's own words (definition_render); `context` is the handle. */
static int description_render(void *context, struct arena *arena, const struct node *description,
			      struct text *text, struct faults *faults)
{
	struct desired desired = { .arena = arena, .items.arena = arena };
	struct item *item = items_add(&desired.items, &libvirt_volumes_kind, context);
	struct node *node = node_copy(arena, description);
	unsigned before = faults->count;

	record_normalise(arena, record, node);
	if (record_read(arena, record, node, NULL, item->value, faults) < 0)
		return -1;
	libvirt_volumes_complete(item, &desired, faults);
	libvirt_volumes_check(item, &desired, faults);
	return faults->count > before ? -1 : libvirt_volume_write(item->value, text, faults);
}

/* Sizes are carried in bytes, as libvirt says them itself: of the original no more is asked. */
static const char *in_bytes(struct arena *arena, const struct libvirt_volume *volume,
			    const char *original, struct faults *faults)
{
	const struct definition_writing writing = { .value = volume, .base = original };
	struct text text = text_of(arena);

	return definition_write(&text, definition, &writing, faults) < 0 ? NULL : text.at;
}

int libvirt_volumes_import(struct items *items, const char *text, struct faults *faults)
{
	struct arena *arena = items->arena;
	struct libvirt_volume *volume = record_new(arena, record);
	const char *block = NULL;

	if (!definition_is(arena, definition, text))
		return 0;
	if (definition_of_xml(arena, definition, text, true, volume, faults) < 0)
		return -1;
	const char *fit = name_fit(arena, volume->name), *handle = fit ? fit : "volume";
	struct definition_taking taking = { in_bytes(arena, volume, text, faults),
					    description_render, (void *)handle };
	if (!taking.original)
		return -1;
	if (string_equal(handle, volume->name))
		record_give(record, volume, offsetof(struct libvirt_volume, name), false);
	const struct node *taken = definition_taken(
		arena, &taking, record_print(arena, record, volume, true), &block, faults);
	volume = record_new(arena, record);
	if (!taken || record_read(arena, record, taken, NULL, volume, faults) < 0)
		return -1;
	if (block)
		SET(record, volume, libvirt_xml, block);
	items_add(items, &libvirt_volumes_kind, handle)->value = volume;
	return 1;
}

/* ---- what is there ---- */

/* Crude on purpose: it only spares looking into pools of which no guest has anything. */
static bool is_spoken_of(const struct host_domains *domains, struct arena *arena,
			 const struct host_virt_object *pool)
{
	struct libvirt_pool *read = record_new(arena, &libvirt_pool_record);
	struct faults unheard;

	faults_init(&unheard, arena);
	if (definition_of_xml(arena, &libvirt_pool_definition, pool->xml, false, read, &unheard) <
	    0)
		return false;
	/* As libvirt writes it, and as it is once passwords were taken out of it. */
	const char *name = arena_printf(arena, "pool='%s'", pool->name);
	const char *hidden = arena_printf(arena, "pool=\"%s\"", pool->name);
	const char *folder = arena_printf(arena, "%s/", read->target.path);
	EACH(domain, &domains->list) {
		const char *xml = domain->inactive_xml;
		bool named = xml && (strstr(xml, name) || strstr(xml, hidden));
		if (named || (xml && read->target.path && strstr(xml, folder)))
			return true;
	}
	return false;
}

int libvirt_volumes_used_pools(struct host *host, struct arena *arena, struct text_list *pools,
			       struct faults *faults)
{
	struct host_virt_objects all = {};
	struct host_domains domains = {};

	if (host_pools(host, &all, faults) < 0 || host_domains(host, &domains, faults) < 0)
		return -1;
	EACH(pool, &all.list)
		if (pool->active && !text_list_has(pools, pool->name) &&
		    is_spoken_of(&domains, arena, pool))
			text_list_push(arena, pools, arena_strdup(arena, pool->name));
	return 0;
}

static bool is_written(const struct guest_disk *disk)
{
	return !disk->read_only && !string_equal(disk->device, "cdrom") &&
	       !string_equal(disk->device, "floppy");
}

static bool has_as_disk(const struct guest *guest, const struct libvirt_volume *volume)
{
	for (size_t i = 0; i < guest->disks.count; i++) {
		const struct guest_disk *disk = guest->disks.at[i].value;
		bool named = string_equal(disk->storage.pool, volume->pool) &&
			     string_equal(disk->storage.volume, volume->name);
		bool same = volume->target.path && string_equal(disk->source, volume->target.path);
		if (is_written(disk) && (named || same))
			return true;
	}
	return false;
}

/* libvirt makes volumes in these; in others they are there by themselves, or are partitions. */
static bool pool_makes_volumes(const struct items *items, const char *name)
{
	static const char *const types[] = { "dir", "fs", "netfs", "logical" };

	EACH(item, &items->list) {
		const struct libvirt_pool *pool = (*item)->value;
		if (strcmp((*item)->kind->path, "libvirt.pools") != 0)
			continue;
		const char *called = pool->object.name ? pool->object.name : (*item)->name;
		for (size_t i = 0; string_equal(called, name) && i < COUNT_OF(types); i++)
			if (string_equal(pool->type, types[i]))
				return true;
	}
	return false;
}

static bool is_a_disk(const struct describing *describing, const struct libvirt_volume *volume)
{
	const struct seen_kind *guests = seen_find(describing->seen, "guests");

	if (!guests)
		return false;
	EACH(guest, &guests->configured.list)
		if (has_as_disk((*guest)->value, volume))
			return true;
	return false;
}

/* As much as another one like it needs: how it lies on the disk, libvirt chooses again. */
static void words_take(struct libvirt_volume *words, const struct libvirt_volume *there)
{
	const struct record *backing = &libvirt_volume_backing_record;
	struct libvirt_volume_target target = {};
	struct libvirt_volume_backing below = {};

	SET(record, words, pool, there->pool);
	SET(record, words, name, there->name);
	SET(record, words, capacity, there->capacity);
	if (there->target.format) {
		SET(&libvirt_volume_target_record, &target, format, there->target.format);
		SET(record, words, target, target);
	}
	if (!GIVEN(backing, &there->backing, path))
		return;
	SET(backing, &below, path, there->backing.path);
	if (there->backing.format)
		SET(backing, &below, format, there->backing.format);
	SET(record, words, backing, below);
}

int libvirt_volumes_describe(struct describing *describing, struct faults *faults)
{
	const struct libvirt_volume *there = describing->configured->value;

	(void)faults;
	if (!pool_makes_volumes(describing->items, there->pool) || !is_a_disk(describing, there))
		return 0;
	if (GIVEN(&libvirt_volume_target_record, &there->target, encryption)) {
		describing_note(
			describing,
			"the volume \"%s\" in pool \"%s\" is left out: it is encrypted, with "
			"a secret of libvirt's",
			there->name, there->pool);
		return 0;
	}
	words_take(items_add(describing->items, &libvirt_volumes_kind, describing->name)->value,
		   there);
	return 1;
}
