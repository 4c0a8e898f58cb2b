/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is at the other end of a loopback socket, by sock_diag(7) or proc(5). */
#include "tools/socket_owner.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE  256
#define ROOM  1024 /* one socket without its extensions, or an error */
#define TRIES 8    /* of a list that misses a socket now and then */
#define SCANS 512  /* in all: seconds on a server with thousands of sockets */

/* What the system says of a socket. */
struct owner {
	struct sockaddr_in local, remote;
	unsigned state;
	uint32_t uid, inode;
};

static bool same_end(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
	return a->sin_addr.s_addr == b->sin_addr.s_addr && a->sin_port == b->sin_port;
}

/* A UDP socket that is connected is in this state, too; one that is closed has no inode. */
static bool is_connected(const struct owner *owner, const struct sockaddr_in *client,
			 const struct sockaddr_in *server)
{
	return same_end(&owner->local, client) && same_end(&owner->remote, server) &&
	       owner->state == TCP_ESTABLISHED && owner->inode != 0;
}

/* ---- by netlink ---- */

/* The socket that a packet from REMOTE to LOCAL would reach. */
static bool send_question(struct fopnp_socket_finder *finder, bool is_tcp,
			  const struct sockaddr_in *local, const struct sockaddr_in *remote)
{
	/* For UDP the kernel has the two ends swapped, and will have for ever. */
	const struct sockaddr_in *first = is_tcp ? local : remote;
	const struct sockaddr_in *second = is_tcp ? remote : local;
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST,
			.nlmsg_seq = ++finder->sequence,
		},
		.body = {
			.sdiag_family = AF_INET,
			.sdiag_protocol = is_tcp ? IPPROTO_TCP : IPPROTO_UDP,
			.idiag_states = UINT32_MAX,
			.id = {
				.idiag_sport = first->sin_port,
				.idiag_dport = second->sin_port,
				.idiag_src = { first->sin_addr.s_addr },
				.idiag_dst = { second->sin_addr.s_addr },
				.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
			},
		},
	};
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(finder->netlink, &request, sizeof(request), MSG_DONTWAIT,
		      (const struct sockaddr *)&kernel, sizeof(kernel)) == (ssize_t)sizeof(request);
}

/* 0 with what stands in the message, or the error that it says. */
static int read_answer(const char *room, size_t len, struct owner *out)
{
	struct nlmsghdr header;
	struct nlmsgerr error;
	struct inet_diag_msg found;

	memcpy(&header, room, sizeof(header));
	if (header.nlmsg_type == NLMSG_ERROR && len >= NLMSG_LENGTH(sizeof(error))) {
		memcpy(&error, room + NLMSG_HDRLEN, sizeof(error));
		return error.error < 0 ? -error.error : EPROTO;
	}
	if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || len < NLMSG_LENGTH(sizeof(found)))
		return EPROTO;
	memcpy(&found, room + NLMSG_HDRLEN, sizeof(found));
	*out = (struct owner){
		.local = { .sin_port = found.id.idiag_sport,
			   .sin_addr.s_addr = found.id.idiag_src[0] },
		.remote = { .sin_port = found.id.idiag_dport,
			    .sin_addr.s_addr = found.id.idiag_dst[0] },
		.state = found.idiag_state,
		.uid = found.idiag_uid,
		.inode = found.idiag_inode,
	};
	return 0;
}

/* The kernel has answered when send() is back. */
static int ask_kernel(struct fopnp_socket_finder *finder, bool is_tcp,
		      const struct sockaddr_in *local, const struct sockaddr_in *remote,
		      struct owner *out)
{
	char room[ROOM];
	struct nlmsghdr header;
	ssize_t len;

	if (!send_question(finder, is_tcp, local, remote))
		return errno;
	do {
		len = recv(finder->netlink, room, sizeof(room), MSG_DONTWAIT);
		if (len < 0)
			return errno;
		if ((size_t)len < sizeof(header))
			return EPROTO;
		memcpy(&header, room, sizeof(header));
	} while (header.nlmsg_seq != finder->sequence);
	return read_answer(room, (size_t)len, out);
}

static int find_by_netlink(struct fopnp_socket_finder *finder, bool is_tcp,
			   const struct sockaddr_in *client, const struct sockaddr_in *server,
			   struct owner *out)
{
	int error = ask_kernel(finder, is_tcp, client, server, out);

	return error ? error : is_connected(out, client, server) ? 0 : ENOENT;
}

/* ---- by proc ---- */

static FILE *open_list(bool is_tcp)
{
	return fopen(is_tcp ? "/proc/self/net/tcp" : "/proc/self/net/udp", "re");
}

/* A line that is none of a socket does not scan. */
static bool read_line(const char *line, struct owner *out)
{
	unsigned local_port, remote_port;

	*out = (struct owner){ 0 };
	if (sscanf(line,
		   " %*u: %" SCNx32 ":%x %" SCNx32 ":%x %x %*x:%*x %*x:%*x %*x %" SCNu32
		   " %*u %" SCNu32,
		   &out->local.sin_addr.s_addr, &local_port, &out->remote.sin_addr.s_addr,
		   &remote_port, &out->state, &out->uid, &out->inode) != 7)
		return false;
	out->local.sin_port = htons((in_port_t)local_port);
	out->remote.sin_port = htons((in_port_t)remote_port);
	return true;
}

static int scan(bool is_tcp, const struct sockaddr_in *client, const struct sockaddr_in *server,
		struct owner *out)
{
	FILE *file = open_list(is_tcp);
	bool is_found = false;
	char line[LINE];

	if (!file)
		return errno;
	while (!is_found && fgets(line, sizeof(line), file))
		is_found = read_line(line, out) && is_connected(out, client, server);
	(void)fclose(file);
	return is_found ? 0 : ENOENT;
}

static int find_by_proc(struct fopnp_socket_finder *finder, bool is_tcp,
			const struct sockaddr_in *client, const struct sockaddr_in *server,
			struct owner *out)
{
	int error = ENOENT;

	for (int i = 0; i < TRIES && error == ENOENT; i++) {
		if (finder->scans_left == 0)
			return EBUSY;
		finder->scans_left--;
		error = scan(is_tcp, client, server, out);
	}
	return error;
}

/* ---- both ---- */

bool fopnp_socket_is_short(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* False with errno set; ENOENT also where the kernel knows how, but has not the module for it. */
static bool open_netlink(struct fopnp_socket_finder *finder, const struct sockaddr_in *server)
{
	const struct sockaddr_in any = { .sin_family = AF_INET };
	struct owner owner;

	finder->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (finder->netlink == -1)
		return false;
	for (int is_tcp = 0; is_tcp <= 1; is_tcp++) {
		errno = ask_kernel(finder, is_tcp, server, &any, &owner);
		if (errno == 0 && !same_end(&owner.local, server))
			errno = EPROTO;
		if (errno != 0)
			return false;
	}
	return true;
}

static bool can_read_lists(void)
{
	for (int is_tcp = 0; is_tcp <= 1; is_tcp++) {
		FILE *file = open_list(is_tcp);

		if (!file)
			return false;
		(void)fclose(file);
	}
	return true;
}

bool fopnp_socket_finder_open(struct fopnp_socket_finder *finder, const struct sockaddr_in *server)
{
	int error;

	*finder = (struct fopnp_socket_finder){ .netlink = -1, .scans_left = SCANS };
	if (open_netlink(finder, server))
		return true;
	error = errno;
	fopnp_socket_finder_close(finder);
	finder->way = FOPNP_SOCKET_BY_PROC;
	if (!fopnp_socket_is_short(error) && can_read_lists())
		return true;
	if (!fopnp_socket_is_short(error))
		error = errno;
	finder->way = FOPNP_SOCKET_BLIND;
	errno = error;
	return !fopnp_socket_is_short(error);
}

void fopnp_socket_finder_close(struct fopnp_socket_finder *finder)
{
	if (finder->netlink != -1)
		(void)close(finder->netlink);
	finder->netlink = -1;
}

int fopnp_socket_find(struct fopnp_socket_finder *finder, bool is_tcp,
		      const struct sockaddr_in *client, const struct sockaddr_in *server,
		      uint32_t *out_inode)
{
	struct owner owner;
	int error;

	*out_inode = 0;
	if (finder->way == FOPNP_SOCKET_BLIND)
		return 0;
	error = finder->way == FOPNP_SOCKET_BY_NETLINK
			? find_by_netlink(finder, is_tcp, client, server, &owner)
			: find_by_proc(finder, is_tcp, client, server, &owner);
	if (error)
		return error;
	*out_inode = owner.inode;
	return owner.uid == geteuid() ? 0 : EPERM;
}
