/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The built-in sources by name: one line of builtin.c each.  fopnp:hosts and
 * fopnp:mdns are part of the module; fopnp:dns lives in a shared object of its
 * own beside it (dns_object.h), which is loaded when an order first reaches it.
 */
#pragma once

#include "nss_module/source.h"

#include <stdbool.h>

/* Whether NAME is "fopnp:" and something: never the name of a library. */
bool fopnp_builtin_is_name(const char *name);

/* Whether it needs no file, so that it serves after chroot(2), too. */
bool fopnp_builtin_is_part_of_module(const char *name);

/*
 * The table of NAME, loaded if need be.  NULL: there is none, or it cannot be
 * loaded; *OUT_MESSAGE then says why in a text for free() (NULL without memory).
 * Clobbers errno.
 */
const struct fopnp_functions *fopnp_builtin_load(const char *name, char **out_message);
