/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is at the other end of a loopback socket: UDP has no SO_PEERCRED.
 *
 * The kernel tells the owner of one socket, found by its addresses, over sock_diag(7).
 * Where that is not to be had, proc(5) lists all sockets; the list is read in
 * pieces, costs the more the more sockets there are, and may miss one while others
 * come and go: hence several tries, and a budget.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum fopnp_socket_way {
	FOPNP_SOCKET_BY_NETLINK,
	FOPNP_SOCKET_BY_PROC,
	FOPNP_SOCKET_BLIND, /* neither: every socket passes for ours */
};

struct fopnp_socket_finder {
	enum fopnp_socket_way way;
	int netlink; /* -1: closed */
	uint32_t sequence;
	unsigned scans_left; /* how often the lists may still be read */
};

/*
 * Choose the way, once and for all.  SERVER is the address of a UDP socket and of a
 * listening TCP socket of the caller.  False with errno set if it cannot be told
 * now: descriptors are short, ...
 */
bool fopnp_socket_finder_open(struct fopnp_socket_finder *finder, const struct sockaddr_in *server);
void fopnp_socket_finder_close(struct fopnp_socket_finder *finder);

/*
 * 0 if the socket at CLIENT, connected to our own at SERVER, is of a process of this
 * user, and OUT_INODE says which one.  ENOENT: there is none, or it has been closed;
 * EPERM: another user's; EBUSY: the budget is used up; else what went wrong.
 */
int fopnp_socket_find(struct fopnp_socket_finder *finder, bool is_tcp,
		      const struct sockaddr_in *client, const struct sockaddr_in *server,
		      uint32_t *out_inode);

/* An error that is our own trouble, not one of the other end or of the network. */
bool fopnp_socket_is_short(int error);
