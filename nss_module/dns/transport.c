/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queries to several servers at once, and the replies that count: see transport.h. */
#include "nss_module/dns/transport.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nss_module/dns/kept_transports.h"
#include "nss_module/dns/race.h"
#include "nss_module/dns/random.h"
#include "nss_module/dns/verdict.h"

_Static_assert(FOPNP_DNS_SERVERS <= FOPNP_DNS_RACE_SERVERS, "the race has lanes for all servers");
_Static_assert(FOPNP_DNS_QUESTIONS <= FOPNP_DNS_RACE_QUESTIONS, "and for all questions");

/* One call of fopnp_dns_transport_ask(): on the heap, since stacks of threads may be small. */
struct lookup {
	struct fopnp_dns_transport *transport;
	const struct fopnp_dns_settings *settings;
	const struct fopnp_dns_question *questions;
	struct fopnp_dns_log *log;
	struct fopnp_dns_race race;
	size_t first_server; /* has rank 0 */
	/* The query whose end is the word of a server to a question. */
	struct fopnp_dns_sent_query *words[FOPNP_DNS_QUESTIONS][FOPNP_DNS_SERVERS];
	/* The refusal that glibc would have seen last: its servers come one after the other. */
	struct fopnp_dns_sent_query *refusals[FOPNP_DNS_QUESTIONS];
	bool is_sent_again[FOPNP_DNS_QUESTIONS][FOPNP_DNS_SERVERS];
	uint32_t random; /* another id in its upper half, if not 0 */
	struct pollfd polls[FOPNP_DNS_SERVERS * FOPNP_DNS_CHANNEL_SOCKETS];
	struct fopnp_dns_channel *owners[FOPNP_DNS_SERVERS * FOPNP_DNS_CHANNEL_SOCKETS];
};

uint64_t fopnp_dns_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

/* ---- sending ---- */

static struct fopnp_dns_channel *channel_of(struct lookup *lookup, size_t server)
{
	struct fopnp_dns_channel **channel = &lookup->transport->channels[server];

	if (!*channel)
		*channel = fopnp_dns_channel_open(&lookup->settings->servers[server],
						  lookup->settings->uses_tcp);
	return *channel;
}

/* Half of a random number: one call of the kernel does for A and AAAA. */
static uint16_t next_id(struct lookup *lookup)
{
	uint16_t id = (uint16_t)lookup->random;

	if (lookup->random == 0) {
		lookup->random = fopnp_dns_random();
		id = (uint16_t)lookup->random;
	}
	lookup->random >>= 16;
	return id;
}

static uint16_t unused_id(struct lookup *lookup)
{
	const struct fopnp_dns_transport *transport = lookup->transport;

	for (;;) {
		uint16_t id = next_id(lookup);
		size_t i = 0;

		while (i < transport->query_count && transport->queries[i]->query.id != id)
			i++;
		if (i == transport->query_count)
			return id;
	}
}

static struct fopnp_dns_sent *log_query(struct lookup *lookup,
					const struct fopnp_dns_sent_query *sent)
{
	struct fopnp_dns_log *log = lookup->log;
	struct fopnp_dns_sent *entry = NULL;

	log->sent[sent->server]++;
	if (log->count < FOPNP_DNS_LOG) {
		entry = &log->queries[log->count];
		*entry = (struct fopnp_dns_sent){
			.at_us = (uint32_t)(sent->sent_us - log->start_us),
			.server = sent->server,
			.question = sent->question,
			.name = log->name,
			.type = lookup->questions[sent->question].type,
		};
	}
	log->count++;
	return entry;
}

static void send_query(struct lookup *lookup, const struct fopnp_dns_step *step)
{
	struct fopnp_dns_transport *transport = lookup->transport;
	const struct fopnp_dns_question *question = &lookup->questions[step->question];
	size_t server = (lookup->first_server + step->rank) % lookup->settings->server_count;
	struct fopnp_dns_channel *channel = channel_of(lookup, server);
	struct fopnp_dns_sent_query *sent = NULL;

	if (channel && transport->query_count < FOPNP_DNS_QUERIES)
		sent = malloc(sizeof(*sent));
	if (!sent) {
		fopnp_dns_race_hear(&lookup->race, step->question, step->rank, FOPNP_DNS_FAILED);
		return;
	}
	*sent = (struct fopnp_dns_sent_query){
		.query = { .packet = question->packet,
			   .len = question->len,
			   .id = unused_id(lookup) },
		.question = (uint8_t)step->question,
		.rank = (uint8_t)step->rank,
		.server = (uint8_t)server,
		.round = step->round,
		.sent_us = fopnp_dns_now_us(),
	};
	transport->queries[transport->query_count++] = sent;
	sent->entry = log_query(lookup, sent);
	fopnp_dns_channel_send(channel, &sent->query);
}

/* ---- what comes back ---- */

static bool is_later_in_order(const struct fopnp_dns_sent_query *a,
			      const struct fopnp_dns_sent_query *b)
{
	return a->round != b->round ? a->round > b->round : a->rank >= b->rank;
}

/*
 * A server that closes its connection after one reply has not refused the other
 * question; c-ares gives up all queries of a server then, those by UDP, too.
 */
static bool is_cut_off(const struct lookup *lookup, const struct fopnp_dns_sent_query *sent)
{
	const struct fopnp_dns_transport *transport = lookup->transport;

	if (sent->query.end != FOPNP_DNS_UNREACHABLE ||
	    lookup->is_sent_again[sent->question][sent->rank])
		return false;
	for (size_t i = 0; i < transport->query_count; i++) {
		const struct fopnp_dns_sent_query *other = transport->queries[i];

		if (other->server == sent->server && other->query.is_tcp &&
		    other->query.end == FOPNP_DNS_REPLIED)
			return true;
	}
	return false;
}

static void send_again(struct lookup *lookup, struct fopnp_dns_sent_query *sent)
{
	const struct fopnp_dns_step step = {
		.question = sent->question,
		.rank = sent->rank,
		.round = sent->round,
	};

	lookup->is_sent_again[sent->question][sent->rank] = true;
	sent->is_taken = true;
	sent->ended_us = fopnp_dns_now_us();
	send_query(lookup, &step);
}

static void take_end(struct lookup *lookup, struct fopnp_dns_sent_query *sent)
{
	enum fopnp_dns_word word = fopnp_dns_verdict(sent->query.reply, sent->query.reply_len,
						     lookup->questions[sent->question].type);
	const struct fopnp_dns_lane *lane = &lookup->race.lanes[sent->question][sent->rank];
	struct fopnp_dns_sent_query **refusal = &lookup->refusals[sent->question];

	sent->is_taken = true;
	sent->ended_us = fopnp_dns_now_us();
	if (lane->word < FOPNP_DNS_NO_DATA)
		lookup->words[sent->question][sent->rank] = sent;
	if (word == FOPNP_DNS_FAILED && sent->query.reply &&
	    (!*refusal || is_later_in_order(sent, *refusal)))
		*refusal = sent;
	fopnp_dns_race_hear(&lookup->race, sent->question, sent->rank, word);
}

static void take_ends(struct lookup *lookup)
{
	struct fopnp_dns_transport *transport = lookup->transport;

	for (size_t i = 0; i < transport->query_count; i++) {
		struct fopnp_dns_sent_query *sent = transport->queries[i];

		if (sent->query.was_truncated)
			fopnp_dns_race_hear_truncated(&lookup->race, sent->question, sent->rank);
		if (!sent->query.has_ended || sent->is_taken)
			continue;
		if (is_cut_off(lookup, sent))
			send_again(lookup, sent);
		else
			take_end(lookup, sent);
	}
}

static int milliseconds_until(uint64_t when_us, uint64_t now_us)
{
	uint64_t ms = when_us > now_us ? (when_us - now_us + 999) / 1000 : 0;

	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* False if nothing can be waited for. */
static bool wait_for_replies(struct lookup *lookup, uint64_t when_us)
{
	struct fopnp_dns_transport *transport = lookup->transport;
	struct pollfd *polls = lookup->polls;
	struct fopnp_dns_channel **owners = lookup->owners;
	size_t count = 0;
	int ready;

	for (size_t i = 0; i < transport->server_count; i++) {
		struct fopnp_dns_channel *channel = transport->channels[i];
		size_t before = count;

		if (channel)
			count += fopnp_dns_channel_polls(channel, &polls[count]);
		while (before < count)
			owners[before++] = channel;
	}
	ready = poll(polls, count, milliseconds_until(when_us, fopnp_dns_now_us()));
	if (ready < 0)
		return errno == EINTR;
	for (size_t i = 0; i < count; i++)
		if (polls[i].revents != 0)
			fopnp_dns_channel_process(owners[i], &polls[i]);
	return true;
}

/* ---- the end ---- */

static enum fopnp_dns_end end_of_silence(const struct lookup *lookup,
					 const struct fopnp_dns_sent_query *sent)
{
	const struct fopnp_dns_channel *channel = lookup->transport->channels[sent->server];
	size_t winner = fopnp_dns_race_winner(&lookup->race);

	if (winner != FOPNP_DNS_RACE_NOBODY &&
	    (winner != sent->rank ||
	     lookup->race.lanes[sent->question][winner].word != FOPNP_DNS_NO_WORD) &&
	    sent->ended_us - sent->sent_us < lookup->settings->timeout_us)
		return FOPNP_DNS_PENDING;
	return fopnp_dns_channel_garbage(channel) != sent->query.garbage ? FOPNP_DNS_GARBAGE
									 : FOPNP_DNS_TIMED_OUT;
}

static void fill_entry(const struct fopnp_dns_sent_query *sent)
{
	struct fopnp_dns_sent *entry = sent->entry;
	struct fopnp_dns_reader reader;

	if (!entry)
		return;
	entry->took_us = (uint32_t)(sent->ended_us - sent->sent_us);
	entry->end = (uint8_t)sent->query.end;
	entry->is_tcp = sent->query.is_tcp;
	entry->was_truncated = sent->query.was_truncated;
	if (!sent->query.reply ||
	    !fopnp_dns_reader_start(&reader, sent->query.reply, sent->query.reply_len))
		return;
	entry->rcode = reader.header.flags & FOPNP_DNS_FLAG_RCODE;
	entry->answers = reader.header.counts[1];
}

/* Silence is now told from what was only given up; the log is complete. */
static void end_queries(struct lookup *lookup)
{
	struct fopnp_dns_transport *transport = lookup->transport;
	uint64_t now_us = fopnp_dns_now_us();

	for (size_t i = 0; i < transport->query_count; i++) {
		struct fopnp_dns_sent_query *sent = transport->queries[i];

		if (!sent->query.has_ended) {
			sent->ended_us = now_us;
			sent->query.end = end_of_silence(lookup, sent);
		}
		fill_entry(sent);
	}
}

/* The query that tells how QUESTION ended; NULL if none was sent. */
static struct fopnp_dns_sent_query *find_word(struct lookup *lookup, size_t question)
{
	struct fopnp_dns_transport *transport = lookup->transport;
	size_t winner = fopnp_dns_race_winner(&lookup->race);
	struct fopnp_dns_sent_query *found = NULL;

	if (winner != FOPNP_DNS_RACE_NOBODY && lookup->words[question][winner] &&
	    lookup->race.lanes[question][winner].word != FOPNP_DNS_NO_WORD)
		return lookup->words[question][winner];
	if (winner == FOPNP_DNS_RACE_NOBODY && lookup->refusals[question])
		return lookup->refusals[question];
	for (size_t i = 0; i < transport->query_count; i++) {
		struct fopnp_dns_sent_query *sent = transport->queries[i];

		if (sent->question != question ||
		    (winner != FOPNP_DNS_RACE_NOBODY && sent->rank != winner))
			continue;
		if (!sent->query.has_ended) /* one silent server: glibc says ETIMEDOUT */
			return sent;
		found = sent;
	}
	return found;
}

static void fill_reply(struct lookup *lookup, size_t question, struct fopnp_dns_reply *reply)
{
	struct fopnp_dns_sent_query *sent = find_word(lookup, question);

	if (!sent)
		return;
	reply->end = sent->query.end;
	reply->packet = sent->query.reply;
	reply->len = sent->query.reply_len;
	reply->server = sent->server;
	reply->is_tcp = sent->query.is_tcp;
	reply->rtt_us = (uint32_t)(sent->ended_us - sent->sent_us);
	sent->query.reply = NULL;
}

/* No descriptor and no packet is left behind. */
static void clean_up(struct fopnp_dns_transport *transport)
{
	for (size_t i = 0; i < transport->server_count; i++) {
		if (!transport->channels[i] || fopnp_dns_channel_cancel(transport->channels[i]))
			continue;
		fopnp_dns_channel_close(transport->channels[i]);
		transport->channels[i] = NULL;
	}
	for (size_t i = 0; i < transport->query_count; i++) {
		free(transport->queries[i]->query.reply);
		free(transport->queries[i]);
	}
	transport->query_count = 0;
	transport->used_us = fopnp_dns_now_us();
}

static size_t first_server(const struct fopnp_dns_settings *settings)
{
	static atomic_uint turn;

	if (!settings->does_rotate || settings->server_count < 2)
		return 0;
	if (atomic_load(&turn) == 0) /* programs that ask once must not all ask the same server */
		atomic_store(&turn, fopnp_dns_random() | 1);
	return atomic_fetch_add(&turn, 1) % settings->server_count;
}

static void start_race(struct lookup *lookup, size_t count)
{
	const struct fopnp_dns_settings *settings = lookup->settings;
	unsigned attempts = settings->attempts < 1 ? 1 : settings->attempts;

	lookup->first_server = first_server(settings);
	lookup->race = (struct fopnp_dns_race){
		.servers = settings->server_count,
		.questions = count,
		.start_us = fopnp_dns_now_us(),
		.hedge_us = settings->hedge_us,
		.timeout_us = settings->timeout_us,
		.patience_us = settings->timeout_us < FOPNP_DNS_PATIENCE_US ? settings->timeout_us
									    : FOPNP_DNS_PATIENCE_US,
		.total_us = settings->total_us,
		/* glibc asks over TCP once, too. */
		.rounds = settings->uses_tcp            ? 1
			  : attempts < FOPNP_DNS_ROUNDS ? attempts
							: FOPNP_DNS_ROUNDS,
		.is_single_request = settings->is_single_request,
	};
}

void fopnp_dns_transport_ask(struct fopnp_dns_transport *transport,
			     const struct fopnp_dns_settings *settings,
			     const struct fopnp_dns_question *questions, size_t count,
			     struct fopnp_dns_reply *replies, struct fopnp_dns_log *log)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));
	struct fopnp_dns_step step;

	for (size_t q = 0; q < count; q++)
		replies[q] = (struct fopnp_dns_reply){ .end = FOPNP_DNS_UNREACHABLE };
	if (!lookup)
		return;
	lookup->transport = transport;
	lookup->settings = settings;
	lookup->questions = questions;
	lookup->log = log;
	start_race(lookup, count);
	do {
		take_ends(lookup);
		step = fopnp_dns_race_next(&lookup->race, fopnp_dns_now_us());
		if (step.move == FOPNP_DNS_SEND)
			send_query(lookup, &step);
		else if (step.move == FOPNP_DNS_WAIT && !wait_for_replies(lookup, step.when_us))
			break;
	} while (step.move != FOPNP_DNS_DONE);
	end_queries(lookup);
	for (size_t q = 0; q < count; q++)
		fill_reply(lookup, q, &replies[q]);
	clean_up(transport);
	free(lookup);
}
