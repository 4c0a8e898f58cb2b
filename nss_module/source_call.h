/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking one source, a system module or one of our own, for one lookup. */
#pragma once

#include "nss_module/chain.h"

/* Whether the source has FUNCTION itself; a built-in one has all. */
bool fopnp_source_has(const struct fopnp_functions *functions, enum fopnp_function function);

/*
 * Call FUNCTION, which it must have, with the lookup's question, buffer and
 * errno pointers.  The answer goes to lookup->outcome: host, first (of both
 * families), canonical (NULL where the function does not tell it).  *TTL is only written
 * by a source that knows.  FAMILY may differ from the lookup's own.
 */
enum nss_status fopnp_source_call(struct fopnp_lookup *lookup,
				  const struct fopnp_functions *functions,
				  enum fopnp_function function, int family, int32_t *ttl);
