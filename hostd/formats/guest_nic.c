#include "formats/guest_nic.h"

ROWS_TABLE(guest_bandwidth_one, GUEST_BANDWIDTH_ONE_ROWS);
ROWS_TABLE(guest_nic_bandwidth, GUEST_NIC_BANDWIDTH_ROWS);
ROWS_TABLE(guest_vlan_tag, GUEST_VLAN_TAG_ROWS);
const struct bind_members guest_vlan_tags = { .table = &guest_vlan_tag_table,
					      .foreign = "@id",
					      .keyed = true };

ROWS_TABLE(guest_nic_vlan, GUEST_NIC_VLAN_ROWS);
ROWS_TABLE(guest_virtual_port, GUEST_VIRTUAL_PORT_ROWS);
ROWS_TABLE(guest_filter_parameter, GUEST_FILTER_PARAMETER_ROWS,
	   .shorthand = &guest_filter_parameter_fields[0]);
const struct bind_members guest_filter_parameters = { .table = &guest_filter_parameter_table,
						      .foreign = "@name",
						      .keyed = true };

ROWS_TABLE(guest_filter, GUEST_FILTER_ROWS);
ROWS_TABLE(guest_host_offloads, GUEST_HOST_OFFLOADS_ROWS);
ROWS_TABLE(guest_guest_offloads, GUEST_GUEST_OFFLOADS_ROWS);
ROWS_TABLE(guest_ip, GUEST_IP_ROWS);
const struct bind_members guest_ips = { .table = &guest_ip_table, .word = "ip" };

ROWS_TABLE(guest_route, GUEST_ROUTE_ROWS);
const struct bind_members guest_routes = { .table = &guest_route_table, .word = "route" };

ROWS_TABLE(guest_port_range, GUEST_PORT_RANGE_ROWS);
const struct bind_members guest_port_ranges = { .table = &guest_port_range_table, .word = "range" };

ROWS_TABLE(guest_port_forward, GUEST_PORT_FORWARD_ROWS);
const struct bind_members guest_port_forwards = { .table = &guest_port_forward_table,
						  .word = "forward" };

ROWS_TABLE(guest_nic_source, GUEST_NIC_SOURCE_ROWS);
