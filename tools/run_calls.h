/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls, put together from what processes send one by one: the marks of our library (call, result)
 * and between them the module's lookups.  Whoever sends is known by the kernel's word,
 * so that no process can put anything into another one's call.  Bounded, whatever is sent.
 */
#pragma once

#include "tools/observed.h"

#include <stdbool.h>
#include <stdint.h>

/* What is finished goes there; each is the sink's to read until it returns. */
struct fopnp_run_sink {
	/* WAITING: the source that a call without an end was asking; NULL: unknown, or it has ended. */
	void (*call)(void *context, const struct fopnp_observed_call *call, const char *waiting);
	/* A lookup outside of any call that we see; LOST events of it are known to be missing. */
	void (*lookup)(void *context, const struct fopnp_observed_lookup *lookup, uint64_t lost);
	void *context;
};

/* What tells who answered a call that no lookup was heard of. */
struct fopnp_run_answerers {
	bool is_module_asked_always; /* lookups are made to go through the module */
	bool has_nscd;
	const char *before; /* the one source that stands before fopnp; NULL: none, or several */
};

struct fopnp_run_calls;
struct fopnp_run_calls *fopnp_run_calls_create(const struct fopnp_run_sink *sink,
					       const struct fopnp_run_answerers *answerers);
void fopnp_run_calls_destroy(struct fopnp_run_calls *calls);

/* Take a lookup, or a mark, LOST events before it are known to be missing.  NOW as fopnp_clock_now_us(). */
void fopnp_run_calls_hear_lookup(struct fopnp_run_calls *calls,
				 const struct fopnp_observed_lookup *lookup, uint64_t lost,
				 uint64_t now_us);
void fopnp_run_calls_hear_mark(struct fopnp_run_calls *calls,
			       const struct fopnp_observed_lookup *mark, uint64_t now_us);

/*
 * Now and then: let go of lookups that no call claims, and of calls whose process is gone.
 * Returns whether anything is waited for.
 */
bool fopnp_run_calls_tick(struct fopnp_run_calls *calls, uint64_t now_us);
/* Everything that is left, as it is: a call without an end has waited until now. */
void fopnp_run_calls_flush(struct fopnp_run_calls *calls, uint64_t now_us);
