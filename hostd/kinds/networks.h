/* networks.h - the record of a guest network, and what the files of its kind share. */
#pragma once

#include "resource/desired.h"

#define NETWORKS_FOLDER "/etc/gasthof/networks"
#define RUNNING_FOLDER  "/run/gasthof-networks" /* what its dnsmasq was told (the unit's copy) */
#define STATE_FOLDER    "/var/lib/gasthof/networks"

struct subnet {
	struct given given;
	struct prefix subnet;
	struct address gateway; /* of the host in it */
};

struct dhcp {
	struct given given;
	bool enabled;
	struct address first, last;
	struct span lease;
};

struct dns_record {
	struct given given;
	struct address address;
};

struct dns {
	struct given given;
	bool enabled;
	const char *domain;
	struct map records; /* of struct dns_record */
	struct address_list upstream;
};

struct forward {
	struct given given;
	struct listen listen;
	struct endpoint to;
	struct prefix_list from;
};

struct lease { /* a NIC that always gets the same address */
	struct given given;
	struct mac mac;
	struct address address;
	const char *host;
};

struct network {
	struct given given;
	const char *mode, *link, *bridge;
	uint32_t mtu;
	struct map subnets; /* of struct subnet */
	struct dhcp dhcp;
	struct dns dns;
	struct text_list reach;
	struct map forwards; /* of struct forward */
	/* implied */
	struct map leases; /* of struct lease */
	bool served;       /* by its dnsmasq */
	bool defined;      /* in libvirt, and started */
	struct text_list other;
	/* Not in the table: our files as they are; NULL where there is none. */
	const char *conf_text, *hosts_text, *records_text;
	const char *uuid; /* libvirt's */
	bool active, autostart;
};

extern const struct record network_record, subnet_record, dhcp_record, dns_record,
	dns_record_record, forward_record, lease_record;
extern const struct kind networks_kind;

/* Whether it is a bridge of ours (nat, routed, isolated), and whether dnsmasq serves it. */
bool network_is_ours(const struct network *network);
bool network_is_served(const struct network *network);
bool network_is_mode(const struct network *network, const char *mode);

/* The name of its bridge, at most 15 bytes: gh-NAME, or gh-, the beginning and a hash. */
const char *network_bridge(struct arena *arena, const struct item *item);

/* The first subnet of a family, or the one that holds `address`; NULL: none. */
const struct subnet *network_subnet(const struct network *network, int family);
const struct subnet *network_subnet_of(const struct network *network,
				       const struct address *address);
/* The last address that a host of an IPv4 subnet may have. */
struct address subnet_last(const struct prefix *subnet);

/* Where a forward leads: 1 and the address; 0: nowhere yet (an unknown guest, no address). */
int forward_target(const struct network *network, const struct forward *forward,
		   const struct desired *desired, struct address *ret);

/* The NICs of a guest on this network: calls for each, in order. */
struct nic {
	const struct item *guest;
	const char *name;              /* of the NIC */
	const struct mac *mac;         /* NULL: not known */
	const struct address *address; /* NULL: not given */
};
typedef void nic_visit(void *context, const struct nic *nic);
void network_nics(const struct item *item, const struct desired *desired, nic_visit *visit,
		  void *context);

/* The three files of dnsmasq(8): conf is read when it starts, hosts (leases) and records
 * also when it is reloaded. */
const char *network_conf(struct arena *arena, const char *handle, const struct network *network);
const char *network_hosts(struct arena *arena, const char *handle, const struct network *network);
const char *network_records(struct arena *arena, const char *handle, const struct network *network);
const char *network_unit(struct arena *arena, const char *handle);

/* Reads what the functions above wrote; any may be NULL. */
void network_read(struct arena *arena, const char *handle, const char *conf, const char *hosts,
		  const char *records, struct network *network);

void networks_complete(struct item *item, struct desired *desired, struct faults *faults);
void networks_check(const struct item *item, const struct desired *desired, struct faults *faults);
int networks_observe(struct host *host, struct items *configured, struct items *running,
		     struct faults *faults) MUST_CHECK;
/* Appends to the firewall what the network needs of it. */
void networks_rules(struct item *item, struct desired *desired);
