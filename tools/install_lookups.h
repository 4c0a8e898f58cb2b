/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether names are still found as before: `localhost` and this machine's own name, each looked up in
 * fresh processes, as any program does it; where nscd runs past it, as nscd itself does it.
 */
#pragma once

#include "tools/call_child.h"

#include <stdbool.h>
#include <stddef.h>

#define FOPNP_INSTALL_NAMES 2
#define FOPNP_INSTALL_TRIES 2 /* of each: answers of a name may take turns by themselves */

struct fopnp_install_lookups {
	struct fopnp_request requests[FOPNP_INSTALL_NAMES];
	struct fopnp_child_outcome outcomes[FOPNP_INSTALL_NAMES][FOPNP_INSTALL_TRIES];
};

/* Make them all at once, ten seconds at most.  False, and an error told, if they cannot be made. */
bool fopnp_install_lookups_make(struct fopnp_install_lookups *out_lookups);
void fopnp_install_lookups_clear(struct fopnp_install_lookups *lookups);

/*
 * How AFTER differs from BEFORE by more than BEFORE does from itself, in a sentence: the
 * caller's to free(); NULL: it does not.
 */
char *fopnp_install_lookups_differ(const struct fopnp_install_lookups *before,
				   const struct fopnp_install_lookups *after);
