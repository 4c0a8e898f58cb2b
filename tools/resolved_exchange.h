/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One question and its reply over varlink: a connection of its own, as nss-resolve makes it. */
#pragma once

#include "tools/request.h"
#include "tools/resolved_query.h"

#include <stdint.h>

/* A reply that is longer is none: resolved's own are a few KiB. */
#define FOPNP_RESOLVED_REPLY_MOST (256 * 1024)

/*
 * Ask for REQUEST with these flags, until UNTIL_US of the monotonic clock.  Fills what the
 * reply says, state and error, and elapsed_us; no words.
 */
void fopnp_resolved_exchange(const char *path, const struct fopnp_request *request, uint64_t flags,
			     uint64_t until_us, struct fopnp_resolved_answer *out_answer);

/* Find whether whoever listens there lives in another network namespace. */
void fopnp_resolved_find_namespace(const char *path, uint64_t until_us,
				   struct fopnp_resolved_answer *answer);
