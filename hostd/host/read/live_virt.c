#include "host/read/live_virt.h"

#include <stdlib.h>
#include <string.h>

/* libvirt's own habit is to print every error. */
static void say_nothing(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

/* libvirtd closes a connection that answers no keepalive for half a minute, as one does that lies
 * idle while the other connection works; only asking tells. */
static bool answers(virConnectPtr connection)
{
	unsigned long version = 0;

	return connection && virConnectIsAlive(connection) == 1 &&
	       virConnectGetLibVersion(connection, &version) == 0;
}

virConnectPtr virt_connect(struct virt *virt, struct faults *faults)
{
	if (answers(virt->connection))
		return virt->connection;
	virt_close(virt);
	virSetErrorFunc(NULL, say_nothing);
	virt->connection = virConnectOpen(virt->uri);
	if (!virt->connection)
		virt_fault(faults, "cannot reach libvirt at %s", virt->uri);
	return virt->connection;
}

int virt_fault(struct faults *faults, const char *format, ...)
{
	virErrorPtr error = virGetLastError();
	va_list arguments;

	va_start(arguments, format);
	const char *message = arena_vprintf(faults->arena, format, arguments);
	va_end(arguments);
	return fault(faults, FAULT_HOST, "%s: %s", message,
		     error && error->message ? error->message : "libvirt does not say why");
}

bool virt_gone(void)
{
	int code = virGetLastErrorCode();

	return code == VIR_ERR_NO_DOMAIN || code == VIR_ERR_NO_NETWORK ||
	       code == VIR_ERR_NO_STORAGE_POOL;
}

/* Drivers that do not keep two definitions refuse to be asked for one of them. */
char *virt_network_definition(virNetworkPtr network)
{
	char *xml = virNetworkGetXMLDesc(network, VIR_NETWORK_XML_INACTIVE);

	return xml || virGetLastErrorCode() != VIR_ERR_INVALID_ARG
		       ? xml
		       : virNetworkGetXMLDesc(network, 0);
}

char *virt_pool_definition(virStoragePoolPtr pool)
{
	char *xml = virStoragePoolGetXMLDesc(pool, VIR_STORAGE_XML_INACTIVE);

	return xml || virGetLastErrorCode() != VIR_ERR_INVALID_ARG
		       ? xml
		       : virStoragePoolGetXMLDesc(pool, 0);
}

void virt_close(struct virt *virt)
{
	if (virt->connection)
		virConnectClose(virt->connection);
	virt->connection = NULL;
}

void virt_domain_cleanup(virDomainPtr *domain)
{
	if (*domain)
		virDomainFree(*domain);
}

void virt_network_cleanup(virNetworkPtr *network)
{
	if (*network)
		virNetworkFree(*network);
}

void virt_pool_cleanup(virStoragePoolPtr *pool)
{
	if (*pool)
		virStoragePoolFree(*pool);
}

void virt_string_cleanup(char **string)
{
	free(*string);
}
