/* kind sriov: virtual functions made, told apart and given to guests. */
#include "pci_help.h"

#define CARD  "0000:01:00.0"
#define FIRST "0000:01:10.0"
#define OTHER "0000:01:10.2"
#define PATH  "/sys/bus/pci/devices/" CARD
#define FILE_ "/etc/systemd/network/98-gasthof-sriov-eno2.link"

static void links(struct lab *lab, const char *up, const char *vfs)
{
	lab_put(lab, "links.json",
		arena_printf(lab->arena,
			     "[{\"name\": \"eno1\", \"index\": 2, \"mac\": \"3c:fd:fe:00:00:01\"},"
			     " {\"name\": \"eno2\", \"index\": 3, \"mac\": \"3c:fd:fe:00:00:02\","
			     " \"up\": %s, \"vfs\": [%s]}]",
			     up, vfs));
}

/* An igb of seven functions without any yet, and an uplink that has none. */
static void machine(struct lab *lab)
{
	lab_iommu(lab, true);
	lab_pci(lab, CARD, "020000", "8086:10c9", "igb", "1");
	lab_put(lab, "fs" PATH "/sriov_totalvfs", "7\n");
	lab_put(lab, "fs" PATH "/sriov_numvfs", "0\n");
	lab_put(lab, "fs" PATH "/sriov_drivers_autoprobe", "1\n");
	lab_pci(lab, "0000:00:02.0", "020000", "1af4:1041", "virtio-pci", "0");
	lab_class(lab, "net/eno1", "pci0000:00/0000:00:02.0/virtio0/net/eno1");
	lab_class(lab, "net/eno2", "pci0000:00/0000:00:01.0/" CARD "/net/eno2");
	lab_put(lab, "fs/proc/net/route",
		"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n"
		"eno1\t00000000\tFE00000A\t0003\t0\t0\t1024\t00000000\t0\t0\t0\n");
	links(lab, "false", "");
}

static const char vf[] = "{\"mac\": \"52:54:00:00:00:11\", \"vlan\": 100, \"trust\": false, "
			 "\"spoof_check\": true}, {\"trust\": false, \"spoof_check\": true}";

/* What the kernel and the driver make of two functions. */
static void two_functions(struct lab *lab, const char *first_group)
{
	lab_put(lab, "fs" PATH "/sriov_numvfs", "2\n");
	lab_pci(lab, FIRST, "020000", "8086:10ca", "igbvf", first_group);
	lab_pci(lab, OTHER, "020000", "8086:10ca", "igbvf", "11");
	lab_symlink(lab, "fs/sys/bus/pci/devices/" FIRST "/physfn", "../" CARD);
	lab_symlink(lab, "fs/sys/bus/pci/devices/" OTHER "/physfn", "../" CARD);
	lab_symlink(lab, "fs" PATH "/virtfn0", "../" FIRST);
	lab_symlink(lab, "fs" PATH "/virtfn1", "../" OTHER);
	links(lab, "true", vf);
}

static const char *plan_of(struct lab *lab, const char *path)
{
	const char *plan = lab_plan(lab);
	const char *start = strstr(plan, arena_printf(lab->arena, "%s: ", path));

	if (!start)
		return "";
	size_t size = strcspn(start, "\n") + 1;
	while (start[size] == ' ')
		size += strcspn(start + size, "\n") + 1;
	return arena_strndup(lab->arena, start, size);
}

static const char described[] =
	"sriov: {eno2: {vfs: 2, trust: false, spoof_check: true, "
	"vf: {0: {mac: \"52:54:00:00:00:11\", vlan: 100, rate: 1Gbit/s}}}}\n";

/* I21, I23, I24 */
static void functions_are_made_and_told_apart(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, described), "");
	assert_string_equal(
		lab_plan(lab),
		"sriov.eno2: change\n"
		"  file_write path=\"" FILE_ "\" mode=\"0644\"\n"
		"  link_up link=\"eno2\"\n"
		"  sysfs_write path=\"" PATH "/sriov_numvfs\" value=\"2\"\n"
		"  link_vf link=\"eno2\" vf=\"0\" what=\"mac\" value=\"52:54:00:00:00:11\"\n"
		"  link_vf link=\"eno2\" vf=\"0\" what=\"vlan\" value=\"100\"\n"
		"  link_vf link=\"eno2\" vf=\"0\" what=\"trust\" value=\"false\"\n"
		"  link_vf link=\"eno2\" vf=\"0\" what=\"spoof_check\" value=\"true\"\n"
		"  link_vf link=\"eno2\" vf=\"0\" what=\"rate\" value=\"1000\"\n"
		"  link_vf link=\"eno2\" vf=\"1\" what=\"trust\" value=\"false\"\n"
		"  link_vf link=\"eno2\" vf=\"1\" what=\"spoof_check\" value=\"true\"\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs" FILE_),
			    "# made by gasthof for sriov.eno2; changes here are overwritten\n"
			    "[Match]\nPath=pci-" CARD "\n\n[Link]\n"
			    "NamePolicy=keep kernel database onboard slot path\n"
			    "AlternativeNamesPolicy=database onboard slot path mac\n"
			    "MACAddressPolicy=persistent\nSR-IOVVirtualFunctions=2\n"
			    "\n[SR-IOV]\nVirtualFunction=0\nMACAddress=52:54:00:00:00:11\n"
			    "VLANId=100\nMACSpoofCheck=yes\nTrust=no\n"
			    "\n[SR-IOV]\nVirtualFunction=1\nMACSpoofCheck=yes\nTrust=no\n");
	two_functions(lab, "10");
	assert_string_equal(plan_of(lab, "sriov.eno2"),
			    "sriov.eno2: change\n"
			    "  link_vf link=\"eno2\" vf=\"0\" what=\"rate\" value=\"1000\"\n");
	links(lab, "true",
	      "{\"mac\": \"52:54:00:00:00:11\", \"vlan\": 100, \"trust\": false, "
	      "\"spoof_check\": true, \"rate\": 1000}, {\"trust\": false, \"spoof_check\": true}");
	assert_string_equal(lab_plan(lab), "");

	/* what is said no longer goes back to what it is by itself */
	lab_describe(lab, "sriov: {eno2: {vfs: 2, vf: {0: {mac: \"52:54:00:00:00:11\"}}}}\n");
	assert_string_equal(lab_plan(lab),
			    "sriov.eno2: change\n"
			    "  file_write path=\"" FILE_ "\" mode=\"0644\"\n"
			    "  link_vf link=\"eno2\" vf=\"0\" what=\"vlan\" value=\"0\"\n"
			    "  link_vf link=\"eno2\" vf=\"0\" what=\"rate\" value=\"0\"\n");
	lab_describe(lab, "");
	assert_string_equal(lab_plan(lab),
			    "sriov.eno2: remove\n"
			    "  sysfs_write path=\"" PATH "/sriov_numvfs\" value=\"0\"\n"
			    "  file_remove path=\"" FILE_ "\"\n");
}

/* A number is changed by way of none, which whoever uses them will notice. */
static void another_number_goes_by_way_of_none(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	two_functions(lab, "10");
	lab_describe(lab, "sriov: {eno2: {vfs: 3, host_driver: false}}\n");
	assert_non_null(strstr(lab_plan(lab),
			       "  file_write path=\"/etc/tmpfiles.d/gasthof-sriov-eno2.conf\" "
			       "mode=\"0644\"\n"
			       "  unit_enable unit=\"gasthof-devices.service\"\n"
			       "  sysfs_write path=\"" PATH
			       "/sriov_drivers_autoprobe\" value=\"0\"\n"
			       "  sysfs_write path=\"" PATH "/sriov_numvfs\" value=\"0\"\n"
			       "  sysfs_write path=\"" PATH "/sriov_numvfs\" value=\"3\"\n"));
	assert_int_equal(plan_find(&lab->plan, "sriov.eno2")->class, CLASS_LIVE);
	/* where guests were not looked at, one may have what vfio-pci has */
	lab_symlink(lab, "fs/sys/bus/pci/devices/" FIRST "/driver", "../../drivers/vfio-pci");
	assert_non_null(strstr(lab_plan(lab), "  wait guest-stop: somebody has " FIRST "\n"));
	lab_symlink(lab, "fs/sys/bus/pci/devices/" FIRST "/driver", "../../drivers/igbvf");
	lab_class(lab, "net/eno2v0", "pci0000:00/0000:00:01.0/" FIRST "/net/eno2v0");
	lab_put(lab, "links.json",
		"[{\"name\": \"eno2\", \"index\": 3, \"mac\": \"3c:fd:fe:00:00:02\"},"
		" {\"name\": \"eno2v0\", \"index\": 4, \"addresses\": [\"10.1.0.1/24\"]}]");
	lab_plan(lab);
	assert_int_equal(plan_find(&lab->plan, "sriov.eno2")->class, CLASS_SERVICE_RESTART);
	assert_string_equal(plan_find(&lab->plan, "sriov.eno2")->steps.notes.at[0],
			    "the host uses eno2v0, which goes");
	/* the card's own link is in use */
	lab_put(lab, "links.json",
		"[{\"name\": \"eno2\", \"index\": 3, \"mac\": \"3c:fd:fe:00:00:02\","
		" \"addresses\": [\"10.1.0.1/24\"]}]");
	lab_plan(lab);
	assert_int_equal(plan_find(&lab->plan, "sriov.eno2")->class, CLASS_SERVICE_RESTART);
	/* or a VLAN of it */
	lab_put(lab, "links.json",
		"[{\"name\": \"eno2\", \"index\": 3, \"mac\": \"3c:fd:fe:00:00:02\"}]");
	lab_put(lab, "fs/sys/class/net/eno2/upper_eno2.7", "");
	lab_plan(lab);
	assert_int_equal(plan_find(&lab->plan, "sriov.eno2")->class, CLASS_SERVICE_RESTART);
	links(lab, "true", "{}, {}, {}");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs/etc/tmpfiles.d/gasthof-sriov-eno2.conf"),
			    "# made by gasthof for sriov.eno2; changes here are overwritten\n"
			    "w- " PATH "/sriov_drivers_autoprobe - - - - 0\n");
	lab_plan(lab);
	assert_string_equal(lab_differs(lab, "sriov.eno2"), "");
}

/* A8, I18 */
static void what_a_card_cannot_is_said(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "sriov: {eno2: 8}\n");
	assert_string_equal(lab_plan(lab), "2:15: eno2 can have 7 virtual functions, not 8\n");
	lab_describe(lab, "sriov: {eno1: 2}\n");
	assert_string_equal(lab_plan(lab), "2:9: this machine has no such card with SR-IOV\n");
	assert_string_equal(
		lab_describe(lab,
			     "sriov: {eno2: {vfs: 2, vf: {2: {vlan: 4}, 0: {rate: 1kbit/s}}}}\n"),
		"2:29: with 2 virtual functions the last is 1\n"
		"2:53: cards count in whole Mbit/s\n");
	assert_string_equal(lab_describe(lab, "sriov: {a: {link: eno2, vfs: 1}, b: {link: eno2, "
					      "vfs: 2}}\n"),
			    "2:34: sriov.a is the same card\n");
	two_functions(lab, "10");
	links(lab, "true", "{}, {}");
	lab_describe(lab, "sriov: {eno2: {vfs: 2, trust: true}}\n");
	assert_string_equal(lab_plan(lab), "2:9: the driver igb cannot be told trust\n");
	lab_describe(lab, "sriov: {fast: {pci: \"" CARD "\", vfs: 2}}\n"
			  "devices: {card: {pci: \"" CARD "\"}}\n");
	assert_non_null(strstr(lab_plan(lab),
			       "3:23: " CARD " cannot be given away: it has 2 virtual "
			       "functions, which go with it\n"));
}

/* ---- in guests ---- */

#define NIC(more) "memory: 512MiB, virtualization: emulated, nics: {fast: {sriov: eno2" more "}}"
#define TWO                                                             \
	"sriov: {eno2: 2}\n"                                            \
	"guests:\n"                                                     \
	"  web: {" NIC(", vlan: 100, mac: \"52:54:00:00:20:0a\"") "}\n" \
								  "  db: {" NIC("") "}\n"

/* I10, I24 */
static void a_guest_has_a_function_once_it_is_made(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, TWO), "");
	assert_string_equal(plan_of(lab, "guests.web"),
			    "guests.web: create\n"
			    "  wait round: sriov.eno2 makes its functions first\n");
	two_functions(lab, "10");
	assert_non_null(strstr(plan_of(lab, "guests.web"), "  domain_start domain=\"web\""));
	lab_perform(lab);
	/* db comes before web */
	const char *xml = lab_get(lab, "libvirt/domains/web.xml");
	assert_non_null(strstr(xml, "<interface type=\"hostdev\" managed=\"yes\">"));
	assert_non_null(strstr(xml, "<address type=\"pci\" domain=\"0x0000\" bus=\"0x01\" "
				    "slot=\"0x10\" function=\"0x2\"/>"));
	assert_non_null(strstr(xml, "<tag id=\"100\"/>"));
	assert_non_null(strstr(xml, "<mac address=\"52:54:00:00:20:0a\"/>"));
	assert_non_null(strstr(xml, "<alias name=\"ua-nic-fast\"/>"));
	assert_null(strstr(xml, "<model"));
	assert_null(strstr(xml, "<link"));
	xml = lab_get(lab, "libvirt/domains/db.xml");
	assert_non_null(strstr(xml, "slot=\"0x10\" function=\"0x0\"/>"));
	assert_null(strstr(xml, "<vlan"));
	assert_string_equal(lab_plan(lab), "");

	/* one that goes leaves the others what they have */
	lab_describe(lab, "sriov: {eno2: 2}\nguests:\n  web: {" NIC(
				  ", vlan: 100, mac: \"52:54:00:00:20:0a\"") "}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(plan_of(lab, "guests.web"), "");

	/* the functions stay while a guest has one */
	lab_describe(lab, "sriov: {eno2: 3}\nguests:\n  web: {" NIC(
				  ", vlan: 100, mac: \"52:54:00:00:20:0a\"") "}\n");
	assert_non_null(strstr(plan_of(lab, "sriov.eno2"),
			       "  wait guest-stop: guests.web has " OTHER "\n"));
	assert_null(strstr(plan_of(lab, "sriov.eno2"), "numvfs"));
}

/* What it is to have then is found when it can be. */
static void a_guest_stops_without_its_card(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "guests: {web: {memory: 64MiB, virtualization: emulated}}\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, "sriov: {eno2: 2}\nguests:\n  web: {state: stopped, " NIC("") "}\n");
	const char *plan = plan_of(lab, "guests.web");
	assert_non_null(strstr(plan, "  domain_stop domain=\"web\""));
	assert_non_null(strstr(plan, "  wait round: sriov.eno2 makes its functions first\n"));
	assert_null(strstr(plan, "domain_define"));
}

/* Also somebody else's guest, which names it in its own way. */
static void a_foreign_guest_keeps_its_function(void **state)
{
	struct lab *lab = *state;
	static const char *const ways[] = {
		"<hostdev mode='subsystem' type='pci' managed='yes'><source>"
		"<address domain='0x0000' bus='0x01' slot='0x10' function='0x0'/></source>"
		"<alias name='hostdev0'/></hostdev>"
		"<hostdev mode='subsystem' type='pci' managed='yes'><source>"
		"<address domain='0x0000' bus='0x01' slot='0x10' function='0x2'/></source>"
		"<alias name='hostdev1'/></hostdev>",
		"<interface type='hostdev' managed='yes'><mac address='52:54:00:00:00:01'/><source>"
		"<address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x2'/>"
		"</source><alias name='hostdev0'/></interface>",
	};

	machine(lab);
	two_functions(lab, "10");
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		const char *xml = arena_printf(
			lab->arena,
			"<domain type='kvm'><name>old</name><uuid>7f9f8a63-5c2e-4c5c-9f1e-"
			"0a1b2c3d4e5f</uuid><memory>65536</memory><os><type>hvm</type></os>"
			"<devices>%s</devices></domain>",
			ways[i]);
		lab_put(lab, "libvirt/domains/old.xml", xml);
		lab_put(lab, "libvirt/domains/old.live.xml", xml);
		lab_describe(lab, "sriov: {eno2: 3}\nguests: {other: {memory: 64MiB, "
				  "virtualization: emulated}}\n");
		assert_non_null(
			strstr(plan_of(lab, "sriov.eno2"),
			       arena_printf(lab->arena, "guests.old has %s\n", i ? OTHER : FIRST)));
	}
}

static void there_are_not_more_functions_than_there_are(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, "sriov: {eno2: {vfs: 2, vf: {0: {vlan: 4}}}}\n"
					      "guests:\n"
					      "  web: {" NIC("") "}\n"
								 "  db: {" NIC("") "}\n"),
			    "4:72: sriov.eno2 has 1 virtual functions for guests, which others "
			    "have\n");
	assert_string_equal(lab_describe(lab, "sriov: {eno2: 1}\nguests:\n  web: {" NIC(
						      ", model: e1000") "}\n"),
			    "4:85: a NIC with sriov has no model\n");
	assert_string_equal(
		lab_describe(lab, "links: {br0: {type: bridge}}\nguests:\n  web: {memory: 1GiB, "
				  "nics: {a: {link: br0, vlan: 3}}}\n"),
		"4:51: vlan is for a NIC with sriov\n");
}

/* The card itself may be the uplink; a function that shares its group with it stays. */
static void the_uplinks_group_stays(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	two_functions(lab, "10");
	lab_put(lab, "fs/proc/net/route",
		"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n"
		"eno2\t00000000\tFE00000A\t0003\t0\t0\t1024\t00000000\t0\t0\t0\n");
	lab_describe(lab, TWO);
	lab_plan(lab);
	assert_int_equal(lab->plan.blocked, 0);
	lab_pci(lab, FIRST, "020000", "8086:10ca", "igbvf", "1");
	assert_non_null(strstr(lab_plan(lab),
			       FIRST " cannot be given away: its IOMMU group 1 also has " CARD
				     ", which carries the default route (eno2)\n"));
	lab_put(lab, "fs/proc/net/route", "");
	assert_non_null(strstr(lab_plan(lab),
			       FIRST " cannot be given away: its IOMMU group 1 also has " CARD
				     ", which igb drives\n"));
	/* PIT7 */
	lab_iommu(lab, false);
	assert_non_null(strstr(lab_plan(lab), "this machine lacks interrupt_remapping"));
	assert_true(lab->plan.stopped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(functions_are_made_and_told_apart, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(another_number_goes_by_way_of_none, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(what_a_card_cannot_is_said, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(a_guest_has_a_function_once_it_is_made, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(a_guest_stops_without_its_card, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(a_foreign_guest_keeps_its_function, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(there_are_not_more_functions_than_there_are,
						lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(the_uplinks_group_stays, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
