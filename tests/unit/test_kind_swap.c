/* kinds: host.swap; formats/unit_name. */
#include "kinds_help.h"

#include "formats/unit_name.h"

#define FILE_AT   "/var/lib/gasthof/swap/main"
#define UNIT      "var-lib-gasthof-swap-main.swap"
#define UNIT_PATH "/etc/systemd/system/" UNIT
#define ACTIVE                                                       \
	"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" FILE_AT \
	"              file\t\t1048572\t\t0\t\t-2\n"

static void swap_machine(struct lab *lab)
{
	lab_put(lab, "fs/proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	lab_put(lab, "files.json",
		"{\"/var/lib\": {\"kind\": \"directory\", \"free\": 8589934592}}");
}

/* systemd.unit(5) */
static void paths_become_names_of_units(void **state)
{
	struct arena *arena = ((struct lab *)*state)->arena;

	assert_string_equal(unit_name_of_path(arena, "/var/lib/a-b.c", ".swap"),
			    "var-lib-a\\x2db.c.swap");
	assert_string_equal(unit_name_of_path(arena, "//dev//sda1/", ".swap"), "dev-sda1.swap");
	assert_string_equal(unit_name_of_path(arena, "/.a", ".swap"), "\\x2ea.swap");
	assert_string_equal(unit_name_of_path(arena, "/", ".mount"), "-.mount");
}

static void a_file_is_made_enabled_and_used(void **state)
{
	struct lab *lab = *state;

	swap_machine(lab);
	assert_string_equal(lab_describe(lab, "host: {swap: {main: 1GiB}}\n"), "");
	assert_string_equal(lab_plan(lab), "host.swap.main: create\n"
					   "  swap_make path=\"" FILE_AT "\" bytes=\"1073741824\" "
					   "mark=\"host.swap.main\"\n"
					   "  file_write path=\"" UNIT_PATH "\" mode=\"0644\"\n"
					   "  units_reload\n"
					   "  unit_enable unit=\"" UNIT "\"\n"
					   "  unit_start unit=\"" UNIT "\"\n");
	lab_perform(lab);
	lab_put(lab, "fs/proc/swaps", ACTIVE);
	assert_string_equal(lab_plan(lab), "");

	/* swapoff by hand */
	lab_put(lab, "fs/proc/swaps", "Filename\n");
	lab_plan(lab);
	assert_string_equal(lab_differs(lab, "host.swap.main"), "active: false -> true\n");
	lab_perform(lab);
	lab_put(lab, "fs/proc/swaps", ACTIVE);

	lab_describe(lab, "");
	assert_string_equal(lab_plan(lab), "host.swap.main: remove\n"
					   "  unit_stop unit=\"" UNIT "\"\n"
					   "  unit_disable unit=\"" UNIT "\"\n"
					   "  file_remove path=\"" UNIT_PATH "\"\n"
					   "  units_reload\n"
					   "  swap_remove path=\"" FILE_AT "\"\n");
	lab_perform(lab);
	lab_put(lab, "fs/proc/swaps", "Filename\n");
	assert_string_equal(lab_plan(lab), "");
}

static void another_size_is_another_file(void **state)
{
	struct lab *lab = *state;

	swap_machine(lab);
	lab_describe(lab, "host: {swap: {main: 1GiB}}\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_put(lab, "fs/proc/swaps", ACTIVE);
	lab_describe(lab, "host: {swap: {main: {size: 2GiB, priority: 5}}}\n");
	assert_string_equal(lab_plan(lab), "host.swap.main: change\n"
					   "  unit_stop unit=\"" UNIT "\"\n"
					   "  swap_make path=\"" FILE_AT "\" bytes=\"2147483648\" "
					   "mark=\"host.swap.main\"\n"
					   "  file_write path=\"" UNIT_PATH "\" mode=\"0644\"\n"
					   "  units_reload\n"
					   "  unit_start unit=\"" UNIT "\"\n");
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, "fs" UNIT_PATH), "\nPriority=5\n"));
	assert_string_equal(lab_plan(lab), "");

	/* both are there for a while: what does not fit is said before the old one is taken down */
	lab_json(lab, "files.json", "/var/lib/gasthof/swap", node_map(lab->arena));
	struct node *folder = node_map(lab->arena);
	node_put(lab->arena, folder, "kind", node_quoted(lab->arena, "directory"));
	node_put(lab->arena, folder, "free", node_scalar(lab->arena, "2147483648"));
	lab_json(lab, "files.json", "/var/lib/gasthof/swap", folder);
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, "host: {swap: {main: {size: 3GiB, priority: 5}}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:15: a swap file of 3GiB does not fit: 2GiB are free there\n");
}

/* A device is where its link leads to: /proc/swaps knows it by that name only. */
static void a_device_is_formatted_only_by_its_verb(void **state)
{
	struct lab *lab = *state;

	swap_machine(lab);
	lab_json(lab, "files.json", "/dev/disk/by-partlabel/swap", node_map(lab->arena));
	struct node *link = node_map(lab->arena);
	node_put(lab->arena, link, "link", node_quoted(lab->arena, "../../vdb1"));
	lab_json(lab, "files.json", "/dev/disk/by-partlabel/swap", link);
	lab_describe(lab, "host: {swap: {disk: {device: /dev/disk/by-partlabel/swap}}}\n");
	assert_non_null(
		strstr(lab_plan(lab), "  swap_format path=\"/dev/disk/by-partlabel/swap\"\n"));
	lab_perform(lab);
	lab_put(lab, "fs/proc/swaps",
		"Filename\n/dev/vdb1                               partition\t1048572\t0\t-2\n");
	assert_string_equal(lab_plan(lab), "");
}

static void somebody_else_s_file_is_left_alone(void **state)
{
	struct lab *lab = *state;

	swap_machine(lab);
	lab_put(lab, "fs/srv/precious", "data");
	lab_describe(lab, "host: {swap: {main: {size: 1GiB, file: /srv/precious}}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:15: \"/srv/precious\" is there and was not made by gasthof\n");
}

static void what_swap_cannot_be_is_a_fault(void **state)
{
	struct lab *lab = *state;

	swap_machine(lab);
	assert_string_equal(lab_describe(lab, "host: {swap: {a: {device: /dev/x, size: 1GiB}}}\n"),
			    "2:27: swap is a device, or a file of some size\n");
	assert_string_equal(lab_describe(lab, "host: {swap: {a: {size: 1GiB, file: \"/a%b\"}}}\n"),
			    "2:37: systemd and /proc/swaps have other spellings for \"/a%b\"\n");
	assert_string_equal(lab_describe(lab, "host: {swap: {a: {}}}\n"),
			    "2:15: a swap file needs a size\n");
	assert_string_equal(lab_describe(lab, "host: {swap: {a: {device: /etc/fstab}}}\n"),
			    "2:27: \"/etc/fstab\" is no device\n");
	assert_string_equal(lab_describe(lab, "host:\n  swap:\n    a: {size: 1GiB, file: /x}\n"
					      "    b: {size: 1GiB, file: /x}\n"),
			    "5:5: \"b\" and \"a\" are one swap\n");
	assert_string_equal(lab_describe(lab, "host: {swap: {main: 9GiB}}\n"), "");
	assert_string_equal(lab_plan(lab),
			    "2:15: a swap file of 9GiB does not fit: 8GiB are free there\n");
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(paths_become_names_of_units),
		LAB_TEST(a_file_is_made_enabled_and_used),
		LAB_TEST(another_size_is_another_file),
		LAB_TEST(a_device_is_formatted_only_by_its_verb),
		LAB_TEST(somebody_else_s_file_is_left_alone),
		LAB_TEST(what_swap_cannot_be_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
