/* domain_set.c - the verb that sets one thing of a domain, configured or running. */
#include "host/write/domain_set.h"

#include <stdlib.h>

#include "host/write/devices.h"

static int set_read(struct write *write, const struct step *step, virDomainPtr *ret_domain,
		    struct set *ret, struct faults *faults)
{
	struct set set = {};

	set.setting = domain_setting_find(write->arena, step->argument[1], &set.index);
	if (!set.setting)
		return fault(faults, FAULT_HOST, "\"%s\" of a domain cannot be set",
			     step->argument[1]);
	if (domain_within(write, step->argument[0], step->argument[3], ret_domain, &set.scope,
			  faults) < 0)
		return -1;
	set.value = step->argument[2] ? step->argument[2] : setting_rest(write, set.setting);
	*ret = set;
	return 0;
}

/* Where of its scope the value is another one; and that other one. */
static int set_differs(struct write *write, virDomainPtr domain, const struct set *set,
		       unsigned *ret_scope, const char **ret_old, struct faults *faults)
{
	unsigned differs = 0;

	EACH_SCOPE(scope, set->scope)
	{
		const char *value = NULL;
		if (setting_get(write, domain, set, scope, &value, faults) < 0)
			return -1;
		if (setting_same(set->setting, value, set->value))
			continue;
		differs |= scope;
		*ret_old = value;
	}
	*ret_scope = differs;
	return 0;
}

int domain_set_inverse(struct write *write, const struct step *step, struct step *ret,
		       struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	struct set set = {};
	unsigned differs = 0;
	const char *old = NULL;

	if (set_read(write, step, &domain, &set, faults) < 0 ||
	    set_differs(write, domain, &set, &differs, &old, faults) < 0)
		return -1;
	if (!differs)
		return inverse_nothing(write, step, ret, faults);
	inverse_of(ret, VERB_domain_set, step->argument[0], step->argument[1], old);
	ret->argument[3] = scope_name(differs);
	return 0;
}

/* ---- asking ---- */

struct asked {
	struct write *write;
	const struct set *set;
	const char **last; /* the value when it was last looked at */
};

static int has_followed(virDomainPtr domain, const void *context, struct faults *faults)
{
	const struct asked *asked = context;

	if (setting_get(asked->write, domain, asked->set, VIR_DOMAIN_AFFECT_LIVE, asked->last,
			faults) < 0)
		return virDomainIsActive(domain) == 0;
	return setting_same(asked->set->setting, *asked->last, asked->set->value);
}

enum { TURNS_MOST = 30 };

/* As long as the guest moves, from `old` on, it is given another turn. */
static int await_guest(struct write *write, virDomainPtr domain, const struct step *step,
		       const struct set *set, const char *old, struct outcome *ret,
		       struct faults *faults)
{
	const char *last = old, *before;
	struct asked asked = { write, set, &last };
	unsigned turns = 0;
	int followed;

	do {
		before = last;
		followed = virt_wait(write, domain, has_followed, &asked, set->setting->seconds,
				     faults);
	} while (followed == 0 && !string_equal(before, last) && ++turns < TURNS_MOST);
	if (followed)
		return followed < 0 ? -1 : outcome_is(ret, RESULT_DONE);
	return outcome_later(write, domain, step, set->setting->asked, REFUSAL_ASKED, ret);
}

/* ---- setting ---- */

static const char *in_unit(struct arena *arena, const struct set *set)
{
	if (set->setting->form != SETTING_BYTES || !set->value)
		return set->value;
	return arena_printf(arena, "%llu", strtoull(set->value, NULL, 10) / 1024);
}

int domain_set_perform(struct write *write, const struct step *step, struct outcome *ret,
		       struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	struct set set = {};
	unsigned differs = 0;
	const char *old = NULL;

	if (set_read(write, step, &domain, &set, faults) < 0 ||
	    set_differs(write, domain, &set, &differs, &old, faults) < 0)
		return -1;
	if (!differs)
		return outcome_is(ret, RESULT_SAME);
	bool asks = differs & VIR_DOMAIN_AFFECT_LIVE && set.setting->seconds;
	int result = set.setting->set(write, domain, &set, differs, in_unit(write->arena, &set));
	/* It was asked, and has not answered yet. */
	bool slow = result < 0 && asks && virGetLastErrorCode() == VIR_ERR_OPERATION_TIMEOUT;
	if (result < 0 && !slow)
		return device_failed(write, domain, step, differs, "set", ret, faults);
	return asks ? await_guest(write, domain, step, &set, old, ret, faults)
		    : outcome_is(ret, RESULT_DONE);
}
