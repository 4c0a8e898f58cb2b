/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace for programs: the "trace" object of docs/schema/fopnp-1.json. */
#include "tools/trace.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/event.h"
#include "nss_module/lookup/order.h"
#include "nss_module/lookup/status.h"
#include "tools/json_lookup.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/trace_facts.h"

#include <stdlib.h>
#include <string.h>

#define WORD_TEXT  32
#define VALUE_TEXT 2048 /* all that a step tells is no more */

static json_t *config_to_json(const struct fopnp_lookup_order *line)
{
	json_t *object = json_object();
	char *order = NULL;

	if (line->order) {
		size_t size = fopnp_order_print(line->order, NULL, 0) + 1;

		order = fopnp_memory_zeroed(size, 1);
		(void)fopnp_order_print(line->order, order, size);
	}
	fopnp_json_set(object, "file", fopnp_json_text(line->file));
	fopnp_json_set(object, "line", fopnp_json_integer_or_null(line->line, line->line > 0));
	fopnp_json_set(object, "order", fopnp_json_text(order));
	fopnp_json_set(object, "installed", json_boolean(line->is_installed));
	free(order);
	return object;
}

/* ORDERED: what is known of its place among the others; NULL: nothing. */
static json_t *address_to_json(const struct fopnp_request_address *address, const char *source,
			       int64_t ttl, const struct fopnp_ordered_address *ordered)
{
	char text[FOPNP_ADDRESS_TEXT], own[FOPNP_ADDRESS_TEXT];
	struct fopnp_json_address shown = {
		.family = fopnp_family_name(address->family),
		.text = fopnp_address_print(address->family, address->bytes, 0, text),
		.scope = address->scope,
		.port = address->port,
		.ttl = ttl,
		.source = source,
		.rule = ordered ? ordered->rule : NULL,
	};

	if (ordered && ordered->has_source)
		shown.source_address = fopnp_address_print(
			ordered->source.family, ordered->source.bytes, ordered->source.scope, own);
	return fopnp_json_address(&shown);
}

static const char *message_of(const struct fopnp_request *request,
			      const struct fopnp_call_result *result)
{
	switch (result->end) {
	case FOPNP_CALL_RETURNED:
		return fopnp_call_meaning(request, result->code);
	case FOPNP_CALL_TIMED_OUT:
		return "the call had not come back at its deadline, and was killed";
	case FOPNP_CALL_CRASHED:
		return "the call crashed";
	case FOPNP_CALL_GARBLED:
		return "the call overwrote the memory of its process";
	case FOPNP_CALL_NO_MODULE:
		return "the module could not be loaded";
	case FOPNP_CALL_NO_RELAY:
	case FOPNP_CALL_NOT_MADE:
		break;
	}
	return "the call could not be made";
}

static json_t *answer_to_json(const struct fopnp_request *request,
			      const struct fopnp_call_result *result, const char *source,
			      int64_t ttl, const struct fopnp_address_order *order)
{
	json_t *addresses = json_array();

	for (size_t i = 0; i < result->address_count; i++)
		fopnp_json_append(
			addresses,
			address_to_json(&result->addresses[i], source, ttl,
					order && i < order->count ? &order->list[i] : NULL));
	return fopnp_json_answer(&(struct fopnp_json_answer){
		.is_known = result->end == FOPNP_CALL_RETURNED,
		.code = result->code,
		.error = result->error,
		.h_error = result->h_error,
		.message = message_of(request, result),
		.canonical = result->canonical[0] ? result->canonical : NULL,
		.addresses = addresses,
	});
}

static json_t *wire_to_json(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	const char *servers[FOPNP_WIRE_SERVERS];
	size_t count = fopnp_step_server_count(trace, step);

	if (!step->wire)
		return json_array();
	for (size_t i = 0; i < count; i++)
		servers[i] = fopnp_step_server(trace, step, i);
	return fopnp_wire_to_json(step->wire, servers, count);
}

/* Whether it stands elsewhere in the object: the loader's words in a note, queries in wire[]. */
static bool is_told_elsewhere(const char *word)
{
	return strcmp(word, "error") == 0 || strcmp(word, "query") == 0;
}

static json_t *told_to_json(const struct fopnp_step *step)
{
	size_t len = strlen(step->words), position = 0;
	char word[WORD_TEXT], value[VALUE_TEXT];
	json_t *list = json_array();

	while (fopnp_words_next(step->words, len, &position, word, sizeof(word), value,
				sizeof(value))) {
		if (!is_told_elsewhere(word))
			fopnp_json_append(list, fopnp_json_told(word, value));
	}
	return list;
}

static json_t *step_to_json(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	json_t *evidence = json_array();
	bool is_reached = step->reach == FOPNP_REACHED;
	struct fopnp_json_step shown = {
		.source = step->source,
		.reached =
			step->reach == FOPNP_REACH_UNKNOWN ? json_null() : json_boolean(is_reached),
		.has_status = step->has_status,
		.status = step->status,
		.error = step->error,
		.h_error = step->h_error,
		.reason = step->reason,
		.elapsed_us = step->elapsed_us,
		.answer = json_null(),
		.evidence = evidence,
		.told = told_to_json(step),
		.wire = wire_to_json(trace, step),
	};

	if (step->has_status && is_reached)
		shown.action = step->is_return ? "return" : "continue";
	if (step->answer)
		shown.answer = answer_to_json(&trace->request, step->answer, step->source,
					      step->ttl, NULL);
	for (size_t i = 0; i < step->evidence.count; i++)
		fopnp_json_append(evidence, fopnp_evidence_to_json(&step->evidence.list[i]));
	return fopnp_json_step(&shown);
}

/* ---- systemd-resolved ---- */

static const char *resolved_state_word(enum fopnp_resolved_state state)
{
	switch (state) {
	case FOPNP_RESOLVED_ABSENT:
		return "absent";
	case FOPNP_RESOLVED_DENIED:
		return "denied";
	case FOPNP_RESOLVED_SILENT:
		return "silent";
	case FOPNP_RESOLVED_GARBLED:
		return "garbled";
	case FOPNP_RESOLVED_FAILED:
		return "failed";
	case FOPNP_RESOLVED_ANSWERED:
		break;
	}
	return "answered";
}

static json_t *resolved_origins(const struct fopnp_resolved_answer *answer)
{
	json_t *list = json_array();

	if (answer->is_from_cache)
		fopnp_json_append(list, json_string("cache"));
	if (answer->is_from_network)
		fopnp_json_append(list, json_string("network"));
	if (answer->is_from_zone)
		fopnp_json_append(list, json_string("zone"));
	if (answer->is_from_trust_anchor)
		fopnp_json_append(list, json_string("trust-anchor"));
	if (answer->is_from_hosts)
		fopnp_json_append(list, json_string("hosts"));
	else if (answer->is_synthetic)
		fopnp_json_append(list, json_string("synthetic"));
	return list;
}

static bool holds_text(const json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
			return true;
	return false;
}

static json_t *resolved_interfaces(const struct fopnp_resolved_answer *answer)
{
	json_t *list = json_array();

	if (answer->interface_name)
		fopnp_json_append(list, fopnp_json_text(answer->interface_name));
	for (size_t i = 0; i < answer->address_count; i++) {
		const char *name = answer->addresses[i].interface_name;

		if (name && !holds_text(list, name))
			fopnp_json_append(list, fopnp_json_text(name));
	}
	return list;
}

static json_t *resolved_addresses(const struct fopnp_resolved_answer *answer)
{
	json_t *list = json_array();
	char text[FOPNP_ADDRESS_TEXT];

	for (size_t i = 0; i < answer->address_count; i++) {
		const struct fopnp_request_address *address = &answer->addresses[i].address;

		fopnp_json_append(list,
				  json_string(fopnp_address_print(address->family, address->bytes,
								  address->scope, text)));
	}
	return list;
}

static json_t *resolved_to_json(const struct fopnp_resolved_answer *answer)
{
	bool is_answered;
	json_t *object;
	int error;

	if (!answer)
		return json_null();
	is_answered = answer->state == FOPNP_RESOLVED_ANSWERED;
	object = json_object();
	fopnp_json_set(object, "state", json_string(resolved_state_word(answer->state)));
	error = answer->error ? answer->error : answer->system_error;
	fopnp_json_set(object, "error",
		       error ? fopnp_json_code_or_null(fopnp_errno_name(error), error)
			     : fopnp_json_text(answer->error_name));
	fopnp_json_set(
		object, "rcode",
		fopnp_json_integer_or_null(answer->rcode, answer->state == FOPNP_RESOLVED_FAILED &&
								  answer->rcode >= 0));
	fopnp_json_set(object, "protocol", fopnp_json_text(answer->protocol));
	fopnp_json_set(object, "from", resolved_origins(answer));
	fopnp_json_set(object, "interfaces", resolved_interfaces(answer));
	fopnp_json_set(object, "addresses", resolved_addresses(answer));
	fopnp_json_set(object, "canonical_name", fopnp_json_name(answer->canonical));
	fopnp_json_set(object, "authenticated",
		       is_answered ? json_boolean(answer->is_authenticated) : json_null());
	fopnp_json_set(object, "other_namespace",
		       answer->is_namespace_known ? json_boolean(answer->is_other_namespace)
						  : json_null());
	fopnp_json_set(
		object, "elapsed_us",
		fopnp_json_integer_or_null((int64_t)answer->elapsed_us,
					   is_answered || answer->state == FOPNP_RESOLVED_FAILED));
	return object;
}

void fopnp_trace_print_json(const struct fopnp_trace *trace)
{
	json_t *object = fopnp_json_object("trace", "trace");
	json_t *steps = json_array(), *notes = json_array();
	const struct fopnp_step *answering = fopnp_trace_answering_step(trace);
	bool is_known = trace->result->end != FOPNP_CALL_NOT_MADE;

	fopnp_json_set(object, "request", fopnp_json_request(&trace->request));
	fopnp_json_set(object, "config", config_to_json(&trace->line));
	fopnp_json_set(object, "result",
		       answer_to_json(&trace->request, trace->result, trace->answered_by,
				      answering ? answering->ttl : -1, &trace->address_order));
	fopnp_json_set(object, "answered_by", fopnp_json_text(trace->answered_by));
	fopnp_json_set(object, "elapsed_us",
		       fopnp_json_integer_or_null((int64_t)trace->result->elapsed_us, is_known));
	for (size_t i = 0; i < trace->step_count; i++)
		fopnp_json_append(steps, step_to_json(trace, &trace->steps[i]));
	fopnp_json_set(object, "steps", steps);
	fopnp_json_set(object, "resolved", resolved_to_json(trace->resolved));
	for (size_t i = 0; i < trace->notes.count; i++)
		fopnp_json_append(notes, fopnp_finding_to_json(&trace->notes.list[i]));
	fopnp_json_set(object, "notes", notes);
	fopnp_json_print(object, stdout);
}
