/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting, see watch_wait.h. */
#include "tools/watch_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/* The ignored ones last: what they tell of is an error of write() as well. */
static const int SIGNALS[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ };
#define SIGNAL_COUNT (sizeof(SIGNALS) / sizeof(SIGNALS[0]))

static struct sigaction old_actions[SIGNAL_COUNT];
static int stop_pipe[2] = { -1, -1 }; /* a byte in it: a signal has come */

static void stop(int number)
{
	int saved = errno;

	(void)number;
	(void)!write(stop_pipe[1], "", 1); /* full: known already */
	errno = saved;
}

bool fopnp_watch_wait_start(void)
{
	/* No SA_RESTART: a write to a terminal that has been stopped ends, too. */
	struct sigaction action = { .sa_handler = stop };

	if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	for (size_t i = 0; i < SIGNAL_COUNT; i++) {
		(void)sigaction(SIGNALS[i], NULL, &old_actions[i]);
		if (SIGNALS[i] == SIGPIPE)
			action.sa_handler = SIG_IGN;
		if (old_actions[i].sa_handler != SIG_IGN)
			(void)sigaction(SIGNALS[i], &action, NULL);
	}
	return true;
}

void fopnp_watch_wait_finish(void)
{
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		(void)sigaction(SIGNALS[i], &old_actions[i], NULL);
	(void)close(stop_pipe[0]);
	(void)close(stop_pipe[1]);
}

bool fopnp_watch_wait_is_unread(void)
{
	struct pollfd polled = { .fd = STDOUT_FILENO };

	return poll(&polled, 1, 0) == 1 && (polled.revents & (POLLERR | POLLHUP));
}

void fopnp_watch_wait_die_unread(void)
{
	struct sigaction action;

	if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
		(void)raise(SIGPIPE);
}

enum fopnp_watch_wait fopnp_watch_wait(int descriptor, int timeout_ms)
{
	struct pollfd polled[] = {
		{ .fd = stop_pipe[0], .events = POLLIN },
		{ .fd = STDOUT_FILENO }, /* POLLERR of a pipe, POLLHUP of a terminal */
		{ .fd = descriptor, .events = POLLIN },
	};

	/* Of an EINTR the handler has put a byte into the pipe, or it was not ours. */
	if (poll(polled, 3, timeout_ms) < 0 && (errno != EINTR || poll(polled, 3, 0) < 0))
		return FOPNP_WATCH_QUIET;
	if (polled[0].revents)
		return FOPNP_WATCH_STOPPED;
	if (polled[1].revents & (POLLERR | POLLHUP))
		return FOPNP_WATCH_NO_READER;
	return polled[2].revents ? FOPNP_WATCH_READY : FOPNP_WATCH_QUIET;
}
