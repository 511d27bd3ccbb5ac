/* networks_file.c - a guest network's dnsmasq files, both ways (dnsmasq(8)). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "formats/ours.h"
#include "kinds/networks.h"

const char *network_unit(struct arena *arena, const char *handle)
{
	return arena_printf(arena, "gasthof-dnsmasq@%s.service", handle);
}

static struct text file_start(struct arena *arena, const char *handle)
{
	struct text text = text_of(arena);

	ours_header(&text, arena_printf(arena, "networks.%s", handle));
	return text;
}

/* ---- writing ---- */

/* What only the bridge and libvirt hold is said in comments, to be read back. */
static void add_said(struct text *text, const struct network *network)
{
	text_addf(text, "# mode %s\n", network->mode);
	for (size_t i = 0; i < network->subnets.count; i++) {
		const struct subnet *subnet = network->subnets.at[i].value;
		text_addf(text, "# subnet %s %s %s\n", network->subnets.at[i].name,
			  prefix_text(text->arena, &subnet->subnet),
			  address_text(text->arena, &subnet->gateway));
	}
}

static void add_service(struct text *text, const char *handle, const struct network *network)
{
	text_addf(text, "interface=%s\nexcept-interface=lo\nbind-dynamic\n",
		  network->bridge ? network->bridge : "");
	text_addf(text, "pid-file=" RUNNING_FOLDER "/%s/dnsmasq.pid\n", handle);
	text_addf(text, "dhcp-leasefile=" STATE_FOLDER "/%s/dnsmasq.leases\n", handle);
	text_addf(text, "dhcp-hostsfile=" RUNNING_FOLDER "/%s/hosts\n", handle);
	text_addf(text, "addn-hosts=" RUNNING_FOLDER "/%s/records\n", handle);
}

static void add_dns(struct text *text, const struct network *network)
{
	const struct dns *dns = &network->dns;

	if (!dns->enabled) {
		text_add(text, "port=0\n");
		return;
	}
	text_add(text, "no-hosts\ndomain-needed\nbogus-priv\nexpand-hosts\ndns-loop-detect\n");
	if (dns->domain)
		text_addf(text, "domain=%s\nlocal=/%s/\n", dns->domain, dns->domain);
	/* Who reaches nothing does not reach it by way of name servers either. */
	if (dns->upstream.count || network_is_mode(network, "isolated"))
		text_add(text, "no-resolv\n");
	EACH(server, &dns->upstream)
		text_addf(text, "server=%s\n", address_text(text->arena, server));
}

static const char *netmask(struct arena *arena, unsigned length)
{
	uint32_t mask = htonl(length ? ~(uint32_t)0 << (32 - length) : 0);
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &mask, text, sizeof(text));
	return arena_strdup(arena, text);
}

static void add_dhcp4(struct text *text, const struct network *network, const struct subnet *subnet)
{
	const struct dhcp *dhcp = &network->dhcp;
	const char *mask = netmask(text->arena, subnet->subnet.length);
	struct address start = prefix_nth(&subnet->subnet, 0);
	unsigned long long seconds = dhcp->lease.microseconds / 1000000;

	text_add(text, "dhcp-authoritative\ndhcp-no-override\n");
	if (dhcp->enabled && GIVEN(&dhcp_record, dhcp, first))
		text_addf(text, "dhcp-range=%s,%s,%s,%llu\n",
			  address_text(text->arena, &dhcp->first),
			  address_text(text->arena, &dhcp->last), mask, seconds);
	else
		text_addf(text, "dhcp-range=%s,static,%s,%llu\n", address_text(text->arena, &start),
			  mask, seconds);
	/* An empty option is not sent. */
	if (network_is_mode(network, "isolated"))
		text_add(text, "dhcp-option=option:router\n");
	if (!network->dns.enabled)
		text_add(text, "dhcp-option=option:dns-server\n");
	if (GIVEN(&network_record, network, mtu))
		text_addf(text, "dhcp-option=option:mtu,%u\n", network->mtu);
}

/* Addresses by router advertisement, name servers by DHCPv6 without state. */
static void add_dhcp6(struct text *text, const struct network *network, const struct subnet *subnet)
{
	struct address start = prefix_nth(&subnet->subnet, 0);

	text_addf(text, "enable-ra\ndhcp-range=%s,ra-stateless,64,%llu\n",
		  address_text(text->arena, &start),
		  (unsigned long long)(network->dhcp.lease.microseconds / 1000000));
	if (network_is_mode(network, "isolated"))
		text_addf(text, "ra-param=%s,0,0\n", network->bridge);
}

static const struct subnet *dhcp_subnet(const struct network *network)
{
	const struct dhcp *dhcp = &network->dhcp;

	if (GIVEN(&dhcp_record, dhcp, first))
		return network_subnet_of(network, &dhcp->first);
	return network_subnet(network, AF_INET);
}

const char *network_conf(struct arena *arena, const char *handle, const struct network *network)
{
	const struct subnet *four = dhcp_subnet(network), *six = network_subnet(network, AF_INET6);
	struct text text = file_start(arena, handle);

	if (!network_is_served(network))
		return NULL;
	add_said(&text, network);
	add_service(&text, handle, network);
	add_dns(&text, network);
	if (four)
		add_dhcp4(&text, network, four);
	if (six)
		add_dhcp6(&text, network, six);
	return text.at;
}

const char *network_hosts(struct arena *arena, const char *handle, const struct network *network)
{
	struct text text = file_start(arena, handle);

	if (!network_is_served(network))
		return NULL;
	for (size_t i = 0; i < network->leases.count; i++) {
		const struct lease *lease = network->leases.at[i].value;
		text_addf(&text, "# %s\n%s,%s,%s\n", network->leases.at[i].name,
			  mac_text(arena, &lease->mac), address_text(arena, &lease->address),
			  lease->host);
	}
	return text.at;
}

const char *network_records(struct arena *arena, const char *handle, const struct network *network)
{
	struct text text = file_start(arena, handle);

	if (!network_is_served(network))
		return NULL;
	for (size_t i = 0; i < network->dns.records.count; i++) {
		const struct dns_record *record = network->dns.records.at[i].value;
		text_addf(&text, "%s %s\n", address_text(arena, &record->address),
			  network->dns.records.at[i].name);
	}
	for (size_t i = 0; i < network->leases.count; i++) {
		const struct lease *lease = network->leases.at[i].value;
		text_addf(&text, "%s %s # %s\n", address_text(arena, &lease->address), lease->host,
			  network->leases.at[i].name);
	}
	return text.at;
}

/* ---- reading ---- */

struct reading {
	struct arena *arena;
	struct network *network;
};

/* What stands behind `start`, or NULL. */
static const char *after(const char *line, const char *start)
{
	return string_starts(line, start) ? line + strlen(start) : NULL;
}

/* The next word up to `end`; moves behind it. */
static const char *word(struct arena *arena, const char **at, char end)
{
	const char stop[] = { end, '\0' };
	size_t size = strcspn(*at, stop);
	const char *text = arena_strndup(arena, *at, size);

	*at += size + ((*at)[size] == end);
	return text;
}

static void read_subnet(struct reading *reading, const char *rest)
{
	const char *name = word(reading->arena, &rest, ' ');
	struct prefix prefix;
	struct address gateway;

	if (!prefix_parse(word(reading->arena, &rest, ' '), &prefix) ||
	    !address_parse(rest, &gateway))
		return;
	struct subnet *subnet =
		map_add(reading->arena, &reading->network->subnets, &subnet_record, name);
	SET(&subnet_record, subnet, subnet, prefix);
	SET(&subnet_record, subnet, gateway, gateway);
	record_give(&network_record, reading->network, offsetof(struct network, subnets), true);
}

/* FIRST,LAST,MASK,SECONDS; FIRST,static,MASK,SECONDS; FIRST,ra-stateless,64,SECONDS. */
static void read_range(struct reading *reading, const char *rest)
{
	struct dhcp *dhcp = &reading->network->dhcp;
	const char *first_text = word(reading->arena, &rest, ',');
	const char *last_text = word(reading->arena, &rest, ',');
	struct address first, last;

	word(reading->arena, &rest, ',');
	uint64_t seconds = strtoull(rest, NULL, 10);
	SET(&dhcp_record, dhcp, lease, ((struct span){ seconds * 1000000 }));
	if (strcmp(last_text, "static") == 0) {
		SET(&dhcp_record, dhcp, enabled, false);
	} else if (address_parse(first_text, &first) && address_parse(last_text, &last)) {
		SET(&dhcp_record, dhcp, enabled, true);
		SET(&dhcp_record, dhcp, first, first);
		SET(&dhcp_record, dhcp, last, last);
	}
}

static void read_server(struct reading *reading, const char *rest)
{
	struct address_list *list = &reading->network->dns.upstream;
	struct address address;

	if (!address_parse(rest, &address))
		return;
	list->at = arena_grow(reading->arena, list->at, list->count * sizeof(address),
			      (list->count + 1) * sizeof(address));
	list->at[list->count++] = address;
	record_give(&dns_record, &reading->network->dns, offsetof(struct dns, upstream), true);
}

static void read_conf_line(struct reading *reading, const char *line)
{
	struct network *network = reading->network;
	const char *rest;

	if ((rest = after(line, "# mode ")))
		SET(&network_record, network, mode, rest);
	else if ((rest = after(line, "# subnet ")))
		read_subnet(reading, rest);
	else if ((rest = after(line, "interface=")))
		SET(&network_record, network, bridge, rest);
	else if ((rest = after(line, "dhcp-range=")))
		read_range(reading, rest);
	else if ((rest = after(line, "domain=")))
		SET(&dns_record, &network->dns, domain, rest);
	else if ((rest = after(line, "server=")))
		read_server(reading, rest);
	else if ((rest = after(line, "dhcp-option=option:mtu,")))
		SET(&network_record, network, mtu, (uint32_t)strtoul(rest, NULL, 10));
	else if (strcmp(line, "port=0") == 0)
		SET(&dns_record, &network->dns, enabled, false);
}

static void read_hosts(struct reading *reading, const char *text)
{
	const char *label = NULL;

	LINES_EACH(line, reading->arena, text)
	{
		const char *rest = line;
		struct address address;
		struct mac mac;
		if (*line == '#') {
			label = after(line, "# ");
			continue;
		}
		if (!label || !mac_parse(word(reading->arena, &rest, ','), &mac) ||
		    !address_parse(word(reading->arena, &rest, ','), &address))
			continue;
		struct lease *lease =
			map_add(reading->arena, &reading->network->leases, &lease_record, label);
		SET(&lease_record, lease, mac, mac);
		SET(&lease_record, lease, address, address);
		SET(&lease_record, lease, host, rest);
		label = NULL;
	}
}

/* Lines with a comment follow from the leases. */
static void read_records(struct reading *reading, const char *text)
{
	struct dns *dns = &reading->network->dns;

	LINES_EACH(line, reading->arena, text)
	{
		const char *rest = line;
		struct address address;
		if (strchr(line, '#') || !address_parse(word(reading->arena, &rest, ' '), &address))
			continue;
		struct dns_record *record =
			map_add(reading->arena, &dns->records, &dns_record_record, rest);
		SET(&dns_record_record, record, address, address);
	}
	record_give(&dns_record, dns, offsetof(struct dns, records), true);
}

/* NULL where the comments were edited away that say what is served. */
static void add_text(struct text *text, const char *file)
{
	text_add(text, file ? file : "");
}

/* Only files that are there are compared with what they should be. */
static void read_other(struct arena *arena, const char *handle, struct network *network)
{
	struct text is = text_of(arena), should = text_of(arena);

	if (network->conf_text) {
		text_add(&is, network->conf_text);
		add_text(&should, network_conf(arena, handle, network));
	}
	if (network->conf_text && network->hosts_text) {
		text_add(&is, network->hosts_text);
		add_text(&should, network_hosts(arena, handle, network));
	}
	if (network->conf_text && network->records_text) {
		text_add(&is, network->records_text);
		add_text(&should, network_records(arena, handle, network));
	}
	SET(&network_record, network, other, file_apart(arena, is.at, should.at));
}

void network_read(struct arena *arena, const char *handle, const char *conf, const char *hosts,
		  const char *records, struct network *network)
{
	struct reading reading = { arena, network };

	network->conf_text = conf;
	network->hosts_text = hosts;
	network->records_text = records;
	SET(&dns_record, &network->dns, enabled, true);
	if (conf)
		LINES_EACH(line, arena, conf)
	read_conf_line(&reading, line);
	if (hosts)
		read_hosts(&reading, hosts);
	if (records)
		read_records(&reading, records);
	record_give(&network_record, network, offsetof(struct network, leases), true);
	read_other(arena, handle, network);
}
