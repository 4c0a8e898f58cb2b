/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A finished trace: what can be asked of it, and its end. */
#include "tools/trace.h"

#include <netdb.h>
#include <stdlib.h>

static void clear_step(struct fopnp_step *step)
{
	free(step->source);
	free(step->bracket);
	free(step->reason);
	free(step->reason_detail);
	free(step->answer);
	for (size_t i = 0; i < step->evidence_count; i++)
		fopnp_place_clear(&step->evidence[i]);
	free(step->evidence);
}

void fopnp_trace_clear(struct fopnp_trace *trace)
{
	fopnp_request_clear(&trace->request);
	fopnp_lookup_order_clear(&trace->line);
	free(trace->result);
	free(trace->answered_by);
	for (size_t i = 0; i < trace->step_count; i++)
		clear_step(&trace->steps[i]);
	free(trace->steps);
	fopnp_findings_clear(&trace->notes);
	*trace = (struct fopnp_trace){ 0 };
}

const struct fopnp_step *fopnp_trace_answering_step(const struct fopnp_trace *trace)
{
	for (size_t i = 0; i < trace->step_count; i++)
		if (trace->steps[i].is_answering)
			return &trace->steps[i];
	return NULL;
}

enum fopnp_exit fopnp_trace_exit_status(const struct fopnp_trace *trace)
{
	if (trace->result->end != FOPNP_CALL_RETURNED)
		return FOPNP_EXIT_CANNOT;
	switch (trace->result->code) {
	case 0:
		return FOPNP_EXIT_OK;
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
	case EAI_SERVICE:
	case EAI_IDN_ENCODE:
		return FOPNP_EXIT_NO;
	case EAI_BADFLAGS:
	case EAI_FAMILY:
	case EAI_SOCKTYPE:
		return FOPNP_EXIT_USAGE;
	default:
		return FOPNP_EXIT_CANNOT;
	}
}
