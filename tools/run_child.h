/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command of `fopnp run`: started with the standard streams, signal mask and dispositions that we
 * were given, in our process group and session, and waited for as a shell's user expects.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#define FOPNP_RUN_SAVED_SIGNALS 4

struct fopnp_run_child {
	pid_t pid;
	bool has_ended;
	bool has_stopped;      /* and nobody has made it go on since */
	int status;            /* as waitpid() says, once it has ended */
	bool waits_for_others; /* --wait */
	bool is_last;          /* no child of ours is left */
	int signals;           /* descriptor: readable when there is something to do */
	sigset_t old_mask;
	struct sigaction old_actions[FOPNP_RUN_SAVED_SIGNALS];
};

/* What the child does between fork() and exec(). */
struct fopnp_run_child_start {
	char **argv;
	int stdout_descriptor; /* becomes 1; -1: 1 is closed */
	void (*prepare)(void *context);
	void *context;
	bool waits_for_others; /* adopt the processes that lose their parent */
};

/* Take signals from now on, so that none ends us before we have tidied up.  False with errno. */
bool fopnp_run_child_hold_signals(struct fopnp_run_child *out_child);
/* Whether one has come that would have ended us: then there is nothing to start any more. */
bool fopnp_run_child_was_ended(struct fopnp_run_child *child);

/* Start it.  False with errno, of exec() too (then *out_was_exec); nothing runs then. */
bool fopnp_run_child_start(struct fopnp_run_child *child, const struct fopnp_run_child_start *start,
			   bool *out_was_exec);

/*
 * Take the signals that came: pass them on to the command where it did not get them itself, stop
 * and go on together with it, see who has ended.
 */
void fopnp_run_child_take_signals(struct fopnp_run_child *child);

/* Whether there is nobody left to wait for. */
bool fopnp_run_child_is_over(const struct fopnp_run_child *child);

/* The command's exit status as a shell has it: 128 and the signal's number if it was killed. */
int fopnp_run_child_exit_status(const struct fopnp_run_child *child);

/* End this process as the command ended: with its status, or by its signal and without a core. */
_Noreturn void fopnp_run_child_end_like(const struct fopnp_run_child *child);
