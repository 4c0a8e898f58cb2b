/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A bound datagram socket that hears events, many a second, with the kernel's word on
 * who sent each of them (SO_PASSCRED).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The queue of such a socket holds net.unix.max_dgram_qlen datagrams (10 by
 * default) of the network namespace that it was made in, wherever its senders
 * are.  So it is made by a child process in a namespace of its own (a user
 * namespace, too, where we are not root) with a larger limit, and handed over.
 * Where that is not allowed it is an ordinary one.
 */
#define FOPNP_EVENT_LISTENER_QUEUE 8192

struct fopnp_event_listener {
	int descriptor; /* close-on-exec, non-blocking */
	/* Datagrams that fit; 0: unknown.  Of one sender fewer: its own SO_SNDBUF is full first. */
	size_t queue;
	char path[108]; /* what it is bound to, and is removed at the end if it is still ours */
	unsigned long inode;
	struct fopnp_event_batch *batch;
};

/* Make it at PATH (which must not exist) with MODE.  False with errno. */
bool fopnp_event_listener_open(struct fopnp_event_listener *out_listener, const char *path,
			       mode_t mode);
/* Close it; remove PATH if nobody put another one in its place. */
void fopnp_event_listener_close(struct fopnp_event_listener *listener);
/* Whether the socket at its path is still this one (another watcher may have taken over). */
bool fopnp_event_listener_is_in_place(const struct fopnp_event_listener *listener);

struct fopnp_event_datagram {
	const char *bytes; /* valid until the next call */
	size_t len;
	bool is_cut; /* it was longer than FOPNP_EVENT_SIZE */
	/* By the kernel; pid 0: it is in a pid namespace that ours cannot see. */
	pid_t pid;
	uid_t uid;
	gid_t gid;
	bool has_credentials;
};

/*
 * The next datagram; read in batches (recvmmsg), so call it until it says false: nothing more just
 * now.  Descriptors that a sender attached are closed.
 */
bool fopnp_event_listener_next(struct fopnp_event_listener *listener,
			       struct fopnp_event_datagram *out_datagram);
