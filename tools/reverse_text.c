/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `fopnp reverse` for people. */
#include "tools/reverse.h"

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

#define INDENT          2
#define LABEL_INDENT    9
#define SHOWN_ADDRESSES 3

enum { COLUMN_SOURCE, COLUMN_NAME, COLUMN_TIME, COLUMN_AGAIN, COLUMNS };

static const struct fopnp_table_column TABLE[COLUMNS] = {
	[COLUMN_SOURCE] = { "source", false, 13 },
	[COLUMN_NAME] = { "name", false, 10 },
	[COLUMN_TIME] = { "time", true, 0 },
	[COLUMN_AGAIN] = { "forward again", false, 13 },
};

static bool is_answered(const struct fopnp_program_lookup *lookup)
{
	return lookup->result->end == FOPNP_CALL_RETURNED && lookup->result->code == 0;
}

/* "answered by files, /etc/hosts:7 in 0.20 ms", or why not. */
static void print_outcome(const struct fopnp_program_lookup *lookup)
{
	char duration[FOPNP_DURATION_TEXT];
	FOPNP_AUTO_FREE char *source = fopnp_program_lookup_source_words(lookup);
	FOPNP_AUTO_FREE char *failure =
		is_answered(lookup) ? NULL : fopnp_program_lookup_failure_words(lookup);
	FOPNP_AUTO_FREE char *line = NULL;

	(void)fopnp_trace_duration(lookup->result->elapsed_us, duration);
	if (failure)
		line = fopnp_memory_format("%s; after %s", failure, duration);
	else if (lookup->result->is_numeric)
		line = fopnp_memory_copy_text("already an address: no source was asked");
	else
		line = fopnp_memory_format("answered by %s in %s",
					   *source ? source : "a source that could not be seen",
					   duration);
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT, failure ? FOPNP_BAD : FOPNP_GOOD,
			      line);
}

static const char *failure_head(const struct fopnp_program_lookup *lookup)
{
	return fopnp_call_exit_status(lookup->result) == FOPNP_EXIT_NO ? "not found" : "no answer";
}

/* ---- a host name ---- */

static void print_forward(const struct fopnp_reverse *reverse)
{
	const struct fopnp_program_lookup *forward = &reverse->forward;
	const char *canonical = forward->result->canonical;
	FOPNP_AUTO_FREE char *answer = fopnp_trace_answer_words(&forward->request, forward->result,
								FOPNP_REVERSE_ADDRESSES);
	FOPNP_AUTO_FREE char *head =
		is_answered(forward)
			? fopnp_memory_format("%s -> %s", reverse->given, answer)
			: fopnp_memory_format("%s: %s", reverse->given, failure_head(forward));

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, head);
	print_outcome(forward);
	if (strcmp(forward->request.given, forward->request.name) != 0)
		fopnp_paragraph_print(stdout, FOPNP_DIM, "  name", LABEL_INDENT, FOPNP_PLAIN,
				      forward->request.name);
	if (canonical[0] && strcmp(canonical, forward->request.name) != 0)
		fopnp_paragraph_print(stdout, FOPNP_DIM, "  canon", LABEL_INDENT, FOPNP_PLAIN,
				      canonical);
	if (forward->request.idn_error)
		fopnp_paragraph_print(
			stdout, FOPNP_DIM, "  note", LABEL_INDENT, FOPNP_PLAIN,
			"the name has no IDNA form: its bytes were asked as they are");
	if (reverse->left_out > 0)
		(void)printf("  %zu more addresses were not looked at\n", reverse->left_out);
}

/* What a name is to the one that was asked for. */
static const char *relation_words(const struct fopnp_reverse *reverse, const char *name)
{
	if (!reverse->forward.result || reverse->forward.result->is_numeric)
		return "";
	switch (fopnp_reverse_compare(reverse->forward.request.name, name)) {
	case FOPNP_REVERSE_SAME:
		return "; the very name";
	case FOPNP_REVERSE_RELATED:
		return "; of the same domain";
	case FOPNP_REVERSE_OTHER:
		break;
	}
	return "; of another domain";
}

/* ---- the rows ---- */

static char *again_words(const struct fopnp_reverse *reverse, const struct fopnp_reverse_name *name)
{
	const char *relation = relation_words(reverse, name->lookup.request.name);
	const struct fopnp_call_result *result = name->lookup.result;
	FOPNP_AUTO_FREE char *source = fopnp_program_lookup_source_words(&name->lookup);
	FOPNP_AUTO_FREE char *answer = NULL;

	if (name->leads_back)
		return fopnp_memory_format("leads back, by %s%s",
					   *source ? source : "an unseen source", relation);
	if (!is_answered(&name->lookup))
		return fopnp_memory_format("%s%s", failure_head(&name->lookup), relation);
	if (result->is_numeric)
		return fopnp_memory_copy_text("no name but an address");
	answer = fopnp_trace_answer_words(&name->lookup.request, result, SHOWN_ADDRESSES);
	return fopnp_memory_format("elsewhere: %s, by %s%s", answer,
				   *source ? source : "an unseen source", relation);
}

static const char *silence_words(const struct fopnp_program_lookup *lookup)
{
	const struct fopnp_call_result *result = lookup->result;

	if (strcmp(lookup->not_asked, "not-loaded") == 0)
		return "module cannot be loaded";
	if (strcmp(lookup->not_asked, "no-function") == 0)
		return "its module cannot answer this call";
	switch (result->end) {
	case FOPNP_CALL_RETURNED:
		if (fopnp_call_exit_status(result) == FOPNP_EXIT_NO)
			return "no name";
		return result->code == EAI_AGAIN ? "failed for now" : "failed for good";
	case FOPNP_CALL_TIMED_OUT:
		return "hangs";
	case FOPNP_CALL_CRASHED:
	case FOPNP_CALL_GARBLED:
		return "crashed";
	case FOPNP_CALL_NO_MODULE:
	case FOPNP_CALL_NO_RELAY:
	case FOPNP_CALL_NOT_MADE:
		break;
	}
	return "could not be asked";
}

static char *source_words(const struct fopnp_reverse_source *source)
{
	const struct fopnp_place *place = fopnp_program_lookup_line(&source->lookup, NULL);

	return place ? fopnp_memory_format("%s %s:%u", source->source, place->file, place->line)
		     : fopnp_memory_copy_text(source->source);
}

static void add_rows(struct fopnp_table *table, const struct fopnp_reverse *reverse,
		     const struct fopnp_reverse_address *address,
		     const struct fopnp_reverse_source *source)
{
	const struct fopnp_program_lookup *lookup = &source->lookup;
	FOPNP_AUTO_FREE char *words = source_words(source);
	char duration[FOPNP_DURATION_TEXT];
	const char *name = NULL;
	bool is_first = true;

	(void)fopnp_trace_duration(lookup->result->elapsed_us, duration);
	if (!is_answered(lookup)) {
		fopnp_table_row(table);
		fopnp_table_cell(table, FOPNP_PLAIN, words);
		fopnp_table_cell(table, FOPNP_DIM, silence_words(lookup));
		fopnp_table_cell(table, FOPNP_PLAIN, lookup->not_asked[0] ? "" : duration);
		return;
	}
	while ((name = fopnp_call_next_name(lookup->result, name)) != NULL) {
		const struct fopnp_reverse_name *checked = fopnp_reverse_find(address, name);
		FOPNP_AUTO_FREE char *again = checked ? again_words(reverse, checked)
						      : fopnp_memory_copy_text("not looked at");
		bool leads_back = checked && checked->leads_back;

		fopnp_table_row(table);
		fopnp_table_cell(table, FOPNP_PLAIN, is_first ? words : "");
		fopnp_table_cell(table, is_first ? FOPNP_STRONG : FOPNP_PLAIN, name);
		fopnp_table_cell(table, FOPNP_PLAIN, is_first ? duration : "");
		fopnp_table_cell(table, leads_back ? FOPNP_GOOD : FOPNP_NOTABLE, again);
		is_first = false;
	}
}

static void print_address(const struct fopnp_reverse *reverse,
			  const struct fopnp_reverse_address *address)
{
	struct fopnp_table *table = fopnp_table_create(TABLE, COLUMNS);
	char text[FOPNP_ADDRESS_TEXT], arpa[FOPNP_ARPA_TEXT];
	FOPNP_AUTO_FREE char *head = NULL;

	(void)fopnp_request_print_address(&address->address, text);
	if (is_answered(&address->lookup))
		head = fopnp_memory_format("%s -> %s", text, address->lookup.result->canonical);
	else
		head = fopnp_memory_format("%s: %s", text, failure_head(&address->lookup));
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, head);
	print_outcome(&address->lookup);
	if (fopnp_reverse_arpa_name(&address->address, arpa))
		fopnp_paragraph_print(stdout, FOPNP_DIM, "  arpa", LABEL_INDENT, FOPNP_PLAIN, arpa);
	(void)fputc('\n', stdout);
	for (size_t i = 0; i < address->source_count; i++)
		add_rows(table, reverse, address, &address->sources[i]);
	if (address->source_count > 0)
		fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
	fopnp_findings_print_text(&address->notes);
}

void fopnp_reverse_print_text(const struct fopnp_reverse *reverse)
{
	if (reverse->forward.result)
		print_forward(reverse);
	for (size_t i = 0; i < reverse->count; i++) {
		if (i > 0 || reverse->forward.result)
			(void)fputc('\n', stdout);
		print_address(reverse, &reverse->addresses[i]);
	}
}
