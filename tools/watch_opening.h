/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the live view says first: what it will see, and what not. */
#pragma once

#include <stdio.h>

/*
 * "waiting: 3 of 41 processes have the module", that nothing will come where fopnp is not on
 * the hosts line, what nscd hides.
 */
void fopnp_watch_opening_print(FILE *out);
