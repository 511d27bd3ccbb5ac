/* libvirt_pool.h - a storage pool of libvirt, of any type.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in the XML. */
#pragma once

#include "formats/guest_parts.h"
#include "formats/guest_storage.h"
#include "formats/libvirt_object.h"

#define LIBVIRT_POOL_EXTENT_ROWS(ROW, R)                          \
	ROW(R, TEXT, start, "@start", "where it begins (start=)") \
	ROW(R, TEXT, end, "@end", "where it ends (end=)")
ROWS_STRUCT(libvirt_pool_extent, LIBVIRT_POOL_EXTENT_ROWS);

extern const struct bind_members libvirt_pool_extents;

#define LIBVIRT_POOL_DEVICE_ROWS(ROW, R)                                                 \
	ROW(R, TEXT, path, "@path", "device of the host, or target of a server (path=)") \
	ROW(R, YESNO, part_separator, "@part_separator",                                 \
	    "whether partitions are called DISKp1 (part_separator=)")                    \
	ROW(R, MANY, free_extents, "freeExtent", "what is free (<freeExtent>)",          \
	    libvirt_pool_extent, libvirt_pool_extents)
ROWS_STRUCT(libvirt_pool_device, LIBVIRT_POOL_DEVICE_ROWS);

extern const struct bind_members libvirt_pool_devices;

#define LIBVIRT_POOL_ADAPTER_ROWS(ROW, R)                                                         \
	ROW(R, TEXT, name, "@name", "adapter of the host, like scsi_host5 (name=)")               \
	ROW(R, TEXT, type, "@type", "scsi_host or fc_host (type=)")                               \
	ROW(R, TEXT, parent, "@parent", "adapter above it (parent=)")                             \
	ROW(R, YESNO, managed, "@managed", "whether libvirt makes it (managed=)")                 \
	ROW(R, TEXT, wwnn, "@wwnn", "name of its node (wwnn=)")                                   \
	ROW(R, TEXT, wwpn, "@wwpn", "name of its port (wwpn=)")                                   \
	ROW(R, TEXT, parent_wwnn, "@parent_wwnn", "the parent by its node's name (parent_wwnn=)") \
	ROW(R, TEXT, parent_wwpn, "@parent_wwpn", "the parent by its port's name (parent_wwpn=)") \
	ROW(R, TEXT, parent_fabric, "@parent_fabric_wwn",                                         \
	    "the parent by its fabric (parent_fabric_wwn=)")                                      \
	ROW(R, COUNT, parent_number, "parentaddr@unique_id",                                      \
	    "the parent by its number (<parentaddr unique_id=>)")                                 \
	ROW(R, PART, parent_address, "parentaddr/address",                                        \
	    "the parent by its PCI address (<address>)", guest_address)
ROWS_STRUCT(libvirt_pool_adapter, LIBVIRT_POOL_ADAPTER_ROWS);

#define LIBVIRT_POOL_AUTH_ROWS(ROW, R)                                                  \
	ROW(R, TEXT, type, "@type", "chap or ceph (type=)")                             \
	ROW(R, TEXT, user, "@username", "who logs in (username=)")                      \
	ROW(R, PART, secret, "secret", "libvirt's secret with the password (<secret>)", \
	    guest_secret_of)
ROWS_STRUCT(libvirt_pool_auth, LIBVIRT_POOL_AUTH_ROWS);

#define LIBVIRT_POOL_SOURCE_ROWS(ROW, R)                                                         \
	ROW(R, TEXT, name, "name", "volume group, pool or target there (<name>)")                \
	ROW(R, MANY, hosts, "host", "servers (<host>)", guest_storage_host, guest_storage_hosts) \
	ROW(R, MANY, devices, "device", "devices (<device>)", libvirt_pool_device,               \
	    libvirt_pool_devices)                                                                \
	ROW(R, TEXT, folder, "dir@path", "folder there (<dir path=>)")                           \
	ROW(R, PART, adapter, "adapter", "SCSI adapter (<adapter>)", libvirt_pool_adapter)       \
	ROW(R, TEXT, format, "format@type",                                                      \
	    "nfs, cifs, glusterfs, ext4, lvm2, gpt, ... (<format type=>)")                       \
	ROW(R, PART, auth, "auth", "who logs in (<auth>)", libvirt_pool_auth)                    \
	ROW(R, TEXT, initiator, "initiator/iqn@name", "iSCSI initiator (<iqn name=>)")           \
	ROW(R, TEXT, protocol, "protocol@ver", "version of NFS (<protocol ver=>)")               \
	ROW(R, TEXT, vendor, "vendor@name", "of the device (<vendor name=>)")                    \
	ROW(R, TEXT, product, "product@name", "of the device (<product name=>)")
ROWS_STRUCT(libvirt_pool_source, LIBVIRT_POOL_SOURCE_ROWS);

#define LIBVIRT_POOL_PERMISSIONS_ROWS(ROW, R)                         \
	ROW(R, TEXT, mode, "mode", "octal (<mode>)")                  \
	ROW(R, TEXT, owner, "owner", "number of the user (<owner>)")  \
	ROW(R, TEXT, group, "group", "number of the group (<group>)") \
	ROW(R, TEXT, label, "label", "security label (<label>)")
ROWS_STRUCT(libvirt_pool_permissions, LIBVIRT_POOL_PERMISSIONS_ROWS);

#define LIBVIRT_POOL_TARGET_ROWS(ROW, R)                                                       \
	ROW(R, TEXT, path, "path", "folder it is seen in (<path>)")                            \
	ROW(R, PART, permissions, "permissions", "of that folder (<permissions>)",             \
	    libvirt_pool_permissions)                                                          \
	ROW(R, PART, encryption, "encryption", "how its volumes are encrypted (<encryption>)", \
	    guest_encryption)
ROWS_STRUCT(libvirt_pool_target, LIBVIRT_POOL_TARGET_ROWS);

#define LIBVIRT_POOL_ROWS(ROW, R)                                                                  \
	ROW(R, TEXT, type, "@type",                                                                \
	    "dir, fs, netfs, logical, disk, iscsi, iscsi-direct, scsi, mpath, "                    \
	    "rbd, sheepdog, gluster, zfs, vstorage (type=)")                                       \
	ROW(R, PART, source, "source", "where its volumes are (<source>)", libvirt_pool_source)    \
	ROW(R, PART, target, "target", "where the host sees them (<target>)", libvirt_pool_target) \
	ROW(R, TEXT, refresh, "refresh/volume@allocation",                                         \
	    "how much of a volume counts as used: default or capacity (<volume "                   \
	    "allocation=>)")                                                                       \
	ROW(R, ONOFF, copy_on_write, "features/cow@state",                                         \
	    "whether its folder copies on write (<cow state=>)")                                   \
	ROW(R, PART, capacity, "capacity", "room, told by libvirt (<capacity>)", guest_amount)     \
	ROW(R, PART, allocation, "allocation", "room in use, told by libvirt (<allocation>)",      \
	    guest_amount)                                                                          \
	ROW(R, PART, available, "available", "room left, told by libvirt (<available>)",           \
	    guest_amount)
LIBVIRT_OBJECT_STRUCT(libvirt_pool, LIBVIRT_POOL_ROWS);
extern const struct definition libvirt_pool_definition;
