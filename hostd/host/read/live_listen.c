#include "host/read/live_listen.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "formats/heard.h"
#include "host/read/live_virt.h"

static int agent = -1; /* the socket; libvirt's callbacks come in the thread of its event loop */

/* Where the socket is full, the agent has enough to read, and looks anyway. */
static void tell(const struct heard *heard)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct text text = text_of(arena);

	heard_print(&text, heard);
	if (text.size <= HEARD_MAX &&
	    send(agent, text.at, text.size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EPIPE)
		_exit(EXIT_SUCCESS);
}

static void tell_change(void)
{
	tell(&(struct heard){ .what = HEARD_CHANGE });
}

static void tell_device(virDomainPtr domain, const char *alias, enum heard_what what)
{
	char uuid[VIR_UUID_STRING_BUFLEN], life[16];

	snprintf(life, sizeof(life), "%u", virDomainGetID(domain));
	if (virDomainGetUUIDString(domain, uuid) == 0)
		tell(&(struct heard){ what, uuid, life, alias });
	tell_change();
}

/* ---- callbacks ---- */

static int domain_lives(virConnectPtr connection, virDomainPtr domain, int event, int detail,
			void *data)
{
	(void)connection, (void)domain, (void)event, (void)detail, (void)data;
	tell_change();
	return 0;
}

static void device_added(virConnectPtr connection, virDomainPtr domain, const char *alias,
			 void *data)
{
	(void)connection, (void)domain, (void)alias, (void)data;
	tell_change();
}

static void device_gone(virConnectPtr connection, virDomainPtr domain, const char *alias,
			void *data)
{
	(void)connection, (void)data;
	tell_device(domain, alias, HEARD_GONE);
}

static void device_kept(virConnectPtr connection, virDomainPtr domain, const char *alias,
			void *data)
{
	(void)connection, (void)data;
	tell_device(domain, alias, HEARD_KEPT);
}

static void disk_changed(virConnectPtr connection, virDomainPtr domain, const char *old,
			 const char *new, const char *alias, int reason, void *data)
{
	(void)connection, (void)domain, (void)old, (void)new, (void)alias, (void)reason, (void)data;
	tell_change();
}

static void tray_moved(virConnectPtr connection, virDomainPtr domain, const char *alias, int reason,
		       void *data)
{
	(void)connection, (void)domain, (void)alias, (void)reason, (void)data;
	tell_change();
}

static void balloon_changed(virConnectPtr connection, virDomainPtr domain, unsigned long long kib,
			    void *data)
{
	(void)connection, (void)domain, (void)kib, (void)data;
	tell_change();
}

static void limits_changed(virConnectPtr connection, virDomainPtr domain,
			   virTypedParameterPtr parameters, int count, void *data)
{
	(void)connection, (void)domain, (void)parameters, (void)count, (void)data;
	tell_change();
}

static void metadata_changed(virConnectPtr connection, virDomainPtr domain, int type,
			     const char *uri, void *data)
{
	(void)connection, (void)domain, (void)type, (void)uri, (void)data;
	tell_change();
}

static void module_resized(virConnectPtr connection, virDomainPtr domain, const char *alias,
			   unsigned long long kib, void *data)
{
	(void)connection, (void)domain, (void)alias, (void)kib, (void)data;
	tell_change();
}

static void network_lives(virConnectPtr connection, virNetworkPtr network, int event, int detail,
			  void *data)
{
	(void)connection, (void)network, (void)event, (void)detail, (void)data;
	tell_change();
}

static void pool_lives(virConnectPtr connection, virStoragePoolPtr pool, int event, int detail,
		       void *data)
{
	(void)connection, (void)pool, (void)event, (void)detail, (void)data;
	tell_change();
}

static void closed(virConnectPtr connection, int reason, void *data)
{
	(void)connection, (void)reason, (void)data;
	_exit(EXIT_SUCCESS);
}

/* ---- listening ---- */

static const struct {
	int event;
	virConnectDomainEventGenericCallback callback;
} domain_events[] = {
	{ VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(domain_lives) },
	{ VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(device_added) },
	{ VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(device_gone) },
	{ VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, VIR_DOMAIN_EVENT_CALLBACK(device_kept) },
	{ VIR_DOMAIN_EVENT_ID_DISK_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(disk_changed) },
	{ VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(tray_moved) },
	{ VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(balloon_changed) },
	{ VIR_DOMAIN_EVENT_ID_TUNABLE, VIR_DOMAIN_EVENT_CALLBACK(limits_changed) },
	{ VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(metadata_changed) },
	{ VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE,
	  VIR_DOMAIN_EVENT_CALLBACK(module_resized) },
};

/* What a host's libvirt does not tell is seen at the next look: no reason to hear nothing. */
static bool hear(virConnectPtr connection)
{
	bool heard = false;

	for (size_t i = 0; i < COUNT_OF(domain_events); i++)
		if (virConnectDomainEventRegisterAny(connection, NULL, domain_events[i].event,
						     domain_events[i].callback, NULL, NULL) >= 0)
			heard = true;
	if (virConnectNetworkEventRegisterAny(connection, NULL, VIR_NETWORK_EVENT_ID_LIFECYCLE,
					      VIR_NETWORK_EVENT_CALLBACK(network_lives), NULL,
					      NULL) >= 0)
		heard = true;
	if (virConnectStoragePoolEventRegisterAny(
		    connection, NULL, VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE,
		    VIR_STORAGE_POOL_EVENT_CALLBACK(pool_lives), NULL, NULL) >= 0)
		heard = true;
	return heard && virConnectRegisterCloseCallback(connection, closed, NULL, NULL) == 0;
}

/* Where libvirt keeps definitions, and links to those that it starts itself. */
static const char *const folders[] = {
	"/etc/libvirt/qemu",          "/etc/libvirt/qemu/autostart",
	"/etc/libvirt/qemu/networks", "/etc/libvirt/qemu/networks/autostart",
	"/etc/libvirt/storage",       "/etc/libvirt/storage/autostart",
};

/* Those that are there; libvirt makes one when there is something to keep in it. */
static void definitions_watch(int watched)
{
	for (size_t i = 0; i < COUNT_OF(folders); i++)
		(void)inotify_add_watch(watched, folders[i],
					IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR);
}

/* Until the agent has closed its end. */
static void stay(int watched)
{
	struct pollfd polls[] = { { agent, 0, 0 }, { watched, POLLIN, 0 } };
	char names[4096];

	while (!polls[0].revents) {
		if (poll(polls, COUNT_OF(polls), -1) < 0 && errno != EINTR)
			return;
		if (polls[1].revents & POLLIN && read(watched, names, sizeof(names)) > 0) {
			definitions_watch(watched);
			tell_change();
		}
	}
}

int listen_main(int argc, char **argv)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct virt virt = { .uri = VIRT_URI };
	struct faults unsaid;

	if (argc != 3)
		return EXIT_FAILURE;
	agent = (int)strtol(argv[2], NULL, 10);
	faults_init(&unsaid, arena);
	virConnectPtr connection = virt_connect(&virt, &unsaid);
	int watched = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (!connection || watched < 0 || !hear(connection))
		return EXIT_FAILURE;
	definitions_watch(watched);
	tell(&(struct heard){ .what = HEARD_READY });
	stay(watched);
	return EXIT_SUCCESS;
}
