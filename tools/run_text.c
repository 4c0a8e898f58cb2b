/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of calls. */
#include "tools/run_text.h"

#include "nss_module/lookup/status.h"
#include "tools/escape.h"
#include "tools/memory.h"
#include "tools/observed_text.h"
#include "tools/paragraph.h"
#include "tools/run_words.h"
#include "tools/terminal.h"

#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP             2
#define FILE_COLUMNS    100 /* of a file, where longer cells are not cut */
#define SLOW_US         1000000
#define FINDING_INDENT  11
#define MALFORMED_BYTES 64 /* shown of what is no event */

enum column { PROGRAM, CALL, TOOK, SOURCE, ANSWER, COLUMN_COUNT };

struct cell {
	enum fopnp_style style;
	char *head; /* gives way; raw */
	char *tail; /* does not; NULL: none */
};

struct row {
	struct cell cells[COLUMN_COUNT];
};

/* What gives way on a narrow terminal: the source, then the time; 0: left out. */
static void lay_out(size_t columns, size_t widths[static COLUMN_COUNT])
{
	size_t rest = columns;

	widths[PROGRAM] = columns >= 90 ? 16 : columns >= 60 ? 14 : 11;
	widths[TOOK] = columns >= 45 ? 6 : 0;
	widths[SOURCE] = columns >= 80 ? 14 : columns >= 60 ? 8 : 0;
	for (enum column i = PROGRAM; i < COLUMN_COUNT; i++)
		rest -= i == CALL || i == ANSWER || !widths[i] ? 0 : widths[i] + GAP;
	rest -= GAP;
	widths[CALL] = rest * 3 / 5;
	widths[ANSWER] = rest - widths[CALL];
}

static void put_cell(const struct cell *cell, enum column column, size_t width, bool is_cut)
{
	FOPNP_AUTO_FREE char *safe = fopnp_escape_text(cell->head, strlen(cell->head));
	FOPNP_AUTO_FREE char *text =
		fopnp_observed_cut(safe, cell->tail ? cell->tail : "", is_cut ? width : 0);
	size_t columns = fopnp_escape_columns(text);
	int padding = columns < width ? (int)(width - columns) : 0;

	if (column == TOOK)
		(void)printf("%*s", padding, "");
	fopnp_terminal_put(stdout, cell->style, text);
	if (column == ANSWER)
		(void)fputc('\n', stdout);
	else
		(void)printf("%*s", (column == TOOK ? 0 : padding) + GAP, "");
}

/* Print it, and let go of its texts. */
static void put_row(struct row *row)
{
	size_t columns = fopnp_terminal_row_columns(), widths[COLUMN_COUNT];

	lay_out(columns ? fopnp_terminal_columns() : FILE_COLUMNS, widths);
	for (enum column i = PROGRAM; i < COLUMN_COUNT; i++) {
		if (widths[i])
			put_cell(&row->cells[i], i, widths[i], columns != 0);
		free(row->cells[i].head);
		free(row->cells[i].tail);
	}
}

static void put_heading(struct fopnp_run_text *text)
{
	static const char *const headings[COLUMN_COUNT] = { "program", "call", "took", "source",
							    "answer" };
	struct row row = { 0 };

	if (text->has_heading)
		return;
	text->has_heading = true;
	for (enum column i = PROGRAM; i < COLUMN_COUNT; i++)
		row.cells[i] =
			(struct cell){ FOPNP_DIM, fopnp_memory_copy_text(headings[i]), NULL };
	put_row(&row);
}

static struct cell program_cell(const struct fopnp_observed_process *process)
{
	const char *doubt = process->is_claim_false ? "!" : "";

	return (struct cell){
		process->is_claim_false ? FOPNP_BAD : FOPNP_PLAIN,
		fopnp_memory_copy_text(fopnp_observed_program(process)),
		process->pid > 0 ? fopnp_memory_format("[%lld]%s", (long long)process->pid, doubt)
				 : fopnp_memory_format("[?]%s", doubt),
	};
}

static struct cell took_cell(int64_t elapsed_us)
{
	return (struct cell){
		elapsed_us >= SLOW_US ? FOPNP_NOTABLE : FOPNP_PLAIN,
		elapsed_us >= 0 ? fopnp_observed_duration((uint64_t)elapsed_us)
				: fopnp_memory_copy_text("-"),
		NULL,
	};
}

static struct cell source_cell(const char *source)
{
	return (struct cell){ FOPNP_STRONG,
			      fopnp_memory_copy_text(source && *source ? source : "-"), NULL };
}

static enum fopnp_style answer_style(const struct fopnp_observed_call *call)
{
	if (!call->has_ended)
		return FOPNP_BAD;
	if (call->result.code == 0)
		return FOPNP_PLAIN;
	return fopnp_observed_is_no(call->result.code) ? FOPNP_NOTABLE : FOPNP_BAD;
}

void fopnp_run_text_call(struct fopnp_run_text *text, const struct fopnp_observed_call *call,
			 const char *waiting)
{
	struct row row = { .cells = {
				   [PROGRAM] = program_cell(&call->process),
				   [CALL] = { FOPNP_PLAIN,
					      fopnp_run_words_request(&call->request,
								      text->redaction),
					      NULL },
				   [TOOK] = took_cell(call->elapsed_us),
				   [SOURCE] = source_cell(call->has_ended ? call->answered_by
									  : waiting),
				   [ANSWER] = { answer_style(call),
						fopnp_run_words_answer(call, text->redaction),
						fopnp_run_words_answer_tail(call) },
			   } };

	put_heading(text);
	put_row(&row);
}

void fopnp_run_text_stray(struct fopnp_run_text *text, const struct fopnp_observed_lookup *lookup)
{
	const struct fopnp_event *event = &lookup->event;
	bool is_found = event->has_status && event->status == NSS_STATUS_SUCCESS;
	FOPNP_AUTO_FREE char *name = fopnp_redact_name(text->redaction, event->name);
	struct row row = {
		.cells = {
			[PROGRAM] = program_cell(&lookup->process),
			[CALL] = { FOPNP_PLAIN,
				   fopnp_memory_format("%s (%s)", name, event->function), NULL },
			[TOOK] = took_cell(event->elapsed_us),
			[SOURCE] = source_cell(event->source),
			[ANSWER] = { is_found ? FOPNP_PLAIN : FOPNP_NOTABLE,
				     fopnp_observed_answer_text(event, text->redaction), NULL },
		},
	};

	put_heading(text);
	put_row(&row);
}

void fopnp_run_text_malformed(struct fopnp_run_text *text,
			      const struct fopnp_observed_process *process, const char *bytes,
			      size_t len)
{
	FOPNP_AUTO_FREE char *beginning =
		fopnp_escape_text(bytes, len < MALFORMED_BYTES ? len : MALFORMED_BYTES);
	struct row row = {
		.cells = {
			[PROGRAM] = program_cell(process),
			[CALL] = { FOPNP_BAD,
				   text->redaction
					   ? fopnp_memory_format("no event of ours: %zu bytes", len)
					   : fopnp_memory_format("no event of ours: %zu bytes: %s",
								 len, beginning),
				   NULL },
			[TOOK] = took_cell(-1),
			[SOURCE] = source_cell(NULL),
			[ANSWER] = { FOPNP_PLAIN, fopnp_memory_copy_text("-"), NULL },
		},
	};

	put_heading(text);
	put_row(&row);
}

void fopnp_run_text_finding(const struct fopnp_finding *finding,
			    const struct fopnp_observed_process *process)
{
	static const enum fopnp_style styles[] = {
		[FOPNP_INFO] = FOPNP_DIM,
		[FOPNP_WARNING] = FOPNP_NOTABLE,
		[FOPNP_ERROR] = FOPNP_BAD,
	};
	static const char *const labels[] = {
		[FOPNP_INFO] = "note",
		[FOPNP_WARNING] = "warning",
		[FOPNP_ERROR] = "error",
	};
	FOPNP_AUTO_FREE char *who = NULL, *place = NULL, *line = NULL;

	if (process)
		who = fopnp_memory_format("%s[%lld]: ", fopnp_observed_program(process),
					  (long long)process->pid);
	if (finding->place.file && finding->place.line)
		place = fopnp_memory_format("  (%s:%u)", finding->place.file, finding->place.line);
	else if (finding->place.file)
		place = fopnp_memory_format("  (%s)", finding->place.file);
	line = fopnp_memory_format("%s%s%s", who ? who : "", finding->text, place ? place : "");
	fopnp_paragraph_print(stdout, styles[finding->severity], labels[finding->severity],
			      FINDING_INDENT, FOPNP_PLAIN, line);
	if (finding->fix)
		fopnp_paragraph_print(stdout, FOPNP_DIM, "  to do", FINDING_INDENT, FOPNP_PLAIN,
				      finding->fix);
}
