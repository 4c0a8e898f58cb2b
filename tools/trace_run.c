/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tracing one lookup: which calls are made, with which orders, and what they brought. */
#include "tools/trace.h"

#include "nss_module/lookup/event.h"
#include "nss_module/lookup/order.h"
#include "tools/clock.h"
#include "tools/dns_relay.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/progress.h"
#include "tools/trace_calls.h"
#include "tools/trace_explain.h"
#include "tools/trace_steps.h"

#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

static bool is_order_by_hand(const struct fopnp_trace *trace)
{
	return trace->line.origin == FOPNP_ORDER_OF_OPTION ||
	       trace->line.origin == FOPNP_ORDER_OF_ENVIRONMENT;
}

/* ---- the plan: calls that are made at the same time ---- */

enum role {
	ROLE_REAL,    /* the call as a program makes it */
	ROLE_WATCHED, /* the same through our module */
	ROLE_RELAYED, /* a step's source with its packets watched */
	ROLE_ALONE,   /* a step's source that the call did not reach */
	ROLE_AGAIN,   /* the plain call once more */
	ROLE_OTHER_FAMILY,
	ROLE_IDNA2003,
};

#define CALLS_BESIDE_STEPS 5 /* one of each role that is not a step's */
#define WATCHED_TRIES      4
#define OTHERWISE_US       400000u /* two calls that differ by so much went different ways */
#define SEARCH_LIST_MOST   256     /* bytes: sizeof(_res.defdname) */

struct planned {
	enum role role;
	size_t step; /* of ROLE_RELAYED and ROLE_ALONE */
};

struct work {
	struct fopnp_trace *trace;
	const struct fopnp_trace_options *options;
	struct fopnp_trace_calls *calls;
	char *order; /* for the watched call; NULL: there is none */
	struct fopnp_child_job *jobs;
	struct fopnp_child_outcome *outcomes;
	struct planned *planned;
	size_t count, room;
	bool has_steps; /* the rows are filled */
};

static void start_plan(struct work *work)
{
	const struct fopnp_order *order = work->trace->line.order;

	work->room = CALLS_BESIDE_STEPS + 2 * (order ? order->count : 0);
	work->jobs = fopnp_memory_zeroed(work->room, sizeof(*work->jobs));
	work->outcomes = fopnp_memory_zeroed(work->room, sizeof(*work->outcomes));
	work->planned = fopnp_memory_zeroed(work->room, sizeof(*work->planned));
}

/* The relays go with the jobs that used them; outcomes that were taken are empty by now. */
static void end_plan(struct work *work)
{
	for (size_t i = 0; i < work->count; i++) {
		fopnp_child_outcome_clear(&work->outcomes[i]);
		if (work->jobs[i].relay)
			fopnp_dns_relay_close(work->jobs[i].relay);
	}
	free(work->jobs);
	free(work->outcomes);
	free(work->planned);
	free(work->order);
}

static struct fopnp_child_job *plan_call(struct work *work, enum role role, size_t step,
					 const struct fopnp_request *request)
{
	struct fopnp_child_job *job = &work->jobs[work->count];

	work->planned[work->count++] = (struct planned){ .role = role, .step = step };
	*job = (struct fopnp_child_job){
		.request = request,
		.deadline_us = work->options->other_deadline_us,
	};
	return job;
}

/* What a planned call brought is taken over: the plan's own is empty then. */
static struct fopnp_child_outcome take_outcome(struct work *work, size_t index)
{
	struct fopnp_child_outcome outcome = work->outcomes[index];

	work->outcomes[index] = (struct fopnp_child_outcome){ 0 };
	return outcome;
}

/* ---- the first calls: plain, watched, and the packets ---- */

static void plan_main_calls(struct work *work)
{
	struct fopnp_child_job *job;

	work->calls->has_real = !is_order_by_hand(work->trace);
	work->calls->has_watched = work->order != NULL;
	if (work->calls->has_real) {
		job = plan_call(work, ROLE_REAL, 0, &work->trace->request);
		job->deadline_us = work->options->real_deadline_us;
	}
	if (work->calls->has_watched) {
		job = plan_call(work, ROLE_WATCHED, 0, &work->trace->request);
		job->deadline_us = work->options->real_deadline_us;
		/* Where nscd has the answer, a source that hangs need not be waited for. */
		job->grace_us = work->options->other_deadline_us;
		job->order = work->order;
	}
}

/* Watch the packets of a step's source.  Without relays the trace says why. */
static void plan_relayed(struct work *work, size_t step)
{
	struct fopnp_trace *trace = work->trace;
	struct fopnp_dns_relay *relay = fopnp_dns_relay_open(&trace->resolver);
	struct fopnp_child_job *job;

	if (!relay) {
		trace->is_wire_lost = true;
		trace->wire_lost_why = strerrordesc_np(errno);
		return;
	}
	job = plan_call(work, ROLE_RELAYED, step, &trace->request);
	job->relayed_source = trace->line.order->entries[step].source;
	job->relay = relay;
	job->deadline_us = work->options->real_deadline_us;
	job->grace_us = work->options->other_deadline_us;
}

static bool is_step_relayed(const struct fopnp_trace *trace, size_t step)
{
	return fopnp_trace_uses_resolver(&trace->request, trace->line.order->entries[step].source);
}

/*
 * At the same time as the call itself, since dead servers make them take equally
 * long.  Only of sources that would be asked anyhow: not under --passive.
 */
static void plan_relayed_sources(struct work *work)
{
	const struct fopnp_trace *trace = work->trace;

	if (work->options->is_passive || !trace->has_resolver)
		return;
	for (size_t i = 0; i < trace->line.order->count; i++)
		if (is_step_relayed(trace, i))
			plan_relayed(work, i);
}

/* ---- what follows from them ---- */

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

static void plan_again(struct work *work)
{
	const struct fopnp_trace_calls *calls = work->calls;

	if (!calls->has_real || !calls->has_watched)
		return;
	/* Not where it may take as long as one that was killed. */
	if (calls->real.result->end != FOPNP_CALL_RETURNED ||
	    calls->watched.result->end != FOPNP_CALL_RETURNED)
		return;
	if (fopnp_trace_compare(calls->real.result, calls->watched.result) != FOPNP_SAME)
		plan_call(work, ROLE_AGAIN, 0, &work->trace->request)->deadline_us =
			work->options->real_deadline_us;
}

static void plan_sides(struct work *work)
{
	struct fopnp_trace *trace = work->trace;

	if (fopnp_trace_wants_other_family(trace, &trace->other_family.request))
		plan_call(work, ROLE_OTHER_FAMILY, 0, &trace->other_family.request)->order =
			work->order;
	if (trace->idna2003.request.name)
		plan_call(work, ROLE_IDNA2003, 0, &trace->idna2003.request)->order = work->order;
}

static void plan_steps(struct work *work)
{
	const struct fopnp_trace *trace = work->trace;
	bool is_passive = work->options->is_passive;

	for (size_t i = 0; i < trace->step_count; i++) {
		const struct fopnp_step *step = &trace->steps[i];

		if (is_passive && !work->options->is_short && step->reach == FOPNP_REACHED &&
		    is_step_relayed(trace, i) && !(trace->resolver.flags & RES_ROTATE))
			plan_relayed(work, i);
		if (!is_passive && is_to_be_asked(step))
			plan_call(work, ROLE_ALONE, i, &trace->request)->order =
				fopnp_lookup_order_module_source(&trace->line, i);
	}
}

static void plan_following(struct work *work)
{
	plan_again(work);
	if (is_without_sources(work->calls))
		return;
	if (work->calls->has_watched && work->calls->watched.result->end == FOPNP_CALL_NO_MODULE)
		return;
	plan_steps(work);
	if (!work->options->is_passive && work->calls->has_watched)
		plan_sides(work);
}

/* ---- taking what they brought ---- */

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

static bool can_see_steps(const struct fopnp_trace_calls *calls)
{
	return calls->has_watched && calls->watched.result->end != FOPNP_CALL_NO_MODULE;
}

/* Make the watched call once more until its report arrives. */
static bool watch_again(struct work *work)
{
	struct fopnp_trace_calls *calls = work->calls;
	struct fopnp_child_job job = {
		.request = &work->trace->request,
		.order = work->order,
		.deadline_us = work->options->real_deadline_us,
	};

	for (int tries = 1; tries < WATCHED_TRIES && calls->has_watched &&
			    fopnp_trace_is_report_lost(&calls->watched);
	     tries++) {
		fopnp_child_outcome_clear(&calls->watched);
		if (!fopnp_children_run(&job, &calls->watched, 1))
			return false;
	}
	return true;
}

static void take_main_calls(struct work *work)
{
	struct fopnp_trace_calls *calls = work->calls;

	for (size_t i = 0; i < work->count; i++) {
		if (work->planned[i].role == ROLE_REAL)
			calls->real = take_outcome(work, i);
		else if (work->planned[i].role == ROLE_WATCHED)
			calls->watched = take_outcome(work, i);
	}
}

/* The first calls are back: fill the rows. */
static void take_steps(struct work *work)
{
	struct fopnp_trace_calls *calls = work->calls;

	work->has_steps = true;
	take_result(work->trace, calls);
	fopnp_trace_steps_make(work->trace, can_see_steps(calls));
	if (calls->has_watched)
		fopnp_trace_steps_take_watched(work->trace, &calls->watched);
}

static void take_side_call(struct fopnp_side_call *call, struct fopnp_child_outcome *outcome)
{
	const struct fopnp_event *event = fopnp_trace_answer_event(outcome);

	call->result = outcome->result;
	outcome->result = NULL;
	if (event && call->result->end == FOPNP_CALL_RETURNED && call->result->code == 0)
		call->answered_by = fopnp_memory_copy_text(event->source);
}

static const char *lost_without_relay(const struct fopnp_resolver_config *resolver)
{
	size_t size = 0;

	for (size_t i = 0; i < resolver->search_count; i++)
		size += strlen(resolver->search[i]) + 1;
	if (resolver->search_count > FOPNP_RESOLVER_KEPT_LIST || size > SEARCH_LIST_MOST)
		return "with relays glibc would lose the end of so long a search list";
	return "resolv.conf was being changed";
}

static uint64_t difference(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/*
 * Whether the call whose packets were seen went otherwise than the step that they are
 * to explain: servers drop and rotate as they like, and each call is on its own.
 */
static bool went_otherwise(const struct fopnp_step *step, const struct fopnp_call_result *relayed)
{
	bool is_found = step->has_status && step->status == NSS_STATUS_SUCCESS;

	if (relayed->end != FOPNP_CALL_RETURNED)
		return step->has_status ||
		       difference(step->elapsed_us, relayed->elapsed_us) > OTHERWISE_US;
	if (difference(step->elapsed_us, relayed->elapsed_us) > OTHERWISE_US ||
	    is_found != (relayed->code == 0))
		return true;
	return is_found && step->answer && step->answer->end == FOPNP_CALL_RETURNED &&
	       !fopnp_call_same_addresses(step->answer, relayed);
}

static void take_wire(struct fopnp_trace *trace, size_t index, struct fopnp_child_outcome *outcome)
{
	struct fopnp_step *step = &trace->steps[index];
	const struct fopnp_call_result *result = outcome->result;

	if (result->end == FOPNP_CALL_NO_RELAY)
		trace->wire_lost_why = lost_without_relay(&trace->resolver);
	else if (!outcome->wire || outcome->wire->is_broken)
		trace->wire_lost_why = "the relays could not do their work";
	else if (outcome->wire->count == 0 && result->end == FOPNP_CALL_RETURNED &&
		 result->code == EAI_AGAIN)
		trace->wire_lost_why = "the relays on the loopback interface could not be reached";
	if (trace->wire_lost_why) {
		trace->is_wire_lost = true;
		return;
	}
	step->is_wire_other = went_otherwise(step, result);
	step->wire = outcome->wire;
	outcome->wire = NULL;
}

static void take_one(struct work *work, size_t index)
{
	struct fopnp_trace *trace = work->trace;
	struct fopnp_child_outcome *outcome = &work->outcomes[index];
	size_t step = work->planned[index].step;

	if (!outcome->result)
		return;
	switch (work->planned[index].role) {
	case ROLE_REAL:
	case ROLE_WATCHED:
		break;
	case ROLE_RELAYED: /* when the step is known: below */
		break;
	case ROLE_ALONE:
		fopnp_trace_steps_take_alone(trace, step, outcome);
		break;
	case ROLE_AGAIN:
		work->calls->has_again = true;
		work->calls->again = take_outcome(work, index);
		break;
	case ROLE_OTHER_FAMILY:
		take_side_call(&trace->other_family, outcome);
		break;
	case ROLE_IDNA2003:
		take_side_call(&trace->idna2003, outcome);
		break;
	}
}

/* The plain and the watched call are back, others may still run. */
static void follow(struct fopnp_child_plan *plan, void *context)
{
	struct work *work = context;

	take_main_calls(work);
	/* Then the steps are not known yet. */
	if (work->calls->has_watched && fopnp_trace_is_report_lost(&work->calls->watched))
		return;
	take_steps(work);
	plan_following(work);
	plan->count = work->count;
}

static bool run_calls(struct work *work)
{
	struct fopnp_child_plan plan = {
		.jobs = work->jobs, .outcomes = work->outcomes, .follow = follow, .context = work
	};

	plan_main_calls(work);
	plan.leading = work->count;
	plan_relayed_sources(work);
	plan.count = work->count;
	if (!fopnp_children_run_plan(&plan))
		return false;
	if (!work->has_steps) {
		size_t first = work->count;

		if (!watch_again(work))
			return false;
		take_steps(work);
		plan_following(work);
		if (!fopnp_children_run(&work->jobs[first], &work->outcomes[first],
					work->count - first))
			return false;
	}
	for (size_t i = 0; i < work->count; i++)
		take_one(work, i);
	for (size_t i = 0; i < work->count; i++)
		if (work->planned[i].role == ROLE_RELAYED && work->outcomes[i].result &&
		    !is_without_sources(work->calls))
			take_wire(work->trace, work->planned[i].step, &work->outcomes[i]);
	return true;
}

static bool run_trace(struct fopnp_trace *trace, const struct fopnp_trace_options *options)
{
	struct fopnp_trace_calls calls = { 0 };
	struct work work = { .trace = trace, .options = options, .calls = &calls };
	bool is_fine;

	work.order = fopnp_lookup_order_for_module(&trace->line);
	start_plan(&work);
	is_fine = run_calls(&work);
	if (is_fine)
		fopnp_trace_explain(trace, options, &calls);
	end_plan(&work);
	fopnp_child_outcome_clear(&calls.real);
	fopnp_child_outcome_clear(&calls.watched);
	fopnp_child_outcome_clear(&calls.again);
	return is_fine;
}

bool fopnp_trace_run(const struct fopnp_trace_options *options, const char *name,
		     struct fopnp_trace *out_trace, bool *out_usage)
{
	FOPNP_AUTO_FREE char *what = NULL;
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
	fopnp_trace_prepare(out_trace, options);
	what = fopnp_memory_format("tracing %s", name ? name : "the null host");
	fopnp_progress_start(what);
	is_fine = run_trace(out_trace, options);
	fopnp_progress_stop();
	return is_fine;
}
