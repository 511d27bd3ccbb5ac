/* networks.c - libvirt's networks. */
#include "host/write/virt_object.h"

static void *find(virConnectPtr connection, const char *name)
{
	return virNetworkLookupByName(connection, name);
}

static void *define(virConnectPtr connection, const char *xml)
{
	return virNetworkDefineXML(connection, xml);
}

static char *definition(void *network)
{
	return virt_network_definition(network);
}

static int autostart(void *network, int *ret_on)
{
	return virNetworkGetAutostart(network, ret_on);
}

static int set_autostart(void *network, int on)
{
	return virNetworkSetAutostart(network, on);
}

OBJECT_CALL(release, virNetworkFree)
OBJECT_CALL(persistent, virNetworkIsPersistent)
OBJECT_CALL(active, virNetworkIsActive)
OBJECT_CALL(start, virNetworkCreate)
OBJECT_CALL(stop, virNetworkDestroy)
OBJECT_CALL(undefine, virNetworkUndefine)

static const struct virt_class networks = {
	.what = "network",
	.find = find,
	.release = release,
	.persistent = persistent,
	.autostart = autostart,
	.set_autostart = set_autostart,
	.autostarts = VERB_network_autostart,
	.active = active,
	.start = start,
	.stop = stop,
	.undefine = undefine,
	.definition = definition,
	.define = define,
	.defines = VERB_network_define,
	.undefines = VERB_network_undefine,
	.starts = VERB_network_start,
	.stops = VERB_network_stop,
};

OBJECT_ACT(network, &networks, define)
OBJECT_ACT(network, &networks, undefine)
OBJECT_ACT(network, &networks, start)
OBJECT_ACT(network, &networks, stop)
OBJECT_ACT(network, &networks, autostart)

int network_restart_perform(struct write *write, const struct step *step, struct outcome *ret,
			    struct faults *faults)
{
	return object_restart_perform(&networks, write, step, ret, faults);
}
