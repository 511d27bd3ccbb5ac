/* live_vfs.h - virtual functions as the driver of their card tells of them, for both halves of
 * host/. */
#pragma once

#include "host/read/host.h"

/* As host_vfs, asked anew. */
int vfs_read(struct arena *arena, const char *link, struct host_vfs *ret,
	     struct faults *faults) MUST_CHECK;

/* Tells the card one setting (IFLA_VF_MAC, ...) of a virtual function: `setting` is the kernel's
 * struct ifla_vf_*, which names the function in its first member. */
int vfs_set(const char *link, unsigned type, const void *setting, size_t size,
	    struct faults *faults) MUST_CHECK;

/* Brings a link up or takes it down (IFF_UP). */
int links_set_up(const char *link, bool up, struct faults *faults) MUST_CHECK;
