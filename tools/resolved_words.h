/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What systemd-resolved's errors mean to people.  Raw text: print it escaped. */
#pragma once

#include "tools/request.h"
#include "tools/resolved_query.h"

/*
 * Why it did not answer REQUEST and what to look at: a sentence about "it", without a full
 * stop, from everything else in ANSWER; RUN is /run/systemd.  NULL if it did.  The caller's.
 */
char *fopnp_resolved_error_words(const struct fopnp_request *request,
				 const struct fopnp_resolved_answer *answer, const char *run);
