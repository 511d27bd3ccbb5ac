/* guests_live_devices.c - devices of a guest that runs: they come, go and change. */
#include <string.h>

#include "formats/domain.h"
#include "kinds/guests_live.h"

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
						   .base = live_running(live)->xml,
						   .differs = live->change->differs },
			 &unheard) < 0)
		return false;
	return device_step(live, VERB_device_update, text.at, alias, true);
}

/* A member that comes or goes. */
static bool device_move(struct guest_live *live, const struct path *path, const char *alias)
{
	if (path->kind == PATH_MEMBER_ADD)
		return device_step(live, VERB_device_attach, live->definition, alias, false);
	return device_step(live, VERB_device_detach, live_running(live)->xml, alias, true);
}

static const char *alias_of(struct guest_live *live, const char *prefix, const struct path *path)
{
	return arena_printf(live->steps->arena, "ua-%s-%s", prefix, live_part(live, path, 1));
}

/* ---- disks ---- */

static const struct guest_disk *disk_of(const struct guest *guest, const char *name)
{
	const struct member *member = map_get(&guest->disks, name);

	return member ? member->value : NULL;
}

static bool disk_move(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	bool add = path->kind == PATH_MEMBER_ADD;
	const struct guest_disk *disk =
		disk_of(add ? live_wanted(live) : live_running(live), live_part(live, path, 1));

	(void)way;
	return disk && string_equal(disk->device, "disk") && !string_equal(disk->bus, "sata") &&
	       device_move(live, path, alias_of(live, "disk", path));
}

/* A CD is changed in its drive. */
static bool medium_change(struct guest_live *live, const struct live_way *way,
			  const struct path *path)
{
	const struct guest_disk *disk = disk_of(live_running(live), live_part(live, path, 1));

	(void)way;
	return disk && string_equal(disk->device, "cdrom") &&
	       device_update(live, alias_of(live, "disk", path));
}

/* ---- nics ---- */

static bool nic_is_function(const struct guest *guest, const char *name)
{
	const struct member *member = map_get(&guest->nics, name);
	const struct guest_nic *nic = member ? member->value : NULL;

	return nic && GIVEN(&guest_nic_record, nic, vf);
}

static bool nic_move(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	(void)way;
	return device_move(live, path, alias_of(live, "nic", path));
}

/* A NIC that is, or becomes, a virtual function is another device. */
static bool nic_change(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	const char *name = live_part(live, path, 1);

	(void)way;
	return !nic_is_function(live_wanted(live), name) &&
	       !nic_is_function(live_running(live), name) &&
	       device_update(live, alias_of(live, "nic", path));
}

/* ---- devices of the host ---- */

static bool hostdev_move(struct guest_live *live, const struct live_way *way,
			 const struct path *path)
{
	(void)way;
	return device_move(live, path, alias_of(live, "device", path));
}

static const struct live_way ways[] = {
	{ "nics.*", nic_move },          { "nics.*.network", nic_change },
	{ "nics.*.bridge", nic_change }, { "nics.*.link_state", nic_change },
	{ "disks.*", disk_move },        { "disks.*.source", medium_change },
	{ "hostdevs.*", hostdev_move },
};

const struct live_ways guest_device_ways = LIVE_WAYS(ways);
