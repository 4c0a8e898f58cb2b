/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to name servers over c-ares: tries, time-outs, EDNS, how many at a time. */
#include "tools/dns_client.h"

#include "tools/clock.h"
#include "tools/dns_link.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <stdlib.h>

#define TIMEOUT_US 2000000
#define TRIES      2
#define PARALLEL   64
#define EDNS_SIZE  1232 /* what no path fragments (DNS flag day 2020) */

struct asked {
	struct fopnp_dns_exchange *exchange;
	struct fopnp_dns_attempt *last;
	unsigned tries;
	uint64_t deadline_us; /* of the last try */
	bool is_without_edns;
	bool is_alone; /* by a link of its own */
	struct asked *next;
};

struct fopnp_dns_client {
	struct fopnp_dns_client_options options;
	void (*done)(struct fopnp_dns_exchange *exchange, void *context);
	void *context;
	struct fopnp_dns_links links;
	struct asked *queue, **queue_end; /* not sent yet */
	struct asked *flying;
	unsigned flying_count;
};

/* ---- one question ---- */

/* The length; 0 if the name is no domain name. */
static size_t write_packet(const struct fopnp_dns_client *client, bool has_edns,
			   const struct fopnp_dns_exchange *exchange,
			   uint8_t packet[static FOPNP_DNS_QUERY_SIZE])
{
	/* AD asks a validating resolver for its word (RFC 6840 section 5.7). */
	uint16_t flags = client->options.is_recursive ? FOPNP_DNS_FLAG_RD | FOPNP_DNS_FLAG_AD : 0;
	size_t len =
		fopnp_dns_write_query(packet, 0, flags, exchange->name, (uint16_t)exchange->type,
				      ns_c_in, has_edns ? EDNS_SIZE : 0);

	/* The flags of OPT are the last but the length of its empty data (RFC 6891 section 6.1.3). */
	if (len > 0 && has_edns && client->options.wants_dnssec)
		packet[len - 4] |= 0x80;
	return len;
}

static void send_attempt(struct fopnp_dns_client *client, struct asked *asked)
{
	struct fopnp_dns_attempt *attempt = fopnp_memory_zeroed(1, sizeof(*attempt));

	attempt->has_edns = !client->options.has_no_edns && !asked->is_without_edns;
	attempt->query.len =
		write_packet(client, attempt->has_edns, asked->exchange, attempt->packet);
	attempt->before = asked->last;
	asked->last = attempt;
	asked->tries++;
	fopnp_dns_link_send(fopnp_dns_links_get(&client->links, &asked->exchange->server->address,
						asked->is_alone),
			    attempt);
	asked->deadline_us = attempt->sent_us + client->options.timeout_us;
}

/* Its attempts are waited for no longer. */
static void let_attempts_go(struct asked *asked)
{
	for (struct fopnp_dns_attempt *attempt = asked->last; attempt; attempt = attempt->before)
		fopnp_dns_attempt_let_go(attempt);
	asked->last = NULL;
}

static void take_out(struct fopnp_dns_client *client, struct asked *asked)
{
	struct asked **at = &client->flying;

	while (*at != asked)
		at = &(*at)->next;
	*at = asked->next;
	client->flying_count--;
}

/* The end of ASKED, which is gone then: that of ATTEMPT. */
static void finish(struct fopnp_dns_client *client, struct asked *asked,
		   struct fopnp_dns_attempt *attempt, enum fopnp_dns_end end)
{
	struct fopnp_dns_exchange *exchange = asked->exchange;

	exchange->end = end;
	exchange->tries = asked->tries;
	exchange->is_without_edns = asked->is_without_edns;
	if (attempt) {
		exchange->is_tcp = attempt->query.is_tcp;
		exchange->was_truncated = attempt->query.was_truncated;
		exchange->elapsed_us = fopnp_clock_now_us() - attempt->sent_us;
	}
	if (attempt && end == FOPNP_DNS_REPLIED) {
		exchange->reply = attempt->query.reply;
		exchange->reply_len = attempt->query.reply_len;
		attempt->query.reply = NULL;
		if (!fopnp_dns_response_parse(exchange->reply, exchange->reply_len,
					      &exchange->response))
			exchange->end = FOPNP_DNS_GARBAGE;
	}
	let_attempts_go(asked);
	take_out(client, asked);
	free(asked);
	client->done(exchange, client->context);
}

/*
 * No descriptor is free: without idle links, and fewer at a time, from now on.  False if that is no
 * help.
 */
static bool put_back(struct fopnp_dns_client *client, struct asked *asked)
{
	size_t link_count = client->links.count;

	fopnp_dns_links_close_idle(&client->links, true);
	if (client->flying_count < 2 && client->links.count == link_count)
		return false;
	let_attempts_go(asked);
	take_out(client, asked);
	client->options.parallel = client->flying_count > 0 ? client->flying_count : 1;
	asked->tries--;
	asked->next = client->queue;
	client->queue = asked;
	if (!asked->next)
		client->queue_end = &asked->next;
	return true;
}

/*
 * The connection ended, but perhaps not on account of this query: c-ares went over to TCP for another one, or
 * the server closes after each reply, in spite of RFC 7766 section 6.2.1.
 */
static bool is_bystander(const struct asked *asked, const struct fopnp_dns_attempt *attempt)
{
	if (attempt->query.end != FOPNP_DNS_UNREACHABLE || asked->is_alone)
		return false;
	return attempt->query.is_tcp ? attempt->link->sent > 1 : attempt->link->has_tcp;
}

/*
 * A server from before EDNS (RFC 6891 section 7), or of a later version of it (6.1.3).  Those that know EDNS
 * and could not read the rest say the same again.
 */
static bool refuses_edns(const struct fopnp_dns_attempt *attempt)
{
	struct fopnp_dns_response response;
	bool refuses;

	if (!attempt->has_edns || attempt->query.end != FOPNP_DNS_REPLIED ||
	    !fopnp_dns_response_parse(attempt->query.reply, attempt->query.reply_len, &response))
		return false;
	refuses = response.rcode == ns_r_badvers || response.rcode == ns_r_formerr ||
		  response.rcode == ns_r_notimpl;
	fopnp_dns_response_clear(&response);
	return refuses;
}

/* ATTEMPT has ended.  True if ASKED has, too, or is elsewhere now. */
static bool take_end(struct fopnp_dns_client *client, struct asked *asked,
		     struct fopnp_dns_attempt *attempt)
{
	enum fopnp_dns_end end = attempt->query.end;

	attempt->is_seen = true;
	attempt->link->is_retired |= end != FOPNP_DNS_REPLIED;
	if (end != FOPNP_DNS_REPLIED && attempt != asked->last)
		return false; /* a later one is on its way */
	if (refuses_edns(attempt) && !asked->is_without_edns) {
		asked->is_without_edns = true;
		asked->tries--;
		send_attempt(client, asked);
		return false;
	}
	if (is_bystander(asked, attempt)) {
		asked->is_alone = true;
		asked->tries--;
		send_attempt(client, asked);
		return false;
	}
	if (end == FOPNP_DNS_NO_SOCKET && put_back(client, asked))
		return true;
	finish(client, asked, attempt, end);
	return true;
}

/* The last try took too long: once more, or the end. */
static void time_out(struct fopnp_dns_client *client, struct asked *asked)
{
	struct fopnp_dns_attempt *last = asked->last;
	bool is_garbage = fopnp_dns_attempt_saw_garbage(last);

	if (asked->tries >= client->options.tries) {
		finish(client, asked, last, is_garbage ? FOPNP_DNS_GARBAGE : FOPNP_DNS_TIMED_OUT);
		return;
	}
	/* That may have been a FORMERR of nothing but a header. */
	asked->is_without_edns |= is_garbage && last->has_edns;
	send_attempt(client, asked);
}

/* What has become of ASKED.  True if anything has, and it may be gone. */
static bool look_at(struct fopnp_dns_client *client, struct asked *asked, uint64_t now_us)
{
	bool has_news = false;

	for (struct fopnp_dns_attempt *attempt = asked->last; attempt; attempt = attempt->before) {
		if (!attempt->query.has_ended || attempt->is_seen)
			continue;
		has_news = true;
		if (take_end(client, asked, attempt))
			return true;
	}
	if (now_us < asked->deadline_us)
		return has_news;
	time_out(client, asked);
	return true;
}

/* ---- all of them ---- */

/* The first of the queue is in flight now. */
static struct asked *take_queued(struct fopnp_dns_client *client)
{
	struct asked *asked = client->queue;

	client->queue = asked->next;
	if (!client->queue)
		client->queue_end = &client->queue;
	asked->next = client->flying;
	client->flying = asked;
	client->flying_count++;
	return asked;
}

static void start_queued(struct fopnp_dns_client *client)
{
	while (client->queue && client->flying_count < client->options.parallel)
		send_attempt(client, take_queued(client));
}

/* Until something comes in, a try is over, or UNTIL_US. */
static void wait_for_news(struct fopnp_dns_client *client, uint64_t until_us)
{
	for (const struct asked *asked = client->flying; asked; asked = asked->next)
		if (asked->deadline_us < until_us)
			until_us = asked->deadline_us;
	fopnp_dns_links_wait(&client->links, until_us);
}

/* Who went over to TCP, for is_bystander(): before any end is looked at. */
static void note_tcp(struct fopnp_dns_client *client, struct asked *asked, uint64_t now_us)
{
	for (struct fopnp_dns_attempt *attempt = asked->last; attempt; attempt = attempt->before) {
		if (!attempt->query.was_truncated || attempt->is_tcp_seen)
			continue;
		attempt->is_tcp_seen = true;
		attempt->link->has_tcp = attempt->link->is_retired = true;
		asked->deadline_us = now_us + client->options.timeout_us;
	}
}

/* False if nothing has happened that further ones may come of. */
static bool look_at_all(struct fopnp_dns_client *client)
{
	uint64_t now_us = fopnp_clock_now_us();
	bool has_news = false;
	struct asked *next;

	for (struct asked *asked = client->flying; asked; asked = asked->next)
		note_tcp(client, asked, now_us);
	for (struct asked *asked = client->flying; asked; asked = next) {
		next = asked->next;
		has_news |= look_at(client, asked, now_us);
	}
	fopnp_dns_links_close_idle(&client->links, false);
	return has_news;
}

/* Whoever asks further ones meanwhile has them back at once. */
static void give_up_all(struct fopnp_dns_client *client)
{
	while (client->flying || client->queue) {
		struct asked *asked = client->flying ? client->flying : take_queued(client);

		finish(client, asked, asked->last, FOPNP_DNS_PENDING);
	}
}

void fopnp_dns_client_run(struct fopnp_dns_client *client, uint64_t deadline_us)
{
	if (deadline_us == 0)
		deadline_us = UINT64_MAX;
	start_queued(client);
	while (client->flying && fopnp_clock_now_us() < deadline_us) {
		if (!look_at_all(client))
			wait_for_news(client, deadline_us);
		start_queued(client);
	}
	give_up_all(client);
}

bool fopnp_dns_client_ask(struct fopnp_dns_client *client, struct fopnp_dns_exchange *exchange)
{
	uint8_t packet[FOPNP_DNS_QUERY_SIZE];
	struct asked *asked;

	if (write_packet(client, false, exchange, packet) == 0)
		return false;
	asked = fopnp_memory_zeroed(1, sizeof(*asked));
	asked->exchange = exchange;
	*client->queue_end = asked;
	client->queue_end = &asked->next;
	return true;
}

struct fopnp_dns_client *fopnp_dns_client_create(const struct fopnp_dns_client_options *options,
						 void (*done)(struct fopnp_dns_exchange *exchange,
							      void *context),
						 void *context)
{
	struct fopnp_dns_client *client = fopnp_memory_zeroed(1, sizeof(*client));

	client->options = *options;
	if (client->options.timeout_us == 0)
		client->options.timeout_us = TIMEOUT_US;
	if (client->options.tries == 0)
		client->options.tries = TRIES;
	if (client->options.parallel == 0)
		client->options.parallel = PARALLEL;
	client->done = done;
	client->context = context;
	client->queue_end = &client->queue;
	client->links.uses_tcp = options->uses_tcp;
	return client;
}

static void free_list(struct asked *asked)
{
	while (asked) {
		struct asked *next = asked->next;

		free(asked);
		asked = next;
	}
}

void fopnp_dns_client_destroy(struct fopnp_dns_client *client)
{
	if (!client)
		return;
	fopnp_dns_links_clear(&client->links);
	free_list(client->queue);
	free_list(client->flying);
	free(client);
}

/* ---- exchanges ---- */

void fopnp_dns_exchange_clear(struct fopnp_dns_exchange *exchange)
{
	fopnp_dns_response_clear(&exchange->response);
	free(exchange->reply);
	*exchange = (struct fopnp_dns_exchange){
		.server = exchange->server,
		.name = exchange->name,
		.type = exchange->type,
		.context = exchange->context,
	};
}

bool fopnp_dns_exchange_is_useful(const struct fopnp_dns_exchange *exchange)
{
	unsigned rcode = exchange->response.rcode;

	return exchange->end == FOPNP_DNS_REPLIED && rcode != ns_r_servfail &&
	       rcode != ns_r_notimpl && rcode != ns_r_refused;
}

static void keep(struct fopnp_dns_exchange *exchange, void *context)
{
	(void)exchange;
	(void)context;
}

/* ask() has looked at the name. */
static void ask_one(struct fopnp_dns_client *client, struct fopnp_dns_exchange *exchange)
{
	(void)fopnp_dns_client_ask(client, exchange);
	fopnp_dns_client_run(client, 0);
}

bool fopnp_dns_ask_servers(const struct fopnp_dns_client_options *options,
			   const struct fopnp_dns_server *servers, size_t count, const char *name,
			   unsigned type, struct fopnp_dns_exchange *out)
{
	struct fopnp_dns_client *client = fopnp_dns_client_create(options, keep, NULL);
	uint8_t packet[FOPNP_DNS_QUERY_SIZE];
	bool is_name;

	*out = (struct fopnp_dns_exchange){ .name = name, .type = type };
	is_name = write_packet(client, false, out, packet) > 0;
	for (size_t i = 0; is_name && i < count && !fopnp_dns_exchange_is_useful(out); i++) {
		struct fopnp_dns_exchange exchange = {
			.server = &servers[i],
			.name = name,
			.type = type,
		};

		ask_one(client, &exchange);
		/* Words of a server are more than none. */
		if (out->end == FOPNP_DNS_REPLIED && exchange.end != FOPNP_DNS_REPLIED) {
			fopnp_dns_exchange_clear(&exchange);
			continue;
		}
		fopnp_dns_exchange_clear(out);
		*out = exchange;
	}
	fopnp_dns_client_destroy(client);
	return is_name;
}

const char *fopnp_dns_end_words(enum fopnp_dns_end end)
{
	switch (end) {
	case FOPNP_DNS_PENDING:
		return "given up";
	case FOPNP_DNS_REPLIED:
		return "replied";
	case FOPNP_DNS_TIMED_OUT:
		return "timed out";
	case FOPNP_DNS_REFUSED:
		return "connection refused";
	case FOPNP_DNS_UNREACHABLE:
		return "unreachable";
	case FOPNP_DNS_GARBAGE:
		return "replied with something that is no answer";
	case FOPNP_DNS_NO_SOCKET:
		return "no descriptor free for a socket";
	}
	return "?";
}
