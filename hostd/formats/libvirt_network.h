/* libvirt_network.h - a network that libvirt runs itself.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in the XML. */
#pragma once

#include "formats/guest_nic.h"
#include "formats/guest_parts.h"
#include "formats/libvirt_object.h"

#define LIBVIRT_NETWORK_BRIDGE_ROWS(ROW, R)                                     \
	ROW(R, TEXT, name, "@name", "its device (name=)")                       \
	ROW(R, ONOFF, stp, "@stp", "spanning tree (stp=)")                      \
	ROW(R, TEXT, delay, "@delay", "seconds until a port forwards (delay=)") \
	ROW(R, TEXT, mac_table, "@macTableManager",                             \
	    "who fills its table: kernel or libvirt (macTableManager=)")        \
	ROW(R, TEXT, zone, "@zone", "firewalld's zone (zone=)")
ROWS_STRUCT(libvirt_network_bridge, LIBVIRT_NETWORK_BRIDGE_ROWS);

#define LIBVIRT_NETWORK_DOMAIN_ROWS(ROW, R)                                \
	ROW(R, TEXT, name, "@name", "domain of the guests' names (name=)") \
	ROW(R, YESNO, local_only, "@localOnly",                            \
	    "whether names of it are asked of nobody else (localOnly=)")   \
	ROW(R, YESNO, enrol, "@register", "whether systemd-resolved is told (register=)")
ROWS_STRUCT(libvirt_network_domain, LIBVIRT_NETWORK_DOMAIN_ROWS);

#define LIBVIRT_NETWORK_SPAN_ROWS(ROW, R)               \
	ROW(R, TEXT, start, "@start", "first (start=)") \
	ROW(R, TEXT, end, "@end", "last (end=)")
ROWS_STRUCT(libvirt_network_span, LIBVIRT_NETWORK_SPAN_ROWS);

extern const struct bind_members libvirt_network_spans;

#define LIBVIRT_NETWORK_NAT_ROWS(ROW, R)                                                           \
	ROW(R, YESNO, ipv6, "@ipv6", "IPv6 too (ipv6=)")                                           \
	ROW(R, MANY, addresses, "address", "which addresses guests go out with (<address>)",       \
	    libvirt_network_span, libvirt_network_spans)                                           \
	ROW(R, MANY, ports, "port", "which ports they go out with (<port>)", libvirt_network_span, \
	    libvirt_network_spans)
ROWS_STRUCT(libvirt_network_nat, LIBVIRT_NETWORK_NAT_ROWS);

#define LIBVIRT_NETWORK_DEVICE_ROWS(ROW, R) \
	ROW(R, TEXT, device, "@dev", "device of the host (dev=)")
ROWS_STRUCT(libvirt_network_device, LIBVIRT_NETWORK_DEVICE_ROWS);

extern const struct bind_members libvirt_network_devices;

extern const struct bind_members libvirt_network_functions;

#define LIBVIRT_NETWORK_FORWARD_ROWS(ROW, R)                                                     \
	ROW(R, TEXT, mode, "@mode",                                                              \
	    "nat, route, open, bridge, private, vepa, passthrough, hostdev (mode=)")             \
	ROW(R, TEXT, device, "@dev", "only by this device of the host (dev=)")                   \
	ROW(R, YESNO, managed, "@managed",                                                       \
	    "whether libvirt takes functions from their driver (managed=)")                      \
	ROW(R, PART, nat, "nat", "translation of addresses (<nat>)", libvirt_network_nat)        \
	ROW(R, MANY, devices, "interface", "devices of the host (<interface>)",                  \
	    libvirt_network_device, libvirt_network_devices)                                     \
	ROW(R, MANY, physical_functions, "pf", "cards whose virtual functions are given (<pf>)", \
	    libvirt_network_device, libvirt_network_devices)                                     \
	ROW(R, MANY, functions, "address", "PCI functions that are given (<address>)",           \
	    guest_address, libvirt_network_functions)                                            \
	ROW(R, TEXT, driver, "driver@name", "vfio (<driver name=>)")                             \
	ROW(R, TEXT, driver_model, "driver@model", "variant of the vfio driver (<driver model=>)")
ROWS_STRUCT(libvirt_network_forward, LIBVIRT_NETWORK_FORWARD_ROWS);

#define LIBVIRT_NETWORK_PORTGROUP_ROWS(ROW, R)                                                   \
	ROW(R, YESNO, standard, "@default", "whether NICs without a group are in it (default=)") \
	ROW(R, YESNO, trust_filters, "@trustGuestRxFilters",                                     \
	    "whether guests may choose what they receive (trustGuestRxFilters=)")                \
	ROW(R, PART, bandwidth, "bandwidth", "limits (<bandwidth>)", guest_nic_bandwidth)        \
	ROW(R, PART, virtual_port, "virtualport", "what the switch is told (<virtualport>)",     \
	    guest_virtual_port)                                                                  \
	ROW(R, PART, vlans, "vlan", "VLANs (<vlan>)", guest_nic_vlan)                            \
	ROW(R, YESNO, isolated, "port@isolated",                                                 \
	    "whether they cannot reach each other (<port isolated=>)")
ROWS_STRUCT(libvirt_network_portgroup, LIBVIRT_NETWORK_PORTGROUP_ROWS);

extern const struct bind_members libvirt_network_portgroups;

#define LIBVIRT_NETWORK_FORWARDER_ROWS(ROW, R)                  \
	ROW(R, TEXT, address, "@addr", "of the server (addr=)") \
	ROW(R, TEXT, domain, "@domain", "names it is asked for (domain=)")
ROWS_STRUCT(libvirt_network_forwarder, LIBVIRT_NETWORK_FORWARDER_ROWS);

extern const struct bind_members libvirt_network_forwarders;

#define LIBVIRT_NETWORK_TXT_ROWS(ROW, R) ROW(R, TEXT, value, "@value", "its text (value=)")
ROWS_STRUCT(libvirt_network_txt, LIBVIRT_NETWORK_TXT_ROWS);

extern const struct bind_members libvirt_network_txts;

#define LIBVIRT_NETWORK_SRV_ROWS(ROW, R)                                    \
	ROW(R, TEXT, service, "@service", "name of the service (service=)") \
	ROW(R, TEXT, protocol, "@protocol", "tcp or udp (protocol=)")       \
	ROW(R, TEXT, domain, "@domain", "domain (domain=)")                 \
	ROW(R, TEXT, target, "@target", "host that has it (target=)")       \
	ROW(R, TEXT, port, "@port", "its port (port=)")                     \
	ROW(R, TEXT, priority, "@priority", "lower first (priority=)")      \
	ROW(R, TEXT, weight, "@weight", "among equals (weight=)")
ROWS_STRUCT(libvirt_network_srv, LIBVIRT_NETWORK_SRV_ROWS);

extern const struct bind_members libvirt_network_srvs;

#define LIBVIRT_NETWORK_HOST_ROWS(ROW, R)        \
	ROW(R, TEXT, ip, "@ip", "address (ip=)") \
	ROW(R, LIST, names, "hostname", "its names (<hostname>)")
ROWS_STRUCT(libvirt_network_host, LIBVIRT_NETWORK_HOST_ROWS);

extern const struct bind_members libvirt_network_hosts;

#define LIBVIRT_NETWORK_DNS_ROWS(ROW, R)                                                        \
	ROW(R, YESNO, enabled, "@enable", "whether there is any (enable=)")                     \
	ROW(R, YESNO, forward_plain_names, "@forwardPlainNames",                                \
	    "whether names without a dot are asked of others (forwardPlainNames=)")             \
	ROW(R, MANY, forwarders, "forwarder", "who is asked (<forwarder>)",                     \
	    libvirt_network_forwarder, libvirt_network_forwarders)                              \
	ROW(R, KEYED, txt, "txt", "texts by name (<txt>)", libvirt_network_txt,                 \
	    libvirt_network_txts)                                                               \
	ROW(R, MANY, srv, "srv", "services (<srv>)", libvirt_network_srv, libvirt_network_srvs) \
	ROW(R, MANY, hosts, "host", "names of addresses (<host>)", libvirt_network_host,        \
	    libvirt_network_hosts)
ROWS_STRUCT(libvirt_network_dns, LIBVIRT_NETWORK_DNS_ROWS);

#define LIBVIRT_NETWORK_LEASE_ROWS(ROW, R)                                \
	ROW(R, TEXT, expiry, "@expiry", "how long; 0 for ever (expiry=)") \
	ROW(R, TEXT, unit, "@unit", "seconds, minutes or hours (unit=)")
ROWS_STRUCT(libvirt_network_lease, LIBVIRT_NETWORK_LEASE_ROWS);

#define LIBVIRT_NETWORK_RANGE_ROWS(ROW, R)                      \
	ROW(R, TEXT, start, "@start", "first address (start=)") \
	ROW(R, TEXT, end, "@end", "last address (end=)")        \
	ROW(R, PART, lease, "lease", "for how long (<lease>)", libvirt_network_lease)
ROWS_STRUCT(libvirt_network_range, LIBVIRT_NETWORK_RANGE_ROWS);

extern const struct bind_members libvirt_network_ranges;

#define LIBVIRT_NETWORK_STATIC_ROWS(ROW, R)              \
	ROW(R, TEXT, mac, "@mac", "of the NIC (mac=)")   \
	ROW(R, TEXT, id, "@id", "DHCPv6 identity (id=)") \
	ROW(R, TEXT, name, "@name", "its name (name=)")  \
	ROW(R, TEXT, ip, "@ip", "its address (ip=)")     \
	ROW(R, PART, lease, "lease", "for how long (<lease>)", libvirt_network_lease)
ROWS_STRUCT(libvirt_network_static, LIBVIRT_NETWORK_STATIC_ROWS);

extern const struct bind_members libvirt_network_statics;

#define LIBVIRT_NETWORK_DHCP_ROWS(ROW, R)                                                          \
	ROW(R, MANY, ranges, "range", "addresses that are given (<range>)", libvirt_network_range, \
	    libvirt_network_ranges)                                                                \
	ROW(R, MANY, hosts, "host", "addresses of single NICs (<host>)", libvirt_network_static,   \
	    libvirt_network_statics)                                                               \
	ROW(R, TEXT, boot_file, "bootp@file", "what they boot (<bootp file=>)")                    \
	ROW(R, TEXT, boot_server, "bootp@server", "from where (<bootp server=>)")
ROWS_STRUCT(libvirt_network_dhcp, LIBVIRT_NETWORK_DHCP_ROWS);

#define LIBVIRT_NETWORK_IP_ROWS(ROW, R)                                           \
	ROW(R, TEXT, family, "@family", "ipv4 or ipv6 (family=)")                 \
	ROW(R, TEXT, address, "@address", "of the host in it (address=)")         \
	ROW(R, TEXT, netmask, "@netmask", "its mask (netmask=)")                  \
	ROW(R, COUNT, prefix, "@prefix", "its bits (prefix=)")                    \
	ROW(R, YESNO, local_reverse, "@localPtr",                                 \
	    "whether reverse names are asked of nobody else (localPtr=)")         \
	ROW(R, TEXT, tftp, "tftp@root", "folder that TFTP offers (<tftp root=>)") \
	ROW(R, PART, dhcp, "dhcp", "addresses for guests (<dhcp>)", libvirt_network_dhcp)
ROWS_STRUCT(libvirt_network_ip, LIBVIRT_NETWORK_IP_ROWS);

extern const struct bind_members libvirt_network_ips;

#define LIBVIRT_NETWORK_ROWS(ROW, R)                                                         \
	ROW(R, TEXT, title, "title", "one line for lists (<title>)")                         \
	ROW(R, BLOCK, description, "description", "for people (<description>)")              \
	ROW(R, YESNO, ipv6, "@ipv6",                                                         \
	    "whether guests may speak IPv6 among themselves without an address "             \
	    "for it (ipv6=)")                                                                \
	ROW(R, YESNO, trust_filters, "@trustGuestRxFilters",                                 \
	    "whether guests may choose what they receive (trustGuestRxFilters=)")            \
	ROW(R, PART, forward, "forward", "how guests get out (<forward>)",                   \
	    libvirt_network_forward)                                                         \
	ROW(R, PART, bridge, "bridge", "its bridge (<bridge>)", libvirt_network_bridge)      \
	ROW(R, TEXT, mac, "mac@address", "address of the bridge (<mac address=>)")           \
	ROW(R, COUNT, mtu, "mtu@size", "largest packet (<mtu size=>)")                       \
	ROW(R, PART, domain, "domain", "domain of the guests' names (<domain>)",             \
	    libvirt_network_domain)                                                          \
	ROW(R, PART, dns, "dns", "names (<dns>)", libvirt_network_dns)                       \
	ROW(R, MANY, ips, "ip", "addresses (<ip>)", libvirt_network_ip, libvirt_network_ips) \
	ROW(R, MANY, routes, "route", "routes (<route>)", guest_route, guest_routes)         \
	ROW(R, PART, virtual_port, "virtualport", "what the switch is told (<virtualport>)", \
	    guest_virtual_port)                                                              \
	ROW(R, PART, vlans, "vlan", "VLANs (<vlan>)", guest_nic_vlan)                        \
	ROW(R, PART, bandwidth, "bandwidth", "limits of all together (<bandwidth>)",         \
	    guest_nic_bandwidth)                                                             \
	ROW(R, YESNO, isolated, "port@isolated",                                             \
	    "whether guests cannot reach each other (<port isolated=>)")                     \
	ROW(R, KEYED, portgroups, "portgroup", "kinds of ports (<portgroup>)",               \
	    libvirt_network_portgroup, libvirt_network_portgroups)
LIBVIRT_OBJECT_STRUCT(libvirt_network, LIBVIRT_NETWORK_ROWS);
extern const struct definition libvirt_network_definition;
