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
 * What the module is told by its environment, which it reads once: in a child process, before it is
 * loaded.  ORDER replaces all files' (NULL: they hold); its events go to the socket at EVENT_PATH.
 */
void fopnp_module_configure(const char *order, const char *event_path);

/*
 * Load it and make it the only source of host names in this process.  For
 * child processes, behind fopnp_module_configure().  False with the
 * reason in ERROR.
 */
bool fopnp_module_use(const char *path, char *error, size_t size);
