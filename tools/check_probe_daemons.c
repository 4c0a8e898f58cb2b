/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A question to each daemon that it can answer without asking anybody else. */
#include "tools/check_probe.h"

#include "tools/clock.h"
#include "tools/memory.h"
#include "tools/resolved_exchange.h"
#include "tools/resolved_query.h"
#include "tools/socket_probe.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NAMESPACE_US 300000 /* within what a child may take longer than its probe */

static enum fopnp_check_state state_of_error(int error)
{
	switch (error) {
	case 0:
		return FOPNP_CHECK_THERE;
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
		return FOPNP_CHECK_ABSENT;
	case EACCES:
	case EPERM:
		return FOPNP_CHECK_DENIED;
	case EAGAIN: /* its queue of connections is full */
		return FOPNP_CHECK_SILENT;
	default:
		return FOPNP_CHECK_UNKNOWN;
	}
}

/* A connected socket, or -1 and the answer says why. */
static int knock(const char *path, struct fopnp_check_daemon_answer *answer)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (fd == -1 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		answer->error = errno;
		answer->state = state_of_error(answer->error);
		if (fd != -1)
			(void)close(fd);
		return -1;
	}
	answer->state = FOPNP_CHECK_SILENT;
	return fd;
}

/* Ask, and whether anything comes back, be it the end of the connection. */
static bool has_reply(int fd, const void *question, size_t len, uint64_t until_us)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	uint64_t now_us = fopnp_clock_now_us();

	/* Where it has hung up already there is that to read. */
	(void)send(fd, question, len, MSG_NOSIGNAL);
	return poll(&waiting, 1, now_us < until_us ? (int)((until_us - now_us) / 1000) : 0) > 0;
}

/* A connection takes no time, but where the daemon's queue of them is full. */
static void find_namespace(const char *path, struct fopnp_check_daemon_answer *answer)
{
	struct fopnp_resolved_answer seen = { .rcode = -1 };

	fopnp_resolved_find_namespace(path, fopnp_clock_now_us() + NAMESPACE_US, &seen);
	answer->is_foreign = seen.is_namespace_known && seen.is_other_namespace;
}

/* ---- nscd ---- */

/* glibc's nscd/nscd-client.h. */
#define NSCD_VERSION  2
#define GETHOSTBYNAME 4
#define GETFDHST      13 /* the memory with its hosts, where it shares that */

struct nscd_request {
	int32_t version, type, key_len;
	char key[16];
};

struct nscd_reply {
	int32_t version, found; /* -1: it does not do that database */
};

/* A connection with that question sent and something to read, or -1. */
static int ask_nscd(int32_t type, const char *key, uint64_t until_us,
		    struct fopnp_check_daemon_answer *answer)
{
	struct nscd_request request = { .version = NSCD_VERSION, .type = type };
	int fd = knock(FOPNP_NSCD_SOCKET, answer);

	if (fd == -1)
		return -1;
	(void)stpncpy(request.key, key, sizeof(request.key) - 1);
	request.key_len = (int32_t)strlen(request.key) + 1;
	if (has_reply(fd, &request, offsetof(struct nscd_request, key) + (size_t)request.key_len,
		      until_us)) {
		answer->state = FOPNP_CHECK_THERE;
		return fd;
	}
	(void)close(fd);
	return -1;
}

/* Whether a descriptor comes with the reply: that of the cache. */
static bool receives_descriptor(int fd)
{
	char bytes[64];
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = { 0 } };
	struct iovec part = { bytes, sizeof(bytes) };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *header;

	if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0)
		return false;
	header = CMSG_FIRSTHDR(&message);
	return header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS;
}

static bool shares_cache(uint64_t until_us, struct fopnp_check_daemon_answer *answer)
{
	int fd = ask_nscd(GETFDHST, "hosts", until_us, answer);
	bool is_shared = fd != -1 && receives_descriptor(fd);

	if (fd != -1)
		(void)close(fd);
	return is_shared;
}

/* It hangs up where it shares nothing: whether it caches hosts all the same it says by a name.
   Where that takes it long, so does the source that it asks: it is not frozen itself. */
static bool does_hosts(uint64_t until_us)
{
	struct fopnp_check_daemon_answer ignored = { .state = FOPNP_CHECK_UNKNOWN };
	int fd = ask_nscd(GETHOSTBYNAME, "localhost", until_us, &ignored);
	struct nscd_reply reply = { .found = -1 };
	bool does = fd != -1 &&
		    recv(fd, &reply, sizeof(reply), MSG_DONTWAIT) == (ssize_t)sizeof(reply) &&
		    reply.version == NSCD_VERSION && reply.found != -1;

	if (fd != -1)
		(void)close(fd);
	return does;
}

void fopnp_check_ask_nscd(uint64_t timeout_us, struct fopnp_check_daemon_answer *out_answer)
{
	uint64_t until_us = fopnp_clock_now_us() + timeout_us;

	out_answer->caches_hosts = shares_cache(until_us, out_answer);
	if (out_answer->state == FOPNP_CHECK_THERE && !out_answer->caches_hosts)
		out_answer->caches_hosts = does_hosts(until_us);
	if (out_answer->error == 0)
		find_namespace(FOPNP_NSCD_SOCKET, out_answer);
}

/* ---- avahi ---- */

void fopnp_check_ask_avahi(uint64_t timeout_us, struct fopnp_check_daemon_answer *out_answer)
{
	static const char question[] = "HELP\n"; /* avahi-daemon/simple-protocol.c */
	int fd = knock(FOPNP_AVAHI_SOCKET, out_answer);

	if (fd == -1)
		return;
	if (has_reply(fd, question, sizeof(question) - 1, fopnp_clock_now_us() + timeout_us))
		out_answer->state = FOPNP_CHECK_THERE;
	find_namespace(FOPNP_AVAHI_SOCKET, out_answer);
	(void)close(fd);
}

/* ---- systemd-resolved ---- */

/* It makes the answer to "localhost" itself. */
void fopnp_check_ask_resolved(uint64_t timeout_us, struct fopnp_check_daemon_answer *out_answer)
{
	char name[] = "localhost";
	struct fopnp_request request = { .name = name, .family = AF_INET };
	struct fopnp_resolved_answer answer;

	fopnp_resolved_ask(&request, timeout_us, &answer);
	out_answer->error = answer.error;
	out_answer->is_foreign = answer.is_namespace_known && answer.is_other_namespace;
	switch (answer.state) {
	case FOPNP_RESOLVED_ABSENT:
		out_answer->state = FOPNP_CHECK_ABSENT;
		break;
	case FOPNP_RESOLVED_DENIED:
		out_answer->state = FOPNP_CHECK_DENIED;
		break;
	case FOPNP_RESOLVED_SILENT:
		out_answer->state = FOPNP_CHECK_SILENT;
		break;
	case FOPNP_RESOLVED_GARBLED:
	case FOPNP_RESOLVED_FAILED:
	case FOPNP_RESOLVED_ANSWERED:
		out_answer->state = FOPNP_CHECK_THERE;
		break;
	}
	fopnp_resolved_answer_clear(&answer);
}
