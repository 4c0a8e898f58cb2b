/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The packets of a step for people. */
#pragma once

struct fopnp_step;
struct fopnp_trace;

/*
 * The block of STEP's packets: one line where nothing is remarkable (of a step that the
 * call did not reach: where nothing failed or took long), else a line an exchange, those
 * that cost a second or more marked.  Nothing if no packets were seen.
 */
void fopnp_trace_print_wire(const struct fopnp_trace *trace, const struct fopnp_step *step);
