/* guest_storage.h - where the content of a guest's disk is, where that is no file or volume of
 * ours.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in domain XML. */
#pragma once

#include "formats/guest_parts.h"
#include "formats/guest_rows.h"

#define GUEST_STORAGE_HOST_ROWS(ROW, R)                                                        \
	ROW(R, TEXT, name, "@name", "its address (name=)")                                     \
	ROW(R, COUNT, port, "@port", "its port (port=)")                                       \
	ROW(R, WORD, transport, "@transport", "tcp, rdma or unix (transport=)", "tcp", "rdma", \
	    "unix")                                                                            \
	ROW(R, TEXT, socket, "@socket", "path of a unix socket (socket=)")
ROWS_STRUCT(guest_storage_host, GUEST_STORAGE_HOST_ROWS);

extern const struct bind_members guest_storage_hosts;

#define GUEST_SECRET_OF_ROWS(ROW, R)                                                      \
	ROW(R, WORD, type, "@type", "ceph, iscsi or passphrase (type=)", "ceph", "iscsi", \
	    "passphrase")                                                                 \
	ROW(R, TEXT, uuid, "@uuid", "libvirt's secret by UUID (uuid=)")                   \
	ROW(R, TEXT, usage, "@usage", "libvirt's secret by what it is for (usage=)")
ROWS_STRUCT(guest_secret_of, GUEST_SECRET_OF_ROWS);

#define GUEST_AUTH_ROWS(ROW, R)                                                         \
	ROW(R, TEXT, user, "@username", "who logs in (username=)")                      \
	ROW(R, PART, secret, "secret", "libvirt's secret with the password (<secret>)", \
	    guest_secret_of)
ROWS_STRUCT(guest_auth, GUEST_AUTH_ROWS);

extern const struct bind_members guest_secrets;

#define GUEST_ENCRYPTION_ROWS(ROW, R)                                                       \
	ROW(R, WORD, format, "@format", "luks, luks2, luks-any, qcow, default (format=)",   \
	    "default", "qcow", "luks", "luks2", "luks-any")                                 \
	ROW(R, WORD, engine, "@engine", "who decrypts: qemu or librbd (engine=)", "qemu",   \
	    "librbd")                                                                       \
	ROW(R, MANY, secrets, "secret", "libvirt's secrets with passphrases (<secret>)",    \
	    guest_secret_of, guest_secrets)                                                 \
	ROW(R, TEXT, cipher, "cipher@name", "of a new volume (<cipher name=>)")             \
	ROW(R, COUNT, cipher_size, "cipher@size", "bits of its key (<cipher size=>)")       \
	ROW(R, TEXT, cipher_mode, "cipher@mode", "how blocks are chained (<cipher mode=>)") \
	ROW(R, TEXT, cipher_hash, "cipher@hash", "digest (<cipher hash=>)")                 \
	ROW(R, TEXT, ivgen, "ivgen@name", "how initial vectors are made (<ivgen name=>)")   \
	ROW(R, TEXT, ivgen_hash, "ivgen@hash", "with which digest (<ivgen hash=>)")
ROWS_STRUCT(guest_encryption, GUEST_ENCRYPTION_ROWS);

#define GUEST_SLICE_ROWS(ROW, R)                                                 \
	ROW(R, TEXT, type, "@type", "storage (type=)")                           \
	ROW(R, NUMBER, offset, "@offset", "where it begins, in bytes (offset=)") \
	ROW(R, NUMBER, size, "@size", "bytes (size=)")
ROWS_STRUCT(guest_slice, GUEST_SLICE_ROWS);

extern const struct bind_members guest_slices;

#define GUEST_COOKIE_ROWS(ROW, R) ROW(R, TEXT, value, "", "its value")
ROWS_STRUCT(guest_cookie, GUEST_COOKIE_ROWS);

extern const struct bind_members guest_cookies;

#define GUEST_RESERVATIONS_ROWS(ROW, R)                                                          \
	ROW(R, YESNO, managed, "@managed", "whether libvirt runs the helper (managed=)")         \
	ROW(R, TEXT, type, "source@type", "unix (<source type=>)")                               \
	ROW(R, TEXT, path, "source@path", "socket of the helper (<source path=>)")               \
	ROW(R, WORD, mode, "source@mode", "client (<source mode=>)", "server", "client")         \
	ROW(R, PART, reconnect, "source/reconnect", "what happens when it breaks (<reconnect>)", \
	    guest_reconnect)
ROWS_STRUCT(guest_reservations, GUEST_RESERVATIONS_ROWS);

/* A place with content. */
#define GUEST_DATA_SOURCE_ROWS(ROW, R)                                                           \
	ROW(R, TEXT, file, "@file", "file (file=)")                                              \
	ROW(R, TEXT, device, "@dev", "block device, or vhost-vdpa device (dev=)")                \
	ROW(R, TEXT, folder, "@dir", "folder shown as a FAT disk (dir=)")                        \
	ROW(R, WORD, protocol, "@protocol",                                                      \
	    "of network storage: nbd, rbd, iscsi, http, https, ftp, ftps, ssh, "                 \
	    "nfs, gluster, sheepdog, vxhs, tftp (protocol=)",                                    \
	    "nbd", "gluster", "rbd", "iscsi", "http", "https", "ftps", "ftp", "ssh", "sheepdog", \
	    "tftp", "vxhs", "nfs")                                                               \
	ROW(R, TEXT, name, "@name", "image, target or path there (name=)")                       \
	ROW(R, TEXT, query, "@query", "what follows a URL's question mark (query=)")             \
	ROW(R, YESNO, tls, "@tls", "whether the connection is wrapped in TLS (tls=)")            \
	ROW(R, TEXT, tls_name, "@tlsHostname",                                                   \
	    "name that the certificate must have (tlsHostname=)")                                \
	ROW(R, TEXT, pool, "@pool", "storage pool that libvirt knows (pool=)")                   \
	ROW(R, TEXT, volume, "@volume", "volume in it (volume=)")                                \
	ROW(R, WORD, mode, "@mode",                                                              \
	    "how an iSCSI volume is opened (host, direct), or a socket (client, "                \
	    "server) (mode=)",                                                                   \
	    "host", "direct")                                                                    \
	ROW(R, WORD, type, "@type", "of an NVMe disk: pci; of vhost-user: unix (type=)", "pci",  \
	    "unix")                                                                              \
	ROW(R, TEXT, namespace, "@namespace", "of an NVMe disk (namespace=)")                    \
	ROW(R, YESNO, managed, "@managed",                                                       \
	    "whether libvirt takes the NVMe disk from its driver (managed=)")                    \
	ROW(R, TEXT, path, "@path", "socket of vhost-user (path=)")                              \
	ROW(R, WORD, startup, "@startupPolicy",                                                  \
	    "what a lacking file does: mandatory, requisite, optional "                          \
	    "(startupPolicy=)",                                                                  \
	    "mandatory", "requisite", "optional")                                                \
	ROW(R, TEXT, fd_group, "@fdgroup", "open files it is read from (fdgroup=)")              \
	ROW(R, TEXT, index, "@index", "number of the image in its chain (index=)")               \
	ROW(R, MANY, hosts, "host", "servers (<host>)", guest_storage_host, guest_storage_hosts) \
	ROW(R, TEXT, snapshot, "snapshot@name", "snapshot of an RBD image (<snapshot name=>)")   \
	ROW(R, TEXT, config, "config@file", "Ceph's configuration (<config file=>)")             \
	ROW(R, PART, auth, "auth", "who logs in (<auth>)", guest_auth)                           \
	ROW(R, PART, encryption, "encryption", "how it is encrypted (<encryption>)",             \
	    guest_encryption)                                                                    \
	ROW(R, TEXT, initiator, "initiator/iqn@name", "iSCSI initiator (<iqn name=>)")           \
	ROW(R, PART, slot, "address", "NVMe controller (<address>)", guest_address)              \
	ROW(R, PART, reservations, "reservations",                                               \
	    "SCSI persistent reservations (<reservations>)", guest_reservations)                 \
	ROW(R, PART, reconnect, "reconnect",                                                     \
	    "what happens when the connection breaks (<reconnect>)", guest_reconnect)            \
	ROW(R, YESNO, verify, "ssl@verify",                                                      \
	    "whether the server's certificate is checked (<ssl verify=>)")                       \
	ROW(R, KEYED, cookies, "cookies/cookie", "HTTP cookies (<cookie>)", guest_cookie,        \
	    guest_cookies)                                                                       \
	ROW(R, NUMBER, readahead, "readahead@size", "bytes read ahead (<readahead size=>)")      \
	ROW(R, NUMBER, timeout, "timeout@seconds",                                               \
	    "seconds until it gives up (<timeout seconds=>)")                                    \
	ROW(R, TEXT, known_hosts, "knownHosts@path",                                             \
	    "file with the known hosts of ssh (<knownHosts path=>)")                             \
	ROW(R, TEXT, user, "identity@user", "user of NFS (<identity user=>)")                    \
	ROW(R, TEXT, group, "identity@group", "group of NFS (<identity group=>)")                \
	ROW(R, TEXT, ssh_user, "identity@username", "user of ssh (<identity username=>)")        \
	ROW(R, TEXT, ssh_key, "identity@keyfile", "private key of ssh (<identity keyfile=>)")    \
	ROW(R, TEXT, ssh_agent, "identity@agentsock", "agent of ssh (<identity agentsock=>)")    \
	ROW(R, MANY, slices, "slices/slice", "part of it that is used (<slice>)", guest_slice,   \
	    guest_slices)                                                                        \
	ROW(R, KEYED, labels, "seclabel", "security labels of it, by model (<seclabel>)",        \
	    guest_label, guest_labels)
ROWS_STRUCT(guest_data_source, GUEST_DATA_SOURCE_ROWS);

#define GUEST_DATA_STORE_ROWS(ROW, R)                                                             \
	ROW(R, WORD, type, "@type", "where it is: file, block, network, ... (type=)", "file",     \
	    "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa")                \
	ROW(R, WORD, format, "format@type", "of its content: raw (<format type=>)", "raw", "dir", \
	    "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "luks", "cow",   \
	    "qcow", "qcow2", "qed", "vmdk")                                                       \
	ROW(R, BYTES, metadata_cache, "format/metadata_cache/max_size",                           \
	    "for its tables (<max_size>)")                                                        \
	ROW(R, PART, source, "source", "its place (<source>)", guest_data_source)
ROWS_STRUCT(guest_data_store, GUEST_DATA_STORE_ROWS);

#define GUEST_STORAGE_ROWS(ROW, R)            \
	GUEST_DATA_SOURCE_ROWS(ROW, R)        \
	ROW(R, PART, data_store, "dataStore", \
	    "where a qcow2 image keeps its content (<dataStore>)", guest_data_store)
ROWS_STRUCT(guest_storage, GUEST_STORAGE_ROWS);
