/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* systemd-resolved's errors in words, as its version 252 gives them. */
#include "tools/resolved_words.h"

#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/socket_probe.h"
#include "tools/text_file.h"
#include "tools/trace_words.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PREFIX "io.systemd.Resolve."

/* Errors that need no more than their own sentence. */
static const struct {
	const char *name;
	const char *words;
} PLAIN[] = {
	{ PREFIX "QueryTimedOut",
	  "its servers did not answer within its own limit of two minutes" },
	{ PREFIX "NetworkDown", "the network is down: no link that it could ask over is up" },
	{ PREFIX "StubLoop",
	  "the server that it is to ask is itself: a resolved.conf or a link names its own stub" },
	{ PREFIX "CNAMELoop", "the name's CNAME records lead in a circle or are too many" },
	{ PREFIX "InvalidReply", "its server's reply is not valid DNS" },
	{ PREFIX "QueryAborted", "it broke the query off: it was told to stop or to start anew" },
	{ PREFIX "NoTrustAnchor",
	  "DNSSEC: it has no trust anchor for this domain (/etc/dnssec-trust-anchors.d)" },
	{ PREFIX "NoSource",
	  "it was told not to ask the network, and its cache does not know the name "
	  "(SYSTEMD_NSS_RESOLVE_NETWORK in the environment)" },
	{ PREFIX "ResourceRecordTypeUnsupported",
	  "its server does not support the record types that it needs" },
	{ PREFIX "ResourceRecordTypeInvalidForQuery", "that record type cannot be asked for" },
	{ PREFIX "ResourceRecordTypeObsolete", "that record type is obsolete: it does not ask" },
	{ PREFIX "InconsistentServiceRecords", "the service's records contradict each other" },
	{ PREFIX "ZoneTransfersNotPermitted", "it transfers no zones" },
	{ PREFIX "BadAddressSize", "it does not take that as an address" },
	{ PREFIX "QueryRefused", "it was not asked: it refuses this query" },
	{ "org.varlink.service.PermissionDenied", "it refuses to answer this user" },
	{ "org.varlink.service.MethodNotFound", "whoever listens there is no systemd-resolved" },
	{ "org.varlink.service.MethodNotImplemented",
	  "whoever listens there is no systemd-resolved" },
	{ "org.varlink.service.InterfaceNotFound", "whoever listens there is no systemd-resolved" },
};

static bool is_error(const struct fopnp_resolved_answer *answer, const char *name)
{
	return answer->error_name && strcmp(answer->error_name, name) == 0;
}

static bool is_below_local(const struct fopnp_request *request)
{
	return request->name && fopnp_name_is_below(request->name, "local");
}

static bool has_dot_at_end(const struct fopnp_request *request)
{
	size_t len = request->name ? strlen(request->name) : 0;

	return len > 0 && request->name[len - 1] == '.';
}

/* Written by resolved whenever its servers change, for everybody to read. */
static bool has_no_server_at_all(const char *run)
{
	FOPNP_AUTO_FREE char *path = fopnp_memory_format("%s/resolve/resolv.conf", run);
	FOPNP_AUTO_FREE char *text = NULL;
	size_t len;
	int error;

	text = fopnp_text_file_read(path, &len, &error);
	return text && strstr(text, "\n# No DNS servers known.\n");
}

static char *single_label_words(const struct fopnp_request *request,
				const struct fopnp_resolved_answer *answer)
{
	return fopnp_memory_format(
		"%sit asks no DNS server for a name of one label "
		"(ResolveUnicastSingleLabel=no) and %s",
		answer->rcode == ns_r_nxdomain ? "nobody answered by LLMNR; " : "",
		has_dot_at_end(request) ? "the dot at the end keeps search domains away"
					: "has no search domain to add");
}

static char *no_servers_words(const struct fopnp_request *request,
			      const struct fopnp_resolved_answer *answer, const char *run)
{
	if (answer->is_single_label)
		return single_label_words(request, answer);
	if (answer->is_unserved_local)
		return fopnp_memory_copy_text(
			"names below .local are mDNS to it, and no link does mDNS "
			"(MulticastDNS=); the DNS is asked only if a domain \"local\" is set");
	if (is_below_local(request))
		return fopnp_memory_copy_text("nobody answered to the name by mDNS");
	if (!answer->is_other_namespace && has_no_server_at_all(run))
		return fopnp_memory_copy_text("it knows no DNS server at all");
	return fopnp_memory_copy_text("none of its DNS servers is for this name: each is for its "
				      "link's own domains only (resolvectl status)");
}

static char *dns_error_words(const struct fopnp_request *request,
			     const struct fopnp_resolved_answer *answer)
{
	const char *cached = answer->is_from_cache ? ", says its cache" : "";

	if (answer->is_single_label)
		return single_label_words(request, answer);
	switch (answer->rcode) {
	case ns_r_formerr:
		return fopnp_memory_format(
			"its DNS server does not understand the question (FORMERR)%s", cached);
	case ns_r_servfail:
		return fopnp_memory_format("its DNS server failed (SERVFAIL)%s: it cannot reach "
					   "the domain's servers, or DNSSEC does not verify",
					   cached);
	case ns_r_nxdomain:
		if (answer->is_synthetic)
			return fopnp_memory_copy_text("it says itself, asking nobody, that there "
						      "is no such name (NXDOMAIN)");
		return fopnp_memory_format("there is no such name (NXDOMAIN)%s", cached);
	case ns_r_notimpl:
		return fopnp_memory_format("its DNS server does not do such questions (NOTIMP)%s",
					   cached);
	case ns_r_refused:
		return fopnp_memory_format("its DNS server refuses this name or this client "
					   "(REFUSED)%s: it is not the one for this domain",
					   cached);
	default:
		break;
	}
	if (answer->rcode < 0)
		return fopnp_memory_copy_text("the DNS gave an error");
	return fopnp_memory_format("the DNS gave error %d%s", answer->rcode, cached);
}

static char *attempts_words(const struct fopnp_request *request)
{
	if (is_below_local(request))
		return fopnp_memory_copy_text("nobody answered to the name by mDNS");
	if (fopnp_request_is_reverse(request))
		return fopnp_memory_copy_text("nobody answered for the address: its DNS servers "
					      "cannot be reached, or nobody has it by mDNS or "
					      "LLMNR");
	return fopnp_memory_copy_text("none of its DNS servers can be reached or answers");
}

static char *no_record_words(const struct fopnp_request *request,
			     const struct fopnp_resolved_answer *answer)
{
	const char *cached = answer->is_from_cache ? ", says its cache" : "";

	if (fopnp_request_is_reverse(request))
		return fopnp_memory_format("the address has no name%s", cached);
	if (request->family == AF_INET || request->family == AF_INET6)
		return fopnp_memory_format("the name exists, but has no %s address%s",
					   request->family == AF_INET ? "IPv4" : "IPv6", cached);
	return fopnp_memory_format("the name exists, but has no address%s", cached);
}

static char *dnssec_words(const struct fopnp_resolved_answer *answer)
{
	return fopnp_memory_format(
		"DNSSEC does not verify%s%s: the zone's signatures are broken, or a server on the "
		"way drops them (DNSSEC= in resolved.conf)",
		answer->error_detail ? ", " : "", answer->error_detail ?: "");
}

/* What a system call said, on the way to a DNS server. */
static char *system_words(const struct fopnp_resolved_answer *answer)
{
	int error = answer->system_error;

	if (error == ECONNREFUSED)
		return fopnp_memory_copy_text("its DNS server refuses connections: nothing "
					      "listens there");
	if (error == EHOSTUNREACH || error == ENETUNREACH)
		return fopnp_memory_format("its DNS server cannot be reached: %s", strerror(error));
	return fopnp_memory_format("its own system call failed: %s",
				   error ? strerror(error) : "it does not say which");
}

static char *unknown_error_words(const struct fopnp_resolved_answer *answer)
{
	for (size_t i = 0; i < sizeof(PLAIN) / sizeof(PLAIN[0]); i++)
		if (is_error(answer, PLAIN[i].name))
			return fopnp_memory_copy_text(PLAIN[i].words);
	return fopnp_memory_format("it gave the error %s%s%s%s", answer->error_name,
				   answer->error_detail ? " (" : "", answer->error_detail ?: "",
				   answer->error_detail ? ")" : "");
}

static char *failure_words(const struct fopnp_request *request,
			   const struct fopnp_resolved_answer *answer, const char *run)
{
	if (answer->system_error == EILSEQ && !answer->error_name)
		return fopnp_memory_copy_text("it cannot be asked for a name that is no UTF-8");
	if (!answer->error_name)
		return fopnp_memory_copy_text("there is nothing in its answer");
	if (is_error(answer, PREFIX "NoNameServers"))
		return no_servers_words(request, answer, run);
	if (is_error(answer, PREFIX "DNSError"))
		return dns_error_words(request, answer);
	if (is_error(answer, PREFIX "NoSuchResourceRecord"))
		return no_record_words(request, answer);
	if (is_error(answer, PREFIX "MaxAttemptsReached"))
		return attempts_words(request);
	if (is_error(answer, PREFIX "DNSSECValidationFailed"))
		return dnssec_words(answer);
	if (is_error(answer, "io.systemd.System"))
		return system_words(answer);
	if (is_error(answer, "org.varlink.service.InvalidParameter") && answer->error_detail &&
	    strcmp(answer->error_detail, "name") == 0)
		return fopnp_memory_copy_text("it does not take that as a host name");
	return unknown_error_words(answer);
}

static char *silence_words(const struct fopnp_request *request,
			   const struct fopnp_resolved_answer *answer)
{
	const char *whom = "its DNS servers";
	char time[FOPNP_DURATION_TEXT];

	if (!answer->is_alive)
		return fopnp_memory_copy_text("it takes no questions: the process is stopped or "
					      "hangs");
	if (is_below_local(request))
		whom = "somebody to answer by mDNS";
	else if (answer->is_single_label)
		whom = "somebody to answer by LLMNR";
	return fopnp_memory_format("it still waited for %s after %s", whom,
				   fopnp_trace_duration(answer->elapsed_us, time));
}

/* A socket file that nobody listens at outlives a daemon that was killed. */
static char *absence_words(const struct fopnp_resolved_answer *answer)
{
	switch (answer->error) {
	case ENOENT:
	case ENOTDIR:
		return fopnp_memory_copy_text("it does not run, or its socket is hidden from here "
					      "(a container, a sandbox)");
	case ECONNREFUSED:
		return fopnp_memory_copy_text("it does not run any more: nobody listens at its "
					      "socket");
	default:
		return fopnp_memory_format("its socket: %s", strerror(answer->error));
	}
}

static char *state_words(const struct fopnp_request *request,
			 const struct fopnp_resolved_answer *answer, const char *run)
{
	char *why, *words;

	switch (answer->state) {
	case FOPNP_RESOLVED_ABSENT:
		return absence_words(answer);
	case FOPNP_RESOLVED_DENIED:
		why = fopnp_socket_probe_words(answer->error);
		words = fopnp_memory_format("its socket is closed to this process: %s",
					    why ? why : strerror(answer->error));
		free(why);
		return words;
	case FOPNP_RESOLVED_SILENT:
		return silence_words(request, answer);
	case FOPNP_RESOLVED_GARBLED:
		return fopnp_memory_copy_text("what came from its socket is no answer of "
					      "systemd-resolved, or was cut short");
	case FOPNP_RESOLVED_FAILED:
		return failure_words(request, answer, run);
	case FOPNP_RESOLVED_ANSWERED:
		break;
	}
	return NULL;
}

char *fopnp_resolved_error_words(const struct fopnp_request *request,
				 const struct fopnp_resolved_answer *answer, const char *run)
{
	char *words = state_words(request, answer, run), *longer;

	if (!words || !answer->is_outdated)
		return words;
	longer = fopnp_memory_format("%s, but that is out of date: its servers have an answer now "
				     "(resolvectl flush-caches)",
				     words);
	free(words);
	return longer;
}

/* ---- the way an answer came ---- */

/* "from its cache and the network"; NULL if it does not say. */
static char *origin_words(const struct fopnp_resolved_answer *answer)
{
	const struct {
		bool is_so;
		const char *words;
	} origins[] = {
		{ answer->is_from_cache, "its cache" },
		{ answer->is_from_zone, "its own records" },
		{ answer->is_from_trust_anchor, "its trust anchors" },
		{ answer->is_from_network, "the network" },
	};
	char *words = NULL, *longer;

	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		if (!origins[i].is_so)
			continue;
		longer = fopnp_memory_format("%s%s%s", words ? words : ", from ",
					     words ? " and " : "", origins[i].words);
		free(words);
		words = longer;
	}
	return words;
}

/* "DNS over eth0, from its cache, authenticated" */
static char *way_words(const struct fopnp_resolved_answer *answer)
{
	FOPNP_AUTO_FREE char *origin = origin_words(answer);

	if (answer->is_from_hosts)
		return fopnp_memory_copy_text("from /etc/hosts, which it reads itself");
	if (answer->is_synthetic)
		return fopnp_memory_copy_text("synthesised by systemd-resolved itself");
	return fopnp_memory_format(
		"%s%s%s%s%s", answer->protocol ?: "by a way that it does not say",
		answer->interface_name ? " over " : "", answer->interface_name ?: "", origin ?: "",
		answer->is_authenticated ? ", authenticated" : "");
}

char *fopnp_resolved_words(const struct fopnp_resolved_answer *answer)
{
	FOPNP_AUTO_FREE char *what = answer->state == FOPNP_RESOLVED_ANSWERED
					     ? way_words(answer)
					     : fopnp_memory_copy_text(answer->error_words);
	bool is_timed =
		answer->state == FOPNP_RESOLVED_ANSWERED || answer->state == FOPNP_RESOLVED_FAILED;
	char time[FOPNP_DURATION_TEXT];

	return fopnp_memory_format("%s%s%s%s%s%s", what ?: "it did not answer",
				   is_timed ? ", " : "",
				   is_timed ? fopnp_trace_duration(answer->elapsed_us, time) : "",
				   answer->route_words ? "; " : "", answer->route_words ?: "",
				   answer->is_namespace_known && answer->is_other_namespace
					   ? "; it lives in another network namespace"
					   : "");
}
