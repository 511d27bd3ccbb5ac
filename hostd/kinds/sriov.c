/* sriov.c - virtual functions of network cards.
 *
 * They are made by sriov_numvfs and told apart through the card's driver; a .link file has udev
 * make them at each boot, and the agent does it again where that was not enough.  A guest's NIC
 * has one with `sriov: NAME`; its MAC and VLAN are then the guest's, so that a function that has
 * either here is for none.  The other files: sriov_file.c, sriov_observe.c, sriov_plan.c.
 * Catalogue A8, I18 to I24, I27.
 */
#include "kinds/sriov.h"

#include <stdlib.h>
#include <string.h>

#include "kinds/other.h"

static const char *const link_states[] = { "auto", "up", "down", NULL };

static const struct field vf_fields[] = {
	FIELD("mac", struct sriov_vf, mac, CLASS_LIVE,
	      "its address (ip link set vf mac); not for guests then",
	      .example = "52:54:00:00:00:11"),
	FIELD("vlan", struct sriov_vf, vlan, CLASS_LIVE,
	      "the VLAN it is in without its user's doing, 0 for none; not for guests then",
	      .most = 4094, .fallback = "0", .example = "100"),
	FIELD("trust", struct sriov_vf, trust, CLASS_LIVE,
	      "whether its user may become promiscuous and change its address",
	      .fallback = "false"),
	FIELD("spoof_check", struct sriov_vf, spoof_check, CLASS_LIVE,
	      "whether it may only send from its own address", .fallback = "true"),
	FIELD("rate", struct sriov_vf, rate, CLASS_LIVE,
	      "the most it may send, in whole Mbit/s (max_tx_rate)", .flags = FIELD_NOT_CONFIGURED,
	      .fallback = "0B/s", .example = "1Gbit/s"),
	FIELD("link_state", struct sriov_vf, link_state, CLASS_LIVE,
	      "whether it sees a link: as the card does, always, never", .choices = link_states,
	      .fallback = "auto"),
};
const struct record sriov_vf_record = RECORD(struct sriov_vf, vf_fields, .key = &type_count);

static const struct field fields[] = {
	FIELD("link", struct sriov, link, CLASS_LIVE,
	      "the card, by its link in `links` or by the link's name; as the handle where not "
	      "given",
	      .flags = FIELD_PLAIN, .example = "eno2"),
	FIELD("pci", struct sriov, pci, CLASS_LIVE, "the card, by its address",
	      .flags = FIELD_PLAIN, .example = "0000:03:00.0"),
	FIELD("vfs", struct sriov, vfs, CLASS_LIVE,
	      "how many virtual functions, at most 256, which is what the kernel can tell of at "
	      "once "
	      "(sriov_numvfs)",
	      .flags = FIELD_REQUIRED, .least = 1, .most = 256, .example = "4"),
	FIELD("trust", struct sriov, trust, CLASS_LIVE, "of all that do not say themselves",
	      .flags = FIELD_PLAIN),
	FIELD("spoof_check", struct sriov, spoof_check, CLASS_LIVE,
	      "of all that do not say themselves", .flags = FIELD_PLAIN, .example = "true"),
	FIELD("host_driver", struct sriov, host_driver, CLASS_LIVE,
	      "whether the host's own driver takes them, which gives the host a link for each; "
	      "false where all are for guests (sriov_drivers_autoprobe)",
	      .flags = FIELD_NOT_CONFIGURED, .fallback = "true", .example = "false"),
	FIELD_MAP("vf", struct sriov, vf, &sriov_vf_record, CLASS_LIVE,
		  "single ones, by their number from 0", .example = "{0: {vlan: 100}}"),
	FIELD("address", struct sriov, address, CLASS_LIVE, "the card's address",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
	FIELD("up", struct sriov, up, CLASS_LIVE, "whether the card's link is up",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
	FIELD("early", struct sriov, early, CLASS_NONE,
	      "whether the host's own driver is kept from them at boot too",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
	FIELD("functions", struct sriov, functions, CLASS_LIVE,
	      "the virtual functions that guests may have, by their numbers",
	      .flags = FIELD_IMPLIED | FIELD_PLAIN),
	FIELD("other", struct sriov, other, CLASS_LIVE, "what was edited by hand in our file",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
};
const struct record sriov_record = RECORD(struct sriov, fields, .shorthand = &fields[2]);

#define GIVES(sriov, member) GIVEN(&sriov_record, sriov, member)

/* ---- what follows ---- */

/* What is said of all becomes said of each. */
static void vfs_complete(struct arena *arena, struct sriov *sriov)
{
	bool all = GIVES(sriov, trust) || GIVES(sriov, spoof_check);

	for (uint32_t i = 0; all && i < sriov->vfs; i++) {
		const char *number = arena_printf(arena, "%u", i);
		struct member *member = map_get(&sriov->vf, number);
		struct sriov_vf *vf = member ? member->value
					     : map_add(arena, &sriov->vf, &sriov_vf_record, number);
		if (GIVES(sriov, trust) && !GIVEN(&sriov_vf_record, vf, trust))
			SET(&sriov_vf_record, vf, trust, sriov->trust);
		if (GIVES(sriov, spoof_check) && !GIVEN(&sriov_vf_record, vf, spoof_check))
			SET(&sriov_vf_record, vf, spoof_check, sriov->spoof_check);
		record_give(&sriov_record, sriov, offsetof(struct sriov, vf), true);
	}
}

static void sriov_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct sriov *sriov = item->value;

	(void)faults;
	if (!GIVES(sriov, link) && !GIVES(sriov, pci))
		SET(&sriov_record, sriov, link, item->name);
	vfs_complete(desired->arena, sriov);
	SET(&sriov_record, sriov, up, true);
	SET(&sriov_record, sriov, early, GIVES(sriov, host_driver) && !sriov->host_driver);
	SET(&sriov_record, sriov, other, (struct text_list){});
}

enum { MEGABIT = 1000 * 1000 / 8 };

static void vf_check(const struct item *item, const struct member *member, struct faults *faults)
{
	const struct sriov *sriov = item->value;
	const struct sriov_vf *vf = member->value;
	const char *path = arena_printf(faults->arena, "vf.%s", member->name);

	if (strtoul(member->name, NULL, 10) >= sriov->vfs)
		fault_at(faults, item_mark(item, path), "with %u virtual functions the last is %u",
			 sriov->vfs, sriov->vfs - 1);
	if (vf->rate.bytes % MEGABIT)
		fault_at(faults, item_mark(item, arena_printf(faults->arena, "%s.rate", path)),
			 "cards count in whole Mbit/s");
	for (size_t i = 0; i < sriov->vf.count; i++) {
		const struct sriov_vf *other = sriov->vf.at[i].value;
		if (other == vf)
			return;
		if (!GIVEN(&sriov_vf_record, vf, mac) || !GIVEN(&sriov_vf_record, other, mac) ||
		    !type_mac.equal(&vf->mac, &other->mac))
			continue;
		fault_at(faults, item_mark(item, arena_printf(faults->arena, "%s.mac", path)),
			 "virtual function %s has this address already", sriov->vf.at[i].name);
	}
}

static void sriov_check(const struct item *item, const struct desired *desired,
			struct faults *faults)
{
	const struct sriov *sriov = item->value;

	if (GIVES(sriov, link) && GIVES(sriov, pci))
		fault_at(faults, item_mark(item, "pci"), "a card is said by link or pci");
	for (size_t i = 0; i < sriov->vf.count; i++)
		vf_check(item, &sriov->vf.at[i], faults);
	DESIRED_EACH(other, desired, "sriov") {
		const struct sriov *there = other->value;
		if (other == item)
			return;
		if ((GIVES(sriov, pci) && GIVES(there, pci) &&
		     type_pci.equal(&sriov->pci, &there->pci)) ||
		    (sriov->link && string_equal(sriov->link, there->link))) {
			fault_at(faults, item_mark(item, NULL), "sriov.%s is the same card",
				 other->name);
			fault_also(faults, item_mark(other, NULL), "first described here");
		}
	}
}

/* ---- what it stands for ---- */

/* Whether the card's link is the one that `links` describes under this handle. */
static bool is_link(const struct sriov *have, const char *handle, const struct desired *desired)
{
	const struct item *item = desired_find(desired, "links", handle);
	const struct record *record = NULL;
	const void *match =
		item ? other_record(item->kind->record, item->value, "match", &record) : NULL;

	if (!have->device)
		return false;
	if (!match)
		return strcmp(have->device, handle) == 0;
	const char *name = other_text(record, match, "name");
	const struct mac *mac = other_value(record, match, "mac", &type_mac);
	return (name || mac) && (!name || strcmp(name, have->device) == 0) &&
	       (!mac || type_mac.equal(mac, &have->mac));
}

static const struct sriov *card_find(const struct item *want, const struct view *view)
{
	const struct seen_kind *seen = seen_find(view->seen, "sriov");
	const struct sriov *sriov = want->value;

	EACH(item, &seen->running.list) {
		const struct sriov *have = (*item)->value;
		if (GIVES(sriov, pci) ? type_pci.equal(&sriov->pci, &have->address)
				      : is_link(have, sriov->link, view->desired))
			return have;
	}
	return NULL;
}

/* Whether the description keeps it for something else. */
static bool is_reserved(const struct sriov *sriov, size_t number, const char *function,
			const struct desired *desired)
{
	struct pci address;
	const struct member *member =
		map_get(&sriov->vf, arena_printf(desired->arena, "%zu", number));
	const struct sriov_vf *vf = member ? member->value : NULL;
	if (vf && (GIVEN(&sriov_vf_record, vf, mac) || GIVEN(&sriov_vf_record, vf, vlan)))
		return true;
	DESIRED_EACH(item, desired, "devices") {
		const struct pci *taken =
			other_value(item->kind->record, item->value, "address", &type_pci);
		if (taken && pci_parse(function, &address) && type_pci.equal(taken, &address))
			return true;
	}
	return false;
}

const struct pci_machine *sriov_machine(const struct view *view)
{
	const struct seen_kind *seen = seen_find(view->seen, "sriov");

	return seen && seen->running.list.count
		       ? ((const struct sriov *)seen->running.list.at[0]->value)->machine
		       : NULL;
}

/* A8: without it there is nothing to resolve; plan tells. */
static int sriov_resolve(struct item *want, const struct view *view, struct faults *faults)
{
	struct sriov *sriov = want->value;
	const struct sriov *have = card_find(want, view);
	ARRAY(const char *) functions = {};

	record_give(&sriov_record, sriov, offsetof(struct sriov, functions), false);
	if (!have) {
		fault(faults, FAULT_MACHINE, "this machine has no such card with SR-IOV");
		fault_last(faults)->mark = item_mark(want, GIVES(sriov, pci) ? "pci" : "link");
		fault_hint(faults, "SR-IOV is turned on in the firmware, for the board and in the "
				   "card's own page");
		return -1;
	}
	SET(&sriov_record, sriov, address, have->address);
	if (have->vfs != sriov->vfs)
		return 0; /* what is there goes before there are others */
	for (size_t i = 0; i < have->function->functions.count; i++) {
		const char *function = have->function->functions.at[i];
		if (!is_reserved(sriov, i, function, view->desired))
			ARRAY_PUSH(view->desired->arena, &functions, function);
	}
	SET(&sriov_record, sriov, functions, ((struct text_list){ functions.at, functions.count }));
	return 0;
}

static bool sriov_same(const struct item *want, const struct item *seen)
{
	const struct sriov *a = want->value, *b = seen->value;

	if (!b->machine)
		return string_equal(want->name, seen->name);
	return GIVES(a, address) && type_pci.equal(&a->address, &b->address);
}

static int sriov_render(const struct item *item, const struct view *view, struct text *text,
			struct faults *faults)
{
	(void)view, (void)faults;
	text_addf(text, "# %s\n%s", sriov_file_path(text->arena, item->name),
		  sriov_file(text->arena, item->name, item->value));
	return 0;
}

static const char *const needs[] = { "links", "devices", NULL };

const struct kind sriov_kind = {
	.path = "sriov",
	.summary = "virtual functions of network cards (SR-IOV)",
	.shape = SHAPE_NAMED,
	.flags = KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &sriov_record,
	.needs = needs,
	.complete = sriov_complete,
	.check = sriov_check,
	.observe = sriov_observe,
	.resolve = sriov_resolve,
	.same = sriov_same,
	.plan = sriov_plan,
	.render = sriov_render,
};
