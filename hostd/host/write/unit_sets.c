/* unit_sets.c - unit_set: the CPUs or memory nodes of a unit's tasks, as the kernel holds them.
 *
 * cpuset.cpus and cpuset.mems of the unit's cgroup (Documentation/admin-guide/cgroup-v2.rst of the
 * kernel).  Once one says something, and has tasks, it cannot be emptied again, and systemd gives
 * up on it: no limit is then all that there can be.
 */
#include "host/write/unit_sets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "host/read/files.h"

int unit_line_read(struct write *write, const char *path, const char **ret, struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	FILES_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return errno == ENOENT ? 0 : fault_errno(faults, errno, "cannot open \"%s\"", path);
	if (files_read_all(write->arena, fd, path, &text, &size, faults) < 0)
		return -1;
	*ret = arena_strndup(write->arena, text, strcspn(text, "\n"));
	return 1;
}

static int set_read(struct write *write, const char *unit, const struct unit_setting *setting,
		    const char **ret, struct faults *faults)
{
	const char *line = NULL, *all = "";
	int there = unit_line_read(write, unit_setting_path(write->arena, unit, setting), &line,
				   faults);

	if (there <= 0)
		return there;
	if (unit_line_read(write, setting->all, &all, faults) < 0)
		return -1;
	*ret = unit_setting_in_force(write->arena, setting, "", line, all);
	return 1;
}

int unit_set_write(struct write *write_, const char *unit, const struct unit_setting *setting,
		   const char *set, struct faults *faults)
{
	const char *path = unit_setting_path(write_->arena, unit, setting);
	FILES_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return errno == ENOENT ? 0 : fault_errno(faults, errno, "cannot open \"%s\"", path);
	if (!*set && unit_line_read(write_, setting->all, &set, faults) < 0)
		return -1;
	if (write(fd, set, strlen(set)) < 0)
		return fault_errno(faults, errno, "the kernel does not keep %s to \"%s\" in %s",
				   unit, set, setting->cgroup);
	return 1;
}

/* ---- the step ---- */

static int set_need(const struct step *step, const struct unit_setting **ret, struct faults *faults)
{
	const char *unit = step->argument[0];

	*ret = unit_setting_find(step->argument[1]);
	if (!*ret || (*ret)->how != SETTING_SET)
		return fault(faults, FAULT_HOST, "%s is no set of a unit", step->argument[1]);
	if (!*unit || strchr(unit, '/') || strstr(unit, ".."))
		return fault(faults, FAULT_HOST, "\"%s\" is no unit", unit);
	return 0;
}

int unit_set_inverse(struct write *write, const struct step *step, struct step *ret,
		     struct faults *faults)
{
	const struct unit_setting *setting = NULL;
	const char *unit = step->argument[0], *now = NULL;

	if (set_need(step, &setting, faults) < 0)
		return -1;
	int there = set_read(write, unit, setting, &now, faults);
	if (there < 0)
		return -1;
	if (!there || string_equal(now, step->argument[2]))
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_unit_set, unit, setting->name, now);
}

int unit_set_perform(struct write *write, const struct step *step, struct outcome *ret,
		     struct faults *faults)
{
	const struct unit_setting *setting = NULL;
	const char *unit = step->argument[0], *set = step->argument[2], *now = NULL;

	if (set_need(step, &setting, faults) < 0)
		return -1;
	int there = set_read(write, unit, setting, &now, faults);
	if (there <= 0 || string_equal(now, set))
		return there < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	int written = unit_set_write(write, unit, setting, set, faults);
	return written < 0 ? -1 : outcome_is(ret, written ? RESULT_DONE : RESULT_SAME);
}
