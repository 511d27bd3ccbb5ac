/* kinds: links. */
#include "kinds_help.h"

#define NETWORKD(name) "fs/etc/systemd/network/20-gasthof-" name

static const char eth0[] =
	"{\"name\": \"eth0\", \"index\": 2, \"kind\": \"\", \"mac\": \"52:54:00:00:00:01\", "
	"\"mtu\": 1500, \"up\": true, \"carrier\": true, \"addresses\": [\"192.168.7.20/24\"]}";

static void links_machine(struct lab *lab, const char *more)
{
	lab_put(lab, "links.json",
		arena_printf(
			lab->arena,
			"[{\"name\": \"lo\", \"index\": 1, \"kind\": \"\", \"loopback\": true, "
			"\"up\": true}, %s%s]",
			eth0, more));
	struct node *driver = node_map(lab->arena);
	node_put(lab->arena, driver, "link",
		 node_quoted(lab->arena, "../../../bus/virtio/drivers/virtio_net"));
	lab_json(lab, "files.json", "/sys/class/net/eth0/device/driver", driver);
}

static void an_uplink_is_found_by_its_match(void **state)
{
	static const char *const matches[] = { "{mac: '52:54:00:00:00:01'}", "{name: eth0}",
					       "{driver: virtio_net}" };
	struct lab *lab = *state;

	links_machine(lab, "");
	for (size_t i = 0; i < COUNT_OF(matches); i++) {
		assert_string_equal(lab_describe(lab, arena_printf(lab->arena,
								   "links: {uplink: {match: %s, "
								   "dhcp: ipv4}}\n",
								   matches[i])),
				    "");
		lab_plan(lab);
		assert_int_equal(plan_find(&lab->plan, "links.uplink")->action,
				 i ? ACTION_CHANGE : ACTION_CHANGE);
		lab_perform(lab);
		assert_string_equal(lab_plan(lab), "");
	}
	assert_string_equal(lab_get(lab, NETWORKD("uplink.network")),
			    "# made by gasthof for links.uplink; changes here are overwritten\n"
			    "[Match]\nDriver=virtio_net\nKind=!*\n"
			    "\n[Network]\nDHCP=ipv4\n");
	assert_null(lab_get(lab, NETWORKD("uplink.netdev")));

	/* No longer described: the file goes, the link stays. */
	lab_describe(lab, "");
	assert_string_equal(
		lab_plan(lab),
		"links.uplink: remove\n"
		"  file_remove path=\"/etc/systemd/network/20-gasthof-uplink.network\"\n"
		"  links_reload\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void an_uplink_that_is_not_there_is_a_fault(void **state)
{
	struct lab *lab = *state;

	links_machine(lab, "");
	lab_describe(lab, "links: {uplink: {match: {mac: '52:54:00:00:00:99'}}}\n");
	assert_string_equal(lab_plan(lab), "2:18: no link of this machine matches\n");
}

#define PORT_AND_BRIDGE(addresses)                                                               \
	"[{\"name\": \"eth0\", \"index\": 2, \"kind\": \"\", \"master\": \"br0\", "              \
	"\"mtu\": 1500, \"up\": true}, {\"name\": \"br0\", \"index\": 3, \"kind\": \"bridge\", " \
	"\"mtu\": 1500, \"up\": true, \"addresses\": [" addresses "]}]"

static void describe_bridge(struct lab *lab)
{
	links_machine(lab, "");
	assert_string_equal(
		lab_describe(lab,
			     "links:\n"
			     "  uplink: {match: {name: eth0}, mtu: 1500}\n"
			     "  br0: {type: bridge, ports: [uplink], stp: true, dns: [10.0.0.2],\n"
			     "        addresses: {lan: 10.0.0.1/24, v6: 'fd00::1/64'},\n"
			     "        routes: {default: {to: 0.0.0.0/0, via: 10.0.0.254}}}\n"),
		"");
}

/* F8, F9 */
static void a_bridge_with_a_port_converges(void **state)
{
	struct lab *lab = *state;

	describe_bridge(lab);
	assert_string_equal(
		lab_plan(lab),
		"links.br0: create\n"
		"  link_expect link=\"br0\"\n"
		"  file_write path=\"/etc/systemd/network/20-gasthof-br0.netdev\" mode=\"0644\"\n"
		"  file_write path=\"/etc/systemd/network/20-gasthof-br0.network\" mode=\"0644\"\n"
		"  links_reload\n"
		"  link_await link=\"br0\" addresses=\"10.0.0.1/24,fd00::1/64\"\n"
		"links.uplink: change\n"
		"  file_write path=\"/etc/systemd/network/20-gasthof-uplink.network\" "
		"mode=\"0644\"\n"
		"  links_reload\n"
		"  link_await link=\"eth0\" master=\"br0\"\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, NETWORKD("br0.network")),
			    "# made by gasthof for links.br0; changes here are overwritten\n"
			    "[Match]\nName=br0\n"
			    "\n[Network]\nDHCP=no\nDNS=10.0.0.2\n"
			    "ConfigureWithoutCarrier=yes\nIgnoreCarrierLoss=yes\n"
			    "\n[Address]\n# lan\nAddress=10.0.0.1/24\n"
			    "\n[Address]\n# v6\nAddress=fd00::1/64\n"
			    "\n[Route]\n# default\nDestination=0.0.0.0/0\nGateway=10.0.0.254\n");
	assert_string_equal(lab_get(lab, NETWORKD("uplink.network")),
			    "# made by gasthof for links.uplink; changes here are overwritten\n"
			    "[Match]\nName=eth0\n"
			    "\n[Link]\nMTUBytes=1500\nRequiredForOnline=no\n"
			    "\n[Network]\nDHCP=no\nLinkLocalAddressing=no\nBridge=br0\n");
	/* What networkd makes of it. */
	lab_put(lab, "links.json", PORT_AND_BRIDGE("\"10.0.0.1/24\", \"fd00::1/64\""));
	assert_string_equal(lab_plan(lab), "");
}

static void a_bridge_that_was_changed_or_is_no_longer_wanted(void **state)
{
	struct lab *lab = *state;

	describe_bridge(lab);
	lab_plan(lab);
	lab_perform(lab);
	/* An address taken away by hand is drift of what runs. */
	lab_put(lab, "links.json", PORT_AND_BRIDGE("\"fd00::1/64\""));
	assert_string_equal(lab_plan(lab),
			    "links.br0: change\n"
			    "  link_reconfigure link=\"br0\"\n"
			    "  link_await link=\"br0\" addresses=\"10.0.0.1/24,fd00::1/64\"\n");
	assert_string_equal(lab_differs(lab, "links.br0"), "addresses.lan:  -> 10.0.0.1/24\n");

	/* A file edited by hand is drift, field by field. */
	lab_put(lab, NETWORKD("uplink.network"),
		"# made by gasthof for links.uplink; changes here are overwritten\n"
		"[Match]\nName=eth0\n"
		"\n[Link]\nMTUBytes=9000\nRequiredForOnline=no\n"
		"\n[Network]\nDHCP=no\nBridge=br0\nLLDP=yes\n");
	lab_plan(lab);
	assert_string_equal(lab_differs(lab, "links.uplink"),
			    "mtu: 9000 -> 1500\n"
			    "other: [+LLDP=yes, -LinkLocalAddressing=no] -> []\n");

	/* The bridge goes and gives its port back. */
	lab_describe(lab, "links: {uplink: {match: {name: eth0}, mtu: 1500}}\n");
	assert_string_equal(lab_plan(lab),
			    "links.uplink: change\n"
			    "  file_write path=\"/etc/systemd/network/20-gasthof-uplink.network\" "
			    "mode=\"0644\"\n"
			    "  links_reload\n"
			    "  link_await link=\"eth0\" master=\"\"\n"
			    "links.br0: remove\n"
			    "  link_remove link=\"br0\"\n"
			    "  file_remove path=\"/etc/systemd/network/20-gasthof-br0.network\"\n"
			    "  file_remove path=\"/etc/systemd/network/20-gasthof-br0.netdev\"\n"
			    "  links_reload\n");
}

/* A guest's tap has no file of ours: who is plugged in there is not cut off by the way. */
static void a_bridge_with_guests_on_it_goes_with_permission_only(void **state)
{
	struct lab *lab = *state;
	const struct plan_item *item;

	links_machine(lab, "");
	lab_describe(lab, "links: {br0: {type: bridge}}\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_put(lab, "links.json",
		"[{\"name\": \"br0\", \"index\": 3, \"kind\": \"bridge\", \"up\": true}]");
	lab_describe(lab, "host: {name: a}\n");
	lab_plan(lab);
	item = plan_find(&lab->plan, "links.br0");
	assert_int_equal(item->class, CLASS_LIVE);
	assert_int_equal(item->steps.notes.count, 0);
	lab_put(lab, "links.json",
		"[{\"name\": \"br0\", \"index\": 3, \"kind\": \"bridge\", \"up\": true}, "
		"{\"name\": \"vnet0\", \"index\": 4, \"kind\": \"tun\", \"master\": \"br0\"}]");
	assert_non_null(strstr(lab_plan(lab), "link_remove link=\"br0\"\n"));
	item = plan_find(&lab->plan, "links.br0");
	assert_int_equal(item->class, CLASS_SERVICE_RESTART);
	assert_string_equal(item->steps.notes.at[0], "what is plugged into it is cut off: vnet0");
}

static void a_bridge_learns_what_it_is_told_while_it_runs(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, "links: {br0: {type: bridge}}\n");
	lab_plan(lab);
	lab_perform(lab);
	links_machine(lab,
		      ", {\"name\": \"br0\", \"index\": 3, \"kind\": \"bridge\", \"mtu\": 1500, "
		      "\"up\": true}");
	lab_put(lab, "fs/sys/class/net/br0/bridge/stp_state", "0\n");
	lab_put(lab, "fs/sys/class/net/br0/bridge/vlan_filtering", "0\n");
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, "links: {br0: {type: bridge, stp: true}}\n");
	assert_string_equal(
		lab_plan(lab),
		"links.br0: change\n"
		"  file_write path=\"/etc/systemd/network/20-gasthof-br0.netdev\" mode=\"0644\"\n"
		"  sysfs_write path=\"/sys/class/net/br0/bridge/stp_state\" value=\"1\"\n"
		"  links_reload\n"
		"  link_await link=\"br0\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

/* It reads its files anew, as it was told a moment ago: nothing is to be started. */
static void a_networkd_that_reloads_runs(void **state)
{
	struct lab *lab = *state;

	links_machine(lab, "");
	lab_member_set(lab, "units.json", "systemd-networkd.service", "active", "reloading");
	lab_describe(lab, "links: {br0: {type: bridge}}\n");
	assert_null(strstr(lab_plan(lab), "unit_"));
	lab_member_set(lab, "units.json", "systemd-networkd.service", "active", "inactive");
	assert_non_null(strstr(lab_plan(lab), "  unit_start unit=\"systemd-networkd.service\"\n"));
}

static void without_networkd_files_are_only_files(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "units.json", "{}");
	lab_describe(lab, "links: {br0: {type: bridge}}\n");
	assert_string_equal(
		lab_plan(lab),
		"links.br0: create\n"
		"  link_expect link=\"br0\"\n"
		"  file_write path=\"/etc/systemd/network/20-gasthof-br0.netdev\" mode=\"0644\"\n"
		"  file_write path=\"/etc/systemd/network/20-gasthof-br0.network\" mode=\"0644\"\n"
		"  unit_enable unit=\"systemd-networkd.service\"\n"
		"  unit_disable unit=\"systemd-networkd-wait-online.service\"\n"
		"  unit_start unit=\"systemd-networkd.service\"\n"
		"  links_reload\n"
		"  link_await link=\"br0\"\n");
	lab_perform(lab);
	lab_put(lab, "links.json", "[]");
	/* An uplink that networkd is given counts for being online. */
	lab_put(lab, "links.json", "[{\"name\": \"eth0\", \"index\": 2, \"kind\": \"\"}]");
	lab_describe(lab, "links: {br0: {type: bridge}, eth0: {}}\n");
	assert_non_null(strstr(lab_plan(lab),
			       "  unit_enable unit=\"systemd-networkd-wait-online.service\"\n"));
	lab_describe(lab, "links: {br0: {type: bridge}}\n");
	lab_put(lab, "links.json", "[]");
	/* The files are there, and the link is not: its configuration alone is not enough. */
	assert_string_equal(lab_plan(lab),
			    "links.br0: change\n  links_reload\n  link_await link=\"br0\"\n");
	assert_string_equal(lab_differs(lab, "links.br0"), "up: false -> true\n");
}

static void bonds_and_vlans_are_told_to_those_below(void **state)
{
	struct lab *lab = *state;

	links_machine(lab, "");
	assert_string_equal(
		lab_describe(lab, "links:\n"
				  "  eth0: {}\n"
				  "  bond0: {type: bond, mode: 802.3ad, members: [eth0]}\n"
				  "  mgmt: {type: vlan, parent: bond0, id: 10, dhcp: true}\n"),
		"");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, NETWORKD("bond0.netdev")),
			    "# made by gasthof for links.bond0; changes here are overwritten\n"
			    "[NetDev]\nName=bond0\nKind=bond\n"
			    "\n[Bond]\nMode=802.3ad\nMIIMonitorSec=100ms\n");
	assert_string_equal(lab_get(lab, NETWORKD("mgmt.network")),
			    "# made by gasthof for links.mgmt; changes here are overwritten\n"
			    "[Match]\nName=mgmt\n"
			    "\n[Network]\nDHCP=yes\nIPv6AcceptRA=yes\n");
	lab_put(lab, "links.json",
		"[{\"name\": \"eth0\", \"index\": 2, \"kind\": \"\", \"master\": \"bond0\", "
		"\"up\": "
		"true}, {\"name\": \"bond0\", \"index\": 3, \"kind\": \"bond\", \"up\": true}, "
		"{\"name\": \"mgmt\", \"index\": 4, \"kind\": \"vlan\", \"up\": true}]");
	assert_string_equal(lab_plan(lab), "");
	assert_int_equal(plan_find(&lab->plan, "links.eth0")->action, ACTION_NONE);
	assert_int_equal(plan_find(&lab->plan, "links.bond0")->action, ACTION_NONE);

	/* A VLAN's number cannot be changed: it is made anew. */
	lab_describe(lab, "links:\n"
			  "  eth0: {}\n"
			  "  bond0: {type: bond, mode: 802.3ad, members: [eth0]}\n"
			  "  mgmt: {type: vlan, parent: bond0, id: 11, dhcp: true}\n");
	assert_non_null(strstr(lab_plan(lab), "  link_remove link=\"mgmt\"\n  links_reload\n"));
	assert_int_equal(lab->plan.class, CLASS_SERVICE_RESTART);
}

static void what_is_foreign_stays(void **state)
{
	struct lab *lab = *state;

	links_machine(lab, ", {\"name\": \"virbr0\", \"index\": 3, \"kind\": \"bridge\"}");
	lab_put(lab, "fs/etc/systemd/network/10-mine.network", "[Match]\nName=eth0\n");
	lab_describe(lab, "links: {br0: {type: bridge}}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs/etc/systemd/network/10-mine.network"),
			    "[Match]\nName=eth0\n");
	lab_put(lab, "links.json", "[{\"name\": \"br1\", \"index\": 3, \"kind\": \"dummy\"}]");
	lab_describe(lab, "links: {br1: {type: bridge}}\n");
	assert_non_null(strstr(lab_plan(lab), "\"br1\" that gasthof did not make"));
	/* nor is a bridge of that name taken over: it would go with its description */
	lab_put(lab, "links.json", "[{\"name\": \"br1\", \"index\": 3, \"kind\": \"bridge\"}]");
	assert_non_null(
		strstr(lab_plan(lab), "there is a bridge \"br1\" that gasthof did not make"));
}

static void links_faults(void **state)
{
	static const struct {
		const char *yaml, *faults;
	} cases[] = {
		{ "{a-very-long-bridge-name: {type: bridge}}",
		  "2:9: interface name \"a-very-long-bridge-name\" is longer than 15 bytes\n" },
		{ "{br0: {type: bridge, ports: [uplnk]}, uplink: {}}",
		  "2:29: there is nothing called \"uplnk\" in links\n" },
		{ "{br0: {type: bridge, name: 'br/0'}}",
		  "2:35: \"br/0\" cannot be an interface's name\n" },
		{ "{br0: {type: bridge, name: 'br0,eth0'}}",
		  "2:35: \"br0,eth0\" cannot be an interface's name\n" },
		{ "{br0: {type: bridge, name: 'br\"0'}}",
		  "2:35: \"br\"0\" cannot be an interface's name\n" },
		{ "{a: {type: bridge, ports: [p]}, b: {type: bridge, ports: [p]}, p: {}}",
		  "2:58: \"p\" belongs to \"a\" already\n" },
		{ "{a: {type: bridge, ports: [p]}, p: {dhcp: true}}",
		  "2:50: \"p\" is part of \"a\", which has the addresses\n" },
		{ "{a: {type: bridge, ports: [a]}}", "2:27: \"a\" names itself here\n" },
		{ "{eth0: {ports: [b], stp: true}}",
		  "2:16: a link of type ethernet has no ports\n"
		  "2:33: a link of type ethernet has no stp\n"
		  "2:16: there is nothing called \"b\" in links\n" },
		{ "{v: {type: vlan}}", "2:9: a VLAN needs a parent\n2:9: a VLAN needs an id\n" },
		{ "{eth0: {addresses: {lan: 10.0.0.0/24}}}",
		  "2:33: 10.0.0.0/24 is the network, not an address in it\n" },
		{ "{eth0: {name: wan}}", "2:22: a physical link keeps its name\n" },
		{ "{wan: {match: {name: eth0}}, eth0: {}}",
		  "2:37: \"eth0\" and \"wan\" are one link\n" },
		{ "{eth0: {dhcp: maybe}}", NULL },
		{ "{eth0: {match: {mca: '52:54:00:00:00:01'}}}", NULL },
	};
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *faults =
			lab_describe(lab, arena_printf(lab->arena, "links: %s\n", cases[i].yaml));
		if (cases[i].faults)
			assert_string_equal(faults, cases[i].faults);
		else
			assert_string_not_equal(faults, "");
	}
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(an_uplink_is_found_by_its_match),
		LAB_TEST(an_uplink_that_is_not_there_is_a_fault),
		LAB_TEST(a_bridge_with_a_port_converges),
		LAB_TEST(a_bridge_that_was_changed_or_is_no_longer_wanted),
		LAB_TEST(a_bridge_with_guests_on_it_goes_with_permission_only),
		LAB_TEST(a_bridge_learns_what_it_is_told_while_it_runs),
		LAB_TEST(a_networkd_that_reloads_runs),
		LAB_TEST(without_networkd_files_are_only_files),
		LAB_TEST(bonds_and_vlans_are_told_to_those_below),
		LAB_TEST(what_is_foreign_stays),
		LAB_TEST(links_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
