/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of a trace, filled from what the module reported. */
#include "tools/trace_steps.h"

#include "nss_module/lookup/event.h"
#include "nss_module/lookup/order.h"
#include "tools/memory.h"
#include "tools/trace.h"
#include "tools/trace_calls.h"

#include <inttypes.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>

void fopnp_trace_steps_make(struct fopnp_trace *trace, bool is_known)
{
	const struct fopnp_order *order = trace->line.order;

	if (!order)
		return;
	trace->steps = fopnp_memory_zeroed(order->count, sizeof(*trace->steps));
	trace->step_count = order->count;
	for (size_t i = 0; i < order->count; i++) {
		trace->steps[i] = (struct fopnp_step){
			.source = fopnp_memory_copy_text(order->entries[i].source),
			.reach = is_known ? FOPNP_NOT_REACHED : FOPNP_REACH_UNKNOWN,
			.bracket = fopnp_memory_copy_text(""),
			.reason = fopnp_memory_copy_text(""),
			.reason_detail = fopnp_memory_copy_text(""),
			.words = fopnp_memory_copy_text(""),
			.ttl = -1,
		};
	}
}

static void set_reason(struct fopnp_step *step, const char *reason, const char *detail)
{
	free(step->reason);
	free(step->reason_detail);
	step->reason = fopnp_memory_copy_text(reason);
	step->reason_detail = fopnp_memory_copy_text(detail);
}

/* Put the words of FROM behind *words: all, or its queries alone; these PASSED_US later. */
static void append_words(char **words, const char *from, bool has_all, uint64_t passed_us)
{
	static const char query[] = "query=";

	while (*from) {
		size_t len = strcspn(from, " ");
		bool is_query = strncmp(from, query, sizeof(query) - 1) == 0;
		const char *gap = **words ? " " : "";
		char *rest, *longer = NULL;

		if (is_query && passed_us > 0 && from[sizeof(query) - 1] >= '0' &&
		    from[sizeof(query) - 1] <= '9') {
			uint64_t at_us = strtoull(from + sizeof(query) - 1, &rest, 10);

			longer = fopnp_memory_format("%s%s%s%" PRIu64 "%.*s", *words, gap, query,
						     at_us + passed_us,
						     (int)(len - (size_t)(rest - from)), rest);
		} else if (is_query || has_all) {
			longer = fopnp_memory_format("%s%s%.*s", *words, gap, (int)len, from);
		}
		if (longer) {
			free(*words);
			*words = longer;
		}
		from += len;
		from += strspn(from, " ");
	}
}

/*
 * Asked twice, for each family: the words are of the one that counts, and with them
 * stand the queries of both, in the order of time.
 */
static void take_words(struct fopnp_step *step, const char *detail, bool counts, uint64_t passed_us)
{
	char *words = fopnp_memory_copy_text("");

	append_words(&words, step->words, !counts, 0);
	append_words(&words, detail, counts, passed_us);
	free(step->words);
	step->words = words;
}

static void take_status(struct fopnp_trace *trace, size_t index,
			const struct fopnp_event_step *from)
{
	struct fopnp_step *step = &trace->steps[index];
	bool is_found = step->has_status && step->status == NSS_STATUS_SUCCESS;
	char words[sizeof(from->detail)] = "";

	take_words(step, from->detail, !is_found, step->elapsed_us);
	step->elapsed_us += from->elapsed_us;
	/* Asked twice, for each family: what it found counts. */
	if (is_found)
		return;
	step->has_status = from->has_result;
	step->status = from->status;
	step->error = from->error;
	step->h_error = from->h_error;
	free(step->bracket);
	step->bracket = fopnp_lookup_order_bracket(&trace->line, index, from->status);
	step->is_return = fopnp_order_action(&trace->line.order->entries[index], from->status) ==
			  FOPNP_ACTION_RETURN;
	(void)fopnp_words_get(from->detail, strlen(from->detail), "error", words, sizeof(words));
	set_reason(step, from->reason, words);
}

/* Whether the event is of the traced call, and not of one that a source made on its own. */
static bool is_about(const struct fopnp_trace *trace, const struct fopnp_event *event)
{
	if (fopnp_request_is_reverse(&trace->request) || !trace->request.name)
		return true;
	return event->truncated ||
	       strncmp(event->name, trace->request.name, sizeof(event->name) - 1) == 0;
}

/* An event holds so many steps; whether the call went on behind them is not known. */
static void forget_steps(struct fopnp_trace *trace, size_t from)
{
	if (from == 0 || from > trace->step_count || trace->steps[from - 1].is_return)
		return;
	for (size_t i = from; i < trace->step_count; i++)
		trace->steps[i].reach = FOPNP_REACH_UNKNOWN;
}

static void take_steps(struct fopnp_trace *trace, const struct fopnp_child_outcome *outcome)
{
	for (size_t i = 0; i < outcome->event_count; i++) {
		const struct fopnp_event *event = outcome->events[i];

		if (!is_about(trace, event))
			continue;
		for (size_t j = 0; j < event->step_count && j < trace->step_count; j++) {
			trace->steps[j].reach = FOPNP_REACHED;
			take_status(trace, j, &event->steps[j]);
		}
		if (event->truncated)
			forget_steps(trace, event->step_count);
	}
}

static const char *reason_of_end(enum fopnp_call_end end)
{
	return end == FOPNP_CALL_TIMED_OUT ? "hangs" : "crashed";
}

/* Its report goes out when the sources are through: what comes then is glibc's own work. */
static bool has_reported(const struct fopnp_trace *trace, const struct fopnp_child_outcome *outcome)
{
	for (size_t i = 0; i < outcome->event_count; i++)
		if (is_about(trace, outcome->events[i]) && outcome->events[i]->step_count > 0)
			return true;
	return false;
}

/* A call that never came back sent no event: the announcements say how far it came. */
static void take_unfinished(struct fopnp_trace *trace, const struct fopnp_child_outcome *outcome)
{
	size_t last = outcome->last_index;
	struct fopnp_step *step;

	if (outcome->result->end != FOPNP_CALL_TIMED_OUT &&
	    outcome->result->end != FOPNP_CALL_CRASHED)
		return;
	if (!outcome->last_source[0] || last >= trace->step_count)
		return;
	if (has_reported(trace, outcome)) {
		trace->is_stuck_behind_sources = true;
		return;
	}
	for (size_t i = 0; i < last; i++)
		trace->steps[i].reach = FOPNP_REACHED;
	step = &trace->steps[last];
	step->reach = FOPNP_REACHED;
	step->has_status = false;
	step->elapsed_us = outcome->result->elapsed_us;
	set_reason(step, reason_of_end(outcome->result->end), "");
}

/* The announcements that did arrive say how far it came at least. */
static void take_announced(struct fopnp_trace *trace, const struct fopnp_child_outcome *outcome)
{
	if (!fopnp_trace_is_report_lost(outcome))
		return;
	for (size_t i = 0; i < trace->step_count; i++)
		trace->steps[i].reach =
			i <= outcome->last_index ? FOPNP_REACHED : FOPNP_REACH_UNKNOWN;
}

/* The step whose answer ended the call. */
static void mark_answering(struct fopnp_trace *trace, const struct fopnp_child_outcome *outcome)
{
	const struct fopnp_event *event = fopnp_trace_answer_event(outcome);
	struct fopnp_step *step = NULL;

	if (!event || outcome->result->end != FOPNP_CALL_RETURNED || outcome->result->code != 0)
		return;
	for (size_t i = 0; i < trace->step_count && !step; i++)
		if (trace->steps[i].has_status && trace->steps[i].status == NSS_STATUS_SUCCESS &&
		    trace->steps[i].is_return &&
		    strcmp(fopnp_lookup_order_module_source(&trace->line, i), event->source) == 0)
			step = &trace->steps[i];
	/* [SUCCESS=continue] at the end of an order: the last that found something. */
	for (size_t i = trace->step_count; i-- > 0 && !step;)
		if (trace->steps[i].has_status && trace->steps[i].status == NSS_STATUS_SUCCESS)
			step = &trace->steps[i];
	if (!step)
		return;
	step->is_answering = true;
	step->ttl = event->ttl;
	step->answer = fopnp_memory_zeroed(1, sizeof(*step->answer));
	*step->answer = *outcome->result;
}

void fopnp_trace_steps_take_watched(struct fopnp_trace *trace,
				    const struct fopnp_child_outcome *outcome)
{
	take_steps(trace, outcome);
	take_unfinished(trace, outcome);
	take_announced(trace, outcome);
	mark_answering(trace, outcome);
}

/* ---- what a source said alone ---- */

static bool differs(const struct fopnp_trace *trace, const struct fopnp_call_result *would_say)
{
	if (would_say->end != FOPNP_CALL_RETURNED || would_say->code != 0)
		return false;
	if (trace->result->end != FOPNP_CALL_RETURNED || trace->result->code != 0)
		return true;
	if (fopnp_request_is_reverse(&trace->request))
		return strcmp(trace->result->canonical, would_say->canonical) != 0;
	return !fopnp_call_same_addresses(trace->result, would_say);
}

void fopnp_trace_steps_take_alone(struct fopnp_trace *trace, size_t index,
				  struct fopnp_child_outcome *outcome)
{
	struct fopnp_step *step = &trace->steps[index];

	for (size_t i = 0; i < outcome->event_count; i++) {
		const struct fopnp_event *event = outcome->events[i];

		if (is_about(trace, event) && event->step_count > 0) {
			take_status(trace, index, &event->steps[0]);
			step->ttl = event->ttl;
		}
	}
	if (outcome->result->end == FOPNP_CALL_TIMED_OUT ||
	    outcome->result->end == FOPNP_CALL_CRASHED) {
		set_reason(step, reason_of_end(outcome->result->end), "");
		step->elapsed_us = outcome->result->elapsed_us;
	} else if (step->reach != FOPNP_REACHED) {
		step->answer = outcome->result;
		outcome->result = NULL;
		step->is_different = differs(trace, step->answer);
	}
}
