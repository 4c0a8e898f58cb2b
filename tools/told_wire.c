/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of fopnp:dns made into packets and exchanges. */
#include "tools/told_wire.h"

#include "nss_module/lookup/event.h"
#include "tools/host_name.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_TEXT  32
#define VALUE_TEXT 2048 /* what all words of a lookup share is no more */
#define FIELDS     8    /* of a query: AT,SERVER,TRANSPORT,TYPE,END,TOOK,ANSWERS,NAME */

enum {
	FIELD_AT,
	FIELD_SERVER,
	FIELD_TRANSPORT,
	FIELD_TYPE,
	FIELD_END,
	FIELD_TOOK,
	FIELD_ANSWERS,
	FIELD_NAME
};

/* One query as it was told. */
struct told_query {
	uint64_t at_us, took_us;
	size_t server;
	bool is_tcp, was_truncated;
	enum fopnp_exchange_end end;
	bool is_garbage; /* what came answers no query */
	unsigned type, rcode, answers;
	char name[FOPNP_DNS_NAME];
};

/* What the words come to. */
struct told {
	struct fopnp_wire *wire;
	struct told_query *queries;
	size_t count;
	size_t chain_count;
	char chain_end[FOPNP_DNS_NAME];
	char taken_from[FOPNP_DNS_NAME]; /* the server whose reply was taken, or "" */
};

/* ---- servers ---- */

size_t fopnp_told_wire_find_server(const struct fopnp_wire *wire, const char *text)
{
	for (size_t i = 0; i < wire->server_count; i++)
		if (strcmp(wire->servers[i].text, text) == 0)
			return i;
	return SIZE_MAX;
}

/* False where there is no room for another one. */
static bool add_server(struct fopnp_wire *wire, const char *text, size_t *out_index)
{
	*out_index = fopnp_told_wire_find_server(wire, text);
	if (*out_index != SIZE_MAX)
		return true;
	if (wire->server_count == FOPNP_WIRE_SERVERS || !*text)
		return false;
	*out_index = wire->server_count++;
	wire->servers[*out_index] =
		(struct fopnp_wire_server){ .text = fopnp_memory_copy_text(text) };
	return true;
}

void fopnp_told_wire_set_place(struct fopnp_wire *wire, size_t server, const char *file,
			       unsigned line)
{
	if (server >= wire->server_count || wire->servers[server].file)
		return;
	wire->servers[server].file = fopnp_memory_copy_text(file);
	wire->servers[server].line = line;
}

/* ---- reading ---- */

/* Part VALUE at its commas; the last field may hold some.  False: there are too few. */
static bool split_fields(char *value, char *fields[FIELDS])
{
	for (size_t i = 0; i < FIELDS; i++) {
		fields[i] = value;
		if (i + 1 == FIELDS)
			break;
		value = strchr(value, ',');
		if (!value)
			return false;
		*value++ = '\0';
	}
	return true;
}

static bool read_number(const char *text, uint64_t most, uint64_t *out_number)
{
	char *end;

	if (*text < '0' || *text > '9' || strlen(text) > 18)
		return false;
	*out_number = strtoull(text, &end, 10);
	return *end == '\0' && *out_number <= most;
}

static bool read_transport(const char *text, struct told_query *query)
{
	query->was_truncated = strcmp(text, "udp+tcp") == 0;
	query->is_tcp = query->was_truncated || strcmp(text, "tcp") == 0;
	return query->is_tcp || strcmp(text, "udp") == 0;
}

static bool read_end(const char *text, struct told_query *query)
{
	static const struct {
		const char *word;
		enum fopnp_exchange_end end;
	} ends[] = {
		{ "pending", FOPNP_EXCHANGE_ABANDONED },
		{ "timeout", FOPNP_EXCHANGE_SILENT },
		{ "refused", FOPNP_EXCHANGE_REFUSED },
		{ "unreachable", FOPNP_EXCHANGE_UNREACHABLE },
		{ "garbage", FOPNP_EXCHANGE_SILENT },
	};

	query->is_garbage = strcmp(text, "garbage") == 0;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		if (strcmp(text, ends[i].word) != 0)
			continue;
		query->end = ends[i].end;
		return true;
	}
	query->end = FOPNP_EXCHANGE_ANSWERED;
	return fopnp_dns_rcode_number(text, &query->rcode);
}

/* The name as the rest of the command has it: without a final dot. */
static void copy_name(const char *name, char copy[static FOPNP_DNS_NAME])
{
	size_t len = strlen(name);

	if (len > 1 && name[len - 1] == '.')
		len--;
	(void)snprintf(copy, FOPNP_DNS_NAME, "%.*s", (int)len, name);
}

static void read_query(struct told *told, char *value)
{
	struct told_query *query = &told->queries[told->count];
	char *fields[FIELDS];
	uint64_t answers;

	*query = (struct told_query){ 0 };
	if (!split_fields(value, fields) ||
	    !read_number(fields[FIELD_AT], INT64_MAX, &query->at_us) ||
	    !read_number(fields[FIELD_TOOK], INT64_MAX, &query->took_us) ||
	    !read_number(fields[FIELD_ANSWERS], UINT16_MAX, &answers) ||
	    !read_transport(fields[FIELD_TRANSPORT], query) ||
	    !fopnp_dns_type_number(fields[FIELD_TYPE], &query->type) ||
	    !read_end(fields[FIELD_END], query) ||
	    !add_server(told->wire, fields[FIELD_SERVER], &query->server))
		return;
	query->answers = (unsigned)answers;
	copy_name(fields[FIELD_NAME], query->name);
	told->count++;
}

static void read_word(struct told *told, const char *word, char *value)
{
	size_t index;
	uint64_t number;

	if (strcmp(word, "query") == 0) {
		read_query(told, value);
	} else if (strcmp(word, "sent") == 0) {
		value[strcspn(value, ",")] = '\0';
		(void)add_server(told->wire, value, &index);
	} else if (strcmp(word, "chain") == 0) {
		told->chain_count++;
		copy_name(value, told->chain_end);
	} else if (strcmp(word, "server") == 0) {
		copy_name(value, told->taken_from);
	} else if (strcmp(word, "queries") == 0 && read_number(value, UINT32_MAX, &number)) {
		told->wire->unlisted_count = number;
		told->wire->is_cut = number > 0;
	}
}

/* ---- packets ---- */

/* A query's beginning or its end. */
struct moment {
	uint64_t at_us;
	size_t query;
	bool is_end;
};

static enum fopnp_wire_event event_of(enum fopnp_exchange_end end)
{
	return end == FOPNP_EXCHANGE_REFUSED       ? FOPNP_WIRE_REFUSED
	       : end == FOPNP_EXCHANGE_UNREACHABLE ? FOPNP_WIRE_UNREACHABLE
						   : FOPNP_WIRE_REPLY;
}

/* Whether its end can be seen: a packet, or what the kernel says of the server. */
static bool has_end(const struct told_query *query)
{
	return query->end == FOPNP_EXCHANGE_ANSWERED || query->end == FOPNP_EXCHANGE_REFUSED ||
	       query->end == FOPNP_EXCHANGE_UNREACHABLE || query->is_garbage;
}

/* Keep them in the order of time; what comes at the same time stays as it was told. */
static void add_moment(struct moment *moments, size_t *count, struct moment moment)
{
	size_t at = (*count)++;

	for (; at > 0 && moments[at - 1].at_us > moment.at_us; at--)
		moments[at] = moments[at - 1];
	moments[at] = moment;
}

static unsigned count_earlier(const struct told *told, size_t index)
{
	const struct told_query *query = &told->queries[index];
	unsigned count = 0;

	for (size_t i = 0; i < index; i++)
		count += told->queries[i].type == query->type &&
			 fopnp_name_is_same(told->queries[i].name, query->name);
	return count;
}

/*
 * ANSWERS counts the whole section, aliases too.  Of the reply that was taken they
 * are known; of others nobody told.
 */
static void set_answers(const struct told *told, const struct told_query *query,
			struct fopnp_dns_message *message)
{
	const struct told_query *last = &told->queries[told->count - 1];
	bool is_taken = strcmp(told->wire->servers[query->server].text, told->taken_from) == 0 &&
			fopnp_name_is_same(query->name, last->name);

	message->rcode = query->rcode;
	message->answer_count = message->wanted_count = query->answers;
	if (!is_taken || told->chain_count == 0 || query->answers == 0 ||
	    told->wire->unlisted_count > 0)
		return;
	message->wanted_count = query->answers > told->chain_count
					? query->answers - (unsigned)told->chain_count
					: 0;
	(void)strcpy(message->target, told->chain_end);
}

static void fill_packet(const struct told *told, const struct moment *moment,
			struct fopnp_wire_packet *packet)
{
	const struct told_query *query = &told->queries[moment->query];
	struct fopnp_dns_message *message = &packet->message;

	packet->at_us = moment->at_us;
	packet->event = moment->is_end ? event_of(query->end) : FOPNP_WIRE_QUERY;
	packet->server = query->server;
	/* It began over UDP. */
	packet->is_tcp = query->is_tcp && (moment->is_end || !query->was_truncated);
	packet->error = packet->event == FOPNP_WIRE_REFUSED ? ECONNREFUSED : 0;
	packet->is_parsed = true;
	packet->retry = count_earlier(told, moment->query);
	packet->ignored = moment->is_end && query->is_garbage ? "answers no query" : NULL;
	(void)strcpy(message->name, query->name);
	message->has_question = true;
	message->type = query->type;
	message->class = ns_c_in;
	message->ttl = message->negative_ttl = -1;
	if (!moment->is_end || query->is_garbage || query->end != FOPNP_EXCHANGE_ANSWERED) {
		packet->is_parsed = !query->is_garbage || !moment->is_end;
		return;
	}
	message->is_reply = true;
	set_answers(told, query, message);
}

/* ---- exchanges ---- */

/* A and AAAA of one name, asked of one server one behind the other. */
static bool joins_round(const struct told *told, size_t index)
{
	const struct told_query *query = &told->queries[index], *last = query - 1;

	if (index == 0 || last->server != query->server || last->type == query->type ||
	    !fopnp_name_is_same(last->name, query->name))
		return false;
	return index == 1 || told->wire->told[index - 2].round != told->wire->told[index - 1].round;
}

static void fill_exchange(const struct told *told, size_t index)
{
	const struct told_query *query = &told->queries[index];
	struct fopnp_wire_exchange *exchange = &told->wire->told[index];
	size_t round = index > 0 ? told->wire->told[index - 1].round : 0;

	exchange->server = query->server;
	exchange->is_tcp = query->is_tcp;
	exchange->is_told = true;
	exchange->was_truncated = query->was_truncated;
	exchange->end = query->end;
	exchange->error = query->end == FOPNP_EXCHANGE_REFUSED ? ECONNREFUSED : 0;
	exchange->ignored = query->is_garbage ? "it answers no query" : NULL;
	exchange->round = round + (index > 0 && !joins_round(told, index));
	exchange->retry = count_earlier(told, index);
	exchange->at_us = query->at_us;
	exchange->waited_us = query->took_us;
}

static void fill_wire(struct told *told)
{
	struct fopnp_wire *wire = told->wire;
	FOPNP_AUTO_FREE struct moment *moments =
		fopnp_memory_zeroed(2 * told->count + 1, sizeof(*moments));

	for (size_t i = 0; i < told->count; i++) {
		const struct told_query *query = &told->queries[i];
		uint64_t end_us = query->at_us + query->took_us;

		add_moment(moments, &wire->count, (struct moment){ query->at_us, i, false });
		if (has_end(query))
			add_moment(moments, &wire->count, (struct moment){ end_us, i, true });
		if (end_us > wire->end_us)
			wire->end_us = end_us;
	}
	wire->packets = fopnp_memory_zeroed(wire->count + 1, sizeof(*wire->packets));
	wire->told = fopnp_memory_zeroed(told->count + 1, sizeof(*wire->told));
	wire->told_count = told->count;
	for (size_t i = 0; i < told->count; i++)
		fill_exchange(told, i);
	for (size_t i = 0; i < wire->count; i++) {
		struct fopnp_wire_exchange *exchange = &wire->told[moments[i].query];

		fill_packet(told, &moments[i], &wire->packets[i]);
		if (!moments[i].is_end)
			exchange->query = &wire->packets[i];
		else if (exchange->end == FOPNP_EXCHANGE_ANSWERED)
			exchange->reply = &wire->packets[i];
	}
}

struct fopnp_wire *fopnp_told_wire_make(const char *words)
{
	size_t len = strlen(words), position = 0;
	char word[WORD_TEXT], value[VALUE_TEXT];
	struct told *told = fopnp_memory_zeroed(1, sizeof(*told));
	struct fopnp_wire *wire = fopnp_memory_zeroed(1, sizeof(*wire));

	told->wire = wire;
	wire->is_told = true;
	/* A query has more bytes than there are queries for them. */
	told->queries = fopnp_memory_zeroed(len / strlen("query=") + 1, sizeof(*told->queries));
	while (fopnp_words_next(words, len, &position, word, sizeof(word), value, sizeof(value)))
		read_word(told, word, value);
	fill_wire(told);
	free(told->queries);
	free(told);
	return wire;
}
