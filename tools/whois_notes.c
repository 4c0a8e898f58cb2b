/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is worth knowing about the hops and replies of whois, and the words for what became of them. */
#include "tools/whois.h"

#include "nss_module/lookup/address.h"
#include "tools/memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- hops ---- */

const char *fopnp_whois_hop_word(const struct fopnp_whois_hop *hop)
{
	switch (hop->exchange.end) {
	case FOPNP_WHOIS_CLOSED:
		return hop->text ? "answered" : "empty";
	case FOPNP_WHOIS_TIMED_OUT:
		return "cut-by-time";
	case FOPNP_WHOIS_TOO_LONG:
		return "cut-by-size";
	case FOPNP_WHOIS_BROKEN:
		return "broken";
	case FOPNP_WHOIS_NO_CONNECTION:
		break;
	}
	if (hop->is_private)
		return "private";
	return hop->exchange.attempt_count > 0 ? "no-connection" : "no-address";
}

/* Of several addresses the first says why: the others are in JSON. */
static char *connection_words(const struct fopnp_whois_hop *hop)
{
	const struct fopnp_whois_exchange *exchange = &hop->exchange;
	FOPNP_AUTO_FREE char *words = NULL;

	if (exchange->attempt_count == 0)
		return fopnp_program_lookup_failure_words(&hop->lookup);
	words = fopnp_attempt_words(&exchange->attempts[0]);
	if (exchange->attempt_count == 1)
		return fopnp_memory_copy_text(words);
	return fopnp_memory_format("none of %zu addresses: %s", exchange->attempt_count, words);
}

char *fopnp_whois_hop_words(const struct fopnp_whois_hop *hop)
{
	switch (hop->exchange.end) {
	case FOPNP_WHOIS_CLOSED:
		if (!hop->text)
			return fopnp_memory_copy_text("closed without a word");
		return fopnp_memory_copy_text(
			hop->reading.verdict == FOPNP_WHOIS_NO_MATCH  ? "knows no such thing"
			: hop->reading.verdict == FOPNP_WHOIS_REFUSES ? "declines to answer"
								      : "answered");
	case FOPNP_WHOIS_TIMED_OUT:
		return fopnp_memory_copy_text(hop->text ? "cut: time was up"
							: "silent until time was up");
	case FOPNP_WHOIS_TOO_LONG:
		return fopnp_memory_format("cut: more than %d bytes", FOPNP_WHOIS_REPLY_MOST);
	case FOPNP_WHOIS_BROKEN:
		return fopnp_memory_format("broken off: %s", strerror(hop->exchange.error));
	case FOPNP_WHOIS_NO_CONNECTION:
		break;
	}
	if (hop->is_private)
		return fopnp_memory_copy_text("not asked: a private address");
	return connection_words(hop);
}

const char *fopnp_whois_outcome_word(enum fopnp_whois_outcome outcome)
{
	switch (outcome) {
	case FOPNP_WHOIS_FOUND:
		return "found";
	case FOPNP_WHOIS_NOT_FOUND:
		return "not-found";
	case FOPNP_WHOIS_DECLINED:
		return "declined";
	case FOPNP_WHOIS_NO_SERVER:
		return "no-server";
	case FOPNP_WHOIS_NO_ANSWER:
		break;
	}
	return "no-answer";
}

static void note_hop(struct fopnp_whois *whois, const struct fopnp_whois_hop *hop)
{
	FOPNP_AUTO_FREE char *words = fopnp_whois_hop_words(hop);
	struct fopnp_finding *note = NULL;

	if (hop->is_private) {
		(void)fopnp_findings_add(
			&whois->notes, "whois-private-address", FOPNP_WARNING,
			"%s refers to %s, which has an address of this machine or of a private "
			"network: a reply from outside is not followed there",
			whois->hops[hop->referred_by].server, hop->server);
	} else if (hop->exchange.end == FOPNP_WHOIS_TIMED_OUT && hop->text) {
		note = fopnp_findings_add(&whois->notes, "whois-cut", FOPNP_WARNING,
					  "%s had not ended when time was up: its reply is cut",
					  hop->server);
		fopnp_finding_set_fix(note, "--timeout gives it longer");
	} else if (hop->exchange.end == FOPNP_WHOIS_TOO_LONG) {
		(void)fopnp_findings_add(&whois->notes, "whois-cut", FOPNP_WARNING,
					 "%s sent more than %d bytes: its reply is cut",
					 hop->server, FOPNP_WHOIS_REPLY_MOST);
	} else if (!hop->text || hop->exchange.end == FOPNP_WHOIS_BROKEN) {
		(void)fopnp_findings_add(&whois->notes, "whois-server-failed", FOPNP_WARNING,
					 "%s: %s", hop->server, words);
	}
	if (hop->text && hop->encoding == FOPNP_WHOIS_LATIN_1)
		(void)fopnp_findings_add(&whois->notes, "whois-encoding", FOPNP_INFO,
					 "the reply of %s is no UTF-8; it was read as ISO 8859-1",
					 hop->server);
}

/* ---- referrals ---- */

/* IS_ANSWERED_HERE: IANA's own reply is what was asked for. */
static const char *reason_of(const struct fopnp_whois_referral *referral, bool is_answered_here)
{
	switch (referral->target.kind) {
	case FOPNP_WHOIS_RWHOIS:
		return "rwhois is another protocol, and is not followed";
	case FOPNP_WHOIS_WEB:
		return "a web page is not followed";
	case FOPNP_WHOIS_INVALID:
		return "that is no whois server";
	case FOPNP_WHOIS_SERVER:
		break;
	}
	switch (referral->fate) {
	case FOPNP_WHOIS_ASKED_ALREADY:
		return "it was asked already";
	case FOPNP_WHOIS_ANOTHER_FIRST:
		return "another one of the same reply was followed";
	case FOPNP_WHOIS_TOO_MANY:
		return "too many servers were asked already";
	case FOPNP_WHOIS_NOT_FOLLOWED:
		return is_answered_here ? NULL : "it was not asked";
	case FOPNP_WHOIS_FOLLOWED:
		break;
	}
	return NULL;
}

/* Most servers name themselves, or say the same twice. */
static bool is_known(const struct fopnp_whois_hop *hop, size_t index)
{
	const struct fopnp_whois_referral *referrals = hop->reading.referrals;

	if (referrals[index].target.kind == FOPNP_WHOIS_SERVER &&
	    strcmp(referrals[index].target.host, hop->server) == 0 &&
	    referrals[index].target.port == hop->port)
		return true;
	for (size_t i = 0; i < index; i++)
		if (strcmp(referrals[i].value, referrals[index].value) == 0)
			return true;
	return false;
}

static void note_referrals(struct fopnp_whois *whois, const struct fopnp_whois_hop *hop)
{
	bool is_answered_here =
		!whois->options->server && fopnp_whois_subject_is_top_level(&whois->subject);

	for (size_t i = 0; i < hop->reading.referral_count; i++) {
		const struct fopnp_whois_referral *referral = &hop->reading.referrals[i];
		const char *reason = reason_of(referral, is_answered_here);

		if (reason && !is_known(hop, i))
			(void)fopnp_findings_add(&whois->notes, "whois-not-followed", FOPNP_INFO,
						 "%s refers to %s: %s", hop->server,
						 referral->value, reason);
	}
}

/* ---- all together ---- */

static void note_name(struct fopnp_whois *whois)
{
	const char *name = whois->subject.text, *parent;

	if (whois->subject.idna2003)
		(void)fopnp_findings_add(&whois->notes, "idna2003-differs", FOPNP_WARNING,
					 "software of IDNA 2003 takes \"%s\" for %s", whois->given,
					 whois->subject.idna2003);
	if (whois->outcome != FOPNP_WHOIS_NOT_FOUND || whois->subject.kind != FOPNP_WHOIS_DOMAIN)
		return;
	parent = strchr(name, '.');
	if (parent && strchr(parent + 1, '.'))
		fopnp_finding_set_fix(
			fopnp_findings_add(
				&whois->notes, "whois-below-domain", FOPNP_INFO,
				"registries know the domains that they register, not the names below"),
			"fopnp whois %s", parent + 1);
}

static void note_outcome(struct fopnp_whois *whois)
{
	const char *page = "https://www.iana.org/domains/root/db";

	if (whois->outcome == FOPNP_WHOIS_NO_SERVER)
		fopnp_finding_set_fix(
			fopnp_findings_add(&whois->notes, "whois-no-server", FOPNP_WARNING,
					   "IANA knows no whois server to ask"),
			"see %s: many registries have a web page alone, or RDAP", page);
	else if (whois->outcome == FOPNP_WHOIS_DECLINED)
		(void)fopnp_findings_add(&whois->notes, "whois-declined", FOPNP_WARNING,
					 "no answer: a limit of queries, or no service to this "
					 "address; the reply says which");
}

/* Whether two hops name different servers. */
static void note_name_servers(struct fopnp_whois *whois)
{
	unsigned all = 0;

	for (size_t i = 0; i < whois->name_server_count; i++)
		all |= whois->name_servers[i].hops;
	for (size_t i = 0; i < whois->name_server_count; i++) {
		if (whois->name_servers[i].hops == all)
			continue;
		(void)fopnp_findings_add(
			&whois->notes, "whois-name-servers-differ", FOPNP_WARNING,
			"the replies do not agree on the name servers; the registry's go into the "
			"DNS");
		return;
	}
}

void fopnp_whois_add_notes(struct fopnp_whois *whois)
{
	note_outcome(whois);
	note_name(whois);
	for (size_t i = 0; i < whois->hop_count; i++) {
		note_hop(whois, &whois->hops[i]);
		note_referrals(whois, &whois->hops[i]);
	}
	note_name_servers(whois);
}
