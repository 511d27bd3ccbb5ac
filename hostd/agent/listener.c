#include "agent/listener.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <systemd/sd-journal.h>

#include "formats/heard.h"
#include "host/read/files.h"
#include "host/write/exec.h"

enum { PAUSE_LEAST = 1, PAUSE_MOST = 60 }; /* seconds */

static void start(struct listener *listener);

/* ---- what it tells ---- */

static void news_add(struct listener *listener, const char *message, size_t size)
{
	if (listener->news_size + size + 1 > sizeof(listener->news))
		return;
	memcpy(listener->news + listener->news_size, message, size);
	listener->news_size += size;
	listener->news[listener->news_size++] = '\n';
}

static void take(struct listener *listener, const char *message, size_t size)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct heard heard;

	if (!heard_read(arena, message, &heard))
		return;
	if (heard.what == HEARD_READY)
		sd_journal_print(LOG_DEBUG, "hears what libvirt tells");
	if (heard.alias)
		news_add(listener, message, size);
	else
		listener->heard(listener->context);
}

static int told(sd_event_source *source, int fd, uint32_t events, void *context)
{
	char message[HEARD_MAX + 1];
	ssize_t size = recv(fd, message, HEARD_MAX, MSG_DONTWAIT);

	(void)events;
	if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
		return sd_event_source_set_enabled(source, SD_EVENT_OFF);
	if (size > 0) {
		message[size] = '\0';
		take(context, message, (size_t)size);
	}
	return 0;
}

/* ---- its life ---- */

static void forget(struct listener *listener)
{
	listener->told = sd_event_source_disable_unref(listener->told);
	listener->ended = sd_event_source_disable_unref(listener->ended);
	files_close(&listener->fd);
	listener->process = 0;
}

static uint64_t now_of(const struct listener *listener)
{
	uint64_t now = 0;

	return sd_event_now(listener->loop, CLOCK_MONOTONIC, &now) < 0 ? 0 : now;
}

static int start_again(sd_event_source *source, uint64_t now, void *context)
{
	struct listener *listener = context;

	(void)source, (void)now;
	listener->again = sd_event_source_disable_unref(listener->again);
	if (listener->wanted && !listener->process)
		start(listener);
	return 0;
}

/* What it said before it ended is heard first. */
static void start_later(struct listener *listener)
{
	bool stayed = now_of(listener) - listener->since > PAUSE_MOST * 1000000ULL;

	listener->pause = !listener->pause || stayed         ? PAUSE_LEAST
			  : listener->pause * 2 < PAUSE_MOST ? listener->pause * 2
							     : PAUSE_MOST;
	if (sd_event_add_time_relative(listener->loop, &listener->again, CLOCK_MONOTONIC,
				       listener->pause * 1000000ULL, 0, start_again, listener) < 0)
		listener->wanted = false;
}

static int has_ended(sd_event_source *source, const siginfo_t *info, void *context)
{
	struct listener *listener = context;

	(void)source, (void)info;
	forget(listener);
	if (listener->wanted)
		start_later(listener);
	return 0;
}

static int watch(struct listener *listener)
{
	int error = sd_event_add_child(listener->loop, &listener->ended, listener->process, WEXITED,
				       has_ended, listener);

	if (error >= 0)
		error = sd_event_add_io(listener->loop, &listener->told, listener->fd, EPOLLIN,
					told, listener);
	/* Its last words before its end. */
	if (error >= 0)
		error = sd_event_source_set_priority(listener->ended, SD_EVENT_PRIORITY_IDLE);
	return error;
}

static int spawn(struct listener *listener)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct faults faults;
	int ends[2];

	faults_init(&faults, arena);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	listener->fd = ends[0];
	FILES_CLOSE int end = ends[1];
	const char *const argv[] = { "/proc/self/exe", "listen", arena_printf(arena, "%d", end),
				     NULL };
	return exec_spawn(argv, end, &listener->process, &faults) < 0 ? -ENOMEM : watch(listener);
}

static void stop(struct listener *listener)
{
	pid_t process = listener->process;

	forget(listener);
	if (process) {
		kill(process, SIGKILL);
		waitpid(process, NULL, 0);
	}
}

static void start(struct listener *listener)
{
	listener->since = now_of(listener);
	int error = spawn(listener);
	if (error >= 0)
		return;
	sd_journal_print(LOG_ERR, "cannot listen to libvirt: %s", strerror(-error));
	stop(listener);
	start_later(listener);
}

void listener_want(struct listener *listener, bool wanted)
{
	if (listener->wanted == wanted)
		return;
	listener->wanted = wanted;
	listener->pause = 0;
	listener->again = sd_event_source_disable_unref(listener->again);
	if (wanted)
		start(listener);
	else
		stop(listener);
}

void listener_pass_on(struct listener *listener, int fd)
{
	if (listener->news_size &&
	    send(fd, listener->news, listener->news_size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		sd_journal_print(LOG_DEBUG, "what guests said of their devices was not passed on");
	listener->news_size = 0;
}

void listener_close(struct listener *listener)
{
	listener_want(listener, false);
}
