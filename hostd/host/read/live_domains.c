/* live_domains.c - libvirt's domains, networks, pools and capabilities. */
#include <stdlib.h>
#include <string.h>

#include "formats/device.h"
#include "formats/domain.h"
#include "host/read/live_domains.h"

static const char *const state_names[] = {
	[VIR_DOMAIN_NOSTATE] = "nostate",   [VIR_DOMAIN_RUNNING] = "running",
	[VIR_DOMAIN_BLOCKED] = "running",   [VIR_DOMAIN_PAUSED] = "paused",
	[VIR_DOMAIN_SHUTDOWN] = "shutdown", [VIR_DOMAIN_SHUTOFF] = "shutoff",
	[VIR_DOMAIN_CRASHED] = "crashed",   [VIR_DOMAIN_PMSUSPENDED] = "pmsuspended",
};

/* 1; 0 where the object went away meanwhile; -1. */
static int kept(struct arena *arena, char *xml, const char **ret, const char *what,
		const char *name, struct faults *faults)
{
	if (!xml)
		return virt_gone() ? 0 : virt_fault(faults, "cannot read %s \"%s\"", what, name);
	*ret = arena_strdup(arena, xml);
	free(xml);
	return 1;
}

/* Asked for only where a guest has one. */
static const struct known_secrets *secrets_of(struct live *live, const char *xml)
{
	struct arena *arena = live->host.arena;

	if (!live->known.secrets && strstr(xml, "passwd=")) {
		struct known_secrets *secrets = ARENA_NEW(arena, struct known_secrets);
		secrets_look(arena, live->root, secrets);
		live->known.secrets = secrets;
	}
	return live->known.secrets;
}

/* Without the passwords, but so that one can tell where they are: left out, a definition that is
 * written from this one would take them away. */
static int definition_read(struct live *live, const char *name, char *definition, const char **ret,
			   const char **ret_clear, struct faults *faults)
{
	struct arena *arena = live->host.arena;
	const char *xml = NULL;
	int there = kept(arena, definition, &xml, "domain", name, faults);

	if (there != 1)
		return there;
	*ret = domain_hide(arena, xml, secrets_of(live, xml), faults);
	*ret_clear = *ret == xml ? NULL : xml;
	return *ret ? 1 : -1;
}

/* What is configured, what runs, and what would run again: 1; 0 where it went away meanwhile. */
static int definitions_read(struct live *live, virDomainPtr domain, struct host_domain *ret,
			    struct faults *faults)
{
	const unsigned secure = VIR_DOMAIN_XML_SECURE;
	int persistent = virDomainIsPersistent(domain), active = virDomainIsActive(domain);
	int there = 1;

	if (persistent < 0 || active < 0)
		return virt_gone() ? 0
				   : virt_fault(faults, "cannot look at domain \"%s\"", ret->name);
	if (persistent)
		there = definition_read(
			live, ret->name,
			virDomainGetXMLDesc(domain, secure | VIR_DOMAIN_XML_INACTIVE),
			&ret->inactive_xml, &ret->inactive_clear, faults);
	if (there == 1 && active)
		there = definition_read(live, ret->name, virDomainGetXMLDesc(domain, secure),
					&ret->live_xml, &ret->live_clear, faults);
	/* An image that cannot be read is libvirt's to tell of, when the guest is started. */
	char *saved = ret->saved ? virDomainManagedSaveGetXMLDesc(domain,
								  VIR_DOMAIN_SAVE_IMAGE_XML_SECURE)
				 : NULL;
	if (saved && there == 1)
		there = definition_read(live, ret->name, saved, &ret->saved_xml, &ret->saved_clear,
					faults);
	else
		free(saved);
	return there;
}

/* The driver of a balloon fills the statistics of its guest in once by itself, when it comes up
 * (virtio 1.2, 5.5.6.4), and QEMU says when that was: no need to have it asked regularly.  Only of
 * a guest for which it matters: the question waits where QEMU is busy. */
static bool balloon_is_filled(struct arena *arena, virDomainPtr domain, const char *inactive)
{
	virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
	virDomainInfo info = {};

	if (!inactive || virDomainGetInfo(domain, &info) < 0 || info.memory != info.maxMem ||
	    string_equal(device_text(arena, inactive, "currentMemory"),
			 device_text(arena, inactive, "memory")))
		return false;
	int count = virDomainMemoryStats(domain, stats, VIR_DOMAIN_MEMORY_STAT_NR, 0);
	for (int i = 0; i < count; i++)
		if (stats[i].tag == VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE)
			return stats[i].val > 0;
	return false;
}

/* A domain that ends between two questions is asked about as it then is. */
static int domain_look(struct live *live, virDomainPtr domain, struct host_domain *ret,
		       struct faults *faults)
{
	struct arena *arena = live->host.arena;
	const char *name = arena_strdup(arena, virDomainGetName(domain));
	char uuid[VIR_UUID_STRING_BUFLEN] = "";
	int state = VIR_DOMAIN_NOSTATE, autostart = 0, persistent = 0;

	if (virDomainGetUUIDString(domain, uuid) < 0 ||
	    virDomainGetState(domain, &state, NULL, 0) < 0 ||
	    (persistent = virDomainIsPersistent(domain)) < 0 ||
	    (persistent && virDomainGetAutostart(domain, &autostart) < 0))
		return virt_gone() ? 0 : virt_fault(faults, "cannot look at domain \"%s\"", name);
	*ret = (struct host_domain){
		.name = name,
		.uuid = arena_strdup(arena, uuid),
		.state = state_names[(size_t)state < COUNT_OF(state_names) ? state : 0],
		.autostart = autostart,
	};
	if (live_kept(live, domain, ret, faults) < 0)
		return -1;
	int there = definitions_read(live, domain, ret, faults);
	ret->balloon_filled = ret->live_xml && balloon_is_filled(arena, domain, ret->inactive_xml);
	return there;
}

/* What domains, networks and pools have in common. */
struct listing {
	const char *what;
	size_t size; /* of the list's struct */
	int (*all)(virConnectPtr connection, void ***ret);
	int (*add)(struct live *live, void *list, void *object, struct faults *faults);
	int (*free)(void *object);
};

static int list_once(struct live *live, const struct listing *listing, void *list,
		     struct faults *faults)
{
	virConnectPtr connection = virt_connect(&live->virt, faults);
	void **objects = NULL;
	int result = 0;

	if (!connection)
		return -1;
	int count = listing->all(connection, &objects);
	if (count < 0)
		return virt_fault(faults, "cannot list libvirt's %s", listing->what);
	for (int i = 0; i < count; i++) {
		if (result == 0)
			result = listing->add(live, list, objects[i], faults);
		listing->free(objects[i]);
	}
	free(objects);
	return result;
}

/* A libvirtd that is started anew while it answers (a run at hand does so) ends the connection in
 * the middle: it is asked once more. */
static int list_all(struct live *live, const struct listing *listing, void *list,
		    struct faults *faults)
{
	struct faults first;

	faults_init(&first, live->host.arena);
	first.within = faults->within;
	if (list_once(live, listing, list, &first) == 0)
		return 0;
	if (live->virt.connection && virConnectIsAlive(live->virt.connection) != 1) {
		memset(list, 0, listing->size);
		return list_once(live, listing, list, faults);
	}
	faults_move(faults, &first);
	return -1;
}

static int all_domains(virConnectPtr connection, void ***ret)
{
	return virConnectListAllDomains(connection, (virDomainPtr **)ret, 0);
}

static int all_networks(virConnectPtr connection, void ***ret)
{
	return virConnectListAllNetworks(connection, (virNetworkPtr **)ret, 0);
}

static int all_pools(virConnectPtr connection, void ***ret)
{
	return virConnectListAllStoragePools(connection, (virStoragePoolPtr **)ret, 0);
}

static int free_domain(void *object)
{
	return virDomainFree(object);
}

static int free_network(void *object)
{
	return virNetworkFree(object);
}

static int free_pool(void *object)
{
	return virStoragePoolFree(object);
}

static int add_domain(struct live *live, void *list, void *object, struct faults *faults)
{
	struct arena *arena = live->host.arena;
	struct host_domains *domains = list;
	struct host_domain domain = {};
	int there = domain_look(live, object, &domain, faults);

	if (there == 1)
		ARRAY_PUSH(arena, &domains->list, domain);
	return there < 0 ? -1 : 0;
}

static const struct listing domain_listing = { "domains", sizeof(struct host_domains), all_domains,
					       add_domain, free_domain };

int live_domains(struct host *host, struct host_domains *ret, struct faults *faults)
{
	struct live *live = live_of(host);

	if (!live->known.domains) {
		struct host_domains *domains = ARENA_NEW(host->arena, struct host_domains);
		if (list_all(live, &domain_listing, domains, faults) < 0)
			return -1;
		live->known.domains = domains;
	}
	*ret = *live->known.domains;
	return 1;
}

static int add_network(struct live *live, void *list, void *object, struct faults *faults)
{
	struct arena *arena = live->host.arena;
	struct host_virt_objects *networks = list;
	struct host_virt_object network = { .name = arena_strdup(arena,
								 virNetworkGetName(object)) };
	char uuid[VIR_UUID_STRING_BUFLEN] = "";
	int autostart = 0, active = 0, persistent = 0;

	if (virNetworkGetUUIDString(object, uuid) < 0 ||
	    (active = virNetworkIsActive(object)) < 0 ||
	    (persistent = virNetworkIsPersistent(object)) < 0 ||
	    (persistent && virNetworkGetAutostart(object, &autostart) < 0))
		return virt_gone()
			       ? 0
			       : virt_fault(faults, "cannot look at network \"%s\"", network.name);
	char *xml = persistent ? virt_network_definition(object) : virNetworkGetXMLDesc(object, 0);
	int there = kept(arena, xml, &network.xml, "network", network.name, faults);
	network.uuid = arena_strdup(arena, uuid);
	network.active = active;
	network.persistent = persistent;
	network.autostart = autostart;
	if (there == 1)
		ARRAY_PUSH(arena, &networks->list, network);
	return there < 0 ? -1 : 0;
}

static const struct listing network_listing = { "networks", sizeof(struct host_virt_objects),
						all_networks, add_network, free_network };

int live_networks(struct host *host, struct host_virt_objects *ret, struct faults *faults)
{
	struct live *live = live_of(host);

	if (!live->known.networks) {
		struct host_virt_objects *networks =
			ARENA_NEW(host->arena, struct host_virt_objects);
		if (list_all(live, &network_listing, networks, faults) < 0)
			return -1;
		live->known.networks = networks;
	}
	*ret = *live->known.networks;
	return 1;
}

static int add_pool(struct live *live, void *list, void *object, struct faults *faults)
{
	struct arena *arena = live->host.arena;
	struct host_virt_objects *pools = list;
	struct host_virt_object pool = { .name = arena_strdup(arena,
							      virStoragePoolGetName(object)) };
	char uuid[VIR_UUID_STRING_BUFLEN] = "";
	int autostart = 0, active = 0, persistent = 0;

	if (virStoragePoolGetUUIDString(object, uuid) < 0 ||
	    (active = virStoragePoolIsActive(object)) < 0 ||
	    (persistent = virStoragePoolIsPersistent(object)) < 0 ||
	    (persistent && virStoragePoolGetAutostart(object, &autostart) < 0))
		return virt_gone() ? 0
				   : virt_fault(faults, "cannot look at pool \"%s\"", pool.name);
	char *xml = persistent ? virt_pool_definition(object) : virStoragePoolGetXMLDesc(object, 0);
	int there = kept(arena, xml, &pool.xml, "pool", pool.name, faults);
	pool.uuid = arena_strdup(arena, uuid);
	pool.active = active;
	pool.persistent = persistent;
	pool.autostart = autostart;
	if (there == 1)
		ARRAY_PUSH(arena, &pools->list, pool);
	return there < 0 ? -1 : 0;
}

static const struct listing pool_listing = { "pools", sizeof(struct host_virt_objects), all_pools,
					     add_pool, free_pool };

int live_pools(struct host *host, struct host_virt_objects *ret, struct faults *faults)
{
	struct live *live = live_of(host);

	if (!live->known.pools) {
		struct host_virt_objects *pools = ARENA_NEW(host->arena, struct host_virt_objects);
		if (list_all(live, &pool_listing, pools, faults) < 0)
			return -1;
		live->known.pools = pools;
	}
	*ret = *live->known.pools;
	return 1;
}

int live_capabilities(struct host *host, const char **ret_xml, struct faults *faults)
{
	struct live *live = live_of(host);

	if (!live->known.capabilities) {
		virConnectPtr connection = virt_connect(&live->virt, faults);
		if (!connection)
			return -1;
		VIRT_STRING char *xml = virConnectGetCapabilities(connection);
		if (!xml)
			return virt_fault(faults, "cannot read libvirt's capabilities");
		live->known.capabilities = arena_strdup(host->arena, xml);
	}
	*ret_xml = live->known.capabilities;
	return 1;
}
