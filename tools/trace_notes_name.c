/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on the name itself: IDNA, dots, .local, localhost, the host's own name. */
#include "tools/trace_notes.h"

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/hosts_file.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/source_kind.h"
#include "tools/text_file.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <limits.h>
#include <netinet/in.h>
#include <nss.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_ADDRESSES 3

/* ---- /etc/hosts ---- */

/* The line of /etc/hosts that has NAME, letter for letter; 0: none has. */
static unsigned find_hosts_line(const char *name)
{
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;
	size_t len = 0;
	int error;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(FOPNP_HOSTS_PATH, &len, &error);

	if (!bytes)
		return 0;
	fopnp_hosts_start(&cursor, bytes, len);
	while (fopnp_hosts_next(&cursor, &line))
		if (line.family != AF_UNSPEC && fopnp_hosts_line_has_name(&line, name))
			return line.number;
	return 0;
}

/* Sources of the file compare names as they are written, and DNS does not. */
static void note_trailing_dot(struct fopnp_trace *trace)
{
	const struct fopnp_step *files = fopnp_trace_find_hosts(trace);
	const char *name = trace->request.name;
	size_t len = fopnp_name_length(name);
	bool has_dot = name[len] == '.';
	FOPNP_AUTO_FREE char *bare = fopnp_memory_copy(name, len);
	FOPNP_AUTO_FREE char *dotted = fopnp_memory_format("%s.", bare);
	const char *other = has_dot ? bare : dotted;
	struct fopnp_finding *added;
	unsigned line;

	if (!files || !fopnp_step_was_asked(files) || files->status != NSS_STATUS_NOTFOUND ||
	    len == 0 || find_hosts_line(name))
		return;
	line = find_hosts_line(other);
	if (!line)
		return;
	added = fopnp_findings_add(
		&trace->notes, "trailing-dot-in-hosts",
		fopnp_trace_is_answered(trace) ? FOPNP_INFO : FOPNP_WARNING,
		"/etc/hosts has %s, %s the final dot: %s takes %s for another name", other,
		has_dot ? "without" : "with", files->source, name);
	fopnp_finding_set_place(added, FOPNP_HOSTS_PATH, line);
	if (has_dot)
		fopnp_finding_set_fix(added, "ask for %s, without the dot", bare);
	else
		fopnp_finding_set_fix(added, "take the final dot off the name in /etc/hosts");
}

/* ---- IDNA ---- */

static char *answer_of(const struct fopnp_request *request, const struct fopnp_call_result *result)
{
	if (result->end != FOPNP_CALL_RETURNED)
		return fopnp_memory_copy_text("no answer");
	if (result->code != 0)
		return fopnp_memory_copy_text("not found");
	return fopnp_trace_answer_words(request, result, SHOWN_ADDRESSES);
}

static bool has_same_answer(const struct fopnp_call_result *a, const struct fopnp_call_result *b)
{
	return a->end == b->end && a->code == b->code &&
	       (a->code != 0 || fopnp_call_same_addresses(a, b));
}

/* Two standards make different names, so perhaps different machines, of a few letters. */
static void note_idna2003(struct fopnp_trace *trace)
{
	const struct fopnp_side_call *old = &trace->idna2003;
	const char *name = trace->request.name;
	FOPNP_AUTO_FREE char *ours = NULL;
	FOPNP_AUTO_FREE char *theirs = NULL;
	bool is_same;

	if (!old->request.name || fopnp_name_is_same(old->request.name, name))
		return;
	if (!old->result) {
		fopnp_findings_add(&trace->notes, "idna2003-differs", FOPNP_INFO,
				   "programs with IDNA 2003 ask for %s instead of %s",
				   old->request.name, name);
		return;
	}
	is_same = has_same_answer(trace->result, old->result);
	ours = answer_of(&trace->request, trace->result);
	theirs = answer_of(&old->request, old->result);
	fopnp_finding_set_fix(
		fopnp_findings_add(&trace->notes, "idna2003-differs",
				   is_same ? FOPNP_INFO : FOPNP_WARNING,
				   "programs with IDNA 2003 ask for %s (%s) instead of %s (%s)",
				   old->request.name, theirs, name, ours),
		"to be sure which is asked for, write %s or %s", name, old->request.name);
}

/* ---- .local ---- */

/* nss-mdns's rule, which fopnp:mdns keeps to and says when it does. */
static bool asks_two_labels(const struct fopnp_step *step)
{
	return fopnp_step_probes_local(step) || fopnp_step_says(step, "skipped", "not-local");
}

static void note_local_labels(struct fopnp_trace *trace)
{
	const char *name = trace->request.name;
	size_t labels = fopnp_name_labels(name);
	const struct fopnp_step *step = NULL;
	struct fopnp_finding *added;

	if (!fopnp_name_is_below(name, "local") || labels <= 2)
		return;
	for (size_t i = 0; i < trace->step_count && !step; i++)
		if (fopnp_step_was_asked(&trace->steps[i]) && asks_two_labels(&trace->steps[i]))
			step = &trace->steps[i];
	if (!step || step->status == NSS_STATUS_SUCCESS)
		return;
	added = fopnp_findings_add(&trace->notes, "local-label-rule",
				   fopnp_trace_is_answered(trace) ? FOPNP_INFO : FOPNP_WARNING,
				   "%zu labels: %s asks for NAME.local alone, not for %s", labels,
				   step->source, name);
	if (fopnp_trace_is_answered(trace))
		return;
	if (fopnp_source_is_built_in(step->source)) {
		fopnp_finding_set_fix(added,
				      "write \"mdns-domain .%s\" into /etc/fopnp.conf if mDNS has "
				      "such names, else give %s to DNS or /etc/hosts",
				      strchr(name, '.') + 1, name);
	} else if (step->is_return && step->bracket[0]) {
		fopnp_finding_set_fix(added, "put dns before %s if DNS has such names",
				      step->source);
		fopnp_finding_set_place(added, trace->line.file, trace->line.line);
	} else {
		fopnp_finding_set_fix(
			added, "name the host NAME.local, or give %s to DNS or /etc/hosts", name);
	}
}

/* ---- localhost ---- */

static bool is_loopback(const struct fopnp_request_address *address)
{
	if (address->family == AF_INET)
		return address->bytes[0] == 127;
	return memcmp(address->bytes, &in6addr_loopback, sizeof(in6addr_loopback)) == 0;
}

static bool has_loopback4(const struct fopnp_call_result *result)
{
	for (size_t i = 0; i < result->address_count; i++)
		if (result->addresses[i].family == AF_INET && is_loopback(&result->addresses[i]))
			return true;
	return false;
}

static void note_localhost(struct fopnp_trace *trace)
{
	const struct fopnp_call_result *result = trace->result;
	const struct fopnp_request_address *first = &result->addresses[0];
	const char *name = trace->request.name;
	struct fopnp_finding *added;

	if (!fopnp_trace_is_answered(trace) || result->address_count == 0 ||
	    trace->request.family != AF_UNSPEC || first->family != AF_INET6 || !is_loopback(first))
		return;
	if (!fopnp_name_is_same(name, "localhost") && !fopnp_name_is_below(name, "localhost"))
		return;
	if (has_loopback4(result))
		added = fopnp_findings_add(&trace->notes, "localhost-ipv6-first", FOPNP_INFO,
					   "::1 comes before 127.0.0.1: a program that tries the "
					   "first address alone does not reach a server that "
					   "listens on IPv4 only");
	else
		added = fopnp_findings_add(&trace->notes, "localhost-ipv6-first", FOPNP_INFO,
					   "%s is ::1 alone: nobody reaches a server by it that "
					   "listens on 127.0.0.1 only",
					   name);
	fopnp_finding_set_fix(added, "let the server listen on ::1 too, or connect to 127.0.0.1");
}

/* ---- the host's own name ---- */

static bool is_own_name(const char *name)
{
	char own[HOST_NAME_MAX + 1] = "";
	const char *dot;

	if (gethostname(own, sizeof(own) - 1) != 0 || !own[0])
		return false;
	if (fopnp_name_is_same(name, own))
		return true;
	dot = strchr(own, '.');
	return dot && dot > own &&
	       fopnp_ascii_equal(name, fopnp_name_length(name), own, (size_t)(dot - own));
}

/* Sources that need no network for the host's own name. */
static bool is_answer_local(const struct fopnp_trace *trace)
{
	if (!trace->answered_by || !fopnp_trace_is_answered(trace))
		return false;
	if (strcmp(trace->answered_by, "resolve") == 0)
		return !trace->resolved || trace->resolved->is_synthetic;
	return !fopnp_source_is_dns(trace->answered_by);
}

static void set_own_name_fix(const struct fopnp_trace *trace, struct fopnp_finding *finding)
{
	bool has_myhostname = fopnp_trace_find_step(trace, "myhostname") != NULL;

	if (fopnp_trace_find_hosts(trace)) {
		fopnp_finding_set_fix(finding, "add \"127.0.1.1 %s\" to /etc/hosts%s",
				      trace->request.name,
				      has_myhostname ? "" : ", or put myhostname on the line");
		fopnp_finding_set_place(finding, FOPNP_HOSTS_PATH, 0);
	} else {
		fopnp_finding_set_fix(finding, has_myhostname ? "put myhostname before dns"
							      : "put myhostname on the line");
		fopnp_finding_set_place(finding, trace->line.file, trace->line.line);
	}
}

static void note_own_name(struct fopnp_trace *trace)
{
	const struct fopnp_step *dns = fopnp_trace_find_dns(trace);
	const char *name = trace->request.name;
	bool is_answered = fopnp_trace_is_answered(trace);
	char duration[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added;

	if (trace->result->end != FOPNP_CALL_RETURNED || (is_answered && !trace->answered_by) ||
	    is_answer_local(trace) || !is_own_name(name) || find_hosts_line(name))
		return;
	(void)fopnp_trace_duration(trace->result->elapsed_us, duration);
	if (is_answered)
		added = fopnp_findings_add(&trace->notes, "own-name-not-local", FOPNP_WARNING,
					   "%s is this host's own name, and no source before %s "
					   "knows it: the lookup took %s",
					   name, trace->answered_by, duration);
	else
		added = fopnp_findings_add(
			&trace->notes, "own-name-not-local", FOPNP_WARNING,
			"%s is this host's own name, and no source has its "
			"address: the lookup%s took %s",
			name, dns && fopnp_step_was_asked(dns) ? ", in the DNS too," : "",
			duration);
	set_own_name_fix(trace, added);
}

void fopnp_trace_note_name(struct fopnp_trace *trace)
{
	if (!fopnp_trace_is_of_name(trace))
		return;
	note_idna2003(trace);
	note_trailing_dot(trace);
	note_local_labels(trace);
	note_localhost(trace);
	note_own_name(trace);
	fopnp_trace_note_environment(trace);
}
