/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where mail goes, for people. */
#include "tools/mx.h"

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
#define LABEL_INDENT 9 /* where the text behind "  rule" begins */

static enum fopnp_style outcome_style(enum fopnp_mx_outcome outcome)
{
	return outcome == FOPNP_MX_DELIVER ? FOPNP_GOOD
	       : outcome == FOPNP_MX_QUEUE ? FOPNP_NOTABLE
					   : FOPNP_BAD;
}

/* "220-...": not the whole of a greeting, where no code is known. */
static bool starts_like_reply(const char *greeting)
{
	return strspn(greeting, "0123456789") == 3;
}

/* What came of the connection: the first line of the greeting, or why there is none. */
static char *contact_words(const struct fopnp_mx_address *address)
{
	char duration[FOPNP_DURATION_TEXT];
	FOPNP_AUTO_FREE char *words = NULL;

	(void)fopnp_trace_duration(address->attempt.elapsed_us, duration);
	if (address->attempt.state != FOPNP_ATTEMPT_CONNECTED) {
		words = fopnp_attempt_words(&address->attempt);
		return fopnp_memory_format("%s (%s)", words, duration);
	}
	if (!address->greeting)
		return fopnp_memory_format(
			"connected, %s (%s)",
			address->is_closed ? "closed without a greeting" : "no greeting", duration);
	return fopnp_memory_format(
		"%.*s%s (%s)", (int)strcspn(address->greeting, "\r\n"), address->greeting,
		address->code == 0 && starts_like_reply(address->greeting) ? ", and no end of it"
									   : "",
		duration);
}

static void add_address(const struct fopnp_mx *mx, struct fopnp_table *table,
			const struct fopnp_mx_address *address)
{
	char text[FOPNP_ADDRESS_TEXT];

	fopnp_table_cell(table, FOPNP_STRONG, fopnp_request_print_address(&address->address, text));
	if (mx->options->connects) {
		FOPNP_AUTO_FREE char *words = contact_words(address);

		fopnp_table_cell(table, address->code == 220 ? FOPNP_GOOD : FOPNP_BAD, words);
	}
}

static void add_host(const struct fopnp_mx *mx, struct fopnp_table *table,
		     const struct fopnp_mx_host *host)
{
	char preference[16];

	(void)snprintf(preference, sizeof(preference), "%u", host->preference);
	for (size_t i = 0; i == 0 || i < host->address_count; i++) {
		fopnp_table_row(table);
		fopnp_table_cell(table, FOPNP_PLAIN, i == 0 ? preference : "");
		fopnp_table_cell(table, FOPNP_PLAIN, i == 0 ? host->name : "");
		if (host->address_count > 0)
			add_address(mx, table, &host->addresses[i]);
		else
			fopnp_table_cell(table, FOPNP_BAD, host->problem ? host->problem : "");
	}
}

static void print_hosts(const struct fopnp_mx *mx)
{
	static const struct fopnp_table_column COLUMNS[] = {
		{ "pref", true, 0 },
		{ "host", false, 20 },
		{ "address", false, 16 },
		{ "greeting", false, 30 },
	};
	struct fopnp_table *table = fopnp_table_create(COLUMNS, mx->options->connects ? 4 : 3);

	for (size_t i = 0; i < mx->host_count; i++)
		add_host(mx, table, &mx->hosts[i]);
	(void)fputc('\n', stdout);
	fopnp_table_print(table, stdout, INDENT, fopnp_terminal_columns());
	fopnp_table_destroy(table);
}

void fopnp_mx_print_text(const struct fopnp_mx *mx)
{
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", 0, FOPNP_STRONG, mx->given);
	fopnp_paragraph_print(stdout, FOPNP_PLAIN, "", INDENT, outcome_style(mx->outcome),
			      mx->reason);
	if (mx->host_count > 0)
		print_hosts(mx);
	if (mx->rule_count > 0)
		(void)fputc('\n', stdout);
	for (size_t i = 0; i < mx->rule_count; i++)
		fopnp_paragraph_print(stdout, FOPNP_DIM, "  rule", LABEL_INDENT, FOPNP_PLAIN,
				      mx->rules[i]);
	fopnp_findings_print_text(&mx->notes);
}
