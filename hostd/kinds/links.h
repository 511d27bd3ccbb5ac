/* links.h - the record of a link, and its systemd-networkd files. */
#pragma once

#include "resource/kind.h"

#define NETWORKD_FOLDER "/etc/systemd/network"
#define NETWORKD_UNIT   "systemd-networkd.service"
#define NETWORKD_PREFIX "20-gasthof-"
#define ONLINE_UNIT     "systemd-networkd-wait-online.service" /* comes and goes with networkd */

enum { INTERFACE_NAME_MAX = 15 }; /* IFNAMSIZ without its NUL */

struct link_match {
	struct given given;
	const char *name, *driver;
	struct mac mac;
};

struct link_address {
	struct given given;
	struct prefix address;
};

struct link_route {
	struct given given;
	struct prefix to;
	struct address via;
	uint32_t metric;
};

struct link {
	struct given given;
	const char *type, *name;
	struct link_match match;
	uint32_t mtu;
	struct mac mac;
	const char *dhcp;
	bool accept_ra, wait_online;
	struct map addresses, routes;
	struct address_list dns;
	struct text_list domains;
	/* bridge, bond, vlan */
	struct text_list ports, members;
	bool stp, vlan_filtering;
	const char *mode;
	const char *parent;
	uint32_t id;
	/* implied */
	const char *in_bridge, *in_bond; /* handles */
	struct text_list vlans;          /* handles */
	bool up, managed;
	struct text_list other;
	struct prefix_list present; /* every address it has; observed only */
	/* Not in the table: names of the handles above, our files as they are, and whether
	 * this is what runs. */
	const char *in_bridge_name, *in_bond_name;
	struct text_list vlan_names;
	const char *network_text, *netdev_text;
	bool live, absent; /* absent: our files are there and the link is not */
	bool carrier;
	bool networkd; /* whether networkd is enabled and running */
	bool awaited;  /* whether ONLINE_UNIT is enabled */
};

extern const struct record link_record, link_match_record, link_address_record, link_route_record;
extern const struct kind links_kind;

/* Whether networkd makes this link, and we remove it. */
bool link_is_virtual(const struct link *link);

/* The two files; the second is NULL for a physical link. */
const char *link_network_text(struct arena *arena, const char *handle, const struct link *link);
const char *link_netdev_text(struct arena *arena, const char *handle, const struct link *link);
const char *link_file_path(struct arena *arena, const char *handle, const char *suffix);

/* Reads files that the two functions above wrote; what they cannot have written becomes
 * `other`.  `netdev` may be NULL. */
void link_read(struct arena *arena, const char *handle, const char *network, const char *netdev,
	       struct link *link);

/* The kind's operations that are files of their own: links_check.c, links_observe.c, links_plan.c.
 */
void links_check(const struct item *item, const struct desired *desired, struct faults *faults);
int links_observe(struct host *host, struct items *configured, struct items *running,
		  struct faults *faults) MUST_CHECK;
bool links_same(const struct item *want, const struct item *seen);
int links_plan(const struct change *change, struct steps *steps, struct faults *faults) MUST_CHECK;
