/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls of `fopnp run` in words.  Raw text, the caller's to free(): escape before printing. */
#pragma once

#include "tools/observed.h"
#include "tools/observed_redact.h"

#include <stdbool.h>
#include <stddef.h>

/* "www.example.com:443 inet6", "printer gethostbyname"; getaddrinfo is not named. */
char *fopnp_run_words_request(const struct fopnp_request *request,
			      const struct fopnp_redaction *redaction);
/* "192.0.2.1", "not found", "never came back"; and what follows it: " +3" or "". */
char *fopnp_run_words_answer(const struct fopnp_observed_call *call,
			     const struct fopnp_redaction *redaction);
char *fopnp_run_words_answer_tail(const struct fopnp_observed_call *call);
/* Of an EAI code, static: "not found", "temporary failure"; else its name. */
const char *fopnp_run_words_failure(int code);
