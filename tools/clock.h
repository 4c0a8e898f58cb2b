/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Time that never jumps, for measuring. */
#pragma once

#include <stdint.h>

/* Microseconds of the monotonic clock. */
uint64_t fopnp_clock_now_us(void);
