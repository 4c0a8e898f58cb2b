/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on systemd-resolved, from what it says itself over varlink. */
#include "tools/trace_notes.h"

#include "tools/memory.h"
#include "tools/source_kind.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <nss.h>
#include <string.h>

#define SHOWN_ADDRESSES 3

/* Whether the call itself went through it: by `resolve`, or by `dns` to its stub. */
static bool is_asked_by_resolve(const struct fopnp_trace *trace)
{
	const struct fopnp_step *step = fopnp_trace_find_step(trace, "resolve");

	return step && step->reach == FOPNP_REACHED;
}

static bool is_asked_by_dns(const struct fopnp_trace *trace)
{
	const struct fopnp_step *step = fopnp_trace_find_dns(trace);
	bool has_stub = false;

	for (size_t i = 0; i < trace->resolver.server_count; i++)
		has_stub |= fopnp_server_is_stub(&trace->resolver.servers[i]);
	return has_stub && step && step->reach == FOPNP_REACHED;
}

/* What may be the cause of a failure is no more than good to know where there is an answer. */
static enum fopnp_severity severity(const struct fopnp_trace *trace)
{
	return fopnp_trace_is_answered(trace) ? FOPNP_INFO : FOPNP_WARNING;
}

/* ---- it could not be asked ---- */

static void note_absent(struct fopnp_trace *trace)
{
	struct fopnp_finding *added;

	/* Of its stub the packets tell. */
	if (trace->resolved->state != FOPNP_RESOLVED_ABSENT || !is_asked_by_resolve(trace))
		return;
	added = fopnp_findings_add(&trace->notes, "resolved-not-running", severity(trace),
				   "systemd-resolved does not run here: resolve answers nothing");
	fopnp_finding_set_fix(added, "start systemd-resolved, or take resolve out of the line");
	fopnp_finding_set_place(added, FOPNP_RESOLVED_SOCKET, 0);
}

static void note_denied(struct fopnp_trace *trace)
{
	struct fopnp_finding *added;

	if (trace->resolved->state != FOPNP_RESOLVED_DENIED || !is_asked_by_resolve(trace))
		return;
	added = fopnp_findings_add(&trace->notes, "resolved-denied", severity(trace),
				   "this program may not ask systemd-resolved: permission to "
				   "connect to its socket is denied");
	fopnp_finding_set_fix(added,
			      "let the sandbox or the profile of this program connect to it");
	fopnp_finding_set_place(added, FOPNP_RESOLVED_SOCKET, 0);
}

static void note_silent(struct fopnp_trace *trace)
{
	const struct fopnp_resolved_answer *answer = trace->resolved;
	char duration[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added;

	if (answer->state == FOPNP_RESOLVED_GARBLED) {
		added = fopnp_findings_add(&trace->notes, "resolved-silent", FOPNP_WARNING,
					   "what answers at the socket of systemd-resolved does "
					   "not speak its protocol");
		fopnp_finding_set_place(added, FOPNP_RESOLVED_SOCKET, 0);
		return;
	}
	(void)fopnp_trace_duration(answer->elapsed_us, duration);
	if (fopnp_resolved_is_error(answer, "QueryTimedOut")) {
		added = fopnp_findings_add(&trace->notes, "resolved-silent", FOPNP_WARNING,
					   "the name servers of systemd-resolved did not reply to "
					   "it: it gave up after %s",
					   duration);
		fopnp_finding_set_fix(added, "resolvectl status shows which servers it asks");
	} else if (answer->state == FOPNP_RESOLVED_SILENT && answer->is_alive) {
		added = fopnp_findings_add(&trace->notes, "resolved-silent", FOPNP_WARNING,
					   "systemd-resolved runs, but had no answer after %s: it "
					   "waits for others",
					   duration);
		fopnp_finding_set_fix(added, "resolvectl status shows which servers it asks");
	} else if (answer->state == FOPNP_RESOLVED_SILENT) {
		added = fopnp_findings_add(&trace->notes, "resolved-silent", FOPNP_WARNING,
					   "systemd-resolved hangs, or its process is stopped: no "
					   "answer after %s",
					   duration);
		fopnp_finding_set_fix(added, "systemctl restart systemd-resolved");
	}
}

/* ---- it said no ---- */

static void note_single_label(struct fopnp_trace *trace)
{
	struct fopnp_finding *added;

	if (trace->resolved->state != FOPNP_RESOLVED_FAILED || !trace->resolved->is_single_label)
		return;
	added = fopnp_findings_add(&trace->notes, "resolved-single-label", severity(trace),
				   "systemd-resolved asks no DNS server for %s: the name has one "
				   "label, and no search domain is set",
				   trace->request.name);
	fopnp_finding_set_fix(added, "write the whole name, set Domains= in resolved.conf, or "
				     "ResolveUnicastSingleLabel=yes");
}

/* Where the one link that could be meant is known, the whole command. */
static void set_domain_fix(const struct fopnp_resolved_answer *answer, const char *when,
			   struct fopnp_finding *finding)
{
	if (answer->route_fix)
		fopnp_finding_set_fix(finding, "%s%s", when, answer->route_fix);
	else
		fopnp_finding_set_fix(
			finding,
			"%sresolvectl domain LINK OLD... DOMAIN (the list is replaced: "
			"repeat what is there)",
			when);
}

static void note_unserved_local(struct fopnp_trace *trace)
{
	fopnp_finding_set_fix(
		fopnp_findings_add(&trace->notes, "resolved-no-route", severity(trace),
				   "systemd-resolved keeps .local from the DNS, and no link of it "
				   "does mDNS: it asks nobody for %s",
				   trace->request.name),
		"for DNS: resolvectl domain LINK OLD... DOMAIN (the list is replaced: repeat what "
		"is there); for mDNS: resolvectl mdns LINK yes, and MulticastDNS=yes in "
		"resolved.conf");
}

static void note_no_server(struct fopnp_trace *trace)
{
	const struct fopnp_resolved_answer *answer = trace->resolved;
	struct fopnp_finding *added = fopnp_findings_add(
		&trace->notes, "resolved-no-route", severity(trace),
		"systemd-resolved has no name server for %s%s%s", trace->request.name,
		answer->route_words ? ": " : "", answer->route_words ? answer->route_words : "");

	/* Words without a link that takes the name are of links that have servers. */
	if (answer->route_words)
		set_domain_fix(answer, "", added);
	else
		fopnp_finding_set_fix(added, "resolvectl dns LINK ADDRESS, or DNS= in "
					     "resolved.conf");
}

static void note_no_route(struct fopnp_trace *trace)
{
	const struct fopnp_resolved_answer *answer = trace->resolved;

	if (answer->state != FOPNP_RESOLVED_FAILED || answer->is_single_label)
		return;
	if (answer->is_unserved_local)
		note_unserved_local(trace);
	else if (fopnp_trace_has_no_route(trace))
		note_no_server(trace);
	else if (answer->route_words && !answer->is_outdated)
		set_domain_fix(
			answer, "if another link has such names: ",
			fopnp_findings_add(&trace->notes, "resolved-no-route", FOPNP_INFO,
					   "systemd-resolved asked the wrong link, perhaps: %s",
					   answer->route_words));
}

/* ---- /etc/hosts, by its own reading ---- */

/* The first line that `files` goes by for this name; NULL: there is none. */
static const struct fopnp_evidence *find_hosts_line(const struct fopnp_step *files)
{
	if (!files || !files->answer || files->answer->end != FOPNP_CALL_RETURNED ||
	    files->answer->code != 0)
		return NULL;
	for (size_t i = 0; i < files->evidence.count; i++)
		if (files->evidence.list[i].flaw == FOPNP_FLAW_NONE &&
		    !files->evidence.list[i].remark)
			return &files->evidence.list[i];
	return NULL;
}

/* It takes names of letters, digits and hyphens alone from there, unlike `files`. */
static void note_ignored_line(struct fopnp_trace *trace)
{
	const struct fopnp_step *resolve = fopnp_trace_find_step(trace, "resolve");
	const struct fopnp_step *files = fopnp_trace_find_hosts(trace);
	const struct fopnp_evidence *line = find_hosts_line(files);
	struct fopnp_finding *added;

	if (!line || !resolve || !fopnp_step_was_asked(resolve) ||
	    resolve->status == NSS_STATUS_SUCCESS || !fopnp_trace_is_of_name(trace) ||
	    !strchr(trace->request.name, '_'))
		return;
	added = fopnp_findings_add(&trace->notes, "resolved-ignores-hosts-line", severity(trace),
				   "systemd-resolved takes no names with an underscore from "
				   "/etc/hosts, so %s is not there for it",
				   trace->request.name);
	if (resolve < files)
		fopnp_finding_set_fix(added, "put %s before resolve", files->source);
	fopnp_finding_set_place(added, line->place.file, line->place.line);
}

static void note_outdated(struct fopnp_trace *trace)
{
	if (trace->resolved->is_outdated)
		fopnp_finding_set_fix(
			fopnp_findings_add(&trace->notes, "resolved-from-cache", FOPNP_WARNING,
					   "the cache of systemd-resolved says that there is no "
					   "%s, while its name servers now know it",
					   trace->request.name),
			"resolvectl flush-caches");
}

/* ---- where its answer comes from ---- */

static void note_origin(struct fopnp_trace *trace)
{
	const struct fopnp_resolved_answer *answer = trace->resolved;

	if (answer->is_namespace_known && answer->is_other_namespace)
		fopnp_finding_set_fix(
			fopnp_findings_add(
				&trace->notes, "resolved-other-namespace", FOPNP_WARNING,
				"systemd-resolved lives in another network namespace: "
				"its answers are those of that network, not of this one"),
			"take resolve out of the hosts line that this namespace sees, and write a "
			"server of its own into its resolv.conf");
	if (answer->state != FOPNP_RESOLVED_ANSWERED || !answer->is_synthetic)
		return;
	if (answer->is_from_hosts)
		fopnp_findings_add(&trace->notes, "resolved-synthesised", FOPNP_INFO,
				   "systemd-resolved has this from its own reading of /etc/hosts");
	else
		fopnp_findings_add(
			&trace->notes, "resolved-synthesised", FOPNP_INFO,
			"systemd-resolved made this up itself, as it does for localhost, "
			"the host's own name and _gateway");
}

/* ---- its answer against the one that the program got ---- */

static bool has_address(const struct fopnp_call_result *result,
			const struct fopnp_request_address *address)
{
	size_t len = address->family == AF_INET ? 4 : 16;

	for (size_t i = 0; i < result->address_count; i++)
		if (result->addresses[i].family == address->family &&
		    memcmp(result->addresses[i].bytes, address->bytes, len) == 0)
			return true;
	return false;
}

static bool is_of_resolved(const struct fopnp_resolved_answer *answer,
			   const struct fopnp_request_address *address)
{
	size_t len = address->family == AF_INET ? 4 : 16;

	for (size_t i = 0; i < answer->address_count; i++)
		if (answer->addresses[i].address.family == address->family &&
		    memcmp(answer->addresses[i].address.bytes, address->bytes, len) == 0)
			return true;
	return false;
}

/* Scopes are left aside: resolved names an interface where others say nothing. */
static bool has_same_addresses(const struct fopnp_resolved_answer *answer,
			       const struct fopnp_call_result *result)
{
	for (size_t i = 0; i < answer->address_count; i++)
		if (!has_address(result, &answer->addresses[i].address))
			return false;
	for (size_t i = 0; i < result->address_count; i++)
		if (!is_of_resolved(answer, &result->addresses[i]))
			return false;
	return true;
}

/* The first addresses as text, by way of a result. */
static char *addresses_words(const struct fopnp_trace *trace)
{
	const struct fopnp_resolved_answer *answer = trace->resolved;
	FOPNP_AUTO_FREE struct fopnp_call_result *result = fopnp_memory_zeroed(1, sizeof(*result));

	for (size_t i = 0; i < answer->address_count && i < FOPNP_CALL_ADDRESSES; i++)
		result->addresses[result->address_count++] = answer->addresses[i].address;
	return fopnp_trace_answer_words(&trace->request, result, SHOWN_ADDRESSES);
}

static void note_difference(struct fopnp_trace *trace)
{
	const struct fopnp_resolved_answer *answer = trace->resolved;
	bool is_answered = fopnp_trace_is_answered(trace);
	/* Names that it makes up have the addresses that it likes; the DNS rotates. */
	bool is_ordinary = answer->is_synthetic || (is_answered && trace->answered_by &&
						    fopnp_source_is_dns(trace->answered_by));
	FOPNP_AUTO_FREE char *words = NULL;

	if (answer->state != FOPNP_RESOLVED_ANSWERED || answer->address_count == 0 ||
	    trace->result->end != FOPNP_CALL_RETURNED || trace->result->is_cut ||
	    !fopnp_trace_is_of_name(trace) || fopnp_trace_is_answered_by(trace, "resolve"))
		return;
	if (is_answered && (!trace->answered_by || has_same_addresses(answer, trace->result)))
		return;
	words = addresses_words(trace);
	fopnp_findings_add(&trace->notes, "resolved-differs",
			   is_ordinary ? FOPNP_INFO : FOPNP_WARNING,
			   "systemd-resolved has another answer than %s: %s",
			   is_answered ? trace->answered_by : "this order", words);
}

void fopnp_trace_note_resolved(struct fopnp_trace *trace)
{
	if (!trace->resolved)
		return;
	if (is_asked_by_resolve(trace) || is_asked_by_dns(trace)) {
		note_absent(trace);
		note_denied(trace);
		note_silent(trace);
		note_single_label(trace);
		note_no_route(trace);
		note_ignored_line(trace);
		note_outdated(trace);
		note_origin(trace);
	}
	note_difference(trace);
}
