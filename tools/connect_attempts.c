/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TCP connections to several addresses. */
#include "tools/connect_attempts.h"

#include "nss_module/lookup/address.h"
#include "tools/child_process.h"
#include "tools/clock.h"
#include "tools/memory.h"
#include "tools/progress.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE      256      /* sockets: a process may have 1024 descriptors */
#define RUNNER_UP_US 1000000u /* how long the losers of a race are still watched */

struct work {
	struct fopnp_attempt *list;
	size_t count, started;
	enum fopnp_attempt_manner manner;
	uint64_t timeout_us;
	uint64_t start_us;      /* of the first */
	uint64_t last_start_us; /* of the latest */
	uint64_t won_us;        /* 0: nobody has won yet */
	size_t running;
	bool is_full;       /* no descriptor is left until an attempt ends */
	struct pollfd *fds; /* one an attempt; -1: it does not run */
	struct fopnp_held_signals signals;
};

/* ---- socket addresses ---- */

static socklen_t fill(const struct fopnp_request_address *from, struct sockaddr_storage *to)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(from->port) };
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(from->port),
		.sin6_scope_id = from->scope,
	};

	memset(to, 0, sizeof(*to));
	memcpy(&in.sin_addr, from->bytes, sizeof(in.sin_addr));
	memcpy(&in6.sin6_addr, from->bytes, sizeof(in6.sin6_addr));
	if (from->family == AF_INET)
		memcpy(to, &in, sizeof(in));
	else
		memcpy(to, &in6, sizeof(in6));
	return from->family == AF_INET ? sizeof(in) : sizeof(in6);
}

/* Known as soon as the kernel has chosen a route, whatever comes of the connection. */
static void note_local(struct fopnp_attempt *attempt, int fd)
{
	struct sockaddr_storage local = { 0 };
	socklen_t len = sizeof(local);
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (getsockname(fd, (struct sockaddr *)&local, &len) != 0)
		return;
	memcpy(&in, &local, sizeof(in));
	memcpy(&in6, &local, sizeof(in6));
	attempt->has_local = true;
	attempt->local = (struct fopnp_request_address){ .family = local.ss_family };
	if (local.ss_family == AF_INET) {
		attempt->local.port = ntohs(in.sin_port);
		memcpy(attempt->local.bytes, &in.sin_addr, sizeof(in.sin_addr));
	} else {
		attempt->local.port = ntohs(in6.sin6_port);
		attempt->local.scope = in6.sin6_scope_id;
		memcpy(attempt->local.bytes, &in6.sin6_addr, sizeof(in6.sin6_addr));
	}
}

/* ---- one attempt ---- */

/*
 * Whether both ends are this very socket: where nobody listens on a port of this machine the
 * kernel may choose just that one for our end, and TCP connects it to itself (RFC 9293, 3.5).
 */
static bool is_own_peer(int fd)
{
	struct sockaddr_storage local = { 0 }, peer = { 0 };
	socklen_t local_len = sizeof(local), peer_len = sizeof(peer);

	return getsockname(fd, (struct sockaddr *)&local, &local_len) == 0 &&
	       getpeername(fd, (struct sockaddr *)&peer, &peer_len) == 0 && local_len == peer_len &&
	       memcmp(&local, &peer, local_len) == 0;
}

static void end(struct work *work, size_t index, enum fopnp_attempt_state state, int error)
{
	struct fopnp_attempt *attempt = &work->list[index];
	uint64_t now = fopnp_clock_now_us();

	if (state == FOPNP_ATTEMPT_CONNECTED && is_own_peer(work->fds[index].fd)) {
		state = FOPNP_ATTEMPT_FAILED;
		error = ECONNREFUSED;
	}
	attempt->state = state;
	attempt->error = error;
	attempt->elapsed_us = now - work->start_us - attempt->start_us;
	if (state == FOPNP_ATTEMPT_CONNECTED && work->won_us == 0)
		work->won_us = now;
	if (work->fds[index].fd != -1) {
		(void)close(work->fds[index].fd);
		work->fds[index].fd = -1;
		work->running--;
		work->is_full = false;
	}
}

/* False if it must wait for descriptors that are in use. */
static bool start(struct work *work, size_t index)
{
	struct fopnp_attempt *attempt = &work->list[index];
	struct sockaddr_storage address;
	socklen_t len = fill(&attempt->address, &address);
	int fd = socket(attempt->address.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1 && (errno == EMFILE || errno == ENFILE) && work->running > 0) {
		work->is_full = true;
		return false;
	}
	work->started++;
	work->last_start_us = fopnp_clock_now_us();
	attempt->start_us = work->last_start_us - work->start_us;
	if (fd == -1) {
		attempt->is_local_error = true;
		end(work, index, FOPNP_ATTEMPT_FAILED, errno);
		return true;
	}
	work->fds[index] = (struct pollfd){ .fd = fd, .events = POLLOUT };
	work->running++;
	if (connect(fd, (const struct sockaddr *)&address, len) == 0) {
		note_local(attempt, fd);
		end(work, index, FOPNP_ATTEMPT_CONNECTED, 0);
	} else if (errno == EINPROGRESS) {
		note_local(attempt, fd);
	} else {
		/* On the loopback interface even a refusal can be there already. */
		attempt->is_local_error = errno != ECONNREFUSED;
		end(work, index, FOPNP_ATTEMPT_FAILED, errno);
	}
	return true;
}

static void finish(struct work *work, size_t index)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(work->fds[index].fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	if (error == 0)
		end(work, index, FOPNP_ATTEMPT_CONNECTED, 0);
	else
		end(work, index, FOPNP_ATTEMPT_FAILED, error);
}

/* ---- all of them ---- */

static size_t to_start(const struct work *work)
{
	return work->manner == FOPNP_ATTEMPT_FIRST && work->count > 1 ? 1 : work->count;
}

/* When the next may start; UINT64_MAX: not before something happens. */
static uint64_t next_start_us(const struct work *work)
{
	if (work->started == to_start(work) || work->is_full ||
	    (work->manner == FOPNP_ATTEMPT_RACE && work->won_us))
		return UINT64_MAX;
	if (work->manner != FOPNP_ATTEMPT_RACE)
		return work->running < AT_ONCE ? 0 : UINT64_MAX;
	/* Where an attempt has failed nothing is won by waiting. */
	if (work->started == 0 || work->fds[work->started - 1].fd == -1)
		return 0;
	return work->last_start_us + FOPNP_ATTEMPT_DELAY_US;
}

static uint64_t deadline_us(const struct work *work, size_t index)
{
	uint64_t deadline = work->start_us + work->list[index].start_us + work->timeout_us;

	if (work->manner == FOPNP_ATTEMPT_RACE && work->won_us &&
	    deadline > work->won_us + RUNNER_UP_US)
		deadline = work->won_us + RUNNER_UP_US;
	return deadline;
}

static void wait_for_any(const struct work *work)
{
	uint64_t now = fopnp_clock_now_us(), next = next_start_us(work), tick;
	struct timespec wait;

	for (size_t i = 0; i < work->started; i++)
		if (work->fds[i].fd != -1 && deadline_us(work, i) < next)
			next = deadline_us(work, i);
	next = next > now ? next - now : 0;
	tick = fopnp_progress_next_us();
	if (tick < next)
		next = tick;
	wait.tv_sec = (time_t)(next / 1000000);
	wait.tv_nsec = (long)(next % 1000000) * 1000;
	if (ppoll(work->fds, work->started, &wait, &work->signals.wait_mask) < 0)
		for (size_t i = 0; i < work->started; i++)
			work->fds[i].revents = 0;
	fopnp_progress_tick();
}

static void look_after(struct work *work)
{
	uint64_t now;

	wait_for_any(work);
	now = fopnp_clock_now_us();
	for (size_t i = 0; i < work->started; i++) {
		if (work->fds[i].fd == -1)
			continue;
		if (work->fds[i].revents)
			finish(work, i);
		else if (now >= deadline_us(work, i))
			end(work, i,
			    now - work->start_us - work->list[i].start_us >= work->timeout_us
				    ? FOPNP_ATTEMPT_TIMED_OUT
				    : FOPNP_ATTEMPT_GIVEN_UP,
			    0);
	}
}

static void run(struct work *work)
{
	while (!fopnp_held_signals_ending()) {
		while (next_start_us(work) <= fopnp_clock_now_us() && start(work, work->started))
			;
		if (work->running == 0 && next_start_us(work) == UINT64_MAX)
			break;
		if (work->running > 0)
			look_after(work);
	}
}

bool fopnp_attempts_make(struct fopnp_attempt *list, size_t count, enum fopnp_attempt_manner manner,
			 uint64_t timeout_us)
{
	FOPNP_AUTO_FREE struct pollfd *fds = fopnp_memory_zeroed(count, sizeof(*fds));
	struct work work = {
		.list = list,
		.count = count,
		.manner = manner,
		.timeout_us = timeout_us,
		.start_us = fopnp_clock_now_us(),
		.fds = fds,
	};
	bool is_fine;

	for (size_t i = 0; i < count; i++)
		fds[i].fd = -1;
	fopnp_held_signals_start(&work.signals);
	run(&work);
	is_fine = !fopnp_held_signals_ending();
	for (size_t i = 0; i < work.started; i++)
		if (fds[i].fd != -1)
			(void)close(fds[i].fd);
	fopnp_held_signals_release(&work.signals);
	return is_fine;
}

void fopnp_attempts_interleave(struct fopnp_attempt *list, size_t count)
{
	FOPNP_AUTO_FREE struct fopnp_attempt *from = NULL;
	size_t at[2] = { 0, 0 };

	if (count == 0)
		return;
	from = fopnp_memory_zeroed(count, sizeof(*from));
	memcpy(from, list, count * sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		size_t turn = i % 2;

		for (int tries = 0; tries < 2; tries++, turn = 1 - turn) {
			bool is_other = turn == 1;

			while (at[turn] < count && (from[at[turn]].address.family !=
						    from[0].address.family) != is_other)
				at[turn]++;
			if (at[turn] < count)
				break;
		}
		list[i] = from[at[turn]++];
	}
}

size_t fopnp_attempts_winner(const struct fopnp_attempt *list, size_t count)
{
	size_t winner = count;

	for (size_t i = 0; i < count; i++)
		if (list[i].state == FOPNP_ATTEMPT_CONNECTED &&
		    (winner == count || list[i].start_us + list[i].elapsed_us <
						list[winner].start_us + list[winner].elapsed_us))
			winner = i;
	return winner;
}

/* ---- in words ---- */

static const char *failure_word(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return "refused";
	case ETIMEDOUT:
		return "timed-out";
	case EHOSTUNREACH:
	case EHOSTDOWN:
		return "no-route";
	case ENETUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
		return "unreachable";
	case EACCES:
	case EPERM:
		return "prohibited";
	default:
		return "failed";
	}
}

const char *fopnp_attempt_word(const struct fopnp_attempt *attempt)
{
	switch (attempt->state) {
	case FOPNP_ATTEMPT_CONNECTED:
		return "connected";
	case FOPNP_ATTEMPT_FAILED:
		return failure_word(attempt->error);
	case FOPNP_ATTEMPT_TIMED_OUT:
		return "timed-out";
	case FOPNP_ATTEMPT_GIVEN_UP:
		return "given-up";
	case FOPNP_ATTEMPT_NOT_MADE:
		break;
	}
	return "not-made";
}

static bool lacks_zone(const struct fopnp_request_address *address)
{
	return address->family == AF_INET6 && address->scope == 0 &&
	       fopnp_address_is_link_local(AF_INET6, address->bytes);
}

/* NULL: the system's own words say it. */
static const char *failure_words(const struct fopnp_attempt *attempt)
{
	bool is_local = attempt->is_local_error;

	switch (attempt->error) {
	case ECONNREFUSED:
		return "refused: nothing listens there";
	case ETIMEDOUT:
		return "timed out: nothing came back";
	case EHOSTUNREACH:
		return is_local ? "no route to the host: a route of this machine says so"
				: "no route to the host: a router says so, or it is not on its "
				  "network";
	case ENETUNREACH:
		return is_local ? "network unreachable: this machine has no route there"
				: "network unreachable: a router says so";
	case EADDRNOTAVAIL:
		return "unreachable: this machine has no address, or no free port, to come from";
	case EAFNOSUPPORT:
		return "unreachable: this machine has no such protocol";
	case EACCES:
	case EPERM:
		return is_local ? "prohibited: a route or rule of this machine says so"
				: "prohibited: a firewall on the way says so";
	case EINVAL:
		return lacks_zone(&attempt->address) ? "a link-local address needs its interface "
						       "behind a %"
						     : NULL;
	default:
		return NULL;
	}
}

char *fopnp_attempt_words(const struct fopnp_attempt *attempt)
{
	const char *words;

	switch (attempt->state) {
	case FOPNP_ATTEMPT_CONNECTED:
		return fopnp_memory_copy_text("connected");
	case FOPNP_ATTEMPT_TIMED_OUT:
		return fopnp_memory_copy_text("timed out: nothing came back");
	case FOPNP_ATTEMPT_GIVEN_UP:
		return fopnp_memory_copy_text("given up: another had won");
	case FOPNP_ATTEMPT_NOT_MADE:
		return fopnp_memory_copy_text("not tried");
	case FOPNP_ATTEMPT_FAILED:
		break;
	}
	words = failure_words(attempt);
	return words ? fopnp_memory_copy_text(words)
		     : fopnp_memory_format("failed: %s", strerrordesc_np(attempt->error)
								 ? strerrordesc_np(attempt->error)
								 : "unknown error");
}
