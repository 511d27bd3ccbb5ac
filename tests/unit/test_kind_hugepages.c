/* kinds: memory.hugepages. */
#include "kinds_help.h"

#include "formats/shortfall.h"

#define SMALL       "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
#define LARGE       "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages"
#define NODE(n)     "/sys/devices/system/node/node" #n "/hugepages/hugepages-2048kB/nr_hugepages"
#define LARGE_ON(n) "/sys/devices/system/node/node" #n "/hugepages/hugepages-1048576kB/nr_hugepages"
#define MOUNT_2M    "hugetlbfs /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0\n"
#define MOUNT_1G    "hugetlbfs /dev/hugepages1G hugetlbfs rw,relatime,pagesize=1024M 0 0\n"
#define UNIT_1G     "/etc/systemd/system/dev-hugepages1G.mount"

static void hugepages_machine(struct lab *lab)
{
	lab_put(lab, "fs" SMALL, "0\n");
	lab_put(lab, "fs" NODE(0), "0\n");
	lab_put(lab, "fs" NODE(1), "0\n");
	lab_put(lab, "fs/sys/devices/system/node/node0/meminfo",
		"Node 0 MemTotal: 4194304 kB\nNode 0 MemFree: 3145728 kB\nNode 0 FilePages: 0 "
		"kB\n");
	lab_put(lab, "fs/sys/devices/system/node/node1/meminfo",
		"Node 1 MemTotal: 4194304 kB\nNode 1 MemFree: 1024 kB\nNode 1 FilePages: 8192 "
		"kB\n");
	lab_put(lab, "fs/proc/meminfo",
		"MemTotal:        8388608 kB\nMemFree: 1 kB\nMemAvailable: 6291456 kB\n"
		"Hugepagesize:       2048 kB\n");
	lab_put(lab, "fs/proc/mounts", MOUNT_2M);
}

static void large_machine(struct lab *lab)
{
	hugepages_machine(lab);
	lab_put(lab, "fs" LARGE, "0\n");
	lab_put(lab, "fs" LARGE_ON(0), "0\n");
	lab_put(lab, "fs" LARGE_ON(1), "0\n");
	lab_put(lab, "fs/proc/cmdline", "root=/dev/vda1 quiet\n");
}

/* D3 */
static void they_are_reserved_and_given_back(void **state)
{
	struct lab *lab = *state;

	hugepages_machine(lab);
	assert_string_equal(lab_describe(lab, "memory: {hugepages: {2MiB: 1024}}\n"), "");
	assert_string_equal(lab_plan(lab), "memory.hugepages.2MiB: change\n"
					   "  pages_reserve path=\"" SMALL "\" count=\"1024\"\n");
	assert_string_equal(lab_differs(lab, "memory.hugepages.2MiB"), "count: 0 -> 1024\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs" SMALL), "1024\n");
	assert_string_equal(lab_plan(lab), "");

	lab_describe(lab, "");
	assert_string_equal(lab_plan(lab), "memory.hugepages.2MiB: remove\n"
					   "  pages_reserve path=\"" SMALL "\" count=\"0\"\n");
}

/* What one node gives up, another may need. */
static void they_stand_on_nodes(void **state)
{
	struct lab *lab = *state;

	hugepages_machine(lab);
	lab_put(lab, "fs" NODE(1), "9\n");
	lab_put(lab, "fs" SMALL, "9\n");
	assert_string_equal(lab_describe(lab, "memory: {hugepages: {2M: {nodes: {0: 4}}}}\n"), "");
	assert_string_equal(lab_plan(lab),
			    "memory.hugepages.2MiB: change\n"
			    "  pages_reserve path=\"" NODE(1) "\" count=\"0\"\n"
							      "  pages_reserve path=\"" NODE(
								      0) "\" count=\"4\"\n");
	lab_perform(lab);
	lab_put(lab, "fs" SMALL, "4\n");
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, "memory: {hugepages: {2M: {nodes: {2: 4}}}}\n");
	assert_string_equal(lab_plan(lab), "2:35: this machine has no NUMA node 2\n");
}

static void what_cannot_be_is_a_fault(void **state)
{
	struct lab *lab = *state;

	hugepages_machine(lab);
	assert_string_equal(lab_describe(lab, "memory: {hugepages: {3MiB: 1}}\n"),
			    "2:22: there are no huge pages of 3MiB\n");
	assert_string_equal(lab_describe(lab, "memory: {hugepages: {2MiB: 1, 2M: 2}}\n"),
			    "2:31: \"2M\" and \"2MiB\" are the same\n");
	assert_string_equal(
		lab_describe(lab, "memory: {hugepages: {2MiB: {count: 3, nodes: {0: 4}}}}\n"),
		"2:36: the nodes add up to 4 pages, not 3\n");
	assert_string_equal(
		lab_describe(lab, "memory: {hugepages: {1GiB: {count: 1, how: now}}}\n"), "");
	assert_string_equal(lab_plan(lab), "this machine has no pages of 1GiB\n");
}

/* PIT33: all sizes together, and against what is free */
static void more_than_there_is_is_a_fault_with_numbers(void **state)
{
	struct lab *lab = *state;

	large_machine(lab);
	lab_describe(lab, "memory: {hugepages: {2MiB: 1024, 1GiB: {count: 6, how: now}}}\n");
	assert_string_equal(lab_plan(lab), "2:22: 8GiB of huge pages and 512MiB for the host are "
					   "more than this machine's 8GiB\n"
					   "2:34: 8GiB of huge pages and 512MiB for the host are "
					   "more than this machine's 8GiB\n");
	lab_describe(lab, "memory: {hugepages: {2MiB: 3500}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:28: 3500 more pages of 2MiB need 7000MiB, and 6GiB are free\n");
	lab_describe(lab, "memory: {hugepages: {2MiB: {nodes: {1: 8}}}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:29: 8 more pages of 2MiB need 16MiB, and 9MiB are free\n");
}

/* PIT33: the attempt told, and is not repeated until something has changed */
static void what_was_tried_in_vain_waits(void **state)
{
	struct lab *lab = *state;
	struct shortfall tried = { 1024, 300, 6ULL << 30 };

	hugepages_machine(lab);
	lab_put(lab, "fs" SMALL, "300\n");
	lab_put(lab, arena_printf(lab->arena, "fs%s", shortfall_path(lab->arena, SMALL)),
		shortfall_text(lab->arena, &tried));
	lab_describe(lab, "memory: {hugepages: {2MiB: 1024}}\n");
	assert_string_equal(
		lab_plan(lab),
		"memory.hugepages.2MiB: change\n"
		"  wait event: 1024 pages of 2MiB were asked for and 300 were to be had: "
		"no more memory is free in one piece\n");
	assert_true(plan_is_empty(&lab->plan));

	lab_describe(lab, "memory: {hugepages: {2MiB: 512}}\n");
	assert_string_equal(lab_plan(lab), "memory.hugepages.2MiB: change\n"
					   "  pages_reserve path=\"" SMALL "\" count=\"512\"\n");

	lab_put(lab, "fs/proc/meminfo",
		"MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\nHugepagesize: 2048 kB\n");
	lab_describe(lab, "memory: {hugepages: {2MiB: 1024}}\n");
	assert_string_equal(lab_plan(lab), "memory.hugepages.2MiB: change\n"
					   "  pages_reserve path=\"" SMALL "\" count=\"1024\"\n");
}

static void pages_that_guests_hold_wait_for_them(void **state)
{
	struct lab *lab = *state;
	struct shortfall tried = { 10, 300, 6ULL << 30 };

	hugepages_machine(lab);
	lab_put(lab, "fs" SMALL, "300\n");
	lab_put(lab, arena_printf(lab->arena, "fs%s", shortfall_path(lab->arena, SMALL)),
		shortfall_text(lab->arena, &tried));
	lab_describe(lab, "memory: {hugepages: {2MiB: 10}}\n");
	assert_string_equal(lab_plan(lab),
			    "memory.hugepages.2MiB: change\n"
			    "  wait guest-stop: 300 pages of 2MiB are there where 10 are wanted: "
			    "guests hold them\n");
}

/* D9, B11, PIT34 */
static void large_ones_are_asked_for_at_boot(void **state)
{
	struct lab *lab = *state;

	large_machine(lab);
	assert_string_equal(
		lab_describe(lab, "memory: {hugepages: {1GiB: {nodes: {0: 1, 1: 2}}}}\n"), "");
	const struct item *boot = desired_find(&lab->desired, "boot", "");
	struct text line = text_of(lab->arena);
	assert_int_equal(boot->kind->render(boot, NULL, &line, &lab->faults), 0);
	assert_string_equal(line.at, "hugepagesz=1G hugepages=0:1,1:2\n");
	lab_plan(lab);
	const struct plan_item *item = plan_find(&lab->plan, "memory.hugepages.1GiB");
	assert_int_equal(item->steps.waits.count, 2);
	assert_string_equal(item->steps.waits.at[0].why,
			    "pages of 1GiB are reserved at boot: 0 of 1 are there");
	assert_int_equal(item->steps.waits.at[0].wait, WAIT_REBOOT);
	assert_string_equal(item->steps.waits.at[1].why,
			    "pages of 1GiB are reserved at boot: 0 of 2 are there");
}

/* After that boot it is the kernel that says no, and once more is tried at run time. */
static void what_the_boot_did_not_bring_is_tried_once_more(void **state)
{
	struct lab *lab = *state;

	large_machine(lab);
	lab_put(lab, "fs/proc/cmdline", "quiet hugepagesz=1G hugepages=4\n");
	lab_put(lab, "fs" LARGE, "3\n");
	lab_put(lab, "fs/proc/mounts", MOUNT_2M MOUNT_1G);
	lab_describe(lab, "memory: {hugepages: {1GiB: 4}}\n");
	lab_plan(lab);
	const struct plan_item *item = plan_find(&lab->plan, "memory.hugepages.1GiB");
	assert_int_equal(item->steps.waits.count, 0);
	const struct step *last = &item->steps.list.at[item->steps.list.count - 1];
	assert_int_equal(last->verb, VERB_pages_reserve);
	assert_string_equal(last->argument[1], "4");
}

/* D4: libvirt takes pages from a mount of their size */
static void each_size_is_mounted(void **state)
{
	struct lab *lab = *state;

	large_machine(lab);
	lab_member_set(lab, "units.json", "libvirtd.service", "active", "active");
	lab_describe(lab, "memory: {hugepages: {1GiB: {count: 1, how: now}}}\n");
	assert_string_equal(lab_plan(lab), "memory.hugepages.1GiB: change\n"
					   "  file_write path=\"" UNIT_1G "\" mode=\"0644\"\n"
					   "  units_reload\n"
					   "  unit_enable unit=\"dev-hugepages1G.mount\"\n"
					   "  unit_start unit=\"dev-hugepages1G.mount\"\n"
					   "  unit_restart unit=\"libvirtd.service\"\n"
					   "  pages_reserve path=\"" LARGE "\" count=\"1\"\n");
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, "fs" UNIT_1G), "Options=nosuid,nodev,pagesize=1G\n"));
	lab_put(lab, "fs/proc/mounts", MOUNT_2M MOUNT_1G);
	assert_string_equal(lab_plan(lab), "");

	lab_put(lab, "fs" UNIT_1G, "# made by gasthof for x\n[Mount]\nOptions=pagesize=2M\n");
	assert_string_equal(lab_plan(lab), "memory.hugepages.1GiB: change\n"
					   "  file_write path=\"" UNIT_1G "\" mode=\"0644\"\n"
					   "  units_reload\n"
					   "  unit_enable unit=\"dev-hugepages1G.mount\"\n");
	lab_perform(lab);
	lab_put(lab, "fs/proc/mounts", "");
	lab_describe(lab, "memory: {hugepages: {1GiB: {count: 1, how: now}, 2MiB: 1}}\n");
	assert_string_equal(lab_plan(lab), "memory.hugepages.1GiB: change\n"
					   "  unit_start unit=\"dev-hugepages1G.mount\"\n"
					   "  unit_restart unit=\"libvirtd.service\"\n"
					   "memory.hugepages.2MiB: change\n"
					   "  unit_start unit=\"dev-hugepages.mount\"\n"
					   "  unit_restart unit=\"libvirtd.service\"\n"
					   "  pages_reserve path=\"" SMALL "\" count=\"1\"\n");
	lab_perform(lab);
	lab_put(lab, "fs/proc/mounts", MOUNT_2M MOUNT_1G);
	lab_describe(lab, "");
	assert_non_null(strstr(lab_plan(lab), "  file_remove path=\"" UNIT_1G "\"\n"));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(they_are_reserved_and_given_back),
		LAB_TEST(they_stand_on_nodes),
		LAB_TEST(what_cannot_be_is_a_fault),
		LAB_TEST(more_than_there_is_is_a_fault_with_numbers),
		LAB_TEST(what_was_tried_in_vain_waits),
		LAB_TEST(pages_that_guests_hold_wait_for_them),
		LAB_TEST(large_ones_are_asked_for_at_boot),
		LAB_TEST(what_the_boot_did_not_bring_is_tried_once_more),
		LAB_TEST(each_size_is_mounted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
