/* links.c - the host's own links, through systemd-networkd.
 *
 * A physical link is found by its match and keeps its name; bridges, bonds and VLANs are
 * made, and removed when no longer described.  Ours are the files
 * /etc/systemd/network/20-gasthof-HANDLE.{network,netdev}; whatever else is configured
 * there stays as it is.  A port's, member's or parent's file names its bridge, bond or
 * VLAN, as networkd wants it: hence the implied fields.
 * Catalogue F8, F9, F11, F47; PIT66.
 */
#include <string.h>
#include <sys/socket.h>

#include "base/name.h"
#include "host/read/host.h"
#include "kinds/file.h"
#include "kinds/links.h"
#include "resource/desired.h"

static const struct field match_fields[] = {
	FIELD("name", struct link_match, name, CLASS_LIVE, "the interface's name (Name=)"),
	FIELD("mac", struct link_match, mac, CLASS_LIVE,
	      "the address it was made with (PermanentMACAddress=)"),
	FIELD("driver", struct link_match, driver, CLASS_LIVE, "its kernel driver (Driver=)",
	      .example = "virtio_net"),
};
const struct record link_match_record = RECORD(struct link_match, match_fields);

static const struct field address_fields[] = {
	FIELD("address", struct link_address, address, CLASS_LIVE,
	      "an address with its network's length (Address=)", .flags = FIELD_REQUIRED,
	      .example = "10.0.0.1/24"),
};
const struct record link_address_record =
	RECORD(struct link_address, address_fields, .shorthand = &address_fields[0]);

static const struct field route_fields[] = {
	FIELD("to", struct link_route, to, CLASS_LIVE, "where it leads (Destination=)",
	      .flags = FIELD_REQUIRED, .example = "0.0.0.0/0"),
	FIELD("via", struct link_route, via, CLASS_LIVE, "the router on the way (Gateway=)"),
	FIELD("metric", struct link_route, metric, CLASS_LIVE,
	      "of two routes, the lower one is taken (Metric=)"),
};
const struct record link_route_record = RECORD(struct link_route, route_fields);

static const char *const types[] = { "ethernet", "bridge", "bond", "vlan", NULL };
static const char *const dhcp_choices[] = { "true", "false", "ipv4", "ipv6", NULL };
static const char *const bond_modes[] = { "balance-rr", "active-backup", "balance-xor", "broadcast",
					  "802.3ad",    "balance-tlb",   "balance-alb", NULL };

static const struct field fields[] = {
	FIELD("type", struct link, type, CLASS_SERVICE_RESTART,
	      "ethernet: there already, found by match; the others are made (Kind=)",
	      .choices = types, .fallback = "ethernet"),
	FIELD("name", struct link, name, CLASS_SERVICE_RESTART,
	      "name of the interface that is made; as its handle where not given (Name=)"),
	FIELD_RECORD("match", struct link, match, &link_match_record, CLASS_LIVE,
		     "which physical link this is; by its handle as a name where not given",
		     .flags = FIELD_NOT_RUNNING),
	FIELD("mtu", struct link, mtu, CLASS_LIVE, "largest packet in bytes (MTUBytes=)",
	      .least = 68, .most = 65535),
	FIELD("mac", struct link, mac, CLASS_LIVE, "the address it is given (MACAddress=)"),
	FIELD("dhcp", struct link, dhcp, CLASS_LIVE,
	      "ask for addresses: true, ipv4, ipv6 or false (DHCP=)", .choices = dhcp_choices,
	      .fallback = "false", .flags = FIELD_NOT_RUNNING, .example = "ipv4"),
	FIELD("accept_ra", struct link, accept_ra, CLASS_LIVE,
	      "listen to IPv6 routers; so with dhcp true or ipv6 (IPv6AcceptRA=)",
	      .flags = FIELD_NOT_RUNNING),
	FIELD_MAP("addresses", struct link, addresses, &link_address_record, CLASS_LIVE,
		  "static addresses ([Address])", .example = "{lan: 10.0.0.1/24}"),
	FIELD_MAP("routes", struct link, routes, &link_route_record, CLASS_LIVE,
		  "static routes ([Route])", .flags = FIELD_NOT_RUNNING,
		  .example = "{default: {to: 0.0.0.0/0, via: 10.0.0.254}}"),
	FIELD("dns", struct link, dns, CLASS_LIVE, "name servers reached through it (DNS=)",
	      .flags = FIELD_NOT_RUNNING),
	FIELD("domains", struct link, domains, CLASS_LIVE, "search domains (Domains=)",
	      .flags = FIELD_NOT_RUNNING),
	FIELD("wait_online", struct link, wait_online, CLASS_NONE,
	      "the boot waits for it; not for a bridge without ports (RequiredForOnline=)",
	      .flags = FIELD_NOT_RUNNING),
	FIELD("ports", struct link, ports, CLASS_LIVE, "of a bridge: the links it joins (Bridge=)",
	      .flags = FIELD_PLAIN | FIELD_UNORDERED),
	FIELD("stp", struct link, stp, CLASS_LIVE,
	      "of a bridge: spanning tree; keep it on where cables may form a loop (STP=)",
	      .fallback = "false"),
	FIELD("vlan_filtering", struct link, vlan_filtering, CLASS_LIVE,
	      "of a bridge: ports belong to VLANs (VLANFiltering=)", .fallback = "false"),
	FIELD("members", struct link, members, CLASS_LIVE,
	      "of a bond: the links it bundles (Bond=)", .flags = FIELD_PLAIN | FIELD_UNORDERED),
	FIELD("mode", struct link, mode, CLASS_SERVICE_RESTART, "of a bond: how it bundles (Mode=)",
	      .choices = bond_modes, .fallback = "active-backup", .flags = FIELD_NOT_RUNNING),
	FIELD("parent", struct link, parent, CLASS_SERVICE_RESTART,
	      "of a VLAN: the link it is on (VLAN=)", .flags = FIELD_PLAIN),
	FIELD("id", struct link, id, CLASS_SERVICE_RESTART, "of a VLAN: its number (Id=)",
	      .least = 1, .most = 4094, .flags = FIELD_NOT_RUNNING),
	FIELD("in_bridge", struct link, in_bridge, CLASS_LIVE, "the bridge it is a port of",
	      .flags = FIELD_IMPLIED, .target = "links"),
	FIELD("in_bond", struct link, in_bond, CLASS_LIVE, "the bond it is a member of",
	      .flags = FIELD_IMPLIED, .target = "links"),
	FIELD("vlans", struct link, vlans, CLASS_LIVE, "the VLANs on it",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING | FIELD_UNORDERED, .target = "links"),
	FIELD("up", struct link, up, CLASS_LIVE, "whether it is up",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
	FIELD("managed", struct link, managed, CLASS_LIVE,
	      "whether systemd-networkd is there to look after it", .flags = FIELD_IMPLIED),
	FIELD("other", struct link, other, CLASS_LIVE, "what was edited by hand in our files",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
	FIELD("present", struct link, present, CLASS_NONE, "every address it has now",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
};
const struct record link_record = RECORD(struct link, fields);

/* ---- completing ---- */

/* The interface's name of a link that we make; what a handle stands for. */
static const char *virtual_name(const struct item *item)
{
	const struct link *link = item->value;

	return link->name ? link->name : item->name;
}

/* Tells a port or member where it belongs. */
static void join(const struct item *master, const struct item *port, struct faults *faults)
{
	const struct link *to = master->value;
	struct link *link = port->value;
	bool bond = strcmp(to->type, "bond") == 0;

	if (link->in_bridge || link->in_bond) {
		fault_at(faults, item_mark(master, bond ? "members" : "ports"),
			 "\"%s\" belongs to \"%s\" already", port->name,
			 link->in_bridge ? link->in_bridge : link->in_bond);
		return;
	}
	if (bond) {
		SET(&link_record, link, in_bond, master->name);
		link->in_bond_name = virtual_name(master);
	} else {
		SET(&link_record, link, in_bridge, master->name);
		link->in_bridge_name = virtual_name(master);
	}
}

static void join_all(const struct item *master, const struct text_list *handles,
		     struct desired *desired, struct faults *faults)
{
	EACH(handle, handles) {
		const struct item *port = desired_find(desired, "links", *handle);
		if (port && port != master)
			join(master, port, faults);
	}
}

static void text_list_add(struct arena *arena, struct text_list *list, const char *text)
{
	list->at = arena_grow(arena, list->at, list->count * sizeof(*list->at),
			      (list->count + 1) * sizeof(*list->at));
	list->at[list->count++] = text;
}

static void carry(const struct item *vlan, const char *parent, struct desired *desired)
{
	struct item *below = parent ? desired_find(desired, "links", parent) : NULL;

	if (!below || below == vlan)
		return;
	struct link *link = below->value;
	text_list_add(desired->arena, &link->vlans, vlan->name);
	text_list_add(desired->arena, &link->vlan_names, virtual_name(vlan));
	record_give(&link_record, link, offsetof(struct link, vlans), true);
}

static void links_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct link *link = item->value;
	const struct link_match *match = &link->match;

	if (link_is_virtual(link) && !link->name)
		SET(&link_record, link, name, item->name);
	if (!link_is_virtual(link) && !match->name && !match->driver &&
	    !GIVEN(&link_match_record, match, mac))
		SET(&link_match_record, &link->match, name, item->name);
	if (!GIVEN(&link_record, link, accept_ra) &&
	    (string_equal(link->dhcp, "true") || string_equal(link->dhcp, "ipv6")))
		SET(&link_record, link, accept_ra, true);
	if (strcmp(link->type, "bridge") == 0) {
		join_all(item, &link->ports, desired, faults);
		if (!link->ports.count && !GIVEN(&link_record, link, wait_online))
			SET(&link_record, link, wait_online, false);
	}
	if (strcmp(link->type, "bond") == 0)
		join_all(item, &link->members, desired, faults);
	if (strcmp(link->type, "vlan") == 0)
		carry(item, link->parent, desired);
	SET(&link_record, link, up, true);
	SET(&link_record, link, managed, true);
	SET(&link_record, link, other, (struct text_list){});
}

/* ---- checking ---- */

static bool interface_name_is_valid(const char *name)
{
	return *name && strlen(name) <= INTERFACE_NAME_MAX && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0 && !strpbrk(name, "/: \t%*?[]!\"',;\\");
}

static void check_name(const struct item *item, const char *name, const char *path,
		       struct faults *faults)
{
	if (interface_name_is_valid(name))
		return;
	if (strlen(name) > INTERFACE_NAME_MAX)
		fault_at(faults, item_mark(item, path),
			 "interface name \"%s\" is longer than %d bytes", name, INTERFACE_NAME_MAX);
	else
		fault_at(faults, item_mark(item, path), "\"%s\" cannot be an interface's name",
			 name);
	if (!item->node || !node_find(item->node, path))
		fault_hint(faults, "give the interface a name of its own with name:");
}

/* Fields that only one type of link has. */
static void check_belongs(const struct item *item, struct faults *faults)
{
	static const struct {
		const char *field, *type;
	} rows[] = {
		{ "match", "ethernet" },        { "ports", "bridge" }, { "stp", "bridge" },
		{ "vlan_filtering", "bridge" }, { "members", "bond" }, { "mode", "bond" },
		{ "parent", "vlan" },           { "id", "vlan" },
	};
	const struct link *link = item->value;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (!item->node || !node_find(item->node, rows[i].field) ||
		    strcmp(link->type, rows[i].type) == 0)
			continue;
		fault_at(faults, item_mark(item, rows[i].field), "a link of type %s has no %s",
			 link->type, rows[i].field);
		fault_hint(faults, "%s is for type: %s", rows[i].field, rows[i].type);
	}
	if (!link_is_virtual(link) && GIVEN(&link_record, link, name)) {
		fault_at(faults, item_mark(item, "name"), "a physical link keeps its name");
		fault_hint(faults, "to find it by its name, write match: {name: %s}", link->name);
	}
}

static void check_known(const struct item *item, const char *handle, const char *path,
			const struct desired *desired, struct faults *faults)
{
	ARRAY(const char *) known = {};

	if (strcmp(handle, item->name) == 0)
		fault_at(faults, item_mark(item, path), "\"%s\" names itself here", handle);
	if (desired_find(desired, "links", handle))
		return;
	fault_at(faults, item_mark(item, path), "there is nothing called \"%s\" in links", handle);
	DESIRED_EACH(other, desired, "links")
		ARRAY_PUSH(desired->arena, &known, other->name);
	const char *nearest = name_nearest(handle, known.at, known.count);
	if (nearest && strcmp(nearest, item->name) != 0)
		fault_hint(faults, "did you mean \"%s\"?", nearest);
	else
		fault_hint(faults, "describe it too: links: {%s: {}}", handle);
}

/* A port's addresses are its bridge's: on the port they would not answer. */
static void check_port(const struct item *item, struct faults *faults)
{
	const struct link *link = item->value;
	const char *master = link->in_bridge ? link->in_bridge : link->in_bond;

	if (!master)
		return;
	if (link->addresses.count)
		fault_at(faults, item_mark(item, "addresses"),
			 "\"%s\" is part of \"%s\", which has the addresses", item->name, master);
	if (link->dhcp && strcmp(link->dhcp, "false") != 0)
		fault_at(faults, item_mark(item, "dhcp"),
			 "\"%s\" is part of \"%s\", which has the addresses", item->name, master);
}

static bool is_network_itself(const struct prefix *prefix)
{
	struct address first = prefix_nth(prefix, 0);

	return prefix->length < (prefix->address.family == AF_INET ? 31 : 127) &&
	       address_compare(&first, &prefix->address) == 0;
}

static void check_addresses(const struct item *item, struct faults *faults)
{
	const struct link *link = item->value;

	for (size_t i = 0; i < link->addresses.count; i++) {
		const struct link_address *address = link->addresses.at[i].value;
		const char *path = arena_printf(faults->arena, "addresses.%s.address",
						link->addresses.at[i].name);
		if (!is_network_itself(&address->address))
			continue;
		fault_at(faults, item_mark(item, path), "%s is the network, not an address in it",
			 prefix_text(faults->arena, &address->address));
		struct address first = prefix_nth(&address->address, 1);
		fault_hint(faults, "its first address is %s/%u",
			   address_text(faults->arena, &first), address->address.length);
	}
	for (size_t i = 0; i < link->routes.count; i++) {
		const struct link_route *route = link->routes.at[i].value;
		const char *path =
			arena_printf(faults->arena, "routes.%s.via", link->routes.at[i].name);
		if (GIVEN(&link_route_record, route, via) &&
		    route->via.family != route->to.address.family)
			fault_at(faults, item_mark(item, path),
				 "the router and the destination are of different families");
	}
}

static bool match_equal(const struct link_match *a, const struct link_match *b)
{
	return string_equal(a->name, b->name) && string_equal(a->driver, b->driver) &&
	       memcmp(&a->mac, &b->mac, sizeof(a->mac)) == 0;
}

static void check_unique(const struct item *item, const struct desired *desired,
			 struct faults *faults)
{
	const struct link *link = item->value;

	DESIRED_EACH(other, desired, "links") {
		const struct link *before = other->value;
		if (other == item)
			return;
		bool same = link_is_virtual(link)
				    ? string_equal(link->name, before->name)
				    : !link_is_virtual(before) &&
					      match_equal(&link->match, &before->match);
		if (!same)
			continue;
		fault_at(faults, item_mark(item, link_is_virtual(link) ? "name" : "match"),
			 "\"%s\" and \"%s\" are one link", item->name, other->name);
		fault_also(faults, item_mark(other, NULL), "first described here");
	}
}

static void links_check(const struct item *item, const struct desired *desired,
			struct faults *faults)
{
	const struct link *link = item->value;

	check_belongs(item, faults);
	if (link_is_virtual(link))
		check_name(item, link->name, "name", faults);
	else if (link->match.name)
		check_name(item, link->match.name, "match.name", faults);
	EACH(port, &link->ports)
		check_known(item, *port, "ports", desired, faults);
	EACH(member, &link->members)
		check_known(item, *member, "members", desired, faults);
	if (strcmp(link->type, "vlan") == 0) {
		if (link->parent)
			check_known(item, link->parent, "parent", desired, faults);
		else
			fault_at(faults, item_mark(item, NULL), "a VLAN needs a parent");
		if (!link->id)
			fault_at(faults, item_mark(item, NULL), "a VLAN needs an id");
	}
	check_port(item, faults);
	check_addresses(item, faults);
	check_unique(item, desired, faults);
}

/* ---- pairing and planning ---- */

static bool matches(const struct link_match *want, const struct link_match *have)
{
	return (!want->name || string_equal(want->name, have->name)) &&
	       (!want->driver || string_equal(want->driver, have->driver)) &&
	       (!GIVEN(&link_match_record, want, mac) ||
		memcmp(&want->mac, &have->mac, sizeof(have->mac)) == 0);
}

/* Files are found by their handle; what runs by that of its file, else by name or match. */
static bool links_same(const struct item *want, const struct item *seen)
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
		step_add(steps, VERB_link_remove, CLASS_LIVE, have->name);
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

/* Where any link was seen, it is known whether networkd runs. */
static void plan_networkd(const struct seen *seen, struct steps *steps)
{
	const struct seen_kind *links = seen_find(seen, "links");

	EACH(item, &links->running.list)
		if (((const struct link *)(*item)->value)->networkd)
			return;
	step_add(steps, VERB_unit_enable, CLASS_NONE, NETWORKD_UNIT);
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

static int links_plan(const struct change *change, struct steps *steps, struct faults *faults)
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
	plan_networkd(change->view->seen, steps);
	if (changed || !have)
		step_add(steps, VERB_links_reload, CLASS_LIVE);
	else
		step_add(steps, VERB_link_reconfigure, CLASS_LIVE, have->name);
	plan_await(change, have, steps);
	return 0;
}

static int links_render(const struct item *item, const struct view *view, struct text *text,
			struct faults *faults)
{
	const char *netdev = link_netdev_text(text->arena, item->name, item->value);

	(void)view, (void)faults;
	if (netdev)
		text_addf(text, "# %s\n%s\n", link_file_path(text->arena, item->name, "netdev"),
			  netdev);
	text_addf(text, "# %s\n%s", link_file_path(text->arena, item->name, "network"),
		  link_network_text(text->arena, item->name, item->value));
	return 0;
}

int links_observe(struct host *host, struct items *configured, struct items *running,
		  struct faults *faults) MUST_CHECK; /* links_observe.c */

const struct kind links_kind = {
	.path = "links",
	.summary = "the host's own links: uplinks, bridges, bonds, VLANs",
	.shape = SHAPE_NAMED,
	.adopt = ADOPT_QUIETLY,
	.record = &link_record,
	.needs = (const char *const[]){ "kernel.modules", NULL },
	.complete = links_complete,
	.check = links_check,
	.observe = links_observe,
	.same = links_same,
	.plan = links_plan,
	.render = links_render,
};
