/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Replies by chance: sound ones, refusals, and lists of records that no server
 * would send.  All of them answer the question that was asked under the id it had, since glibc
 * waits for a better reply otherwise; what else is wrong, it takes or refuses at once.
 */
#include "tests/integration/dns_differential/differential.h"

#include <string.h>

#define HEADER      12
#define UDP_LIMIT   512
#define TYPE_A      1
#define TYPE_CNAME  5
#define TYPE_SOA    6
#define TYPE_PTR    12
#define TYPE_TXT    16
#define TYPE_AAAA   28
#define TYPE_DNAME  39
#define CLASS_IN    1
#define CLASS_CHAOS 3

struct reply {
	uint8_t *start, *at, *end;
	bool is_full;
	uint64_t state;   /* of the generator */
	uint16_t type;    /* that was asked for */
	uint16_t owner;   /* offset of the name that the next record shall have */
	uint8_t *records; /* the end of the question */
};

static uint64_t next_number(uint64_t *state)
{
	uint64_t number = *state += 0x9e3779b97f4a7c15u; /* splitmix64 */
	number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9u;
	number = (number ^ number >> 27) * 0x94d049bb133111ebu;
	return number ^ number >> 31;
}

static unsigned below(struct reply *reply, unsigned limit)
{
	return (unsigned)(next_number(&reply->state) % limit);
}

static bool by_chance(struct reply *reply, unsigned percent)
{
	return below(reply, 100) < percent;
}

/* ---- bytes ---- */

static void add_bytes(struct reply *reply, const void *bytes, size_t len)
{
	if ((size_t)(reply->end - reply->at) < len) {
		reply->is_full = true;
		return;
	}
	memcpy(reply->at, bytes, len);
	reply->at += len;
}

static void add16(struct reply *reply, unsigned value)
{
	const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };
	add_bytes(reply, bytes, sizeof(bytes));
}

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static unsigned offset(const struct reply *reply)
{
	return (unsigned)(reply->at - reply->start);
}

/* ---- names ---- */

static void add_label(struct reply *reply, const char *bytes, size_t len)
{
	const uint8_t length = (uint8_t)len;
	add_bytes(reply, &length, 1);
	add_bytes(reply, bytes, len);
}

static void add_long_label(struct reply *reply, char byte)
{
	char label[63];
	memset(label, byte, sizeof(label));
	add_label(reply, label, sizeof(label));
}

/* A name that is none of a host, or a strange one. */
static void add_odd_name(struct reply *reply)
{
	static const char *const labels[] = {
		"bad name", "-dash",       "dash-", "*",    "$(id)",         "\033[31mred",
		"a.b",      "\303\274ber", "a;b",   "a\nb", "under_score",   "_tcp",
		"a\\b",     "\"",          "@",     "\177", "\377",          "0",
		"1",        "/",           "%",     "A",    "xn--bcher-kva", "a/../b",
		"'",        "`x`",
	};
	const char *label = labels[below(reply, sizeof(labels) / sizeof(labels[0]))];
	switch (below(reply, 8)) {
	case 0: /* the root */
		break;
	case 1: /* as long as can be */
		for (unsigned i = 0; i < 3; i++)
			add_long_label(reply, 'x');
		add_label(reply, "0123456789012345678901234567890123456789012345678901234567890",
			  61);
		break;
	case 2: /* a zero inside */
		add_label(reply, "nul\0byte", 8);
		break;
	case 3: /* as a second label */
		add_label(reply, "a", 1);
		/* fall through */
	default:
		add_label(reply, label, strlen(label));
		add_label(reply, "example", 7);
	}
	add_bytes(reply, "", 1);
}

static void add_good_name(struct reply *reply)
{
	static const char *const labels[] = { "alpha", "Beta", "gamma", "host-7", "DELTA" };
	const char *label = labels[below(reply, sizeof(labels) / sizeof(labels[0]))];
	add_label(reply, label, strlen(label));
	if (by_chance(reply, 50))
		add_label(reply, "deep", 4);
	add_label(reply, "made", 4);
	add_label(reply, "example", 7);
	add_bytes(reply, "", 1);
}

static void add_pointer(struct reply *reply, unsigned target)
{
	add16(reply, 0xc000u | target);
}

/* The name at FROM once more, letters in another case now and then. */
static void add_copy(struct reply *reply, unsigned from)
{
	const uint8_t *at = reply->start + from;
	for (unsigned jumps = 0; *at != 0 && jumps < 300; jumps++) {
		uint8_t label[64];
		if (*at >= 0xc0) {
			at = reply->start + ((at[0] & 0x3fu) << 8 | at[1]);
			continue;
		}
		memcpy(label, at, *at + 1u);
		for (unsigned i = 1; i <= *at; i++)
			if (((label[i] | 32) >= 'a' && (label[i] | 32) <= 'z') &&
			    by_chance(reply, 30))
				label[i] ^= 32;
		add_bytes(reply, label, *at + 1u);
		at += *at + 1u;
	}
	add_bytes(reply, "", 1);
}

static void add_owner(struct reply *reply, bool is_sound)
{
	if (is_sound ? by_chance(reply, 85) : by_chance(reply, 45))
		add_pointer(reply, reply->owner);
	else if (is_sound || by_chance(reply, 40))
		add_copy(reply, reply->owner);
	else if (by_chance(reply, 40))
		add_pointer(reply, HEADER);
	else if (by_chance(reply, 60))
		add_good_name(reply);
	else if (by_chance(reply, 80))
		add_odd_name(reply);
	else
		add_pointer(reply, offset(reply) + below(reply, 8)); /* itself or further on */
}

/* ---- records ---- */

static uint8_t *begin_record(struct reply *reply, unsigned type, unsigned class)
{
	static const unsigned ttls[] = { 300, 0, 1, 60, 0x7fff, 3600 };
	uint8_t *length;
	add16(reply, type);
	add16(reply, class);
	add16(reply, by_chance(reply, 3) ? 0xffff : 0);
	add16(reply, ttls[below(reply, sizeof(ttls) / sizeof(ttls[0]))]);
	length = reply->at;
	add16(reply, 0);
	return length;
}

static void end_record(struct reply *reply, uint8_t *length)
{
	if (!reply->is_full)
		put16(length, (unsigned)(reply->at - length - 2));
}

static void add_address(struct reply *reply, unsigned type, bool is_sound)
{
	uint8_t address[16] = { 0x20, 1, 0x0d, 0xb8 };
	size_t len = type == TYPE_A ? 4 : 16;
	uint8_t *length;
	for (size_t i = type == TYPE_A ? 0 : 8; i < len; i++)
		address[i] = (uint8_t)below(reply, 256);
	if (type == TYPE_A)
		memcpy(address, (uint8_t[]){ 198, 51, 100 }, 3);
	else if (by_chance(reply, 4))
		memcpy(address, (uint8_t[12]){ [10] = 0xff, 0xff }, 12); /* v4-mapped */
	add_owner(reply, is_sound);
	length = begin_record(reply, type,
			      is_sound || by_chance(reply, 95) ? CLASS_IN : CLASS_CHAOS);
	if (!is_sound && by_chance(reply, 8))
		len = below(reply, (unsigned)len + 1);
	add_bytes(reply, address, len);
	end_record(reply, length);
}

/* CNAME or PTR; the next owner is its target. */
static void add_target(struct reply *reply, unsigned type, bool is_sound)
{
	unsigned target;
	uint8_t *length;
	add_owner(reply, is_sound);
	length = begin_record(reply, type, CLASS_IN);
	target = offset(reply);
	if (!is_sound && by_chance(reply, 10))
		add_pointer(reply,
			    by_chance(reply, 80) ? HEADER : target); /* the question, or a loop */
	else if (by_chance(reply, is_sound ? 5 : 35))
		add_odd_name(reply);
	else
		add_good_name(reply);
	if (!is_sound && by_chance(reply, 4))
		add16(reply, 0); /* more data than a name */
	end_record(reply, length);
	if (type == TYPE_CNAME && (is_sound || by_chance(reply, 80)))
		reply->owner = (uint16_t)target;
}

static void add_other(struct reply *reply)
{
	static const unsigned types[] = { TYPE_TXT, TYPE_DNAME, 46, 65, TYPE_SOA };
	uint8_t *length;
	add_owner(reply, false);
	length = begin_record(reply, types[below(reply, 5)], CLASS_IN);
	for (unsigned i = below(reply, 20); i > 0; i--)
		add_bytes(reply, "\3", 1);
	end_record(reply, length);
}

/* What was asked for: an address, or a name for one. */
static void add_answer(struct reply *reply, bool is_sound)
{
	if (reply->type == TYPE_A || reply->type == TYPE_AAAA)
		add_address(reply, reply->type, is_sound);
	else
		add_target(reply, TYPE_PTR, is_sound);
}

static unsigned add_sound_records(struct reply *reply)
{
	unsigned aliases = by_chance(reply, 50) ? 0 : below(reply, 5);
	unsigned answers = by_chance(reply, 12) ? 0 : 1 + below(reply, 5);
	for (unsigned i = 0; i < aliases; i++)
		add_target(reply, TYPE_CNAME, true);
	for (unsigned i = 0; i < answers; i++)
		add_answer(reply, true);
	return aliases + answers;
}

static unsigned add_any_records(struct reply *reply)
{
	unsigned count = below(reply, 8);
	for (unsigned i = 0; i < count; i++) {
		switch (below(reply, 10)) {
		case 0:
		case 1:
		case 2:
			add_target(reply, TYPE_CNAME, false);
			break;
		case 3:
			add_other(reply);
			break;
		case 4:
			add_address(reply, by_chance(reply, 50) ? TYPE_A : TYPE_AAAA, false);
			break;
		default:
			add_answer(reply, false);
		}
	}
	return count;
}

static void add_soa(struct reply *reply)
{
	static const uint8_t numbers[20] = { [3] = 1, [19] = 60 };
	uint8_t *length;
	add_pointer(reply, HEADER);
	length = begin_record(reply, TYPE_SOA, CLASS_IN);
	add_good_name(reply);
	add_good_name(reply);
	add_bytes(reply, numbers, sizeof(numbers));
	end_record(reply, length);
}

/* ---- whole replies ---- */

static bool ends_in(const uint8_t *name, size_t len, const char *suffix, size_t suffix_len)
{
	return len >= suffix_len && memcmp(name + len - suffix_len, suffix, suffix_len) == 0;
}

/* NAME of LEN bytes without its final zero. */
static bool is_ours(const uint8_t *name, size_t len)
{
	static const char made[] = "\4made\7example", inet[] = "\00277\00210\7in-addr\4arpa",
			  inet6[] = "\0017\0017\1d\1f\3ip6\4arpa";
	return ends_in(name, len, made, sizeof(made) - 1) ||
	       ends_in(name, len, inet, sizeof(inet) - 1) ||
	       ends_in(name, len, inet6, sizeof(inet6) - 1);
}

static uint64_t hash(uint64_t value, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		value = (value ^ bytes[i]) * 0x100000001b3u;
	return value;
}

static unsigned choose_rcode(struct reply *reply)
{
	static const unsigned rcodes[] = { 3, 3, 3, 2, 2, 5, 1, 4, 6, 9, 15 };
	return by_chance(reply, 75) ? 0 : rcodes[below(reply, sizeof(rcodes) / sizeof(rcodes[0]))];
}

static void fill(struct reply *reply)
{
	unsigned answers = 0, authority = 0;
	const unsigned rcode = choose_rcode(reply);
	if (rcode == 0 || by_chance(reply, 25))
		answers = by_chance(reply, 60) ? add_sound_records(reply) : add_any_records(reply);
	if (by_chance(reply, 30) && !reply->is_full) {
		add_soa(reply);
		authority = 1;
	}
	if (by_chance(reply, 4))
		answers += 1 + below(reply, 3);
	else if (by_chance(reply, 4) && answers > 0)
		answers--;
	if (by_chance(reply, 4))
		reply->at -= below(reply, 12) % (unsigned)(reply->at - reply->records + 1);
	reply->start[2] = (uint8_t)(0x81 | (by_chance(reply, 50) ? 0x04 : 0));
	reply->start[3] = (uint8_t)((by_chance(reply, 90) ? 0x80 : 0) |
				    (by_chance(reply, 10) ? 0x20 : 0) | rcode);
	put16(reply->start + 4, 1);
	put16(reply->start + 6, answers);
	put16(reply->start + 8, authority);
	put16(reply->start + 10, 0);
}

size_t make_reply(const uint8_t *query, size_t len, bool is_tcp, uint64_t seed, uint8_t *bytes,
		  size_t size)
{
	size_t at = HEADER;
	struct reply reply = { .start = bytes, .end = bytes + (size < 4096 ? size : 4096) };
	while (at < len && query[at] != 0)
		at += query[at] + 1u;
	if (at + 5 > len || !is_ours(query + HEADER, at - HEADER))
		return 0;
	reply.type = (uint16_t)(query[at + 1] << 8 | query[at + 2]);
	reply.state = hash(seed, query + HEADER, at + 3 - HEADER);
	reply.at = reply.records = bytes + at + 5;
	reply.owner = HEADER;
	memcpy(bytes, query, at + 5);
	fill(&reply);
	if (!is_tcp && (reply.at - bytes > UDP_LIMIT || by_chance(&reply, 8))) {
		bytes[2] |= 0x02;
		/* some servers send what fits, others nothing */
		if (reply.at - bytes > UDP_LIMIT || by_chance(&reply, 50)) {
			reply.at = reply.records;
			memset(bytes + 6, 0, 6);
		}
	}
	return (size_t)(reply.at - bytes);
}
