/* kind devices: what may be given to guests, what the host keeps, and giving back. */
#include "pci_help.h"

#define GPU   "0000:41:00.0"
#define AUDIO "0000:41:00.1"
#define HBA   "0000:02:00.0"
#define NIC   "0000:03:00.0"
#define PORT  "0000:00:01.0"

/* A GPU with its sound behind a root port, a disk controller with the root file system on LVM, a
 * NIC with the default route through a bridge and a second one for nobody. */
static void machine(struct lab *lab)
{
	lab_iommu(lab, true);
	lab_pci(lab, PORT, "060400", "8086:1901", "pcieport", "1");
	lab_pci(lab, GPU, "030000", "10de:2204", "nouveau", "1");
	lab_pci(lab, AUDIO, "040300", "10de:1aef", "snd_hda_intel", "1");
	lab_pci(lab, HBA, "010700", "1000:0097", "mpt3sas", "2");
	lab_pci(lab, NIC, "020000", "8086:1521", "igb", "3");
	lab_pci(lab, "0000:04:00.0", "020000", "8086:1521", "igb", "4");
	lab_class(lab, "net/eno1", "pci0000:00/0000:00:01.1/" NIC "/net/eno1");
	lab_class(lab, "net/eno2", "pci0000:00/0000:00:01.2/0000:04:00.0/net/eno2");
	lab_class(lab, "net/br0", "virtual/net/br0");
	lab_put(lab, "fs/sys/devices/virtual/net/br0/lower_eno1", "");
	lab_put(lab, "fs/sys/class/net/bonding_masters", "\n");
	lab_put(lab, "links.json",
		"[{\"name\": \"eno1\", \"index\": 2, \"mac\": \"3c:fd:fe:00:00:01\", "
		"\"master\": \"br0\"},"
		" {\"name\": \"eno2\", \"index\": 3, \"mac\": \"3c:fd:fe:00:00:02\"},"
		" {\"name\": \"br0\", \"index\": 4, \"kind\": \"bridge\", "
		"\"mac\": \"3c:fd:fe:00:00:01\", \"addresses\": [\"10.0.0.1/24\"]}]");
	lab_put(lab, "fs/proc/net/route",
		"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n"
		"br0\t00000000\tFE00000A\t0003\t0\t0\t1024\t00000000\t0\t0\t0\n"
		"eno2\t00000000\tFE00000A\t0003\t0\t0\t2048\t00000000\t0\t0\t0\n"
		"br0\t0000000A\t00000000\t0001\t0\t0\t1024\t00FFFFFF\t0\t0\t0\n");
	lab_class(lab, "block/sda2", "pci0000:00/0000:00:01.3/" HBA "/host0/block/sda/sda2");
	lab_class(lab, "block/dm-0", "virtual/block/dm-0");
	lab_put(lab, "fs/sys/class/block/sda2/dev", "8:2\n");
	lab_put(lab, "fs/sys/class/block/sda2/holders/dm-0", "");
	lab_put(lab, "fs/sys/class/block/dm-0/dev", "254:0\n");
	lab_put(lab, "fs/proc/self/mountinfo",
		"22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw\n");
}

static const char early[] = "# made by gasthof for devices.gpu0; changes here are overwritten\n"
			    "w- /sys/bus/pci/devices/" GPU "/driver_override - - - - vfio-pci\n"
			    "w- /sys/bus/pci/devices/" AUDIO "/driver_override - - - - vfio-pci\n";

/* I5, I6, I17 */
static void a_group_is_taken_as_a_whole_and_given_back(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, "devices: {gpu0: {pci: \"" GPU "\", bind: now}}\n"),
			    "");
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "devices.gpu0: change\n"
				     "  file_write path=\"/var/lib/gasthof/devices/gpu0.device\" "
				     "mode=\"0644\"\n"
				     "  pci_driver device=\"" GPU "\" driver=\"vfio-pci\" "
				     "override=\"vfio-pci\"\n"
				     "  pci_driver device=\"" AUDIO "\" driver=\"vfio-pci\" "
				     "override=\"vfio-pci\"\n"));
	assert_non_null(strstr(plan, "module_load module=\"vfio_pci\""));
	assert_null(strstr(plan, PORT));
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs/var/lib/gasthof/devices/gpu0.device"),
			    "# made by gasthof for devices.gpu0; changes here are overwritten\n"
			    "[Device]\nAddress=" GPU "\nBind=now\n"
			    "\n[Function]\nAddress=" GPU "\nDriver=nouveau\n"
			    "\n[Function]\nAddress=" AUDIO "\nDriver=snd_hda_intel\n");
	assert_null(strstr(lab_plan(lab), "devices.gpu0"));

	lab_describe(lab, "");
	assert_non_null(strstr(lab_plan(lab),
			       "devices.gpu0: remove\n"
			       "  pci_driver device=\"" GPU "\" driver=\"nouveau\" override=\"\"\n"
			       "  pci_driver device=\"" AUDIO "\" driver=\"snd_hda_intel\" "
			       "override=\"\"\n"
			       "  file_remove path=\"/var/lib/gasthof/devices/gpu0.device\"\n"));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void bound_at_boot_before_its_own_driver(void **state)
{
	struct lab *lab = *state;
	static const char yaml[] = "devices: {gpu0: {id: \"10de:2204\", bind: boot}}\n";

	machine(lab);
	assert_string_equal(lab_describe(lab, yaml), "");
	assert_non_null(strstr(lab_plan(lab), "  unit_enable unit=\"gasthof-devices.service\"\n"));
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs/etc/tmpfiles.d/gasthof-device-gpu0.conf"), early);
	assert_null(strstr(lab_plan(lab), "devices.gpu0"));

	/* what a hand did to the file is a difference */
	lab_put(lab, "fs/etc/tmpfiles.d/gasthof-device-gpu0.conf", "");
	assert_non_null(strstr(lab_plan(lab), "devices.gpu0: change\n  file_write path="
					      "\"/etc/tmpfiles.d/gasthof-device-gpu0.conf\""));
	assert_string_equal(lab_differs(lab, "devices.gpu0"), "early: false -> true\n");
	lab_perform(lab);

	/* given back while it is off: only the files go, and the driver's place is remembered */
	lab_describe(lab, "devices: {gpu0: {id: \"10de:2204\"}}\n");
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "pci_driver device=\"" GPU "\" driver=\"nouveau\""));
	assert_non_null(strstr(plan, "file_remove path=\"/etc/tmpfiles.d/gasthof-device-gpu0"));
	lab_perform(lab);
	assert_null(strstr(lab_plan(lab), "devices.gpu0"));
}

/* After a boot at which nobody ever saw who drives it. */
static void a_driver_that_nobody_saw_is_left_to_the_kernel(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_symlink(lab, "fs/sys/bus/pci/devices/" GPU "/driver", "../../drivers/vfio-pci");
	lab_describe(lab, "devices: {gpu0: {pci: \"" GPU "\", bind: now}}\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, "");
	assert_non_null(strstr(lab_plan(lab), "  pci_driver device=\"" GPU "\" override=\"\"\n"));
}

/* A link is also used by what is made of it. */
static void a_nic_with_a_vlan_is_not_taken_by_the_way(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "devices: {nic2: {mac: \"3c:fd:fe:00:00:02\", bind: now}}\n");
	lab_plan(lab);
	assert_int_equal(plan_find(&lab->plan, "devices.nic2")->class, CLASS_LIVE);
	lab_put(lab, "fs/sys/class/net/eno2/upper_eno2.100", "");
	lab_plan(lab);
	assert_int_equal(plan_find(&lab->plan, "devices.nic2")->class, CLASS_SERVICE_RESTART);
}

/* Its link goes when vfio-pci has it, and with it the address it is found by. */
static void a_nic_is_found_by_its_address_also_when_it_is_gone(void **state)
{
	struct lab *lab = *state;
	static const char yaml[] = "devices: {nic2: {mac: \"3c:fd:fe:00:00:02\", bind: now}}\n";

	machine(lab);
	assert_string_equal(lab_describe(lab, yaml), "");
	assert_non_null(strstr(lab_plan(lab), "pci_driver device=\"0000:04:00.0\""));
	lab_perform(lab);
	lab_put(lab, "links.json", "[]");
	remove(lab_path(lab, "fs/sys/class/net/eno2"));
	assert_null(strstr(lab_plan(lab), "devices.nic2"));
	lab_describe(lab, "devices: {nic2: {mac: \"3c:fd:fe:00:00:09\"}}\n");
	assert_non_null(strstr(lab_plan(lab), "2:23: this machine has no such device\n"));
}

/* I12 */
static void what_the_host_stands_on_stays(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "devices: {hba: {pci: \"" HBA "\"}}\n");
	assert_string_equal(lab_plan(lab), "2:22: " HBA " cannot be given away: it holds /\n");
	lab_describe(lab, "devices: {nic: {mac: \"3c:fd:fe:00:00:01\"}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:22: " NIC
			    " cannot be given away: it carries the default route (br0)\n");
	/* in one group with it */
	lab_pci(lab, "0000:04:00.0", "020000", "8086:1521", "igb", "3");
	lab_describe(lab, "devices: {nic: {mac: \"3c:fd:fe:00:00:02\"}}\n");
	assert_string_equal(
		lab_plan(lab),
		"2:22: 0000:04:00.0 cannot be given away: its IOMMU group 3 also has " NIC
		", which carries the default route (br0)\n");
	lab_put(lab, "fs/proc/self/mountinfo", "");
	lab_put(lab, "fs/sys/class/block/sda3/dev", "8:3\n");
	lab_put(lab, "fs/proc/swaps", "Filename\t\tType\n/dev/dm-0  partition\t1\t0\t-2\n");
	lab_describe(lab, "devices: {hba: {pci: \"" HBA "\"}}\n");
	assert_string_equal(lab_plan(lab), "2:22: " HBA " cannot be given away: it holds swap\n");
}

static void an_nvme_of_several_paths_is_found(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_pci(lab, "0000:05:00.0", "010802", "144d:a824", "nvme", "5");
	lab_class(lab, "block/nvme0n1p1", "virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1");
	lab_put(lab, "fs/sys/class/block/nvme0n1p1/dev", "259:1\n");
	lab_put(lab, "fs/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0c0n1/size", "1\n");
	lab_symlink(lab, "fs/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
		    "../../../pci0000:00/0000:05:00.0/nvme/nvme0");
	lab_put(lab, "fs/proc/self/mountinfo", "22 1 0:30 /root / rw - btrfs /dev/nvme0n1p1 rw\n");
	lab_describe(lab, "devices: {disk: {pci: \"0000:05:00.0\"}}\n");
	assert_string_equal(lab_plan(lab), "2:23: 0000:05:00.0 cannot be given away: it holds /\n");
}

static void the_description_and_the_machine_are_judged(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, "devices: {x: {}}\n"),
			    "2:11: a device is said by one of pci, mac, id\n");
	assert_string_equal(lab_describe(lab, "devices: {x: {id: \"10DE:2204\"}}\n"),
			    "2:19: \"10DE:2204\" is no vendor and device\n");
	assert_string_equal(
		lab_describe(lab, "devices: {x: {pci: \"" GPU "\"}, y: {pci: \"" GPU "\"}}\n"),
		"2:37: devices.x is the same device\n");
	lab_describe(lab, "devices: {x: {pci: \"" PORT "\"}}\n");
	assert_string_equal(lab_plan(lab), "2:20: " PORT " is a bridge\n");
	lab_describe(lab, "devices: {x: {id: \"8086:1521\"}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:19: this machine has several 8086:1521: " NIC " and 0000:04:00.0\n");
	lab_describe(lab, "devices: {x: {pci: \"0000:99:00.0\"}}\n");
	assert_string_equal(lab_plan(lab), "2:20: this machine has no such device\n");
	lab_describe(lab, "devices: {x: {mac: \"3c:fd:fe:00:00:02\"}}\nlinks: {eno2: {}}\n");
	assert_non_null(
		strstr(lab_plan(lab), "2:11: links.eno2 describes its link for the host\n"));
	/* another function of its group is the host's */
	lab_pci(lab, "0000:05:00.0", "020000", "8086:1533", "igb", "4");
	lab_describe(lab, "devices: {x: {pci: \"0000:05:00.0\"}}\nlinks: {eno2: {}}\n");
	assert_non_null(
		strstr(lab_plan(lab), "2:11: links.eno2 describes its link for the host\n"));
	/* a bridge of another kind that has a driver is nobody's to take */
	lab_pci(lab, "0000:00:1f.0", "060100", "8086:a309", "lpc_ich", "1");
	lab_describe(lab, "devices: {x: {pci: \"" GPU "\"}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:20: " GPU " cannot be given away: its IOMMU group 1 also has "
			    "0000:00:1f.0, which lpc_ich drives\n");
}

/* A24, PIT6, PIT7: said before anything is tried. */
static void without_remapping_nothing_is_tried(void **state)
{
	struct lab *lab = *state;
	static const char yaml[] = "devices: {gpu0: {pci: \"" GPU "\", bind: now}}\n";

	machine(lab);
	lab_iommu(lab, false);
	assert_string_equal(lab_describe(lab, yaml), "");
	assert_non_null(strstr(lab_plan(lab), "2:11: this machine lacks interrupt_remapping"));
	assert_true(lab->plan.stopped);
	/* in those words */
	lab_describe(lab, arena_printf(lab->arena, "%siommu: {unsafe_interrupts: true}\n", yaml));
	assert_null(strstr(lab_plan(lab), "interrupt_remapping"));
	assert_false(lab->plan.stopped);
}

/* ---- in guests ---- */

#define GUEST_OF(name, more)   \
	"guests:\n"            \
	"  " name ":\n"        \
	"    memory: 512MiB\n" \
	"    virtualization: emulated\n" more

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

/* I2, I9 */
static void a_guest_takes_the_group(void **state)
{
	struct lab *lab = *state;
	static const char yaml[] =
		"devices: {gpu0: {pci: \"" GPU "\"}}\n" GUEST_OF("web", "    devices: [gpu0]\n");

	machine(lab);
	assert_string_equal(lab_describe(lab, yaml), "");
	assert_non_null(strstr(plan_of(lab, "guests.web"), "domain_start"));
	lab_perform(lab);
	const char *xml = lab_get(lab, "libvirt/domains/web.xml");
	assert_non_null(strstr(xml, "<hostdev mode=\"subsystem\" type=\"pci\" managed=\"yes\">"));
	assert_non_null(strstr(xml, "<address type=\"pci\" domain=\"0x0000\" bus=\"0x41\" "
				    "slot=\"0x00\" function=\"0x1\"/>"));
	assert_non_null(strstr(xml, "<alias name=\"ua-device-gpu0\"/>"));
	assert_non_null(strstr(xml, "<alias name=\"ua-device-gpu0-1\"/>"));
	assert_string_equal(plan_of(lab, "guests.web"), "");

	/* while it runs, libvirt has given the group to vfio-pci: nothing to do */
	lab_symlink(lab, "fs/sys/bus/pci/devices/" GPU "/driver", "../../drivers/vfio-pci");
	lab_symlink(lab, "fs/sys/bus/pci/devices/" AUDIO "/driver", "../../drivers/vfio-pci");
	assert_string_equal(lab_plan(lab), "");

	/* the guest keeps it until it lets go: then it is given back */
	lab_describe(lab, GUEST_OF("web", "    on_change: never\n"));
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "devices.gpu0: remove\n"
				     "  wait guest-stop: guests.web has " GPU "\n"));
	lab_describe(lab, GUEST_OF("web", ""));
	assert_non_null(strstr(plan_of(lab, "guests.web"),
			       "  device_detach domain=\"web\" alias=\"ua-device-gpu0\" "
			       "scope=\"live\""));
}

/* I12 */
static void a_guest_does_not_take_what_became_the_uplink(void **state)
{
	struct lab *lab = *state;
	static const char yaml[] = "devices: {nic2: {mac: \"3c:fd:fe:00:00:02\"}}\n" GUEST_OF(
		"web", "    devices: [nic2]\n    state: stopped\n");

	machine(lab);
	lab_describe(lab, yaml);
	lab_plan(lab);
	lab_perform(lab);
	lab_put(lab, "fs/proc/net/route",
		"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n"
		"eno2\t00000000\tFE00000A\t0003\t0\t0\t1024\t00000000\t0\t0\t0\n");
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, "devices: {nic2: {mac: \"3c:fd:fe:00:00:02\"}}\n" GUEST_OF(
				  "web", "    devices: [nic2]\n"));
	assert_non_null(strstr(lab_plan(lab), "0000:04:00.0 cannot be given away: it carries the "
					      "default route (eno2)\n"));
	assert_null(strstr(plan_of(lab, "guests.web"), "domain_start"));
}

/* Libvirt takes it from the host at the guest's start. */
static void a_link_that_is_used_does_not_go_by_the_way(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "devices: {nic2: {mac: \"3c:fd:fe:00:00:02\"}}\n" GUEST_OF(
				  "web", "    devices: [nic2]\n"));
	assert_non_null(strstr(plan_of(lab, "guests.web"), "domain_start"));
	assert_int_equal(plan_find(&lab->plan, "guests.web")->class, CLASS_LIVE);
	lab_put(lab, "links.json",
		"[{\"name\": \"eno2\", \"index\": 3, \"mac\": \"3c:fd:fe:00:00:02\","
		" \"addresses\": [\"10.9.0.1/24\"]}]");
	assert_non_null(strstr(plan_of(lab, "guests.web"), "domain_start"));
	const struct plan_item *item = plan_find(&lab->plan, "guests.web");
	assert_int_equal(item->class, CLASS_SERVICE_RESTART);
	assert_string_equal(item->steps.notes.at[item->steps.notes.count - 1],
			    "the host uses eno2, which goes to the guest");
}

/* J5: plugged in while it runs. */
static void a_device_comes_to_a_running_guest(void **state)
{
	struct lab *lab = *state;
	static const char devices[] = "devices: {gpu0: {pci: \"" GPU "\"}}\n";

	machine(lab);
	lab_describe(lab, arena_printf(lab->arena, "%s%s", devices, GUEST_OF("web", "")));
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, arena_printf(lab->arena, "%s%s", devices,
				       GUEST_OF("web", "    devices: [gpu0]\n")));
	const char *plan = plan_of(lab, "guests.web");
	assert_non_null(strstr(plan, "  domain_define domain=\"web\""));
	assert_non_null(strstr(plan, "  device_attach domain=\"web\" alias=\"ua-device-gpu0\" "
				     "scope=\"live\""));
	assert_null(strstr(plan, "wait"));
}

/* I8, I17 */
static void a_device_is_in_one_guest(void **state)
{
	struct lab *lab = *state;
	static const char both[] =
		"devices: {gpu0: {pci: \"" GPU "\"}, sound: {pci: \"" AUDIO "\"}}\n";
	static const char one[] = "    devices: [gpu0]\n";
	const char *twice = arena_printf(
		lab->arena,
		"%s%s  db: {memory: 512MiB, virtualization: emulated, devices: [gpu0]}\n", both,
		GUEST_OF("web", "    devices: [gpu0, sound]\n"));

	machine(lab);
	assert_string_equal(lab_describe(lab, twice),
			    "8:50: guests.web has the device \"gpu0\" too, and both may run\n");
	lab_describe(lab, arena_printf(lab->arena, "%s%s%s", both, GUEST_OF("web", ""), one));
	assert_non_null(strstr(lab_plan(lab), "are in one IOMMU group, 1: a guest takes both or "
					      "neither\n"));
	lab_describe(lab, arena_printf(lab->arena, "%s%s", both,
				       GUEST_OF("web", "    devices: [sound, gpu0]\n")));
	lab_plan(lab);
	assert_int_equal(lab->plan.blocked, 0);
	lab_perform(lab);
	assert_null(strstr(lab_get(lab, "libvirt/domains/web.xml"), "ua-device-gpu0-1"));
	assert_non_null(strstr(lab_get(lab, "libvirt/domains/web.xml"), "ua-device-sound"));
	assert_string_equal(lab_describe(lab, GUEST_OF("web", "    devices: [gpu]\n")),
			    "6:15: there is nothing called \"gpu\" in devices\n");
}

/* I12, PIT7: neither by other words. */
static void libvirts_words_are_no_way_around(void **state)
{
	struct lab *lab = *state;
	static const char yaml[] =
		GUEST_OF("web", "    host_devices:\n"
				"      hba: {type: pci, managed: true, source_address: "
				"{bus: \"0x02\", slot: \"0\", function: \"0x0\"}}\n");

	machine(lab);
	assert_string_equal(lab_describe(lab, yaml), "");
	assert_non_null(strstr(lab_plan(lab), HBA " cannot be given away: it holds /\n"));
	assert_int_equal(lab->plan.blocked, 1);
	lab_put(lab, "fs/proc/self/mountinfo", "");
	remove(lab_path(lab, "fs/sys/devices/pci0000:00/0000:00:01.3/" HBA
			     "/host0/block/sda/sda2/holders/dm-0"));
	lab_plan(lab);
	assert_int_equal(lab->plan.blocked, 0);
	lab_iommu(lab, false);
	assert_non_null(strstr(lab_plan(lab), "interrupt_remapping"));
	assert_true(lab->plan.stopped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_group_is_taken_as_a_whole_and_given_back,
						lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(bound_at_boot_before_its_own_driver, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(a_driver_that_nobody_saw_is_left_to_the_kernel,
						lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_nic_is_found_by_its_address_also_when_it_is_gone,
						lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(what_the_host_stands_on_stays, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(an_nvme_of_several_paths_is_found, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(the_description_and_the_machine_are_judged,
						lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(without_remapping_nothing_is_tried, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(libvirts_words_are_no_way_around, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(a_guest_takes_the_group, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_nic_with_a_vlan_is_not_taken_by_the_way,
						lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_link_that_is_used_does_not_go_by_the_way,
						lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_guest_does_not_take_what_became_the_uplink,
						lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_device_comes_to_a_running_guest, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(a_device_is_in_one_guest, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
