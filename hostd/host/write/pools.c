/* pools.c - libvirt's storage pools. */
#include "host/write/virt_object.h"

static void *find(virConnectPtr connection, const char *name)
{
	return virStoragePoolLookupByName(connection, name);
}

static void *define(virConnectPtr connection, const char *xml)
{
	return virStoragePoolDefineXML(connection, xml, 0);
}

static char *definition(void *pool)
{
	return virt_pool_definition(pool);
}

static int autostart(void *pool, int *ret_on)
{
	return virStoragePoolGetAutostart(pool, ret_on);
}

static int set_autostart(void *pool, int on)
{
	return virStoragePoolSetAutostart(pool, on);
}

static int start(void *pool)
{
	return virStoragePoolCreate(pool, 0);
}

OBJECT_CALL(release, virStoragePoolFree)
OBJECT_CALL(persistent, virStoragePoolIsPersistent)
OBJECT_CALL(active, virStoragePoolIsActive)
OBJECT_CALL(stop, virStoragePoolDestroy)
OBJECT_CALL(undefine, virStoragePoolUndefine)

static const struct virt_class pools = OBJECT_CLASS(pool);

OBJECT_ACTS(pool, &pools)

int pool_refresh_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	VIRT_OBJECT struct virt_object pool = { .class = &pools };

	if (object_need(write, step->argument[0], &pool, faults) < 0)
		return -1;
	if (virStoragePoolRefresh(pool.at, 0) < 0)
		return virt_fault(faults, "cannot refresh pool \"%s\"", step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}
