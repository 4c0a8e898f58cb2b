/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The interfaces' addresses over netlink. */
#include "tools/interface_addresses.h"

#include "tools/memory.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* glibc's: the kernel fits its messages into what the first read has room for. */
#define NETLINK_ROOM 4096

static const uint8_t LOOPBACK_6[16] = { [15] = 1 };

/* The attribute that glibc takes: IFA_ADDRESS, whatever stands behind it, else IFA_LOCAL. */
static const void *find_attribute(const struct ifaddrmsg *message, size_t len, size_t size)
{
	const struct rtattr *at = (const struct rtattr *)(const void *)(message + 1);
	const void *local = NULL;

	while (len >= sizeof(*at) && at->rta_len >= sizeof(*at) && at->rta_len <= len) {
		size_t step = RTA_ALIGN((size_t)at->rta_len);

		if (RTA_PAYLOAD(at) >= size) {
			if (at->rta_type == IFA_ADDRESS)
				return at + 1;
			if (at->rta_type == IFA_LOCAL)
				local = at + 1;
		}
		if (step >= len)
			break;
		len -= step;
		at = (const struct rtattr *)(const void *)((const char *)at + step);
	}
	return local;
}

static void add_address(struct fopnp_interface_addresses *addresses,
			const struct ifaddrmsg *message, size_t attributes_len, bool *has_ipv6)
{
	size_t size = message->ifa_family == AF_INET ? 4 : 16;
	const void *bytes = find_attribute(message, attributes_len, size);
	struct fopnp_interface_address *entry;

	if ((message->ifa_family != AF_INET && message->ifa_family != AF_INET6) || !bytes)
		return;
	addresses->list = fopnp_memory_resize(addresses->list, addresses->count + 1,
					      sizeof(*addresses->list));
	entry = &addresses->list[addresses->count++];
	*entry = (struct fopnp_interface_address){
		.bytes = { [10] = 0xff, 0xff },
		.interface = message->ifa_index,
		.prefix_len = message->ifa_prefixlen,
		.is_deprecated = message->ifa_flags & (IFA_F_DEPRECATED | IFA_F_OPTIMISTIC),
		.is_home = message->ifa_flags & IFA_F_HOMEADDRESS,
	};
	memcpy(entry->bytes + sizeof(entry->bytes) - size, bytes, size);
	if (size == 16 && memcmp(bytes, LOOPBACK_6, size) != 0)
		*has_ipv6 = true;
}

static bool send_request(int fd, uint32_t sequence)
{
	struct {
		struct nlmsghdr header;
		struct rtgenmsg body;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETADDR,
			.nlmsg_flags = NLM_F_ROOT | NLM_F_MATCH | NLM_F_REQUEST,
			.nlmsg_seq = sequence,
		},
		.body = { .rtgen_family = AF_UNSPEC },
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t sent;

	do {
		sent = sendto(fd, &request, sizeof(request), 0, (const struct sockaddr *)&kernel,
			      sizeof(kernel));
	} while (sent == -1 && errno == EINTR);
	return sent == (ssize_t)sizeof(request);
}

/* The messages of one read.  True at the end of the list. */
static bool take_messages(struct fopnp_interface_addresses *addresses, const char *room, size_t len,
			  const struct nlmsghdr *expected, bool *has_ipv6)
{
	const struct nlmsghdr *at = (const struct nlmsghdr *)(const void *)room;

	while (len >= sizeof(*at) && at->nlmsg_len >= sizeof(*at) && at->nlmsg_len <= len) {
		size_t step = NLMSG_ALIGN((size_t)at->nlmsg_len);
		bool is_ours = at->nlmsg_pid == expected->nlmsg_pid &&
			       at->nlmsg_seq == expected->nlmsg_seq;

		if (is_ours && at->nlmsg_type == NLMSG_DONE)
			return true;
		if (is_ours && at->nlmsg_type == RTM_NEWADDR &&
		    at->nlmsg_len >= NLMSG_LENGTH(sizeof(struct ifaddrmsg)))
			add_address(addresses, (const struct ifaddrmsg *)(const void *)(at + 1),
				    at->nlmsg_len - NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
				    has_ipv6);
		if (step >= len)
			break;
		len -= step;
		at = (const struct nlmsghdr *)(const void *)((const char *)at + step);
	}
	return false;
}

static bool read_list(int fd, const struct nlmsghdr *expected,
		      struct fopnp_interface_addresses *addresses, bool *has_ipv6)
{
	FOPNP_AUTO_FREE char *room = fopnp_memory_zeroed(NETLINK_ROOM, 1);
	struct sockaddr_nl from;
	bool is_done = false;

	while (!is_done) {
		struct iovec part = { room, NETLINK_ROOM };
		struct msghdr message = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &part,
			.msg_iovlen = 1,
		};
		ssize_t len = recvmsg(fd, &message, 0);

		if (len == -1 && errno == EINTR)
			continue;
		if (len <= 0 || (message.msg_flags & MSG_TRUNC))
			return false;
		if (from.nl_pid == 0)
			is_done = take_messages(addresses, room, (size_t)len, expected, has_ipv6);
	}
	return true;
}

/* In a thousandth of this the kernel has written its list. */
static bool limit_wait(int fd)
{
	struct timeval limit = { .tv_sec = 2 };

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0;
}

static bool ask_kernel(int fd, struct fopnp_interface_addresses *addresses, bool *has_ipv6)
{
	struct sockaddr_nl own = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(own);
	struct nlmsghdr expected = { .nlmsg_seq = 1 };

	if (!limit_wait(fd) || bind(fd, (const struct sockaddr *)&own, sizeof(own)) == -1 ||
	    getsockname(fd, (struct sockaddr *)&own, &len) == -1)
		return false;
	expected.nlmsg_pid = own.nl_pid;
	return send_request(fd, expected.nlmsg_seq) &&
	       read_list(fd, &expected, addresses, has_ipv6);
}

static int compare_addresses(const void *one, const void *other)
{
	const struct fopnp_interface_address *a = one, *b = other;

	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

void fopnp_interface_addresses_read(struct fopnp_interface_addresses *out_addresses)
{
	struct fopnp_interface_addresses addresses = { .list = NULL };
	bool is_told, has_ipv6 = false;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	*out_addresses = addresses;
	if (fd == -1)
		return;
	is_told = ask_kernel(fd, &addresses, &has_ipv6);
	(void)close(fd);
	if (!is_told || !has_ipv6) {
		free(addresses.list);
		return;
	}
	/* libc's own sort and search: equal addresses end where getaddrinfo has them. */
	qsort(addresses.list, addresses.count, sizeof(*addresses.list), compare_addresses);
	*out_addresses = addresses;
}

void fopnp_interface_addresses_clear(struct fopnp_interface_addresses *addresses)
{
	free(addresses->list);
	*addresses = (struct fopnp_interface_addresses){ .list = NULL };
}

const struct fopnp_interface_address *fopnp_interface_addresses_find(
	const struct fopnp_interface_addresses *addresses, const uint8_t bytes[16])
{
	struct fopnp_interface_address wanted = { .interface = 0 };

	if (addresses->count == 0)
		return NULL;
	memcpy(wanted.bytes, bytes, sizeof(wanted.bytes));
	return bsearch(&wanted, addresses->list, addresses->count, sizeof(*addresses->list),
		       compare_addresses);
}

bool fopnp_interface_is_native(uint32_t interface)
{
	struct ifreq request = { .ifr_ifindex = (int)interface };
	bool is_native = false;
	int fd;

	if (interface == FOPNP_INTERFACE_UNKNOWN)
		return false;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return false;
	if (ioctl(fd, SIOCGIFNAME, &request) == 0 && ioctl(fd, SIOCGIFHWADDR, &request) == 0)
		is_native = request.ifr_hwaddr.sa_family != ARPHRD_TUNNEL &&
			    request.ifr_hwaddr.sa_family != ARPHRD_TUNNEL6 &&
			    request.ifr_hwaddr.sa_family != ARPHRD_SIT;
	(void)close(fd);
	return is_native;
}
