/* sriov_observe.c - cards with SR-IOV, and our files about them. */
#include <string.h>

#include "kinds/sriov.h"

#define FOLDER "/etc/systemd/network"
#define PREFIX "98-gasthof-sriov-"
#define SUFFIX ".link"

static int observe_early(struct host *host, const char *handle, struct arena *arena,
			 struct sriov *sriov, struct faults *faults)
{
	struct host_unit unit = {};
	size_t size = 0;

	if (host_read(host, sriov_early_path(arena, handle), &sriov->early_text, &size, faults) <
		    0 ||
	    host_unit(host, DEVICES_UNIT, &unit, faults) < 0)
		return -1;
	sriov->unit = string_equal(unit.enabled, "enabled");
	SET(&sriov_record, sriov, early,
	    sriov->unit && string_equal(sriov->early_text, sriov_early(arena, handle, sriov)));
	return 0;
}

static int observe_file(struct host *host, const char *file, struct items *configured,
			struct faults *faults)
{
	struct arena *arena = configured->arena;
	const char *text = NULL, *handle = file + strlen(PREFIX);
	size_t size = 0;

	handle = arena_strndup(arena, handle, strlen(handle) - strlen(SUFFIX));
	int there = host_read(host, sriov_file_path(arena, handle), &text, &size, faults);
	if (there <= 0)
		return there;
	struct item *item = items_add(configured, &sriov_kind, handle);
	item->ours = true;
	sriov_file_read(arena, handle, text, item->value);
	return observe_early(host, handle, arena, item->value, faults);
}

/* ---- what runs ---- */

enum { MEGABIT = 1000 * 1000 / 8 };

static void observe_vf(struct arena *arena, struct sriov *sriov, const struct host_vf *have)
{
	struct sriov_vf *vf = map_add(arena, &sriov->vf, &sriov_vf_record,
				      arena_printf(arena, "%u", have->number));

	SET(&sriov_vf_record, vf, mac, have->mac);
	SET(&sriov_vf_record, vf, vlan, have->vlan);
	if (have->has_trust)
		SET(&sriov_vf_record, vf, trust, have->trust);
	if (have->has_spoof_check)
		SET(&sriov_vf_record, vf, spoof_check, have->spoof_check);
	SET(&sriov_vf_record, vf, rate, ((struct rate){ (uint64_t)have->rate * MEGABIT }));
	SET(&sriov_vf_record, vf, link_state, arena_strdup(arena, have->link_state));
}

static const struct host_link *link_named(const struct host_links *links, const char *name)
{
	EACH(link, &links->list)
		if (string_equal(link->name, name))
			return link;
	return NULL;
}

/* Those of its functions' links that somebody uses. */
static int observe_used(struct host *host, struct arena *arena, struct sriov *sriov,
			const struct host_links *links, struct faults *faults)
{
	ARRAY(const char *) used = {};

	EACH(name, &sriov->function->functions) {
		const struct pci_function *function = pci_find(sriov->machine, *name);
		if (!function)
			continue;
		EACH(link, &function->links) {
			const struct host_link *have = link_named(links, *link);
			int is = have ? pci_link_is_used(host, arena, have, faults) : 0;
			if (is < 0)
				return -1;
			if (is)
				ARRAY_PUSH(arena, &used, *link);
		}
	}
	sriov->links = (struct text_list){ used.at, used.count };
	return 0;
}

static int observe_link(struct host *host, const struct host_link *link, struct arena *arena,
			struct sriov *sriov, struct faults *faults)
{
	struct host_vfs vfs = {};

	sriov->device = arena_strdup(arena, link->name);
	sriov->mac = link->permanent;
	SET(&sriov_record, sriov, up, link->up);
	int used = pci_link_is_used(host, arena, link, faults);
	if (used < 0)
		return -1;
	sriov->used = used;
	if (sriov->vfs && host_vfs(host, link->name, &vfs, faults) < 0)
		return -1;
	EACH(vf, &vfs.list)
		observe_vf(arena, sriov, vf);
	return 0;
}

static int observe_card(struct host *host, const struct pci_machine *machine,
			const struct pci_function *function, const struct host_links *links,
			struct items *running, struct faults *faults)
{
	const char *name = function->links.count ? function->links.at[0] : NULL;
	const struct host_link *link = name ? link_named(links, name) : NULL;
	struct item *item = items_add(running, &sriov_kind, name ? name : function->name);
	struct sriov *sriov = item->value;

	sriov->machine = machine;
	sriov->function = function;
	SET(&sriov_record, sriov, address, function->address);
	SET(&sriov_record, sriov, vfs, function->vfs);
	SET(&sriov_record, sriov, host_driver, function->autoprobe);
	record_give(&sriov_record, sriov, offsetof(struct sriov, vf), true);
	if (observe_used(host, running->arena, sriov, links, faults) < 0)
		return -1;
	return link ? observe_link(host, link, running->arena, sriov, faults) : 0;
}

int sriov_observe(struct host *host, struct items *configured, struct items *running,
		  struct faults *faults)
{
	struct pci_machine *machine = ARENA_NEW(running->arena, struct pci_machine);
	struct host_names files = {};
	struct host_links links = {};

	if (host_list(host, FOLDER, &files, faults) < 0)
		return -1;
	EACH(file, &files.list)
		if (string_starts(*file, PREFIX) && string_ends(*file, SUFFIX) &&
		    observe_file(host, *file, configured, faults) < 0)
			return -1;
	if (pci_look(host, running->arena, machine, faults) < 0 ||
	    host_links(host, &links, faults) < 0)
		return -1;
	EACH(function, &machine->functions)
		if (function->vfs_total &&
		    observe_card(host, machine, function, &links, running, faults) < 0)
			return -1;
	return 0;
}
