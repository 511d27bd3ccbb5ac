/* kinds: disks (M8, M9). */
#include "kinds_help.h"

#define QUEUE   "fs/sys/devices/pci/block/vda/queue/"
#define FILE_OF "fs/etc/tmpfiles.d/gasthof-disk-data.conf"
#define WANTED  "disks: {data: {path: /srv, scheduler: bfq, low_latency: false}}\n"

/* /srv is on a LUKS device on the second partition of vda. */
static void machine(struct lab *lab)
{
	lab_put(lab, "fs/sys/devices/pci/block/vda/dev", "254:0\n");
	lab_put(lab, QUEUE "scheduler", "[none] mq-deadline\n");
	lab_put(lab, "fs/sys/devices/pci/block/vda/vda2/partition", "2\n");
	lab_put(lab, "fs/sys/devices/virtual/block/dm-0/slaves/vda2/partition", "2\n");
	lab_symlink(lab, "fs/sys/class/block/vda", "../../devices/pci/block/vda");
	lab_symlink(lab, "fs/sys/class/block/vda2", "../../devices/pci/block/vda/vda2");
	lab_symlink(lab, "fs/sys/class/block/dm-0", "../../devices/virtual/block/dm-0");
	lab_symlink(lab, "fs/sys/block/vda", "../devices/pci/block/vda");
	lab_symlink(lab, "fs/sys/dev/block/253:0", "../../devices/virtual/block/dm-0");
	lab_put(lab, "fs/srv/x", "");
	lab_put(lab, "fs/proc/self/mountinfo",
		"22 1 0:20 / / rw - overlay overlay rw\n"
		"23 22 253:0 / /srv rw shared:1 - ext4 /dev/mapper/data rw\n");
}

/* As the kernel shows it once bfq was chosen. */
static void bfq_is_chosen(struct lab *lab, const char *low_latency)
{
	lab_put(lab, QUEUE "scheduler", "none mq-deadline [bfq]\n");
	lab_put(lab, QUEUE "iosched/low_latency", low_latency);
}

#define SCHEDULER(to) "  sysfs_write path=\"/sys/block/vda/queue/scheduler\" value=\"" to "\"\n"
#define LATENCY(to) \
	"  sysfs_write path=\"/sys/block/vda/queue/iosched/low_latency\" value=\"" to "\"\n"

static void a_scheduler_is_chosen_now_and_at_each_boot(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, WANTED), "");
	assert_string_equal(
		lab_plan(lab),
		"disks.data: change\n" SCHEDULER("bfq")
			LATENCY("0") "  file_write path=\"/etc/tmpfiles.d/gasthof-disk-data.conf\" "
				     "mode=\"0644\"\n");
	assert_int_equal(lab->plan.class, CLASS_LIVE);
	lab_perform(lab);
	bfq_is_chosen(lab, "0\n");
	assert_string_equal(lab_get(lab, FILE_OF),
			    "# made by gasthof for disks.data; changes here are overwritten\n"
			    "# before: none\n"
			    "w /sys/block/vda/queue/scheduler - - - - bfq\n"
			    "w /sys/block/vda/queue/iosched/low_latency - - - - 0\n");
	assert_string_equal(lab_plan(lab), "");
}

static void drift_is_repaired_and_what_was_before_comes_back(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, WANTED);
	lab_plan(lab);
	lab_perform(lab);
	bfq_is_chosen(lab, "1\n");
	assert_string_equal(lab_plan(lab), "disks.data: change\n" LATENCY("0"));
	assert_string_equal(lab_differs(lab, "disks.data"), "low_latency: true -> false\n");
	lab_put(lab, QUEUE "scheduler", "none [mq-deadline] bfq\n");
	remove(lab_path(lab, QUEUE "iosched/low_latency"));
	assert_string_equal(lab_plan(lab), "disks.data: change\n" SCHEDULER("bfq") LATENCY("0"));
	bfq_is_chosen(lab, "0\n");
	lab_describe(lab, "");
	assert_string_equal(
		lab_plan(lab),
		"disks.data: remove\n" SCHEDULER(
			"none") "  file_remove path=\"/etc/tmpfiles.d/gasthof-disk-data.conf\"\n");
	lab_perform(lab);
	lab_put(lab, QUEUE "scheduler", "[none] mq-deadline bfq\n");
	remove(lab_path(lab, QUEUE "iosched/low_latency"));
	assert_string_equal(lab_plan(lab), "");
}

static void what_no_disk_is_behind_is_a_fault(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_put(lab, "fs/etc/x", "");
	lab_describe(lab, "disks: {data: {path: /etc, scheduler: bfq}}\n");
	assert_string_equal(lab_plan(lab), "2:22: there is no disk behind \"/etc\"\n");
	assert_string_equal(
		lab_describe(lab, "disks: {a: {path: /srv, scheduler: none, low_latency: false}, "
				  "b: {path: /srv, scheduler: cfq}}\n"),
		"2:90: expected one of none, mq-deadline, kyber, bfq, found \"cfq\"\n"
		"2:55: only bfq knows low_latency\n");
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(a_scheduler_is_chosen_now_and_at_each_boot),
		LAB_TEST(drift_is_repaired_and_what_was_before_comes_back),
		LAB_TEST(what_no_disk_is_behind_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
