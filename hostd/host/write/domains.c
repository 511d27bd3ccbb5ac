/* domains.c - guests as a whole: their definition, their state, their size. */
#include <stdlib.h>
#include <string.h>

#include "host/write/secrets.h"
#include "host/write/virt_object.h"

static void *find(virConnectPtr connection, const char *name)
{
	return virDomainLookupByName(connection, name);
}

OBJECT_CALL(release, virDomainFree)

static int autostart(void *domain, int *ret_on)
{
	return virDomainGetAutostart(domain, ret_on);
}

static int set_autostart(void *domain, int on)
{
	return virDomainSetAutostart(domain, on);
}

static const struct virt_class domains = {
	.what = "domain",
	.find = find,
	.release = release,
	.autostart = autostart,
	.set_autostart = set_autostart,
	.autostarts = VERB_domain_autostart,
};

int domain_find(struct write *write, const char *name, virDomainPtr *ret, struct faults *faults)
{
	struct virt_object object = { .class = &domains };
	int there = object_find(write, name, &object, faults);

	*ret = object.at;
	return there;
}

int domain_need(struct write *write, const char *name, virDomainPtr *ret, struct faults *faults)
{
	struct virt_object object = { .class = &domains };
	int there = object_need(write, name, &object, faults);

	*ret = object.at;
	return there;
}

/* ---- definition ---- */

/* Of a domain that is there to stay, with its passwords; NULL of any other. */
static int definition(struct write *write, virDomainPtr domain, const char **ret,
		      struct faults *faults)
{
	const char *name = virDomainGetName(domain);
	int persistent = virDomainIsPersistent(domain);

	*ret = NULL;
	if (persistent < 0)
		return virt_fault(faults, "cannot look at domain \"%s\"", name);
	if (!persistent)
		return 0;
	VIRT_STRING char *xml =
		virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
	if (!xml)
		return virt_fault(faults, "cannot read domain \"%s\"", name);
	*ret = arena_strdup(write->arena, xml);
	return 0;
}

static int definition_of(struct write *write, const char *name, const char **ret,
			 struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	int there = domain_find(write, name, &domain, faults);

	*ret = NULL;
	return there == 1 ? definition(write, domain, ret, faults) : there;
}

/* As it goes into the journal: without its passwords. */
static int definition_hidden(struct write *write, const char *name, const char **ret,
			     struct faults *faults)
{
	const char *xml = NULL;

	*ret = NULL;
	if (definition_of(write, name, &xml, faults) < 0)
		return -1;
	if (xml)
		*ret = secrets_hide(write, xml, faults);
	return xml && !*ret ? -1 : 0;
}

int domain_define_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	const char *name = step->argument[0], *xml = NULL;

	if (definition_hidden(write, name, &xml, faults) < 0)
		return -1;
	inverse_of(ret, xml ? VERB_domain_define : VERB_domain_undefine, name, NULL, NULL);
	return xml ? inverse_body(ret, xml, strlen(xml)) : 0;
}

/* The body holds none of the passwords that were there: the guest keeps those it has. */
int domain_define_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	const char *name = step->argument[0], *before = NULL, *after = NULL;
	const char *xml = NULL;

	if (definition_of(write, name, &before, faults) < 0 ||
	    secrets_show(write, step->body, before, &xml, faults) < 0)
		return -1;
	VIRT_DOMAIN virDomainPtr domain =
		virDomainDefineXMLFlags(write->virt.connection, xml, VIR_DOMAIN_DEFINE_VALIDATE);
	if (!domain)
		return virt_fault(faults, "cannot define domain \"%s\"", name);
	if (definition(write, domain, &after, faults) < 0)
		return -1;
	return outcome_is(ret, string_equal(before, after) ? RESULT_SAME : RESULT_DONE);
}

int domain_undefine_inverse(struct write *write, const struct step *step, struct step *ret,
			    struct faults *faults)
{
	const char *name = step->argument[0], *xml = NULL;

	if (definition_hidden(write, name, &xml, faults) < 0)
		return -1;
	if (!xml)
		return inverse_nothing(write, step, ret, faults);
	inverse_of(ret, VERB_domain_define, name, NULL, NULL);
	return inverse_body(ret, xml, strlen(xml));
}

static int undefine_flags(const struct step *step, unsigned *ret, struct faults *faults)
{
	static const struct {
		const char *word;
		unsigned flag;
	} rows[] = {
		{ "saved", VIR_DOMAIN_UNDEFINE_MANAGED_SAVE },
		{ "snapshots", VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA },
		{ "checkpoints", VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA },
	};
	const char *at = step->argument[1];

	*ret = 0;
	while (at && *at) {
		size_t size = strcspn(at, ","), row = 0;
		while (row < COUNT_OF(rows) &&
		       (strlen(rows[row].word) != size || strncmp(rows[row].word, at, size) != 0))
			row++;
		if (row == COUNT_OF(rows))
			return fault(faults, FAULT_HOST, "\"%s\" is not what goes with a domain",
				     step->argument[1]);
		*ret |= rows[row].flag;
		at += size + (at[size] == ',');
	}
	return 0;
}

/* What a guest keeps beside its disks (NVRAM, TPM) stays. */
int domain_undefine_perform(struct write *write, const struct step *step, struct outcome *ret,
			    struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	int there = domain_find(write, step->argument[0], &domain, faults);
	unsigned with = 0;

	if (there < 0 || undefine_flags(step, &with, faults) < 0)
		return -1;
	if (there == 0 || virDomainIsPersistent(domain) == 0)
		return outcome_is(ret, RESULT_SAME);
	unsigned keep = with | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM;
	if (virDomainUndefineFlags(domain, keep | VIR_DOMAIN_UNDEFINE_KEEP_TPM) < 0 &&
	    virDomainUndefineFlags(domain, keep) < 0 && virDomainUndefineFlags(domain, with) < 0)
		return virt_fault(faults, "cannot undefine domain \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

/* ---- state ---- */

static int domain_state(virDomainPtr domain, struct faults *faults)
{
	const char *name = virDomainGetName(domain);
	int state = VIR_DOMAIN_NOSTATE;

	if (virDomainGetState(domain, &state, NULL, 0) < 0)
		return virt_gone()
			       ? VIR_DOMAIN_SHUTOFF
			       : virt_fault(faults, "cannot see the state of domain \"%s\"", name);
	return state;
}

static bool state_is_off(int state)
{
	return state == VIR_DOMAIN_SHUTOFF || state == VIR_DOMAIN_CRASHED;
}

/* The state of a domain that may not be there: then it is off. */
static int state_of(struct write *write, const char *name, struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	int there = domain_find(write, name, &domain, faults);

	if (there != 1)
		return there < 0 ? -1 : VIR_DOMAIN_SHUTOFF;
	return domain_state(domain, faults);
}

/* How long a rollback waits for a guest it started, before it pulls the plug. */
#define ROLLBACK_SECONDS "60"

int domain_start_inverse(struct write *write, const struct step *step, struct step *ret,
			 struct faults *faults)
{
	int state = state_of(write, step->argument[0], faults);

	if (state < 0)
		return -1;
	if (!state_is_off(state))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_domain_stop, step->argument[0], "destroy", ROLLBACK_SECONDS);
}

int domain_start_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;

	if (domain_need(write, step->argument[0], &domain, faults) < 0)
		return -1;
	int state = domain_state(domain, faults);
	if (state < 0)
		return -1;
	if (state == VIR_DOMAIN_RUNNING || state == VIR_DOMAIN_BLOCKED)
		return outcome_is(ret, RESULT_SAME);
	if (state == VIR_DOMAIN_SHUTDOWN)
		return outcome_why(ret, RESULT_PENDING, "the guest is still shutting down");
	int failed = state == VIR_DOMAIN_PAUSED        ? virDomainResume(domain)
		     : state == VIR_DOMAIN_PMSUSPENDED ? virDomainPMWakeup(domain, 0)
						       : virDomainCreate(domain);
	if (failed < 0)
		return virt_fault(faults, "cannot start domain \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

int domain_stop_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	int state = state_of(write, step->argument[0], faults);

	if (state < 0)
		return -1;
	if (state_is_off(state))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_domain_start, step->argument[0], NULL, NULL);
}

static int is_off(virDomainPtr domain, const void *context, struct faults *faults)
{
	int state = domain_state(domain, faults);

	(void)context;
	return state < 0 ? -1 : state_is_off(state);
}

enum { ASK_AGAIN_SECONDS = 15 };

/* 1: it is off; 0: not within the time. */
static int ask_to_stop(struct write *write, virDomainPtr domain, uint64_t seconds,
		       struct faults *faults)
{
	/* A guest in its firmware or still booting forgets that it was asked, one that is paused
	 * cannot be: it is asked again. */
	for (;;) {
		uint64_t turn = seconds < ASK_AGAIN_SECONDS ? seconds : ASK_AGAIN_SECONDS;
		if (virDomainShutdown(domain) < 0 && virt_gone())
			return 1;
		int off = virt_wait(write, domain, is_off, NULL, turn, faults);
		seconds -= turn;
		if (off || !seconds)
			return off;
	}
}

int domain_stop_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	bool destroy = string_equal(step->argument[1], "destroy");
	uint64_t seconds = 0;

	if (!destroy && !string_equal(step->argument[1], "shutdown"))
		return fault(faults, FAULT_HOST, "mode \"%s\" is neither shutdown nor destroy",
			     step->argument[1]);
	int there = argument_number(step, 2, &seconds, faults) < 0
			    ? -1
			    : domain_find(write, step->argument[0], &domain, faults);
	if (there <= 0)
		return there < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	int off = is_off(domain, NULL, faults);
	if (off)
		return off < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	if (!destroy || seconds)
		off = ask_to_stop(write, domain, seconds, faults);
	if (off < 0)
		return -1;
	if (!off && !destroy)
		return outcome_why(ret, RESULT_PENDING, "the guest shuts down");
	if (!off && virDomainDestroy(domain) < 0 &&
	    domain_state(domain, faults) != VIR_DOMAIN_SHUTOFF)
		return virt_fault(faults, "cannot stop domain \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

OBJECT_ACT(domain, &domains, autostart)
