/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lookups for people, a row each as they come: a table whose end is not known, so that
 * columns have their widths from the start and long cells are cut with a mark.
 */
#pragma once

#include "tools/observed.h"
#include "tools/observed_redact.h"

#include <stdio.h>

struct fopnp_observed_rows;

struct fopnp_observed_rows_options {
	const struct fopnp_redaction *redaction; /* NULL: as they are */
	bool has_date;                           /* the past: times with their date */
};

/* OUT's terminal decides on width and colour (tools/terminal.h). */
struct fopnp_observed_rows *fopnp_observed_rows_create(
	FILE *out, const struct fopnp_observed_rows_options *options);
void fopnp_observed_rows_destroy(struct fopnp_observed_rows *rows);
/* The headings; again after a page of rows on a terminal. */
void fopnp_observed_rows_heading(struct fopnp_observed_rows *rows);
void fopnp_observed_rows_lookup(struct fopnp_observed_rows *rows,
				const struct fopnp_observed_lookup *lookup);
void fopnp_observed_rows_malformed(struct fopnp_observed_rows *rows,
				   const struct fopnp_observed_process *process, const char *bytes,
				   size_t len);
/* "12 events of curl[123] were lost" */
void fopnp_observed_rows_lost(struct fopnp_observed_rows *rows,
			      const struct fopnp_observed_process *process, uint64_t count);

/* Texts that `run` and `report` use as well; not escaped, the caller's to free(). */
/* "192.0.2.1", "192.0.2.1 +3", "not found", "temporary failure" */
char *fopnp_observed_answer_text(const struct fopnp_event *event,
				 const struct fopnp_redaction *redaction);
/* "curl", or "?" */
const char *fopnp_observed_program(const struct fopnp_observed_process *process);
/* A time for people: "83 us", "5.0 ms", "10.0 s". */
char *fopnp_observed_duration(uint64_t us);

/*
 * HEAD and TAIL, both escaped, in WIDTH columns (0: as many as they need); HEAD gives way.  The
 * caller's to free().
 */
char *fopnp_observed_cut(const char *head, const char *tail, size_t width);
