/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on the name servers, one by one, by what the packets show of them. */
#include "tools/trace_exchanges.h"

#include "nss_module/lookup/status.h"
#include "tools/memory.h"
#include "tools/trace.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <stdlib.h>
#include <string.h>

/* What became of the queries to one server. */
struct server_record {
	size_t index;
	size_t answered, late, refused, unreachable, closed, silent, ignored;
	const struct fopnp_wire_exchange *refusal, *closing;
	uint64_t silence_us; /* that waiting in vain cost */
	uint64_t latest_us;  /* when the slowest of the late replies came */
};

/* How long the slowest late reply took. */
static uint64_t later(uint64_t us, const struct fopnp_wire_exchange *exchange)
{
	uint64_t took = exchange->reply ? exchange->reply->at_us - exchange->at_us : 0;

	return took > us ? took : us;
}

static void count_exchange(struct server_record *record, const struct fopnp_wire_exchange *exchange)
{
	record->ignored += exchange->ignored != NULL;
	switch (exchange->end) {
	case FOPNP_EXCHANGE_ANSWERED:
		record->answered++;
		break;
	case FOPNP_EXCHANGE_SILENT:
		record->silent += fopnp_exchange_is_silent(exchange);
		break;
	case FOPNP_EXCHANGE_REFUSED:
		record->refused++;
		record->refusal = exchange;
		break;
	case FOPNP_EXCHANGE_UNREACHABLE:
		record->unreachable++;
		break;
	case FOPNP_EXCHANGE_CLOSED:
		record->closed++;
		record->closing = exchange;
		break;
	case FOPNP_EXCHANGE_LATE:
		record->late++;
		record->latest_us = later(record->latest_us, exchange);
		break;
	case FOPNP_EXCHANGE_ABANDONED:
		break;
	}
}

/* In vain. */
static bool is_waited_for(const struct fopnp_wire_exchange *exchange)
{
	return fopnp_exchange_is_silent(exchange) || exchange->end == FOPNP_EXCHANGE_LATE;
}

static struct server_record record_server(const struct fopnp_exchanges *exchanges, size_t index)
{
	struct server_record record = { .index = index };
	FOPNP_AUTO_FREE bool *marks = fopnp_memory_zeroed(exchanges->count + 1, sizeof(*marks));

	for (size_t i = 0; i < exchanges->count; i++) {
		if (exchanges->list[i].server != index)
			continue;
		count_exchange(&record, &exchanges->list[i]);
		marks[i] = is_waited_for(&exchanges->list[i]);
	}
	record.silence_us = fopnp_exchanges_cost(exchanges, marks);
	return record;
}

/* Where no server replied at all, each of them is to blame. */
static enum fopnp_severity severity_of_dead(const struct fopnp_exchanges *exchanges)
{
	for (size_t i = 0; i < exchanges->count; i++)
		if (exchanges->list[i].end == FOPNP_EXCHANGE_ANSWERED)
			return FOPNP_WARNING;
	return fopnp_trace_is_answered(exchanges->trace) ? FOPNP_WARNING : FOPNP_ERROR;
}

/* Only then is there something left if SERVER is taken out. */
static bool has_other_that_replies(const struct fopnp_exchanges *exchanges, size_t server)
{
	for (size_t i = 0; i < FOPNP_RESOLVER_SERVERS; i++)
		if (i != server && fopnp_exchanges_has_reply_of(exchanges, i))
			return true;
	return false;
}

/* resolv-conf-missing tells of this server, and what to do about it. */
static bool is_of_missing_file(const struct fopnp_exchanges *exchanges, size_t server)
{
	const struct fopnp_resolver_config *resolver = &exchanges->trace->resolver;

	return server < resolver->server_count && resolver->servers[server].line == 0 &&
	       fopnp_trace_has_note(exchanges->trace, "resolv-conf-missing");
}

/* Where resolv.conf names no server, the reader finds no such line. */
static const char *default_words(const struct fopnp_exchanges *exchanges, size_t server)
{
	const struct fopnp_resolver_config *resolver = &exchanges->trace->resolver;

	return server < resolver->server_count && resolver->servers[server].line == 0
		       ? ", which glibc asks where /etc/resolv.conf names no server"
		       : "";
}

/* ---- 127.0.0.53: systemd-resolved's stub, or a resolv.conf of another machine ---- */

static bool is_stub(const struct fopnp_exchanges *exchanges, size_t server)
{
	const struct fopnp_resolver_config *resolver = &exchanges->trace->resolver;

	return server < resolver->server_count && fopnp_server_is_stub(&resolver->servers[server]);
}

static void note_stub(const struct fopnp_exchanges *exchanges, const struct server_record *record)
{
	const char *server = fopnp_exchanges_server(exchanges, record->index);
	char duration[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added;

	if (record->refused > 0)
		added = fopnp_exchanges_note(exchanges, "stub-without-resolved",
					     severity_of_dead(exchanges),
					     "%s is the stub of systemd-resolved, and nothing "
					     "listens there in this network namespace",
					     server);
	else
		added = fopnp_exchanges_note(
			exchanges, "stub-without-resolved", severity_of_dead(exchanges),
			"%s is the stub of systemd-resolved, and nobody replies there: waiting "
			"for it cost %s",
			server, fopnp_trace_duration(record->silence_us, duration));
	fopnp_finding_set_fix(
		added, "start systemd-resolved here, or write into /etc/resolv.conf a server "
		       "that can be reached from here");
	fopnp_exchanges_set_place(exchanges, record->index, added);
}

/* ---- servers that do not reply ---- */

static void note_silent(const struct fopnp_exchanges *exchanges, const struct server_record *record)
{
	const char *server = fopnp_exchanges_server(exchanges, record->index);
	const char *words = default_words(exchanges, record->index);
	char duration[FOPNP_DURATION_TEXT], latest[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added;

	if (record->late > 0)
		added = fopnp_exchanges_note(
			exchanges, "server-silent", severity_of_dead(exchanges),
			"%s%s%s replied too late, after %s: waiting for it cost %s", server, words,
			*words ? "," : "", fopnp_trace_duration(record->latest_us, latest),
			fopnp_trace_duration(record->silence_us, duration));
	else
		added = fopnp_exchanges_note(
			exchanges, "server-silent", severity_of_dead(exchanges),
			"%s%s%s did not reply to %zu %s: waiting for it cost %s", server, words,
			*words ? "," : "", record->silent,
			record->silent == 1 ? "query" : "queries",
			fopnp_trace_duration(record->silence_us, duration));
	if (has_other_that_replies(exchanges, record->index))
		fopnp_finding_set_fix(added, "take %s out of /etc/resolv.conf%s", server,
				      fopnp_exchanges_wait_less(exchanges));
	else if (!is_of_missing_file(exchanges, record->index))
		fopnp_finding_set_fix(added,
				      "write a server that replies into /etc/resolv.conf, "
				      "or open port 53 to %s",
				      server);
	fopnp_exchanges_set_place(exchanges, record->index, added);
}

static void note_refused(const struct fopnp_exchanges *exchanges,
			 const struct server_record *record)
{
	const char *server = fopnp_exchanges_server(exchanges, record->index);
	struct fopnp_finding *added = fopnp_exchanges_note(
		exchanges, "server-refused", severity_of_dead(exchanges),
		"%s takes no DNS queries (%s port closed, or a firewall rejects them)%s", server,
		record->refusal->is_tcp ? "TCP" : "UDP", default_words(exchanges, record->index));

	if (has_other_that_replies(exchanges, record->index))
		fopnp_finding_set_fix(added,
				      "take %s out of /etc/resolv.conf, or start the server there",
				      server);
	else
		fopnp_finding_set_fix(added,
				      "start the server, or write another into /etc/resolv.conf");
	fopnp_exchanges_set_place(exchanges, record->index, added);
}

/* The errno of the first packet that could not be sent to SERVER. */
static int error_of_unreachable(const struct fopnp_wire *wire, size_t server)
{
	for (size_t i = 0; i < wire->count; i++)
		if (wire->packets[i].event == FOPNP_WIRE_UNREACHABLE &&
		    wire->packets[i].server == server)
			return wire->packets[i].error;
	return 0;
}

static void note_unreachable(const struct fopnp_exchanges *exchanges,
			     const struct server_record *record)
{
	int error = error_of_unreachable(exchanges->step->wire, record->index);
	const char *name = error ? fopnp_errno_name(error) : NULL;
	const char *server = fopnp_exchanges_server(exchanges, record->index);
	struct fopnp_finding *added =
		fopnp_exchanges_note(exchanges, "server-unreachable", severity_of_dead(exchanges),
				     "%s cannot be reached from this host%s%s%s", server,
				     name ? " (" : "", name ? name : "", name ? ")" : "");

	fopnp_finding_set_fix(added,
			      "give this host a route to %s, or write another server "
			      "into /etc/resolv.conf",
			      server);
	fopnp_exchanges_set_place(exchanges, record->index, added);
}

static void note_closed(const struct fopnp_exchanges *exchanges, const struct server_record *record)
{
	struct fopnp_finding *added =
		fopnp_exchanges_note(exchanges, "server-failed", FOPNP_WARNING,
				     "%s closed the TCP connection before it replied about %s",
				     fopnp_exchanges_server(exchanges, record->index),
				     fopnp_exchange_name(record->closing));

	fopnp_finding_set_fix(added, "see to it that the server answers over TCP too");
	fopnp_exchanges_set_place(exchanges, record->index, added);
}

/* reply-truncated tells what became of it over TCP. */
static bool is_of_truncated(const struct fopnp_exchanges *exchanges,
			    const struct fopnp_wire_exchange *closing)
{
	for (size_t i = 0; i < exchanges->count; i++)
		if (closing->is_tcp && !exchanges->list[i].is_tcp &&
		    fopnp_exchange_has_reply(&exchanges->list[i]) &&
		    exchanges->list[i].reply->message.is_truncated &&
		    fopnp_exchange_is_sibling(&exchanges->list[i], closing))
			return true;
	return false;
}

/* mdns-wait tells of that server, and why it was asked. */
static bool is_told_of_mdns(const struct fopnp_exchanges *exchanges, size_t server)
{
	const struct fopnp_trace *trace = exchanges->trace;
	unsigned line =
		server < trace->resolver.server_count ? trace->resolver.servers[server].line : 0;

	if (!fopnp_step_is_mdns(exchanges->step) || !line)
		return false;
	for (size_t i = 0; i < trace->notes.count; i++)
		if (strcmp(trace->notes.list[i].id, "mdns-wait") == 0 &&
		    trace->notes.list[i].place.file &&
		    strcmp(trace->notes.list[i].place.file, FOPNP_RESOLV_CONF) == 0 &&
		    trace->notes.list[i].place.line == line)
			return true;
	return false;
}

static bool is_silent(const struct server_record *record)
{
	return record->ignored == 0 &&
	       (record->late > 0 || (record->silent > 0 && record->answered == 0));
}

static void note_server(const struct fopnp_exchanges *exchanges, const struct server_record *record)
{
	if (record->answered == 0 && (record->refused > 0 || is_silent(record)) &&
	    is_stub(exchanges, record->index)) {
		note_stub(exchanges, record);
		return;
	}
	if (record->refused > 0 && !is_of_missing_file(exchanges, record->index))
		note_refused(exchanges, record);
	if (record->unreachable > 0)
		note_unreachable(exchanges, record);
	if (record->closed > 0 && !is_of_truncated(exchanges, record->closing))
		note_closed(exchanges, record);
	if (is_silent(record) && !is_told_of_mdns(exchanges, record->index))
		note_silent(exchanges, record);
}

/* ---- none of several replied ---- */

static bool is_dead(const struct server_record *record)
{
	return record->answered == 0 && record->ignored == 0 && record->closed == 0 &&
	       (is_silent(record) || record->refused > 0 || record->unreachable > 0);
}

/* Whether that is so; a stub has a cause of its own, and a note that names it. */
static bool are_all_dead(const struct fopnp_exchanges *exchanges,
			 const struct server_record *records)
{
	size_t dead = 0;

	for (size_t i = 0; i < FOPNP_RESOLVER_SERVERS; i++) {
		bool was_asked = records[i].answered + records[i].late + records[i].refused +
					 records[i].unreachable + records[i].closed +
					 records[i].silent + records[i].ignored >
				 0;

		if (was_asked && (!is_dead(&records[i]) || is_stub(exchanges, i)))
			return false;
		dead += was_asked;
	}
	return dead > 1;
}

/* "10.0.0.1: silent; 10.0.0.2: port closed" */
static char *dead_words(const struct fopnp_exchanges *exchanges,
			const struct server_record *records)
{
	char *words = fopnp_memory_copy_text("");

	for (size_t i = 0; i < FOPNP_RESOLVER_SERVERS; i++) {
		const char *why = is_silent(&records[i])       ? "silent"
				  : records[i].refused > 0     ? "port closed"
				  : records[i].unreachable > 0 ? "cannot be reached"
							       : NULL;
		char *more;

		if (!why)
			continue;
		more = fopnp_memory_format("%s%s%s: %s", words, *words ? "; " : "",
					   fopnp_exchanges_server(exchanges, i), why);
		free(words);
		words = more;
	}
	return words;
}

static const char *id_of_dead(const struct server_record *records)
{
	for (size_t i = 0; i < FOPNP_RESOLVER_SERVERS; i++)
		if (is_silent(&records[i]))
			return "server-silent";
	for (size_t i = 0; i < FOPNP_RESOLVER_SERVERS; i++)
		if (records[i].refused > 0)
			return "server-refused";
	return "server-unreachable";
}

static void note_all_dead(const struct fopnp_exchanges *exchanges,
			  const struct server_record *records)
{
	FOPNP_AUTO_FREE bool *marks = fopnp_memory_zeroed(exchanges->count + 1, sizeof(*marks));
	FOPNP_AUTO_FREE char *servers = dead_words(exchanges, records);
	char duration[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added;
	uint64_t cost_us;

	for (size_t i = 0; i < exchanges->count; i++)
		marks[i] = is_waited_for(&exchanges->list[i]);
	cost_us = fopnp_exchanges_cost(exchanges, marks);
	added = fopnp_exchanges_note(exchanges, id_of_dead(records), severity_of_dead(exchanges),
				     "no name server replied%s (%s)%s%s",
				     cost_us > 0 ? " in time" : "", servers,
				     cost_us > 0 ? ": waiting cost " : "",
				     cost_us > 0 ? fopnp_trace_duration(cost_us, duration) : "");
	fopnp_finding_set_fix(added, "look at this host's network and at port 53 first; or write "
				     "other servers into /etc/resolv.conf");
	for (size_t i = FOPNP_RESOLVER_SERVERS; i-- > 0;)
		if (is_dead(&records[i]))
			fopnp_exchanges_set_place(exchanges, i, added);
}

void fopnp_exchanges_note_servers(const struct fopnp_exchanges *exchanges)
{
	struct server_record records[FOPNP_RESOLVER_SERVERS];

	for (size_t i = 0; i < FOPNP_RESOLVER_SERVERS; i++)
		records[i] = record_server(exchanges, i);
	if (are_all_dead(exchanges, records)) {
		note_all_dead(exchanges, records);
		return;
	}
	for (size_t i = 0; i < FOPNP_RESOLVER_SERVERS; i++)
		note_server(exchanges, &records[i]);
}
