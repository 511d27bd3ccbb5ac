/* links.c - systemd-networkd, and the removal of virtual links. */
#include <errno.h>
#include <time.h>

#include "base/text.h"
#include "host/read/live_links.h"
#include "host/write/write.h"

/* Its own words do not name it: "Unit dbus-org.freedesktop.network1.service not found". */
static int networkd_fault(struct faults *faults)
{
	fault_hint(faults, "systemd-networkd.service has to be enabled and running");
	return -1;
}

int links_reload_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	BUS_MESSAGE sd_bus_message *reply = NULL;

	(void)step;
	if (bus_open(&write->bus, faults) < 0)
		return -1;
	/* A networkd that does not run yet, or no longer, reads its files when it starts. */
	if (sd_bus_get_name_creds(write->bus.bus, bus_networkd.service, 0, NULL) == -ENXIO)
		return outcome_is(ret, RESULT_SAME);
	if (bus_call(&write->bus, &bus_networkd, "Reload", &reply, faults, NULL) < 0)
		return networkd_fault(faults);
	return outcome_is(ret, RESULT_DONE);
}

/* The link of this name or alternative name: 1, 0 or -1. */
static int link_find(struct write *write, const char *name, struct host_link *ret,
		     struct faults *faults)
{
	struct host_links links = {};

	if (links_read(write->arena, &links, faults) < 0)
		return -1;
	EACH(link, &links.list) {
		bool found = string_equal(link->name, name);
		EACH(altname, &link->altnames)
			found |= string_equal(*altname, name);
		if (found) {
			*ret = *link;
			return 1;
		}
	}
	return 0;
}

enum { KNOWN_SECONDS = 20, KNOWN_AGAIN_MILLISECONDS = 50 };

/* Whether networkd says that there is no such link; any other answer is its own to give. */
static bool networkd_lacks(struct write *write, int index)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;

	sd_bus_call_method(write->bus.bus, bus_networkd.service, bus_networkd.path,
			   bus_networkd.interface, "GetLinkByIndex", &error, NULL, "i", index);
	bool lacks = error.name && string_ends(error.name, ".NoSuchLink");
	sd_bus_error_free(&error);
	return lacks;
}

/* networkd hears of a link from the kernel as we do, and a busy one comes to it later. */
static int link_known(struct write *write, int index, struct faults *faults)
{
	if (bus_open(&write->bus, faults) < 0)
		return -1;
	for (int left = KNOWN_SECONDS * 1000; left > 0 && networkd_lacks(write, index);
	     left -= KNOWN_AGAIN_MILLISECONDS) {
		if (still_wanted(write, 0, 0, faults) < 0)
			return -1;
		nanosleep(&(struct timespec){ 0, KNOWN_AGAIN_MILLISECONDS * 1000 * 1000 }, NULL);
	}
	return 0;
}

int link_reconfigure_perform(struct write *write, const struct step *step, struct outcome *ret,
			     struct faults *faults)
{
	BUS_MESSAGE sd_bus_message *reply = NULL;
	struct host_link link = {};
	int there = link_find(write, step->argument[0], &link, faults);

	if (there < 0)
		return -1;
	if (there == 0) /* gone since, as in a rollback of its making: the next look tells */
		return outcome_is(ret, RESULT_SAME);
	if (link_known(write, (int)link.index, faults) < 0)
		return -1;
	if (bus_call(&write->bus, &bus_networkd, "ReconfigureLink", &reply, faults, "i",
		     (int)link.index) < 0)
		return networkd_fault(faults);
	return outcome_is(ret, RESULT_DONE);
}

/* networkd makes it again from the files that a rollback puts back. */
int link_remove_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	struct host_link link = {};
	int there = link_find(write, step->argument[0], &link, faults);

	if (there < 0)
		return -1;
	return inverse_of(ret, there ? VERB_links_reload : VERB_nothing, NULL, NULL, NULL);
}

int link_remove_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	struct host_link link = {};
	int there = link_find(write, step->argument[0], &link, faults);

	if (there < 0)
		return -1;
	if (there == 0)
		return outcome_is(ret, RESULT_SAME);
	if (!*link.kind)
		return fault(faults, FAULT_HOST, "the link \"%s\" is a device, not a virtual link",
			     step->argument[0]);
	WITHIN(faults, "link \"%s\"", step->argument[0]);
	there = links_delete(link.index, faults);
	return there < 0 ? -1 : outcome_is(ret, there ? RESULT_DONE : RESULT_SAME);
}

int link_expect_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	struct host_link link = {};
	int there = link_find(write, step->argument[0], &link, faults);

	if (there < 0)
		return -1;
	return inverse_of(ret, there ? VERB_nothing : VERB_link_remove, step->argument[0], NULL,
			  NULL);
}

/* Done, not the same: what it announces is there after the next reload. */
int link_expect_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	(void)write, (void)step, (void)faults;
	return outcome_is(ret, RESULT_DONE);
}
