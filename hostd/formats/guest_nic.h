/* guest_nic.h - a guest's network cards beyond what is said most.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in domain XML. */
#pragma once

#include "formats/guest_parts.h"
#include "formats/guest_rows.h"

#define GUEST_BANDWIDTH_ONE_ROWS(ROW, R)                                                    \
	LIVE(ROW, R, NUMBER, average, "@average", "KiB in a second, on average (average=)") \
	LIVE(ROW, R, NUMBER, peak, "@peak", "KiB in a second, at most (peak=)")             \
	LIVE(ROW, R, NUMBER, floor, "@floor", "KiB in a second that are promised (floor=)") \
	LIVE(ROW, R, NUMBER, burst, "@burst", "KiB that may go at peak speed (burst=)")
ROWS_STRUCT(guest_bandwidth_one, GUEST_BANDWIDTH_ONE_ROWS);

#define GUEST_NIC_BANDWIDTH_ROWS(ROW, R)                                                       \
	ROW(R, PART, inbound, "inbound", "to the guest (<inbound>)", guest_bandwidth_one)      \
	ROW(R, PART, outbound, "outbound", "from the guest (<outbound>)", guest_bandwidth_one) \
	ROW(R, TEXT, class, "@classID", "traffic class (classID=)")
ROWS_STRUCT(guest_nic_bandwidth, GUEST_NIC_BANDWIDTH_ROWS);

#define GUEST_VLAN_TAG_ROWS(ROW, R)         \
	ROW(R, WORD, native, "@nativeMode", \
	    "whether it is the native one: tagged, untagged (nativeMode=)", "tagged", "untagged")
ROWS_STRUCT(guest_vlan_tag, GUEST_VLAN_TAG_ROWS);

extern const struct bind_members guest_vlan_tags;

#define GUEST_NIC_VLAN_ROWS(ROW, R)                                           \
	ROW(R, YESNO, trunk, "@trunk", "whether it carries several (trunk=)") \
	ROW(R, KEYED, tags, "tag", "VLANs by number (<tag>)", guest_vlan_tag, guest_vlan_tags)
ROWS_STRUCT(guest_nic_vlan, GUEST_NIC_VLAN_ROWS);

#define GUEST_VIRTUAL_PORT_ROWS(ROW, R)                                                           \
	ROW(R, WORD, type, "@type", "802.1Qbg, 802.1Qbh, openvswitch or midonet (type=)",         \
	    "802.1Qbg", "802.1Qbh", "openvswitch", "midonet")                                     \
	ROW(R, TEXT, manager_id, "parameters@managerid", "of 802.1Qbg (<parameters managerid=>)") \
	ROW(R, TEXT, type_id, "parameters@typeid", "of 802.1Qbg (<parameters typeid=>)")          \
	ROW(R, TEXT, type_id_version, "parameters@typeidversion",                                 \
	    "of 802.1Qbg (<parameters typeidversion=>)")                                          \
	ROW(R, TEXT, instance_id, "parameters@instanceid",                                        \
	    "of 802.1Qbg (<parameters instanceid=>)")                                             \
	ROW(R, TEXT, profile_id, "parameters@profileid",                                          \
	    "of 802.1Qbh and Open vSwitch (<parameters profileid=>)")                             \
	ROW(R, TEXT, interface_id, "parameters@interfaceid",                                      \
	    "of Open vSwitch and MidoNet (<parameters interfaceid=>)")
ROWS_STRUCT(guest_virtual_port, GUEST_VIRTUAL_PORT_ROWS);

#define GUEST_FILTER_PARAMETER_ROWS(ROW, R) \
	LIVE(ROW, R, TEXT, value, "@value", "its value (value=)")
ROWS_STRUCT(guest_filter_parameter, GUEST_FILTER_PARAMETER_ROWS);

extern const struct bind_members guest_filter_parameters;

#define GUEST_FILTER_ROWS(ROW, R)                                                      \
	LIVE(ROW, R, TEXT, name, "@filter", "the filter that libvirt knows (filter=)") \
	LIVE(ROW, R, KEYED, parameters, "parameter", "what it is told (<parameter>)",  \
	     guest_filter_parameter, guest_filter_parameters)
ROWS_STRUCT(guest_filter, GUEST_FILTER_ROWS);

#define GUEST_HOST_OFFLOADS_ROWS(ROW, R)                       \
	ROW(R, ONOFF, csum, "@csum", "checksums (csum=)")      \
	ROW(R, ONOFF, gso, "@gso", "segmentation (gso=)")      \
	ROW(R, ONOFF, tso4, "@tso4", "TCP over IPv4 (tso4=)")  \
	ROW(R, ONOFF, tso6, "@tso6", "TCP over IPv6 (tso6=)")  \
	ROW(R, ONOFF, ecn, "@ecn", "congestion notice (ecn=)") \
	ROW(R, ONOFF, ufo, "@ufo", "UDP fragments (ufo=)")     \
	ROW(R, ONOFF, mrg_rxbuf, "@mrg_rxbuf", "buffers joined (mrg_rxbuf=)")
ROWS_STRUCT(guest_host_offloads, GUEST_HOST_OFFLOADS_ROWS);

#define GUEST_GUEST_OFFLOADS_ROWS(ROW, R)                      \
	ROW(R, ONOFF, csum, "@csum", "checksums (csum=)")      \
	ROW(R, ONOFF, tso4, "@tso4", "TCP over IPv4 (tso4=)")  \
	ROW(R, ONOFF, tso6, "@tso6", "TCP over IPv6 (tso6=)")  \
	ROW(R, ONOFF, ecn, "@ecn", "congestion notice (ecn=)") \
	ROW(R, ONOFF, ufo, "@ufo", "UDP fragments (ufo=)")
ROWS_STRUCT(guest_guest_offloads, GUEST_GUEST_OFFLOADS_ROWS);

#define GUEST_IP_ROWS(ROW, R)                                             \
	ROW(R, TEXT, family, "@family", "ipv4 or ipv6 (family=)")         \
	ROW(R, TEXT, address, "@address", "the address (address=)")       \
	ROW(R, COUNT, prefix, "@prefix", "bits of the network (prefix=)") \
	ROW(R, TEXT, peer, "@peer", "the other end (peer=)")
ROWS_STRUCT(guest_ip, GUEST_IP_ROWS);

extern const struct bind_members guest_ips;

#define GUEST_ROUTE_ROWS(ROW, R)                                                \
	ROW(R, TEXT, family, "@family", "ipv4 or ipv6 (family=)")               \
	ROW(R, TEXT, address, "@address", "network that is reached (address=)") \
	ROW(R, TEXT, netmask, "@netmask", "its mask (netmask=)")                \
	ROW(R, COUNT, prefix, "@prefix", "its bits (prefix=)")                  \
	ROW(R, TEXT, gateway, "@gateway", "by which router (gateway=)")         \
	ROW(R, COUNT, metric, "@metric", "how dear (metric=)")
ROWS_STRUCT(guest_route, GUEST_ROUTE_ROWS);

extern const struct bind_members guest_routes;

#define GUEST_PORT_RANGE_ROWS(ROW, R)                        \
	ROW(R, TEXT, start, "@start", "first port (start=)") \
	ROW(R, TEXT, end, "@end", "last port (end=)")        \
	ROW(R, TEXT, to, "@to", "first port inside (to=)")   \
	ROW(R, YESNO, exclude, "@exclude", "whether these are left out (exclude=)")
ROWS_STRUCT(guest_port_range, GUEST_PORT_RANGE_ROWS);

extern const struct bind_members guest_port_ranges;

#define GUEST_PORT_FORWARD_ROWS(ROW, R)                                       \
	ROW(R, WORD, protocol, "@proto", "tcp or udp (proto=)", "tcp", "udp") \
	ROW(R, TEXT, address, "@address", "where it listens (address=)")      \
	ROW(R, TEXT, device, "@dev", "device it listens on (dev=)")           \
	ROW(R, MANY, ranges, "range", "ports (<range>)", guest_port_range, guest_port_ranges)
ROWS_STRUCT(guest_port_forward, GUEST_PORT_FORWARD_ROWS);

extern const struct bind_members guest_port_forwards;

#define GUEST_NIC_SOURCE_ROWS(ROW, R)                                                            \
	ROW(R, TEXT, mode, "@mode",                                                              \
	    "of macvtap: bridge, vepa, private, passthrough; of a socket: client, "              \
	    "server (mode=)")                                                                    \
	ROW(R, TEXT, device, "@dev", "device of the host (dev=)")                                \
	ROW(R, TEXT, type, "@type", "of a socket: unix (type=)")                                 \
	ROW(R, TEXT, path, "@path", "socket (path=)")                                            \
	ROW(R, TEXT, address, "@address", "of a tunnel (address=)")                              \
	ROW(R, TEXT, port, "@port", "of a tunnel (port=)")                                       \
	ROW(R, TEXT, network, "@network", "of an actual device (network=)")                      \
	ROW(R, TEXT, bridge, "@bridge", "of an actual device (bridge=)")                         \
	ROW(R, TEXT, name, "@name", "internal network (name=)")                                  \
	ROW(R, TEXT, portgroup, "@portgroup", "group of the network (portgroup=)")               \
	ROW(R, TEXT, portid, "@portid", "its port (portid=)")                                    \
	ROW(R, WORD, mac_table, "@macTableManager",                                              \
	    "who fills the bridge's table: kernel or libvirt (macTableManager=)", "kernel",      \
	    "libvirt")                                                                           \
	ROW(R, TEXT, switch_id, "@switchid", "of VMware (switchid=)")                            \
	ROW(R, TEXT, portgroup_id, "@portgroupid", "of VMware (portgroupid=)")                   \
	ROW(R, TEXT, connection_id, "@connectionid", "of VMware (connectionid=)")                \
	ROW(R, TEXT, local_address, "local@address",                                             \
	    "this end of a UDP tunnel (<local address=>)")                                       \
	ROW(R, TEXT, local_port, "local@port", "this end of a UDP tunnel (<local port=>)")       \
	ROW(R, PART, function, "address", "PCI function of the host (<address>)", guest_address) \
	ROW(R, TEXT, vendor, "vendor@id", "of a USB card (<vendor id=>)")                        \
	ROW(R, TEXT, product, "product@id", "of a USB card (<product id=>)")                     \
	ROW(R, PART, reconnect, "reconnect", "what happens when a socket breaks (<reconnect>)",  \
	    guest_reconnect)                                                                     \
	ROW(R, MANY, ips, "ip", "addresses on the host's side (<ip>)", guest_ip, guest_ips)      \
	ROW(R, MANY, routes, "route", "routes on the host's side (<route>)", guest_route,        \
	    guest_routes)
ROWS_STRUCT(guest_nic_source, GUEST_NIC_SOURCE_ROWS);

/* of struct guest_nic, besides its own */
#define GUEST_NIC_ROWS(ROW, R)                                                                     \
	LIVE(ROW, R, TEXT, libvirt_network, "source@network",                                      \
	     "network that only libvirt knows, instead of one described here "                     \
	     "(<source network=>)")                                                                \
	ROW(R, TEXT, type, "@type",                                                                \
	    "what it is plugged into, where no other field tells: user, direct, "                  \
	    "ethernet, hostdev, vhostuser, vdpa, udp, server, client, mcast, "                     \
	    "internal, null, vds (type=)")                                                         \
	ROW(R, YESNO, managed, "@managed",                                                         \
	    "whether libvirt takes the host's device from its driver (managed=)")                  \
	LIVE(ROW, R, YESNO, trust_filters, "@trustGuestRxFilters",                                 \
	     "whether the guest may choose what it receives (trustGuestRxFilters=)")               \
	ROW(R, PART, source, "source", "where that is, in libvirt's words (<source>)",             \
	    guest_nic_source)                                                                      \
	ROW(R, WORD, mac_kind, "mac@type", "generated or static, of VMware (<mac type=>)",         \
	    "generated", "static")                                                                 \
	ROW(R, YESNO, mac_check, "mac@check", "whether VMware looks at it (<mac check=>)")         \
	ROW(R, TEXT, mac_current, "mac@currentAddress",                                            \
	    "the address it has now (<mac currentAddress=>)")                                      \
	ROW(R, PART, virtual_port, "virtualport", "what the switch is told (<virtualport>)",       \
	    guest_virtual_port)                                                                    \
	LIVE(ROW, R, COUNT, coalesce, "coalesce/rx/frames@max",                                    \
	     "packets that make one interrupt (<frames max=>)")                                    \
	ROW(R, TEXT, device, "target@dev", "name of its end on the host (<target dev=>)")          \
	ROW(R, YESNO, device_managed, "target@managed",                                            \
	    "whether libvirt makes that device (<target managed=>)")                               \
	ROW(R, TEXT, guest_device, "guest@dev", "name inside a container (<guest dev=>)")          \
	ROW(R, TEXT, guest_actual, "guest@actual", "name it has there now (<guest actual=>)")      \
	ROW(R, TEXT, script, "script@path", "program that sets it up (<script path=>)")            \
	ROW(R, TEXT, down_script, "downscript@path",                                               \
	    "program that takes it down (<downscript path=>)")                                     \
	ROW(R, TEXT, backend_domain, "backenddomain@name",                                         \
	    "the Xen domain that serves it (<backenddomain name=>)")                               \
	ROW(R, WORD, backend, "backend@type", "of a user NIC: default or passt (<backend type=>)", \
	    "default", "passt")                                                                    \
	ROW(R, TEXT, tap, "backend@tap", "device file of taps (<backend tap=>)")                   \
	ROW(R, TEXT, vhost, "backend@vhost", "device file of vhost (<backend vhost=>)")            \
	ROW(R, TEXT, backend_log, "backend@logFile", "what passt says (<backend logFile=>)")       \
	ROW(R, WORD, driver, "driver@name",                                                        \
	    "who moves packets: vhost, qemu; or takes the device: vfio (<driver "                  \
	    "name=>)",                                                                             \
	    "kvm", "vfio", "xen", "qemu", "vhost")                                                 \
	ROW(R, TEXT, driver_model, "driver@model", "variant of the vfio driver (<driver model=>)") \
	ROW(R, COUNT, rx_queue_size, "driver@rx_queue_size",                                       \
	    "entries of a receive queue (<driver rx_queue_size=>)")                                \
	ROW(R, COUNT, tx_queue_size, "driver@tx_queue_size",                                       \
	    "entries of a send queue (<driver tx_queue_size=>)")                                   \
	ROW(R, WORD, txmode, "driver@txmode", "iothread or timer (<driver txmode=>)", "iothread",  \
	    "timer")                                                                               \
	ROW(R, ONOFF, ioeventfd, "driver@ioeventfd",                                               \
	    "whether sending wakes another thread (<driver ioeventfd=>)")                          \
	ROW(R, ONOFF, event_idx, "driver@event_idx", "fewer interrupts (<driver event_idx=>)")     \
	ROW(R, ONOFF, rss, "driver@rss", "packets spread over queues (<driver rss=>)")             \
	ROW(R, ONOFF, rss_hash_report, "driver@rss_hash_report",                                   \
	    "the hash told to the guest (<driver rss_hash_report=>)")                              \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)               \
	ROW(R, PART, host_offloads, "driver/host", "what QEMU may leave to the guest (<host>)",    \
	    guest_host_offloads)                                                                   \
	ROW(R, PART, guest_offloads, "driver/guest", "what the guest may leave to QEMU (<guest>)", \
	    guest_guest_offloads)                                                                  \
	ROW(R, PART, filter, "filterref", "what it may send and receive (<filterref>)",            \
	    guest_filter)                                                                          \
	ROW(R, COUNT, sndbuf, "tune/sndbuf", "bytes that may wait to be sent (<sndbuf>)")          \
	ROW(R, TEXT, load_parameter, "boot@loadparm",                                              \
	    "what s390 boots from it (<boot loadparm=>)")                                          \
	ROW(R, PART, rom, "rom", "boot ROM (<rom>)", guest_rom)                                    \
	ROW(R, PART, bandwidth, "bandwidth", "limits (<bandwidth>)", guest_nic_bandwidth)          \
	ROW(R, PART, vlans, "vlan", "VLANs that its port carries (<vlan>)", guest_nic_vlan)        \
	LIVE(ROW, R, YESNO, isolated, "port@isolated",                                             \
	     "whether it cannot reach other isolated ports (<port isolated=>)")                    \
	ROW(R, WORD, teaming, "teaming@type",                                                      \
	    "half of a pair: persistent or transient (<teaming type=>)", "persistent",             \
	    "transient")                                                                           \
	ROW(R, TEXT, teaming_with, "teaming@persistent",                                           \
	    "alias of the other half (<teaming persistent=>)")                                     \
	ROW(R, MANY, ips, "ip", "addresses inside a container or of a user NIC (<ip>)", guest_ip,  \
	    guest_ips)                                                                             \
	ROW(R, MANY, routes, "route", "routes inside a container (<route>)", guest_route,          \
	    guest_routes)                                                                          \
	ROW(R, MANY, port_forwards, "portForward",                                                 \
	    "ports of the host that lead to a user NIC (<portForward>)", guest_port_forward,       \
	    guest_port_forwards)                                                                   \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                    \
	    "number in the guest's firmware tables (<acpi index=>)")                               \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)         \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
