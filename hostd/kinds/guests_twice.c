/* guests_twice.c - what is said in two places, and differently.
 *
 * Many things of a guest have a short word and libvirt's own (memory.page_size and
 * memory.huge_pages, rng and rngs, a field and libvirt_xml).  Which of two wins is nobody's
 * business to know: the guest is written as it would be defined and read again, and a field
 * that did not come through although it would have without another one contradicts that.
 * No list of pairs, so none can be forgotten.  Listed are only those that stand beside each other
 * in a definition, where libvirt refuses them or takes its own pick.
 */
#include <string.h>

#include "formats/domain.h"
#include "kinds/guests.h"

struct twice {
	const struct item *item;
	struct arena *arena;
	const char *lost; /* path of the field that did not come through */
};

/* Nothing of these stands in a definition. */
static const char *const elsewhere[] = { "autostart", "cloud_init", "state" };

/* The fields that are not in the definition as they were given; false where it cannot be told. */
static bool written_differs(const struct twice *twice, struct paths *ret)
{
	struct text xml = text_of(twice->arena);
	struct guest *read = record_new(twice->arena, &guest_record);
	const struct guest *want = twice->item->value;
	struct domain_identity identity = {};
	struct faults unheard;

	faults_init(&unheard, twice->arena);
	*ret = (struct paths){ .arena = twice->arena };
	if (domain_write(&xml,
			 &(struct domain_writing){ .guest = want, .handle = twice->item->name },
			 &unheard) < 0 ||
	    domain_read(twice->arena, xml.at, read, &identity, &unheard) < 0)
		return false;
	record_compare(&guest_record, want, read, want, IN_CONFIGURED, ret);
	for (size_t i = 0; i < COUNT_OF(elsewhere); i++)
		paths_drop(ret, elsewhere[i]);
	return true;
}

static bool comes_through(const struct twice *twice)
{
	struct paths differs;

	return written_differs(twice, &differs) && !paths_has(&differs, twice->lost);
}

static bool is_within(const char *path, const char *whole)
{
	size_t size = strlen(whole);

	return strncmp(path, whole, size) == 0 && (!path[size] || path[size] == '.');
}

/* Whether the lost field comes through once this one is not said. */
static bool is_to_blame(const struct twice *twice, const struct record *record,
			const struct field *field, void *value)
{
	bool blame = false;

	if (field->form == FORM_MAP) {
		struct map *map = (struct map *)((char *)value + field->offset), empty = {};
		struct map kept = *map;
		*map = empty;
		blame = comes_through(twice);
		*map = kept;
	} else {
		record_give(record, value, field->offset, false);
		blame = comes_through(twice);
		record_give(record, value, field->offset, true);
	}
	return blame;
}

static const char *blamed(const struct twice *twice, const struct record *record, void *value,
			  const char *above);

static const char *blamed_inside(const struct twice *twice, const struct field *field, void *value,
				 const char *path)
{
	void *inner = (char *)value + field->offset;

	if (field->form == FORM_RECORD)
		return blamed(twice, field->record, inner, path);
	if (field->form != FORM_MAP)
		return NULL;
	const struct map *map = inner;
	for (size_t i = 0; i < map->count; i++) {
		const char *found =
			blamed(twice, field->record, map->at[i].value,
			       arena_printf(twice->arena, "%s.%s", path, map->at[i].name));
		if (found)
			return found;
	}
	return NULL;
}

/* The path of the field that is in the way, the innermost that is; or NULL. */
static const char *blamed(const struct twice *twice, const struct record *record, void *value,
			  const char *above)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		const char *path =
			arena_printf(twice->arena, "%s%s%s", above, *above ? "." : "", field->name);
		if (!record_given(record, value, field->offset) || strcmp(path, twice->lost) == 0)
			continue;
		const char *found = blamed_inside(twice, field, value, path);
		if (!found && !is_within(twice->lost, path) &&
		    is_to_blame(twice, record, field, value))
			found = path;
		if (found)
			return found;
	}
	return NULL;
}

/* Whether no field of a record is given from the one called `first` on: where libvirt's own words
 * begin in each table. */
static bool is_short(const struct record *record, const void *value, const char *first)
{
	size_t i = record->field_count;

	while (i-- > 0) {
		if (record_given(record, value, record->fields[i].offset))
			return false;
		if (strcmp(record->fields[i].name, first) == 0)
			return true;
	}
	return false;
}

/* Most guests say nothing in libvirt's words, and so nothing twice: they are not written for it. */
static bool is_plain(const struct guest *guest)
{
	bool plain = is_short(&guest_record, guest, "libvirt_xml") &&
		     is_short(&guest_memory_record, &guest->memory, "dump_core") &&
		     is_short(&guest_cpu_record, &guest->cpu, "mode");

	for (size_t i = 0; plain && i < guest->disks.count; i++)
		plain = is_short(&guest_disk_record, guest->disks.at[i].value, "type");
	for (size_t i = 0; plain && i < guest->nics.count; i++)
		plain = is_short(&guest_nic_record, guest->nics.at[i].value, "libvirt_network");
	return plain;
}

static void lost_find(const struct item *item, struct faults *faults)
{
	struct twice twice = { .item = item, .arena = faults->arena };
	struct paths differs;

	if (is_plain(item->value) || !written_differs(&twice, &differs))
		return;
	for (size_t i = 0; i < differs.count; i++) {
		twice.lost = differs.at[i].path;
		const char *other = blamed(&twice, &guest_record, item->value, "");
		if (!other)
			continue;
		(void)fault_at(faults, item_mark(item, twice.lost),
			       "it is said a second time, and otherwise");
		fault_also(faults, item_mark(item, other),
			   arena_printf(faults->arena, "%s says so", other));
	}
}

/* ---- what stands beside each other ---- */

struct pairing {
	const struct item *item;
	const struct guest *guest;
	struct faults *faults;
};

PRINTF(4, 5)
static void both(const struct pairing *pairing, const char *path, const char *other,
		 const char *format, ...)
{
	struct arena *arena = pairing->faults->arena;
	va_list arguments;

	va_start(arguments, format);
	const char *message = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	(void)fault_at(pairing->faults, item_mark(pairing->item, path), "%s", message);
	fault_also(pairing->faults, item_mark(pairing->item, other),
		   arena_printf(arena, "%s stands here", other));
}

static const char *place(const struct pairing *pairing, const char *map, const char *name,
			 const char *field)
{
	return arena_printf(pairing->faults->arena, "%s.%s.%s", map, name, field);
}

#define GIVES(value, member) GIVEN(&guest_##value##_record, value, member)

/* qemuDomainDefValidateBoot: one way of ordering or the other. */
static void boot_pair(const struct pairing *pairing)
{
	const struct guest_boot *boot = &pairing->guest->boot;
	const struct map *disks = &pairing->guest->disks, *nics = &pairing->guest->nics;
	static const char message[] = "firmware tries kinds of devices or single ones, not both";

	for (size_t i = 0; GIVES(boot, devices) && i < disks->count; i++) {
		const struct guest_disk *disk = disks->at[i].value;
		if (GIVES(disk, boot_order))
			both(pairing, place(pairing, "disks", disks->at[i].name, "boot_order"),
			     "boot.devices", message);
	}
	for (size_t i = 0; GIVES(boot, devices) && i < nics->count; i++) {
		const struct guest_nic *nic = nics->at[i].value;
		if (GIVES(nic, boot_order))
			both(pairing, place(pairing, "nics", nics->at[i].name, "boot_order"),
			     "boot.devices", message);
	}
}

static void firmware_pair(const struct pairing *pairing)
{
	const struct guest *guest = pairing->guest;
	const struct guest_loader *loader = &guest->boot.loader;

	if (GIVEN(&guest_record, guest, secure_boot) && GIVES(loader, secure) &&
	    loader->secure != guest->secure_boot)
		both(pairing, "secure_boot", "boot.loader.secure",
		     "it is said a second time, and otherwise");
	if (guest->tpm && guest->tpms.count)
		both(pairing, "tpm", "tpms", "a guest has one TPM: `tpm` or `tpms`");
}

/* The serial console takes port 0 of its own. */
static void serial_pair(const struct pairing *pairing)
{
	const struct map *serials = &pairing->guest->serials;

	for (size_t i = 0; i < serials->count; i++) {
		const struct guest_port *port = serials->at[i].value;
		if (GIVES(port, port) && port->port == 0)
			both(pairing, place(pairing, "serials", serials->at[i].name, "port"),
			     "serial", "port 0 is the serial console's");
	}
}

static void nested_pair(const struct pairing *pairing)
{
	static const char *const names[] = { "vmx", "svm" };
	const struct guest_cpu *cpu = &pairing->guest->cpu;

	for (size_t i = 0; GIVES(cpu, nested) && i < COUNT_OF(names); i++) {
		const struct member *member = map_get(&cpu->features, names[i]);
		const struct guest_cpu_feature *feature = member ? member->value : NULL;
		if (!feature || !feature->policy)
			continue;
		bool off = string_equal(feature->policy, "disable") ||
			   string_equal(feature->policy, "forbid");
		if (off == cpu->nested)
			both(pairing, "cpu.nested",
			     arena_printf(pairing->faults->arena, "cpu.features.%s", names[i]),
			     "it is said a second time, and otherwise");
	}
}

static void counts_pair(const struct pairing *pairing)
{
	const struct guest_vcpus *vcpus = &pairing->guest->vcpus;
	const struct guest_iothreads *iothreads = &pairing->guest->iothreads;
	uint32_t enabled = 0;

	for (size_t i = 0; i < vcpus->each.count; i++)
		enabled += ((const struct guest_each_vcpu *)vcpus->each.at[i].value)->enabled;
	if (vcpus->each.count && GIVES(vcpus, count) && enabled != vcpus->count)
		both(pairing, "vcpus.count", "vcpus.each", "%u of its single vCPUs are enabled",
		     enabled);
	if (GIVES(iothreads, count) && iothreads->each.count > iothreads->count)
		both(pairing, "iothreads.count", "iothreads.each",
		     "%zu I/O threads are said one by one", iothreads->each.count);
}

/* libvirt makes the memory of a guest with cells the sum of theirs. */
static void memory_pair(const struct pairing *pairing)
{
	const struct guest_memory *memory = &pairing->guest->memory;
	const struct map *cells = &pairing->guest->cpu.cells;
	uint64_t sum = 0;

	for (size_t i = 0; i < cells->count; i++)
		sum += ((const struct guest_cell *)cells->at[i].value)->memory.count;
	if (cells->count && sum != memory->most.count)
		both(pairing, GIVES(memory, max) ? "memory.max" : "memory.size", "cpu.cells",
		     "its NUMA cells have %s together",
		     type_text_of(&type_bytes, &(struct bytes){ sum }, pairing->faults->arena));
	const struct map *modules = &pairing->guest->memory_modules;
	uint64_t whole = memory->most.count;
	for (size_t i = 0; i < modules->count; i++)
		whole += ((const struct guest_module *)modules->at[i].value)->size.count;
	if (GIVES(memory, hotplug) && memory->hotplug.max.count < whole)
		both(pairing, "memory.hotplug.max",
		     GIVES(memory, max) ? "memory.max" : "memory.size",
		     "its memory and its modules are more than that");
}

static void disk_pair(const struct pairing *pairing, const char *name,
		      const struct guest_disk *disk)
{
	if (GIVES(disk, limit) && GIVES(disk, throttle_groups))
		both(pairing, place(pairing, "disks", name, "limit"),
		     place(pairing, "disks", name, "throttle_groups"),
		     "a disk has limits of its own or shares them");
	if (string_equal(disk->device, "cdrom") && GIVES(disk, read_only) && !disk->read_only)
		both(pairing, place(pairing, "disks", name, "read_only"),
		     place(pairing, "disks", name, "device"), "nobody can write to a CD");
}

static void pairs_find(const struct item *item, struct faults *faults)
{
	const struct guest *guest = item->value;
	const struct pairing pairing = { item, guest, faults };

	boot_pair(&pairing);
	firmware_pair(&pairing);
	serial_pair(&pairing);
	nested_pair(&pairing);
	counts_pair(&pairing);
	memory_pair(&pairing);
	for (size_t i = 0; i < guest->disks.count; i++)
		disk_pair(&pairing, guest->disks.at[i].name, guest->disks.at[i].value);
}

void guests_twice(const struct item *item, struct faults *faults)
{
	unsigned before = faults->count;

	if (guest_is_terse(item->value))
		return; /* made elsewhere: libvirt has taken it */
	pairs_find(item, faults);
	if (faults->count == before)
		lost_find(item, faults);
}
