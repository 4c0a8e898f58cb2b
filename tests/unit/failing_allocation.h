/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Allocations that fail on demand.  A test that uses this is linked with
 * --wrap for the functions that failing_allocation.c defines.
 */
#pragma once

#include <stdbool.h>

/* Let the NTH allocation from now on fail, once, and count anew; 0: none. */
void fail_allocation(unsigned nth);

/* Whether the allocation that was to fail has been asked for. */
bool allocation_has_failed(void);
