/* devices.c - guests' devices, configured and running. */
#include <string.h>

#include "formats/device.h"
#include "host/write/devices.h"

static const unsigned both = VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG;

int scope_flags(const char *scope, unsigned *ret, struct faults *faults)
{
	if (string_equal(scope, "live"))
		*ret = VIR_DOMAIN_AFFECT_LIVE;
	else if (string_equal(scope, "config"))
		*ret = VIR_DOMAIN_AFFECT_CONFIG;
	else if (string_equal(scope, "both"))
		*ret = both;
	else
		return fault(faults, FAULT_HOST, "scope \"%s\" is none of live, config, both",
			     scope);
	return 0;
}

const char *scope_name(unsigned flags)
{
	return flags == both ? "both" : flags == VIR_DOMAIN_AFFECT_LIVE ? "live" : "config";
}

int domain_within(struct write *write, const char *name, const char *scope, virDomainPtr *ret,
		  unsigned *ret_scope, struct faults *faults)
{
	if (scope_flags(scope, ret_scope, faults) < 0 || domain_need(write, name, ret, faults) < 0)
		return -1;
	int active = virDomainIsActive(*ret);
	if (active < 0)
		return virt_fault(faults, "cannot look at domain \"%s\"", name);
	if (!active)
		*ret_scope &= ~(unsigned)VIR_DOMAIN_AFFECT_LIVE;
	return 0;
}

int domain_dump(struct write *write, virDomainPtr domain, unsigned scope, const char **ret,
		struct faults *faults)
{
	const char *name = virDomainGetName(domain);
	unsigned flags = VIR_DOMAIN_XML_SECURE;

	if (scope == VIR_DOMAIN_AFFECT_CONFIG)
		flags |= VIR_DOMAIN_XML_INACTIVE;
	VIRT_STRING char *xml = virDomainGetXMLDesc(domain, flags);
	if (!xml)
		return virt_fault(faults, "cannot read domain \"%s\"", name);
	*ret = arena_strdup(write->arena, xml);
	return 0;
}

/* Where of `scope` the device is. */
static int device_look(struct write *write, virDomainPtr domain, const char *alias, unsigned scope,
		       struct device *ret, struct faults *faults)
{
	struct device device = {};

	EACH_SCOPE(one, scope)
	{
		const char *xml = NULL;
		int there = domain_dump(write, domain, one, &xml, faults);
		if (there == 0)
			there = device_by_alias(write->arena, xml, alias, &device.xml, faults);
		if (there < 0)
			return -1;
		if (there)
			device.in |= one;
		if (there && one == VIR_DOMAIN_AFFECT_LIVE)
			device.live = device.xml;
	}
	*ret = device;
	return 0;
}

int device_find(struct write *write, const struct step *step, virDomainPtr *ret,
		unsigned *ret_scope, struct device *ret_device, struct faults *faults)
{
	if (domain_within(write, step->argument[0], step->argument[2], ret, ret_scope, faults) < 0)
		return -1;
	return device_look(write, *ret, step->argument[1], *ret_scope, ret_device, faults);
}

int device_as_it_was(const struct step *step, const struct device *device, enum verb verb,
		     struct step *ret)
{
	inverse_of(ret, verb, step->argument[0], step->argument[1], scope_name(device->in));
	return inverse_body(ret, device->xml, strlen(device->xml));
}

int device_failed(struct write *write, virDomainPtr domain, const struct step *step, unsigned scope,
		  const char *what, struct outcome *ret, struct faults *faults)
{
	const char *why = scope == VIR_DOMAIN_AFFECT_LIVE ? virt_refusal(write) : NULL;

	if (!why)
		return virt_fault(faults, "cannot %s \"%s\" of domain \"%s\"", what,
				  step->argument[1], step->argument[0]);
	return outcome_later(write, domain, step,
			     arena_printf(write->arena, "cannot %s %s while it runs: %s", what,
					  step->argument[1], why),
			     REFUSAL_UNFIT, ret);
}

/* ---- attach ---- */

int device_attach_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	struct device device = {};
	unsigned scope = 0;

	if (device_find(write, step, &domain, &scope, &device, faults) < 0)
		return -1;
	if (device.in == scope)
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_device_detach, step->argument[0], step->argument[1],
			  scope_name(scope & ~device.in));
}

int device_attach_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	struct device device = {};
	unsigned scope = 0;

	if (device_find(write, step, &domain, &scope, &device, faults) < 0)
		return -1;
	if (device.in == scope)
		return outcome_is(ret, RESULT_SAME);
	if (virDomainAttachDeviceFlags(domain, step->body, scope & ~device.in) < 0)
		return device_failed(write, domain, step, scope, "attach", ret, faults);
	return outcome_is(ret, RESULT_DONE);
}

/* ---- detach ---- */

enum { DETACH_SECONDS = 10 };

int device_detach_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	struct device device = {};
	unsigned scope = 0;

	if (device_find(write, step, &domain, &scope, &device, faults) < 0)
		return -1;
	if (!device.in)
		return inverse_nothing(write, step, ret, faults);
	return device_as_it_was(step, &device, VERB_device_attach, ret);
}

struct leaving {
	struct write *write;
	const char *alias;
	unsigned from;          /* VIR_DOMAIN_AFFECT_ flags */
	const char **ret_unfit; /* why it cannot be asked */
};

static int has_left(virDomainPtr domain, const void *context, struct faults *faults)
{
	const struct leaving *leaving = context;
	struct device device = {};

	if (*leaving->ret_unfit)
		return 0;
	if (device_look(leaving->write, domain, leaving->alias, VIR_DOMAIN_AFFECT_LIVE, &device,
			faults) < 0)
		return virDomainIsActive(domain) == 0;
	return !device.live || virDomainIsActive(domain) == 0;
}

static int ask_to_leave(struct write *write, virDomainPtr domain, const void *context,
			struct faults *faults)
{
	const struct leaving *leaving = context;

	if (virDomainDetachDeviceAlias(domain, leaving->alias, leaving->from) == 0)
		return 0;
	if (leaving->from == VIR_DOMAIN_AFFECT_LIVE)
		*leaving->ret_unfit = virt_refusal(write);
	return *leaving->ret_unfit
		       ? 0
		       : virt_fault(faults, "cannot detach \"%s\" from domain", leaving->alias);
}

/* The guest has to let go of it: libvirt's answer only says that it was asked. */
static int detach_live(struct write *write, virDomainPtr domain, const struct step *step,
		       const struct leaving *leaving, struct outcome *ret, struct faults *faults)
{
	const char *alias = step->argument[1], *why;
	bool refused = false;
	int left = virt_wait_removal(write, domain, alias, ask_to_leave, has_left, leaving,
				     DETACH_SECONDS, &refused, faults);

	if (left)
		return left < 0 ? -1 : outcome_is(ret, RESULT_DONE);
	if (*leaving->ret_unfit)
		why = arena_printf(write->arena, "cannot detach %s while it runs: %s", alias,
				   *leaving->ret_unfit);
	else if (refused)
		why = refusal_why_kept(write->arena, alias);
	else
		why = refusal_why_asked(write->arena, alias);
	return outcome_later(write, domain, step, why,
			     *leaving->ret_unfit ? REFUSAL_UNFIT
			     : refused           ? REFUSAL_KEPT
						 : REFUSAL_ASKED,
			     ret);
}

int device_detach_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	struct device device = {};
	unsigned scope = 0;
	const char *unfit = NULL;

	if (device_find(write, step, &domain, &scope, &device, faults) < 0)
		return -1;
	if (!device.in)
		return outcome_is(ret, RESULT_SAME);
	if (device.live)
		return detach_live(write, domain, step,
				   &(struct leaving){ write, step->argument[1], device.in, &unfit },
				   ret, faults);
	if (virDomainDetachDeviceAlias(domain, step->argument[1], device.in) < 0)
		return virt_fault(faults, "cannot detach \"%s\" from domain \"%s\"",
				  step->argument[1], step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

/* ---- update ---- */

int device_update_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	struct device device = {};
	unsigned scope = 0;

	if (device_find(write, step, &domain, &scope, &device, faults) < 0)
		return -1;
	if (!device.in)
		return inverse_nothing(write, step, ret, faults);
	return device_as_it_was(step, &device, VERB_device_update, ret);
}

int device_update_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	struct device before = {}, after = {};
	unsigned scope = 0;

	if (device_find(write, step, &domain, &scope, &before, faults) < 0)
		return -1;
	if (!scope)
		return outcome_is(ret, RESULT_SAME);
	if (virDomainUpdateDeviceFlags(domain, step->body, scope) < 0)
		return device_failed(write, domain, step, scope, "change", ret, faults);
	if (device_look(write, domain, step->argument[1], scope, &after, faults) < 0)
		return -1;
	bool same = string_equal(before.xml, after.xml) && string_equal(before.live, after.live);
	return outcome_is(ret, same ? RESULT_SAME : RESULT_DONE);
}
