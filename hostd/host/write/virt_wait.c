#include <pthread.h>
#include <time.h>

#include "host/write/write.h"

/* The events themselves carry nothing that is not asked again: they only wake who waits.  They
 * come in the thread of libvirt's event loop (host/read/live_virt.c), perhaps even when nobody
 * listens any more. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t event;
	unsigned count;
} events = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };

static void wake(void)
{
	pthread_mutex_lock(&events.lock);
	events.count++;
	pthread_cond_broadcast(&events.event);
	pthread_mutex_unlock(&events.lock);
}

static unsigned events_so_far(void)
{
	pthread_mutex_lock(&events.lock);
	unsigned count = events.count;
	pthread_mutex_unlock(&events.lock);
	return count;
}

/* Until there was an event after the `seen`th, for a second at most. */
static void wait_beyond(unsigned seen)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec++;
	pthread_mutex_lock(&events.lock);
	while (events.count == seen)
		if (pthread_cond_clockwait(&events.event, &events.lock, CLOCK_MONOTONIC, &end))
			break;
	pthread_mutex_unlock(&events.lock);
}

static int wake_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail,
			  void *data)
{
	(void)connection, (void)domain, (void)event, (void)detail, (void)data;
	wake();
	return 0;
}

static void wake_removed(virConnectPtr connection, virDomainPtr domain, const char *alias,
			 void *data)
{
	(void)connection, (void)domain, (void)alias, (void)data;
	wake();
}

static virConnectDomainEventGenericCallback waker(int event)
{
	return event == VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED
		       ? VIR_DOMAIN_EVENT_CALLBACK(wake_removed)
		       : VIR_DOMAIN_EVENT_CALLBACK(wake_lifecycle);
}

static uint64_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

int virt_wait(struct write *write, virDomainPtr domain, int event,
	      int (*done)(virDomainPtr domain, const void *context, struct faults *faults),
	      const void *context, uint64_t seconds, struct faults *faults)
{
	uint64_t start = seconds_now(), waited = 0;
	unsigned seen = events_so_far();
	int listening = virConnectDomainEventRegisterAny(write->virt.connection, domain, event,
							 waker(event), NULL, NULL);
	/* Registered first, asked then: an end in between is not missed. */
	int result = listening < 0 ? virt_fault(faults, "cannot listen for the domain's events")
				   : done(domain, context, faults);

	while (result == 0 && waited < seconds) {
		wait_beyond(seen);
		seen = events_so_far();
		result = still_wanted(write, waited, seconds, faults) < 0
				 ? -1
				 : done(domain, context, faults);
		waited = seconds_now() - start;
	}
	if (listening >= 0)
		virConnectDomainEventDeregisterAny(write->virt.connection, listening);
	return result;
}
