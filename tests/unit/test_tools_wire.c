/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packets as they pass, which replies glibc takes, and what became of each question. */
#include "tools/wire.h"
#include "tools/wire_record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

enum { A = 1, AAAA = 28 };

/* ---- a wire by hand: one server a digit, times in seconds ---- */

static struct fopnp_wire_packet packets[64];
static struct fopnp_wire wire;
static struct fopnp_wire_exchange *list;
static size_t count;

static void begin(void)
{
	wire = (struct fopnp_wire){ .packets = packets };
}

static struct fopnp_wire_packet *add(double at, enum fopnp_wire_event event, size_t server,
				     unsigned id, const char *name, unsigned type)
{
	struct fopnp_wire_packet *packet = &packets[wire.count++];

	assert_true(wire.count <= sizeof(packets) / sizeof(packets[0]));
	*packet = (struct fopnp_wire_packet){ .at_us = (uint64_t)(at * 1e6 + 0.5),
					      .event = event,
					      .server = server,
					      .is_parsed = true };
	packet->message.id = (uint16_t)id;
	packet->message.type = type;
	packet->message.class = 1;
	packet->message.has_question = true;
	(void)snprintf(packet->message.name, sizeof(packet->message.name), "%s", name);
	return packet;
}

static void query(double at, size_t server, unsigned id, const char *name, unsigned type)
{
	(void)add(at, FOPNP_WIRE_QUERY, server, id, name, type);
}

static struct fopnp_wire_packet *reply(double at, size_t server, unsigned id, const char *name,
				       unsigned type)
{
	return add(at, FOPNP_WIRE_REPLY, server, id, name, type);
}

static void pair(double end)
{
	wire.end_us = (uint64_t)(end * 1e6 + 0.5);
	list = fopnp_wire_pair(&wire, &count);
}

/* The INDEX-th exchange: how it ended, the seconds that it took. */
#define ASSERT_EXCHANGE(index, how, seconds)                                                   \
	do {                                                                                   \
		assert_true((index) < count);                                                  \
		assert_int_equal(list[index].end, FOPNP_EXCHANGE_##how);                       \
		assert_int_equal(list[index].waited_us, (uint64_t)((seconds) * 1e6 + 0.5));    \
	} while (0)

static void end_of(size_t expected)
{
	assert_int_equal(count, expected);
	free(list);
	list = NULL;
}

static void test_both_answered(void **state)
{
	(void)state;
	begin();
	query(1, 0, 1, "a.example", A);
	query(1, 0, 2, "a.example", AAAA);
	reply(1.2, 0, 2, "A.Example", AAAA); /* in any order, in any letter case */
	reply(1.5, 0, 1, "a.example", A);
	pair(2);
	ASSERT_EXCHANGE(0, ANSWERED, 0.5);
	ASSERT_EXCHANGE(1, ANSWERED, 0.2);
	assert_ptr_equal(list[0].query, &packets[0]);
	assert_ptr_equal(list[0].reply, &packets[3]);
	assert_int_equal(list[0].round, list[1].round);
	end_of(2);
	begin();
	pair(1);
	end_of(0);
}

/* The next round begins where the name, the server or the transport is another one. */
static void test_search_list(void **state)
{
	(void)state;
	begin();
	query(0, 0, 1, "a.x.example", A);
	query(0, 0, 2, "a.x.example", AAAA);
	reply(0.1, 0, 1, "a.x.example", A);
	reply(0.1, 0, 2, "a.x.example", AAAA);
	query(0.2, 0, 3, "a", A);
	query(0.2, 0, 4, "a", AAAA);
	reply(0.6, 0, 3, "a", A);
	pair(5);
	ASSERT_EXCHANGE(0, ANSWERED, 0.1);
	ASSERT_EXCHANGE(2, ANSWERED, 0.4);
	ASSERT_EXCHANGE(3, SILENT, 4.8);
	assert_int_equal(list[1].round, 0);
	assert_int_equal(list[2].round, 1);
	assert_int_equal(list[3].round, 1);
	end_of(4);
}

static void test_dropped_aaaa(void **state)
{
	(void)state;
	begin();
	query(0, 0, 1, "a", A);
	query(0, 0, 2, "a", AAAA);
	reply(0.1, 0, 1, "a", A);
	query(5, 0, 1, "a", A); /* glibc's single-request, which it turns to */
	reply(5.1, 0, 1, "a", A);
	query(5.1, 0, 2, "a", AAAA);
	reply(5.3, 0, 2, "a", AAAA);
	pair(6);
	ASSERT_EXCHANGE(0, ANSWERED, 0.1);
	ASSERT_EXCHANGE(1, SILENT, 5);
	ASSERT_EXCHANGE(2, ANSWERED, 0.1);
	ASSERT_EXCHANGE(3, ANSWERED, 0.2);
	assert_int_equal(list[2].round, list[3].round);
	end_of(4);
}

static void test_retries(void **state)
{
	(void)state;
	begin();
	query(0, 0, 7, "a", A);
	query(5, 1, 7, "a", A);
	query(8, 0, 7, "a", A);
	query(13, 1, 7, "a", A);
	reply(13.5, 1, 7, "a", A);
	pair(14);
	ASSERT_EXCHANGE(0, SILENT, 5);
	ASSERT_EXCHANGE(1, SILENT, 3);
	ASSERT_EXCHANGE(2, SILENT, 5);
	ASSERT_EXCHANGE(3, ANSWERED, 0.5);
	end_of(4);
}

/* To one server again: the last query is the one that is answered. */
static void test_same_server_again(void **state)
{
	(void)state;
	begin();
	query(0, 0, 7, "a", A);
	query(5, 0, 7, "a", A);
	reply(6, 0, 7, "a", A);
	reply(9, 0, 7, "a", A)->ignored = "answered already";
	pair(10);
	ASSERT_EXCHANGE(0, SILENT, 5);
	ASSERT_EXCHANGE(1, ANSWERED, 1);
	end_of(2);
}

static void test_late(void **state)
{
	(void)state;
	begin();
	query(0, 0, 7, "a", A);
	query(5, 1, 7, "a", A);
	reply(6, 0, 7, "a", A); /* glibc waits for the other server now */
	reply(6.5, 1, 7, "a", A);
	pair(7);
	ASSERT_EXCHANGE(0, LATE, 5);
	assert_int_equal(list[0].reply->at_us, 6000000);
	ASSERT_EXCHANGE(1, ANSWERED, 1.5);
	end_of(2);
	/* While glibc asks for the other type of the same name there, it still takes it. */
	begin();
	query(0, 0, 1, "a", A);
	query(0, 0, 2, "a", AAAA);
	reply(0, 0, 1, "a", A);
	query(5, 0, 1, "a", A);
	reply(6, 0, 2, "a", AAAA);
	pair(7);
	ASSERT_EXCHANGE(1, ANSWERED, 6);
	ASSERT_EXCHANGE(2, SILENT, 2);
	end_of(3);
}

static void test_truncated(void **state)
{
	(void)state;
	begin();
	query(0, 0, 1, "a", A);
	query(0, 0, 2, "a", AAAA);
	reply(0.1, 0, 1, "a", A)->message.is_truncated = true;
	query(0.2, 0, 1, "a", A);
	packets[3].is_tcp = true;
	query(0.2, 0, 2, "a", AAAA);
	packets[4].is_tcp = true;
	reply(0.5, 0, 2, "not.even.this", AAAA)->is_tcp = true; /* by TCP glibc tests the id alone */
	reply(0.7, 0, 1, "a", A)->is_tcp = true;
	pair(1);
	ASSERT_EXCHANGE(0, ANSWERED, 0.1);
	ASSERT_EXCHANGE(1, ABANDONED, 0.2);
	ASSERT_EXCHANGE(2, ANSWERED, 0.5);
	ASSERT_EXCHANGE(3, ANSWERED, 0.3);
	assert_true(list[2].is_tcp);
	end_of(4);
}

/* glibc took the whole answer, and asks anew: it had no room for it. */
static void test_larger_buffer(void **state)
{
	(void)state;
	begin();
	query(0, 0, 1, "a", A);
	query(0, 0, 2, "a", AAAA);
	reply(0.1, 0, 1, "a", A)->message.is_truncated = true;
	query(0.2, 0, 1, "a", A);
	query(0.2, 0, 2, "a", AAAA);
	reply(0.3, 0, 2, "a", AAAA);
	reply(0.3, 0, 1, "a", A)->message.wanted_count = 60;
	for (size_t i = 3; i < 7; i++)
		packets[i].is_tcp = true;
	query(0.4, 0, 3, "a", A);
	query(0.4, 0, 4, "a", AAAA);
	pair(1);
	assert_int_equal(count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(list[i].is_for_larger_buffer, i >= 4);
	free(list);
#define ASSERT_NOT_LARGER(change, back)                                                        \
	do {                                                                                   \
		change;                                                                        \
		pair(1);                                                                       \
		assert_false(list[4].is_for_larger_buffer);                                    \
		free(list);                                                                    \
		back;                                                                          \
		pair(1);                                                                       \
		assert_true(list[4].is_for_larger_buffer);                                     \
		free(list);                                                                    \
	} while (0)
	/* Where the answer was not whole there is another reason. */
	ASSERT_NOT_LARGER(packets[5].message.rcode = 2, packets[5].message.rcode = 0);
	ASSERT_NOT_LARGER(packets[6].message.is_truncated = true,
			  packets[6].message.is_truncated = false);
	ASSERT_NOT_LARGER(packets[6].message.wanted_count = 0, packets[6].message.wanted_count = 60);
	ASSERT_NOT_LARGER(packets[5].ignored = "wrong id", packets[5].ignored = NULL);
	/* Sent before the reply had come; with the id it had, hence within the same try. */
	ASSERT_NOT_LARGER(packets[5].at_us = 400001, packets[5].at_us = 300000);
	ASSERT_NOT_LARGER(packets[7].message.id = 1, packets[7].message.id = 3);
	/* Another name, another kind of question. */
	ASSERT_NOT_LARGER(packets[7].message.name[0] = 'b', packets[7].message.name[0] = 'a');
	for (size_t i = 0; i < wire.count; i++)
		if (packets[i].message.type == A)
			packets[i].message.type = 6;
	pair(1);
	assert_false(list[4].is_for_larger_buffer);
	end_of(6);
#undef ASSERT_NOT_LARGER
}

/* Which half it is does not matter, but by TCP nothing is asked again for that bit. */
static void test_truncated_aaaa(void **state)
{
	(void)state;
	begin();
	query(0, 0, 1, "a", A);
	query(0, 0, 2, "a", AAAA);
	reply(0.1, 0, 2, "a", AAAA)->message.is_truncated = true;
	pair(1);
	ASSERT_EXCHANGE(0, ABANDONED, 1);
	ASSERT_EXCHANGE(1, ANSWERED, 0.1);
	end_of(2);
	packets[0].is_tcp = packets[1].is_tcp = packets[2].is_tcp = true;
	pair(1);
	ASSERT_EXCHANGE(0, SILENT, 1);
	ASSERT_EXCHANGE(1, ANSWERED, 0.1);
	end_of(2);
}

static void test_ends(void **state)
{
	struct fopnp_wire_packet *packet;

	(void)state;
	begin();
	query(0, 0, 1, "a", A);
	query(0, 0, 2, "a", AAAA);
	add(0.1, FOPNP_WIRE_REFUSED, 0, 1, "a", A)->error = ECONNREFUSED;
	add(0.1, FOPNP_WIRE_REFUSED, 0, 2, "a", AAAA)->error = ECONNREFUSED;
	query(0.2, 1, 1, "a", A);
	query(0.2, 1, 2, "a", AAAA);
	reply(0.3, 1, 1, "a", A);
	add(3, FOPNP_WIRE_UNREACHABLE, 1, 2, "a", AAAA)->error = EHOSTUNREACH;
	query(3, 2, 1, "a", A);
	packets[wire.count - 1].is_tcp = true;
	packet = add(4, FOPNP_WIRE_CLOSED, 2, 1, "a", A);
	packet->is_tcp = true;
	pair(4);
	ASSERT_EXCHANGE(0, REFUSED, 0.1);
	ASSERT_EXCHANGE(1, REFUSED, 0.1);
	assert_int_equal(list[1].error, ECONNREFUSED);
	ASSERT_EXCHANGE(2, ANSWERED, 0.1);
	ASSERT_EXCHANGE(3, UNREACHABLE, 2.8);
	assert_int_equal(list[3].error, EHOSTUNREACH);
	ASSERT_EXCHANGE(4, CLOSED, 1);
	assert_int_equal(list[4].error, 0);
	end_of(5);
}

/* A reply that glibc drops is no answer, but is told of with the question it seems to be for. */
static void test_ignored(void **state)
{
	(void)state;
	begin();
	query(0, 0, 1, "a", A);
	query(0, 0, 2, "a", AAAA);
	reply(0.1, 0, 9, "a", AAAA)->ignored = "wrong id";
	reply(0.2, 0, 1, "b", A)->ignored = "wrong question";
	reply(0.3, 0, 1, "a", A);
	pair(5);
	ASSERT_EXCHANGE(0, ANSWERED, 0.3);
	assert_string_equal(list[0].ignored, "wrong question");
	ASSERT_EXCHANGE(1, SILENT, 5);
	assert_string_equal(list[1].ignored, "wrong id");
	end_of(2);
	/* Less than a header makes glibc go on at once. */
	begin();
	query(0, 0, 1, "a", A);
	query(0, 0, 2, "a", AAAA);
	reply(0.1, 0, 1, "", 0)->ignored = "too short";
	query(0.1, 1, 1, "a", A);
	pair(5);
	ASSERT_EXCHANGE(0, SILENT, 0.1);
	ASSERT_EXCHANGE(1, ABANDONED, 0.1);
	end_of(3);
}

/* What no resolver does: replies to nothing, ids used again, everything out of order. */
static void test_hostile(void **state)
{
	(void)state;
	begin();
	reply(0, 0, 1, "a", A);
	reply(0, 0, 1, "a", A)->ignored = "wrong id";
	reply(0, 0, 3, "a", A);
	add(0, FOPNP_WIRE_REFUSED, 2, 1, "a", A);
	query(1, 0, 1, "a", A);
	query(2, 0, 1, "b", A); /* the same id for another name */
	reply(3, 0, 1, "b", A);
	reply(3, 0, 1, "a", A);
	query(4, 0, 1, "b", AAAA);
	reply(4, 0, 2, "b", AAAA); /* an id that was never sent */
	query(4, 0, 1, "b", A);
	query(4, 0, 1, "b", A);
	pair(4);
	ASSERT_EXCHANGE(0, LATE, 1);
	ASSERT_EXCHANGE(1, ANSWERED, 1);
	ASSERT_EXCHANGE(2, SILENT, 0);
	ASSERT_EXCHANGE(4, SILENT, 0);
	/* Twice the same type is two rounds. */
	assert_int_equal(list[2].round, list[1].round);
	assert_int_not_equal(list[3].round, list[2].round);
	assert_int_not_equal(list[4].round, list[3].round);
	end_of(5);
}

/* ---- as they pass ---- */

#define QUESTION   "\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"
#define QUERY      "\x12\x34\1\0" QUESTION
#define REPLY      "\x12\x34\x81\x80" QUESTION
#define RECORD(at, what, literal)                                                              \
	fopnp_wire_record_##what(seen, &channel, at, (const uint8_t *)(literal),               \
				 sizeof(literal) - 1)

static struct fopnp_wire *seen;
static struct fopnp_wire_channel channel;

static void start_recording(bool is_tcp)
{
	seen = calloc(1, sizeof(*seen));
	assert_non_null(seen);
	channel = (struct fopnp_wire_channel){ .server = 1, .is_tcp = is_tcp };
}

static const char *last_ignored(void)
{
	return seen->packets[seen->count - 1].ignored;
}

static void test_replies_by_udp(void **state)
{
	(void)state;
	start_recording(false);
	assert_false(fopnp_wire_channel_waits(&channel));
	RECORD(1, query, QUERY);
	assert_true(fopnp_wire_channel_waits(&channel));
	RECORD(2, reply, "");
	assert_string_equal(last_ignored(), "too short");
	RECORD(2, reply, "\x12\x34\x81\x80\0\1\0\0\0\0\0");
	assert_string_equal(last_ignored(), "too short");
	RECORD(2, reply, "\x12\x35\x81\x80" QUESTION);
	assert_string_equal(last_ignored(), "wrong id");
	RECORD(2, reply, "\x12\x34\x81\x80\0\0\0\0\0\0\0\0");
	assert_string_equal(last_ignored(), "no question");
	RECORD(2, reply, "\x12\x34\x81\x80\0\1\0\0\0\0\0\0\1b\0\0\1\0\1");
	assert_string_equal(last_ignored(), "wrong question");
	RECORD(2, reply, "\x12\x34\x81\x80\0\1\0\0\0\0\0\0\1a\0\0\x1c\0\1");
	assert_string_equal(last_ignored(), "wrong question");
	RECORD(2, reply, "\x12\x34\x81\x80\0\1\0\0\0\0\0\0\1a\0\0\1\0\3");
	assert_string_equal(last_ignored(), "wrong question");
	RECORD(2, reply, "\x12\x34\x81\x80\0\2\0\0\0\0\0\0\1a\0\0\1\0\1\1a\0\0\1\0\1");
	assert_string_equal(last_ignored(), "wrong question");
	assert_true(fopnp_wire_channel_waits(&channel));
	/* Another letter case is fine, and no reply bit, too. */
	RECORD(3, reply, "\x12\x34\1\0\0\1\0\0\0\0\0\0\1A\0\0\1\0\1");
	assert_null(last_ignored());
	assert_false(fopnp_wire_channel_waits(&channel));
	RECORD(4, reply, REPLY);
	assert_string_equal(last_ignored(), "answered already");
	assert_int_equal(seen->packets[0].server, 1);
	assert_int_equal(seen->packets[seen->count - 1].at_us, 4);
	fopnp_wire_free(seen);
}

static void test_replies_by_tcp(void **state)
{
	(void)state;
	start_recording(true);
	RECORD(1, query, QUERY);
	RECORD(2, reply, "\x12\x34");
	assert_string_equal(last_ignored(), "too short");
	RECORD(2, reply, "\x12\x35\x81\x80" QUESTION);
	assert_string_equal(last_ignored(), "wrong id");
	RECORD(2, reply, "\x12\x34\x81\x80\0\1\0\0\0\0\0\0\1b\0\0\1\0\1");
	assert_null(last_ignored());
	RECORD(2, reply, REPLY);
	assert_string_equal(last_ignored(), "answered already");
	fopnp_wire_free(seen);
}

static void test_record_end(void **state)
{
	(void)state;
	start_recording(false);
	RECORD(1, query, QUERY);
	RECORD(1, query, "\x12\x36\1\0\0\1\0\0\0\0\0\0\1a\0\0\x1c\0\1");
	RECORD(2, query, QUERY); /* again: one question, not two */
	assert_int_equal(seen->packets[1].retry, 0);
	assert_int_equal(seen->packets[2].retry, 1);
	fopnp_wire_record_end(seen, &channel, 3, FOPNP_WIRE_REFUSED, ECONNREFUSED);
	assert_int_equal(seen->count, 5);
	assert_int_equal(seen->packets[3].message.id, 0x1234);
	assert_int_equal(seen->packets[4].message.id, 0x1236);
	assert_int_equal(seen->packets[4].error, ECONNREFUSED);
	/* Nothing is left that could end. */
	fopnp_wire_record_end(seen, &channel, 4, FOPNP_WIRE_REFUSED, ECONNREFUSED);
	assert_int_equal(seen->count, 5);
	fopnp_wire_free(seen);
}

static void test_limits(void **state)
{
	(void)state;
	start_recording(false);
	for (unsigned i = 0; i < FOPNP_WIRE_PACKETS + 10; i++) {
		uint8_t bytes[] = QUERY;

		bytes[1] = (uint8_t)i;
		fopnp_wire_record_query(seen, &channel, i, bytes, sizeof(bytes) - 1);
		if (i + 1 == FOPNP_WIRE_PACKETS)
			assert_false(seen->is_cut);
	}
	assert_int_equal(seen->count, FOPNP_WIRE_PACKETS);
	assert_true(seen->is_cut);
	assert_int_equal(seen->packets[FOPNP_WIRE_PACKETS - 1].retry, FOPNP_WIRE_PACKETS - 1);
	fopnp_wire_free(seen);
	/* Garbage instead of a query. */
	start_recording(true);
	RECORD(1, query, "");
	assert_false(seen->packets[0].is_parsed);
	assert_false(fopnp_wire_channel_waits(&channel));
	fopnp_wire_free(seen);
}

/* Replies that glibc drops, in their thousands: what it asks and takes is kept all the same. */
static void test_flood(void **state)
{
	(void)state;
	start_recording(false);
	RECORD(1, query, QUERY);
	for (unsigned i = 0; i < 2 * FOPNP_WIRE_PACKETS; i++)
		RECORD(2, reply, "\x12\x35\x81\x80" QUESTION);
	RECORD(3, reply, "\x12\x35\x81\x80\0\1\0\0\0\0\0\0\1b\0\0\1\0\1");
	assert_int_equal(seen->count, 3);
	assert_int_equal(seen->packets[1].alike, 2 * FOPNP_WIRE_PACKETS - 1);
	assert_int_equal(seen->packets[2].alike, 0);
	/* A new query, and the same reply is told again. */
	RECORD(4, query, QUERY);
	RECORD(5, reply, "\x12\x35\x81\x80" QUESTION);
	assert_int_equal(seen->count, 5);
	assert_int_equal(seen->packets[4].alike, 0);
	assert_false(seen->is_cut);
	/* Both halves are dropped: whichever query came between, each is told. */
	RECORD(6, query, "\x12\x36\1\0\0\1\0\0\0\0\0\0\1a\0\0\x1c\0\1");
	for (unsigned i = 0; i < 2; i++) {
		RECORD(7, reply, "\x12\x34\x81\x80\0\0\0\0\0\0\0\0");
		RECORD(7, reply, "\x12\x36\x81\x80\0\0\0\0\0\0\0\0");
	}
	assert_int_equal(seen->count, 8);
	assert_int_equal(seen->packets[6].message.id, 0x1234);
	assert_int_equal(seen->packets[7].message.id, 0x1236);
	assert_int_equal(seen->packets[7].alike, 1);
	/* Each of another name: a part of the room is not theirs. */
	for (unsigned i = 0; i < 2 * FOPNP_WIRE_PACKETS; i++) {
		uint8_t bytes[] = "\x12\x35\x81\x80\0\1\0\0\0\0\0\0\2ab\0\0\1\0\1";

		bytes[13] = (uint8_t)(i >> 8);
		bytes[14] = (uint8_t)i;
		fopnp_wire_record_reply(seen, &channel, 6, bytes, sizeof(bytes) - 1);
	}
	assert_true(seen->is_cut);
	assert_int_equal(seen->count, FOPNP_WIRE_PACKETS / 4 + 3);
	RECORD(7, reply, REPLY);
	assert_null(last_ignored());
	assert_int_equal(seen->packets[seen->count - 1].at_us, 7);
	fopnp_wire_free(seen);
}

static bool lacks(const char *bytes, size_t len)
{
	return fopnp_wire_channel_lacks(&channel, (const uint8_t *)bytes, len);
}

/* The half of a pair that comes when glibc has closed its socket already. */
static void test_other_half(void **state)
{
#define AAAA_OF(name) BYTES("\x12\x36\1\0\0\1\0\0\0\0\0\0\1" name "\0\0\x1c\0\1")

	(void)state;
	start_recording(false);
	assert_false(lacks(AAAA_OF("a")));
	RECORD(1, query, QUERY);
	assert_true(lacks(AAAA_OF("a")));
	assert_true(lacks(AAAA_OF("A")));
	/* Of another name, another type; a reply; not again; garbage. */
	assert_false(lacks(AAAA_OF("b")));
	assert_false(lacks(BYTES("\x12\x36\1\0\0\1\0\0\0\0\0\0\1a\0\0\x0c\0\1")));
	assert_false(lacks(BYTES("\x12\x36\x81\0\0\1\0\0\0\0\0\0\1a\0\0\x1c\0\1")));
	assert_false(lacks(BYTES(QUERY)));
	assert_false(lacks(BYTES("\x12")));
	RECORD(2, query, "\x12\x36\1\0\0\1\0\0\0\0\0\0\1a\0\0\x1c\0\1");
	assert_false(lacks(AAAA_OF("a")));
	fopnp_wire_free(seen);
}

/* Our own trouble is no failure of a server. */
static void test_broken(void **state)
{
	static const int errors[] = { EMFILE, ENFILE, ENOBUFS, ENOMEM };

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		start_recording(false);
		RECORD(1, query, QUERY);
		fopnp_wire_record_failure(seen, &channel, 2, errors[i]);
		assert_int_equal(seen->count, 1);
		assert_true(seen->is_broken);
		fopnp_wire_break(seen, EIO);
		assert_int_equal(seen->broken_error, errors[i]);
		fopnp_wire_free(seen);
	}
	start_recording(false);
	RECORD(1, query, QUERY);
	fopnp_wire_record_failure(seen, &channel, 2, EHOSTUNREACH);
	assert_int_equal(seen->packets[1].event, FOPNP_WIRE_UNREACHABLE);
	assert_int_equal(seen->packets[1].error, EHOSTUNREACH);
	RECORD(3, query, QUERY);
	fopnp_wire_record_failure(seen, &channel, 4, ECONNREFUSED);
	assert_int_equal(seen->packets[3].event, FOPNP_WIRE_REFUSED);
	assert_false(seen->is_broken);
	fopnp_wire_free(seen);
}

static void test_json(void **state)
{
	static const char *const servers[] = { "192.0.2.1", "2001:db8::1" };
	char *text;
	json_t *array;

	(void)state;
	start_recording(false);
	RECORD(1, query, "\x12\x34\1\0\0\1\0\0\0\0\0\0\1\xff\0\0\1\0\1");
	RECORD(2, reply, "\x12\x34\x83\x83\0\1\0\0\0\0\0\0\1\xff\0\0\1\0\1");
	channel.server = 2; /* one that is not known */
	channel.questions[0].is_answered = false;
	fopnp_wire_record_end(seen, &channel, 3, FOPNP_WIRE_UNREACHABLE, ENETUNREACH);
	array = fopnp_wire_to_json(seen, servers, 2);
	text = json_dumps(array, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(
		text,
		"[{\"answers\":null,\"at_us\":1,\"direction\":\"query\",\"error\":null,"
		"\"ignored\":null,\"name\":\"\\\\255\",\"rcode\":null,\"retry\":0,"
		"\"server\":\"2001:db8::1\",\"transport\":\"udp\",\"truncated\":null,"
		"\"ttl\":null,\"type\":\"A\"},"
		"{\"answers\":0,\"at_us\":2,\"direction\":\"reply\",\"error\":null,"
		"\"ignored\":null,\"name\":\"\\\\255\",\"rcode\":\"NXDOMAIN\",\"retry\":null,"
		"\"server\":\"2001:db8::1\",\"transport\":\"udp\",\"truncated\":true,"
		"\"ttl\":null,\"type\":\"A\"},"
		"{\"answers\":null,\"at_us\":3,\"direction\":\"unreachable\","
		"\"error\":\"ENETUNREACH\",\"ignored\":null,\"name\":\"\\\\255\",\"rcode\":null,"
		"\"retry\":null,\"server\":null,\"transport\":\"udp\",\"truncated\":null,"
		"\"ttl\":null,\"type\":\"A\"}]");
	free(text);
	json_decref(array);
	fopnp_wire_free(seen);
	fopnp_wire_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_answered),
		cmocka_unit_test(test_search_list),
		cmocka_unit_test(test_dropped_aaaa),
		cmocka_unit_test(test_retries),
		cmocka_unit_test(test_same_server_again),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_larger_buffer),
		cmocka_unit_test(test_truncated_aaaa),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_replies_by_udp),
		cmocka_unit_test(test_replies_by_tcp),
		cmocka_unit_test(test_record_end),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_other_half),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
