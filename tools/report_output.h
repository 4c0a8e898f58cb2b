/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A report for people and for programs. */
#pragma once

#include "tools/observed_redact.h"
#include "tools/report_statistics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What was read. */
struct fopnp_report_input {
	bool is_journal;
	const char *const *files; /* "-": standard input */
	size_t file_count;
	bool is_filtered; /* not all that was read is in the statistics */
	uint64_t lines;   /* of the files */
	uint64_t lookups; /* before the filters */
	uint64_t
		bad; /* lines, or entries of the journal, that are no lookups though they should be */
	const char *bad_file; /* the first of those lines; NULL: none, or of the journal */
	uint64_t bad_line;
	uint64_t lost;    /* events, as far as is known */
	size_t cut_files; /* without a summary at their end */
};

struct fopnp_report {
	const struct fopnp_report_input *input;
	const struct fopnp_report_results *results;
	const struct fopnp_redaction *redaction; /* NULL: none */
	uint64_t cache_us;
};

void fopnp_report_print_text(const struct fopnp_report *report);
void fopnp_report_print_json(const struct fopnp_report *report);
