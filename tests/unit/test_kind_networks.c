/* kinds: networks and the firewall, with the links and sysctls they imply. */
#include "formats/nft.h"
#include "formats/ours.h"
#include "kinds/other.h"
#include "kinds_help.h"

#define ETC(name) "fs/etc/gasthof/networks/lab/" name
#define RUN(name) "fs/run/gasthof-networks/lab/" name

static const char lab_yaml[] = "networks:\n"
			       "  lab:\n"
			       "    mode: nat\n"
			       "    subnets: {v4: 10.20.0.0/24}\n"
			       "    dhcp: {first: 10.20.0.100, last: 10.20.0.199}\n"
			       "    dns: {domain: lab.test, records: {registry: 10.20.0.5}}\n"
			       "    forwards: {web: {listen: 8080/tcp, to: '10.20.0.50:80'}}\n";

static void networks_machine(struct lab *lab)
{
	lab_put(lab, "fs/proc/sys/net/ipv4/ip_forward", "0\n");
	lab_put(lab, "links.json",
		"[{\"name\": \"eth0\", \"index\": 2, \"kind\": \"\", \"mac\": "
		"\"52:54:00:00:00:01\", "
		"\"up\": true, \"addresses\": [\"192.168.7.20/24\"]}]");
}

/* The steps of one item out of the plan. */
static const char *steps_of(struct lab *lab, const char *path)
{
	const struct plan_item *item = plan_find(&lab->plan, path);
	struct text text = text_of(lab->arena);

	assert_non_null(item);
	EACH(step, &item->steps.list) {
		struct step shown = *step;
		shown.body = NULL;
		step_print(&text, &shown);
		text_add(&text, "\n");
	}
	return text.at;
}

/* F16, F18, F20, F23 */
static void a_nat_network_is_made_of_parts(void **state)
{
	struct lab *lab = *state;

	networks_machine(lab);
	assert_string_equal(lab_describe(lab, lab_yaml), "");
	lab_plan(lab);
	assert_string_equal(
		steps_of(lab, "networks.lab"),
		"directory_make path=\"/etc/gasthof/networks/lab\" mode=\"0755\"\n"
		"file_write path=\"/etc/gasthof/networks/lab/dnsmasq.conf\" mode=\"0644\"\n"
		"file_write path=\"/etc/gasthof/networks/lab/hosts\" mode=\"0644\"\n"
		"file_write path=\"/etc/gasthof/networks/lab/records\" mode=\"0644\"\n"
		"unit_enable unit=\"gasthof-dnsmasq@lab.service\"\n"
		"unit_start unit=\"gasthof-dnsmasq@lab.service\"\n"
		"network_define network=\"lab\"\n"
		"network_autostart network=\"lab\" on=\"true\"\n"
		"network_start network=\"lab\"\n");
	assert_string_equal(
		steps_of(lab, "links.gh-lab"),
		"link_expect link=\"gh-lab\"\n"
		"file_write path=\"/etc/systemd/network/20-gasthof-gh-lab.netdev\" mode=\"0644\"\n"
		"file_write path=\"/etc/systemd/network/20-gasthof-gh-lab.network\" mode=\"0644\"\n"
		"links_reload\n"
		"link_await link=\"gh-lab\" addresses=\"10.20.0.1/24\"\n");
	assert_string_equal(steps_of(lab, "firewall"),
			    "file_write path=\"/etc/gasthof/firewall.nft\" mode=\"0644\"\n"
			    "rules_replace family=\"inet\" table=\"gasthof\"\n"
			    "unit_enable unit=\"gasthof-firewall.service\"\n");
	assert_non_null(plan_find(&lab->plan, "host.sysctl.net.ipv4.ip_forward"));

	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	assert_non_null(strstr(lab_get(lab, ETC("dnsmasq.conf")), "interface=gh-lab\n"));
	assert_non_null(
		strstr(lab_get(lab, "libvirt/networks/lab.xml"), "<bridge name=\"gh-lab\"/>"));
}

static void made(struct lab *lab)
{
	networks_machine(lab);
	lab_describe(lab, lab_yaml);
	lab_plan(lab);
	lab_perform(lab);
}

/* A record or lease never restarts anything, least of all the bridge. */
static void a_name_more_is_a_reload(void **state)
{
	struct lab *lab = *state;

	made(lab);
	lab_describe(lab, "networks:\n"
			  "  lab:\n"
			  "    mode: nat\n"
			  "    subnets: {v4: 10.20.0.0/24}\n"
			  "    dhcp: {first: 10.20.0.100, last: 10.20.0.199}\n"
			  "    dns: {domain: lab.test, records: {registry: 10.20.0.6}}\n"
			  "    forwards: {web: {listen: 8080/tcp, to: '10.20.0.50:80'}}\n");
	lab_plan(lab);
	assert_string_equal(lab_differs(lab, "networks.lab"),
			    "dns.records.registry.address: 10.20.0.5 -> 10.20.0.6\n");
	assert_string_equal(steps_of(lab, "networks.lab"),
			    "file_write path=\"/etc/gasthof/networks/lab/records\" mode=\"0644\"\n"
			    "unit_reload unit=\"gasthof-dnsmasq@lab.service\"\n");
	assert_string_equal(steps_of(lab, "links.gh-lab"), "");
	lab_perform(lab);
	const char *told = lab_get(lab, RUN("records"));
	assert_string_equal(lab_plan(lab), "");
	/* Interrupted before the reload: what runs was not told yet. */
	lab_put(lab, RUN("records"), "");
	assert_string_equal(lab_plan(lab), "networks.lab: change\n"
					   "  unit_reload unit=\"gasthof-dnsmasq@lab.service\"\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, RUN("records")), told);
}

static void drift_has_a_name(void **state)
{
	struct lab *lab = *state;

	made(lab);
	const char *conf = lab_get(lab, ETC("dnsmasq.conf"));
	char *edited = arena_printf(lab->arena, "%slog-queries\n", conf);
	memcpy(strstr(edited, "domain=lab"), "domain=bad", strlen("domain=bad"));
	lab_put(lab, ETC("dnsmasq.conf"), edited);
	lab_plan(lab);
	assert_string_equal(lab_differs(lab, "networks.lab"),
			    "dns.domain: bad.test -> lab.test\n"
			    "other: [+local=/lab.test/, +log-queries, -local=/bad.test/] -> []\n");
	assert_string_equal(
		steps_of(lab, "networks.lab"),
		"file_write path=\"/etc/gasthof/networks/lab/dnsmasq.conf\" mode=\"0644\"\n");
	lab_perform(lab);
	lab_member_set(lab, "units.json", "gasthof-dnsmasq@lab.service", "active", "failed");
	lab_member_set(lab, "libvirt/networks.json", "lab", "active", "false");
	lab_plan(lab);
	assert_string_equal(lab_differs(lab, "networks.lab"),
			    "served: false -> true\ndefined: false -> true\n");
	assert_string_equal(steps_of(lab, "networks.lab"),
			    "unit_start unit=\"gasthof-dnsmasq@lab.service\"\n"
			    "network_start network=\"lab\"\n");
}

/* F17: whoever flushes all tables flushes ours. */
static void a_table_that_was_flushed_comes_back(void **state)
{
	struct lab *lab = *state;

	made(lab);
	lab_json(lab, "nft.json", "inet gasthof", NULL);
	lab_plan(lab);
	assert_string_equal(steps_of(lab, "firewall"),
			    "rules_replace family=\"inet\" table=\"gasthof\"\n");
	assert_non_null(strstr(lab_differs(lab, "firewall"), "rules.postrouting: [] -> "));
}

static void a_network_goes_with_all_its_parts(void **state)
{
	struct lab *lab = *state;

	made(lab);
	lab_describe(lab, "");
	lab_plan(lab);
	assert_string_equal(steps_of(lab, "networks.lab"),
			    "network_stop network=\"lab\"\n"
			    "network_undefine network=\"lab\"\n"
			    "unit_stop unit=\"gasthof-dnsmasq@lab.service\"\n"
			    "unit_disable unit=\"gasthof-dnsmasq@lab.service\"\n"
			    "file_remove path=\"/var/lib/gasthof/networks/lab/dnsmasq.leases\"\n"
			    "directory_remove path=\"/var/lib/gasthof/networks/lab\"\n"
			    "file_remove path=\"/etc/gasthof/networks/lab/dnsmasq.conf\"\n"
			    "file_remove path=\"/etc/gasthof/networks/lab/hosts\"\n"
			    "file_remove path=\"/etc/gasthof/networks/lab/records\"\n"
			    "directory_remove path=\"/etc/gasthof/networks/lab\"\n");
	assert_non_null(strstr(steps_of(lab, "links.gh-lab"), "link_remove link=\"gh-lab\""));
	assert_string_equal(steps_of(lab, "firewall"),
			    "rules_remove family=\"inet\" table=\"gasthof\"\n"
			    "unit_disable unit=\"gasthof-firewall.service\"\n"
			    "file_remove path=\"/etc/gasthof/firewall.nft\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void a_bridge_network_is_libvirts_alone(void **state)
{
	struct lab *lab = *state;

	networks_machine(lab);
	assert_string_equal(lab_describe(lab, "links:\n"
					      "  eth0: {}\n"
					      "  br0: {type: bridge, ports: [eth0]}\n"
					      "networks: {lan: {mode: bridge, link: br0}, "
					      "mac: {mode: macvtap, link: eth0}}\n"),
			    "");
	lab_plan(lab);
	assert_string_equal(steps_of(lab, "networks.lan"),
			    "network_define network=\"lan\"\n"
			    "network_autostart network=\"lan\" on=\"true\"\n"
			    "network_start network=\"lan\"\n");
	lab_perform(lab);
	lab_plan(lab);
	assert_string_equal(steps_of(lab, "networks.lan"), "");
	assert_string_equal(steps_of(lab, "networks.mac"), "");
	assert_non_null(strstr(lab_get(lab, "libvirt/networks/mac.xml"), "dev=\"eth0\""));
}

/* F23: somebody's network of the same name is not taken over, others are left alone. */
static void what_is_foreign_stays(void **state)
{
	struct lab *lab = *state;

	networks_machine(lab);
	lab_put(lab, "libvirt/networks/lab.xml",
		"<network><name>lab</name><forward mode='nat'/><bridge name='virbr7'/></network>");
	lab_json(lab, "libvirt/networks.json", "lab", node_map(lab->arena));
	lab_member_set(lab, "libvirt/networks.json", "lab", "persistent", "true");
	lab_describe(lab, lab_yaml);
	assert_non_null(
		strstr(lab_plan(lab), "networks.lab is there and was not made by gasthof\n"));
}

/* The uplink's address came by DHCP; nobody could know it from the description. */
static void an_overlap_on_the_machine_is_found(void **state)
{
	struct lab *lab = *state;

	networks_machine(lab);
	lab_describe(lab, "networks: {lab: {mode: nat, subnets: {v4: 192.168.7.0/24}}}\n"
			  "links: {eth0: {dhcp: true}}\n");
	assert_non_null(strstr(lab_plan(lab),
			       "192.168.7.0/24 overlaps 192.168.7.20/24, which eth0 has now\n"));
}

/* The bridge it had is not somebody else's network. */
static void a_network_moves_to_another_bridge(void **state)
{
	struct lab *lab = *state;

	made(lab);
	lab_put(lab, "links.json",
		"[{\"name\": \"gh-lab\", \"index\": 3, \"kind\": \"bridge\", \"up\": true, "
		"\"addresses\": [\"10.20.0.1/24\"]}]");
	lab_describe(lab, "networks: {lab: {mode: nat, bridge: mine, "
			  "subnets: {v4: 10.20.0.0/24}}}\n");
	assert_non_null(strstr(lab_plan(lab), "networks.lab: change\n"
					      "  wait round: gh-lab, its bridge until now, goes "
					      "first\n"));
	lab_put(lab, "links.json", "[]");
	assert_non_null(strstr(lab_plan(lab), "network_define network=\"lab\""));
}

static void names_of_bridges_are_stable_and_short(void **state)
{
	static const char long_name[] = "a-network-with-a-long-name";
	struct lab *lab = *state;

	lab_describe(lab, arena_printf(lab->arena,
				       "networks: {%s: {mode: isolated}, b: {mode: "
				       "isolated, bridge: mine}}\n",
				       long_name));
	size_t found = 0;
	DESIRED_EACH(link, &lab->desired, "links") {
		assert_true(strlen(link->name) <= 15);
		found += strcmp(link->name, "gh-a-net-0ef127") == 0 ||
			 strcmp(link->name, "mine") == 0;
	}
	assert_int_equal(found, 2);
}

static const char guests_yaml[] =
	"networks:\n"
	"  lab:\n"
	"    mode: nat\n"
	"    subnets: {v4: 10.20.0.0/24}\n"
	"    forwards: {web: {listen: 8080/tcp, to: 'web-1:80'}}\n"
	"guests:\n"
	"%s"
	"  web: {count: 2, vcpus: 1, memory: 512MiB, nics: {lab: {network: lab}}}\n"
	"  db: {vcpus: 1, memory: 512MiB, nics: {lab: {network: lab, address: %s}}}\n";

static const char *lease_of(struct lab *lab, const char *key)
{
	const struct item *item = desired_find(&lab->desired, "networks", "lab");
	const struct record *record = NULL;
	const struct map *leases = other_map(item->kind->record, item->value, "leases", &record);
	const struct member *lease = map_get(leases, key);

	if (!lease)
		return "";
	return address_text(lab->arena,
			    other_value(record, lease->value, "address", &type_address));
}

/* F5, F20: who is given an address has it, and who is forwarded to keeps one of its own,
 * whoever else comes; nobody else is tied to one. */
static void guests_that_are_forwarded_to_keep_their_address(void **state)
{
	static const char more[] = "  a: {vcpus: 1, memory: 512MiB, nics: {lab: {network: lab}}}\n";
	struct lab *lab = *state;

	assert_string_equal(
		lab_describe(lab, arena_printf(lab->arena, guests_yaml, "", "10.20.0.10")), "");
	const char *web = lease_of(lab, "web-1/lab");
	assert_true(string_starts(web, "10.20.0."));
	assert_true(atoi(web + strlen("10.20.0.")) < 128); /* not what DHCP hands out */
	assert_string_equal(lease_of(lab, "db/lab"), "10.20.0.10");
	assert_string_equal(lease_of(lab, "web-2/lab"), "");
	assert_string_equal(
		lab_describe(lab, arena_printf(lab->arena, guests_yaml, more, "10.20.0.10")), "");
	assert_string_equal(lease_of(lab, "web-1/lab"), web);
	assert_non_null(
		strstr(lab_describe(lab, arena_printf(lab->arena, guests_yaml, "", "10.21.0.10")),
		       "10.21.0.10 is in no subnet of network \"lab\"\n"));
	assert_non_null(
		strstr(lab_describe(lab, arena_printf(lab->arena, guests_yaml, "", "10.20.0.1")),
		       "10.20.0.1 is the host's own address in network \"lab\"\n"));
}

static const char *line_with(struct lab *lab, const char *text, const char *part)
{
	LINES_EACH(line, lab->arena, text)
	if (strstr(line, part))
		return line + strspn(line, "\t");
	return "";
}

static const char *table(struct lab *lab)
{
	const struct item *firewall = desired_find(&lab->desired, "firewall", "");
	struct text text = text_of(lab->arena);

	assert_non_null(firewall);
	assert_int_equal(firewall->kind->render(firewall, NULL, &text, &lab->faults), 0);
	return text.at;
}

/* PIT72: as narrow as what was said; a network alone does not close the host. */
static void rules_are_as_narrow_as_what_is_said(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(
		lab_describe(lab, "networks:\n"
				  "  lab: {mode: nat, subnets: {v4: 10.20.0.0/24}, forwards:\n"
				  "    {web: {listen: 8080/tcp, to: '10.20.0.50:80', "
				  "from: [10.0.0.0/8]}}}\n"
				  "  priv: {mode: isolated, subnets: {v4: 10.30.0.0/24}, "
				  "reach: [lab, host]}\n"),
		"");
	const char *rules = table(lab);
	assert_non_null(strstr(rules, "hook input priority 0; policy accept;"));
	assert_string_equal(line_with(lab, rules, "dport 8080 dnat"),
			    "ip saddr 10.0.0.0/8 fib daddr type local tcp dport 8080 dnat ip to "
			    "10.20.0.50:80 comment \"networks.lab.forwards.web\"");
	assert_string_equal(line_with(lab, rules, "ct status dnat accept"),
			    "oifname \"gh-lab\" ip daddr 10.20.0.50 tcp dport 80 ct status dnat "
			    "accept comment \"networks.lab.forwards.web\"");
	assert_string_equal(line_with(lab, rules, "iifname \"gh-priv\" oifname \"gh-lab\""),
			    "iifname \"gh-priv\" oifname \"gh-lab\" accept comment "
			    "\"networks.priv\"");
	assert_string_equal(line_with(lab, rules, "iifname \"gh-priv\" accept"),
			    "iifname \"gh-priv\" accept comment \"networks.priv\"");
	assert_string_equal(line_with(lab, rules, "iifname \"gh-lab\" drop"),
			    "iifname \"gh-lab\" drop comment \"networks.lab\"");
	assert_null(strstr(rules, "10.30.0.0/24 oifname"));

	assert_string_equal(lab_describe(lab, "firewall: {input: {policy: drop, allow: {ssh: "
					      "22/tcp}}}\n"),
			    "");
	rules = table(lab);
	assert_non_null(strstr(rules, "hook input priority 0; policy drop;"));
	assert_string_equal(line_with(lab, rules, "dport 22"),
			    "tcp dport 22 accept comment \"input.allow.ssh\"");
}

/* As nftables 1.0.6 printed it (shortened); handles and counters do not matter, nor how a set
 * or flags are written. */
static void a_listing_reads_back_as_it_was_written(void **state)
{
	static const char json[] =
		"{\"nftables\": [{\"metainfo\": {\"version\": \"1.0.6\"}},"
		"{\"table\": {\"family\": \"inet\", \"name\": \"gasthof\", \"handle\": 1}},"
		"{\"chain\": {\"name\": \"input\", \"handle\": 1, \"type\": \"filter\", "
		"\"hook\": \"input\", \"prio\": 0, \"policy\": \"drop\"}},"
		"{\"rule\": {\"chain\": \"input\", \"handle\": 6, \"expr\": [{\"match\": {\"op\": "
		"\"in\", \"left\": {\"ct\": {\"key\": \"state\"}}, \"right\": [\"related\", "
		"\"established\"]}}, {\"counter\": {\"packets\": 3, \"bytes\": 5}}, {\"accept\": "
		"null}]}},"
		"{\"rule\": {\"chain\": \"input\", \"comment\": \"x\", \"expr\": [{\"match\": "
		"{\"op\": \"==\", \"left\": {\"meta\": {\"key\": \"iifname\"}}, \"right\": "
		"\"gh-lab\"}}, {\"match\": {\"op\": \"==\", \"left\": {\"payload\": {\"protocol\": "
		"\"udp\", \"field\": \"dport\"}}, \"right\": {\"set\": [67, 53]}}}, {\"accept\": "
		"null}]}},"
		"{\"rule\": {\"chain\": \"input\", \"expr\": [{\"match\": {\"op\": \"!=\", "
		"\"left\": {\"payload\": {\"protocol\": \"ip\", \"field\": \"daddr\"}}, \"right\": "
		"{\"prefix\": {\"addr\": \"127.0.0.0\", \"len\": 8}}}}, {\"match\": {\"op\": "
		"\"==\", \"left\": {\"fib\": {\"result\": \"type\", \"flags\": [\"daddr\"]}}, "
		"\"right\": \"local\"}}, {\"dnat\": {\"family\": \"ip6\", \"addr\": \"fd00::5\", "
		"\"port\": 80}}]}},"
		"{\"rule\": {\"chain\": \"input\", \"expr\": [{\"log\": null}]}},"
		"{\"set\": {\"name\": \"blocked\", \"type\": \"ipv4_addr\"}}]}";
	static const char *const lines[] = {
		"type filter hook input priority 0; policy drop;",
		"ct state established,related accept",
		"iifname \"gh-lab\" udp dport { 53, 67 } accept comment \"x\"",
		"ip daddr != 127.0.0.0/8 fib daddr type local dnat ip6 to [fd00::5]:80",
		"{\"log\":null}",
	};
	struct lab *lab = *state;
	struct nft_table table = {};

	assert_int_equal(nft_table_read(lab->arena, json, &table, &lab->faults), 0);
	struct text_list input = nft_chain_lines(&table, "input");
	assert_int_equal(input.count, COUNT_OF(lines));
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		assert_string_equal(input.at[i], lines[i]);
	assert_int_equal(table.extra.count, 1);
	assert_string_equal(table.extra.at[0], "set blocked");
	assert_int_equal(nft_table_read(lab->arena, "[]", &table, &lab->faults), -1);
}

static void networks_faults(void **state)
{
	static const struct {
		const char *yaml, *faults;
	} cases[] = {
		{ "a: {mode: nat}", "a network of mode nat needs subnets" },
		{ "a: {mode: bridge}", "a network of mode bridge needs a link" },
		{ "a: {mode: bridge, link: br0, subnets: {v4: 10.0.0.0/24}}",
		  "a network of mode bridge has no subnets" },
		{ "a: {mode: bridge, link: eth0}",
		  "\"eth0\" is no bridge, so that guests cannot be plugged into it" },
		{ "a: {mode: nat, link: eth0, subnets: {v4: 10.1.0.0/24}}",
		  "a network of mode nat has a bridge of its own, not a link" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.1/24}}",
		  "10.1.0.1/24 is an address, not a network" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/31}}",
		  "an IPv4 network of guests is between /8 and /30" },
		{ "a: {mode: nat, subnets: {v6: 'fd00::/56'}}",
		  "guests find their IPv6 addresses only in a network of /64" },
		{ "a: {mode: nat, subnets: {v4: {subnet: 10.1.0.0/24, gateway: 10.2.0.1}}}",
		  "10.2.0.1 is not in 10.1.0.0/24" },
		{ "{a: {mode: nat, subnets: {v4: 10.1.0.0/24}}, b: {mode: nat, subnets: {v4: "
		  "10.1.0.128/25}}}",
		  "10.1.0.128/25 overlaps 10.1.0.0/24 of network \"a\"" },
		{ "a: {mode: nat, subnets: {v4: 10.0.0.0/16}}",
		  "10.0.0.0/16 overlaps 10.0.0.9/24 of link \"eth1\"" },
		{ "a: {mode: nat, subnets: {v6: 'fd00::/64'}, dhcp: {first: 10.1.0.5}}",
		  "DHCP needs an IPv4 subnet" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/24}, dhcp: {first: 10.2.0.5}}",
		  "10.2.0.5 is in none of the network's IPv4 subnets" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/24}, dhcp: {first: 10.1.0.9, last: "
		  "10.1.0.5}}",
		  "10.1.0.5 stands before 10.1.0.9" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/24}, dhcp: {lease: 30s}}",
		  "a lease is at least 2min long" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/24}, reach: [intranet]}",
		  "\"intranet\" is neither internet nor host, nor a network or prefix" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/24}, forwards: {x: {listen: 80/tcp, to: "
		  "'10.1.0.5:80'}, y: {listen: '10.0.0.9:80/tcp', to: '10.1.0.6:80'}}}",
		  "10.0.0.9:80/tcp is taken by forward \"x\" of network \"a\"" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/24}, forwards: {x: {listen: 22/tcp, to: "
		  "'10.1.0.5:22'}}}",
		  "22/tcp is what firewall.input.allow.ssh lets into the host itself" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/24}, forwards: {x: {listen: 80/tcp, to: "
		  "'10.2.0.5:80'}}}",
		  "10.2.0.5 is in no subnet of this network" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/24}, forwards: {x: {listen: 80-90/tcp, "
		  "to: '10.1.0.5:8080'}}}",
		  "a range of ports leads to the same ports" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/24}, forwards: {x: {listen: 80/tcp, to: "
		  "'nobody:80'}}}",
		  "there is nothing called \"nobody\" in guests" },
		{ "a: {mode: natt, subnets: {v4: 10.1.0.0/24}}", "" },
		{ "a: {mode: nat, subnets: {v4: 10.1.0.0/24}, bridge: a-name-that-is-too-long}",
		  "interface name \"a-name-that-is-too-long\" is longer than 15 bytes" },
		{ "{a: {mode: isolated, bridge: x}, b: {mode: isolated, bridge: x}}",
		  "\"x\" is the bridge of network \"a\" already" },
	};
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *yaml = cases[i].yaml;
		const char *faults = lab_describe(
			lab, arena_printf(lab->arena,
					  "firewall: {input: {allow: {ssh: 22/tcp}}}\n"
					  "links: {eth0: {}, br0: {type: bridge}, eth1: "
					  "{addresses: {a: 10.0.0.9/24}}}\n"
					  "networks: %s%s%s\n",
					  *yaml == '{' ? "" : "{", yaml, *yaml == '{' ? "" : "}"));
		if (!strstr(faults, cases[i].faults) || !*faults)
			fail_msg("%s:\n%s\nis not:\n%s", yaml, faults, cases[i].faults);
		if (*cases[i].faults && strchr(faults, '\n') != faults + strlen(faults) - 1)
			fail_msg("%s: more than one fault:\n%s", yaml, faults);
	}
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(a_nat_network_is_made_of_parts),
		LAB_TEST(a_name_more_is_a_reload),
		LAB_TEST(drift_has_a_name),
		LAB_TEST(a_table_that_was_flushed_comes_back),
		LAB_TEST(a_network_goes_with_all_its_parts),
		LAB_TEST(a_bridge_network_is_libvirts_alone),
		LAB_TEST(what_is_foreign_stays),
		LAB_TEST(an_overlap_on_the_machine_is_found),
		LAB_TEST(a_network_moves_to_another_bridge),
		LAB_TEST(names_of_bridges_are_stable_and_short),
		LAB_TEST(guests_that_are_forwarded_to_keep_their_address),
		LAB_TEST(rules_are_as_narrow_as_what_is_said),
		LAB_TEST(a_listing_reads_back_as_it_was_written),
		LAB_TEST(networks_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
