/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every unit test includes: cmocka needs these headers in front of it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* By its name of cmocka 2, which deprecates the one of cmocka 1. */
#ifndef assert_int_in_range
#define assert_int_in_range assert_in_range
#endif

/* A literal with its length, for texts that hold a NUL. */
#define BYTES(literal) (literal), (sizeof(literal) - 1)
