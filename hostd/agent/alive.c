#include "agent/alive.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "host/read/files.h"

static unsigned seconds_of(const struct alive *alive)
{
	return alive->seconds ? alive->seconds : ALIVE_SECONDS;
}

static int count_on(struct alive *alive, unsigned seconds)
{
	int error = sd_event_source_set_time_relative(alive->silence, seconds * 1000000ULL);

	return error < 0 ? error : sd_event_source_set_enabled(alive->silence, SD_EVENT_ONESHOT);
}

static int was_silent(sd_event_source *source, uint64_t now, void *context)
{
	struct alive *alive = context;
	bool again = alive->asked;

	(void)source, (void)now;
	sd_journal_print(LOG_ERR, "run %d said nothing for %u seconds and is %s", (int)alive->run,
			 seconds_of(alive), again ? "killed" : "asked to end");
	kill(alive->run, again ? SIGKILL : SIGTERM);
	alive->asked = true;
	return again ? 0 : count_on(alive, ALIVE_GRACE_SECONDS);
}

/* What is to end and only says that it goes on is not reprieved. */
static int sign_given(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct alive *alive = context;
	char signs[64];
	ssize_t size = recv(fd, signs, sizeof(signs), MSG_DONTWAIT);

	(void)events;
	if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
		return sd_event_source_set_enabled(source, SD_EVENT_OFF);
	for (ssize_t i = 0; i < size; i++)
		alive->said(alive->context, signs[i]);
	return size < 0 || alive->asked ? 0 : count_on(alive, seconds_of(alive));
}

int alive_open(struct alive *alive)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	alive->fd = ends[0];
	return ends[1];
}

void alive_watch(struct alive *alive, pid_t run)
{
	alive->run = run;
	alive->asked = false;
	int error =
		sd_event_add_io(alive->loop, &alive->signs, alive->fd, EPOLLIN, sign_given, alive);
	/* What it says of its look comes before what is heard while it looks. */
	if (error >= 0)
		error = sd_event_source_set_priority(alive->signs, SD_EVENT_PRIORITY_IMPORTANT);
	if (error >= 0)
		error = sd_event_add_time_relative(alive->loop, &alive->silence, CLOCK_MONOTONIC, 0,
						   0, was_silent, alive);
	if (error >= 0)
		error = sd_event_source_set_enabled(alive->silence, SD_EVENT_OFF);
	if (error < 0)
		sd_journal_print(LOG_ERR, "cannot see whether the run goes on: error %d", -error);
}

bool alive_close(struct alive *alive)
{
	bool silent = alive->run && alive->asked;

	alive->signs = sd_event_source_disable_unref(alive->signs);
	alive->silence = sd_event_source_disable_unref(alive->silence);
	files_close(&alive->fd);
	alive->run = 0;
	alive->asked = false;
	return silent;
}
