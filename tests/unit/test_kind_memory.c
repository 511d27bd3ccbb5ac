/* kinds: memory.transparent_hugepages, memory.ksm. */
#include "kinds_help.h"

#define THP       "fs/sys/kernel/mm/transparent_hugepage/"
#define KSM       "fs/sys/kernel/mm/ksm/"
#define THP_LINES "/etc/tmpfiles.d/gasthof-transparent-hugepages.conf"
#define KSM_LINES "/etc/tmpfiles.d/gasthof-ksm.conf"

static void kernel_machine(struct lab *lab)
{
	lab_put(lab, THP "enabled", "[always] madvise never\n");
	lab_put(lab, THP "defrag", "always defer defer+madvise [madvise] never\n");
	lab_put(lab, THP "khugepaged/defrag", "1\n");
	lab_put(lab, THP "khugepaged/pages_to_scan", "4096\n");
	lab_put(lab, THP "khugepaged/scan_sleep_millisecs", "10000\n");
	lab_put(lab, KSM "run", "0\n");
	lab_put(lab, KSM "pages_to_scan", "100\n");
	lab_put(lab, KSM "sleep_millisecs", "20\n");
	lab_put(lab, KSM "merge_across_nodes", "1\n");
	lab_put(lab, KSM "use_zero_pages", "0\n");
	lab_put(lab, KSM "max_page_sharing", "256\n");
	lab_put(lab, KSM "pages_shared", "0\n");
	lab_put(lab, KSM "pages_sharing", "0\n");
}

/* D12: one word, now and at each boot */
static void thp_is_one_word(void **state)
{
	struct lab *lab = *state;

	kernel_machine(lab);
	assert_string_equal(lab_describe(lab, "memory: {transparent_hugepages: madvise}\n"), "");
	assert_string_equal(lab_plan(lab),
			    "memory.transparent_hugepages: change\n"
			    "  file_write path=\"" THP_LINES "\" mode=\"0644\"\n"
			    "  sysfs_write path=\"/sys/kernel/mm/transparent_hugepage/enabled\" "
			    "value=\"madvise\"\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs" THP_LINES),
			    "# made by gasthof for memory.transparent_hugepages; changes here are "
			    "overwritten\n"
			    "w /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise\n");
	assert_string_equal(lab_plan(lab), "");
}

/* D13: each state is seen by itself, field by field */
static void thp_drift_is_named_in_both_states(void **state)
{
	struct lab *lab = *state;

	kernel_machine(lab);
	lab_describe(lab, "memory:\n  transparent_hugepages:\n    enabled: never\n"
			  "    defrag: defer+madvise\n"
			  "    khugepaged: {defrag: false, pages_to_scan: 8192}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, THP "khugepaged/defrag"), "0\n");
	assert_string_equal(lab_plan(lab), "");

	lab_put(lab, THP "khugepaged/defrag", "1\n");
	assert_string_equal(lab_plan(lab),
			    "memory.transparent_hugepages: change\n"
			    "  sysfs_write path=\"/sys/kernel/mm/transparent_hugepage/khugepaged/"
			    "defrag\" value=\"0\"\n");
	assert_string_equal(lab_differs(lab, "memory.transparent_hugepages"),
			    "khugepaged.defrag: true -> false\n");
	lab_perform(lab);

	lab_put(lab, "fs" THP_LINES,
		"# made by gasthof for memory.transparent_hugepages; changes here are "
		"overwritten\n"
		"w /sys/kernel/mm/transparent_hugepage/enabled - - - - never\n"
		"w /sys/kernel/mm/transparent_hugepage/defrag - - - - always\n"
		"w /sys/kernel/mm/transparent_hugepage/khugepaged/defrag - - - - 0\n"
		"w /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan - - - - 8192\n"
		"# a hand was here\n");
	assert_string_equal(lab_plan(lab), "memory.transparent_hugepages: change\n"
					   "  file_write path=\"" THP_LINES "\" mode=\"0644\"\n");
	assert_string_equal(lab_differs(lab, "memory.transparent_hugepages"),
			    "defrag: always -> defer+madvise\n"
			    "other: [+# a hand was here] -> []\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void what_is_no_longer_said_goes_back_to_the_kernel_s_default(void **state)
{
	struct lab *lab = *state;

	kernel_machine(lab);
	lab_describe(lab, "memory: {transparent_hugepages: {enabled: never, defrag: never}}\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, "memory: {transparent_hugepages: {enabled: never}}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, THP "defrag"), "madvise\n");
	lab_describe(lab, "");
	assert_string_equal(lab_plan(lab),
			    "memory.transparent_hugepages: remove\n"
			    "  file_remove path=\"" THP_LINES "\"\n"
			    "  sysfs_write path=\"/sys/kernel/mm/transparent_hugepage/enabled\" "
			    "value=\"always\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void a_value_that_the_kernel_lacks_is_a_fault(void **state)
{
	struct lab *lab = *state;

	kernel_machine(lab);
	remove(lab_path(lab, KSM "merge_across_nodes"));
	lab_describe(lab, "memory: {ksm: {merge_across_nodes: false}}\n");
	assert_string_equal(lab_plan(lab), "memory.ksm: change\n"
					   "  file_write path=\"" KSM_LINES "\" mode=\"0644\"\n"
					   "2:36: this kernel has no "
					   "/sys/kernel/mm/ksm/merge_across_nodes\n");
}

/* D15, D16: it starts when everything else stands */
static void ksm_runs_with_its_knobs(void **state)
{
	struct lab *lab = *state;

	kernel_machine(lab);
	lab_describe(lab, "memory:\n  ksm: {run: true, pages_to_scan: 1200, sleep_millisecs: 10,\n"
			  "        merge_across_nodes: false}\n");
	assert_string_equal(
		lab_plan(lab),
		"memory.ksm: change\n"
		"  file_write path=\"" KSM_LINES "\" mode=\"0644\"\n"
		"  sysfs_write path=\"/sys/kernel/mm/ksm/merge_across_nodes\" value=\"0\"\n"
		"  sysfs_write path=\"/sys/kernel/mm/ksm/pages_to_scan\" value=\"1200\"\n"
		"  sysfs_write path=\"/sys/kernel/mm/ksm/sleep_millisecs\" value=\"10\"\n"
		"  sysfs_write path=\"/sys/kernel/mm/ksm/run\" value=\"1\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

/* D17: 65536 pages are 256 MiB */
static void ksm_tells_what_it_saves(void **state)
{
	struct lab *lab = *state;

	kernel_machine(lab);
	lab_put(lab, KSM "pages_sharing", "65536\n");
	lab_put(lab, KSM "pages_shared", "512\n");
	lab_describe(lab, "memory: {ksm: false}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	const struct item *seen = plan_find(&lab->plan, "memory.ksm")->change.running;
	const struct node *shown = record_shown(lab->arena, seen->kind->record, seen->value);
	assert_string_equal(node_get(shown, "saved")->text, "256MiB");
	assert_string_equal(node_get(shown, "pages_shared")->text, "512");
	assert_null(node_get(shown, "run"));
}

static void nodes_are_not_told_apart_while_pages_are_merged(void **state)
{
	struct lab *lab = *state;

	kernel_machine(lab);
	lab_put(lab, KSM "pages_shared", "512\n");
	lab_describe(lab, "memory: {ksm: {merge_across_nodes: false}}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab),
			    "memory.ksm: change\n"
			    "  wait reboot: 512 pages are merged, and merge_across_nodes and "
			    "max_page_sharing change only while none is\n");
	lab_put(lab, KSM "pages_shared", "0\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void could_not_look_is_not_absent(void **state)
{
	struct lab *lab = *state;

	kernel_machine(lab);
	lab_put(lab, "failing", "/sys/kernel/mm/ksm/run\n");
	lab_describe(lab, "memory: {ksm: true}\n");
	assert_string_equal(lab_plan(lab),
			    "cannot look at /sys/kernel/mm/ksm/run: it fails in this capture\n");
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(thp_is_one_word),
		LAB_TEST(thp_drift_is_named_in_both_states),
		LAB_TEST(what_is_no_longer_said_goes_back_to_the_kernel_s_default),
		LAB_TEST(a_value_that_the_kernel_lacks_is_a_fault),
		LAB_TEST(ksm_runs_with_its_knobs),
		LAB_TEST(ksm_tells_what_it_saves),
		LAB_TEST(nodes_are_not_told_apart_while_pages_are_merged),
		LAB_TEST(could_not_look_is_not_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
