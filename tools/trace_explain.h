/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the calls of a trace come to: who answered, why in this order, and the evidence. */
#pragma once

#include <stdbool.h>

struct fopnp_request;
struct fopnp_trace;
struct fopnp_trace_calls;
struct fopnp_trace_options;

/*
 * Whether SOURCE sends packets through glibc's resolver for this request: `dns`,
 * and nss-mdns, which asks DNS for the SOA of "local" before it asks avahi.
 */
bool fopnp_trace_uses_resolver(const struct fopnp_request *request, const char *source);

/* Before any call: what of the machine's set-up matters to this request. */
void fopnp_trace_prepare(struct fopnp_trace *trace, const struct fopnp_trace_options *options);

/*
 * Whether the answer has addresses of one family while later sources were never
 * asked for the other one; then *OUT_REQUEST, the caller's to clear, asks them.
 */
bool fopnp_trace_wants_other_family(const struct fopnp_trace *trace,
				    struct fopnp_request *out_request);

/* When all calls are back: the rest of the trace, its notes included. */
void fopnp_trace_explain(struct fopnp_trace *trace, const struct fopnp_trace_options *options,
			 const struct fopnp_trace_calls *calls);
