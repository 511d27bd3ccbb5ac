/* guest_disk.h - a guest's disks beyond what is said most.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in domain XML. */
#pragma once

#include "formats/guest_parts.h"
#include "formats/guest_rows.h"
#include "formats/guest_storage.h"

#define GUEST_THROTTLE_ROWS(ROW, R)                                                             \
	ROW(R, RATE, total, "total_bytes_sec", "bytes moved in a second (<total_bytes_sec>)")   \
	ROW(R, RATE, read, "read_bytes_sec", "bytes read in a second (<read_bytes_sec>)")       \
	ROW(R, RATE, write, "write_bytes_sec", "bytes written in a second (<write_bytes_sec>)") \
	ROW(R, NUMBER, total_iops, "total_iops_sec", "requests in a second (<total_iops_sec>)") \
	ROW(R, NUMBER, read_iops, "read_iops_sec", "reads in a second (<read_iops_sec>)")       \
	ROW(R, NUMBER, write_iops, "write_iops_sec", "writes in a second (<write_iops_sec>)")   \
	ROW(R, RATE, total_burst, "total_bytes_sec_max",                                        \
	    "the same, for a short time (<total_bytes_sec_max>)")                               \
	ROW(R, RATE, read_burst, "read_bytes_sec_max",                                          \
	    "the same, for a short time (<read_bytes_sec_max>)")                                \
	ROW(R, RATE, write_burst, "write_bytes_sec_max",                                        \
	    "the same, for a short time (<write_bytes_sec_max>)")                               \
	ROW(R, NUMBER, total_iops_burst, "total_iops_sec_max",                                  \
	    "the same, for a short time (<total_iops_sec_max>)")                                \
	ROW(R, NUMBER, read_iops_burst, "read_iops_sec_max",                                    \
	    "the same, for a short time (<read_iops_sec_max>)")                                 \
	ROW(R, NUMBER, write_iops_burst, "write_iops_sec_max",                                  \
	    "the same, for a short time (<write_iops_sec_max>)")                                \
	ROW(R, NUMBER, iops_size, "size_iops_sec",                                              \
	    "bytes that count as one request (<size_iops_sec>)")                                \
	ROW(R, TEXT, group, "group_name", "disks with the same share the limit (<group_name>)") \
	ROW(R, NUMBER, total_burst_time, "total_bytes_sec_max_length",                          \
	    "how many seconds (<total_bytes_sec_max_length>)")                                  \
	ROW(R, NUMBER, read_burst_time, "read_bytes_sec_max_length",                            \
	    "how many seconds (<read_bytes_sec_max_length>)")                                   \
	ROW(R, NUMBER, write_burst_time, "write_bytes_sec_max_length",                          \
	    "how many seconds (<write_bytes_sec_max_length>)")                                  \
	ROW(R, NUMBER, total_iops_burst_time, "total_iops_sec_max_length",                      \
	    "how many seconds (<total_iops_sec_max_length>)")                                   \
	ROW(R, NUMBER, read_iops_burst_time, "read_iops_sec_max_length",                        \
	    "how many seconds (<read_iops_sec_max_length>)")                                    \
	ROW(R, NUMBER, write_iops_burst_time, "write_iops_sec_max_length",                      \
	    "how many seconds (<write_iops_sec_max_length>)")
#define GUEST_DISK_LIMIT_ROWS(ROW, R) GUEST_THROTTLE_ROWS(LIVE_##ROW, R)
ROWS_STRUCT(guest_disk_limit, GUEST_DISK_LIMIT_ROWS);
ROWS_STRUCT(guest_throttle_group, GUEST_THROTTLE_ROWS);

extern const struct bind_members guest_throttle_groups;

#define GUEST_GEOMETRY_ROWS(ROW, R)                             \
	ROW(R, NUMBER, cylinders, "@cyls", "cylinders (cyls=)") \
	ROW(R, NUMBER, heads, "@heads", "heads (heads=)")       \
	ROW(R, NUMBER, sectors, "@secs", "sectors (secs=)")     \
	ROW(R, WORD, translation, "@trans", "none, lba or auto (trans=)", "auto", "none", "lba")
ROWS_STRUCT(guest_geometry, GUEST_GEOMETRY_ROWS);

#define GUEST_BLOCK_SIZE_ROWS(ROW, R)                               \
	ROW(R, NUMBER, logical, "@logical_block_size",              \
	    "bytes of a logical block (logical_block_size=)")       \
	ROW(R, NUMBER, physical, "@physical_block_size",            \
	    "bytes of a physical block (physical_block_size=)")     \
	ROW(R, NUMBER, discard_granularity, "@discard_granularity", \
	    "bytes that are given back together (discard_granularity=)")
ROWS_STRUCT(guest_block_size, GUEST_BLOCK_SIZE_ROWS);

#define GUEST_QUEUE_THREAD_ROWS(ROW, R) \
	ROW(R, LIST, queues, "queue@id", "queues it serves (<queue id=>)")
ROWS_STRUCT(guest_queue_thread, GUEST_QUEUE_THREAD_ROWS);

extern const struct bind_members guest_queue_threads;

#define GUEST_BACKING_ROWS(ROW, R)                                                              \
	ROW(R, WORD, type, "@type", "where it is: file, block, network, ... (type=)", "file",   \
	    "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa")              \
	ROW(R, TEXT, index, "@index", "its number in the chain (index=)")                       \
	ROW(R, WORD, format, "format@type", "of the image (<format type=>)", "raw", "dir",      \
	    "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "luks", "cow", \
	    "qcow", "qcow2", "qed", "vmdk")                                                     \
	ROW(R, BYTES, metadata_cache, "format/metadata_cache/max_size",                         \
	    "for its tables (<max_size>)")                                                      \
	ROW(R, PART, source, "source", "its place (<source>)", guest_storage)                   \
	ROW(R, PRESENT, last, "backingStore", "whether nothing is behind it (<backingStore>)")
ROWS_STRUCT(guest_backing, GUEST_BACKING_ROWS);

/* of struct guest_disk, besides its own */
#define GUEST_DISK_ROWS(ROW, R)                                                                \
	ROW(R, WORD, type, "@type",                                                            \
	    "where its content is, where no other field tells: file, block, dir, "             \
	    "network, volume, nvme, vhostuser, vhostvdpa (type=)",                             \
	    "file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa")     \
	ROW(R, WORD, model, "@model",                                                          \
	    "of a virtio disk: virtio-transitional, virtio-non-transitional "                  \
	    "(model=)",                                                                        \
	    "virtio", "virtio-transitional", "virtio-non-transitional")                        \
	ROW(R, YESNO, raw_io, "@rawio", "whether its process may send raw commands (rawio=)")  \
	ROW(R, WORD, scsi_commands, "@sgio", "filtered or unfiltered (sgio=)", "filtered",     \
	    "unfiltered")                                                                      \
	ROW(R, WORD, snapshot, "@snapshot",                                                    \
	    "what a snapshot of the guest does with it: no, internal, external, "              \
	    "manual (snapshot=)",                                                              \
	    "no", "internal", "external", "manual")                                            \
	ROW(R, PART, storage, "source",                                                        \
	    "the place of its content, in libvirt's words, in the place of image, "            \
	    "volume or path (<source>)",                                                       \
	    guest_storage)                                                                     \
	ROW(R, TEXT, driver, "driver@name", "who drives it: qemu (<driver name=>)")            \
	ROW(R, WORD, error_policy, "driver@error_policy",                                      \
	    "what an error of writing does: stop, report, ignore, enospace "                   \
	    "(<driver error_policy=>)",                                                        \
	    "stop", "report", "ignore", "enospace")                                            \
	ROW(R, WORD, read_error_policy, "driver@rerror_policy",                                \
	    "what an error of reading does: stop, report, ignore (<driver "                    \
	    "rerror_policy=>)",                                                                \
	    "stop", "report", "ignore")                                                        \
	ROW(R, ONOFF, ioeventfd, "driver@ioeventfd",                                           \
	    "whether requests wake another thread (<driver ioeventfd=>)")                      \
	ROW(R, ONOFF, event_idx, "driver@event_idx", "fewer interrupts (<driver event_idx=>)") \
	ROW(R, ONOFF, copy_on_read, "driver@copy_on_read",                                     \
	    "whether what is read is kept in the overlay (<driver copy_on_read=>)")            \
	ROW(R, ONOFF, discard_no_unref, "driver@discard_no_unref",                             \
	    "whether discarded clusters stay where they are (<driver "                         \
	    "discard_no_unref=>)")                                                             \
	ROW(R, COUNT, iothread, "driver@iothread",                                             \
	    "the I/O thread that serves it (<driver iothread=>)")                              \
	ROW(R, COUNT, queues, "driver@queues", "its queues (<driver queues=>)")                \
	ROW(R, COUNT, queue_size, "driver@queue_size",                                         \
	    "entries of a queue (<driver queue_size=>)")                                       \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)           \
	ROW(R, BYTES, metadata_cache, "driver/metadata_cache/max_size",                        \
	    "for the tables of qcow2 (<max_size>)")                                            \
	ROW(R, KEYED, iothreads, "driver/iothreads/iothread",                                  \
	    "I/O threads that serve it (<iothread>)", guest_queue_thread, guest_queue_threads) \
	ROW(R, PART, auth, "auth", "who logs in to network storage (<auth>)", guest_auth)      \
	ROW(R, WORD, tray, "target@tray", "of a CD drive: open or closed (<target tray=>)",    \
	    "open", "closed")                                                                  \
	ROW(R, ONOFF, removable, "target@removable",                                           \
	    "whether a USB disk says that it can be taken out (<target "                       \
	    "removable=>)")                                                                    \
	ROW(R, COUNT, rotation_rate, "target@rotation_rate",                                   \
	    "rotations in a minute; 1 for an SSD (<target rotation_rate=>)")                   \
	ROW(R, TEXT, target, "target@dev", "libvirt's name for it, like vda (<target dev=>)")  \
	ROW(R, TEXT, load_parameter, "boot@loadparm",                                          \
	    "what s390 boots from it (<boot loadparm=>)")                                      \
	ROW(R, TEXT, backend_domain, "backenddomain@name",                                     \
	    "the Xen domain that serves it (<backenddomain name=>)")                           \
	ROW(R, PRESENT, shareable, "shareable",                                                \
	    "whether other guests may write it at the same time (<shareable>)")                \
	ROW(R, PRESENT, transient, "transient",                                                \
	    "whether changes are lost when the guest stops (<transient>)")                     \
	ROW(R, YESNO, transient_shared, "transient@shareBacking",                              \
	    "whether several guests may do so with one file (<transient "                      \
	    "shareBacking=>)")                                                                 \
	ROW(R, PART, encryption, "encryption", "how it is encrypted (<encryption>)",           \
	    guest_encryption)                                                                  \
	ROW(R, LIST, throttle_groups, "throttlefilters/throttlefilter@group",                  \
	    "limits that it shares with others (<throttlefilter group=>)")                     \
	ROW(R, PART, limit, "iotune", "limits of its own (<iotune>)", guest_disk_limit)        \
	ROW(R, PART, geometry, "geometry", "what an old BIOS is told (<geometry>)",            \
	    guest_geometry)                                                                    \
	ROW(R, PART, block_size, "blockio", "sizes the guest is told (<blockio>)",             \
	    guest_block_size)                                                                  \
	ROW(R, TEXT, wwn, "wwn", "World Wide Name (<wwn>)")                                    \
	ROW(R, TEXT, vendor, "vendor", "vendor the guest reads (<vendor>)")                    \
	ROW(R, TEXT, product, "product", "product the guest reads (<product>)")                \
	ROW(R, PART, backing, "backingStore", "the image behind it (<backingStore>)",          \
	    guest_backing)                                                                     \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                \
	    "number in the guest's firmware tables (<acpi index=>)")                           \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)     \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
