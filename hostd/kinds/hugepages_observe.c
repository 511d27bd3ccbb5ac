/* hugepages_observe.c - the pools of the kernel, and where they are mounted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/cmdline.h"
#include "formats/ours.h"
#include "kinds/files.h"
#include "kinds/hugepages.h"

struct looking {
	struct host *host;
	struct items *configured, *running;
	const char *meminfo, *mounts;
	struct faults *faults;
};

/* ---- pools ---- */

static int observe_nodes(const struct looking *looking, uint64_t bytes, struct hugepages *pages)
{
	struct arena *arena = looking->running->arena;
	struct host_names nodes = {};

	if (host_list(looking->host, HUGEPAGES_NODES, &nodes, looking->faults) < 0)
		return -1;
	EACH(node, &nodes.list) {
		uint64_t count = 0;
		unsigned number = 0;
		char rest = 0;
		if (sscanf(*node, "node%u%c", &number, &rest) != 1)
			continue;
		int there =
			host_read_count(looking->host, hugepages_pool_path(arena, *node + 4, bytes),
					&count, looking->faults);
		if (there < 0)
			return -1;
		if (!there)
			continue;
		struct node_pages *at =
			map_add(arena, &pages->nodes, &node_pages_record, *node + 4);
		SET(&node_pages_record, at, count, (uint32_t)count);
	}
	record_give(&hugepages_record, pages, offsetof(struct hugepages, nodes), true);
	return 0;
}

/* Lines of proc(5)'s mounts; the kernel writes pagesize=2M and pagesize=1024M. */
static bool is_mounted(const struct looking *looking, uint64_t bytes)
{
	struct arena *arena = looking->running->arena;

	LINES_EACH(line, arena, looking->mounts)
	{
		const char *size = strstr(line, "pagesize=");
		unsigned long long number = 0;
		char unit = 0;
		if (!size || !strstr(line, " hugetlbfs ") ||
		    sscanf(size, "pagesize=%llu%c", &number, &unit) != 2)
			continue;
		number <<= unit == 'G' ? 30 : unit == 'M' ? 20 : unit == 'K' ? 10 : 0;
		if (number == bytes)
			return true;
	}
	return false;
}

static int observe_pool(const struct looking *looking, const char *pool)
{
	struct items *running = looking->running;
	unsigned long long kilobytes = 0;
	uint64_t count = 0;

	if (sscanf(pool, "hugepages-%llukB", &kilobytes) != 1)
		return 0;
	struct bytes size = { kilobytes * 1024 };
	int there = host_read_count(looking->host,
				    hugepages_pool_path(running->arena, NULL, size.count), &count,
				    looking->faults);
	if (there <= 0)
		return there;
	struct item *item = items_add(running, &hugepages_kind,
				      type_text_of(&type_bytes, &size, running->arena));
	struct hugepages *pages = item->value;
	SET(&hugepages_record, pages, count, (uint32_t)count);
	SET(&hugepages_record, pages, mounted, is_mounted(looking, size.count));
	pages->is_default = meminfo_bytes(looking->meminfo, "Hugepagesize") == size.count;
	uint64_t memory = meminfo_bytes(looking->meminfo, "MemTotal");
	if (memory)
		SET(&hugepages_record, pages, memory, ((struct bytes){ memory }));
	return observe_nodes(looking, size.count, pages);
}

/* ---- our mount units ---- */

static int observe_unit(const struct looking *looking, const struct item *seen)
{
	struct arena *arena = looking->configured->arena;
	uint64_t bytes = hugepages_bytes(seen);
	struct host_unit unit = {};
	const char *text = NULL;
	size_t size = 0;
	int there = host_read(looking->host, hugepages_unit_path(arena, bytes), &text, &size,
			      looking->faults);

	if (there < 0)
		return -1;
	struct item *item = items_add(looking->configured, &hugepages_kind, seen->name);
	struct hugepages *pages = item->value;
	SET(&hugepages_record, pages, unit, false);
	if (!there || !string_starts(text, FILE_MARK))
		return 0;
	if (host_unit(looking->host, hugepages_unit(arena, bytes), &unit, looking->faults) < 0)
		return -1;
	pages->unit_text = text;
	pages->unit =
		string_equal(unit.enabled, "enabled") &&
		strcmp(strchr(text, '\n'), strchr(hugepages_unit_text(arena, item), '\n')) == 0;
	return 0;
}

static int read_text(struct host *host, const char *path, const char **ret, struct faults *faults)
{
	size_t size = 0;

	*ret = "";
	return host_read(host, path, ret, &size, faults) < 0 ? -1 : 0;
}

int hugepages_observe(struct host *host, struct items *configured, struct items *running,
		      struct faults *faults)
{
	struct looking looking = { host, configured, running, "", "", faults };
	struct host_names pools = {};

	if (read_text(host, "/proc/meminfo", &looking.meminfo, faults) < 0 ||
	    read_text(host, "/proc/mounts", &looking.mounts, faults) < 0 ||
	    host_list(host, HUGEPAGES_POOLS, &pools, faults) < 0)
		return -1;
	EACH(pool, &pools.list)
		if (observe_pool(&looking, *pool) < 0)
			return -1;
	EACH(item, &running->list)
		if (observe_unit(&looking, *item) < 0)
			return -1;
	return 0;
}

/* ---- facts for one wanted size ---- */

static int pool_look(struct host *host, struct arena *arena, const char *path, const char *meminfo,
		     struct hugepages_facts *facts, struct faults *faults)
{
	struct hugepages_pool *pool = ARRAY_ADD(arena, &facts->pools);
	const char *note = NULL, *text = NULL;
	size_t size = 0;
	int there = host_read(host, shortfall_path(arena, path), &note, &size, faults);

	if (there < 0 || read_text(host, meminfo, &text, faults) < 0)
		return -1;
	pool->path = path;
	pool->available = meminfo_available(text);
	if (there)
		(void)shortfall_read(note, &pool->shortfall);
	return 0;
}

static int pools_look(struct host *host, struct arena *arena, const struct item *want,
		      struct hugepages_facts *facts, struct faults *faults)
{
	const struct hugepages *pages = want->value;
	uint64_t bytes = hugepages_bytes(want);
	struct host_names nodes = {};

	if (pool_look(host, arena, hugepages_pool_path(arena, NULL, bytes), "/proc/meminfo", facts,
		      faults) < 0)
		return -1;
	if (pages->nodes.count && host_list(host, HUGEPAGES_NODES, &nodes, faults) < 0)
		return -1;
	EACH(node, &nodes.list)
		if (string_starts(*node, "node") &&
		    pool_look(host, arena, hugepages_pool_path(arena, *node + 4, bytes),
			      arena_printf(arena, HUGEPAGES_NODES "/%s/meminfo", *node), facts,
			      faults) < 0)
			return -1;
	return 0;
}

static int line_look(struct host *host, struct arena *arena, const struct item *want,
		     struct hugepages_facts *facts, struct faults *faults)
{
	const char *line = "";
	struct cmdline words;

	if (host_read_line(host, "/proc/cmdline", &line, faults) < 0)
		return -1;
	cmdline_parse(arena, line, &words);
	const char *asked = cmdline_word(arena, "hugepagesz", hugepages_argument(arena, want));
	EACH(word, &words.list)
		facts->asked_at_boot |= cmdline_same(word->text, asked);
	return 0;
}

int hugepages_probe(struct host *host, struct arena *arena, const struct item *want,
		    const struct desired *desired, const void **ret_facts, struct faults *faults)
{
	static const char *const units[] = { "libvirtd.service", "virtqemud.service" };
	struct hugepages_facts *facts = ARENA_NEW(arena, struct hugepages_facts);

	(void)desired;
	if (memory_machine_look(host, &facts->machine, faults) < 0 ||
	    pools_look(host, arena, want, facts, faults) < 0 ||
	    line_look(host, arena, want, facts, faults) < 0)
		return -1;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		struct host_unit unit = {};
		int there = host_unit(host, units[i], &unit, faults);
		if (there < 0)
			return -1;
		if (there && host_unit_runs(&unit))
			ARRAY_PUSH(arena, &facts->libvirt, units[i]);
	}
	*ret_facts = facts;
	return 0;
}
