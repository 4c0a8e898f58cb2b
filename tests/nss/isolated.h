/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each case of these programs runs in a process of its own, started afresh
 * with its own environment (the module reads it once), in a mount namespace
 * with private, nearly empty /etc and /run and in an empty network namespace:
 * nothing of the machine is read or changed, and no packet can leave.
 */
#pragma once

#include "tests/unit/unit_test.h"

#if defined(__has_feature)
#define ISOLATED_HAS_FEATURE(x) __has_feature(x)
#else
#define ISOLATED_HAS_FEATURE(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || ISOLATED_HAS_FEATURE(address_sanitizer)
#define UNDER_ASAN 1
#else
#define UNDER_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__) || ISOLATED_HAS_FEATURE(thread_sanitizer)
#define UNDER_TSAN 1
#else
#define UNDER_TSAN 0
#endif
/* How many rounds of a repetitive case are worth their time. */
#define ROUNDS(n) ((UNDER_ASAN || UNDER_TSAN) ? ((n) + 9) / 10 : (n))

struct isolated_case {
	struct CMUnitTest test;
	const char *environment[6]; /* "NAME=value", ended by NULL */
};

/*
 * main() of a test program: run all cases, or those named by the arguments.
 * Returns the exit status: 0, 1, or 77 where namespaces cannot be made.
 */
int isolated_main(int argc, char **argv, const struct isolated_case *cases, size_t count);

/* Write a file of the private system, by rename, mode 0644. */
void isolated_write(const char *path, const char *text);

/* Absolute path of FILE below the build folder, in a static buffer. */
const char *isolated_built(const char *file);
