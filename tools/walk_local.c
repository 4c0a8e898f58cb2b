/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The local resolver's answer beside the walk's: the same or not, from its cache or not. */
#include "tools/walk.h"

#include "tools/clock.h"
#include "tools/dns_message.h"
#include "tools/dns_servers.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LOCAL_US 5000000 /* for all of it */

/* One try: it may have to walk itself, and asked twice it would not be faster. */
static bool ask(const struct fopnp_walk *walk, const struct fopnp_dns_server *servers, size_t count,
		bool is_recursive, uint64_t timeout_us, struct fopnp_dns_exchange *out)
{
	struct fopnp_dns_client_options options = {
		.is_recursive = is_recursive,
		.uses_tcp = walk->options->uses_tcp,
		.timeout_us = timeout_us,
		.tries = 1,
	};

	return fopnp_dns_ask_servers(&options, servers, count, walk->options->name,
				     walk->options->type, out);
}

/* The records that the question is about, of the name behind the aliases. */
static const struct fopnp_dns_response_record *next_record(
	const struct fopnp_dns_exchange *exchange, const struct fopnp_dns_response_record *after)
{
	const char *owner =
		exchange->type == ns_t_cname || exchange->type == ns_t_any
			? exchange->name
			: fopnp_dns_response_follow(&exchange->response, exchange->name);
	unsigned type = exchange->type == ns_t_any ? 0 : exchange->type;

	return owner ? fopnp_dns_response_next(&exchange->response, after, FOPNP_DNS_ANSWER, owner,
					       type)
		     : NULL;
}

static bool walk_has(const struct fopnp_walk *walk, const struct fopnp_dns_response_record *record)
{
	for (size_t i = 0; i < walk->record_count; i++)
		if (walk->records[i].type == record->type &&
		    strcmp(walk->records[i].text, record->text) == 0 &&
		    fopnp_dns_name_equal(walk->records[i].owner, record->owner))
			return true;
	return false;
}

/* Without the aliases on the way: a resolver may give them in another order or cut. */
static size_t count_wanted(const struct fopnp_walk *walk)
{
	size_t count = 0;

	for (size_t i = 0; i < walk->record_count; i++)
		count += walk->options->type == ns_t_any ||
			 walk->records[i].type == walk->options->type;
	return count;
}

static bool is_same(const struct fopnp_walk *walk, const struct fopnp_dns_exchange *exchange)
{
	const struct fopnp_dns_response_record *record = NULL;
	size_t count = 0;

	switch (walk->outcome) {
	case FOPNP_WALK_FAILED:
		return exchange->response.rcode == ns_r_servfail;
	case FOPNP_WALK_HAS_NO_NAME:
		return exchange->response.rcode == ns_r_nxdomain;
	case FOPNP_WALK_FOUND:
	case FOPNP_WALK_HAS_NO_DATA:
		break;
	}
	while ((record = next_record(exchange, record))) {
		count++;
		if (!walk_has(walk, record))
			return false;
	}
	return exchange->response.rcode == ns_r_noerror && count == count_wanted(walk);
}

/* The TTL of what was asked for, or of "there is none"; -1: not said. */
static int64_t reply_ttl(const struct fopnp_dns_exchange *exchange)
{
	const struct fopnp_dns_response_record *record = next_record(exchange, NULL);

	return record ? (int64_t)record->ttl : exchange->response.negative_ttl;
}

static int64_t walk_ttl(const struct fopnp_walk *walk)
{
	for (size_t i = walk->record_count; i-- > 0;)
		if (walk->records[i].type == walk->options->type)
			return walk->records[i].ttl;
	return walk->outcome == FOPNP_WALK_FOUND ? -1 : walk->negative_ttl;
}

/* Whether a reply to a question without recursion holds an answer, positive or not. */
static bool has_answer(const struct fopnp_dns_exchange *exchange)
{
	const struct fopnp_dns_response *response = &exchange->response;

	if (exchange->end != FOPNP_DNS_REPLIED)
		return false;
	if (response->rcode == ns_r_nxdomain)
		return true;
	return response->rcode == ns_r_noerror &&
	       (next_record(exchange, NULL) || response->negative_ttl >= 0);
}

/*
 * It said so without recursion; or it refuses such questions, as unbound does unless told otherwise, and
 * the TTL has begun to run.
 */
static void find_cached(const struct fopnp_walk *walk, struct fopnp_walk_local *local)
{
	const struct fopnp_dns_response *without = &local->without.response;
	int64_t ttl = reply_ttl(&local->with), whole = walk_ttl(walk);

	local->is_cache_known = true;
	if (local->is_without_asked && local->without.end == FOPNP_DNS_REPLIED &&
	    without->rcode != ns_r_refused && without->rcode != ns_r_servfail) {
		local->is_cached = has_answer(&local->without);
		return;
	}
	local->is_cached = local->is_same && ttl >= 0 && ttl < whole;
	local->is_cache_known = local->is_cached;
}

static char *cache_words(const struct fopnp_walk *walk, const struct fopnp_walk_local *local)
{
	int64_t ttl = reply_ttl(&local->with), whole = walk_ttl(walk);
	const char *words = local->is_cached           ? "from its cache"
			    : local->is_cache_known    ? "not from its cache"
			    : ttl >= 0 && ttl == whole ? "fetched just now, as its ttl says"
						       : "from its cache or not: it does not tell";

	if (local->with.response.is_authoritative)
		words = "with authority";
	if (ttl < 0)
		return fopnp_memory_copy_text(words);
	if (!local->is_same || whole < 0)
		return fopnp_memory_format("%s (ttl %" PRId64 ")", words, ttl);
	return fopnp_memory_format("%s (ttl %" PRId64 " of %" PRId64 ")", words, ttl, whole);
}

/* What it says where that is something else. */
static char *answer_words(const struct fopnp_dns_exchange *exchange)
{
	const struct fopnp_dns_response_record *record = next_record(exchange, NULL);
	const struct fopnp_dns_response *response = &exchange->response;
	char text[FOPNP_DNS_WORD_TEXT];
	char *words;

	if (!record) {
		const char *extended = response->ede_code >= 0
					       ? fopnp_dns_ede_words((unsigned)response->ede_code)
					       : NULL;

		if (response->rcode == ns_r_noerror)
			return fopnp_memory_copy_text("no such record");
		return fopnp_memory_format("%s%s%s%s", fopnp_dns_rcode_name(response->rcode, text),
					   extended ? " (" : "", extended ? extended : "",
					   extended ? ")" : "");
	}
	words = fopnp_memory_copy_text(record->text);
	while ((record = next_record(exchange, record))) {
		char *longer = fopnp_memory_format("%s, %s", words, record->text);

		free(words);
		words = longer;
	}
	return words;
}

static void find_words(const struct fopnp_walk *walk, struct fopnp_walk_local *local)
{
	FOPNP_AUTO_FREE char *cache = NULL;
	FOPNP_AUTO_FREE char *answer = NULL;

	if (local->with.end != FOPNP_DNS_REPLIED) {
		local->words = fopnp_memory_format("%s: %s", local->server,
						   fopnp_dns_end_words(local->with.end));
		return;
	}
	answer = answer_words(&local->with);
	if (walk->outcome == FOPNP_WALK_FAILED) {
		local->words = fopnp_memory_format("%s says %s", local->server, answer);
		return;
	}
	if (local->with.response.rcode != ns_r_noerror &&
	    local->with.response.rcode != ns_r_nxdomain) {
		local->words = fopnp_memory_format("%s says otherwise: %s", local->server, answer);
		return;
	}
	cache = cache_words(walk, local);
	if (local->is_same)
		local->words = fopnp_memory_format("%s says the same, %s", local->server, cache);
	else
		local->words = fopnp_memory_format("%s says otherwise: %s, %s", local->server,
						   answer, cache);
}

/* Whether one of SERVERS has it already: the first that replies at all, the one to go on with; else COUNT. */
static size_t ask_without(struct fopnp_walk *walk, const struct fopnp_dns_servers *servers)
{
	struct fopnp_walk_local *local = &walk->local;

	for (size_t i = 0; i < servers->count; i++) {
		fopnp_dns_exchange_clear(&local->without);
		local->is_without_asked = ask(walk, &servers->list[i], 1, false,
					      walk->options->timeout_us, &local->without);
		if (local->is_without_asked && local->without.end == FOPNP_DNS_REPLIED)
			return i;
	}
	return servers->count;
}

/* The one that replied, else all of them in turn as programs do, in the time that is left. */
static void ask_with(struct fopnp_walk *walk, const struct fopnp_dns_servers *servers,
		     uint64_t start_us)
{
	struct fopnp_walk_local *local = &walk->local;
	size_t chosen = ask_without(walk, servers);
	bool is_chosen = chosen < servers->count;
	size_t first = is_chosen ? chosen : 0, count = is_chosen ? 1 : servers->count;
	uint64_t passed_us = fopnp_clock_now_us() - start_us;
	uint64_t left_us = passed_us < LOCAL_US - 1000000 ? LOCAL_US - passed_us : 1000000;

	local->is_asked =
		ask(walk, &servers->list[first], count, true, left_us / count, &local->with);
	if (local->is_asked)
		local->server = fopnp_memory_copy_text(local->with.server->text);
}

void fopnp_walk_ask_local(struct fopnp_walk *walk, const struct fopnp_resolver_config *config)
{
	struct fopnp_walk_local *local = &walk->local;
	struct fopnp_dns_servers servers;

	fopnp_dns_servers_of_config(config, &servers);
	local->is_wanted = true;
	if (servers.count > 0)
		ask_with(walk, &servers, fopnp_clock_now_us());
	if (local->is_asked) {
		local->is_same =
			local->with.end == FOPNP_DNS_REPLIED && is_same(walk, &local->with);
		if (local->with.end == FOPNP_DNS_REPLIED)
			find_cached(walk, local);
		find_words(walk, local);
	}
	/* The servers go: what points to them does, too. */
	local->with.server = NULL;
	local->without.server = NULL;
	fopnp_dns_servers_clear(&servers);
}
