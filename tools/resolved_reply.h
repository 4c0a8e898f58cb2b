/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What systemd-resolved says over varlink, taken apart.  Pure: a function of the
 * bytes, which may be anything.
 */
#pragma once

#include "tools/resolved_query.h"

#include <stdbool.h>
#include <stddef.h>

/* Of the flags of a question and its answer (systemd's resolved-def.h). */
#define FOPNP_RESOLVED_DNS             (1u << 0)
#define FOPNP_RESOLVED_MDNS            (3u << 3)
#define FOPNP_RESOLVED_NO_VALIDATE     (1u << 10)
#define FOPNP_RESOLVED_NO_SYNTHESIZE   (1u << 11)
#define FOPNP_RESOLVED_NO_CACHE        (1u << 12)
#define FOPNP_RESOLVED_NO_ZONE         (1u << 13)
#define FOPNP_RESOLVED_NO_TRUST_ANCHOR (1u << 14)
#define FOPNP_RESOLVED_NO_NETWORK      (1u << 15)

/*
 * Decode the reply of LEN bytes (without the NUL that ends it) to a question for a
 * name's addresses, or for the name of an address if IS_REVERSE.  The answer's state
 * becomes ANSWERED, FAILED or GARBLED; interface names are left out.
 */
void fopnp_resolved_reply_decode(const char *bytes, size_t len, bool is_reverse,
				 struct fopnp_resolved_answer *out_answer);
