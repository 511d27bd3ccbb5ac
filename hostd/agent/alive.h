/* alive.h - whether the run at hand still does something.
 *
 * A run holds one end of a socket and sends a byte with each step and each second of a long one,
 * from when it has the journal's lock: waiting for that may take as long as somebody's apply.
 * Some bytes say more (agent/agent.h).  The other way goes, before it starts, what was heard of
 * devices since the run before (formats/heard.h, a line each).  One that sent something and then
 * nothing for `seconds` hangs: it is asked to end (SIGTERM), and killed (SIGKILL) where it does
 * not.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

enum {
	ALIVE_SECONDS = 15 * 60, /* a step may be silent: a guest's memory that is laid out */
	ALIVE_GRACE_SECONDS = 30,
};

struct alive {
	sd_event *loop;
	unsigned seconds; /* of silence; 0: ALIVE_SECONDS */
	pid_t run;        /* 0: none is watched */
	int fd;
	bool asked;                             /* to end */
	void (*said)(void *context, char sign); /* for each sign */
	void *context;
	sd_event_source *signs, *silence;
};

/* The run's end of a new socket, for it alone; negative errno. */
int alive_open(struct alive *alive);
/* Watches this run from its first sign on. */
void alive_watch(struct alive *alive, pid_t run);
/* The run has ended; true where that was because it was silent. */
bool alive_close(struct alive *alive);
