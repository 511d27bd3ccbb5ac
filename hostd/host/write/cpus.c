/* cpus.c - unit_cpus: where the tasks of a unit may run, as the kernel holds it.
 *
 * cpuset.cpus of the unit's cgroup (Documentation/admin-guide/cgroup-v2.rst of the kernel).  Once
 * it says something, and has tasks, it cannot be emptied again: no limit is then all CPUs there can
 * be.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "formats/unit_settings.h"
#include "host/read/files.h"
#include "host/write/write.h"

#define POSSIBLE "/sys/devices/system/cpu/possible"

static int limit_open(struct write *write, const char *unit, int flags, struct faults *faults)
{
	const char *path = arena_printf(write->arena, "/sys/fs/cgroup/%s/cpuset.cpus",
					unit_cgroup(write->arena, unit));

	if (!*unit || strchr(unit, '/') || strstr(unit, ".."))
		return fault(faults, FAULT_HOST, "\"%s\" is no unit", unit);
	int fd = open(path, flags | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 && errno != ENOENT)
		return fault_errno(faults, errno, "cannot open \"%s\"", path);
	return fd;
}

static int line_read(struct write *write, int fd, const char *path, const char **ret,
		     struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;

	if (files_read_all(write->arena, fd, path, &text, &size, faults) < 0)
		return -1;
	*ret = arena_strndup(write->arena, text, strcspn(text, "\n"));
	return 0;
}

static int possible_read(struct write *write, const char **ret, struct faults *faults)
{
	FILES_CLOSE int fd = open(POSSIBLE, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", POSSIBLE);
	return line_read(write, fd, POSSIBLE, ret, faults);
}

/* The limit now, "" where there is none: 1; 0 where nothing can limit this unit; -1. */
static int limit_read(struct write *write, const char *unit, const char **ret,
		      struct faults *faults)
{
	const char *possible = NULL;
	unsigned before = faults->count;
	FILES_CLOSE int fd = limit_open(write, unit, O_RDONLY, faults);

	if (fd < 0)
		return faults->count > before ? -1 : 0;
	if (line_read(write, fd, "cpuset.cpus", ret, faults) < 0 ||
	    possible_read(write, &possible, faults) < 0)
		return -1;
	if (string_equal(*ret, possible))
		*ret = "";
	return 1;
}

int unit_cpus_inverse(struct write *write, const struct step *step, struct step *ret,
		      struct faults *faults)
{
	const char *now = NULL;
	int there = limit_read(write, step->argument[0], &now, faults);

	if (there < 0)
		return -1;
	if (!there || string_equal(now, step->argument[1]))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_unit_cpus, step->argument[0], now, NULL);
}

/* 1, or 0 where what limits the unit went meanwhile. */
static int limit_write(struct write *write_, const char *unit, const char *cpus,
		       struct faults *faults)
{
	unsigned before = faults->count;
	FILES_CLOSE int fd = limit_open(write_, unit, O_WRONLY, faults);

	if (fd < 0)
		return faults->count > before ? -1 : 0;
	if (write(fd, cpus, strlen(cpus)) < 0)
		return fault_errno(faults, errno, "the kernel does not keep %s to CPUs %s", unit,
				   cpus);
	return 1;
}

int unit_cpus_perform(struct write *write, const struct step *step, struct outcome *ret,
		      struct faults *faults)
{
	const char *unit = step->argument[0], *cpus = step->argument[1], *now = NULL;
	int there = limit_read(write, unit, &now, faults);

	if (there <= 0 || string_equal(now, cpus))
		return there < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	if (!*cpus && possible_read(write, &cpus, faults) < 0)
		return -1;
	int written = limit_write(write, unit, cpus, faults);
	return written < 0 ? -1 : outcome_is(ret, written ? RESULT_DONE : RESULT_SAME);
}
