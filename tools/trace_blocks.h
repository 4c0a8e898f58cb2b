/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The blocks below a trace's rows, for people: what each answer comes from, and its addresses. */
#pragma once

struct fopnp_evidence;
struct fopnp_trace;

/* "/etc/hosts:12: 10.1.2.3 printer  (not used: ...)", the caller's to free(). */
char *fopnp_trace_evidence_words(const struct fopnp_evidence *evidence);

void fopnp_trace_print_evidence(const struct fopnp_trace *trace);
void fopnp_trace_print_resolved(const struct fopnp_trace *trace);
void fopnp_trace_print_addresses(const struct fopnp_trace *trace);
