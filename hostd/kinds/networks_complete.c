/* networks_complete.c - what follows from a guest network: its bridge, its ranges, its leases. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kinds/networks.h"
#include "kinds/other.h"
#include "kinds/require.h"

enum { INTERFACE_NAME_MAX = 15, BRIDGE_HEAD = 5 };

/* FNV-1a: the same on every machine and in every run. */
static uint32_t name_hash(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash;
}

const char *network_bridge(struct arena *arena, const struct item *item)
{
	const struct network *network = item->value;
	const char *name = item->name;

	if (GIVEN(&network_record, network, bridge))
		return network->bridge;
	if (strlen(name) + strlen("gh-") <= INTERFACE_NAME_MAX)
		return arena_printf(arena, "gh-%s", name);
	return arena_printf(arena, "gh-%.*s-%06x", BRIDGE_HEAD, name, name_hash(name) & 0xffffff);
}

/* ---- the NICs on it ---- */

void network_nics(const struct item *item, const struct desired *desired, nic_visit *visit,
		  void *context)
{
	const struct record *record = NULL;

	DESIRED_EACH(guest, desired, "guests") {
		const struct map *nics =
			other_map(guest->kind->record, guest->value, "nics", &record);
		for (size_t i = 0; nics && i < nics->count; i++) {
			const void *value = nics->at[i].value;
			struct nic nic = {
				.guest = guest,
				.name = nics->at[i].name,
				.mac = other_value(record, value, "mac", &type_mac),
				.address = other_value(record, value, "address", &type_address),
			};
			if (string_equal(other_text(record, value, "network"), item->name))
				visit(context, &nic);
		}
	}
}

/* ---- leases ---- */

struct leasing {
	struct arena *arena;
	struct network *network;
	const struct desired *desired;
	bool deriving;
};

/* A name for DNS: labels hold no dots. The first NIC has the guest's own name. */
static const char *host_name(const struct leasing *leasing, const struct nic *nic)
{
	char *name = arena_strdup(leasing->arena, nic->guest->name);

	for (char *at = name; *at; at++)
		if (*at == '.')
			*at = '-';
	for (size_t i = 0; i < leasing->network->leases.count; i++) {
		const struct lease *lease = leasing->network->leases.at[i].value;
		if (string_equal(lease->host, name))
			return arena_printf(leasing->arena, "%s-%s", name, nic->name);
	}
	return name;
}

static const char *lease_key(struct arena *arena, const struct nic *nic)
{
	return arena_printf(arena, "%s/%s", nic->guest->name, nic->name);
}

static void lease_add(struct leasing *leasing, const struct nic *nic, struct address address)
{
	const char *host = host_name(leasing, nic);
	struct lease *lease = map_add(leasing->arena, &leasing->network->leases, &lease_record,
				      lease_key(leasing->arena, nic));

	SET(&lease_record, lease, mac, *nic->mac);
	SET(&lease_record, lease, address, address);
	SET(&lease_record, lease, host, host);
}

static bool in_range(const struct network *network, const struct address *address)
{
	const struct dhcp *dhcp = &network->dhcp;

	return dhcp->enabled && GIVEN(&dhcp_record, dhcp, first) &&
	       address_compare(&dhcp->first, address) <= 0 &&
	       address_compare(address, &dhcp->last) <= 0;
}

static bool is_taken(const struct network *network, const struct subnet *subnet,
		     const struct address *address)
{
	if (address_compare(&subnet->gateway, address) == 0 || in_range(network, address))
		return true;
	for (size_t i = 0; i < network->leases.count; i++) {
		const struct lease *lease = network->leases.at[i].value;
		if (address_compare(&lease->address, address) == 0)
			return true;
	}
	for (size_t i = 0; i < network->dns.records.count; i++) {
		const struct dns_record *record = network->dns.records.at[i].value;
		if (address_compare(&record->address, address) == 0)
			return true;
	}
	return false;
}

/* The same address for the same name, outside of what DHCP hands out. */
static bool address_derive(const struct network *network, const char *name, struct address *ret)
{
	const struct subnet *subnet = network_subnet(network, AF_INET);

	if (!subnet)
		return false;
	uint64_t hosts = ((uint64_t)1 << (32 - subnet->subnet.length)) - 2;
	uint64_t start = name_hash(name) % hosts, most = hosts < 65536 ? hosts : 65536;
	for (uint64_t i = 0; i < most; i++) {
		struct address address = prefix_nth(&subnet->subnet, 1 + (start + i) % hosts);
		if (is_taken(network, subnet, &address))
			continue;
		*ret = address;
		return true;
	}
	return false;
}

static bool is_forwarded_to(const struct network *network, const char *guest)
{
	for (size_t i = 0; i < network->forwards.count; i++) {
		const struct forward *forward = network->forwards.at[i].value;
		if (string_equal(forward->to.host, guest))
			return true;
	}
	return false;
}

/* First everybody who was given an address, then those who need one that stays: guests that a
 * forward names, and all where DHCP hands out nothing. */
static void lease_visit(void *context, const struct nic *nic)
{
	struct leasing *leasing = context;
	const struct network *network = leasing->network;
	struct address address;

	if (!nic->mac || map_get(&network->leases, lease_key(leasing->arena, nic)))
		return;
	if (!leasing->deriving) {
		if (nic->address)
			lease_add(leasing, nic, *nic->address);
		return;
	}
	bool needs = is_forwarded_to(network, nic->guest->name) || !network->dhcp.enabled;
	if (!nic->address && needs &&
	    address_derive(network, lease_key(leasing->arena, nic), &address))
		lease_add(leasing, nic, address);
}

static void complete_leases(const struct item *item, struct desired *desired)
{
	struct leasing leasing = { desired->arena, item->value, desired, false };

	network_nics(item, desired, lease_visit, &leasing);
	leasing.deriving = true;
	network_nics(item, desired, lease_visit, &leasing);
	record_give(&network_record, item->value, offsetof(struct network, leases), true);
}

int forward_target(const struct network *network, const struct forward *forward,
		   const struct desired *desired, struct address *ret)
{
	size_t size = strlen(forward->to.host);

	(void)desired;
	if (address_parse(forward->to.host, ret))
		return 1;
	for (size_t i = 0; i < network->leases.count; i++) {
		const char *key = network->leases.at[i].name; /* GUEST/NIC */
		if (strncmp(key, forward->to.host, size) != 0 || key[size] != '/')
			continue;
		*ret = ((const struct lease *)network->leases.at[i].value)->address;
		return 1;
	}
	return 0;
}

/* ---- what is not said ---- */

static void complete_subnets(struct network *network)
{
	for (size_t i = 0; i < network->subnets.count; i++) {
		struct subnet *subnet = network->subnets.at[i].value;
		if (!GIVEN(&subnet_record, subnet, gateway))
			SET(&subnet_record, subnet, gateway, prefix_nth(&subnet->subnet, 1));
	}
}

static void complete_dhcp(struct network *network)
{
	struct dhcp *dhcp = &network->dhcp;
	const struct subnet *subnet = network_subnet(network, AF_INET);

	if (!subnet || !dhcp->enabled || subnet->subnet.length > 30)
		return;
	if (GIVEN(&dhcp_record, dhcp, last) && !GIVEN(&dhcp_record, dhcp, first))
		subnet = network_subnet_of(network, &dhcp->last);
	else if (GIVEN(&dhcp_record, dhcp, first))
		subnet = network_subnet_of(network, &dhcp->first);
	if (!subnet || subnet->subnet.address.family != AF_INET)
		return; /* for check to say */
	uint64_t half = (uint64_t)1 << (31 - subnet->subnet.length);
	if (!GIVEN(&dhcp_record, dhcp, first))
		SET(&dhcp_record, dhcp, first, prefix_nth(&subnet->subnet, half));
	if (!GIVEN(&dhcp_record, dhcp, last))
		SET(&dhcp_record, dhcp, last, subnet_last(&subnet->subnet));
}

static void complete_reach(struct arena *arena, struct network *network)
{
	struct text_list reach = {};

	if (GIVEN(&network_record, network, reach))
		return;
	if (!network_is_mode(network, "isolated")) {
		reach.at = arena_alloc(arena, sizeof(*reach.at));
		reach.at[0] = "internet";
		reach.count = 1;
	}
	SET(&network_record, network, reach, reach);
}

/* ---- what it implies ---- */

static void imply_sysctl(struct item *item, struct desired *desired, const char *name)
{
	struct item *sysctl = desired_imply(desired, "host.sysctl", name, item);

	if (sysctl && !other_text(sysctl->kind->record, sysctl->value, "value"))
		other_give_text(sysctl->kind->record, sysctl->value, "value", "1");
}

static void imply_address(struct desired *desired, const struct item *link, const char *name,
			  const struct subnet *subnet)
{
	const struct record *record = NULL;
	void *member = other_member(desired->arena, link->kind->record, link->value, "addresses",
				    name, &record);
	struct prefix *address =
		member ? other_give(record, member, "address", &type_prefix) : NULL;

	if (address)
		*address = (struct prefix){ subnet->gateway, subnet->subnet.length };
}

static void imply_bridge(struct item *item, struct desired *desired)
{
	const struct network *network = item->value;
	struct item *link = desired_imply(desired, "links", network->bridge, item);

	if (!link)
		return;
	const struct record *record = link->kind->record;
	if (!other_text(record, link->value, "type"))
		other_give_text(record, link->value, "type", "bridge");
	for (size_t i = 0; i < network->subnets.count; i++)
		imply_address(desired, link, network->subnets.at[i].name,
			      network->subnets.at[i].value);
	if (GIVEN(&network_record, network, mtu)) {
		uint32_t *mtu = other_give(record, link->value, "mtu", &type_count);
		*mtu = network->mtu;
	}
}

/* The interface of a link of the host, as far as a description tells. */
static const char *interface_of(struct desired *desired, const char *handle)
{
	const struct item *link = handle ? desired_find(desired, "links", handle) : NULL;

	if (!link)
		return NULL;
	const struct record *record = link->kind->record, *match = NULL;
	const char *type = other_text(record, link->value, "type");
	if (type && strcmp(type, "ethernet") != 0) {
		const char *name = other_text(record, link->value, "name");
		return name ? name : link->name;
	}
	const void *how = other_record(record, link->value, "match", &match);
	const char *name = how ? other_text(match, how, "name") : NULL;
	bool otherwise = how && (other_text(match, how, "driver") ||
				 other_value(match, how, "mac", &type_mac));
	return name ? name : otherwise ? NULL : link->name;
}

void networks_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct network *network = item->value;

	(void)faults;
	SET(&network_record, network, defined, true);
	SET(&network_record, network, other, (struct text_list){});
	if (!network_is_ours(network)) {
		const char *interface = interface_of(desired, network->link);
		if (interface)
			SET(&network_record, network, bridge, interface);
		return;
	}
	require_capability(desired, item, "mode", "bridge");
	if (network_is_mode(network, "nat"))
		require_capability(desired, item, "mode", "nat"); /* PIT70 */
	SET(&network_record, network, bridge, network_bridge(desired->arena, item));
	complete_subnets(network);
	complete_dhcp(network);
	complete_reach(desired->arena, network);
	if (network_is_served(network)) {
		complete_leases(item, desired);
		SET(&network_record, network, served, true);
	}
	imply_bridge(item, desired);
	networks_rules(item, desired);
	if (network_is_mode(network, "isolated"))
		return;
	if (network_subnet(network, AF_INET))
		imply_sysctl(item, desired, "net.ipv4.ip_forward");
	if (network_subnet(network, AF_INET6))
		imply_sysctl(item, desired, "net.ipv6.conf.all.forwarding");
}
