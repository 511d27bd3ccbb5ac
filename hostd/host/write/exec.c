#include "host/write/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "host/read/files.h"

static const char *const folders[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin" };
static const char *const environment[] = {
	"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
	"LC_ALL=C",
	NULL,
};

struct pipes {
	int in, out[2], err[2], failed[2];
};

struct child {
	const struct exec *exec;
	const char *name;
	pid_t pid;
	int pidfd, out, err;
	struct text output, complaint;
	struct timespec end;
};

/* ---- starting ---- */

static const char *program_path(struct arena *arena, const char *name)
{
	if (strchr(name, '/'))
		return name;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		const char *path = arena_printf(arena, "%s/%s", folders[i], name);
		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

static void pipes_close(struct pipes *pipes)
{
	files_close(&pipes->in);
	for (int i = 0; i < 2; i++) {
		files_close(&pipes->out[i]);
		files_close(&pipes->err[i]);
		files_close(&pipes->failed[i]);
	}
}

/* Standard input is a file in memory: nothing has to be fed to the child. */
static int input_open(const struct exec *exec)
{
	if (!exec->input_size)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	int fd = memfd_create("input", MFD_CLOEXEC);
	for (size_t done = 0; fd >= 0 && done < exec->input_size;) {
		ssize_t size = write(fd, exec->input + done, exec->input_size - done);
		if (size < 0)
			files_close(&fd);
		else
			done += (size_t)size;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static int pipes_open(struct pipes *pipes, const struct exec *exec)
{
	pipes->in = input_open(exec);
	if (pipes->in < 0 || pipe2(pipes->out, O_CLOEXEC) < 0 || pipe2(pipes->err, O_CLOEXEC) < 0 ||
	    pipe2(pipes->failed, O_CLOEXEC) < 0)
		return -1;
	fcntl(pipes->out[0], F_SETFL, O_NONBLOCK);
	fcntl(pipes->err[0], F_SETFL, O_NONBLOCK);
	return 0;
}

/* Between fork and exec: system calls only. */
static void child_start(const struct pipes *pipes, const struct exec *exec, const char *path)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0);
	if (dup2(pipes->in, 0) >= 0 && dup2(pipes->out[1], 1) >= 0 && dup2(pipes->err[1], 2) >= 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Also what we were born with ourselves. */
		syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
		execve(path, (char *const *)exec->argv, (char *const *)environment);
	}
	int error = errno;
	if (write(pipes->failed[1], &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(127);
}

/* What the child says went wrong before the program ran; 0: it runs. */
static int start_error(struct pipes *pipes)
{
	int error = 0;

	files_close(&pipes->failed[1]);
	while (read(pipes->failed[0], &error, sizeof(error)) < 0 && errno == EINTR)
		;
	return error;
}

static int start(struct arena *arena, struct child *child, struct pipes *pipes,
		 struct faults *faults)
{
	const struct exec *exec = child->exec;
	const char *path = program_path(arena, exec->argv[0]);

	if (!path)
		return fault(faults, FAULT_HOST, "the program \"%s\" is not installed",
			     child->name);
	if (pipes_open(pipes, exec) < 0)
		return fault_errno(faults, errno, "cannot prepare to run \"%s\"", child->name);
	child->pid = fork();
	if (child->pid == 0)
		child_start(pipes, exec, path);
	if (child->pid < 0)
		return fault_errno(faults, errno, "cannot run \"%s\"", child->name);
	setpgid(child->pid, child->pid);
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	int error = start_error(pipes);
	if (error || child->pidfd < 0) {
		kill(-child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
		return fault_errno(faults, error ? error : errno, "cannot run \"%s\"", path);
	}
	child->out = pipes->out[0];
	child->err = pipes->err[0];
	pipes->out[0] = pipes->err[0] = -1;
	return 0;
}

/* ---- running ---- */

static int take_output(struct child *child, const char *bytes, size_t size, struct faults *faults)
{
	if (child->exec->take)
		return child->exec->take(child->exec->context, bytes, size, faults);
	size_t room = EXEC_OUTPUT_MAX - child->output.size;
	text_add_bytes(&child->output, bytes, size < room ? size : room);
	return 0;
}

/* The end of what it complains about is what tells. */
static void take_complaint(struct child *child, const char *bytes, size_t size)
{
	enum { KEPT = 4096 };
	struct text *text = &child->complaint;

	text_add_bytes(text, bytes, size);
	if (text->size <= 2 * KEPT)
		return;
	memmove(text->at, text->at + text->size - KEPT, KEPT + 1);
	text->size = KEPT;
}

/* Reads what is there; closes at its end.  -1 with a fault where the taker gives up. */
static int drain(struct child *child, int *fd, struct faults *faults)
{
	char buffer[64 * 1024];

	while (*fd >= 0) {
		ssize_t size = read(*fd, buffer, sizeof(buffer));
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0 && errno == EAGAIN)
			return 0;
		if (size <= 0) {
			files_close(fd);
			return 0;
		}
		if (fd == &child->err)
			take_complaint(child, buffer, (size_t)size);
		else if (take_output(child, buffer, (size_t)size, faults) < 0)
			return -1;
	}
	return 0;
}

static int64_t milliseconds_left(const struct child *child)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (child->end.tv_sec - now.tv_sec) * 1000 +
	       (child->end.tv_nsec - now.tv_nsec) / 1000000;
}

/* 1: it ended, its output is drained as far as it is there.  -1 with a fault: give up. */
static int turn(struct child *child, struct faults *faults)
{
	struct pollfd polls[] = {
		{ child->pidfd, POLLIN, 0 },
		{ child->out, POLLIN, 0 },
		{ child->err, POLLIN, 0 },
	};
	int64_t left = milliseconds_left(child);

	if (left <= 0)
		return fault(faults, FAULT_HOST, "\"%s\" did not end in time", child->name);
	if (poll(polls, COUNT_OF(polls), left < 1000 ? (int)left : 1000) < 0 && errno != EINTR)
		return fault_errno(faults, errno, "cannot wait for \"%s\"", child->name);
	if (drain(child, &child->out, faults) < 0 || drain(child, &child->err, faults) < 0)
		return -1;
	if (polls[0].revents)
		return drain(child, &child->out, faults) < 0 ? -1 : 1;
	if (!progress_tell(child->exec->progress, 0, 0))
		return fault(faults, FAULT_HOST, "\"%s\" was cancelled", child->name);
	return 0;
}

/* The line that tells: the last one that starts with the program's name ("qemu-img: ..."; what
 * follows it only adds), or else the last one.  NULL: it said nothing. */
static const char *telling_line(const char *text, const char *name)
{
	const char *telling = NULL;
	bool named = false;

	for (const char *line = text; *line; line += strcspn(line, "\r\n"), line += *line != '\0') {
		bool has_name = string_starts(line, name) && line[strlen(name)] == ':';
		if (!strcspn(line, "\r\n") || (named && !has_name))
			continue;
		telling = line;
		named = has_name;
	}
	return telling;
}

static int check_status(struct child *child, int status, struct faults *faults)
{
	const char *line = telling_line(child->complaint.at, child->name);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		return fault(faults, FAULT_HOST, "\"%s\" was killed by signal %d", child->name,
			     WTERMSIG(status));
	if (!line)
		return fault(faults, FAULT_HOST, "\"%s\" failed with status %d", child->name,
			     WEXITSTATUS(status));
	return fault(faults, FAULT_HOST, "\"%s\" failed: %.*s", child->name,
		     (int)strcspn(line, "\r\n"), line);
}

static int finish(struct child *child, struct faults *faults)
{
	int status = 0, result = 0;

	while ((result = turn(child, faults)) == 0)
		;
	/* What it may have left running is ended with it. */
	kill(-child->pid, SIGKILL);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	return result < 0 ? -1 : check_status(child, status, faults);
}

int exec_run(struct arena *arena, const struct exec *exec, const char **ret_output,
	     struct faults *faults)
{
	struct pipes pipes = { -1, { -1, -1 }, { -1, -1 }, { -1, -1 } };
	const char *slash = strrchr(exec->argv[0], '/');
	struct child child = {
		.exec = exec,
		.name = exec->name ? exec->name
			: slash    ? slash + 1
				   : exec->argv[0],
		.pidfd = -1,
		.out = -1,
		.err = -1,
		.output = text_of(arena),
		.complaint = text_of(arena),
	};

	clock_gettime(CLOCK_MONOTONIC, &child.end);
	child.end.tv_sec += exec->timeout_seconds ? exec->timeout_seconds : EXEC_TIMEOUT_SECONDS;
	int result = start(arena, &child, &pipes, faults);
	pipes_close(&pipes);
	if (result == 0)
		result = finish(&child, faults);
	files_close(&child.out);
	files_close(&child.err);
	files_close(&child.pidfd);
	if (result == 0 && ret_output)
		*ret_output = child.output.at;
	return result;
}

int exec_spawn(const char *const *argv, int keep, pid_t *ret_pid, struct faults *faults)
{
	sigset_t none;
	pid_t pid = fork();

	if (pid < 0)
		return fault_errno(faults, errno, "cannot run \"%s\"", argv[0]);
	if (pid > 0) {
		*ret_pid = pid;
		return 0;
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (keep >= 0)
		fcntl(keep, F_SETFD, 0);
	execv(argv[0], (char *const *)argv);
	_exit(127);
}
