/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp compare`. */
#pragma once

#include "tools/compare_entries.h"
#include "tools/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_compare_options {
	const char *file;  /* the hosts file */
	const char *order; /* NULL: the machine's, without hosts */
	char **sources;    /* of --sources: at least two, or none */
	size_t source_count;
	bool is_all; /* no sample */
	bool has_reverse, is_redacted;
	unsigned parallel;
	unsigned rate; /* lookups a second; 0: no limit */
	bool has_rate;
	uint64_t timeout_us; /* of one lookup */
	bool has_classes;    /* those of `classes` are shown, else what is worth it */
	bool classes[FOPNP_COMPARE_CLASSES];
	char **names; /* given; not those of the file then */
	size_t name_count;
	bool has_names;
};

extern const struct fopnp_option FOPNP_COMPARE_OPTIONS[];

/* Parse, with the names of standard input for "-".  Always filled; the caller's to clear. */
enum fopnp_options_result fopnp_compare_options_parse(struct fopnp_compare_options *out_options,
						      int argc, char **argv);
void fopnp_compare_options_clear(struct fopnp_compare_options *options);

/* Whether entries of CLASS are shown one by one: `same` and `blocked` are only counted. */
bool fopnp_compare_options_show(const struct fopnp_compare_options *options,
				enum fopnp_compare_class class);
