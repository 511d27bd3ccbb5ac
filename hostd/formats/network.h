/* network.h - a libvirt network that only points at a bridge or device of the host.
 *
 * Guest networks are ours; libvirt knows them so that guests are plugged in by name and
 * virsh, virt-manager and Cockpit show them.  Source: libvirt's formatnetwork.html.
 */
#pragma once

#include "base/fault.h"
#include "base/text.h"

struct virt_network {
	const char *name;
	const char *uuid;    /* or NULL: libvirt makes one */
	const char *mark;    /* the handle in our metadata; NULL: not ours */
	const char *bridge;  /* the bridge it stands for, or NULL */
	const char *device;  /* the device that macvtap sits on, or NULL */
	const char *forward; /* read only: mode, "" where there is none */
};

/* Appends the XML. */
void virt_network_print(struct text *text, const struct virt_network *network);

/* Reads libvirt's XML. */
int virt_network_read(struct arena *arena, const char *xml, struct virt_network *ret,
		      struct faults *faults) MUST_CHECK;
