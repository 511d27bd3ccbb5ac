/* kinds: slices, and guests in them (M8, M10 to M13, PIT105). */
#include "kinds_help.h"

#define UNIT  "/etc/systemd/system/machine-gold.slice"
#define GROUP "fs/sys/fs/cgroup/machine.slice/machine-gold.slice/"
#define GOLD                                                                         \
	"slices:\n"                                                                  \
	"  gold: {cpu_weight: 400, cpu_quota: 1.5, cpu_set: 0-1, memory_max: 2GiB, " \
	"io: {/srv: {weight: 50, read: 1MiB/s}, /dev/vdb: {read: 2MiB/s}}}\n"
#define GOLD_TEXT                                                           \
	"# made by gasthof for slices.gold; changes here are overwritten\n" \
	"[Unit]\n"                                                          \
	"Description=Guests of the slice gold\n"                            \
	"\n"                                                                \
	"[Slice]\n"                                                         \
	"CPUWeight=400\n"                                                   \
	"CPUQuota=150%\n"                                                   \
	"AllowedCPUs=0-1\n"                                                 \
	"MemoryMax=2147483648\n"                                            \
	"IODeviceWeight=/srv 50\n"                                          \
	"IOReadBandwidthMax=/srv 1048576\n"                                 \
	"IOReadBandwidthMax=/dev/vdb 2097152\n"
#define MADE                                             \
	"  file_write path=\"" UNIT "\" mode=\"0644\"\n" \
	"  units_reload\n"                               \
	"  wait round: systemd has to read its files first\n"

static void disk(struct lab *lab, const char *name, const char *number, const char *scheduler)
{
	const char *folder = arena_printf(lab->arena, "fs/sys/devices/pci/block/%s", name);

	lab_put(lab, arena_printf(lab->arena, "%s/dev", folder),
		arena_printf(lab->arena, "%s\n", number));
	lab_put(lab, arena_printf(lab->arena, "%s/queue/scheduler", folder),
		arena_printf(lab->arena, "%s\n", scheduler));
	lab_put(lab, arena_printf(lab->arena, "%s/device/vendor", folder), "x\n");
	lab_symlink(lab, arena_printf(lab->arena, "fs/sys/class/block/%s", name),
		    arena_printf(lab->arena, "../../devices/pci/block/%s", name));
	lab_symlink(lab, arena_printf(lab->arena, "fs/sys/block/%s", name),
		    arena_printf(lab->arena, "../devices/pci/block/%s", name));
	lab_symlink(lab, arena_printf(lab->arena, "fs/sys/dev/block/%s", number),
		    arena_printf(lab->arena, "../../devices/pci/block/%s", name));
}

/* /srv is on the second partition of vda; vdb is a disk. */
static void machine(struct lab *lab)
{
	struct node *node = node_map(lab->arena);

	disk(lab, "vda", "254:0", "none [mq-deadline] bfq");
	disk(lab, "vdb", "254:16", "none mq-deadline [bfq]");
	lab_put(lab, "fs/sys/devices/pci/block/vda/vda2/partition", "2\n");
	lab_put(lab, "fs/sys/devices/pci/block/vda/vda2/dev", "254:2\n");
	lab_symlink(lab, "fs/sys/class/block/vda2", "../../devices/pci/block/vda/vda2");
	lab_symlink(lab, "fs/sys/dev/block/254:2", "../../devices/pci/block/vda/vda2");
	lab_put(lab, "fs/srv/x", "");
	lab_put(lab, "fs/proc/self/mountinfo",
		"22 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
		"23 22 254:2 / /srv rw shared:1 - ext4 /dev/vda2 rw\n"
		"24 22 0:30 / /srv/ram rw - tmpfs tmpfs rw\n");
	lab_put(lab, "fs/proc/meminfo", "MemTotal: 8388608 kB\nSwapTotal: 0 kB\nHugetlb: 0 kB\n");
	lab_put(lab, "fs/sys/devices/system/cpu/possible", "0-3\n");
	lab_put(lab, "fs/sys/devices/system/node/possible", "0\n");
	node_put(lab->arena, node, "device", node_quoted(lab->arena, "254:16"));
	node_put(lab->arena, node, "kind", node_quoted(lab->arena, "device"));
	lab_json(lab, "files.json", "/dev/vdb", node);
}

/* systemd has read the file. */
static void gold_is_read(struct lab *lab)
{
	lab_setting(lab, "machine-gold.slice", "CPUWeight", "400");
	lab_setting(lab, "machine-gold.slice", "CPUQuota", "150%");
	lab_setting(lab, "machine-gold.slice", "AllowedCPUs", "0-1");
	lab_setting(lab, "machine-gold.slice", "MemoryMax", "2147483648");
	lab_setting(lab, "machine-gold.slice", "IODeviceWeight", "/srv 50");
	lab_setting(lab, "machine-gold.slice", "IOReadBandwidthMax",
		    "/srv 1048576, /dev/vdb 2097152");
}

/* The cgroup, as a guest's start makes it. */
static void gold_is_in_use(struct lab *lab)
{
	lab_put(lab, GROUP "cpu.weight", "400\n");
	lab_put(lab, GROUP "cpu.max", "150000 100000\n");
	lab_put(lab, GROUP "cpuset.cpus", "0-1\n");
	lab_put(lab, GROUP "cpuset.mems", "\n");
	lab_put(lab, GROUP "memory.min", "0\n");
	lab_put(lab, GROUP "memory.max", "2147483648\n");
	lab_put(lab, GROUP "memory.high", "max\n");
	lab_put(lab, GROUP "pids.max", "max\n");
	lab_put(lab, GROUP "io.weight", "default 100\n254:0 50\n");
	lab_put(lab, GROUP "io.max",
		"254:0 rbps=1048576 wbps=max riops=max wiops=max\n"
		"254:16 rbps=2097152 wbps=max riops=max wiops=max\n");
}

static void settle(struct lab *lab)
{
	machine(lab);
	lab_describe(lab, GOLD);
	lab_plan(lab);
	lab_perform(lab);
	gold_is_read(lab);
	gold_is_in_use(lab);
}

static const char *note(struct lab *lab, const char *path)
{
	const struct plan_item *item = plan_find(&lab->plan, path);

	assert_non_null(item);
	return item->steps.notes.count ? item->steps.notes.at[0] : "";
}

/* ---- the slice ---- */

static void a_slice_is_a_file_that_systemd_reads(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, GOLD), "");
	assert_string_equal(lab_plan(lab), "slices.gold: create\n" MADE);
	assert_int_equal(lab->plan.class, CLASS_LIVE);
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs" UNIT), GOLD_TEXT);
	gold_is_read(lab);
	assert_string_equal(lab_plan(lab), "");
	gold_is_in_use(lab);
	assert_string_equal(lab_plan(lab), "");
}

/* M10 to M13: whoever changed it, systemd is told. */
static void what_is_otherwise_in_force_is_told_to_systemd(void **state)
{
	struct lab *lab = *state;

	settle(lab);
	lab_setting(lab, "machine-gold.slice", "CPUWeight", "300");
	lab_put(lab, GROUP "cpu.weight", "300\n");
	lab_put(lab, GROUP "memory.max", "max\n");
	lab_put(lab, GROUP "io.max", "254:0 rbps=512 wbps=max riops=max wiops=max\n");
	assert_string_equal(
		lab_plan(lab),
		"slices.gold: change\n"
		"  unit_property unit=\"machine-gold.slice\" property=\"CPUWeight\" value=\"400\"\n"
		"  unit_property unit=\"machine-gold.slice\" property=\"MemoryMax\" "
		"value=\"2147483648\"\n"
		"  unit_property unit=\"machine-gold.slice\" property=\"IOReadBandwidthMax\" "
		"value=\"/srv 1048576, /dev/vdb 2097152\"\n");
	assert_string_equal(lab_differs(lab, "slices.gold"),
			    "cpu_weight: 300 -> 400\nmemory_max:  -> 2GiB\n"
			    "io./srv.read: 512B/s -> 1MiB/s\nio./dev/vdb:  -> {read: 2MiB/s}\n");
	lab_perform(lab);
	gold_is_in_use(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void an_edited_file_and_one_that_overrides_it_are_put_right(void **state)
{
	struct lab *lab = *state;
	const char *override = "/etc/systemd/system.control/machine-gold.slice.d/50-CPUWeight.conf";

	settle(lab);
	lab_put(lab, "fs" UNIT, GOLD_TEXT "TasksMax=5\nDelegate=yes\n");
	lab_put(lab, arena_printf(lab->arena, "fs%s", override), "[Slice]\nCPUWeight=7\n");
	assert_string_equal(lab_plan(lab),
			    arena_printf(lab->arena,
					 "slices.gold: change\n"
					 "  file_write path=\"" UNIT "\" mode=\"0644\"\n"
					 "  file_remove path=\"%s\"\n"
					 "  units_reload\n",
					 override));
	assert_string_equal(
		lab_differs(lab, "slices.gold"),
		arena_printf(lab->arena, "other: [+Delegate=yes, %s] -> []\n", override));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

/* systemd keeps CPUs that its files no longer say: the cgroup tells. */
static void a_field_that_is_taken_out_goes_back_to_none(void **state)
{
	struct lab *lab = *state;

	settle(lab);
	lab_describe(lab, "slices: {gold: {cpu_quota: 1.5, memory_max: 2GiB, "
			  "io: {/dev/vdb: {read: 2MiB/s}}}}\n");
	assert_string_equal(lab_plan(lab), "slices.gold: change\n" MADE);
	assert_string_equal(lab_differs(lab, "slices.gold"),
			    "cpu_weight: 400 -> \ncpu_set: 0-1 -> \nio./srv: {weight: 50, read: "
			    "1MiB/s} -> \n");
	struct items ledger = lab->ledger;
	lab_perform(lab);
	lab->ledger = ledger; /* the run is not over */
	lab_setting(lab, "machine-gold.slice", "CPUWeight", "");
	lab_put(lab, GROUP "cpu.weight", "100\n");
	lab_setting(lab, "machine-gold.slice", "AllowedCPUs", "");
	lab_setting(lab, "machine-gold.slice", "IODeviceWeight", "");
	lab_setting(lab, "machine-gold.slice", "IOReadBandwidthMax", "/dev/vdb 2097152");
	assert_string_equal(lab_plan(lab), "slices.gold: change\n"
					   "  unit_property unit=\"machine-gold.slice\" "
					   "property=\"AllowedCPUs\" value=\"\"\n");
	lab_put(lab, GROUP "cpuset.cpus", "0-3\n"); /* all of them */
	assert_string_equal(lab_plan(lab), "");
}

static void the_host_s_own_slices_get_a_drop_in(void **state)
{
	struct lab *lab = *state;
	const char *drop_in = "fs/etc/systemd/system/system.slice.d/gasthof.conf";

	machine(lab);
	lab_setting(lab, "system.slice", "TasksMax", "7777"); /* somebody's, and left alone */
	assert_string_equal(lab_describe(lab, "slices: {system: {cpu_weight: 200, memory_low: "
					      "256MiB, cpu_set: 0}}\n"),
			    "");
	assert_string_equal(lab_plan(lab),
			    "slices.system: change\n"
			    "  file_write path=\"/etc/systemd/system/system.slice.d/gasthof.conf\" "
			    "mode=\"0644\"\n"
			    "  units_reload\n"
			    "  wait round: systemd has to read its files first\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, drop_in),
			    "# made by gasthof for slices.system; changes here are overwritten\n"
			    "[Slice]\nCPUWeight=200\nAllowedCPUs=\nAllowedCPUs=0\n"
			    "MemoryLow=268435456\n");
	lab_setting(lab, "system.slice", "CPUWeight", "200");
	lab_setting(lab, "system.slice", "AllowedCPUs", "0");
	lab_setting(lab, "system.slice", "MemoryLow", "268435456");
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, "");
	assert_non_null(strstr(lab_plan(lab), "slices.system: remove\n  file_remove"));
	lab_perform(lab);
	lab_setting(lab, "system.slice", "CPUWeight", "");
	lab_setting(lab, "system.slice", "AllowedCPUs", "");
	lab_setting(lab, "system.slice", "MemoryLow", "");
	assert_string_equal(lab_plan(lab), "");
}

static void a_file_of_somebody_else_is_left_alone(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_put(lab, "fs" UNIT, "[Slice]\nCPUWeight=3\n");
	lab_setting(lab, "machine-gold.slice", "CPUWeight", "3");
	lab_describe(lab, GOLD);
	assert_string_equal(lab_plan(lab),
			    "3:3: slices.gold is there and was not made by gasthof\n");
}

/* ---- guests ---- */

#define GUEST(more) \
	"guests:\n" \
	"  web: {virtualization: emulated, vcpus: 1, memory: 512MiB, state: running" more "}\n"

static void put_live(struct lab *lab, const char *partition)
{
	const char *xml = lab_get(lab, "libvirt/domains/web.xml");
	const char *at = strstr(xml, "<metadata>");
	const char *said = strstr(xml, "<resource>");

	lab_put(lab, "libvirt/domains/web.live.xml",
		said ? xml
		     : arena_printf(lab->arena,
				    "%.*s<resource><partition>%s</partition></resource>%s",
				    (int)(at - xml), xml, partition, at));
}

static void a_guest_is_placed_in_its_slice_at_its_start(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, GUEST("")), "");
	lab_plan(lab);
	lab_perform(lab);
	put_live(lab, "/machine"); /* as libvirt tells, though nobody said it */
	assert_string_equal(lab_plan(lab), "");
	assert_string_equal(lab_describe(lab, GOLD GUEST(", slice: gold")), "");
	const char *plan = lab_plan(lab);
	assert_non_null(strstr(plan, "slices.gold: create\n"));
	assert_non_null(strstr(plan, "guests.web: change\n  domain_define domain=\"web\"\n"
				     "  wait guest-stop: takes effect at its next start\n"));
	assert_true(strstr(plan, "slices.gold") < strstr(plan, "guests.web"));
	assert_string_equal(lab_differs(lab, "guests.web"),
			    "resource.partition:  -> /machine/gold\n");
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, "libvirt/domains/web.xml"),
			       "<partition>/machine/gold</partition>"));
}

static void a_slice_with_guests_in_it_stays(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, GOLD GUEST(", slice: gold"));
	lab_plan(lab);
	lab_perform(lab);
	gold_is_read(lab);
	put_live(lab, "");
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, GUEST(""));
	assert_non_null(strstr(lab_plan(lab), "slices.gold: remove\n"
					      "  wait guest-stop: guests are in it: web\n"));
	const char *xml = lab_get(lab, "libvirt/domains/web.xml");
	lab_put(lab, "libvirt/domains/web.live.xml", xml);
	assert_string_equal(lab_describe(lab, GUEST(", slice: gold")),
			    "3:84: there is nothing called \"gold\" in slices\n");
}

/* ---- what cannot be, and what is said ---- */

static void mistakes_are_told(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(
		lab_describe(
			lab,
			"slices:\n"
			"  a: {memory_low: 2GiB, memory_max: 1GiB}\n"
			"  b: {cpu_weight: 0}\n"
			"  c: {io: {\"/a b\": 5}}\n"
			"  d: {io: {/srv: {}}, memory_min: 0MiB, swap: false, swap_max: 1GiB}\n"
			"  system: {cpu_set: 0}\n"
			"cpu: {isolated: {cpu_set: 1, how: cgroup}}\n"
			"guests:\n"
			"  g: {vcpus: 1, memory: 1GiB, slice: system}\n"
			"  h: {vcpus: 1, memory: 1GiB, slice: a, "
			"resource: {partition: /x}}\n"),
		"4:19: expected a whole number from 1 to 10000, found \"0\"\n"
		"3:37: memory_max is less than memory_low\n"
		"5:12: systemd has other spellings for \"/a b\"\n"
		"6:35: memory_min cannot be nothing\n"
		"6:64: it may use no swap at all\n"
		"6:12: nothing is said of \"/srv\"\n"
		"7:21: cpu.isolated says where services and users run\n"
		"10:38: the slice system is the host's own\n"
		"11:63: a guest has a slice or a partition of its own choice\n");
}

/* M8 */
static void weights_without_effect_are_told(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "slices: {gold: {io: {/srv: 50}}}\n");
	lab_plan(lab);
	assert_string_equal(
		note(lab, "slices.gold"),
		"weights mean nothing to vda, whose scheduler is mq-deadline: disks: {NAME: "
		"{path: /srv, scheduler: bfq}} gives it one that looks at them");
	lab_describe(lab, "slices: {gold: {io: {/srv: 50}}}\n"
			  "disks: {main: {path: /srv/x, scheduler: bfq}}\n");
	lab_plan(lab);
	assert_string_equal(note(lab, "slices.gold"), "");
	lab_describe(lab, "slices: {gold: {io: {/dev/vdb: 1000}}}\n");
	lab_plan(lab);
	assert_string_equal(note(lab, "slices.gold"),
			    "bfq of vdb counts weight 1000 as 181: up to 100, weights keep their "
			    "ratio");
	lab_put(lab, "fs/sys/fs/cgroup/io.cost.qos", "254:16 enable=1 ctrl=auto\n");
	lab_plan(lab);
	assert_string_equal(note(lab, "slices.gold"), "");
	lab_describe(lab, "slices: {gold: {io: {/srv/ram/x: 50}}}\n");
	lab_put(lab, "fs/srv/ram/x", "");
	assert_string_equal(lab_plan(lab), "2:17: there is no disk behind \"/srv/ram/x\"\n");
}

/* PIT105; and memory.reserve is one promise, whoever makes it. */
static void memory_that_does_not_add_up_is_told(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "slices: {gold: {memory_max: 256MiB}}\n" GUEST(", slice: gold"));
	lab_plan(lab);
	assert_string_equal(note(lab, "slices.gold"),
			    "its guests may need 585MiB, and memory_max is 256MiB: beyond it the "
			    "kernel kills one of them");
	lab_describe(lab, "slices: {system: {memory_min: 2GiB}}\nmemory: {reserve: 1GiB}\n");
	assert_string_equal(
		lab_plan(lab),
		"2:31: 1GiB are kept for the host (memory.reserve), and this slice alone "
		"is to keep 2GiB\n");
	lab_describe(lab, "slices: {machine: {memory_max: 7680MiB}}\nmemory: {reserve: 1GiB}\n");
	assert_non_null(strstr(lab_plan(lab),
			       "2:32: of 8GiB the host keeps 1GiB (memory.reserve), and guests may "
			       "take 7680MiB\n"));
	lab_describe(lab, "slices: {machine: {memory_max: 7GiB}}\nmemory: {reserve: 1GiB}\n");
	assert_non_null(strstr(lab_plan(lab), "slices.machine: create\n"));
}

/* What the arithmetic keeps, the kernel keeps: unless somebody says how. */
static void a_reserve_is_the_services_own(void **state)
{
	struct lab *lab = *state;
	const char *drop_in = "fs/etc/systemd/system/system.slice.d/gasthof.conf";

	machine(lab);
	assert_string_equal(lab_describe(lab, "memory: {reserve: 1GiB}\n"), "");
	lab_plan(lab);
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, drop_in), "[Slice]\nMemoryLow=1073741824\n"));
	lab_describe(lab, "memory: {reserve: 1GiB}\nslices: {system: {memory_min: 256MiB}}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, drop_in), "[Slice]\nMemoryMin=268435456\n"));
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(a_slice_is_a_file_that_systemd_reads),
		LAB_TEST(what_is_otherwise_in_force_is_told_to_systemd),
		LAB_TEST(an_edited_file_and_one_that_overrides_it_are_put_right),
		LAB_TEST(a_field_that_is_taken_out_goes_back_to_none),
		LAB_TEST(the_host_s_own_slices_get_a_drop_in),
		LAB_TEST(a_file_of_somebody_else_is_left_alone),
		LAB_TEST(a_guest_is_placed_in_its_slice_at_its_start),
		LAB_TEST(a_slice_with_guests_in_it_stays),
		LAB_TEST(mistakes_are_told),
		LAB_TEST(weights_without_effect_are_told),
		LAB_TEST(memory_that_does_not_add_up_is_told),
		LAB_TEST(a_reserve_is_the_services_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
