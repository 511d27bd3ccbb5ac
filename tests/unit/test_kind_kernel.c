/* kinds: kernel.modules, kvm. */
#include "pci_help.h"

static void modules_machine(struct lab *lab)
{
	lab_put(lab, "fs/proc/modules",
		"kvm_amd 200704 0 - Live 0x0000000000000000\n"
		"kvm 1400832 1 kvm_amd, Live 0x0000000000000000\n");
	lab_put(lab, "fs/sys/module/kvm_amd/parameters/nested", "0\n");
	lab_put(lab, "fs/sys/module/kvm_amd/parameters/sev", "N\n");
	lab_put(lab, "fs/sys/module/kvm/parameters/halt_poll_ns", "200000\n");
	lab_json(lab, "files.json", "/sys/module/kvm_amd/parameters/nested", NULL);
}

/* The modes of parameters: git keeps no more of a mode than whether it can be run. */
static void read_only(struct lab *lab, const char *path)
{
	struct node *file = node_map(lab->arena);

	node_put(lab->arena, file, "mode", node_quoted(lab->arena, "0444"));
	lab_json(lab, "files.json", path, file);
}

/* B5, L1 */
static void kvm_nested_is_an_option_of_both_modules(void **state)
{
	struct lab *lab = *state;

	modules_machine(lab);
	read_only(lab, "/sys/module/kvm_amd/parameters/nested");
	assert_string_equal(lab_describe(lab, "kvm: {nested: true}\n"), "");
	assert_string_equal(lab_plan(lab),
			    "kernel.modules.kvm_intel: create\n"
			    "  file_write path=\"/etc/modprobe.d/gasthof-kvm_intel.conf\" "
			    "mode=\"0644\"\n"
			    "kernel.modules.kvm_amd: change\n"
			    "  file_write path=\"/etc/modprobe.d/gasthof-kvm_amd.conf\" "
			    "mode=\"0644\"\n"
			    "  module_reload module=\"kvm_amd\"\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs/etc/modprobe.d/gasthof-kvm_amd.conf"),
			    "# made by gasthof for kernel.modules.kvm_amd; changes here are "
			    "overwritten\noptions kvm_amd nested=1\n");
	lab_put(lab, "fs/sys/module/kvm_amd/parameters/nested", "Y\n");
	assert_string_equal(lab_plan(lab), "");

	lab_describe(lab, "");
	assert_string_equal(lab_plan(lab),
			    "kernel.modules.kvm_amd: remove\n"
			    "  file_remove path=\"/etc/modprobe.d/gasthof-kvm_amd.conf\"\n"
			    "kernel.modules.kvm_intel: remove\n"
			    "  file_remove path=\"/etc/modprobe.d/gasthof-kvm_intel.conf\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

/* B6: never while guests run */
static void a_module_that_guests_hold_waits(void **state)
{
	struct lab *lab = *state;

	modules_machine(lab);
	read_only(lab, "/sys/module/kvm_amd/parameters/nested");
	lab_put(lab, "fs/proc/modules", "kvm_amd 200704 3 - Live 0x0000000000000000\n");
	lab_describe(lab, "kvm: {nested: true}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab),
			    "kernel.modules.kvm_amd: change\n"
			    "  wait guest-stop: guests hold kvm_amd, which takes nested when it is "
			    "loaded\n");
	assert_true(plan_is_empty(&lab->plan));
}

/* A driver is used without being counted: nobody takes it out from under a link.  B6 */
static void a_driver_is_never_taken_out(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "fs/proc/modules", "igb 270336 0 - Live 0x0000000000000000\n");
	lab_put(lab, "fs/sys/module/igb/parameters/max_vfs", "0\n");
	read_only(lab, "/sys/module/igb/parameters/max_vfs");
	lab_describe(lab, "kernel: {modules: {igb: {options: {max_vfs: 2}}}}\n");
	assert_string_equal(lab_plan(lab),
			    "kernel.modules.igb: change\n"
			    "  file_write path=\"/etc/modprobe.d/gasthof-igb.conf\" mode=\"0644\"\n"
			    "  wait reboot: igb takes max_vfs only when it is loaded\n");
}

/* kvm goes with what holds it, where no guest runs.  B6 */
static void a_module_is_reloaded_with_its_holders(void **state)
{
	struct lab *lab = *state;

	modules_machine(lab);
	lab_put(lab, "fs/sys/module/kvm/parameters/mmio_caching", "Y\n");
	read_only(lab, "/sys/module/kvm/parameters/mmio_caching");
	lab_describe(lab, "kernel: {modules: {kvm: {options: {mmio_caching: false}}}}\n");
	assert_string_equal(lab_plan(lab),
			    "kernel.modules.kvm: change\n"
			    "  file_write path=\"/etc/modprobe.d/gasthof-kvm.conf\" mode=\"0644\"\n"
			    "  module_reload module=\"kvm\"\n");
	lab_perform(lab);
	lab_put(lab, "fs/proc/modules",
		"kvm_amd 200704 3 - Live 0x0000000000000000\n"
		"kvm 1400832 1 kvm_amd, Live 0x0000000000000000\n");
	assert_string_equal(
		lab_plan(lab),
		"kernel.modules.kvm: change\n"
		"  wait guest-stop: guests hold kvm, which takes mmio_caching when it is "
		"loaded\n");
	lab_put(lab, "fs/proc/modules",
		"kvm_amd 200704 0 - Live 0x0000000000000000\n"
		"stranger 1 0 - Live 0x0000000000000000\n"
		"kvm 1400832 2 kvm_amd,stranger, Live 0x0000000000000000\n");
	assert_string_equal(lab_plan(lab),
			    "kernel.modules.kvm: change\n"
			    "  wait reboot: kvm takes mmio_caching only when it is loaded\n");
}

/* A14, L2, PIT39 */
static void kvm_s_wishes_go_to_the_module_that_has_them(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, "kvm:\n  ept: true\n  npt: false\n"
					      "  enable_apicv: true\n  avic: true\n"
					      "  enable_shadow_vmcs: true\n"
					      "  ignore_msrs: false\n  halt_poll_ns: 1000\n"),
			    "");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs/etc/modprobe.d/gasthof-kvm_intel.conf"),
			    "# made by gasthof for kernel.modules.kvm_intel; changes here are "
			    "overwritten\n"
			    "options kvm_intel ept=1\noptions kvm_intel enable_apicv=1\n"
			    "options kvm_intel enable_shadow_vmcs=1\n");
	assert_string_equal(lab_get(lab, "fs/etc/modprobe.d/gasthof-kvm_amd.conf"),
			    "# made by gasthof for kernel.modules.kvm_amd; changes here are "
			    "overwritten\noptions kvm_amd npt=0\noptions kvm_amd avic=1\n");
	assert_string_equal(lab_get(lab, "fs/etc/modprobe.d/gasthof-kvm.conf"),
			    "# made by gasthof for kernel.modules.kvm; changes here are "
			    "overwritten\noptions kvm ignore_msrs=0\n"
			    "options kvm halt_poll_ns=1000\n");
	assert_string_equal(
		lab_describe(lab, "kvm: {ept: true}\n"
				  "kernel: {modules: {kvm_intel: {options: {ept: false}}}}\n"),
		"3:42: ept is said by kvm already\n");
}

/* B5 */
static void a_parameter_that_a_module_lacks_is_a_fault(void **state)
{
	struct lab *lab = *state;

	modules_machine(lab);
	lab_put(lab, "modules.json",
		"{\"kvm_amd\": {\"parameters\": [\"sev\", \"nested\", \"npt\"]},\n"
		" \"nouveau\": {\"parameters\": []}}");
	lab_describe(lab, "kernel:\n  modules:\n"
			  "    kvm_amd: {options: {nestd: true}}\n"
			  "    nouveau: {options: {modeset: 0}}\n");
	assert_string_equal(
		lab_plan(lab),
		"4:25: module kvm_amd has no parameter \"nestd\"; it has nested, npt, sev\n"
		"5:25: module nouveau has no parameter \"modeset\"; it has none\n");
	assert_int_equal(plan_find(&lab->plan, "kernel.modules.kvm_amd")->steps.list.count, 0);
}

/* What kvm implies for the other maker's processor need not be there; what is asked for must. */
static void a_module_that_the_kernel_lacks_is_a_fault(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "modules.json", "{\"kvm_amd\": {\"parameters\": [\"nested\"]}}");
	lab_describe(lab, "kvm: {nested: true}\n"
			  "kernel: {modules: {vhost-nett: boot, nouveau: never}}\n");
	assert_string_equal(lab_plan(lab),
			    "kernel.modules.nouveau: create\n"
			    "  file_write path=\"/etc/modprobe.d/gasthof-nouveau.conf\" "
			    "mode=\"0644\"\n"
			    "kernel.modules.kvm_intel: create\n"
			    "  file_write path=\"/etc/modprobe.d/gasthof-kvm_intel.conf\" "
			    "mode=\"0644\"\n"
			    "kernel.modules.kvm_amd: create\n"
			    "  file_write path=\"/etc/modprobe.d/gasthof-kvm_amd.conf\" "
			    "mode=\"0644\"\n"
			    "3:20: this kernel has no module \"vhost-nett\"\n");
}

static void module_options_are_set_live_where_they_can_be(void **state)
{
	struct lab *lab = *state;

	modules_machine(lab);
	assert_string_equal(
		lab_describe(lab, "kernel: {modules: {kvm: {options: {halt_poll_ns: 0}}}}\n"), "");
	assert_string_equal(
		lab_plan(lab),
		"kernel.modules.kvm: change\n"
		"  file_write path=\"/etc/modprobe.d/gasthof-kvm.conf\" mode=\"0644\"\n"
		"  sysfs_write path=\"/sys/module/kvm/parameters/halt_poll_ns\" value=\"0\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");

	lab_put(lab, "fs/etc/modprobe.d/gasthof-kvm.conf",
		"# made by gasthof for kernel.modules.kvm; changes here are overwritten\n"
		"options kvm halt_poll_ns=5\n# mine\n");
	lab_plan(lab);
	assert_string_equal(lab_differs(lab, "kernel.modules.kvm"),
			    "options.halt_poll_ns.value: 5 -> 0\nother: [+# mine] -> []\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void modules_are_loaded_or_kept_out(void **state)
{
	struct lab *lab = *state;

	modules_machine(lab);
	lab_put(lab, "fs/sys/module/nouveau/parameters/modeset", "-1\n");
	lab_put(lab, "fs/proc/modules", "nouveau 2400256 0 - Live 0x0000000000000000\n");
	assert_string_equal(
		lab_describe(lab, "kernel: {modules: {vhost-net: boot, nouveau: never}}\n"), "");
	assert_string_equal(
		lab_plan(lab),
		"kernel.modules.vhost-net: create\n"
		"  file_write path=\"/etc/modules-load.d/gasthof-vhost_net.conf\" mode=\"0644\"\n"
		"  module_load module=\"vhost_net\"\n"
		"kernel.modules.nouveau: change\n"
		"  file_write path=\"/etc/modprobe.d/gasthof-nouveau.conf\" mode=\"0644\"\n"
		"  wait reboot: nouveau stays loaded until the next boot\n");
	lab_perform(lab);
	lab_put(lab, "fs/proc/modules", "vhost_net 32768 0 - Live 0x0000000000000000\n");
	lab_put(lab, "fs/sys/module/vhost_net/refcnt", "0\n");
	nftw(lab_path(lab, "fs/sys/module/nouveau"), lab_unlink, 16, FTW_DEPTH | FTW_PHYS);
	assert_string_equal(lab_plan(lab), "");
}

/* The next boot would have no root, and nothing tries it before. */
static void what_drives_the_root_is_not_kept_out(void **state)
{
	struct lab *lab = *state;

	modules_machine(lab);
	lab_pci(lab, "0000:02:00.0", "010700", "1000:0097", "virtio-pci", NULL);
	lab_class(lab, "block/sda2", "pci0000:00/0000:02:00.0/host0/block/sda/sda2");
	lab_put(lab, "fs/sys/class/block/sda2/dev", "8:2\n");
	lab_put(lab, "fs/proc/self/mountinfo", "22 1 8:2 / / rw - ext4 /dev/sda2 rw\n");
	lab_put(lab, "fs/sys/module/virtio_pci/refcnt", "0\n");
	lab_describe(lab, "kernel: {modules: {virtio_pci: never}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:32: the host would not come up without virtio_pci: it drives "
			    "0000:02:00.0, which holds /\n");
	lab_put(lab, "fs/proc/self/mountinfo", "");
	assert_non_null(strstr(lab_plan(lab), "file_write path=\"/etc/modprobe.d/"
					      "gasthof-virtio_pci.conf\""));
}

static void modules_faults(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, "kernel: {modules: {vhost_net: {}}}\n"),
			    "2:20: nothing is said about module \"vhost_net\"\n");
	assert_string_equal(
		lab_describe(lab, "kernel: {modules: {kvm-amd: boot, kvm_amd: auto}}\n"),
		"2:35: \"kvm_amd\" and \"kvm-amd\" are one module\n");
	assert_string_equal(
		lab_describe(lab, "kernel: {modules: {kvm: {options: {a: 'x y', 'b c': 1}}}}\n"),
		"2:36: a module's parameter holds no spaces, quotes or backslashes\n"
		"2:46: \"b c\" cannot be the name of a module's parameter\n");
	assert_string_equal(
		lab_describe(lab, "kvm: {nested: true}\n"
				  "kernel: {modules: {kvm_amd: {options: {nested: false}}}}\n"),
		"3:40: nested is said by kvm already\n");
}

static void could_not_look_is_not_absent(void **state)
{
	struct lab *lab = *state;

	modules_machine(lab);
	lab_put(lab, "failing", "/etc/modprobe.d\n");
	lab_describe(lab, "kernel: {modules: {kvm: {options: {halt_poll_ns: 0}}}}\n");
	assert_string_equal(lab_plan(lab),
			    "cannot look at /etc/modprobe.d: it fails in this capture\n");
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(kvm_nested_is_an_option_of_both_modules),
		LAB_TEST(a_module_that_guests_hold_waits),
		LAB_TEST(a_driver_is_never_taken_out),
		LAB_TEST(what_drives_the_root_is_not_kept_out),
		LAB_TEST(a_module_is_reloaded_with_its_holders),
		LAB_TEST(kvm_s_wishes_go_to_the_module_that_has_them),
		LAB_TEST(a_parameter_that_a_module_lacks_is_a_fault),
		LAB_TEST(a_module_that_the_kernel_lacks_is_a_fault),
		LAB_TEST(module_options_are_set_live_where_they_can_be),
		LAB_TEST(modules_are_loaded_or_kept_out),
		LAB_TEST(modules_faults),
		LAB_TEST(could_not_look_is_not_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
