/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets told as questions with what became of each. */
#include "tools/wire.h"

#include "nss_module/lookup/status.h"
#include "tools/json_output.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * glibc asks for A and AAAA of one name at one server together, and goes on when
 * both are settled: such a pair of queries, or a single one, is a round.
 */
struct pairing {
	struct fopnp_wire_exchange *exchanges;
	size_t count;         /* of exchanges so far */
	size_t round;         /* the one that is going on */
	uint64_t *round_ends; /* of each round: when the next began, or the call came back */
};

static bool same_name(const struct fopnp_wire_packet *a, const struct fopnp_wire_packet *b)
{
	return strcasecmp(a->message.name, b->message.name) == 0;
}

static bool same_type(const struct fopnp_wire_packet *a, const struct fopnp_wire_packet *b)
{
	return a->message.type == b->message.type && a->message.class == b->message.class;
}

static bool same_place(const struct fopnp_wire_packet *a, const struct fopnp_wire_packet *b)
{
	return a->server == b->server && a->is_tcp == b->is_tcp;
}

/* Whether a query is the other half of the round that is going on. */
static bool joins_round(const struct pairing *pairing, const struct fopnp_wire_packet *query)
{
	const struct fopnp_wire_packet *last;

	if (pairing->count == 0)
		return false;
	last = pairing->exchanges[pairing->count - 1].query;
	if (!same_place(last, query) || !same_name(last, query) || same_type(last, query))
		return false;
	/* A third one is of the next round. */
	return pairing->count < 2 || pairing->exchanges[pairing->count - 2].round != pairing->round;
}

static void add_query(struct pairing *pairing, const struct fopnp_wire_packet *query)
{
	if (pairing->count > 0 && !joins_round(pairing, query)) {
		pairing->round_ends[pairing->round] = query->at_us;
		pairing->round++;
	}
	pairing->exchanges[pairing->count++] = (struct fopnp_wire_exchange){
		.server = query->server,
		.is_tcp = query->is_tcp,
		.query = query,
		.end = FOPNP_EXCHANGE_SILENT,
		.round = pairing->round,
		.retry = query->retry,
		.at_us = query->at_us,
	};
}

static bool is_open(const struct fopnp_wire_exchange *exchange)
{
	return exchange->end == FOPNP_EXCHANGE_SILENT;
}

/* Whether PACKET, a reply or an end, can be about this query.  By TCP glibc tests the id alone. */
static bool is_about(const struct fopnp_wire_exchange *exchange,
		     const struct fopnp_wire_packet *packet)
{
	const struct fopnp_wire_packet *query = exchange->query;

	if (!same_place(query, packet) || query->message.id != packet->message.id)
		return false;
	return packet->is_tcp || (same_name(query, packet) && same_type(query, packet));
}

/* The last open exchange that PACKET is about: an earlier one was given up for it.  NULL: none. */
static struct fopnp_wire_exchange *find_open(const struct pairing *pairing,
					     const struct fopnp_wire_packet *packet)
{
	for (size_t i = pairing->count; i-- > 0;)
		if (is_open(&pairing->exchanges[i]) && is_about(&pairing->exchanges[i], packet))
			return &pairing->exchanges[i];
	return NULL;
}

/* A reply that glibc drops: told with the question that it seems to be for. */
static void add_ignored(struct pairing *pairing, const struct fopnp_wire_packet *reply)
{
	struct fopnp_wire_exchange *found = NULL;

	for (size_t i = pairing->count; i-- > 0;) {
		struct fopnp_wire_exchange *exchange = &pairing->exchanges[i];
		bool is_alike =
			reply->message.id == exchange->query->message.id ||
			(same_name(exchange->query, reply) && same_type(exchange->query, reply));

		if (!is_open(exchange) || !same_place(exchange->query, reply))
			continue;
		if (!found || is_alike)
			found = exchange;
		if (is_alike)
			break;
	}
	if (found && !found->ignored)
		found->ignored = reply->ignored;
}

static void add_reply(struct pairing *pairing, const struct fopnp_wire_packet *reply)
{
	struct fopnp_wire_exchange *exchange = find_open(pairing, reply);
	const struct fopnp_wire_packet *now;

	if (reply->ignored || !exchange) {
		if (reply->ignored)
			add_ignored(pairing, reply);
		return;
	}
	/* glibc still takes it while it asks the same there once more. */
	now = pairing->exchanges[pairing->count - 1].query;
	exchange->reply = reply;
	exchange->end = same_place(now, reply) && same_name(now, exchange->query)
				? FOPNP_EXCHANGE_ANSWERED
				: FOPNP_EXCHANGE_LATE;
	exchange->waited_us = reply->at_us - exchange->at_us;
}

static void add_end(struct pairing *pairing, const struct fopnp_wire_packet *packet)
{
	struct fopnp_wire_exchange *exchange = find_open(pairing, packet);

	if (!exchange)
		return;
	exchange->end = packet->event == FOPNP_WIRE_REFUSED       ? FOPNP_EXCHANGE_REFUSED
			: packet->event == FOPNP_WIRE_UNREACHABLE ? FOPNP_EXCHANGE_UNREACHABLE
								  : FOPNP_EXCHANGE_CLOSED;
	exchange->error = packet->error;
	exchange->waited_us = packet->at_us - exchange->at_us;
}

/* Whether glibc leaves a round for what came of this half, without waiting for the other. */
static bool ends_round(const struct fopnp_wire_exchange *exchange)
{
	switch (exchange->end) {
	case FOPNP_EXCHANGE_ANSWERED:
		return exchange->reply->message.is_truncated && !exchange->is_tcp;
	case FOPNP_EXCHANGE_REFUSED:
	case FOPNP_EXCHANGE_UNREACHABLE:
	case FOPNP_EXCHANGE_CLOSED:
		return true;
	case FOPNP_EXCHANGE_SILENT: /* but for a reply that is not even a header */
		return exchange->ignored && strcmp(exchange->ignored, "too short") == 0;
	case FOPNP_EXCHANGE_LATE:
	case FOPNP_EXCHANGE_ABANDONED:
		break;
	}
	return false;
}

/* Whether the exchange at INDEX + STEP is the other half, and made glibc go on. */
static bool is_left_for(const struct pairing *pairing, size_t index, int step)
{
	size_t other = index + (size_t)step;

	return other < pairing->count &&
	       pairing->exchanges[other].round == pairing->exchanges[index].round &&
	       ends_round(&pairing->exchanges[other]);
}

static void finish_exchange(struct pairing *pairing, size_t index)
{
	struct fopnp_wire_exchange *exchange = &pairing->exchanges[index];

	if (exchange->end != FOPNP_EXCHANGE_SILENT && exchange->end != FOPNP_EXCHANGE_LATE)
		return;
	exchange->waited_us = pairing->round_ends[exchange->round] - exchange->at_us;
	if (is_left_for(pairing, index, -1) || is_left_for(pairing, index, 1))
		exchange->end = FOPNP_EXCHANGE_ABANDONED;
}

/* Whether glibc had taken a whole answer by then. */
static bool has_whole_answer(const struct fopnp_wire_exchange *exchange, uint64_t at_us)
{
	return exchange->end == FOPNP_EXCHANGE_ANSWERED && exchange->reply->at_us <= at_us &&
	       !exchange->reply->message.is_truncated &&
	       exchange->reply->message.rcode == ns_r_noerror;
}

/*
 * A source whose answer does not fit into the caller's buffer says ERANGE, and is
 * called again with a larger one: that is the only reason for asking anew (with
 * another id) for addresses or a name that were all there.
 */
static bool is_for_larger_buffer(const struct pairing *pairing, size_t index)
{
	const struct fopnp_wire_exchange *exchange = &pairing->exchanges[index];
	unsigned type = exchange->query->message.type;
	bool is_same = false, has_records = false;

	if (type != ns_t_a && type != ns_t_aaaa && type != ns_t_ptr)
		return false;
	while (index-- > 0 && pairing->exchanges[index].round + 1 >= exchange->round) {
		const struct fopnp_wire_exchange *other = &pairing->exchanges[index];

		if (other->round == exchange->round)
			continue;
		if (!has_whole_answer(other, exchange->at_us))
			return false;
		has_records |= other->reply->message.wanted_count > 0;
		is_same |= same_name(other->query, exchange->query) &&
			   same_type(other->query, exchange->query) &&
			   other->query->message.id != exchange->query->message.id;
	}
	return is_same && has_records;
}

/* There is nothing to be found out: the source knows. */
static struct fopnp_wire_exchange *copy_told(const struct fopnp_wire *wire, size_t *out_count)
{
	struct fopnp_wire_exchange *copy = fopnp_memory_zeroed(wire->told_count + 1, sizeof(*copy));

	if (wire->told_count > 0)
		memcpy(copy, wire->told, wire->told_count * sizeof(*copy));
	*out_count = wire->told_count;
	return copy;
}

struct fopnp_wire_exchange *fopnp_wire_pair(const struct fopnp_wire *wire, size_t *out_count)
{
	struct pairing pairing = {
		.exchanges = fopnp_memory_zeroed(wire->count + 1, sizeof(*pairing.exchanges)),
	};
	FOPNP_AUTO_FREE uint64_t *ends = fopnp_memory_zeroed(wire->count + 1, sizeof(*ends));

	if (wire->is_told) {
		free(pairing.exchanges);
		return copy_told(wire, out_count);
	}
	pairing.round_ends = ends;
	for (size_t i = 0; i < wire->count; i++) {
		const struct fopnp_wire_packet *packet = &wire->packets[i];

		if (packet->event == FOPNP_WIRE_QUERY)
			add_query(&pairing, packet);
		else if (packet->event == FOPNP_WIRE_REPLY)
			add_reply(&pairing, packet);
		else
			add_end(&pairing, packet);
	}
	pairing.round_ends[pairing.round] = wire->end_us;
	for (size_t i = 0; i < pairing.count; i++)
		finish_exchange(&pairing, i);
	for (size_t i = 0; i < pairing.count; i++)
		pairing.exchanges[i].is_for_larger_buffer = is_for_larger_buffer(&pairing, i);
	*out_count = pairing.count;
	return pairing.exchanges;
}

const char *fopnp_wire_event_name(enum fopnp_wire_event event)
{
	switch (event) {
	case FOPNP_WIRE_QUERY:
		return "query";
	case FOPNP_WIRE_REPLY:
		return "reply";
	case FOPNP_WIRE_REFUSED:
		return "refused";
	case FOPNP_WIRE_UNREACHABLE:
		return "unreachable";
	case FOPNP_WIRE_CLOSED:
		return "closed";
	}
	return "";
}

/* What only a reply says. */
static void set_reply(json_t *object, const struct fopnp_wire_packet *packet)
{
	const struct fopnp_dns_message *message = &packet->message;
	bool is_reply = packet->event == FOPNP_WIRE_REPLY && packet->is_parsed;
	int64_t ttl = message->ttl >= 0 ? message->ttl : message->negative_ttl;
	char word[FOPNP_DNS_WORD_TEXT];

	fopnp_json_set(object, "rcode",
		       is_reply ? fopnp_json_text(fopnp_dns_rcode_name(message->rcode, word))
				: json_null());
	fopnp_json_set(object, "answers",
		       is_reply ? json_integer(message->answer_count) : json_null());
	fopnp_json_set(object, "ttl", is_reply && ttl >= 0 ? json_integer(ttl) : json_null());
	fopnp_json_set(object, "truncated",
		       is_reply ? json_boolean(message->is_truncated) : json_null());
	fopnp_json_set(object, "ignored", fopnp_json_text(packet->ignored));
}

static json_t *packet_to_json(const struct fopnp_wire_packet *packet, const char *server)
{
	bool has_question = packet->is_parsed && packet->message.has_question;
	char word[FOPNP_DNS_WORD_TEXT];
	json_t *object = json_object();

	if (!object)
		fopnp_memory_give_up();
	fopnp_json_set(object, "at_us", json_integer((json_int_t)packet->at_us));
	fopnp_json_set(object, "direction", fopnp_json_text(fopnp_wire_event_name(packet->event)));
	fopnp_json_set(object, "server", fopnp_json_text(server));
	fopnp_json_set(object, "transport", fopnp_json_text(packet->is_tcp ? "tcp" : "udp"));
	fopnp_json_set(object, "name",
		       /* Its odd bytes are \DDD already. */
		       has_question ? fopnp_json_text(packet->message.name) : json_null());
	fopnp_json_set(object, "type",
		       has_question
			       ? fopnp_json_text(fopnp_dns_type_name(packet->message.type, word))
			       : json_null());
	set_reply(object, packet);
	fopnp_json_set(object, "retry",
		       packet->event == FOPNP_WIRE_QUERY ? json_integer(packet->retry)
							 : json_null());
	fopnp_json_set(object, "error",
		       packet->error
			       ? fopnp_json_code(fopnp_errno_name(packet->error), packet->error)
			       : json_null());
	return object;
}

json_t *fopnp_wire_to_json(const struct fopnp_wire *wire, const char *const *servers,
			   size_t server_count)
{
	json_t *array = json_array();

	if (!array)
		fopnp_memory_give_up();
	for (size_t i = 0; i < wire->count; i++) {
		size_t server = wire->packets[i].server;

		fopnp_json_append(array,
				  packet_to_json(&wire->packets[i],
						 server < server_count ? servers[server] : NULL));
	}
	return array;
}

void fopnp_wire_free(struct fopnp_wire *wire)
{
	if (!wire)
		return;
	for (size_t i = 0; i < wire->server_count; i++) {
		free(wire->servers[i].text);
		free(wire->servers[i].file);
	}
	free(wire->told);
	free(wire->packets);
	free(wire);
}
