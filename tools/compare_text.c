/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A comparison for people: a table of what is worth a look, then what there is of each class. */
#include "tools/compare_output.h"

#include "nss_module/lookup/hosts_file.h"
#include "tools/memory.h"
#include "tools/observed_redact.h"
#include "tools/paragraph.h"
#include "tools/table.h"
#include "tools/terminal.h"

#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ROWS_MOST       100   /* items of one class in the table */
#define ROWS_MOST_ASKED 10000 /* with --class */
#define ADDRESSES_MOST  20    /* rows of one item */
#define NAME_MOST       255   /* bytes of a name */

struct printing {
	const struct fopnp_compare_output *output;
	struct fopnp_table *table;
	uint64_t items, most; /* of the class at hand */
};

static bool has_sources(const struct fopnp_compare_output *output)
{
	return output->comparison->options->source_count > 0;
}

const char *fopnp_compare_failure(const struct fopnp_compare_answer *answer)
{
	static const struct fopnp_request request = { .call = FOPNP_CALL_GETADDRINFO };

	if (fopnp_compare_answer_is_known(answer))
		return "";
	if (!answer->is_asked)
		return "the comparison was ended before it was asked";
	return answer->failure ? answer->failure : fopnp_call_meaning(&request, answer->code);
}

static uint64_t count_echoes(const struct fopnp_comparison *comparison)
{
	uint64_t count = 0;

	for (size_t i = 0; i < comparison->subject_count; i++)
		for (size_t j = comparison->answer_count > 1; j < comparison->answer_count; j++) {
			const struct fopnp_compare_answer *answer =
				&comparison->subjects[i].answers[j];

			count += answer->class == FOPNP_COMPARE_SAME &&
				 fopnp_comparison_is_echo(comparison, answer);
		}
	return count;
}

void fopnp_compare_count(struct fopnp_compare_output *output)
{
	const struct fopnp_comparison *comparison = output->comparison;

	output->counts.echoes = count_echoes(comparison);
	for (size_t i = 0; i < comparison->reverse_count; i++) {
		const struct fopnp_compare_reverse *reverse = &comparison->reverses[i];

		output->counts.reverse_others +=
			fopnp_compare_answer_is_found(&reverse->answer) &&
			!fopnp_comparison_reverse_agrees(comparison, reverse);
	}
}

/* ---- cells ---- */

static void put_format(struct printing *printing, enum fopnp_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void put_format(struct printing *printing, enum fopnp_style style, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = fopnp_memory_format_list(format, arguments);
	va_end(arguments);
	fopnp_table_cell(printing->table, style, text);
	free(text);
}

static enum fopnp_style class_style(enum fopnp_compare_class class)
{
	switch (class) {
	case FOPNP_COMPARE_DIFFERS:
	case FOPNP_COMPARE_MALFORMED:
	case FOPNP_COMPARE_ERROR:
		return FOPNP_BAD;
	case FOPNP_COMPARE_SHADOWED:
	case FOPNP_COMPARE_NOT_IN_HOSTS:
		return FOPNP_NOTABLE;
	case FOPNP_COMPARE_SAME:
		return FOPNP_GOOD;
	case FOPNP_COMPARE_ONLY_HOSTS:
	case FOPNP_COMPARE_DUPLICATE:
	case FOPNP_COMPARE_BLOCKED:
	case FOPNP_COMPARE_CLASSES:
		break;
	}
	return FOPNP_PLAIN;
}

/* The first two cells: of an item's first row its class and name. */
static void start_row(struct printing *printing, const struct fopnp_compare_item *item)
{
	FOPNP_AUTO_FREE char *name =
		item ? fopnp_redact_name(printing->output->redaction, item->name) : NULL;

	fopnp_table_row(printing->table);
	fopnp_table_cell(printing->table, item ? class_style(item->class) : FOPNP_PLAIN,
			 item ? fopnp_compare_class_name(item->class) : "");
	if (name && strlen(name) > NAME_MOST)
		put_format(printing, FOPNP_STRONG, "%.*s...", NAME_MOST, name);
	else
		fopnp_table_cell(printing->table, FOPNP_STRONG, name ? name : "");
}

static void put_address(struct printing *printing, enum fopnp_style style, const char *sign,
			const struct fopnp_compare_address *address)
{
	char text[FOPNP_ADDRESS_TEXT], buffer[FOPNP_REDACTED_TEXT];

	(void)fopnp_address_print(address->family, address->bytes, address->scope, text);
	put_format(printing, style, "%s%s", sign,
		   fopnp_redact_shown(printing->output->redaction, text, buffer));
}

/* Who is asked, by the source that answered, or by what was asked. */
static const char *other_side(const struct fopnp_compare_output *output,
			      const struct fopnp_compare_item *item)
{
	const struct fopnp_compare_answer *answer = &item->subject->answers[item->answer];

	if (has_sources(output))
		return output->comparison->options->sources[item->answer];
	return answer->source ? answer->source : "the others";
}

/* Where an address of the own side comes from. */
static char *own_place(const struct fopnp_compare_output *output,
		       const struct fopnp_compare_address *address)
{
	if (has_sources(output))
		return fopnp_memory_copy_text(output->against);
	return fopnp_memory_format("%s:%u", output->comparison->file.path, address->line);
}

/* ---- rows ---- */

static void put_own(struct printing *printing, const struct fopnp_compare_item *item,
		    const struct fopnp_compare_address *address)
{
	FOPNP_AUTO_FREE char *place = own_place(printing->output, address);
	bool is_compared = item->class == FOPNP_COMPARE_DIFFERS;

	put_address(printing, is_compared && !address->is_common ? FOPNP_BAD : FOPNP_PLAIN,
		    !is_compared         ? ""
		    : address->is_common ? "  "
					 : "+ ",
		    address);
	if (address->is_common)
		put_format(printing, FOPNP_PLAIN, "%s, %s", place,
			   other_side(printing->output, item));
	else
		fopnp_table_cell(printing->table, FOPNP_PLAIN, place);
}

/* An address whose name is another one elsewhere. */
static void put_reverse(struct printing *printing, const struct fopnp_compare_address *address)
{
	const struct fopnp_comparison *comparison = printing->output->comparison;
	const struct fopnp_compare_reverse *reverse = fopnp_comparison_reverse(comparison, address);
	FOPNP_AUTO_FREE char *name = NULL;

	if (!reverse || !fopnp_compare_answer_is_found(&reverse->answer) ||
	    !reverse->answer.canonical || fopnp_comparison_reverse_agrees(comparison, reverse))
		return;
	name = fopnp_redact_name(printing->output->redaction, reverse->answer.canonical);
	start_row(printing, NULL);
	put_address(printing, FOPNP_PLAIN, "  ", address);
	put_format(printing, FOPNP_NOTABLE, "is %s by %s", name,
		   reverse->answer.source ? reverse->answer.source : "the others");
}

static void put_more(struct printing *printing, size_t count)
{
	if (count <= ADDRESSES_MOST)
		return;
	start_row(printing, NULL);
	put_format(printing, FOPNP_DIM, "  and %zu more", count - ADDRESSES_MOST);
}

static size_t put_own_side(struct printing *printing, const struct fopnp_compare_item *item,
			   const struct fopnp_compare_addresses *own)
{
	size_t rows = 0;

	for (size_t i = 0; i < own->count && i < ADDRESSES_MOST; i++) {
		start_row(printing, rows++ == 0 ? item : NULL);
		put_own(printing, item, &own->list[i]);
		put_reverse(printing, &own->list[i]);
	}
	put_more(printing, own->count);
	return rows;
}

static void put_other_side(struct printing *printing, const struct fopnp_compare_item *item,
			   size_t rows)
{
	const struct fopnp_compare_addresses *others =
		&item->subject->answers[item->answer].addresses;
	size_t rest = 0;

	for (size_t i = 0; i < others->count; i++) {
		if (others->list[i].is_common || rest++ >= ADDRESSES_MOST)
			continue;
		start_row(printing, rows++ == 0 ? item : NULL);
		put_address(printing, FOPNP_GOOD, item->class == FOPNP_COMPARE_DIFFERS ? "- " : "",
			    &others->list[i]);
		fopnp_table_cell(printing->table, FOPNP_PLAIN, other_side(printing->output, item));
	}
	put_more(printing, rest);
}

/* An item without an address to show. */
static void put_words(struct printing *printing, const struct fopnp_compare_item *item,
		      const char *format, const char *words)
{
	start_row(printing, item);
	fopnp_table_cell(printing->table, FOPNP_PLAIN, "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	put_format(printing, FOPNP_PLAIN, format, words);
#pragma GCC diagnostic pop
}

/* The source that gave ANSWER, with a blank in front; "" where it is the whole order. */
static char *asked_side(const struct fopnp_compare_output *output,
			const struct fopnp_compare_item *item,
			const struct fopnp_compare_answer *answer)
{
	if (!has_sources(output))
		return fopnp_memory_copy_text("");
	return fopnp_memory_format(
		" %s", output->comparison->options->sources[answer - item->subject->answers]);
}

/* WHOM is freed. */
static void put_failure(struct printing *printing, const struct fopnp_compare_item *item,
			char *whom, const char *failure)
{
	start_row(printing, item);
	fopnp_table_cell(printing->table, FOPNP_PLAIN, "");
	put_format(printing, FOPNP_PLAIN, "could not ask%s: %s", whom, failure);
	free(whom);
}

/* The name that was given stands in the file all the same, with or without the final dot. */
static const char *other_spelling(const struct fopnp_compare_output *output, const char *name)
{
	size_t len = strlen(name);
	bool has_dot = len > 0 && name[len - 1] == '.';
	FOPNP_AUTO_FREE char *other =
		fopnp_memory_format("%.*s%s", (int)(len - has_dot), name, has_dot ? "" : ".");

	return fopnp_compare_file_find(&output->comparison->file, other)
		       ? has_dot ? "; hosts has it without the final dot, which is another name "
				   "to glibc"
				 : "; hosts has it with a final dot, which is another name to glibc"
		       : "";
}

static void put_subject(struct printing *printing, const struct fopnp_compare_item *item)
{
	const struct fopnp_compare_output *output = printing->output;
	const struct fopnp_compare_answer *answer =
		item->subject ? &item->subject->answers[item->answer] : NULL;
	struct fopnp_compare_addresses own = fopnp_comparison_own(output->comparison, item);
	size_t rows = put_own_side(printing, item, &own);

	if (item->class == FOPNP_COMPARE_ERROR) {
		const struct fopnp_compare_answer *first = &item->subject->answers[0];

		/* Of two sources the one that failed. */
		if (!fopnp_compare_answer_is_known(first))
			answer = first;
		put_failure(printing, rows == 0 ? item : NULL, asked_side(output, item, answer),
			    fopnp_compare_failure(answer));
	} else if (item->subject) {
		put_other_side(printing, item, rows);
	}
	if (item->class == FOPNP_COMPARE_ONLY_HOSTS && has_sources(output))
		put_words(printing, NULL, "%s does not know it", other_side(output, item));
	if (item->class == FOPNP_COMPARE_NOT_IN_HOSTS && answer->addresses.count == 0)
		put_words(printing, item, "nobody knows it%s", other_spelling(output, item->name));
	if (item->class == FOPNP_COMPARE_SAME && rows == 0 && answer->addresses.count == 0)
		put_words(printing, item, "nobody knows it%s", "");
	free(own.list);
}

static void put_entry(struct printing *printing, const struct fopnp_compare_item *item)
{
	const struct fopnp_compare_entry *entry = item->entry;
	const char *fault = fopnp_compare_fault_text((enum fopnp_compare_fault)entry->fault);
	const char *path = printing->output->comparison->file.path;
	struct fopnp_compare_address address = { .family = entry->family };

	memcpy(address.bytes, entry->address, sizeof(address.bytes));
	start_row(printing, item);
	if (entry->family == AF_UNSPEC || entry->fault == FOPNP_FAULT_NO_NAME ||
	    entry->fault == FOPNP_FAULT_CUT)
		fopnp_table_cell(printing->table, FOPNP_PLAIN, "");
	else
		put_address(printing, FOPNP_PLAIN, "", &address);
	if (entry->other_line > 0)
		put_format(printing, FOPNP_PLAIN, "%s:%u, behind line %u: %s", path, entry->line,
			   entry->other_line, fault);
	else
		put_format(printing, FOPNP_PLAIN, "%s:%u: %s", path, entry->line, fault);
}

static void put_item(const struct fopnp_compare_item *item, void *context)
{
	struct printing *printing = context;

	if (printing->items++ >= printing->most)
		return;
	if (item->entry)
		put_entry(printing, item);
	else
		put_subject(printing, item);
}

/* ---- around the table ---- */

static void print_sentence(char *sentence)
{
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_PLAIN, sentence);
	free(sentence);
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void print_heading(const struct fopnp_compare_output *output)
{
	const struct fopnp_compare_file *file = &output->comparison->file;

	if (has_sources(output))
		print_sentence(fopnp_memory_format("%s against each of the other sources",
						   output->against));
	else
		print_sentence(fopnp_memory_format(
			"%s (%" PRIu64 " line%s, %zu name%s, multi %s) against %s", file->path,
			file->lines, plural(file->lines), file->name_count,
			plural(file->name_count), file->is_multi ? "on" : "off",
			*output->against ? output->against
					 : "nobody: the hosts line names no other source"));
	if (output->counts.items[FOPNP_COMPARE_DIFFERS] > 0 &&
	    fopnp_compare_options_show(output->comparison->options, FOPNP_COMPARE_DIFFERS))
		print_sentence(
			fopnp_memory_format("+ in %s alone, - missing there",
					    has_sources(output) ? output->against : "hosts"));
}

static void print_table(const struct fopnp_compare_output *output)
{
	static const struct fopnp_table_column columns[] = {
		{ .heading = "class" },
		{ .heading = "name", .wrap = 14 },
		{ .heading = "address", .wrap = 14 },
		{ .heading = "by", .wrap = 16 },
	};
	const struct fopnp_compare_options *options = output->comparison->options;
	struct printing printing = { .output = output };
	bool is_empty = true;

	printing.table = fopnp_table_create(columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < FOPNP_COMPARE_CLASSES; i++) {
		enum fopnp_compare_class class = fopnp_compare_class_at(i);

		if (!fopnp_compare_options_show(options, class))
			continue;
		printing.items = 0;
		printing.most = options->has_classes ? ROWS_MOST_ASKED : ROWS_MOST;
		fopnp_comparison_visit(output->comparison, class, put_item, &printing);
		is_empty &= printing.items == 0;
		if (printing.items <= printing.most)
			continue;
		fopnp_table_row(printing.table);
		fopnp_table_cell(printing.table, class_style(class),
				 fopnp_compare_class_name(class));
		put_format(&printing, FOPNP_DIM, "and %" PRIu64 " more",
			   printing.items - printing.most);
		fopnp_table_cell(printing.table, FOPNP_PLAIN, "");
		put_format(&printing, FOPNP_DIM, "--json shows all");
	}
	if (!is_empty) {
		(void)fputc('\n', stdout);
		fopnp_table_print(printing.table, stdout, 0, fopnp_terminal_columns());
		(void)fputc('\n', stdout);
	}
	fopnp_table_destroy(printing.table);
}

/* "2 same, 1 differs" */
static void print_counts(const struct fopnp_compare_output *output)
{
	char *text = fopnp_memory_copy_text("");

	for (size_t i = 0; i < FOPNP_COMPARE_CLASSES; i++) {
		enum fopnp_compare_class class =
			fopnp_compare_class_at(FOPNP_COMPARE_CLASSES - 1 - i);
		char *more;

		if (output->counts.items[class] == 0)
			continue;
		more = fopnp_memory_format("%s%s%" PRIu64 " %s", text, *text ? ", " : "",
					   output->counts.items[class],
					   fopnp_compare_class_name(class));
		free(text);
		text = more;
	}
	print_sentence(fopnp_memory_format("%s", *text ? text : "nothing to compare"));
	free(text);
}

static void print_remarks(const struct fopnp_compare_output *output)
{
	const struct fopnp_comparison *comparison = output->comparison;
	uint64_t others = output->counts.reverse_others;

	if (comparison->blocked_asked > 0)
		print_sentence(fopnp_memory_format(
			"%" PRIu64 " blocked name%s asked for: %" PRIu64 " exist%s elsewhere",
			comparison->blocked_asked,
			comparison->blocked_asked == 1 ? " was" : "s were",
			comparison->blocked_found, comparison->blocked_found == 1 ? "s" : ""));
	if (comparison->not_asked > 0)
		print_sentence(fopnp_memory_format(
			"%" PRIu64 " name%s not asked for: a sample, spread evenly, stands for "
			"them; --all asks for every name",
			comparison->not_asked, comparison->not_asked == 1 ? " was" : "s were"));
	if (output->counts.echoes > 0)
		print_sentence(fopnp_memory_format(
			"%" PRIu64 " of the same %s from systemd-resolved, which reads %s itself "
			"unless resolved.conf has ReadEtcHosts=no: no second opinion",
			output->counts.echoes, output->counts.echoes == 1 ? "is" : "are",
			FOPNP_HOSTS_PATH));
	if (others > 0)
		print_sentence(fopnp_memory_format("%" PRIu64 " address%s another name there",
						   others, others == 1 ? " has" : "es have"));
}

void fopnp_compare_print_text(const struct fopnp_compare_output *output)
{
	print_heading(output);
	print_table(output);
	print_counts(output);
	print_remarks(output);
}
