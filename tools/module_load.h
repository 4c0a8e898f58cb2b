/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making this process look names up through our module. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Where the module is: $FOPNP_MODULE, else beside a command that was not
 * installed (build/bin/fopnp has build/lib), else its soname for the loader to
 * find.  Static memory.
 */
const char *fopnp_module_path(void);

/*
 * Load it and make it the only source of host names in this process.  For
 * child processes; the FOPNP_* variables must be set before.  False with the
 * reason in ERROR.
 */
bool fopnp_module_use(const char *path, char *error, size_t size);
