#include "host/read/live_virt.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* libvirt's own habit is to print every error. */
static void say_nothing(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

static unsigned patience(const struct virt *virt)
{
	return (virt->alive_seconds ? virt->alive_seconds : VIRT_ALIVE_SECONDS) * VIRT_ALIVE_COUNT;
}

static time_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* A connection may have been closed meanwhile (libvirtd was started anew), which only asking tells.
 * That is known at once: where it takes long, libvirtd hangs. */
static bool answers(struct virt *virt)
{
	unsigned long version = 0;
	time_t start = seconds_now();

	if (!virt->connection)
		return false;
	if (virConnectIsAlive(virt->connection) == 1 &&
	    virConnectGetLibVersion(virt->connection, &version) == 0)
		return true;
	virt->hangs = (unsigned)(seconds_now() - start) >= patience(virt) / 2;
	return false;
}

static void *loop_run(void *data)
{
	(void)data;
	while (virEventRunDefaultImpl() == 0)
		;
	return NULL;
}

/* Signs of life are asked for and answered, and events come, only while libvirt's event loop runs:
 * that is a thread's business, since a call that waits runs none.  It takes no signals, which are
 * the main thread's, and ends with the process. */
static void loop_start(void)
{
	static bool started;
	sigset_t all, before;
	pthread_t thread;

	if (started || virEventRegisterDefaultImpl() < 0)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(&thread, NULL, loop_run, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (started)
		pthread_detach(thread);
}

/* ---- opening ---- */

struct opening {
	virConnectPtr connection;
	char uri[128], failure[512];
};

static void *opening_run(void *data)
{
	struct opening *opening = data;

	virSetErrorFunc(NULL, say_nothing);
	opening->connection = virConnectOpen(opening->uri);
	const virError *error = opening->connection ? NULL : virGetLastError();
	if (error && error->message)
		snprintf(opening->failure, sizeof(opening->failure), "%s", error->message);
	return NULL;
}

/* Nothing bounds the opening itself, so a thread waits for it.  One that waits for ever is left
 * alone, with what it writes to; the process does not live long. */
static int open_bounded(struct virt *virt, struct faults *faults)
{
	struct opening *opening = calloc(1, sizeof(*opening));
	struct timespec end;
	pthread_t thread;

	if (!opening)
		return fault_errno(faults, ENOMEM, "cannot reach libvirt at %s", virt->uri);
	snprintf(opening->uri, sizeof(opening->uri), "%s", virt->uri);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += patience(virt);
	int error = pthread_create(&thread, NULL, opening_run, opening);
	if (error) {
		free(opening);
		return fault_errno(faults, error, "cannot reach libvirt at %s", virt->uri);
	}
	if (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &end) != 0) {
		pthread_detach(thread);
		virt->hangs = true;
		return 0;
	}
	virt->connection = opening->connection;
	int result = virt->connection ? 0
				      : fault(faults, FAULT_HOST, "cannot reach libvirt at %s: %s",
					      virt->uri, opening->failure);
	free(opening);
	return result;
}

/* A libvirtd that ends, because it was idle or is started anew, may take a connection that it never
 * answers; its socket stays, and the next one takes the second. */
static int open_patiently(struct virt *virt, struct faults *faults)
{
	struct faults first;

	faults_init(&first, faults->arena);
	return open_bounded(virt, &first) < 0 ? open_bounded(virt, faults) : 0;
}

virConnectPtr virt_connect(struct virt *virt, struct faults *faults)
{
	if (!virt->hangs && answers(virt))
		return virt->connection;
	virt_close(virt);
	virSetErrorFunc(NULL, say_nothing);
	/* The loop's thread writes to a libvirtd that may be gone: an error, not our end.  What is
	 * executed gets the signal back (exec.c). */
	signal(SIGPIPE, SIG_IGN);
	loop_start();
	if (!virt->hangs && open_patiently(virt, faults) < 0)
		return NULL;
	if (virt->hangs) {
		(void)fault(faults, FAULT_HOST, "libvirt at %s does not answer", virt->uri);
		return NULL;
	}
	/* Drivers in this process (the test driver) have nobody to ask. */
	if (virConnectSetKeepAlive(virt->connection, (int)patience(virt) / VIRT_ALIVE_COUNT,
				   VIRT_ALIVE_COUNT) < 0)
		virResetLastError();
	return virt->connection;
}

int virt_fault(struct faults *faults, const char *format, ...)
{
	virErrorPtr error = virGetLastError();
	va_list arguments;

	va_start(arguments, format);
	const char *message = arena_vprintf(faults->arena, format, arguments);
	va_end(arguments);
	return fault(faults, FAULT_HOST, "%s: %s", message,
		     error && error->message ? error->message : "libvirt does not say why");
}

bool virt_gone(void)
{
	int code = virGetLastErrorCode();

	return code == VIR_ERR_NO_DOMAIN || code == VIR_ERR_NO_NETWORK ||
	       code == VIR_ERR_NO_STORAGE_POOL || code == VIR_ERR_NO_STORAGE_VOL;
}

/* Drivers that do not keep two definitions refuse to be asked for one of them. */
char *virt_network_definition(virNetworkPtr network)
{
	char *xml = virNetworkGetXMLDesc(network, VIR_NETWORK_XML_INACTIVE);

	return xml || virGetLastErrorCode() != VIR_ERR_INVALID_ARG
		       ? xml
		       : virNetworkGetXMLDesc(network, 0);
}

char *virt_pool_definition(virStoragePoolPtr pool)
{
	char *xml = virStoragePoolGetXMLDesc(pool, VIR_STORAGE_XML_INACTIVE);

	return xml || virGetLastErrorCode() != VIR_ERR_INVALID_ARG
		       ? xml
		       : virStoragePoolGetXMLDesc(pool, 0);
}

void virt_close(struct virt *virt)
{
	if (virt->connection)
		virConnectClose(virt->connection);
	virt->connection = NULL;
}

void virt_domain_cleanup(virDomainPtr *domain)
{
	if (*domain)
		virDomainFree(*domain);
}

void virt_network_cleanup(virNetworkPtr *network)
{
	if (*network)
		virNetworkFree(*network);
}

void virt_pool_cleanup(virStoragePoolPtr *pool)
{
	if (*pool)
		virStoragePoolFree(*pool);
}

void virt_string_cleanup(char **string)
{
	free(*string);
}
