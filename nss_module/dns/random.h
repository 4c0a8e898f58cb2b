/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers that nobody can guess: a query's id, the server to begin with. */
#pragma once

#include <stdint.h>

/* Of getrandom(2); of the clock, as glibc's res_mkquery(), where that cannot be had. */
uint32_t fopnp_dns_random(void);
