/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waiting for what comes next, and for the reasons to end: SIGINT, SIGTERM and SIGHUP,
 * and a reader of stdout that has gone.
 */
#pragma once

#include <stdbool.h>

enum fopnp_watch_wait {
	FOPNP_WATCH_READY,     /* the descriptor can be read */
	FOPNP_WATCH_QUIET,     /* the time is over */
	FOPNP_WATCH_STOPPED,   /* a signal */
	FOPNP_WATCH_NO_READER, /* stdout is a pipe or a terminal that nobody has open */
};

/*
 * Take over those signals (not the ones that are ignored, as by nohup) and SIGPIPE, which
 * would end the process before it has tidied up.  False with errno.
 */
bool fopnp_watch_wait_start(void);
/* Give the signals back. */
void fopnp_watch_wait_finish(void);
/* Whether stdout is a pipe or a terminal that nobody has open. */
bool fopnp_watch_wait_is_unread(void);
/* Die of SIGPIPE, as programs do whose reader has gone, where that was not ignored from the start. */
void fopnp_watch_wait_die_unread(void);

/* Wait for DESCRIPTOR at most TIMEOUT_MS; -1: without end. */
enum fopnp_watch_wait fopnp_watch_wait(int descriptor, int timeout_ms);
