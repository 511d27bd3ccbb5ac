/* live_vfs.c - virtual functions of SR-IOV cards, by rtnetlink.
 *
 * The kernel's include/uapi/linux/if_link.h: IFLA_VFINFO_LIST, which is only told when it is
 * asked for (RTEXT_FILTER_VF), without statistics, which would not fit for 256 of them.
 */
#include "host/read/live_vfs.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "host/read/live.h"

enum { ANSWER_MAX = 128 * 1024 };

static void socket_cleanup(struct mnl_socket **socket)
{
	if (*socket)
		mnl_socket_close(*socket);
}
#define SOCKET __attribute__((cleanup(socket_cleanup)))

/* Sends the message and lets `each` see the answers; 0 or an errno. */
static int ask(struct nlmsghdr *message, struct arena *arena, mnl_cb_t each, void *context)
{
	SOCKET struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	char *answer = arena_alloc(arena, ANSWER_MAX);

	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
		return errno;
	ssize_t size = mnl_socket_recvfrom(socket, answer, ANSWER_MAX);
	if (size < 0 ||
	    mnl_cb_run(answer, (size_t)size, 1, mnl_socket_get_portid(socket), each, context) < 0)
		return errno;
	return 0;
}

static struct nlmsghdr *message_begin(char *buffer, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = 1;
	return message;
}

/* ---- reading ---- */

struct reading {
	struct arena *arena;
	struct host_vfs vfs;
	struct host_vf *vf;
};

static const char *state_name(uint32_t state)
{
	return state == IFLA_VF_LINK_STATE_ENABLE    ? "up"
	       : state == IFLA_VF_LINK_STATE_DISABLE ? "down"
						     : "auto";
}

/* All begin with the function's number and a 32 bit value; ~0 means that the driver has no such
 * setting. */
static int setting_read(const struct nlattr *attribute, void *data)
{
	struct reading *reading = data;
	struct host_vf *vf = reading->vf;
	const uint32_t *word = mnl_attr_get_payload(attribute);
	const struct ifla_vf_rate *rate = mnl_attr_get_payload(attribute);
	const struct ifla_vf_mac *mac = mnl_attr_get_payload(attribute);

	switch (mnl_attr_get_type(attribute)) {
	case IFLA_VF_MAC:
		vf->number = mac->vf;
		memcpy(&vf->mac, mac->mac, sizeof(vf->mac));
		break;
	case IFLA_VF_VLAN:
		vf->vlan = word[1];
		break;
	case IFLA_VF_SPOOFCHK:
		vf->has_spoof_check = word[1] != ~0U;
		vf->spoof_check = word[1] == 1;
		break;
	case IFLA_VF_TRUST:
		vf->has_trust = word[1] != ~0U;
		vf->trust = word[1] == 1;
		break;
	case IFLA_VF_LINK_STATE:
		vf->link_state = state_name(word[1]);
		break;
	case IFLA_VF_RATE:
		vf->rate_least = rate->min_tx_rate;
		vf->rate = rate->max_tx_rate;
		break;
	}
	return MNL_CB_OK;
}

static int function_read(const struct nlattr *attribute, void *data)
{
	struct reading *reading = data;

	if (mnl_attr_get_type(attribute) != IFLA_VF_INFO)
		return MNL_CB_OK;
	reading->vf = ARRAY_ADD(reading->arena, &reading->vfs.list);
	reading->vf->link_state = "auto";
	return mnl_attr_parse_nested(attribute, setting_read, reading);
}

static int attribute_read(const struct nlattr *attribute, void *data)
{
	if (mnl_attr_get_type(attribute) != IFLA_VFINFO_LIST)
		return MNL_CB_OK;
	return mnl_attr_parse_nested(attribute, function_read, data);
}

static int answer_read(const struct nlmsghdr *message, void *data)
{
	if (message->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	return mnl_attr_parse(message, sizeof(struct ifinfomsg), attribute_read, data);
}

int vfs_read(struct arena *arena, const char *link, struct host_vfs *ret, struct faults *faults)
{
	char buffer[256];
	struct nlmsghdr *message = message_begin(buffer, RTM_GETLINK, 0);
	struct reading reading = { .arena = arena };

	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS);
	mnl_attr_put_strz(message, IFLA_IFNAME, link);
	int error = ask(message, arena, answer_read, &reading);
	if (error == ENODEV)
		return 0;
	if (error)
		return fault_errno(faults, error, "cannot read the virtual functions of %s", link);
	*ret = reading.vfs;
	return 1;
}

int live_vfs(struct host *host, const char *link, struct host_vfs *ret, struct faults *faults)
{
	return vfs_read(host->arena, link, ret, faults);
}

/* ---- writing ---- */

static int tell(struct nlmsghdr *message, const char *link, struct faults *faults)
{
	ARENA_AUTO struct arena *arena = arena_new();
	int error = ask(message, arena, NULL, NULL);

	if (!error)
		return 0;
	if (error == EOPNOTSUPP)
		return fault(faults, FAULT_MACHINE, "the driver of %s has no such setting", link);
	return fault_errno(faults, error, "%s does not take it", link);
}

int vfs_set(const char *link, unsigned type, const void *setting, size_t size,
	    struct faults *faults)
{
	char buffer[512];
	struct nlmsghdr *message = message_begin(buffer, RTM_SETLINK, NLM_F_ACK);

	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(message, IFLA_IFNAME, link);
	struct nlattr *list = mnl_attr_nest_start(message, IFLA_VFINFO_LIST);
	struct nlattr *function = mnl_attr_nest_start(message, IFLA_VF_INFO);
	mnl_attr_put(message, (uint16_t)type, size, setting);
	mnl_attr_nest_end(message, function);
	mnl_attr_nest_end(message, list);
	return tell(message, link, faults);
}

int links_set_up(const char *link, bool up, struct faults *faults)
{
	char buffer[256];
	struct nlmsghdr *message = message_begin(buffer, RTM_SETLINK, NLM_F_ACK);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(message, sizeof(*info));

	info->ifi_change = IFF_UP;
	info->ifi_flags = up ? IFF_UP : 0;
	mnl_attr_put_strz(message, IFLA_IFNAME, link);
	return tell(message, link, faults);
}
