/* guest.h - the record of a virtual machine.
 *
 * Stands here and not in kinds/, because what reads and writes domain XML (domain.h) and what
 * writes the cloud-init seed (seed.h) need it too.  It grows with the language: a field is a
 * row in guest.c and, where libvirt knows it, a row in domain.c.
 */
#pragma once

#include "formats/guest_whole.h"
#include "formats/refusal.h"

struct guest_vcpus {
	struct given given;
	uint32_t count, max;
	uint32_t most; /* `max`, or else `count`; implied */
	GUEST_VCPUS_ROWS(ROW_MEMBER, none)
};

struct guest_memory {
	struct given given;
	struct bytes size, max;
	struct bytes most; /* `max`, or else `size`; implied */
	struct bytes page_size;
	uint32_t node;
	GUEST_MEMORY_ROWS(ROW_MEMBER, none)
};

struct guest_cpu {
	struct given given;
	const char *model;
	const char *fleet; /* whose common model it gets; of the machine: model, features */
	bool nested;
	GUEST_CPU_ROWS(ROW_MEMBER, none)
};

struct guest_serial {
	struct given given;
	const char *log;
};

struct guest_disk {
	struct given given;
	/* where its content is; the kind resolves the first four to `source` */
	const char *image, *volume, *path, *pool;
	struct bytes size;
	const char *own;    /* the volume made for this disk; implied */
	const char *source; /* the file, as libvirt is told */
	const char *format, *device, *bus, *cache, *io, *discard, *detect_zeroes, *serial;
	bool read_only;
	uint32_t boot_order;
	GUEST_DISK_ROWS(ROW_MEMBER, none)
};

struct guest_nic {
	struct given given;
	const char *network, *link;
	const char *bridge; /* the device of `link`, as libvirt is told */
	const char *model, *link_state;
	struct mac mac;
	struct address address;
	uint32_t mtu, queues, boot_order;
	const char *sriov; /* the card it has a virtual function of */
	uint32_t vlan;
	struct pci vf; /* that function, as libvirt is told; of the machine */
	GUEST_NIC_ROWS(ROW_MEMBER, none)
};

struct guest_hostdev { /* a function of the host's, as libvirt is told */
	struct given given;
	struct pci address;
};

struct guest_cloud_init {
	struct given given;
	const char *hostname, *user, *user_data, *network;
	struct text_list ssh_keys, packages;
};

struct guest_autostart {
	struct given given;
	bool on;
	uint32_t order; /* 0: libvirt starts it when it likes */
	struct span delay;
	bool libvirt; /* its own autostart does it; implied */
};

struct guest {
	struct given given;
	const char *name, *uuid, *description;
	const char *defaults, *virtualization, *machine, *firmware;
	bool secure_boot;
	struct guest_vcpus vcpus;
	struct guest_memory memory;
	struct guest_cpu cpu;
	struct guest_serial serial;
	bool guest_agent, rng, tpm;
	struct map disks, nics; /* struct guest_disk, struct guest_nic */
	struct text_list devices;
	struct map hostdevs; /* struct guest_hostdev; of the machine, follows from devices */
	struct guest_cloud_init cloud_init;
	const char *seed; /* the seed's path, as libvirt is told; follows from cloud_init */
	bool started;     /* not on its way to its first start any more; implied */
	struct guest_autostart autostart;
	const char *slice;
	const char *state, *on_change, *on_stop_timeout;
	struct span stop_timeout;
	const char *libvirt_xml;
	GUEST_ROWS(ROW_MEMBER, none)

	/* beside the table: of an observed guest */
	const char *xml;                /* the definition it was read from */
	const struct refusals *refused; /* what it did not take, while it runs; or NULL */
	const struct guest *last;       /* what the last good run gave it; or NULL */
	bool balloon_filled;            /* it has all of its memory, and not for want of a driver */
	bool saved; /* it is off, and its next start goes on from saved memory */
	struct text_list snapshots, checkpoints; /* that libvirt knows of it */
	/* of a wanted one: what was said, where its processors are chosen (pin: auto); or NULL */
	const struct guest *said;
	const struct guest_cpu *said_cpu; /* the same, where a fleet gives the model */
};

/* Whether nothing holds for it that it does not say (`defaults: libvirt`). */
bool guest_is_terse(const struct guest *guest);

extern const struct record guest_record, guest_vcpus_record, guest_memory_record, guest_cpu_record,
	guest_serial_record, guest_disk_record, guest_nic_record, guest_hostdev_record,
	guest_cloud_init_record, guest_autostart_record;
