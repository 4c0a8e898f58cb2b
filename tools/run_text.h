/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `fopnp run` for people, on stdout: a row a call as it happens, and a summary. */
#pragma once

#include "tools/findings.h"
#include "tools/observed.h"
#include "tools/observed_redact.h"
#include "tools/run_tally.h"

#include <stdbool.h>

struct fopnp_run_text {
	const struct fopnp_redaction *redaction; /* NULL: names as they are */
	bool has_heading;                        /* it was printed */
};

/* WAITING as in run_calls.h. */
void fopnp_run_text_call(struct fopnp_run_text *text, const struct fopnp_observed_call *call,
			 const char *waiting);
void fopnp_run_text_stray(struct fopnp_run_text *text, const struct fopnp_observed_lookup *lookup);
void fopnp_run_text_malformed(struct fopnp_run_text *text,
			      const struct fopnp_observed_process *process, const char *bytes,
			      size_t len);
void fopnp_run_text_finding(const struct fopnp_finding *finding,
			    const struct fopnp_observed_process *process);

struct fopnp_run_ending {
	const char *command;  /* as it was given */
	int exit_status;      /* its own */
	uint64_t elapsed_us;  /* of it */
	uint64_t started;     /* programs that our library was in */
	bool has_left_others; /* processes of it that go on */
	bool is_explained;    /* that nothing was seen has been explained already */
};

void fopnp_run_text_summary(const struct fopnp_run_text *text, const struct fopnp_run_tally *tally,
			    const struct fopnp_run_ending *ending);
