/* links_plan.c - which link is which, and the steps that make one as wanted. */
#include <string.h>

#include "kinds/file.h"
#include "kinds/links.h"
#include "resource/desired.h"

static bool matches(const struct link_match *want, const struct link_match *have)
{
	return (!want->name || string_equal(want->name, have->name)) &&
	       (!want->driver || string_equal(want->driver, have->driver)) &&
	       (!GIVEN(&link_match_record, want, mac) ||
		memcmp(&want->mac, &have->mac, sizeof(have->mac)) == 0);
}

/* Files are found by their handle; what runs by that of its file, else by name or match. */
bool links_same(const struct item *want, const struct item *seen)
{
	const struct link *a = want->value, *b = seen->value;

	if (!b->live || (seen->ours && string_equal(want->name, seen->name)))
		return string_equal(want->name, seen->name);
	if (link_is_virtual(a))
		return string_equal(a->name, b->name);
	return matches(&a->match, &b->match);
}

/* What networkd does not change on a bridge that is there (before systemd 257). */
static void plan_bridge(const struct link *want, const struct paths *differs, struct steps *steps)
{
	const char *folder = arena_printf(steps->arena, "/sys/class/net/%s/bridge", want->name);

	if (paths_has(differs, "stp"))
		step_add(steps, VERB_sysfs_write, CLASS_LIVE,
			 arena_printf(steps->arena, "%s/stp_state", folder), want->stp ? "1" : "0");
	if (paths_has(differs, "vlan_filtering"))
		step_add(steps, VERB_sysfs_write, CLASS_LIVE,
			 arena_printf(steps->arena, "%s/vlan_filtering", folder),
			 want->vlan_filtering ? "1" : "0");
}

/* A link whose making has changed: a bridge learns it, the others are made anew. */
static void plan_remake(const struct link *want, const struct paths *differs, struct steps *steps)
{
	static const char *const making[] = { "type", "name", "mode", "id", NULL };
	bool remake = false;

	for (size_t i = 0; making[i]; i++)
		remake |= paths_has(differs, making[i]);
	if (remake && link_is_virtual(want))
		step_add(steps, VERB_link_remove, CLASS_SERVICE_RESTART, want->name);
	else if (strcmp(want->type, "bridge") == 0)
		plan_bridge(want, differs, steps);
}

static int fault_no_link(const struct item *want, const struct seen_kind *seen,
			 struct faults *faults)
{
	struct text names = text_of(faults->arena);

	EACH(item, &seen->running.list) {
		const struct link *link = (*item)->value;
		if (link->live && !link_is_virtual(link))
			text_addf(&names, "%s%s (%s)", names.size ? ", " : "", link->match.name,
				  mac_text(faults->arena, &link->mac));
	}
	fault(faults, FAULT_MACHINE, "no link of this machine matches");
	fault_last(faults)->mark = item_mark(want, "match");
	if (names.size)
		fault_hint(faults, "it has %s", names.at);
	return -1;
}

/* Ports of a bridge that no file of ours speaks of, such as taps of guests: whoever is plugged in
 * there is cut off when it goes. */
static const char *strangers_on(const struct change *change, struct arena *arena)
{
	const struct seen_kind *seen = seen_find(change->view->seen, "links");
	struct text names = text_of(arena);

	EACH(item, &seen->running.list) {
		const struct link *link = (*item)->value;
		if (!(*item)->ours && string_equal(link->in_bridge, change->running->name))
			text_addf(&names, "%s%s", names.size ? ", " : "", link->name);
	}
	return names.size ? names.at : NULL;
}

static void plan_link_removal(const struct change *change, const struct link *have,
			      struct steps *steps)
{
	const char *strangers = strangers_on(change, steps->arena);

	step_add(steps, VERB_link_remove, strangers ? CLASS_SERVICE_RESTART : CLASS_LIVE,
		 have->name);
	if (strangers)
		steps_note(steps, "what is plugged into it is cut off: %s", strangers);
}

static int plan_removal(const struct change *change, struct steps *steps)
{
	const struct link *file = change->configured ? change->configured->value : NULL;
	const struct link *have = change->running ? change->running->value : NULL;
	const struct link *last = change->last->value;
	const char *name = change->last->name;
	bool changed = false;

	/* The link goes before its files, which say that it is ours: a run that is killed in
	 * between leaves something that the next one still removes. */
	if (have && !have->absent && link_is_virtual(have) && link_is_virtual(file ? file : last))
		plan_link_removal(change, have, steps);
	if (file) {
		changed = plan_file(steps, link_file_path(steps->arena, name, "network"), NULL,
				    file->network_text);
		changed |= plan_file(steps, link_file_path(steps->arena, name, "netdev"), NULL,
				     file->netdev_text);
	}
	if (changed)
		step_add(steps, VERB_links_reload, CLASS_LIVE);
	return 0;
}

/* networkd works on while we go on.  Addresses come when there is a carrier; a bridge does
 * without. */
static void plan_await(const struct change *change, const struct link *have, struct steps *steps)
{
	const struct link *want = change->want->value;
	struct text addresses = text_of(steps->arena);
	bool freed =
		paths_has(change->differs, "in_bridge") || paths_has(change->differs, "in_bond");
	bool expected = strcmp(want->type, "bridge") == 0 || (have && have->carrier);
	const char *master = want->in_bridge_name ? want->in_bridge_name : want->in_bond_name;

	for (size_t i = 0; expected && i < want->addresses.count; i++) {
		const struct link_address *address = want->addresses.at[i].value;
		text_addf(&addresses, "%s%s", addresses.size ? "," : "",
			  prefix_text(steps->arena, &address->address));
	}
	step_add(steps, VERB_link_await, CLASS_NONE, have ? have->name : want->name,
		 addresses.size ? addresses.at : NULL, master || !freed ? master : "");
}

/* Whether the boot waits for it: by itself, where nothing is said, a link that is no port does. */
static bool counts_as_online(const struct link *link)
{
	if (GIVEN(&link_record, link, wait_online))
		return link->wait_online;
	return !link->in_bridge && !link->in_bond;
}

static bool any_counts_as_online(const struct desired *desired)
{
	DESIRED_EACH(link, desired, "links")
		if (counts_as_online(link->value))
			return true;
	return false;
}

/* Enabling networkd brings ONLINE_UNIT along, which holds up the boot for two minutes where no link
 * of networkd's counts for being online: on a host whose uplink is somebody else's. */
static void plan_online(const struct change *change, bool networkd, bool awaited,
			struct steps *steps)
{
	const struct link *want = change->want->value;

	if (!networkd && !any_counts_as_online(change->view->desired))
		step_add(steps, VERB_unit_disable, CLASS_NONE, ONLINE_UNIT);
	else if (networkd && !awaited && !change->configured && counts_as_online(want))
		step_add(steps, VERB_unit_enable, CLASS_NONE, ONLINE_UNIT);
}

/* Where any link was seen, it is known whether networkd runs. */
static void plan_networkd(const struct change *change, struct steps *steps)
{
	const struct seen_kind *links = seen_find(change->view->seen, "links");
	bool networkd = false, awaited = false;

	EACH(item, &links->running.list) {
		const struct link *link = (*item)->value;
		networkd |= link->networkd;
		awaited |= link->awaited;
	}
	if (!networkd)
		step_add(steps, VERB_unit_enable, CLASS_NONE, NETWORKD_UNIT);
	plan_online(change, networkd, awaited, steps);
	if (!networkd)
		step_add(steps, VERB_unit_start, CLASS_LIVE, NETWORKD_UNIT);
}

static int fault_foreign(const struct item *item, const struct link *want, const struct link *have,
			 struct faults *faults)
{
	fault(faults, FAULT_REFUSED, "there is a %s \"%s\" that gasthof did not make",
	      have->type ? have->type : "link", want->name);
	fault_last(faults)->mark = item_mark(item, NULL);
	fault_hint(faults, "give it another name");
	return -1;
}

int links_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct link *want = change->want ? change->want->value : NULL;
	const struct link *file = change->configured ? change->configured->value : NULL;
	const struct link *have = change->running ? change->running->value : NULL;

	if (!want)
		return plan_removal(change, steps);
	if (have && have->absent)
		have = NULL;
	if (!have && !link_is_virtual(want))
		return fault_no_link(change->want, seen_find(change->view->seen, "links"), faults);
	/* One that somebody else made would be removed when it is no longer described. */
	if (have && link_is_virtual(want) && !file && !change->last)
		return fault_foreign(change->want, want, have, faults);
	const char *name = change->want->name;
	if (!have && !file)
		step_add(steps, VERB_link_expect, CLASS_NONE, want->name);
	bool changed = plan_file(steps, link_file_path(steps->arena, name, "netdev"),
				 link_netdev_text(steps->arena, name, want),
				 file ? file->netdev_text : NULL);
	changed |= plan_file(steps, link_file_path(steps->arena, name, "network"),
			     link_network_text(steps->arena, name, want),
			     file ? file->network_text : NULL);
	if (have)
		plan_remake(want, change->differs, steps);
	plan_networkd(change, steps);
	if (changed || !have)
		step_add(steps, VERB_links_reload, CLASS_LIVE);
	else
		step_add(steps, VERB_link_reconfigure, CLASS_LIVE, have->name);
	plan_await(change, have, steps);
	return 0;
}
