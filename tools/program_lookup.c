/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program gets, and from whom. */
#include "tools/program_lookup.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/event.h"
#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/lookup/status.h"
#include "tools/call_child.h"
#include "tools/conf_file.h"
#include "tools/hosts_evidence.h"
#include "tools/json_lookup.h"
#include "tools/json_output.h"
#include "tools/lookup_order.h"
#include "tools/memory.h"
#include "tools/source_kind.h"
#include "tools/trace_calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEADLINE_US    30000000u
#define GRACE_US       3000000u /* for the watched call once the plain one is back */
#define WATCHED_TRIES  4
#define CALLS_A_LOOKUP 2

/* One lookup at work: its calls in the lists of all of them. */
struct work {
	struct fopnp_program_lookup *lookup;
	char *order; /* for our module; NULL: it cannot run this one */
	struct fopnp_child_outcome plain, watched;
	bool has_plain, has_watched;
};

static uint64_t deadline_of(const struct fopnp_program_lookup *lookup)
{
	return lookup->deadline_us ? lookup->deadline_us : DEADLINE_US;
}

/* False, and an error told, if the order given is none. */
static bool prepare(struct work *work, struct fopnp_program_lookup *lookup)
{
	struct fopnp_lookup_order line;
	bool is_fine;

	*work = (struct work){ .lookup = lookup };
	is_fine = fopnp_lookup_order_find(&lookup->request, lookup->order, &line);
	if (is_fine) {
		work->order = fopnp_lookup_order_for_module(&line);
		work->has_watched = work->order != NULL;
		work->has_plain = line.origin != FOPNP_ORDER_OF_OPTION &&
				  line.origin != FOPNP_ORDER_OF_ENVIRONMENT;
		fopnp_lookup_order_clear(&line);
	}
	return is_fine;
}

static struct fopnp_child_job plain_job(const struct work *work)
{
	return (struct fopnp_child_job){
		.request = &work->lookup->request,
		.deadline_us = deadline_of(work->lookup),
	};
}

static struct fopnp_child_job watched_job(const struct work *work)
{
	struct fopnp_child_job job = plain_job(work);

	job.order = work->order;
	return job;
}

/* ---- the calls ---- */

/* The calls of all at once. */
static bool run_calls(struct work *works, size_t count)
{
	FOPNP_AUTO_FREE struct fopnp_child_job *jobs =
		fopnp_memory_zeroed(count * CALLS_A_LOOKUP, sizeof(*jobs));
	FOPNP_AUTO_FREE struct fopnp_child_outcome *outcomes =
		fopnp_memory_zeroed(count * CALLS_A_LOOKUP, sizeof(*outcomes));
	size_t used = 0, taken = 0;
	bool is_fine;

	for (size_t i = 0; i < count; i++) {
		if (works[i].has_plain)
			jobs[used++] = plain_job(&works[i]);
		if (works[i].has_watched)
			jobs[used++] = watched_job(&works[i]);
		/* What hangs behind nscd's answer need not be waited for; others may still work. */
		if (works[i].has_plain && works[i].has_watched && count == 1)
			jobs[used - 1].grace_us = GRACE_US;
	}
	is_fine = fopnp_children_run(jobs, outcomes, used);
	for (size_t i = 0; i < count; i++) {
		if (works[i].has_plain)
			works[i].plain = outcomes[taken++];
		if (works[i].has_watched)
			works[i].watched = outcomes[taken++];
	}
	return is_fine;
}

/* Make the watched call once more until its report arrives. */
static bool watch_again(struct work *work)
{
	struct fopnp_child_job job = watched_job(work);

	for (int tries = 1; tries < WATCHED_TRIES && work->has_watched &&
			    fopnp_trace_is_report_lost(&work->watched);
	     tries++) {
		fopnp_child_outcome_clear(&work->watched);
		if (!fopnp_children_run(&job, &work->watched, 1))
			return false;
	}
	return true;
}

/* ---- who answered ---- */

static bool is_answered(const struct fopnp_call_result *result)
{
	return result->end == FOPNP_CALL_RETURNED && result->code == 0;
}

/*
 * Who gave the plain call what our module is not given: nscd's cache, or a source that cannot be
 * seen ("": glibc alone asks each source for mapped addresses before the next).  NULL: nobody, both
 * are given the same, or addresses that take turns, which are not even the plain call's own twice.
 */
static const char *other_answerer(const struct work *work)
{
	const char *cache = fopnp_trace_has_nscd() ? "nscd" : "";
	struct fopnp_child_job job = plain_job(work);
	struct fopnp_child_outcome again = { 0 };
	enum fopnp_difference difference;
	bool is_same;

	if (!work->has_watched)
		return cache;
	difference = fopnp_trace_compare(work->plain.result, work->watched.result);
	if (difference < FOPNP_OTHER_ADDRESSES)
		return NULL;
	is_same = fopnp_children_run(&job, &again, 1) &&
		  fopnp_trace_compare(work->plain.result, again.result) < FOPNP_OTHER_ADDRESSES;
	fopnp_child_outcome_clear(&again);
	if (is_same)
		return cache;
	return difference == FOPNP_OTHER_ANSWER ? "" : NULL;
}

static const char *answerer(const struct work *work)
{
	const struct fopnp_event *event =
		work->has_plain ? fopnp_trace_answer_event(&work->plain) : NULL;
	const char *other = work->has_plain && !event ? other_answerer(work) : NULL;

	if (other)
		return other;
	if (!event && work->has_watched)
		event = fopnp_trace_answer_event(&work->watched);
	return event ? event->source : "";
}

static void name_answerer(const struct work *work)
{
	struct fopnp_program_lookup *lookup = work->lookup;

	if (is_answered(lookup->result))
		(void)snprintf(lookup->answered_by, sizeof(lookup->answered_by), "%s",
			       lookup->result->is_numeric ? "numeric" : answerer(work));
}

static void note_last(const struct work *work)
{
	struct fopnp_program_lookup *lookup = work->lookup;
	const struct fopnp_child_outcome *watched = &work->watched;
	const struct fopnp_event *event = work->has_watched && watched->event_count > 0
						  ? watched->events[watched->event_count - 1]
						  : NULL;

	memcpy(lookup->last_source, watched->last_source, sizeof(lookup->last_source));
	if (!event || event->step_count == 0)
		return;
	(void)snprintf(lookup->last_source, sizeof(lookup->last_source), "%s",
		       event->steps[event->step_count - 1].source);
	(void)snprintf(lookup->not_asked, sizeof(lookup->not_asked), "%.*s",
		       (int)sizeof(lookup->not_asked) - 1,
		       event->steps[event->step_count - 1].reason);
}

/* What the program gets: of the plain call, or through the order given by hand. */
static void take(struct work *work)
{
	struct fopnp_program_lookup *lookup = work->lookup;
	struct fopnp_child_outcome *from = work->has_plain ? &work->plain : &work->watched;

	if (!from->result) {
		from->result = fopnp_memory_zeroed(1, sizeof(*from->result));
		from->result->end = FOPNP_CALL_NOT_MADE;
	}
	lookup->result = from->result;
	name_answerer(work);
	note_last(work);
	from->result = NULL;
	if (fopnp_source_is_hosts(lookup->answered_by)) {
		const char *path;
		struct fopnp_conf *conf = fopnp_conf_file_read(&path, NULL);

		fopnp_hosts_evidence_find(&lookup->request, lookup->result, conf,
					  &lookup->evidence);
		fopnp_conf_destroy(conf);
	}
}

bool fopnp_program_lookups_run(struct fopnp_program_lookup *lookups, size_t count)
{
	FOPNP_AUTO_FREE struct work *works = fopnp_memory_zeroed(count, sizeof(*works));
	bool is_fine = true;

	for (size_t i = 0; i < count && is_fine; i++)
		is_fine = prepare(&works[i], &lookups[i]);
	is_fine = is_fine && run_calls(works, count);
	for (size_t i = 0; i < count && is_fine; i++)
		is_fine = watch_again(&works[i]);
	for (size_t i = 0; i < count; i++) {
		if (is_fine)
			take(&works[i]);
		fopnp_child_outcome_clear(&works[i].plain);
		fopnp_child_outcome_clear(&works[i].watched);
		free(works[i].order);
	}
	return is_fine;
}

void fopnp_program_lookup_clear(struct fopnp_program_lookup *lookup)
{
	fopnp_request_clear(&lookup->request);
	free(lookup->result);
	fopnp_evidence_clear(&lookup->evidence);
	*lookup = (struct fopnp_program_lookup){ 0 };
}

/* ---- in words ---- */

/* Whether a line of a hosts file begins with this address, in the form that the call gives it. */
static bool begins_with(const char *line, const struct fopnp_request_address *address)
{
	size_t blanks = strspn(line, " \t"), len = strcspn(line + blanks, " \t#\r\n");
	FOPNP_AUTO_FREE char *word = fopnp_memory_copy(line + blanks, len);
	struct fopnp_request_address own, mapped;

	if (!fopnp_request_parse_address(word, &own))
		return false;
	mapped = *address;
	if (own.family != address->family) {
		fopnp_request_map_address(&own);
		fopnp_request_map_address(&mapped);
	}
	return own.family == mapped.family && memcmp(own.bytes, mapped.bytes, 16) == 0;
}

const struct fopnp_place *fopnp_program_lookup_line(const struct fopnp_program_lookup *lookup,
						    const struct fopnp_request_address *address)
{
	for (size_t i = 0; i < lookup->evidence.count; i++) {
		const struct fopnp_evidence *evidence = &lookup->evidence.list[i];

		if (!evidence->remark && evidence->flaw == FOPNP_FLAW_NONE &&
		    (!address || begins_with(evidence->place.text, address)))
			return &evidence->place;
	}
	return NULL;
}

char *fopnp_program_lookup_source_words(const struct fopnp_program_lookup *lookup)
{
	const struct fopnp_place *place = fopnp_program_lookup_line(lookup, NULL);

	if (!place)
		return fopnp_memory_copy_text(lookup->answered_by);
	return fopnp_memory_format("%s, %s:%u", lookup->answered_by, place->file, place->line);
}

static const char *end_words(enum fopnp_call_end end)
{
	switch (end) {
	case FOPNP_CALL_TIMED_OUT:
		return "the call had not come back at its deadline, and was killed";
	case FOPNP_CALL_CRASHED:
		return "the call crashed";
	case FOPNP_CALL_GARBLED:
		return "the call overwrote the memory of its process";
	case FOPNP_CALL_NO_MODULE:
		return "the module could not be loaded";
	case FOPNP_CALL_RETURNED:
	case FOPNP_CALL_NO_RELAY:
	case FOPNP_CALL_NOT_MADE:
		break;
	}
	return "the call could not be made";
}

static const char *message_of(const struct fopnp_program_lookup *lookup)
{
	const struct fopnp_call_result *result = lookup->result;

	return result->end == FOPNP_CALL_RETURNED
		       ? fopnp_call_meaning(&lookup->request, result->code)
		       : end_words(result->end);
}

char *fopnp_program_lookup_failure_words(const struct fopnp_program_lookup *lookup)
{
	const struct fopnp_call_result *result = lookup->result;
	const char *name = fopnp_eai_name(result->code);
	const char *error = result->error ? fopnp_errno_name(result->error) : NULL;
	bool is_stuck = result->end == FOPNP_CALL_TIMED_OUT || result->end == FOPNP_CALL_CRASHED;

	if (result->end != FOPNP_CALL_RETURNED)
		return fopnp_memory_format("%s%s%s", message_of(lookup),
					   is_stuck && lookup->last_source[0] ? "; it asked " : "",
					   is_stuck ? lookup->last_source : "");
	return fopnp_memory_format("%s (%d)%s%s: %s", name ? name : "unknown code", result->code,
				   error ? ", errno " : "", error ? error : "", message_of(lookup));
}

/* ---- in JSON ---- */

static json_t *address_to_json(const struct fopnp_program_lookup *lookup, size_t index)
{
	const struct fopnp_request_address *address = &lookup->result->addresses[index];
	char text[FOPNP_ADDRESS_TEXT];

	return fopnp_json_address(&(struct fopnp_json_address){
		.family = fopnp_family_name(address->family),
		.text = fopnp_address_print(address->family, address->bytes, 0, text),
		.scope = address->scope,
		.port = address->port,
		.ttl = -1,
		.source = lookup->answered_by[0] ? lookup->answered_by : NULL,
	});
}

json_t *fopnp_program_lookup_answer(const struct fopnp_program_lookup *lookup)
{
	const struct fopnp_call_result *result = lookup->result;
	json_t *addresses = json_array();

	for (size_t i = 0; i < result->address_count; i++)
		fopnp_json_append(addresses, address_to_json(lookup, i));
	return fopnp_json_answer(&(struct fopnp_json_answer){
		.is_known = result->end == FOPNP_CALL_RETURNED,
		.code = result->code,
		.error = result->error,
		.h_error = result->h_error,
		.message = message_of(lookup),
		.canonical = result->canonical[0] ? result->canonical : NULL,
		.addresses = addresses,
	});
}
