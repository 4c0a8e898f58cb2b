/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the lookups of `fopnp run` came to: the numbers of its summary. */
#pragma once

#include "tools/observed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_RUN_NAME_PROGRAMS 3

/* A source in all lookups. */
struct fopnp_run_source {
	char id[64];
	uint64_t asked, found, not_found, unavailable, try_again;
	uint64_t total_us, longest_us;
	uint64_t before_us; /* of it before another source answered: what the order cost */
	bool is_told_not_loaded;
};

/* A name in all calls. */
struct fopnp_run_name {
	char *name;
	uint64_t calls, unanswered;                                 /* not found, or failed */
	int code;                                                   /* of the last of these */
	uint64_t total_us;                                          /* of its calls */
	char programs[FOPNP_RUN_NAME_PROGRAMS][FOPNP_PROCESS_COMM]; /* who asked, "": none */
	bool has_more_programs;
};

struct fopnp_run_tally {
	uint64_t calls, answered, not_found, failed, unfinished, numeric, by_nscd;
	uint64_t lookups, stray_lookups, malformed, lost;
	uint64_t call_us;
	struct fopnp_run_source *sources; /* in the order in which they were met */
	size_t source_count;
	void *names; /* tree of search.h */
	size_t name_count;
	uint64_t other_names; /* calls for names that there was no room for */
};

void fopnp_run_tally_call(struct fopnp_run_tally *tally, const struct fopnp_observed_call *call);
/* A lookup outside of any call. */
void fopnp_run_tally_stray(struct fopnp_run_tally *tally,
			   const struct fopnp_observed_lookup *lookup);
/* NULL: there are too many. */
struct fopnp_run_source *fopnp_run_tally_source(struct fopnp_run_tally *tally, const char *id);
void fopnp_run_tally_clear(struct fopnp_run_tally *tally);

/* Those that were asked for more than once, or that were not found, or failed; the most frequent first.  The caller free()s the list alone. */
const struct fopnp_run_name **fopnp_run_tally_repeated(const struct fopnp_run_tally *tally,
						       size_t *out_count);
const struct fopnp_run_name **fopnp_run_tally_unanswered(const struct fopnp_run_tally *tally,
							 size_t *out_count);
