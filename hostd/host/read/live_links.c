/* live_links.c - links and their addresses, by rtnetlink. */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <libmnl/libmnl.h>

#include "host/read/live.h"
#include "host/read/live_links.h"

enum { TRIES_MAX = 5 }; /* the kernel says when a dump was disturbed by a change */

struct dump {
	struct arena *arena;
	struct host_links links;
	ARRAY(unsigned) masters; /* index of each link's master, 0: none */
};

/* ---- attributes ---- */

struct link_attributes {
	struct dump *dump;
	struct host_link *link;
	unsigned master;
};

static int altname_read(const struct nlattr *attribute, void *data)
{
	struct link_attributes *to = data;

	if (mnl_attr_get_type(attribute) == IFLA_ALT_IFNAME)
		ARRAY_PUSH(to->dump->arena, &to->link->altnames,
			   arena_strdup(to->dump->arena, mnl_attr_get_str(attribute)));
	return MNL_CB_OK;
}

static int kind_read(const struct nlattr *attribute, void *data)
{
	struct link_attributes *to = data;

	if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
		to->link->kind = arena_strdup(to->dump->arena, mnl_attr_get_str(attribute));
	return MNL_CB_OK;
}

static int link_attribute_read(const struct nlattr *attribute, void *data)
{
	struct link_attributes *to = data;
	struct host_link *link = to->link;

	switch (mnl_attr_get_type(attribute)) {
	case IFLA_IFNAME:
		link->name = arena_strdup(to->dump->arena, mnl_attr_get_str(attribute));
		break;
	case IFLA_MTU:
		link->mtu = mnl_attr_get_u32(attribute);
		break;
	case IFLA_MASTER:
		to->master = mnl_attr_get_u32(attribute);
		break;
	case IFLA_CARRIER:
		link->carrier = mnl_attr_get_u8(attribute);
		break;
	case IFLA_ADDRESS:
		if (mnl_attr_get_payload_len(attribute) == sizeof(link->mac))
			memcpy(&link->mac, mnl_attr_get_payload(attribute), sizeof(link->mac));
		break;
	case IFLA_PERM_ADDRESS:
		if (mnl_attr_get_payload_len(attribute) == sizeof(link->permanent))
			memcpy(&link->permanent, mnl_attr_get_payload(attribute),
			       sizeof(link->permanent));
		break;
	case IFLA_LINKINFO:
		return mnl_attr_parse_nested(attribute, kind_read, to);
	case IFLA_PROP_LIST:
		return mnl_attr_parse_nested(attribute, altname_read, to);
	}
	return MNL_CB_OK;
}

static int link_read(const struct nlmsghdr *message, void *data)
{
	struct dump *dump = data;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct link_attributes to = { dump, ARRAY_ADD(dump->arena, &dump->links.list) };

	if (message->nlmsg_type != RTM_NEWLINK) {
		dump->links.list.count--;
		return MNL_CB_OK;
	}
	to.link->name = to.link->kind = "";
	to.link->index = (unsigned)info->ifi_index;
	to.link->up = info->ifi_flags & IFF_UP;
	to.link->loopback = info->ifi_flags & IFF_LOOPBACK;
	int result = mnl_attr_parse(message, sizeof(*info), link_attribute_read, &to);
	to.link->altname = to.link->altnames.count ? to.link->altnames.at[0] : NULL;
	if (memcmp(&to.link->permanent, &(struct mac){}, sizeof(to.link->permanent)) == 0)
		to.link->permanent = to.link->mac;
	ARRAY_PUSH(dump->arena, &dump->masters, to.master);
	return result;
}

static struct host_link *link_by_index(struct dump *dump, unsigned index)
{
	EACH(link, &dump->links.list)
		if (link->index == index)
			return link;
	return NULL;
}

struct address_attributes {
	const struct nlattr *local, *address;
};

static int address_attribute_read(const struct nlattr *attribute, void *data)
{
	struct address_attributes *to = data;

	if (mnl_attr_get_type(attribute) == IFA_LOCAL)
		to->local = attribute;
	if (mnl_attr_get_type(attribute) == IFA_ADDRESS)
		to->address = attribute;
	return MNL_CB_OK;
}

/* IFA_ADDRESS is the peer's on point-to-point links; IFA_LOCAL, where given, is ours. */
static int address_read(const struct nlmsghdr *message, void *data)
{
	struct dump *dump = data;
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
	struct host_link *link = link_by_index(dump, info->ifa_index);
	struct address_attributes found = {};
	struct prefix prefix = { .length = info->ifa_prefixlen };

	if (message->nlmsg_type != RTM_NEWADDR || !link || info->ifa_scope != RT_SCOPE_UNIVERSE)
		return MNL_CB_OK;
	if (mnl_attr_parse(message, sizeof(*info), address_attribute_read, &found) < 0)
		return MNL_CB_ERROR;
	const struct nlattr *attribute = found.local ? found.local : found.address;
	size_t size = info->ifa_family == AF_INET ? 4 : 16;
	if (!attribute || mnl_attr_get_payload_len(attribute) != size)
		return MNL_CB_OK;
	prefix.address.family = info->ifa_family;
	memcpy(prefix.address.byte, mnl_attr_get_payload(attribute), size);
	ARRAY_PUSH(dump->arena, &link->addresses, prefix);
	return MNL_CB_OK;
}

/* ---- asking ---- */

static void socket_cleanup(struct mnl_socket **socket)
{
	if (*socket)
		mnl_socket_close(*socket);
}

static int ask(struct mnl_socket *socket, uint16_t type, mnl_cb_t each, struct dump *dump)
{
	char buffer[32 * 1024]; /* one datagram of a dump: the kernel's own limit */
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	unsigned sequence = (unsigned)time(NULL) ^ type;
	int more = 1;

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	message->nlmsg_seq = sequence;
	/* struct ifaddrmsg is the shorter one; zeroes mean "all" in both. */
	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	if (mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
		return -1;
	while (more > 0) {
		ssize_t size = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (size < 0)
			return -1;
		more = mnl_cb_run(buffer, (size_t)size, sequence, mnl_socket_get_portid(socket),
				  each, dump);
	}
	return more;
}

static int dump_once(struct dump *dump)
{
	__attribute__((cleanup(socket_cleanup))) struct mnl_socket *socket =
		mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    ask(socket, RTM_GETLINK, link_read, dump) < 0 ||
	    ask(socket, RTM_GETADDR, address_read, dump) < 0)
		return -1;
	for (size_t i = 0; i < dump->links.list.count; i++) {
		struct host_link *master = link_by_index(dump, dump->masters.at[i]);
		dump->links.list.at[i].master = master ? master->name : NULL;
	}
	return 0;
}

int links_read(struct arena *arena, struct host_links *ret, struct faults *faults)
{
	for (int tries = 1;; tries++) {
		struct dump dump = { .arena = arena };
		if (dump_once(&dump) == 0) {
			*ret = dump.links;
			return 1;
		}
		if (errno != EINTR || tries == TRIES_MAX)
			return fault_errno(faults, errno, "cannot read the links");
	}
}

int live_links(struct host *host, struct host_links *ret, struct faults *faults)
{
	struct live *live = live_of(host);

	if (!live->known.links) {
		struct host_links *links = ARENA_NEW(host->arena, struct host_links);
		if (links_read(host->arena, links, faults) < 0)
			return -1;
		live->known.links = links;
	}
	*ret = *live->known.links;
	return 1;
}

int links_delete(unsigned index, struct faults *faults)
{
	char buffer[1024];
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	__attribute__((cleanup(socket_cleanup))) struct mnl_socket *socket =
		mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

	message->nlmsg_type = RTM_DELLINK;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = 1;
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
	info->ifi_index = (int)index;
	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
		return fault_errno(faults, errno, "cannot ask for a link to be removed");
	ssize_t size = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (size < 0 ||
	    mnl_cb_run(buffer, (size_t)size, 1, mnl_socket_get_portid(socket), NULL, NULL) < 0)
		return errno == ENODEV ? 0 : fault_errno(faults, errno, "cannot remove a link");
	return 1;
}
