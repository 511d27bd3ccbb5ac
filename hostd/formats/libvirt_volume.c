#define ROWS_CLASS CLASS_DESTROYS_DATA
#include "formats/libvirt_volume.h"

#include "formats/veil.h"

ROWS_TABLE(libvirt_volume_times, LIBVIRT_VOLUME_TIMES_ROWS);
ROWS_TABLE(libvirt_volume_device, LIBVIRT_VOLUME_DEVICE_ROWS);
const struct bind_members libvirt_volume_devices = { .table = &libvirt_volume_device_table,
						     .word = "device" };

ROWS_TABLE(libvirt_volume_source, LIBVIRT_VOLUME_SOURCE_ROWS);
ROWS_TABLE(libvirt_volume_features, LIBVIRT_VOLUME_FEATURES_ROWS);

/* What libvirt only tells, and what it takes only when it makes a volume. */
#define TOLD .flags = FIELD_PLAIN
#define MADE .flags = FIELD_BLIND

/* libvirt makes an "iso" as an empty raw file, and calls it what its content looks like. */
static bool format_equal(const void *want, const void *have)
{
	const char *asked = *(const char *const *)want, *is = *(const char *const *)have;

	return string_equal(asked, is) || (string_equal(asked, "iso") && string_equal(is, "raw"));
}

static const struct field target_fields[] = {
	FIELD("format", struct libvirt_volume_target, format, CLASS_DESTROYS_DATA,
	      "qcow2, raw, ... (<format type=>); not said: as the pool makes it",
	      .equal = format_equal, .example = "qcow2"),
	FIELD("compat", struct libvirt_volume_target, compat, CLASS_DESTROYS_DATA,
	      "oldest QEMU that reads a qcow2: 0.10 or 1.1 (<compat>)", .example = "1.1"),
	FIELD("cluster_size", struct libvirt_volume_target, cluster_size, CLASS_DESTROYS_DATA,
	      "unit in which a qcow2 grows (<clusterSize>)", .example = "64KiB"),
	FIELD_RECORD("features", struct libvirt_volume_target, features,
		     &libvirt_volume_features_record, CLASS_DESTROYS_DATA,
		     "what the qcow2 has (<features>)"),
	FIELD("nocow", struct libvirt_volume_target, nocow, CLASS_DESTROYS_DATA,
	      "whether btrfs is told not to copy it on write (<nocow>); only said when it is made",
	      MADE),
	FIELD_RECORD(
		"encryption", struct libvirt_volume_target, encryption, &guest_encryption_record,
		CLASS_DESTROYS_DATA,
		"luks, and libvirt's secret with the passphrase (<encryption>); only said when "
		"it is made",
		MADE),
	FIELD_RECORD("permissions", struct libvirt_volume_target, permissions,
		     &libvirt_pool_permissions_record, CLASS_DESTROYS_DATA,
		     "whose file it is (<permissions>); only said when it is made", MADE),
	FIELD("path", struct libvirt_volume_target, path, CLASS_NONE,
	      "where the host sees it, told by libvirt (<path>)", TOLD),
	FIELD_RECORD("timestamps", struct libvirt_volume_target, timestamps,
		     &libvirt_volume_times_record, CLASS_NONE, "told by libvirt (<timestamps>)",
		     TOLD),
};
const struct record libvirt_volume_target_record =
	RECORD(struct libvirt_volume_target, target_fields);
static const struct bind target_binds[] = {
	{ "path", "path", BIND_TEXT },
	{ "format", "format@type", BIND_TEXT },
	{ "permissions", "permissions", BIND_RECORD, .table = &libvirt_pool_permissions_table },
	{ "timestamps", "timestamps", BIND_RECORD, .table = &libvirt_volume_times_table },
	{ "encryption", "encryption", BIND_RECORD, .table = &guest_encryption_table },
	{ "compat", "compat", BIND_TEXT },
	{ "nocow", "nocow", BIND_PRESENT },
	{ "cluster_size", "clusterSize", BIND_BYTES },
	{ "features", "features", BIND_RECORD, .table = &libvirt_volume_features_table },
};
static const struct bind_table target_table =
	BIND_TABLE(libvirt_volume_target_record, target_binds);

static const struct field backing_fields[] = {
	FIELD("path", struct libvirt_volume_backing, path, CLASS_DESTROYS_DATA,
	      "file or device it stands on (<path>)", .example = "/srv/files/base.qcow2"),
	FIELD("format", struct libvirt_volume_backing, format, CLASS_DESTROYS_DATA,
	      "format of that (<format type=>)", .example = "qcow2"),
	FIELD_RECORD("permissions", struct libvirt_volume_backing, permissions,
		     &libvirt_pool_permissions_record, CLASS_NONE,
		     "whose file that is, told by libvirt (<permissions>)", TOLD),
	FIELD_RECORD("timestamps", struct libvirt_volume_backing, timestamps,
		     &libvirt_volume_times_record, CLASS_NONE, "told by libvirt (<timestamps>)",
		     TOLD),
};
const struct record libvirt_volume_backing_record =
	RECORD(struct libvirt_volume_backing, backing_fields);
static const struct bind backing_binds[] = {
	{ "path", "path", BIND_TEXT },
	{ "format", "format@type", BIND_TEXT },
	{ "permissions", "permissions", BIND_RECORD, .table = &libvirt_pool_permissions_table },
	{ "timestamps", "timestamps", BIND_RECORD, .table = &libvirt_volume_times_table },
};
static const struct bind_table backing_table =
	BIND_TABLE(libvirt_volume_backing_record, backing_binds);

static const struct field fields[] = {
	FIELD("pool", struct libvirt_volume, pool, CLASS_DESTROYS_DATA,
	      "libvirt's pool that it is in, by libvirt's name of it", .flags = FIELD_PLAIN,
	      .fallback = "default", .example = "files"),
	FIELD("name", struct libvirt_volume, name, CLASS_DESTROYS_DATA,
	      "libvirt's name of it, where that is not the key (<name>)", .flags = FIELD_PLAIN,
	      .example = "data.qcow2"),
	FIELD("capacity", struct libvirt_volume, capacity, CLASS_LIVE,
	      "how large it is to whoever uses it (<capacity>); growing is live, shrinking "
	      "destroys data",
	      .example = "40GiB"),
	FIELD_RECORD("target", struct libvirt_volume, target, &libvirt_volume_target_record,
		     CLASS_DESTROYS_DATA, "how it is kept (<target>)"),
	FIELD_RECORD("backing", struct libvirt_volume, backing, &libvirt_volume_backing_record,
		     CLASS_DESTROYS_DATA, "what it stands on (<backingStore>)"),
	FIELD("allocation", struct libvirt_volume, allocation, CLASS_DESTROYS_DATA,
	      "room that is taken for it at once (<allocation>); only said when it is made", MADE,
	      .example = "0B"),
	FIELD("physical", struct libvirt_volume, physical, CLASS_NONE,
	      "how large its file is, told by libvirt (<physical>)", TOLD),
	FIELD("type", struct libvirt_volume, type, CLASS_NONE,
	      "file, block, dir, network or netdir, told by libvirt (type=)", TOLD),
	FIELD("key", struct libvirt_volume, key, CLASS_NONE,
	      "what tells it from all others, told by libvirt (<key>)", TOLD),
	FIELD_RECORD("source", struct libvirt_volume, source, &libvirt_volume_source_record,
		     CLASS_NONE, "where it lies, told by libvirt (<source>)", TOLD),
	FIELD_TEXT(
		"libvirt_xml", struct libvirt_volume, libvirt_xml, &type_block, CLASS_DESTROYS_DATA,
		"what this language cannot say, merged into what libvirt is told when it is made",
		MADE, .equal = veil_block_equal, .veil = veil),
};
const struct record libvirt_volume_record = RECORD(struct libvirt_volume, fields);
static const struct bind binds[] = {
	{ "type", "@type", BIND_TEXT },
	{ "name", "name", BIND_TEXT },
	{ "key", "key", BIND_TEXT },
	{ "source", "source", BIND_RECORD, .table = &libvirt_volume_source_table },
	{ "capacity", "capacity", BIND_BYTES },
	{ "allocation", "allocation", BIND_BYTES },
	{ "physical", "physical", BIND_BYTES },
	{ "target", "target", BIND_RECORD, .table = &target_table },
	{ "backing", "backingStore", BIND_RECORD, .table = &backing_table },
};
static const struct bind_table table = BIND_TABLE(libvirt_volume_record, binds);
const struct definition libvirt_volume_definition = { "volume", &table };
