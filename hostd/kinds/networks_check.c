/* networks_check.c - what a table cannot say about guest networks.  Catalogue PIT71, PIT72. */
#include <string.h>
#include <sys/socket.h>

#include "base/name.h"
#include "kinds/networks.h"
#include "kinds/other.h"

struct checking {
	const struct item *item;
	const struct network *network;
	const struct desired *desired;
	struct faults *faults;
	struct arena *arena;
};

#define PATH(checking, ...) \
	item_mark((checking)->item, arena_printf((checking)->arena, __VA_ARGS__))

/* ---- what belongs to which mode ---- */

static bool is_described(const struct checking *checking, const char *field)
{
	return checking->item->node && node_find(checking->item->node, field);
}

static void check_mode(const struct checking *checking)
{
	static const char *const own[] = { "subnets", "dhcp", "dns", "reach", "forwards", "mtu" };
	const struct network *network = checking->network;
	bool ours = network_is_ours(network);

	if (ours && is_described(checking, "link"))
		fault_at(checking->faults, PATH(checking, "link"),
			 "a network of mode %s has a bridge of its own, not a link", network->mode);
	if (!ours && !network->link)
		fault_at(checking->faults, item_mark(checking->item, NULL),
			 "a network of mode %s needs a link", network->mode);
	for (size_t i = 0; !ours && i < COUNT_OF(own); i++)
		if (is_described(checking, own[i]))
			fault_at(checking->faults, PATH(checking, "%s", own[i]),
				 "a network of mode %s has no %s", network->mode, own[i]);
	if (ours && !network->subnets.count && !network_is_mode(network, "isolated"))
		fault_at(checking->faults, item_mark(checking->item, NULL),
			 "a network of mode %s needs subnets", network->mode);
}

static void check_link(const struct checking *checking)
{
	const struct network *network = checking->network;
	const struct item *link =
		network->link ? desired_find(checking->desired, "links", network->link) : NULL;

	if (!link || network_is_ours(network))
		return;
	const char *type = other_text(link->kind->record, link->value, "type");
	bool bridge = string_equal(type, "bridge");
	if (network_is_mode(network, "bridge") && !bridge) {
		fault_at(checking->faults, PATH(checking, "link"),
			 "\"%s\" is no bridge, so that guests cannot be plugged into it",
			 network->link);
		fault_hint(checking->faults,
			   "describe a bridge with it: links: {br0: {type: bridge, ports: [%s]}}",
			   network->link);
	} else if (!network->bridge) {
		fault_at(checking->faults, PATH(checking, "link"),
			 "libvirt must know the interface's name, and \"%s\" is matched otherwise",
			 network->link);
		fault_hint(checking->faults, "match the link by name");
	}
}

/* ---- subnets ---- */

static void check_subnet(const struct checking *checking, const char *name,
			 const struct subnet *subnet)
{
	const struct prefix *prefix = &subnet->subnet;
	struct address first = prefix_nth(prefix, 0);
	struct mark mark = PATH(checking, "subnets.%s.subnet", name);
	bool six = prefix->address.family == AF_INET6;

	if (address_compare(&first, &prefix->address) != 0) {
		fault_at(checking->faults, mark, "%s is an address, not a network",
			 prefix_text(checking->arena, prefix));
		fault_hint(checking->faults, "write %s/%u", address_text(checking->arena, &first),
			   prefix->length);
	}
	if (six && prefix->length != 64)
		fault_at(checking->faults, mark,
			 "guests find their IPv6 addresses only in a network of /64");
	if (!six && (prefix->length > 30 || prefix->length < 8))
		fault_at(checking->faults, mark, "an IPv4 network of guests is between /8 and /30");
	if (!prefix_holds(prefix, &subnet->gateway))
		fault_at(checking->faults, PATH(checking, "subnets.%s.gateway", name),
			 "%s is not in %s", address_text(checking->arena, &subnet->gateway),
			 prefix_text(checking->arena, prefix));
}

/* Against the networks before it, and itself. */
static void check_overlap_networks(const struct checking *checking, const char *name,
				   const struct prefix *prefix)
{
	for (size_t n = 0; n < checking->desired->items.list.count; n++) {
		const struct item *other = checking->desired->items.list.at[n];
		const struct network *network = other->value;
		if (other->kind != checking->item->kind)
			continue;
		for (size_t i = 0; i < network->subnets.count; i++) {
			const struct subnet *subnet = network->subnets.at[i].value;
			if (other == checking->item &&
			    strcmp(network->subnets.at[i].name, name) == 0)
				return;
			if (!prefix_overlaps(prefix, &subnet->subnet))
				continue;
			fault_at(checking->faults, PATH(checking, "subnets.%s.subnet", name),
				 "%s overlaps %s of network \"%s\"",
				 prefix_text(checking->arena, prefix),
				 prefix_text(checking->arena, &subnet->subnet), other->name);
			fault_also(checking->faults,
				   item_mark(other, arena_printf(checking->arena, "subnets.%s",
								 network->subnets.at[i].name)),
				   "described here");
		}
		if (other == checking->item)
			return;
	}
}

static void check_overlap_links(const struct checking *checking, const char *name,
				const struct prefix *prefix)
{
	const struct record *member = NULL;

	DESIRED_EACH(link, checking->desired, "links") {
		const struct map *addresses =
			other_map(link->kind->record, link->value, "addresses", &member);
		for (size_t i = 0; addresses && !link->implied && i < addresses->count; i++) {
			const struct prefix *address = other_value(member, addresses->at[i].value,
								   "address", &type_prefix);
			if (!address || !prefix_overlaps(prefix, address))
				continue;
			fault_at(checking->faults, PATH(checking, "subnets.%s.subnet", name),
				 "%s overlaps %s of link \"%s\"",
				 prefix_text(checking->arena, prefix),
				 prefix_text(checking->arena, address), link->name);
			fault_also(checking->faults,
				   item_mark(link, arena_printf(checking->arena, "addresses.%s",
								addresses->at[i].name)),
				   "described here");
		}
	}
}

static void check_subnets(const struct checking *checking)
{
	const struct map *subnets = &checking->network->subnets;

	for (size_t i = 0; i < subnets->count; i++) {
		const struct subnet *subnet = subnets->at[i].value;
		check_subnet(checking, subnets->at[i].name, subnet);
		check_overlap_networks(checking, subnets->at[i].name, &subnet->subnet);
		check_overlap_links(checking, subnets->at[i].name, &subnet->subnet);
	}
}

/* ---- DHCP and leases ---- */

static void check_range_end(const struct checking *checking, const char *field,
			    const struct address *address)
{
	if (address->family != AF_INET || !network_subnet_of(checking->network, address))
		fault_at(checking->faults, PATH(checking, "dhcp.%s", field),
			 "%s is in none of the network's IPv4 subnets",
			 address_text(checking->arena, address));
}

static void check_dhcp(const struct checking *checking)
{
	const struct network *network = checking->network;
	const struct dhcp *dhcp = &network->dhcp;
	bool first = GIVEN(&dhcp_record, dhcp, first), last = GIVEN(&dhcp_record, dhcp, last);
	unsigned before = checking->faults->count;

	if (is_described(checking, "dhcp") && dhcp->enabled && network_is_ours(network) &&
	    !network_subnet(network, AF_INET))
		fault_at(checking->faults, PATH(checking, "dhcp"), "DHCP needs an IPv4 subnet");
	if (dhcp->lease.microseconds < (uint64_t)120 * 1000000)
		fault_at(checking->faults, PATH(checking, "dhcp.lease"),
			 "a lease is at least 2min long");
	if (!network_subnet(network, AF_INET))
		return;
	if (first)
		check_range_end(checking, "first", &dhcp->first);
	if (last)
		check_range_end(checking, "last", &dhcp->last);
	if (checking->faults->count > before || !first || !last)
		return;
	if (address_compare(&dhcp->first, &dhcp->last) > 0)
		fault_at(checking->faults, PATH(checking, "dhcp.last"), "%s stands before %s",
			 address_text(checking->arena, &dhcp->last),
			 address_text(checking->arena, &dhcp->first));
	else if (network_subnet_of(network, &dhcp->first) !=
		 network_subnet_of(network, &dhcp->last))
		fault_at(checking->faults, PATH(checking, "dhcp.last"),
			 "the range begins in one subnet and ends in another");
}

/* An address that a guest's NIC was given. */
static void nic_visited(void *context, const struct nic *nic)
{
	const struct checking *checking = context;
	const struct network *network = checking->network;

	if (!nic->address)
		return;
	struct mark mark =
		item_mark(nic->guest, arena_printf(checking->arena, "nics.%s.address", nic->name));
	const char *text = address_text(checking->arena, nic->address);
	const struct subnet *subnet = network_subnet_of(network, nic->address);
	if (!network_is_served(network)) {
		fault_at(checking->faults, mark,
			 "network \"%s\" hands out no addresses, so that %s would not be given",
			 checking->item->name, text);
		return;
	}
	if (!subnet) {
		fault_at(checking->faults, mark, "%s is in no subnet of network \"%s\"", text,
			 checking->item->name);
		return;
	}
	if (address_compare(&subnet->gateway, nic->address) == 0)
		fault_at(checking->faults, mark, "%s is the host's own address in network \"%s\"",
			 text, checking->item->name);
	for (size_t i = 0; i < network->leases.count; i++) {
		const struct lease *lease = network->leases.at[i].value;
		const char *key =
			arena_printf(checking->arena, "%s/%s", nic->guest->name, nic->name);
		if (strcmp(network->leases.at[i].name, key) == 0)
			break;
		if (address_compare(&lease->address, nic->address) == 0)
			fault_at(checking->faults, mark, "%s belongs to %s already", text,
				 network->leases.at[i].name);
	}
}

/* ---- reach and forwards ---- */

static void check_reach(const struct checking *checking)
{
	ARRAY(const char *) words = {};

	ARRAY_PUSH(checking->arena, &words, "internet");
	ARRAY_PUSH(checking->arena, &words, "host");
	DESIRED_EACH(other, checking->desired, "networks")
		ARRAY_PUSH(checking->arena, &words, other->name);
	EACH(word, &checking->network->reach) {
		const struct item *other = desired_find(checking->desired, "networks", *word);
		struct prefix prefix;
		if (strcmp(*word, "internet") == 0 || strcmp(*word, "host") == 0 ||
		    prefix_parse(*word, &prefix))
			continue;
		if (other && network_is_ours(other->value))
			continue;
		fault_at(checking->faults, PATH(checking, "reach"),
			 other ? "network \"%s\" is not behind this host"
			       : "\"%s\" is neither internet nor host, nor a network or prefix",
			 *word);
		const char *nearest = name_nearest(*word, words.at, words.count);
		if (!other && nearest)
			fault_hint(checking->faults, "did you mean \"%s\"?", nearest);
	}
}

static bool listens_collide(const struct listen *a, const struct listen *b)
{
	bool any = !a->address.family || !b->address.family;

	return a->udp == b->udp && a->first <= b->last && b->first <= a->last &&
	       (any || address_compare(&a->address, &b->address) == 0);
}

static const char *listen_text(const struct checking *checking, const struct listen *listen)
{
	return type_text_of(&type_listen, listen, checking->arena);
}

/* Against every forward that stands before it, in this network and in others. */
static void check_listen_forwards(const struct checking *checking, const char *name,
				  const struct listen *listen)
{
	for (size_t n = 0; n < checking->desired->items.list.count; n++) {
		const struct item *other = checking->desired->items.list.at[n];
		const struct network *network = other->value;
		if (other->kind != checking->item->kind)
			continue;
		for (size_t i = 0; i < network->forwards.count; i++) {
			const struct forward *before = network->forwards.at[i].value;
			const char *its = network->forwards.at[i].name;
			if (other == checking->item && strcmp(its, name) == 0)
				return;
			if (!listens_collide(listen, &before->listen))
				continue;
			fault_at(checking->faults, PATH(checking, "forwards.%s.listen", name),
				 "%s is taken by forward \"%s\" of network \"%s\"",
				 listen_text(checking, listen), its, other->name);
			fault_also(checking->faults,
				   item_mark(other, arena_printf(checking->arena,
								 "forwards.%s.listen", its)),
				   "taken here");
		}
	}
}

/* What comes in for the host itself cannot go to a guest as well: ssh would be gone. */
static void check_listen_host(const struct checking *checking, const char *name,
			      const struct listen *listen)
{
	const struct item *firewall = desired_find(checking->desired, "firewall", "");
	const struct record *record = NULL, *member = NULL;
	const void *input =
		firewall ? other_record(firewall->kind->record, firewall->value, "input", &record)
			 : NULL;
	const struct map *allow = input ? other_map(record, input, "allow", &member) : NULL;

	for (size_t i = 0; allow && i < allow->count; i++) {
		const struct listen *host =
			other_value(member, allow->at[i].value, "listen", &type_listen);
		if (!host || !listens_collide(listen, host))
			continue;
		fault_at(checking->faults, PATH(checking, "forwards.%s.listen", name),
			 "%s is what firewall.input.allow.%s lets into the host itself",
			 listen_text(checking, listen), allow->at[i].name);
		fault_also(checking->faults,
			   item_mark(firewall, arena_printf(checking->arena, "input.allow.%s",
							    allow->at[i].name)),
			   "allowed here");
	}
}

static void check_target(const struct checking *checking, const char *name,
			 const struct forward *forward)
{
	const struct network *network = checking->network;
	const char *host = forward->to.host;
	struct mark mark = PATH(checking, "forwards.%s.to", name);
	struct address to;
	ARRAY(const char *) known = {};

	if (forward_target(network, forward, checking->desired, &to)) {
		if (!network_subnet_of(network, &to))
			fault_at(checking->faults, mark, "%s is in no subnet of this network",
				 address_text(checking->arena, &to));
		else if (forward->listen.address.family &&
			 forward->listen.address.family != to.family)
			fault_at(checking->faults, mark, "%s does not lead to %s",
				 listen_text(checking, &forward->listen),
				 address_text(checking->arena, &to));
		return;
	}
	if (desired_find(checking->desired, "guests", host)) {
		fault_at(checking->faults, mark, "guest \"%s\" has no address in this network",
			 host);
		fault_hint(checking->faults, "give it a NIC there: nics: {%s: {network: %s}}",
			   checking->item->name, checking->item->name);
		return;
	}
	fault_at(checking->faults, mark, "there is nothing called \"%s\" in guests", host);
	DESIRED_EACH(guest, checking->desired, "guests")
		ARRAY_PUSH(checking->arena, &known, guest->name);
	const char *nearest = name_nearest(host, known.at, known.count);
	if (nearest)
		fault_hint(checking->faults, "did you mean \"%s\"?", nearest);
}

static void check_forward(const struct checking *checking, const char *name,
			  const struct forward *forward)
{
	const struct listen *listen = &forward->listen;

	if (listen->first != listen->last && listen->first != forward->to.port) {
		fault_at(checking->faults, PATH(checking, "forwards.%s.to", name),
			 "a range of ports leads to the same ports");
		fault_hint(checking->faults, "write %s:%u", forward->to.host, listen->first);
	}
	check_listen_forwards(checking, name, listen);
	check_listen_host(checking, name, listen);
	check_target(checking, name, forward);
}

/* ---- the bridge ---- */

static void check_bridge(const struct checking *checking)
{
	const char *name = checking->network->bridge;
	const struct item *link = desired_find(checking->desired, "links", name);

	if (link && !string_equal(other_text(link->kind->record, link->value, "type"), "bridge"))
		fault_at(checking->faults, PATH(checking, "bridge"), "link \"%s\" is no bridge",
			 name);
	DESIRED_EACH(other, checking->desired, "networks") {
		const struct network *network = other->value;
		if (other == checking->item)
			return;
		if (network_is_ours(network) && string_equal(network->bridge, name))
			fault_at(checking->faults, PATH(checking, "bridge"),
				 "\"%s\" is the bridge of network \"%s\" already", name,
				 other->name);
	}
}

void networks_check(const struct item *item, const struct desired *desired, struct faults *faults)
{
	const struct network *network = item->value;
	struct checking checking = { item, network, desired, faults, faults->arena };

	check_mode(&checking);
	check_link(&checking);
	network_nics(item, desired, nic_visited, &checking);
	if (!network_is_ours(network))
		return;
	check_subnets(&checking);
	check_dhcp(&checking);
	check_reach(&checking);
	for (size_t i = 0; i < network->forwards.count; i++)
		check_forward(&checking, network->forwards.at[i].name,
			      network->forwards.at[i].value);
	check_bridge(&checking);
}
