/* guests_live_devices.c - devices of a guest that runs: they come, go and change.
 *
 * What libvirt can plug in and take out while a guest runs (qemuDomainAttachDeviceLive and its
 * counterpart, libvirt 9.0 and later) is tried; whether this guest takes it, only the attempt
 * tells (formats/refusal.h).  A device that is there is never taken out and put in again to
 * change it: whoever uses it would notice.
 */
#include <string.h>

#include "formats/device.h"
#include "formats/domain.h"
#include "kinds/guests_live.h"

/* ---- steps ---- */

static bool is_planned(const struct guest_live *live, enum verb verb, const char *alias)
{
	EACH(step, &live->steps->list)
		if (step->verb == verb && string_equal(step->argument[1], alias))
			return true;
	return false;
}

/* A definition says more of a device once libvirt has it; what was wished for stays the same. */
static const char *wish_of(struct guest_live *live, const char *map, const char *name)
{
	const struct field *field = record_find(&guest_record, map);
	const struct map *members = (const void *)((const char *)live_wanted(live) + field->offset);
	const struct member *member = map_get(members, name);
	struct text text = text_of(live->steps->arena);

	if (!member)
		return NULL;
	node_write_yaml(&text, record_print(text.arena, field->record, member->value, false));
	return text.at;
}

/* A member of a map as it stands in a definition.  Two fields of one device are one update. */
static bool device_step(struct guest_live *live, enum verb verb, const char *alias,
			const struct text *body, const char *wish)
{
	if (!alias)
		return false;
	if (is_planned(live, verb, alias))
		return true;
	struct step *step = step_body(
		live->steps, step_add(live->steps, verb, CLASS_LIVE, live->name, alias, "live"),
		body->at, body->size);
	step->secret_body = veil(live->steps->arena, body->at) != body->at; /* of libvirt_xml */
	if (verb == VERB_device_attach)
		step->wish = wish;
	return true;
}

static bool member_step(struct guest_live *live, enum verb verb, const char *xml, const char *map,
			const char *name)
{
	struct text body = text_of(live->steps->arena);
	const char *into = verb == VERB_device_attach ? live_running(live)->xml : NULL;
	const char *alias = domain_member(&body, xml, map, name, into);

	return device_step(live, verb, alias, &body, wish_of(live, map, name));
}

static bool member_moves(struct guest_live *live, const struct path *path)
{
	const char *map = live_part(live, path, 0), *name = live_part(live, path, 1);

	if (path->kind == PATH_MEMBER_ADD)
		return member_step(live, VERB_device_attach, live->definition, map, name);
	return member_step(live, VERB_device_detach, live_running(live)->xml, map, name);
}

static bool device_move(struct guest_live *live, const struct live_way *way,
			const struct path *path)
{
	(void)way;
	return member_moves(live, path);
}

/* ---- a device that changes ---- */

/* Of the differences, those of one member that go the same way. */
static const struct paths *paths_of_member(struct guest_live *live, const struct live_way *way,
					   const char *member)
{
	const struct paths *differs = live->change->differs;
	struct paths *ours = ARENA_NEW(live->steps->arena, struct paths);
	size_t size = strlen(member);

	*ours = (struct paths){ .arena = live->steps->arena };
	for (size_t i = 0; i < differs->count; i++) {
		const struct path *path = &differs->at[i];
		const struct live_way *other = guest_live_way(path->path);
		if (strncmp(path->path, member, size) == 0 && path->path[size] == '.' && other &&
		    other->go == way->go)
			*ARRAY_ADD(ours->arena, ours) = *path;
	}
	return ours;
}

static void *member_value(const struct map *map, const char *name)
{
	const struct member *member = map_get(map, name);

	return member ? member->value : NULL;
}

/* The running definition with nothing new but these differences, so that an update is not refused
 * for what has to wait anyway. */
static const char *definition_with(struct guest_live *live, const char *map, const char *name,
				   const struct paths *paths)
{
	struct arena *arena = live->steps->arena;
	const struct field *field = record_find(&guest_record, map);
	const struct map *wanted = (const void *)((const char *)live_wanted(live) + field->offset);
	struct guest *guest = record_new(arena, &guest_record);
	struct map *members = (void *)((char *)guest + field->offset);
	void *value = map_add(arena, members, field->record, name);
	struct text text = text_of(arena);
	struct faults unheard;

	for (size_t i = 0; i < paths->count; i++) {
		const char *part = live_part(live, &paths->at[i], 2);
		const struct field *part_field = record_find(field->record, part);
		if (part_field && paths->at[i].kind != PATH_RESET)
			record_take(field->record, value, member_value(wanted, name), part_field);
	}
	faults_init(&unheard, arena);
	return domain_write(&text,
			    &(struct domain_writing){ .guest = guest,
						      .handle = live->change->want->name,
						      .base = live_running(live)->xml,
						      .differs = paths },
			    &unheard) < 0
		       ? NULL
		       : text.at;
}

static bool member_change(struct guest_live *live, enum verb verb, const struct live_way *way,
			  const struct path *path)
{
	const char *map = live_part(live, path, 0), *name = live_part(live, path, 1);
	const char *member = arena_printf(live->steps->arena, "%s.%s", map, name);
	const char *xml = definition_with(live, map, name, paths_of_member(live, way, member));

	return xml && member_step(live, verb, xml, map, name);
}

/* ---- disks ---- */

static bool is_drive(const struct guest_disk *disk)
{
	return string_equal(disk->device, "cdrom") || string_equal(disk->device, "floppy");
}

/* Buses that a disk is plugged into while a guest runs. */
static bool disk_moves(const struct guest_disk *disk)
{
	static const char *const buses[] = { "virtio", "scsi", "usb" };
	const char *bus = disk->bus ? disk->bus : is_drive(disk) ? "sata" : "virtio";

	for (size_t i = 0; i < COUNT_OF(buses); i++)
		if (strcmp(bus, buses[i]) == 0)
			return true;
	return false;
}

/* Without one, libvirt would make one of a model that few guests know. */
static void scsi_controller(struct guest_live *live)
{
	static const char controller[] =
		"<controller type=\"scsi\" index=\"0\" model=\"virtio-scsi\">"
		"<alias name=\"ua-controller-scsi-0\"/></controller>\n";
	static const char alias[] = "ua-controller-scsi-0";

	if (map_get(&live_running(live)->controllers, "scsi-0") ||
	    is_planned(live, VERB_device_attach, alias))
		return;
	step_body(live->steps,
		  step_add(live->steps, VERB_device_attach, CLASS_LIVE, live->name, alias, "live"),
		  controller, sizeof(controller) - 1);
}

static bool is_there(struct guest_live *live, const char *map, const char *name)
{
	struct text body = text_of(live->steps->arena);

	return domain_member(&body, live_running(live)->xml, map, name, NULL) != NULL;
}

/* Its file is not there, and it says that the guest runs without: nothing waits for that. */
static bool is_left_out(struct guest_live *live, const char *name)
{
	const struct guest_facts *facts = live->change->facts;

	if (facts)
		EACH(left_out, &facts->left_out)
			if (string_equal(*left_out, name)) {
				steps_note(live->steps,
					   "disks.%s is left out until its file is there", name);
				return true;
			}
	return false;
}

static bool disk_move(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	bool add = path->kind == PATH_MEMBER_ADD;
	const char *name = live_part(live, path, 1);
	const struct guest *guest = add ? live_wanted(live) : live_running(live);
	const struct guest_disk *disk = member_value(&guest->disks, name);

	(void)way;
	if (add && is_left_out(live, name))
		return true;
	if (!add && !is_there(live, "disks", name))
		return true; /* left out all along */
	if (!disk || !disk_moves(disk))
		return false;
	if (add && string_equal(disk->bus, "scsi"))
		scsi_controller(live);
	return member_moves(live, path);
}

/* A CD or floppy is changed in its drive; the content of a disk never is. */
static bool medium_change(struct guest_live *live, const struct live_way *way,
			  const struct path *path)
{
	const char *name = live_part(live, path, 1);
	const struct guest_disk *disk = member_value(&live_running(live)->disks, name);

	if (path->kind != PATH_RESET && is_left_out(live, name))
		return true;
	return disk && is_drive(disk) && member_change(live, VERB_device_update, way, path);
}

static bool limit_change(struct guest_live *live, const struct live_way *way,
			 const struct path *path)
{
	return member_change(live, VERB_disk_limit, way, path);
}

/* ---- nics ---- */

static bool nic_is_function(const struct guest *guest, const char *name)
{
	const struct guest_nic *nic = member_value(&guest->nics, name);

	return nic && GIVEN(&guest_nic_record, nic, vf);
}

/* A NIC that is, or becomes, a virtual function is another device. */
static bool nic_change(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	const char *name = live_part(live, path, 1);

	return !nic_is_function(live_wanted(live), name) &&
	       !nic_is_function(live_running(live), name) &&
	       member_change(live, VERB_device_update, way, path);
}

/* ---- devices of which there is one ---- */

/* It comes or goes as a whole; one that is there does not change. */
static bool part_move(struct guest_live *live, const char *field, bool wanted)
{
	struct text body = text_of(live->steps->arena), there = text_of(live->steps->arena);
	const char *running = live_running(live)->xml;
	const char *alias = domain_part(&there, running, field, NULL);

	if (!wanted)
		return !alias || device_step(live, VERB_device_detach, alias, &there, NULL);
	if (alias)
		return false;
	alias = domain_part(&body, live->definition, field, running);
	return device_step(live, VERB_device_attach, alias, &body, field);
}

static bool flag_move(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	const struct field *field = record_find(&guest_record, path->path);
	const bool *wanted = (const void *)((const char *)live_wanted(live) + field->offset);

	(void)way;
	return part_move(live, path->path, *wanted);
}

static bool vsock_move(struct guest_live *live, const struct live_way *way, const struct path *path)
{
	(void)way, (void)path;
	return part_move(live, "vsock", GIVEN(&guest_record, live_wanted(live), vsock));
}

/* ---- memory ---- */

/* Of a module only a virtio-mem changes: it gives and takes what the guest is asked to. */
static bool requested_change(struct guest_live *live, const struct live_way *way,
			     const struct path *path)
{
	const struct guest_module *module =
		member_value(&live_running(live)->memory_modules, live_part(live, path, 1));

	return module && path->kind != PATH_RESET && string_equal(module->model, "virtio-mem") &&
	       member_change(live, VERB_device_update, way, path);
}

/* ---- screens ---- */

static bool is_reset(const struct paths *differs, const char *path)
{
	for (size_t i = 0; i < differs->count; i++)
		if (differs->at[i].kind == PATH_RESET && string_equal(differs->at[i].path, path))
			return true;
	return false;
}

/* All that changes of one is one update: each of two would bring back what the other changed.  A
 * password can be changed, but not taken away: QEMU goes on asking for it. */
static bool screen_change(struct guest_live *live, const struct live_way *way,
			  const struct path *path)
{
	struct arena *arena = live->steps->arena;
	const char *type = live_part(live, path, 1), *screen = NULL;
	const char *member = arena_printf(arena, "graphics.%s", type);
	const char *password = arena_printf(arena, "%s.password", member);
	struct paths differs = *paths_of_member(live, way, member);
	struct faults unheard;

	if (path->kind == PATH_RESET && string_equal(path->path, password)) {
		live_wait(live, "its screen asks for the password until its next start");
		return false;
	}
	if (is_planned(live, VERB_screen_update, type))
		return true;
	if (is_reset(&differs, password))
		paths_drop(&differs, password);
	faults_init(&unheard, arena);
	const char *xml = definition_with(live, "graphics", type, &differs);
	if (!xml || device_by_type(arena, xml, "graphics", type, &screen, &unheard) != 1)
		return false;
	step_body(live->steps,
		  step_add(live->steps, VERB_screen_update, CLASS_LIVE, live->name, type), screen,
		  strlen(screen));
	return true;
}

/* ---- the table ---- */

#define LIMIT_WAY(R, kind, name, ...) { "disks.*.limit." #name, limit_change },
#define LIVE_BANDWIDTH_WAY(side, kind, name, ...) \
	{ "nics.*.bandwidth." #side "." #name, nic_change },

/* clang-format off */
static const struct live_way ways[] = {
	{ "disks.*", disk_move },
	{ "disks.*.source", medium_change },
	GUEST_THROTTLE_ROWS(LIMIT_WAY, none)
	{ "nics.*", device_move },
	{ "nics.*.network", nic_change },
	{ "nics.*.libvirt_network", nic_change },
	{ "nics.*.bridge", nic_change },
	{ "nics.*.link_state", nic_change },
	{ "nics.*.trust_filters", nic_change },
	{ "nics.*.isolated", nic_change },
	{ "nics.*.coalesce", nic_change },
	{ "nics.*.filter.name", nic_change },
	{ "nics.*.filter.parameters.*", nic_change },
	{ "nics.*.filter.parameters.*.value", nic_change },
	GUEST_BANDWIDTH_ONE_ROWS(BANDWIDTH_WAY, inbound)
	GUEST_BANDWIDTH_ONE_ROWS(BANDWIDTH_WAY, outbound)
	{ "graphics.*.password", screen_change },
	{ "graphics.*.valid_until", screen_change },
	{ "graphics.*.connected", screen_change },
	{ "rng", flag_move },
	{ "guest_agent", flag_move },
	{ "vsock.model", vsock_move },
	{ "vsock.automatic", vsock_move },
	{ "vsock.cid", vsock_move },
	{ "hostdevs.*", device_move },
	{ "host_devices.*", device_move },
	{ "redirections.*", device_move },
	{ "shares.*", device_move },
	{ "serials.*", device_move },
	{ "channels.*", device_move },
	{ "inputs.*", device_move },
	{ "rngs.*", device_move },
	{ "watchdogs.*", device_move },
	{ "shared_memories.*", device_move },
	{ "memory_modules.*", device_move },
	{ "memory_modules.*.requested", requested_change },
};
/* clang-format on */

const struct live_ways guest_device_ways = LIVE_WAYS(ways);
