/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evidence and addresses. */
#include "tools/trace_blocks.h"

#include "nss_module/lookup/address.h"
#include "tools/memory.h"
#include "tools/paragraph.h"
#include "tools/table.h"
#include "tools/trace.h"
#include "tools/trace_words.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT        4
#define LONG_LIST     12 /* of addresses: more would push the rest off the screen */
#define SHOWN_OF_LONG 8

static void print_heading(const char *heading)
{
	(void)fputc('\n', stdout);
	fopnp_terminal_put(stdout, FOPNP_DIM, heading);
	(void)fputc('\n', stdout);
}

/* ---- evidence ---- */

char *fopnp_trace_evidence_words(const struct fopnp_evidence *evidence)
{
	const struct fopnp_place *place = &evidence->place;
	FOPNP_AUTO_FREE char *line = place->line ? fopnp_memory_format(":%u", place->line) : NULL;

	return fopnp_memory_format(
		"%s%s%s%s%s%s%s", place->file, line ? line : "", place->text ? ": " : "",
		place->text ? place->text : "", evidence->remark ? "  (" : "",
		evidence->remark ? evidence->remark : "", evidence->remark ? ")" : "");
}

/* As wide as the longest source that has evidence, and two blanks. */
static size_t label_width(const struct fopnp_trace *trace)
{
	size_t width = 0;

	for (size_t i = 0; i < trace->step_count; i++) {
		const struct fopnp_step *step = &trace->steps[i];

		if (step->evidence.count > 0 && strlen(step->source) > width)
			width = strlen(step->source);
	}
	return width;
}

static bool is_notable(const struct fopnp_evidence *evidence)
{
	return evidence->remark && !evidence->is_origin;
}

static void print_step_evidence(const struct fopnp_step *step, size_t width)
{
	for (size_t i = 0; i < step->evidence.count; i++) {
		FOPNP_AUTO_FREE char *words = fopnp_trace_evidence_words(&step->evidence.list[i]);
		FOPNP_AUTO_FREE char *label =
			fopnp_memory_format("%*s%s", INDENT, "", i == 0 ? step->source : "");

		fopnp_paragraph_print(
			stdout, FOPNP_PLAIN, label, INDENT + width + 2,
			is_notable(&step->evidence.list[i]) ? FOPNP_NOTABLE : FOPNP_PLAIN, words);
	}
}

void fopnp_trace_print_evidence(const struct fopnp_trace *trace)
{
	size_t width = label_width(trace);

	if (width == 0)
		return;
	print_heading("  evidence");
	for (size_t i = 0; i < trace->step_count; i++)
		print_step_evidence(&trace->steps[i], width);
}

/* ---- systemd-resolved ---- */

void fopnp_trace_print_resolved(const struct fopnp_trace *trace)
{
	FOPNP_AUTO_FREE char *words = NULL;

	if (!trace->resolved)
		return;
	words = fopnp_resolved_words(trace->resolved);
	(void)fputc('\n', stdout);
	fopnp_paragraph_print(stdout, FOPNP_DIM, "  systemd-resolved", 20, FOPNP_PLAIN, words);
}

/* ---- all addresses, in the order in which the program gets them ---- */

static const struct fopnp_table_column ADDRESS_COLUMNS[] = {
	{ "address", false, 20 },
	{ "from here", false, 11 },
	{ "why before the next", false, 19 },
	{ "port", true, 0 }, /* the last: most calls have none */
};

static void add_address_row(struct fopnp_table *table, const struct fopnp_trace *trace,
			    size_t index)
{
	const struct fopnp_request_address *address = &trace->result->addresses[index];
	const struct fopnp_ordered_address *ordered = &trace->address_order.list[index];
	char text[FOPNP_ADDRESS_TEXT], port[8];

	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_PLAIN, fopnp_request_print_address(address, text));
	if (ordered->has_source)
		fopnp_table_cell(table, FOPNP_PLAIN,
				 fopnp_request_print_address(&ordered->source, text));
	else
		fopnp_table_cell(table, FOPNP_NOTABLE, "unreachable");
	fopnp_table_cell(table, FOPNP_PLAIN, ordered->rule ? ordered->rule : "");
	(void)snprintf(port, sizeof(port), "%u", address->port);
	fopnp_table_cell(table, FOPNP_PLAIN, port);
}

/* With the reason why each stands before the next. */
static struct fopnp_table *explained_table(const struct fopnp_trace *trace, size_t count)
{
	size_t columns = sizeof(ADDRESS_COLUMNS) / sizeof(ADDRESS_COLUMNS[0]);
	struct fopnp_table *table = fopnp_table_create(
		ADDRESS_COLUMNS, trace->result->addresses[0].port ? columns : columns - 1);

	for (size_t i = 0; i < count; i++)
		add_address_row(table, trace, i);
	return table;
}

static const struct fopnp_table_column PLAIN_COLUMNS[] = {
	{ "address", false, 20 },
	{ "port", true, 0 },
};

static struct fopnp_table *plain_table(const struct fopnp_call_result *result, size_t count)
{
	struct fopnp_table *table =
		fopnp_table_create(PLAIN_COLUMNS, result->addresses[0].port ? 2 : 1);

	for (size_t i = 0; i < count; i++) {
		char text[FOPNP_ADDRESS_TEXT];

		fopnp_table_row(table);
		fopnp_table_cell(table, FOPNP_PLAIN,
				 fopnp_request_print_address(&result->addresses[i], text));
		(void)snprintf(text, sizeof(text), "%u", result->addresses[i].port);
		fopnp_table_cell(table, FOPNP_PLAIN, text);
	}
	return table;
}

void fopnp_trace_print_addresses(const struct fopnp_trace *trace)
{
	const struct fopnp_call_result *result = trace->result;
	size_t count = result->address_count > LONG_LIST ? SHOWN_OF_LONG : result->address_count;
	struct fopnp_table *table;

	if (result->address_count < (trace->request.service ? 1 : 2))
		return;
	print_heading("  addresses, in the order in which the program gets them");
	table = trace->address_order.count == result->address_count ? explained_table(trace, count)
								    : plain_table(result, count);
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
	if (count < result->address_count)
		(void)printf("%*s... and %zu%s more; --json has %s\n", INDENT, "",
			     result->address_count - count, result->is_cut ? "+" : "",
			     result->is_cut ? "the first of them" : "them");
}
