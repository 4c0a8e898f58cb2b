/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The watch socket: who may have it, and how it changes hands.
 *
 *	/run/fopnp              root's, 0755: the module looks for the socket nowhere else
 *	  events.sock           where events go
 *	  events.lock           a record lock is held on it by the one that watches
 *	  events.gate           flock()ed for the moments in which one of the two changes
 *
 * A record lock, since F_GETLK tells whose it is.  A frozen process keeps it: --takeover
 * puts another file in its place.
 */
#pragma once

#include "tools/event_listener.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct fopnp_watch_socket {
	struct fopnp_event_listener listener;
	int lock, gate; /* descriptors */
	bool is_open;
};

enum fopnp_watch_socket_open {
	FOPNP_WATCH_SOCKET_OPEN,
	FOPNP_WATCH_SOCKET_HELD, /* by another watcher */
	FOPNP_WATCH_SOCKET_FAILED,
};

/*
 * Have the socket.  Unless it is OPEN, that is told: who holds it, or what is wrong and what to
 * do.  fopnp_watch_socket_close() in any case, which removes the socket if it is still ours.
 */
enum fopnp_watch_socket_open fopnp_watch_socket_open(struct fopnp_watch_socket *out_socket,
						     bool is_taking_over);
void fopnp_watch_socket_close(struct fopnp_watch_socket *watch);

/*
 * Who watches now, for people: "process 123 (fopnp, since 2026-01-31 12:30:45)"; the caller's to
 * free().  NULL: nobody.
 */
char *fopnp_watch_socket_holder(void);
