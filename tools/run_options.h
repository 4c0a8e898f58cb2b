/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp run`. */
#pragma once

#include "tools/options.h"

#include <stdbool.h>

extern const struct fopnp_option FOPNP_RUN_OPTIONS[];

struct fopnp_run_options {
	const char *order;  /* --order, or NULL */
	const char *output; /* a file for what we print; NULL: stderr */
	bool waits;         /* until every process has ended, not the command alone */
	bool is_redacted, is_quiet;
};

/*
 * Parse ARGV; the command and its arguments begin at *out_first.  FOPNP_OPTIONS_END if all
 * is well; ERROR is told.
 */
enum fopnp_options_result fopnp_run_options_parse(struct fopnp_run_options *out_options, int argc,
						  char **argv, int *out_first);
