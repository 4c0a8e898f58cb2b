/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is worth knowing about a trace beyond its rows. */
#include "tools/trace_notes.h"

#include "nss_module/lookup/event.h"
#include "nss_module/lookup/order.h"
#include "nss_module/lookup/status.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/nscd_conf.h"
#include "tools/socket_probe.h"
#include "tools/source_kind.h"
#include "tools/trace.h"
#include "tools/trace_calls.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <netdb.h>
#include <nss.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SHOWN_ADDRESSES 3
#define OTHER_TIME_US   400000 /* two calls that differ by so much went different ways */

enum fopnp_difference fopnp_trace_compare(const struct fopnp_call_result *a,
					  const struct fopnp_call_result *b)
{
	if (a->end != b->end)
		return FOPNP_OTHER_ANSWER;
	if (a->end != FOPNP_CALL_RETURNED)
		return FOPNP_SAME;
	if (a->code != b->code || strcmp(a->canonical, b->canonical) != 0)
		return FOPNP_OTHER_ANSWER;
	if (!fopnp_call_same_addresses(a, b))
		return FOPNP_OTHER_ADDRESSES;
	return fopnp_call_same_order(a, b) ? FOPNP_SAME : FOPNP_OTHER_ORDER;
}

bool fopnp_trace_has_nscd(void)
{
	return fopnp_socket_probe(FOPNP_NSCD_SOCKET) == 0;
}

const struct fopnp_event *fopnp_trace_answer_event(const struct fopnp_child_outcome *outcome)
{
	for (size_t i = outcome->event_count; i-- > 0;) {
		const struct fopnp_event *event = outcome->events[i];

		if (event->has_status && event->status == NSS_STATUS_SUCCESS && event->source[0])
			return event;
	}
	return NULL;
}

bool fopnp_trace_is_report_lost(const struct fopnp_child_outcome *watched)
{
	return watched->result->end == FOPNP_CALL_RETURNED && watched->event_count == 0 &&
	       watched->last_source[0] != '\0';
}

static struct fopnp_finding *note(struct fopnp_trace *trace, const char *id,
				  enum fopnp_severity severity, const char *text, const char *fix)
{
	struct fopnp_finding *added = fopnp_findings_add(&trace->notes, id, severity, "%s", text);

	added->fix = fopnp_memory_copy_text(fix);
	return added;
}

static void set_place_of_order(const struct fopnp_trace *trace, struct fopnp_finding *finding)
{
	if (trace->line.file)
		finding->place = fopnp_place_make(trace->line.file, trace->line.line, NULL);
}

/* ---- the request ---- */

/* Multicast DNS has names in UTF-8 (RFC 6762 section 16), DNS those that IDNA made of them. */
static void note_idn_converted(struct fopnp_trace *trace)
{
	const char *name = trace->request.name;

	if (fopnp_name_is_below(name, "local"))
		fopnp_findings_add(
			&trace->notes, "idn-converted", FOPNP_INFO,
			"asked as %s: programs that do not convert names ask for the bytes "
			"themselves, and it is those that multicast DNS knows",
			name);
	else
		fopnp_findings_add(
			&trace->notes, "idn-converted", FOPNP_INFO,
			"asked as %s: programs that do not convert names ask for the bytes "
			"themselves, which DNS does not know",
			name);
}

static void note_request(struct fopnp_trace *trace)
{
	const struct fopnp_request *request = &trace->request;

	if (request->idn_error)
		fopnp_findings_add(
			&trace->notes, "idn-invalid", FOPNP_WARNING,
			"the name has no IDNA form (%s): its bytes were asked as they are",
			request->idn_error);
	else if (request->given && strcmp(request->given, request->name) != 0)
		note_idn_converted(trace);
	if (!request->given && !request->service)
		note(trace, "neither-name-nor-service", FOPNP_INFO,
		     "getaddrinfo refuses a call with neither a name nor a service",
		     "give a service: -s SERVICE");
}

/* ---- the module and the line ---- */

static void note_line(struct fopnp_trace *trace)
{
	struct fopnp_findings *from = &trace->line.findings;

	for (size_t i = 0; i < from->count; i++) {
		struct fopnp_finding *added = note(trace, from->list[i].id, from->list[i].severity,
						   from->list[i].text, from->list[i].fix);

		added->place = fopnp_place_make(from->list[i].place.file, from->list[i].place.line,
						from->list[i].place.text);
	}
	if (trace->line.order && trace->line.order->count == 0)
		set_place_of_order(trace,
				   note(trace, "no-sources", FOPNP_ERROR,
					"the hosts line names no source: no name can be found",
					"write at least: hosts: files dns"));
}

static void note_module(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	if (calls->has_watched && calls->watched.result->end == FOPNP_CALL_NO_MODULE)
		fopnp_findings_add(&trace->notes, "module-unusable", FOPNP_ERROR,
				   "the steps cannot be seen, the module cannot be loaded: %s",
				   calls->watched.result->module_error)
			->fix = fopnp_memory_copy_text(
			"install libnss_fopnp.so.2, or name it: FOPNP_MODULE=/path/libnss_fopnp.so.2");
	else if (calls->has_watched && fopnp_trace_is_report_lost(&calls->watched))
		note(trace, "event-lost", FOPNP_WARNING,
		     "the module's report did not arrive: how far the call went is not known",
		     "trace again");
	if (trace->line.is_installed && calls->has_real && calls->real.event_count == 0 &&
	    calls->has_watched && calls->watched.event_count > 0 &&
	    calls->real.result->end == FOPNP_CALL_RETURNED && !fopnp_trace_has_nscd())
		set_place_of_order(
			trace,
			note(trace, "module-inactive", FOPNP_WARNING,
			     "fopnp stands on the hosts line, but programs do not reach it: "
			     "its library is missing, or fopnp stands too far behind",
			     "install libnss_fopnp.so.2 where the loader finds it, run ldconfig"));
}

/* ---- the sources ---- */

/* Of a source that the call did not ask, the deadline is ours, and it does programs no harm. */
static struct fopnp_finding *note_hanging(struct fopnp_trace *trace, const struct fopnp_step *step)
{
	double seconds = (double)step->elapsed_us / 1e6;

	if (step->reach == FOPNP_NOT_REACHED)
		return fopnp_findings_add(
			&trace->notes, "source-hangs", FOPNP_INFO,
			"%s, which the call did not ask, had no answer within %.1f s", step->source,
			seconds);
	return fopnp_findings_add(&trace->notes, "source-hangs", FOPNP_ERROR,
				  "%s did not answer within %.1f s, and was killed", step->source,
				  seconds);
}

/* A source that programs do not reach does them no harm. */
static enum fopnp_severity severity_of(const struct fopnp_step *step)
{
	return step->reach == FOPNP_NOT_REACHED ? FOPNP_WARNING : FOPNP_ERROR;
}

static void note_steps(struct fopnp_trace *trace)
{
	for (size_t i = 0; i < trace->step_count; i++) {
		const struct fopnp_step *step = &trace->steps[i];
		struct fopnp_finding *added = NULL;

		if (i < trace->line.outside && fopnp_source_is_built_in(step->source)) {
			continue; /* built-in-without-fopnp tells */
		} else if (strcmp(step->reason, "not-loaded") == 0) {
			added = fopnp_source_add_not_loaded(&trace->notes, step->source,
							    step->reason_detail);
		} else if (trace->resolver.fatal_words) {
			continue; /* no source came to do anything */
		} else if (strcmp(step->reason, "hangs") == 0) {
			added = note_hanging(trace, step);
		} else if (strcmp(step->reason, "crashed") == 0) {
			added = fopnp_findings_add(
				&trace->notes, "source-crashed", severity_of(step),
				"%s ended the process that asked it", step->source);
		}
		if (added)
			set_place_of_order(trace, added);
	}
}

/* Whether a note tells already why resolved found nothing. */
static bool is_explained(const struct fopnp_trace *trace, const struct fopnp_step *stop)
{
	static const char *const ids[] = {
		"resolved-silent",
		"resolved-single-label",
		"resolved-from-cache",
		"resolved-ignores-hosts-line",
	};

	if (strcmp(stop->source, "resolve") != 0)
		return false;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (fopnp_trace_has_note(trace, ids[i]))
			return true;
	return fopnp_trace_has_no_route(trace);
}

/* The trap that brackets are: what was looked for stands behind the one that ended the call. */
static void note_stop(struct fopnp_trace *trace)
{
	const struct fopnp_step *knows, *stop = fopnp_trace_find_stop(trace, &knows);
	struct fopnp_finding *added;
	bool has_other_cause;

	if (!stop)
		return;
	has_other_cause = is_explained(trace, stop);
	added = fopnp_findings_add(
		&trace->notes, "stopped-early", has_other_cause ? FOPNP_INFO : FOPNP_WARNING,
		"%s would have answered, but %s behind %s ends the call before it", knows->source,
		stop->bracket, stop->source);
	set_place_of_order(trace, added);
	if (has_other_cause)
		return;
	/* Where files has the name, it is there to be used; of others that is not for us to say. */
	if (fopnp_step_is_hosts(knows))
		fopnp_finding_set_fix(added, "put %s before %s", knows->source, stop->source);
	else
		fopnp_finding_set_fix(added, "if %s is to answer such names, take %s out",
				      knows->source, stop->bracket);
}

static bool asks_for_mapped(const struct fopnp_request *request)
{
	return request->call == FOPNP_CALL_GETADDRINFO && request->family == AF_INET6 &&
	       (request->flags & AI_V4MAPPED);
}

/* A row can hold one answer, and AI_V4MAPPED asks for IPv4 where IPv6 gave nothing. */
static void note_twice(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	if (calls->has_watched && calls->watched.event_count > 1 &&
	    asks_for_mapped(&trace->request))
		note(trace, "asked-twice", FOPNP_INFO,
		     "AI_V4MAPPED: the order was run for IPv6, then again for IPv4; "
		     "a row shows what its source found in either",
		     NULL);
}

static void note_end(struct fopnp_trace *trace)
{
	const struct fopnp_call_result *result = trace->result;

	if (trace->is_stuck_behind_sources)
		note(trace, "call-stuck", FOPNP_ERROR,
		     "the call did not come back although its sources had: what glibc does behind "
		     "them, such as reading /etc/gai.conf, hangs",
		     NULL);
	if (result->end == FOPNP_CALL_GARBLED)
		note(trace, "call-crashed", FOPNP_ERROR,
		     "the call overwrote the memory of the process that made it", NULL);
	else if (result->end == FOPNP_CALL_CRASHED && result->signal)
		fopnp_findings_add(&trace->notes, "call-crashed", FOPNP_ERROR,
				   "the call ends a program with signal %d (%s)", result->signal,
				   strsignal(result->signal));
	else if (result->end == FOPNP_CALL_CRASHED)
		fopnp_findings_add(&trace->notes, "call-crashed", FOPNP_ERROR,
				   "the call ends a program with exit status %d",
				   result->exit_code);
}

/* ---- the plain call against the watched one ---- */

static void note_without_sources(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	const struct fopnp_child_outcome *watched = &calls->watched;

	if (calls->has_watched && watched->result->end == FOPNP_CALL_RETURNED &&
	    watched->event_count == 0 && !watched->last_source[0] && !watched->result->is_numeric)
		note(trace, "no-source-asked", FOPNP_INFO,
		     "the C library gave this answer itself: no source was asked", NULL);
}

/* What a call came to, in a few words; the caller's to free(). */
static char *outcome_words(const struct fopnp_trace *trace, const struct fopnp_call_result *result)
{
	const char *code = fopnp_eai_name(result->code);

	if (result->end != FOPNP_CALL_RETURNED)
		return fopnp_memory_copy_text("nothing");
	if (result->code == 0)
		return fopnp_trace_answer_words(&trace->request, result, SHOWN_ADDRESSES);
	return fopnp_memory_copy_text(code ? code : "unknown code");
}

/*
 * How long nscd keeps what it said: of an answer that is the DNS's TTL where the
 * source told one (glibc's nscd/aicache.c), so that nobody can see when it ends.
 */
static void set_nscd_fix(const struct fopnp_trace_calls *calls, struct fopnp_finding *finding)
{
	bool is_found = calls->real.result->code == 0;
	const struct fopnp_event *event = fopnp_trace_answer_event(&calls->watched);
	struct fopnp_nscd_conf conf;
	const struct fopnp_nscd_value *kept;

	fopnp_nscd_conf_read(&conf);
	kept = is_found ? &conf.positive_ttl : &conf.negative_ttl;
	if (event && fopnp_source_is_hosts(event->source) && conf.checks_files.line &&
	    !conf.checks_files.value) {
		fopnp_finding_set_fix(finding, "nscd --invalidate=hosts (as root); with "
					       "check-files hosts no, nscd does not see that "
					       "/etc/hosts has changed");
		fopnp_finding_set_place(finding, FOPNP_NSCD_CONF, conf.checks_files.line);
	} else if (kept->line) {
		fopnp_finding_set_fix(finding,
				      "nscd --invalidate=hosts (as root); else nscd keeps it up to "
				      "%ld s%s (%s hosts)",
				      kept->value, is_found ? ", or as long as the DNS said" : "",
				      is_found ? "positive-time-to-live" : "negative-time-to-live");
		fopnp_finding_set_place(finding, FOPNP_NSCD_CONF, kept->line);
	} else {
		fopnp_finding_set_fix(finding, "nscd --invalidate=hosts (as root)");
	}
}

static void note_nscd_answer(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	FOPNP_AUTO_FREE char *cached = outcome_words(trace, calls->real.result);
	FOPNP_AUTO_FREE char *now = outcome_words(trace, calls->watched.result);

	set_nscd_fix(calls, fopnp_findings_add(
				    &trace->notes, "nscd-answers", FOPNP_WARNING,
				    "nscd has %s in its cache; the sources (rows above) now say %s",
				    cached, now));
}

/* Asked a second time, the program's own call came to something else than the first time. */
static void note_rotation(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	FOPNP_AUTO_FREE char *first = outcome_words(trace, calls->real.result);
	FOPNP_AUTO_FREE char *second = outcome_words(trace, calls->again.result);

	if (fopnp_trace_compare(calls->real.result, calls->again.result) == FOPNP_OTHER_ANSWER)
		fopnp_findings_add(&trace->notes, "answers-rotate", FOPNP_WARNING,
				   "the answer changes from one call to the next: %s, then %s",
				   first, second);
	else
		note(trace, "answers-rotate", FOPNP_INFO,
		     "the addresses change from one call to the next", NULL);
}

/* The head has the time of the program's call, the rows those of the watched one. */
static void note_times(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	const struct fopnp_call_result *real = calls->real.result;
	const struct fopnp_call_result *watched = calls->watched.result;
	char own[FOPNP_DURATION_TEXT], other[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added;
	const char *why = "";
	bool may_hang;

	if (!calls->has_real || !calls->has_watched || real->end != FOPNP_CALL_RETURNED ||
	    fopnp_trace_has_note(trace, "fopnp-falls-through") ||
	    watched->end != FOPNP_CALL_RETURNED ||
	    (real->elapsed_us > watched->elapsed_us
		     ? real->elapsed_us - watched->elapsed_us
		     : watched->elapsed_us - real->elapsed_us) < OTHER_TIME_US)
		return;
	may_hang = real->elapsed_us > watched->elapsed_us && fopnp_trace_has_nscd();
	if (may_hang)
		why = "; nscd, which is running and asked first, may hang";
	else if (real->elapsed_us < watched->elapsed_us && fopnp_trace_has_nscd())
		why = "; nscd, which is running, may have spared it the wait";
	else if (trace->has_resolver && (trace->resolver.flags & RES_ROTATE))
		why = "; with options rotate each begins with another server";
	added = fopnp_findings_add(
		&trace->notes, "times-differ",
		real->elapsed_us > watched->elapsed_us ? FOPNP_WARNING : FOPNP_INFO,
		"the call took %s, and %s when it was made to watch its sources, which the rows "
		"are of%s",
		fopnp_trace_duration(real->elapsed_us, own),
		fopnp_trace_duration(watched->elapsed_us, other), why);
	if (may_hang)
		fopnp_finding_set_fix(added, "fopnp check asks nscd whether it does");
	else
		fopnp_finding_set_fix(added, "fopnp trace --repeat 5 %s",
				      trace->request.given ? trace->request.given : "...");
}

/*
 * Without [!UNAVAIL=return] behind fopnp, glibc asks the rest of the line again where the
 * module found nothing: the rows are of the module alone.
 */
static void note_fall_back(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	const char *behind = trace->line.fall_back;
	struct fopnp_finding *added;

	if (!behind || !calls->has_real || !calls->has_watched ||
	    calls->watched.result->end != FOPNP_CALL_RETURNED || calls->watched.result->code == 0 ||
	    fopnp_trace_has_note(trace, "module-inactive"))
		return;
	added = fopnp_findings_add(
		&trace->notes, "fopnp-falls-through", FOPNP_WARNING,
		"fopnp found nothing, and the hosts line goes on behind it: %s %s", behind,
		fopnp_trace_is_answered(trace) ? "gave this answer, which the rows do not show"
					       : "was asked as well, which the rows do not show");
	fopnp_finding_set_fix(added, "write fopnp [!UNAVAIL= return] %s on the hosts line", behind);
	fopnp_finding_set_place(added, trace->line.installed_file, trace->line.installed_line);
}

static void note_difference(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	enum fopnp_difference difference;
	bool does_rotate;

	if (!calls->has_real || !calls->has_watched ||
	    calls->watched.result->end == FOPNP_CALL_NO_MODULE ||
	    fopnp_trace_has_note(trace, "fopnp-falls-through"))
		return;
	difference = fopnp_trace_compare(calls->real.result, calls->watched.result);
	does_rotate = calls->has_again &&
		      fopnp_trace_compare(calls->real.result, calls->again.result) != FOPNP_SAME;
	if (difference == FOPNP_SAME || (difference == FOPNP_OTHER_ORDER && !does_rotate))
		return;
	if (does_rotate)
		note_rotation(trace, calls);
	else if (fopnp_trace_has_nscd())
		note_nscd_answer(trace, calls);
	else if (asks_for_mapped(&trace->request))
		note(trace, "answers-differ", FOPNP_WARNING,
		     "AI_V4MAPPED: without fopnp on the hosts line glibc asks each source for IPv6 and "
		     "for IPv4 before the next; the rows are those of the whole order, once for each",
		     NULL);
	else
		note(trace, "answers-differ", FOPNP_WARNING,
		     "programs get another answer than these sources gave a moment ago",
		     "trace again");
}

static void note_nscd(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	if (calls->has_real && !calls->real.result->is_numeric && trace->line.order &&
	    fopnp_trace_has_nscd() &&
	    fopnp_trace_compare(calls->real.result,
				calls->has_watched ? calls->watched.result : calls->real.result) ==
		    FOPNP_SAME)
		note(trace, "nscd-runs", FOPNP_INFO,
		     "nscd is running: it may answer programs from its cache", NULL);
}

/* What weighs most comes first; what weighs the same stays as it was found. */
static void sort_notes(struct fopnp_findings *notes)
{
	for (size_t i = 1; i < notes->count; i++) {
		struct fopnp_finding moved = notes->list[i];
		size_t to = i;

		for (; to > 0 && notes->list[to - 1].severity < moved.severity; to--)
			notes->list[to] = notes->list[to - 1];
		notes->list[to] = moved;
	}
}

/* Causes come before what they bring about: later rules look whether a note stands already. */
void fopnp_trace_add_notes(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	note_request(trace);
	note_line(trace);
	note_module(trace, calls);
	note_without_sources(trace, calls);
	note_end(trace);
	note_steps(trace);
	note_twice(trace, calls);
	note_fall_back(trace, calls);
	note_difference(trace, calls);
	note_times(trace, calls);
	note_nscd(trace, calls);
	fopnp_trace_note_conf(trace);
	fopnp_trace_note_name(trace);
	fopnp_trace_note_hosts(trace);
	fopnp_trace_note_daemons(trace);
	fopnp_trace_note_dns(trace);
	note_stop(trace);
	fopnp_trace_note_addresses(trace);
	sort_notes(&trace->notes);
}
