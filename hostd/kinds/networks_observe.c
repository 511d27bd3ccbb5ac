/* networks_observe.c - guest networks as they are configured and as they run. */
#include <string.h>

#include "formats/network.h"
#include "host/read/host.h"
#include "kinds/networks.h"

static int file_text(struct host *host, const char *folder, const char *handle, const char *file,
		     const char **ret_text, struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	int there = host_read(host, arena_printf(host->arena, "%s/%s/%s", folder, handle, file),
			      &text, &size, faults);

	*ret_text = there == 1 ? text : NULL;
	return there;
}

static int read_files(struct host *host, const char *folder, const struct item *item,
		      struct faults *faults)
{
	const char *conf = NULL, *hosts = NULL, *records = NULL;

	if (file_text(host, folder, item->name, "dnsmasq.conf", &conf, faults) < 0 ||
	    file_text(host, folder, item->name, "hosts", &hosts, faults) < 0 ||
	    file_text(host, folder, item->name, "records", &records, faults) < 0)
		return -1;
	network_read(host->arena, item->name, conf, hosts, records, item->value);
	return 0;
}

/* What runs: the copy that the unit's dnsmasq was told; where it does not run, what it would
 * be told. */
static int observe_served(struct host *host, const char *handle, struct items *configured,
			  struct items *running, struct faults *faults)
{
	struct host_unit unit = {};
	struct item *file = items_add(configured, &networks_kind, handle);
	struct item *told = items_add(running, &networks_kind, handle);

	if (host_unit(host, network_unit(host->arena, handle), &unit, faults) < 0)
		return -1;
	bool active = host_unit_runs(&unit);
	if (read_files(host, NETWORKS_FOLDER, file, faults) < 0 ||
	    read_files(host, active ? RUNNING_FOLDER : NETWORKS_FOLDER, told, faults) < 0)
		return -1;
	file->ours = told->ours = true;
	struct network *said = file->value, *runs = told->value;
	SET(&network_record, said, served, string_equal(unit.enabled, "enabled"));
	SET(&network_record, runs, served, active);
	SET(&network_record, said, defined, false);
	SET(&network_record, runs, defined, false);
	return 0;
}

static struct item *item_of(struct items *items, const char *name)
{
	struct item *item = items_find(items, &networks_kind, name);

	return item ? item : items_add(items, &networks_kind, name);
}

/* What libvirt says of a network; `state`: whether it starts it, or has started it. */
static void read_virt(struct item *item, const struct host_virt_object *object,
		      const struct virt_network *virt, bool state)
{
	struct network *network = item->value;
	const char *bridge = virt->device ? virt->device : virt->bridge;

	item->ours |= virt->mark != NULL;
	network->uuid = object->uuid;
	network->active = object->active;
	network->autostart = object->autostart;
	SET(&network_record, network, defined, state && virt->mark);
	if (!GIVEN(&network_record, network, mode) && strcmp(virt->forward, "bridge") == 0)
		SET(&network_record, network, mode, virt->device ? "macvtap" : "bridge");
	if (bridge)
		SET(&network_record, network, bridge, bridge);
	if (!GIVEN(&network_record, network, other))
		SET(&network_record, network, other, (struct text_list){});
}

static int observe_virt(struct host *host, const struct host_virt_object *object,
			struct items *configured, struct items *running, struct faults *faults)
{
	struct virt_network virt = {};

	WITHIN(faults, "libvirt network \"%s\"", object->name);
	if (virt_network_read(host->arena, object->xml, &virt, faults) < 0)
		return -1;
	if (object->persistent)
		read_virt(item_of(configured, object->name), object, &virt, object->autostart);
	read_virt(item_of(running, object->name), object, &virt, object->active);
	return 0;
}

int networks_observe(struct host *host, struct items *configured, struct items *running,
		     struct faults *faults)
{
	struct host_names folders = {};
	struct host_virt_objects objects = {};

	if (host_list(host, NETWORKS_FOLDER, &folders, faults) < 0 ||
	    host_networks(host, &objects, faults) < 0)
		return -1;
	EACH(folder, &folders.list)
		if (observe_served(host, *folder, configured, running, faults) < 0)
			return -1;
	EACH(object, &objects.list)
		if (observe_virt(host, object, configured, running, faults) < 0)
			return -1;
	return 0;
}
