/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp trace`. */
#pragma once

#include "tools/options.h"
#include "tools/trace.h"

extern const struct fopnp_option FOPNP_TRACE_OPTIONS[];

/*
 * Parse it: END with the first operand at *out_first, HELP, or ERROR (told
 * already).  fopnp_request_clear(&options->request) in every case.
 */
enum fopnp_options_result fopnp_trace_options_parse(struct fopnp_trace_options *out_options,
						    int argc, char **argv, int *out_first);
