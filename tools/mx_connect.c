/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections to port 25 of all hosts at once, and what greets there (RFC 5321 section 3.1). */
#include "tools/mx.h"

#include "tools/clock.h"
#include "tools/memory.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GREETING_MOST 4096 /* bytes; a reply line has 512 at most (RFC 5321 section 4.5.3.1.5) */
#define CONNECTIONS   128  /* at once; the addresses behind them wait */
#define READY         220

struct connection {
	struct fopnp_mx_address *address;
	int fd; /* -1: not open */
	bool is_connected;
	uint64_t start_us;
	size_t len;
	char bytes[GREETING_MOST + 1];
};

struct visit {
	struct connection *list;
	size_t count, open;
	uint64_t timeout_us;
};

static void end_connection(struct visit *visit, struct connection *connection,
			   enum fopnp_attempt_state state, int error)
{
	struct fopnp_attempt *attempt = &connection->address->attempt;

	attempt->state = state;
	attempt->error = error;
	attempt->elapsed_us = fopnp_clock_now_us() - connection->start_us;
	(void)close(connection->fd);
	connection->fd = -1;
	visit->open--;
}

/* ---- the greeting ---- */

/* The code of the line at AT, whose end is there: "220 " or "220-"; 0: this is no SMTP. */
static unsigned line_code(const char *at, bool *out_is_last)
{
	for (int i = 0; i < 3; i++)
		if (!isdigit((unsigned char)at[i]))
			return 0;
	*out_is_last = at[3] != '-';
	if (at[3] != '-' && at[3] != ' ' && at[3] != '\r' && at[3] != '\n')
		return 0;
	return (unsigned)(at[0] - '0') * 100 + (unsigned)(at[1] - '0') * 10 +
	       (unsigned)(at[2] - '0');
}

/* Whether the last line of a reply has come, or what comes is no reply. */
static bool is_whole(struct connection *connection)
{
	const char *at = connection->bytes, *end = at + connection->len, *newline;
	bool is_last = false;
	unsigned code;

	while (!is_last && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		code = line_code(at, &is_last);
		if (code == 0)
			return true;
		/* Lines that others are to follow promise nothing yet. */
		if (is_last)
			connection->address->code = code;
		at = newline + 1;
	}
	return is_last || connection->len == GREETING_MOST;
}

/* Without the end of its last line. */
static void keep_greeting(struct connection *connection)
{
	size_t len = connection->len;

	while (len > 0 && strchr("\r\n", connection->bytes[len - 1]))
		len--;
	if (len > 0)
		connection->address->greeting = fopnp_memory_copy(connection->bytes, len);
}

static void say_goodbye(const struct connection *connection)
{
	static const char QUIT[] = "QUIT\r\n";

	/* Politeness: nobody waits for the reply. */
	(void)send(connection->fd, QUIT, sizeof(QUIT) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void read_greeting(struct visit *visit, struct connection *connection)
{
	ssize_t len = recv(connection->fd, connection->bytes + connection->len,
			   GREETING_MOST - connection->len, MSG_DONTWAIT);

	if (len == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len > 0) {
		connection->len += (size_t)len;
		connection->bytes[connection->len] = '\0';
		if (!is_whole(connection))
			return;
		say_goodbye(connection);
	}
	keep_greeting(connection);
	connection->address->is_closed = len == 0;
	if (len == -1)
		end_connection(visit, connection, FOPNP_ATTEMPT_FAILED, errno);
	else
		end_connection(visit, connection, FOPNP_ATTEMPT_CONNECTED, 0);
}

/* ---- connections ---- */

static void take_events(struct visit *visit, struct connection *connection)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (connection->is_connected) {
		read_greeting(visit, connection);
		return;
	}
	(void)getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error)
		end_connection(visit, connection, FOPNP_ATTEMPT_FAILED, error);
	else
		connection->is_connected = true;
}

static socklen_t socket_address(const struct fopnp_request_address *address,
				union fopnp_dns_address *out)
{
	*out = (union fopnp_dns_address){ .any.sa_family = (sa_family_t)address->family };
	if (address->family == AF_INET) {
		out->inet.sin_port = htons(address->port);
		memcpy(&out->inet.sin_addr, address->bytes, 4);
		return sizeof(out->inet);
	}
	out->inet6.sin6_port = htons(address->port);
	memcpy(&out->inet6.sin6_addr, address->bytes, 16);
	return sizeof(out->inet6);
}

static void start_connection(struct visit *visit, struct connection *connection,
			     struct fopnp_mx_address *address)
{
	union fopnp_dns_address where;
	socklen_t len = socket_address(&address->address, &where);

	*connection = (struct connection){
		.address = address,
		.fd = socket(address->address.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			     0),
		.start_us = fopnp_clock_now_us(),
	};
	address->attempt.address = address->address;
	if (connection->fd == -1) {
		address->attempt.state = FOPNP_ATTEMPT_FAILED;
		address->attempt.error = errno;
		address->attempt.is_local_error = true;
		return;
	}
	visit->open++;
	if (connect(connection->fd, &where.any, len) == 0)
		connection->is_connected = true;
	else if (errno != EINPROGRESS)
		end_connection(visit, connection, FOPNP_ATTEMPT_FAILED, errno);
}

static void time_out(struct visit *visit, struct connection *connection)
{
	if (connection->is_connected) {
		keep_greeting(connection);
		end_connection(visit, connection, FOPNP_ATTEMPT_CONNECTED, 0);
	} else {
		end_connection(visit, connection, FOPNP_ATTEMPT_TIMED_OUT, 0);
	}
}

/* Until the next of them is late, in milliseconds; those that are late end. */
static int wait_ms(struct visit *visit)
{
	uint64_t now = fopnp_clock_now_us(), least = visit->timeout_us;

	for (size_t i = 0; i < visit->count; i++) {
		struct connection *connection = &visit->list[i];
		uint64_t passed = now - connection->start_us;

		if (connection->fd == -1)
			continue;
		if (passed >= visit->timeout_us)
			time_out(visit, connection);
		else if (visit->timeout_us - passed < least)
			least = visit->timeout_us - passed;
	}
	return (int)(least / 1000 < 1000000 ? least / 1000 + 1 : 1000000);
}

static void run_connections(struct visit *visit)
{
	struct pollfd polls[CONNECTIONS];

	while (visit->open > 0) {
		int ms = wait_ms(visit);

		for (size_t i = 0; i < visit->count; i++)
			polls[i] = (struct pollfd){
				.fd = visit->list[i].fd,
				.events = visit->list[i].is_connected ? POLLIN : POLLOUT,
			};
		if (visit->open == 0 || poll(polls, visit->count, ms) <= 0)
			continue;
		for (size_t i = 0; i < visit->count; i++)
			if (polls[i].revents && visit->list[i].fd != -1)
				take_events(visit, &visit->list[i]);
	}
}

void fopnp_mx_connect(struct fopnp_mx *mx)
{
	struct visit visit = {
		.list = fopnp_memory_zeroed(CONNECTIONS, sizeof(*visit.list)),
		.timeout_us = mx->options->timeout_us,
	};

	for (size_t i = 0; i < mx->host_count; i++)
		for (size_t j = 0; j < mx->hosts[i].address_count; j++) {
			if (visit.count == CONNECTIONS) {
				run_connections(&visit);
				visit.count = 0;
			}
			start_connection(&visit, &visit.list[visit.count++],
					 &mx->hosts[i].addresses[j]);
		}
	run_connections(&visit);
	free(visit.list);
}

bool fopnp_mx_is_greeted(const struct fopnp_mx *mx)
{
	for (size_t i = 0; i < mx->host_count; i++)
		for (size_t j = 0; j < mx->hosts[i].address_count; j++)
			if (mx->hosts[i].addresses[j].code == READY)
				return true;
	return false;
}
