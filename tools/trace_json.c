/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace for programs: the "trace" object of docs/schema/fopnp-1.json. */
#include "tools/trace.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/event.h"
#include "nss_module/lookup/order.h"
#include "nss_module/lookup/status.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/trace_facts.h"

#include <netdb.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>

#define WORD_TEXT  32
#define VALUE_TEXT 2048 /* all that a step tells is no more */

static json_t *integer_or_null(int64_t number, bool is_known)
{
	return is_known ? json_integer(number) : json_null();
}

static json_t *request_to_json(const struct fopnp_request *request)
{
	json_t *object = json_object(), *flags = json_array();
	const struct fopnp_request_flag *flag;
	const char *word;

	fopnp_json_set(object, "call", json_string(fopnp_request_call_name(request->call)));
	fopnp_json_set(object, "name", fopnp_json_name(request->name));
	fopnp_json_set(object, "given", fopnp_json_text(request->given));
	fopnp_json_set(object, "service", fopnp_json_text(request->service));
	fopnp_json_set(object, "family", json_string(fopnp_family_name(request->family)));
	word = fopnp_request_socktype_name(request->socktype);
	fopnp_json_set(object, "socktype", fopnp_json_code(word, request->socktype));
	word = fopnp_request_protocol_name(request->protocol);
	fopnp_json_set(object, "protocol", fopnp_json_code(word, request->protocol));
	for (size_t i = 0; (flag = fopnp_request_flag(i)) != NULL; i++)
		if (request->call == FOPNP_CALL_GETADDRINFO && (request->flags & flag->bit))
			fopnp_json_append(flags, json_string(flag->name));
	if (request->call == FOPNP_CALL_GETNAMEINFO)
		fopnp_json_append(flags,
				  json_string(request->flags & NI_NUMERICHOST ? "NI_NUMERICHOST"
									      : "NI_NAMEREQD"));
	fopnp_json_set(object, "flags", flags);
	return object;
}

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
	fopnp_json_set(object, "line", integer_or_null(line->line, line->line > 0));
	fopnp_json_set(object, "order", fopnp_json_text(order));
	fopnp_json_set(object, "installed", json_boolean(line->is_installed));
	free(order);
	return object;
}

static json_t *source_address_to_json(const struct fopnp_ordered_address *ordered)
{
	char text[FOPNP_ADDRESS_TEXT];

	if (!ordered || !ordered->has_source)
		return json_null();
	return json_string(fopnp_address_print(ordered->source.family, ordered->source.bytes,
					       ordered->source.scope, text));
}

/* ORDERED: what is known of its place among the others; NULL: nothing. */
static json_t *address_to_json(const struct fopnp_request_address *address, const char *source,
			       int64_t ttl, const struct fopnp_ordered_address *ordered)
{
	json_t *object = json_object();
	char text[FOPNP_ADDRESS_TEXT];

	fopnp_json_set(object, "family", json_string(fopnp_family_name(address->family)));
	fopnp_json_set(object, "address",
		       json_string(fopnp_address_print(address->family, address->bytes, 0, text)));
	fopnp_json_set(object, "scope", integer_or_null(address->scope, address->scope != 0));
	fopnp_json_set(object, "port", integer_or_null(address->port, address->port != 0));
	fopnp_json_set(object, "ttl", integer_or_null(ttl, ttl >= 0));
	fopnp_json_set(object, "source", fopnp_json_text(source));
	fopnp_json_set(object, "source_address", source_address_to_json(ordered));
	fopnp_json_set(object, "rule", fopnp_json_text(ordered ? ordered->rule : NULL));
	return object;
}

static json_t *code_or_null(const char *word, int number)
{
	return number ? fopnp_json_code(word, number) : json_null();
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
	json_t *object = json_object(), *addresses = json_array();
	bool is_known = result->end == FOPNP_CALL_RETURNED;
	const char *code = fopnp_eai_name(result->code);

	fopnp_json_set(object, "code",
		       is_known ? fopnp_json_code(code, result->code) : json_null());
	fopnp_json_set(object, "number", integer_or_null(result->code, is_known));
	fopnp_json_set(object, "errno",
		       code_or_null(fopnp_errno_name(result->error), result->error));
	fopnp_json_set(object, "h_errno",
		       code_or_null(fopnp_h_errno_name(result->h_error), result->h_error));
	fopnp_json_set(object, "message", json_string(message_of(request, result)));
	fopnp_json_set(object, "canonical_name",
		       fopnp_json_name(result->canonical[0] ? result->canonical : NULL));
	for (size_t i = 0; i < result->address_count; i++)
		fopnp_json_append(
			addresses,
			address_to_json(&result->addresses[i], source, ttl,
					order && i < order->count ? &order->list[i] : NULL));
	fopnp_json_set(object, "addresses", addresses);
	return object;
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
		json_t *object;

		if (is_told_elsewhere(word))
			continue;
		object = json_object();
		fopnp_json_set(object, "word", fopnp_json_text(word));
		fopnp_json_set(object, "value", fopnp_json_text(value));
		fopnp_json_append(list, object);
	}
	return list;
}

static json_t *step_to_json(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	const struct fopnp_request *request = &trace->request;
	json_t *object = json_object(), *evidence = json_array();
	bool is_reached = step->reach == FOPNP_REACHED;
	bool was_asked = step->has_status || step->reason[0];
	bool is_answer = step->has_status && step->status == NSS_STATUS_SUCCESS;

	fopnp_json_set(object, "source", fopnp_json_text(step->source));
	fopnp_json_set(object, "reached",
		       step->reach == FOPNP_REACH_UNKNOWN ? json_null() : json_boolean(is_reached));
	fopnp_json_set(object, "status",
		       step->has_status ? json_string(fopnp_status_name(step->status))
					: json_null());
	/* glibc does not look at errno after a success, and modules leave anything there. */
	fopnp_json_set(object, "errno",
		       is_answer ? json_null()
				 : code_or_null(fopnp_errno_name(step->error), step->error));
	fopnp_json_set(object, "h_errno",
		       step->has_status && !step->reason[0]
			       ? fopnp_json_code(fopnp_h_errno_name(step->h_error), step->h_error)
			       : json_null());
	if (step->has_status && is_reached)
		fopnp_json_set(object, "action",
			       json_string(step->is_return ? "return" : "continue"));
	else
		fopnp_json_set(object, "action", json_null());
	fopnp_json_set(object, "elapsed_us", integer_or_null((int64_t)step->elapsed_us, was_asked));
	fopnp_json_set(
		object, "answer",
		step->answer ? answer_to_json(request, step->answer, step->source, step->ttl, NULL)
			     : json_null());
	for (size_t i = 0; i < step->evidence.count; i++)
		fopnp_json_append(evidence, fopnp_evidence_to_json(&step->evidence.list[i]));
	fopnp_json_set(object, "evidence", evidence);
	fopnp_json_set(object, "told", told_to_json(step));
	fopnp_json_set(object, "wire", wire_to_json(trace, step));
	return object;
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
		       error ? code_or_null(fopnp_errno_name(error), error)
			     : fopnp_json_text(answer->error_name));
	fopnp_json_set(object, "rcode",
		       integer_or_null(answer->rcode, answer->state == FOPNP_RESOLVED_FAILED &&
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
	fopnp_json_set(object, "elapsed_us",
		       integer_or_null((int64_t)answer->elapsed_us,
				       is_answered || answer->state == FOPNP_RESOLVED_FAILED));
	return object;
}

void fopnp_trace_print_json(const struct fopnp_trace *trace)
{
	json_t *object = fopnp_json_object("trace", "trace");
	json_t *steps = json_array(), *notes = json_array();
	const struct fopnp_step *answering = fopnp_trace_answering_step(trace);
	bool is_known = trace->result->end != FOPNP_CALL_NOT_MADE;

	fopnp_json_set(object, "request", request_to_json(&trace->request));
	fopnp_json_set(object, "config", config_to_json(&trace->line));
	fopnp_json_set(object, "result",
		       answer_to_json(&trace->request, trace->result, trace->answered_by,
				      answering ? answering->ttl : -1, &trace->address_order));
	fopnp_json_set(object, "answered_by", fopnp_json_text(trace->answered_by));
	fopnp_json_set(object, "elapsed_us",
		       integer_or_null((int64_t)trace->result->elapsed_us, is_known));
	for (size_t i = 0; i < trace->step_count; i++)
		fopnp_json_append(steps, step_to_json(trace, &trace->steps[i]));
	fopnp_json_set(object, "steps", steps);
	fopnp_json_set(object, "resolved", resolved_to_json(trace->resolved));
	for (size_t i = 0; i < trace->notes.count; i++)
		fopnp_json_append(notes, fopnp_finding_to_json(&trace->notes.list[i]));
	fopnp_json_set(object, "notes", notes);
	fopnp_json_print(object, stdout);
}
