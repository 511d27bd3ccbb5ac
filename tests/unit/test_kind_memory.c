/* kinds: memory, memory.transparent_hugepages, memory.ksm; what guests may take. */
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

static const char *notes_of(struct lab *lab, const char *yaml, const char *path)
{
	struct text text = text_of(lab->arena);

	assert_string_equal(lab_describe(lab, yaml), "");
	lab_plan(lab);
	EACH(note, &plan_find(&lab->plan, path)->steps.notes)
		text_addf(&text, "%s\n", *note);
	return text.at;
}

/* D20, PIT40, PIT41, PIT42, PIT43 */
static void what_costs_is_noted(void **state)
{
	struct lab *lab = *state;

	kernel_machine(lab);
	lab_put(lab, "fs/sys/class/net/eno1/speed", "25000\n");
	lab_put(lab, "fs/sys/class/net/eno1/device/vendor", "0x8086\n");
	lab_put(lab, "fs/sys/class/net/vnet0/speed", "10000\n");
	lab_put(lab, "fs/sys/class/net/eno2/speed", "1000\n");
	lab_put(lab, "fs/sys/class/net/eno2/device/vendor", "0x8086\n");
	assert_string_equal(
		notes_of(lab, "memory: {ksm: true}\n", "memory.ksm"),
		"a page that is written to needs memory of its own again, and there is no swap\n"
		"looking for equal pages takes processor time that eno1 needs at full speed\n"
		"100 pages every 20 ms are half an hour for 32GiB: pages_to_scan and "
		"sleep_millisecs say otherwise\n");
	remove(lab_path(lab, "fs/sys/class/net/eno1/speed"));
	assert_string_equal(notes_of(lab,
				     "host: {swap: {main: 1GiB}}\n"
				     "memory: {ksm: {run: true, pages_to_scan: 1000}}\n",
				     "memory.ksm"),
			    "");
	assert_string_equal(notes_of(lab, "memory: {transparent_hugepages: {defrag: always}}\n",
				     "memory.transparent_hugepages"),
			    "defrag: always makes every page fault wait while memory is moved\n");
	assert_string_equal(notes_of(lab,
				     "memory: {transparent_hugepages: {defrag: madvise, "
				     "enabled: never}}\n",
				     "memory.transparent_hugepages"),
			    "");
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

/* ---- reserve, overcommit, and what guests take ---- */

/* 16 GiB, 2 GiB of swap, no huge pages. */
static void host_machine(struct lab *lab)
{
	lab_put(lab, "files.json",
		"{\"/dev/kvm\": {\"kind\": \"device\", \"device\": \"10:232\"}}");
	lab_put(lab, "fs/proc/meminfo",
		"MemTotal: 16777216 kB\nMemAvailable: 15728640 kB\nSwapTotal: 2097152 kB\n"
		"Hugepagesize: 2048 kB\nHugetlb: 0 kB\n");
	lab_put(lab, "fs/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0\n");
	lab_put(lab, "fs/proc/mounts", "hugetlbfs /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n");
}

static const char *plan_faults(struct lab *lab, const char *yaml)
{
	const char *wrong = lab_describe(lab, yaml);

	if (*wrong)
		return wrong;
	const char *plan = lab_plan(lab), *fault = plan;

	/* Faults stand behind the items, whose lines are indented or name an action. */
	while (*fault && (*fault < '0' || *fault > '9'))
		fault += strcspn(fault, "\n") + 1;
	return fault;
}

/* PIT31: 64 MiB, 8 MiB a vCPU and 1/512 of its memory are QEMU's own */
static void guests_that_do_not_fit_are_a_fault_with_numbers(void **state)
{
	struct lab *lab = *state;

	host_machine(lab);
	assert_string_equal(plan_faults(lab, "guests: {a: {memory: 14GiB}}\n"), "");
	assert_string_equal(plan_faults(lab, "guests: {a: {memory: 15GiB}}\n"),
			    "2:22: the guests that are to run need 15GiB with what QEMU itself "
			    "takes, and 15GiB are there for them: of 16GiB the host keeps 1GiB\n");
	assert_string_equal(plan_faults(lab, "memory: {reserve: 4GiB}\n"
					     "guests: {a: {memory: 12GiB}}\n"),
			    "3:22: the guests that are to run need 12GiB with what QEMU itself "
			    "takes, and 12GiB are there for them: of 16GiB the host keeps 4GiB\n");
	assert_string_equal(plan_faults(lab, "memory: {reserve: 4GiB}\n"
					     "guests: {a: {memory: 11GiB}}\n"),
			    "");
}

/* Modules come on top of the guest's size: a DIMM whole, a virtio-mem as far as it is asked for. */
static void memory_modules_count_as_what_they_take(void **state)
{
	static const struct {
		const char *modules;
		bool fits;
	} cases[] = {
		{ "a: {model: dimm, size: 1GiB, cell: 0}", true },
		{ "a: {model: dimm, size: 3GiB, cell: 0}", false },
		{ "a: {model: dimm, size: 1GiB, cell: 0}, b: {model: dimm, size: 2GiB, cell: 0}",
		  false },
		{ "a: {model: virtio-mem, size: 8GiB, cell: 0, block: 2MiB, requested: 1GiB}",
		  true },
		{ "a: {model: virtio-mem, size: 8GiB, cell: 0, block: 2MiB, requested: 3GiB}",
		  false },
		{ "a: {model: virtio-pmem, size: 8GiB, path: /var/pmem}", true },
	};
	struct lab *lab = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		host_machine(lab);
		const char *said = plan_faults(
			lab, arena_printf(lab->arena,
					  "guests: {a: {memory: {size: 12GiB, hotplug: {max: "
					  "32GiB, slots: 4}}, vcpus: 1, cpu: {cells: {0: {cpus: "
					  "\"0\", memory: 12GiB}}}, memory_modules: {%s}}}\n",
					  cases[i].modules));
		bool fits = !*said;
		if (fits != cases[i].fits ||
		    (!fits && !strstr(said, "the guests that are to run need 15GiB")))
			fail_msg("%s: %s", cases[i].modules, said);
	}
}

/* D23: what is promised beyond memory has to find room in swap */
static void overcommit_ends_where_swap_does(void **state)
{
	struct lab *lab = *state;

	host_machine(lab);
	assert_string_equal(plan_faults(lab, "memory: {overcommit: 1.1}\n"
					     "guests: {a: {memory: 16GiB}}\n"),
			    "");
	assert_string_equal(plan_faults(lab, "memory: {overcommit: 1.1}\n"
					     "guests: {a: {memory: 17GiB}}\n"),
			    "3:22: the guests that are to run need 17GiB with what QEMU itself "
			    "takes, and 16.50GiB are there for them: of 16GiB the host keeps 1GiB, "
			    "and the rest counts 1.1 times\n");
	assert_string_equal(plan_faults(lab, "memory: {overcommit: 2}\n"
					     "guests: {a: {memory: 17GiB}}\n"),
			    "3:22: the guests that are to run need 17GiB with what QEMU itself "
			    "takes, and 17GiB are there for them: of 16GiB the host keeps 1GiB, "
			    "and swap is 2GiB\n");
	assert_string_equal(plan_faults(lab, "memory: {overcommit: 0}\n"),
			    "2:22: guests would get no memory at all\n");
}

/* PIT32 */
static void what_only_swap_can_hold_is_noted(void **state)
{
	struct lab *lab = *state;

	host_machine(lab);
	lab_describe(lab, "memory: {overcommit: 1.1}\nguests: {a: {memory: 16GiB}}\n");
	lab_plan(lab);
	const struct plan_item *item = plan_find(&lab->plan, "memory");
	assert_int_equal(item->action, ACTION_NONE);
	assert_int_equal(item->steps.notes.count, 1);
	assert_string_equal(item->steps.notes.at[0],
			    "guests may ask for 1128MiB more than there is in memory: where they "
			    "do, swap makes all of them slow");
}

/* A guest that runs is judged by what is described now. */
static void a_reserve_that_running_guests_have_eaten_is_a_fault(void **state)
{
	struct lab *lab = *state;
	const char *guest = "guests: {a: {memory: 12GiB}}\n";

	host_machine(lab);
	lab_describe(lab, guest);
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	assert_string_equal(
		plan_faults(lab, arena_printf(lab->arena, "memory: {reserve: 6GiB}\n%s", guest)),
		"2:19: 6GiB for the host and 12GiB of guests that run are more than this "
		"machine's 16GiB\n");
	assert_string_equal(
		plan_faults(lab, arena_printf(lab->arena, "memory: {hugepages: {2MiB: 2048}}\n%s",
					      guest)),
		"2:22: 4GiB of huge pages and 1GiB for the host and 12GiB of guests that run are "
		"more than this machine's 16GiB\n");
}

#define PAGES "memory: {hugepages: {2MiB: {nodes: {0: 1024, 1: 512}}}}\n"

/* PIT35 */
static void guests_find_their_huge_pages_or_a_fault(void **state)
{
	struct lab *lab = *state;

	host_machine(lab);
	lab_put(lab, "fs/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "1536\n");
	lab_put(lab, "fs/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages",
		"1024\n");
	lab_put(lab, "fs/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages",
		"512\n");
	assert_string_equal(
		plan_faults(lab, "guests: {a: {memory: {size: 2GiB, page_size: 2MiB}}}\n"),
		"2:46: no pages of 2MiB are reserved\n");
	assert_string_equal(
		plan_faults(lab, PAGES "guests: {a: {memory: {size: 2GiB, page_size: 2MiB}}}\n"),
		"");
	assert_string_equal(
		plan_faults(lab, PAGES "guests: {a: {memory: {size: 4GiB, page_size: 2MiB}}}\n"),
		"3:14: the guests that are to run take 2048 pages of 2MiB, and 1536 are "
		"reserved\n");
	assert_string_equal(
		plan_faults(lab, PAGES "guests: {a: {memory: {size: 2GiB, page_size: 2MiB, "
				       "node: 1}}}\n"),
		"3:14: the guests that are to run take 1024 pages of 2MiB on node 1, and 512 are "
		"reserved\n");
	assert_string_equal(
		plan_faults(lab, PAGES "guests: {a: {memory: {size: 3MiB, page_size: 2MiB}}}\n"),
		"3:46: its memory is no multiple of 2MiB\n");
}

/* PIT36 */
static void huge_pages_and_a_balloon_do_not_go_together(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, PAGES "guests: {a: {memory: {size: 1GiB, max: 2GiB, "
						    "page_size: 2MiB}}}\n"),
			    "3:40: memory on huge pages does not grow or shrink by a balloon\n");
}

/* PIT31: huge pages are taken out whether guests use them or not, QEMU's own stays ordinary */
static void huge_pages_are_taken_out(void **state)
{
	struct lab *lab = *state;

	host_machine(lab);
	lab_put(lab, "fs/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "4096\n");
	assert_string_equal(plan_faults(lab, "memory: {hugepages: {2MiB: 4096}}\n"
					     "guests:\n"
					     "  a: {memory: {size: 8GiB, page_size: 2MiB}}\n"
					     "  b: {memory: 6GiB}\n"),
			    "");
	assert_string_equal(plan_faults(lab, "memory: {hugepages: {2MiB: 4096}}\n"
					     "guests:\n"
					     "  b: {memory: 7GiB}\n"),
			    "4:15: the guests that are to run need 7254MiB with what QEMU itself "
			    "takes, and 7GiB are there for them: of 16GiB the host keeps 1GiB, "
			    "huge pages 8GiB\n");
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
		LAB_TEST(what_costs_is_noted),
		LAB_TEST(nodes_are_not_told_apart_while_pages_are_merged),
		LAB_TEST(could_not_look_is_not_absent),
		LAB_TEST(guests_that_do_not_fit_are_a_fault_with_numbers),
		LAB_TEST(memory_modules_count_as_what_they_take),
		LAB_TEST(overcommit_ends_where_swap_does),
		LAB_TEST(what_only_swap_can_hold_is_noted),
		LAB_TEST(a_reserve_that_running_guests_have_eaten_is_a_fault),
		LAB_TEST(guests_find_their_huge_pages_or_a_fault),
		LAB_TEST(huge_pages_and_a_balloon_do_not_go_together),
		LAB_TEST(huge_pages_are_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
