/* links_observe.c - links as networkd is told to make them, and as they are. */
#include <string.h>

#include "formats/ours.h"
#include "host/read/host.h"
#include "kinds/links.h"

/* ---- files ---- */

static int file_text(struct host *host, const char *path, const char **ret_text,
		     struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	int there = host_read(host, path, &text, &size, faults);

	*ret_text = there == 1 ? text : NULL;
	return there;
}

/* The handle between our prefix and either suffix; NULL: not our file. */
static const char *handle_of(struct arena *arena, const char *file)
{
	const char *suffix = strrchr(file, '.');

	if (!string_starts(file, NETWORKD_PREFIX) || !suffix ||
	    (strcmp(suffix, ".network") != 0 && strcmp(suffix, ".netdev") != 0))
		return NULL;
	const char *handle = file + strlen(NETWORKD_PREFIX);
	return suffix > handle ? arena_strndup(arena, handle, (size_t)(suffix - handle)) : NULL;
}

static int observe_file(struct host *host, const char *handle, struct items *configured,
			struct faults *faults)
{
	struct arena *arena = configured->arena;
	const char *network = NULL, *netdev = NULL;

	if (items_find(configured, &links_kind, handle))
		return 0;
	if (file_text(host, link_file_path(arena, handle, "network"), &network, faults) < 0 ||
	    file_text(host, link_file_path(arena, handle, "netdev"), &netdev, faults) < 0)
		return -1;
	struct item *item = items_add(configured, &links_kind, handle);
	item->ours = true;
	link_read(arena, handle, network, netdev, item->value);
	return 0;
}

/* Files name interfaces; items name handles. */
static const char *handle_of_name(const struct items *configured, const char *name)
{
	EACH(item, &configured->list) {
		const struct link *link = (*item)->value;
		if (link_is_virtual(link) && string_equal(link->name, name))
			return (*item)->name;
	}
	return name;
}

static void resolve_names(const struct items *configured, struct link *link)
{
	if (link->in_bridge_name)
		SET(&link_record, link, in_bridge,
		    handle_of_name(configured, link->in_bridge_name));
	if (link->in_bond_name)
		SET(&link_record, link, in_bond, handle_of_name(configured, link->in_bond_name));
	if (!link->vlan_names.count)
		return;
	struct text_list vlans = { .count = link->vlan_names.count };
	vlans.at = arena_alloc(configured->arena, vlans.count * sizeof(*vlans.at));
	for (size_t i = 0; i < vlans.count; i++)
		vlans.at[i] = handle_of_name(configured, link->vlan_names.at[i]);
	SET(&link_record, link, vlans, vlans);
}

static int observe_files(struct host *host, struct items *configured, struct faults *faults)
{
	struct host_names files = {};

	if (host_list(host, NETWORKD_FOLDER, &files, faults) < 0)
		return -1;
	EACH(file, &files.list) {
		const char *handle = handle_of(configured->arena, *file);
		if (handle && observe_file(host, handle, configured, faults) < 0)
			return -1;
	}
	EACH(item, &configured->list)
		resolve_names(configured, (*item)->value);
	return 0;
}

/* ---- what runs ---- */

static bool match_holds(const struct link *file, const struct link *have)
{
	const struct link_match *want = &file->match, *is = &have->match;

	if (link_is_virtual(file))
		return string_equal(file->name, have->name);
	return (!want->name || string_equal(want->name, is->name)) &&
	       (!want->driver || string_equal(want->driver, is->driver)) &&
	       (!GIVEN(&link_match_record, want, mac) ||
		memcmp(&want->mac, &is->mac, sizeof(is->mac)) == 0);
}

/* Our file that speaks of this link, unless another link took it (a driver may have many). */
static const struct item *file_of(const struct items *configured, const struct items *running,
				  const struct link *have)
{
	EACH(item, &configured->list)
		if (match_holds((*item)->value, have) &&
		    !items_find(running, &links_kind, (*item)->name))
			return *item;
	return NULL;
}

static int observe_driver(struct host *host, struct link *link, struct faults *faults)
{
	const char *target = NULL;
	int there = host_link(
		host, arena_printf(host->arena, "/sys/class/net/%s/device/driver", link->name),
		&target, faults);

	if (there == 1) {
		const char *slash = strrchr(target, '/');
		SET(&link_match_record, &link->match, driver, slash ? slash + 1 : target);
	}
	return there < 0 ? -1 : 0;
}

/* A bridge's own switches; where the kernel does not show them they are as the file says. */
static int observe_bridge(struct host *host, struct link *link, const struct link *file,
			  struct faults *faults)
{
	uint64_t stp = file ? file->stp : 0, filtering = file ? file->vlan_filtering : 0;
	const char *folder = arena_printf(host->arena, "/sys/class/net/%s/bridge", link->name);

	if (host_read_count(host, arena_printf(host->arena, "%s/stp_state", folder), &stp, faults) <
		    0 ||
	    host_read_count(host, arena_printf(host->arena, "%s/vlan_filtering", folder),
			    &filtering, faults) < 0)
		return -1;
	SET(&link_record, link, stp, stp != 0);
	SET(&link_record, link, vlan_filtering, filtering != 0);
	return 0;
}

static bool address_there(const struct host_link *seen, const struct prefix *wanted)
{
	EACH(address, &seen->addresses)
		if (address->length == wanted->length &&
		    address_compare(&address->address, &wanted->address) == 0)
			return true;
	return false;
}

/* The kernel's addresses have no names: those of our file have, where they are there.  Without a
 * carrier networkd keeps them back, except on a bridge: they are in force all the same. */
static void observe_addresses(struct arena *arena, struct link *link, const struct host_link *seen,
			      const struct link *file)
{
	struct prefix_list present = { .count = seen->addresses.count };

	present.at = arena_alloc(arena, present.count * sizeof(*present.at));
	for (size_t i = 0; i < present.count; i++)
		present.at[i] = seen->addresses.at[i];
	SET(&link_record, link, present, present);
	record_give(&link_record, link, offsetof(struct link, addresses), true);
	for (size_t i = 0; file && i < file->addresses.count; i++) {
		const struct link_address *wanted = file->addresses.at[i].value;
		bool kept_back = !seen->carrier && strcmp(seen->kind, "bridge") != 0;
		if (!kept_back && !address_there(seen, &wanted->address))
			continue;
		struct link_address *address = map_add(
			arena, &link->addresses, &link_address_record, file->addresses.at[i].name);
		SET(&link_address_record, address, address, wanted->address);
	}
}

static const struct host_link *link_named(const struct host_links *links, const char *name)
{
	EACH(link, &links->list)
		if (string_equal(link->name, name))
			return link;
	return NULL;
}

static void observe_master(struct link *link, const struct host_link *seen,
			   const struct host_links *links, const struct items *configured)
{
	const struct host_link *master = seen->master ? link_named(links, seen->master) : NULL;

	if (!master)
		return;
	if (strcmp(master->kind, "bridge") == 0)
		SET(&link_record, link, in_bridge, handle_of_name(configured, master->name));
	if (strcmp(master->kind, "bond") == 0)
		SET(&link_record, link, in_bond, handle_of_name(configured, master->name));
}

static const char *type_of(const char *kind)
{
	static const char *const made[] = { "bridge", "bond", "vlan" };

	for (size_t i = 0; i < COUNT_OF(made); i++)
		if (strcmp(kind, made[i]) == 0)
			return made[i];
	return "ethernet";
}

static struct link *link_of(struct arena *arena, const struct host_link *seen)
{
	struct link *link = record_new(arena, &link_record);

	link->live = true;
	link->carrier = seen->carrier;
	SET(&link_record, link, type, type_of(seen->kind));
	SET(&link_record, link, name, seen->name);
	SET(&link_record, link, mtu, seen->mtu);
	SET(&link_record, link, mac, seen->mac);
	SET(&link_record, link, up, seen->up);
	SET(&link_match_record, &link->match, name, seen->name);
	SET(&link_match_record, &link->match, mac, seen->mac);
	return link;
}

static int observe_link(struct host *host, const struct host_link *seen,
			const struct host_links *links, const struct items *configured,
			struct items *running, struct faults *faults)
{
	struct link *link = link_of(running->arena, seen);

	if (!*seen->kind && observe_driver(host, link, faults) < 0)
		return -1;
	const struct item *file = file_of(configured, running, link);
	const struct link *said = file ? file->value : NULL;
	struct item *item = items_add(running, &links_kind, file ? file->name : seen->name);
	item->ours = file != NULL;
	item->value = link;
	if (strcmp(seen->kind, "bridge") == 0 && observe_bridge(host, link, said, faults) < 0)
		return -1;
	observe_addresses(running->arena, link, seen, said);
	observe_master(link, seen, links, configured);
	return 0;
}

/* A link that our files make and that is not there is not running: that is a difference. */
static void observe_absent(const struct item *file, struct items *running)
{
	const struct link *said = file->value;
	struct item *item = items_add(running, &links_kind, file->name);
	struct link *link = record_merge(running->arena, &link_record, said, item->value);

	link->live = link->absent = item->ours = true;
	SET(&link_record, link, up, false);
	item->value = link;
}

/* Without networkd our files are only files. */
static int observe_managed(struct host *host, const struct items *configured,
			   const struct items *running, struct faults *faults)
{
	struct host_unit unit = {}, online = {};

	if (host_unit(host, NETWORKD_UNIT, &unit, faults) < 0 ||
	    host_unit(host, ONLINE_UNIT, &online, faults) < 0)
		return -1;
	bool enabled = string_equal(unit.enabled, "enabled");
	bool active = host_unit_runs(&unit);
	EACH(item, &configured->list)
		SET(&link_record, (struct link *)(*item)->value, managed, enabled);
	EACH(item, &running->list) {
		struct link *link = (*item)->value;
		SET(&link_record, link, managed, active);
		link->networkd = enabled && active;
		link->awaited = string_equal(online.enabled, "enabled");
	}
	return 0;
}

int links_observe(struct host *host, struct items *configured, struct items *running,
		  struct faults *faults)
{
	struct host_links links = {};

	if (observe_files(host, configured, faults) < 0 || host_links(host, &links, faults) < 0)
		return -1;
	EACH(link, &links.list)
		if (!link->loopback &&
		    observe_link(host, link, &links, configured, running, faults) < 0)
			return -1;
	EACH(file, &configured->list)
		if (!items_find(running, &links_kind, (*file)->name))
			observe_absent(*file, running);
	return observe_managed(host, configured, running, faults);
}
