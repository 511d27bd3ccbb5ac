/* guests_live.c - what of a change can be done while the guest runs.
 *
 * Whatever has no way here takes effect at the next start.  A vCPU is only added, never taken
 * away (few guests give one back), memory moves within the balloon's room.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "formats/domain.h"
#include "kinds/guests.h"

static const struct guest *running_guest(const struct guest_live *live)
{
	return live->change->running->value;
}

/* ---- sizes ---- */

static bool memory_live(struct guest_live *live)
{
	const struct guest_memory *want =
		&((const struct guest *)live->change->want->value)->memory;
	const struct guest_memory *have = &running_guest(live)->memory;
	char bytes[24];

	if (!GIVEN(&guest_memory_record, want, size) || want->size.count > have->most.count)
		return false;
	snprintf(bytes, sizeof(bytes), "%" PRIu64, want->size.count);
	step_add(live->steps, VERB_domain_set, CLASS_LIVE, live->name, "memory", bytes, "live");
	return true;
}

static bool vcpus_live(struct guest_live *live)
{
	const struct guest_vcpus *want = &((const struct guest *)live->change->want->value)->vcpus;
	const struct guest_vcpus *have = &running_guest(live)->vcpus;
	char count[16];

	if (!GIVEN(&guest_vcpus_record, want, count) || want->count > have->most ||
	    want->count < have->count)
		return false;
	snprintf(count, sizeof(count), "%" PRIu32, want->count);
	step_add(live->steps, VERB_domain_set, CLASS_LIVE, live->name, "vcpus", count, "live");
	return true;
}

/* ---- devices ---- */

static bool device_step(struct guest_live *live, enum verb verb, const char *xml, const char *alias,
			bool keep_address)
{
	struct text body = text_of(live->steps->arena);

	EACH(step, &live->steps->list) /* two fields of one device are one update */
		if (step->verb == verb && string_equal(step->argument[1], alias))
			return true;
	if (!domain_device(&body, xml, alias, keep_address))
		return false;
	step_body(live->steps, step_add(live->steps, verb, CLASS_LIVE, live->name, alias, "live"),
		  body.at, body.size);
	return true;
}

/* The running definition as it is to be, so that an update says nothing else new. */
static bool device_update(struct guest_live *live, const char *alias)
{
	struct text text = text_of(live->steps->arena);
	struct faults unheard;

	faults_init(&unheard, live->steps->arena);
	if (domain_write(&text,
			 &(struct domain_writing){ .guest = live->change->want->value,
						   .handle = live->change->want->name,
						   .base = running_guest(live)->xml,
						   .differs = live->change->differs },
			 &unheard) < 0)
		return false;
	return device_step(live, VERB_device_update, text.at, alias, true);
}

/* Splits "nics.lab.model": the member and, behind it, the field or NULL. */
static const char *member_of(struct arena *arena, const char *path, const char *map,
			     const char **ret_field)
{
	size_t size = strlen(map);

	if (strncmp(path, map, size) != 0 || path[size] != '.')
		return NULL;
	const char *name = path + size + 1;
	const char *dot = strchr(name, '.');
	*ret_field = dot ? dot + 1 : NULL;
	return dot ? arena_strndup(arena, name, (size_t)(dot - name)) : name;
}

static bool is_among(const char *field, const char *const *fields)
{
	for (; *fields; fields++)
		if (string_equal(field, *fields))
			return true;
	return false;
}

static bool disk_can_move(const struct map *disks, const char *name)
{
	const struct member *member = map_get(disks, name);
	const struct guest_disk *disk = member ? member->value : NULL;

	return disk && string_equal(disk->device, "disk") && !string_equal(disk->bus, "sata");
}

static bool nic_is_function(const struct map *nics, const char *name)
{
	const struct member *member = map_get(nics, name);
	const struct guest_nic *nic = member ? member->value : NULL;

	return nic && GIVEN(&guest_nic_record, nic, vf);
}

/* A NIC that is, or becomes, a virtual function is another device. */
static bool is_function(const struct guest_live *live, const char *map, const char *name)
{
	const struct guest *want = live->change->want->value;

	return strcmp(map, "nics") == 0 && (nic_is_function(&want->nics, name) ||
					    nic_is_function(&running_guest(live)->nics, name));
}

static bool device_live(struct guest_live *live, const struct path *path, const char *map,
			const char *prefix, const char *const *updated)
{
	const char *field = NULL;
	const char *name = member_of(live->steps->arena, path->path, map, &field);
	const struct guest *want = live->change->want->value;

	if (!name)
		return false;
	bool disk = strcmp(map, "disks") == 0;
	const char *alias = arena_printf(live->steps->arena, "ua-%s-%s", prefix, name);
	if (path->kind == PATH_MEMBER_ADD)
		return (!disk || disk_can_move(&want->disks, name)) &&
		       device_step(live, VERB_device_attach, live->definition, alias, false);
	if (path->kind == PATH_MEMBER_REMOVE)
		return (!disk || disk_can_move(&running_guest(live)->disks, name)) &&
		       device_step(live, VERB_device_detach, running_guest(live)->xml, alias, true);
	return field && is_among(field, updated) && !is_function(live, map, name) &&
	       device_update(live, alias);
}

/* A CD is changed in its drive. */
static const char *disk_fields_of(const struct guest_live *live, const char *path)
{
	const char *field = NULL;
	const char *name = member_of(live->steps->arena, path, "disks", &field);
	const struct member *member = name ? map_get(&running_guest(live)->disks, name) : NULL;
	const struct guest_disk *disk = member ? member->value : NULL;

	return disk && string_equal(disk->device, "cdrom") ? "source" : "";
}

static bool path_live(struct guest_live *live, const struct path *path)
{
	static const char *const nic_fields[] = { "network", "bridge", "link_state", NULL };
	static const char *const none[] = { NULL };
	const char *disk_fields[] = { disk_fields_of(live, path->path), NULL };

	if (!live->allowed)
		return false;
	if (strcmp(path->path, "memory.size") == 0)
		return memory_live(live);
	if (strcmp(path->path, "vcpus.count") == 0)
		return vcpus_live(live);
	return device_live(live, path, "nics", "nic", nic_fields) ||
	       device_live(live, path, "disks", "disk", disk_fields) ||
	       device_live(live, path, "hostdevs", "device", none);
}

int guest_live(struct guest_live *live, struct faults *faults)
{
	(void)faults;
	for (size_t i = 0; i < live->change->differs->count; i++) {
		const struct path *path = &live->change->differs->at[i];
		/* the balloon is told of a new size, whatever the guest then makes of it */
		bool size = strcmp(path->path, "memory.size") == 0;
		if (!(path->where & IN_RUNNING || size) || strcmp(path->path, "state") == 0)
			continue;
		if (!path_live(live, path))
			live->waits = true;
	}
	return 0;
}
