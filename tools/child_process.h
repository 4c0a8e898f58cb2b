/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Child processes that run what others wrote, the sources of host names: each in a group of its
 * own that ends with it, deaf and mute, and none left behind when a signal ends the command.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* The last one even where the caller ignores it: the kernel would forget how children ended. */
#define FOPNP_HELD_SIGNALS 5 /* SIGINT, SIGTERM, SIGHUP, SIGQUIT; SIGCHLD */

struct fopnp_held_signals {
	sigset_t wait_mask; /* while the parent waits, by ppoll() */
	sigset_t old_mask;
	struct sigaction old_actions[FOPNP_HELD_SIGNALS];
};

/*
 * From here on these signals are noticed only under `wait_mask`, and each of them ends that wait;
 * those that ask for the end and are ignored, as under nohup(1), stay so.
 */
void fopnp_held_signals_start(struct fopnp_held_signals *out_signals);
/* The signal that has asked for the end since; 0: none. */
int fopnp_held_signals_ending(void);
/* As it was before; and if a signal asked for the end, it comes now. */
void fopnp_held_signals_release(const struct fopnp_held_signals *signals);

/*
 * The first thing in a child of PARENT: it ends when its parent does, has the signals as they
 * were before they were held, and /dev/null for its standard descriptors: what a source prints must
 * not get between our output and its reader.
 */
void fopnp_child_process_begin(const struct fopnp_held_signals *signals, pid_t parent);

/* In the parent, behind fork(): its group, whoever comes first. */
void fopnp_child_process_begun(pid_t child);

/* Its descriptors alone do not tell: processes that a source started may hold them. */
bool fopnp_child_process_has_ended(pid_t child);

/* End it, whatever it does, with all that it started.  Its status as of waitpid(). */
int fopnp_child_process_end(pid_t child);
