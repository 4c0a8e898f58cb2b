/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words in which a trace is told to people.  Raw text: print it escaped. */
#pragma once

#include "tools/trace.h"

#include <stddef.h>
#include <stdint.h>

/* "0.08 ms", "12 ms", "5.0 s". */
#define FOPNP_DURATION_TEXT 32
const char *fopnp_trace_duration(uint64_t us, char text[static FOPNP_DURATION_TEXT]);

/* The first MOST addresses of an answer, or the name of a reverse one; the caller's. */
char *fopnp_trace_answer_words(const struct fopnp_request *request,
			       const struct fopnp_call_result *answer, size_t most);

/* "found", "not found", "unavailable", "try again", "hangs", "crashed", "unknown". */
const char *fopnp_trace_status_words(const struct fopnp_step *step);

/* Why a step did not answer, "" if its status says it all; the caller's. */
char *fopnp_trace_reason_words(const struct fopnp_step *step);

/* "getaddrinfo, any family, no flags"; the caller's. */
char *fopnp_trace_request_words(const struct fopnp_request *request);
