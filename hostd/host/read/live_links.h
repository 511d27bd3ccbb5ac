/* live_links.h - rtnetlink, for both halves of host/. */
#pragma once

#include "host/read/host.h"

/* As host_links, asked anew. */
int links_read(struct arena *arena, struct host_links *ret, struct faults *faults) MUST_CHECK;

/* Removes a link (RTM_DELLINK): 1; 0 where it is not there any more; -1 with a fault. */
int links_delete(unsigned index, struct faults *faults) MUST_CHECK;
