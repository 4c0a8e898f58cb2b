/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One TCP connection through a relay: bytes both ways, its messages written down. */
#pragma once

#include "tools/resolver_config.h"
#include "tools/wire_record.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes on their way in one direction. */
struct fopnp_relay_stream {
	uint8_t *bytes;
	size_t sent, parsed, end; /* offsets: what lies before both of the first is done with */
};

struct fopnp_relay_connection {
	struct fopnp_wire_channel channel;
	int client, upstream; /* -1: closed; client -1: the whole place is free */
	bool is_connecting;
	bool has_ended; /* the server sends nothing more: `error` is 0 for an orderly end */
	bool is_failed; /* there is no connection to the server: `error` says why */
	int error;
	struct fopnp_relay_stream to_server, to_client;
};

/* Take over CLIENT, an accepted socket, and begin to connect to the server. */
void fopnp_relay_connection_open(struct fopnp_relay_connection *connection, int client,
				 size_t server, const struct fopnp_resolver_server *address);
void fopnp_relay_connection_close(struct fopnp_relay_connection *connection);

/*
 * Move what can be moved; closes itself when one end is gone.  True if the server refused
 * the connection: it is the caller's to close, which resets it.  The call began at START_US.
 */
bool fopnp_relay_connection_work(struct fopnp_relay_connection *connection, struct fopnp_wire *wire,
				 uint64_t start_us);

/* What poll() is to wait for, 0 to 2 entries. */
size_t fopnp_relay_connection_watch(const struct fopnp_relay_connection *connection,
				    struct pollfd fds[static 2]);
