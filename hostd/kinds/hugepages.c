/* hugepages.c - huge pages reserved on the host, one item per page size.
 *
 * Reserved at run time through /sys/kernel/mm/hugepages (Documentation/admin-guide/mm/
 * hugetlbpage.rst of the kernel); the agent does it again after each boot.  Catalogue D3,
 * D9, PIT33.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/read/host.h"
#include "kinds/other.h"
#include "kinds/require.h"

#define POOLS "/sys/kernel/mm/hugepages"
#define NODES "/sys/devices/system/node"

struct node_pages {
	struct given given;
	uint32_t count;
};

struct hugepages {
	struct given given;
	uint32_t count;
	struct map nodes;    /* of struct node_pages, by the node's number */
	struct bytes memory; /* of the machine; observed only */
};

static const struct field node_fields[] = {
	FIELD("count", struct node_pages, count, CLASS_LIVE, "pages to reserve on this NUMA node",
	      .flags = FIELD_NOT_CONFIGURED, .fallback = "0"),
};
static const struct record node_record =
	RECORD(struct node_pages, node_fields, .shorthand = &node_fields[0], .key = &type_count);

static const struct field fields[] = {
	FIELD("count", struct hugepages, count, CLASS_LIVE,
	      "pages to reserve on the whole machine (nr_hugepages)", .flags = FIELD_NOT_CONFIGURED,
	      .fallback = "0", .example = "1024"),
	FIELD_MAP("nodes", struct hugepages, nodes, &node_record, CLASS_LIVE,
		  "pages to reserve on each NUMA node instead; nodes not named get none",
		  .flags = FIELD_NOT_CONFIGURED, .example = "{0: 4, 1: 4}"),
	FIELD("memory", struct hugepages, memory, CLASS_NONE, "memory of the machine (MemTotal)",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
};
static const struct record hugepages_record =
	RECORD(struct hugepages, fields, .shorthand = &fields[0], .key = &type_bytes);

extern const struct kind hugepages_kind;

static uint64_t page_bytes(const struct item *item)
{
	struct bytes size = {};

	return bytes_parse(item->name, &size) ? size.count : 0;
}

/* 2M and 2MiB are one size. */
static bool hugepages_same(const struct item *want, const struct item *seen)
{
	return page_bytes(want) == page_bytes(seen);
}

static uint64_t nodes_total(const struct map *nodes)
{
	uint64_t total = 0;

	for (size_t i = 0; i < nodes->count; i++)
		total += ((const struct node_pages *)nodes->at[i].value)->count;
	return total;
}

/* Nodes alone say the total too: what they do not name gets nothing. */
static void hugepages_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct hugepages *pages = item->value;
	uint64_t size = page_bytes(item);

	(void)faults;
	if (size == 1ull << 30) /* PIT34 */
		require_capability(desired, item, NULL, "pages_1g");
	if (size == 2ull << 20)
		require_capability(desired, item, NULL, "pages_2m");
	if (pages->nodes.count && !GIVEN(&hugepages_record, pages, count))
		SET(&hugepages_record, pages, count, (uint32_t)nodes_total(&pages->nodes));
}

static void hugepages_check(const struct item *item, const struct desired *desired,
			    struct faults *faults)
{
	const struct hugepages *pages = item->value;
	uint64_t size = page_bytes(item);

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

/* ---- observing ---- */

static int observe_nodes(struct host *host, const char *pool, struct arena *arena,
			 struct hugepages *pages, struct faults *faults)
{
	struct host_names nodes = {};

	if (host_list(host, NODES, &nodes, faults) < 0)
		return -1;
	EACH(node, &nodes.list) {
		uint64_t count = 0;
		unsigned number = 0;
		char rest = 0;
		if (sscanf(*node, "node%u%c", &number, &rest) != 1)
			continue;
		const char *path =
			arena_printf(arena, NODES "/%s/hugepages/%s/nr_hugepages", *node, pool);
		int there = host_read_count(host, path, &count, faults);
		if (there < 0)
			return -1;
		if (!there)
			continue;
		struct node_pages *at = map_add(arena, &pages->nodes, &node_record, *node + 4);
		SET(&node_record, at, count, (uint32_t)count);
	}
	record_give(&hugepages_record, pages, offsetof(struct hugepages, nodes), true);
	return 0;
}

static int observe_memory(struct host *host, struct hugepages *pages, struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	int there = host_read(host, "/proc/meminfo", &text, &size, faults);

	if (there <= 0)
		return there;
	const char *line = strstr(text, "MemTotal:");
	if (line)
		SET(&hugepages_record, pages, memory,
		    ((struct bytes){ strtoull(line + strlen("MemTotal:"), NULL, 10) * 1024 }));
	return 0;
}

static int observe_pool(struct host *host, const char *pool, struct items *running,
			struct faults *faults)
{
	unsigned long long kilobytes = 0;
	uint64_t count = 0;

	if (sscanf(pool, "hugepages-%llukB", &kilobytes) != 1)
		return 0;
	struct bytes size = { kilobytes * 1024 };
	const char *path = arena_printf(running->arena, POOLS "/%s/nr_hugepages", pool);
	int there = host_read_count(host, path, &count, faults);
	if (there <= 0)
		return there;
	struct item *item = items_add(running, &hugepages_kind,
				      type_text_of(&type_bytes, &size, running->arena));
	struct hugepages *pages = item->value;
	SET(&hugepages_record, pages, count, (uint32_t)count);
	if (observe_nodes(host, pool, running->arena, pages, faults) < 0)
		return -1;
	return observe_memory(host, pages, faults);
}

static int hugepages_observe(struct host *host, struct items *configured, struct items *running,
			     struct faults *faults)
{
	struct host_names pools = {};

	(void)configured; /* nothing of it survives a reboot */
	if (host_list(host, POOLS, &pools, faults) < 0)
		return -1;
	EACH(pool, &pools.list)
		if (observe_pool(host, *pool, running, faults) < 0)
			return -1;
	return 0;
}

/* ---- planning ---- */

static void pages_write(struct steps *steps, const char *folder, uint64_t bytes, uint32_t count)
{
	const char *path = arena_printf(steps->arena, "%s/hugepages-%llukB/nr_hugepages", folder,
					(unsigned long long)bytes / 1024);

	step_add(steps, VERB_sysfs_write, CLASS_LIVE, path,
		 arena_printf(steps->arena, "%u", count));
}

static const struct node_pages *pages_of(const struct map *nodes, const char *node)
{
	const struct member *member = map_get(nodes, node);

	return member ? member->value : NULL;
}

/* Nodes that lose pages come first: what they give up, another size may need. */
static int plan_nodes(const struct hugepages *want, const struct item *running, struct steps *steps,
		      struct faults *faults)
{
	const struct hugepages *have = running->value;

	for (size_t i = 0; i < want->nodes.count; i++)
		if (!map_get(&have->nodes, want->nodes.at[i].name))
			return fault(faults, FAULT_MACHINE, "this machine has no NUMA node %s",
				     want->nodes.at[i].name);
	for (int growing = 0; growing <= 1; growing++)
		for (size_t i = 0; i < have->nodes.count; i++) {
			const struct member *node = &have->nodes.at[i];
			const struct node_pages *to = pages_of(&want->nodes, node->name);
			uint32_t count = to ? to->count : 0;
			uint32_t now = ((const struct node_pages *)node->value)->count;
			if (count == now || (count > now) != growing)
				continue;
			pages_write(
				steps,
				arena_printf(steps->arena, NODES "/node%s/hugepages", node->name),
				page_bytes(running), count);
		}
	return 0;
}

static int hugepages_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct hugepages *want = change->want ? change->want->value : NULL;
	const struct item *running = change->running;

	if (!running)
		return fault(faults, FAULT_MACHINE, "this machine has no pages of %s",
			     change->want ? change->want->name : change->last->name);
	const struct hugepages *have = running->value;
	uint32_t count = want ? want->count : 0;
	uint64_t bytes = page_bytes(running);
	if (have->memory.count && count >= have->memory.count / bytes)
		return fault(faults, FAULT_MACHINE,
			     "%u pages of %s are more than this machine's %s", count, running->name,
			     type_text_of(&type_bytes, &have->memory, steps->arena));
	if (want && want->nodes.count)
		return plan_nodes(want, running, steps, faults);
	if (count != have->count)
		pages_write(steps, POOLS, bytes, count);
	return 0;
}

const struct kind hugepages_kind = {
	.path = "memory.hugepages",
	.summary = "huge pages reserved on the host, by size",
	.shape = SHAPE_NAMED,
	.flags = KIND_KEEPS | KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &hugepages_record,
	.needs = (const char *const[]){ NULL },
	.complete = hugepages_complete,
	.check = hugepages_check,
	.observe = hugepages_observe,
	.same = hugepages_same,
	.plan = hugepages_plan,
	.render = render_nothing,
};
