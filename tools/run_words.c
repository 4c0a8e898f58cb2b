/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls in words. */
#include "tools/run_words.h"

#include "nss_module/lookup/status.h"
#include "tools/memory.h"

#include <netdb.h>
#include <string.h>

static char *where(const struct fopnp_request *request, const struct fopnp_redaction *redaction)
{
	FOPNP_AUTO_FREE char *name =
		request->name ? fopnp_redact_name(redaction, request->name)
			      : fopnp_memory_copy_text(request->flags & AI_PASSIVE ? "(any)"
										   : "(no name)");
	bool has_colons = strchr(name, ':') != NULL;

	if (!request->service)
		return fopnp_memory_format("%s", *name ? name : "(empty name)");
	return fopnp_memory_format("%s%s%s:%s", has_colons ? "[" : "", name, has_colons ? "]" : "",
				   request->service);
}

char *fopnp_run_words_request(const struct fopnp_request *request,
			      const struct fopnp_redaction *redaction)
{
	FOPNP_AUTO_FREE char *what = where(request, redaction);
	bool is_getaddrinfo = request->call == FOPNP_CALL_GETADDRINFO;
	const char *family = "";

	if (!fopnp_request_is_reverse(request) && request->call != FOPNP_CALL_GETHOSTBYNAME)
		family = request->family == AF_INET    ? " inet"
			 : request->family == AF_INET6 ? " inet6"
						       : "";
	return fopnp_memory_format("%s%s%s%s", what, family, is_getaddrinfo ? "" : " ",
				   is_getaddrinfo ? "" : fopnp_request_call_name(request->call));
}

const char *fopnp_run_words_failure(int code)
{
	const char *name = fopnp_eai_name(code);

	switch (code) {
	case EAI_NONAME:
		return "not found";
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return "no address";
	case EAI_AGAIN:
		return "temporary failure";
	case EAI_FAIL:
		return "failure";
	case EAI_SERVICE:
		return "no such service";
	default:
		return name ? name : "unknown failure";
	}
}

static char *failure(const struct fopnp_observed_result *result)
{
	const char *error = result->error ? fopnp_errno_name(result->error) : NULL;

	if (result->code == EAI_SYSTEM && error)
		return fopnp_memory_format("system error %s", error);
	return fopnp_memory_copy_text(fopnp_run_words_failure(result->code));
}

char *fopnp_run_words_answer(const struct fopnp_observed_call *call,
			     const struct fopnp_redaction *redaction)
{
	const struct fopnp_observed_result *result = &call->result;

	if (!call->has_ended)
		return fopnp_memory_copy_text("never came back");
	if (result->code != 0)
		return failure(result);
	if (result->address_count > 0 && !fopnp_request_is_reverse(&call->request))
		return fopnp_redact_name(redaction, result->addresses[0]);
	if (result->canonical)
		return fopnp_redact_name(redaction, result->canonical);
	return fopnp_memory_copy_text("OK");
}

char *fopnp_run_words_answer_tail(const struct fopnp_observed_call *call)
{
	size_t count = call->result.address_count;

	if (!call->has_ended || call->result.code != 0 || count < 2 ||
	    fopnp_request_is_reverse(&call->request))
		return fopnp_memory_copy_text("");
	return fopnp_memory_format(" +%zu", count - 1);
}
