/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our module where glibc looks for it, and not where this command has one of its own. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define FOPNP_INSTALL_LIBRARY "libnss_fopnp.so.2"

struct fopnp_install_library {
	bool is_loadable;
	char *path;  /* where it was found; NULL: not loaded */
	char *error; /* the loader's message; NULL: loadable */
};

/*
 * Start this command anew without the variables by which a loader looks elsewhere (LD_LIBRARY_PATH,
 * LD_PRELOAD, LD_AUDIT), if one is set, and forget those of our module's.  ARGV is the command's own.
 */
void fopnp_install_clean_environment(char **argv);

/* Load it in a process of its own, as a user without rights does. */
void fopnp_install_library_load(struct fopnp_install_library *out_library);
/* Whether ROOT, an image, has it; nothing of it is loaded. */
void fopnp_install_library_find(const char *root, struct fopnp_install_library *out_library);
void fopnp_install_library_clear(struct fopnp_install_library *library);
