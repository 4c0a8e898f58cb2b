/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `fopnp connect` for people. */
#include "tools/connect.h"

#include "nss_module/lookup/address.h"
#include "tools/findings_text.h"
#include "tools/memory.h"
#include "tools/paragraph.h"
#include "tools/table.h"
#include "tools/trace_words.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT       2
#define LABEL_INDENT 9

/* From so many columns on the longest addresses fit whole, for those who copy them. */
#define ROOMY          100
#define ADDRESS_NARROW 9

enum { COLUMN_ADDRESS, COLUMN_SOURCE, COLUMN_OUTCOME, COLUMN_START, COLUMN_TIME, COLUMN_FROM };

/* Without the start, which only a race has. */
static const struct fopnp_table_column COLUMNS[] = {
	{ "address", false, 0 }, { "source", false, 12 }, { "outcome", false, 12 },
	{ "time", true, 0 },     { "from", false, 9 },
};
static const struct fopnp_table_column RACE_COLUMNS[] = {
	[COLUMN_ADDRESS] = { "address", false, 0 },  [COLUMN_SOURCE] = { "source", false, 12 },
	[COLUMN_OUTCOME] = { "outcome", false, 12 }, [COLUMN_START] = { "start", true, 0 },
	[COLUMN_TIME] = { "time", true, 0 },         [COLUMN_FROM] = { "from", false, 9 },
};

static bool is_race(const struct fopnp_connect *connect)
{
	return connect->options->manner == FOPNP_ATTEMPT_RACE;
}

/* ---- the head ---- */

static char *through_words(const struct fopnp_connect *connect)
{
	const struct fopnp_attempt *winner = &connect->attempts[connect->winner];
	char address[FOPNP_ADDRESS_TEXT], duration[FOPNP_DURATION_TEXT];

	(void)fopnp_request_print_address(&winner->address, address);
	(void)fopnp_trace_duration(winner->start_us + winner->elapsed_us, duration);
	return is_race(connect) ? fopnp_memory_format("%s port %u wins the race, after %s", address,
						      winner->address.port, duration)
				: fopnp_memory_format("a program gets through, to %s port %u",
						      address, winner->address.port);
}

static const char *failure_head(const struct fopnp_connect *connect)
{
	const struct fopnp_call_result *result = connect->lookup.result;

	if (result->end == FOPNP_CALL_RETURNED && result->code == 0)
		return connect->options->manner == FOPNP_ATTEMPT_FIRST
			       ? "a program that tries the first address alone does not get through"
			       : "no program gets through";
	if (result->end == FOPNP_CALL_RETURNED && result->code == EAI_SERVICE)
		return "no such service";
	if (fopnp_connect_exit_status(connect) == FOPNP_EXIT_NO)
		return "not found";
	return "no answer";
}

static void print_head(const struct fopnp_connect *connect)
{
	const struct fopnp_request *request = &connect->lookup.request;
	FOPNP_AUTO_FREE char *through =
		fopnp_connect_is_through(connect) ? through_words(connect) : NULL;
	FOPNP_AUTO_FREE char *head =
		fopnp_memory_format("%s %s: %s", request->given, request->service,
				    through ? through : failure_head(connect));

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, head);
}

/* How the winner stood against the others. */
static void print_margin(const struct fopnp_connect *connect)
{
	char address[FOPNP_ADDRESS_TEXT], duration[FOPNP_DURATION_TEXT];
	FOPNP_AUTO_FREE char *line = NULL;
	uint64_t won_us = 0;
	size_t second, started = 0;

	if (!is_race(connect) || !fopnp_connect_is_through(connect))
		return;
	for (size_t i = 0; i < connect->count; i++)
		started += connect->attempts[i].state != FOPNP_ATTEMPT_NOT_MADE;
	second = fopnp_connect_runner_up(connect, &won_us);
	if (second < connect->count)
		line = fopnp_memory_format(
			"by %s before %s", fopnp_trace_duration(won_us, duration),
			fopnp_request_print_address(&connect->attempts[second].address, address));
	else if (connect->count == 1)
		line = fopnp_memory_copy_text("it is the only address");
	else if (started == 1)
		line = fopnp_memory_format("before another was to start, after %u ms",
					   FOPNP_ATTEMPT_DELAY_US / 1000);
	else
		line = fopnp_memory_copy_text("no other was connected");
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT, FOPNP_GOOD, line);
}

static void print_lookup(const struct fopnp_connect *connect)
{
	const struct fopnp_program_lookup *lookup = &connect->lookup;
	const char *canonical = lookup->result->canonical;
	char duration[FOPNP_DURATION_TEXT];
	FOPNP_AUTO_FREE char *line = NULL;
	bool is_answered = lookup->result->end == FOPNP_CALL_RETURNED && lookup->result->code == 0;

	(void)fopnp_trace_duration(lookup->result->elapsed_us, duration);
	if (!is_answered) {
		FOPNP_AUTO_FREE char *words = fopnp_program_lookup_failure_words(lookup);

		line = fopnp_memory_format("%s; after %s", words, duration);
	} else if (strcmp(lookup->answered_by, "numeric") == 0) {
		line = fopnp_memory_copy_text("already an address: no source was asked");
	} else {
		line = fopnp_memory_format("answered by %s in %s",
					   lookup->answered_by[0]
						   ? lookup->answered_by
						   : "a source that could not be seen",
					   duration);
	}
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT,
			      is_answered ? FOPNP_PLAIN : FOPNP_BAD, line);
	if (strcmp(lookup->request.given, lookup->request.name) != 0)
		fopnp_paragraph_print(stdout, FOPNP_DIM, "  name", LABEL_INDENT, FOPNP_PLAIN,
				      lookup->request.name);
	if (is_answered && canonical[0] && strcmp(canonical, lookup->request.name) != 0)
		fopnp_paragraph_print(stdout, FOPNP_DIM, "  canon", LABEL_INDENT, FOPNP_PLAIN,
				      canonical);
}

/* ---- the rows ---- */

static char *source_words(const struct fopnp_connect *connect, const struct fopnp_attempt *attempt)
{
	const struct fopnp_place *place =
		fopnp_program_lookup_line(&connect->lookup, &attempt->address);

	if (!place)
		return fopnp_memory_copy_text(connect->lookup.answered_by);
	return fopnp_memory_format("%s %s:%u", connect->lookup.answered_by, place->file,
				   place->line);
}

static enum fopnp_style style_of(const struct fopnp_attempt *attempt)
{
	switch (attempt->state) {
	case FOPNP_ATTEMPT_CONNECTED:
		return FOPNP_GOOD;
	case FOPNP_ATTEMPT_FAILED:
	case FOPNP_ATTEMPT_TIMED_OUT:
		return FOPNP_BAD;
	case FOPNP_ATTEMPT_GIVEN_UP:
	case FOPNP_ATTEMPT_NOT_MADE:
		break;
	}
	return FOPNP_DIM;
}

static void add_row(struct fopnp_table *table, const struct fopnp_connect *connect, size_t index)
{
	const struct fopnp_attempt *attempt = &connect->attempts[index];
	bool is_made = attempt->state != FOPNP_ATTEMPT_NOT_MADE;
	enum fopnp_style plain = is_made ? FOPNP_PLAIN : FOPNP_DIM;
	FOPNP_AUTO_FREE char *source = source_words(connect, attempt);
	FOPNP_AUTO_FREE char *outcome = fopnp_attempt_words(attempt);
	char text[FOPNP_ADDRESS_TEXT], duration[FOPNP_DURATION_TEXT] = "";

	fopnp_table_row(table);
	fopnp_table_cell(table, plain, fopnp_request_print_address(&attempt->address, text));
	fopnp_table_cell(table, plain, source);
	fopnp_table_cell(table, style_of(attempt), outcome);
	if (is_race(connect))
		fopnp_table_cell(table, plain,
				 is_made ? fopnp_trace_duration(attempt->start_us, duration) : "");
	fopnp_table_cell(table, plain,
			 is_made ? fopnp_trace_duration(attempt->elapsed_us, duration) : "");
	fopnp_table_cell(table, plain,
			 attempt->has_local ? fopnp_request_print_address(&attempt->local, text)
					    : "");
}

static void print_rows(const struct fopnp_connect *connect)
{
	struct fopnp_table_column columns[sizeof(RACE_COLUMNS) / sizeof(*RACE_COLUMNS)];
	size_t size = is_race(connect) ? sizeof(RACE_COLUMNS) : sizeof(COLUMNS);
	struct fopnp_table *table;

	if (connect->count == 0)
		return;
	memcpy(columns, is_race(connect) ? RACE_COLUMNS : COLUMNS, size);
	if (fopnp_terminal_columns() < ROOMY)
		columns[COLUMN_ADDRESS].wrap = ADDRESS_NARROW;
	table = fopnp_table_create(columns, size / sizeof(*columns));
	for (size_t i = 0; i < connect->count; i++)
		add_row(table, connect, i);
	(void)fputc('\n', stdout);
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}

void fopnp_connect_print_text(const struct fopnp_connect *connect)
{
	print_head(connect);
	print_margin(connect);
	print_lookup(connect);
	print_rows(connect);
	fopnp_findings_print_text(&connect->notes);
}
