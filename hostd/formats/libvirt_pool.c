#define ROWS_CLASS CLASS_SERVICE_RESTART
#include "formats/libvirt_pool.h"

ROWS_TABLE(libvirt_pool_extent, LIBVIRT_POOL_EXTENT_ROWS);
const struct bind_members libvirt_pool_extents = { .table = &libvirt_pool_extent_table,
						   .word = "extent" };

ROWS_TABLE(libvirt_pool_device, LIBVIRT_POOL_DEVICE_ROWS);
const struct bind_members libvirt_pool_devices = { .table = &libvirt_pool_device_table,
						   .word = "device" };

ROWS_TABLE(libvirt_pool_adapter, LIBVIRT_POOL_ADAPTER_ROWS);
ROWS_TABLE(libvirt_pool_auth, LIBVIRT_POOL_AUTH_ROWS);
ROWS_TABLE(libvirt_pool_source, LIBVIRT_POOL_SOURCE_ROWS);
ROWS_TABLE(libvirt_pool_permissions, LIBVIRT_POOL_PERMISSIONS_ROWS);
ROWS_TABLE(libvirt_pool_target, LIBVIRT_POOL_TARGET_ROWS);
LIBVIRT_OBJECT_TABLE(libvirt_pool, LIBVIRT_POOL_ROWS, "pool");
