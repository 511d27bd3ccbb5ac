/* kinds: cpu. */
#include "kinds_help.h"

#define CPU     "fs/sys/devices/system/cpu/"
#define CONTROL CPU "smt/control"
#define POLICY  CPU "cpufreq/policy"
#define FILE_OF "fs/etc/tmpfiles.d/gasthof-cpu.conf"

static void threads_machine(struct lab *lab, const char *control)
{
	lab_put(lab, CONTROL, arena_printf(lab->arena, "%s\n", control));
	lab_put(lab, POLICY "0/scaling_governor", "schedutil\n");
	lab_put(lab, POLICY "0/scaling_available_governors", "performance schedutil \n");
	lab_put(lab, POLICY "1/scaling_governor", "schedutil\n");
	lab_put(lab, POLICY "1/scaling_available_governors", "performance schedutil \n");
}

/* A4 */
static void smt_is_turned_off_now_and_at_each_boot(void **state)
{
	struct lab *lab = *state;

	threads_machine(lab, "on");
	assert_string_equal(lab_describe(lab, "cpu: {smt: false}\n"), "");
	assert_string_equal(
		lab_plan(lab),
		"cpu: change\n"
		"  sysfs_write path=\"/sys/devices/system/cpu/smt/control\" "
		"value=\"off\"\n"
		"  file_write path=\"/etc/tmpfiles.d/gasthof-cpu.conf\" mode=\"0644\"\n");
	assert_string_equal(lab_differs(lab, "cpu"), "smt:  -> false\nsmt: true -> false\n");
	assert_int_equal(lab->plan.class, CLASS_LIVE);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, FILE_OF),
			    "# made by gasthof for cpu; changes here are overwritten\n"
			    "w /sys/devices/system/cpu/smt/control - - - - off\n");
	assert_string_equal(lab_plan(lab), "");

	lab_describe(lab, "");
	assert_string_equal(lab_plan(lab),
			    "cpu: remove\n"
			    "  sysfs_write path=\"/sys/devices/system/cpu/smt/control\" "
			    "value=\"on\"\n"
			    "  file_remove path=\"/etc/tmpfiles.d/gasthof-cpu.conf\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

/* A4: no processor has two threads because a description says so. */
static void smt_that_is_not_there_is_a_fault_of_the_machine(void **state)
{
	struct lab *lab = *state;

	threads_machine(lab, "notsupported");
	lab_describe(lab, "cpu: {smt: true}\n");
	assert_string_equal(lab_plan(lab), "2:12: this machine runs one thread on each core "
					   "(smt/control says notsupported)\n");
	threads_machine(lab, "forceoff");
	assert_string_equal(lab_plan(lab),
			    "2:12: SMT was turned off at boot and stays off until the next\n");
	threads_machine(lab, "notsupported");
	lab_describe(lab, "cpu: {smt: false}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, CONTROL), "notsupported\n");
	assert_string_equal(lab_plan(lab), "");
}

static void the_governor_goes_back_to_the_one_before(void **state)
{
	struct lab *lab = *state;

	threads_machine(lab, "on");
	lab_put(lab, POLICY "1/scaling_governor", "performance\n");
	assert_string_equal(lab_describe(lab, "cpu: {governor: performance}\n"), "");
	assert_string_equal(
		lab_plan(lab),
		"cpu: change\n"
		"  sysfs_write path=\"/sys/devices/system/cpu/cpufreq/policy0/"
		"scaling_governor\" value=\"performance\"\n"
		"  file_write path=\"/etc/tmpfiles.d/gasthof-cpu.conf\" mode=\"0644\"\n");
	assert_string_equal(lab_differs(lab, "cpu"),
			    "governor:  -> performance\ngovernor: several -> performance\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, FILE_OF),
			    "# made by gasthof for cpu; changes here are overwritten\n"
			    "# before: schedutil\n"
			    "w /sys/devices/system/cpu/cpufreq/policy*/scaling_governor - - - - "
			    "performance\n");
	assert_string_equal(lab_plan(lab), "");

	lab_put(lab, FILE_OF, arena_printf(lab->arena, "%s# mine\n", lab_get(lab, FILE_OF)));
	lab_plan(lab);
	assert_string_equal(lab_differs(lab, "cpu"), "other: [+# mine] -> []\n");
	lab_perform(lab);
	lab_describe(lab, "cpu: {smt: true}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, POLICY "0/scaling_governor"), "schedutil\n");
	assert_string_equal(lab_get(lab, POLICY "1/scaling_governor"), "schedutil\n");
	assert_string_equal(lab_plan(lab), "");
}

static void a_governor_that_is_not_there_names_those_that_are(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, CONTROL, "on\n");
	lab_describe(lab, "cpu: {governor: performanse}\n");
	assert_string_equal(lab_plan(lab),
			    "2:17: nothing governs the frequency of this machine's processors\n");
	threads_machine(lab, "on");
	assert_string_equal(lab_plan(lab), "2:17: policy0 has no governor \"performanse\"\n");
	assert_string_equal(lab_describe(lab, "cpu: {governor: Fast!}\n"),
			    "2:17: expected a name of a-z, 0-9, -, _ and ., found \"Fast!\"\n");
}

static void could_not_look_is_not_absent(void **state)
{
	struct lab *lab = *state;

	threads_machine(lab, "on");
	lab_put(lab, "failing", "/sys/devices/system/cpu/smt/control\n");
	lab_describe(lab, "cpu: {smt: false}\n");
	assert_string_equal(
		lab_plan(lab),
		"cannot look at /sys/devices/system/cpu/smt/control: it fails in this capture\n");
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(smt_is_turned_off_now_and_at_each_boot),
		LAB_TEST(smt_that_is_not_there_is_a_fault_of_the_machine),
		LAB_TEST(the_governor_goes_back_to_the_one_before),
		LAB_TEST(a_governor_that_is_not_there_names_those_that_are),
		LAB_TEST(could_not_look_is_not_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
