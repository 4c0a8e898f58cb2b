/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is worth knowing about a trace beyond its rows. */
#include "tools/trace_calls.h"

#include "nss_module/lookup/event.h"
#include "nss_module/lookup/order.h"
#include "tools/memory.h"
#include "tools/trace.h"

#include <netdb.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NSCD_SOCKET "/var/run/nscd/socket" /* _PATH_NSCDSOCKET of glibc */

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
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = NSCD_SOCKET };
	int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool does_listen;

	if (descriptor == -1)
		return false;
	does_listen = connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) == 0;
	(void)close(descriptor);
	return does_listen;
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

static void note_request(struct fopnp_trace *trace)
{
	const struct fopnp_request *request = &trace->request;

	if (request->idn_error)
		fopnp_findings_add(
			&trace->notes, "idn-invalid", FOPNP_WARNING,
			"the name has no IDNA form (%s): its bytes were asked as they are",
			request->idn_error);
	else if (request->given && strcmp(request->given, request->name) != 0)
		fopnp_findings_add(
			&trace->notes, "idn-converted", FOPNP_INFO,
			"asked as %s: programs that do not convert names ask for the bytes "
			"themselves, which DNS does not know",
			request->name);
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

		if (strcmp(step->reason, "not-loaded") == 0) {
			added = fopnp_findings_add(
				&trace->notes, "source-not-loaded", FOPNP_WARNING,
				"%s cannot be loaded, so it never answers%s%s", step->source,
				step->reason_detail[0] ? ": " : "", step->reason_detail);
			added->fix = fopnp_memory_format(
				"install libnss_%s.so.2, or take %s out of the line", step->source,
				step->source);
		} else if (strcmp(step->reason, "hangs") == 0) {
			added = fopnp_findings_add(
				&trace->notes, "source-hangs", severity_of(step),
				"%s did not answer within %.1f s, and was killed", step->source,
				(double)step->elapsed_us / 1e6);
		} else if (strcmp(step->reason, "crashed") == 0) {
			added = fopnp_findings_add(
				&trace->notes, "source-crashed", severity_of(step),
				"%s ended the process that asked it", step->source);
		}
		if (added)
			set_place_of_order(trace, added);
	}
}

/* The trap that brackets are: what was looked for stands behind the one that ended the call. */
static void note_stop(struct fopnp_trace *trace)
{
	const struct fopnp_step *stop = NULL, *knows = NULL;
	struct fopnp_finding *added;

	if (trace->result->end != FOPNP_CALL_RETURNED || trace->result->code == 0)
		return;
	for (size_t i = 0; i < trace->step_count && !knows; i++) {
		if (trace->steps[i].reach == FOPNP_REACHED)
			stop = &trace->steps[i];
		else if (trace->steps[i].is_different)
			knows = &trace->steps[i];
	}
	if (!stop || !knows || !stop->is_return || !stop->bracket[0])
		return;
	added = fopnp_findings_add(
		&trace->notes, "stopped-early", FOPNP_WARNING,
		"%s would have answered, but %s behind %s ends the call before it", knows->source,
		stop->bracket, stop->source);
	added->fix = fopnp_memory_format("if %s is to answer such names, put it before %s",
					 knows->source, stop->source);
	set_place_of_order(trace, added);
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

static void note_difference(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	enum fopnp_difference difference;
	bool does_rotate;

	if (!calls->has_real || !calls->has_watched ||
	    calls->watched.result->end == FOPNP_CALL_NO_MODULE)
		return;
	difference = fopnp_trace_compare(calls->real.result, calls->watched.result);
	does_rotate = calls->has_again &&
		      fopnp_trace_compare(calls->real.result, calls->again.result) != FOPNP_SAME;
	if (difference == FOPNP_SAME || (difference == FOPNP_OTHER_ORDER && !does_rotate))
		return;
	if (does_rotate)
		note(trace, "answers-rotate", FOPNP_INFO,
		     "the addresses change from one call to the next", NULL);
	else if (fopnp_trace_has_nscd())
		note(trace, "nscd-answers", FOPNP_WARNING,
		     "nscd answered from its cache, and the sources now say something else: "
		     "the rows are what the sources say",
		     "nscd --invalidate=hosts");
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

void fopnp_trace_add_notes(struct fopnp_trace *trace, const struct fopnp_trace_calls *calls)
{
	note_request(trace);
	note_line(trace);
	note_module(trace, calls);
	note_without_sources(trace, calls);
	note_end(trace);
	note_steps(trace);
	note_stop(trace);
	note_twice(trace, calls);
	note_difference(trace, calls);
	note_nscd(trace, calls);
}
