/* networks.c - what guests plug into.
 *
 * A network that is ours (nat, routed, isolated) is a bridge of systemd-networkd (an implied
 * link), a dnsmasq of its own (gasthof-dnsmasq@NAME.service), rules in our table (implied
 * firewall) and a libvirt network that points at the bridge.  A bridge or macvtap network is
 * the last alone, pointing at a link of the host.
 *
 * dnsmasq runs on the unit's copy of our files below /run, so that what it was told and what
 * it will be told are both seen.  A lease or record that changes is a reload; the bridge is
 * never touched for it, and no guest loses its link.
 * Catalogue F1, F16, F18, F19, F20, F23; PIT71, PIT72.
 */
#include "kinds/networks.h"

#include <string.h>

#include "formats/network.h"
#include "formats/uuid.h"
#include "kinds/file.h"
#include "kinds/other.h"

static const struct field subnet_fields[] = {
	FIELD("subnet", struct subnet, subnet, CLASS_LIVE, "the network", .flags = FIELD_REQUIRED,
	      .example = "10.20.0.0/24"),
	FIELD("gateway", struct subnet, gateway, CLASS_LIVE,
	      "the host's address in it; the first where not given", .example = "10.20.0.1"),
};
const struct record subnet_record =
	RECORD(struct subnet, subnet_fields, .shorthand = &subnet_fields[0]);

static const struct field dhcp_fields[] = {
	FIELD("enabled", struct dhcp, enabled, CLASS_LIVE,
	      "addresses for guests that nobody gave one; false: only for those with an address",
	      .fallback = "true"),
	FIELD("first", struct dhcp, first, CLASS_LIVE,
	      "first address it hands out; the middle of the subnet where not given "
	      "(dhcp-range)"),
	FIELD("last", struct dhcp, last, CLASS_LIVE,
	      "last address it hands out; the subnet's last where not given (dhcp-range)"),
	FIELD("lease", struct dhcp, lease, CLASS_LIVE, "for how long", .fallback = "12h"),
};
const struct record dhcp_record = RECORD(struct dhcp, dhcp_fields, .shorthand = &dhcp_fields[0]);

static const struct field dns_record_fields[] = {
	FIELD("address", struct dns_record, address, CLASS_LIVE, "what the name stands for",
	      .flags = FIELD_REQUIRED),
};
const struct record dns_record_record =
	RECORD(struct dns_record, dns_record_fields, .shorthand = &dns_record_fields[0]);

static const struct field dns_fields[] = {
	FIELD("enabled", struct dns, enabled, CLASS_LIVE, "names for guests", .fallback = "true"),
	FIELD("domain", struct dns, domain, CLASS_LIVE, "domain of the guests' names (domain)",
	      .example = "lab.test"),
	FIELD_MAP("records", struct dns, records, &dns_record_record, CLASS_LIVE,
		  "more names (addn-hosts)", .example = "{registry: 10.20.0.5}"),
	FIELD("upstream", struct dns, upstream, CLASS_LIVE,
	      "whom to ask for other names; the host's own name servers where not given (server)"),
};
const struct record dns_record = RECORD(struct dns, dns_fields, .shorthand = &dns_fields[0]);

static const struct field forward_fields[] = {
	FIELD("listen", struct forward, listen, CLASS_LIVE,
	      "port of the host, and its address where not all", .flags = FIELD_REQUIRED,
	      .example = "8080/tcp"),
	FIELD("to", struct forward, to, CLASS_LIVE, "guest, or address in this network, and port",
	      .flags = FIELD_REQUIRED, .example = "web-1:80"),
	FIELD("from", struct forward, from, CLASS_LIVE, "who may come; everybody where not given"),
};
const struct record forward_record = RECORD(struct forward, forward_fields);

static const struct field lease_fields[] = {
	FIELD("mac", struct lease, mac, CLASS_LIVE, "the NIC"),
	FIELD("address", struct lease, address, CLASS_LIVE, "its address"),
	FIELD("host", struct lease, host, CLASS_LIVE, "its name"),
};
const struct record lease_record = RECORD(struct lease, lease_fields);

static const char *const modes[] = { "nat", "routed", "isolated", "bridge", "macvtap", NULL };

static const struct field fields[] = {
	FIELD("mode", struct network, mode, CLASS_SERVICE_RESTART,
	      "nat: out by the host's address; routed: by the guests' own; isolated: not out; "
	      "bridge, macvtap: on a link of the host",
	      .choices = modes, .flags = FIELD_REQUIRED),
	FIELD("link", struct network, link, CLASS_SERVICE_RESTART,
	      "of bridge and macvtap: the link of the host", .target = "links",
	      .flags = FIELD_PLAIN),
	FIELD("bridge", struct network, bridge, CLASS_SERVICE_RESTART,
	      "name of the bridge's interface; gh-NAME where not given"),
	FIELD("mtu", struct network, mtu, CLASS_LIVE, "largest packet, told to guests by DHCP",
	      .least = 576, .most = 65535),
	FIELD_MAP("subnets", struct network, subnets, &subnet_record, CLASS_LIVE, "its addresses",
		  .example = "{v4: 10.20.0.0/24}"),
	FIELD_RECORD("dhcp", struct network, dhcp, &dhcp_record, CLASS_LIVE, "addresses for guests",
		     .example = "{first: 10.20.0.100, last: 10.20.0.199}"),
	FIELD_RECORD("dns", struct network, dns, &dns_record, CLASS_LIVE, "names for guests",
		     .example = "{domain: lab.test}"),
	FIELD("reach", struct network, reach, CLASS_LIVE,
	      "what guests may open connections to: internet, host, other networks, prefixes; nat "
	      "and routed [internet], isolated [] where not given; DHCP and DNS always",
	      .flags = FIELD_PLAIN | FIELD_UNORDERED, .example = "[internet]"),
	FIELD_MAP("forwards", struct network, forwards, &forward_record, CLASS_LIVE,
		  "ports of the host that lead to guests (dnat)", .flags = FIELD_PLAIN,
		  .example = "{web: {listen: 8080/tcp, to: \"web-1:80\"}}"),
	FIELD_MAP("leases", struct network, leases, &lease_record, CLASS_LIVE,
		  "NICs that always get the same address", .flags = FIELD_IMPLIED | FIELD_ANY_KEY),
	FIELD("served", struct network, served, CLASS_LIVE, "whether its dnsmasq runs",
	      .flags = FIELD_IMPLIED),
	FIELD("defined", struct network, defined, CLASS_LIVE,
	      "whether libvirt knows it and starts it", .flags = FIELD_IMPLIED),
	FIELD("other", struct network, other, CLASS_LIVE, "what was edited by hand in our files",
	      .flags = FIELD_IMPLIED),
};
const struct record network_record = RECORD(struct network, fields);

/* ---- what all files of this kind ask ---- */

bool network_is_mode(const struct network *network, const char *mode)
{
	return string_equal(network->mode, mode);
}

bool network_is_ours(const struct network *network)
{
	return network_is_mode(network, "nat") || network_is_mode(network, "routed") ||
	       network_is_mode(network, "isolated");
}

bool network_is_served(const struct network *network)
{
	return network_is_ours(network) && network->subnets.count > 0;
}

const struct subnet *network_subnet(const struct network *network, int family)
{
	for (size_t i = 0; i < network->subnets.count; i++) {
		const struct subnet *subnet = network->subnets.at[i].value;
		if (subnet->subnet.address.family == family)
			return subnet;
	}
	return NULL;
}

const struct subnet *network_subnet_of(const struct network *network, const struct address *address)
{
	for (size_t i = 0; i < network->subnets.count; i++) {
		const struct subnet *subnet = network->subnets.at[i].value;
		if (prefix_holds(&subnet->subnet, address))
			return subnet;
	}
	return NULL;
}

struct address subnet_last(const struct prefix *subnet)
{
	return prefix_nth(subnet, ((uint64_t)1 << (32 - subnet->length)) - 2);
}

/* ---- planning ---- */

static const char *folder_of(struct arena *arena, const char *handle)
{
	return arena_printf(arena, NETWORKS_FOLDER "/%s", handle);
}

struct files { /* the three texts, wanted or there */
	const char *conf, *hosts, *records;
};

static struct files files_of(const struct item *item)
{
	const struct network *network = item ? item->value : NULL;

	if (!network)
		return (struct files){};
	return (struct files){ network->conf_text, network->hosts_text, network->records_text };
}

static void plan_files(struct steps *steps, const char *handle, const struct files *want,
		       const struct files *have)
{
	const char *folder = folder_of(steps->arena, handle);

	if (want->conf && !have->conf)
		step_add(steps, VERB_directory_make, CLASS_NONE, folder, "0755", NULL);
	plan_file(steps, arena_printf(steps->arena, "%s/dnsmasq.conf", folder), want->conf,
		  have->conf);
	plan_file(steps, arena_printf(steps->arena, "%s/hosts", folder), want->hosts, have->hosts);
	plan_file(steps, arena_printf(steps->arena, "%s/records", folder), want->records,
		  have->records);
	if (!want->conf && have->conf)
		step_add(steps, VERB_directory_remove, CLASS_NONE, folder);
}

/* Leases and records are read again on a reload; everything else takes a restart, which costs
 * guests nothing but a moment without DHCP and DNS. */
static void plan_unit(const struct change *change, const struct files *want, struct steps *steps)
{
	const struct network *file = change->configured ? change->configured->value : NULL;
	const struct network *have = change->running ? change->running->value : NULL;
	const char *unit = network_unit(steps->arena, change->want->name);
	struct files told = files_of(change->running);

	if (!file || !file->served)
		step_add(steps, VERB_unit_enable, CLASS_NONE, unit);
	if (!have || !have->served)
		step_add(steps, VERB_unit_start, CLASS_LIVE, unit);
	else if (!string_equal(told.conf, want->conf))
		step_add(steps, VERB_unit_restart, CLASS_LIVE, unit);
	else if (!string_equal(told.hosts, want->hosts) ||
		 !string_equal(told.records, want->records))
		step_add(steps, VERB_unit_reload, CLASS_LIVE, unit);
}

static void plan_unserve(const struct change *change, const char *handle, struct steps *steps)
{
	const struct network *file = change->configured ? change->configured->value : NULL;
	const struct network *have = change->running ? change->running->value : NULL;
	const char *unit = network_unit(steps->arena, handle);
	const char *state = arena_printf(steps->arena, STATE_FOLDER "/%s", handle);

	if (have && have->served)
		step_add(steps, VERB_unit_stop, CLASS_LIVE, unit);
	if (file && file->served)
		step_add(steps, VERB_unit_disable, CLASS_NONE, unit);
	if (!file || !file->conf_text)
		return;
	step_add(steps, VERB_file_remove, CLASS_NONE,
		 arena_printf(steps->arena, "%s/dnsmasq.leases", state));
	step_add(steps, VERB_directory_remove, CLASS_NONE, state);
}

static const char *xml_of(struct arena *arena, const struct item *want, const char *uuid)
{
	const struct network *network = want->value;
	bool macvtap = network_is_mode(network, "macvtap");
	struct virt_network virt = {
		.name = want->name,
		.uuid = uuid ? uuid
			     : uuid_of(arena,
				       arena_printf(arena, "gasthof/networks/%s", want->name)),
		.mark = want->name,
		.bridge = macvtap ? NULL : network->bridge,
		.device = macvtap ? network->bridge : NULL,
	};
	struct text text = text_of(arena);

	virt_network_print(&text, &virt);
	return text.at;
}

/* Guests keep their links while a network is defined anew or stopped: they are plugged into
 * the bridge, not into libvirt. */
static void plan_define(const struct change *change, struct steps *steps)
{
	const struct network *file = change->configured ? change->configured->value : NULL;
	const struct network *have = change->running ? change->running->value : NULL;
	const char *name = change->want->name;
	const char *xml = xml_of(steps->arena, change->want, file ? file->uuid : NULL);
	bool known = file && file->uuid, moved = paths_has(change->differs, "bridge") && known;

	if (!known || moved || !change->configured->ours)
		step_body(steps, step_add(steps, VERB_network_define, CLASS_NONE, name), xml,
			  strlen(xml));
	if (!known || !file->autostart)
		step_add(steps, VERB_network_autostart, CLASS_NONE, name, "true");
	if (moved && have && have->active)
		step_add(steps, VERB_network_stop, CLASS_LIVE, name);
	if (!have || !have->active || moved)
		step_add(steps, VERB_network_start, CLASS_LIVE, name);
}

static void plan_undefine(const struct change *change, const char *name, struct steps *steps)
{
	const struct network *file = change->configured ? change->configured->value : NULL;
	const struct network *have = change->running ? change->running->value : NULL;

	if (have && have->active)
		step_add(steps, VERB_network_stop, CLASS_LIVE, name);
	if (file && file->uuid)
		step_add(steps, VERB_network_undefine, CLASS_NONE, name);
}

/* The bridge that it had before and that goes in this run. */
static bool is_left_behind(const struct change *change, const struct item *link, const char *name)
{
	const struct network *last = change->last ? change->last->value : NULL;

	return last && string_equal(name, last->bridge) && link->ours &&
	       !desired_find(change->view->desired, "links", link->name);
}

static int overlap_fault(const struct change *change, const struct member *member,
			 const struct prefix *present, const char *name, struct faults *faults)
{
	const struct subnet *subnet = member->value;

	(void)fault(faults, FAULT_MACHINE, "%s overlaps %s, which %s has now",
		    prefix_text(faults->arena, &subnet->subnet),
		    prefix_text(faults->arena, present), name);
	fault_last(faults)->mark =
		item_mark(change->want, arena_printf(faults->arena, "subnets.%s", member->name));
	return -1;
}

/* Against the addresses of one link of the machine. */
static int check_overlap(const struct change *change, const struct member *member,
			 const struct item *link, struct steps *steps, struct faults *faults)
{
	const struct network *want = change->want->value;
	const struct subnet *subnet = member->value;
	const struct prefix_list *present =
		other_value(link->kind->record, link->value, "present", &type_prefix);
	const char *name = other_text(link->kind->record, link->value, "name");
	int result = 0;

	for (size_t i = 0; present && i < present->count; i++) {
		if (!prefix_overlaps(&subnet->subnet, &present->at[i]) ||
		    string_equal(name, want->bridge))
			continue;
		if (is_left_behind(change, link, name))
			steps_wait(steps, WAIT_ROUND, "%s, its bridge until now, goes first", name);
		else
			result = overlap_fault(change, member, &present->at[i], name, faults);
	}
	return result;
}

/* Another link of this machine may have got an address in the subnet by DHCP: then the host
 * would have two ways to one network. */
static int check_machine(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct network *want = change->want->value;
	const struct seen_kind *links = seen_find(change->view->seen, "links");
	int result = 0;

	for (size_t i = 0; links && i < want->subnets.count; i++)
		EACH(link, &links->running.list)
			if (check_overlap(change, &want->subnets.at[i], *link, steps, faults) < 0)
				result = -1;
	return result;
}

static int networks_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const char *name = change->want ? change->want->name : change->last->name;
	struct files want = {}, have = files_of(change->configured);

	if (change->want) {
		const struct network *network = change->want->value;
		if (check_machine(change, steps, faults) < 0)
			return -1;
		if (steps->waits.count)
			return 0;
		want.conf = network_conf(steps->arena, name, network);
		want.hosts = network_hosts(steps->arena, name, network);
		want.records = network_records(steps->arena, name, network);
	} else {
		plan_undefine(change, name, steps);
	}
	if (!want.conf)
		plan_unserve(change, name, steps);
	plan_files(steps, name, &want, &have);
	if (want.conf)
		plan_unit(change, &want, steps);
	if (change->want)
		plan_define(change, steps);
	return 0;
}

static int networks_render(const struct item *item, const struct view *view, struct text *text,
			   struct faults *faults)
{
	const struct network *network = item->value;
	const char *folder = folder_of(text->arena, item->name);

	(void)view, (void)faults;
	if (network_is_served(network))
		text_addf(text, "# %s/dnsmasq.conf\n%s\n# %s/hosts\n%s\n# %s/records\n%s\n", folder,
			  network_conf(text->arena, item->name, network), folder,
			  network_hosts(text->arena, item->name, network), folder,
			  network_records(text->arena, item->name, network));
	text_add(text, xml_of(text->arena, item, NULL));
	return 0;
}

const struct kind networks_kind = {
	.path = "networks",
	.summary = "what guests plug into",
	.shape = SHAPE_NAMED,
	.flags = KIND_HEARD,
	.adopt = ADOPT_ASK,
	.record = &network_record,
	.needs = (const char *const[]){ "host.sysctl", "links", "firewall", NULL },
	.complete = networks_complete,
	.check = networks_check,
	.observe = networks_observe,
	.same = same_name,
	.plan = networks_plan,
	.render = networks_render,
};
