/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sending events without ever blocking, and without leaving anything behind in
 * the process but one socket while somebody listens (event_socket.h).
 */
#pragma once

#include "nss_module/chain.h"

#include <stdbool.h>

/*
 * Whether anybody wants the event of a lookup that starts now: FOPNP_LOG, a
 * `log` line, or the watch socket, which is looked for at most once a second.
 * CONFIG may be NULL.  Clobbers errno.
 */
bool fopnp_event_is_wanted(const struct fopnp_config *config);

/* To FOPNP_LOG alone: SOURCE is about to be asked as step INDEX. */
void fopnp_event_announce_step(const struct fopnp_source *source, unsigned index);

/*
 * Send the event of a finished lookup to everybody who wants it.  STATUS, and
 * error and h_error of lookup->outcome, are what glibc is told.  CONFIG may be
 * NULL.  Clobbers errno.
 */
void fopnp_event_send(const struct fopnp_config *config, const struct fopnp_lookup *lookup,
		      const struct fopnp_record *record, enum nss_status status);
