/* kinds: iommu. */
#include "kinds_help.h"

#define GROUP(n) "fs/sys/kernel/iommu_groups/" #n "/type"

static const char *line_of(struct lab *lab)
{
	struct text text = text_of(lab->arena);
	const struct item *boot = desired_find(&lab->desired, "boot", "");

	if (!boot)
		return "";
	assert_int_equal(boot->kind->render(boot, NULL, &text, &lab->faults), 0);
	return text.at;
}

static void machine(struct lab *lab, const char *line, const char *type)
{
	lab_put(lab, "fs/proc/cpuinfo", "processor : 0\nvendor_id : GenuineIntel\nflags : vmx\n");
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\n");
	lab_put(lab, "fs/sys/firmware/acpi/tables/DMAR", "DMAR");
	lab_put(lab, "fs/proc/cmdline", arena_printf(lab->arena, "%s\n", line));
	for (int i = 0; i < 3 && type; i++)
		lab_put(lab, arena_printf(lab->arena, "fs/sys/kernel/iommu_groups/%d/type", i),
			arena_printf(lab->arena, "%s\n", type));
}

/* What the plan says of the item itself. */
static const char *said(struct lab *lab)
{
	const char *plan = lab_plan(lab), *at = strstr(plan, "iommu: ");

	return at ? arena_strndup(lab->arena, at,
				  strcspn(at, "\n") + 1 + strcspn(at + strcspn(at, "\n") + 1, "\n"))
		  : "";
}

/* B8 */
static void a_mode_becomes_arguments_of_both_makers(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, "iommu: {mode: passthrough}\n"), "");
	assert_string_equal(line_of(lab), "intel_iommu=on iommu=pt\n");
	lab_describe(lab, "iommu: {mode: translated}\n");
	assert_string_equal(line_of(lab), "intel_iommu=on iommu=nopt\n");
	lab_describe(lab, "iommu: {mode: off}\n");
	assert_string_equal(line_of(lab), "intel_iommu=off amd_iommu=off iommu=off\n");
	assert_string_equal(
		lab_describe(lab, "iommu: {mode: passthrough}\n"
				  "kernel: {args: {iommu: nopt}}\n"),
		"3:24: kernel.args.iommu wants iommu=nopt on the kernel's command line, "
		"iommu.mode wants iommu=pt\n");
}

static void a_mode_waits_for_the_next_boot(void **state)
{
	struct lab *lab = *state;

	machine(lab, "quiet", "DMA-FQ");
	lab_describe(lab, "iommu: {mode: passthrough}\n");
	assert_string_equal(said(lab), "iommu: change\n  wait reboot: the IOMMU gets its mode when "
				       "the kernel starts");
	assert_string_equal(lab_differs(lab, "iommu"), "mode: translated -> passthrough\n");
	machine(lab, "quiet intel_iommu=on iommu=pt", "identity");
	lab_put(lab, GROUP(7), "DMA\n"); /* a device that the kernel makes an exception of */
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, "iommu: {mode: off}\n");
	assert_string_equal(said(lab), "iommu: change\n  wait reboot: the IOMMU gets its mode when "
				       "the kernel starts");
}

/* PIT6: the words are there, and nothing came of them. */
static void a_mode_that_does_not_come_is_a_fault(void **state)
{
	struct lab *lab = *state;

	machine(lab, "intel_iommu=on iommu=pt", NULL);
	lab_describe(lab, "iommu: {mode: passthrough}\n");
	assert_non_null(strstr(lab_plan(lab),
			       "2:15: the IOMMU is off, though the kernel was told passthrough\n"));
	machine(lab, "intel_iommu=on iommu=pt", "DMA");
	assert_string_equal(
		lab_plan(lab),
		"2:15: the IOMMU is translated, though the kernel was told passthrough\n");
}

/* PIT6: a board without one is told before anything is tried. */
static void a_machine_without_an_iommu_is_refused(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "fs/proc/cpuinfo", "processor : 0\nvendor_id : GenuineIntel\nflags : vmx\n");
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\n");
	lab_put(lab, "fs/proc/cmdline", "quiet\n");
	lab_put(lab, "fs/sys/firmware/acpi/tables/FACP", "FACP");
	lab_describe(lab, "iommu: {mode: passthrough}\n");
	assert_non_null(strstr(lab_plan(lab),
			       "2:15: this machine lacks iommu (an IOMMU), off in the firmware"));
	assert_true(lab->plan.stopped);
	lab_describe(lab, "iommu: {mode: off}\n");
	lab_plan(lab);
	assert_false(lab->plan.stopped);
}

/* PIT7, A24: only where it is said in so many words. */
static void unsafe_interrupts_are_said_in_one_place(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, "iommu: {mode: passthrough}\n");
	assert_null(desired_find(&lab->desired, "kernel.modules", "vfio_iommu_type1"));
	assert_string_equal(lab_describe(lab, "iommu: {unsafe_interrupts: true}\n"), "");
	assert_string_equal(lab_plan(lab),
			    "kernel.modules.vfio_iommu_type1: create\n"
			    "  file_write path=\"/etc/modprobe.d/gasthof-vfio_iommu_type1.conf\" "
			    "mode=\"0644\"\n");
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, "fs/etc/modprobe.d/gasthof-vfio_iommu_type1.conf"),
			       "options vfio_iommu_type1 allow_unsafe_interrupts=1\n"));
	assert_string_equal(lab_plan(lab), "");
	assert_string_equal(lab_describe(lab, "iommu: {unsafe_interrupts: true}\n"
					      "kernel: {modules: {vfio_iommu_type1: {options: "
					      "{allow_unsafe_interrupts: 0}}}}\n"),
			    "3:49: allow_unsafe_interrupts is said by iommu already\n");
}

static void could_not_look_is_not_absent(void **state)
{
	struct lab *lab = *state;

	machine(lab, "quiet", "DMA");
	lab_put(lab, "failing", "/sys/kernel/iommu_groups/0/type\n");
	lab_describe(lab, "iommu: {mode: translated}\n");
	assert_non_null(strstr(
		lab_plan(lab),
		"cannot look at /sys/kernel/iommu_groups/0/type: it fails in this capture\n"));
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(a_mode_becomes_arguments_of_both_makers),
		LAB_TEST(a_mode_waits_for_the_next_boot),
		LAB_TEST(a_mode_that_does_not_come_is_a_fault),
		LAB_TEST(a_machine_without_an_iommu_is_refused),
		LAB_TEST(unsafe_interrupts_are_said_in_one_place),
		LAB_TEST(could_not_look_is_not_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
