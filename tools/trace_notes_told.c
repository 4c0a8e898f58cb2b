/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Notes on fopnp:dns, from what it told.  It does not wait for a server as glibc does:
 * it asks the next one meanwhile, so the rules on glibc's waiting do not hold for it.
 */
#include "tools/trace_notes.h"

#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/socket_probe.h"
#include "tools/trace_exchanges.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <arpa/nameser.h>
#include <nss.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#define JOINED_US 20000 /* a server that was silent for so long was joined by another one */

/* ---- one server ---- */

struct told_server {
	size_t index;
	/* answered: also by a reply that was cut short, and whose rest TCP did not bring */
	size_t asked, answered, failed, refused, unreachable, silent, pending, garbage;
	const struct fopnp_wire_exchange *failure;
	uint64_t silent_us; /* the longest that nothing came, given up or not */
};

static struct told_server look_at_server(const struct fopnp_exchanges *exchanges, size_t index)
{
	struct told_server server = { .index = index };

	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *exchange = &exchanges->list[i];
		bool is_silent = exchange->end == FOPNP_EXCHANGE_SILENT && !exchange->ignored;
		bool is_pending = exchange->end == FOPNP_EXCHANGE_ABANDONED;

		if (exchange->server != index)
			continue;
		server.asked++;
		server.answered +=
			exchange->end == FOPNP_EXCHANGE_ANSWERED || exchange->was_truncated;
		if (exchange->was_truncated && exchange->end != FOPNP_EXCHANGE_ANSWERED)
			continue; /* reply-truncated tells of that */
		server.refused += exchange->end == FOPNP_EXCHANGE_REFUSED;
		server.unreachable += exchange->end == FOPNP_EXCHANGE_UNREACHABLE;
		server.garbage += exchange->ignored != NULL;
		server.silent += is_silent;
		server.pending += is_pending;
		if (fopnp_exchange_is_failed(exchange) && server.failed++ == 0)
			server.failure = exchange;
		if ((is_silent || is_pending) && exchange->waited_us > server.silent_us)
			server.silent_us = exchange->waited_us;
	}
	return server;
}

static bool is_dead(const struct told_server *server)
{
	return server->answered == 0 && server->garbage == 0 &&
	       server->silent + server->refused + server->unreachable > 0;
}

/* The first that did reply, if one did without a failure that one; NULL: none. */
static const char *replying_server(const struct fopnp_exchanges *exchanges)
{
	const char *found = NULL;

	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *exchange = &exchanges->list[i];

		if (exchange->end != FOPNP_EXCHANGE_ANSWERED)
			continue;
		if (!fopnp_exchange_is_failed(exchange))
			return fopnp_exchanges_server(exchanges, exchange->server);
		if (!found)
			found = fopnp_exchanges_server(exchanges, exchange->server);
	}
	return found;
}

static enum fopnp_severity severity_of_dead(const struct fopnp_exchanges *exchanges)
{
	return replying_server(exchanges) || fopnp_trace_is_answered(exchanges->trace)
		       ? FOPNP_WARNING
		       : FOPNP_ERROR;
}

static void set_fix_of_dead(const struct fopnp_exchanges *exchanges, size_t server,
			    struct fopnp_finding *finding)
{
	const char *file = fopnp_exchanges_file_of_servers(exchanges);

	if (replying_server(exchanges))
		fopnp_finding_set_fix(finding, "take %s out of %s, or start the server there",
				      fopnp_exchanges_server(exchanges, server), file);
	else
		fopnp_finding_set_fix(finding,
				      "start the server, open port 53 to it, or write another one "
				      "into %s",
				      file);
	fopnp_exchanges_set_place(exchanges, server, finding);
}

/*
 * Whether the others had denied a name long before this server was given up, which
 * might still have had it.
 */
static bool is_in_vain(const struct fopnp_exchanges *exchanges,
		       const struct fopnp_wire_exchange *silent)
{
	uint64_t denied_us = 0, end_us = silent->at_us + silent->waited_us;

	if (fopnp_exchange_has_reply(silent) || silent->ignored)
		return false;
	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *other = &exchanges->list[i];

		if (!fopnp_exchange_has_reply(other) || fopnp_exchange_is_failed(other) ||
		    !fopnp_name_is_same(fopnp_exchange_name(other), fopnp_exchange_name(silent)))
			continue;
		if (other->server == silent->server || fopnp_exchange_is_found(other))
			return false;
		if (other->at_us + other->waited_us > denied_us)
			denied_us = other->at_us + other->waited_us;
	}
	return denied_us > 0 && end_us >= denied_us + FOPNP_SILENCE_US;
}

/* What the names cost that one server was waited for about, although others denied them. */
struct vain_wait {
	size_t names;
	uint64_t longest_us, total_us;
};

static struct vain_wait measure_vain_wait(const struct fopnp_exchanges *exchanges, size_t server)
{
	struct vain_wait wait = { 0 };

	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *silent = &exchanges->list[i];
		bool is_counted = false;

		if (silent->server != server || !is_in_vain(exchanges, silent))
			continue;
		for (size_t j = 0; j < i && !is_counted; j++)
			is_counted = fopnp_exchange_is_sibling(&exchanges->list[j], silent);
		if (is_counted)
			continue;
		wait.names++;
		wait.total_us += silent->waited_us;
		if (silent->waited_us > wait.longest_us)
			wait.longest_us = silent->waited_us;
	}
	return wait;
}

static void note_vain_wait(const struct fopnp_exchanges *exchanges,
			   const struct told_server *server, const struct vain_wait *wait)
{
	char longest[FOPNP_DURATION_TEXT], total[FOPNP_DURATION_TEXT];
	FOPNP_AUTO_FREE char *sum =
		wait->names > 1 ? fopnp_memory_format(" (%s here)",
						      fopnp_trace_duration(wait->total_us, total))
				: fopnp_memory_copy_text("");

	set_fix_of_dead(exchanges, server->index,
			fopnp_exchanges_note(
				exchanges, "server-silent", FOPNP_WARNING,
				"%s did not reply: each name that does not exist waits %s for it%s",
				fopnp_exchanges_server(exchanges, server->index),
				fopnp_trace_duration(wait->longest_us, longest), sum));
}

static void note_silent(const struct fopnp_exchanges *exchanges, const struct told_server *server)
{
	const struct vain_wait wait = measure_vain_wait(exchanges, server->index);
	const char *text = fopnp_exchanges_server(exchanges, server->index);
	const char *other = replying_server(exchanges);
	char duration[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added;

	if (wait.names > 0) {
		note_vain_wait(exchanges, server, &wait);
		return;
	}
	(void)fopnp_trace_duration(server->silent_us, duration);
	if (server->silent > 0) {
		added = fopnp_exchanges_note(
			exchanges, "server-silent", severity_of_dead(exchanges),
			"%s did not reply to %zu %s, each waited for up to %s", text,
			server->silent, server->silent == 1 ? "query" : "queries", duration);
		set_fix_of_dead(exchanges, server->index, added);
		return;
	}
	/* It may be slow: nobody waited for it. */
	added = fopnp_exchanges_note(exchanges, "server-silent", FOPNP_INFO,
				     "%s had not replied after %s, when %s, asked as well, had: it "
				     "is slow or dead, and cost no more than that",
				     text, duration, other);
	fopnp_finding_set_fix(added, "if it never replies, take %s out of %s%s", text,
			      fopnp_exchanges_file_of_servers(exchanges),
			      fopnp_trace_has_own_servers(exchanges->trace)
				      ? ""
				      : ": glibc's own dns waits for it");
	fopnp_exchanges_set_place(exchanges, server->index, added);
}

/* 127.0.0.53 and .54: systemd-resolved's stub, or a resolv.conf of another machine. */
static bool is_stub(const char *server)
{
	return strcmp(server, "127.0.0.53") == 0 || strcmp(server, "127.0.0.54") == 0;
}

static void note_stub(const struct fopnp_exchanges *exchanges, const struct told_server *server)
{
	struct fopnp_finding *added = fopnp_exchanges_note(
		exchanges, "stub-without-resolved", severity_of_dead(exchanges),
		"%s is the stub of systemd-resolved, and %s",
		fopnp_exchanges_server(exchanges, server->index),
		server->refused > 0 ? "nothing listens there in this network namespace"
				    : "nobody replies there");

	fopnp_finding_set_fix(added,
			      "start systemd-resolved here, or write a server that can be "
			      "reached from here into %s",
			      fopnp_exchanges_file_of_servers(exchanges));
	fopnp_exchanges_set_place(exchanges, server->index, added);
}

static void note_unreachable(const struct fopnp_exchanges *exchanges,
			     const struct told_server *server)
{
	const char *text = fopnp_exchanges_server(exchanges, server->index);
	struct fopnp_finding *added =
		fopnp_exchanges_note(exchanges, "server-unreachable", severity_of_dead(exchanges),
				     "%s cannot be reached from this host", text);

	fopnp_finding_set_fix(added,
			      "give this host a route to %s, or write another server into %s", text,
			      fopnp_exchanges_file_of_servers(exchanges));
	fopnp_exchanges_set_place(exchanges, server->index, added);
}

/* resolv-conf-missing tells why it is asked at all, and what to do about it. */
static bool is_of_missing_file(const struct fopnp_exchanges *exchanges, size_t server)
{
	unsigned line;

	return fopnp_trace_has_note(exchanges->trace, "resolv-conf-missing") &&
	       !fopnp_step_server_file(exchanges->trace, exchanges->step, server, &line);
}

static void note_dead(const struct fopnp_exchanges *exchanges, const struct told_server *server)
{
	const char *text = fopnp_exchanges_server(exchanges, server->index);

	if (is_of_missing_file(exchanges, server->index))
		return;
	if (is_stub(text) && server->unreachable == 0)
		note_stub(exchanges, server);
	else if (server->refused > 0)
		set_fix_of_dead(exchanges, server->index,
				fopnp_exchanges_note(exchanges, "server-refused",
						     severity_of_dead(exchanges),
						     "%s takes no DNS queries (port closed, or a "
						     "firewall rejects them)",
						     text));
	else if (server->unreachable > 0)
		note_unreachable(exchanges, server);
	else
		note_silent(exchanges, server);
}

static const char *fix_of_failure(const struct fopnp_wire_exchange *failed)
{
	switch (failed->reply->message.rcode) {
	case ns_r_servfail:
		return "look into that server's log: it could not find the answer, or not validate "
		       "it (DNSSEC)";
	case ns_r_refused:
		return "allow this host in that server's configuration, or name another server";
	default:
		return "name another server";
	}
}

/* No server answered this type of the name, while the other type was found. */
static const struct fopnp_wire_exchange *find_other_half(const struct fopnp_exchanges *exchanges,
							 const struct fopnp_wire_exchange *failed)
{
	const struct fopnp_wire_exchange *half = NULL;

	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *other = &exchanges->list[i];

		if (!fopnp_name_is_same(fopnp_exchange_name(other), fopnp_exchange_name(failed)))
			continue;
		if (fopnp_exchange_type(other) != fopnp_exchange_type(failed))
			half = !half && fopnp_exchange_is_found(other) ? other : half;
		else if (fopnp_exchange_has_reply(other) && !fopnp_exchange_is_failed(other))
			return NULL;
	}
	return half;
}

static void note_one_family(const struct fopnp_exchanges *exchanges,
			    const struct fopnp_wire_exchange *failed,
			    const struct fopnp_wire_exchange *found)
{
	const char *server = fopnp_exchanges_server(exchanges, failed->server);
	char rcode[FOPNP_DNS_WORD_TEXT], found_type[FOPNP_DNS_WORD_TEXT];
	char type[FOPNP_DNS_WORD_TEXT];
	struct fopnp_finding *added = fopnp_exchanges_note(
		exchanges, "one-family-failed", FOPNP_WARNING,
		"%s of %s was answered, but for %s %s said %s: fopnp:dns takes the half that it has",
		fopnp_exchange_type_name(found, found_type), fopnp_exchange_name(found),
		fopnp_exchange_type_name(failed, type), server,
		fopnp_dns_rcode_name(failed->reply->message.rcode, rcode));

	fopnp_finding_set_fix(added,
			      "mend %s at %s: programs that ask for that family alone get "
			      "nothing",
			      fopnp_exchange_type_name(failed, type), server);
	fopnp_exchanges_set_place(exchanges, failed->server, added);
}

/* " and AAAA, and for other names": what else that server said the same of. */
static char *further_words(const struct fopnp_exchanges *exchanges,
			   const struct fopnp_wire_exchange *failed)
{
	const struct fopnp_wire_exchange *same = NULL;
	char type[FOPNP_DNS_WORD_TEXT];
	bool has_other_name = false;

	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *other = &exchanges->list[i];

		if (other->server != failed->server || !fopnp_exchange_is_failed(other) ||
		    other->reply->message.rcode != failed->reply->message.rcode)
			continue;
		if (!fopnp_exchange_is_sibling(other, failed))
			has_other_name = true;
		else if (fopnp_exchange_type(other) != fopnp_exchange_type(failed))
			same = other;
	}
	return fopnp_memory_format("%s%s%s", same ? " and " : "",
				   same ? fopnp_exchange_type_name(same, type) : "",
				   has_other_name ? ", and for other names" : "");
}

/* Another server, or another name of the search list, was found: no harm done. */
static void note_failed(const struct fopnp_exchanges *exchanges, const struct told_server *server)
{
	const struct fopnp_wire_exchange *failed = server->failure;
	const struct fopnp_wire_exchange *half = find_other_half(exchanges, failed);
	bool is_harmless = fopnp_exchanges_found(exchanges) != NULL;
	char rcode[FOPNP_DNS_WORD_TEXT], type[FOPNP_DNS_WORD_TEXT];
	FOPNP_AUTO_FREE char *further = NULL;
	struct fopnp_finding *added;

	if (half) {
		if (!fopnp_trace_has_note(exchanges->trace, "one-family-failed"))
			note_one_family(exchanges, failed, half);
		return;
	}
	further = further_words(exchanges, failed);
	added = fopnp_exchanges_note(
		exchanges, "server-failed", is_harmless ? FOPNP_INFO : FOPNP_WARNING,
		"%s said %s when asked for %s %s%s",
		fopnp_exchanges_server(exchanges, server->index),
		fopnp_dns_rcode_name(failed->reply->message.rcode, rcode),
		fopnp_exchange_name(failed), fopnp_exchange_type_name(failed, type), further);

	fopnp_finding_set_fix(added, "%s", fix_of_failure(failed));
	fopnp_exchanges_set_place(exchanges, server->index, added);
}

static void note_garbage(const struct fopnp_exchanges *exchanges, const struct told_server *server)
{
	const char *text = fopnp_exchanges_server(exchanges, server->index);
	struct fopnp_finding *added = fopnp_exchanges_note(
		exchanges, "reply-ignored", FOPNP_WARNING,
		"what %s sent while %zu %s waited answers none (unreadable, or with another id or "
		"question)",
		text, server->garbage, server->garbage == 1 ? "query" : "queries");

	fopnp_finding_set_fix(added, "look for what stands between here and %s and answers for it",
			      text);
	fopnp_exchanges_set_place(exchanges, server->index, added);
}

static bool is_joined(const struct fopnp_exchanges *exchanges, const struct told_server *server)
{
	return server->answered == 0 && server->pending > 0 && server->silent_us >= JOINED_US &&
	       replying_server(exchanges) != NULL;
}

/* ---- none of several replied ---- */

/* "10.0.0.1: silent; 10.0.0.2: port closed" */
static char *dead_words(const struct fopnp_exchanges *exchanges, size_t count)
{
	char *words = fopnp_memory_copy_text("");

	for (size_t i = 0; i < count; i++) {
		const struct told_server server = look_at_server(exchanges, i);
		const char *why = server.refused > 0       ? "port closed"
				  : server.unreachable > 0 ? "cannot be reached"
							   : "silent";
		char *more;

		if (server.asked == 0)
			continue;
		more = fopnp_memory_format("%s%s%s: %s", words, *words ? "; " : "",
					   fopnp_exchanges_server(exchanges, i), why);
		free(words);
		words = more;
	}
	return words;
}

/* Whether all that were asked are dead, and more than one was; then one note tells it. */
static bool note_all_dead(const struct fopnp_exchanges *exchanges, size_t count)
{
	FOPNP_AUTO_FREE char *words = NULL;
	char duration[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added;
	const char *id = "server-unreachable";
	size_t dead = 0, silent = 0, refused = 0;

	for (size_t i = 0; i < count; i++) {
		const struct told_server server = look_at_server(exchanges, i);

		if (server.asked > 0 && !is_dead(&server))
			return false;
		dead += server.asked > 0;
		silent += server.silent > 0;
		refused += server.refused > 0;
	}
	if (dead < 2)
		return false;
	if (silent > 0 || refused > 0)
		id = silent > 0 ? "server-silent" : "server-refused";
	words = dead_words(exchanges, count);
	added = fopnp_exchanges_note(exchanges, id, severity_of_dead(exchanges),
				     "no name server replied (%s): that took %s", words,
				     fopnp_trace_duration(exchanges->step->elapsed_us, duration));
	fopnp_finding_set_fix(added,
			      "look at this host's network and at port 53 first; or write other "
			      "servers into %s",
			      fopnp_exchanges_file_of_servers(exchanges));
	fopnp_exchanges_set_place(exchanges, 0, added);
	return true;
}

static void note_servers(const struct fopnp_exchanges *exchanges)
{
	size_t count = fopnp_step_server_count(exchanges->trace, exchanges->step);

	if (note_all_dead(exchanges, count))
		return;
	for (size_t i = 0; i < count; i++) {
		const struct told_server server = look_at_server(exchanges, i);

		if (is_dead(&server))
			note_dead(exchanges, &server);
		else if (is_joined(exchanges, &server))
			note_silent(exchanges, &server);
		if (server.failed > 0)
			note_failed(exchanges, &server);
		if (server.garbage > 0)
			note_garbage(exchanges, &server);
	}
}

static void note_dns(struct fopnp_trace *trace, const struct fopnp_step *step)
{
	struct fopnp_exchanges exchanges;

	fopnp_exchanges_make(trace, step, &exchanges);
	note_servers(&exchanges);
	fopnp_exchanges_note_told_replies(&exchanges);
	fopnp_exchanges_note_search(&exchanges);
	fopnp_exchanges_clear(&exchanges);
}

/* ---- all steps ---- */

void fopnp_trace_note_told(struct fopnp_trace *trace)
{
	for (size_t i = 0; i < trace->step_count; i++) {
		const struct fopnp_step *step = &trace->steps[i];

		if (step->wire && step->wire->is_told && step->wire->told_count > 0)
			note_dns(trace, step);
		else if (strcmp(step->source, "fopnp:mdns") == 0 && fopnp_step_was_asked(step) &&
			 fopnp_trace_is_of_name(trace))
			fopnp_trace_note_told_mdns(trace, step);
	}
}
