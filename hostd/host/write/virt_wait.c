#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/write/write.h"

/* Events carry nothing that is not asked again, but for a guest's refusal: they only wake who
 * waits.  They come in the thread of libvirt's event loop (host/read/live_virt.c), perhaps even
 * when nobody listens any more. */
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

/* What a guest says of a device it was asked for.  libvirt calls back with it until it has freed
 * it, which may be later than it was told to stop. */
struct asked {
	unsigned holders;
	bool refused;
	char alias[];
};

static struct asked *asked_new(const char *alias)
{
	struct asked *asked = calloc(1, sizeof(*asked) + strlen(alias) + 1);

	if (!asked)
		abort();
	asked->holders = 1;
	memcpy(asked->alias, alias, strlen(alias) + 1);
	return asked;
}

static void asked_hold(struct asked *asked)
{
	pthread_mutex_lock(&events.lock);
	asked->holders++;
	pthread_mutex_unlock(&events.lock);
}

static void asked_release(void *data)
{
	struct asked *asked = data;

	pthread_mutex_lock(&events.lock);
	bool last = --asked->holders == 0;
	pthread_mutex_unlock(&events.lock);
	if (last)
		free(asked);
}

static bool asked_refused(struct asked *asked)
{
	pthread_mutex_lock(&events.lock);
	bool refused = asked->refused;
	pthread_mutex_unlock(&events.lock);
	return refused;
}

static void wake_removed(virConnectPtr connection, virDomainPtr domain, const char *alias,
			 void *data)
{
	(void)connection, (void)domain, (void)alias, (void)data;
	wake();
}

static void wake_refused(virConnectPtr connection, virDomainPtr domain, const char *alias,
			 void *data)
{
	struct asked *asked = data;

	(void)connection, (void)domain;
	pthread_mutex_lock(&events.lock);
	asked->refused = asked->refused || strcmp(alias, asked->alias) == 0;
	pthread_mutex_unlock(&events.lock);
	wake();
}

static uint64_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

/* Looks at each event and once a second; `asked` NULL: no guest can refuse. */
static int wait_until(struct write *write, virDomainPtr domain, struct asked *asked,
		      virt_done *done, const void *context, uint64_t seconds, struct faults *faults)
{
	uint64_t start = seconds_now(), waited = 0;
	unsigned seen = events_so_far();
	int result = done(domain, context, faults);

	while (result == 0 && waited < seconds && !(asked && asked_refused(asked))) {
		wait_beyond(seen);
		seen = events_so_far();
		result = still_wanted(write, waited, seconds, faults) < 0
				 ? -1
				 : done(domain, context, faults);
		waited = seconds_now() - start;
	}
	return result;
}

static int events_hear(struct write *write, virDomainPtr domain, int event,
		       virConnectDomainEventGenericCallback callback, struct asked *asked,
		       struct faults *faults)
{
	if (asked)
		asked_hold(asked);
	int listening =
		virConnectDomainEventRegisterAny(write->virt.connection, domain, event, callback,
						 asked, asked ? asked_release : NULL);
	if (listening >= 0)
		return listening;
	if (asked)
		asked_release(asked);
	return virt_fault(faults, "cannot listen for the domain's events");
}

static void events_ignore(struct write *write, int listening)
{
	if (listening >= 0)
		virConnectDomainEventDeregisterAny(write->virt.connection, listening);
}

int virt_wait(struct write *write, virDomainPtr domain, virt_done *done, const void *context,
	      uint64_t seconds, struct faults *faults)
{
	/* Registered first, asked then: an end in between is not missed. */
	int listening = events_hear(write, domain, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
				    VIR_DOMAIN_EVENT_CALLBACK(wake_lifecycle), NULL, faults);
	int result = listening < 0
			     ? -1
			     : wait_until(write, domain, NULL, done, context, seconds, faults);

	events_ignore(write, listening);
	return result;
}

int virt_wait_removal(struct write *write, virDomainPtr domain, const char *alias, virt_ask *ask,
		      virt_done *done, const void *context, uint64_t seconds, bool *ret_refused,
		      struct faults *faults)
{
	struct asked *asked = asked_new(alias);
	int removed = events_hear(write, domain, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED,
				  VIR_DOMAIN_EVENT_CALLBACK(wake_removed), NULL, faults);
	int refused =
		removed < 0 ? -1
			    : events_hear(write, domain, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED,
					  VIR_DOMAIN_EVENT_CALLBACK(wake_refused), asked, faults);
	int result = refused < 0 ? -1 : ask(write, domain, context, faults);

	if (result == 0)
		result = wait_until(write, domain, asked, done, context, seconds, faults);
	events_ignore(write, refused);
	events_ignore(write, removed);
	*ret_refused = asked_refused(asked);
	asked_release(asked);
	return result;
}
