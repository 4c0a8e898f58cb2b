/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The NSS modules that the orders name, and whether they can be loaded. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct fopnp_check_system;

/*
 * Fill SYSTEM's modules from its orders.  On this machine each is loaded in a child process, for
 * at most TIMEOUT_US; below a root, open as ROOT, its library is looked for.
 */
void fopnp_check_modules_read(struct fopnp_check_system *system, int root, uint64_t timeout_us);
void fopnp_check_modules_clear(struct fopnp_check_system *system);

/* Whether a library of that name is where loaders look, below the directory open as ROOT. */
bool fopnp_check_root_has_library(int root, const char *name);

enum fopnp_check_library {
	FOPNP_CHECK_LIBRARY_FINE,
	FOPNP_CHECK_LIBRARY_MISSING,
	FOPNP_CHECK_LIBRARY_BROKEN,  /* no ELF file */
	FOPNP_CHECK_LIBRARY_FOREIGN, /* for another machine than the libc.so.6 there */
};

/* Whether programs below that directory could load it, as far as the heads of the files tell. */
enum fopnp_check_library fopnp_check_root_judge_library(int root, const char *name);
