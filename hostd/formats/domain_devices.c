#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/domain_parts.h"

/* ---- disks ---- */

void part_disk_source_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest_disk *disk = value;
	const char *type = xml_get(context->arena, element, "@type");
	const char *place = string_equal(type, "block") ? "source@dev" : "source@file";
	bool plain = string_equal(type, "block") || string_equal(type, "file");
	const char *source = xml_get(context->arena, element, place);

	if (source && (plain || !context->sparse))
		SET(&guest_disk_record, disk, source, source);
}

#define UNGIVE(record, value, member) \
	record_give((record), (value), offsetof(__typeof__(*(value)), member), false)

void part_disk_import(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest_disk *disk = value;
	const char *type = xml_get(context->arena, element, "@type");
	bool device = disk->source && string_starts(disk->source, "/dev/");

	/* an empty drive of a running guest has no format, and gets that of what is put into it */
	if (!context->sparse && !xml_has(element, "source") && !xml_has(element, "driver@type") &&
	    (string_equal(disk->device, "cdrom") || string_equal(disk->device, "floppy")))
		SET(&guest_disk_record, disk, format, "raw");
	if (!context->sparse)
		return;
	/* what part_disk_source_write would make of the path */
	if (!GIVEN(&guest_disk_record, disk, source) ||
	    !string_equal(type, device ? "block" : "file")) {
		UNGIVE(&guest_disk_record, disk, source);
		return;
	}
	UNGIVE(&guest_disk_record, disk, type);
	UNGIVE(&guest_storage_record, &disk->storage, file);
	UNGIVE(&guest_storage_record, &disk->storage, device);
}

/* The backing chain is left to the header of the file: what libvirt found for the old one
 * must not be said of the new one. */
void part_disk_source_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest_disk *disk = value;
	bool block = disk->source && string_starts(disk->source, "/dev/");
	const char *place = block ? "source@dev" : "source@file";

	if (context->fresh)
		xml_set(element, "driver@name", "qemu");
	bool given = GIVEN(&guest_disk_record, disk, source);
	if (given ? string_equal(xml_get(context->arena, element, place), disk->source)
		  : !bind_resets(context, "source"))
		return;
	xml_remove(element, "source");
	xml_remove(element, "backingStore");
	if (!given)
		return; /* an empty drive */
	xml_set(element, "@type", block ? "block" : "file");
	xml_set(element, place, disk->source);
}

void part_disk_bus_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest_disk *disk = value;
	const char *bus = xml_get(context->arena, element, "target@bus");

	if (bus)
		bind_put(context, &guest_disk_record, disk, "bus", bus);
}

void part_disk_bus_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest_disk *disk = value;
	const char *is = xml_get(context->arena, element, "target@bus"), *want = is;

	if (GIVEN(&guest_disk_record, disk, bus))
		want = disk->bus;
	else if (context->terse && GIVEN(&guest_disk_record, disk, target))
		return;
	else if (!is || bind_resets(context, "bus"))
		want = string_equal(disk->device, "cdrom") ? "sata" : "virtio";
	if (string_equal(is, want))
		return;
	xml_remove(element, "target");
	xml_remove(element, "address");
	xml_set(element, "target@bus", want);
}

static bool target_is_taken(struct arena *arena, xmlNode *devices, const char *target)
{
	XML_EACH(disk, devices, "disk")
	if (string_equal(xml_get(arena, disk, "target@dev"), target))
		return true;
	return false;
}

/* `others`: more devices, or NULL. */
static const char *target_free(struct arena *arena, xmlNode *devices, xmlNode *others,
			       const char *prefix)
{
	for (unsigned i = 0; i < 26 * 27; i++) {
		const char *target = i < 26 ? arena_printf(arena, "%s%c", prefix, 'a' + i)
					    : arena_printf(arena, "%s%c%c", prefix,
							   'a' + i / 26 - 1, 'a' + i % 26);
		if (!target_is_taken(arena, devices, target) &&
		    !(others && target_is_taken(arena, others, target)))
			return target;
	}
	return "none"; /* more disks than any bus has room for: libvirt refuses them */
}

/* libvirt takes no other names on these buses (virDiskNameToBusDeviceIndex). */
static const char *target_prefix(const char *bus)
{
	static const char *const prefixes[][2] = {
		{ "virtio", "vd" }, { "ide", "hd" }, { "fdc", "fd" }, { "xen", "xvd" }
	};

	for (size_t i = 0; i < COUNT_OF(prefixes); i++)
		if (string_equal(bus, prefixes[i][0]))
			return prefixes[i][1];
	return "sd";
}

void target_plug(struct arena *arena, xmlNode *disk, xmlNode *devices)
{
	const char *target = xml_get(arena, disk, "target@dev");

	if (!target || !target_is_taken(arena, devices, target))
		return;
	const char *bus = xml_get(arena, disk, "target@bus");
	const char *prefix = !bus && string_starts(target, "vd") ? "vd" : target_prefix(bus);
	xml_set(disk, "target@dev", target_free(arena, devices, disk->parent, prefix));
}

void targets_fill(const struct bind_context *context, xmlNode *root)
{
	struct arena *arena = context->arena;
	xmlNode *devices = xml_at(root, "devices");

	XML_EACH(disk, devices, "disk")
	{
		if (xml_has(disk, "target@dev"))
			continue;
		const char *prefix = target_prefix(xml_get(arena, disk, "target@bus"));
		xml_set(disk, "target@dev", target_free(arena, devices, NULL, prefix));
	}
	if (context->terse)
		return; /* libvirt puts in the controller */
	XML_EACH(disk, devices, "disk")
	{
		bool scsi = string_equal(xml_get(arena, disk, "target@bus"), "scsi");
		if (scsi && !xml_has(root, "devices/controller[type=scsi]"))
			xml_set(root, "devices/controller[type=scsi]@model", "virtio-scsi");
	}
}

void watchdogs_fill(struct arena *arena, xmlNode *root)
{
	const char *action = NULL, *alias;
	bool itco = false;

	XML_EACH(watchdog, xml_at(root, "devices"), "watchdog")
	{
		alias = xml_get(arena, watchdog, "alias@name");
		if (!alias || !string_starts(alias, "ua-"))
			continue;
		action = xml_get(arena, watchdog, "@action");
		itco |= string_equal(xml_get(arena, watchdog, "@model"), "itco");
	}
	XML_EACH(watchdog, xml_at(root, "devices"), "watchdog")
	{
		if (xml_has(watchdog, "alias"))
			continue;
		if (action)
			xml_set(watchdog, "@action", action);
		if (itco && string_equal(xml_get(arena, watchdog, "@model"), "itco")) {
			xmlUnlinkNode(watchdog);
			xmlFreeNode(watchdog);
		}
	}
}

void boot_fill(xmlNode *root)
{
	bool ordered = false;

	XML_EACH(device, xml_at(root, "devices"), NULL)
	ordered = ordered || xml_has(device, "boot@order");
	if (ordered)
		while (xml_has(root, "os/boot"))
			xml_remove(root, "os/boot");
	else if (!xml_has(root, "os/boot") && !xml_has(root, "os/kernel"))
		xml_set(root, "os/boot@dev", "hd");
}

/* ---- the seed: a read-only virtio disk, since the kernels of cloud images often lack the
 * drivers of a CD drive ---- */

static xmlNode *seed_find(struct arena *arena, xmlNode *root)
{
	XML_EACH(disk, xml_at(root, "devices"), "disk")
	if (string_equal(xml_get(arena, disk, "alias@name"), SEED_ALIAS))
		return disk;
	return NULL;
}

void part_seed_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest *guest = value;
	xmlNode *disk = seed_find(context->arena, element);
	const char *file = disk ? xml_get(context->arena, disk, "source@file") : NULL;

	if (file)
		SET(&guest_record, guest, seed, file);
}

void part_seed_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest *guest = value;
	xmlNode *disk = seed_find(context->arena, element);

	if (!GIVEN(&guest_record, guest, seed)) {
		if (disk && bind_resets(context, "seed")) {
			xmlUnlinkNode(disk);
			xmlFreeNode(disk);
		}
		return;
	}
	if (!disk) {
		disk = xml_add(xml_make(element, "devices"), "disk");
		xml_set(disk, "@type", "file");
		xml_set(disk, "@device", "disk");
		xml_set(disk, "driver@name", "qemu");
		xml_set(disk, "driver@type", "raw");
		xml_set(disk, "source@file", guest->seed);
		xml_set(disk, "target@bus", "virtio");
		xml_make(disk, "readonly");
		xml_set(disk, "alias@name", SEED_ALIAS);
	}
	xml_set(disk, "source@file", guest->seed);
}

/* ---- functions of the host ---- */

static bool function_read(struct arena *arena, xmlNode *element, struct pci *ret)
{
	static const char *const parts[] = { "domain", "bus", "slot", "function" };
	unsigned long number[COUNT_OF(parts)];

	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		const char *text =
			xml_get(arena, element, arena_printf(arena, "source/address@%s", parts[i]));
		if (!text)
			return false;
		number[i] = strtoul(text, NULL, 0);
	}
	*ret = (struct pci){ (uint16_t)number[0], (uint8_t)number[1], (uint8_t)number[2],
			     (uint8_t)number[3] };
	return true;
}

static void function_write(struct arena *arena, xmlNode *element, const struct pci *function)
{
	xml_remove(element, "source");
	xml_set(element, "@managed", "yes");
	xml_set(element, "source/address@type", "pci");
	xml_set(element, "source/address@domain", arena_printf(arena, "0x%04x", function->domain));
	xml_set(element, "source/address@bus", arena_printf(arena, "0x%02x", function->bus));
	xml_set(element, "source/address@slot", arena_printf(arena, "0x%02x", function->slot));
	xml_set(element, "source/address@function",
		arena_printf(arena, "0x%x", function->function));
}

void part_hostdev_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest_hostdev *hostdev = value;
	struct pci address;

	if (string_equal(xml_get(context->arena, element, "@type"), "pci") &&
	    function_read(context->arena, element, &address))
		SET(&guest_hostdev_record, hostdev, address, address);
}

void part_hostdev_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest_hostdev *hostdev = value;
	struct pci address;

	if (!GIVEN(&guest_hostdev_record, hostdev, address) ||
	    (function_read(context->arena, element, &address) &&
	     type_pci.equal(&address, &hostdev->address)))
		return;
	xml_set(element, "@mode", "subsystem");
	xml_set(element, "@type", "pci");
	function_write(context->arena, element, &hostdev->address);
}

/* ---- nics ---- */

static bool is_function(struct arena *arena, xmlNode *element)
{
	return string_equal(xml_get(arena, element, "@type"), "hostdev");
}

void part_nic_source_read(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest_nic *nic = value;
	const char *type = xml_get(context->arena, element, "@type");
	const char *network = xml_get(context->arena, element, "source@network");
	const char *bridge = xml_get(context->arena, element, "source@bridge");
	struct pci vf;

	if (context->sparse)
		return; /* part_nic_import */
	/* a running NIC of a network on a bridge has type='bridge', and both names */
	if (network)
		SET(&guest_nic_record, nic, network, network);
	else if (string_equal(type, "bridge") && bridge)
		SET(&guest_nic_record, nic, bridge, bridge);
	else if (is_function(context->arena, element) &&
		 function_read(context->arena, element, &vf))
		SET(&guest_nic_record, nic, vf, vf);
}

void part_nic_import(const struct bind_context *context, xmlNode *element, void *value)
{
	struct guest_nic *nic = value;
	const char *type = xml_get(context->arena, element, "@type");
	const char *bridge = xml_get(context->arena, element, "source@bridge");
	bool network = GIVEN(&guest_nic_record, nic, libvirt_network);

	if (!context->sparse)
		return;
	UNGIVE(&guest_nic_record, nic, vlan); /* vlans says it */
	UNGIVE(&guest_nic_source_record, &nic->source, network);
	if (string_equal(type, "network") && network) {
		UNGIVE(&guest_nic_record, nic, type);
	} else if (string_equal(type, "bridge") && bridge && !network) {
		UNGIVE(&guest_nic_record, nic, type);
		UNGIVE(&guest_nic_source_record, &nic->source, bridge);
		SET(&guest_nic_record, nic, bridge, bridge);
	}
}

static void vf_write(struct arena *arena, xmlNode *element, const struct guest_nic *nic)
{
	struct pci vf;

	if (is_function(arena, element) && function_read(arena, element, &vf) &&
	    type_pci.equal(&vf, &nic->vf))
		return;
	xml_set(element, "@type", "hostdev");
	if (GIVEN(&guest_nic_record, nic, vf))
		function_write(arena, element, &nic->vf);
}

void part_nic_source_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest_nic *nic = value;
	bool network = GIVEN(&guest_nic_record, nic, network);
	const char *place = network ? "source@network" : "source@bridge";
	const char *want = network ? nic->network : nic->bridge;

	if (GIVEN(&guest_nic_record, nic, sriov)) {
		vf_write(context->arena, element, nic);
		return;
	}
	if (GIVEN(&guest_nic_record, nic, libvirt_network) && !GIVEN(&guest_nic_record, nic, type))
		xml_set(element, "@type", "network");
	if (!network && !GIVEN(&guest_nic_record, nic, bridge))
		return;
	const char *type = network ? "network" : "bridge";
	if (network == xml_has(element, "source@network") &&
	    string_equal(xml_get(context->arena, element, place), want))
		return;
	xml_remove(element, "source");
	xml_remove(element, "@managed");
	xml_set(element, "@type", type);
	xml_set(element, place, want);
}

void part_nic_model_read(const struct bind_context *context, xmlNode *element, void *value)
{
	const char *model = xml_get(context->arena, element, "model@type");

	if (model && (context->sparse || !is_function(context->arena, element)))
		bind_put(context, &guest_nic_record, value, "model", model);
}

void part_nic_model_write(const struct bind_context *context, xmlNode *element, const void *value)
{
	const struct guest_nic *nic = value;
	bool lacks = !xml_has(element, "model") || bind_resets(context, "model");

	if (context->terse) {
		if (GIVEN(&guest_nic_record, nic, model))
			xml_set(element, "model@type", nic->model);
		return;
	}
	if (is_function(context->arena, element)) {
		xml_remove(element, "model");
		xml_remove(element, "link");
	} else if (lacks || GIVEN(&guest_nic_record, nic, model)) {
		xml_set(element, "model@type", nic->model);
	}
}

/* ---- PCIe ports ---- */

enum { SPARE_PORTS = 4 };

static bool is_on_port(const xmlNode *device)
{
	static const char *const names[] = { "interface", "rng",   "hostdev", "filesystem", "video",
					     "sound",     "shmem", "vsock",   "crypto" };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (xml_is(device, names[i]))
			return true;
	return false;
}

static unsigned devices_on_ports(struct arena *arena, xmlNode *devices)
{
	unsigned count = 2; /* memory balloon and USB controller, which libvirt adds */

	XML_EACH(device, devices, NULL)
	{
		const char *bus = xml_get(arena, device, "target@bus");
		if (xml_is(device, "disk"))
			count += string_equal(bus, "virtio");
		else if (is_on_port(device))
			count++;
		else if (xml_is(device, "controller"))
			count += string_equal(xml_get(arena, device, "@type"), "scsi");
	}
	return count + xml_has(devices, "channel");
}

/* libvirt makes only as many ports as there are devices; without a free one nothing can be
 * plugged in while the guest runs. */
void ports_fill(struct arena *arena, xmlNode *root)
{
	const char *machine = xml_get(arena, root, "os/type@machine");
	xmlNode *devices = xml_at(root, "devices");

	if (!machine || (strcmp(machine, "q35") != 0 && !string_starts(machine, "pc-q35-")) ||
	    xml_has(devices, "controller[type=pci]"))
		return; /* whoever says his own ports has them */
	unsigned count = devices_on_ports(arena, devices) + SPARE_PORTS;
	xmlNode *top = xml_add(devices, "controller");
	xml_set(top, "@type", "pci");
	xml_set(top, "@index", "0");
	xml_set(top, "@model", "pcie-root");
	while (count-- > 0) {
		xmlNode *port = xml_add(devices, "controller");
		xml_set(port, "@type", "pci");
		xml_set(port, "@model", "pcie-root-port");
	}
}
