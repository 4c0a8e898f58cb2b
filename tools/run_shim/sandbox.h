/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs that shut themselves in: a seccomp(2) filter that kills at socket(2) would kill a program
 * for a mark that it never asked for.  A lookup makes sockets by itself, so its marks change
 * nothing; a start and an exec do not.
 */
#pragma once

#include <stdbool.h>

/*
 * How many filters the command had before it started (FOPNP_RUN_FILTERS; NULL: not known).
 * Before the next.
 */
void fopnp_run_sandbox_start(const char *filters);

/*
 * Whether this process has more filters than that, by /proc/self/status (since Linux 5.9; where that
 * is not to be had: no).  For vfork()'s children, too: nothing is kept.  Clobbers errno.
 */
bool fopnp_run_is_sandboxed(void);
