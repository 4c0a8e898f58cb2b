/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of `fopnp watch`. */
#pragma once

#include "tools/journal_reader.h"
#include "tools/observed_filter.h"
#include "tools/options.h"

#include <stdbool.h>
#include <stdint.h>

struct fopnp_watch_options {
	struct fopnp_observed_filter *filter;
	struct fopnp_journal_options journal;
	const char *file;   /* --file: recorded JSON lines; NULL: none */
	const char *output; /* -o: record to this file; NULL: nothing is recorded */
	uint64_t count;     /* -n: end after so many lookups; 0: no limit */
	uint64_t for_us;    /* --for: end after this time; 0: no limit */
	bool is_redacted;
	bool is_following; /* -f */
	bool is_taking_over;
};

/* For the command's help. */
extern const struct fopnp_option fopnp_watch_option_table[];

/*
 * Read the command line: END with all set, HELP, or ERROR (told).  fopnp_watch_options_clear()
 * in any case.
 */
enum fopnp_options_result fopnp_watch_options_parse(struct fopnp_watch_options *out_options,
						    int argc, char **argv);
void fopnp_watch_options_clear(struct fopnp_watch_options *options);
