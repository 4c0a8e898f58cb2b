/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace for people: the answer first, then the request, the rows and the notes. */
#include "tools/trace.h"

#include "nss_module/lookup/order.h"
#include "nss_module/lookup/status.h"
#include "tools/findings_text.h"
#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/paragraph.h"
#include "tools/socket_probe.h"
#include "tools/table.h"
#include "tools/trace_blocks.h"
#include "tools/trace_facts.h"
#include "tools/trace_told.h"
#include "tools/trace_wire.h"
#include "tools/trace_words.h"

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT         2
#define LABEL_INDENT   9 /* where the text behind "  call" begins */
#define HEAD_ADDRESSES 3 /* in the first line; the block at the end has all */
#define ROW_ADDRESSES  2 /* in a row */
#define ORIGIN_TEXT    96

static const char *shown_name(const struct fopnp_trace *trace)
{
	if (!trace->request.given)
		return "(no name)";
	return trace->request.given[0] ? trace->request.given : "(empty name)";
}

/* ---- the answer ---- */

/* NULL for what took a while: who answered is told with the time then. */
static const char *answerer_words(const struct fopnp_trace *trace)
{
	if (!trace->answered_by || strcmp(trace->answered_by, "numeric") != 0)
		return NULL;
	return trace->request.given ? "already an address: no source was asked"
				    : "no host name: no source was asked";
}

static void print_answered(const struct fopnp_trace *trace, const char *duration)
{
	const char *words = answerer_words(trace);
	FOPNP_AUTO_FREE char *line =
		words ? fopnp_memory_copy_text(words)
		      : fopnp_memory_format("answered by %s in %s",
					    trace->answered_by ? trace->answered_by
							       : "a source that could not be seen",
					    duration);

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT, FOPNP_GOOD, line);
}

/* The source whose failure was the last word, or NULL. */
static const char *failing_source(const struct fopnp_trace *trace)
{
	int code = trace->result->code;
	int h_error = code == EAI_AGAIN ? TRY_AGAIN : NO_RECOVERY;

	if (code != EAI_AGAIN && code != EAI_FAIL)
		return NULL;
	for (size_t i = trace->step_count; i-- > 0;)
		if (trace->steps[i].reach == FOPNP_REACHED && trace->steps[i].has_status &&
		    trace->steps[i].h_error == h_error)
			return trace->steps[i].source;
	return NULL;
}

static char *failure_words(const struct fopnp_trace *trace)
{
	const char *source = failing_source(trace);

	if (!source)
		return fopnp_memory_copy_text(
			fopnp_call_meaning(&trace->request, trace->result->code));
	return fopnp_memory_format("%s failed %s", source,
				   trace->result->code == EAI_AGAIN
					   ? "for now; asking again may succeed"
					   : "for good");
}

/* The code as the program sees it: h_errno where the call sets that. */
static char *code_words(const struct fopnp_call_result *result)
{
	const char *name = result->h_error ? fopnp_h_errno_name(result->h_error)
					   : fopnp_eai_name(result->code);
	const char *error = result->error ? fopnp_errno_name(result->error) : NULL;

	return fopnp_memory_format("%s%s (%d)%s%s", result->h_error ? "h_errno " : "",
				   name ? name : "unknown code",
				   result->h_error ? result->h_error : result->code,
				   error ? ", errno " : "", error ? error : "");
}

static void print_failed(const struct fopnp_trace *trace, const char *duration)
{
	FOPNP_AUTO_FREE char *code = code_words(trace->result);
	FOPNP_AUTO_FREE char *words = failure_words(trace);
	FOPNP_AUTO_FREE char *line = fopnp_memory_format("%s: %s; after %s", code, words, duration);

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT, FOPNP_BAD, line);
}

static const char *failure_head(const struct fopnp_trace *trace)
{
	/* glibc looks at the service first: nobody was asked for the name. */
	if (trace->result->end == FOPNP_CALL_RETURNED && trace->result->code == EAI_SERVICE)
		return "not looked up";
	return fopnp_trace_exit_status(trace) == FOPNP_EXIT_NO ? "not found" : "no answer";
}

static void print_head(const struct fopnp_trace *trace)
{
	const struct fopnp_call_result *result = trace->result;
	bool is_answered = result->end == FOPNP_CALL_RETURNED && result->code == 0;
	char duration[FOPNP_DURATION_TEXT];
	FOPNP_AUTO_FREE char *answer =
		fopnp_trace_answer_words(&trace->request, result, HEAD_ADDRESSES);
	FOPNP_AUTO_FREE char *head = NULL;

	(void)fopnp_trace_duration(result->elapsed_us, duration);
	if (is_answered)
		head = fopnp_memory_format("%s -> %s", shown_name(trace), answer);
	else
		head = fopnp_memory_format("%s: %s", shown_name(trace), failure_head(trace));
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, head);
	if (is_answered) {
		print_answered(trace, duration);
	} else if (result->end == FOPNP_CALL_RETURNED) {
		print_failed(trace, duration);
	} else if (result->end == FOPNP_CALL_TIMED_OUT) {
		FOPNP_AUTO_FREE char *line = fopnp_memory_format(
			"the call had not come back after %s, and was killed", duration);

		fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT, FOPNP_BAD, line);
	} else {
		fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT, FOPNP_BAD,
				      result->end == FOPNP_CALL_CRASHED ||
						      result->end == FOPNP_CALL_GARBLED
					      ? "the call crashed"
					      : "the call could not be made");
	}
}

/* ---- the request and its order ---- */

/* What is written is "fopnp" alone, perhaps with sources in front of it. */
static char *module_order_words(const struct fopnp_lookup_order *line, const char *written)
{
	size_t size = fopnp_order_print(line->order, NULL, 0) + 1;
	FOPNP_AUTO_FREE char *order = fopnp_memory_zeroed(size, 1);

	(void)fopnp_order_print(line->order, order, size);
	return fopnp_memory_format("%s  (built-in default; %s:%u: %s)", order, line->file,
				   line->line, written);
}

static char *order_words(const struct fopnp_trace *trace)
{
	const struct fopnp_lookup_order *line = &trace->line;
	FOPNP_AUTO_FREE char *trimmed = fopnp_memory_copy_text(line->text);
	size_t skip = strspn(trimmed, " \t"), len = strlen(trimmed);

	while (len > skip && strchr(" \t\r", trimmed[len - 1]))
		trimmed[--len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (trimmed[i] == '\t')
			trimmed[i] = ' ';
	switch (line->origin) {
	case FOPNP_ORDER_OF_OPTION:
		return fopnp_memory_format("%s  (--order)", trimmed + skip);
	case FOPNP_ORDER_OF_ENVIRONMENT:
		return fopnp_memory_format("%s  (FOPNP_ORDER)", trimmed + skip);
	case FOPNP_ORDER_OF_GLIBC:
		return fopnp_memory_format("%s  (glibc's default: %s)", trimmed + skip,
					   line->file ? "nsswitch.conf has no hosts line"
						      : "there is no nsswitch.conf");
	case FOPNP_ORDER_OF_MODULE:
		return module_order_words(line, trimmed + skip);
	case FOPNP_ORDER_OF_NSSWITCH:
	case FOPNP_ORDER_OF_CONF:
		break;
	}
	if (!line->order)
		return fopnp_memory_format("none that can be read  (%s)", line->file);
	return fopnp_memory_format("%s  (%s:%u)", trimmed + skip, line->file, line->line);
}

static void print_request(const struct fopnp_trace *trace)
{
	const struct fopnp_request *request = &trace->request;
	FOPNP_AUTO_FREE char *words = fopnp_trace_request_words(request);
	FOPNP_AUTO_FREE char *order = order_words(trace);

	(void)fputc('\n', stdout);
	fopnp_paragraph_print(stdout, FOPNP_DIM, "  call", LABEL_INDENT, FOPNP_PLAIN, words);
	if (request->given && strcmp(request->given, request->name) != 0)
		fopnp_paragraph_print(stdout, FOPNP_DIM, "  name", LABEL_INDENT, FOPNP_PLAIN,
				      request->name);
	fopnp_paragraph_print(stdout, FOPNP_DIM, "  order", LABEL_INDENT, FOPNP_PLAIN, order);
	if (trace->result->canonical[0] && !fopnp_request_is_reverse(request))
		fopnp_paragraph_print(stdout, FOPNP_DIM, "  canon", LABEL_INDENT, FOPNP_PLAIN,
				      trace->result->canonical);
}

/* ---- the rows ---- */

enum {
	COLUMN_NUMBER,
	COLUMN_SOURCE,
	COLUMN_STATUS,
	COLUMN_TIME,
	COLUMN_SAID,
	COLUMN_THEN,
	COLUMNS
};

static const struct fopnp_table_column ROW_COLUMNS[COLUMNS] = {
	[COLUMN_NUMBER] = { "#", true, 0 },       [COLUMN_SOURCE] = { "source", false, 13 },
	[COLUMN_STATUS] = { "status", false, 0 }, [COLUMN_TIME] = { "time", true, 0 },
	[COLUMN_SAID] = { "answer", false, 12 },  [COLUMN_THEN] = { "then", false, 17 },
};

/* "  from 10.0.0.7 on eth0", "  via avahi": what a built-in source told; NULL: nothing. */
static char *origin_words(const struct fopnp_step *step)
{
	char from[ORIGIN_TEXT], interface[ORIGIN_TEXT];

	if (fopnp_step_says(step, "via", "avahi"))
		return fopnp_memory_copy_text("  via avahi");
	if (fopnp_step_word(step, "from", from, sizeof(from)) &&
	    fopnp_step_word(step, "if", interface, sizeof(interface)))
		return fopnp_memory_format("  from %s on %s", from, interface);
	if (fopnp_step_word(step, "server", from, sizeof(from)))
		return fopnp_memory_format("  from %s", from);
	return NULL;
}

/* The line of the hosts file; NULL for sources whose lines only say whom they asked. */
static char *place_words(const struct fopnp_step *step)
{
	const struct fopnp_place *place = NULL;
	size_t used = 0;

	for (size_t i = 0; i < step->evidence.count; i++) {
		if (step->evidence.list[i].remark || !fopnp_step_is_hosts(step))
			continue;
		if (used++ == 0)
			place = &step->evidence.list[i].place;
	}
	if (!place)
		return NULL;
	return fopnp_memory_format("  %s:%u%s", place->file, place->line, used > 1 ? "..." : "");
}

/* nss-mdns leaves any errno behind; what it goes by says more. */
static const char *mdns_words(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	const char *name = trace->request.name;

	if (!fopnp_step_probes_local(step) || step->status != NSS_STATUS_UNAVAIL ||
	    !fopnp_trace_is_of_name(trace))
		return NULL;
	if (!fopnp_name_is_below(name, "local") || fopnp_name_labels(name) != 2)
		return "asks for NAME.local alone";
	for (size_t i = 0; i < step->evidence.count; i++)
		if (strcmp(step->evidence.list[i].place.file, FOPNP_AVAHI_SOCKET) == 0 &&
		    step->evidence.list[i].remark)
			return "avahi cannot be asked";
	return "declined";
}

/* Why a source found nothing, where it told more than its status; NULL: it did not. */
static const char *told_words(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	bool is_local =
		fopnp_trace_is_of_name(trace) && fopnp_name_is_below(trace->request.name, "local");

	if (fopnp_step_says(step, "skipped", "not-local"))
		return is_local ? "asks for NAME.local alone" : "no name for mDNS";
	if (fopnp_step_says(step, "skipped", "no-interface"))
		return "no interface to ask on";
	if (fopnp_step_says(step, "skipped", "no-socket"))
		return "no socket, or none could send";
	if (fopnp_step_is_hosts(step) && step->status == NSS_STATUS_UNAVAIL &&
	    step->error == ENOENT)
		return "no /etc/hosts";
	if (strcmp(step->source, "fopnp:mdns") == 0 && step->status == NSS_STATUS_NOTFOUND &&
	    fopnp_step_number(step, "asked") > 0 && fopnp_step_number(step, "heard") == 0)
		return "nobody replied";
	return NULL;
}

static char *silence_words(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	const char *words = step->has_status ? mdns_words(trace, step) : NULL;

	char *failure;

	if (step->has_status && !words)
		words = told_words(trace, step);
	if (words)
		return fopnp_memory_copy_text(words);
	failure = step->has_status ? fopnp_trace_dns_failure(trace, step) : NULL;
	return failure ? failure : fopnp_trace_reason_words(step);
}

static char *said_words(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	bool has_answer =
		step->answer && step->answer->end == FOPNP_CALL_RETURNED && step->answer->code == 0;
	FOPNP_AUTO_FREE char *answer = NULL;
	FOPNP_AUTO_FREE char *ttl = NULL;
	FOPNP_AUTO_FREE char *place = NULL;

	if (!has_answer)
		return silence_words(trace, step);
	answer = fopnp_trace_answer_words(&trace->request, step->answer, ROW_ADDRESSES);
	/* 0 is what modules leave that know of none. */
	if (step->ttl > 0)
		ttl = fopnp_memory_format("  ttl %" PRId64, step->ttl);
	place = fopnp_step_is_hosts(step) ? place_words(step) : origin_words(step);
	return fopnp_memory_format("%s%s%s%s", step->is_different ? "differs: " : "", answer,
				   ttl ? ttl : "", place ? place : "");
}

static char *then_words(const struct fopnp_step *step, bool is_last)
{
	bool is_default = step->is_return == (step->status == NSS_STATUS_SUCCESS);
	const char *on = is_last ? "end" : "next";
	const char *words = step->is_return ? "STOP" : on;

	if (step->reach == FOPNP_NOT_REACHED)
		return fopnp_memory_copy_text("not asked");
	if (step->reach == FOPNP_REACH_UNKNOWN || !step->has_status)
		return fopnp_memory_copy_text("");
	if (is_default || !step->bracket[0])
		return fopnp_memory_copy_text(words);
	return fopnp_memory_format("%s %s", words, step->bracket);
}

static enum fopnp_style status_style(const struct fopnp_step *step)
{
	if (step->reach == FOPNP_NOT_REACHED)
		return FOPNP_DIM;
	if (!step->has_status)
		return step->reason[0] ? FOPNP_BAD : FOPNP_DIM;
	if (step->status == NSS_STATUS_SUCCESS)
		return FOPNP_GOOD;
	return step->status == NSS_STATUS_NOTFOUND ? FOPNP_PLAIN : FOPNP_NOTABLE;
}

static void add_row(struct fopnp_table *table, const struct fopnp_trace *trace, size_t index)
{
	const struct fopnp_step *step = &trace->steps[index];
	bool was_asked = step->has_status || step->reason[0];
	enum fopnp_style plain = step->reach == FOPNP_NOT_REACHED ? FOPNP_DIM : FOPNP_PLAIN;
	enum fopnp_style strong = step->is_answering ? FOPNP_STRONG : plain;
	FOPNP_AUTO_FREE char *said = said_words(trace, step);
	FOPNP_AUTO_FREE char *then = then_words(step, index + 1 == trace->step_count);
	char number[24], duration[FOPNP_DURATION_TEXT] = "";

	(void)snprintf(number, sizeof(number), "%zu", index + 1);
	if (was_asked && strcmp(step->reason, "not-loaded") != 0 &&
	    strcmp(step->reason, "no-function") != 0)
		(void)fopnp_trace_duration(step->elapsed_us, duration);
	fopnp_table_row(table);
	fopnp_table_cell(table, plain, number);
	fopnp_table_cell(table, strong, step->source);
	fopnp_table_cell(table, status_style(step),
			 was_asked ? fopnp_trace_status_words(step) : "-");
	fopnp_table_cell(table, plain, duration);
	fopnp_table_cell(table, step->is_different ? FOPNP_NOTABLE : strong, said);
	fopnp_table_cell(table, strong, then);
}

/* No rows where they would say nothing: an address, a call that glibc refused. */
static bool was_any_asked(const struct fopnp_trace *trace)
{
	for (size_t i = 0; i < trace->step_count; i++)
		if (trace->steps[i].reach != FOPNP_NOT_REACHED || trace->steps[i].has_status ||
		    trace->steps[i].reason[0])
			return true;
	return false;
}

static void print_rows(const struct fopnp_trace *trace)
{
	struct fopnp_table *table;

	if (!was_any_asked(trace))
		return;
	table = fopnp_table_create(ROW_COLUMNS, COLUMNS);
	for (size_t i = 0; i < trace->step_count; i++)
		add_row(table, trace, i);
	(void)fputc('\n', stdout);
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}

/* ---- notes ---- */

static void print_notes(const struct fopnp_trace *trace, enum fopnp_severity least,
			enum fopnp_severity most)
{
	size_t printed = 0;

	for (size_t i = 0; i < trace->notes.count; i++) {
		const struct fopnp_finding *note = &trace->notes.list[i];

		if (note->severity < least || note->severity > most)
			continue;
		if (printed++ == 0)
			(void)fputc('\n', stdout);
		fopnp_finding_print_text(note);
	}
}

void fopnp_trace_print_text(const struct fopnp_trace *trace)
{
	print_head(trace);
	print_request(trace);
	print_rows(trace);
	/* What is wrong comes first, then what that is known from. */
	print_notes(trace, FOPNP_WARNING, FOPNP_ERROR);
	fopnp_trace_print_evidence(trace);
	for (size_t i = 0; i < trace->step_count; i++)
		fopnp_trace_print_wire(trace, &trace->steps[i]);
	fopnp_trace_print_resolved(trace);
	fopnp_trace_print_addresses(trace);
	print_notes(trace, FOPNP_INFO, FOPNP_INFO);
}
