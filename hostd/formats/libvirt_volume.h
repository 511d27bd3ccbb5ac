/* libvirt_volume.h - a volume in a storage pool of libvirt's, of any type (storagevol.rng,
 * https://libvirt.org/formatstorage.html).
 *
 * Rows as guest_rows.h has them: a field of the language and its place in the XML.  What libvirt
 * only tells is never compared; what it takes only when it makes a volume is compared with what it
 * was told then. */
#pragma once

#include "formats/definition.h"
#include "formats/libvirt_pool.h"

#define LIBVIRT_VOLUME_TIMES_ROWS(ROW, R)                                \
	ROW(R, TEXT, atime, "atime", "when it was last read (<atime>)")  \
	ROW(R, TEXT, btime, "btime", "when it was made (<btime>)")       \
	ROW(R, TEXT, ctime, "ctime", "when its inode changed (<ctime>)") \
	ROW(R, TEXT, mtime, "mtime", "when it was last written (<mtime>)")
ROWS_STRUCT(libvirt_volume_times, LIBVIRT_VOLUME_TIMES_ROWS);

#define LIBVIRT_VOLUME_DEVICE_ROWS(ROW, R)                                                  \
	ROW(R, TEXT, path, "@path", "device of the host (path=)")                           \
	ROW(R, MANY, extents, "extent", "which part of it (<extent>)", libvirt_pool_extent, \
	    libvirt_pool_extents)
ROWS_STRUCT(libvirt_volume_device, LIBVIRT_VOLUME_DEVICE_ROWS);
extern const struct bind_members libvirt_volume_devices;

#define LIBVIRT_VOLUME_SOURCE_ROWS(ROW, R)                                                      \
	ROW(R, MANY, devices, "device", "devices it lies on (<device>)", libvirt_volume_device, \
	    libvirt_volume_devices)
ROWS_STRUCT(libvirt_volume_source, LIBVIRT_VOLUME_SOURCE_ROWS);

#define LIBVIRT_VOLUME_FEATURES_ROWS(ROW, R)                                           \
	ROW(R, PRESENT, lazy_refcounts, "lazy_refcounts",                              \
	    "whether reference counts may be behind after a crash (<lazy_refcounts>)") \
	ROW(R, PRESENT, extended_l2, "extended_l2",                                    \
	    "whether clusters are allocated in 32 parts (<extended_l2>)")
ROWS_STRUCT(libvirt_volume_features, LIBVIRT_VOLUME_FEATURES_ROWS);

struct libvirt_volume_target {
	struct given given;
	const char *path, *format, *compat;
	struct libvirt_pool_permissions permissions;
	struct libvirt_volume_times timestamps;
	struct guest_encryption encryption;
	bool nocow;
	struct bytes cluster_size;
	struct libvirt_volume_features features;
};
extern const struct record libvirt_volume_target_record;

struct libvirt_volume_backing {
	struct given given;
	const char *path, *format;
	struct libvirt_pool_permissions permissions;
	struct libvirt_volume_times timestamps;
};
extern const struct record libvirt_volume_backing_record;

struct libvirt_volume {
	struct given given;
	const char *pool, *name;
	struct bytes capacity;
	struct libvirt_volume_target target;
	struct libvirt_volume_backing backing;
	const char *type, *key;
	struct bytes allocation, physical;
	struct libvirt_volume_source source;
	const char *libvirt_xml;
};
extern const struct record libvirt_volume_record;
extern const struct definition libvirt_volume_definition;
