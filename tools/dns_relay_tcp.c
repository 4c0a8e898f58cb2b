/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One TCP connection through a relay. */
#include "tools/dns_relay_tcp.h"

#include "tools/clock.h"
#include "tools/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A message is 2 + 65535 bytes at most: there is always room beside one that is not whole. */
#define ROOM (1u << 17)

/* ---- a direction ---- */

static size_t room_left(const struct fopnp_relay_stream *stream)
{
	size_t done = stream->sent < stream->parsed ? stream->sent : stream->parsed;

	return ROOM - (stream->end - done);
}

/* Make the room that is left one piece at the end. */
static void compact(struct fopnp_relay_stream *stream)
{
	size_t done = stream->sent < stream->parsed ? stream->sent : stream->parsed;

	if (!stream->bytes)
		stream->bytes = fopnp_memory_zeroed(1, ROOM);
	memmove(stream->bytes, stream->bytes + done, stream->end - done);
	stream->sent -= done;
	stream->parsed -= done;
	stream->end -= done;
}

/* What recv() said: 0 at the end, -1 with errno (EAGAIN: nothing yet, or no room). */
static ssize_t fill(struct fopnp_relay_stream *stream, int fd)
{
	ssize_t len;

	if (room_left(stream) == 0) {
		errno = EAGAIN;
		return -1;
	}
	compact(stream);
	len = recv(fd, stream->bytes + stream->end, ROOM - stream->end, MSG_DONTWAIT);
	if (len > 0)
		stream->end += (size_t)len;
	return len;
}

static void drain(struct fopnp_relay_stream *stream, int fd)
{
	while (stream->sent < stream->end) {
		ssize_t len = send(fd, stream->bytes + stream->sent, stream->end - stream->sent,
				   MSG_DONTWAIT | MSG_NOSIGNAL);

		if (len <= 0)
			return; /* what is wrong with the socket, recv() says */
		stream->sent += (size_t)len;
	}
}

/* The next whole message; NULL: none yet. */
static const uint8_t *next_message(struct fopnp_relay_stream *stream, size_t *out_len)
{
	const uint8_t *at = stream->bytes + stream->parsed;
	size_t left = stream->end - stream->parsed;

	if (left < 2)
		return NULL;
	*out_len = (size_t)at[0] << 8 | at[1];
	if (left - 2 < *out_len)
		return NULL;
	stream->parsed += 2 + *out_len;
	return at + 2;
}

/* ---- the connection ---- */

/* Keep what has come; from now on there is only the client. */
static void fail(struct fopnp_relay_connection *connection, int error)
{
	connection->is_failed = true;
	connection->is_connecting = false;
	connection->error = error;
	if (connection->upstream != -1)
		(void)close(connection->upstream);
	connection->upstream = -1;
}

void fopnp_relay_connection_open(struct fopnp_relay_connection *connection, int client,
				 size_t server, const struct fopnp_resolver_server *address)
{
	*connection = (struct fopnp_relay_connection){
		.channel = { .server = server, .is_tcp = true },
		.client = client,
	};
	connection->upstream =
		socket(address->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (connection->upstream == -1) {
		fail(connection, errno);
		return;
	}
	connection->is_connecting = true;
	if (connect(connection->upstream, (const struct sockaddr *)&address->address,
		    address->address_len) != 0 &&
	    errno != EINPROGRESS)
		fail(connection, errno);
}

static bool is_refused(const struct fopnp_relay_connection *connection)
{
	return connection->is_failed && connection->error == ECONNREFUSED;
}

void fopnp_relay_connection_close(struct fopnp_relay_connection *connection)
{
	bool is_reset = connection->has_ended && connection->error == ECONNRESET;

	/* A reset makes glibc ask the same server once more: it must see one where there was one,
	   and it must come back for its refusal. */
	if (connection->client != -1 && (is_reset || is_refused(connection))) {
		const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

		(void)setsockopt(connection->client, SOL_SOCKET, SO_LINGER, &at_once,
				 sizeof(at_once));
	}
	if (connection->client != -1)
		(void)close(connection->client);
	if (connection->upstream != -1)
		(void)close(connection->upstream);
	free(connection->to_server.bytes);
	free(connection->to_client.bytes);
	*connection = (struct fopnp_relay_connection){ .client = -1, .upstream = -1 };
}

/* Whether the connection to the server is up or given up. */
static bool finish_connecting(struct fopnp_relay_connection *connection)
{
	struct pollfd ready = { .fd = connection->upstream, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int error = 0;

	if (!connection->is_connecting)
		return true;
	if (poll(&ready, 1, 0) != 1)
		return false;
	if (getsockopt(connection->upstream, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	if (error)
		fail(connection, error);
	connection->is_connecting = false;
	return true;
}

/* A query and its reply may pass in one turn: each message has a time of its own. */
static uint64_t since(uint64_t start_us)
{
	return fopnp_clock_now_us() - start_us;
}

/* False if the client has gone. */
static bool read_client(struct fopnp_relay_connection *connection, struct fopnp_wire *wire,
			uint64_t start_us)
{
	const uint8_t *message;
	size_t message_len;
	uint64_t now_us;
	ssize_t len;

	if (room_left(&connection->to_server) == 0)
		return false; /* no resolver says so much that nobody reads */
	len = fill(&connection->to_server, connection->client);
	now_us = since(start_us);
	while ((message = next_message(&connection->to_server, &message_len)) != NULL)
		fopnp_wire_record_query(wire, &connection->channel, now_us, message, message_len);
	return len > 0 || (len == -1 && (errno == EAGAIN || errno == EINTR));
}

static void read_server(struct fopnp_relay_connection *connection, struct fopnp_wire *wire,
			uint64_t start_us)
{
	ssize_t len = fill(&connection->to_client, connection->upstream);
	uint64_t now_us = since(start_us);
	const uint8_t *message;
	size_t message_len;

	if (len == 0 || (len == -1 && errno != EAGAIN && errno != EINTR)) {
		connection->has_ended = true;
		connection->error = len == 0 ? 0 : errno;
	}
	while ((message = next_message(&connection->to_client, &message_len)) != NULL)
		fopnp_wire_record_reply(wire, &connection->channel, now_us, message, message_len);
}

bool fopnp_relay_connection_work(struct fopnp_relay_connection *connection, struct fopnp_wire *wire,
				 uint64_t start_us)
{
	bool is_up = finish_connecting(connection);

	if (!read_client(connection, wire, start_us)) {
		fopnp_relay_connection_close(connection);
		return false;
	}
	if (is_up && !connection->is_failed) {
		drain(&connection->to_server, connection->upstream);
		if (!connection->has_ended)
			read_server(connection, wire, start_us);
		drain(&connection->to_client, connection->client);
	}
	if (connection->is_failed && fopnp_wire_channel_waits(&connection->channel)) {
		fopnp_wire_record_failure(wire, &connection->channel, since(start_us),
					  connection->error);
		if (is_refused(connection))
			return true;
		/* glibc's connect() would have failed; it goes on from an end just the same. */
		fopnp_relay_connection_close(connection);
	} else if (connection->has_ended &&
		   connection->to_client.sent == connection->to_client.end) {
		fopnp_wire_record_end(wire, &connection->channel, since(start_us),
				      FOPNP_WIRE_CLOSED, connection->error);
		fopnp_relay_connection_close(connection);
	}
	return false;
}

size_t fopnp_relay_connection_watch(const struct fopnp_relay_connection *connection,
				    struct pollfd fds[static 2])
{
	short client = 0, server = 0;
	size_t count = 0;

	if (connection->client == -1)
		return 0;
	if (room_left(&connection->to_server) > 0)
		client |= POLLIN;
	if (connection->to_client.sent < connection->to_client.end)
		client |= POLLOUT;
	fds[count++] = (struct pollfd){ .fd = connection->client, .events = client };
	if (connection->upstream == -1 || connection->has_ended ||
	    room_left(&connection->to_client) == 0)
		return count;
	if (connection->is_connecting || connection->to_server.sent < connection->to_server.end)
		server |= POLLOUT;
	if (!connection->is_connecting)
		server |= POLLIN;
	fds[count++] = (struct pollfd){ .fd = connection->upstream, .events = server };
	return count;
}
