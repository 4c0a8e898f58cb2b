/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evidence from fopnp.conf: the options that a built-in source goes by. */
#pragma once

struct fopnp_step;
struct fopnp_trace;

/* Add the lines of time limits; servers, domains and files stand with what came of them. */
void fopnp_trace_find_conf_options(const struct fopnp_trace *trace, struct fopnp_step *step);

/*
 * Which of resolv.conf's options in TEXT do not hold for STEP since fopnp.conf has others;
 * the caller's to free(), NULL: all hold.
 */
char *fopnp_trace_overruled_words(const struct fopnp_trace *trace, const struct fopnp_step *step,
				  const char *text);
