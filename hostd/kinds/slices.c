/* slices.c - shares and limits for groups of guests, and for the host itself: systemd's slices.
 *
 * A slice is a cgroup below machine.slice, as libvirt places guests (slices_file.c), with limits
 * that systemd keeps (systemd.resource-control(5)).  The names system, user and machine mean the
 * slices that every host has: its services, its people, and all guests together; what is said of
 * the first two is the host's own share.  The other files: slices_file.c, slices_observe.c,
 * slices_plan.c. Catalogue M8, M9, M10, M11, M12, M13, PIT105.
 */
#include "kinds/slices.h"

#include <string.h>

#include "kinds/other.h"

enum { WEIGHT_MOST = 10000 };

static const struct field io_fields[] = {
	FIELD("weight", struct slice_io, weight, CLASS_LIVE,
	      "its share of this device among other slices (IODeviceWeight=); means something "
	      "where "
	      "the device has the scheduler bfq, or io.cost",
	      .least = 1, .most = WEIGHT_MOST, .example = "50"),
	FIELD("read", struct slice_io, read, CLASS_LIVE,
	      "bytes it may read in a second (IOReadBandwidthMax=)", .example = "200MiB/s"),
	FIELD("write", struct slice_io, write, CLASS_LIVE,
	      "bytes it may write in a second (IOWriteBandwidthMax=)", .example = "100MiB/s"),
	FIELD("read_iops", struct slice_io, read_iops, CLASS_LIVE,
	      "reads in a second (IOReadIOPSMax=)", .least = 1, .most = UINT32_MAX,
	      .example = "2000"),
	FIELD("write_iops", struct slice_io, write_iops, CLASS_LIVE,
	      "writes in a second (IOWriteIOPSMax=)", .least = 1, .most = UINT32_MAX,
	      .example = "1000"),
};
const struct record slice_io_record =
	RECORD(struct slice_io, io_fields, .shorthand = &io_fields[0], .key = &type_path);

static const struct field fields[] = {
	FIELD("cpu_weight", struct slice, cpu_weight, CLASS_LIVE,
	      "its share of processor time among other slices; 100 where nothing is said "
	      "(CPUWeight=)",
	      .least = 1, .most = WEIGHT_MOST, .example = "400"),
	FIELD("cpu_quota", struct slice, cpu_quota, CLASS_LIVE,
	      "how many CPUs' time it may use, at most (CPUQuota=)", .example = "1.5"),
	FIELD("cpu_set", struct slice, cpu_set, CLASS_LIVE, "CPUs it may run on (AllowedCPUs=)",
	      .example = "2-7"),
	FIELD("memory_nodes", struct slice, memory_nodes, CLASS_LIVE,
	      "NUMA nodes its memory may be on (AllowedMemoryNodes=)", .example = "0"),
	FIELD("memory_min", struct slice, memory_min, CLASS_LIVE,
	      "memory that is never taken from it, even if guests have to be killed (MemoryMin=)",
	      .example = "1GiB"),
	FIELD("memory_low", struct slice, memory_low, CLASS_LIVE,
	      "memory that is taken from it only where others have none to give (MemoryLow=)",
	      .example = "2GiB"),
	FIELD("memory_high", struct slice, memory_high, CLASS_LIVE,
	      "beyond it, it is slowed down and its memory reclaimed (MemoryHigh=)",
	      .example = "48GiB"),
	FIELD("memory_max", struct slice, memory_max, CLASS_LIVE,
	      "beyond it, the kernel kills one of its guests (MemoryMax=)", .example = "64GiB"),
	FIELD("swap_max", struct slice, swap_max, CLASS_LIVE, "swap it may use (MemorySwapMax=)",
	      .example = "4GiB"),
	FIELD("swap", struct slice, swap, CLASS_LIVE,
	      "whether it may use swap at all (MemorySwapMax=0)", .fallback = "true",
	      .example = "false"),
	FIELD("tasks_max", struct slice, tasks_max, CLASS_LIVE,
	      "processes and threads it may have (TasksMax=)", .least = 1, .most = UINT32_MAX,
	      .example = "4096"),
	FIELD("io_weight", struct slice, io_weight, CLASS_LIVE,
	      "its share of each device among other slices; 100 where nothing is said (IOWeight=); "
	      "means something to devices with the scheduler bfq, or io.cost",
	      .least = 1, .most = WEIGHT_MOST, .example = "50"),
	FIELD_MAP("io", struct slice, io, &slice_io_record, CLASS_LIVE,
		  "by device: its node, or any path on the file system that is on it",
		  .flags = FIELD_ANY_KEY, .example = "{/var/lib/gasthof: {read: 200MiB/s}}"),
	FIELD("other", struct slice, other, CLASS_LIVE,
	      "what was edited by hand in our file, and files that override it",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
};
const struct record slice_record = RECORD(struct slice, fields);

static void slices_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	(void)desired, (void)faults;
	SET(&slice_record, (struct slice *)item->value, other, (struct text_list){});
}

/* ---- what cannot be ---- */

/* The parts of memory in their order; what stands before is not more than what stands behind. */
static void check_memory(const struct item *item, struct faults *faults)
{
	static const char *const names[] = { "memory_min", "memory_low", "memory_high",
					     "memory_max", "swap_max" };
	const char *before = NULL;
	uint64_t most = 0;
	enum { SWAP = 4 };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct bytes *size =
			other_value(&slice_record, item->value, names[i], &type_bytes);
		if (!size)
			continue;
		if (size->count == 0)
			fault_at(faults, item_mark(item, names[i]), "%s cannot be nothing",
				 names[i]);
		else if (i < SWAP && size->count < most)
			fault_at(faults, item_mark(item, names[i]), "%s is less than %s", names[i],
				 before);
		before = names[i];
		most = size->count;
	}
}

/* Unit files have other spellings for these, or end a path there. */
static void check_io(const struct item *item, struct faults *faults)
{
	const struct slice *slice = item->value;

	for (size_t i = 0; i < slice->io.count; i++) {
		const struct member *member = &slice->io.at[i];
		const struct slice_io *io = member->value, none = {};
		struct mark mark = member->node ? member->node->key_mark : item_mark(item, "io");
		if (strpbrk(member->name, " ,%\\\"'"))
			fault_at(faults, mark, "systemd has other spellings for \"%s\"",
				 member->name);
		if (memcmp(&io->given, &none.given, sizeof(io->given)) == 0)
			fault_at(faults, mark, "nothing is said of \"%s\"", member->name);
		if ((GIVEN(&slice_io_record, io, read) && !io->read.bytes) ||
		    (GIVEN(&slice_io_record, io, write) && !io->write.bytes))
			fault_at(faults, mark, "nothing could be read or written at all");
	}
}

static void slices_check(const struct item *item, const struct desired *desired,
			 struct faults *faults)
{
	const struct slice *slice = item->value;
	const struct item *isolated = desired_find(desired, "cpu.isolated", "");

	if (GIVEN(&slice_record, slice, cpu_quota) && slice->cpu_quota.thousandths < 10)
		fault_at(faults, item_mark(item, "cpu_quota"),
			 "systemd gives at least a hundredth of a CPU");
	if (GIVEN(&slice_record, slice, cpu_set) && isolated && slice_is_the_hosts(item->name) &&
	    !string_equal(item->name, "machine")) {
		fault_at(faults, item_mark(item, "cpu_set"),
			 "cpu.isolated says where services and users run");
		fault_also(faults, item_mark(isolated, NULL), "described here");
	}
	check_memory(item, faults);
	if (GIVEN(&slice_record, slice, swap_max) && !slice->swap)
		fault_at(faults, item_mark(item, "swap_max"), "it may use no swap at all");
	check_io(item, faults);
}

static int slices_render(const struct item *item, const struct view *view, struct text *text,
			 struct faults *faults)
{
	(void)view, (void)faults;
	text_addf(text, "# %s\n%s", slice_path(text->arena, item->name),
		  slice_text(text->arena, item->name, item->value));
	return 0;
}

const struct kind slices_kind = {
	.path = "slices",
	.summary = "shares and limits for groups of guests, and for the host itself",
	.shape = SHAPE_NAMED,
	.adopt = ADOPT_ASK,
	.record = &slice_record,
	.needs = (const char *const[]){ "cpu.isolated", "disks", NULL },
	.complete = slices_complete,
	.check = slices_check,
	.observe = slices_observe,
	.probe = slices_probe,
	.same = same_name,
	.plan = slices_plan,
	.render = slices_render,
};
