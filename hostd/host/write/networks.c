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

static const struct virt_class networks = OBJECT_CLASS(network);

OBJECT_ACTS(network, &networks)
