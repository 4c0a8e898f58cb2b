/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The library that `fopnp run` preloads, fopnp/run.so: in each process of the command it makes
 * names be looked up through our module where fopnp is not installed, and marks each
 * call with its arguments and its result.  It lives in a foreign process: what
 * docs/architecture.md says of the module holds here too.  The marks:
 * docs/event-format.md, "Marks of fopnp run".
 *
 * The environment that `fopnp run` sets for it (read once, by secure_getenv()):
 *	FOPNP_LOG     where marks and the module's events go
 *	FOPNP_RUN     "configure": make fopnp the only source of host names in this process
 *	              (FOPNP_ORDER says which order it runs), or "mark": leave the order alone
 *	FOPNP_MODULE  path of the module
 *	FOPNP_RUN_FILTERS  how many seccomp filters it has itself (sandbox.h)
 * Without FOPNP_LOG it does nothing.  It refers to glibc's own functions weakly and only passes
 * calls on without them (musl).
 */
#pragma once

#include <stdbool.h>

/* For the functions that stand in for libc's. */
#define FOPNP_RUN_EXPORT __attribute__((visibility("default")))

/*
 * Read the environment, load the module and tell that we are here: from the constructor, or from
 * a call that another library's constructor makes before.  Preserves errno.
 */
void fopnp_run_start(void);
