/* pci.h - the PCI functions of a machine: what drives them, which IOMMU group they are in, and what
 * the host itself stands on.
 *
 * The group is the smallest thing that can be given away: its functions can reach each other's
 * memory past the IOMMU (Documentation/driver-api/vfio.rst of the kernel).  For kinds that give
 * functions to guests.  Catalogue I5 to I7, I12, I17, I22.
 */
#pragma once

#include "base/array.h"
#include "host/read/host.h"

/* Tells the kernel at boot, before udev lets any driver come, what stands in our files in
 * /etc/tmpfiles.d. */
#define DEVICES_UNIT "gasthof-devices.service"

struct pci_function {
	struct pci address;
	const char *name; /* "0000:41:00.0" */
	uint32_t class;   /* 0x030000: display controller */
	uint16_t vendor, device;
	const char *driver;      /* what is bound to it, or NULL */
	const char *override;    /* driver_override, or NULL */
	const char *group;       /* its IOMMU group, "14", or NULL: no IOMMU, or it is off */
	const char *physical;    /* of a virtual function: the function it belongs to, or NULL */
	uint32_t vfs, vfs_total; /* virtual functions it has and can have; 0: no SR-IOV */
	bool autoprobe;          /* the host's own driver takes its virtual functions */
	ARRAY(const char *) functions; /* its virtual functions, in the order of their numbers */
	ARRAY(const char *) links;     /* the host's links on it */
	ARRAY(const char *) uses;      /* clauses: "holds /", "carries the default route (eno1)" */
};

struct pci_machine {
	ARRAY(struct pci_function) functions; /* by address */
};

/* Looks at all of them; -1 where it could not look. */
int pci_look(struct host *host, struct arena *arena, struct pci_machine *ret,
	     struct faults *faults) MUST_CHECK;

/* Adds the host's links on the functions, and to `uses` what of the host stands on them: mounted
 * file systems, swap, members of LVM, MD and the like, and the links of the default route.  For
 * pci_look. */
int pci_look_uses(struct host *host, struct arena *arena, struct pci_machine *machine,
		  struct faults *faults) MUST_CHECK;

/* Whether the host or a guest uses a link: it has an address, belongs to a bridge or bond, or
 * others are made of it (a VLAN, a guest's macvtap: upper_* of
 * Documentation/ABI/testing/sysfs-class-net). 1, 0 or -1. */
int pci_link_is_used(struct host *host, struct arena *arena, const struct host_link *link,
		     struct faults *faults) MUST_CHECK;

/* The function at this address, or NULL. */
struct pci_function *pci_find(const struct pci_machine *machine, const char *name);

/* The address as the kernel writes it. */
const char *pci_text(struct arena *arena, const struct pci *address);
bool pci_parse(const char *name, struct pci *ret);

/* Whether it is a bridge: such are never given to a guest. */
bool pci_is_bridge(const struct pci_function *function);

/* Whether its driver leaves the IOMMU alone, so that it does not stand in the way of its group's
 * going (none; vfio-pci, pci-stub, pcieport: those with driver_managed_dma). */
bool pci_steps_aside(const struct pci_function *function);

/* Why the group of a function cannot go to a guest, as a clause: a member the host stands on, a
 * bridge with a driver of its own; NULL where it can.  `alone`: the other members stay where they
 * are, and one that the host has a driver on is in the way. */
const char *pci_in_the_way(struct arena *arena, const struct pci_machine *machine,
			   const struct pci_function *function, bool alone);

struct view;
struct item;
struct steps;
struct desired;

/* `by` gives functions to guests, which needs an IOMMU that also remaps interrupts (A24, PIT6,
 * PIT7); the latter unless the description takes the risk in so many words. */
void pci_require(struct desired *desired, struct item *by, const char *path);

/* The machine as devices saw it, as sriov saw it, or as either did; NULL where it was not looked
 * at. */
const struct pci_machine *devices_machine(const struct view *view);
const struct pci_machine *sriov_machine(const struct view *view);
const struct pci_machine *pci_seen(const struct view *view);

/* Who has the function open: the path of a guest that runs or, where guests were not looked at and
 * vfio-pci has it, "somebody"; NULL: nobody. */
const char *pci_held_by(const struct view *view, const struct pci_function *function);

/* Whether the function's IOMMU is on (PIT6): 1; 0 where the description turns it on and the rest
 * has to wait for the next boot (a wait was added); -1 with a fault at `path` of `want`. */
int pci_need_iommu(const struct pci_function *function, const struct view *view,
		   const struct item *want, const char *path, struct steps *steps,
		   struct faults *faults) MUST_CHECK;
