/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The NSS modules that the orders name, and whether they can be loaded. */
#pragma once

#include <stdint.h>

struct fopnp_check_system;

/*
 * Fill SYSTEM's modules from its orders.  On this machine each is loaded in a child process, for
 * at most TIMEOUT_US; below a root, open as ROOT, its library is looked for.
 */
void fopnp_check_modules_read(struct fopnp_check_system *system, int root, uint64_t timeout_us);
void fopnp_check_modules_clear(struct fopnp_check_system *system);
