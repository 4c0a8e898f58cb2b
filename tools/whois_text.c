/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `fopnp whois` for people. */
#include "tools/whois.h"

#include "nss_module/lookup/address.h"
#include "tools/findings_text.h"
#include "tools/memory.h"
#include "tools/paragraph.h"
#include "tools/table.h"
#include "tools/trace_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT       2
#define REPLY_INDENT 4
#define TAB          8

static const struct fopnp_table_column HOP_COLUMNS[] = {
	{ "server", false, 12 }, { "address", false, 0 }, { "source", false, 6 },
	{ "time", true, 0 },     { "size", true, 0 },     { "outcome", false, 10 },
};
static const struct fopnp_table_column NAME_SERVER_COLUMNS[] = {
	{ "name server", false, 16 },
	{ "address", false, 16 },
	{ "named by", false, 16 },
};

static const char *outcome_words(const struct fopnp_whois *whois)
{
	switch (whois->outcome) {
	case FOPNP_WHOIS_FOUND:
		/* IANA alone tells of the top-level domain. */
		return whois->hop_count == 1 && whois->hops[0].is_directory &&
				       whois->subject.kind == FOPNP_WHOIS_DOMAIN
			       ? "its registry was not asked"
			       : "found";
	case FOPNP_WHOIS_NOT_FOUND:
		return "not registered";
	case FOPNP_WHOIS_DECLINED:
		return "the server declines to answer";
	case FOPNP_WHOIS_NO_SERVER:
		return "there is no whois server to ask";
	case FOPNP_WHOIS_NO_ANSWER:
		break;
	}
	return "no answer";
}

static void print_head(const struct fopnp_whois *whois)
{
	bool is_same = strcmp(whois->given, whois->subject.text) == 0;
	FOPNP_AUTO_FREE char *head = fopnp_memory_format(
		"%s%s%s%s: %s", whois->given, is_same ? "" : " (",
		is_same ? "" : whois->subject.text, is_same ? "" : ")", outcome_words(whois));

	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, head);
}

/* ---- the hops ---- */

static enum fopnp_style style_of(const struct fopnp_whois_hop *hop)
{
	if (!hop->text)
		return FOPNP_BAD;
	return hop->exchange.end == FOPNP_WHOIS_CLOSED && hop->reading.verdict == FOPNP_WHOIS_TELLS
		       ? FOPNP_GOOD
		       : FOPNP_NOTABLE;
}

static void add_hop(struct fopnp_table *table, const struct fopnp_whois_hop *hop)
{
	const struct fopnp_whois_exchange *exchange = &hop->exchange;
	bool has_port = hop->port != FOPNP_WHOIS_PORT;
	FOPNP_AUTO_FREE char *server =
		has_port ? fopnp_memory_format("%s port %u", hop->server, hop->port)
			 : fopnp_memory_copy_text(hop->server);
	FOPNP_AUTO_FREE char *source = fopnp_program_lookup_source_words(&hop->lookup);
	FOPNP_AUTO_FREE char *words = fopnp_whois_hop_words(hop);
	FOPNP_AUTO_FREE char *size = fopnp_memory_format("%zu bytes", exchange->len);
	char text[FOPNP_ADDRESS_TEXT], duration[FOPNP_DURATION_TEXT];

	fopnp_table_row(table);
	fopnp_table_cell(table, FOPNP_STRONG, server);
	fopnp_table_cell(table, FOPNP_PLAIN,
			 exchange->winner < exchange->attempt_count
				 ? fopnp_request_print_address(
					   &exchange->attempts[exchange->winner].address, text)
				 : "");
	fopnp_table_cell(table, FOPNP_PLAIN, source);
	fopnp_table_cell(table, FOPNP_PLAIN,
			 exchange->attempt_count > 0
				 ? fopnp_trace_duration(exchange->elapsed_us, duration)
				 : "");
	fopnp_table_cell(table, FOPNP_PLAIN, exchange->len > 0 ? size : "");
	fopnp_table_cell(table, style_of(hop), words);
}

static void print_hops(const struct fopnp_whois *whois)
{
	struct fopnp_table *table =
		fopnp_table_create(HOP_COLUMNS, sizeof(HOP_COLUMNS) / sizeof(*HOP_COLUMNS));

	for (size_t i = 0; i < whois->hop_count; i++)
		add_hop(table, &whois->hops[i]);
	(void)fputc('\n', stdout);
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}

/* ---- the replies ---- */

/* A line with blanks instead of tabs, and nothing at its end; the caller's to free(). */
static char *expand_tabs(const char *line, size_t len)
{
	char *text = fopnp_memory_zeroed(len + 1, TAB);
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		if (line[i] != '\t') {
			text[used++] = line[i];
			continue;
		}
		do
			text[used++] = ' ';
		while (used % TAB != 0);
	}
	while (used > 0 && text[used - 1] == ' ')
		used--;
	text[used] = '\0';
	return text;
}

/* Its own indentation is kept, in further lines as well; a very deep one is cut. */
static void print_line(const char *line, size_t len)
{
	FOPNP_AUTO_FREE char *text = expand_tabs(line, len);
	size_t blanks = strspn(text, " ");
	size_t indent = REPLY_INDENT + (blanks < 24 ? blanks : 24);

	if (text[0])
		fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", indent, FOPNP_PLAIN, text + blanks);
	else
		(void)fputc('\n', stdout);
}

static void print_reply(const struct fopnp_whois_hop *hop)
{
	FOPNP_AUTO_FREE char *head = fopnp_memory_format("%s says:", hop->server);
	const char *at = hop->text + strspn(hop->text, "\n");
	size_t len = strlen(at);

	while (len > 0 && strchr(" \t\n", at[len - 1]))
		len--;
	(void)fputc('\n', stdout);
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT, FOPNP_STRONG, head);
	for (const char *end = at + len; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (!newline)
			newline = end;
		print_line(at, (size_t)(newline - at));
		at = newline + 1;
	}
}

/* IANA's directory is shown where nobody else says anything. */
static void print_replies(const struct fopnp_whois *whois)
{
	bool has_other = false;

	for (size_t i = 0; i < whois->hop_count; i++)
		has_other |= whois->hops[i].text && !whois->hops[i].is_directory;
	for (size_t i = 0; i < whois->hop_count; i++)
		if (whois->hops[i].text && (!has_other || !whois->hops[i].is_directory))
			print_reply(&whois->hops[i]);
}

/* ---- the name servers ---- */

static char *named_by(const struct fopnp_whois *whois, const struct fopnp_whois_listed *listed)
{
	char *names = fopnp_memory_copy_text("");

	for (size_t i = 0; i < whois->hop_count; i++) {
		char *longer;

		if (!(listed->hops & 1u << i))
			continue;
		longer = fopnp_memory_format("%s%s%s", names, names[0] ? ", " : "",
					     whois->hops[i].server);
		free(names);
		names = longer;
	}
	return names;
}

static void print_name_servers(const struct fopnp_whois *whois)
{
	struct fopnp_table *table;

	if (whois->name_server_count == 0)
		return;
	table = fopnp_table_create(NAME_SERVER_COLUMNS,
				   sizeof(NAME_SERVER_COLUMNS) / sizeof(*NAME_SERVER_COLUMNS));
	for (size_t i = 0; i < whois->name_server_count; i++) {
		const struct fopnp_whois_listed *listed = &whois->name_servers[i];
		FOPNP_AUTO_FREE char *by = named_by(whois, listed);

		for (size_t j = 0; j == 0 || j < listed->server->address_count; j++) {
			fopnp_table_row(table);
			fopnp_table_cell(table, FOPNP_STRONG, j == 0 ? listed->server->name : "");
			fopnp_table_cell(table, FOPNP_PLAIN,
					 listed->server->address_count > 0
						 ? listed->server->addresses[j]
						 : "");
			fopnp_table_cell(table, FOPNP_PLAIN, j == 0 ? by : "");
		}
	}
	(void)fputc('\n', stdout);
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}

void fopnp_whois_print_text(const struct fopnp_whois *whois)
{
	print_head(whois);
	print_hops(whois);
	print_replies(whois);
	print_name_servers(whois);
	fopnp_findings_print_text(&whois->notes);
}
