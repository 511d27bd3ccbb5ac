/* kinds: cpu.isolated (B10, C22, C23, C24). */
#include "kinds_help.h"

#define CPUS   "fs/sys/devices/system/cpu/"
#define WORK   "fs/sys/devices/virtual/workqueue/cpumask"
#define IRQ    "fs/proc/irq/"
#define CGROUP "fs/sys/fs/cgroup/"
#define DROPIN "fs/etc/systemd/system/%s.d/gasthof-isolated.conf"

static const char *const units[] = { "init.scope", "system.slice", "user.slice" };

static void mode(struct lab *lab, const char *path, const char *mode)
{
	struct node *file = node_map(lab->arena);

	node_put(lab->arena, file, "mode", node_quoted(lab->arena, mode));
	lab_json(lab, "files.json", path, file);
}

/* A thread: its process, its name, where it may run; `flags` as in /proc/PID/stat. */
static void thread(struct lab *lab, unsigned pid, unsigned tid, const char *name, unsigned flags,
		   const char *allowed)
{
	if (pid == tid)
		lab_put(lab, arena_printf(lab->arena, "fs/proc/%u/stat", pid),
			arena_printf(lab->arena, "%u (%s) S 1 1 1 0 -1 %u 1 2 3\n", pid, name,
				     flags));
	lab_put(lab, arena_printf(lab->arena, "fs/proc/%u/task/%u/status", pid, tid),
		arena_printf(lab->arena, "Name:\t%s\nCpus_allowed:\tf\nCpus_allowed_list:\t%s\n",
			     name, allowed));
}

static void cgroup_of(struct lab *lab, unsigned pid, const char *cgroup)
{
	lab_put(lab, arena_printf(lab->arena, "fs/proc/%u/cgroup", pid),
		arena_printf(lab->arena, "0::%s\n", cgroup));
}

enum { KERNEL = 0x00208040, USER = 0x00400100 };

static void units_are_limited(struct lab *lab, const char *cpus)
{
	for (size_t i = 0; i < COUNT_OF(units); i++)
		lab_put(lab, arena_printf(lab->arena, CGROUP "%s/cpuset.cpus", units[i]), cpus);
}

/* Four CPUs, as Debian 13 shows them. */
static void machine(struct lab *lab, const char *cmdline)
{
	lab_put(lab, CPUS "online", "0-3\n");
	lab_put(lab, CPUS "possible", "0-3\n");
	lab_put(lab, CPUS "isolated", "\n");
	lab_put(lab, CPUS "nohz_full", "(null)\n");
	lab_put(lab, CGROUP "cgroup.controllers", "cpuset cpu io memory pids\n");
	units_are_limited(lab, "\n");
	lab_put(lab, WORK, "f\n");
	lab_put(lab, IRQ "default_smp_affinity", "f\n");
	lab_put(lab, IRQ "0/smp_affinity_list", "0-3\n");
	lab_put(lab, IRQ "24/smp_affinity_list", "0-3\n");
	lab_put(lab, IRQ "25/smp_affinity_list", "2-3\n");
	lab_put(lab, IRQ "26/smp_affinity_list", "3\n");
	lab_put(lab, IRQ "5/smp_affinity_list", "0-3\n");
	lab_put(lab, "fs/sys/kernel/irq/24/actions", "ahci[0000:00:1f.2]\n");
	lab_put(lab, "fs/sys/kernel/irq/5/actions", "\n"); /* nobody listens */
	mode(lab, "/proc/irq/0/smp_affinity_list", "0444");
	mode(lab, "/proc/irq/26/smp_affinity_list", "0444"); /* the driver's own to place */
	lab_put(lab, "fs/proc/cmdline", arena_printf(lab->arena, "%s\n", cmdline));
	thread(lab, 1, 1, "systemd", USER, "0-3");
	thread(lab, 2, 2, "kthreadd", KERNEL, "0-3");
}

static const char *line_of(struct lab *lab)
{
	struct text text = text_of(lab->arena);
	const struct item *boot = desired_find(&lab->desired, "boot", "");

	if (!boot)
		return "";
	assert_int_equal(boot->kind->render(boot, NULL, &text, &lab->faults), 0);
	return text.at;
}

/* What the plan says from the item's own line on. */
static const char *said(struct lab *lab)
{
	const char *at = strstr(lab_plan(lab), "cpu.isolated: ");

	return at ? at : "";
}

/* ---- by the kernel ---- */

#define LINE "isolcpus=managed_irq,domain,2-3 nohz_full=2-3 rcu_nocbs=2-3 irqaffinity=0-1,4-N"

/* B10 */
static void the_kernel_is_told_at_its_start(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, "cpu: {isolated: 2-3}\n"), "");
	assert_string_equal(line_of(lab), LINE "\n");
	lab_describe(lab, "cpu: {isolated: {cpu_set: \"2,5-6\", flags: [domain], nohz_full: false, "
			  "rcu_nocbs: false}}\n");
	assert_string_equal(line_of(lab), "isolcpus=domain,2,5-6 irqaffinity=0-1,3-4,7-N\n");
	assert_string_equal(lab_describe(lab, "cpu: {isolated: 2-3}\n"
					      "kernel: {args: {isolcpus: 2-3}}\n"),
			    "3:27: kernel.args.isolcpus wants isolcpus=2-3 on the kernel's command "
			    "line, cpu.isolated.cpu_set wants isolcpus=managed_irq,domain,2-3\n");
}

static void a_reboot_is_waited_for_and_then_nothing_is_left(void **state)
{
	struct lab *lab = *state;

	machine(lab, "quiet");
	lab_describe(lab, "cpu: {isolated: 2-3}\n");
	assert_non_null(strstr(said(lab), "user.slice.d/gasthof-isolated.conf"));
	assert_null(strstr(said(lab), "tmpfiles.d"));
	assert_non_null(
		strstr(said(lab), "  wait reboot: the kernel sets 2-3 apart when it starts\n"));
	assert_non_null(
		strstr(lab_differs(lab, "cpu.isolated"), "cpu_set:  -> 2-3\ntickless:  -> 2-3\n"));
	lab_perform(lab);
	machine(lab, "quiet " LINE);
	units_are_limited(lab, "0-1\n");
	lab_put(lab, CPUS "isolated", "2-3\n");
	lab_put(lab, CPUS "nohz_full", "2-3\n");
	lab_put(lab, WORK, "3\n");
	lab_put(lab, IRQ "default_smp_affinity", "3\n");
	lab_put(lab, IRQ "24/smp_affinity_list", "0-1\n");
	lab_put(lab, IRQ "25/smp_affinity_list", "0-1\n");
	thread(lab, 1, 1, "systemd", USER, "0-1");
	assert_string_equal(lab_plan(lab), "");
	lab_perform(lab);
	lab_describe(lab, "");
	lab_plan(lab);
	assert_int_equal(plan_find(&lab->plan, "cpu.isolated")->steps.list.count, 7);
}

static void a_kernel_that_does_otherwise_is_a_fault(void **state)
{
	struct lab *lab = *state;

	machine(lab, LINE);
	lab_put(lab, CPUS "isolated", "2\n");
	lab_put(lab, CPUS "nohz_full", "2-3\n");
	lab_describe(lab, "cpu: {isolated: 2-3}\n");
	assert_string_equal(lab_plan(lab),
			    "2:17: the kernel was told to set 2-3 apart, and has apart 2\n");
	lab_put(lab, CPUS "isolated", "2-3\n");
	lab_put(lab, CPUS "nohz_full", "(null)\n");
	assert_string_equal(
		lab_plan(lab),
		"2:17: the kernel was told to set 2-3 apart, and stops the tick of none\n");
}

/* ---- by systemd ---- */

static const char cgroup_plan[] =
	"cpu.isolated: change\n"
	"  unit_set unit=\"init.scope\" property=\"AllowedCPUs\" set=\"0-1\"\n"
	"  unit_set unit=\"system.slice\" property=\"AllowedCPUs\" set=\"0-1\"\n"
	"  unit_set unit=\"user.slice\" property=\"AllowedCPUs\" set=\"0-1\"\n"
	"  file_write path=\"/etc/systemd/system/init.scope.d/gasthof-isolated.conf\" "
	"mode=\"0644\"\n"
	"  file_write path=\"/etc/systemd/system/system.slice.d/gasthof-isolated.conf\" "
	"mode=\"0644\"\n"
	"  file_write path=\"/etc/systemd/system/user.slice.d/gasthof-isolated.conf\" "
	"mode=\"0644\"\n"
	"  file_write path=\"/etc/tmpfiles.d/gasthof-isolated.conf\" mode=\"0644\"\n"
	"  units_reload\n"
	"  sysfs_write path=\"/sys/devices/virtual/workqueue/cpumask\" value=\"3\"\n"
	"  sysfs_write path=\"/proc/irq/default_smp_affinity\" value=\"3\"\n"
	"  sysfs_write path=\"/proc/irq/24/smp_affinity_list\" value=\"0-1\"\n"
	"  sysfs_write path=\"/proc/irq/25/smp_affinity_list\" value=\"0-1\"\n";

/* C22 without a reboot: now, and by files at each boot. */
static void services_are_kept_off_at_once(void **state)
{
	struct lab *lab = *state;

	machine(lab, "quiet");
	assert_string_equal(lab_describe(lab, "cpu: {isolated: {cpu_set: 2-3, how: cgroup}}\n"),
			    "");
	assert_string_equal(line_of(lab), "");
	assert_string_equal(lab_plan(lab), cgroup_plan);
	assert_int_equal(lab->plan.class, CLASS_LIVE);
	lab_perform(lab);
	units_are_limited(lab, "0-1\n");
	thread(lab, 1, 1, "systemd", USER, "0-1");
	assert_string_equal(lab_get(lab, arena_printf(lab->arena, DROPIN, "init.scope")),
			    "# made by gasthof for cpu.isolated; changes here are overwritten\n"
			    "[Scope]\nAllowedCPUs=\nAllowedCPUs=0-1\n");
	assert_string_equal(lab_get(lab, "fs/etc/tmpfiles.d/gasthof-isolated.conf"),
			    "# made by gasthof for cpu.isolated; changes here are overwritten\n"
			    "w /sys/devices/virtual/workqueue/cpumask - - - - 3\n"
			    "w /proc/irq/default_smp_affinity - - - - 3\n");
	assert_string_equal(lab_plan(lab), "");
}

static void what_was_moved_is_given_back(void **state)
{
	struct lab *lab = *state;

	machine(lab, "quiet");
	lab_describe(lab, "cpu: {isolated: {cpu_set: 2-3, how: cgroup}}\n");
	lab_plan(lab);
	lab_perform(lab);
	units_are_limited(lab, "0-1\n");
	lab_describe(lab, "");
	assert_string_equal(
		lab_plan(lab),
		"cpu.isolated: remove\n"
		"  unit_set unit=\"init.scope\" property=\"AllowedCPUs\" set=\"\"\n"
		"  unit_set unit=\"system.slice\" property=\"AllowedCPUs\" set=\"\"\n"
		"  unit_set unit=\"user.slice\" property=\"AllowedCPUs\" set=\"\"\n"
		"  file_remove path=\"/etc/systemd/system/init.scope.d/gasthof-isolated.conf\"\n"
		"  file_remove path=\"/etc/systemd/system/system.slice.d/gasthof-isolated.conf\"\n"
		"  file_remove path=\"/etc/systemd/system/user.slice.d/gasthof-isolated.conf\"\n"
		"  file_remove path=\"/etc/tmpfiles.d/gasthof-isolated.conf\"\n"
		"  units_reload\n"
		"  sysfs_write path=\"/sys/devices/virtual/workqueue/cpumask\" value=\"f\"\n"
		"  sysfs_write path=\"/proc/irq/default_smp_affinity\" value=\"f\"\n"
		"  sysfs_write path=\"/proc/irq/24/smp_affinity_list\" value=\"0-3\"\n"
		"  sysfs_write path=\"/proc/irq/25/smp_affinity_list\" value=\"0-3\"\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, CGROUP "system.slice/cpuset.cpus"), "0-3\n");
	assert_string_equal(lab_plan(lab), "");
}

static void drift_is_repaired(void **state)
{
	struct lab *lab = *state;

	machine(lab, "quiet");
	lab_describe(lab, "cpu: {isolated: {cpu_set: 2-3, how: cgroup}}\n");
	lab_plan(lab);
	lab_perform(lab);
	units_are_limited(lab, "0-1\n");
	thread(lab, 1, 1, "systemd", USER, "0-1");
	lab_put(lab, CGROUP "user.slice/cpuset.cpus", "0-3\n");
	assert_string_equal(
		lab_plan(lab),
		"cpu.isolated: change\n"
		"  unit_set unit=\"user.slice\" property=\"AllowedCPUs\" set=\"0-1\"\n");
	units_are_limited(lab, "0-1\n");
	lab_put(lab, IRQ "24/smp_affinity_list", "1-2\n");
	assert_string_equal(lab_plan(lab), "cpu.isolated: change\n  sysfs_write "
					   "path=\"/proc/irq/24/smp_affinity_list\" value=\"1\"\n");
	assert_string_equal(lab_differs(lab, "cpu.isolated"), "strays: [interrupt 24] -> []\n");
	/* To the kernel's way: the files go, the reboot brings the rest. */
	lab_describe(lab, "cpu: {isolated: 2-3}\n");
	assert_non_null(strstr(said(lab), "  file_remove path=\"/etc/tmpfiles.d/"));
	assert_non_null(strstr(said(lab), "  wait reboot: the kernel sets 2-3 apart"));
}

/* Where no unit has asked for cpusets yet, systemd brings them with our files. */
static void a_unit_without_a_limit_gets_one_from_systemd(void **state)
{
	struct lab *lab = *state;

	machine(lab, "quiet");
	for (size_t i = 0; i < COUNT_OF(units); i++)
		remove(lab_path(lab, arena_printf(lab->arena, CGROUP "%s/cpuset.cpus", units[i])));
	lab_describe(lab, "cpu: {isolated: {cpu_set: 2-3, how: cgroup}}\n");
	assert_null(strstr(said(lab), "cpuset.cpus"));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "cpu.isolated: change\n  units_reload\n");
	units_are_limited(lab, "0-1\n");
	thread(lab, 1, 1, "systemd", USER, "0-1");
	assert_string_equal(lab_plan(lab), "");
}

/* Before 6.12 nothing tells which interrupts can be moved: none is tried. */
static void interrupts_of_older_kernels_are_left_alone(void **state)
{
	struct lab *lab = *state;

	machine(lab, "quiet");
	mode(lab, "/proc/irq/0/smp_affinity_list", "0644");
	lab_describe(lab, "cpu: {isolated: {cpu_set: 2-3, how: cgroup}}\n");
	assert_null(strstr(said(lab), "smp_affinity_list"));
	assert_non_null(strstr(said(lab), "default_smp_affinity"));
}

/* ---- the proof ---- */

/* C22: kernel threads and pinned vCPUs, and nothing else; C23: a guest that is not pinned. */
static void who_may_run_there_is_told(void **state)
{
	struct lab *lab = *state;
	const char *guest = "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt/vcpu0";

	machine(lab, LINE);
	lab_put(lab, CPUS "isolated", "2-3\n");
	lab_put(lab, CPUS "nohz_full", "2-3\n");
	lab_put(lab, WORK, "3\n");
	lab_put(lab, IRQ "default_smp_affinity", "3\n");
	lab_put(lab, IRQ "24/smp_affinity_list", "0\n");
	lab_put(lab, IRQ "25/smp_affinity_list", "0\n");
	thread(lab, 1, 1, "systemd", USER, "0-1");
	thread(lab, 40, 40, "qemu-system-x86", USER, "0-1");
	thread(lab, 40, 41, "CPU 0/KVM", USER, "2");
	thread(lab, 40, 42, "CPU 1/KVM", USER, "3");
	cgroup_of(lab, 40, guest);
	lab_describe(lab, "cpu: {isolated: 2-3}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");

	thread(lab, 50, 50, "a (b) c", USER, "0-3");
	thread(lab, 50, 51, "worker", USER, "0-3");
	thread(lab, 60, 60, "polling", USER, "3");
	cgroup_of(lab, 60, "/system.slice/polling.service");
	thread(lab, 70, 70, "qemu-system-x86", USER, "0-1");
	thread(lab, 70, 71, "CPU 0/KVM", USER, "0-3");
	cgroup_of(lab, 70, guest);
	assert_string_equal(said(lab), "");
	assert_string_equal(lab_differs(lab, "cpu.isolated"),
			    "intruders: [a (b) c[50] with 2 threads, polling[60], CPU 0/KVM[70]] "
			    "-> []\n");
	/* There is nothing that we could do about them; it is no change that waits to be made. */
	assert_true(plan_is_empty(&lab->plan));
}

static void a_task_that_ends_meanwhile_is_no_failure(void **state)
{
	struct lab *lab = *state;

	machine(lab, LINE);
	lab_put(lab, CPUS "isolated", "2-3\n");
	lab_put(lab, CPUS "nohz_full", "2-3\n");
	thread(lab, 90, 90, "gone", USER, "0-3");
	remove(lab_path(lab, "fs/proc/90/task/90/status"));
	lab_describe(lab, "cpu: {isolated: 2-3}\n");
	lab_plan(lab);
	assert_null(strstr(lab_differs(lab, "cpu.isolated"), "gone"));
	lab_put(lab, "failing", "/proc/1/stat\n");
	assert_string_equal(lab_plan(lab),
			    "cannot look at /proc/1/stat: it fails in this capture\n");
}

/* ---- what cannot be ---- */

static void cpus_that_cannot_be_isolated_are_faults(void **state)
{
	struct lab *lab = *state;

	machine(lab, "quiet");
	assert_string_equal(
		lab_describe(lab, "cpu: {isolated: 0-3}\n"),
		"2:17: CPU 0 cannot be isolated: the kernel starts on it and keeps work "
		"there\n");
	lab_describe(lab, "cpu: {isolated: {cpu_set: 2-5, how: cgroup}}\n"); /* C24 */
	assert_string_equal(lab_plan(lab), "2:27: this machine has no CPU 4-5, it has 0-3\n");
	lab_put(lab, CPUS "online", "0,2\n");
	lab_describe(lab, "cpu: {isolated: {cpu_set: 2-3, how: cgroup}}\n");
	assert_string_equal(lab_plan(lab), "2:27: CPU 3 is off\n");
	lab_put(lab, CPUS "online", "2-3\n"); /* CPU 0 can be turned off, too */
	assert_string_equal(lab_plan(lab), "2:27: no CPU would be left for the host\n");
	lab_put(lab, CPUS "online", "0-3\n");
	lab_put(lab, CGROUP "cgroup.controllers", "hugetlb\n");
	assert_string_equal(lab_plan(lab), "2:27: this machine's cgroups cannot keep services off "
					   "CPUs (no cpuset)\n");
}

static void cpus_that_nobody_could_see_are_not_missing(void **state)
{
	struct lab *lab = *state;

	machine(lab, "quiet");
	remove(lab_path(lab, CPUS "possible"));
	lab_describe(lab, "cpu: {isolated: {cpu_set: 2-3, how: cgroup}}\n");
	assert_string_equal(lab_plan(lab),
			    "no CPUs are to be seen in \"/sys/devices/system/cpu/possible\"\n");
}

static void words_of_the_other_way_are_faults(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(
		lab_describe(lab, "cpu: {isolated: {cpu_set: 2, how: cgroup, flags: [domain], "
				  "nohz_full: true}}\n"),
		"2:43: flags is the kernel's way of isolating: how: boot\n"
		"2:71: nohz_full is the kernel's way of isolating: how: boot\n");
	assert_string_equal(lab_describe(lab, "cpu: {isolated: {cpu_set: 2, flags: [nohz]}}\n"),
			    "2:30: without the flag domain nothing is kept off these CPUs\n");
	assert_string_equal(lab_describe(lab, "cpu: {isolated: {how: cgroup}}\n"),
			    "2:7: required key \"cpu_set\" is missing\n");
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(the_kernel_is_told_at_its_start),
		LAB_TEST(a_reboot_is_waited_for_and_then_nothing_is_left),
		LAB_TEST(a_kernel_that_does_otherwise_is_a_fault),
		LAB_TEST(services_are_kept_off_at_once),
		LAB_TEST(what_was_moved_is_given_back),
		LAB_TEST(drift_is_repaired),
		LAB_TEST(a_unit_without_a_limit_gets_one_from_systemd),
		LAB_TEST(interrupts_of_older_kernels_are_left_alone),
		LAB_TEST(who_may_run_there_is_told),
		LAB_TEST(a_task_that_ends_meanwhile_is_no_failure),
		LAB_TEST(cpus_that_cannot_be_isolated_are_faults),
		LAB_TEST(cpus_that_nobody_could_see_are_not_missing),
		LAB_TEST(words_of_the_other_way_are_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
