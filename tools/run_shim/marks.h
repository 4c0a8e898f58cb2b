/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sending marks: never blocking, and leaving nothing behind.  Each goes through a socket of its
 * own, so that closed and reused descriptors, threads, and the child of a vfork() are no cases of
 * their own.
 */
#pragma once

#include "nss_module/lookup/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One mark while it is made.  From begin to send all signals are blocked but those of faults: no
 * handler can leave by siglongjmp(), and no cancellation strike, with a socket open.
 */
struct fopnp_run_mark {
	struct fopnp_event_writer writer;
	uint64_t signals; /* the mask to put back */
	uint64_t lost;    /* marks that it tells about */
	char *allocated;  /* by begin_large */
};

/* Marks go to PATH from now on.  False for NULL and for one that is too long for a socket. */
bool fopnp_run_marks_open(const char *path);
bool fopnp_run_marks_are_open(void);

/* Start a mark with what is in each of them.  PHASE as in docs/event-format.md. */
void fopnp_run_mark_begin(struct fopnp_run_mark *mark, char *bytes, size_t size, const char *phase);

/* The same with room for the longest mark, which is the heap's; without memory it is lost. */
void fopnp_run_mark_begin_large(struct fopnp_run_mark *mark, const char *phase);

/*
 * The same where memory may be another process's, between vfork() and exec: does not tell of lost
 * marks, and keeps its hands off the account of them.
 */
void fopnp_run_mark_begin_exec(struct fopnp_run_mark *mark, char *bytes, size_t size,
			       const char *phase);

/* Send it, and end what begin started.  Clobbers errno. */
void fopnp_run_mark_send(struct fopnp_run_mark *mark);
