/* guests_fit.c - parts of a guest that do not fit each other: what libvirt or QEMU would refuse
 * later, told where it stands; and what they take, but nobody should. */
#include <stdlib.h>
#include <string.h>

#include "kinds/guests.h"

#define GIVES(value, member) GIVEN(&guest_##value##_record, value, member)

struct fitting {
	const struct item *item;
	const struct guest *guest;
	struct faults *faults;
};

PRINTF(3, 4)
static void complain(const struct fitting *fitting, const char *path, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *message = arena_vprintf(fitting->faults->arena, format, arguments);
	va_end(arguments);
	(void)fault_at(fitting->faults, item_mark(fitting->item, path), "%s", message);
}

static const char *path_in(const struct fitting *fitting, const char *map, const char *name,
			   const char *field)
{
	return arena_printf(fitting->faults->arena, "%s.%s.%s", map, name, field);
}

static uint32_t most_vcpus(const struct guest *guest)
{
	const struct guest_vcpus *vcpus = &guest->vcpus;

	return GIVES(vcpus, max) ? vcpus->max : vcpus->count;
}

/* ---- processors ---- */

static uint64_t factor(bool given, uint32_t number)
{
	return given && number ? number : 1;
}

/* PIT26: QEMU takes no topology that the most vCPUs do not fill. */
static void topology_fit(const struct fitting *fitting)
{
	const struct guest_topology *topology = &fitting->guest->cpu.topology;
	uint32_t most = most_vcpus(fitting->guest);

	if (!GIVES(topology, sockets) && !GIVES(topology, cores) && !GIVES(topology, threads))
		return;
	uint64_t product = factor(GIVES(topology, sockets), topology->sockets) *
			   factor(GIVES(topology, dies), topology->dies) *
			   factor(GIVES(topology, clusters), topology->clusters) *
			   factor(GIVES(topology, cores), topology->cores) *
			   factor(GIVES(topology, threads), topology->threads);
	if (product != most)
		complain(fitting, "cpu.topology",
			 "its sockets, cores and threads make %llu vCPUs, and the guest has %u",
			 (unsigned long long)product, most);
}

static void pins_fit(const struct fitting *fitting)
{
	const struct map *pins = &fitting->guest->vcpus.pin;

	for (size_t i = 0; i < pins->count; i++) {
		const char *name = pins->at[i].name;
		char *end = NULL;
		unsigned long vcpu = strtoul(name, &end, 10);
		if (*end || vcpu >= most_vcpus(fitting->guest))
			complain(fitting,
				 arena_printf(fitting->faults->arena, "vcpus.pin.%s", name),
				 "the guest has no vCPU %s", name);
	}
}

/* ---- memory ---- */

/* PIT46: without a balloon nothing gives memory back. */
static void balloon_fit(const struct fitting *fitting)
{
	const struct guest_memory *memory = &fitting->guest->memory;

	if (string_equal(fitting->guest->balloon.model, "none") && GIVES(memory, max) &&
	    memory->max.count > memory->size.count)
		complain(fitting, "memory.max", "without a balloon it cannot be given less");
}

/* libvirt has a place for it, and QEMU nothing to do it with. */
static void guarantee_fit(const struct fitting *fitting)
{
	const struct guest_memory *memory = &fitting->guest->memory;

	if (!GIVES(memory, min_guarantee))
		return;
	complain(fitting, "memory.min_guarantee", "QEMU cannot promise a guest memory");
	fault_hint(fitting->faults, "memory.locked keeps all of it; a slice's memory_low some");
}

static bool shares_memory(const struct guest *guest)
{
	for (size_t i = 0; i < guest->cpu.cells.count; i++) {
		const struct guest_cell *cell = guest->cpu.cells.at[i].value;
		if (string_equal(cell->access, "shared"))
			return true;
	}
	return string_equal(guest->memory.access, "shared");
}

/* virtiofsd reads and writes the guest's memory itself (libvirt's kbase/virtiofs). */
static void shares_fit(const struct fitting *fitting)
{
	const struct map *shares = &fitting->guest->shares;

	for (size_t i = 0; i < shares->count; i++) {
		const struct guest_share *share = shares->at[i].value;
		if (!string_equal(share->driver, "virtiofs") || shares_memory(fitting->guest))
			continue;
		complain(fitting, path_in(fitting, "shares", shares->at[i].name, "driver"),
			 "virtiofs needs memory that is shared");
		fault_hint(fitting->faults, "memory: {source: memfd, access: shared}");
	}
}

/* ---- disks ---- */

static void iothread_fit(const struct fitting *fitting, const char *name,
			 const struct guest_disk *disk)
{
	uint32_t count = fitting->guest->iothreads.count;

	if (GIVES(disk, iothread) && disk->iothread > count &&
	    !fitting->guest->iothreads.each.count)
		complain(fitting, path_in(fitting, "disks", name, "iothread"),
			 "the guest has %u I/O threads", count);
}

static bool same_slot(const struct guest_disk *disk, const struct guest_disk *other)
{
	return GIVES(disk, slot) && GIVEN(&guest_disk_record, other, slot) &&
	       string_equal(disk->bus, other->bus) &&
	       record_equal(&guest_address_record, &disk->slot, &other->slot);
}

/* PIT50: two that libvirt would give one name, or one place on a bus. */
static void target_fit(const struct fitting *fitting, size_t at)
{
	const struct map *disks = &fitting->guest->disks;
	const struct guest_disk *disk = disks->at[at].value;
	const char *name = disks->at[at].name;

	for (size_t i = 0; i < at; i++) {
		const struct guest_disk *other = disks->at[i].value;
		bool slot = same_slot(disk, other);
		const char *field = slot ? "slot" : "target";
		if (!slot && (!disk->target || !string_equal(other->target, disk->target)))
			continue;
		complain(fitting, path_in(fitting, "disks", name, field),
			 slot ? "disks.%s is in this slot already" : "disks.%s is %s already",
			 disks->at[i].name, disk->target);
		fault_also(fitting->faults,
			   item_mark(fitting->item,
				     path_in(fitting, "disks", disks->at[i].name, field)),
			   "the other one");
	}
}

/* PIT64 */
static void encryption_fit(const struct fitting *fitting, const char *name,
			   const struct guest_disk *disk)
{
	static const char *const places[] = { "encryption.format", "storage.encryption.format" };
	const struct guest_encryption *found[] = { &disk->encryption, &disk->storage.encryption };

	for (size_t i = 0; i < COUNT_OF(places); i++)
		if (string_equal(found[i]->format, "qcow"))
			complain(fitting, path_in(fitting, "disks", name, places[i]),
				 "QEMU starts no guest with qcow's encryption any more: use luks");
}

void guests_fit(const struct item *item, struct faults *faults)
{
	const struct guest *guest = item->value;
	const struct fitting fitting = { item, guest, faults };

	if (guest_is_terse(guest))
		return; /* made elsewhere: libvirt has taken it */
	topology_fit(&fitting);
	pins_fit(&fitting);
	balloon_fit(&fitting);
	guarantee_fit(&fitting);
	shares_fit(&fitting);
	for (size_t i = 0; i < guest->disks.count; i++) {
		const struct member *member = &guest->disks.at[i];
		iothread_fit(&fitting, member->name, member->value);
		target_fit(&fitting, i);
		encryption_fit(&fitting, member->name, member->value);
	}
}

/* ---- what is taken, and said aloud ---- */

static bool is_disk(const struct guest_disk *disk, const char *device)
{
	return string_equal(disk->device, device);
}

static bool is_virtio(const struct guest_disk *disk)
{
	return is_disk(disk, "disk") && (!disk->bus || string_equal(disk->bus, "virtio"));
}

/* PIT52: what the guest did not ask to be flushed; PIT53; PIT54 of qcow2: native requests block
 * where the file has to grow. */
static void cache_advise(const char *name, const struct guest_disk *disk, struct steps *steps)
{
	bool qcow2 = string_equal(disk->format, "qcow2");

	if (string_equal(disk->cache, "unsafe"))
		steps_note(steps, "disks.%s: what is in an unsafe cache is lost when the power is",
			   name);
	if (string_equal(disk->cache, "writeback"))
		steps_note(steps,
			   "disks.%s: what the guest has not flushed from a writeback cache is "
			   "lost when the power is",
			   name);
	if (string_equal(disk->cache, "writethrough") && qcow2)
		steps_note(steps, "disks.%s: qcow2 is very slow with a writethrough cache", name);
	if (string_equal(disk->io, "native") && qcow2)
		steps_note(steps, "disks.%s: native I/O waits wherever a qcow2 file grows", name);
}

static void disk_advise(const struct change *change, const char *name,
			const struct guest_disk *disk, struct steps *steps)
{
	const char *path = arena_printf(steps->arena, "disks.%s", name);
	static const char *const matters[] = { "cache", "io", "format" };
	bool is_new = !change->configured;

	for (size_t i = 0; i < COUNT_OF(matters); i++)
		is_new |= paths_has(change->differs,
				    arena_printf(steps->arena, "%s.%s", path, matters[i]));
	if (is_new)
		cache_advise(name, disk, steps);
	if (change->configured && string_equal(disk->bus, "virtio") &&
	    paths_has(change->differs,
		      arena_printf(steps->arena, "%s.bus", path))) /* PIT61, PIT62 */
		steps_note(steps,
			   "%s: what the guest called /dev/sdX is /dev/vdX now, and it needs "
			   "virtio's driver to boot",
			   path);
}

/* PIT48, PIT62: one that is made for Windows to be installed. */
static void windows_advise(const struct guest *want, struct steps *steps)
{
	const char *empty = NULL;
	unsigned cds = 0;

	for (size_t i = 0; i < want->disks.count; i++) {
		const struct guest_disk *disk = want->disks.at[i].value;
		cds += is_disk(disk, "cdrom");
		if (is_virtio(disk) && GIVES(disk, own) && !GIVES(disk, image))
			empty = want->disks.at[i].name;
	}
	if (empty && cds < 2)
		steps_note(steps,
			   "disks.%s: Windows has no driver for a virtio disk: give it the CD of "
			   "virtio-win, or bus: sata until it has one",
			   empty);
	if (!string_equal(want->clock.offset, "localtime"))
		steps_note(steps,
			   "Windows takes its clock for local time: clock: {offset: localtime}");
	if (string_equal(want->virtualization, "emulated"))
		steps_note(steps,
			   "features.hyperv: only KVM has them, an emulated guest sees none");
}

/* M8: libvirt (11.3) hands systemd the cgroup's own file, io.weight, in the place of the device
 * (IODeviceWeight=), and systemd finds no device there. */
static void weights_advise(const struct change *change, struct steps *steps)
{
	const struct guest *want = change->want->value;

	for (size_t i = 0; i < want->block_io.devices.count; i++) {
		const struct guest_blkio_device *device = want->block_io.devices.at[i].value;
		const char *path = arena_printf(steps->arena, "block_io.devices.%s",
						want->block_io.devices.at[i].name);
		if (GIVEN(&guest_blkio_device_record, device, weight) &&
		    (!change->configured || paths_has(change->differs, path)))
			steps_note(steps,
				   "%s: libvirt does not bring a device's weight to the kernel "
				   "where systemd runs: give the guest a slice that says it "
				   "(slices.*.io)",
				   path);
	}
}

void guests_advise(const struct change *change, struct steps *steps)
{
	const struct guest *want = change->want->value;

	for (size_t i = 0; i < want->disks.count; i++)
		disk_advise(change, want->disks.at[i].name, want->disks.at[i].value, steps);
	weights_advise(change, steps);
	if (!change->configured && GIVEN(&guest_features_record, &want->features, hyperv))
		windows_advise(want, steps);
}
