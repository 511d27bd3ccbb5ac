/* pci_uses.c - what the host itself stands on, traced down to PCI functions.
 *
 * A link in /sys/class leads through all buses to the device: the last PCI address on the way is
 * the function it is on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/ours.h"
#include "kinds/pci.h"

enum { DEPTH_MAX = 8 }; /* a VLAN on a bridge on a bond; a file system on LVM on LUKS on MD */

struct tracing {
	struct host *host;
	struct arena *arena;
	struct pci_machine *machine;
	const char *mounts, *swaps; /* /proc/self/mountinfo, /proc/swaps */
	struct faults *faults;
};

static void use_add(struct tracing *tracing, struct pci_function *function, const char *clause)
{
	EACH(use, &function->uses)
		if (string_equal(*use, clause))
			return;
	ARRAY_PUSH(tracing->arena, &function->uses, clause);
}

/* The last PCI function that the link at `path` leads through: 1, 0 or -1. */
static int function_of(struct tracing *tracing, const char *path, struct pci_function **ret)
{
	const char *target = NULL;
	struct host_file file = {};
	int there = host_stat(tracing->host, path, &file, tracing->faults);

	*ret = NULL; /* bonding_masters stands among the links, and is none */
	if (there > 0 && file.kind == FILE_LINK)
		there = host_link(tracing->host, path, &target, tracing->faults);
	if (there <= 0 || !target)
		return there < 0 ? -1 : 0;
	for (const char *at = target; *at; at += strcspn(at, "/"), at += *at == '/') {
		const char *part = arena_strndup(tracing->arena, at, strcspn(at, "/"));
		struct pci_function *function = pci_find(tracing->machine, part);
		if (function)
			*ret = function;
	}
	return *ret != NULL;
}

/* ---- links ---- */

static int link_trace(struct tracing *tracing, const char *name, const char *clause, int depth)
{
	const char *path = arena_printf(tracing->arena, "/sys/class/net/%s", name);
	struct pci_function *function = NULL;
	struct host_names names = {};
	int found = function_of(tracing, path, &function);

	if (found > 0)
		use_add(tracing, function, clause);
	if (found != 0 || depth == DEPTH_MAX)
		return found < 0 ? -1 : 0;
	if (host_list(tracing->host, path, &names, tracing->faults) < 0)
		return -1;
	EACH(entry, &names.list)
		if (string_starts(*entry, "lower_") &&
		    link_trace(tracing, *entry + strlen("lower_"), clause, depth + 1) < 0)
			return -1;
	return 0;
}

int pci_link_is_used(struct host *host, struct arena *arena, const struct host_link *link,
		     struct faults *faults)
{
	struct host_names names = {};
	const char *path = arena_printf(arena, "/sys/class/net/%s", link->name);
	bool used = link->master || link->addresses.count;

	if (!used && host_list(host, path, &names, faults) < 0)
		return -1;
	EACH(entry, &names.list)
		used |= string_starts(*entry, "upper_");
	return used;
}

static int links_look(struct tracing *tracing)
{
	struct host_names names = {};

	if (host_list(tracing->host, "/sys/class/net", &names, tracing->faults) < 0)
		return -1;
	EACH(name, &names.list) {
		struct pci_function *function = NULL;
		if (function_of(tracing, arena_printf(tracing->arena, "/sys/class/net/%s", *name),
				&function) < 0)
			return -1;
		if (function)
			ARRAY_PUSH(tracing->arena, &function->links,
				   arena_strdup(tracing->arena, *name));
	}
	return 0;
}

struct default_route {
	char link[64];
	unsigned long metric;
};

/* A line of /proc/net/route (fib_route_seq_show of the kernel): link, destination, gateway, flags,
 * two unused, metric, mask; numbers but the metric in hexadecimal. */
static bool route4_parse(const char *line, struct default_route *ret)
{
	unsigned long to = 1, flags = 0, mask = 1;
	enum { ROUTE_UP = 1, ROUTE_REJECT = 0x200 };

	return sscanf(line, "%63s %lx %*s %lx %*s %*s %lu %lx", ret->link, &to, &flags,
		      &ret->metric, &mask) == 5 &&
	       to == 0 && mask == 0 && flags & ROUTE_UP && !(flags & ROUTE_REJECT);
}

/* A line of /proc/net/ipv6_route (rt6_info_route): destination and its length, source and its
 * length, next hop, metric, two counters, flags, link; all in hexadecimal. */
static bool route6_parse(const char *line, struct default_route *ret)
{
	unsigned long length = 1, flags = 0;
	char to[40];
	enum { ROUTE_UP = 1, ROUTE_REJECT = 0x200 };

	return sscanf(line, "%32s %lx %*s %*s %*s %lx %*s %*s %lx %63s", to, &length, &ret->metric,
		      &flags, ret->link) == 5 &&
	       length == 0 && strspn(to, "0") == strlen(to) && flags & ROUTE_UP &&
	       !(flags & ROUTE_REJECT) && strcmp(ret->link, "lo") != 0;
}

/* Of several default routes the one with the lowest metric is taken. */
static int routes_trace(struct tracing *tracing, const char *path,
			bool (*parse)(const char *line, struct default_route *ret))
{
	const char *text = NULL;
	size_t size = 0;
	unsigned long best = ~0UL;
	struct default_route route = {};
	int there = host_read(tracing->host, path, &text, &size, tracing->faults);

	if (there <= 0)
		return there;
	LINES_EACH(line, tracing->arena, text)
	if (parse(line, &route) && route.metric < best)
		best = route.metric;
	LINES_EACH(line, tracing->arena, text)
	{
		if (!parse(line, &route) || route.metric != best)
			continue;
		const char *clause =
			arena_printf(tracing->arena, "carries the default route (%s)", route.link);
		if (link_trace(tracing, route.link, clause, 0) < 0)
			return -1;
	}
	return 0;
}

/* ---- block devices ---- */

/* Where it is mounted, by its number or, where a file system has several devices, by its name. */
static const char *mount_of(struct tracing *tracing, const char *name, const char *number)
{
	LINES_EACH(line, tracing->arena, tracing->mounts)
	{
		char device[24], point[256], source[256];
		const char *rest = strstr(line, " - ");
		if (sscanf(line, "%*s %*s %23s %*s %255s", device, point) != 2 || !rest ||
		    sscanf(rest, " - %*s %255s", source) != 1)
			continue;
		const char *slash = strrchr(source, '/');
		bool named = string_starts(source, "/dev/") && string_equal(slash + 1, name);
		if (named || string_equal(device, number))
			return arena_strdup(tracing->arena, point);
	}
	return NULL;
}

static bool is_swap(struct tracing *tracing, const char *name)
{
	LINES_EACH(line, tracing->arena, tracing->swaps)
	if (string_starts(line, "/dev/") &&
	    string_equal(arena_strndup(tracing->arena, line + 5, strcspn(line + 5, " \t")), name))
		return true;
	return false;
}

/* What of the host is on a block device, or on what is made of it (LVM, MD, LUKS, verity). */
static int block_use(struct tracing *tracing, const char *name, int depth, const char **ret)
{
	const char *folder = arena_printf(tracing->arena, "/sys/class/block/%s", name);
	const char *number = NULL, *above = NULL;
	struct host_names holders = {};

	if (host_read_line(tracing->host, arena_printf(tracing->arena, "%s/dev", folder), &number,
			   tracing->faults) < 0 ||
	    host_list(tracing->host, arena_printf(tracing->arena, "%s/holders", folder), &holders,
		      tracing->faults) < 0)
		return -1;
	const char *point = mount_of(tracing, name, number ? number : "");
	*ret = point                    ? arena_printf(tracing->arena, "holds %s", point)
	       : is_swap(tracing, name) ? "holds swap"
	       : holders.list.count == 0
		       ? NULL
		       : arena_printf(tracing->arena, "is part of %s", holders.list.at[0]);
	if (point || !holders.list.count || depth == DEPTH_MAX)
		return 0;
	EACH(holder, &holders.list) {
		if (block_use(tracing, *holder, depth + 1, &above) < 0)
			return -1;
		if (above)
			*ret = above;
	}
	return 0;
}

/* An NVMe namespace with several paths is nobody's child: its subsystem links its controllers. */
static int nvme_trace(struct tracing *tracing, const char *target, const char *clause)
{
	const char *subsystem = strstr(target, "/nvme-subsystem/");
	struct pci_function *function = NULL;
	struct host_names names = {};

	if (!subsystem)
		return 0;
	subsystem += strlen("/nvme-subsystem/");
	const char *folder =
		arena_printf(tracing->arena, "/sys/devices/virtual/nvme-subsystem/%.*s",
			     (int)strcspn(subsystem, "/"), subsystem);
	if (host_list(tracing->host, folder, &names, tracing->faults) < 0)
		return -1;
	EACH(name, &names.list) {
		size_t size = strlen("nvme");
		if (!string_starts(*name, "nvme") ||
		    (*name)[size + strspn(*name + size, "0123456789")])
			continue;
		if (function_of(tracing, arena_printf(tracing->arena, "%s/%s", folder, *name),
				&function) < 0)
			return -1;
		if (function)
			use_add(tracing, function, clause);
	}
	return 0;
}

static int blocks_trace(struct tracing *tracing)
{
	struct host_names names = {};

	if (host_list(tracing->host, "/sys/class/block", &names, tracing->faults) < 0)
		return -1;
	EACH(name, &names.list) {
		const char *path = arena_printf(tracing->arena, "/sys/class/block/%s", *name);
		const char *clause = NULL, *target = NULL;
		struct pci_function *function = NULL;
		if (block_use(tracing, *name, 0, &clause) < 0)
			return -1;
		if (!clause)
			continue;
		if (function_of(tracing, path, &function) < 0)
			return -1;
		if (function)
			use_add(tracing, function, clause);
		else if (host_link(tracing->host, path, &target, tracing->faults) < 0 ||
			 nvme_trace(tracing, target ? target : "", clause) < 0)
			return -1;
	}
	return 0;
}

int pci_look_uses(struct host *host, struct arena *arena, struct pci_machine *machine,
		  struct faults *faults)
{
	struct tracing tracing = { host, arena, machine, "", "", faults };
	size_t size = 0;

	if (host_read(host, "/proc/self/mountinfo", &tracing.mounts, &size, faults) < 0 ||
	    host_read(host, "/proc/swaps", &tracing.swaps, &size, faults) < 0 ||
	    links_look(&tracing) < 0 || blocks_trace(&tracing) < 0)
		return -1;
	return routes_trace(&tracing, "/proc/net/route", route4_parse) < 0 ||
			       routes_trace(&tracing, "/proc/net/ipv6_route", route6_parse) < 0
		       ? -1
		       : 0;
}
