/* links_check.c - what a link cannot be. */
#include <string.h>
#include <sys/socket.h>

#include "base/name.h"
#include "kinds/links.h"
#include "resource/desired.h"

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

void links_check(const struct item *item, const struct desired *desired, struct faults *faults)
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
