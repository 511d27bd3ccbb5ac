#include "kinds/block.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "formats/ours.h"

enum { DEPTH_MAX = 8 };

#define BLOCKS "/sys/class/block"
#define COST   "/sys/fs/cgroup/io.cost.qos"

/* ---- from a path to a device's number ---- */

/* A last symbolic link is followed here: /dev/disk/by-id. */
static int stat_through(struct host *host, struct arena *arena, const char *path,
			struct host_file *ret, struct faults *faults)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		const char *target = NULL;
		int there = host_stat(host, path, ret, faults);
		if (there <= 0 || ret->kind != FILE_LINK)
			return there;
		there = host_link(host, path, &target, faults);
		if (there <= 0)
			return there;
		const char *slash = strrchr(path, '/');
		path = *target == '/'
			       ? target
			       : arena_printf(arena, "%.*s/%s", (int)(slash - path), path, target);
	}
	return 0;
}

static bool is_below(const char *path, const char *point)
{
	size_t size = strlen(point);

	if (string_equal(point, "/"))
		return true;
	return strncmp(path, point, size) == 0 && (path[size] == '/' || !path[size]);
}

/* The number of the file system that holds a path, from the last mount over it
 * (proc_pid_mountinfo(5)); NULL where that is no device. */
static const char *number_of_mount(struct arena *arena, const char *mounts, const char *path)
{
	const char *found = NULL;
	size_t best = 0;

	LINES_EACH(line, arena, mounts)
	{
		char number[24], point[1024];
		if (sscanf(line, "%*s %*s %23s %*s %1023s", number, point) != 2 ||
		    !is_below(path, point) || strlen(point) < best)
			continue;
		best = strlen(point);
		found = string_starts(number, "0:") ? NULL : arena_strdup(arena, number);
	}
	return found;
}

static int number_of_path(struct host *host, struct arena *arena, const char *path,
			  const char **ret, struct faults *faults)
{
	const char *mounts = "";
	size_t size = 0;
	struct host_file file = {};
	int there = stat_through(host, arena, path, &file, faults);

	if (there <= 0)
		return there;
	if (file.kind == FILE_DEVICE) {
		*ret = arena_printf(arena, "%u:%u", major(file.device_number),
				    minor(file.device_number));
		return 1;
	}
	if (host_read(host, "/proc/self/mountinfo", &mounts, &size, faults) < 0)
		return -1;
	*ret = number_of_mount(arena, mounts, path);
	return *ret != NULL;
}

/* ---- to the whole disk ---- */

static const char *last_part(struct arena *arena, const char *path, int from_end)
{
	const char *end = path + strlen(path);

	for (;; from_end--) {
		const char *start = end;
		while (start > path && start[-1] != '/')
			start--;
		if (!from_end)
			return arena_strndup(arena, start, (size_t)(end - start));
		if (start == path)
			return NULL;
		end = start - 1;
	}
}

/* Below a mapped device that stands on one other. */
static int below_of(struct host *host, struct arena *arena, const char *name, const char **ret,
		    struct faults *faults)
{
	struct host_names slaves = {};

	if (host_list(host, arena_printf(arena, BLOCKS "/%s/slaves", name), &slaves, faults) < 0)
		return -1;
	if (slaves.list.count != 1)
		return 0;
	*ret = slaves.list.at[0];
	return 1;
}

/* A partition stands below its disk: .../block/vda/vda2. */
static int whole_of(struct host *host, struct arena *arena, const char **name,
		    struct faults *faults)
{
	struct host_file file = {};
	const char *target = NULL;
	int there =
		host_stat(host, arena_printf(arena, BLOCKS "/%s/partition", *name), &file, faults);

	if (there <= 0)
		return there;
	there = host_link(host, arena_printf(arena, BLOCKS "/%s", *name), &target, faults);
	const char *parent = there > 0 ? last_part(arena, target, 1) : NULL;
	if (parent)
		*name = parent;
	return there < 0 ? -1 : 0;
}

static int block_look(struct host *host, struct arena *arena, const char *name, struct block *ret,
		      struct faults *faults)
{
	const char *cost = "", *number = NULL, *scheduler = NULL;
	size_t size = 0;

	if (host_read_line(host, arena_printf(arena, BLOCKS "/%s/dev", name), &number, faults) <
		    0 ||
	    host_read_line(host, arena_printf(arena, BLOCKS "/%s/queue/scheduler", name),
			   &scheduler, faults) < 0 ||
	    host_read(host, COST, &cost, &size, faults) < 0)
		return -1;
	ret->name = name;
	ret->number = number;
	ret->scheduler = scheduler;
	LINES_EACH(line, arena, cost)
	if (number && string_starts(line, arena_printf(arena, "%s enable=1", number)))
		ret->cost = true;
	return 0;
}

int block_of_path(struct host *host, struct arena *arena, const char *path, struct block *ret,
		  struct faults *faults)
{
	const char *number = NULL, *target = NULL;
	int there = number_of_path(host, arena, path, &number, faults);

	*ret = (struct block){ .path = path };
	if (there > 0)
		there = host_link(host, arena_printf(arena, "/sys/dev/block/%s", number), &target,
				  faults);
	if (there <= 0)
		return there < 0 ? -1 : 0;
	const char *name = last_part(arena, target, 0);
	int below = 1;
	for (int depth = 0; below > 0 && depth < DEPTH_MAX; depth++)
		below = below_of(host, arena, name, &name, faults);
	if (below < 0 || whole_of(host, arena, &name, faults) < 0)
		return -1;
	return block_look(host, arena, name, ret, faults);
}

/* Those that have a device of their own: loop, zram, dm and md have none. */
int blocks_look(struct host *host, struct arena *arena, struct blocks *ret, struct faults *faults)
{
	struct host_names names = {};

	if (host_list(host, "/sys/block", &names, faults) < 0)
		return -1;
	EACH(name, &names.list) {
		struct block block = { .path = arena_printf(arena, "/dev/%s", *name) };
		struct host_file file = {};
		int there = host_stat(host, arena_printf(arena, BLOCKS "/%s/device", *name), &file,
				      faults);
		if (there < 0 || (there && block_look(host, arena, arena_strdup(arena, *name),
						      &block, faults) < 0))
			return -1;
		if (there)
			ARRAY_PUSH(arena, &ret->list, block);
	}
	return 0;
}

/* ---- who orders ---- */

const char *block_scheduler(struct arena *arena, const struct block *block)
{
	const char *open = block->scheduler ? strchr(block->scheduler, '[') : NULL;

	return open ? arena_strndup(arena, open + 1, strcspn(open + 1, "]")) : NULL;
}

bool block_weighs(struct arena *arena, const struct block *block)
{
	return block->cost || string_equal(block_scheduler(arena, block), "bfq");
}

uint32_t block_bfq_weight(uint32_t weight)
{
	enum { USUAL = 100, MOST = 10000, BFQ_MOST = 1000 };

	return weight <= USUAL ? weight
			       : USUAL + (weight - USUAL) * (BFQ_MOST - USUAL) / (MOST - USUAL);
}
