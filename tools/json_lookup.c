/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What traces and lookups have alike in JSON. */
#include "tools/json_lookup.h"

#include "nss_module/lookup/status.h"
#include "tools/json_output.h"

#include <netdb.h>
#include <nss.h>

static const struct {
	const char *name;
	int bit;
} NAMEINFO_FLAGS[] = {
	{ "NI_NUMERICHOST", NI_NUMERICHOST },
	{ "NI_NUMERICSERV", NI_NUMERICSERV },
	{ "NI_NOFQDN", NI_NOFQDN },
	{ "NI_NAMEREQD", NI_NAMEREQD },
	{ "NI_DGRAM", NI_DGRAM },
	{ "NI_IDN", NI_IDN },
};
#define NAMEINFO_FLAG_COUNT (sizeof(NAMEINFO_FLAGS) / sizeof(NAMEINFO_FLAGS[0]))

json_t *fopnp_json_integer_or_null(int64_t number, bool is_known)
{
	return is_known ? json_integer(number) : json_null();
}

json_t *fopnp_json_code_or_null(const char *word, int number)
{
	return number ? fopnp_json_code(word, number) : json_null();
}

/* The name of the INDEX-th flag that the call has, and its bit; NULL behind the last. */
static const char *flag_of(enum fopnp_call call, size_t index, int *out_bit)
{
	const struct fopnp_request_flag *flag = fopnp_request_flag(index);

	if (call == FOPNP_CALL_GETADDRINFO && flag) {
		*out_bit = flag->bit;
		return flag->name;
	}
	if (call == FOPNP_CALL_GETNAMEINFO && index < NAMEINFO_FLAG_COUNT) {
		*out_bit = NAMEINFO_FLAGS[index].bit;
		return NAMEINFO_FLAGS[index].name;
	}
	return NULL;
}

static json_t *flags_to_json(const struct fopnp_request *request)
{
	json_t *flags = json_array();
	const char *name;
	int bit = 0;

	for (size_t i = 0; (name = flag_of(request->call, i, &bit)) != NULL; i++)
		if (request->flags & bit)
			fopnp_json_append(flags, json_string(name));
	return flags;
}

json_t *fopnp_json_request(const struct fopnp_request *request)
{
	json_t *object = json_object();
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
	fopnp_json_set(object, "flags", flags_to_json(request));
	return object;
}

json_t *fopnp_json_address(const struct fopnp_json_address *address)
{
	json_t *object = json_object();

	fopnp_json_set(object, "family", fopnp_json_text(address->family));
	fopnp_json_set(object, "address", fopnp_json_text(address->text));
	fopnp_json_set(object, "scope",
		       fopnp_json_integer_or_null(address->scope, address->scope != 0));
	fopnp_json_set(object, "port",
		       fopnp_json_integer_or_null(address->port, address->port != 0));
	fopnp_json_set(object, "ttl", fopnp_json_integer_or_null(address->ttl, address->ttl >= 0));
	fopnp_json_set(object, "source", fopnp_json_text(address->source));
	fopnp_json_set(object, "source_address", fopnp_json_text(address->source_address));
	fopnp_json_set(object, "rule", fopnp_json_text(address->rule));
	return object;
}

json_t *fopnp_json_answer(const struct fopnp_json_answer *answer)
{
	json_t *object = json_object();
	const char *code = fopnp_eai_name(answer->code);

	fopnp_json_set(object, "code",
		       answer->is_known ? fopnp_json_code(code, answer->code) : json_null());
	fopnp_json_set(object, "number",
		       fopnp_json_integer_or_null(answer->code, answer->is_known));
	fopnp_json_set(object, "errno",
		       fopnp_json_code_or_null(fopnp_errno_name(answer->error), answer->error));
	fopnp_json_set(
		object, "h_errno",
		fopnp_json_code_or_null(fopnp_h_errno_name(answer->h_error), answer->h_error));
	fopnp_json_set(object, "message", json_string(answer->message));
	fopnp_json_set(object, "canonical_name", fopnp_json_name(answer->canonical));
	fopnp_json_set(object, "addresses", answer->addresses);
	return object;
}

json_t *fopnp_json_step(const struct fopnp_json_step *step)
{
	json_t *object = json_object();
	bool is_answer = step->has_status && step->status == NSS_STATUS_SUCCESS;
	bool was_asked = step->has_status || step->reason[0];

	fopnp_json_set(object, "source", fopnp_json_text(step->source));
	fopnp_json_set(object, "reached", step->reached);
	fopnp_json_set(object, "status",
		       step->has_status ? json_string(fopnp_status_name(step->status))
					: json_null());
	/* glibc does not look at errno after a success, and modules leave anything there. */
	fopnp_json_set(
		object, "errno",
		is_answer ? json_null()
			  : fopnp_json_code_or_null(fopnp_errno_name(step->error), step->error));
	fopnp_json_set(object, "h_errno",
		       step->has_status && !step->reason[0]
			       ? fopnp_json_code(fopnp_h_errno_name(step->h_error), step->h_error)
			       : json_null());
	fopnp_json_set(object, "action", step->action ? json_string(step->action) : json_null());
	fopnp_json_set(object, "elapsed_us",
		       fopnp_json_integer_or_null((int64_t)step->elapsed_us, was_asked));
	fopnp_json_set(object, "answer", step->answer);
	fopnp_json_set(object, "evidence", step->evidence);
	fopnp_json_set(object, "told", step->told);
	fopnp_json_set(object, "wire", step->wire);
	return object;
}

json_t *fopnp_json_told(const char *word, const char *value)
{
	json_t *object = json_object();

	fopnp_json_set(object, "word", fopnp_json_text(word));
	fopnp_json_set(object, "value", fopnp_json_text(value));
	return object;
}
