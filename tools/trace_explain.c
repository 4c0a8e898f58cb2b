/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Explaining a trace. */
#include "tools/trace_explain.h"

#include "nss_module/lookup/event.h"
#include "nss_module/lookup/order.h"
#include "tools/conf_file.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/source_kind.h"
#include "tools/trace.h"
#include "tools/trace_calls.h"
#include "tools/trace_facts.h"
#include "tools/trace_told.h"

#include <netdb.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A daemon on this machine knows its own cache at once, or it hangs. */
#define RESOLVED_CACHE_US 300000u
/* mDNS that nobody answers takes it 7.7 s. */
#define RESOLVED_MOST_US 10000000u
#define SLOW_CALL_US     2000000u

/* ---- before the calls ---- */

static bool is_local_name(const struct fopnp_request *request)
{
	return !fopnp_request_is_reverse(request) && request->name &&
	       fopnp_name_is_below(request->name, "local");
}

bool fopnp_trace_uses_resolver(const struct fopnp_request *request, const char *source)
{
	if (strcmp(source, "dns") == 0)
		return true;
	return strncmp(source, "mdns", 4) == 0 && is_local_name(request);
}

static bool has_resolver(const struct fopnp_trace *trace)
{
	const struct fopnp_order *order = trace->line.order;

	for (size_t i = 0; order && i < order->count; i++)
		if (fopnp_trace_uses_resolver(&trace->request, order->entries[i].source))
			return true;
	return false;
}

static void prepare_idna2003(struct fopnp_trace *trace)
{
	char *name = fopnp_request_idna2003(&trace->request);

	if (!name)
		return;
	trace->idna2003.request = fopnp_request_copy(&trace->request);
	trace->idna2003.request.name = name;
	trace->idna2003.request.given = fopnp_memory_copy_text(name);
}

static bool is_resolved_in_play(const struct fopnp_trace *trace)
{
	const struct fopnp_order *order = trace->line.order;

	for (size_t i = 0; order && i < order->count; i++)
		if (strcmp(order->entries[i].source, "resolve") == 0)
			return true;
	for (size_t i = 0; i < trace->resolver.server_count; i++)
		if (fopnp_server_is_stub(&trace->resolver.servers[i]))
			return true;
	return false;
}

void fopnp_trace_prepare(struct fopnp_trace *trace, const struct fopnp_trace_options *options)
{
	const char *path;

	trace->has_resolver = has_resolver(trace);
	/* Also where no source needs it: getaddrinfo() reads the file before it asks any. */
	fopnp_resolver_config_read(&trace->resolver);
	trace->conf = fopnp_conf_file_read(&path, &trace->conf_findings);
	trace->conf_path = fopnp_memory_copy_text(path);
	prepare_idna2003(trace);
	trace->is_resolved_in_play = !options->is_passive && is_resolved_in_play(trace);
	if (trace->is_resolved_in_play)
		trace->was_resolved_cached =
			fopnp_resolved_has_cached(&trace->request, RESOLVED_CACHE_US);
}

/* ---- between the calls ---- */

/* AF_INET or AF_INET6 if all addresses are of that family, else AF_UNSPEC. */
static int only_family(const struct fopnp_call_result *result)
{
	for (size_t i = 1; i < result->address_count; i++)
		if (result->addresses[i].family != result->addresses[0].family)
			return AF_UNSPEC;
	return result->address_count ? result->addresses[0].family : AF_UNSPEC;
}

/* A source of the DNS asks for both families at once, and the last source hides none. */
static bool does_hide_others(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	return step && !fopnp_step_is_dns(step) && step != &trace->steps[trace->step_count - 1];
}

bool fopnp_trace_wants_other_family(const struct fopnp_trace *trace,
				    struct fopnp_request *out_request)
{
	const struct fopnp_call_result *result = trace->result;
	int family = only_family(result);

	if (trace->request.call != FOPNP_CALL_GETADDRINFO || trace->request.family != AF_UNSPEC ||
	    result->end != FOPNP_CALL_RETURNED || result->code != 0 || family == AF_UNSPEC ||
	    !does_hide_others(trace, fopnp_trace_answering_step(trace)))
		return false;
	*out_request = fopnp_request_copy(&trace->request);
	out_request->given = fopnp_memory_copy_text(trace->request.given);
	out_request->name = fopnp_memory_copy_text(trace->request.name);
	out_request->family = family == AF_INET ? AF_INET6 : AF_INET;
	return true;
}

/* ---- after the calls ---- */

/* The program's own call does not come to the same twice: no cache says so. */
static bool does_rotate(const struct fopnp_trace_calls *calls)
{
	return calls->has_again &&
	       fopnp_trace_compare(calls->real.result, calls->again.result) != FOPNP_SAME;
}

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
	else if (calls->has_real && fopnp_trace_has_nscd() && !does_rotate(calls) &&
		 (!calls->has_watched ||
		  fopnp_trace_compare(calls->real.result, calls->watched.result) >=
			  FOPNP_OTHER_ADDRESSES))
		name = "nscd";
	else if (event)
		name = event->source;
	trace->answered_by = fopnp_memory_copy_text(name);
}

/* glibc leaves a family out under AI_ADDRCONFIG by asking for the other one alone. */
static void note_asked_family(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	const struct fopnp_event *event;

	if (!calls->has_watched || calls->watched.event_count == 0 ||
	    trace->request.call != FOPNP_CALL_GETADDRINFO || trace->request.family != AF_UNSPEC ||
	    !(trace->request.flags & AI_ADDRCONFIG))
		return;
	event = calls->watched.events[0];
	if (strcmp(event->family, "inet") == 0)
		trace->asked_family = AF_INET;
	else if (strcmp(event->family, "inet6") == 0)
		trace->asked_family = AF_INET6;
}

/* The addresses as the sources gave them, before getaddrinfo sorted; NULL: not known. */
static struct fopnp_request_address *given_addresses(const struct fopnp_trace *trace,
						     const struct fopnp_event *event)
{
	struct fopnp_request_address *list =
		fopnp_memory_zeroed(event->address_count, sizeof(*list));

	for (size_t i = 0; i < event->address_count; i++) {
		if (fopnp_request_parse_address(event->addresses[i], &list[i])) {
			if (trace->request.family == AF_INET6)
				fopnp_request_map_address(&list[i]);
			continue;
		}
		free(list);
		return NULL;
	}
	return list;
}

static bool is_order_of(const struct fopnp_address_order *order,
			const struct fopnp_call_result *result)
{
	if (order->count != result->address_count)
		return false;
	for (size_t i = 0; i < order->count; i++) {
		const struct fopnp_request_address *a = &order->list[i].address;
		const struct fopnp_request_address *b = &result->addresses[i];

		if (a->family != b->family || a->scope != b->scope ||
		    memcmp(a->bytes, b->bytes, sizeof(a->bytes)) != 0)
			return false;
	}
	return true;
}

/*
 * Sort once more what the sources gave.  The watched call tells both the list before
 * the sort and the one behind it; the program's own must not differ from that.
 */
static void explain_order(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	const struct fopnp_event *event = fopnp_trace_answer_event(&calls->watched);
	const struct fopnp_call_result *watched = calls->watched.result;
	FOPNP_AUTO_FREE struct fopnp_request_address *given = NULL;
	struct fopnp_address_order order;

	if (!event || event->truncated || watched->is_cut || watched->end != FOPNP_CALL_RETURNED ||
	    watched->code != 0 || event->address_count < 2 ||
	    fopnp_trace_compare(trace->result, watched) != FOPNP_SAME)
		return;
	/* Two runs of the order, or entries that glibc left out: the list is not the sorted one. */
	if (calls->watched.event_count != 1 || watched->entry_count % event->address_count != 0)
		return;
	given = given_addresses(trace, event);
	if (!given)
		return;
	fopnp_address_order_find(given, event->address_count,
				 watched->entry_count / event->address_count, &order);
	if (is_order_of(&order, trace->result)) {
		trace->address_order = order;
		return;
	}
	trace->is_order_unexplained = true;
	fopnp_address_order_clear(&order);
}

/* The line whose bracket ended the call, or kept it going, against glibc's default. */
static void add_bracket_evidence(struct fopnp_trace *trace)
{
	for (size_t i = 0; i < trace->step_count; i++) {
		struct fopnp_step *step = &trace->steps[i];

		if (!trace->line.file || !trace->line.line || step->reach != FOPNP_REACHED ||
		    !step->has_status || !step->bracket[0] ||
		    step->is_return == (step->status == NSS_STATUS_SUCCESS))
			continue;
		fopnp_evidence_add(
			&step->evidence,
			fopnp_place_make(trace->line.file, trace->line.line, trace->line.text),
			"%s%s %s here",
			trace->line.origin == FOPNP_ORDER_OF_MODULE && i >= trace->line.outside
				? "the built-in default's "
				: "",
			step->bracket, step->is_return ? "ends the call" : "goes on");
	}
}

/*
 * Asked behind the calls, it has their answer in its cache; where that came from they
 * were the first to learn, unless the cache knew it before.
 */
static void ask_resolved(struct fopnp_trace *trace, const struct fopnp_trace_options *options)
{
	struct fopnp_resolved_answer *answer;
	uint64_t deadline_us = options->other_deadline_us;

	/* It waited long for others: what for, it says only at the end. */
	if (trace->result->elapsed_us > SLOW_CALL_US && deadline_us < options->real_deadline_us)
		deadline_us = options->real_deadline_us < RESOLVED_MOST_US
				      ? options->real_deadline_us
				      : RESOLVED_MOST_US;

	if (!trace->is_resolved_in_play || trace->result->is_numeric)
		return;
	trace->resolved = answer = fopnp_memory_zeroed(1, sizeof(*answer));
	fopnp_resolved_ask(&trace->request, deadline_us, answer);
	if (answer->is_from_cache && !trace->was_resolved_cached) {
		answer->is_from_cache = false;
		answer->is_from_network = true;
	}
}

void fopnp_trace_explain(struct fopnp_trace *trace, const struct fopnp_trace_options *options,
			 const struct fopnp_trace_calls *calls)
{
	name_answerer(trace, calls);
	ask_resolved(trace, options);
	note_asked_family(trace, calls);
	if (trace->request.call == FOPNP_CALL_GETADDRINFO && calls->has_watched)
		explain_order(trace, calls);
	fopnp_trace_take_told(trace);
	fopnp_trace_find_evidence(trace);
	add_bracket_evidence(trace);
	fopnp_trace_add_notes(trace, calls);
}
