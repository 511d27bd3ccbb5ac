/* exec.h - the one place that starts other programs.
 *
 * An argument vector, never a shell.  The child is a process group of its own, has an environment
 * of PATH and LC_ALL=C, standard input from the bytes given or /dev/null, and no other descriptor;
 * it dies with us.  What it prints is captured up to a bound, what exceeds it is dropped.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"
#include "resource/step.h"

enum { EXEC_OUTPUT_MAX = 1024 * 1024 };

struct exec {
	const char *const *argv; /* NULL-ended; argv[0] a path, or a name looked up in PATH */
	const char *name;        /* for faults; NULL: the last part of argv[0] */
	const char *input;
	size_t input_size;
	unsigned timeout_seconds;  /* 0: EXEC_TIMEOUT_SECONDS */
	struct progress *progress; /* asked about once a second, or NULL */
	/* Takes standard output as it comes instead of capturing it; -1 with a fault ends the
	 * child.  NULL: captured. */
	int (*take)(void *context, const void *bytes, size_t size, struct faults *faults);
	void *context;
};
enum { EXEC_TIMEOUT_SECONDS = 120 };

/* Runs it to its end.  FAULT_HOST where it cannot be started, does not end in time, is killed, or
 * does not exit with 0 (with the line of standard error that tells).  `ret_output`, which may
 * be NULL: what it printed. */
int exec_run(struct arena *arena, const struct exec *exec, const char **ret_output,
	     struct faults *faults) MUST_CHECK;

/* Starts a program and goes on: it keeps our output and environment and, beside them, the
 * descriptor `keep` (-1: none); the caller waits for it.  FAULT_HOST where there can be no
 * process; a program that cannot be run exits with 127. */
int exec_spawn(const char *const *argv, int keep, pid_t *ret_pid, struct faults *faults) MUST_CHECK;
