/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one descriptor that may outlive a call: a datagram socket, connected to
 * the first listener and kept while there is one.  Programs close and reuse
 * numbers, so it is proved to be ours before every use and never numbered 0 to
 * 2.  With several threads the proof could be stale when the datagram goes out,
 * and a stranger's TCP connection would take it: there each datagram has a
 * socket of its own.
 */
#pragma once

#include <stddef.h>

enum fopnp_event_sent {
	FOPNP_EVENT_SENT,
	FOPNP_EVENT_DROPPED, /* the listener's queue is full, or no descriptor was to be had */
	FOPNP_EVENT_NOBODY,  /* no such socket, or nobody listens */
};

/* Send one datagram to the socket at PATH, never blocking.  Clobbers errno. */
enum fopnp_event_sent fopnp_event_socket_send(const char *path, const void *bytes, size_t len);

/* Close the kept socket if there is one and it is still ours. */
void fopnp_event_socket_close(void);
