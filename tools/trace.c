/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A finished trace: what can be asked of it, and its end. */
#include "tools/trace.h"

#include "nss_module/lookup/fopnp_conf.h"

#include <stdlib.h>
#include <string.h>

static void clear_step(struct fopnp_step *step)
{
	free(step->source);
	free(step->bracket);
	free(step->reason);
	free(step->reason_detail);
	free(step->words);
	free(step->answer);
	fopnp_evidence_clear(&step->evidence);
	fopnp_wire_free(step->wire);
}

static void clear_side_call(struct fopnp_side_call *call)
{
	fopnp_request_clear(&call->request);
	free(call->result);
	free(call->answered_by);
}

void fopnp_trace_clear(struct fopnp_trace *trace)
{
	fopnp_request_clear(&trace->request);
	fopnp_lookup_order_clear(&trace->line);
	free(trace->result);
	free(trace->answered_by);
	fopnp_conf_destroy(trace->conf);
	free(trace->conf_path);
	fopnp_findings_clear(&trace->conf_findings);
	for (size_t i = 0; i < trace->step_count; i++)
		clear_step(&trace->steps[i]);
	free(trace->steps);
	fopnp_findings_clear(&trace->notes);
	fopnp_address_order_clear(&trace->address_order);
	fopnp_resolver_config_clear(&trace->resolver);
	if (trace->resolved)
		fopnp_resolved_answer_clear(trace->resolved);
	free(trace->resolved);
	clear_side_call(&trace->other_family);
	clear_side_call(&trace->idna2003);
	*trace = (struct fopnp_trace){ 0 };
}

const struct fopnp_step *fopnp_trace_answering_step(const struct fopnp_trace *trace)
{
	for (size_t i = 0; i < trace->step_count; i++)
		if (trace->steps[i].is_answering)
			return &trace->steps[i];
	return NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool fopnp_trace_same_outcome(const struct fopnp_trace *a, const struct fopnp_trace *b)
{
	return a->result->end == b->result->end && a->result->code == b->result->code &&
	       same_text(a->answered_by, b->answered_by) &&
	       strcmp(a->result->canonical, b->result->canonical) == 0 &&
	       fopnp_call_same_addresses(a->result, b->result);
}

enum fopnp_exit fopnp_trace_exit_status(const struct fopnp_trace *trace)
{
	return fopnp_call_exit_status(trace->result);
}
