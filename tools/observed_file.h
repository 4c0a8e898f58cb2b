/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recorded JSON lines (of `run -o`, `watch -o`), read back. */
#pragma once

#include "tools/observed.h"

#include <stdbool.h>
#include <stdint.h>

#define FOPNP_OBSERVED_LINE (1 << 20) /* the longest line that is read */

/* What a file holds besides lookups. */
struct fopnp_observed_file_counts {
	uint64_t lines;
	uint64_t lookups;        /* handed over */
	uint64_t others;         /* objects of another type: summary, finding, ... */
	uint64_t bad;            /* no JSON, no object of ours, too long */
	uint64_t first_bad_line; /* 0: none */
	bool has_summary;        /* the last object is one; false: the recording was cut */
	uint64_t lost;           /* counts.lost of the recording's summaries */
};

/*
 * Hand each lookup of FILE ("-": standard input) to TAKE, those inside of call{} objects too,
 * in order, to the end of the file or until TAKE says false.  A lookup is TAKE's until it returns:
 * fopnp_observed_copy() keeps it.  A line that cannot be read is counted and passed over.  A
 * signal whose handler does not restart calls ends it, too, as the end of the file does.
 * False, and the error told, if the file cannot be read.
 */
bool fopnp_observed_file_read(const char *file,
			      bool (*take)(struct fopnp_observed_lookup *lookup, void *context),
			      void *context, struct fopnp_observed_file_counts *out_counts);
