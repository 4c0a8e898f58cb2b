/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests by random cases, in a process of their own. */
#pragma once

#define RANDOM_CASES_IMPOSSIBLE 77

/*
 * Run CASES in a child process with a seed from FOPNP_SEED, else a new one; it
 * is printed, so that a failure can be repeated.  The test fails unless CASES
 * returns 0, and is skipped (fails, with FOPNP_NO_SKIP=1) where it returns
 * RANDOM_CASES_IMPOSSIBLE.
 */
void run_random_cases(int (*cases)(unsigned seed));
