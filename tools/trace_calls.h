/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls behind a trace, between those who make them and those who compare them. */
#pragma once

#include "tools/call_child.h"

#include <stdbool.h>

struct fopnp_trace;

struct fopnp_trace_calls {
	bool has_real, has_watched, has_again;
	struct fopnp_child_outcome real;    /* the plain call, as a program makes it */
	struct fopnp_child_outcome watched; /* the same through our module */
	struct fopnp_child_outcome again;   /* the plain call once more */
};

enum fopnp_difference {
	FOPNP_SAME,
	FOPNP_OTHER_ORDER,     /* the same addresses in another order */
	FOPNP_OTHER_ADDRESSES, /* both found it, with other network addresses */
	FOPNP_OTHER_ANSWER,    /* another code or another canonical name */
};

/* How two answers of one call differ. */
enum fopnp_difference fopnp_trace_compare(const struct fopnp_call_result *a,
					  const struct fopnp_call_result *b);

/*
 * Whether the call came back but its report did not: the system lets about ten
 * datagrams wait, and a long order of fast sources sends more before we read.
 */
bool fopnp_trace_is_report_lost(const struct fopnp_child_outcome *watched);

/* Whether nscd listens: it answers before any source is asked. */
bool fopnp_trace_has_nscd(void);

/* The last event of these that found something, or NULL. */
const struct fopnp_event *fopnp_trace_answer_event(const struct fopnp_child_outcome *outcome);

/* Put what is worth knowing into the trace's notes. */
void fopnp_trace_add_notes(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls);
