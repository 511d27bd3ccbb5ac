/* guests_check.c - what the table cannot say of a guest. */
#include <string.h>

#include "formats/domain.h"
#include "formats/uuid.h"
#include "kinds/guests_place.h"

#define GIVES(value, member) GIVEN(&guest_##value##_record, value, member)

struct checking {
	const struct item *item;
	const struct desired *desired;
	struct faults *faults;
};

static struct mark mark_of(const struct checking *checking, const char *path)
{
	return item_mark(checking->item, path);
}

static const char *path_of(const struct checking *checking, const char *map, const char *name,
			   const char *field)
{
	return arena_printf(checking->desired->arena, "%s.%s%s%s", map, name, field ? "." : "",
			    field ? field : "");
}

/* libvirt's names of devices have no room for a dot. */
static void name_check(const struct checking *checking, const char *map, const char *name)
{
	if (strchr(name, '.'))
		(void)fault_at(checking->faults,
			       mark_of(checking, path_of(checking, map, name, NULL)),
			       "the name of a device cannot hold a dot");
}

/* Made elsewhere: what libvirt takes is taken. */
static bool is_terse(const struct checking *checking)
{
	return guest_is_terse(checking->item->value);
}

/* ---- disks ---- */

static void disk_source_check(const struct checking *checking, const char *name,
			      const struct guest_disk *disk)
{
	bool own = GIVES(disk, image) || GIVES(disk, size);
	unsigned sources = own + GIVES(disk, volume) + GIVES(disk, path) + GIVES(disk, type);
	struct mark mark = mark_of(checking, path_of(checking, "disks", name, NULL));

	if (sources > 1)
		(void)fault_at(checking->faults, mark,
			       "a disk is one of image and size, volume, or path");
	if (sources == 0 && !is_terse(checking) && !string_equal(disk->device, "cdrom") &&
	    !string_equal(disk->device, "floppy")) {
		(void)fault_at(checking->faults, mark, "a disk needs something behind it");
		fault_hint(checking->faults, "give it image and size, size alone, volume, or path");
	}
	if (GIVES(disk, pool) && !own)
		(void)fault_at(checking->faults,
			       mark_of(checking, path_of(checking, "disks", name, "pool")),
			       "only a disk with image or size chooses its pool");
	const struct item *item = GIVES(disk, volume)
					  ? desired_find(checking->desired, "volumes", disk->volume)
					  : NULL;
	if (item && !string_equal(disk->format, storage_volume_format(item->value)))
		(void)fault_at(checking->faults,
			       mark_of(checking, path_of(checking, "disks", name, "format")),
			       "volumes.%s is %s", disk->volume,
			       storage_volume_format(item->value));
}

/* PIT54: QEMU refuses native I/O through the host's page cache. */
static void disk_io_check(const struct checking *checking, const char *name,
			  const struct guest_disk *disk)
{
	if (!string_equal(disk->io, "native") || string_equal(disk->cache, "none") ||
	    string_equal(disk->cache, "directsync"))
		return;
	(void)fault_at(checking->faults, mark_of(checking, path_of(checking, "disks", name, "io")),
		       "native I/O needs the cache to be none or directsync");
}

bool guest_disks_clash(const struct guest_disk *one, const struct guest_disk *other)
{
	return one->source && string_equal(one->source, other->source) &&
	       !(one->shareable && other->shareable) && !(one->read_only && other->read_only) &&
	       !string_equal(one->device, "cdrom") && !string_equal(other->device, "cdrom");
}

/* Whether another guest writes the same file at the same time. */
static void disk_shared_check(const struct checking *checking, const char *name,
			      const struct guest_disk *disk)
{
	const struct guest *guest = checking->item->value;

	if (!disk->source)
		return;
	DESIRED_EACH(other, checking->desired, "guests") {
		const struct guest *there = other->value;
		for (size_t i = 0; i < there->disks.count; i++) {
			const struct guest_disk *second = there->disks.at[i].value;
			if (second == disk)
				return; /* each pair once, at the later of the two */
			if (!guest_disks_clash(second, disk) ||
			    (other == checking->item && is_terse(checking)) ||
			    !guest_may_run(there) || !guest_may_run(guest))
				continue;
			(void)fault_at(checking->faults,
				       mark_of(checking, path_of(checking, "disks", name, NULL)),
				       "guests.%s has this disk too, and both may run",
				       other->name);
			fault_also(checking->faults,
				   item_mark(other, path_of(checking, "disks",
							    there->disks.at[i].name, NULL)),
				   "the other disk");
			return; /* who has it first is enough, however many have */
		}
	}
}

/* ---- nics ---- */

static void nic_source_check(const struct checking *checking, const char *name,
			     const struct guest_nic *nic)
{
	struct mark mark = mark_of(checking, path_of(checking, "nics", name, NULL));

	if (GIVES(nic, network) && GIVES(nic, link))
		(void)fault_at(checking->faults, mark, "a NIC is in a network or on a link");
	if (GIVES(nic, network) && GIVES(nic, bridge) && !GIVES(nic, link))
		(void)fault_at(checking->faults, mark, "a NIC is in a network or on a bridge");
	bool plugged = GIVES(nic, network) || GIVES(nic, link) || GIVES(nic, bridge) ||
		       GIVES(nic, libvirt_network) || GIVES(nic, type) || GIVES(nic, sriov);
	if (!plugged && !is_terse(checking)) {
		(void)fault_at(checking->faults, mark, "a NIC needs something to be plugged into");
		fault_hint(checking->faults, "give it network, link or sriov");
	}
	if (GIVES(nic, address) && !GIVES(nic, network))
		(void)fault_at(checking->faults,
			       mark_of(checking, path_of(checking, "nics", name, "address")),
			       "only a network's DHCP server can give an address");
}

bool guest_nics_clash(const struct guest_nic *one, const struct guest_nic *other)
{
	static const struct mac none;

	return memcmp(&one->mac, &none, sizeof(none)) != 0 &&
	       memcmp(&one->mac, &other->mac, sizeof(one->mac)) == 0;
}

/* PIT73: one address twice is two guests that cut each other off. */
static void nic_mac_check(const struct checking *checking, const char *name,
			  const struct guest_nic *nic)
{
	DESIRED_EACH(other, checking->desired, "guests") {
		const struct guest *there = other->value;
		for (size_t i = 0; i < there->nics.count; i++) {
			const struct guest_nic *second = there->nics.at[i].value;
			if (second == nic)
				return;
			if (!guest_nics_clash(second, nic) ||
			    (other == checking->item && is_terse(checking)) ||
			    !guest_may_run(there) || !guest_may_run(checking->item->value))
				continue;
			(void)fault_at(checking->faults,
				       mark_of(checking, path_of(checking, "nics", name, "mac")),
				       "guests.%s has the MAC %s already", other->name,
				       mac_text(checking->desired->arena, &nic->mac));
			fault_also(checking->faults,
				   item_mark(other, path_of(checking, "nics",
							    there->nics.at[i].name, "mac")),
				   "the other one");
			return;
		}
	}
}

/* ---- the guest ---- */

enum { VCPUS_WITHOUT_REMAPPING = 255 };

static void size_check(const struct checking *checking, const struct guest *guest)
{
	const struct guest_vcpus *vcpus = &guest->vcpus;
	const struct guest_memory *memory = &guest->memory;
	uint32_t most = GIVES(vcpus, max) ? vcpus->max : vcpus->count;

	if (GIVES(vcpus, max) && vcpus->max < vcpus->count)
		(void)fault_at(checking->faults, mark_of(checking, "vcpus.max"),
			       "at most %u vCPUs are fewer than the %u it starts with", vcpus->max,
			       vcpus->count); /* PIT25 */
	if (GIVES(memory, max) && memory->max.count < memory->size.count)
		(void)fault_at(checking->faults, mark_of(checking, "memory.max"),
			       "its most memory is less than what it starts with"); /* PIT45 */
	if (memory->size.count < 1024 * 1024)
		(void)fault_at(checking->faults, mark_of(checking, "memory.size"),
			       "a guest has at least 1MiB");
	if (most > VCPUS_WITHOUT_REMAPPING && !GIVEN(&guest_record, guest, libvirt_xml) &&
	    !guest->iommu.eim && !is_terse(checking))
		(void)fault_at(checking->faults,
			       mark_of(checking, GIVES(vcpus, max) ? "vcpus.max" : "vcpus.count"),
			       "more than %d vCPUs need an IOMMU with extended interrupts",
			       VCPUS_WITHOUT_REMAPPING);
}

static bool pages_are_described(const struct desired *desired, uint64_t bytes)
{
	struct bytes size = {};

	DESIRED_EACH(item, desired, "memory.hugepages")
		if (bytes_parse(item->name, &size) && size.count == bytes)
			return true;
	return false;
}

static void pages_check(const struct checking *checking, const struct guest_memory *memory)
{
	const char *size = type_text_of(&type_bytes, &memory->page_size, checking->faults->arena);

	if (!GIVES(memory, page_size))
		return;
	if (!pages_are_described(checking->desired, memory->page_size.count)) { /* PIT35 */
		(void)fault_at(checking->faults, mark_of(checking, "memory.page_size"),
			       "no pages of %s are reserved", size);
		fault_hint(checking->faults, "say how many: memory: {hugepages: {%s: 4}}", size);
	}
	if (memory->page_size.count && memory->most.count % memory->page_size.count)
		(void)fault_at(checking->faults, mark_of(checking, "memory.page_size"),
			       "its memory is no multiple of %s", size);
	if (GIVES(memory, max) && memory->max.count > memory->size.count) /* PIT36 */
		(void)fault_at(checking->faults, mark_of(checking, "memory.max"),
			       "memory on huge pages does not grow or shrink by a balloon");
}

static void cloud_init_check(const struct checking *checking,
			     const struct guest_cloud_init *cloud_init)
{
	if (GIVES(cloud_init, user_data) &&
	    (GIVES(cloud_init, user) || GIVES(cloud_init, ssh_keys) || GIVES(cloud_init, packages)))
		(void)fault_at(checking->faults, mark_of(checking, "cloud_init.user_data"),
			       "user_data takes the place of user, ssh_keys and packages");
}

/* Only SMM keeps a guest from writing the variables that say what is signed (OVMF's README), and of
 * the boards for PCs only q35 has it. */
static void secure_boot_check(const struct checking *checking, const struct guest *guest)
{
	const struct guest_features *features = &guest->features;
	struct mark mark = mark_of(checking, "secure_boot");

	if (!guest->secure_boot)
		return;
	if (!string_equal(guest->firmware, "uefi"))
		(void)fault_at(checking->faults, mark, "Secure Boot is part of UEFI");
	if (guest->machine && !strstr(guest->machine, "q35")) {
		(void)fault_at(checking->faults, mark, "board \"%s\" has no Secure Boot",
			       guest->machine);
		fault_hint(checking->faults, "say machine: q35");
	}
	if (GIVES(features, smm) && !features->smm) {
		(void)fault_at(checking->faults, mark, "there is no Secure Boot without SMM");
		fault_also(checking->faults, mark_of(checking, "features.smm"), "turned off here");
	}
}

static void block_check(const struct checking *checking, const struct guest *guest)
{
	struct faults found;

	if (!GIVEN(&guest_record, guest, libvirt_xml))
		return;
	faults_init(&found, checking->desired->arena);
	if (domain_block_check(checking->desired->arena, guest->libvirt_xml, &found) < 0)
		(void)fault_at(checking->faults, mark_of(checking, "libvirt_xml"), "%s",
			       found.first->message);
}

static void identity_check(const struct checking *checking, const struct guest *guest)
{
	const char *name = domain_name(guest, checking->item->name);

	if (GIVEN(&guest_record, guest, uuid) && !uuid_is_valid(guest->uuid))
		(void)fault_at(checking->faults, mark_of(checking, "uuid"), "\"%s\" is no UUID",
			       guest->uuid);
	if (strchr(name, '/') || !*name)
		(void)fault_at(checking->faults, mark_of(checking, "name"),
			       "\"%s\" is no name for libvirt", name);
	DESIRED_EACH(other, checking->desired, "guests") {
		if (other == checking->item)
			return;
		if (strcmp(domain_name(other->value, other->name), name) != 0)
			continue;
		(void)fault_at(checking->faults, mark_of(checking, "name"),
			       "guests.%s has this name already", other->name);
		fault_also(checking->faults, item_mark(other, "name"), "the other one");
		return;
	}
}

static void autostart_check(const struct checking *checking,
			    const struct guest_autostart *autostart)
{
	if (GIVEN(&guest_autostart_record, autostart, order) && !autostart->on)
		(void)fault_at(checking->faults, item_mark(checking->item, "autostart.order"),
			       "it has a turn, and does not start with the host");
	if (GIVEN(&guest_autostart_record, autostart, delay) &&
	    !GIVEN(&guest_autostart_record, autostart, order)) {
		(void)fault_at(checking->faults, item_mark(checking->item, "autostart.delay"),
			       "nobody starts after it: it has no turn");
		fault_hint(checking->faults, "autostart: {order: 1, delay: ...}");
	}
}

static void slice_check(const struct checking *checking, const struct guest *guest)
{
	if (!GIVEN(&guest_record, guest, slice))
		return;
	if (string_equal(guest->slice, "system") || string_equal(guest->slice, "user"))
		(void)fault_at(checking->faults, mark_of(checking, "slice"),
			       "the slice %s is the host's own", guest->slice);
	else if (!string_equal(guest->resource.partition, "/machine") &&
		 !string_equal(
			 guest->resource.partition,
			 arena_printf(checking->desired->arena, "/machine/%s", guest->slice)) &&
		 guest->resource.partition)
		(void)fault_at(checking->faults, mark_of(checking, "resource.partition"),
			       "a guest has a slice or a partition of its own choice");
}

void guests_check(const struct item *item, const struct desired *desired, struct faults *faults)
{
	const struct guest *guest = item->value;
	const struct checking checking = { item, desired, faults };
	unsigned before = faults->count;

	for (size_t i = 0; i < guest->disks.count; i++) {
		const struct member *member = &guest->disks.at[i];
		name_check(&checking, "disks", member->name);
		disk_source_check(&checking, member->name, member->value);
		disk_io_check(&checking, member->name, member->value);
		disk_shared_check(&checking, member->name, member->value);
	}
	for (size_t i = 0; i < guest->nics.count; i++) {
		const struct member *member = &guest->nics.at[i];
		name_check(&checking, "nics", member->name);
		nic_source_check(&checking, member->name, member->value);
		nic_mac_check(&checking, member->name, member->value);
	}
	guests_fit(item, faults);
	guest_devices_check(item, desired, faults);
	guest_vfs_check(item, desired, faults);
	guest_fleet_check(item, desired, faults);
	EACH(device, &guest->devices)
		if (strchr(*device, '.'))
			(void)fault_at(faults, item_mark(item, "devices"),
				       "the name of a device in a guest cannot hold a dot");
	identity_check(&checking, guest);
	size_check(&checking, guest);
	autostart_check(&checking, &guest->autostart);
	pages_check(&checking, &guest->memory);
	guest_place_check(item, faults);
	cloud_init_check(&checking, &guest->cloud_init);
	block_check(&checking, guest);
	secure_boot_check(&checking, guest);
	slice_check(&checking, guest);
	if (faults->count == before)
		guests_twice(item, faults);
}
