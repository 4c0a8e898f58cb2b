/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call that is marked: what all the resolver's functions have in common. */
#pragma once

#include "tools/run_shim/marks.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sizes of the copies: of the longest name that DNS has, and of a service. */
#define FOPNP_RUN_NAME    256
#define FOPNP_RUN_SERVICE 64

#define FOPNP_RUN_NUMBER_ABSENT INT64_MIN

/* In the frame of the function that stands in for libc's. */
struct fopnp_run_call {
	volatile uintptr_t cookie; /* says that the frame is in use */
	const char *function;
	uint64_t id;
	uint64_t start_us; /* CLOCK_MONOTONIC */
	/* As the program gave them, or FOPNP_RUN_NUMBER_ABSENT. */
	int64_t family, socktype, protocol, flags;
	/*
	 * Copies for the result's mark: what the program passed may lie where the call writes its
	 * answer (gethostbyname() of an earlier answer's h_name).
	 */
	bool has_name, has_service, is_cut;
	char name[FOPNP_RUN_NAME], service[FOPNP_RUN_SERVICE];
};

/*
 * Whether this call is to be marked: there is somebody to tell, and it is not made inside another
 * one of this thread.  If so CALL is ready for its arguments, and fopnp_run_call_leave() has to
 * follow; if not, only pass it on.  Preserves errno.
 */
bool fopnp_run_call_enter(struct fopnp_run_call *call, const char *function);
void fopnp_run_call_leave(struct fopnp_run_call *call);

/* Send the first mark.  NAME and SERVICE as the program gave them, or NULL.  Preserves errno. */
void fopnp_run_call_tell(struct fopnp_run_call *call, const char *name, const char *service);

/* Start the second mark, with all that the first one said and when the call ended: now. */
void fopnp_run_call_begin_result(const struct fopnp_run_call *call, struct fopnp_run_mark *mark);
