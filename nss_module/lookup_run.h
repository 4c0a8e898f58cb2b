/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The frame of every lookup: guard, configuration, chain, the answer's place in
 * the caller's buffer, the event.  docs/architecture.md follows one through it.
 */
#pragma once

#include "nss_module/chain.h"

typedef enum nss_status fopnp_chain_run(struct fopnp_lookup *lookup);

/*
 * Run LOOKUP, whose first block of members and buffer the entry point has
 * filled, with RUN_CHAIN.  On SUCCESS all that host (or first) and canonical of
 * lookup->outcome point to lies in the caller's buffer; on every return *errnop
 * and *h_errnop are set.
 */
enum nss_status fopnp_lookup_run(struct fopnp_lookup *lookup, fopnp_chain_run *run_chain);

/* getcanonname_r: asks the source that gave the thread's last answer by name, if it has one. */
enum nss_status fopnp_lookup_getcanonname(const char *name, char *buffer, size_t buflen,
					  char **result, int *errnop, int *h_errnop);
