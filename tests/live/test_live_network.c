/* nftables and links, in a network namespace of the test's own. */
#include "live_help.h"

#include <unistd.h>

#include "host/write/exec.h"

static void run(struct live_test *test, const char *const *argv)
{
	struct exec exec = { .argv = argv };

	if (exec_run(test->arena, &exec, NULL, &test->faults) < 0)
		fail_msg("%s", fault_last(&test->faults)->message);
}
#define RUN(test, ...) run(test, (const char *const[]){ __VA_ARGS__, NULL })

/* ---- rules ---- */

static const char rules[] =
	"table inet gasthof {\n"
	"	set guests { type ifname; elements = { \"lab0\", \"lan0\" } }\n"
	"	map forwards { type inet_proto . inet_service : ipv4_addr . inet_service\n"
	"		elements = { tcp . 8080 : 10.20.0.10 . 80 } }\n"
	"	chain input {\n"
	"		type filter hook input priority filter; policy drop;\n"
	"		ct state established,related accept\n"
	"		iifname @guests udp dport { 53, 67 } counter accept comment \"dns and "
	"dhcp\"\n"
	"		ip6 nexthdr icmpv6 accept\n"
	"	}\n"
	"	chain dstnat {\n"
	"		type nat hook prerouting priority dstnat; policy accept;\n"
	"		dnat ip to meta l4proto . th dport map @forwards\n"
	"	}\n"
	"	chain srcnat {\n"
	"		type nat hook postrouting priority srcnat; policy accept;\n"
	"		ip saddr 10.20.0.0/24 ip daddr != 10.20.0.0/24 masquerade\n"
	"	}\n"
	"}\n";

static const char foreign[] = "table inet filter { chain input {\n"
			      "type filter hook input priority 0; tcp dport 22 accept; }\n"
			      "}\ntable inet gasthof2 { }\n";

static const char *listing(struct live_test *test, const char *table)
{
	const char *json = NULL;
	int there = host_rules(test->host, "inet", table, &json, &test->faults);

	assert_int_not_equal(there, -1);
	return there ? json : NULL;
}

static void no_rules(struct live_test *test)
{
	struct step none = live_step(VERB_rules_remove, NULL, "inet", "gasthof");

	live_do(test, &none);
}

static void a_table_is_made_replaced_and_removed(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_rules_replace, rules, "inet", "gasthof");
	struct step other =
		live_step(VERB_rules_replace, "table inet gasthof {\nchain only {\n}\n}\n", "inet",
			  "gasthof");
	struct step removal = live_step(VERB_rules_remove, NULL, "inet", "gasthof");

	assert_null(listing(test, "gasthof"));
	assert_int_equal(live_inverse(test, &step).verb, VERB_rules_remove);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_non_null(strstr(listing(test, "gasthof"), "dns and dhcp"));
	assert_int_equal(live_do(test, &step), RESULT_SAME);
	struct step back = live_inverse(test, &other);
	assert_int_equal(live_do(test, &other), RESULT_DONE);
	assert_null(strstr(listing(test, "gasthof"), "dns and dhcp"));
	assert_int_equal(live_do(test, &back), RESULT_DONE);
	assert_int_equal(live_do(test, &step), RESULT_SAME); /* put back as it was */
	live_law(test, &removal);
	assert_int_equal(live_do(test, &step), RESULT_SAME);
	no_rules(test);
}

/* nftables 1.0.6 does not read every list it prints as JSON (maps to concatenations): inverses are
 * text for that reason. */
static void what_is_listed_as_json_is_taken_as_json(void **state)
{
	struct live_test *test = *state;
	struct step text =
		live_step(VERB_rules_replace,
			  "table inet gasthof {\n"
			  "	chain input {\n"
			  "		type filter hook input priority filter; policy drop;\n"
			  "		ct state established,related accept\n"
			  "		udp dport { 53, 67 } counter accept comment \"dns\"\n"
			  "	}\n"
			  "}\n",
			  "inet", "gasthof");

	assert_int_equal(live_do(test, &text), RESULT_DONE);
	struct step json =
		live_step(VERB_rules_replace, listing(test, "gasthof"), "inet", "gasthof");
	assert_int_equal(live_do(test, &json), RESULT_SAME);
	no_rules(test);
	assert_int_equal(live_do(test, &json), RESULT_DONE);
	assert_int_equal(live_do(test, &text), RESULT_SAME);
	no_rules(test);
}

static void foreign_tables_stay(void **state)
{
	struct live_test *test = *state;
	struct step theirs = live_step(VERB_rules_replace, foreign, "inet", "filter");
	struct step ours = live_step(VERB_rules_replace, rules, "inet", "gasthof");

	assert_int_equal(live_do(test, &theirs), RESULT_DONE);
	const char *before = listing(test, "filter");
	assert_int_equal(live_do(test, &ours), RESULT_DONE);
	assert_int_equal(live_do(test, &ours), RESULT_SAME);
	no_rules(test);
	assert_string_equal(listing(test, "filter"), before);
	assert_non_null(listing(test, "gasthof2"));
	assert_null(listing(test, "gasthof"));
}

static void rules_that_do_not_read_change_nothing(void **state)
{
	struct live_test *test = *state;
	struct step good = live_step(VERB_rules_replace, rules, "inet", "gasthof");
	static const char *const bad[] = {
		"table inet gasthof {\nchain a {\njump nowhere\n}\n}\n",
		"table inet gasthof {\nchain a {\ntcp dport http-no-such accept\n}\n}\n",
		"{\"nftables\": [{\"add\": {\"chain\": {\"family\": \"inet\"}}}]}",
		"{\"nftables\": 1}",
		"{",
		"",
	};

	assert_int_equal(live_do(test, &good), RESULT_DONE);
	const char *before = listing(test, "gasthof");
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct step step = live_step(VERB_rules_replace, bad[i], "inet", "gasthof");
		live_try(test, &step);
		assert_string_equal(listing(test, "gasthof"), before);
	}
	no_rules(test);
}

static void names_never_become_commands(void **state)
{
	struct live_test *test = *state;
	static const char *const names[] = { "a; flush ruleset", "a b", "", "9a", "a\nb", "a{" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct step step = live_step(VERB_rules_remove, NULL, "inet", names[i]);
		assert_non_null(strstr(live_try(test, &step), "no nftables table"));
	}
	struct step step = live_step(VERB_rules_remove, NULL, "inet6", "a");
	assert_non_null(strstr(live_try(test, &step), "no nftables table"));
}

/* ---- links ---- */

static const struct host_link *link_of(struct live_test *test, const char *name)
{
	struct host_links links = {};

	host_forget(test->host);
	assert_int_equal(host_links(test->host, &links, &test->faults), 1);
	for (size_t i = 0; i < links.list.count; i++)
		if (string_equal(links.list.at[i].name, name))
			return &links.list.at[i];
	return NULL;
}

static void links_are_seen_as_they_are(void **state)
{
	struct live_test *test = *state;

	RUN(test, "ip", "link", "add", "br0", "address", "52:54:00:00:00:01", "type", "bridge");
	RUN(test, "ip", "link", "add", "v0", "mtu", "1400", "type", "veth", "peer", "name", "v1");
	RUN(test, "ip", "link", "set", "v0", "master", "br0", "up");
	RUN(test, "ip", "link", "property", "add", "dev", "br0", "altname", "gasthof-br0");
	RUN(test, "ip", "link", "set", "br0", "up");
	RUN(test, "ip", "address", "add", "10.20.0.1/24", "dev", "br0");
	RUN(test, "ip", "address", "add", "fd00:20::1/64", "dev", "br0");
	const struct host_link *bridge = link_of(test, "br0"), *port = link_of(test, "v0");
	assert_non_null(bridge);
	assert_string_equal(bridge->kind, "bridge");
	assert_string_equal(bridge->altname, "gasthof-br0");
	assert_null(bridge->master);
	assert_true(bridge->up);
	assert_false(bridge->carrier);
	assert_string_equal(mac_text(test->arena, &bridge->mac), "52:54:00:00:00:01");
	assert_int_equal(bridge->addresses.count, 2);
	assert_string_equal(prefix_text(test->arena, &bridge->addresses.at[0]), "10.20.0.1/24");
	assert_string_equal(prefix_text(test->arena, &bridge->addresses.at[1]), "fd00:20::1/64");
	assert_string_equal(port->master, "br0");
	assert_string_equal(port->kind, "veth");
	assert_int_equal(port->mtu, 1400);
	assert_int_equal(port->addresses.count, 0);
	assert_true(link_of(test, "lo")->loopback);
}

static void a_virtual_link_is_removed_by_any_of_its_names(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_link_remove, NULL, "gasthof-br0");

	assert_int_equal(live_inverse(test, &step).verb, VERB_links_reload);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_null(link_of(test, "br0"));
	assert_non_null(link_of(test, "v0"));
	assert_int_equal(live_do(test, &step), RESULT_SAME);
	assert_int_equal(live_inverse(test, &step).verb, VERB_nothing);
	step.argument[0] = "lo";
	assert_non_null(strstr(live_try(test, &step), "not a virtual link"));
}

static void a_link_is_brought_up_and_taken_down(void **state)
{
	struct live_test *test = *state;
	struct step up = live_step(VERB_link_up, NULL, "card0");
	struct step missing = live_step(VERB_link_up, NULL, "none0");

	RUN(test, "ip", "link", "add", "card0", "type", "bridge");
	live_law(test, &up);
	assert_string_equal(live_try(test, &missing), "there is no link \"none0\"");
	RUN(test, "ip", "link", "del", "card0");
}

/* Cards that have some are for tests/metal. */
static void a_link_without_functions_has_none(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_link_vf, NULL, "card0", "0", "vlan", "100");
	struct step what = live_step(VERB_link_vf, NULL, "card0", "0", "colour", "red");
	struct host_vfs vfs = {};

	RUN(test, "ip", "link", "add", "card0", "type", "bridge");
	assert_int_equal(host_vfs(test->host, "card0", &vfs, &test->faults), 1);
	assert_int_equal(vfs.list.count, 0);
	assert_int_equal(host_vfs(test->host, "none0", &vfs, &test->faults), 0);
	assert_int_equal(live_inverse(test, &step).verb, VERB_nothing);
	assert_string_equal(live_try(test, &step), "card0 has no virtual function 0");
	assert_string_equal(live_try(test, &what), "a virtual function has no \"colour\"");
	RUN(test, "ip", "link", "del", "card0");
}

static void hundreds_of_links_are_seen(void **state)
{
	struct live_test *test = *state;
	struct host_links links = {};
	struct text batch = text_of(test->arena);

	for (int i = 0; i < 300; i++)
		text_addf(&batch, "link add many%d type bridge\n", i);
	struct exec exec = { .argv = (const char *const[]){ "ip", "-batch", "-", NULL },
			     .input = batch.at,
			     .input_size = batch.size };
	assert_int_equal(exec_run(test->arena, &exec, NULL, &test->faults), 0);
	host_forget(test->host);
	assert_int_equal(host_links(test->host, &links, &test->faults), 1);
	assert_true(links.list.count >= 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(a_table_is_made_replaced_and_removed),
		LIVE_TEST(what_is_listed_as_json_is_taken_as_json),
		LIVE_TEST(foreign_tables_stay),
		LIVE_TEST(rules_that_do_not_read_change_nothing),
		LIVE_TEST(names_never_become_commands),
		LIVE_TEST(links_are_seen_as_they_are),
		LIVE_TEST(a_virtual_link_is_removed_by_any_of_its_names),
		LIVE_TEST(a_link_is_brought_up_and_taken_down),
		LIVE_TEST(a_link_without_functions_has_none),
		LIVE_TEST(hundreds_of_links_are_seen),
	};

	live_unshare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
