/* hugepages.c - huge pages reserved on the host, one item per page size.
 *
 * Reserved at run time through /sys/kernel/mm/hugepages, and again by the agent after each boot; or
 * at boot by the kernel's command line, where memory is still in one piece (Documentation/
 * admin-guide/mm/hugetlbpage.rst of the kernel).  libvirt takes them from a hugetlbfs of their
 * size: systemd mounts the default size's at /dev/hugepages, the others get a mount unit of ours.
 * The other files: hugepages_observe.c, hugepages_plan.c.  Catalogue D3, D4, D9, B11, PIT33, PIT34.
 */
#include "kinds/hugepages.h"

#include <string.h>

#include "kinds/kernel_args.h"
#include "kinds/other.h"
#include "kinds/require.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

/* What is mounted and not needed is in nobody's way. */
static bool mounted_enough(const void *want, const void *have)
{
	return !*(const bool *)want || *(const bool *)have;
}

static const struct field node_fields[] = {
	FIELD("count", struct node_pages, count, CLASS_LIVE, "pages to reserve on this NUMA node",
	      .flags = FIELD_NOT_CONFIGURED, .fallback = "0"),
};
const struct record node_pages_record =
	RECORD(struct node_pages, node_fields, .shorthand = &node_fields[0], .key = &type_count);

static const char *const hows[] = { "auto", "now", "boot", NULL };

static const struct field fields[] = {
	FIELD("count", struct hugepages, count, CLASS_LIVE,
	      "pages to reserve on the whole machine (nr_hugepages)", .flags = FIELD_NOT_CONFIGURED,
	      .fallback = "0", .example = "1024"),
	FIELD_MAP("nodes", struct hugepages, nodes, &node_pages_record, CLASS_LIVE,
		  "pages to reserve on each NUMA node instead; nodes not named get none",
		  .flags = FIELD_NOT_CONFIGURED, .example = "{0: 4, 1: 4}"),
	FIELD("how", struct hugepages, how, CLASS_NONE,
	      "now: while the machine runs, as far as memory is free in large enough pieces; boot: "
	      "by "
	      "the kernel's command line (hugepagesz= hugepages=); auto: boot for 1GiB, else now",
	      .flags = FIELD_PLAIN, .choices = hows, .fallback = "auto", .example = "boot"),
	FIELD("mounted", struct hugepages, mounted, CLASS_LIVE,
	      "a hugetlbfs of this size is mounted, for libvirt to take them from",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED, .fallback = "false",
	      .equal = mounted_enough),
	FIELD("unit", struct hugepages, unit, CLASS_LIVE,
	      "a mount unit of ours mounts it (systemd mounts the default size itself)",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING, .fallback = "false"),
	FIELD("memory", struct hugepages, memory, CLASS_NONE, "memory of the machine (MemTotal)",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
};
const struct record hugepages_record =
	RECORD(struct hugepages, fields, .shorthand = &fields[0], .key = &type_bytes);

uint64_t hugepages_bytes(const struct item *item)
{
	struct bytes size = {};

	return bytes_parse(item->name, &size) ? size.count : 0;
}

/* 2M and 2MiB are one size. */
static bool hugepages_same(const struct item *want, const struct item *seen)
{
	return hugepages_bytes(want) == hugepages_bytes(seen);
}

static uint64_t nodes_total(const struct map *nodes)
{
	uint64_t total = 0;

	for (size_t i = 0; i < nodes->count; i++)
		total += ((const struct node_pages *)nodes->at[i].value)->count;
	return total;
}

bool hugepages_at_boot(const struct item *item)
{
	const struct hugepages *pages = item->value;

	if (!string_equal(pages->how, "auto"))
		return string_equal(pages->how, "boot");
	return hugepages_bytes(item) >= GIB;
}

/* As the kernel and hugetlbfs write sizes: "1G", "2M". */
static const char *size_text(struct arena *arena, uint64_t bytes)
{
	return bytes >= GIB ? arena_printf(arena, "%lluG", (unsigned long long)(bytes / GIB))
			    : arena_printf(arena, "%lluM", (unsigned long long)(bytes / MIB));
}

const char *hugepages_argument(struct arena *arena, const struct item *item)
{
	const struct hugepages *pages = item->value;
	struct text text = text_of(arena);

	text_addf(&text, "%s hugepages=", size_text(arena, hugepages_bytes(item)));
	if (!pages->nodes.count)
		text_addf(&text, "%u", pages->count);
	for (size_t i = 0; i < pages->nodes.count; i++)
		text_addf(&text, "%s%s:%u", i ? "," : "", pages->nodes.at[i].name,
			  ((const struct node_pages *)pages->nodes.at[i].value)->count);
	return text.at;
}

const char *hugepages_pool_path(struct arena *arena, const char *node, uint64_t bytes)
{
	const char *folder = node ? arena_printf(arena, HUGEPAGES_NODES "/node%s/hugepages", node)
				  : HUGEPAGES_POOLS;

	return arena_printf(arena, "%s/hugepages-%llukB/nr_hugepages", folder,
			    (unsigned long long)bytes / 1024);
}

/* ---- the mount ---- */

const char *hugepages_unit(struct arena *arena, uint64_t bytes)
{
	return arena_printf(arena, "dev-hugepages%s.mount", size_text(arena, bytes));
}

const char *hugepages_unit_path(struct arena *arena, uint64_t bytes)
{
	return arena_printf(arena, "/etc/systemd/system/%s", hugepages_unit(arena, bytes));
}

/* Early, as systemd's own dev-hugepages.mount: libvirt looks for mounts once, when it starts. */
const char *hugepages_unit_text(struct arena *arena, const struct item *item)
{
	uint64_t bytes = hugepages_bytes(item);
	const char *size = size_text(arena, bytes);

	return arena_printf(arena,
			    "# made by gasthof for %s; changes here are overwritten\n"
			    "[Unit]\n"
			    "Description=Huge Pages File System of %s\n"
			    "DefaultDependencies=no\n"
			    "Before=sysinit.target\n"
			    "ConditionPathExists=" HUGEPAGES_POOLS "/hugepages-%llukB\n"
			    "\n"
			    "[Mount]\n"
			    "What=hugetlbfs\n"
			    "Where=/dev/hugepages%s\n"
			    "Type=hugetlbfs\n"
			    "Options=nosuid,nodev,pagesize=%s\n"
			    "\n"
			    "[Install]\n"
			    "WantedBy=sysinit.target\n",
			    item->path, item->name, (unsigned long long)bytes / 1024, size, size);
}

/* ---- what follows, and what cannot be ---- */

/* Nodes alone say the total too: what they do not name gets nothing. */
static void hugepages_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct hugepages *pages = item->value;
	uint64_t bytes = hugepages_bytes(item);
	const char *path = pages->nodes.count ? "nodes" : "count";

	if (pages->nodes.count && !GIVEN(&hugepages_record, pages, count))
		SET(&hugepages_record, pages, count, (uint32_t)nodes_total(&pages->nodes));
	SET(&hugepages_record, pages, mounted, pages->count > 0);
	SET(&hugepages_record, pages, unit, pages->count > 0 && bytes != 2 * MIB);
	if (!pages->count || bytes < MIB)
		return;
	if (bytes == GIB)
		require_capability(desired, item, NULL, "pages_1g");
	if (hugepages_at_boot(item))
		kernel_args_append(desired, item, path, "hugepagesz",
				   hugepages_argument(desired->arena, item), faults);
}

static void hugepages_check(const struct item *item, const struct desired *desired,
			    struct faults *faults)
{
	const struct hugepages *pages = item->value;
	uint64_t size = hugepages_bytes(item);

	if (size < 64 * 1024 || size & (size - 1)) {
		fault_at(faults, item_mark(item, NULL), "there are no huge pages of %s",
			 item->name);
		fault_hint(faults, "x86 has 2MiB and 1GiB");
	}
	const struct item *same = other_same(item, desired);
	if (same) {
		fault_at(faults, item_mark(item, NULL), "\"%s\" and \"%s\" are one page size",
			 item->name, same->name);
		fault_also(faults, item_mark(same, NULL), "first given here");
	}
	if (pages->nodes.count && nodes_total(&pages->nodes) != pages->count)
		fault_at(faults, item_mark(item, "count"), "the nodes add up to %llu pages, not %u",
			 (unsigned long long)nodes_total(&pages->nodes), pages->count);
}

static int hugepages_render(const struct item *item, const struct view *view, struct text *text,
			    struct faults *faults)
{
	const struct hugepages *pages = item->value;
	struct arena *arena = text->arena;

	(void)view, (void)faults;
	if (hugepages_at_boot(item) && pages->count)
		text_addf(text, "hugepagesz=%s\n", hugepages_argument(arena, item));
	if (pages->unit)
		text_addf(text, "# %s\n%s", hugepages_unit_path(arena, hugepages_bytes(item)),
			  hugepages_unit_text(arena, item));
	return 0;
}

const struct kind hugepages_kind = {
	.path = "memory.hugepages",
	.summary = "huge pages reserved on the host, by size",
	.shape = SHAPE_NAMED,
	.flags = KIND_KEEPS | KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &hugepages_record,
	.needs = (const char *const[]){ "kernel.args", NULL },
	.complete = hugepages_complete,
	.check = hugepages_check,
	.observe = hugepages_observe,
	.probe = hugepages_probe,
	.same = hugepages_same,
	.plan = hugepages_plan,
	.render = hugepages_render,
};
