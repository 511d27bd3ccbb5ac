/* guest_parts.h - what many devices of a guest have: addresses, labels, ends of wires.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in domain XML. */
#pragma once

#include "formats/guest_rows.h"

#define GUEST_ZPCI_ROWS(ROW, R)                                                           \
	ROW(R, TEXT, uid, "@uid", "user-visible number of a PCI function on s390 (uid=)") \
	ROW(R, TEXT, fid, "@fid", "function number on s390 (fid=)")
ROWS_STRUCT(guest_zpci, GUEST_ZPCI_ROWS);

#define GUEST_ADDRESS_ROWS(ROW, R)                                                            \
	ROW(R, WORD, type, "@type",                                                           \
	    "the kind of bus: pci, drive, usb, virtio-serial, ccid, isa, dimm, "              \
	    "ccw, virtio-mmio, unassigned (type=)",                                           \
	    "pci", "drive", "virtio-serial", "ccid", "usb", "spapr-vio", "ccw", "isa",        \
	    "virtio-mmio", "dimm", "unassigned")                                              \
	ROW(R, TEXT, domain, "@domain", "PCI domain (domain=)")                               \
	ROW(R, TEXT, bus, "@bus", "bus on it (bus=)")                                         \
	ROW(R, TEXT, slot, "@slot", "slot, of PCI, a DIMM or a card reader (slot=)")          \
	ROW(R, TEXT, function, "@function", "function of a PCI device (function=)")           \
	ROW(R, ONOFF, multifunction, "@multifunction",                                        \
	    "whether a PCI device has more functions (multifunction=)")                       \
	ROW(R, TEXT, controller, "@controller", "which controller of its kind (controller=)") \
	ROW(R, TEXT, target, "@target", "SCSI target (target=)")                              \
	ROW(R, TEXT, unit, "@unit", "unit of a drive (unit=)")                                \
	ROW(R, TEXT, port, "@port", "port of a USB hub or a serial bus, like 1.2 (port=)")    \
	ROW(R, TEXT, device, "@device", "USB device on its bus (device=)")                    \
	ROW(R, TEXT, base, "@base", "where a DIMM lies in memory (base=)")                    \
	ROW(R, TEXT, iobase, "@iobase", "I/O port of an ISA device (iobase=)")                \
	ROW(R, TEXT, irq, "@irq", "interrupt of an ISA device (irq=)")                        \
	ROW(R, TEXT, reg, "@reg", "register of a pSeries device (reg=)")                      \
	ROW(R, TEXT, cssid, "@cssid", "channel subsystem (cssid=)")                           \
	ROW(R, TEXT, ssid, "@ssid", "subchannel set (ssid=)")                                 \
	ROW(R, TEXT, devno, "@devno", "device number of a channel device (devno=)")           \
	ROW(R, TEXT, uuid, "@uuid", "of a mediated device (uuid=)")                           \
	ROW(R, PART, zpci, "zpci", "what s390 adds to a PCI address (<zpci>)", guest_zpci)
ROWS_STRUCT(guest_address, GUEST_ADDRESS_ROWS);

#define GUEST_VIRTIO_ROWS(ROW, R)                                                            \
	ROW(R, ONOFF, iommu, "@iommu", "whether it goes through the guest's IOMMU (iommu=)") \
	ROW(R, ONOFF, ats, "@ats", "address translation services (ats=)")                    \
	ROW(R, ONOFF, packed, "@packed", "whether rings are packed (packed=)")               \
	ROW(R, ONOFF, page_per_vq, "@page_per_vq",                                           \
	    "whether each queue is notified on a page of its own (page_per_vq=)")
ROWS_STRUCT(guest_virtio, GUEST_VIRTIO_ROWS);

#define GUEST_LABEL_ROWS(ROW, R)                                                                 \
	ROW(R, WORD, type, "@type", "how it is made: dynamic, static, none (type=)", "dynamic",  \
	    "static", "none")                                                                    \
	ROW(R, YESNO, relabel, "@relabel", "whether files get it (relabel=)")                    \
	ROW(R, YESNO, skip, "@labelskip", "whether the file is left as it is (labelskip=)")      \
	ROW(R, TEXT, label, "label", "the label itself (<label>)")                               \
	ROW(R, TEXT, base_label, "baselabel", "what a dynamic label is made from (<baselabel>)") \
	ROW(R, TEXT, image_label, "imagelabel", "the label of its files (<imagelabel>)")
ROWS_STRUCT(guest_label, GUEST_LABEL_ROWS);

extern const struct bind_members guest_labels;

#define GUEST_RECONNECT_ROWS(ROW, R)                                           \
	ROW(R, YESNO, enabled, "@enabled",                                     \
	    "whether the connection is made again once it broke (enabled=)")   \
	ROW(R, COUNT, timeout, "@timeout", "seconds between tries (timeout=)") \
	ROW(R, COUNT, delay, "@delay", "seconds to wait for the connection (delay=)")
ROWS_STRUCT(guest_reconnect, GUEST_RECONNECT_ROWS);

#define GUEST_FAR_ROWS(ROW, R)                                 \
	ROW(R, TEXT, mode, "@mode", "bind or connect (mode=)") \
	ROW(R, TEXT, host, "@host", "address (host=)")         \
	ROW(R, TEXT, service, "@service", "port (service=)")
ROWS_STRUCT(guest_far, GUEST_FAR_ROWS);

#define GUEST_CHARDEV_ROWS(ROW, R)                                                                 \
	ROW(R, WORD, type, "@type",                                                                \
	    "what is at its other end: pty, file, unix, tcp, udp, dev, pipe, "                     \
	    "stdio, vc, null, nmdm, spicevmc, spiceport, qemu-vdagent, dbus "                      \
	    "(type=)",                                                                             \
	    "dev", "file", "pipe", "unix", "tcp", "udp", "null", "stdio", "vc", "pty", "spicevmc", \
	    "spiceport", "nmdm", "qemu-vdagent", "dbus")                                           \
	ROW(R, TEXT, tty, "@tty", "terminal it was given, by old libvirts (tty=)")                 \
	ROW(R, TEXT, path, "source@path", "file, device or socket (<source path=>)")               \
	ROW(R, TEXT, mode, "source@mode",                                                          \
	    "bind waits for a connection, connect makes it (<source mode=>)")                      \
	ROW(R, TEXT, host, "source@host", "address (<source host=>)")                              \
	ROW(R, TEXT, service, "source@service", "port (<source service=>)")                        \
	ROW(R, TEXT, channel, "source@channel",                                                    \
	    "name of a SPICE port or D-Bus channel (<source channel=>)")                           \
	ROW(R, TEXT, master, "source@master", "null modem, this side (<source master=>)")          \
	ROW(R, TEXT, slave, "source@slave", "null modem, that side (<source slave=>)")             \
	ROW(R, ONOFF, append, "source@append",                                                     \
	    "whether a file keeps what it held (<source append=>)")                                \
	ROW(R, YESNO, tls, "source@tls", "whether TCP is wrapped in TLS (<source tls=>)")          \
	ROW(R, YESNO, clipboard, "source/clipboard@copypaste",                                     \
	    "whether an agent passes the clipboard on (<clipboard copypaste=>)")                   \
	ROW(R, WORD, mouse, "source/mouse@mode",                                                   \
	    "whose mouse an agent follows: client or server (<mouse mode=>)", "server", "client")  \
	ROW(R, PART, reconnect, "source/reconnect", "what happens when it breaks (<reconnect>)",   \
	    guest_reconnect)                                                                       \
	ROW(R, KEYED, labels, "source/seclabel",                                                   \
	    "security labels of its file, by model (<seclabel>)", guest_label, guest_labels)       \
	ROW(R, PART, far, "source[2]", "udp: where it sends (<source>)", guest_far)                \
	ROW(R, WORD, protocol, "protocol@type",                                                    \
	    "of a TCP connection: raw, telnet, telnets, tls (<protocol type=>)", "raw", "telnet",  \
	    "telnets", "tls")                                                                      \
	ROW(R, TEXT, log, "log@file", "file that keeps what passes (<log file=>)")                 \
	ROW(R, ONOFF, log_append, "log@append",                                                    \
	    "whether that file keeps what it held (<log append=>)")
ROWS_STRUCT(guest_chardev, GUEST_CHARDEV_ROWS);

#define GUEST_ROM_ROWS(ROW, R)                                                     \
	ROW(R, YESNO, enabled, "@enabled", "whether the guest sees it (enabled=)") \
	ROW(R, ONOFF, bar, "@bar", "whether it is mapped into the guest (bar=)")   \
	ROW(R, TEXT, file, "@file", "file it comes from (file=)")
ROWS_STRUCT(guest_rom, GUEST_ROM_ROWS);

#define GUEST_ID_RANGE_ROWS(ROW, R)                                         \
	ROW(R, TEXT, start, "@start", "first identity inside (start=)")     \
	ROW(R, TEXT, target, "@target", "first identity outside (target=)") \
	ROW(R, TEXT, count, "@count", "how many (count=)")
ROWS_STRUCT(guest_id_range, GUEST_ID_RANGE_ROWS);

extern const struct bind_members guest_id_ranges;

#define GUEST_IDMAP_ROWS(ROW, R)                                                   \
	ROW(R, MANY, uid, "uid", "users (<uid>)", guest_id_range, guest_id_ranges) \
	ROW(R, MANY, gid, "gid", "groups (<gid>)", guest_id_range, guest_id_ranges)
ROWS_STRUCT(guest_idmap, GUEST_IDMAP_ROWS);

#define GUEST_AMOUNT_ROWS(ROW, R)             \
	ROW(R, NUMBER, value, "", "how much") \
	ROW(R, TEXT, unit, "@unit", "in which unit: bytes, KiB, M, ... (unit=)")
ROWS_STRUCT(guest_amount, GUEST_AMOUNT_ROWS);
