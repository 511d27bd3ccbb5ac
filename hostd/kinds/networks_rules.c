/* networks_rules.c - what guest networks need of the firewall, as lines in the form of
 * formats/nft.h.
 *
 * Guests reach what `reach` names, DHCP and DNS; replies always come back; a forward lets in
 * what it forwards.  A routed network is open to the outside, as its guests have addresses of
 * their own there.  Nothing here concerns traffic that no guest network takes part in.
 */
#include <string.h>
#include <sys/socket.h>

#include "formats/nft.h"
#include "kinds/networks.h"
#include "kinds/other.h"

struct rules {
	struct arena *arena;
	struct item *item;
	const struct network *network;
	struct desired *desired;
	struct item *firewall;
	const char *bridge;  /* quoted */
	const char *bridges; /* of all guest networks, as a set */
};

/* The same line twice says nothing more. */
static void rule(struct rules *rules, const char *part, const char *line)
{
	const struct record *record = NULL;
	void *parts = (void *)other_record(rules->firewall->kind->record, rules->firewall->value,
					   "parts", &record);
	struct text_list *list = parts ? other_give(record, parts, part, &type_text) : NULL;

	if (!list)
		return;
	EACH(there, list)
		if (strcmp(*there, line) == 0)
			return;
	nft_line_add(rules->arena, list, line);
}

#define RULE(rules_, part, ...) rule((rules_), (part), arena_printf((rules_)->arena, __VA_ARGS__))

/* nft takes comments of up to 127 bytes. */
static const char *comment(const struct rules *rules, const char *forward)
{
	return arena_printf(rules->arena, "comment \"%.60s%s%.60s\"", rules->item->path,
			    forward ? ".forwards." : "", forward ? forward : "");
}

static const char *quoted(struct arena *arena, const char *name)
{
	return arena_printf(arena, "\"%s\"", name);
}

static const char *all_bridges(struct arena *arena, const struct desired *desired)
{
	ARRAY(const char *) names = {};

	DESIRED_EACH(item, desired, "networks")
		if (network_is_ours(item->value))
			ARRAY_PUSH(arena, &names, quoted(arena, network_bridge(arena, item)));
	return nft_set(arena, names.at, names.count);
}

static const char *family_word(int family)
{
	return family == AF_INET6 ? "ip6" : "ip";
}

/* ---- into the host ---- */

static void rules_services(struct rules *rules)
{
	const struct network *network = rules->network;
	const char *ports[3];
	size_t count = 0;

	if (!network_is_served(network))
		return;
	if (network->dns.enabled) {
		RULE(rules, "services", "iifname %s tcp dport 53 accept %s", rules->bridge,
		     comment(rules, NULL));
		ports[count++] = "53";
	}
	if (network_subnet(network, AF_INET))
		ports[count++] = "67";
	if (network_subnet(network, AF_INET6))
		ports[count++] = "547";
	RULE(rules, "services", "iifname %s udp dport %s accept %s", rules->bridge,
	     nft_set(rules->arena, ports, count), comment(rules, NULL));
}

static bool reaches(const struct network *network, const char *what)
{
	EACH(word, &network->reach)
		if (strcmp(*word, what) == 0)
			return true;
	return false;
}

static void rules_host(struct rules *rules)
{
	bool host = reaches(rules->network, "host");

	RULE(rules, host ? "hosts" : "walls", "iifname %s %s %s", rules->bridge,
	     host ? "accept" : "drop", comment(rules, NULL));
}

/* ---- through the host ---- */

static void rules_internet(struct rules *rules)
{
	const struct network *network = rules->network;

	for (size_t i = 0; i < network->subnets.count; i++) {
		const struct subnet *subnet = network->subnets.at[i].value;
		RULE(rules, "forward", "iifname %s %s saddr %s oifname != %s accept %s",
		     rules->bridge, family_word(subnet->subnet.address.family),
		     nft_prefix(rules->arena, &subnet->subnet), rules->bridges,
		     comment(rules, NULL));
	}
}

static void rules_reach(struct rules *rules)
{
	const struct network *network = rules->network;

	EACH(word, &network->reach) {
		const struct item *other = desired_find(rules->desired, "networks", *word);
		struct prefix prefix;
		if (strcmp(*word, "internet") == 0)
			rules_internet(rules);
		else if (other && network_is_ours(other->value))
			RULE(rules, "forward", "iifname %s oifname \"%s\" accept %s", rules->bridge,
			     network_bridge(rules->arena, other), comment(rules, NULL));
		else if (prefix_parse(*word, &prefix))
			RULE(rules, "forward", "iifname %s %s daddr %s accept %s", rules->bridge,
			     family_word(prefix.address.family), nft_prefix(rules->arena, &prefix),
			     comment(rules, NULL));
	}
}

static void rules_through(struct rules *rules)
{
	const char *said = comment(rules, NULL);

	rule(rules, "replies", "ct state established,related accept");
	RULE(rules, "forward", "iifname %s oifname %s accept %s", rules->bridge, rules->bridge,
	     said);
	rules_reach(rules);
	if (network_is_mode(rules->network, "routed"))
		RULE(rules, "forward", "oifname %s iifname != %s accept %s", rules->bridge,
		     rules->bridges, said);
	/* Whoever does not reach the internet does not reach what is forwarded for it. */
	RULE(rules, reaches(rules->network, "internet") ? "forward_walls" : "closed",
	     "iifname %s drop %s", rules->bridge, said);
	RULE(rules, "forward_walls", "oifname %s drop %s", rules->bridge, said);
}

/* ---- forwards ---- */

static const char *ports(struct arena *arena, bool udp, unsigned first, unsigned last)
{
	const char *protocol = udp ? "udp" : "tcp";

	if (first == last)
		return arena_printf(arena, "%s dport %u", protocol, first);
	return arena_printf(arena, "%s dport %u-%u", protocol, first, last);
}

/* A range keeps its ports. */
static const char *destination(struct arena *arena, const struct forward *forward,
			       const struct address *address)
{
	const char *text = address_text(arena, address);
	bool six = address->family == AF_INET6;

	if (forward->listen.first != forward->listen.last)
		return text;
	return arena_printf(arena, six ? "[%s]:%u" : "%s:%u", text, forward->to.port);
}

/* `from` NULL: from everywhere.  `own`: from the host itself, whose loopback stays its own. */
static void rules_dnat(struct rules *rules, const char *name, const struct forward *forward,
		       const struct address *to, const struct prefix *from, bool own)
{
	const char *family = family_word(to->family);
	const struct listen *listen = &forward->listen;
	struct text text = text_of(rules->arena);

	if (own)
		text_addf(&text, "%s daddr != %s ", family,
			  to->family == AF_INET6 ? "::1" : "127.0.0.0/8");
	if (from)
		text_addf(&text, "%s saddr %s ", family, nft_prefix(rules->arena, from));
	if (listen->address.family)
		text_addf(&text, "%s daddr %s ", family,
			  address_text(rules->arena, &listen->address));
	else if (!own && !from)
		text_addf(&text, "meta nfproto %s fib daddr type local ",
			  to->family == AF_INET6 ? "ipv6" : "ipv4");
	else
		text_add(&text, "fib daddr type local ");
	text_addf(&text, "%s dnat %s to %s %s",
		  ports(rules->arena, listen->udp, listen->first, listen->last), family,
		  destination(rules->arena, forward, to), comment(rules, name));
	rule(rules, own ? "output" : "prerouting", text.at);
}

static void rules_forward(struct rules *rules, const char *name, const struct forward *forward)
{
	struct address to;

	if (!forward_target(rules->network, forward, rules->desired, &to))
		return;
	if (!forward->from.count)
		rules_dnat(rules, name, forward, &to, NULL, false);
	EACH(from, &forward->from)
		if (from->address.family == to.family)
			rules_dnat(rules, name, forward, &to, from, false);
	rules_dnat(rules, name, forward, &to, NULL, true);
	unsigned last = forward->to.port + (forward->listen.last - forward->listen.first);
	RULE(rules, "forwarded", "oifname %s %s daddr %s %s ct status dnat accept %s",
	     rules->bridge, family_word(to.family), address_text(rules->arena, &to),
	     ports(rules->arena, forward->listen.udp, forward->to.port, last),
	     comment(rules, name));
	/* A guest that asks for its own network's forward must not see the answer come from
	 * its neighbour. */
	const struct subnet *subnet = network_subnet_of(rules->network, &to);
	if (subnet) {
		const char *family = family_word(to.family);
		const char *prefix = nft_prefix(rules->arena, &subnet->subnet);
		RULE(rules, "postrouting", "%s saddr %s %s daddr %s ct status dnat masquerade %s",
		     family, prefix, family, prefix, comment(rules, NULL));
	}
}

static void rules_nat(struct rules *rules)
{
	const struct network *network = rules->network;

	for (size_t i = 0; i < network->forwards.count; i++)
		rules_forward(rules, network->forwards.at[i].name, network->forwards.at[i].value);
	for (size_t i = 0; i < network->subnets.count && network_is_mode(network, "nat"); i++) {
		const struct subnet *subnet = network->subnets.at[i].value;
		RULE(rules, "postrouting", "%s saddr %s oifname != %s masquerade %s",
		     family_word(subnet->subnet.address.family),
		     nft_prefix(rules->arena, &subnet->subnet), rules->bridges,
		     comment(rules, NULL));
	}
}

void networks_rules(struct item *item, struct desired *desired)
{
	struct rules rules = {
		.arena = desired->arena,
		.item = item,
		.network = item->value,
		.desired = desired,
		.firewall = desired_imply(desired, "firewall", "", item),
		.bridge = quoted(desired->arena, network_bridge(desired->arena, item)),
		.bridges = all_bridges(desired->arena, desired),
	};

	if (!rules.firewall)
		return;
	rules_services(&rules);
	rules_host(&rules);
	rules_nat(&rules);
	rules_through(&rules);
}
