/* live_volumes.c - what is in libvirt's storage pools. */
#include <stdlib.h>
#include <string.h>

#include "host/read/live.h"

/* 1; 0 where the pool is not there or not active; -1. */
static int pool_find(struct live *live, const char *name, virStoragePoolPtr *ret,
		     struct faults *faults)
{
	virConnectPtr connection = virt_connect(&live->virt, faults);

	if (!connection)
		return -1;
	*ret = virStoragePoolLookupByName(connection, name);
	int active = *ret ? virStoragePoolIsActive(*ret) : -1;
	if (active < 0)
		return virt_gone() ? 0 : virt_fault(faults, "cannot look at pool \"%s\"", name);
	return active;
}

/* One that is deleted between two questions is left out. */
static int volume_add(struct arena *arena, virStorageVolPtr volume, struct host_volumes *volumes,
		      struct faults *faults)
{
	struct host_volume one = { .name = arena_strdup(arena, virStorageVolGetName(volume)) };
	VIRT_STRING char *xml = virStorageVolGetXMLDesc(volume, 0);

	if (!xml)
		return virt_gone() ? 0 : virt_fault(faults, "cannot read volume \"%s\"", one.name);
	one.xml = arena_strdup(arena, xml);
	ARRAY_PUSH(arena, &volumes->list, one);
	return 0;
}

int live_volumes(struct host *host, const char *name, struct host_volumes *ret,
		 struct faults *faults)
{
	VIRT_POOL virStoragePoolPtr pool = NULL;
	struct host_volumes volumes = {};
	virStorageVolPtr *list = NULL;
	int there = pool_find(live_of(host), name, &pool, faults), result = 0;

	if (there != 1)
		return there;
	int count = virStoragePoolListAllVolumes(pool, &list, 0);
	if (count < 0)
		return virt_gone() ? 0 : virt_fault(faults, "cannot list pool \"%s\"", name);
	for (int i = 0; i < count; i++) {
		if (result == 0)
			result = volume_add(host->arena, list[i], &volumes, faults);
		virStorageVolFree(list[i]);
	}
	free(list);
	*ret = volumes;
	return result < 0 ? -1 : 1;
}
