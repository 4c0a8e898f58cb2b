/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A trace: one lookup as a program gets it, every source that was asked on the
 * way, and what those that were not asked would have said.
 */
#pragma once

#include "tools/address_order.h"
#include "tools/call_result.h"
#include "tools/evidence.h"
#include "tools/exit_status.h"
#include "tools/findings.h"
#include "tools/lookup_order.h"
#include "tools/resolved_query.h"
#include "tools/resolver_config.h"
#include "tools/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_trace_options {
	struct fopnp_request request; /* without its name */
	const char *order;            /* --order, or NULL */
	bool is_passive;              /* ask nobody that the program did not ask */
	bool is_short;                /* one line a name: nothing is asked that it does not show */
	size_t repeat;                /* times that each name is traced, 1 or more */
	uint64_t real_deadline_us;    /* of the program's own call */
	uint64_t other_deadline_us;   /* of each source that is asked alone */
};

struct fopnp_conf;

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
	char *words;         /* what it told of itself, for fopnp_words_next(); "": nothing */
	/* What it said: the whole answer if it answered the call, what it would have said if
	   it was not reached, else NULL. */
	struct fopnp_call_result *answer;
	bool is_answering; /* the call's answer came from here */
	bool is_different; /* not reached, and would have answered otherwise */
	int64_t ttl;       /* -1: unknown */
	struct fopnp_evidence_list evidence;
	struct fopnp_wire *wire; /* its DNS packets, seen or told by itself; NULL: neither */
	bool is_wire_other;      /* they are of a call that went otherwise than this step did */
};

/* A call beside the traced one, made to compare. */
struct fopnp_side_call {
	struct fopnp_request request;
	struct fopnp_call_result *result; /* NULL: not made */
	char *answered_by;                /* a source; NULL: nobody or unknown */
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
	int asked_family; /* that the sources were asked for, where AI_ADDRCONFIG narrowed it; 0 */
	/* Why the addresses of the result stand in this order; empty if that is not known. */
	struct fopnp_address_order address_order;
	bool is_stuck_behind_sources; /* the watched call hung or crashed when they were through */
	bool is_order_unexplained;    /* the reproduction came to another order */
	struct fopnp_conf *conf;      /* fopnp.conf; NULL: there is none, or none that counts */
	char *conf_path;              /* its path, or NULL */
	struct fopnp_findings conf_findings;   /* what is wrong with it */
	bool has_resolver;                     /* a source of this order uses glibc's resolver */
	struct fopnp_resolver_config resolver; /* also where no source uses it */
	bool is_wire_lost; /* the packets could not be watched; wire_lost_why says why not */
	const char *wire_lost_why;
	struct fopnp_resolved_answer *resolved; /* NULL: systemd-resolved is not in play */
	bool is_resolved_in_play;
	bool was_resolved_cached; /* its cache knew the name before the calls put it there */
	struct fopnp_side_call other_family; /* for the family that the answer lacks */
	struct fopnp_side_call idna2003;     /* for the name's IDNA 2003 form, if it is another */
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

/* Whether two traces of a name came to the same: code, source, name and set of addresses. */
bool fopnp_trace_same_outcome(const struct fopnp_trace *a, const struct fopnp_trace *b);

/* The exit status that the trace alone would have. */
enum fopnp_exit fopnp_trace_exit_status(const struct fopnp_trace *trace);

/* Find what each step's status comes from: lines of configuration, sockets. */
void fopnp_trace_find_evidence(struct fopnp_trace *trace);

void fopnp_trace_print_text(const struct fopnp_trace *trace);
/* NAME SOURCE ADDRESS EVIDENCE, with single blanks between them. */
void fopnp_trace_print_short(const struct fopnp_trace *trace);
void fopnp_trace_print_json(const struct fopnp_trace *trace);
