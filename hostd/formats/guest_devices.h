/* guest_devices.h - the small devices of a guest, and those of the host it is given.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in domain XML. */
#pragma once

#include "formats/guest_disk.h"
#include "formats/guest_nic.h"
#include "formats/guest_parts.h"
#include "formats/guest_rows.h"
#include "formats/guest_storage.h"

#define GUEST_CONTROLLER_ROWS(ROW, R)                                                              \
	ROW(R, WORD, type, "@type",                                                                \
	    "pci, usb, scsi, sata, ide, fdc, virtio-serial, ccid, isa, xenbus "                    \
	    "(type=)",                                                                             \
	    "fdc", "sata", "ccid", "scsi", "usb", "ide", "isa", "pci", "virtio-serial", "xenbus")  \
	ROW(R, COUNT, index, "@index", "number among those of its type (index=)")                  \
	ROW(R, TEXT, model, "@model",                                                              \
	    "what the guest sees, like pcie-root-port or virtio-scsi (model=)")                    \
	ROW(R, COUNT, ports, "@ports", "how many (ports=)")                                        \
	ROW(R, COUNT, vectors, "@vectors", "interrupts (vectors=)")                                \
	ROW(R, TEXT, max_grant_frames, "@maxGrantFrames", "of xenbus (maxGrantFrames=)")           \
	ROW(R, TEXT, max_event_channels, "@maxEventChannels", "of xenbus (maxEventChannels=)")     \
	ROW(R, TEXT, first_port, "master@startport",                                               \
	    "of a companion of a USB controller (<master startport=>)")                            \
	ROW(R, WORD, model_name, "model@name", "what QEMU calls it (<model name=>)",               \
	    "spapr-pci-host-bridge", "pci-bridge", "i82801b11-bridge", "pcie-pci-bridge",          \
	    "ioh3420", "pcie-root-port", "x3130-upstream", "xio3130-downstream", "pxb",            \
	    "pxb-pcie")                                                                            \
	ROW(R, TEXT, chassis, "target@chassis", "number of the chassis (<target chassis=>)")       \
	ROW(R, TEXT, chassis_number, "target@chassisNr", "of a PCI bridge (<target chassisNr=>)")  \
	ROW(R, TEXT, port, "target@port", "port of the root port (<target port=>)")                \
	ROW(R, TEXT, bus_number, "target@busNr", "of an expander bus (<target busNr=>)")           \
	ROW(R, TEXT, target_index, "target@index",                                                 \
	    "of a host bridge on pSeries (<target index=>)")                                       \
	ROW(R, ONOFF, hotplug, "target@hotplug",                                                   \
	    "whether devices can be plugged in while it runs (<target hotplug=>)")                 \
	ROW(R, TEXT, memory_reserve, "target@memReserve",                                          \
	    "KiB of addresses behind a port (<target memReserve=>)")                               \
	ROW(R, COUNT, cell, "target/node", "the guest's cell it is near to (<node>)")              \
	ROW(R, SIZE, hole_64, "pcihole64", "addresses beyond 4GiB (<pcihole64>)")                  \
	ROW(R, COUNT, queues, "driver@queues", "of virtio-scsi (<driver queues=>)")                \
	ROW(R, COUNT, commands_per_lun, "driver@cmd_per_lun",                                      \
	    "of virtio-scsi (<driver cmd_per_lun=>)")                                              \
	ROW(R, COUNT, max_sectors, "driver@max_sectors", "of virtio-scsi (<driver max_sectors=>)") \
	ROW(R, ONOFF, ioeventfd, "driver@ioeventfd",                                               \
	    "whether requests wake another thread (<driver ioeventfd=>)")                          \
	ROW(R, COUNT, iothread, "driver@iothread",                                                 \
	    "the I/O thread that serves it (<driver iothread=>)")                                  \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)               \
	ROW(R, KEYED, iothreads, "driver/iothreads/iothread",                                      \
	    "I/O threads that serve it (<iothread>)", guest_queue_thread, guest_queue_threads)     \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                    \
	    "number in the guest's firmware tables (<acpi index=>)")                               \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)         \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_controller, GUEST_CONTROLLER_ROWS);

extern const struct bind_members guest_controllers;

#define GUEST_LEASE_ROWS(ROW, R)                                                \
	ROW(R, TEXT, lockspace, "lockspace", "where it is held (<lockspace>)")  \
	ROW(R, TEXT, key, "key", "what is held (<key>)")                        \
	ROW(R, TEXT, path, "target@path", "file of the lease (<target path=>)") \
	ROW(R, NUMBER, offset, "target@offset", "place in that file (<target offset=>)")
ROWS_STRUCT(guest_lease, GUEST_LEASE_ROWS);

extern const struct bind_members guest_leases;

#define GUEST_SHARE_ROWS(ROW, R)                                                                   \
	ROW(R, WORD, type, "@type",                                                                \
	    "mount (virtiofs, 9p), file, block, bind, template, ram (type=)", "file", "block",     \
	    "mount", "bind", "template", "ram")                                                    \
	ROW(R, WORD, access, "@accessmode", "passthrough, mapped or squash, of 9p (accessmode=)",  \
	    "passthrough", "mapped", "squash")                                                     \
	ROW(R, WORD, model, "@model", "of virtio (model=)", "virtio", "virtio-transitional",       \
	    "virtio-non-transitional")                                                             \
	ROW(R, WORD, several_devices, "@multidevs",                                                \
	    "file systems below it: default, remap, forbid, warn (multidevs=)", "default",         \
	    "remap", "forbid", "warn")                                                             \
	ROW(R, TEXT, file_mode, "@fmode", "of new files (fmode=)")                                 \
	ROW(R, TEXT, folder_mode, "@dmode", "of new folders (dmode=)")                             \
	ROW(R, WORD, driver, "driver@type",                                                        \
	    "virtiofs, path, handle, loop, nbd, ploop, mtp (<driver type=>)", "path", "handle",    \
	    "loop", "nbd", "ploop", "virtiofs", "mtp")                                             \
	ROW(R, WORD, format, "driver@format", "of an image (<driver format=>)", "raw", "dir",      \
	    "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "luks", "cow",    \
	    "qcow", "qcow2", "qed", "vmdk")                                                        \
	ROW(R, TEXT, write_policy, "driver@wrpolicy", "immediate (<driver wrpolicy=>)")            \
	ROW(R, COUNT, queue, "driver@queue", "entries of the queue (<driver queue=>)")             \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)               \
	ROW(R, TEXT, path, "source@dir", "folder of the host (<source dir=>)")                     \
	ROW(R, TEXT, file, "source@file", "image of the host (<source file=>)")                    \
	ROW(R, TEXT, device, "source@dev", "device of the host (<source dev=>)")                   \
	ROW(R, TEXT, socket, "source@socket",                                                      \
	    "of a virtiofsd that somebody else runs (<source socket=>)")                           \
	ROW(R, TEXT, name, "source@name", "template (<source name=>)")                             \
	ROW(R, TEXT, usage, "source@usage", "of RAM (<source usage=>)")                            \
	ROW(R, TEXT, units, "source@units", "of RAM (<source units=>)")                            \
	ROW(R, TEXT, tag, "target@dir", "what the guest mounts (<target dir=>)")                   \
	ROW(R, PRESENT, read_only, "readonly", "whether the guest may only read (<readonly>)")     \
	ROW(R, TEXT, load_parameter, "boot@loadparm",                                              \
	    "what s390 boots from it (<boot loadparm=>)")                                          \
	ROW(R, COUNT, boot_order, "boot@order",                                                    \
	    "its place among what firmware tries (<boot order=>)")                                 \
	ROW(R, BYTES, hard_limit, "space_hard_limit", "the most it may hold (<space_hard_limit>)") \
	ROW(R, BYTES, soft_limit, "space_soft_limit",                                              \
	    "from where it is warned (<space_soft_limit>)")                                        \
	ROW(R, TEXT, binary, "binary@path", "virtiofsd itself (<binary path=>)")                   \
	ROW(R, ONOFF, xattr, "binary@xattr", "extended attributes (<binary xattr=>)")              \
	ROW(R, WORD, cache, "binary/cache@mode", "none or always (<cache mode=>)", "none",         \
	    "always")                                                                              \
	ROW(R, WORD, sandbox, "binary/sandbox@mode", "namespace or chroot (<sandbox mode=>)",      \
	    "namespace", "chroot")                                                                 \
	ROW(R, ONOFF, posix_locks, "binary/lock@posix", "locks of fcntl (<lock posix=>)")          \
	ROW(R, ONOFF, flock, "binary/lock@flock", "locks of flock (<lock flock=>)")                \
	ROW(R, COUNT, threads, "binary/thread_pool@size",                                          \
	    "threads of virtiofsd (<thread_pool size=>)")                                          \
	ROW(R, COUNT, open_files, "binary/openfiles@max", "files open at once (<openfiles max=>)") \
	ROW(R, PART, idmap, "idmap", "users and groups (<idmap>)", guest_idmap)                    \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                    \
	    "number in the guest's firmware tables (<acpi index=>)")                               \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)         \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_share, GUEST_SHARE_ROWS);

extern const struct bind_members guest_shares;

#define GUEST_HOST_DEVICE_ROWS(ROW, R)                                                             \
	ROW(R, WORD, mode, "@mode", "subsystem, or capabilities for a container (mode=)",          \
	    "subsystem", "capabilities")                                                           \
	ROW(R, TEXT, type, "@type", "pci, usb, scsi, scsi_host, mdev, storage, misc, net (type=)") \
	ROW(R, YESNO, managed, "@managed", "whether libvirt takes it from its driver (managed=)")  \
	ROW(R, WORD, model, "@model", "vfio-pci, vfio-ccw, vfio-ap, or of virtio (model=)",        \
	    "virtio", "virtio-transitional", "virtio-non-transitional", "vfio-pci", "vfio-ccw",    \
	    "vfio-ap")                                                                             \
	ROW(R, ONOFF, display, "@display", "whether a mediated device shows a screen (display=)")  \
	ROW(R, ONOFF, ram_framebuffer, "@ramfb", "a screen for firmware (ramfb=)")                 \
	ROW(R, WORD, scsi_commands, "@sgio", "filtered or unfiltered (sgio=)", "filtered",         \
	    "unfiltered")                                                                          \
	ROW(R, YESNO, raw_io, "@rawio", "whether raw commands may be sent (rawio=)")               \
	ROW(R, WORD, driver, "driver@name", "vfio, xen or kvm (<driver name=>)", "kvm", "vfio",    \
	    "xen")                                                                                 \
	ROW(R, TEXT, driver_model, "driver@model", "variant of the vfio driver (<driver model=>)") \
	ROW(R, WORD, startup, "source@startupPolicy",                                              \
	    "what a lacking device does: mandatory, requisite, optional (<source "                 \
	    "startupPolicy=>)",                                                                    \
	    "mandatory", "requisite", "optional")                                                  \
	ROW(R, YESNO, write_filter, "source@writeFiltering",                                       \
	    "filter of configuration, of Xen (<source writeFiltering=>)")                          \
	ROW(R, WORD, guest_reset, "source@guestReset",                                             \
	    "of a USB device: off, uninitialized, on (<source guestReset=>)", "off",               \
	    "uninitialized", "on")                                                                 \
	ROW(R, WORD, protocol, "source@protocol", "iscsi, adapter or vhost (<source protocol=>)",  \
	    "adapter", "iscsi", "vhost")                                                           \
	ROW(R, TEXT, name, "source@name", "iSCSI target (<source name=>)")                         \
	ROW(R, TEXT, wwpn, "source@wwpn", "of vhost-scsi (<source wwpn=>)")                        \
	ROW(R, PART, source_address, "source/address", "where it is on the host (<address>)",      \
	    guest_address)                                                                         \
	ROW(R, TEXT, vendor, "source/vendor@id", "of a USB device (<vendor id=>)")                 \
	ROW(R, TEXT, product, "source/product@id", "of a USB device (<product id=>)")              \
	ROW(R, TEXT, adapter, "source/adapter@name", "SCSI adapter (<adapter name=>)")             \
	ROW(R, WORD, adapter_type, "source/adapter@type",                                          \
	    "scsi_host or fc_host (<adapter type=>)", "scsi_host", "fc_host")                      \
	ROW(R, TEXT, adapter_parent, "source/adapter@parent",                                      \
	    "device of the host above it (<adapter parent=>)")                                     \
	ROW(R, TEXT, adapter_parent_wwnn, "source/adapter@parent_wwnn",                            \
	    "the device above it by its node (<adapter parent_wwnn=>)")                            \
	ROW(R, TEXT, adapter_parent_wwpn, "source/adapter@parent_wwpn",                            \
	    "the device above it by its port (<adapter parent_wwpn=>)")                            \
	ROW(R, TEXT, adapter_parent_fabric, "source/adapter@parent_fabric_wwn",                    \
	    "the device above it by its fabric (<adapter parent_fabric_wwn=>)")                    \
	ROW(R, YESNO, adapter_managed, "source/adapter@managed",                                   \
	    "whether a port is made and removed with it (<adapter managed=>)")                     \
	ROW(R, TEXT, adapter_unique_id, "source/adapter/parentaddr@unique_id",                     \
	    "which port of the device at adapter_address (<parentaddr unique_id=>)")               \
	ROW(R, PART, adapter_address, "source/adapter/parentaddr/address",                         \
	    "PCI address of the device above it (<parentaddr>)", guest_address)                    \
	ROW(R, TEXT, wwnn, "source/adapter@wwnn", "World Wide Name of its node (<adapter wwnn=>)") \
	ROW(R, TEXT, adapter_wwpn, "source/adapter@wwpn",                                          \
	    "World Wide Name of its port (<adapter wwpn=>)")                                       \
	ROW(R, MANY, servers, "source/host", "iSCSI servers (<host>)", guest_storage_host,         \
	    guest_storage_hosts)                                                                   \
	ROW(R, PART, auth, "source/auth", "who logs in (<auth>)", guest_auth)                      \
	ROW(R, TEXT, initiator, "source/initiator/iqn@name", "iSCSI initiator (<iqn name=>)")      \
	ROW(R, TEXT, block, "source/block", "block device, of a container (<block>)")              \
	ROW(R, TEXT, character, "source/char", "character device, of a container (<char>)")        \
	ROW(R, TEXT, interface, "source/interface",                                                \
	    "network device, of a container (<interface>)")                                        \
	ROW(R, MANY, ips, "ip", "addresses, of a container (<ip>)", guest_ip, guest_ips)           \
	ROW(R, MANY, routes, "route", "routes, of a container (<route>)", guest_route,             \
	    guest_routes)                                                                          \
	ROW(R, WORD, teaming, "teaming@type",                                                      \
	    "half of a pair: persistent or transient (<teaming type=>)", "persistent",             \
	    "transient")                                                                           \
	ROW(R, TEXT, teaming_with, "teaming@persistent",                                           \
	    "alias of the other half (<teaming persistent=>)")                                     \
	ROW(R, COUNT, boot_order, "boot@order",                                                    \
	    "its place among what firmware tries (<boot order=>)")                                 \
	ROW(R, TEXT, load_parameter, "boot@loadparm",                                              \
	    "what s390 boots from it (<boot loadparm=>)")                                          \
	ROW(R, PART, rom, "rom", "boot ROM (<rom>)", guest_rom)                                    \
	ROW(R, PRESENT, read_only, "readonly", "whether the guest may only read (<readonly>)")     \
	ROW(R, PRESENT, shareable, "shareable",                                                    \
	    "whether other guests may have it too (<shareable>)")                                  \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                    \
	    "number in the guest's firmware tables (<acpi index=>)")                               \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)         \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_host_device, GUEST_HOST_DEVICE_ROWS);

extern const struct bind_members guest_host_devices;

#define GUEST_REDIRECTED_ROWS(ROW, R)                                                      \
	GUEST_CHARDEV_ROWS(ROW, R)                                                         \
	ROW(R, TEXT, bus, "@bus", "usb (bus=)")                                            \
	ROW(R, COUNT, boot_order, "boot@order",                                            \
	    "its place among what firmware tries (<boot order=>)")                         \
	ROW(R, TEXT, load_parameter, "boot@loadparm",                                      \
	    "what s390 boots from it (<boot loadparm=>)")                                  \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address) \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_redirected, GUEST_REDIRECTED_ROWS);

extern const struct bind_members guest_redirections;

#define GUEST_USB_RULE_ROWS(ROW, R)                                   \
	ROW(R, TEXT, class, "@class", "USB class (class=)")           \
	ROW(R, TEXT, vendor, "@vendor", "of the device (vendor=)")    \
	ROW(R, TEXT, product, "@product", "of the device (product=)") \
	ROW(R, TEXT, version, "@version", "of the device (version=)") \
	ROW(R, YESNO, allow, "@allow", "whether it may come in (allow=)")
ROWS_STRUCT(guest_usb_rule, GUEST_USB_RULE_ROWS);

extern const struct bind_members guest_usb_rules;

#define GUEST_CARD_READER_ROWS(ROW, R)                                                        \
	GUEST_CHARDEV_ROWS(ROW, R)                                                            \
	ROW(R, WORD, kind, "@mode", "host, host-certificates or passthrough (mode=)", "host", \
	    "host-certificates", "passthrough")                                               \
	ROW(R, LIST, certificates, "certificate", "names of certificates (<certificate>)")    \
	ROW(R, TEXT, database, "database", "where they are (<database>)")                     \
	ROW(R, COUNT, acpi_index, "acpi@index",                                               \
	    "number in the guest's firmware tables (<acpi index=>)")                          \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)
ROWS_STRUCT(guest_card_reader, GUEST_CARD_READER_ROWS);

extern const struct bind_members guest_card_readers;

#define GUEST_HUB_ROWS(ROW, R)                                                             \
	ROW(R, TEXT, type, "@type", "usb (type=)")                                         \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address) \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_hub, GUEST_HUB_ROWS);

extern const struct bind_members guest_hubs;

#define GUEST_RANDOM_ROWS(ROW, R)                                                                \
	ROW(R, WORD, model, "@model", "virtio, or a variant of it (model=)", "virtio",           \
	    "virtio-transitional", "virtio-non-transitional")                                    \
	ROW(R, WORD, backend, "backend@model", "random, egd or builtin (<backend model=>)",      \
	    "random", "egd", "builtin")                                                          \
	ROW(R, TEXT, device, "backend", "file it comes from (<backend>)")                        \
	ROW(R, PART, source, "backend", "where an entropy daemon is (<backend>)", guest_chardev) \
	ROW(R, COUNT, bytes, "rate@bytes", "the most in a period (<rate bytes=>)")               \
	ROW(R, COUNT, period, "rate@period", "milliseconds (<rate period=>)")                    \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)             \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                  \
	    "number in the guest's firmware tables (<acpi index=>)")                             \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)       \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_random, GUEST_RANDOM_ROWS);

extern const struct bind_members guest_randoms;

#define GUEST_WATCHDOG_ROWS(ROW, R)                                                            \
	ROW(R, WORD, model, "@model", "i6300esb, itco, ib700 or diag288 (model=)", "i6300esb", \
	    "ib700", "diag288", "itco")                                                        \
	ROW(R, WORD, action, "@action",                                                        \
	    "what it does: reset, shutdown, poweroff, pause, none, dump, "                     \
	    "inject-nmi (action=)",                                                            \
	    "reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi")            \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                \
	    "number in the guest's firmware tables (<acpi index=>)")                           \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)     \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_watchdog, GUEST_WATCHDOG_ROWS);

extern const struct bind_members guest_watchdogs;

#define GUEST_PANIC_ROWS(ROW, R)                                                             \
	ROW(R, WORD, model, "@model", "isa, hyperv, pvpanic, pseries, s390 (model=)", "isa", \
	    "pseries", "hyperv", "s390", "pvpanic")                                          \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)   \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_panic, GUEST_PANIC_ROWS);

extern const struct bind_members guest_panics;

#define GUEST_TPM_ROWS(ROW, R)                                                                     \
	ROW(R, WORD, model, "@model", "tpm-crb, tpm-tis, tpm-spapr, spapr-tpm-proxy (model=)",     \
	    "tpm-tis", "tpm-crb", "tpm-spapr", "spapr-tpm-proxy")                                  \
	ROW(R, WORD, type, "backend@type",                                                         \
	    "emulator (swtpm), passthrough or external (<backend type=>)", "passthrough",          \
	    "emulator", "external")                                                                \
	ROW(R, TEXT, version, "backend@version", "2.0 or 1.2 (<backend version=>)")                \
	ROW(R, YESNO, persistent, "backend@persistent_state",                                      \
	    "whether its state outlives the guest (<backend persistent_state=>)")                  \
	ROW(R, TEXT, debug, "backend@debug", "how much swtpm says (<backend debug=>)")             \
	ROW(R, TEXT, device, "backend/device@path",                                                \
	    "of the host, passed through (<device path=>)")                                        \
	ROW(R, TEXT, secret, "backend/encryption@secret",                                          \
	    "UUID of libvirt's secret for its state (<encryption secret=>)")                       \
	ROW(R, PRESENT, sha1, "backend/active_pcr_banks/sha1", "bank of registers (<sha1>)")       \
	ROW(R, PRESENT, sha256, "backend/active_pcr_banks/sha256", "bank of registers (<sha256>)") \
	ROW(R, PRESENT, sha384, "backend/active_pcr_banks/sha384", "bank of registers (<sha384>)") \
	ROW(R, PRESENT, sha512, "backend/active_pcr_banks/sha512", "bank of registers (<sha512>)") \
	ROW(R, WORD, source_type, "backend/source@type", "file, dir or unix (<source type=>)",     \
	    "file", "dir", "unix")                                                                 \
	ROW(R, TEXT, source_path, "backend/source@path",                                           \
	    "where its state or socket is (<source path=>)")                                       \
	ROW(R, TEXT, source_mode, "backend/source@mode", "connect (<source mode=>)")               \
	ROW(R, TEXT, profile, "backend/profile@name", "set of commands (<profile name=>)")         \
	ROW(R, TEXT, profile_source, "backend/profile@source",                                     \
	    "where that set comes from (<profile source=>)")                                       \
	ROW(R, WORD, profile_remove, "backend/profile@removeDisabled",                             \
	    "check or fips-host (<profile removeDisabled=>)", "check", "fips-host")                \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)         \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_tpm, GUEST_TPM_ROWS);

extern const struct bind_members guest_tpms;

#define GUEST_SHARED_MEMORY_ROWS(ROW, R)                                                        \
	ROW(R, WORD, role, "@role", "master or peer (role=)", "master", "peer")                 \
	ROW(R, WORD, model, "model@type", "ivshmem-plain or ivshmem-doorbell (<model type=>)",  \
	    "ivshmem", "ivshmem-plain", "ivshmem-doorbell")                                     \
	ROW(R, PART, size, "size", "how much, in the unit that is said (<size>)", guest_amount) \
	ROW(R, TEXT, server, "server@path", "socket of the server (<server path=>)")            \
	ROW(R, PRESENT, interrupts, "msi", "whether the guest is interrupted (<msi>)")          \
	ROW(R, ONOFF, ioeventfd, "msi@ioeventfd",                                               \
	    "whether that wakes another thread (<msi ioeventfd=>)")                             \
	ROW(R, COUNT, vectors, "msi@vectors", "interrupts (<msi vectors=>)")                    \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                 \
	    "number in the guest's firmware tables (<acpi index=>)")                            \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)      \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_shared_memory, GUEST_SHARED_MEMORY_ROWS);

extern const struct bind_members guest_shared_memories;

#define GUEST_CRYPTO_ROWS(ROW, R)                                                               \
	ROW(R, TEXT, model, "@model", "virtio (model=)")                                        \
	ROW(R, TEXT, type, "@type", "qemu (type=)")                                             \
	ROW(R, WORD, backend, "backend@model", "builtin or lkcf (<backend model=>)", "builtin", \
	    "lkcf")                                                                             \
	ROW(R, COUNT, queues, "backend@queues", "its queues (<backend queues=>)")               \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)            \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)      \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_crypto, GUEST_CRYPTO_ROWS);

extern const struct bind_members guest_cryptos;

#define GUEST_BALLOON_ROWS(ROW, R)                                                         \
	ROW(R, WORD, model, "@model", "virtio, xen or none (model=)", "virtio",            \
	    "virtio-transitional", "virtio-non-transitional", "xen", "none")               \
	ROW(R, ONOFF, auto_deflate, "@autodeflate",                                        \
	    "whether it gives memory back before the guest runs out (autodeflate=)")       \
	ROW(R, ONOFF, free_page_reporting, "@freePageReporting",                           \
	    "whether the guest tells what it does not use (freePageReporting=)")           \
	ROW(R, NUMBER, stats, "stats@period", "seconds between reports (<stats period=>)") \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)       \
	ROW(R, COUNT, acpi_index, "acpi@index",                                            \
	    "number in the guest's firmware tables (<acpi index=>)")                       \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address) \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_balloon, GUEST_BALLOON_ROWS);

#define GUEST_NVRAM_DEVICE_ROWS(ROW, R) \
	ROW(R, PART, slot, "address", "where it is (<address>)", guest_address)
ROWS_STRUCT(guest_nvram_device, GUEST_NVRAM_DEVICE_ROWS);

#define GUEST_IOMMU_ROWS(ROW, R)                                                                  \
	ROW(R, WORD, model, "@model", "intel, virtio, smmuv3 or amd (model=)", "intel", "smmuv3", \
	    "virtio")                                                                             \
	ROW(R, ONOFF, interrupt_remapping, "driver@intremap",                                     \
	    "interrupts too (<driver intremap=>)")                                                \
	ROW(R, ONOFF, caching_mode, "driver@caching_mode",                                        \
	    "for devices passed on (<driver caching_mode=>)")                                     \
	ROW(R, ONOFF, eim, "driver@eim", "more than 255 vCPUs (<driver eim=>)")                   \
	ROW(R, ONOFF, iotlb, "driver@iotlb", "cache of translations (<driver iotlb=>)")           \
	ROW(R, TEXT, width, "driver@aw_bits", "bits of addresses (<driver aw_bits=>)")            \
	ROW(R, ONOFF, dma_translation, "driver@dma_translation",                                  \
	    "translation itself (<driver dma_translation=>)")                                     \
	ROW(R, ONOFF, passthrough, "driver@passthrough", "of AMD (<driver passthrough=>)")        \
	ROW(R, ONOFF, xtsup, "driver@xtsup", "of AMD (<driver xtsup=>)")                          \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                   \
	    "number in the guest's firmware tables (<acpi index=>)")                              \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)        \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_iommu, GUEST_IOMMU_ROWS);

#define GUEST_VSOCK_ROWS(ROW, R)                                                                   \
	LIVE(ROW, R, WORD, model, "@model", "of virtio (model=)", "virtio", "virtio-transitional", \
	     "virtio-non-transitional")                                                            \
	LIVE(ROW, R, YESNO, automatic, "cid@auto",                                                 \
	     "whether libvirt chooses the number (<cid auto=>)")                                   \
	LIVE(ROW, R, NUMBER, cid, "cid@address",                                                   \
	     "the number the host reaches it by (<cid address=>)")                                 \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)               \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                    \
	    "number in the guest's firmware tables (<acpi index=>)")                               \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)         \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_vsock, GUEST_VSOCK_ROWS);

#define GUEST_PSTORE_ROWS(ROW, R)                                                          \
	ROW(R, TEXT, backend, "@backend", "acpi-erst (backend=)")                          \
	ROW(R, TEXT, path, "path", "file that keeps what the guest said last (<path>)")    \
	ROW(R, SIZE, size, "size", "of that file (<size>)")                                \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address) \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_pstore, GUEST_PSTORE_ROWS);
