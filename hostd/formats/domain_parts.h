/* domain_parts.h - what of domain XML no row of a table can say.  For domain.c. */
#pragma once

#include "formats/bind.h"
#include "formats/guest.h"

#define PART(name)                                                                     \
	void part_##name##_read(const struct bind_context *context, xmlNode *element,  \
				void *value);                                          \
	void part_##name##_write(const struct bind_context *context, xmlNode *element, \
				 const void *value)

PART(vcpus);    /* <vcpu> is the most, current= the count */
PART(modules);  /* libvirt counts modules as part of <memory> and <currentMemory> */
PART(pages);    /* huge pages and their NUMA node */
PART(firmware); /* firmware and secure_boot: libvirt's autoselection */
PART(cpu);      /* mode, model, and nested as features */
/* After all that a CPU says. */
void part_cpu_settle(const struct bind_context *context, xmlNode *element, const void *value);
PART(agent); /* the channel with the agent's name */
PART(rng);
PART(vsock); /* what goes, goes with what libvirt filled in */
PART(tpm);
PART(seed);        /* the disk with the alias ua-seed */
PART(disk_source); /* type file or block, never volume */
PART(disk_bus);    /* a new bus needs a new target and address */
PART(nic_source);  /* type network, bridge or hostdev */
PART(nic_model);   /* a virtual function is what it is */
PART(hostdev);     /* a PCI function, managed: libvirt binds it and gives it back */
void part_block_read(const struct bind_context *context, xmlNode *element, void *value);
/* For a description: what `path`, `bridge` and their like say is not said again in libvirt's
 * words. */
void part_disk_import(const struct bind_context *context, xmlNode *element, void *value);
void part_nic_import(const struct bind_context *context, xmlNode *element, void *value);
#undef PART

/* Our mark below <metadata>, or NULL; written with what live XML cannot tell: the CPU model
 * asked for and the verbatim block. */
xmlNode *mark_find(xmlNode *root);
void mark_write(const struct bind_context *context, xmlNode *root, const char *handle,
		const struct guest *guest);

/* Disks without a target get the first free one of their bus. */
void targets_fill(const struct bind_context *context, xmlNode *root);
/* Gives a disk another target where one of `devices` has its own: a disk that takes its time to go
 * keeps its name as long. */
void target_plug(struct arena *arena, xmlNode *disk, xmlNode *devices);
/* QEMU does the same for all watchdogs of a guest: one that came with its machine (itco), and that
 * nobody described, does what ours are to do, or is ours where we want that very one. */
void watchdogs_fill(struct arena *arena, xmlNode *root);
/* The device that a field without an element of its own stands for ("rng"), or NULL. */
xmlNode *part_device(struct arena *arena, xmlNode *root, const char *field);
/* Before the rest is written: where the guest gets a machine of another sort (pc for q35), takes
 * away controllers and PCI addresses, which are the old one's, and tells so; libvirt makes
 * others. */
bool board_change(const struct bind_context *context, xmlNode *root, const struct guest *guest);
/* Firmware tries disks first, unless devices have an order of their own. */
void boot_fill(xmlNode *root);
/* PCIe ports for the devices there are, and some to plug into while it runs. */
void ports_fill(struct arena *arena, xmlNode *root);
