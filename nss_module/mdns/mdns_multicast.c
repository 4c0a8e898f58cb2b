/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Multicast queries and their replies, see mdns_multicast.h. */
#include "nss_module/mdns/mdns_multicast.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "nss_module/lookup/dns_packet.h"
#include "nss_module/mdns/mdns_descriptor.h"
#include "nss_module/mdns/mdns_reply.h"

#define PORT      5353
#define HOP_LIMIT 255
#define BATCH     16 /* packets read before the clock is looked at again */

static const int families[FOPNP_MDNS_SOCKETS] = { AF_INET, AF_INET6 };

/* RFC 6762 section 3: 224.0.0.251 and ff02::fb. */
static const struct in6_addr group6 = { .s6_addr = { 0xff, 0x02, [15] = 0xfb } };
static const uint32_t group4 = 0xe00000fb;

/* ---- errors ---- */

bool fopnp_mdns_is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ||
	       error == EAGAIN;
}

/* The first is kept, but a shortage, which passes, says more. */
static void note_error(int *error, int now)
{
	if (*error == 0 || fopnp_mdns_is_shortage(now))
		*error = now;
}

/* What happened to socket number WHICH is in errno: the program may have closed it. */
static void lose_if_lost(struct fopnp_mdns_multicast *multicast, unsigned which)
{
	if (!fopnp_mdns_is_lost(errno))
		return;
	note_error(&multicast->error, errno);
	multicast->sockets[which] = -1;
}

/* ---- opening ---- */

static bool set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

static bool set_options(int fd, int family)
{
	if (family == AF_INET)
		return set(fd, IPPROTO_IP, IP_MULTICAST_TTL, HOP_LIMIT) &&
		       set(fd, IPPROTO_IP, IP_PKTINFO, 1) && set(fd, IPPROTO_IP, IP_RECVTTL, 1);
	return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, HOP_LIMIT) &&
	       set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) &&
	       set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
}

static int open_socket(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && !set_options(fd, family)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool has_family(const struct fopnp_mdns_interface *interface, int family)
{
	return family == AF_INET ? interface->has_inet : interface->has_inet6;
}

/* Early in the boot or in a sandbox there may be no random bytes; then the port alone is. */
static uint16_t choose_id(void)
{
	struct timespec now;
	uint16_t id;

	if (getrandom(&id, sizeof(id), GRND_NONBLOCK) == sizeof(id))
		return id;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint16_t)((unsigned long)now.tv_nsec >> 4);
}

void fopnp_mdns_multicast_init(struct fopnp_mdns_multicast *multicast)
{
	memset(multicast, 0, offsetof(struct fopnp_mdns_multicast, packet));
	for (unsigned i = 0; i < FOPNP_MDNS_SOCKETS; i++)
		multicast->sockets[i] = -1;
}

static bool is_wanted(const struct fopnp_mdns_multicast *multicast, int family)
{
	for (size_t i = 0; i < multicast->interface_count; i++)
		if (has_family(&multicast->interfaces[i], family))
			return true;
	return false;
}

void fopnp_mdns_multicast_open(struct fopnp_mdns_multicast *multicast)
{
	bool is_open = false;
	int error = 0;

	if (getifaddrs(&multicast->list) != 0) {
		multicast->error = errno;
		multicast->list = NULL;
		return;
	}
	multicast->interface_count =
		fopnp_mdns_interfaces_find(multicast->list, multicast->interfaces);
	multicast->id = choose_id();
	for (unsigned which = 0; which < FOPNP_MDNS_SOCKETS; which++) {
		if (!is_wanted(multicast, families[which]))
			continue;
		multicast->sockets[which] = open_socket(families[which]);
		if (multicast->sockets[which] >= 0)
			is_open = true;
		else
			note_error(&error, errno);
	}
	if (!is_open || fopnp_mdns_is_shortage(error))
		multicast->error = error;
}

void fopnp_mdns_multicast_close(struct fopnp_mdns_multicast *multicast)
{
	for (unsigned i = 0; i < FOPNP_MDNS_SOCKETS; i++)
		fopnp_mdns_close(&multicast->sockets[i]);
	if (multicast->list)
		freeifaddrs(multicast->list);
	multicast->list = NULL;
}

/* ---- sending ---- */

/* The link is chosen before each packet, so that one socket does for all of them. */
static bool send_inet(int fd, unsigned interface, const void *packet, size_t len)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT),
				  .sin_addr.s_addr = htonl(group4) };
	struct ip_mreqn way = { .imr_ifindex = (int)interface };

	return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &way, sizeof(way)) == 0 &&
	       sendto(fd, packet, len, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to,
		      sizeof(to)) == (ssize_t)len;
}

static bool send_inet6(int fd, unsigned interface, const void *packet, size_t len)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
				   .sin6_port = htons(PORT),
				   .sin6_addr = group6,
				   .sin6_scope_id = interface };

	return sendto(fd, packet, len, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to,
		      sizeof(to)) == (ssize_t)len;
}

static void send_by(struct fopnp_mdns_multicast *multicast, unsigned which, unsigned interface,
		    const void *packet, size_t len)
{
	int fd = multicast->sockets[which];

	if (which == 0 ? send_inet(fd, interface, packet, len)
		       : send_inet6(fd, interface, packet, len)) {
		multicast->asked++;
		return;
	}
	note_error(&multicast->send_error, errno);
	lose_if_lost(multicast, which);
}

static void send_everywhere(struct fopnp_mdns_multicast *multicast, const void *packet, size_t len)
{
	for (size_t i = 0; i < multicast->interface_count; i++)
		for (unsigned which = 0; which < FOPNP_MDNS_SOCKETS; which++)
			if (multicast->sockets[which] >= 0 &&
			    has_family(&multicast->interfaces[i], families[which]))
				send_by(multicast, which, multicast->interfaces[i].index, packet,
					len);
}

void fopnp_mdns_multicast_send(struct fopnp_mdns_multicast *multicast,
			       const struct fopnp_mdns_question *question, unsigned settled)
{
	uint8_t packet[FOPNP_DNS_QUERY_SIZE];

	for (unsigned i = 0; i < question->type_count; i++) {
		size_t len;

		if (settled & 1u << i)
			continue;
		len = fopnp_dns_write_query(packet, multicast->id, 0, question->name,
					    question->types[i], ns_c_in, 0);
		if (len > 0)
			send_everywhere(multicast, packet, len);
	}
}

/* ---- receiving ---- */

/* Room for one message of each of the two kinds that come with a packet. */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(int))];
};

struct arrival {
	unsigned interface;
	int hop_limit; /* 0: the kernel did not tell */
	uint16_t port;
	struct fopnp_answer_address source;
};

static void read_control(struct msghdr *message, struct arrival *arrival)
{
	struct in6_pktinfo way6;
	struct in_pktinfo way4;

	for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at)) {
		const void *data = CMSG_DATA(at);

		if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO) {
			memcpy(&way4, data, sizeof(way4));
			arrival->interface = (unsigned)way4.ipi_ifindex;
		} else if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO) {
			memcpy(&way6, data, sizeof(way6));
			arrival->interface = way6.ipi6_ifindex;
		} else if ((at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_TTL) ||
			   (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_HOPLIMIT)) {
			memcpy(&arrival->hop_limit, data, sizeof(arrival->hop_limit));
		}
	}
}

static void read_source(const struct sockaddr_storage *from, struct arrival *arrival)
{
	struct fopnp_answer_address *source = &arrival->source;
	struct sockaddr_in6 from6;
	struct sockaddr_in from4;

	source->family = from->ss_family;
	if (from->ss_family == AF_INET) {
		memcpy(&from4, from, sizeof(from4));
		memcpy(source->bytes, &from4.sin_addr, 4);
		arrival->port = ntohs(from4.sin_port);
	} else {
		memcpy(&from6, from, sizeof(from6));
		memcpy(source->bytes, &from6.sin6_addr, 16);
		source->scope = from6.sin6_scope_id;
		arrival->port = ntohs(from6.sin6_port);
	}
}

/* The length, 0 for one that is to be ignored, -1 if none waits. */
static ssize_t receive_packet(struct fopnp_mdns_multicast *multicast, int fd,
			      struct arrival *arrival)
{
	struct sockaddr_storage from = { 0 };
	struct iovec part = { .iov_base = multicast->packet, .iov_len = sizeof(multicast->packet) };
	union control control;
	struct msghdr message = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	ssize_t len = recvmsg(fd, &message, MSG_DONTWAIT);

	if (len < 0)
		return -1;
	*arrival = (struct arrival){ 0 };
	read_control(&message, arrival);
	read_source(&from, arrival);
	return message.msg_flags & MSG_TRUNC ? 0 : len;
}

static const struct fopnp_mdns_interface *find_interface(
	const struct fopnp_mdns_multicast *multicast, unsigned index, int family)
{
	for (size_t i = 0; i < multicast->interface_count; i++)
		if (multicast->interfaces[i].index == index &&
		    has_family(&multicast->interfaces[i], family))
			return &multicast->interfaces[i];
	return NULL;
}

static bool is_from_link(const struct fopnp_mdns_multicast *multicast,
			 const struct arrival *arrival, struct fopnp_mdns_origin *out_origin)
{
	int family = arrival->source.family;
	const struct fopnp_mdns_interface *interface =
		find_interface(multicast, arrival->interface, family);

	if (!interface || arrival->port != PORT || arrival->hop_limit != HOP_LIMIT ||
	    !fopnp_mdns_is_host_address(family, arrival->source.bytes) ||
	    !fopnp_mdns_is_on_link(multicast->list, interface, family, arrival->source.bytes))
		return false;
	*out_origin = (struct fopnp_mdns_origin){
		.via = FOPNP_MDNS_VIA_MULTICAST,
		.interface = interface->index,
		.responder = arrival->source,
	};
	return true;
}

void fopnp_mdns_multicast_receive(struct fopnp_mdns_multicast *multicast, unsigned which,
				  const struct fopnp_mdns_question *question,
				  struct fopnp_mdns_result *result)
{
	struct fopnp_mdns_origin origin;
	struct arrival arrival;

	for (unsigned i = 0; i < BATCH && result->settled != fopnp_mdns_all_types(question); i++) {
		ssize_t len = receive_packet(multicast, multicast->sockets[which], &arrival);

		if (len < 0) {
			lose_if_lost(multicast, which);
			return;
		}
		if (is_from_link(multicast, &arrival, &origin) &&
		    fopnp_mdns_reply_take(question, multicast->id, multicast->packet, (size_t)len,
					  &origin, result))
			multicast->heard++;
		else
			multicast->ignored++;
	}
}
