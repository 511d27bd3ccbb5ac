/* links_file.c - a link as systemd.network(5) and systemd.netdev(5), both ways. */
#include <stdlib.h>
#include <string.h>

#include "formats/ini.h"
#include "formats/ours.h"
#include "kinds/links.h"

bool link_is_virtual(const struct link *link)
{
	return link->type && strcmp(link->type, "ethernet") != 0;
}

const char *link_file_path(struct arena *arena, const char *handle, const char *suffix)
{
	return arena_printf(arena, NETWORKD_FOLDER "/" NETWORKD_PREFIX "%s.%s", handle, suffix);
}

static struct text file_start(struct arena *arena, const char *handle)
{
	struct text text = text_of(arena);

	ours_header(&text, arena_printf(arena, "links.%s", handle));
	return text;
}

/* ---- writing ---- */

/* A match that names no interface must not take what libvirt or a container plugged in:
 * networkd would take it out of its bridge. */
static void add_match(struct text *text, const struct link *link)
{
	const struct link_match *match = &link->match;

	text_add(text, "[Match]\n");
	if (link_is_virtual(link)) {
		text_addf(text, "Name=%s\n", link->name);
		return;
	}
	if (match->name)
		text_addf(text, "Name=%s\n", match->name);
	if (GIVEN(&link_match_record, match, mac))
		text_addf(text, "PermanentMACAddress=%s\n", mac_text(text->arena, &match->mac));
	if (match->driver)
		text_addf(text, "Driver=%s\n", match->driver);
	if (!match->name)
		text_add(text, "Kind=!*\n");
}

static const char *yes(bool flag)
{
	return flag ? "yes" : "no";
}

static void add_link(struct text *text, const struct link *link)
{
	struct text body = text_of(text->arena);
	bool is_port = link->in_bridge_name || link->in_bond_name;

	if (GIVEN(&link_record, link, mtu))
		text_addf(&body, "MTUBytes=%u\n", link->mtu);
	if (GIVEN(&link_record, link, mac) && !link_is_virtual(link))
		text_addf(&body, "MACAddress=%s\n", mac_text(text->arena, &link->mac));
	if (GIVEN(&link_record, link, wait_online))
		text_addf(&body, "RequiredForOnline=%s\n", yes(link->wait_online));
	else if (is_port)
		text_add(&body, "RequiredForOnline=no\n");
	if (body.size)
		text_addf(text, "\n[Link]\n%s", body.at);
}

static const char *dhcp_networkd(const char *dhcp)
{
	if (string_equal(dhcp, "true"))
		return "yes";
	return string_equal(dhcp, "false") ? "no" : dhcp;
}

static void add_network(struct text *text, const struct link *link)
{
	bool is_port = link->in_bridge_name || link->in_bond_name;

	text_add(text, "\n[Network]\n");
	text_addf(text, "DHCP=%s\n", link->dhcp ? dhcp_networkd(link->dhcp) : "no");
	if (is_port)
		text_add(text, "LinkLocalAddressing=no\n");
	if (GIVEN(&link_record, link, accept_ra))
		text_addf(text, "IPv6AcceptRA=%s\n", yes(link->accept_ra));
	EACH(server, &link->dns)
		text_addf(text, "DNS=%s\n", address_text(text->arena, server));
	EACH(domain, &link->domains)
		text_addf(text, "Domains=%s\n", *domain);
	if (link->in_bridge_name)
		text_addf(text, "Bridge=%s\n", link->in_bridge_name);
	if (link->in_bond_name)
		text_addf(text, "Bond=%s\n", link->in_bond_name);
	EACH(vlan, &link->vlan_names)
		text_addf(text, "VLAN=%s\n", *vlan);
	/* A bridge without a guest has no carrier, and would have no address. */
	if (string_equal(link->type, "bridge"))
		text_add(text, "ConfigureWithoutCarrier=yes\nIgnoreCarrierLoss=yes\n");
}

static void add_addresses(struct text *text, const struct link *link)
{
	for (size_t i = 0; i < link->addresses.count; i++) {
		const struct link_address *address = link->addresses.at[i].value;
		text_addf(text, "\n[Address]\n# %s\nAddress=%s\n", link->addresses.at[i].name,
			  prefix_text(text->arena, &address->address));
	}
}

static void add_routes(struct text *text, const struct link *link)
{
	for (size_t i = 0; i < link->routes.count; i++) {
		const struct link_route *route = link->routes.at[i].value;
		text_addf(text, "\n[Route]\n# %s\nDestination=%s\n", link->routes.at[i].name,
			  prefix_text(text->arena, &route->to));
		if (GIVEN(&link_route_record, route, via))
			text_addf(text, "Gateway=%s\n", address_text(text->arena, &route->via));
		if (GIVEN(&link_route_record, route, metric))
			text_addf(text, "Metric=%u\n", route->metric);
	}
}

const char *link_network_text(struct arena *arena, const char *handle, const struct link *link)
{
	struct text text = file_start(arena, handle);

	add_match(&text, link);
	add_link(&text, link);
	add_network(&text, link);
	add_addresses(&text, link);
	add_routes(&text, link);
	return text.at;
}

static void add_bridge(struct text *text, const struct link *link)
{
	bool stp = GIVEN(&link_record, link, stp);
	bool filtering = GIVEN(&link_record, link, vlan_filtering);

	if (stp || filtering)
		text_add(text, "\n[Bridge]\n");
	if (stp)
		text_addf(text, "STP=%s\n", yes(link->stp));
	if (filtering)
		text_addf(text, "VLANFiltering=%s\n", yes(link->vlan_filtering));
}

const char *link_netdev_text(struct arena *arena, const char *handle, const struct link *link)
{
	struct text text = file_start(arena, handle);

	if (!link_is_virtual(link))
		return NULL;
	text_addf(&text, "[NetDev]\nName=%s\nKind=%s\n", link->name, link->type);
	if (GIVEN(&link_record, link, mac))
		text_addf(&text, "MACAddress=%s\n", mac_text(arena, &link->mac));
	if (strcmp(link->type, "bridge") == 0) {
		add_bridge(&text, link);
	} else if (strcmp(link->type, "bond") == 0) {
		/* Without it a bond never notices that a member has lost its carrier. */
		text_addf(&text, "\n[Bond]\nMode=%s\nMIIMonitorSec=100ms\n", link->mode);
	} else if (strcmp(link->type, "vlan") == 0) {
		text_addf(&text, "\n[VLAN]\nId=%u\n", link->id);
	}
	return text.at;
}

/* ---- reading ---- */

struct reading {
	struct arena *arena;
	struct link *link;
	unsigned section; /* the [Address] or [Route] that `member` was made for */
	void *member;
};

static void text_list_add(struct arena *arena, struct text_list *list, const char *text)
{
	list->at = arena_grow(arena, list->at, list->count * sizeof(*list->at),
			      (list->count + 1) * sizeof(*list->at));
	list->at[list->count++] = text;
}

static bool read_flag(const char *value, bool *ret)
{
	*ret = strcmp(value, "yes") == 0;
	return *ret || strcmp(value, "no") == 0;
}

static void read_match(struct link *link, const struct ini *ini)
{
	struct link_match *match = &link->match;
	struct mac mac;

	if (link_is_virtual(link))
		return;
	if (strcmp(ini->key, "Name") == 0)
		SET(&link_match_record, match, name, ini->value);
	else if (strcmp(ini->key, "Driver") == 0)
		SET(&link_match_record, match, driver, ini->value);
	else if (strcmp(ini->key, "PermanentMACAddress") == 0 && mac_parse(ini->value, &mac))
		SET(&link_match_record, match, mac, mac);
}

static void read_link(struct link *link, const struct ini *ini)
{
	struct mac mac;
	bool flag;

	if (strcmp(ini->key, "MTUBytes") == 0)
		SET(&link_record, link, mtu, (uint32_t)strtoul(ini->value, NULL, 10));
	else if (strcmp(ini->key, "MACAddress") == 0 && mac_parse(ini->value, &mac))
		SET(&link_record, link, mac, mac);
	else if (strcmp(ini->key, "RequiredForOnline") == 0 && read_flag(ini->value, &flag))
		SET(&link_record, link, wait_online, flag);
}

static const char *dhcp_ours(const char *value)
{
	if (strcmp(value, "yes") == 0)
		return "true";
	return strcmp(value, "no") == 0 ? "false" : value;
}

static void read_dns(struct reading *reading, const char *value)
{
	struct link *link = reading->link;
	struct address address;

	if (!address_parse(value, &address))
		return;
	link->dns.at = arena_grow(reading->arena, link->dns.at, link->dns.count * sizeof(address),
				  (link->dns.count + 1) * sizeof(address));
	link->dns.at[link->dns.count++] = address;
	record_give(&link_record, link, offsetof(struct link, dns), true);
}

static void read_network(struct reading *reading, const struct ini *ini)
{
	struct link *link = reading->link;
	bool flag;

	if (strcmp(ini->key, "DHCP") == 0)
		SET(&link_record, link, dhcp, dhcp_ours(ini->value));
	else if (strcmp(ini->key, "IPv6AcceptRA") == 0 && read_flag(ini->value, &flag))
		SET(&link_record, link, accept_ra, flag);
	else if (strcmp(ini->key, "DNS") == 0)
		read_dns(reading, ini->value);
	else if (strcmp(ini->key, "Bridge") == 0)
		link->in_bridge_name = ini->value;
	else if (strcmp(ini->key, "Bond") == 0)
		link->in_bond_name = ini->value;
	else if (strcmp(ini->key, "VLAN") == 0)
		text_list_add(reading->arena, &link->vlan_names, ini->value);
	else if (strcmp(ini->key, "Domains") == 0) {
		text_list_add(reading->arena, &link->domains, ini->value);
		record_give(&link_record, link, offsetof(struct link, domains), true);
	}
}

/* The member of `map` for the section the line stands in. */
static void *reading_member(struct reading *reading, const struct ini *ini, struct map *map,
			    const struct record *record, size_t offset)
{
	if (reading->section != ini->number) {
		reading->member =
			map_add(reading->arena, map, record, ini->label ? ini->label : "?");
		record_give(&link_record, reading->link, offset, true);
	}
	reading->section = ini->number;
	return reading->member;
}

static void read_address(struct reading *reading, const struct ini *ini)
{
	struct prefix prefix;

	if (strcmp(ini->key, "Address") != 0 || !prefix_parse(ini->value, &prefix))
		return;
	struct link_address *address =
		reading_member(reading, ini, &reading->link->addresses, &link_address_record,
			       offsetof(struct link, addresses));
	SET(&link_address_record, address, address, prefix);
}

static void read_route(struct reading *reading, const struct ini *ini)
{
	struct link_route *route =
		reading_member(reading, ini, &reading->link->routes, &link_route_record,
			       offsetof(struct link, routes));
	struct address via;
	struct prefix to;

	if (strcmp(ini->key, "Destination") == 0 && prefix_parse(ini->value, &to))
		SET(&link_route_record, route, to, to);
	else if (strcmp(ini->key, "Gateway") == 0 && address_parse(ini->value, &via))
		SET(&link_route_record, route, via, via);
	else if (strcmp(ini->key, "Metric") == 0)
		SET(&link_route_record, route, metric, (uint32_t)strtoul(ini->value, NULL, 10));
}

static void read_netdev(struct arena *arena, const char *text, struct link *link)
{
	struct ini ini = ini_of(arena, text);
	struct mac mac;
	bool flag;

	while (ini_next(&ini)) {
		if (ini_is(&ini, "NetDev", "Name"))
			SET(&link_record, link, name, ini.value);
		else if (ini_is(&ini, "NetDev", "Kind"))
			SET(&link_record, link, type, ini.value);
		else if (ini_is(&ini, "NetDev", "MACAddress") && mac_parse(ini.value, &mac))
			SET(&link_record, link, mac, mac);
		else if (ini_is(&ini, "Bridge", "STP") && read_flag(ini.value, &flag))
			SET(&link_record, link, stp, flag);
		else if (ini_is(&ini, "Bridge", "VLANFiltering") && read_flag(ini.value, &flag))
			SET(&link_record, link, vlan_filtering, flag);
		else if (ini_is(&ini, "Bond", "Mode"))
			SET(&link_record, link, mode, ini.value);
		else if (ini_is(&ini, "VLAN", "Id"))
			SET(&link_record, link, id, (uint32_t)strtoul(ini.value, NULL, 10));
	}
}

static void read_network_file(struct reading *reading, const char *text)
{
	struct ini ini = ini_of(reading->arena, text);

	while (ini_next(&ini)) {
		if (strcmp(ini.section, "Match") == 0)
			read_match(reading->link, &ini);
		else if (strcmp(ini.section, "Link") == 0)
			read_link(reading->link, &ini);
		else if (strcmp(ini.section, "Network") == 0)
			read_network(reading, &ini);
		else if (strcmp(ini.section, "Address") == 0)
			read_address(reading, &ini);
		else if (strcmp(ini.section, "Route") == 0)
			read_route(reading, &ini);
	}
}

void link_read(struct arena *arena, const char *handle, const char *network, const char *netdev,
	       struct link *link)
{
	struct reading reading = { .arena = arena, .link = link };
	struct text is = text_of(arena), should = text_of(arena);

	SET(&link_record, link, type, "ethernet");
	if (netdev)
		read_netdev(arena, netdev, link);
	if (network)
		read_network_file(&reading, network);
	link->network_text = network;
	link->netdev_text = netdev;
	if (network)
		text_add(&is, network), text_add(&should, link_network_text(arena, handle, link));
	if (netdev && link_is_virtual(link))
		text_add(&is, netdev), text_add(&should, link_netdev_text(arena, handle, link));
	SET(&link_record, link, other, file_apart(arena, is.at, should.at));
}
