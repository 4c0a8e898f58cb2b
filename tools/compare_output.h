/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A comparison for people and as JSON. */
#pragma once

#include "tools/compare_ask.h"

struct fopnp_redaction;

struct fopnp_compare_counts {
	uint64_t items[FOPNP_COMPARE_CLASSES];
	uint64_t reverse_others; /* addresses that the others call by a name hosts does not have */
	uint64_t echoes;         /* SAME by systemd-resolved, which reads the file, too */
};

struct fopnp_compare_output {
	const struct fopnp_comparison *comparison;
	const struct fopnp_redaction *redaction; /* NULL: none */
	struct fopnp_compare_counts counts;
	const char *against; /* an order, or the first of --sources */
};

void fopnp_compare_count(struct fopnp_compare_output *output);

void fopnp_compare_print_text(const struct fopnp_compare_output *output);

/* compare{} of every item that is shown, and the summary. */
void fopnp_compare_print_json(const struct fopnp_compare_output *output, uint64_t elapsed_us,
			      int exit_status);

/* Why the others could not be asked; "" where they could. */
const char *fopnp_compare_failure(const struct fopnp_compare_answer *answer);
