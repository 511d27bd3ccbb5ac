/* links_await.c - link_await: until networkd has done to a link what it was told. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "host/read/live_links.h"
#include "host/write/write.h"

enum { AWAIT_SECONDS = 20, LOOK_MILLISECONDS = 1000 };

static void socket_cleanup(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Tells of every change of links and addresses (rtnetlink(7)). */
static int changes_open(struct faults *faults)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0)
		return fault_errno(faults, errno, "cannot listen for changes of links");
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		fault_errno(faults, errno, "cannot listen for changes of links");
		close(fd);
		return -1;
	}
	return fd;
}

/* Waits for a change, a second at most, and forgets what it was. */
static void changes_wait(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char buffer[8192];

	if (poll(&poll_fd, 1, LOOK_MILLISECONDS) <= 0)
		return;
	while (recv(fd, buffer, sizeof(buffer), 0) > 0)
		;
}

static bool has_address(const struct host_link *link, const char *text)
{
	struct prefix wanted;

	if (!prefix_parse(text, &wanted))
		return false;
	EACH(address, &link->addresses)
		if (address->length == wanted.length &&
		    address_compare(&address->address, &wanted.address) == 0)
			return true;
	return false;
}

static bool has_addresses(struct arena *arena, const struct host_link *link, const char *list)
{
	while (list && *list) {
		size_t size = strcspn(list, ",");
		if (!has_address(link, arena_strndup(arena, list, size)))
			return false;
		list += size + (list[size] == ',');
	}
	return true;
}

static bool has_master(const struct host_link *link, const char *master)
{
	return !master || string_equal(link->master ? link->master : "", master);
}

/* 1: as it was told; 0: not yet. */
static int is_settled(struct write *write, const struct step *step, struct faults *faults)
{
	struct host_links links = {};

	if (links_read(write->arena, &links, faults) < 0)
		return -1;
	EACH(link, &links.list)
		if (string_equal(link->name, step->argument[0]))
			return link->up && has_master(link, step->argument[2]) &&
			       has_addresses(write->arena, link, step->argument[1]);
	return 0;
}

static bool is_over(const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - begin->tv_sec >= AWAIT_SECONDS;
}

int link_await_perform(struct write *write, const struct step *step, struct outcome *ret,
		       struct faults *faults)
{
	__attribute__((cleanup(socket_cleanup))) int fd = changes_open(faults);
	struct timespec begin;
	int settled = fd < 0 ? -1 : is_settled(write, step, faults);

	if (settled)
		return settled < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	while (!settled && !is_over(&begin)) {
		if (still_wanted(write, 0, 0, faults) < 0)
			return -1;
		changes_wait(fd);
		settled = is_settled(write, step, faults);
	}
	return settled < 0 ? -1 : outcome_is(ret, RESULT_DONE);
}
