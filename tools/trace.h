/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A trace: one lookup as a program gets it, every source that was asked on the
 * way, and what those that were not asked would have said.
 */
#pragma once

#include "tools/call_result.h"
#include "tools/exit_status.h"
#include "tools/findings.h"
#include "tools/lookup_order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_trace_options {
	struct fopnp_request request; /* without its name */
	const char *order;            /* --order, or NULL */
	bool is_passive;              /* ask nobody that the program did not ask */
	uint64_t real_deadline_us;    /* of the program's own call */
	uint64_t other_deadline_us;   /* of each source that is asked alone */
};

enum fopnp_reach {
	FOPNP_REACH_UNKNOWN, /* the call could not be watched */
	FOPNP_REACHED,
	FOPNP_NOT_REACHED,
};

struct fopnp_step {
	char *source; /* as the order names it */
	enum fopnp_reach reach;
	bool has_status; /* the rest up to `reason` holds */
	int status, error, h_error;
	uint64_t elapsed_us;
	bool is_return;      /* what the order does after that status */
	char *bracket;       /* that says so, "" for the default */
	char *reason;        /* "not-loaded", "no-function", "hangs", "crashed"; "": was asked */
	char *reason_detail; /* the loader's words, or "" */
	/* What it said: the whole answer if it answered the call, what it would have said if
	   it was not reached, else NULL. */
	struct fopnp_call_result *answer;
	bool is_answering; /* the call's answer came from here */
	bool is_different; /* not reached, and would have answered otherwise */
	int64_t ttl;       /* -1: unknown */
	struct fopnp_place *evidence;
	size_t evidence_count;
};

struct fopnp_trace {
	struct fopnp_request request;
	struct fopnp_lookup_order line;
	struct fopnp_call_result *result; /* what the program gets; end != RETURNED: nothing */
	char *answered_by;                /* a source, "numeric", "nscd"; NULL: nobody or unknown */
	struct fopnp_step *steps;
	size_t step_count;
	struct fopnp_findings notes;
	uint64_t started_us;
};

/*
 * Trace NAME (NULL: the null host).  False, and an error told, if it could not
 * be done; *out_usage then says whether the arguments are the reason.
 */
bool fopnp_trace_run(const struct fopnp_trace_options *options, const char *name,
		     struct fopnp_trace *out_trace, bool *out_usage);
void fopnp_trace_clear(struct fopnp_trace *trace);

/* The step that answered, or NULL. */
const struct fopnp_step *fopnp_trace_answering_step(const struct fopnp_trace *trace);

/* The exit status that the trace alone would have. */
enum fopnp_exit fopnp_trace_exit_status(const struct fopnp_trace *trace);

void fopnp_trace_print_text(const struct fopnp_trace *trace);
void fopnp_trace_print_json(const struct fopnp_trace *trace);
