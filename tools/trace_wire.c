/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The packets of a step for people. */
#include "tools/trace_wire.h"

#include "tools/escape.h"
#include "tools/memory.h"
#include "tools/paragraph.h"
#include "tools/table.h"
#include "tools/trace.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"
#include "tools/wire_rows.h"

#include <arpa/nameser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define INDENT    4
#define ROWS      24
#define COSTLY_US 900000u /* a row that took so long is marked; a time-out of 1 s is seen as less */
#define FAST_US   250000u /* a server may be at the other end of the world */

/* What the block is made from. */
struct block {
	const struct fopnp_trace *trace;
	const struct fopnp_step *step;
	struct fopnp_wire_block wire;
};

/* Queries that no program made: the call came to its end before this source. */
static bool is_of_fopnp_alone(const struct block *block)
{
	return block->step->reach == FOPNP_NOT_REACHED;
}

/* ---- servers ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The caller's. */
static char *server_words(const struct block *block, size_t index, bool has_place)
{
	const char *text = fopnp_step_server(block->trace, block->step, index);
	unsigned line;
	const char *file = fopnp_step_server_file(block->trace, block->step, index, &line);

	if (!has_place)
		return fopnp_memory_copy_text(text);
	if (file)
		return fopnp_memory_format("%s (%s:%u)", text, base_name(file), line);
	return fopnp_memory_format("%s (glibc's default)", text);
}

static bool is_used(const struct block *block, size_t server)
{
	for (size_t i = 0; i < block->wire.count; i++)
		if (block->wire.list[i].server == server)
			return true;
	return false;
}

/* " (all fopnp.conf:1)" where one line names all that were asked, and they are several. */
static char *common_place(const struct block *block)
{
	const char *first = NULL;
	unsigned first_line = 0, line;
	size_t used = 0;

	for (size_t i = 0; i < fopnp_step_server_count(block->trace, block->step); i++) {
		const char *file;

		if (!is_used(block, i))
			continue;
		file = fopnp_step_server_file(block->trace, block->step, i, &line);
		if (!file || (first && (strcmp(file, first) != 0 || line != first_line)))
			return NULL;
		first = file;
		first_line = line;
		used++;
	}
	return used > 1 ? fopnp_memory_format(" (all %s:%u)", base_name(first), first_line) : NULL;
}

/* Those that were asked, as resolv.conf has them; the caller's. */
static char *servers_words(const struct block *block, bool has_place)
{
	FOPNP_AUTO_FREE char *common = has_place ? common_place(block) : NULL;
	char *words = NULL;

	for (size_t i = 0; i < fopnp_step_server_count(block->trace, block->step); i++) {
		FOPNP_AUTO_FREE char *server = NULL;
		char *longer;

		if (!is_used(block, i))
			continue;
		server = server_words(block, i, has_place && !common);
		longer = fopnp_memory_format("%s%s%s", words ? words : "", words ? ", " : "",
					     server);
		free(words);
		words = longer;
	}
	if (words && common) {
		char *longer = fopnp_memory_format("%s%s", words, common);

		free(words);
		words = longer;
	}
	return words ? words : fopnp_memory_copy_text("?");
}

/* ---- one line ---- */

/* What was asked of several servers at once passes once. */
static uint64_t cost_of_told(const struct block *block, size_t from)
{
	uint64_t cost = 0, counted_to = 0;

	for (; from < block->wire.count; from++) {
		uint64_t begin = block->wire.list[from].at_us;
		uint64_t end = begin + block->wire.list[from].waited_us;

		if (end <= counted_to)
			continue;
		cost += end - (begin > counted_to ? begin : counted_to);
		counted_to = end;
	}
	return cost;
}

/* The time of all rounds from FROM on: the halves of one pass together. */
static uint64_t cost_from(const struct block *block, size_t from)
{
	const struct fopnp_wire_exchange *list = block->wire.list;
	uint64_t cost = 0;

	if (block->step->wire->is_told)
		return cost_of_told(block, from);
	while (from < block->wire.count) {
		size_t round = list[from].round;
		uint64_t most = 0;

		for (; from < block->wire.count && list[from].round == round; from++)
			if (list[from].waited_us > most)
				most = list[from].waited_us;
		cost += most;
	}
	return cost;
}

/* The last row, if it tells the whole last round; else its COUNT is 0. */
static struct fopnp_wire_row last_row(const struct block *block)
{
	const struct fopnp_wire_exchange *list = block->wire.list;
	struct fopnp_wire_row row = { 0 };

	for (size_t i = 0; i < block->wire.count; i += row.count)
		row = fopnp_wire_row_at(&block->wire, i);
	if (row.first > list && row.first[-1].round == row.first->round)
		row.count = 0;
	return row;
}

static size_t count_names(const struct block *block)
{
	size_t count = 1;

	for (size_t i = 1; i < block->wire.count; i++)
		if (strcasecmp(block->wire.list[i].query->message.name,
			       block->wire.list[i - 1].query->message.name) != 0)
			count++;
	return count;
}

/* Whether all rows say what LAST does. */
static bool is_all_alike(const struct block *block, const struct fopnp_wire_row *last)
{
	FOPNP_AUTO_FREE char *wanted = fopnp_wire_row_words(&block->wire, last);
	size_t step;

	for (size_t i = 0; i < block->wire.count; i += step) {
		const struct fopnp_wire_row row = fopnp_wire_row_at(&block->wire, i);
		FOPNP_AUTO_FREE char *words = fopnp_wire_row_words(&block->wire, &row);

		if (strcmp(words, wanted) != 0)
			return false;
		step = row.count;
	}
	return true;
}

/* One candidate name, asked once by UDP, answered at once. */
static bool is_unremarkable(const struct block *block)
{
	for (size_t i = 0; i < block->wire.count; i++) {
		const struct fopnp_wire_exchange *exchange = &block->wire.list[i];

		if (!fopnp_wire_is_sound(exchange) || !fopnp_wire_is_fine(&block->wire, exchange) ||
		    exchange->is_tcp || exchange->retry || exchange->waited_us >= FAST_US)
			return false;
	}
	return fopnp_wire_row_at(&block->wire, 0).count == block->wire.count;
}

/* What nobody but fopnp asked is of interest where it costs or fails, or its end takes a table. */
static bool can_fold(const struct block *block)
{
	const struct fopnp_wire_row last = last_row(block);

	for (size_t i = 0; i < block->wire.count; i++)
		if (!fopnp_wire_is_fine(&block->wire, &block->wire.list[i]))
			return false;
	return cost_from(block, 0) < COSTLY_US && last.count > 0 &&
	       fopnp_wire_is_sound(last.first) &&
	       (fopnp_wire_row_is_found(&last) || count_names(block) == 1 ||
		is_all_alike(block, &last));
}

static bool is_line(const struct block *block)
{
	return !block->step->wire->is_cut && !block->step->is_wire_other &&
	       (is_of_fopnp_alone(block) ? can_fold(block) : is_unremarkable(block));
}

static void print_line(const struct block *block)
{
	const struct fopnp_wire_row last = last_row(block);
	size_t names = count_names(block);
	FOPNP_AUTO_FREE char *source =
		fopnp_escape_text(block->step->source, strlen(block->step->source));
	FOPNP_AUTO_FREE char *label = fopnp_memory_format(
		is_of_fopnp_alone(block) ? "  %s, asked by fopnp alone," : "  %s asked", source);
	FOPNP_AUTO_FREE char *servers = servers_words(block, false);
	FOPNP_AUTO_FREE char *question = names > 1 ? fopnp_memory_format("%zu names,", names)
						   : fopnp_wire_question_words(&block->wire, &last);
	FOPNP_AUTO_FREE char *words = fopnp_wire_row_words(&block->wire, &last);
	char duration[FOPNP_DURATION_TEXT];
	FOPNP_AUTO_FREE char *line =
		fopnp_memory_format("%s: %s%s %s, %s", servers, question, names > 1 ? "" : ":",
				    words, fopnp_trace_duration(cost_from(block, 0), duration));

	fopnp_paragraph_print(stdout, FOPNP_DIM, label, fopnp_escape_columns(label) + 1,
			      FOPNP_PLAIN, line);
}

/* ---- the table ---- */

enum { COLUMN_MARK, COLUMN_AT, COLUMN_SERVER, COLUMN_QUESTION, COLUMN_CAME, COLUMN_TOOK, COLUMNS };

static const struct fopnp_table_column WITH_SERVER[COLUMNS] = {
	[COLUMN_MARK] = { "", false, 0 },          [COLUMN_AT] = { "at", true, 0 },
	[COLUMN_SERVER] = { "server", false, 13 }, [COLUMN_QUESTION] = { "asked", false, 16 },
	[COLUMN_CAME] = { "came", false, 14 },     [COLUMN_TOOK] = { "took", true, 0 },
};
/* Where all went to one server, which the heading names. */
static const struct fopnp_table_column WITHOUT_SERVER[COLUMNS - 1] = {
	{ "", false, 0 },      { "at", true, 0 },   { "asked", false, 16 },
	{ "came", false, 14 }, { "took", true, 0 },
};

static bool is_one_server(const struct block *block)
{
	for (size_t i = 1; i < block->wire.count; i++)
		if (block->wire.list[i].server != block->wire.list[0].server)
			return false;
	return true;
}

/* Whose packets these are, where they are not the program's. */
static const char *owner_words(const struct block *block)
{
	if (is_of_fopnp_alone(block))
		return ", asked by fopnp alone,";
	return block->step->is_wire_other ? ", of another call, which went otherwise," : "";
}

static void print_heading(const struct block *block)
{
	FOPNP_AUTO_FREE char *source =
		fopnp_escape_text(block->step->source, strlen(block->step->source));
	FOPNP_AUTO_FREE char *label =
		fopnp_memory_format("  %s on the wire%s", source, owner_words(block));
	FOPNP_AUTO_FREE char *servers = servers_words(block, true);
	FOPNP_AUTO_FREE char *line = fopnp_memory_format("to %s", servers);

	fopnp_paragraph_print(stdout, FOPNP_DIM, label, fopnp_escape_columns(label) + 1, FOPNP_DIM,
			      line);
}

static void add_row(struct fopnp_table *table, const struct block *block,
		    const struct fopnp_wire_row *row, bool has_server)
{
	uint64_t cost = fopnp_wire_row_cost(row);
	bool is_costly = cost >= COSTLY_US;
	enum fopnp_style style = is_costly ? FOPNP_NOTABLE : FOPNP_PLAIN;
	FOPNP_AUTO_FREE char *question = fopnp_wire_question_words(&block->wire, row);
	FOPNP_AUTO_FREE char *words = fopnp_wire_row_words(&block->wire, row);
	const char *server = fopnp_step_server(block->trace, block->step, row->first->server);
	char duration[FOPNP_DURATION_TEXT];

	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_NOTABLE, is_costly ? "!" : "");
	fopnp_table_cell(table, FOPNP_PLAIN, fopnp_trace_duration(row->first->at_us, duration));
	if (has_server)
		fopnp_table_cell(table, FOPNP_PLAIN, server ? server : "?");
	fopnp_table_cell(table, FOPNP_PLAIN, question);
	fopnp_table_cell(table, style, words);
	fopnp_table_cell(table, style, fopnp_trace_duration(cost, duration));
}

/* What the table leaves out: how much, and the time that it cost. */
static void print_rest(const struct block *block, size_t from)
{
	uint64_t cost = cost_from(block, from);
	char duration[FOPNP_DURATION_TEXT];

	if (from < block->wire.count)
		(void)printf("%*s... and %zu more, %s%s; --json has them\n", INDENT, "",
			     block->wire.count - from, fopnp_trace_duration(cost, duration),
			     cost >= COSTLY_US ? " of waiting" : "");
	if (block->step->wire->unlisted_count > 0)
		(void)printf("%*s(and %zu more, which it did not list)\n", INDENT, "",
			     block->step->wire->unlisted_count);
	else if (block->step->wire->is_cut)
		(void)printf("%*s(only the first %d packets were kept)\n", INDENT, "",
			     FOPNP_WIRE_PACKETS);
}

static void print_table(const struct block *block)
{
	bool has_server = !is_one_server(block);
	struct fopnp_table *table = has_server ? fopnp_table_create(WITH_SERVER, COLUMNS)
					       : fopnp_table_create(WITHOUT_SERVER, COLUMNS - 1);
	size_t index = 0;

	fopnp_table_hold_names(table, has_server ? COLUMN_QUESTION : COLUMN_QUESTION - 1);
	print_heading(block);
	for (size_t rows = 0; index < block->wire.count && rows < ROWS; rows++) {
		const struct fopnp_wire_row row = fopnp_wire_row_at(&block->wire, index);

		add_row(table, block, &row, has_server);
		index += row.count;
	}
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
	print_rest(block, index);
}

void fopnp_trace_print_wire(const struct fopnp_trace *trace, const struct fopnp_step *step)
{
	FOPNP_AUTO_FREE struct fopnp_wire_exchange *list = NULL;
	struct block block = { .trace = trace, .step = step };

	if (!step->wire)
		return;
	list = fopnp_wire_pair(step->wire, &block.wire.count);
	block.wire.list = list;
	if (block.wire.count == 0)
		return;
	(void)fputc('\n', stdout);
	if (is_line(&block))
		print_line(&block);
	else
		print_table(&block);
}
