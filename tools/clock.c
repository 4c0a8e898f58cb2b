/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The monotonic clock. */
#include "tools/clock.h"

#include <time.h>

uint64_t fopnp_clock_now_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
