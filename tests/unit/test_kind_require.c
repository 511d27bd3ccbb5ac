/* require: what other kinds need of the machine (kinds/require.h; A27, L1, PIT2, PIT34, PIT83). */
#include "kinds_help.h"

#define NESTED "fs/sys/module/kvm_amd/parameters/nested"

/* An AMD machine with KVM, without 1 GiB pages. */
static void machine(struct lab *lab)
{
	lab_put(lab, "files.json",
		"{\"/dev/kvm\": {\"kind\": \"device\", \"device\": \"10:232\"}}");
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\n");
	lab_put(lab, "fs/proc/cpuinfo",
		"processor : 0\nvendor_id : AuthenticAMD\nflags : fpu pse svm npt\n");
	lab_put(lab, NESTED, "0\n");
}

static bool is_gated(struct lab *lab)
{
	return lab->plan.stopped;
}

static void what_is_not_there_is_told_where_it_is_needed(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "memory:\n  hugepages:\n    1GiB: 1\nhost: {name: a}\n");
	assert_non_null(strstr(lab_plan(lab), "4:5: this machine lacks pages_1g (1 GiB pages): "
					      "no flag pdpe1gb in /proc/cpuinfo\n"));
	assert_true(is_gated(lab));
	lab_describe(lab, "host: {name: a}\n");
	assert_non_null(strstr(lab_plan(lab), "hostname_set"));
	assert_false(is_gated(lab));
}

static void what_the_description_turns_on_is_no_fault(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "guests: {a: {memory: 64MiB, cpu: {nested: true}}}\n");
	assert_non_null(
		strstr(lab_plan(lab),
		       "this machine lacks nested (virtualization inside "
		       "guests), off in the kernel: /sys/module/kvm_amd/parameters/nested is 0"));
	assert_true(is_gated(lab));
	lab_describe(lab, "guests: {a: {memory: 64MiB, cpu: {nested: true}}}\n"
			  "kvm: {nested: true}\n");
	assert_null(strstr(lab_plan(lab), "off in the kernel"));
	assert_false(is_gated(lab));
	lab_put(lab, NESTED, "1\n");
	lab_describe(lab, "guests: {a: {memory: 64MiB, cpu: {nested: true}}}\n");
	lab_plan(lab);
	assert_false(is_gated(lab));
}

static void a_module_that_is_described_brings_kvm(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_put(lab, "files.json", "{\"/dev/null\": {\"kind\": \"device\"}}");
	lab_describe(lab, "guests: {a: {memory: 64MiB}}\n");
	assert_non_null(strstr(lab_plan(lab), "lacks kvm (KVM), off in the kernel: no /dev/kvm\n"));
	lab_describe(lab, "guests: {a: {memory: 64MiB}}\nkernel: {modules: {kvm_amd: {}}}\n");
	assert_null(strstr(lab_plan(lab), "off in the kernel"));
	assert_false(is_gated(lab));
	lab_describe(lab, "guests: {a: {memory: 64MiB}}\n"
			  "kernel: {modules: {kvm_amd: {load: never}}}\n");
	lab_plan(lab);
	assert_true(is_gated(lab));
}

static void what_cannot_be_told_stops_only_what_a_person_required(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_put(lab, "failing", "/dev/kvm\n");
	lab_describe(lab, "guests: {a: {memory: 64MiB}}\n");
	lab_plan(lab);
	assert_false(is_gated(lab));
	lab_describe(lab, "require: {capabilities: [kvm]}\n");
	assert_string_equal(lab_plan(lab),
			    "2:26: cannot tell whether this machine has kvm (KVM): cannot look at "
			    "/dev/kvm: it fails in this capture\n");
	assert_true(is_gated(lab));
}

static void guests_of_one_profile_say_it_once(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_put(lab, "files.json", "{\"/dev/null\": {\"kind\": \"device\"}}");
	lab_describe(lab, "guests: {a: {count: 3, memory: 64MiB}}\n");
	const char *plan = lab_plan(lab);
	const char *first = strstr(plan, "off in the kernel");
	assert_non_null(first);
	assert_null(strstr(first + 1, "off in the kernel"));
}

static void nothing_is_left_of_it_when_nobody_needs_it(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "guests: {a: {memory: 64MiB, virtualization: emulated}}\n");
	lab_plan(lab);
	assert_null(plan_find(&lab->plan, "require"));
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(what_is_not_there_is_told_where_it_is_needed),
		LAB_TEST(what_the_description_turns_on_is_no_fault),
		LAB_TEST(a_module_that_is_described_brings_kvm),
		LAB_TEST(what_cannot_be_told_stops_only_what_a_person_required),
		LAB_TEST(guests_of_one_profile_say_it_once),
		LAB_TEST(nothing_is_left_of_it_when_nobody_needs_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
