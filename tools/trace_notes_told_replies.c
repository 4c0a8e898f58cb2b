/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes on replies to fopnp:dns: missing, truncated, slow, at odds with each other. */
#include "tools/trace_exchanges.h"

#include "tools/host_name.h"
#include "tools/memory.h"
#include "tools/trace.h"
#include "tools/trace_facts.h"
#include "tools/trace_words.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <stdlib.h>

#define SLOW_US        1000000
#define NOTABLE_US     20000
#define MOST_OF_A_KIND 3 /* notes with one id: a hostile server can make any number */

/* ---- missing ---- */

/* Nothing came, and it was waited for. */
static bool is_waited_for(const struct fopnp_wire_exchange *exchange)
{
	return !exchange->ignored && !exchange->was_truncated &&
	       exchange->waited_us >= FOPNP_SILENCE_US &&
	       (exchange->end == FOPNP_EXCHANGE_SILENT ||
		exchange->end == FOPNP_EXCHANGE_ABANDONED);
}

/* Nothing came although the server replied about the other type of that name. */
static bool is_missing(const struct fopnp_exchanges *exchanges, size_t index)
{
	const struct fopnp_wire_exchange *missing = &exchanges->list[index];
	bool has_other = false;

	if (!is_waited_for(missing))
		return false;
	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *other = &exchanges->list[i];

		if (i == index || !fopnp_exchange_is_sibling(other, missing))
			continue;
		if (fopnp_exchange_type(other) != fopnp_exchange_type(missing))
			has_other |= fopnp_exchange_has_reply(other);
		else if (fopnp_exchange_has_reply(other) || i < index)
			return false; /* it came after all, or is told */
	}
	return has_other;
}

/* Nothing came about this name at all, although the server replied about another one. */
static bool is_name_missing(const struct fopnp_exchanges *exchanges, size_t index)
{
	const struct fopnp_wire_exchange *missing = &exchanges->list[index];

	if (!is_waited_for(missing) || !fopnp_exchanges_has_reply_of(exchanges, missing->server))
		return false;
	for (size_t i = 0; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *other = &exchanges->list[i];

		if (!fopnp_exchange_is_sibling(other, missing))
			continue;
		if (other->ignored || other->was_truncated || fopnp_exchange_has_reply(other) ||
		    (i < index && is_waited_for(other)))
			return false; /* something came, or it is told */
	}
	return true;
}

static void note_name_missing(const struct fopnp_exchanges *exchanges, size_t index)
{
	const struct fopnp_wire_exchange *missing = &exchanges->list[index];
	const char *server = fopnp_exchanges_server(exchanges, missing->server);
	FOPNP_AUTO_FREE bool *marks = fopnp_memory_zeroed(exchanges->count + 1, sizeof(*marks));
	char duration[FOPNP_DURATION_TEXT];
	struct fopnp_finding *added;

	for (size_t i = 0; i < exchanges->count; i++)
		marks[i] = fopnp_exchange_is_sibling(&exchanges->list[i], missing);
	added = fopnp_exchanges_note(
		exchanges, "reply-missing", FOPNP_WARNING,
		"%s replies, but not about %s: waiting for it cost %s", server,
		fopnp_exchange_name(missing),
		fopnp_trace_duration(fopnp_exchanges_cost(exchanges, marks), duration));
	fopnp_finding_set_fix(added,
			      "look into that server: whom it asks for this name may not reply; or "
			      "look for what drops packets between here and %s",
			      server);
	fopnp_exchanges_set_place(exchanges, missing->server, added);
}

static void note_missing(const struct fopnp_exchanges *exchanges, size_t index)
{
	const struct fopnp_wire_exchange *missing = &exchanges->list[index];
	const char *server = fopnp_exchanges_server(exchanges, missing->server);
	char duration[FOPNP_DURATION_TEXT], type[FOPNP_DNS_WORD_TEXT];
	struct fopnp_finding *added = fopnp_exchanges_note(
		exchanges, "reply-missing", FOPNP_WARNING,
		"the %s reply of %s about %s is missing: waiting for it cost up to %s",
		fopnp_exchange_type_name(missing, type), server, fopnp_exchange_name(missing),
		fopnp_trace_duration(missing->waited_us, duration));

	fopnp_finding_set_fix(added,
			      "look for what drops %s queries or replies between here and %s",
			      fopnp_exchange_type_name(missing, type), server);
	fopnp_exchanges_set_place(exchanges, missing->server, added);
}

/* ---- truncated ---- */

static bool is_truncated(const struct fopnp_exchanges *exchanges, size_t index)
{
	return exchanges->list[index].was_truncated;
}

static void note_truncated(const struct fopnp_exchanges *exchanges, size_t index)
{
	const struct fopnp_wire_exchange *truncated = &exchanges->list[index];
	bool is_answered = truncated->end == FOPNP_EXCHANGE_ANSWERED;
	bool is_failed = truncated->end == FOPNP_EXCHANGE_REFUSED ||
			 truncated->end == FOPNP_EXCHANGE_UNREACHABLE;
	char duration[FOPNP_DURATION_TEXT], type[FOPNP_DNS_WORD_TEXT];
	struct fopnp_finding *added = fopnp_exchanges_note(
		exchanges, "reply-truncated",
		is_answered && truncated->waited_us < SLOW_US ? FOPNP_INFO : FOPNP_WARNING,
		"the %s reply of %s about %s is too long for UDP: asking over TCP, too, %s %s",
		fopnp_exchange_type_name(truncated, type),
		fopnp_exchanges_server(exchanges, truncated->server),
		fopnp_exchange_name(truncated),
		is_answered ? "took"
		: is_failed ? "failed after"
			    : "brought nothing in",
		fopnp_trace_duration(truncated->waited_us, duration));

	if (!is_answered)
		fopnp_finding_set_fix(added,
				      "see to it that TCP port 53 of %s can be reached and "
				      "answers",
				      fopnp_exchanges_server(exchanges, truncated->server));
	else if (!(exchanges->trace->resolver.flags & RES_USE_EDNS0))
		fopnp_finding_set_fix(added, "options edns0 in /etc/resolv.conf lets replies of up "
					     "to 1200 bytes come over UDP");
	fopnp_exchanges_set_place(exchanges, truncated->server, added);
}

/* ---- slow ---- */

static bool is_slow(const struct fopnp_wire_exchange *exchange)
{
	return fopnp_exchange_has_reply(exchange) && !exchange->was_truncated &&
	       exchange->waited_us >= SLOW_US;
}

/* The first slow one about a name: both its types are one note. */
static bool is_first_slow(const struct fopnp_exchanges *exchanges, size_t index)
{
	if (!is_slow(&exchanges->list[index]))
		return false;
	for (size_t i = 0; i < index; i++)
		if (is_slow(&exchanges->list[i]) &&
		    fopnp_exchange_is_sibling(&exchanges->list[i], &exchanges->list[index]))
			return false;
	return true;
}

static void note_slow(const struct fopnp_exchanges *exchanges, size_t index)
{
	const struct fopnp_wire_exchange *slow = &exchanges->list[index], *other = NULL;
	bool is_alone = fopnp_step_server_count(exchanges->trace, exchanges->step) == 1;
	char duration[FOPNP_DURATION_TEXT], type[FOPNP_DNS_WORD_TEXT], more[FOPNP_DNS_WORD_TEXT];
	uint64_t took_us = slow->waited_us;
	struct fopnp_finding *added;

	for (size_t i = index + 1; i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *candidate = &exchanges->list[i];

		if (!is_slow(candidate) || !fopnp_exchange_is_sibling(candidate, slow))
			continue;
		if (fopnp_exchange_type(candidate) != fopnp_exchange_type(slow))
			other = candidate;
		if (candidate->waited_us > took_us)
			took_us = candidate->waited_us;
	}
	added = fopnp_exchanges_note(
		exchanges, "server-slow", FOPNP_WARNING, "%s took %s to reply about %s %s%s%s",
		fopnp_exchanges_server(exchanges, slow->server),
		fopnp_trace_duration(took_us, duration), fopnp_exchange_name(slow),
		fopnp_exchange_type_name(slow, type), other ? " and " : "",
		other ? fopnp_exchange_type_name(other, more) : "");
	fopnp_finding_set_fix(added, "look into that server: whom it asks may be slow or dead%s%s",
			      is_alone ? "; a second server is asked meanwhile, if one stands in "
				       : "",
			      is_alone ? fopnp_exchanges_file_of_servers(exchanges) : "");
	fopnp_exchanges_set_place(exchanges, slow->server, added);
}

/* ---- the answer ---- */

/* Split DNS: one server denies what another one has. */
static void note_disagreement(const struct fopnp_exchanges *exchanges)
{
	const struct fopnp_wire_exchange *found = fopnp_exchanges_found(exchanges);
	uint64_t denied_us, found_us = found ? found->at_us + found->waited_us : 0;
	char duration[FOPNP_DURATION_TEXT];
	FOPNP_AUTO_FREE char *cost = NULL;

	for (size_t i = 0; found && i < exchanges->count; i++) {
		const struct fopnp_wire_exchange *denial = &exchanges->list[i];

		if (denial->server == found->server || !fopnp_exchange_has_reply(denial) ||
		    denial->reply->message.rcode != ns_r_nxdomain ||
		    !fopnp_name_is_same(fopnp_exchange_name(denial), fopnp_exchange_name(found)))
			continue;
		denied_us = denial->at_us + denial->waited_us;
		if (found_us > denied_us + NOTABLE_US)
			cost = fopnp_memory_format(
				": waiting for it cost %s",
				fopnp_trace_duration(found_us - denied_us, duration));
		fopnp_exchanges_set_place(
			exchanges, denial->server,
			fopnp_exchanges_note(
				exchanges, "servers-disagree", FOPNP_INFO,
				"%s says that %s does not exist, and %s has it, which counts for "
				"more%s",
				fopnp_exchanges_server(exchanges, denial->server),
				fopnp_exchange_name(found),
				fopnp_exchanges_server(exchanges, found->server),
				cost ? cost : ""));
		return;
	}
}

/* The name is there, and is none that a host can have. */
static void note_refused_name(const struct fopnp_exchanges *exchanges)
{
	const struct fopnp_wire_exchange *found = fopnp_exchanges_found(exchanges);

	if (!found || !fopnp_step_refuses_name(exchanges->trace, exchanges->step))
		return;
	fopnp_exchanges_set_place(
		exchanges, found->server,
		fopnp_exchanges_note(exchanges, "reply-name-refused", FOPNP_WARNING,
				     "fopnp:dns refuses the name in the reply, as glibc does: it "
				     "has a character that no host name has, or a \"-\" in front"));
}

/* ---- all of it ---- */

/* The first exchanges for which a rule holds. */
static void note_each(const struct fopnp_exchanges *exchanges,
		      bool (*holds)(const struct fopnp_exchanges *, size_t),
		      void (*note)(const struct fopnp_exchanges *, size_t), size_t most)
{
	for (size_t i = 0, told = 0; i < exchanges->count && told < most; i++) {
		if (!holds(exchanges, i))
			continue;
		note(exchanges, i);
		told++;
	}
}

void fopnp_exchanges_note_told_replies(const struct fopnp_exchanges *exchanges)
{
	note_each(exchanges, is_missing, note_missing, MOST_OF_A_KIND);
	note_each(exchanges, is_name_missing, note_name_missing, MOST_OF_A_KIND);
	note_each(exchanges, is_truncated, note_truncated, 1);
	note_each(exchanges, is_first_slow, note_slow, MOST_OF_A_KIND);
	note_disagreement(exchanges);
	note_refused_name(exchanges);
}
