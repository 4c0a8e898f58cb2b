/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text or JSON, and the numbers of both. */
#include "tools/run_output.h"

#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/observed_json.h"
#include "tools/run_words.h"
#include "tools/source_kind.h"

#include <string.h>

#define COMMAND        "run"
#define MALFORMED_MOST 20 /* shown; further ones are counted */

/*
 * A call without an end is a finding where its row does not tell: with --quiet, and in JSON of what it
 * waited for, which call{} has no key for.
 */
static void print_waiting(struct fopnp_run_output *output, const struct fopnp_observed_call *call,
			  const char *waiting)
{
	FOPNP_AUTO_FREE char *what =
		fopnp_run_words_request(&call->request, output->text.redaction);
	struct fopnp_findings findings = { 0 };

	fopnp_run_output_finding(output,
				 fopnp_findings_add(&findings, "call-unfinished", FOPNP_WARNING,
						    "the call for %s never came back%s%s", what,
						    waiting ? ": it was waiting for " : "",
						    waiting ? waiting : ""),
				 &call->process);
	fopnp_findings_clear(&findings);
}

/* Once for each source. */
static void tell_not_loaded(struct fopnp_run_output *output,
			    const struct fopnp_observed_lookup *lookup)
{
	for (size_t i = 0; i < lookup->event.step_count; i++) {
		const struct fopnp_event_step *step = &lookup->event.steps[i];
		struct fopnp_run_source *source = NULL;
		struct fopnp_findings findings = { 0 };
		char message[FOPNP_EVENT_DETAIL] = "";

		if (strcmp(step->reason, "not-loaded") == 0)
			source = fopnp_run_tally_source(&output->tally, step->source);
		if (!source || source->is_told_not_loaded)
			continue;
		source->is_told_not_loaded = true;
		(void)fopnp_words_get(step->detail, strlen(step->detail), "error", message,
				      sizeof(message));
		fopnp_run_output_finding(
			output, fopnp_source_add_not_loaded(&findings, step->source, message),
			&lookup->process);
		fopnp_findings_clear(&findings);
	}
}

void fopnp_run_output_call(void *context, const struct fopnp_observed_call *call,
			   const char *waiting)
{
	struct fopnp_run_output *output = context;

	fopnp_run_tally_call(&output->tally, call);
	for (size_t i = 0; i < call->lookup_count; i++)
		tell_not_loaded(output, call->lookups[i]);
	if (output->is_quiet) {
		if (!call->has_ended)
			print_waiting(output, call, waiting);
		return;
	}
	if (!fopnp_message_is_json()) {
		fopnp_run_text_call(&output->text, call, waiting);
		return;
	}
	fopnp_json_print(fopnp_observed_call_to_json(call, COMMAND, output->text.redaction),
			 stdout);
	if (waiting)
		print_waiting(output, call, waiting);
}

void fopnp_run_output_lookup(void *context, const struct fopnp_observed_lookup *lookup,
			     uint64_t lost)
{
	struct fopnp_run_output *output = context;

	fopnp_run_tally_stray(&output->tally, lookup);
	output->tally.lost += lost;
	tell_not_loaded(output, lookup);
	if (output->is_quiet)
		return;
	if (fopnp_message_is_json())
		fopnp_json_print(
			fopnp_observed_lookup_to_json(lookup, COMMAND, output->text.redaction),
			stdout);
	else
		fopnp_run_text_stray(&output->text, lookup);
}

void fopnp_run_output_finding(void *context, const struct fopnp_finding *finding,
			      const struct fopnp_observed_process *process)
{
	(void)context;
	if (fopnp_message_is_json())
		fopnp_json_print(fopnp_observed_finding_to_json(finding, process, COMMAND), stdout);
	else
		fopnp_run_text_finding(finding, process);
}

void fopnp_run_output_malformed(struct fopnp_run_output *output,
				const struct fopnp_observed_process *process, const char *bytes,
				size_t len)
{
	if (++output->tally.malformed > MALFORMED_MOST || output->is_quiet)
		return;
	if (fopnp_message_is_json())
		fopnp_json_print(fopnp_observed_malformed_to_json(process, bytes, len, COMMAND,
								  output->text.redaction),
				 stdout);
	else
		fopnp_run_text_malformed(&output->text, process, bytes, len);
}

static void set_count(json_t *counts, const char *key, uint64_t number)
{
	fopnp_json_set(counts, key, json_integer((json_int_t)number));
}

static void print_json_summary(const struct fopnp_run_tally *tally,
			       const struct fopnp_run_ending *ending)
{
	json_t *counts = json_object();

	set_count(counts, "calls", tally->calls);
	set_count(counts, "answered", tally->answered);
	set_count(counts, "not_found", tally->not_found);
	set_count(counts, "failed", tally->failed);
	set_count(counts, "unfinished", tally->unfinished);
	set_count(counts, "numeric", tally->numeric);
	set_count(counts, "by_nscd", tally->by_nscd);
	set_count(counts, "lookups", tally->lookups);
	set_count(counts, "stray_lookups", tally->stray_lookups);
	set_count(counts, "malformed", tally->malformed);
	set_count(counts, "lost", tally->lost);
	set_count(counts, "programs", ending->started);
	fopnp_json_print_summary(COMMAND, counts, ending->elapsed_us, ending->exit_status);
}

void fopnp_run_output_summary(struct fopnp_run_output *output,
			      const struct fopnp_run_ending *ending)
{
	if (fopnp_message_is_json())
		print_json_summary(&output->tally, ending);
	else
		fopnp_run_text_summary(&output->text, &output->tally, ending);
}
