/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `fopnp watch` shows and records. */
#include "tools/watch_output.h"

#include "tools/clock.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/observed_json.h"
#include "tools/observed_text.h"
#include "tools/watch_options.h"
#include "tools/watch_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

struct fopnp_watch_output {
	const struct fopnp_watch_options *options;
	struct fopnp_observed_rows *rows; /* NULL: JSON */
	struct fopnp_redaction *redaction;
	FILE *record; /* of -o; NULL: none */
	int record_error;
	bool has_heading;
	bool is_output_broken; /* stdout takes nothing more */
	uint64_t start_us;
	uint64_t lookups, shown, filtered_out, lost, malformed, unreadable;
};

/* A recording has the names that a whole machine looks up: nobody else's to read. */
static bool open_record(struct fopnp_watch_output *output, const char *path)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);

	output->record = descriptor == -1 ? NULL : fdopen(descriptor, "w");
	if (output->record)
		return true;
	fopnp_message_error("output-unwritable", NULL, "cannot write %s: %s", path,
			    strerror(errno));
	if (descriptor != -1)
		(void)close(descriptor);
	return false;
}

static void print_heading(struct fopnp_watch_output *output)
{
	if (!output->has_heading)
		fopnp_observed_rows_heading(output->rows);
	output->has_heading = true;
}

struct fopnp_watch_output *fopnp_watch_output_create(const struct fopnp_watch_options *options)
{
	struct fopnp_watch_output *output = fopnp_memory_zeroed(1, sizeof(*output));
	struct fopnp_observed_rows_options rows = {
		.has_date = options->file || options->journal.is_asked,
	};

	output->options = options;
	output->start_us = fopnp_clock_now_us();
	if (options->output && !open_record(output, options->output)) {
		fopnp_watch_output_destroy(output);
		return NULL;
	}
	if (options->is_redacted)
		rows.redaction = output->redaction = fopnp_redaction_create();
	if (!fopnp_message_is_json()) {
		output->rows = fopnp_observed_rows_create(stdout, &rows);
		if (!options->file) /* which is yet to be opened */
			print_heading(output);
	}
	return output;
}

void fopnp_watch_output_destroy(struct fopnp_watch_output *output)
{
	if (!output)
		return;
	if (output->record)
		(void)fclose(output->record);
	fopnp_observed_rows_destroy(output->rows);
	fopnp_redaction_destroy(output->redaction);
	fopnp_memory_free_pointer(&output);
}

/* Where OBJECT, which is given away, belongs as JSON. */
static void print_json(const struct fopnp_watch_output *output, json_t *object)
{
	if (output->record)
		fopnp_json_print(json_incref(object), output->record);
	if (!output->rows)
		fopnp_json_print(json_incref(object), stdout);
	json_decref(object);
}

static bool wants_json(const struct fopnp_watch_output *output)
{
	return output->record || !output->rows;
}

void fopnp_watch_output_lookup(struct fopnp_watch_output *output,
			       const struct fopnp_observed_lookup *lookup)
{
	output->lookups++;
	if (fopnp_watch_output_is_done(output) ||
	    !fopnp_observed_filter_matches(output->options->filter, lookup)) {
		output->filtered_out++;
		return;
	}
	output->shown++;
	if (output->rows) {
		print_heading(output);
		fopnp_observed_rows_lookup(output->rows, lookup);
	}
	if (wants_json(output))
		print_json(output,
			   fopnp_observed_lookup_to_json(lookup, "watch", output->redaction));
}

void fopnp_watch_output_malformed(struct fopnp_watch_output *output,
				  const struct fopnp_observed_process *process, const char *bytes,
				  size_t len)
{
	output->malformed++;
	/* Nobody knows whether it is what a filter asks for. */
	if (fopnp_watch_output_is_done(output) ||
	    fopnp_observed_filter_is_set(output->options->filter))
		return;
	if (output->rows) {
		print_heading(output);
		fopnp_observed_rows_malformed(output->rows, process, bytes, len);
	}
	if (wants_json(output))
		print_json(output, fopnp_observed_malformed_to_json(process, bytes, len, "watch",
								    output->redaction));
}

static json_t *losses_to_json(const struct fopnp_observed_process *process, uint64_t count)
{
	struct fopnp_findings findings = { 0 };
	struct fopnp_finding *finding;
	json_t *object;

	finding = fopnp_findings_add(&findings, "events-lost", FOPNP_WARNING,
				     count == 1 ? "%llu event of this process was lost"
						: "%llu events of this process were lost",
				     (unsigned long long)count);
	object = fopnp_observed_finding_to_json(finding, process, "watch");
	fopnp_findings_clear(&findings);
	return object;
}

void fopnp_watch_output_lost(struct fopnp_watch_output *output,
			     const struct fopnp_observed_process *process, uint64_t count)
{
	output->lost += count;
	if (fopnp_watch_output_is_done(output))
		return;
	if (output->rows) {
		print_heading(output);
		fopnp_observed_rows_lost(output->rows, process, count);
	}
	if (wants_json(output))
		print_json(output, losses_to_json(process, count));
}

void fopnp_watch_output_unreadable(struct fopnp_watch_output *output, uint64_t count)
{
	output->unreadable += count;
}

void fopnp_watch_output_flush(struct fopnp_watch_output *output)
{
	if (!output->is_output_broken && !fopnp_message_flush_output()) {
		output->is_output_broken = true;
		__fpurge(stdout); /* it would be tried again, and could block */
	}
	errno = 0;
	if (output->record && output->record_error == 0 &&
	    (fflush(output->record) != 0 || ferror(output->record)))
		output->record_error = errno ? errno : EIO;
}

bool fopnp_watch_output_is_done(const struct fopnp_watch_output *output)
{
	return output->is_output_broken || output->record_error ||
	       (output->options->count && output->shown >= output->options->count);
}

bool fopnp_watch_output_is_unread(const struct fopnp_watch_output *output)
{
	return output->is_output_broken && fopnp_watch_wait_is_unread();
}

static json_t *counts_to_json(const struct fopnp_watch_output *output)
{
	json_t *counts = json_object();

	fopnp_json_set(counts, "lookups", json_integer((json_int_t)output->lookups));
	fopnp_json_set(counts, "shown", json_integer((json_int_t)output->shown));
	fopnp_json_set(counts, "filtered_out", json_integer((json_int_t)output->filtered_out));
	fopnp_json_set(counts, "lost", json_integer((json_int_t)output->lost));
	fopnp_json_set(counts, "malformed", json_integer((json_int_t)output->malformed));
	fopnp_json_set(counts, "unreadable", json_integer((json_int_t)output->unreadable));
	return counts;
}

/* "12 lookups", and of the rest what there was. */
static void print_summary(const struct fopnp_watch_output *output)
{
	const struct {
		uint64_t count;
		const char *words;
	} others[] = {
		{ output->filtered_out, "not shown" },
		{ output->lost, "lost" },
		{ output->malformed, "malformed" },
		{ output->unreadable, "not understood" },
	};

	(void)fprintf(stderr, "fopnp: %llu lookup%s", (unsigned long long)output->lookups,
		      output->lookups == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].count)
			(void)fprintf(stderr, ", %llu %s", (unsigned long long)others[i].count,
				      others[i].words);
	(void)fputc('\n', stderr);
}

/* The recording ends as a stream of JSON does; without a summary it was cut. */
static bool finish_record(struct fopnp_watch_output *output, int exit_status)
{
	if (!output->record)
		return true;
	fopnp_json_print(fopnp_json_summary("watch", counts_to_json(output),
					    fopnp_clock_now_us() - output->start_us, exit_status),
			 output->record);
	fopnp_watch_output_flush(output);
	errno = 0;
	if (fclose(output->record) != 0 && output->record_error == 0)
		output->record_error = errno ? errno : EIO;
	output->record = NULL;
	if (output->record_error == 0)
		return true;
	fopnp_message_error("output-unwritable", "the recording ends there", "cannot write %s: %s",
			    output->options->output, strerror(output->record_error));
	return false;
}

enum fopnp_exit fopnp_watch_output_finish(struct fopnp_watch_output *output, enum fopnp_exit status)
{
	if (!finish_record(output, (int)status))
		status = fopnp_exit_join(status, FOPNP_EXIT_CANNOT);
	if (output->is_output_broken)
		return status;
	if (!output->rows)
		fopnp_json_print_summary("watch", counts_to_json(output),
					 fopnp_clock_now_us() - output->start_us, (int)status);
	fopnp_watch_output_flush(output);
	if (output->rows)
		print_summary(output);
	return status;
}
