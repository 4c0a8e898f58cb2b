/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From one whois server to the next. */
#include "tools/whois.h"

#include "nss_module/lookup/address.h"
#include "tools/clock.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/progress.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* ---- whom a referral must not lead to ---- */

/*
 * An address of this machine or of a private network: RFC 1918, 6598, 4193, loopback, link-local,
 * unspecified, multicast.  A reply from outside has no business to have us connect there.
 */
static bool is_inner(const struct fopnp_request_address *address)
{
	static const struct fopnp_request_address NOBODY = { 0 };
	const uint8_t *bytes = address->bytes;

	if (fopnp_request_is_mapped(address))
		bytes += 12;
	else if (address->family == AF_INET6)
		return fopnp_address_is_link_local(AF_INET6, bytes) || (bytes[0] & 0xfe) == 0xfc ||
		       bytes[0] == 0xff || (memcmp(bytes, NOBODY.bytes, 15) == 0 && bytes[15] <= 1);
	return bytes[0] == 0 || bytes[0] == 10 || bytes[0] == 127 || bytes[0] >= 224 ||
	       (bytes[0] == 100 && (bytes[1] & 0xc0) == 64) ||
	       (bytes[0] == 169 && bytes[1] == 254) ||
	       (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) || (bytes[0] == 192 && bytes[1] == 168);
}

/* Who says so is there itself: a registry of a private network. */
static bool may_lead_inside(const struct fopnp_whois *whois, const struct fopnp_whois_hop *hop)
{
	const struct fopnp_whois_exchange *from;

	if (hop->referred_by == FOPNP_WHOIS_NO_HOP)
		return true;
	from = &whois->hops[hop->referred_by].exchange;
	return is_inner(&from->attempts[from->winner].address);
}

/* ---- one hop ---- */

/* False, and an error told, if there can be no child. */
static bool look_up(struct fopnp_whois *whois, struct fopnp_whois_hop *hop)
{
	struct fopnp_request *request = &hop->lookup.request;

	hop->lookup.deadline_us = whois->options->timeout_us;
	request->call = FOPNP_CALL_GETADDRINFO;
	request->socktype = SOCK_STREAM;
	request->flags = AI_ADDRCONFIG;
	request->service = fopnp_memory_format("%u", hop->port);
	(void)fopnp_request_set_name(request, hop->server);
	return fopnp_program_lookups_run(&hop->lookup, 1);
}

static void take_addresses(const struct fopnp_whois *whois, struct fopnp_whois_hop *hop)
{
	const struct fopnp_call_result *result = hop->lookup.result;
	struct fopnp_whois_exchange *exchange = &hop->exchange;
	bool is_free = may_lead_inside(whois, hop);

	exchange->attempts =
		fopnp_memory_zeroed(FOPNP_WHOIS_ADDRESSES, sizeof(*exchange->attempts));
	if (result->end != FOPNP_CALL_RETURNED || result->code != 0)
		return;
	for (size_t i = 0; i < result->address_count; i++) {
		struct fopnp_request_address address = result->addresses[i];

		if (exchange->attempt_count == FOPNP_WHOIS_ADDRESSES)
			break;
		if (!is_free && is_inner(&address)) {
			hop->is_private = true;
			continue;
		}
		address.port = hop->port;
		exchange->attempts[exchange->attempt_count++].address = address;
	}
	if (exchange->attempt_count > 0)
		hop->is_private = false;
	fopnp_attempts_interleave(exchange->attempts, exchange->attempt_count);
}

/* Without a last character that may be half of one, for which the whole would be taken for no UTF-8. */
static size_t whole_characters(const char *bytes, size_t len)
{
	size_t end = len;

	while (end > 0 && len - end < 3 && (bytes[end - 1] & 0xc0) == 0x80)
		end--;
	return end > 0 && (bytes[end - 1] & 0xc0) == 0xc0 ? end - 1 : len;
}

static void read_reply(struct fopnp_whois_hop *hop)
{
	const struct fopnp_whois_exchange *exchange = &hop->exchange;
	bool is_whole = exchange->end == FOPNP_WHOIS_CLOSED;
	size_t len = is_whole ? exchange->len : whole_characters(exchange->bytes, exchange->len);
	char *text = fopnp_whois_reply_decode(exchange->bytes, len, &hop->encoding);

	if (text[strspn(text, " \t\r\n\f\v")]) {
		hop->text = text;
		fopnp_whois_reply_read(text, !is_whole, &hop->reading);
	} else {
		free(text);
	}
}

static bool goes_on(const struct fopnp_whois *whois)
{
	return !whois->options->server && !whois->options->follows_nobody &&
	       !fopnp_whois_subject_is_top_level(&whois->subject);
}

/* Of a name below a top-level domain IANA tells of that one, whether anybody else is asked or not. */
static bool is_of_directory(const struct fopnp_whois *whois, const char *server)
{
	return goes_on(whois) || (strcmp(server, FOPNP_WHOIS_IANA) == 0 &&
				  whois->subject.kind == FOPNP_WHOIS_DOMAIN &&
				  !fopnp_whois_subject_is_top_level(&whois->subject));
}

/* False, and an error told, if there can be no child. */
static bool make_hop(struct fopnp_whois *whois, const char *server, uint16_t port,
		     size_t referred_by)
{
	struct fopnp_whois_hop *hop = &whois->hops[whois->hop_count];
	FOPNP_AUTO_FREE char *what = fopnp_memory_format("asking %s", server);

	*hop = (struct fopnp_whois_hop){
		.server = fopnp_memory_copy_text(server),
		.port = port,
		.query = fopnp_whois_query(server, &whois->subject),
		.referred_by = referred_by,
		.is_directory = referred_by == FOPNP_WHOIS_NO_HOP && is_of_directory(whois, server),
	};
	whois->hop_count++;
	fopnp_progress_say(what);
	if (!look_up(whois, hop))
		return false;
	take_addresses(whois, hop);
	fopnp_whois_exchange_run(&hop->exchange, hop->query, whois->options->timeout_us);
	if (hop->exchange.len > 0)
		read_reply(hop);
	return true;
}

/* ---- from hop to hop ---- */

static bool is_asked(const struct fopnp_whois *whois, const struct fopnp_whois_target *target)
{
	for (size_t i = 0; i < whois->hop_count; i++)
		if (whois->hops[i].port == target->port &&
		    strcmp(whois->hops[i].server, target->host) == 0)
			return true;
	return false;
}

/* Who is to be asked next; NULL: nobody.  What becomes of the others is noted. */
static const struct fopnp_whois_target *choose_next(struct fopnp_whois *whois,
						    struct fopnp_whois_hop *hop)
{
	const struct fopnp_whois_target *next = NULL;

	for (size_t i = 0; i < hop->reading.referral_count; i++) {
		struct fopnp_whois_referral *referral = &hop->reading.referrals[i];

		if (referral->target.kind != FOPNP_WHOIS_SERVER)
			continue;
		if (is_asked(whois, &referral->target)) {
			referral->fate = FOPNP_WHOIS_ASKED_ALREADY;
		} else if (next && (strcmp(next->host, referral->target.host) != 0 ||
				    next->port != referral->target.port)) {
			referral->fate = FOPNP_WHOIS_ANOTHER_FIRST;
		} else if (whois->hop_count == FOPNP_WHOIS_HOPS) {
			referral->fate = FOPNP_WHOIS_TOO_MANY;
		} else {
			referral->fate = FOPNP_WHOIS_FOLLOWED;
			next = &referral->target;
		}
	}
	return next;
}

static bool make_hops(struct fopnp_whois *whois)
{
	const struct fopnp_whois_options *options = whois->options;
	bool is_fine = make_hop(whois, options->server ? options->server->host : FOPNP_WHOIS_IANA,
				options->server ? options->server->port : FOPNP_WHOIS_PORT,
				FOPNP_WHOIS_NO_HOP);

	while (is_fine && goes_on(whois)) {
		size_t last = whois->hop_count - 1;
		const struct fopnp_whois_target *next = choose_next(whois, &whois->hops[last]);

		if (!next)
			break;
		is_fine = make_hop(whois, next->host, next->port, last);
	}
	return is_fine;
}

/* ---- what they say together ---- */

/* IANA's own reply counts where there is nobody else to ask about the thing, or nobody is to be. */
static bool is_answer(const struct fopnp_whois *whois, const struct fopnp_whois_hop *hop)
{
	return hop->text && (!hop->is_directory || !goes_on(whois) ||
			     (whois->hop_count == 1 && hop->reading.referral_count == 0 &&
			      whois->subject.kind != FOPNP_WHOIS_DOMAIN));
}

static enum fopnp_whois_outcome outcome_of(const struct fopnp_whois *whois)
{
	const struct fopnp_whois_hop *first = &whois->hops[0];
	enum fopnp_whois_outcome outcome = FOPNP_WHOIS_NO_ANSWER;

	if (first->text && whois->hop_count == 1 && first->is_directory) {
		if (first->reading.verdict == FOPNP_WHOIS_NO_MATCH)
			return FOPNP_WHOIS_NOT_FOUND;
		if (first->reading.verdict == FOPNP_WHOIS_REFUSES)
			return FOPNP_WHOIS_DECLINED;
		if (first->exchange.end == FOPNP_WHOIS_CLOSED)
			outcome = FOPNP_WHOIS_NO_SERVER;
	}
	for (size_t i = 0; i < whois->hop_count; i++) {
		if (!is_answer(whois, &whois->hops[i]))
			continue;
		switch (whois->hops[i].reading.verdict) {
		case FOPNP_WHOIS_TELLS:
			return FOPNP_WHOIS_FOUND;
		case FOPNP_WHOIS_NO_MATCH:
			outcome = FOPNP_WHOIS_NOT_FOUND;
			break;
		case FOPNP_WHOIS_REFUSES:
			if (outcome != FOPNP_WHOIS_NOT_FOUND)
				outcome = FOPNP_WHOIS_DECLINED;
			break;
		}
	}
	return outcome;
}

static struct fopnp_whois_listed *find_listed(struct fopnp_whois *whois, const char *name)
{
	for (size_t i = 0; i < whois->name_server_count; i++)
		if (strcmp(whois->name_servers[i].server->name, name) == 0)
			return &whois->name_servers[i];
	return NULL;
}

static void list_name_servers_of(struct fopnp_whois *whois, size_t hop)
{
	const struct fopnp_whois_reading *reading = &whois->hops[hop].reading;

	for (size_t i = 0; i < reading->name_server_count; i++) {
		struct fopnp_whois_listed *listed =
			find_listed(whois, reading->name_servers[i].name);

		if (!listed) {
			listed = &whois->name_servers[whois->name_server_count++];
			listed->server = &reading->name_servers[i];
		}
		listed->hops |= 1u << hop;
	}
}

static void list_name_servers(struct fopnp_whois *whois)
{
	whois->name_servers = fopnp_memory_zeroed(
		(size_t)FOPNP_WHOIS_HOPS * FOPNP_WHOIS_NAME_SERVERS, sizeof(*whois->name_servers));
	for (size_t i = 0; i < whois->hop_count; i++)
		if (!whois->hops[i].is_directory)
			list_name_servers_of(whois, i);
}

bool fopnp_whois_run(struct fopnp_whois *whois, const struct fopnp_whois_options *options,
		     const char *given)
{
	uint64_t start_us = fopnp_clock_now_us();
	FOPNP_AUTO_FREE char *problem = NULL;
	bool is_fine;

	*whois = (struct fopnp_whois){ .options = options, .given = given };
	problem = fopnp_whois_subject_parse(given, &whois->subject);
	if (problem) {
		fopnp_message_error("name-invalid",
				    "a domain, an address, or an AS number such as AS64496",
				    "\"%s\" is nothing to ask whois about: %s", given, problem);
		return false;
	}
	fopnp_progress_start("asking whois");
	is_fine = make_hops(whois);
	fopnp_progress_stop();
	if (is_fine) {
		whois->outcome = outcome_of(whois);
		list_name_servers(whois);
		fopnp_whois_add_notes(whois);
	}
	whois->elapsed_us = fopnp_clock_now_us() - start_us;
	return is_fine;
}

void fopnp_whois_clear(struct fopnp_whois *whois)
{
	for (size_t i = 0; i < whois->hop_count; i++) {
		struct fopnp_whois_hop *hop = &whois->hops[i];

		free(hop->server);
		free(hop->query);
		free(hop->text);
		free(hop->exchange.attempts);
		free(hop->exchange.bytes);
		fopnp_program_lookup_clear(&hop->lookup);
		fopnp_whois_reading_clear(&hop->reading);
	}
	free(whois->name_servers);
	fopnp_whois_subject_clear(&whois->subject);
	fopnp_findings_clear(&whois->notes);
}

enum fopnp_exit fopnp_whois_exit_status(const struct fopnp_whois *whois)
{
	switch (whois->outcome) {
	case FOPNP_WHOIS_FOUND:
		return FOPNP_EXIT_OK;
	case FOPNP_WHOIS_NOT_FOUND:
		return FOPNP_EXIT_NO;
	case FOPNP_WHOIS_DECLINED:
	case FOPNP_WHOIS_NO_SERVER:
	case FOPNP_WHOIS_NO_ANSWER:
		break;
	}
	return FOPNP_EXIT_CANNOT;
}
