/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on replies: missing, dropped, cut short, late, with a name that glibc refuses. */
#include "tools/trace_exchanges.h"

#include "tools/memory.h"
#include "tools/trace.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <arpa/nameser.h>
#include <nss.h>
#include <resolv.h>
#include <string.h>

#define LONG_TCP_US    1000000
#define SLOW_US        1000000
#define MOST_OF_A_KIND 3 /* notes with one id: a hostile server can make any number */

/* A reply over UDP that did not fit: what comes over TCP is of it. */
static const struct fopnp_wire_exchange *find_truncated(const struct fopnp_exchanges *exchanges)
{
	for (size_t i = 0; i < exchanges->count; i++)
		if (!exchanges->list[i].is_tcp && fopnp_exchange_has_reply(&exchanges->list[i]) &&
		    exchanges->list[i].reply->message.is_truncated)
			return &exchanges->list[i];
	return NULL;
}

/* ---- missing: the server replies, but not to this ---- */

static bool is_missing(const struct fopnp_exchanges *exchanges, size_t index)
{
	const struct fopnp_wire_exchange *exchange = &exchanges->list[index];

	return fopnp_exchange_is_silent(exchange) &&
	       fopnp_exchanges_has_reply_of(exchanges, exchange->server) &&
	       !(exchange->is_tcp && find_truncated(exchanges));
}

/* What is known of one server and one name. */
struct missing_record {
	bool is_a_silent, is_aaaa_silent; /* once at least */
	bool has_a_reply, has_aaaa_reply; /* the same */
	bool is_told;
	uint64_t cost_us;
};

static struct missing_record record_missing(const struct fopnp_exchanges *exchanges, size_t index)
{
	struct missing_record record = { 0 };
	FOPNP_AUTO_FREE bool *marks = fopnp_memory_zeroed(exchanges->count + 1, sizeof(*marks));

	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *other = &exchanges->list[i];
		bool is_aaaa = fopnp_exchange_type(other) == ns_t_aaaa;

		if (!fopnp_exchange_is_sibling(other, &exchanges->list[index]))
			continue;
		if (fopnp_exchange_has_reply(other))
			*(is_aaaa ? &record.has_aaaa_reply : &record.has_a_reply) = true;
		if (!fopnp_exchange_is_silent(other))
			continue;
		marks[i] = true;
		record.is_told |= i < index;
		*(is_aaaa ? &record.is_aaaa_silent : &record.is_a_silent) = true;
	}
	record.cost_us = fopnp_exchanges_cost(exchanges, marks);
	return record;
}

/* A type that never gets a reply is lost for good; else it was one packet, or the second of two. */
static void set_missing_fix(const struct fopnp_exchanges *exchanges, const char *server,
			    const struct missing_record *record, struct fopnp_finding *finding)
{
	const char *wait_less = fopnp_exchanges_wait_less(exchanges);
	bool is_lost = !(record->is_aaaa_silent && record->has_aaaa_reply) &&
		       !(record->is_a_silent && record->has_a_reply);

	if (is_lost && record->has_a_reply)
		fopnp_finding_set_fix(
			finding,
			"look for what drops AAAA queries between here and %s, or write "
			"options no-aaaa into /etc/resolv.conf (glibc 2.36)%s",
			server, wait_less);
	else if (is_lost || (exchanges->trace->resolver.flags & RES_SNGLKUPREOP))
		fopnp_finding_set_fix(finding, "look for what drops packets between here and %s%s",
				      server, wait_less);
	else
		fopnp_finding_set_fix(finding,
				      "write options single-request-reopen into /etc/resolv.conf "
				      "(some firewalls drop the second query from one port)%s",
				      wait_less);
}

static void note_missing(const struct fopnp_exchanges *exchanges, size_t index,
			 const struct missing_record *record)
{
	const struct fopnp_wire_exchange *missing = &exchanges->list[index];
	const char *server = fopnp_exchanges_server(exchanges, missing->server);
	const char *name = fopnp_exchange_name(missing);
	char duration[FOPNP_DURATION_TEXT], type[FOPNP_DNS_WORD_TEXT];
	struct fopnp_finding *added;

	(void)fopnp_trace_duration(record->cost_us, duration);
	if (!record->has_a_reply && !record->has_aaaa_reply)
		added = fopnp_exchanges_note(exchanges, "reply-missing", FOPNP_WARNING,
					     "%s replies, but not about %s: waiting for it cost %s",
					     server, name, duration);
	else if (record->is_a_silent && record->is_aaaa_silent)
		added = fopnp_exchanges_note(
			exchanges, "reply-missing", FOPNP_WARNING,
			"A and AAAA replies of %s about %s are missing: waiting "
			"for them cost %s",
			server, name, duration);
	else
		added = fopnp_exchanges_note(
			exchanges, "reply-missing", FOPNP_WARNING,
			"the %s reply of %s about %s is missing: waiting for it cost %s",
			fopnp_exchange_type_name(missing, type), server, name, duration);
	set_missing_fix(exchanges, server, record, added);
	fopnp_exchanges_set_place(exchanges, missing->server, added);
}

static void note_all_missing(const struct fopnp_exchanges *exchanges)
{
	size_t told = 0;

	for (size_t i = 0; i < exchanges->count && told < MOST_OF_A_KIND; i++) {
		struct missing_record record;

		if (!is_missing(exchanges, i))
			continue;
		record = record_missing(exchanges, i);
		if (record.is_told)
			continue;
		note_missing(exchanges, i, &record);
		told++;
	}
}

/* ---- ignored: glibc does not take what came ---- */

static bool has_ignored(const struct fopnp_wire_exchange *exchange, size_t server,
			const char *reason)
{
	return exchange->server == server && exchange->ignored &&
	       strcmp(exchange->ignored, reason) == 0;
}

static void note_ignored(const struct fopnp_exchanges *exchanges, size_t index)
{
	size_t server = exchanges->list[index].server, count = 0;
	const char *reason = exchanges->list[index].ignored;
	FOPNP_AUTO_FREE bool *marks = fopnp_memory_zeroed(exchanges->count + 1, sizeof(*marks));
	FOPNP_AUTO_FREE char *cost = NULL;
	uint64_t cost_us;
	char duration[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added;

	for (size_t i = 0; i < exchanges->count; i++) {
		if (!has_ignored(&exchanges->list[i], server, reason))
			continue;
		if (i < index)
			return;
		count++;
		marks[i] = exchanges->list[i].end == FOPNP_EXCHANGE_SILENT;
	}
	cost_us = fopnp_exchanges_cost(exchanges, marks);
	if (cost_us > 0)
		cost = fopnp_memory_format("waiting for a right one cost %s",
					   fopnp_trace_duration(cost_us, duration));
	else
		cost = fopnp_memory_copy_text("the right one came, too");
	added = fopnp_exchanges_note(exchanges, "reply-ignored", FOPNP_WARNING,
				     "glibc dropped what %s replied to %zu %s (%s): %s",
				     fopnp_exchanges_server(exchanges, server), count,
				     count == 1 ? "query" : "queries", reason, cost);
	fopnp_finding_set_fix(added,
			      "look for what stands between here and %s and answers for it, "
			      "or write another server into /etc/resolv.conf",
			      fopnp_exchanges_server(exchanges, server));
	fopnp_exchanges_set_place(exchanges, server, added);
}

/* ---- slow: glibc took the reply, but it came late ---- */

/* What comes over TCP for a truncated reply is reply-truncated's. */
static bool is_slow(const struct fopnp_exchanges *exchanges, size_t index)
{
	const struct fopnp_wire_exchange *exchange = &exchanges->list[index];

	return fopnp_exchange_has_reply(exchange) && exchange->waited_us >= SLOW_US &&
	       !(exchange->is_tcp && find_truncated(exchanges));
}

static void note_slow(const struct fopnp_exchanges *exchanges, size_t index)
{
	const struct fopnp_wire_exchange *slow = &exchanges->list[index], *other = NULL;
	char duration[FOPNP_DURATION_TEXT], type[FOPNP_DNS_WORD_TEXT], more[FOPNP_DNS_WORD_TEXT];
	uint64_t took_us = slow->waited_us;

	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *candidate = &exchanges->list[i];

		if (i == index || !is_slow(exchanges, i) ||
		    !fopnp_exchange_is_sibling(candidate, slow))
			continue;
		if (i < index) /* told then */
			return;
		if (fopnp_exchange_type(candidate) != fopnp_exchange_type(slow))
			other = candidate;
		if (candidate->waited_us > took_us)
			took_us = candidate->waited_us;
	}
	fopnp_exchanges_set_place(
		exchanges, slow->server,
		fopnp_exchanges_note(exchanges, "server-slow", FOPNP_WARNING,
				     "%s took %s to reply about %s %s%s%s",
				     fopnp_exchanges_server(exchanges, slow->server),
				     fopnp_trace_duration(took_us, duration),
				     fopnp_exchange_name(slow),
				     fopnp_exchange_type_name(slow, type), other ? " and " : "",
				     other ? fopnp_exchange_type_name(other, more) : ""));
}

static void note_all_slow(const struct fopnp_exchanges *exchanges)
{
	size_t before = exchanges->trace->notes.count;

	for (size_t i = 0;
	     i < exchanges->count && exchanges->trace->notes.count < before + MOST_OF_A_KIND; i++)
		if (is_slow(exchanges, i))
			note_slow(exchanges, i);
}

/* ---- refused: a name that no host has ---- */

static void note_refused_name(const struct fopnp_exchanges *exchanges)
{
	const struct fopnp_step *step = exchanges->step;

	if (!step->has_status || step->status == NSS_STATUS_SUCCESS)
		return;
	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *exchange = &exchanges->list[i];

		if (!fopnp_exchange_is_found(exchange) || !exchange->reply->message.is_name_refused)
			continue;
		fopnp_exchanges_set_place(
			exchanges, exchange->server,
			fopnp_exchanges_note(exchanges, "reply-name-refused", FOPNP_WARNING,
					     "glibc refuses the name in the reply: it has a "
					     "character that no host name has, or a \"-\" in "
					     "front"));
		return;
	}
}

/* ---- truncated: once more over TCP ---- */

/* What became of the truncated question over TCP. */
struct tcp_record {
	bool is_asked, is_answered, is_closed;
	uint64_t cost_us;
};

static struct tcp_record record_tcp(const struct fopnp_exchanges *exchanges,
				    const struct fopnp_wire_exchange *truncated)
{
	FOPNP_AUTO_FREE bool *marks = fopnp_memory_zeroed(exchanges->count + 1, sizeof(*marks));
	struct tcp_record record = { 0 };

	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *other = &exchanges->list[i];

		if (!other->is_tcp || !fopnp_exchange_is_sibling(other, truncated))
			continue;
		marks[i] = true;
		record.is_asked = true;
		record.is_answered |= other->end == FOPNP_EXCHANGE_ANSWERED &&
				      fopnp_exchange_type(other) == fopnp_exchange_type(truncated);
		record.is_closed |= other->end == FOPNP_EXCHANGE_CLOSED ||
				    other->end == FOPNP_EXCHANGE_REFUSED ||
				    other->end == FOPNP_EXCHANGE_UNREACHABLE;
	}
	record.cost_us = fopnp_exchanges_cost(exchanges, marks);
	return record;
}

static char *tcp_words(const struct tcp_record *record)
{
	char duration[FOPNP_DURATION_TEXT];

	(void)fopnp_trace_duration(record->cost_us, duration);
	if (record->is_answered)
		return fopnp_memory_format("asking over TCP took %s", duration);
	if (record->is_closed)
		return fopnp_memory_format("asking over TCP failed after %s", duration);
	return fopnp_memory_format("over TCP nothing came in %s, and glibc waits there without "
				   "limit",
				   duration);
}

static void note_truncated(const struct fopnp_exchanges *exchanges)
{
	const struct fopnp_wire_exchange *truncated = find_truncated(exchanges);
	struct tcp_record record = { 0 };
	FOPNP_AUTO_FREE char *words = NULL;
	char type[FOPNP_DNS_WORD_TEXT];
	struct fopnp_finding *added;

	if (truncated)
		record = record_tcp(exchanges, truncated);
	if (!record.is_asked) /* the call ended before that */
		return;
	words = tcp_words(&record);
	added = fopnp_exchanges_note(
		exchanges, "reply-truncated",
		record.is_answered && record.cost_us < LONG_TCP_US ? FOPNP_INFO : FOPNP_WARNING,
		"the %s reply of %s about %s is too long for UDP: %s",
		fopnp_exchange_type_name(truncated, type),
		fopnp_exchanges_server(exchanges, truncated->server),
		fopnp_exchange_name(truncated), words);
	if (!record.is_answered)
		fopnp_finding_set_fix(added,
				      "see to it that TCP port 53 of %s can be reached and "
				      "answers",
				      fopnp_exchanges_server(exchanges, truncated->server));
	else if (!(exchanges->trace->resolver.flags & RES_USE_EDNS0))
		fopnp_finding_set_fix(added, "options edns0 in /etc/resolv.conf lets replies of up "
					     "to 1200 bytes come over UDP");
	fopnp_exchanges_set_place(exchanges, truncated->server, added);
}

void fopnp_exchanges_note_replies(const struct fopnp_exchanges *exchanges)
{
	note_all_missing(exchanges);
	for (size_t i = 0; i < exchanges->count; i++)
		if (exchanges->list[i].ignored)
			note_ignored(exchanges, i);
	note_truncated(exchanges);
	note_all_slow(exchanges);
	note_refused_name(exchanges);
}
