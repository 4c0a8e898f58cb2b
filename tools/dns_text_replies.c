/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose word the records of a name are, for people: rcodes, flags, servers, times. */
#include "tools/dns_output.h"

#include "tools/dns_message.h"
#include "tools/dns_notes.h"
#include "tools/memory.h"
#include "tools/table.h"
#include "tools/terminal.h"
#include "tools/trace_words.h"

#include <stdlib.h>
#include <string.h>

#define INDENT 2

/* Replies that differ in nothing but time. */
struct reply_group {
	char *types;
	const struct fopnp_dns_exchange *first;
	uint64_t least_us, most_us;
};

static void add_type(struct reply_group *group, unsigned type)
{
	char word[FOPNP_DNS_WORD_TEXT];
	char *types = fopnp_memory_format("%s%s%s", group->types ? group->types : "",
					  group->types ? " " : "", fopnp_dns_type_name(type, word));

	free(group->types);
	group->types = types;
}

static char *flags_text(const struct fopnp_dns_response *response)
{
	return fopnp_memory_format(
		"%s%s%s%s%s%s%s", response->is_reply ? "qr" : "",
		response->is_authoritative ? " aa" : "", response->is_truncated ? " tc" : "",
		response->is_recursion_desired ? " rd" : "",
		response->is_recursion_available ? " ra" : "", response->is_authentic ? " ad" : "",
		response->is_checking_disabled ? " cd" : "");
}

static bool is_same_reply(const struct fopnp_dns_exchange *a, const struct fopnp_dns_exchange *b)
{
	FOPNP_AUTO_FREE char *a_flags = flags_text(&a->response);
	FOPNP_AUTO_FREE char *b_flags = flags_text(&b->response);

	return a->server == b->server && a->end == b->end &&
	       a->response.rcode == b->response.rcode && a->is_tcp == b->is_tcp &&
	       a->was_truncated == b->was_truncated && strcmp(a_flags, b_flags) == 0;
}

static size_t group_replies(const struct fopnp_dns_job *job, struct reply_group *groups)
{
	size_t count = 0;

	for (size_t i = 0; i < job->lookup_count; i++) {
		const struct fopnp_dns_exchange *exchange = &job->lookups[i].exchange;
		struct reply_group *at = groups;

		if (!exchange->server)
			continue;
		while (at < groups + count && !is_same_reply(at->first, exchange))
			at++;
		if (at == groups + count) {
			*at = (struct reply_group){
				.first = exchange,
				.least_us = exchange->elapsed_us,
			};
			count++;
		}
		add_type(at, job->lookups[i].type);
		if (exchange->elapsed_us < at->least_us)
			at->least_us = exchange->elapsed_us;
		if (exchange->elapsed_us > at->most_us)
			at->most_us = exchange->elapsed_us;
	}
	return count;
}

/* "0.31 to 2.77 ms", "950 ms to 1.2 s". */
static char *span_text(uint64_t least_us, uint64_t most_us)
{
	char least[FOPNP_DURATION_TEXT], most[FOPNP_DURATION_TEXT];
	char *unit;

	(void)fopnp_trace_duration(least_us, least);
	(void)fopnp_trace_duration(most_us, most);
	if (strcmp(least, most) == 0)
		return fopnp_memory_copy_text(most);
	unit = strchr(least, ' ');
	if (unit && strcmp(unit, strchr(most, ' ')) == 0)
		*unit = '\0';
	return fopnp_memory_format("%s to %s", least, most);
}

static void add_group(struct fopnp_table *table, const struct reply_group *group)
{
	const struct fopnp_dns_exchange *exchange = group->first;
	bool is_reply = exchange->end == FOPNP_DNS_REPLIED;
	char text[FOPNP_DNS_END_TEXT];
	FOPNP_AUTO_FREE char *flags = is_reply ? flags_text(&exchange->response) : NULL;
	FOPNP_AUTO_FREE char *server = fopnp_dns_server_place(exchange->server);
	FOPNP_AUTO_FREE char *span = span_text(group->least_us, group->most_us);

	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_PLAIN, group->types);
	fopnp_table_cell(table, fopnp_dns_exchange_is_useful(exchange) ? FOPNP_PLAIN : FOPNP_BAD,
			 fopnp_dns_reply_word(exchange->end, exchange->response.rcode, text));
	fopnp_table_cell(table, FOPNP_PLAIN, flags ? flags : "");
	fopnp_table_cell(table, FOPNP_PLAIN, server);
	fopnp_table_cell(table, FOPNP_PLAIN,
			 exchange->was_truncated ? "UDP, then TCP"
			 : exchange->is_tcp      ? "TCP"
						 : "UDP");
	fopnp_table_cell(table, FOPNP_PLAIN, span);
}

void fopnp_dns_print_replies(const struct fopnp_dns_job *job)
{
	static const struct fopnp_table_column columns[] = {
		{ .heading = "asked for", .wrap = 6 }, { .heading = "reply", .wrap = 9 },
		{ .heading = "flags", .wrap = 6 },     { .heading = "server", .wrap = 12 },
		{ .heading = "by", .wrap = 4 },        { .heading = "time", .wrap = 7 },
	};
	struct reply_group *groups = fopnp_memory_zeroed(job->lookup_count, sizeof(*groups));
	struct fopnp_table *table = fopnp_table_create(columns, 6);
	size_t count = group_replies(job, groups);

	for (size_t i = 0; i < count; i++) {
		add_group(table, &groups[i]);
		free(groups[i].types);
	}
	if (count > 0)
		fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
	free(groups);
}
