#define ROWS_CLASS CLASS_SERVICE_RESTART
#include "formats/libvirt_network.h"

ROWS_TABLE(libvirt_network_bridge, LIBVIRT_NETWORK_BRIDGE_ROWS);
ROWS_TABLE(libvirt_network_domain, LIBVIRT_NETWORK_DOMAIN_ROWS,
	   .shorthand = &libvirt_network_domain_fields[0]);
ROWS_TABLE(libvirt_network_span, LIBVIRT_NETWORK_SPAN_ROWS);
const struct bind_members libvirt_network_spans = { .table = &libvirt_network_span_table,
						    .word = "range" };

ROWS_TABLE(libvirt_network_nat, LIBVIRT_NETWORK_NAT_ROWS);
ROWS_TABLE(libvirt_network_device, LIBVIRT_NETWORK_DEVICE_ROWS);
const struct bind_members libvirt_network_devices = { .table = &libvirt_network_device_table,
						      .foreign = "@dev",
						      .word = "device" };

const struct bind_members libvirt_network_functions = { .table = &guest_address_table,
							.word = "function" };

ROWS_TABLE(libvirt_network_forward, LIBVIRT_NETWORK_FORWARD_ROWS,
	   .shorthand = &libvirt_network_forward_fields[0]);
ROWS_TABLE(libvirt_network_portgroup, LIBVIRT_NETWORK_PORTGROUP_ROWS);
const struct bind_members libvirt_network_portgroups = { .table = &libvirt_network_portgroup_table,
							 .foreign = "@name",
							 .keyed = true };

ROWS_TABLE(libvirt_network_forwarder, LIBVIRT_NETWORK_FORWARDER_ROWS);
const struct bind_members libvirt_network_forwarders = { .table = &libvirt_network_forwarder_table,
							 .word = "forwarder" };

ROWS_TABLE(libvirt_network_txt, LIBVIRT_NETWORK_TXT_ROWS,
	   .shorthand = &libvirt_network_txt_fields[0]);
const struct bind_members libvirt_network_txts = { .table = &libvirt_network_txt_table,
						   .foreign = "@name",
						   .keyed = true };

ROWS_TABLE(libvirt_network_srv, LIBVIRT_NETWORK_SRV_ROWS);
const struct bind_members libvirt_network_srvs = { .table = &libvirt_network_srv_table,
						   .word = "service" };

ROWS_TABLE(libvirt_network_host, LIBVIRT_NETWORK_HOST_ROWS);
const struct bind_members libvirt_network_hosts = { .table = &libvirt_network_host_table,
						    .foreign = "@ip",
						    .word = "host" };

ROWS_TABLE(libvirt_network_dns, LIBVIRT_NETWORK_DNS_ROWS);
ROWS_TABLE(libvirt_network_lease, LIBVIRT_NETWORK_LEASE_ROWS);
ROWS_TABLE(libvirt_network_range, LIBVIRT_NETWORK_RANGE_ROWS);
const struct bind_members libvirt_network_ranges = { .table = &libvirt_network_range_table,
						     .word = "range" };

ROWS_TABLE(libvirt_network_static, LIBVIRT_NETWORK_STATIC_ROWS);
const struct bind_members libvirt_network_statics = { .table = &libvirt_network_static_table,
						      .foreign = "@name",
						      .word = "host" };

ROWS_TABLE(libvirt_network_dhcp, LIBVIRT_NETWORK_DHCP_ROWS);
ROWS_TABLE(libvirt_network_ip, LIBVIRT_NETWORK_IP_ROWS);
const struct bind_members libvirt_network_ips = { .table = &libvirt_network_ip_table,
						  .word = "ip" };

LIBVIRT_OBJECT_TABLE(libvirt_network, LIBVIRT_NETWORK_ROWS, "network");
