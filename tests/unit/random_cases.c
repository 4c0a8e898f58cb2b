/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A child for cases that change the process: glibc keeps what it has been fed. */
#include "tests/unit/random_cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

static unsigned choose_seed(void)
{
	const char *given = getenv("FOPNP_SEED");
	unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10)
				      : (unsigned)time(NULL) ^ (unsigned)getpid();

	(void)fprintf(stderr, "FOPNP_SEED=%u\n", seed);
	return seed;
}

static bool may_skip(void)
{
	const char *no_skip = getenv("FOPNP_NO_SKIP");

	return no_skip == NULL || strcmp(no_skip, "1") != 0;
}

void run_random_cases(int (*cases)(unsigned seed))
{
	unsigned seed = choose_seed();
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(cases(seed));
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == RANDOM_CASES_IMPOSSIBLE && may_skip())
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}
