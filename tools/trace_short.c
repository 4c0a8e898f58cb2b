/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace in one line, for awk and grep. */
#include "tools/trace.h"

#include "nss_module/lookup/address.h"
#include "nss_module/lookup/status.h"
#include "tools/escape.h"
#include "tools/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Escaped, and without blanks, which part the fields; "-" for an empty one. */
static void print_field(const char *text)
{
	FOPNP_AUTO_FREE char *escaped = text ? fopnp_escape_text(text, strlen(text)) : NULL;

	if (!escaped || !escaped[0]) {
		(void)fputc('-', stdout);
		return;
	}
	for (const char *at = escaped; *at; at++) {
		if (*at == ' ')
			(void)fputs("\\x20", stdout);
		else
			(void)fputc(*at, stdout);
	}
}

static void print_addresses(const struct fopnp_call_result *result)
{
	char text[FOPNP_ADDRESS_TEXT];

	for (size_t i = 0; i < result->address_count; i++)
		(void)printf("%s%s", i ? "," : "",
			     fopnp_request_print_address(&result->addresses[i], text));
	if (result->is_cut)
		(void)fputs(",...", stdout);
}

/* What was found, or the code of the failure. */
static void print_answer(const struct fopnp_trace *trace)
{
	const struct fopnp_call_result *result = trace->result;
	const char *code = fopnp_eai_name(result->code);

	if (result->end != FOPNP_CALL_RETURNED)
		(void)fputs(result->end == FOPNP_CALL_TIMED_OUT ? "timed-out" : "crashed", stdout);
	else if (result->code != 0)
		print_field(code);
	else if (fopnp_request_is_reverse(&trace->request))
		print_field(result->canonical);
	else
		print_addresses(result);
}

static void print_place(const struct fopnp_place *place, bool is_first)
{
	if (!is_first)
		(void)fputc(',', stdout);
	print_field(place->file);
	if (place->line)
		(void)printf(":%u", place->line);
}

/* A line that was used: of resolv.conf those of the servers, not what else it sets. */
static bool is_answer_place(const struct fopnp_step *step, const struct fopnp_evidence *evidence)
{
	const struct fopnp_place *place = &evidence->place;

	/* They say which of them it was. */
	if (strcmp(step->source, "fopnp:dns") == 0 || strcmp(step->source, "fopnp:mdns") == 0)
		return evidence->is_origin;
	if (strcmp(place->file, FOPNP_RESOLV_CONF) == 0)
		return place->text && strncmp(place->text, "nameserver", 10) == 0;
	return !evidence->remark;
}

/* The lines that the answer came from, or the one that ended the search for it. */
static void print_evidence(const struct fopnp_trace *trace)
{
	const struct fopnp_step *answering = fopnp_trace_answering_step(trace);
	bool is_first = true;

	for (size_t i = 0; i < trace->step_count; i++) {
		const struct fopnp_step *step = &trace->steps[i];
		bool is_stop = !answering && step->reach == FOPNP_REACHED && step->is_return;

		if (step != answering && !is_stop)
			continue;
		for (size_t j = 0; j < step->evidence.count; j++) {
			if (step == answering && !is_answer_place(step, &step->evidence.list[j]))
				continue;
			print_place(&step->evidence.list[j].place, is_first);
			is_first = false;
		}
	}
	if (is_first)
		(void)fputc('-', stdout);
}

void fopnp_trace_print_short(const struct fopnp_trace *trace)
{
	print_field(trace->request.given);
	(void)fputc(' ', stdout);
	print_field(trace->answered_by);
	(void)fputc(' ', stdout);
	print_answer(trace);
	(void)fputc(' ', stdout);
	print_evidence(trace);
	(void)fputc('\n', stdout);
}
