/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The "whois" object of docs/schema/fopnp-1.json. */
#include "tools/whois.h"

#include "tools/json_output.h"
#include "tools/memory.h"

#include <stdlib.h>

static json_t *referral_to_json(const struct fopnp_whois_referral *referral)
{
	bool is_server = referral->target.kind == FOPNP_WHOIS_SERVER;
	json_t *object = json_object();

	fopnp_json_set(object, "line", json_integer(referral->line));
	fopnp_json_set(object, "key", fopnp_json_text(referral->key));
	fopnp_json_set(object, "value", fopnp_json_text(referral->value));
	fopnp_json_set(object, "kind",
		       json_string(fopnp_whois_referral_kind_word(referral->target.kind)));
	fopnp_json_set(object, "server",
		       is_server ? fopnp_json_name(referral->target.host) : json_null());
	fopnp_json_set(object, "port",
		       is_server ? json_integer(referral->target.port) : json_null());
	fopnp_json_set(object, "fate", json_string(fopnp_whois_fate_word(referral->fate)));
	return object;
}

static json_t *attempt_to_json(const struct fopnp_attempt *attempt)
{
	FOPNP_AUTO_FREE char *words = fopnp_attempt_words(attempt);
	char text[FOPNP_ADDRESS_TEXT];
	json_t *object = json_object();

	fopnp_json_set(object, "address",
		       json_string(fopnp_request_print_address(&attempt->address, text)));
	fopnp_json_set(object, "outcome", json_string(fopnp_attempt_word(attempt)));
	fopnp_json_set(object, "message", json_string(words));
	fopnp_json_set(object, "elapsed_us",
		       attempt->state == FOPNP_ATTEMPT_NOT_MADE
			       ? json_null()
			       : json_integer((json_int_t)attempt->elapsed_us));
	return object;
}

static void set_reply(json_t *object, const struct fopnp_whois_hop *hop)
{
	json_t *referrals = json_array();

	for (size_t i = 0; i < hop->reading.referral_count; i++)
		fopnp_json_append(referrals, referral_to_json(&hop->reading.referrals[i]));
	fopnp_json_set(object, "bytes", json_integer((json_int_t)hop->exchange.len));
	fopnp_json_set(object, "encoding",
		       hop->text ? json_string(fopnp_whois_encoding_word(hop->encoding))
				 : json_null());
	fopnp_json_set(object, "text", fopnp_json_text(hop->text));
	fopnp_json_set(object, "verdict",
		       hop->text ? json_string(fopnp_whois_verdict_word(hop->reading.verdict))
				 : json_null());
	fopnp_json_set(object, "referrals", referrals);
}

static json_t *hop_to_json(const struct fopnp_whois_hop *hop)
{
	const struct fopnp_whois_exchange *exchange = &hop->exchange;
	const char *source = hop->lookup.answered_by;
	FOPNP_AUTO_FREE char *words = fopnp_whois_hop_words(hop);
	json_t *object = json_object(), *attempts = json_array();
	bool has_winner = exchange->winner < exchange->attempt_count;
	char text[FOPNP_ADDRESS_TEXT];

	for (size_t i = 0; i < exchange->attempt_count; i++)
		fopnp_json_append(attempts, attempt_to_json(&exchange->attempts[i]));
	fopnp_json_set(object, "server", fopnp_json_name(hop->server));
	fopnp_json_set(object, "port", json_integer(hop->port));
	fopnp_json_set(object, "referred_by",
		       hop->referred_by == FOPNP_WHOIS_NO_HOP
			       ? json_null()
			       : json_integer((json_int_t)hop->referred_by));
	fopnp_json_set(object, "query", fopnp_json_text(hop->query));
	fopnp_json_set(object, "answered_by", source[0] ? fopnp_json_text(source) : json_null());
	fopnp_json_set(object, "address",
		       has_winner ? json_string(fopnp_request_print_address(
					    &exchange->attempts[exchange->winner].address, text))
				  : json_null());
	fopnp_json_set(object, "attempts", attempts);
	fopnp_json_set(object, "outcome", json_string(fopnp_whois_hop_word(hop)));
	fopnp_json_set(object, "message", json_string(words));
	fopnp_json_set(object, "lookup_us",
		       json_integer((json_int_t)hop->lookup.result->elapsed_us));
	fopnp_json_set(object, "elapsed_us", json_integer((json_int_t)exchange->elapsed_us));
	set_reply(object, hop);
	return object;
}

static json_t *name_server_to_json(const struct fopnp_whois_listed *listed)
{
	json_t *object = json_object(), *addresses = json_array(), *hops = json_array();

	for (size_t i = 0; i < listed->server->address_count; i++)
		fopnp_json_append(addresses, json_string(listed->server->addresses[i]));
	for (unsigned i = 0; i < FOPNP_WHOIS_HOPS; i++)
		if (listed->hops & 1u << i)
			fopnp_json_append(hops, json_integer(i));
	fopnp_json_set(object, "name", fopnp_json_name(listed->server->name));
	fopnp_json_set(object, "addresses", addresses);
	fopnp_json_set(object, "hops", hops);
	return object;
}

void fopnp_whois_print_json(const struct fopnp_whois *whois)
{
	json_t *object = fopnp_json_object("whois", "whois");
	json_t *hops = json_array(), *name_servers = json_array(), *notes = json_array();

	for (size_t i = 0; i < whois->hop_count; i++)
		fopnp_json_append(hops, hop_to_json(&whois->hops[i]));
	for (size_t i = 0; i < whois->name_server_count; i++)
		fopnp_json_append(name_servers, name_server_to_json(&whois->name_servers[i]));
	for (size_t i = 0; i < whois->notes.count; i++)
		fopnp_json_append(notes, fopnp_finding_to_json(&whois->notes.list[i]));
	fopnp_json_set(object, "given", fopnp_json_text(whois->given));
	fopnp_json_set(object, "kind", json_string(fopnp_whois_kind_word(whois->subject.kind)));
	fopnp_json_set(object, "subject", fopnp_json_name(whois->subject.text));
	fopnp_json_set(object, "outcome", json_string(fopnp_whois_outcome_word(whois->outcome)));
	fopnp_json_set(object, "hops", hops);
	fopnp_json_set(object, "name_servers", name_servers);
	fopnp_json_set(object, "notes", notes);
	fopnp_json_set(object, "elapsed_us", json_integer((json_int_t)whois->elapsed_us));
	fopnp_json_set(object, "exit_status", json_integer((int)fopnp_whois_exit_status(whois)));
	fopnp_json_print(object, stdout);
}
