/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace for programs: the "trace" object of docs/schema/fopnp-1.json. */
#include "tools/trace.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/order.h"
#include "nss_module/lookup/status.h"
#include "tools/json_output.h"
#include "tools/memory.h"

#include <netdb.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>

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

static json_t *address_to_json(const struct fopnp_request_address *address, const char *source,
			       int64_t ttl)
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
	fopnp_json_set(object, "source_address", json_null());
	fopnp_json_set(object, "rule", json_null());
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
	case FOPNP_CALL_NOT_MADE:
		break;
	}
	return "the call could not be made";
}

static json_t *answer_to_json(const struct fopnp_request *request,
			      const struct fopnp_call_result *result, const char *source,
			      int64_t ttl)
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
		fopnp_json_append(addresses, address_to_json(&result->addresses[i], source, ttl));
	fopnp_json_set(object, "addresses", addresses);
	return object;
}

static json_t *step_to_json(const struct fopnp_request *request, const struct fopnp_step *step)
{
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
	fopnp_json_set(object, "answer",
		       step->answer ? answer_to_json(request, step->answer, step->source, step->ttl)
				    : json_null());
	for (size_t i = 0; i < step->evidence_count; i++)
		fopnp_json_append(evidence, fopnp_place_to_json(&step->evidence[i]));
	fopnp_json_set(object, "evidence", evidence);
	fopnp_json_set(object, "wire", json_array());
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
				      answering ? answering->ttl : -1));
	fopnp_json_set(object, "answered_by", fopnp_json_text(trace->answered_by));
	fopnp_json_set(object, "elapsed_us",
		       integer_or_null((int64_t)trace->result->elapsed_us, is_known));
	for (size_t i = 0; i < trace->step_count; i++)
		fopnp_json_append(steps, step_to_json(&trace->request, &trace->steps[i]));
	fopnp_json_set(object, "steps", steps);
	for (size_t i = 0; i < trace->notes.count; i++)
		fopnp_json_append(notes, fopnp_finding_to_json(&trace->notes.list[i]));
	fopnp_json_set(object, "notes", notes);
	fopnp_json_print(object, stdout);
}
