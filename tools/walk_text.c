/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A walk for people: a row a query in the order of time, then the answer. */
#include "tools/walk.h"

#include "tools/dns_message.h"
#include "tools/memory.h"
#include "tools/paragraph.h"
#include "tools/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define INDENT       2
#define LABEL_INDENT 9 /* where the text behind "  local" begins */
#define REPLY_LEAST  30

static char *duration(uint64_t elapsed_us)
{
	if (elapsed_us < 1000000)
		return fopnp_memory_format("%.1f ms", (double)elapsed_us / 1e3);
	return fopnp_memory_format("%.1f s", (double)elapsed_us / 1e6);
}

/* ---- the queries ---- */

static enum fopnp_style verdict_style(enum fopnp_walk_verdict verdict)
{
	switch (verdict) {
	case FOPNP_WALK_NO_REPLY:
	case FOPNP_WALK_ERROR:
	case FOPNP_WALK_BROKEN:
	case FOPNP_WALK_LAME:
		return FOPNP_BAD;
	case FOPNP_WALK_ANSWER:
		return FOPNP_GOOD;
	case FOPNP_WALK_ALIAS:
	case FOPNP_WALK_NODATA:
	case FOPNP_WALK_NXDOMAIN:
		return FOPNP_NOTABLE;
	case FOPNP_WALK_REFERRAL:
		break;
	}
	return FOPNP_PLAIN;
}

/* What is walked to aside stands further in. */
static void add_zone_cell(struct fopnp_table *table, const struct fopnp_walk_step *step,
			  bool is_again)
{
	FOPNP_AUTO_FREE char *zone = fopnp_memory_format("%*s%s", (int)(INDENT * step->depth), "",
							 is_again ? "" : step->zone);

	fopnp_table_cell(table, FOPNP_STRONG, zone);
}

static const char *transport_words(const struct fopnp_walk_query *query)
{
	if (!query->is_tcp || query->verdict == FOPNP_WALK_NO_REPLY)
		return "";
	return query->was_truncated ? " (by TCP: truncated)" : " (by TCP)";
}

static void add_query(struct fopnp_table *table, const struct fopnp_walk_step *step,
		      const struct fopnp_walk_query *query, bool is_again)
{
	const struct fopnp_walk_server *server = &step->servers[query->server];
	FOPNP_AUTO_FREE char *took = duration(query->elapsed_us);
	FOPNP_AUTO_FREE char *words =
		fopnp_memory_format("%s%s", query->words, transport_words(query));

	fopnp_table_row(table);
	add_zone_cell(table, step, is_again);
	fopnp_table_cell(table, FOPNP_PLAIN, server->name);
	fopnp_table_cell(table, FOPNP_PLAIN, server->addresses[query->address].text);
	fopnp_table_cell(table, FOPNP_DIM, took);
	fopnp_table_cell(table, verdict_style(query->verdict), words);
}

/* The step that has the query of that number, which is there. */
static const struct fopnp_walk_step *find_query(const struct fopnp_walk *walk, unsigned sequence,
						const struct fopnp_walk_query **out_query)
{
	for (size_t i = 0; i < walk->step_count; i++)
		for (size_t j = 0; j < walk->steps[i].query_count; j++)
			if (walk->steps[i].queries[j].sequence == sequence) {
				*out_query = &walk->steps[i].queries[j];
				return &walk->steps[i];
			}
	return NULL;
}

static void print_queries(const struct fopnp_walk *walk)
{
	static const struct fopnp_table_column COLUMNS[] = {
		{ .heading = "zone", .wrap = 10 },
		{ .heading = "server", .wrap = 16 },
		{ .heading = "address" },
		{ .heading = "time", .is_right = true },
		{ .heading = "reply", .wrap = REPLY_LEAST },
	};
	struct fopnp_table *table = fopnp_table_create(COLUMNS, 5);
	const struct fopnp_walk_step *last = NULL;

	for (unsigned sequence = 1; sequence <= walk->query_count; sequence++) {
		const struct fopnp_walk_query *query;
		const struct fopnp_walk_step *step = find_query(walk, sequence, &query);

		if (step)
			add_query(table, step, query, step == last);
		last = step;
	}
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}

/* ---- servers ---- */

static const char *origin_words(const struct fopnp_walk_server *server)
{
	if (server->problem)
		return server->problem;
	switch (server->origin) {
	case FOPNP_WALK_OF_HINTS:
		return "of the root hints";
	case FOPNP_WALK_OF_GLUE:
		return "glue";
	case FOPNP_WALK_OF_WALK:
		return "no glue, walked to";
	case FOPNP_WALK_OF_NOBODY:
		break;
	}
	return "no glue, not needed";
}

static void print_server(const struct fopnp_walk_step *step, const struct fopnp_walk_server *server)
{
	char *line = fopnp_memory_format("%s  %s", step->zone, server->name);
	FOPNP_AUTO_FREE char *whole = NULL;

	for (size_t i = 0; i < server->count; i++) {
		char *longer = fopnp_memory_format("%s %s", line, server->addresses[i].text);

		free(line);
		line = longer;
	}
	whole = fopnp_memory_format("%s: %s", line, origin_words(server));
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT,
			      server->problem ? FOPNP_BAD : FOPNP_PLAIN, whole);
	free(line);
}

/* A zone that is come to again begins with what was known of it. */
static bool is_first_of_zone(const struct fopnp_walk *walk, size_t step)
{
	for (size_t i = 0; i < step; i++)
		if (fopnp_dns_name_equal(walk->steps[i].zone, walk->steps[step].zone))
			return false;
	return true;
}

/* Those that cannot be reached; all of them if they are wanted. */
static void print_servers(const struct fopnp_walk *walk, bool is_verbose)
{
	bool is_first = true;

	for (size_t i = 0; i < walk->step_count; i++)
		for (size_t j = 0; j < walk->steps[i].server_count; j++) {
			if (!is_first_of_zone(walk, i) ||
			    (!is_verbose && !walk->steps[i].servers[j].problem))
				continue;
			if (is_first)
				(void)puts(is_verbose ? "\nservers"
						      : "\nservers without an address");
			is_first = false;
			print_server(&walk->steps[i], &walk->steps[i].servers[j]);
		}
}

/* ---- the answer ---- */

static void print_records(const struct fopnp_walk *walk)
{
	static const struct fopnp_table_column COLUMNS[] = {
		{ .heading = "answer", .wrap = 20 },
		{ .heading = "ttl", .is_right = true },
		{ .heading = "type" },
		{ .heading = "data", .wrap = 20 },
	};
	struct fopnp_table *table = fopnp_table_create(COLUMNS, 4);

	for (size_t i = 0; i < walk->record_count; i++) {
		const struct fopnp_walk_record *record = &walk->records[i];
		char text[FOPNP_DNS_WORD_TEXT], ttl[16];

		(void)snprintf(ttl, sizeof(ttl), "%" PRIu32, record->ttl);
		fopnp_table_row(table);
		fopnp_table_cell(table, FOPNP_PLAIN, record->owner);
		fopnp_table_cell(table, FOPNP_PLAIN, ttl);
		fopnp_table_cell(table, FOPNP_PLAIN, fopnp_dns_type_name(record->type, text));
		fopnp_table_cell(table, FOPNP_STRONG, record->text);
	}
	(void)fputc('\n', stdout);
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}

static void print_reason(const struct fopnp_walk *walk)
{
	FOPNP_AUTO_FREE char *line =
		walk->negative_ttl >= 0 ? fopnp_memory_format("%s (may be kept for %" PRId64 " s)",
							      walk->reason, walk->negative_ttl)
					: fopnp_memory_copy_text(walk->reason);

	(void)fputc('\n', stdout);
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "  end", LABEL_INDENT,
			      walk->outcome == FOPNP_WALK_FAILED ? FOPNP_BAD : FOPNP_NOTABLE, line);
}

static void print_sums(const struct fopnp_walk *walk)
{
	FOPNP_AUTO_FREE char *took = duration(walk->elapsed_us);
	const struct fopnp_root_hints *hints = walk->hints;
	FOPNP_AUTO_FREE char *from =
		hints->version > 0
			? fopnp_memory_format("%s, version %lu",
					      hints->file ? hints->file : "compiled in",
					      hints->version)
			: fopnp_memory_copy_text(hints->file ? hints->file : "compiled in");
	FOPNP_AUTO_FREE char *line = fopnp_memory_format(
		"%u quer%s in %s from the root on (hints: %s)", walk->query_count,
		walk->query_count == 1 ? "y" : "ies", took, from);

	fopnp_paragraph_print(stdout, FOPNP_DIM, "  walk", LABEL_INDENT, FOPNP_PLAIN, line);
}

static void print_local(const struct fopnp_walk *walk)
{
	const struct fopnp_walk_local *local = &walk->local;
	bool is_other = local->is_asked && !local->is_same;

	if (!local->is_wanted)
		return;
	fopnp_paragraph_print(stdout, FOPNP_DIM, "  local", LABEL_INDENT,
			      is_other ? FOPNP_NOTABLE : FOPNP_PLAIN,
			      local->words ? local->words : "no local resolver could be asked");
}

void fopnp_walk_print_text(const struct fopnp_walk *walk, const char *given, bool is_verbose)
{
	char text[FOPNP_DNS_WORD_TEXT];
	FOPNP_AUTO_FREE char *head =
		fopnp_memory_format("%s %s", given, fopnp_dns_type_name(walk->options->type, text));

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, head);
	print_queries(walk);
	print_servers(walk, is_verbose);
	if (walk->record_count > 0)
		print_records(walk);
	if (walk->outcome != FOPNP_WALK_FOUND)
		print_reason(walk);
	else
		(void)fputc('\n', stdout);
	print_sums(walk);
	print_local(walk);
}
