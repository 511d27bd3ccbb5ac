/* live_domains.h - the files that look at a live libvirt's domains, among themselves. */
#pragma once

#include "host/read/live.h"

/* Fills in what libvirt keeps of a domain beside its definition (saved, snapshots, checkpoints);
 * of one that went away meanwhile there is none of it.  -1 with a fault. */
int live_kept(struct live *live, virDomainPtr domain, struct host_domain *ret,
	      struct faults *faults) MUST_CHECK;
