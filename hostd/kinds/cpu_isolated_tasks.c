/* cpu_isolated_tasks.c - who may run on CPUs that are set apart.
 *
 * What counts is where a task may run (Cpus_allowed_list of /proc/PID/task/TID/status, proc(5)),
 * not where it ran last: that stays what it was for as long as the task sleeps.  Catalogue C22.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/ours.h"
#include "kinds/cpu_isolated.h"

enum { PF_KTHREAD = 0x00200000 }; /* include/linux/sched.h of the kernel */

/* A task may end while it is looked at: what it leaves answers "no such process". */
static int read_task(struct host *host, const char *path, const char **ret_text,
		     struct faults *faults)
{
	struct faults found;
	size_t size = 0;

	faults_init(&found, faults->arena);
	int there = host_read(host, path, ret_text, &size, &found);
	if (there < 0 && fault_last(&found)->error == ESRCH)
		return 0;
	faults_move(faults, &found);
	return there;
}

/* The name, the state and the flags of /proc/PID/stat; the name may hold anything. */
static bool stat_parse(struct arena *arena, const char *text, const char **ret_name,
		       bool *ret_kernel)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	const char *at = close;

	if (!open || !close || close < open)
		return false;
	*ret_name = arena_strndup(arena, open + 1, (size_t)(close - open - 1));
	/* Behind the name: state, ppid, pgrp, session, tty_nr, tpgid, flags. */
	for (int blanks = 0; at && blanks < 7; blanks++)
		at = strchr(at + 1, ' ');
	if (!at || close[1] != ' ')
		return false;
	*ret_kernel = strtoul(at + 1, NULL, 10) & PF_KTHREAD;
	return close[2] != 'Z' && close[2] != 'X';
}

static const char *status_get(struct arena *arena, const char *text, const char *name)
{
	LINES_EACH(line, arena, text)
	if (string_starts(line, name) && line[strlen(name)] == ':') {
		line += strlen(name) + 1;
		return line + strspn(line, " \t");
	}
	return "";
}

/* libvirt's guests live below machine.slice. */
static int is_guest(struct host *host, struct arena *arena, const char *pid, struct faults *faults)
{
	const char *text = "";
	int there = read_task(host, arena_printf(arena, "/proc/%s/cgroup", pid), &text, faults);

	return there < 0 ? -1 : there && strstr(text, "/machine.slice/") != NULL;
}

struct process {
	const char *pid, *name;
	const char *thread; /* the name of the last one found */
	unsigned found;     /* threads that may run there and should not */
};

static int look_thread(struct host *host, struct arena *arena, struct process *process,
		       const char *tid, const struct cpus *set, struct faults *faults)
{
	const char *text = "";
	struct cpus allowed = {};
	int there =
		read_task(host, arena_printf(arena, "/proc/%s/task/%s/status", process->pid, tid),
			  &text, faults);

	if (there <= 0 || !cpus_parse(status_get(arena, text, "Cpus_allowed_list"), &allowed) ||
	    !cpus_overlap(&allowed, set))
		return there < 0 ? -1 : 0;
	int guest = cpus_within(&allowed, set) ? is_guest(host, arena, process->pid, faults) : 0;
	if (guest != 0)
		return guest < 0 ? -1 : 0;
	process->found++;
	process->thread = status_get(arena, text, "Name");
	return 0;
}

static int look_process(struct host *host, struct arena *arena, struct process *process,
			const struct cpus *set, struct faults *faults)
{
	const char *text = "";
	struct host_names threads = {};
	bool kernel = false;
	int there =
		read_task(host, arena_printf(arena, "/proc/%s/stat", process->pid), &text, faults);

	if (there <= 0 || !stat_parse(arena, text, &process->name, &kernel) || kernel)
		return there < 0 ? -1 : 0;
	if (host_list(host, arena_printf(arena, "/proc/%s/task", process->pid), &threads, faults) <
	    0)
		return -1;
	EACH(tid, &threads.list)
		if (look_thread(host, arena, process, *tid, set, faults) < 0)
			return -1;
	return 0;
}

int isolated_intruders(struct host *host, struct arena *arena, const struct cpus *set,
		       struct text_list *ret, struct faults *faults)
{
	struct host_names names = {};
	ARRAY(const char *) found = {};

	if (host_list(host, "/proc", &names, faults) < 0)
		return -1;
	EACH(name, &names.list) {
		struct process process = { .pid = *name };
		if (!isdigit((unsigned char)**name))
			continue;
		if (look_process(host, arena, &process, set, faults) < 0)
			return -1;
		if (process.found == 1)
			ARRAY_PUSH(arena, &found,
				   arena_printf(arena, "%s[%s]", process.thread, *name));
		else if (process.found)
			ARRAY_PUSH(arena, &found,
				   arena_printf(arena, "%s[%s] with %u threads", process.name,
						*name, process.found));
	}
	*ret = (struct text_list){ found.at, found.count };
	return 0;
}
