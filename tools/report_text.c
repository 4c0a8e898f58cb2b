/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A report for people: what was read, then a table a question. */
#include "nss_module/lookup/status.h"
#include "tools/memory.h"
#include "tools/observed_text.h"
#include "tools/paragraph.h"
#include "tools/report_output.h"
#include "tools/table.h"
#include "tools/terminal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAME_MOST    255 /* bytes: longer ones are no host names, and are cut */
#define LIST_MOST    3   /* names behind a failure, addresses of an answer */
#define LABEL_INDENT 8

/* Right-aligned numbers, then the texts. */
#define NUMBER(heading)                                                                            \
	{                                                                                          \
		heading, true, 0                                                                   \
	}
#define TEXT(heading, least)                                                                       \
	{                                                                                          \
		heading, false, least                                                              \
	}

/* ---- cells ---- */

static void put_cell(struct fopnp_table *table, enum fopnp_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void put_cell(struct fopnp_table *table, enum fopnp_style style, const char *format, ...)
{
	FOPNP_AUTO_FREE char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = fopnp_memory_format_list(format, arguments);
	va_end(arguments);
	fopnp_table_cell(table, style, text);
}

static void put_count(struct fopnp_table *table, uint64_t count)
{
	put_cell(table, count ? FOPNP_PLAIN : FOPNP_DIM, "%" PRIu64, count);
}

static void put_bad_count(struct fopnp_table *table, uint64_t count)
{
	put_cell(table, count ? FOPNP_BAD : FOPNP_DIM, "%" PRIu64, count);
}

static void put_duration(struct fopnp_table *table, uint64_t us)
{
	FOPNP_AUTO_FREE char *text = fopnp_observed_duration(us);

	fopnp_table_cell(table, FOPNP_PLAIN, text);
}

/* The same, "-" if nothing was measured. */
static void put_time(struct fopnp_table *table, const struct fopnp_report_times *times, uint64_t us)
{
	if (times->count > 0)
		put_duration(table, us);
	else
		fopnp_table_cell(table, FOPNP_DIM, "-");
}

static char *share_text(uint64_t part, uint64_t whole)
{
	return fopnp_memory_format("%.1f %%", whole ? 100.0 * (double)part / (double)whole : 0.0);
}

static void put_share(struct fopnp_table *table, uint64_t part, uint64_t whole)
{
	FOPNP_AUTO_FREE char *text = share_text(part, whole);

	fopnp_table_cell(table, FOPNP_PLAIN, text);
}

/* As it may be shown; the caller's. */
static char *shown_name(const struct fopnp_report *report, const char *name)
{
	char *shown = fopnp_redact_name(report->redaction, name);

	if (strlen(shown) > NAME_MOST)
		strcpy(shown + NAME_MOST - 3, "...");
	if (*shown)
		return shown;
	free(shown);
	return fopnp_memory_copy_text("(empty name)");
}

static void put_name(const struct fopnp_report *report, struct fopnp_table *table, const char *name)
{
	FOPNP_AUTO_FREE char *shown = shown_name(report, name);

	fopnp_table_cell(table, FOPNP_PLAIN, shown);
}

static void print_table(struct fopnp_table *table)
{
	fopnp_table_print(table, stdout, 2, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}

/* "names" with what is behind it; the heading of a table. */
static void print_heading(const char *what, const char *remark)
{
	(void)fputc('\n', stdout);
	fopnp_terminal_put(stdout, FOPNP_STRONG, what);
	if (remark && *remark)
		(void)printf("  (%s)", remark);
	(void)fputc('\n', stdout);
}

/* "10 of 4211" where not all are shown; the caller's. */
static char *shown_of(size_t shown, uint64_t total)
{
	return shown < total ? fopnp_memory_format("%zu of %" PRIu64, shown, total)
			     : fopnp_memory_copy_text("");
}

/* By the clock on the wall; the caller's. */
static char *time_text(int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	char text[64] = "?";
	struct tm parts;

	if (us >= 0 && localtime_r(&seconds, &parts))
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
	return fopnp_memory_copy_text(text);
}

/* ---- what was read ---- */

static void print_line(const char *label, enum fopnp_style style, char *text)
{
	fopnp_paragraph_print(stdout, style, label, LABEL_INDENT, FOPNP_PLAIN, text);
	free(text);
}

/* A sentence in the place of a table, or above it. */
static void print_sentence(char *text)
{
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 2, FOPNP_PLAIN, text);
	free(text);
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static char *input_text(const struct fopnp_report_input *input)
{
	char *text = input->is_journal ? fopnp_memory_copy_text("the journal")
				       : fopnp_memory_copy_text("");

	for (size_t i = 0; i < input->file_count; i++) {
		const char *file = input->files[i];
		char *more = fopnp_memory_format("%s%s%s", text, i > 0 ? ", " : "",
						 strcmp(file, "-") == 0 ? "standard input" : file);

		free(text);
		text = more;
	}
	return text;
}

static void print_input(const struct fopnp_report_input *input)
{
	FOPNP_AUTO_FREE char *where = input_text(input);

	if (input->is_filtered)
		print_line("  read", FOPNP_DIM,
			   fopnp_memory_format("%s: %" PRIu64 " lookup%s before the filters", where,
					       input->lookups, plural(input->lookups)));
	else
		print_line("  read", FOPNP_DIM, fopnp_memory_copy_text(where));
}

static void print_bad(const struct fopnp_report_input *input)
{
	if (input->bad == 0)
		return;
	if (input->bad_file)
		print_line("  note", FOPNP_NOTABLE,
			   fopnp_memory_format("%" PRIu64 " line%s could not be read, the first "
					       "is %s:%" PRIu64,
					       input->bad, plural(input->bad), input->bad_file,
					       input->bad_line));
	else
		print_line("  note", FOPNP_NOTABLE,
			   fopnp_memory_format("%" PRIu64
					       " %s of the journal say they are lookups, "
					       "and are none: forged or damaged",
					       input->bad, input->bad == 1 ? "entry" : "entries"));
}

static void print_caveats(const struct fopnp_report *report)
{
	const struct fopnp_report_input *input = report->input;
	const struct fopnp_report_results *results = report->results;

	print_bad(input);
	if (input->lost > 0)
		print_line("  note", FOPNP_NOTABLE,
			   fopnp_memory_format("%" PRIu64 " event%s got lost on the way to who "
					       "recorded them: there were more lookups than these",
					       input->lost, plural(input->lost)));
	if (input->cut_files > 0)
		print_line("  note", FOPNP_NOTABLE,
			   fopnp_memory_format("%s cut: there is no summary at the end%s",
					       input->cut_files == 1 ? "a recording was"
								     : "recordings were",
					       input->cut_files == 1 ? "" : " of them"));
	if (results->left_out > 0)
		print_line("  note", FOPNP_NOTABLE,
			   fopnp_memory_format("%" PRIu64 " more lookup%s did not fit and are left "
					       "out: narrow them down by time or by a filter",
					       results->left_out, plural(results->left_out)));
}

static void print_summary(const struct fopnp_report *report)
{
	const struct fopnp_report_results *results = report->results;
	FOPNP_AUTO_FREE char *share = share_text(results->failed, results->lookups);
	FOPNP_AUTO_FREE char *first = time_text(results->first_us);
	FOPNP_AUTO_FREE char *last = time_text(results->last_us);
	FOPNP_AUTO_FREE char *line =
		fopnp_memory_format("%" PRIu64 " lookup%s of %zu name%s by %zu process%s: %" PRIu64
				    " answered, %" PRIu64 " not found, %" PRIu64 " failed (%s)",
				    results->lookups, plural(results->lookups), results->name_total,
				    plural(results->name_total), results->processes,
				    results->processes == 1 ? "" : "es", results->answered,
				    results->not_found, results->failed, share);

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, line);
	print_line("  when", FOPNP_DIM,
		   strcmp(first, last) == 0 ? fopnp_memory_copy_text(first)
					    : fopnp_memory_format("%s to %s", first, last));
	print_input(report->input);
	print_caveats(report);
}

/* ---- tables ---- */

static void print_names(const struct fopnp_report *report)
{
	static const struct fopnp_table_column columns[] = {
		NUMBER("lookups"), NUMBER("not found"), NUMBER("failed"), NUMBER("programs"),
		NUMBER("median"),  NUMBER("longest"),   TEXT("name", 24),
	};
	const struct fopnp_report_results *results = report->results;
	struct fopnp_table *table = fopnp_table_create(columns, sizeof(columns) / sizeof(*columns));
	FOPNP_AUTO_FREE char *shown = shown_of(results->name_count, results->name_total);

	for (size_t i = 0; i < results->name_count; i++) {
		const struct fopnp_report_name *name = &results->names[i];

		fopnp_table_row(table);
		put_count(table, name->lookups);
		put_count(table, name->not_found);
		put_bad_count(table, name->failed);
		put_count(table, name->programs);
		put_time(table, &name->times, name->times.p50_us);
		put_time(table, &name->times, name->times.most_us);
		put_name(report, table, name->name);
	}
	if (results->other_names > 0) {
		fopnp_table_row(table);
		put_count(table, results->other_names);
		for (int i = 0; i < 5; i++)
			fopnp_table_cell(table, FOPNP_DIM, "-");
		fopnp_table_cell(table, FOPNP_DIM, "(names beyond the limit)");
	}
	print_heading("names", shown);
	print_table(table);
}

static void print_programs(const struct fopnp_report_results *results)
{
	static const struct fopnp_table_column columns[] = {
		NUMBER("lookups"), NUMBER("not found"), NUMBER("failed"),    NUMBER("processes"),
		NUMBER("total"),   NUMBER("longest"),   TEXT("program", 16),
	};
	struct fopnp_table *table = fopnp_table_create(columns, sizeof(columns) / sizeof(*columns));
	FOPNP_AUTO_FREE char *shown = shown_of(results->program_count, results->program_total);

	for (size_t i = 0; i < results->program_count; i++) {
		const struct fopnp_report_program *program = &results->programs[i];

		fopnp_table_row(table);
		put_count(table, program->lookups);
		put_count(table, program->not_found);
		put_bad_count(table, program->failed);
		put_count(table, program->processes);
		put_duration(table, program->total_us);
		put_duration(table, program->most_us);
		fopnp_table_cell(table, FOPNP_PLAIN, program->program ? program->program : "?");
	}
	if (results->other_programs > 0) {
		fopnp_table_row(table);
		put_count(table, results->other_programs);
		for (int i = 0; i < 5; i++)
			fopnp_table_cell(table, FOPNP_DIM, "-");
		fopnp_table_cell(table, FOPNP_DIM, "(programs beyond the limit)");
	}
	print_heading("programs", shown);
	print_table(table);
}

static void print_sources(const struct fopnp_report_results *results)
{
	static const struct fopnp_table_column columns[] = {
		NUMBER("answered"),  NUMBER("share"),  NUMBER("asked"),     NUMBER("found"),
		NUMBER("not found"), NUMBER("failed"), NUMBER("not asked"), TEXT("source", 12),
	};
	struct fopnp_table *table = fopnp_table_create(columns, sizeof(columns) / sizeof(*columns));

	for (size_t i = 0; i < results->source_count; i++) {
		const struct fopnp_report_source *source = &results->sources[i];

		fopnp_table_row(table);
		put_count(table, source->answered);
		put_share(table, source->answered, results->lookups);
		put_count(table, source->asked);
		put_count(table, source->found);
		put_count(table, source->not_found);
		put_bad_count(table, source->failed);
		put_bad_count(table, source->not_asked);
		fopnp_table_cell(table, FOPNP_PLAIN, *source->source ? source->source : "?");
	}
	fopnp_table_row(table);
	put_count(table, results->lookups - results->answered);
	put_share(table, results->lookups - results->answered, results->lookups);
	for (int i = 0; i < 5; i++)
		fopnp_table_cell(table, FOPNP_PLAIN, "");
	fopnp_table_cell(table, FOPNP_DIM, "(nobody)");
	print_heading("sources", NULL);
	print_table(table);
}

static void put_times(struct fopnp_table *table, const struct fopnp_report_times *times)
{
	put_time(table, times, times->p50_us);
	put_time(table, times, times->p90_us);
	put_time(table, times, times->p99_us);
	put_time(table, times, times->most_us);
	put_duration(table, times->total_us);
}

static void print_times(const struct fopnp_report_results *results)
{
	static const struct fopnp_table_column columns[] = {
		NUMBER("50 %"),    NUMBER("90 %"),  NUMBER("99 %"),
		NUMBER("longest"), NUMBER("total"), TEXT("of", 12),
	};
	struct fopnp_table *table = fopnp_table_create(columns, sizeof(columns) / sizeof(*columns));

	fopnp_table_row(table);
	put_times(table, &results->times);
	fopnp_table_cell(table, FOPNP_STRONG, "whole lookups");
	for (size_t i = 0; i < results->source_count; i++) {
		const struct fopnp_report_source *source = &results->sources[i];

		if (source->asked == 0)
			continue;
		fopnp_table_row(table);
		put_times(table, &source->times);
		fopnp_table_cell(table, FOPNP_PLAIN, source->source);
	}
	print_heading("times", "90 %: that many took no longer");
	print_table(table);
}

/* Nothing where the first source answered all. */
static void print_before(const struct fopnp_report_results *results)
{
	static const struct fopnp_table_column columns[] = {
		NUMBER("time"),
		NUMBER("steps"),
		TEXT("source", 12),
	};
	struct fopnp_table *table = fopnp_table_create(columns, sizeof(columns) / sizeof(*columns));
	uint64_t steps = 0;

	for (size_t i = 0; i < results->source_count; i++) {
		const struct fopnp_report_source *source = &results->sources[i];

		if (source->before_steps == 0)
			continue;
		steps += source->before_steps;
		fopnp_table_row(table);
		put_duration(table, source->before_us);
		put_count(table, source->before_steps);
		fopnp_table_cell(table, FOPNP_PLAIN, source->source);
	}
	if (steps == 0) {
		fopnp_table_destroy(table);
		return;
	}
	print_heading("asked in vain", "before another source answered");
	print_table(table);
}

/* "a.example 12, b.example 3, ..." */
static char *failed_names(const struct fopnp_report *report,
			  const struct fopnp_report_failure *failure)
{
	char *text = fopnp_memory_copy_text("");

	for (size_t i = 0; i < failure->name_count && i < LIST_MOST; i++) {
		FOPNP_AUTO_FREE char *name = shown_name(report, failure->names[i].name);
		char *more = fopnp_memory_format("%s%s%s %" PRIu64, text, i > 0 ? ", " : "", name,
						 failure->names[i].lookups);

		free(text);
		text = more;
	}
	if (failure->name_count > LIST_MOST) {
		char *more = fopnp_memory_format("%s, ...", text);

		free(text);
		text = more;
	}
	return text;
}

static void print_failures(const struct fopnp_report *report)
{
	static const struct fopnp_table_column columns[] = {
		NUMBER("lookups"),
		NUMBER("share"),
		TEXT("code", 0),
		TEXT("names", 24),
	};
	const struct fopnp_report_results *results = report->results;
	struct fopnp_table *table;

	if (results->failure_count == 0)
		return;
	table = fopnp_table_create(columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < results->failure_count; i++) {
		const struct fopnp_report_failure *failure = &results->failures[i];
		const char *word = fopnp_eai_name(failure->code);
		FOPNP_AUTO_FREE char *names = failed_names(report, failure);

		fopnp_table_row(table);
		put_count(table, failure->lookups);
		put_share(table, failure->lookups, results->lookups);
		if (word)
			fopnp_table_cell(table, FOPNP_PLAIN, word);
		else
			put_cell(table, FOPNP_PLAIN, "%d", failure->code);
		fopnp_table_cell(table, FOPNP_PLAIN, names);
	}
	print_heading("not found or failed", "by the code that programs got");
	print_table(table);
}

/* "dns 192.0.2.1, 192.0.2.2 +3", "not found" */
static char *answer_text(const struct fopnp_report *report,
			 const struct fopnp_report_answer *answer)
{
	char *text;

	if (!answer->source)
		return fopnp_memory_copy_text("not found");
	text = fopnp_memory_copy_text(*answer->source ? answer->source : "?");
	for (size_t i = 0; i < answer->count && i < LIST_MOST; i++) {
		FOPNP_AUTO_FREE char *shown = shown_name(report, answer->texts[i]);
		char *more = fopnp_memory_format("%s%s%s", text, i > 0 ? ", " : " ", shown);

		free(text);
		text = more;
	}
	if (answer->count > LIST_MOST) {
		char *more = fopnp_memory_format("%s +%zu", text, answer->count - LIST_MOST);

		free(text);
		text = more;
	}
	return text;
}

static void put_change(const struct fopnp_report *report, struct fopnp_table *table,
		       const struct fopnp_report_change *change)
{
	FOPNP_AUTO_FREE char *when = time_text(change->last_us);
	FOPNP_AUTO_FREE char *from = answer_text(report, &change->from);
	FOPNP_AUTO_FREE char *to = answer_text(report, &change->to);

	fopnp_table_row(table);
	put_count(table, change->changes);
	fopnp_table_cell(table, FOPNP_PLAIN, when);
	fopnp_table_cell(table, FOPNP_PLAIN, fopnp_report_kind_name(change->kind));
	put_name(report, table, change->name);
	fopnp_table_cell(table, FOPNP_PLAIN, from);
	fopnp_table_cell(table, FOPNP_NOTABLE, to);
}

static void print_changes(const struct fopnp_report *report)
{
	static const struct fopnp_table_column columns[] = {
		NUMBER("times"),  TEXT("last", 10), TEXT("family", 0),
		TEXT("name", 16), TEXT("from", 16), TEXT("to", 16),
	};
	const struct fopnp_report_results *results = report->results;
	FOPNP_AUTO_FREE char *shown = shown_of(results->change_count, results->changed_names);
	struct fopnp_table *table;

	if (results->changed_names > 0) {
		table = fopnp_table_create(columns, sizeof(columns) / sizeof(*columns));
		for (size_t i = 0; i < results->change_count; i++)
			put_change(report, table, &results->changes[i]);
		print_heading("answers that changed", shown);
		print_table(table);
	}
	if (results->rotating_names == 0)
		return;
	if (results->changed_names == 0)
		print_heading("answers that changed", "none");
	print_sentence(
		fopnp_memory_format("%" PRIu64 " question%s got addresses in turns: rotation, "
				    "which is no change",
				    results->rotating_names, plural(results->rotating_names)));
}

/* What one kind of cache would have saved. */
static void print_saving(const struct fopnp_report_results *results, const char *label,
			 const struct fopnp_report_saving *saving)
{
	FOPNP_AUTO_FREE char *share = share_text(saving->lookups, results->lookups);
	FOPNP_AUTO_FREE char *time = fopnp_observed_duration(saving->saved_us);

	print_sentence(
		fopnp_memory_format("%s would have saved %" PRIu64 " lookup%s (%s) and %s of "
				    "waiting",
				    label, saving->lookups, plural(saving->lookups), share, time));
}

static void put_repeat(const struct fopnp_report *report, struct fopnp_table *table,
		       const struct fopnp_report_repeat *repeat)
{
	fopnp_table_row(table);
	put_count(table, repeat->machine.lookups);
	put_duration(table, repeat->machine.saved_us);
	put_count(table, repeat->process.lookups);
	put_count(table, repeat->lookups);
	fopnp_table_cell(table, FOPNP_PLAIN, fopnp_report_kind_name(repeat->kind));
	put_name(report, table, repeat->name);
}

static void print_repeats(const struct fopnp_report *report)
{
	static const struct fopnp_table_column columns[] = {
		NUMBER("repeats"), NUMBER("time"),    NUMBER("by one process"),
		NUMBER("lookups"), TEXT("family", 0), TEXT("name", 16),
	};
	const struct fopnp_report_results *results = report->results;
	struct fopnp_table *table;

	if (results->machine.lookups == 0)
		return;
	print_heading("asked again", NULL);
	print_sentence(fopnp_memory_format("the same question within its ttl, or within %" PRIu64
					   " s where none is known:",
					   report->cache_us / 1000000));
	print_saving(results, "one cache for the machine", &results->machine);
	print_saving(results, "one in each process", &results->process);
	table = fopnp_table_create(columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < results->repeat_count; i++)
		put_repeat(report, table, &results->repeats[i]);
	print_table(table);
}

void fopnp_report_print_text(const struct fopnp_report *report)
{
	print_summary(report);
	print_names(report);
	print_programs(report->results);
	print_sources(report->results);
	print_times(report->results);
	print_before(report->results);
	print_failures(report);
	print_changes(report);
	print_repeats(report);
}
