/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp report: statistics over lookups that were recorded. */
#include "nss_module/lookup/ascii.h"
#include "tools/command.h"
#include "tools/help.h"
#include "tools/journal_reader.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/observed_file.h"
#include "tools/observed_filter.h"
#include "tools/options.h"
#include "tools/progress.h"
#include "tools/report_output.h"
#include "tools/report_statistics.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOP_DEFAULT        10
#define TOP_MOST           1000
#define CACHE_SECONDS      60
#define CACHE_SECONDS_MOST 31536000
#define SECOND_US          1000000

/* Keys of the options without a letter. */
enum { KEY_FILE = 256, KEY_TOP, KEY_CACHE_SECONDS, KEY_REDACT };

static const struct fopnp_option OPTIONS[] = {
	{ KEY_FILE, "file", "FILE", "read the JSON lines of FILE (-: standard input); repeatable" },
	FOPNP_JOURNAL_OPTIONS,
	FOPNP_FILTER_OPTIONS,
	{ KEY_TOP, "top", "N", "lists of at most N entries; 10 if not given" },
	{ KEY_CACHE_SECONDS, "cache-seconds", "N",
	  "how long a cache would keep an answer of unknown ttl; 60 if not given" },
	{ KEY_REDACT, "redact", NULL, "hashes instead of host names and addresses" },
	{ FOPNP_OPTION_KEY_JSON, "json", NULL, FOPNP_OPTION_JSON_HELP },
	{ 0 },
};

struct options {
	const char **files;
	size_t file_count;
	struct fopnp_journal_options journal;
	const char *journal_only; /* the last option that files do not go with; NULL: none */
	struct fopnp_observed_filter *filter;
	size_t top, cache_seconds;
	bool is_redacted;
};

/* What is read, and where it goes. */
struct reading {
	const struct options *options;
	struct fopnp_report_statistics *statistics;
	struct fopnp_report_input input;
	uint64_t dropped; /* as the lookups of the file at hand say */
};

/* ---- options ---- */

static bool take_number(const char *option, const char *argument, size_t least, size_t most,
			size_t *out_number)
{
	unsigned long long number;

	if (!fopnp_ascii_number(argument, strlen(argument), &number) || number < least ||
	    number > most) {
		FOPNP_AUTO_FREE char *hint =
			fopnp_memory_format("a number from %zu to %zu", least, most);

		fopnp_message_error("option-argument-invalid", hint, "--%s cannot be \"%s\"",
				    option, argument);
		return false;
	}
	*out_number = (size_t)number;
	return true;
}

static void add_file(struct options *options, const char *file)
{
	options->files = fopnp_memory_resize(options->files, options->file_count + 1,
					     sizeof(*options->files));
	options->files[options->file_count++] = file;
}

/* Of the journal or of the filter, by the ranges of their keys. */
static bool take_shared_option(struct options *options, int key, const char *argument)
{
	if (key >= FOPNP_FILTER_PROGRAM && key < FOPNP_FILTER_END)
		return fopnp_observed_filter_option(options->filter, key, argument);
	if (key == FOPNP_JOURNAL_JOURNAL)
		options->journal_only = "--journal";
	else if (key == FOPNP_JOURNAL_BOOT)
		options->journal_only = "--boot";
	else if (key == FOPNP_JOURNAL_DIRECTORY)
		options->journal_only = "--directory";
	return fopnp_journal_option(&options->journal, key, argument);
}

static bool take_option(struct options *options, int key, const char *argument)
{
	switch (key) {
	case KEY_FILE:
		add_file(options, argument);
		return true;
	case KEY_TOP:
		return take_number("top", argument, 1, TOP_MOST, &options->top);
	case KEY_CACHE_SECONDS:
		return take_number("cache-seconds", argument, 0, CACHE_SECONDS_MOST,
				   &options->cache_seconds);
	case KEY_REDACT:
		options->is_redacted = true;
		return true;
	case FOPNP_OPTION_KEY_JSON:
		fopnp_message_use_json();
		return true;
	default:
		return take_shared_option(options, key, argument);
	}
}

/* ONE is not for the result. */
static enum fopnp_options_result parse_options(struct options *options, int argc, char **argv)
{
	enum fopnp_options_result result;
	const char *argument;
	int key;

	while ((result = fopnp_options_next(OPTIONS, argc, argv, &key, &argument)) ==
	       FOPNP_OPTIONS_ONE)
		if (!take_option(options, key, argument))
			return FOPNP_OPTIONS_ERROR;
	if (result != FOPNP_OPTIONS_END)
		return result;
	for (int i = key; i < argc; i++)
		add_file(options, argv[i]);
	if (options->file_count > 0 && options->journal_only) {
		fopnp_message_error("options-conflict", "report on one of them, then on the other",
				    "%s is about the journal, and cannot go with a file",
				    options->journal_only);
		return FOPNP_OPTIONS_ERROR;
	}
	return result;
}

static void clear_options(struct options *options)
{
	fopnp_observed_filter_destroy(options->filter);
	free(options->files);
}

/* ---- reading ---- */

/* The times of the journal's options hold for files, too. */
static bool is_in_time(const struct fopnp_journal_options *options, int64_t time_us)
{
	return (options->since_us < 0 || time_us >= options->since_us) &&
	       (options->until_us < 0 || time_us <= options->until_us);
}

static void add_lookup(struct reading *reading, const struct fopnp_observed_lookup *lookup)
{
	reading->input.lookups++;
	if (fopnp_observed_filter_matches(reading->options->filter, lookup) &&
	    is_in_time(&reading->options->journal, lookup->event.time_us))
		fopnp_report_statistics_add(reading->statistics, lookup);
	fopnp_progress_tick();
}

static void add_dropped(uint64_t *dropped, const struct fopnp_observed_lookup *lookup)
{
	if (lookup->event.dropped > 0)
		*dropped += (uint64_t)lookup->event.dropped;
}

static bool take_from_file(struct fopnp_observed_lookup *lookup, void *context)
{
	struct reading *reading = context;

	add_dropped(&reading->dropped, lookup);
	add_lookup(reading, lookup);
	return true;
}

static bool read_file(struct reading *reading, const char *file)
{
	struct fopnp_report_input *input = &reading->input;
	struct fopnp_observed_file_counts counts = { 0 };

	reading->dropped = 0;
	if (!fopnp_observed_file_read(file, take_from_file, reading, &counts))
		return false;
	if (counts.bad > 0 && !input->bad_file) {
		input->bad_file = file;
		input->bad_line = counts.first_bad_line;
	}
	input->lines += counts.lines;
	input->bad += counts.bad;
	/* The summary counts what a filter of the recording left out, too. */
	input->lost += counts.lost > reading->dropped ? counts.lost : reading->dropped;
	if (input->lost > INT64_MAX) /* what JSON has numbers for */
		input->lost = INT64_MAX;
	input->cut_files += !counts.has_summary;
	return true;
}

static bool read_files(struct reading *reading)
{
	const struct options *options = reading->options;

	reading->input.files = options->files;
	reading->input.file_count = options->file_count;
	for (size_t i = 0; i < options->file_count; i++)
		if (!read_file(reading, options->files[i]))
			return false;
	return true;
}

static bool read_journal(struct reading *reading)
{
	struct fopnp_journal_reader *reader = fopnp_journal_open(&reading->options->journal);
	struct fopnp_observed_lookup *lookup;
	enum fopnp_journal_next next;

	reading->input.is_journal = true;
	if (!reader)
		return false;
	lookup = fopnp_observed_create();
	while ((next = fopnp_journal_read(reader, lookup)) != FOPNP_JOURNAL_END &&
	       next != FOPNP_JOURNAL_FAILED) {
		if (next == FOPNP_JOURNAL_MALFORMED) {
			reading->input.bad++;
			continue;
		}
		add_dropped(&reading->input.lost, lookup);
		add_lookup(reading, lookup);
	}
	fopnp_observed_destroy(lookup);
	fopnp_journal_close(reader);
	return next == FOPNP_JOURNAL_END;
}

static bool read_all(struct reading *reading)
{
	bool is_read;

	fopnp_progress_start("reading lookups");
	is_read = reading->options->file_count > 0 ? read_files(reading) : read_journal(reading);
	fopnp_progress_stop();
	return is_read;
}

/* ---- output ---- */

static void tell_nothing(const struct fopnp_report_input *input,
			 const struct fopnp_journal_options *journal)
{
	if (input->lookups > 0)
		(void)printf("none of the %" PRIu64 " lookups matches the filters\n",
			     input->lookups);
	else if (input->is_journal)
		(void)printf("%s\n", fopnp_journal_nothing(journal));
	else
		(void)printf("no lookups in what was read%s\n",
			     input->bad ? ": its lines are none of `fopnp run --json -o` or "
					  "`fopnp watch -o`"
					: "");
}

static void print_report(const struct reading *reading, const struct fopnp_report_results *results)
{
	struct fopnp_report report = {
		.input = &reading->input,
		.results = results,
		.cache_us = (uint64_t)reading->options->cache_seconds * SECOND_US,
	};
	struct fopnp_redaction *redaction = NULL;

	if (reading->options->is_redacted)
		redaction = fopnp_redaction_create();
	report.redaction = redaction;
	if (fopnp_message_is_json())
		fopnp_report_print_json(&report);
	else if (results->lookups == 0)
		tell_nothing(&reading->input, &reading->options->journal);
	else
		fopnp_report_print_text(&report);
	fopnp_redaction_destroy(redaction);
}

static enum fopnp_exit report(const struct options *options)
{
	struct fopnp_report_options limits = {
		.top = options->top,
		.cache_us = (uint64_t)options->cache_seconds * SECOND_US,
		.lookups_most = FOPNP_REPORT_LOOKUPS_MOST,
	};
	struct reading reading = { .options = options };
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;

	reading.statistics = fopnp_report_statistics_create(&limits);
	reading.input.is_filtered = fopnp_observed_filter_is_set(options->filter) ||
				    options->journal.since_us >= 0 ||
				    options->journal.until_us >= 0;
	if (read_all(&reading)) {
		const struct fopnp_report_results *results =
			fopnp_report_statistics_finish(reading.statistics);

		print_report(&reading, results);
		status = results->lookups > 0 ? FOPNP_EXIT_OK : FOPNP_EXIT_NO;
	}
	fopnp_report_statistics_destroy(reading.statistics);
	return status;
}

static enum fopnp_exit run(const struct fopnp_command *self, int argc, char **argv)
{
	struct options options = { .journal = fopnp_journal_options_none(),
				   .top = TOP_DEFAULT,
				   .cache_seconds = CACHE_SECONDS };
	enum fopnp_options_result parsed;
	enum fopnp_exit status;

	options.filter = fopnp_observed_filter_create();
	parsed = parse_options(&options, argc, argv);
	status = parsed == FOPNP_OPTIONS_END ? report(&options) : fopnp_help_instead(self, parsed);
	clear_options(&options);
	return status;
}

static const char *const EXAMPLES[] = {
	"fopnp report --since yesterday",
	"fopnp report --boot --status failed --top 20",
	"fopnp report lookups.json",
	"fopnp report --program curl --redact lookups.json",
	"zcat lookups.json.gz | fopnp report --json -",
	NULL,
};

const struct fopnp_command fopnp_command_report = {
	.name = "report",
	.group = "See every lookup",
	.summary = "statistics over recorded lookups",
	.usage = "[OPTION...] [FILE...]",
	.details =
		"Reads what `fopnp run --json -o` or `fopnp watch -o` recorded, or without a FILE the "
		"journal (\"log journal\" in fopnp.conf), and shows which names and programs asked most, which "
		"sources answered and how long each took, what was not found or failed, whose answer changed, and which "
		"lookups a cache would have saved.",
	.options = OPTIONS,
	.examples = EXAMPLES,
	.run = run,
};
