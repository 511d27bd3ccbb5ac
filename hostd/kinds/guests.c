/* guests.c - virtual machines: the kind, and what follows from what was said.
 *
 * A guest's disks become volumes and files, its NICs get their addresses, its cloud-init wishes
 * a seed.  The other files: guests_check.c, guests_devices.c, guests_words.c,
 * guests_observe.c, guests_plan.c, guests_live.c.
 */
#include "kinds/guests_place.h"
#include "kinds/other.h"
#include "kinds/require.h"

#include <string.h>

#include "formats/domain.h"
#include "formats/uuid.h"

#define GIVES(value, member) GIVEN(&guest_##value##_record, value, member)

/* ---- disks ---- */

/* {image, size} and {size} mean a volume of the guest's own. */
static void volume_imply(struct item *item, const char *name, struct guest_disk *disk,
			 struct desired *desired)
{
	const char *own = arena_printf(desired->arena, "%s-%s", item->name, name);
	struct item *implied = desired_imply(desired, "volumes", own, item);
	struct volume *volume = implied ? implied->value : NULL;

	if (!volume)
		return;
	if (GIVES(disk, image) && !GIVEN(&volume_record, volume, image))
		SET(&volume_record, volume, image, disk->image);
	if (GIVES(disk, size) && !GIVEN(&volume_record, volume, size))
		SET(&volume_record, volume, size, disk->size);
	if (GIVES(disk, pool) && !GIVEN(&volume_record, volume, pool))
		SET(&volume_record, volume, pool, disk->pool);
	if (GIVES(disk, format) && !GIVEN(&volume_record, volume, format))
		SET(&volume_record, volume, format, disk->format);
	SET(&guest_disk_record, disk, own, own); /* it comes before the guest, and goes after */
	const char *source = storage_volume_path(desired, own);
	if (source)
		SET(&guest_disk_record, disk, source, source);
	SET(&guest_disk_record, disk, format, storage_volume_format(volume));
}

static void disk_complete(struct item *item, const char *name, struct guest_disk *disk,
			  struct desired *desired)
{
	if (GIVES(disk, path)) {
		SET(&guest_disk_record, disk, source, disk->path);
		if (!GIVES(disk, format) && !guest_is_terse(item->value))
			SET(&guest_disk_record, disk, format, "raw");
	} else if (GIVES(disk, volume)) {
		const struct item *volume = desired_find(desired, "volumes", disk->volume);
		const char *source = storage_volume_path(desired, disk->volume);
		if (source)
			SET(&guest_disk_record, disk, source, source);
		if (volume && !GIVES(disk, format))
			SET(&guest_disk_record, disk, format, storage_volume_format(volume->value));
	} else if (GIVES(disk, image) || GIVES(disk, size)) {
		volume_imply(item, name, disk, desired);
	} else if (!GIVES(disk, format) && !guest_is_terse(item->value) &&
		   (string_equal(disk->device, "cdrom") || string_equal(disk->device, "floppy"))) {
		SET(&guest_disk_record, disk, format, "raw"); /* an empty drive: as it was full */
	}
}

/* ---- nics ---- */

static void nic_complete(struct item *item, const char *name, struct guest_nic *nic,
			 struct desired *desired)
{
	if (GIVES(nic, sriov) && guest_may_run(item->value))
		pci_require(desired, item, arena_printf(desired->arena, "nics.%s.sriov", name));
	if (!GIVES(nic, mac))
		SET(&guest_nic_record, nic, mac, mac_of(desired->arena, item->name, name));
	if (!GIVES(nic, link))
		return;
	const struct item *link = desired_find(desired, "links", nic->link);
	const char *device = link ? other_text(link->kind->record, link->value, "name") : NULL;
	SET(&guest_nic_record, nic, bridge, device ? device : nic->link);
}

/* The room there is while it runs: as said, or no more than it starts with. */
static void room_complete(struct guest *guest)
{
	struct guest_vcpus *vcpus = &guest->vcpus;
	struct guest_memory *memory = &guest->memory;

	if (GIVES(vcpus, max) || GIVES(vcpus, count))
		SET(&guest_vcpus_record, vcpus, most,
		    GIVES(vcpus, max) ? vcpus->max : vcpus->count);
	if (GIVES(memory, max) || GIVES(memory, size))
		SET(&guest_memory_record, memory, most,
		    GIVES(memory, max) ? memory->max : memory->size);
}

/* libvirt's partition /machine/gold is systemd's machine-gold.slice; where none is said, libvirt
 * takes /machine. */
static void slice_complete(struct guest *guest, struct arena *arena)
{
	if (!GIVEN(&guest_record, guest, slice) || string_equal(guest->slice, "machine") ||
	    GIVEN(&guest_resource_record, &guest->resource, partition))
		return;
	SET(&guest_resource_record, &guest->resource, partition,
	    arena_printf(arena, "/machine/%s", guest->slice));
	SET(&guest_record, guest, resource, guest->resource);
}

/* PIT2, PIT83: without these it cannot be started, without KVM not even be defined; or its own KVM
 * does not load. */
static void capabilities_need(struct item *item, struct desired *desired)
{
	const struct guest *guest = item->value;

	if (!string_equal(guest->virtualization, "emulated"))
		require_capability(desired, item, "virtualization", "kvm");
	if (!guest_may_run(guest))
		return;
	if (guest->nics.count)
		require_capability(desired, item, "nics", "tun"); /* PIT69 */
	if (string_equal(guest->firmware, "uefi"))
		require_capability(desired, item, "firmware", "guest_uefi");
	if (guest->secure_boot)
		require_capability(desired, item, "secure_boot", "guest_secure_boot");
	if (guest->tpm)
		require_capability(desired, item, "tpm", "guest_tpm");
	if (string_equal(guest->virtualization, "emulated"))
		return;
	if (guest->cpu.nested)
		require_capability(desired, item, "cpu.nested", "nested");
	if (guest->memory.page_size.count == (uint64_t)1 << 30)
		require_capability(desired, item, "memory.page_size", "pages_1g"); /* PIT34 */
}

/* libvirt knows no order: what has one is started by gasthof-guests-start.service. */
static void autostart_complete(struct guest_autostart *autostart)
{
	bool turn = GIVES(autostart, order);

	if (turn && !GIVES(autostart, on))
		SET(&guest_autostart_record, autostart, on, true);
	if (GIVES(autostart, on))
		SET(&guest_autostart_record, autostart, libvirt, autostart->on && !turn);
}

/* What the machine adds is added anew each time. */
static void fleet_complete(struct guest *guest, struct arena *arena)
{
	struct guest_cpu *said = ARENA_NEW(arena, struct guest_cpu);

	*said = guest->cpu;
	guest->said_cpu = GIVEN(&guest_cpu_record, said, fleet) ? said : NULL;
}

void guests_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct guest *guest = item->value;

	(void)faults;
	capabilities_need(item, desired);
	for (size_t i = 0; i < guest->disks.count; i++)
		disk_complete(item, guest->disks.at[i].name, guest->disks.at[i].value, desired);
	for (size_t i = 0; i < guest->nics.count; i++)
		nic_complete(item, guest->nics.at[i].name, guest->nics.at[i].value, desired);
	domain_settle(desired->arena, guest);
	room_complete(guest);
	autostart_complete(&guest->autostart);
	slice_complete(guest, desired->arena);
	guest_words_require(item, desired);
	guest_place_complete(guest, desired->arena);
	fleet_complete(guest, desired->arena);
	SET(&guest_record, guest, started, true);
	if (GIVEN(&guest_record, guest, cloud_init))
		SET(&guest_record, guest, seed,
		    arena_printf(desired->arena, SEED_FOLDER "/%s.iso", item->name));
}

/* ---- the kind ---- */

static bool guests_same(const struct item *want, const struct item *seen)
{
	const struct guest *there = seen->value;

	return seen->ours ? strcmp(want->name, seen->name) == 0
			  : string_equal(domain_name(want->value, want->name), there->name);
}

static int guests_render(const struct item *item, const struct view *view, struct text *text,
			 struct faults *faults)
{
	const struct guest *guest = item->value;

	(void)view;
	if (GIVEN(&guest_cpu_record, &guest->cpu, fleet) &&
	    !GIVEN(&guest_cpu_record, &guest->cpu, model)) {
		fault(faults, FAULT_HOST,
		      "libvirt finds the model of a fleet: gasthof plan shows it on one of its "
		      "hosts");
		fault_last(faults)->mark = item_mark(item, "cpu.fleet");
		return -1;
	}
	return domain_write(text,
			    &(struct domain_writing){ .guest = item->value, .handle = item->name },
			    faults);
}

static const char *const needs[] = {
	"networks", "libvirt.networks", "libvirt.pools", "links",  "devices", "sriov",
	"volumes",  "libvirt.volumes",  "slices",        "fleets", NULL
};

const struct kind guests_kind = {
	.path = "guests",
	.summary = "virtual machines",
	.shape = SHAPE_NAMED,
	.flags = KIND_COUNTED | KIND_WHOLE | KIND_HEARD,
	.adopt = ADOPT_ASK,
	.record = &guest_record,
	.needs = needs,
	.complete = guests_complete,
	.check = guests_check,
	.observe = guests_observe,
	.probe = guests_probe,
	.resolve = guests_resolve,
	.same = guests_same,
	.take_over = guests_take_over,
	.plan = guests_plan,
	.render = guests_render,
	.import = guests_import,
	.describe = guests_describe,
	.chart = guests_chart,
	.charted = (const char *const[]){ "vcpus.pin", "vcpus.cpu_set", NULL },
};
