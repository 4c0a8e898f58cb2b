/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report{} of docs/schema/fopnp-1.json. */
#include "nss_module/lookup/status.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/report_output.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void set_count(json_t *object, const char *key, uint64_t count)
{
	fopnp_json_set(object, key, json_integer((json_int_t)count));
}

/* RFC 3339, UTC, to the microsecond; null if it is not known, or no date. */
static json_t *time_to_json(int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	char day[48], text[64];
	struct tm parts;

	if (us < 0 || !gmtime_r(&seconds, &parts) || parts.tm_year > 9999 - 1900)
		return json_null();
	(void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &parts);
	(void)snprintf(text, sizeof(text), "%s.%06" PRId64 "Z", day, us % 1000000);
	return json_string(text);
}

static json_t *name_to_json(const struct fopnp_report *report, const char *name)
{
	FOPNP_AUTO_FREE char *shown = fopnp_redact_name(report->redaction, name);

	return fopnp_json_name(shown);
}

static json_t *times_to_json(const struct fopnp_report_times *times)
{
	json_t *object = json_object();
	bool is_known = times->count > 0;

	set_count(object, "count", times->count);
	fopnp_json_set(object, "p50_us", is_known ? json_integer(times->p50_us) : json_null());
	fopnp_json_set(object, "p90_us", is_known ? json_integer(times->p90_us) : json_null());
	fopnp_json_set(object, "p99_us", is_known ? json_integer(times->p99_us) : json_null());
	fopnp_json_set(object, "max_us", is_known ? json_integer(times->most_us) : json_null());
	set_count(object, "total_us", times->total_us);
	return object;
}

static json_t *input_to_json(const struct fopnp_report_input *input)
{
	json_t *object = json_object(), *files = json_array();

	for (size_t i = 0; i < input->file_count; i++)
		fopnp_json_append(files, fopnp_json_text(input->files[i]));
	fopnp_json_set(object, "from", json_string(input->is_journal ? "journal" : "files"));
	fopnp_json_set(object, "files", files);
	fopnp_json_set(object, "lines",
		       input->is_journal ? json_null() : json_integer((json_int_t)input->lines));
	set_count(object, "lookups", input->lookups);
	fopnp_json_set(object, "filtered", json_boolean(input->is_filtered));
	set_count(object, "bad", input->bad);
	fopnp_json_set(object, "first_bad",
		       input->bad_file
			       ? fopnp_json_place(input->bad_file, (unsigned)input->bad_line, NULL)
			       : json_null());
	set_count(object, "lost", input->lost);
	set_count(object, "cut_files", input->cut_files);
	return object;
}

static json_t *names_to_json(const struct fopnp_report *report)
{
	const struct fopnp_report_results *results = report->results;
	json_t *object = json_object(), *top = json_array();

	for (size_t i = 0; i < results->name_count; i++) {
		const struct fopnp_report_name *name = &results->names[i];
		json_t *entry = json_object();

		fopnp_json_set(entry, "name", name_to_json(report, name->name));
		set_count(entry, "lookups", name->lookups);
		set_count(entry, "not_found", name->not_found);
		set_count(entry, "failed", name->failed);
		set_count(entry, "programs", name->programs);
		fopnp_json_set(entry, "times", times_to_json(&name->times));
		fopnp_json_append(top, entry);
	}
	set_count(object, "count", results->name_total);
	set_count(object, "other_lookups", results->other_names);
	fopnp_json_set(object, "top", top);
	return object;
}

static json_t *programs_to_json(const struct fopnp_report_results *results)
{
	json_t *object = json_object(), *top = json_array();

	for (size_t i = 0; i < results->program_count; i++) {
		const struct fopnp_report_program *program = &results->programs[i];
		json_t *entry = json_object();

		fopnp_json_set(entry, "comm", fopnp_json_text(program->program));
		set_count(entry, "lookups", program->lookups);
		set_count(entry, "not_found", program->not_found);
		set_count(entry, "failed", program->failed);
		set_count(entry, "processes", program->processes);
		set_count(entry, "total_us", program->total_us);
		set_count(entry, "max_us", program->most_us);
		fopnp_json_append(top, entry);
	}
	set_count(object, "count", results->program_total);
	set_count(object, "other_lookups", results->other_programs);
	fopnp_json_set(object, "top", top);
	return object;
}

static json_t *sources_to_json(const struct fopnp_report_results *results)
{
	json_t *list = json_array();

	for (size_t i = 0; i < results->source_count; i++) {
		const struct fopnp_report_source *source = &results->sources[i];
		json_t *entry = json_object(), *before = json_object();

		fopnp_json_set(entry, "source", fopnp_json_text(source->source));
		set_count(entry, "answered", source->answered);
		set_count(entry, "asked", source->asked);
		set_count(entry, "found", source->found);
		set_count(entry, "not_found", source->not_found);
		set_count(entry, "failed", source->failed);
		set_count(entry, "not_asked", source->not_asked);
		fopnp_json_set(entry, "times", times_to_json(&source->times));
		set_count(before, "steps", source->before_steps);
		set_count(before, "total_us", source->before_us);
		fopnp_json_set(entry, "before_answer", before);
		fopnp_json_append(list, entry);
	}
	return list;
}

static json_t *failures_to_json(const struct fopnp_report *report)
{
	const struct fopnp_report_results *results = report->results;
	json_t *list = json_array();

	for (size_t i = 0; i < results->failure_count; i++) {
		const struct fopnp_report_failure *failure = &results->failures[i];
		json_t *entry = json_object(), *names = json_array();

		for (size_t j = 0; j < failure->name_count; j++) {
			json_t *name = json_object();

			fopnp_json_set(name, "name", name_to_json(report, failure->names[j].name));
			set_count(name, "lookups", failure->names[j].lookups);
			fopnp_json_append(names, name);
		}
		fopnp_json_set(entry, "code",
			       fopnp_json_code(fopnp_eai_name(failure->code), failure->code));
		fopnp_json_set(entry, "number", json_integer(failure->code));
		set_count(entry, "lookups", failure->lookups);
		fopnp_json_set(entry, "names", names);
		fopnp_json_append(list, entry);
	}
	return list;
}

static json_t *answer_to_json(const struct fopnp_report *report,
			      const struct fopnp_report_answer *answer)
{
	json_t *object = json_object(), *list = json_array();

	for (size_t i = 0; i < answer->count; i++)
		fopnp_json_append(list, name_to_json(report, answer->texts[i]));
	fopnp_json_set(object, "found", json_boolean(answer->source));
	fopnp_json_set(object, "source",
		       fopnp_json_text(answer->source && *answer->source ? answer->source : NULL));
	fopnp_json_set(object, "answers", list);
	return object;
}

static json_t *changes_to_json(const struct fopnp_report *report)
{
	const struct fopnp_report_results *results = report->results;
	json_t *object = json_object(), *top = json_array();

	for (size_t i = 0; i < results->change_count; i++) {
		const struct fopnp_report_change *change = &results->changes[i];
		json_t *entry = json_object();

		fopnp_json_set(entry, "name", name_to_json(report, change->name));
		fopnp_json_set(entry, "family", json_string(fopnp_report_kind_name(change->kind)));
		set_count(entry, "changes", change->changes);
		fopnp_json_set(entry, "first_time", time_to_json(change->first_us));
		fopnp_json_set(entry, "last_time", time_to_json(change->last_us));
		fopnp_json_set(entry, "from", answer_to_json(report, &change->from));
		fopnp_json_set(entry, "to", answer_to_json(report, &change->to));
		fopnp_json_append(top, entry);
	}
	set_count(object, "count", results->changed_names);
	set_count(object, "rotating", results->rotating_names);
	fopnp_json_set(object, "top", top);
	return object;
}

static json_t *saving_to_json(const struct fopnp_report_saving *saving)
{
	json_t *object = json_object();

	set_count(object, "lookups", saving->lookups);
	set_count(object, "saved_us", saving->saved_us);
	return object;
}

static json_t *repeats_to_json(const struct fopnp_report *report)
{
	const struct fopnp_report_results *results = report->results;
	json_t *object = json_object(), *top = json_array();

	for (size_t i = 0; i < results->repeat_count; i++) {
		const struct fopnp_report_repeat *repeat = &results->repeats[i];
		json_t *entry = json_object();

		fopnp_json_set(entry, "name", name_to_json(report, repeat->name));
		fopnp_json_set(entry, "family", json_string(fopnp_report_kind_name(repeat->kind)));
		set_count(entry, "lookups", repeat->lookups);
		fopnp_json_set(entry, "machine", saving_to_json(&repeat->machine));
		fopnp_json_set(entry, "process", saving_to_json(&repeat->process));
		fopnp_json_append(top, entry);
	}
	set_count(object, "cache_us", report->cache_us);
	fopnp_json_set(object, "machine", saving_to_json(&results->machine));
	fopnp_json_set(object, "process", saving_to_json(&results->process));
	set_count(object, "count", results->repeated_names);
	fopnp_json_set(object, "top", top);
	return object;
}

void fopnp_report_print_json(const struct fopnp_report *report)
{
	const struct fopnp_report_results *results = report->results;
	json_t *object = fopnp_json_object("report", "report");

	fopnp_json_set(object, "input", input_to_json(report->input));
	set_count(object, "lookups", results->lookups);
	set_count(object, "answered", results->answered);
	set_count(object, "not_found", results->not_found);
	set_count(object, "failed", results->failed);
	set_count(object, "left_out", results->left_out);
	set_count(object, "processes", results->processes);
	fopnp_json_set(object, "first_time", time_to_json(results->first_us));
	fopnp_json_set(object, "last_time", time_to_json(results->last_us));
	fopnp_json_set(object, "times", times_to_json(&results->times));
	fopnp_json_set(object, "names", names_to_json(report));
	fopnp_json_set(object, "programs", programs_to_json(results));
	fopnp_json_set(object, "sources", sources_to_json(results));
	fopnp_json_set(object, "failures", failures_to_json(report));
	fopnp_json_set(object, "changes", changes_to_json(report));
	fopnp_json_set(object, "repeats", repeats_to_json(report));
	fopnp_json_print(object, stdout);
}
