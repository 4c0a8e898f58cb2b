/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all calls came to, for people. */
#include "tools/run_text.h"

#include "tools/memory.h"
#include "tools/observed_text.h"
#include "tools/paragraph.h"
#include "tools/run_words.h"
#include "tools/table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define INDENT    2
#define ROWS_MOST 10 /* of a list; the others are counted */

/* On a terminal that is narrower the last column of a list is left out: who asked. */
#define ASKERS_COLUMNS 60

/* "3 calls", "1 call". */
static char *counted(uint64_t count, const char *noun)
{
	return fopnp_memory_format("%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
}

/* ", 2 not found"; nothing for 0. */
static void add_count(char **line, uint64_t count, const char *words)
{
	char *longer;

	if (count == 0)
		return;
	longer = fopnp_memory_format("%s, %" PRIu64 " %s", *line, count, words);
	free(*line);
	*line = longer;
}

static void print_nothing(const struct fopnp_run_ending *ending)
{
	FOPNP_AUTO_FREE char *line = fopnp_memory_format(
		"%s made no lookup call%s%s", ending->command,
		ending->has_left_others ? " before it ended" : "",
		ending->is_explained  ? " that could be seen; the reason stands above"
		: ending->started > 0 ? ": it called none of getaddrinfo, gethostbyname, "
					"gethostbyaddr and getnameinfo in libc (a program can have "
					"a resolver of its own)"
				      : " that could be seen: fopnp's library was not in it");

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_NOTABLE, line);
}

static void print_totals(const struct fopnp_run_tally *tally, const struct fopnp_run_ending *ending)
{
	FOPNP_AUTO_FREE char *calls = counted(tally->calls, "call");
	FOPNP_AUTO_FREE char *took = fopnp_observed_duration(tally->call_us);
	FOPNP_AUTO_FREE char *elapsed = fopnp_observed_duration(ending->elapsed_us);
	FOPNP_AUTO_FREE char *text = NULL;
	char *line = fopnp_memory_format("%s in %s (the command ran %s)", calls, took, elapsed);

	add_count(&line, tally->answered, "answered");
	add_count(&line, tally->not_found, "not found");
	add_count(&line, tally->failed, "failed");
	add_count(&line, tally->unfinished, "never came back");
	add_count(&line, tally->numeric,
		  "of them asked no source (an address, only an address allowed, or no name)");
	add_count(&line, tally->by_nscd, "of them answered by nscd");
	add_count(&line, tally->stray_lookups,
		  tally->stray_lookups == 1 ? "lookup outside of the calls that are seen"
					    : "lookups outside of the calls that are seen");
	text = line;
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, text);
}

/* ---- sources ---- */

static void add_number(struct fopnp_table *table, uint64_t number)
{
	FOPNP_AUTO_FREE char *text =
		number ? fopnp_memory_format("%" PRIu64, number) : fopnp_memory_copy_text("-");

	fopnp_table_cell(table, number ? FOPNP_PLAIN : FOPNP_DIM, text);
}

static void add_duration(struct fopnp_table *table, uint64_t us)
{
	FOPNP_AUTO_FREE char *text = us ? fopnp_observed_duration(us) : fopnp_memory_copy_text("-");

	fopnp_table_cell(table, us ? FOPNP_PLAIN : FOPNP_DIM, text);
}

enum source_column {
	SOURCE,
	ASKED,
	FOUND,
	NOT_FOUND,
	UNAVAILABLE,
	TRY_AGAIN,
	TOOK,
	IN_VAIN,
	SOURCE_COLUMNS
};

#define WIDE_COLUMNS   78 /* enough for all headings */
#define SOURCE_GAP     2
#define SOURCE_LEAST   8
#define DURATION_WIDTH 7

/* Of the headings and of what stands below them, as long as the counts are no longer. */
static size_t source_columns_width(const struct fopnp_table_column *columns, const bool *has)
{
	size_t width = INDENT + SOURCE_LEAST;

	for (enum source_column i = ASKED; i < SOURCE_COLUMNS; i++)
		if (has[i])
			width += SOURCE_GAP +
				 (i >= TOOK ? DURATION_WIDTH : strlen(columns[i].heading));
	return width;
}

/* What gives way on a narrow terminal: counts that are all 0, then what can be worked out, then times. */
static void choose_source_columns(const struct fopnp_run_tally *tally,
				  const struct fopnp_table_column *columns, size_t width, bool *has)
{
	static const enum source_column given_up[] = { IN_VAIN, ASKED, TOOK };
	bool is_wide = width >= WIDE_COLUMNS;

	for (enum source_column i = SOURCE; i < SOURCE_COLUMNS; i++)
		has[i] = is_wide || i < NOT_FOUND || i > TRY_AGAIN;
	for (size_t i = 0; i < tally->source_count; i++) {
		has[NOT_FOUND] |= tally->sources[i].not_found > 0;
		has[UNAVAILABLE] |= tally->sources[i].unavailable > 0;
		has[TRY_AGAIN] |= tally->sources[i].try_again > 0;
	}
	for (size_t i = 0; i < sizeof(given_up) / sizeof(given_up[0]) &&
			   source_columns_width(columns, has) > width;
	     i++)
		has[given_up[i]] = false;
}

static void add_source(struct fopnp_table *table, const struct fopnp_run_source *source,
		       const bool *has)
{
	const uint64_t numbers[SOURCE_COLUMNS] = {
		[ASKED] = source->asked,         [FOUND] = source->found,
		[NOT_FOUND] = source->not_found, [UNAVAILABLE] = source->unavailable,
		[TRY_AGAIN] = source->try_again, [TOOK] = source->total_us,
		[IN_VAIN] = source->before_us,
	};

	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_STRONG, source->id);
	for (enum source_column i = ASKED; i < SOURCE_COLUMNS; i++) {
		if (has[i] && i >= TOOK)
			add_duration(table, numbers[i]);
		else if (has[i])
			add_number(table, numbers[i]);
	}
}

static void print_sources(const struct fopnp_run_tally *tally)
{
	static const struct fopnp_table_column wide[SOURCE_COLUMNS] = {
		{ "source", false, SOURCE_LEAST },
		{ "asked", true, 0 },
		{ "found", true, 0 },
		{ "not found", true, 0 },
		{ "unavailable", true, 0 },
		{ "try again", true, 0 },
		{ "took", true, 0 },
		{ "in vain", true, 0 },
	};
	static const struct fopnp_table_column narrow[SOURCE_COLUMNS] = {
		{ "source", false, SOURCE_LEAST },
		{ "asked", true, 0 },
		{ "found", true, 0 },
		{ "not", true, 0 },
		{ "unavail", true, 0 },
		{ "again", true, 0 },
		{ "took", true, 0 },
		{ "in vain", true, 0 },
	};
	size_t width = fopnp_terminal_columns(), count = 0;
	const struct fopnp_table_column *columns = width >= WIDE_COLUMNS ? wide : narrow;
	struct fopnp_table_column chosen[SOURCE_COLUMNS];
	bool has[SOURCE_COLUMNS];
	struct fopnp_table *table;

	if (tally->source_count == 0)
		return;
	choose_source_columns(tally, columns, width, has);
	for (enum source_column i = SOURCE; i < SOURCE_COLUMNS; i++)
		if (has[i])
			chosen[count++] = columns[i];
	table = fopnp_table_create(chosen, count);
	for (size_t i = 0; i < tally->source_count; i++)
		add_source(table, &tally->sources[i], has);
	(void)fputc('\n', stdout);
	fopnp_table_print(table, stdout, INDENT, width);
	fopnp_table_destroy(table);
}

/* ---- names ---- */

static char *programs_text(const struct fopnp_run_name *name)
{
	char *text = fopnp_memory_copy_text("");

	for (size_t i = 0; i < FOPNP_RUN_NAME_PROGRAMS && name->programs[i][0]; i++) {
		char *longer =
			fopnp_memory_format("%s%s%s", text, i ? ", " : "", name->programs[i]);

		free(text);
		text = longer;
	}
	if (name->has_more_programs) {
		char *longer = fopnp_memory_format("%s, ...", text);

		free(text);
		text = longer;
	}
	return text;
}

static void add_name(struct fopnp_table *table, const struct fopnp_run_text *text,
		     const struct fopnp_run_name *name, bool is_failure)
{
	FOPNP_AUTO_FREE char *shown = fopnp_redact_name(text->redaction, name->name);
	FOPNP_AUTO_FREE char *programs = programs_text(name);

	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_PLAIN, shown);
	add_number(table, is_failure ? name->unanswered : name->calls);
	if (is_failure)
		fopnp_table_cell(table, FOPNP_PLAIN, fopnp_run_words_failure(name->code));
	else
		add_duration(table, name->total_us);
	fopnp_table_cell(table, FOPNP_PLAIN, programs);
}

static void print_names(const struct fopnp_run_text *text, const struct fopnp_run_name **names,
			size_t count, bool is_failure)
{
	static const struct fopnp_table_column repeated[] = {
		{ "asked more than once", false, 20 },
		{ "calls", true, 0 },
		{ "took", true, 0 },
		{ "by", false, 8 },
	};
	static const struct fopnp_table_column failed[] = {
		{ "not found or failed", false, 20 },
		{ "times", true, 0 },
		{ "why", false, 9 },
		{ "asked by", false, 8 },
	};
	struct fopnp_table *table;

	if (count == 0)
		return;
	table = fopnp_table_create(is_failure ? failed : repeated,
				   fopnp_terminal_columns() < ASKERS_COLUMNS ? 3 : 4);
	for (size_t i = 0; i < count && i < ROWS_MOST; i++)
		add_name(table, text, names[i], is_failure);
	(void)fputc('\n', stdout);
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
	if (count > ROWS_MOST)
		(void)printf("%*s... and %zu more\n", INDENT, "", count - ROWS_MOST);
}

static void print_repeated(const struct fopnp_run_text *text, const struct fopnp_run_tally *tally)
{
	size_t count;
	FOPNP_AUTO_FREE const struct fopnp_run_name **names =
		fopnp_run_tally_repeated(tally, &count);

	print_names(text, names, count, false);
}

static void print_failures(const struct fopnp_run_text *text, const struct fopnp_run_tally *tally)
{
	size_t count;
	FOPNP_AUTO_FREE const struct fopnp_run_name **names =
		fopnp_run_tally_unanswered(tally, &count);

	print_names(text, names, count, true);
}

static void print_losses(const struct fopnp_run_tally *tally)
{
	FOPNP_AUTO_FREE char *lost = counted(tally->lost, "event");
	FOPNP_AUTO_FREE char *malformed = counted(tally->malformed, "datagram");
	FOPNP_AUTO_FREE char *line = NULL;

	if (tally->lost == 0 && tally->malformed == 0)
		return;
	if (tally->lost == 0)
		line = fopnp_memory_format("%s came that %s no event of ours", malformed,
					   tally->malformed == 1 ? "is" : "are");
	else
		line = fopnp_memory_format(
			"%s lost: the numbers above are too small%s%s%s", lost,
			tally->malformed ? "; " : "", tally->malformed ? malformed : "",
			tally->malformed ? " came that are no event of ours" : "");
	(void)fputc('\n', stdout);
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_BAD, line);
}

void fopnp_run_text_summary(const struct fopnp_run_text *text, const struct fopnp_run_tally *tally,
			    const struct fopnp_run_ending *ending)
{
	if (text->has_heading)
		(void)fputc('\n', stdout);
	if (tally->calls + tally->stray_lookups == 0)
		print_nothing(ending);
	else
		print_totals(tally, ending);
	print_sources(tally);
	print_repeated(text, tally);
	print_failures(text, tally);
	print_losses(tally);
}
