/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lookups of the past, see watch_recorded.h. */
#include "tools/watch_recorded.h"

#include "tools/clock.h"
#include "tools/message.h"
#include "tools/observed.h"
#include "tools/observed_file.h"
#include "tools/watch_options.h"
#include "tools/watch_output.h"
#include "tools/watch_wait.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES_MOST 512 /* between two looks at signals and clock */

/*
 * As the event itself says: gaps in the sequence mean nothing here, where log-events, or
 * a filter, chose.
 */
static void take_losses(struct fopnp_watch_output *output,
			const struct fopnp_observed_lookup *lookup)
{
	if (lookup->event.dropped > 0)
		fopnp_watch_output_lost(output, &lookup->process, (uint64_t)lookup->event.dropped);
}

static bool begin_waiting(void)
{
	if (fopnp_watch_wait_start())
		return true;
	fopnp_message_error("watch-failed", NULL, "cannot make a pipe: %s", strerror(errno));
	return false;
}

/* ---- the journal ---- */

struct journal {
	const struct fopnp_watch_options *options;
	struct fopnp_journal_reader *reader;
	struct fopnp_watch_output *output;
	struct fopnp_observed_lookup *lookup;
	uint64_t end_us; /* of the clock; 0: none */
	bool has_any;    /* an entry was there */
	bool is_unread;
};

/* Up to MOST entries; what came last. */
static enum fopnp_journal_next read_entries(struct journal *journal, size_t most)
{
	enum fopnp_journal_next next = FOPNP_JOURNAL_LOOKUP;

	for (size_t i = 0; i < most && !fopnp_watch_output_is_done(journal->output); i++) {
		next = fopnp_journal_read(journal->reader, journal->lookup);
		journal->has_any |= next == FOPNP_JOURNAL_LOOKUP || next == FOPNP_JOURNAL_MALFORMED;
		switch (next) {
		case FOPNP_JOURNAL_LOOKUP:
			take_losses(journal->output, journal->lookup);
			fopnp_watch_output_lookup(journal->output, journal->lookup);
			break;
		case FOPNP_JOURNAL_MALFORMED:
			fopnp_watch_output_malformed(journal->output, &journal->lookup->process, "",
						     0);
			break;
		case FOPNP_JOURNAL_END:
		case FOPNP_JOURNAL_FAILED:
			fopnp_watch_output_flush(journal->output);
			return next;
		}
	}
	fopnp_watch_output_flush(journal->output);
	return next;
}

static int wait_ms(const struct journal *journal)
{
	int most = fopnp_journal_timeout_ms(journal->reader);
	uint64_t now_us = fopnp_clock_now_us();
	uint64_t left_us;

	if (!journal->end_us)
		return most;
	left_us = journal->end_us > now_us ? journal->end_us - now_us : 0;
	return most >= 0 && (uint64_t)most * 1000 < left_us ? most : (int)(left_us / 1000) + 1;
}

/* False: the end, for this reason. */
static bool wait_for_more(struct journal *journal, enum fopnp_journal_next next)
{
	int descriptor = fopnp_journal_descriptor(journal->reader);

	if (descriptor == -1)
		return false;
	switch (fopnp_watch_wait(descriptor, next == FOPNP_JOURNAL_END ? wait_ms(journal) : 0)) {
	case FOPNP_WATCH_READY:
	case FOPNP_WATCH_QUIET:
		if (next == FOPNP_JOURNAL_END)
			fopnp_journal_process(journal->reader);
		return !journal->end_us || fopnp_clock_now_us() < journal->end_us;
	case FOPNP_WATCH_STOPPED:
		break;
	case FOPNP_WATCH_NO_READER:
		journal->is_unread = true;
		break;
	}
	return false;
}

static enum fopnp_exit follow(struct journal *journal)
{
	/* Before the first entry is read, so that none is missed. */
	if (fopnp_journal_descriptor(journal->reader) == -1)
		return FOPNP_EXIT_CANNOT;
	for (;;) {
		enum fopnp_journal_next next = read_entries(journal, ENTRIES_MOST);

		if (next == FOPNP_JOURNAL_FAILED)
			return FOPNP_EXIT_CANNOT;
		if (fopnp_watch_output_is_done(journal->output) || !wait_for_more(journal, next))
			return FOPNP_EXIT_OK;
	}
}

static enum fopnp_exit show_journal(struct journal *journal)
{
	enum fopnp_exit status;

	if (journal->options->is_following)
		status = follow(journal);
	else
		status = read_entries(journal, SIZE_MAX) == FOPNP_JOURNAL_FAILED ? FOPNP_EXIT_CANNOT
										 : FOPNP_EXIT_OK;
	status = fopnp_watch_output_finish(journal->output, status);
	if (status == FOPNP_EXIT_OK && !journal->has_any && !fopnp_message_is_json())
		(void)fprintf(stderr, "fopnp: %s\n",
			      fopnp_journal_nothing(&journal->options->journal));
	return status;
}

enum fopnp_exit fopnp_watch_journal(const struct fopnp_watch_options *options)
{
	struct journal journal = { .options = options };
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;

	journal.reader = fopnp_journal_open(&options->journal);
	if (!journal.reader)
		return status;
	if (options->is_following && !begin_waiting()) {
		fopnp_journal_close(journal.reader);
		return status;
	}
	journal.output = fopnp_watch_output_create(options);
	journal.lookup = fopnp_observed_create();
	journal.end_us = options->for_us ? fopnp_clock_now_us() + options->for_us : 0;
	if (journal.output) {
		status = show_journal(&journal);
		journal.is_unread |= fopnp_watch_output_is_unread(journal.output);
	}
	fopnp_observed_destroy(journal.lookup);
	fopnp_watch_output_destroy(journal.output);
	fopnp_journal_close(journal.reader);
	if (options->is_following)
		fopnp_watch_wait_finish();
	if (journal.is_unread)
		fopnp_watch_wait_die_unread();
	return status;
}

/* ---- a file ---- */

struct recording {
	struct fopnp_watch_output *output;
	bool is_stream; /* more may come at any time */
	bool is_unread;
};

static bool take_recorded(struct fopnp_observed_lookup *lookup, void *context)
{
	struct recording *recording = context;

	take_losses(recording->output, lookup);
	fopnp_watch_output_lookup(recording->output, lookup);
	if (recording->is_stream) {
		fopnp_watch_output_flush(recording->output);
		switch (fopnp_watch_wait(-1, 0)) {
		case FOPNP_WATCH_STOPPED:
			return false;
		case FOPNP_WATCH_NO_READER:
			recording->is_unread = true;
			return false;
		case FOPNP_WATCH_READY:
		case FOPNP_WATCH_QUIET:
			break;
		}
	}
	return !fopnp_watch_output_is_done(recording->output);
}

static bool is_same_file(const char *input, const char *output)
{
	struct stat in, out;
	bool is_there =
		strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &in) == 0 : stat(input, &in) == 0;

	return is_there && stat(output, &out) == 0 && S_ISREG(out.st_mode) &&
	       in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

/* Whether the file is none of ours, which is told. */
static bool tell_foreign(const char *file, const struct fopnp_observed_file_counts *counts)
{
	if (counts->bad == 0 || counts->lookups + counts->others > 0)
		return false;
	fopnp_message_error("file-foreign",
			    "name a file that `fopnp run --json -o` or `fopnp watch -o` wrote",
			    "%s: none of its %" PRIu64 " line%s is one of a recording",
			    strcmp(file, "-") == 0 ? "standard input" : file, counts->lines,
			    counts->lines == 1 ? "" : "s");
	return true;
}

static enum fopnp_exit show_recording(const struct fopnp_watch_options *options,
				      struct recording *recording)
{
	struct fopnp_observed_file_counts counts = { 0 };
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;

	if (options->output && is_same_file(options->file, options->output)) {
		fopnp_message_error("options-conflict", "record to another file",
				    "%s is read: --output would empty it", options->output);
		return FOPNP_EXIT_USAGE;
	}
	recording->output = fopnp_watch_output_create(options);
	if (!recording->output)
		return status;
	if (fopnp_observed_file_read(options->file, take_recorded, recording, &counts))
		status = tell_foreign(options->file, &counts) ? FOPNP_EXIT_NO : FOPNP_EXIT_OK;
	fopnp_watch_output_unreadable(recording->output, counts.bad);
	status = fopnp_watch_output_finish(recording->output, status);
	recording->is_unread |= fopnp_watch_output_is_unread(recording->output);
	fopnp_watch_output_destroy(recording->output);
	return status;
}

enum fopnp_exit fopnp_watch_file(const struct fopnp_watch_options *options)
{
	struct recording recording = { .is_stream = strcmp(options->file, "-") == 0 };
	enum fopnp_exit status;

	/* A file ends; of a stream ^C is the end, and the reader returns at a signal. */
	if (!recording.is_stream)
		return show_recording(options, &recording);
	if (!begin_waiting())
		return FOPNP_EXIT_CANNOT;
	status = show_recording(options, &recording);
	fopnp_watch_wait_finish();
	if (recording.is_unread)
		fopnp_watch_wait_die_unread();
	return status;
}
