/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on replies. */
#include "tools/dns_notes.h"

#include "tools/dns_message.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <stdio.h>
#include <string.h>

struct noting {
	const struct fopnp_dns_options *options;
	const struct fopnp_dns_job *job;
	struct fopnp_findings *notes;
};

const char *fopnp_dns_reply_word(enum fopnp_dns_end end, unsigned rcode,
				 char text[static FOPNP_DNS_END_TEXT])
{
	char word[FOPNP_DNS_WORD_TEXT];

	if (end != FOPNP_DNS_REPLIED)
		return fopnp_dns_end_words(end);
	(void)snprintf(text, FOPNP_DNS_END_TEXT, "%s", fopnp_dns_rcode_name(rcode, word));
	return text;
}

/* The same is told once. */
static void add(struct noting *noting, const char *id, enum fopnp_severity severity,
		const char *format, ...) __attribute__((format(printf, 4, 5)));
static void add(struct noting *noting, const char *id, enum fopnp_severity severity,
		const char *format, ...)
{
	FOPNP_AUTO_FREE char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = fopnp_memory_format_list(format, arguments);
	va_end(arguments);
	for (size_t i = 0; i < noting->notes->count; i++)
		if (strcmp(noting->notes->list[i].id, id) == 0 &&
		    strcmp(noting->notes->list[i].text, text) == 0)
			return;
	fopnp_findings_add(noting->notes, id, severity, "%s", text);
}

static void note_name(struct noting *noting)
{
	const struct fopnp_idn_name *idn = &noting->job->idn;

	if (idn->idna2003)
		add(noting, "idna2003-differs", FOPNP_WARNING,
		    "software of IDNA 2003 (RFC 3490) asks for another name: %s", idn->idna2003);
}

static void note_failures(struct noting *noting, const struct fopnp_dns_lookup *lookup)
{
	char text[FOPNP_DNS_END_TEXT];

	for (size_t i = 0; i < lookup->failure_count; i++) {
		const struct fopnp_dns_failure *failure = &lookup->failures[i];

		if (failure->server != lookup->exchange.server)
			add(noting, "server-failed", FOPNP_WARNING, "the name server %s: %s",
			    failure->server->text,
			    fopnp_dns_reply_word(failure->end, failure->rcode, text));
	}
}

static void note_extended_error(struct noting *noting, const struct fopnp_dns_exchange *exchange)
{
	const struct fopnp_dns_response *response = &exchange->response;
	const char *words;

	if (response->ede_code < 0)
		return;
	words = fopnp_dns_ede_words((unsigned)response->ede_code);
	add(noting, "extended-error", FOPNP_WARNING, "%s says more: EDE %d%s%s%s%s%s%s",
	    exchange->server->text, response->ede_code, words ? " (" : "", words ? words : "",
	    words ? ")" : "", response->ede_text ? ": \"" : "",
	    response->ede_text ? response->ede_text : "", response->ede_text ? "\"" : "");
}

static void note_recursion(struct noting *noting, const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_exchange *exchange = &lookup->exchange;
	const struct fopnp_dns_response *response = &exchange->response;
	enum fopnp_dns_outcome outcome = fopnp_dns_lookup_outcome(lookup);

	if (noting->options->client.is_recursive) {
		if (!response->is_recursion_available && !response->is_authoritative)
			add(noting, "no-recursion", FOPNP_WARNING,
			    "%s does not look names up for others (no flag ra)",
			    exchange->server->text);
		return;
	}
	if (response->is_authoritative)
		add(noting, "is-authoritative", FOPNP_INFO,
		    "%s is an authority for it: no cache is asked here", exchange->server->text);
	else if (outcome == FOPNP_DNS_FOUND)
		add(noting, "in-cache", FOPNP_INFO,
		    "it is in the cache of %s, for as long as the TTLs say",
		    exchange->server->text);
	else if (outcome == FOPNP_DNS_NODATA || outcome == FOPNP_DNS_NXDOMAIN)
		add(noting, "in-cache", FOPNP_INFO, "that there is none is in the cache of %s",
		    exchange->server->text);
}

static void note_reply(struct noting *noting, const struct fopnp_dns_lookup *lookup)
{
	const struct fopnp_dns_exchange *exchange = &lookup->exchange;
	const char *server = exchange->server->text;

	if (exchange->is_without_edns && fopnp_dns_exchange_is_useful(exchange))
		add(noting, "no-edns", FOPNP_INFO,
		    "%s takes no EDNS (RFC 6891): asked once more without", server);
	if (exchange->response.is_broken)
		add(noting, "reply-broken", FOPNP_WARNING,
		    "a reply of %s is cut or malformed: shown as far as it can be read", server);
	if (exchange->response.is_authentic)
		add(noting, "authenticated", FOPNP_INFO,
		    "%s has checked it by DNSSEC (flag ad), and is believed", server);
	note_extended_error(noting, exchange);
	if (exchange->response.rcode == ns_r_refused && !noting->options->client.is_recursive)
		add(noting, "cache-refused", FOPNP_INFO,
		    "many resolvers do not tell what is in their cache, and refuse to be asked");
	if (exchange->response.rcode == ns_r_noerror || exchange->response.rcode == ns_r_nxdomain)
		note_recursion(noting, lookup);
}

void fopnp_dns_notes_find(const struct fopnp_dns_options *options, const struct fopnp_dns_job *job,
			  struct fopnp_findings *notes)
{
	struct noting noting = { .options = options, .job = job, .notes = notes };

	note_name(&noting);
	for (size_t i = 0; i < job->lookup_count; i++) {
		note_failures(&noting, &job->lookups[i]);
		if (job->lookups[i].exchange.end == FOPNP_DNS_REPLIED)
			note_reply(&noting, &job->lookups[i]);
	}
}
