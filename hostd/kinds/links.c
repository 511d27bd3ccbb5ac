/* links.c - the host's own links, through systemd-networkd.
 *
 * A physical link is found by its match and keeps its name; bridges, bonds and VLANs are
 * made, and removed when no longer described.  Ours are the files
 * /etc/systemd/network/20-gasthof-HANDLE.{network,netdev}; whatever else is configured
 * there stays as it is.  A port's, member's or parent's file names its bridge, bond or
 * VLAN, as networkd wants it: hence the implied fields.
 * The other files: links_check.c, links_plan.c, links_observe.c, links_file.c.
 * Catalogue F8, F9, F11, F47; PIT66.
 */
#include <string.h>

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
