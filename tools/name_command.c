/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `fopnp service` and `fopnp protocol`. */
#include "tools/name_command.h"

#include "tools/clock.h"
#include "tools/findings.h"
#include "tools/help.h"
#include "tools/json_output.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/paragraph.h"
#include "tools/table.h"

#include <stdio.h>
#include <string.h>

#define INDENT 2

static const struct fopnp_table_column SERVICE_COLUMNS[] = {
	{ "name", false, 10 },    { "port", true, 0 },     { "protocol", false, 0 },
	{ "aliases", false, 10 }, { "source", false, 12 },
};
static const struct fopnp_table_column PROTOCOL_COLUMNS[] = {
	{ "name", false, 10 },
	{ "number", true, 0 },
	{ "aliases", false, 10 },
	{ "source", false, 12 },
};

static size_t count_found(const struct fopnp_name_lookup *lookups, size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += lookups[i].entry.is_found;
	return found;
}

/* ---- for people ---- */

static char *source_words(const struct fopnp_name_lookup *lookup)
{
	if (lookup->place.file)
		return fopnp_memory_format("%s %s:%u", lookup->source, lookup->place.file,
					   lookup->place.line);
	return fopnp_memory_copy_text(lookup->source[0] ? lookup->source
							: "a source that could not be seen");
}

static void add_row(struct fopnp_table *table, const struct fopnp_name_lookup *lookup)
{
	FOPNP_AUTO_FREE char *source = source_words(lookup);
	FOPNP_AUTO_FREE char *number = fopnp_memory_format("%d", lookup->entry.number);

	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_STRONG, lookup->entry.name);
	fopnp_table_cell(table, FOPNP_STRONG, number);
	if (lookup->query.is_service)
		fopnp_table_cell(table, FOPNP_PLAIN, lookup->entry.protocol);
	fopnp_table_cell(table, FOPNP_PLAIN, lookup->entry.aliases);
	fopnp_table_cell(table, FOPNP_PLAIN, source);
}

static void print_text(const char *operand, const struct fopnp_name_lookup *lookups, size_t count)
{
	bool is_service = lookups[0].query.is_service;
	struct fopnp_table *table;

	if (count_found(lookups, count) == 0) {
		FOPNP_AUTO_FREE char *line =
			fopnp_memory_format("%s: no source knows such a %s", operand,
					    is_service ? "service" : "protocol");

		fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, line);
		return;
	}
	table = is_service
			? fopnp_table_create(SERVICE_COLUMNS,
					     sizeof(SERVICE_COLUMNS) / sizeof(*SERVICE_COLUMNS))
			: fopnp_table_create(PROTOCOL_COLUMNS,
					     sizeof(PROTOCOL_COLUMNS) / sizeof(*PROTOCOL_COLUMNS));
	for (size_t i = 0; i < count; i++)
		if (lookups[i].entry.is_found)
			add_row(table, &lookups[i]);
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, operand);
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}

/* ---- for programs ---- */

static json_t *aliases_to_json(const char *aliases)
{
	json_t *list = json_array();

	while (*aliases) {
		size_t len = strcspn(aliases, " ");
		FOPNP_AUTO_FREE char *alias = fopnp_memory_copy(aliases, len);

		fopnp_json_append(list, fopnp_json_text(alias));
		aliases += len;
		aliases += strspn(aliases, " ");
	}
	return list;
}

static json_t *entry_to_json(const struct fopnp_name_lookup *lookup)
{
	const struct fopnp_name_entry *entry = &lookup->entry;
	bool is_service = lookup->query.is_service;
	json_t *object = json_object();

	fopnp_json_set(object, "name", fopnp_json_text(entry->name));
	fopnp_json_set(object, is_service ? "port" : "number", json_integer(entry->number));
	if (is_service)
		fopnp_json_set(object, "protocol", fopnp_json_text(entry->protocol));
	fopnp_json_set(object, "aliases", aliases_to_json(entry->aliases));
	fopnp_json_set(object, "source",
		       lookup->source[0] ? fopnp_json_text(lookup->source) : json_null());
	fopnp_json_set(object, "place", fopnp_place_to_json(&lookup->place));
	return object;
}

static void print_json(const char *operand, const struct fopnp_name_lookup *lookups, size_t count)
{
	const char *type = lookups[0].query.is_service ? "service" : "protocol";
	json_t *object = fopnp_json_object(type, type);
	json_t *entries = json_array();

	for (size_t i = 0; i < count; i++)
		if (lookups[i].entry.is_found)
			fopnp_json_append(entries, entry_to_json(&lookups[i]));
	fopnp_json_set(object, "given", fopnp_json_text(operand));
	fopnp_json_set(object, "entries", entries);
	fopnp_json_print(object, stdout);
}

/* ---- one operand after the other ---- */

static bool tell_end(enum fopnp_name_end end, const char *operand)
{
	static const char *const words[] = {
		[FOPNP_NAME_TIMED_OUT] = "did not come back within 10 s",
		[FOPNP_NAME_CRASHED] = "crashed",
		[FOPNP_NAME_NOT_MADE] = "could not be made",
	};

	if (end == FOPNP_NAME_ASKED)
		return true;
	fopnp_message_error("lookup-failed",
			    "look at the sources of its line in /etc/nsswitch.conf; `fopnp check` "
			    "says whether that file can be read",
			    "the lookup of \"%s\" %s", operand, words[end]);
	return false;
}

static enum fopnp_exit ask_one(const char *operand, bool is_first,
			       size_t (*read)(const char *operand,
					      struct fopnp_name_query *queries))
{
	struct fopnp_name_query queries[FOPNP_NAME_QUERIES] = { 0 };
	FOPNP_AUTO_FREE struct fopnp_name_lookup *lookups =
		fopnp_memory_zeroed(FOPNP_NAME_QUERIES, sizeof(*lookups));
	size_t count = read(operand, queries);
	enum fopnp_exit status = FOPNP_EXIT_CANNOT;

	if (count == 0)
		return FOPNP_EXIT_USAGE;
	for (size_t i = 0; i < count; i++)
		lookups[i].query = queries[i];
	if (tell_end(fopnp_name_lookups_run(lookups, count), operand)) {
		status = count_found(lookups, count) ? FOPNP_EXIT_OK : FOPNP_EXIT_NO;
		if (fopnp_message_is_json())
			print_json(operand, lookups, count);
		else if (!is_first)
			(void)fputc('\n', stdout);
		if (!fopnp_message_is_json())
			print_text(operand, lookups, count);
	}
	for (size_t i = 0; i < count; i++)
		fopnp_name_lookup_clear(&lookups[i]);
	return status;
}

enum fopnp_exit fopnp_name_command_run(const struct fopnp_command *self, int argc, char **argv,
				       size_t (*read)(const char *operand,
						      struct fopnp_name_query *queries))
{
	uint64_t start_us = fopnp_clock_now_us();
	enum fopnp_exit status = FOPNP_EXIT_OK;
	enum fopnp_options_result parsed;
	const char *argument = NULL;
	size_t found = 0;
	int first = 0;

	while ((parsed = fopnp_options_next(self->options, argc, argv, &first, &argument)) ==
	       FOPNP_OPTIONS_ONE)
		continue; /* --json, seen already */
	if (parsed != FOPNP_OPTIONS_END)
		return fopnp_help_instead(self, parsed);
	if (first == argc) {
		fopnp_message_error("operand-missing", NULL, "usage: fopnp %s %s", self->name,
				    self->usage);
		return FOPNP_EXIT_USAGE;
	}
	for (int i = first; i < argc; i++) {
		enum fopnp_exit one = ask_one(argv[i], i == first, read);

		found += one == FOPNP_EXIT_OK;
		status = fopnp_exit_join(status, one);
		if (!fopnp_message_flush_output())
			break;
	}
	if (fopnp_message_is_json() && argc - first > 1) {
		json_t *counts = json_object();

		fopnp_json_set(counts, "arguments", json_integer(argc - first));
		fopnp_json_set(counts, "found", json_integer((json_int_t)found));
		fopnp_json_print_summary(self->name, counts, fopnp_clock_now_us() - start_us,
					 (int)status);
	}
	return status;
}
