/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection to the first address that takes one, a line, and what comes back. */
#include "tools/whois_exchange.h"

#include "tools/clock.h"
#include "tools/memory.h"
#include "tools/progress.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 16384

struct race {
	struct fopnp_whois_exchange *exchange;
	struct pollfd *fds; /* one an attempt; -1: it does not run */
	size_t started, running;
	uint64_t start_us, next_us, deadline_us;
};

/* ---- waiting ---- */

/* Until something happens or UNTIL_US; progress goes on meanwhile. */
static void wait_until(struct pollfd *fds, size_t count, uint64_t until_us)
{
	uint64_t now = fopnp_clock_now_us(), wait = until_us > now ? until_us - now : 0;
	uint64_t tick = fopnp_progress_next_us();

	if (tick < wait)
		wait = tick;
	if (poll(fds, count, (int)(wait / 1000 < 1000000 ? (wait + 999) / 1000 : 1000000)) < 0)
		for (size_t i = 0; i < count; i++)
			fds[i].revents = 0;
	fopnp_progress_tick();
}

/* ---- the connection ---- */

static int connect_to(int fd, const struct fopnp_request_address *address)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(address->port) };
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(address->port),
		.sin6_scope_id = address->scope,
	};

	memcpy(&in.sin_addr, address->bytes, sizeof(in.sin_addr));
	memcpy(&in6.sin6_addr, address->bytes, sizeof(in6.sin6_addr));
	if (address->family == AF_INET)
		return connect(fd, (const struct sockaddr *)&in, sizeof(in));
	return connect(fd, (const struct sockaddr *)&in6, sizeof(in6));
}

static void end_attempt(struct race *race, size_t index, enum fopnp_attempt_state state, int error)
{
	struct fopnp_attempt *attempt = &race->exchange->attempts[index];

	attempt->state = state;
	attempt->error = error;
	attempt->elapsed_us = fopnp_clock_now_us() - race->start_us - attempt->start_us;
	race->running--;
	if (state == FOPNP_ATTEMPT_CONNECTED) {
		race->exchange->winner = index;
		return;
	}
	if (race->fds[index].fd != -1)
		(void)close(race->fds[index].fd);
	race->fds[index].fd = -1;
	race->next_us = 0; /* nothing is won by waiting */
}

static void start_attempt(struct race *race)
{
	size_t index = race->started++;
	struct fopnp_attempt *attempt = &race->exchange->attempts[index];
	uint64_t now = fopnp_clock_now_us();
	int fd = socket(attempt->address.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	attempt->start_us = now - race->start_us;
	race->next_us = now + FOPNP_ATTEMPT_DELAY_US;
	race->running++;
	race->fds[index] = (struct pollfd){ .fd = fd, .events = POLLOUT };
	if (fd == -1) {
		attempt->is_local_error = true;
		end_attempt(race, index, FOPNP_ATTEMPT_FAILED, errno);
	} else if (connect_to(fd, &attempt->address) == 0) {
		end_attempt(race, index, FOPNP_ATTEMPT_CONNECTED, 0);
	} else if (errno != EINPROGRESS) {
		attempt->is_local_error = errno != ECONNREFUSED;
		end_attempt(race, index, FOPNP_ATTEMPT_FAILED, errno);
	}
}

static bool has_winner(const struct race *race)
{
	return race->exchange->winner < race->exchange->attempt_count;
}

static void look_after(struct race *race)
{
	for (size_t i = 0; i < race->started && !has_winner(race); i++) {
		int error = 0;
		socklen_t len = sizeof(error);

		if (race->fds[i].fd == -1 || !race->fds[i].revents)
			continue;
		if (getsockopt(race->fds[i].fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
			error = errno;
		end_attempt(race, i, error ? FOPNP_ATTEMPT_FAILED : FOPNP_ATTEMPT_CONNECTED, error);
	}
}

static void run_race(struct race *race)
{
	size_t count = race->exchange->attempt_count;

	while (!has_winner(race)) {
		uint64_t now = fopnp_clock_now_us(), until = race->deadline_us;

		if (now >= race->deadline_us || (race->running == 0 && race->started == count))
			return;
		if (race->started < count && now >= race->next_us) {
			start_attempt(race);
			continue;
		}
		if (race->started < count && race->next_us < until)
			until = race->next_us;
		wait_until(race->fds, race->started, until);
		look_after(race);
	}
}

/* The descriptor of the winner, or -1; the others are closed. */
static int make_connection(struct fopnp_whois_exchange *exchange, uint64_t start_us,
			   uint64_t deadline_us)
{
	FOPNP_AUTO_FREE struct pollfd *fds =
		fopnp_memory_zeroed(exchange->attempt_count, sizeof(*fds));
	struct race race = {
		.exchange = exchange,
		.fds = fds,
		.start_us = start_us,
		.deadline_us = deadline_us,
	};

	for (size_t i = 0; i < exchange->attempt_count; i++)
		fds[i].fd = -1;
	run_race(&race);
	for (size_t i = 0; i < race.started; i++)
		if (fds[i].fd != -1 && i != exchange->winner)
			end_attempt(&race, i,
				    has_winner(&race) ? FOPNP_ATTEMPT_GIVEN_UP
						      : FOPNP_ATTEMPT_TIMED_OUT,
				    0);
	return has_winner(&race) ? fds[exchange->winner].fd : -1;
}

/* ---- question and reply ---- */

/* False if the connection broke; the query is short and nearly always goes out at once. */
static bool send_query(struct fopnp_whois_exchange *exchange, int fd, const char *query,
		       uint64_t deadline_us)
{
	FOPNP_AUTO_FREE char *line = fopnp_memory_format("%s\r\n", query);
	size_t len = strlen(line), sent = 0;

	while (sent < len && fopnp_clock_now_us() < deadline_us) {
		struct pollfd wait = { .fd = fd, .events = POLLOUT };
		ssize_t done = send(fd, line + sent, len - sent, MSG_NOSIGNAL);

		if (done >= 0) {
			sent += (size_t)done;
		} else if (errno == EAGAIN) {
			wait_until(&wait, 1, deadline_us);
		} else if (errno != EINTR) {
			exchange->error = errno;
			return false;
		}
	}
	return true;
}

/* One piece of the reply.  False when it is over. */
static bool receive(struct fopnp_whois_exchange *exchange, int fd)
{
	size_t room = FOPNP_WHOIS_REPLY_MOST - exchange->len;
	ssize_t len;

	if (room == 0) {
		char more;

		len = recv(fd, &more, 1, 0);
		exchange->end = len > 0 ? FOPNP_WHOIS_TOO_LONG : exchange->end;
	} else {
		exchange->bytes = fopnp_memory_resize(exchange->bytes, exchange->len + CHUNK, 1);
		len = recv(fd, exchange->bytes + exchange->len, room < CHUNK ? room : CHUNK, 0);
	}
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (len < 0) {
		exchange->end = FOPNP_WHOIS_BROKEN;
		exchange->error = errno;
	} else if (len == 0) {
		exchange->end = FOPNP_WHOIS_CLOSED;
	} else if (room > 0) {
		exchange->len += (size_t)len;
	}
	return len > 0 && room > 0;
}

static void read_reply(struct fopnp_whois_exchange *exchange, int fd, uint64_t deadline_us)
{
	exchange->end = FOPNP_WHOIS_TIMED_OUT;
	while (fopnp_clock_now_us() < deadline_us) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };

		wait_until(&wait, 1, deadline_us);
		if (wait.revents && !receive(exchange, fd))
			return;
	}
}

void fopnp_whois_exchange_run(struct fopnp_whois_exchange *exchange, const char *query,
			      uint64_t timeout_us)
{
	uint64_t start_us = fopnp_clock_now_us(), deadline_us = start_us + timeout_us;
	int fd;

	exchange->winner = exchange->attempt_count;
	exchange->end = FOPNP_WHOIS_NO_CONNECTION;
	exchange->error = 0;
	exchange->bytes = NULL;
	exchange->len = 0;
	fd = make_connection(exchange, start_us, deadline_us);
	if (fd != -1) {
		if (send_query(exchange, fd, query, deadline_us))
			read_reply(exchange, fd, deadline_us);
		else
			exchange->end = FOPNP_WHOIS_BROKEN;
		(void)close(fd);
	}
	exchange->elapsed_us = fopnp_clock_now_us() - start_us;
}
