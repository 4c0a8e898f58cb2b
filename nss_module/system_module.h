/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The NSS modules of the system, called through their own functions.
 *
 * "files" and "dns" are part of libc since 2.34 and are found by
 * dlsym(RTLD_DEFAULT), once, when this library is loaded.  Their stub
 * libraries are never opened: in a chroot that would run the jail's code.
 */
#pragma once

#include "nss_module/source.h"

/* Called by the constructor: find the functions inside libc. */
void fopnp_system_module_start(void);

/* libc's own functions if NAME is "files" or "dns", else NULL. */
const struct fopnp_functions *fopnp_system_module_in_libc(const char *name);

enum fopnp_module_state {
	FOPNP_MODULE_LOADED,
	FOPNP_MODULE_MISSING,   /* and will stay so: glibc does not try again either */
	FOPNP_MODULE_NO_MEMORY, /* for now */
};

/*
 * Load libnss_NAME.so.2 as glibc does (RTLD_NOW, local).  *OUT_FUNCTIONS is a
 * table of the caller's; *OUT_MESSAGE, for MISSING, a text for free() that says
 * why, or NULL.  Clobbers errno.
 */
enum fopnp_module_state fopnp_system_module_load(const char *name,
						 struct fopnp_functions **out_functions,
						 char **out_message);
