/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everything that `fopnp run` tells, as text or as JSON, on stdout; and its numbers. */
#pragma once

#include "tools/run_tally.h"
#include "tools/run_text.h"

#include <stdbool.h>

struct fopnp_run_output {
	struct fopnp_run_text text;
	struct fopnp_run_tally tally;
	bool is_quiet; /* the summary and findings alone */
};

/* The parts of struct fopnp_run_sink, and of fopnp_run_programs: CONTEXT is the output. */
void fopnp_run_output_call(void *context, const struct fopnp_observed_call *call,
			   const char *waiting);
void fopnp_run_output_lookup(void *context, const struct fopnp_observed_lookup *lookup,
			     uint64_t lost);
void fopnp_run_output_finding(void *context, const struct fopnp_finding *finding,
			      const struct fopnp_observed_process *process);

void fopnp_run_output_malformed(struct fopnp_run_output *output,
				const struct fopnp_observed_process *process, const char *bytes,
				size_t len);

void fopnp_run_output_summary(struct fopnp_run_output *output,
			      const struct fopnp_run_ending *ending);
