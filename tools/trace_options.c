/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp trace`: letters as in BSD's getaddrinfo(1). */
#include "tools/trace_options.h"

#include "nss_module/lookup/ascii.h"
#include "tools/memory.h"
#include "tools/message.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define REAL_DEADLINE_US  30000000u
#define OTHER_DEADLINE_US 3000000u
#define REPEAT_MOST       1000000u

enum { KEY_FLAGS = 256, KEY_CALL, KEY_ORDER, KEY_PASSIVE, KEY_TIMEOUT, KEY_REPEAT, KEY_SHORT };

const struct fopnp_option FOPNP_TRACE_OPTIONS[] = {
	{ '4', NULL, NULL, "IPv4 addresses alone, as -f inet" },
	{ '6', NULL, NULL, "IPv6 addresses alone, as -f inet6" },
	{ 'c', NULL, NULL, "ask for the canonical name (AI_CANONNAME)" },
	{ 'n', NULL, NULL, "NAME must be an address (AI_NUMERICHOST)" },
	{ 'N', NULL, NULL, "SERVICE must be a number (AI_NUMERICSERV)" },
	{ 'P', NULL, NULL, "addresses to bind to; without NAME the wildcard (AI_PASSIVE)" },
	{ 'f', "family", "FAMILY", "unspec, inet or inet6" },
	{ 't', "socktype", "SOCKTYPE", "stream, dgram, raw, ... or a number" },
	{ 'p', "protocol", "PROTOCOL", "tcp, udp, sctp, ... or a number" },
	{ 's', "service", "SERVICE", "a service or port, also SERVICE/PROTOCOL" },
	{ KEY_FLAGS, "flags", "LIST",
	  "addrconfig, v4mapped, all, canonname, passive, numerichost, numericserv, idn, canonidn, "
	  "none, or default (what hints == NULL means)" },
	{ KEY_CALL, "call", "CALL",
	  "getaddrinfo (the default), gethostbyname, gethostbyname2, gethostbyaddr or getnameinfo" },
	{ KEY_ORDER, "order", "ORDER",
	  "another order than the system's, as in nsswitch.conf; also of fopnp:hosts, fopnp:mdns "
	  "and fopnp:dns" },
	{ KEY_PASSIVE, "passive", NULL, "ask no source that the call did not reach" },
	{ KEY_REPEAT, "repeat", "N", "trace each name N times, for answers that come and go" },
	{ KEY_SHORT, "short", NULL,
	  "one line a name: NAME SOURCE ADDRESS EVIDENCE; asks nothing that it does not show" },
	{ KEY_TIMEOUT, "timeout", "DURATION",
	  "give up each call after this (500ms, 10s); 30s, and 3s for a source asked alone" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0, NULL, NULL, NULL },
};

/* SERVICE or SERVICE/PROTOCOL. */
static bool set_service(struct fopnp_request *request, const char *argument)
{
	const char *slash = strrchr(argument, '/');

	if (slash && !fopnp_request_protocol_from_name(slash + 1, &request->protocol))
		return fopnp_options_refuse("-s", argument,
					    "behind the slash stands a protocol: tcp, udp, ...");
	free(request->service);
	request->service =
		fopnp_memory_copy(argument, slash ? (size_t)(slash - argument) : strlen(argument));
	return true;
}

static bool set_flags(struct fopnp_request *request, const char *argument)
{
	FOPNP_AUTO_FREE char *word = NULL;
	const char *bad = NULL;
	size_t bad_len = 0;

	if (fopnp_request_flags_from_list(argument, &request->flags, &bad, &bad_len))
		return true;
	word = fopnp_memory_copy(bad, bad_len);
	return fopnp_options_refuse("--flags", word,
				    "words, with commas between them: addrconfig,v4mapped,...");
}

static bool set_timeout(struct fopnp_trace_options *options, const char *argument)
{
	uint64_t us = 0;

	if (!fopnp_options_take_time("--timeout", argument, 0, &us))
		return false;
	options->real_deadline_us = options->other_deadline_us = us;
	return true;
}

static bool set_repeat(struct fopnp_trace_options *options, const char *argument)
{
	unsigned long long number = 0;

	if (!fopnp_ascii_number(argument, strlen(argument), &number) || number == 0 ||
	    number > REPEAT_MOST)
		return fopnp_options_refuse("--repeat", argument, "a number from 1 to 1000000");
	options->repeat = (size_t)number;
	return true;
}

static bool set_named(struct fopnp_trace_options *options, int key, const char *argument)
{
	struct fopnp_request *request = &options->request;

	switch (key) {
	case 'f':
		return fopnp_request_family_from_name(argument, &request->family) ||
		       fopnp_options_refuse("-f", argument, "unspec, inet or inet6");
	case 't':
		return fopnp_request_socktype_from_name(argument, &request->socktype) ||
		       fopnp_options_refuse("-t", argument,
					    "stream, dgram, raw, seqpacket, ... or a number");
	case 'p':
		return fopnp_request_protocol_from_name(argument, &request->protocol) ||
		       fopnp_options_refuse("-p", argument,
					    "tcp, udp, icmp, sctp, ... or a number");
	case 's':
		return set_service(request, argument);
	case KEY_FLAGS:
		return set_flags(request, argument);
	case KEY_CALL:
		return fopnp_request_call_from_name(argument, &request->call) ||
		       fopnp_options_refuse("--call", argument,
					    "getaddrinfo, gethostbyname, gethostbyname2, "
					    "gethostbyaddr or getnameinfo");
	case KEY_ORDER:
		options->order = argument;
		return true;
	case KEY_REPEAT:
		return set_repeat(options, argument);
	default:
		return set_timeout(options, argument);
	}
}

static bool set(struct fopnp_trace_options *options, int key, const char *argument)
{
	struct fopnp_request *request = &options->request;

	switch (key) {
	case '4':
		request->family = AF_INET;
		return true;
	case '6':
		request->family = AF_INET6;
		return true;
	case 'c':
		request->flags |= AI_CANONNAME;
		return true;
	case 'n':
		request->flags |= AI_NUMERICHOST;
		return true;
	case 'N':
		request->flags |= AI_NUMERICSERV;
		return true;
	case 'P':
		request->flags |= AI_PASSIVE;
		return true;
	case KEY_PASSIVE:
		options->is_passive = true;
		return true;
	case KEY_SHORT:
		options->is_short = true;
		options->is_passive = true;
		return true;
	case FOPNP_OPTION_KEY_JSON:
		return true; /* seen before the first option, so that errors are JSON too */
	default:
		return set_named(options, key, argument);
	}
}

/* ---- options that belong together, or do not ---- */

static bool complain(const char *hint, const char *format, const char *call)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fopnp_message_error("options-conflict", hint, format, call);
#pragma GCC diagnostic pop
	return false;
}

static bool fit_other_call(struct fopnp_request *request)
{
	const char *call = fopnp_request_call_name(request->call);
	bool is_getnameinfo = request->call == FOPNP_CALL_GETNAMEINFO;

	if (request->socktype || request->protocol || request->service)
		return complain("-t, -p and -s belong to getaddrinfo",
				"%s takes no socket type, protocol or service", call);
	if (request->flags & ~(is_getnameinfo ? AI_NUMERICHOST : 0))
		return complain("-c, -n, -N, -P and --flags belong to getaddrinfo",
				"%s takes no such flag", call);
	if (request->family != AF_UNSPEC && request->call != FOPNP_CALL_GETHOSTBYNAME2)
		return complain("--call gethostbyname2 takes one", "%s takes no family", call);
	if (request->call == FOPNP_CALL_GETHOSTBYNAME2 && request->family == AF_UNSPEC)
		request->family = AF_INET;
	if (is_getnameinfo)
		/* Without it the address itself would be the answer where there is no name. */
		request->flags = request->flags ? NI_NUMERICHOST : NI_NAMEREQD;
	return true;
}

static bool fit_together(struct fopnp_request *request, bool has_name)
{
	if (!has_name && (request->call != FOPNP_CALL_GETADDRINFO ||
			  !((request->flags & AI_PASSIVE) || request->service)))
		return complain("usage: fopnp trace [OPTION...] NAME...",
				"%s needs a name; only getaddrinfo with -P or -s does without",
				fopnp_request_call_name(request->call));
	return request->call == FOPNP_CALL_GETADDRINFO || fit_other_call(request);
}

enum fopnp_options_result fopnp_trace_options_parse(struct fopnp_trace_options *out_options,
						    int argc, char **argv, int *out_first)
{
	enum fopnp_options_result result;
	const char *argument = NULL;
	int key = 0;

	*out_options = (struct fopnp_trace_options){
		.real_deadline_us = REAL_DEADLINE_US,
		.other_deadline_us = OTHER_DEADLINE_US,
		.repeat = 1,
	};
	while ((result = fopnp_options_next(FOPNP_TRACE_OPTIONS, argc, argv, &key, &argument)) ==
	       FOPNP_OPTIONS_ONE)
		if (!set(out_options, key, argument))
			return FOPNP_OPTIONS_ERROR;
	if (result != FOPNP_OPTIONS_END)
		return result;
	*out_first = key;
	if (out_options->is_short && fopnp_message_is_json()) {
		fopnp_message_error("options-conflict", "--json has all that --short shows",
				    "--short and --json do not go together");
		return FOPNP_OPTIONS_ERROR;
	}
	return fit_together(&out_options->request, key < argc) ? FOPNP_OPTIONS_END
							       : FOPNP_OPTIONS_ERROR;
}
