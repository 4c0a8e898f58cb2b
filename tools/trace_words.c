/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace in words. */
#include "tools/trace_words.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/status.h"
#include "tools/memory.h"

#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *fopnp_trace_duration(uint64_t us, char text[static FOPNP_DURATION_TEXT])
{
	if (us < 9995)
		(void)snprintf(text, FOPNP_DURATION_TEXT, "%.2f ms", (double)us / 1e3);
	else if (us < 999500)
		(void)snprintf(text, FOPNP_DURATION_TEXT, "%.0f ms", (double)us / 1e3);
	else
		(void)snprintf(text, FOPNP_DURATION_TEXT, "%.1f s", (double)us / 1e6);
	return text;
}

/* Put ADDED behind *text, which it replaces. */
static void append(char **text, const char *added)
{
	char *whole = fopnp_memory_format("%s%s", *text, added);

	free(*text);
	*text = whole;
}

char *fopnp_trace_answer_words(const struct fopnp_request *request,
			       const struct fopnp_call_result *answer, size_t most)
{
	char *text = fopnp_memory_copy_text("");
	char address[FOPNP_ADDRESS_TEXT];

	if (fopnp_request_is_reverse(request)) {
		append(&text, answer->canonical);
		return text;
	}
	for (size_t i = 0; i < answer->address_count && i < most; i++) {
		if (i > 0)
			append(&text, ", ");
		append(&text, fopnp_request_print_address(&answer->addresses[i], address));
	}
	if (answer->address_count > most) {
		FOPNP_AUTO_FREE char *more = fopnp_memory_format(
			" and %zu%s more", answer->address_count - most, answer->is_cut ? "+" : "");

		append(&text, more);
	}
	return text;
}

const char *fopnp_trace_status_words(const struct fopnp_step *step)
{
	if (!step->has_status)
		return step->reason[0] ? step->reason : "unknown";
	switch (step->status) {
	case NSS_STATUS_SUCCESS:
		return "found";
	case NSS_STATUS_NOTFOUND:
		return "not found";
	case NSS_STATUS_UNAVAIL:
		return "unavailable";
	case NSS_STATUS_TRYAGAIN:
		return "try again";
	default:
		return "illegal";
	}
}

static const char *h_errno_words(int status, int h_error)
{
	switch (h_error) {
	case NO_DATA:
		return "the name exists without such an address";
	case TRY_AGAIN:
		/* One query of several: of those for the names of a search list, for instance. */
		return status == NSS_STATUS_NOTFOUND ? "a query failed" : "failed for now";
	case NO_RECOVERY:
		return "failed for good";
	default:
		return "";
	}
}

char *fopnp_trace_reason_words(const struct fopnp_step *step)
{
	const char *error = step->error ? fopnp_errno_name(step->error) : NULL;
	const char *words = h_errno_words(step->status, step->h_error);

	if (strcmp(step->reason, "not-loaded") == 0)
		return fopnp_memory_copy_text("module cannot be loaded");
	if (strcmp(step->reason, "no-function") == 0)
		return fopnp_memory_copy_text("its module cannot answer this call");
	if (!step->has_status)
		return fopnp_memory_copy_text("");
	if (step->status == NSS_STATUS_SUCCESS)
		return fopnp_memory_copy_text("but the order goes on");
	if (step->h_error == NETDB_INTERNAL)
		words = "internal error";
	if (step->status == NSS_STATUS_NOTFOUND || !error)
		return fopnp_memory_copy_text(words);
	return fopnp_memory_format("%s%s%s", words, *words ? ": " : "", error);
}

static void append_field(char **text, const char *field, const char *word, int number)
{
	FOPNP_AUTO_FREE char *added = word ? fopnp_memory_format(", %s %s", field, word)
					   : fopnp_memory_format(", %s %d", field, number);

	append(text, added);
}

static void append_flags(char **text, int flags)
{
	const struct fopnp_request_flag *flag;
	const char *gap = ", ";

	for (size_t i = 0; (flag = fopnp_request_flag(i)) != NULL; i++) {
		if (!(flags & flag->bit))
			continue;
		append(text, gap);
		append(text, flag->name);
		gap = " | ";
	}
	if (*gap == ',')
		append(text, ", no flags");
}

char *fopnp_trace_request_words(const struct fopnp_request *request)
{
	char *text = fopnp_memory_copy_text(fopnp_request_call_name(request->call));

	if (request->call == FOPNP_CALL_GETNAMEINFO)
		append(&text,
		       request->flags & NI_NUMERICHOST ? ", NI_NUMERICHOST" : ", NI_NAMEREQD");
	if (fopnp_request_is_reverse(request) || request->call == FOPNP_CALL_GETHOSTBYNAME)
		return text;
	append_field(&text, "family", fopnp_family_name(request->family), request->family);
	if (request->call != FOPNP_CALL_GETADDRINFO)
		return text;
	if (request->service)
		append_field(&text, "service", request->service, 0);
	if (request->socktype)
		append_field(&text, "socktype", fopnp_request_socktype_name(request->socktype),
			     request->socktype);
	if (request->protocol)
		append_field(&text, "protocol", fopnp_request_protocol_name(request->protocol),
			     request->protocol);
	append_flags(&text, request->flags);
	return text;
}
