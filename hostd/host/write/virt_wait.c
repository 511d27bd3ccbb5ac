#include <time.h>

#include "host/write/write.h"

/* The events themselves carry nothing that is not asked again: they only wake the loop. */
static int wake_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail,
			  void *data)
{
	(void)connection;
	(void)domain;
	(void)event;
	(void)detail;
	(void)data;
	return 0;
}

static void wake_removed(virConnectPtr connection, virDomainPtr domain, const char *alias,
			 void *data)
{
	(void)connection;
	(void)domain;
	(void)alias;
	(void)data;
}

static virConnectDomainEventGenericCallback wake(int event)
{
	return event == VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED
		       ? VIR_DOMAIN_EVENT_CALLBACK(wake_removed)
		       : VIR_DOMAIN_EVENT_CALLBACK(wake_lifecycle);
}

static void wake_timer(int timer, void *data)
{
	(void)timer;
	(void)data;
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
	int timer = virEventAddTimeout(1000, wake_timer, NULL, NULL);
	int listening = virConnectDomainEventRegisterAny(write->virt.connection, domain, event,
							 wake(event), NULL, NULL);
	/* Registered first, asked then: an end in between is not missed. */
	int result = listening < 0 ? virt_fault(faults, "cannot listen for the domain's events")
				   : done(domain, context, faults);

	while (result == 0 && waited < seconds) {
		if (virEventRunDefaultImpl() < 0)
			result = virt_fault(faults, "cannot wait for the domain's events");
		else if (still_wanted(write, waited, seconds, faults) < 0)
			result = -1;
		else
			result = done(domain, context, faults);
		waited = seconds_now() - start;
	}
	if (listening >= 0)
		virConnectDomainEventDeregisterAny(write->virt.connection, listening);
	if (timer >= 0)
		virEventRemoveTimeout(timer);
	return result;
}
