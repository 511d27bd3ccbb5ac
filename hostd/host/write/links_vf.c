/* links_vf.c - link_vf: what a card is told of its virtual functions; link_up and link_down. */
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "host/read/live_links.h"
#include "host/read/live_vfs.h"
#include "host/write/write.h"

/* Every setting has the function's number before its value. */
union setting {
	struct ifla_vf_mac mac;
	struct ifla_vf_vlan vlan;
	struct ifla_vf_trust trust;
	struct ifla_vf_spoofchk spoof_check;
	struct ifla_vf_rate rate;
	struct ifla_vf_link_state link_state;
};

struct kind_of { /* of a setting */
	const char *name;
	unsigned type;
	size_t size;
	/* As link_vf is told it; NULL where the driver has no such setting. */
	const char *(*text)(struct arena *arena, const struct host_vf *vf);
	/* Fills in what stands behind the number; false where the text does not read. */
	bool (*fill)(union setting *setting, const struct host_vf *vf, const char *value);
};

static const char *flag_text(bool flag)
{
	return flag ? "true" : "false";
}

static bool flag_fill(__u32 *word, const char *value)
{
	*word = string_equal(value, "true");
	return *word || string_equal(value, "false");
}

static bool number_fill(__u32 *word, const char *value)
{
	char *end = NULL;
	unsigned long number = strtoul(value, &end, 10);

	*word = (__u32)number;
	return *value >= '0' && *value <= '9' && !*end && number <= UINT32_MAX;
}

static const char *mac_now(struct arena *arena, const struct host_vf *vf)
{
	return mac_text(arena, &vf->mac);
}

static bool mac_fill(union setting *setting, const struct host_vf *vf, const char *value)
{
	struct mac mac = {};
	bool none = string_equal(value, "00:00:00:00:00:00"); /* the function chooses one */

	(void)vf;
	if (!none && !mac_parse(value, &mac))
		return false;
	memcpy(setting->mac.mac, &mac, sizeof(mac));
	return true;
}

static const char *vlan_now(struct arena *arena, const struct host_vf *vf)
{
	return arena_printf(arena, "%u", vf->vlan);
}

static bool vlan_fill(union setting *setting, const struct host_vf *vf, const char *value)
{
	(void)vf;
	return number_fill(&setting->vlan.vlan, value) && setting->vlan.vlan < 4095;
}

static const char *trust_now(struct arena *arena, const struct host_vf *vf)
{
	(void)arena;
	return vf->has_trust ? flag_text(vf->trust) : NULL;
}

static bool trust_fill(union setting *setting, const struct host_vf *vf, const char *value)
{
	(void)vf;
	return flag_fill(&setting->trust.setting, value);
}

static const char *spoof_check_now(struct arena *arena, const struct host_vf *vf)
{
	(void)arena;
	return vf->has_spoof_check ? flag_text(vf->spoof_check) : NULL;
}

static bool spoof_check_fill(union setting *setting, const struct host_vf *vf, const char *value)
{
	(void)vf;
	return flag_fill(&setting->spoof_check.setting, value);
}

static const char *rate_now(struct arena *arena, const struct host_vf *vf)
{
	return arena_printf(arena, "%u", vf->rate);
}

static bool rate_fill(union setting *setting, const struct host_vf *vf, const char *value)
{
	setting->rate.min_tx_rate = vf->rate_least;
	return number_fill(&setting->rate.max_tx_rate, value);
}

static const char *link_state_now(struct arena *arena, const struct host_vf *vf)
{
	(void)arena;
	return vf->link_state;
}

static bool link_state_fill(union setting *setting, const struct host_vf *vf, const char *value)
{
	static const char *const names[] = {
		[IFLA_VF_LINK_STATE_AUTO] = "auto",
		[IFLA_VF_LINK_STATE_ENABLE] = "up",
		[IFLA_VF_LINK_STATE_DISABLE] = "down",
	};

	(void)vf;
	for (__u32 i = 0; i < COUNT_OF(names); i++)
		if (string_equal(names[i], value)) {
			setting->link_state.link_state = i;
			return true;
		}
	return false;
}

#define SETTING(name_, type_)                                                                  \
	{                                                                                      \
#name_, type_, sizeof(((union setting *)0)->name_), name_##_now, name_##_fill, \
	}
static const struct kind_of settings[] = {
	SETTING(mac, IFLA_VF_MAC),     SETTING(vlan, IFLA_VF_VLAN),
	SETTING(trust, IFLA_VF_TRUST), SETTING(spoof_check, IFLA_VF_SPOOFCHK),
	SETTING(rate, IFLA_VF_RATE),   SETTING(link_state, IFLA_VF_LINK_STATE),
};

struct asked { /* what a link_vf is about */
	const struct kind_of *kind;
	struct host_vf vf; /* as it is */
	const char *now;
	union setting setting;
};

/* 1; 0 where the link or its function is not there; -1. */
static int asked_read(struct write *write, const struct step *step, struct asked *ret,
		      struct faults *faults)
{
	struct host_vfs vfs = {};
	uint64_t number = 0;

	*ret = (struct asked){};
	for (size_t i = 0; i < COUNT_OF(settings); i++)
		if (string_equal(settings[i].name, step->argument[2]))
			ret->kind = &settings[i];
	if (!ret->kind)
		return fault(faults, FAULT_HOST, "a virtual function has no \"%s\"",
			     step->argument[2]);
	if (argument_number(step, 1, &number, faults) < 0)
		return -1;
	int there = vfs_read(write->arena, step->argument[0], &vfs, faults);
	if (there <= 0)
		return there;
	EACH(vf, &vfs.list) {
		if (vf->number != number)
			continue;
		ret->vf = *vf;
		ret->now = ret->kind->text(write->arena, vf);
		ret->setting.mac.vf = vf->number;
		if (!ret->kind->fill(&ret->setting, vf, step->argument[3]))
			return fault(faults, FAULT_HOST, "\"%s\" is no %s", step->argument[3],
				     step->argument[2]);
		return 1;
	}
	return 0;
}

int link_vf_inverse(struct write *write, const struct step *step, struct step *ret,
		    struct faults *faults)
{
	struct asked asked;
	int there = asked_read(write, step, &asked, faults);

	if (there < 0)
		return -1;
	/* one that an earlier step of the run makes goes with that one's inverse */
	if (!there || !asked.now || string_equal(asked.now, step->argument[3]))
		return inverse_nothing(write, step, ret, faults);
	inverse_of(ret, VERB_link_vf, step->argument[0], step->argument[1], step->argument[2]);
	ret->argument[3] = asked.now;
	return 0;
}

int link_vf_perform(struct write *write, const struct step *step, struct outcome *ret,
		    struct faults *faults)
{
	struct asked asked;
	int there = asked_read(write, step, &asked, faults);

	if (there < 0)
		return -1;
	if (!there)
		return fault(faults, FAULT_MOVED, "%s has no virtual function %s",
			     step->argument[0], step->argument[1]);
	if (string_equal(asked.now, step->argument[3]))
		return outcome_is(ret, RESULT_SAME);
	WITHIN(faults, "%s of virtual function %s", step->argument[2], step->argument[1]);
	if (vfs_set(step->argument[0], asked.kind->type, &asked.setting, asked.kind->size, faults) <
	    0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

/* ---- link_up, link_down ---- */

/* 1 up, 0 down, -1 with a fault where there is no such link. */
static int link_is_up(struct write *write, const char *name, struct faults *faults)
{
	struct host_links links = {};

	if (links_read(write->arena, &links, faults) < 0)
		return -1;
	EACH(link, &links.list)
		if (string_equal(link->name, name))
			return link->up;
	return fault(faults, FAULT_MOVED, "there is no link \"%s\"", name);
}

static int up_inverse(struct write *write, const struct step *step, bool up, struct step *ret,
		      struct faults *faults)
{
	int is = link_is_up(write, step->argument[0], faults);

	if (is < 0)
		return -1;
	if (is == up)
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, up ? VERB_link_down : VERB_link_up, step->argument[0], NULL, NULL);
}

static int up_perform(struct write *write, const struct step *step, bool up, struct outcome *ret,
		      struct faults *faults)
{
	int is = link_is_up(write, step->argument[0], faults);

	if (is < 0)
		return -1;
	if (is == up)
		return outcome_is(ret, RESULT_SAME);
	if (links_set_up(step->argument[0], up, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

int link_up_inverse(struct write *write, const struct step *step, struct step *ret,
		    struct faults *faults)
{
	return up_inverse(write, step, true, ret, faults);
}

int link_up_perform(struct write *write, const struct step *step, struct outcome *ret,
		    struct faults *faults)
{
	return up_perform(write, step, true, ret, faults);
}

int link_down_inverse(struct write *write, const struct step *step, struct step *ret,
		      struct faults *faults)
{
	return up_inverse(write, step, false, ret, faults);
}

int link_down_perform(struct write *write, const struct step *step, struct outcome *ret,
		      struct faults *faults)
{
	return up_perform(write, step, false, ret, faults);
}
