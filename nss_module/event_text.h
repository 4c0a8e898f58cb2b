/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The event of a lookup as a datagram (docs/event-format.md). */
#pragma once

#include "nss_module/chain.h"

/* Kept back for FOPNP_DROPPED, which differs from listener to listener. */
#define FOPNP_EVENT_TAIL 64

/* Write it to BYTES; returns its length, at most SIZE. */
size_t fopnp_event_text(const struct fopnp_lookup *lookup, const struct fopnp_record *record,
			enum nss_status status, uint64_t sequence, char *bytes, size_t size);
