/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tracing one lookup: which calls are made, with which orders, and who answered. */
#include "tools/trace.h"

#include "nss_module/lookup/event.h"
#include "nss_module/lookup/order.h"
#include "tools/clock.h"
#include "tools/hosts_evidence.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/trace_calls.h"
#include "tools/trace_steps.h"

#include <stdlib.h>
#include <string.h>

/* ---- which orders our module is given ---- */

/* Whether the module can run this order at all. */
static bool can_watch(const struct fopnp_lookup_order *line)
{
	return line->order && line->order->count > 0 && !line->order->has_merge;
}

/* The order as the module is to run it, the caller's to free(). */
static char *watched_order(const struct fopnp_lookup_order *line)
{
	FOPNP_AUTO_FREE struct fopnp_order *copy = fopnp_order_tail(line->order, 0, NULL);
	size_t size;
	char *text;

	if (!copy)
		fopnp_memory_give_up();
	for (size_t i = 0; i < copy->count; i++)
		copy->entries[i].source = fopnp_trace_loadable_name(copy->entries[i].source);
	size = fopnp_order_print(copy, NULL, 0) + 1;
	text = fopnp_memory_zeroed(size, 1);
	(void)fopnp_order_print(copy, text, size);
	return text;
}

static bool is_order_by_hand(const struct fopnp_trace *trace)
{
	return trace->line.origin == FOPNP_ORDER_OF_OPTION ||
	       trace->line.origin == FOPNP_ORDER_OF_ENVIRONMENT;
}

/* ---- the program's call, plain and watched ---- */

#define WATCHED_TRIES 4

/* Make the watched call once more until its report arrives. */
static bool watch_again(struct fopnp_trace_calls *calls, const struct fopnp_child_job *job)
{
	for (int tries = 1; tries < WATCHED_TRIES && fopnp_trace_is_report_lost(&calls->watched);
	     tries++) {
		fopnp_child_outcome_clear(&calls->watched);
		if (!fopnp_children_run(job, &calls->watched, 1))
			return false;
	}
	return true;
}

static bool make_main_calls(struct fopnp_trace *trace, const struct fopnp_trace_options *options,
			    struct fopnp_trace_calls *calls)
{
	FOPNP_AUTO_FREE char *order = can_watch(&trace->line) ? watched_order(&trace->line) : NULL;
	struct fopnp_child_job jobs[2] = { 0 };
	struct fopnp_child_outcome outcomes[2] = { 0 };
	size_t count = 0;
	bool is_fine;

	calls->has_real = !is_order_by_hand(trace);
	calls->has_watched = order != NULL;
	for (size_t i = 0; i < 2; i++)
		jobs[i] = (struct fopnp_child_job){
			.request = &trace->request,
			.deadline_us = options->real_deadline_us,
		};
	if (calls->has_real)
		count++;
	if (calls->has_watched) {
		/* Where nscd has the answer, a source that hangs need not be waited for. */
		jobs[count].grace_us = options->other_deadline_us;
		jobs[count++].order = order;
	}
	is_fine = fopnp_children_run(jobs, outcomes, count);
	if (calls->has_real)
		calls->real = outcomes[0];
	if (calls->has_watched)
		calls->watched = outcomes[count - 1];
	return is_fine && (!calls->has_watched || watch_again(calls, &jobs[count - 1]));
}

static bool ask_again(struct fopnp_trace *trace, const struct fopnp_trace_options *options,
		      struct fopnp_trace_calls *calls)
{
	struct fopnp_child_job job = {
		.request = &trace->request,
		.deadline_us = options->real_deadline_us,
	};
	enum fopnp_difference difference;

	if (!calls->has_real || !calls->has_watched)
		return true;
	difference = fopnp_trace_compare(calls->real.result, calls->watched.result);
	if (difference != FOPNP_OTHER_ADDRESSES && difference != FOPNP_OTHER_ORDER)
		return true;
	calls->has_again = true;
	return fopnp_children_run(&job, &calls->again, 1);
}

/* What the program gets: of the plain call, or through the order given by hand. */
static void take_result(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	trace->result = fopnp_memory_zeroed(1, sizeof(*trace->result));
	trace->result->end = FOPNP_CALL_NOT_MADE;
	if (calls->has_real)
		*trace->result = *calls->real.result;
	else if (calls->has_watched)
		*trace->result = *calls->watched.result;
}

/* Steps about which the watched call told nothing. */
static bool is_to_be_asked(const struct fopnp_step *step)
{
	return !step->has_status && !step->reason[0];
}

/* No source was asked since none was needed, or since glibc refused the arguments. */
static bool is_without_sources(const struct fopnp_trace_calls *calls)
{
	const struct fopnp_child_outcome *watched = &calls->watched;

	if (!calls->has_watched || watched->result->end != FOPNP_CALL_RETURNED)
		return false;
	return watched->result->is_numeric ||
	       (watched->event_count == 0 && !watched->last_source[0]);
}

static bool ask_alone(struct fopnp_trace *trace, const struct fopnp_trace_options *options)
{
	size_t *indexes = fopnp_memory_zeroed(trace->step_count, sizeof(*indexes));
	struct fopnp_child_job *jobs = fopnp_memory_zeroed(trace->step_count, sizeof(*jobs));
	struct fopnp_child_outcome *outcomes =
		fopnp_memory_zeroed(trace->step_count, sizeof(*outcomes));
	size_t count = 0;
	bool is_fine;

	for (size_t i = 0; i < trace->step_count; i++) {
		if (!is_to_be_asked(&trace->steps[i]))
			continue;
		indexes[count] = i;
		jobs[count++] = (struct fopnp_child_job){
			.request = &trace->request,
			.order = fopnp_trace_loadable_name(trace->steps[i].source),
			.deadline_us = options->other_deadline_us,
		};
	}
	is_fine = fopnp_children_run(jobs, outcomes, count);
	for (size_t i = 0; i < count; i++) {
		if (is_fine)
			fopnp_trace_steps_take_alone(trace, indexes[i], &outcomes[i]);
		fopnp_child_outcome_clear(&outcomes[i]);
	}
	free(outcomes);
	free(jobs);
	free(indexes);
	return is_fine;
}

/* ---- who answered ---- */

static void name_answerer(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	const struct fopnp_event *event =
		calls->has_real ? fopnp_trace_answer_event(&calls->real) : NULL;
	const char *name = NULL;

	if (trace->result->end != FOPNP_CALL_RETURNED || trace->result->code != 0)
		return;
	if (!event && calls->has_watched &&
	    (!calls->has_real ||
	     fopnp_trace_compare(calls->real.result, calls->watched.result) != FOPNP_OTHER_ANSWER))
		event = fopnp_trace_answer_event(&calls->watched);
	if (trace->result->is_numeric)
		name = "numeric";
	else if (calls->has_real && fopnp_trace_has_nscd() &&
		 (!calls->has_watched ||
		  fopnp_trace_compare(calls->real.result, calls->watched.result) >=
			  FOPNP_OTHER_ADDRESSES))
		name = "nscd";
	else if (event)
		name = event->source;
	trace->answered_by = fopnp_memory_copy_text(name);
}

static void find_evidence(struct fopnp_trace *trace)
{
	for (size_t i = 0; i < trace->step_count; i++) {
		struct fopnp_step *step = &trace->steps[i];

		if (strcmp(step->source, "files") == 0 && step->answer &&
		    step->answer->end == FOPNP_CALL_RETURNED && step->answer->code == 0)
			step->evidence_count = fopnp_hosts_evidence_find(
				&trace->request, step->answer, &step->evidence);
	}
}

static bool can_see_steps(const struct fopnp_trace_calls *calls)
{
	return calls->has_watched && calls->watched.result->end != FOPNP_CALL_NO_MODULE;
}

static bool run_calls(struct fopnp_trace *trace, const struct fopnp_trace_options *options,
		      struct fopnp_trace_calls *calls)
{
	if (!make_main_calls(trace, options, calls) || !ask_again(trace, options, calls))
		return false;
	take_result(trace, calls);
	fopnp_trace_steps_make(trace, can_see_steps(calls));
	if (calls->has_watched)
		fopnp_trace_steps_take_watched(trace, &calls->watched);
	if (!options->is_passive && !is_without_sources(calls) &&
	    !(calls->has_watched && calls->watched.result->end == FOPNP_CALL_NO_MODULE) &&
	    !ask_alone(trace, options))
		return false;
	name_answerer(trace, calls);
	find_evidence(trace);
	fopnp_trace_add_notes(trace, calls);
	return true;
}

bool fopnp_trace_run(const struct fopnp_trace_options *options, const char *name,
		     struct fopnp_trace *out_trace, bool *out_usage)
{
	struct fopnp_trace_calls calls = { 0 };
	bool is_fine;

	*out_trace = (struct fopnp_trace){ .request = fopnp_request_copy(&options->request) };
	*out_usage = true;
	out_trace->started_us = fopnp_clock_now_us();
	if (name && !fopnp_request_set_name(&out_trace->request, name)) {
		fopnp_message_error("address-invalid",
				    "it looks for the name of an IPv4 or IPv6 address",
				    "%s needs an address, and \"%s\" is none",
				    fopnp_request_call_name(options->request.call), name);
		return false;
	}
	if (!fopnp_lookup_order_find(&out_trace->request, options->order, &out_trace->line))
		return false;
	*out_usage = false;
	is_fine = run_calls(out_trace, options, &calls);
	fopnp_child_outcome_clear(&calls.real);
	fopnp_child_outcome_clear(&calls.watched);
	fopnp_child_outcome_clear(&calls.again);
	return is_fine;
}
