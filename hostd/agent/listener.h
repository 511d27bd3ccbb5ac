/* listener.h - the process that hears libvirt's events for the agent.
 *
 * It runs as long as a run finds something described that libvirt tells of, so that no libvirtd is
 * kept busy for a host without guests.  When it ends (host/read/live_listen.h) it is started again,
 * after a pause that doubles from a second to a minute as long as it does not stay.  That it
 * listens (again) counts as a change: what happened meanwhile nobody heard.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

enum { LISTENER_NEWS_MAX = 16 * 1024 };

struct listener {
	sd_event *loop;
	void (*heard)(void *context); /* something changed, or may have */
	void *context;
	bool wanted;
	pid_t process; /* 0: none */
	int fd;        /* -1: none */
	unsigned pause;
	uint64_t since; /* when it was started, CLOCK_MONOTONIC */
	sd_event_source *told, *ended, *again;
	/* What guests said of devices, for the next run: lines of formats/heard.h.  What is too
	 * much is dropped: a note that says a little too long that something is pending. */
	char news[LISTENER_NEWS_MAX];
	size_t news_size;
};

/* Has it run from now on, or not. */
void listener_want(struct listener *listener, bool wanted);

/* Gives the news to the run that holds the other end of this socket, and forgets them. */
void listener_pass_on(struct listener *listener, int fd);

void listener_close(struct listener *listener);
