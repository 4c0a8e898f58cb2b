/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of a trace, filled from what the module reported. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_child_outcome;
struct fopnp_trace;

/* A row for each source of the order; IS_KNOWN: the call will tell which ones it reached. */
void fopnp_trace_steps_make(struct fopnp_trace *trace, bool is_known);

/* What the watched call told. */
void fopnp_trace_steps_take_watched(struct fopnp_trace *trace,
				    const struct fopnp_child_outcome *outcome);

/* What the INDEX-th source said alone; its result moves into the row. */
void fopnp_trace_steps_take_alone(struct fopnp_trace *trace, size_t index,
				  struct fopnp_child_outcome *outcome);
