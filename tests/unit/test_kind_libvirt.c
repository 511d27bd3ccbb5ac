/* kinds libvirt.networks and libvirt.pools: plans on captured machines, and the way back. */
#include "kinds_help.h"

#define NFS                                                                           \
	"libvirt:\n"                                                                  \
	"  pools:\n"                                                                  \
	"    nas:\n"                                                                  \
	"      type: netfs\n"                                                         \
	"      source: {hosts: {a: {name: nas.lab}}, folder: /export, format: nfs}\n" \
	"      target: {path: /mnt/nas}\n"
#define NETWORK                                                \
	"libvirt:\n"                                           \
	"  networks:\n"                                        \
	"    old:\n"                                           \
	"      name: Old Net\n"                                \
	"      forward: nat\n"                                 \
	"      bridge: {name: virbr7, stp: true}\n"            \
	"      ips: {v4: {address: 192.168.7.1, prefix: 24,\n" \
	"                 dhcp: {ranges: {a: {start: 192.168.7.2, end: 192.168.7.9}}}}}\n"

static void assert_holds(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" is not in\n%s", part, text ? text : "nothing");
}

static void a_pool_is_made_changed_and_removed(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, NFS), "");
	assert_string_equal(lab_plan(lab), "libvirt.pools.nas: create\n"
					   "  pool_define pool=\"nas\"\n"
					   "  pool_autostart pool=\"nas\" on=\"true\"\n"
					   "  pool_start pool=\"nas\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	assert_string_equal(lab_describe(lab, NFS "      refresh: capacity\n"), "");
	assert_string_equal(lab_plan(lab), "libvirt.pools.nas: change\n"
					   "  pool_define pool=\"nas\"\n"
					   "  pool_restart pool=\"nas\"\n");
	assert_int_equal(lab->plan.class, CLASS_SERVICE_RESTART);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	/* never given again: gone from the definition, and nothing else */
	lab_describe(lab, NFS);
	assert_holds(lab_plan(lab), "pool_define");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, "");
	assert_string_equal(lab_plan(lab), "libvirt.pools.nas: remove\n"
					   "  pool_stop pool=\"nas\"\n"
					   "  pool_undefine pool=\"nas\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void a_network_is_told_by_its_own_name(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, NETWORK), "");
	assert_string_equal(lab_plan(lab), "libvirt.networks.old: create\n"
					   "  network_define network=\"Old Net\"\n"
					   "  network_autostart network=\"Old Net\" on=\"true\"\n"
					   "  network_start network=\"Old Net\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	assert_string_equal(lab_describe(lab, NETWORK "      autostart: false\n"), "");
	assert_string_equal(lab_plan(lab),
			    "libvirt.networks.old: change\n"
			    "  network_autostart network=\"Old Net\" on=\"false\"\n");
}

static void guests_that_a_network_leaves_are_named(void **state)
{
	struct lab *lab = *state;
	static const char guest[] =
		"<domain type='kvm'><name>old</name><uuid>7f9f8a63-5c2e-4c5c-9f1e-"
		"0a1b2c3d4e5f</uuid><memory>65536</memory><os><type>hvm</type></os>"
		"<devices><interface type='network'><mac address="
		"'52:54:00:00:00:01'/><source network='Old Net'/></interface>"
		"</devices></domain>";
	static const char other[] =
		"guests: {other: {memory: 64MiB, virtualization: emulated, state: stopped}}\n";

	lab_describe(lab, NETWORK);
	lab_plan(lab);
	lab_perform(lab);
	lab_put(lab, "libvirt/domains/old.xml", guest);
	lab_put(lab, "libvirt/domains/old.live.xml", guest);
	lab_describe(lab, arena_printf(lab->arena, "%s      mtu: 9000\n%s", NETWORK, other));
	assert_holds(lab_plan(lab), "network_restart network=\"Old Net\"");
	const struct steps *steps = &plan_find(&lab->plan, "libvirt.networks.old")->steps;
	assert_int_equal(steps->notes.count, 1);
	assert_string_equal(steps->notes.at[0], "guests.old is cut off until libvirt's service or "
						"the guest is restarted");
}

/* What somebody else defined is not ours to change, and a network of ours is the other kind's. */
static void what_is_there_is_refused(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "libvirt/pools/nas.xml",
		"<pool type='dir'><name>nas</name><uuid>11111111-1111-1111-1111-111111111111"
		"</uuid><target><path>/a</path></target></pool>");
	lab_describe(lab, NFS);
	assert_holds(lab_plan(lab), "nas");
	assert_null(strstr(lab_plan(lab), "pool_define"));
}

static void mistakes_are_told_at_their_place(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, "libvirt: {networks: {a: {name: x/y}}}\n"),
			    "2:32: \"x/y\" is no name for libvirt\n");
	assert_string_equal(lab_describe(lab, "libvirt: {pools: {a: {name: x}, b: {name: x}}}\n"),
			    "2:43: libvirt.pools.a has this name already\n");
	assert_holds(lab_describe(lab, "libvirt: {pools: {a: {libvirt_xml: \"<a>\"}}}\n"),
		     "is not XML");
}

static void what_is_imported_renders_to_all_it_said(void **state)
{
	struct lab *lab = *state;
	static const char xml[] =
		"<network ipv6='yes'><name>Old Net</name><forward mode='nat'/>"
		"<novelty level='1'/><ip address='10.0.0.1' prefix='24'/></network>";
	struct items items = { .arena = lab->arena };
	struct text text = text_of(lab->arena);
	const struct kind *kind = kind_find(kinds, "libvirt.networks");

	lab_describe(lab, "");
	assert_int_equal(kind->import(&items, xml, &lab->faults), 1);
	struct item *item = items.list.at[0];
	assert_string_equal(item->name, "old-net");
	kind->complete(item, &lab->desired, &lab->faults);
	assert_int_equal(kind->render(item, NULL, &text, &lab->faults), 0);
	static const char *const parts[] = { "<network ipv6=\"yes\">", "<name>Old Net</name>",
					     "<forward mode=\"nat\"/>", "<novelty level=\"1\"/>",
					     "prefix=\"24\"" };
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		assert_holds(text.at, parts[i]);
	assert_int_equal(kind->import(&items, "<pool/>", &lab->faults), 0);
	assert_int_equal(kind->import(&items, "<network/>", &lab->faults), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_pool_is_made_changed_and_removed, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(guests_that_a_network_leaves_are_named, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(a_network_is_told_by_its_own_name, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(what_is_there_is_refused, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(mistakes_are_told_at_their_place, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(what_is_imported_renders_to_all_it_said, lab_setup,
						lab_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
