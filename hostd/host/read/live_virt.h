/* live_virt.h - the connection to libvirt, for both halves of host/. */
#pragma once

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "base/fault.h"

/* libvirtd is asked for a sign of life every VIRT_ALIVE_SECONDS, also while it lets a call wait,
 * and a connection on which it gave none VIRT_ALIVE_COUNT times is closed: the call fails
 * (virConnectSetKeepAlive).  It answers from its main loop, however busy its workers are. */
enum { VIRT_ALIVE_SECONDS = 10, VIRT_ALIVE_COUNT = 6 };

struct virt {
	const char *uri; /* "qemu:///system"; tests name libvirt's test driver */
	virConnectPtr connection;
	unsigned alive_seconds; /* 0: VIRT_ALIVE_SECONDS */
	bool hangs;             /* it did not answer: it is not asked again */
};

#define VIRT_URI "qemu:///system"

/* The connection, opened if there is none or it broke; NULL with a fault.  Waits for libvirt no
 * longer than for a sign of life, here and in calls on the connection. */
virConnectPtr virt_connect(struct virt *virt, struct faults *faults);

/* Adds a fault whose text ends with libvirt's last error; -1.  Every call into libvirt forgets the
 * error of the one before, virDomainGetName too: names for the text are asked for earlier. */
int virt_fault(struct faults *faults, const char *format, ...) PRINTF(2, 3);

/* Whether libvirt's last error says that the object is not (or no longer) there. */
bool virt_gone(void);

/* The definition that stays of a persistent network or pool; free() it; NULL: libvirt's error. */
char *virt_network_definition(virNetworkPtr network);
char *virt_pool_definition(virStoragePoolPtr pool);

void virt_close(struct virt *virt);

/* Cleaners; NULL is accepted. */
void virt_domain_cleanup(virDomainPtr *domain);
void virt_network_cleanup(virNetworkPtr *network);
void virt_pool_cleanup(virStoragePoolPtr *pool);
void virt_string_cleanup(char **string);
#define VIRT_DOMAIN  __attribute__((cleanup(virt_domain_cleanup)))
#define VIRT_NETWORK __attribute__((cleanup(virt_network_cleanup)))
#define VIRT_POOL    __attribute__((cleanup(virt_pool_cleanup)))
#define VIRT_STRING  __attribute__((cleanup(virt_string_cleanup)))
