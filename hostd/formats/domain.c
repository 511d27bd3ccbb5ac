#include "formats/domain.h"

#include <string.h>

#include "formats/bind.h"
#include "formats/definition.h"
#include "formats/domain_parts.h"
#include "formats/uuid.h"

static const struct bind_word virtualizations[] = { { "kvm", "kvm" }, { "emulated", "qemu" }, {} };

static const struct bind disk_rows[] = {
	{ "device", "@device", BIND_TEXT },
	{ NULL, "", BIND_CUSTOM, .read = part_disk_source_read, .write = part_disk_source_write },
	{ "format", "driver@type", BIND_TEXT },
	{ "cache", "driver@cache", BIND_TEXT },
	{ "io", "driver@io", BIND_TEXT },
	{ "discard", "driver@discard", BIND_TEXT },
	{ "detect_zeroes", "driver@detect_zeroes", BIND_TEXT },
	{ NULL, "", BIND_CUSTOM, .read = part_disk_bus_read, .write = part_disk_bus_write },
	{ "serial", "serial", BIND_TEXT },
	{ "read_only", "readonly", BIND_PRESENT },
	{ "boot_order", "boot@order", BIND_TEXT },
	GUEST_DISK_ROWS(ROW_BIND, none){ NULL, "", BIND_CUSTOM, .read = part_disk_import },
};
static const struct bind_table disk_table = BIND_TABLE(guest_disk_record, disk_rows);
static const struct bind_members disks = { "ua-disk-", "target@dev", &disk_table, .word = "disk" };

static const struct bind nic_rows[] = {
	{ NULL, "", BIND_CUSTOM, .read = part_nic_source_read, .write = part_nic_source_write },
	{ "mac", "mac@address", BIND_TEXT },
	{ "vlan", "vlan/tag@id", BIND_TEXT },
	{ "link_state", "link@state", BIND_TEXT },
	{ NULL, "", BIND_CUSTOM, .read = part_nic_model_read, .write = part_nic_model_write },
	{ "mtu", "mtu@size", BIND_TEXT },
	{ "queues", "driver@queues", BIND_TEXT },
	{ "boot_order", "boot@order", BIND_TEXT },
	GUEST_NIC_ROWS(ROW_BIND, none){ NULL, "", BIND_CUSTOM, .read = part_nic_import },
};
static const struct bind_table nic_table = BIND_TABLE(guest_nic_record, nic_rows);
static const struct bind_members nics = { "ua-nic-", "mac@address", &nic_table, .word = "nic" };

static const struct bind hostdev_rows[] = {
	{ NULL, "", BIND_CUSTOM, .read = part_hostdev_read, .write = part_hostdev_write },
};
static const struct bind_table hostdev_table = BIND_TABLE(guest_hostdev_record, hostdev_rows);
static const struct bind_members hostdevs = { "ua-device-", "source/address@bus", &hostdev_table,
					      .word = "device" };

static const struct bind serial_rows[] = {
	{ "log", "devices/serial/log@file", BIND_TEXT },
};
static const struct bind_table serial_table = BIND_TABLE(guest_serial_record, serial_rows);

static const struct bind memory_rows[] = { { "size", "currentMemory", BIND_KIB },
					   { "most", "memory", BIND_KIB },
					   { NULL, "", BIND_CUSTOM, .read = part_pages_read,
					     .write = part_pages_write },
					   GUEST_MEMORY_ROWS(ROW_BIND, none) };
static const struct bind_table memory_table = BIND_TABLE(guest_memory_record, memory_rows);

static const struct bind vcpus_rows[] = { GUEST_VCPUS_ROWS(ROW_BIND, none) };
static const struct bind_table vcpus_table = BIND_TABLE(guest_vcpus_record, vcpus_rows);

static const struct bind cpu_rows[] = { GUEST_CPU_ROWS(ROW_BIND, none) };
static const struct bind_table cpu_table = BIND_TABLE(guest_cpu_record, cpu_rows);

/* Rows without a place stand for what no single place says; order matters only where a row
 * reads what another wrote (firmware before secure_boot, disks before the seed). */
static const struct bind guest_rows[] = {
	{ "virtualization", "@type", BIND_WORDS, .words = virtualizations },
	{ "description", "description", BIND_TEXT },
	{ "memory", "", BIND_RECORD, .table = &memory_table },
	{ NULL, "", BIND_CUSTOM, .read = part_vcpus_read, .write = part_vcpus_write },
	{ "vcpus", "", BIND_RECORD, .table = &vcpus_table },
	{ "machine", "os/type@machine", BIND_TEXT },
	{ NULL, "", BIND_CUSTOM, .read = part_firmware_read, .write = part_firmware_write },
	{ NULL, "", BIND_CUSTOM, .read = part_cpu_read, .write = part_cpu_write },
	{ "cpu", "cpu", BIND_RECORD, .table = &cpu_table },
	{ NULL, "", BIND_CUSTOM, .write = part_cpu_settle },
	{ "serial", "", BIND_RECORD, .table = &serial_table },
	{ NULL, "", BIND_CUSTOM, .read = part_agent_read, .write = part_agent_write },
	{ NULL, "", BIND_CUSTOM, .read = part_rng_read, .write = part_rng_write },
	{ NULL, "", BIND_CUSTOM, .read = part_tpm_read, .write = part_tpm_write },
	{ "disks", "devices/disk", BIND_MAP, .members = &disks },
	{ NULL, "", BIND_CUSTOM, .read = part_seed_read, .write = part_seed_write },
	{ "nics", "devices/interface", BIND_MAP, .members = &nics },
	{ "hostdevs", "devices/hostdev", BIND_MAP, .members = &hostdevs },
	GUEST_ROWS(ROW_BIND, none){ NULL, "", BIND_CUSTOM, .read = part_modules_read,
				    .write = part_modules_write },
	{ NULL, "", BIND_CUSTOM, .read = part_block_read },
	{ NULL, "", BIND_CUSTOM, .read = part_vsock_read, .write = part_vsock_write },
};
static const struct bind_table guest_table = BIND_TABLE(guest_record, guest_rows);
const struct definition domain_definition = { "domain", &guest_table };

const char *domain_name(const struct guest *guest, const char *handle)
{
	return GIVEN(&guest_record, guest, name) ? guest->name : handle;
}

const char *domain_uuid(struct arena *arena, const struct guest *guest, const char *handle)
{
	if (GIVEN(&guest_record, guest, uuid))
		return guest->uuid;
	return uuid_of(arena, arena_printf(arena, "gasthof/guests/%s", handle));
}

void domain_settle(struct arena *arena, struct guest *guest)
{
	bind_settle(arena, &guest_table, guest);
}

/* ---- reading ---- */

static int guest_read(const struct bind_context *context, const char *xml, struct guest *guest,
		      struct domain_identity *ret_identity, xmlDoc **ret_doc, struct faults *faults)
{
	xmlDoc *doc = *ret_doc = xml_parse(xml, strlen(xml), faults);

	if (!doc)
		return -1;
	xmlNode *root = xmlDocGetRootElement(doc);
	if (!xml_is(root, "domain") || !xml_has(root, "name"))
		return fault(faults, FAULT_HOST, "it is no domain XML");
	bind_read(context, &guest_table, root, guest);
	*ret_identity = (struct domain_identity){
		.name = xml_get(context->arena, root, "name"),
		.uuid = xml_get(context->arena, root, "uuid"),
		.life = xml_get(context->arena, root, "@id"),
	};
	SET(&guest_record, guest, name, ret_identity->name);
	if (ret_identity->uuid)
		SET(&guest_record, guest, uuid, ret_identity->uuid);
	return 0;
}

int domain_read(struct arena *arena, const char *xml, struct guest *guest,
		struct domain_identity *ret_identity, struct faults *faults)
{
	XML_AUTO xmlDoc *doc = NULL;
	struct bind_context context = { .arena = arena, .path = "" };

	if (guest_read(&context, xml, guest, ret_identity, &doc, faults) < 0)
		return -1;
	xmlNode *mark = mark_find(xmlDocGetRootElement(doc));
	bool unstarted = mark && xml_has(mark, "@start");
	SET(&guest_record, guest, started, !unstarted);
	const char *made_for = mark ? xml_get(arena, mark, "@uuid") : NULL;
	if (made_for && ret_identity->uuid && uuid_equal(&made_for, &ret_identity->uuid))
		ret_identity->handle = xml_get(arena, mark, "@name");
	guest->xml = xml;
	return 0;
}

int domain_import(struct arena *arena, const char *xml, struct guest *guest,
		  struct domain_identity *ret_identity, struct faults *faults)
{
	XML_AUTO xmlDoc *doc = NULL;
	struct bind_context context = { .arena = arena, .path = "", .sparse = true };

	if (guest_read(&context, xml, guest, ret_identity, &doc, faults) < 0)
		return -1;
	SET(&guest_record, guest, defaults, "libvirt");
	guest->hostdevs = (struct map){}; /* host_devices says them */
	return 0;
}

/* ---- writing ---- */

static const char *const timers[][3] = {
	{ "rtc", "tickpolicy", "catchup" },
	{ "pit", "tickpolicy", "delay" },
	{ "hpet", "present", "no" },
};

/* What every guest of ours has and no field says. */
static void domain_begin(struct arena *arena, xmlNode *root)
{
	xml_set(root, "os/type@arch", "x86_64");
	xml_set(root, "os/type", "hvm");
	xml_make(root, "features/acpi");
	xml_make(root, "features/apic");
	xml_set(root, "clock@offset", "utc");
	for (size_t i = 0; i < COUNT_OF(timers); i++)
		xml_set(root,
			arena_printf(arena, "clock/timer[name=%s]@%s", timers[i][0], timers[i][1]),
			timers[i][2]);
	xmlNode *devices = xml_make(root, "devices");
	xml_set(devices, "serial@type", "pty");
	xml_set(devices, "serial/target@type", "isa-serial");
	xml_set(devices, "serial/target@port", "0");
	xml_set(devices, "console@type", "pty");
	xml_set(devices, "console/target@type", "serial");
	xml_set(devices, "console/target@port", "0");
}

/* What every guest of ours has, where something else was said of it, and is no longer. */
static void usual_fill(const struct bind_context *context, xmlNode *root, const struct guest *guest)
{
	struct arena *arena = context->arena;
	bool apic =
		bind_resets(context, "features.apic") || bind_resets(context, "features.apic_eoi");
	bool without =
		GIVEN(&guest_features_record, &guest->features, apic) && !guest->features.apic;

	if (bind_resets(context, "features.acpi"))
		xml_make(root, "features/acpi");
	if (apic && !without)
		xml_make(root, "features/apic");
	for (size_t i = 0; context->differs && i < COUNT_OF(timers); i++) {
		const char *const *timer = timers[i];
		const char *path = arena_printf(arena, "clock.timers.%s", timer[0]);
		if (paths_has(context->differs, path) && !map_get(&guest->clock.timers, timer[0]))
			xml_set(root,
				arena_printf(arena, "clock/timer[name=%s]@%s", timer[0], timer[1]),
				timer[2]);
	}
}

/* Memory of no node is no binding: libvirt adds how it would bind, and then wants a node. */
static void binding_prune(const struct bind_context *context, xmlNode *root)
{
	if (bind_resets(context, "memory.numa.nodes") &&
	    !xml_has(root, "numatune/memory@nodeset") &&
	    !string_equal(xml_get(context->arena, root, "numatune/memory@placement"), "auto"))
		xml_remove(root, "numatune/memory");
}

static xmlDoc *writing_doc(const struct domain_writing *writing, struct faults *faults)
{
	if (writing->base)
		return xml_parse(writing->base, strlen(writing->base), faults);
	return xml_new("domain");
}

static void name_write(struct arena *arena, const struct domain_writing *writing, xmlNode *root)
{
	const struct guest *guest = writing->guest;

	if (!writing->base || GIVEN(&guest_record, guest, name))
		xml_set(root, "name", domain_name(guest, writing->handle));
	if (!writing->base || !xml_has(root, "uuid") || GIVEN(&guest_record, guest, uuid))
		xml_set(root, "uuid", domain_uuid(arena, guest, writing->handle));
}

static int block_merge(struct arena *arena, const struct domain_writing *writing, xmlNode *root,
		       struct faults *faults)
{
	bool given = GIVEN(&guest_record, writing->guest, libvirt_xml);

	return definition_merge(arena, root, writing->old_xml,
				given ? writing->guest->libvirt_xml : NULL, faults);
}

/* A <clock> that is there has to say its offset, and a guest's timers stand in it. */
static void clock_fill(xmlNode *root)
{
	if (xml_has(root, "clock") && !xml_has(root, "clock@offset"))
		xml_set(root, "clock@offset", "utc");
}

int domain_write(struct text *text, const struct domain_writing *writing, struct faults *faults)
{
	struct arena *arena = text->arena;
	XML_AUTO xmlDoc *doc = writing_doc(writing, faults);
	struct bind_context context = {
		.arena = arena,
		.terse = guest_is_terse(writing->guest),
		.differs = writing->differs,
		.path = "",
	};

	context.fresh = !writing->base && !context.terse;

	if (!doc)
		return -1;
	xmlNode *root = xmlDocGetRootElement(doc);
	name_write(arena, writing, root);
	if (context.fresh)
		domain_begin(arena, root);
	bool another_board = board_change(&context, root, writing->guest);
	bind_write(&context, &guest_table, root, writing->guest);
	if (writing->base && !context.terse)
		usual_fill(&context, root, writing->guest);
	if (writing->base) {
		binding_prune(&context, root);
		clock_fill(root);
	}
	targets_fill(&context, root);
	watchdogs_fill(arena, root);
	if (context.terse)
		xml_make(root, "devices");
	else if (!GIVEN(&guest_boot_record, &writing->guest->boot, devices))
		boot_fill(root);
	if (context.fresh || (another_board && !context.terse))
		ports_fill(arena, root);
	if (block_merge(arena, writing, root, faults) < 0)
		return -1;
	mark_write(&context, root, writing->handle, writing->guest);
	if (writing->unstarted)
		xml_set(mark_find(root), "@start", "once");
	xml_print(text, root);
	return 0;
}

/* ---- parts ---- */

int domain_block_check(struct arena *arena, const char *block, struct faults *faults)
{
	XML_AUTO xmlDoc *doc = xml_parse_fragment(arena, block, faults);

	return doc ? 0 : -1;
}

static void member_plug(struct arena *arena, xmlNode *device, const char *into)
{
	struct faults unheard;

	faults_init(&unheard, arena);
	XML_AUTO xmlDoc *doc = xml_parse(into, strlen(into), &unheard);
	xml_remove(device, "address");
	if (doc && xml_is(device, "disk"))
		target_plug(arena, device, xml_at(xmlDocGetRootElement(doc), "devices"));
}

static const char *device_print(struct text *text, xmlNode *device, const char *usual,
				const char *into)
{
	struct arena *arena = text->arena;
	const char *alias = xml_get(arena, device, "alias@name");

	if (!alias)
		xml_set(device, "alias@name", alias = usual);
	if (into)
		member_plug(arena, device, into);
	xml_print(text, device);
	return alias;
}

const char *domain_member(struct text *text, const char *xml, const char *map, const char *name,
			  const char *into)
{
	struct arena *arena = text->arena;
	struct faults unheard;

	faults_init(&unheard, arena);
	XML_AUTO xmlDoc *doc = xml_parse(xml, strlen(xml), &unheard);
	xmlNode *device =
		doc ? bind_member(arena, &guest_table, xmlDocGetRootElement(doc), map, name) : NULL;

	if (!device)
		return NULL;
	return device_print(text, device,
			    arena_printf(arena, "ua-%s-%s", (const char *)device->name, name),
			    into);
}

const char *domain_part(struct text *text, const char *xml, const char *field, const char *into)
{
	struct arena *arena = text->arena;
	struct faults unheard;

	faults_init(&unheard, arena);
	XML_AUTO xmlDoc *doc = xml_parse(xml, strlen(xml), &unheard);
	xmlNode *device = doc ? part_device(arena, xmlDocGetRootElement(doc), field) : NULL;
	return device ? device_print(text, device, arena_printf(arena, "ua-%s", field), into)
		      : NULL;
}
