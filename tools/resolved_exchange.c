/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A varlink call of io.systemd.Resolve. */
#include "tools/resolved_exchange.h"

#include "tools/clock.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/resolved_reply.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- the question ---- */

static json_t *address_to_json(const struct fopnp_request_address *address)
{
	json_t *bytes = json_array();

	for (size_t i = 0; i < (address->family == AF_INET ? 4 : 16); i++)
		fopnp_json_append(bytes, json_integer(address->bytes[i]));
	return bytes;
}

/* The family that the call's NSS function is given; AF_UNSPEC: both. */
static int family_of(const struct fopnp_request *request)
{
	if (request->call == FOPNP_CALL_GETHOSTBYNAME)
		return AF_INET;
	return request->family;
}

/* NULL if there is no such question: a name that is no UTF-8 does not go into JSON. */
static char *write_question(const struct fopnp_request *request, uint64_t flags)
{
	bool is_reverse = fopnp_request_is_reverse(request);
	json_t *call, *parameters, *name = NULL;
	int family = is_reverse ? request->address.family : family_of(request);
	char *text;

	if (!is_reverse && (!request->name || !(name = json_string(request->name))))
		return NULL;
	call = json_object();
	parameters = json_object();
	fopnp_json_set(call, "method",
		       json_string(is_reverse ? "io.systemd.Resolve.ResolveAddress"
					      : "io.systemd.Resolve.ResolveHostname"));
	if (is_reverse)
		fopnp_json_set(parameters, "address", address_to_json(&request->address));
	else
		fopnp_json_set(parameters, "name", name);
	if (family != AF_UNSPEC)
		fopnp_json_set(parameters, "family", json_integer(family));
	fopnp_json_set(parameters, "flags", json_integer((json_int_t)flags));
	fopnp_json_set(call, "parameters", parameters);
	text = json_dumps(call, JSON_COMPACT);
	json_decref(call);
	if (!text)
		fopnp_memory_give_up();
	return text;
}

/* ---- the connection ---- */

static int milliseconds_left(uint64_t until_us)
{
	uint64_t now_us = fopnp_clock_now_us();
	uint64_t left_ms = now_us < until_us ? (until_us - now_us + 999) / 1000 : 0;

	return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

/* What a failed connect() says of the daemon. */
static enum fopnp_resolved_state state_of_error(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return FOPNP_RESOLVED_DENIED;
	case EAGAIN: /* its queue stayed full */
	case EINTR:
		return FOPNP_RESOLVED_SILENT;
	default:
		return FOPNP_RESOLVED_ABSENT;
	}
}

/* A connected socket, or -1 with errno set.  Waits where the daemon's queue is full. */
static int open_connection(const char *path, uint64_t until_us)
{
	int left_ms = milliseconds_left(until_us) + 1, fd;
	struct timeval limit = { left_ms / 1000, left_ms % 1000 * 1000 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0 ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		int error = errno;

		(void)close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* False when time is up. */
static bool wait_for(int fd, short events, uint64_t until_us)
{
	struct pollfd wanted = { .fd = fd, .events = events };
	int left_ms, count;

	do {
		left_ms = milliseconds_left(until_us);
		count = left_ms > 0 ? poll(&wanted, 1, left_ms) : 0;
	} while (count == -1 && errno == EINTR);
	return count > 0;
}

/* The whole text with its NUL.  False when time is up or nobody is there any more. */
static bool send_text(int fd, const char *text, uint64_t until_us)
{
	size_t len = strlen(text) + 1, sent = 0;

	while (sent < len) {
		ssize_t step = send(fd, text + sent, len - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (step > 0)
			sent += (size_t)step;
		else if (step == -1 && errno == EAGAIN && wait_for(fd, POLLOUT, until_us))
			continue;
		else if (step == -1 && errno != EINTR)
			return false;
	}
	return true;
}

/*
 * Up to the NUL that ends a reply, its length.  -1 with EAGAIN when time is up, EPROTO for an
 * end before the NUL and for a reply that never ends.
 */
static ssize_t receive_text(int fd, char *bytes, size_t size, uint64_t until_us)
{
	size_t used = 0;

	while (used < size) {
		ssize_t step = recv(fd, bytes + used, size - used, MSG_DONTWAIT);
		const char *end = step > 0 ? memchr(bytes + used, '\0', (size_t)step) : NULL;

		if (end)
			return end - bytes;
		if (step > 0)
			used += (size_t)step;
		else if (step == 0 || (errno != EAGAIN && errno != EINTR))
			break;
		/* Also after bytes: a dribble must not outlast the deadline. */
		if (!wait_for(fd, POLLIN, until_us)) {
			errno = EAGAIN;
			return -1;
		}
	}
	errno = EPROTO;
	return -1;
}

/* ---- whose namespace it lives in ---- */

#define UNIX_LISTENS 0x10000ul /* __SO_ACCEPTCON of the kernel */

/*
 * While we are connected: /proc/net/unix lists the UNIX sockets of this network namespace.
 * The one that the kernel made for our connection is in ours and bears the daemon's path, which
 * proves that the list is the true one (nothing is sent, so that the daemon has no reason to
 * close); whether the one that listens is listed as well tells where it was made.  Needs no
 * privilege and no process id, which another pid namespace hides and which is init's when the
 * socket was handed over.
 */
static void read_namespace(const char *path, struct fopnp_resolved_answer *answer)
{
	FILE *list = fopen("/proc/self/net/unix", "re");
	bool is_ours_seen = false, is_listener_seen = false;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while (list && (len = getline(&line, &size, list)) > 0) {
		unsigned long flags;
		int at = 0;

		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (sscanf(line, "%*s %*s %*s %lx %*s %*s %*s %n", &flags, &at) != 1 || at == 0 ||
		    strcmp(line + at, path) != 0)
			continue;
		if (flags & UNIX_LISTENS)
			is_listener_seen = true;
		else
			is_ours_seen = true;
	}
	free(line);
	if (list)
		(void)fclose(list);
	answer->is_namespace_known = is_ours_seen;
	answer->is_other_namespace = is_ours_seen && !is_listener_seen;
}

/* ---- both ways ---- */

static void converse(int fd, const struct fopnp_request *request, const char *question,
		     uint64_t until_us, struct fopnp_resolved_answer *answer)
{
	FOPNP_AUTO_FREE char *reply = fopnp_memory_zeroed(FOPNP_RESOLVED_REPLY_MOST, 1);
	uint64_t started_us = fopnp_clock_now_us();
	ssize_t len;

	/* Sending may fail since it has closed: what it said before is still there. */
	(void)send_text(fd, question, until_us);
	len = receive_text(fd, reply, FOPNP_RESOLVED_REPLY_MOST, until_us);
	if (len >= 0)
		fopnp_resolved_reply_decode(reply, (size_t)len, fopnp_request_is_reverse(request),
					    answer);
	else
		answer->state = errno == EAGAIN ? FOPNP_RESOLVED_SILENT : FOPNP_RESOLVED_GARBLED;
	answer->elapsed_us = fopnp_clock_now_us() - started_us;
}

void fopnp_resolved_exchange(const char *path, const struct fopnp_request *request, uint64_t flags,
			     uint64_t until_us, struct fopnp_resolved_answer *out_answer)
{
	FOPNP_AUTO_FREE char *question = write_question(request, flags);
	uint64_t started_us = fopnp_clock_now_us();
	int fd;

	*out_answer = (struct fopnp_resolved_answer){ .state = FOPNP_RESOLVED_FAILED, .rcode = -1 };
	if (!question) {
		out_answer->system_error = EILSEQ;
		return;
	}
	fd = open_connection(path, until_us);
	if (fd == -1) {
		int error = errno;

		out_answer->state = state_of_error(error);
		out_answer->error = out_answer->state == FOPNP_RESOLVED_SILENT ? 0 : error;
		out_answer->elapsed_us = fopnp_clock_now_us() - started_us;
		return;
	}
	converse(fd, request, question, until_us, out_answer);
	(void)close(fd);
}

void fopnp_resolved_find_namespace(const char *path, uint64_t until_us,
				   struct fopnp_resolved_answer *answer)
{
	int fd = open_connection(path, until_us);

	if (fd == -1)
		return;
	read_namespace(path, answer);
	(void)close(fd);
}
