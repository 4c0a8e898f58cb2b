/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events: what is written, what is read, and what is read of hostile bytes. */
#include "nss_module/lookup/event.h"

#include <errno.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

/* ---- writing ---- */

static void test_fields_are_written(void **state)
{
	static const char expected[] = "A=b\nEMPTY=\nN=-9223372036854775808\nZ=0\n"
				       "M=9223372036854775807\nTWO\n\3\0\0\0\0\0\0\0x\ny\n";
	struct fopnp_event_writer writer;
	char bytes[512];

	(void)state;
	errno = 4711;
	fopnp_event_start(&writer, bytes, sizeof(bytes));
	fopnp_event_add_text(&writer, "A", "b");
	fopnp_event_add(&writer, "EMPTY", NULL, 0);
	fopnp_event_add_number(&writer, "N", INT64_MIN);
	fopnp_event_add_number(&writer, "Z", 0);
	fopnp_event_add_number(&writer, "M", INT64_MAX);
	fopnp_event_add(&writer, "TWO", "x\ny", 3);
	assert_int_equal(fopnp_event_finish(&writer), sizeof(expected) - 1);
	assert_memory_equal(bytes, expected, sizeof(expected) - 1);
	assert_false(writer.truncated);
	assert_int_equal(errno, 4711);
}

/* For every size: whole fields in front, the note at the end, not a byte behind it. */
static void test_what_does_not_fit_is_said(void **state)
{
	static const char whole[] = "KEY=value\nLINES\n\3\0\0\0\0\0\0\0a\nb\nLAST=1\n";
	static const char note[] = "FOPNP_TRUNCATED=1\n";
	static const size_t ends[] = { 0, 10, 28, 35 };
	struct fopnp_event_writer writer;
	char bytes[128];

	(void)state;
	for (size_t size = 0; size <= sizeof(whole) - 1 + sizeof(note); size++) {
		size_t len, body;
		bool is_whole = false;

		memset(bytes, '#', sizeof(bytes));
		fopnp_event_start(&writer, bytes, size);
		fopnp_event_add_text(&writer, "KEY", "value");
		fopnp_event_add_text(&writer, "LINES", "a\nb");
		fopnp_event_add_text(&writer, "LAST", "1");
		len = fopnp_event_finish(&writer);
		assert_true(len <= size);
		assert_int_equal(bytes[len], '#');
		body = len;
		if (writer.truncated && size >= sizeof(note)) {
			assert_true(len >= sizeof(note) - 1);
			body -= sizeof(note) - 1;
			assert_memory_equal(bytes + body, note, sizeof(note) - 1);
		}
		if (!writer.truncated)
			assert_int_equal(body, sizeof(whole) - 1);
		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
			is_whole |= body == ends[i];
		/* LAST may go in where LINES did not */
		assert_true(is_whole || body == 17 || body == 7);
	}
	assert_false(writer.truncated);
}

static void test_words_are_written(void **state)
{
	char line[64] = "", all[800] = "";
	char every[256];

	(void)state;
	errno = 4711;
	assert_true(fopnp_words_add(line, sizeof(line), "source", "fopnp:hosts"));
	assert_true(fopnp_words_add_number(line, sizeof(line), "h_errno", -1));
	assert_true(fopnp_words_add(line, sizeof(line), "x", "a b=%\n"));
	assert_true(fopnp_words_add(line, sizeof(line), "e", ""));
	assert_string_equal(line, "source=fopnp:hosts h_errno=-1 x=a%20b%3D%25%0A e=");
	assert_int_equal(errno, 4711);

	for (int c = 1; c < 256; c++)
		every[c - 1] = (char)c;
	every[255] = '\0';
	assert_true(fopnp_words_add(all, sizeof(all), "w", every));
	assert_int_equal(strlen(all), 2 + 71 + 3 * (255 - 71));
	for (const char *c = all + 2; *c != '\0'; c++)
		assert_non_null(strchr("%ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789-._:/@+,~", *c));
}

static void test_words_that_do_not_fit_are_left_out(void **state)
{
	static const char whole[] = "a=1 bc=%20x";
	char line[32];

	(void)state;
	for (size_t size = 0; size <= sizeof(whole); size++) {
		memset(line, '#', sizeof(line));
		if (size > 0)
			line[0] = '\0';
		assert_int_equal(fopnp_words_add(line, size, "a", "1"), size >= 4);
		assert_int_equal(fopnp_words_add(line, size, "bc", " x"), size >= sizeof(whole));
		assert_int_equal(line[size], '#');
		if (size >= sizeof(whole))
			assert_string_equal(line, whole);
		else if (size > 0)
			assert_string_equal(line, size >= 4 ? "a=1" : "");
	}
}

/* ---- framing ---- */

static enum fopnp_event_next count_fields(const char *bytes, size_t len, size_t *out_count)
{
	struct fopnp_event_field field;
	enum fopnp_event_next next;
	size_t position = 0;

	*out_count = 0;
	while ((next = fopnp_event_next(bytes, len, &position, &field)) == FOPNP_EVENT_FIELD)
		++*out_count;
	return next;
}

static void test_fields_are_read(void **state)
{
	static const char bytes[] = "A=b=c\nLONG\n\2\0\0\0\0\0\0\0\n=\nE=\n"
				    "NONE\n\0\0\0\0\0\0\0\0\n";
	struct fopnp_event_field field;
	size_t position = 0;

	(void)state;
	assert_int_equal(fopnp_event_next(BYTES(bytes), &position, &field), FOPNP_EVENT_FIELD);
	assert_int_equal(field.key_len, 1);
	assert_int_equal(field.value_len, 3);
	assert_memory_equal(field.value, "b=c", 3);
	assert_int_equal(fopnp_event_next(BYTES(bytes), &position, &field), FOPNP_EVENT_FIELD);
	assert_memory_equal(field.key, "LONG", 4);
	assert_int_equal(field.value_len, 2);
	assert_memory_equal(field.value, "\n=", 2);
	assert_int_equal(fopnp_event_next(BYTES(bytes), &position, &field), FOPNP_EVENT_FIELD);
	assert_int_equal(field.value_len, 0);
	assert_int_equal(fopnp_event_next(BYTES(bytes), &position, &field), FOPNP_EVENT_FIELD);
	assert_memory_equal(field.key, "NONE", 4);
	assert_int_equal(field.value_len, 0);
	assert_int_equal(fopnp_event_next(BYTES(bytes), &position, &field), FOPNP_EVENT_END);
	assert_int_equal(fopnp_event_next(NULL, 0, &(size_t){ 0 }, &field), FOPNP_EVENT_END);
}

static void test_broken_framing(void **state)
{
	static const struct {
		const char *bytes;
		size_t len, fields;
	} cases[] = {
		{ BYTES("A=b"), 0 },
		{ BYTES("A=b\nB=c"), 1 },
		{ BYTES("\n"), 0 },
		{ BYTES("=b\n"), 0 },
		{ BYTES("a=b\n"), 0 },
		{ BYTES("A B=c\n"), 0 },
		{ BYTES("A\0=c\n"), 0 },
		{ BYTES("A\n"), 0 },
		{ BYTES("A\n\0\0\0\0\0\0\0\0"), 0 },
		{ BYTES("A\n\1\0\0\0\0\0\0\0\n"), 0 },
		{ BYTES("A\n\1\0\0\0\0\0\0\0xy"), 0 },
		{ BYTES("A\n\2\0\0\0\0\0\0\0x\n"), 0 },
		/* the newline behind the value lies behind the datagram */
		{ "A\n\2\0\0\0\0\0\0\0x\n\n", 12, 0 },
		{ BYTES("A\n\xff\xff\xff\xff\xff\xff\xff\xffx\n"), 0 },
		{ BYTES("A\n\xf6\xff\xff\xff\xff\xff\xff\xffx\n"), 0 },
	};
	size_t fields;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (count_fields(cases[i].bytes, cases[i].len, &fields) != FOPNP_EVENT_MALFORMED)
			fail_msg("case %zu was taken", i);
		assert_int_equal(fields, cases[i].fields);
	}
}

/* ---- words ---- */

static void assert_word(const char *line, const char *word, const char *expected)
{
	char value[64] = "untouched";

	if (!fopnp_words_get(line, strlen(line), word, value, sizeof(value)))
		(void)strcpy(value, "absent");
	assert_string_equal(value, expected);
}

static void test_words_are_read(void **state)
{
	static const char line[] = " source=files  x=a%20b%3d%25%0A e= noequals "
				   "status=NOTFOUND x=2 ";
	char value[4];

	(void)state;
	assert_word(line, "source", "files");
	assert_word(line, "x", "a b=%\n");
	assert_word(line, "e", "");
	assert_word(line, "status", "NOTFOUND");
	assert_word(line, "sourc", "absent");
	assert_word(line, "noequals", "absent");
	assert_word("", "x", "absent");
	assert_word("x=%", "x", "%");
	assert_word("x=%4", "x", "%4");
	assert_word("x=%4g%zz%", "x", "%4g%zz%");
	assert_word("x=a%00b", "x", "a?b");

	assert_true(fopnp_words_get(BYTES("x=abc"), "x", value, sizeof(value)));
	assert_string_equal(value, "abc");
	assert_false(fopnp_words_get(BYTES("x=abcd"), "x", value, sizeof(value)));
	assert_false(fopnp_words_get(BYTES("x=ab%20%20"), "x", value, sizeof(value)));
	assert_false(fopnp_words_get(BYTES("x=a"), "x", value, 0));
	assert_true(fopnp_words_get(BYTES("x=a\0b"), "x", value, sizeof(value)));
	assert_string_equal(value, "a?b");
}

static void test_words_are_listed(void **state)
{
	static const char line[] = "  file=/etc/hosts:1 file=x%20y bare long=123456789 =z e=";
	char word[6], value[13];
	size_t position = 0;

	(void)state;
	assert_true(fopnp_words_next(BYTES(line), &position, word, sizeof(word), value, 0) ==
		    false);
	position = 0;
#define NEXT fopnp_words_next(BYTES(line), &position, word, sizeof(word), value, sizeof(value))
#define ASSERT_NEXT(expected_word, expected_value)                                                 \
	do {                                                                                       \
		assert_true(NEXT);                                                                 \
		assert_string_equal(word, expected_word);                                          \
		assert_string_equal(value, expected_value);                                        \
	} while (0)
	ASSERT_NEXT("file", "/etc/hosts:1");
	ASSERT_NEXT("file", "x y");
	ASSERT_NEXT("bare", "");
	ASSERT_NEXT("long", "123456789");
	ASSERT_NEXT("", "z");
	ASSERT_NEXT("e", "");
	assert_false(NEXT);
	assert_false(NEXT);
#undef ASSERT_NEXT
#undef NEXT
	/* What does not fit is passed over. */
	position = 0;
	assert_true(fopnp_words_next(BYTES("abc=1 d=23 e=4"), &position, word, 2, value, 2));
	assert_string_equal(word, "e");
	assert_string_equal(value, "4");
	assert_false(fopnp_words_next(BYTES("abc=1 d=23 e=4"), &position, word, 2, value, 2));
}

static void test_detail(void **state)
{
	char line[16] = "";
	struct fopnp_detail detail = { .line = line, .size = sizeof(line) };

	(void)state;
	fopnp_detail_add(NULL, "a", "b");
	fopnp_detail_add_number(NULL, "a", 1);
	fopnp_detail_add(&detail, "via", "avahi");
	assert_false(detail.is_cut);
	fopnp_detail_add(&detail, "if", "eth0.1234");
	assert_true(detail.is_cut);
	fopnp_detail_add_number(&detail, "n", -12);
	assert_string_equal(line, "via=avahi n=-12");
}

static void test_words_survive_the_round(void **state)
{
	char every[256], back[256], line[800] = "";

	(void)state;
	for (int c = 1; c < 256; c++)
		every[c - 1] = (char)c;
	every[255] = '\0';
	assert_true(fopnp_words_add(line, sizeof(line), "w", every));
	assert_true(fopnp_words_get(line, strlen(line), "w", back, sizeof(back)));
	assert_string_equal(back, every);
}

/* ---- whole events ---- */

static int create_event(void **state)
{
	*state = malloc(sizeof(struct fopnp_event));
	return *state != NULL ? 0 : -1;
}

static int destroy_event(void **state)
{
	free(*state);
	return 0;
}

static void test_event_is_decoded(void **state)
{
	struct fopnp_event *event = *state;
	static const char bytes[] =
		"MESSAGE=x\nFOPNP_EVENT=1\nFOPNP_FUNCTION=gethostbyname4_r\nFOPNP_NAME=a.example\n"
		"FOPNP_FAMILY=unspec\nFOPNP_STATUS=SUCCESS\nFOPNP_ERRNO=2\nFOPNP_HERRNO=-1\n"
		"FOPNP_SOURCE=files\nFOPNP_CANONICAL=c.example\nFOPNP_ADDRESS=192.0.2.1\n"
		"FOPNP_ADDRESS=fe80::1%2\nFOPNP_TTL=300\nFOPNP_USEC=83\n"
		"FOPNP_TIME_USEC=1700000000000000\n"
		"FOPNP_ORDER_FROM=/etc/nsswitch.conf:7\nFOPNP_SEQUENCE=5\nFOPNP_DROPPED=0\n"
		"FOPNP_PID=10\nFOPNP_TID=11\nFOPNP_UID=0\nFOPNP_COMM=a b\n"
		"FOPNP_STEP=source=mdns status=UNAVAIL errno=0 h_errno=-1 usec=9 action=continue "
		"reason=not%20loaded\n"
		"FOPNP_STEP=source=files status=SUCCESS errno=0 h_errno=0 usec=70 action=return "
		"file=/etc/hosts:12 name=%41\n";

	assert_true(fopnp_event_decode(bytes, sizeof(bytes) - 1, event));
	assert_int_equal(event->version, 1);
	assert_string_equal(event->phase, "");
	assert_string_equal(event->function, "gethostbyname4_r");
	assert_string_equal(event->name, "a.example");
	assert_string_equal(event->family, "unspec");
	assert_true(event->has_status);
	assert_int_equal(event->status, NSS_STATUS_SUCCESS);
	assert_int_equal(event->error, 2);
	assert_int_equal(event->h_error, -1);
	assert_string_equal(event->source, "files");
	assert_string_equal(event->canonical, "c.example");
	assert_int_equal(event->address_count, 2);
	assert_string_equal(event->addresses[1], "fe80::1%2");
	assert_int_equal(event->ttl, 300);
	assert_int_equal(event->elapsed_us, 83);
	assert_int_equal(event->time_us, 1700000000000000);
	assert_string_equal(event->order_from, "/etc/nsswitch.conf:7");
	assert_int_equal(event->sequence, 5);
	assert_int_equal(event->dropped, 0);
	assert_int_equal(event->pid, 10);
	assert_int_equal(event->tid, 11);
	assert_int_equal(event->uid, 0);
	assert_string_equal(event->comm, "a b");
	assert_false(event->truncated);

	assert_int_equal(event->step_count, 2);
	assert_string_equal(event->steps[0].source, "mdns");
	assert_true(event->steps[0].has_result);
	assert_int_equal(event->steps[0].status, NSS_STATUS_UNAVAIL);
	assert_int_equal(event->steps[0].h_error, -1);
	assert_string_equal(event->steps[0].reason, "not loaded");
	assert_string_equal(event->steps[0].detail, "");
	assert_int_equal(event->steps[1].elapsed_us, 70);
	assert_string_equal(event->steps[1].action, "return");
	assert_string_equal(event->steps[1].detail, "file=/etc/hosts:12 name=%41");
}

static void test_absent_fields(void **state)
{
	struct fopnp_event *event = *state;

	memset(event, 0x55, sizeof(*event));
	assert_true(fopnp_event_decode(BYTES("FOPNP_EVENT=2\n"), event));
	assert_int_equal(event->version, 2);
	assert_string_equal(event->name, "");
	assert_false(event->has_status);
	assert_int_equal(event->ttl, -1);
	assert_int_equal(event->elapsed_us, -1);
	assert_int_equal(event->uid, -1);
	assert_int_equal(event->step_count + event->address_count, 0);
	assert_false(event->truncated);
}

static void test_what_is_no_event(void **state)
{
	struct fopnp_event *event = *state;

	assert_false(fopnp_event_decode(BYTES(""), event));
	assert_false(fopnp_event_decode(BYTES("MESSAGE=x\n"), event));
	assert_false(fopnp_event_decode(BYTES("FOPNP_EVENT=0\n"), event));
	assert_false(fopnp_event_decode(BYTES("FOPNP_EVENT=x\n"), event));
	assert_false(fopnp_event_decode(BYTES("FOPNP_EVENT=99999999999\n"), event));
	assert_false(fopnp_event_decode(BYTES("FOPNP_EVENT=1\nX"), event));
	assert_false(fopnp_event_decode(BYTES("FOPNP_EVENT=1\n\n"), event));
}

static void test_announcement(void **state)
{
	struct fopnp_event *event = *state;

	assert_true(fopnp_event_decode(BYTES("FOPNP_SOURCE=dns\nFOPNP_INDEX=3\nFOPNP_EVENT=1\n"
					     "FOPNP_PHASE=step\n"), event));
	assert_string_equal(event->phase, "step");
	assert_int_equal(event->phase_index, 3);
	assert_string_equal(event->phase_source, "dns");
	assert_string_equal(event->source, "");
	assert_int_equal(event->step_count, 0);
}

static void test_mark(void **state)
{
	struct fopnp_event *event = *state;

	assert_true(fopnp_event_decode(
		BYTES("FOPNP_EVENT=1\nFOPNP_PHASE=result\nFOPNP_PID=5\nFOPNP_CALL_ID=7\n"
		      "FOPNP_CALL=getaddrinfo\nFOPNP_NAME=\nFOPNP_SERVICE=80\nFOPNP_FAMILY=inet6\n"
		      "FOPNP_SOCKTYPE=1\nFOPNP_PROTOCOL=6\nFOPNP_FLAGS=40\nFOPNP_CODE=-2\n"
		      "FOPNP_HERRNO=-1\nFOPNP_PROGRAM=/bin/x y\nFOPNP_ERROR=no\nFOPNP_CHILD=9\n"
		      "FOPNP_ADDRESS=::1\nFOPNP_DROPPED=3\n"), event));
	assert_string_equal(event->phase, "result");
	assert_int_equal(event->call_id, 7);
	assert_string_equal(event->call, "getaddrinfo");
	assert_true(event->has_name);
	assert_string_equal(event->name, "");
	assert_string_equal(event->service, "80");
	assert_string_equal(event->family, "inet6");
	assert_int_equal(event->socktype, 1);
	assert_int_equal(event->protocol, 6);
	assert_int_equal(event->flags, 40);
	assert_int_equal(event->code, -2);
	assert_int_equal(event->h_error, -1);
	assert_string_equal(event->program, "/bin/x y");
	assert_string_equal(event->error_text, "no");
	assert_int_equal(event->child, 9);
	assert_int_equal(event->dropped, 3);
	assert_int_equal(event->address_count, 1);
	assert_false(event->has_status);

	assert_true(fopnp_event_decode(
		BYTES("FOPNP_EVENT=1\nFOPNP_PHASE=call\nFOPNP_CODE=-9999999999\n"
		      "FOPNP_CHILD=-1\nFOPNP_CALL_ID=-7\n"), event));
	assert_false(event->has_name);
	assert_string_equal(event->name, "");
	assert_string_equal(event->service, "");
	assert_string_equal(event->program, "");
	assert_int_equal(event->call_id, -1);
	assert_int_equal(event->socktype, -1);
	assert_int_equal(event->code, -1);
	assert_int_equal(event->child, -1);
}

/* Nothing is left of the event before, or of what lay there before the first. */
static void test_places_are_used_again(void **state)
{
	static const char full[] =
		"FOPNP_EVENT=1\nFOPNP_PHASE=step\nFOPNP_SOURCE=a\nFOPNP_INDEX=3\n"
		"FOPNP_STATUS=SUCCESS\nFOPNP_ERRNO=1\nFOPNP_HERRNO=2\nFOPNP_TRUNCATED=1\n"
		"FOPNP_DROPPED=5\nFOPNP_STEP=source=a action=return reason=b status=SUCCESS errno=1 h_errno=2 "
		"usec=3 c\n"
		"FOPNP_ADDRESS=10.0.0.1\n";
	struct fopnp_event *event = *state;

	for (int turn = 0; turn < 2; turn++) {
		if (turn == 0)
			memset(event, 0x55, sizeof(*event));
		else
			assert_true(fopnp_event_decode(BYTES(full), event));
		assert_true(fopnp_event_decode(
			BYTES("FOPNP_EVENT=1\nFOPNP_STEP=\nFOPNP_ADDRESS=\n"), event));
		assert_string_equal(event->phase, "");
		assert_string_equal(event->phase_source, "");
		assert_int_equal(event->phase_index, 0);
		assert_int_equal(event->dropped, -1);
		assert_false(event->has_status || event->truncated || event->has_name);
		assert_int_equal(event->status, 0);
		assert_int_equal(event->error, 0);
		assert_int_equal(event->h_error, 0);
		assert_int_equal(event->step_count, 1);
		assert_string_equal(event->steps[0].source, "");
		assert_string_equal(event->steps[0].action, "");
		assert_string_equal(event->steps[0].reason, "");
		assert_string_equal(event->steps[0].detail, "");
		assert_false(event->steps[0].has_result);
		assert_int_equal(event->steps[0].status, 0);
		assert_int_equal(event->steps[0].error, 0);
		assert_int_equal(event->steps[0].h_error, 0);
		assert_int_equal(event->steps[0].elapsed_us, 0);
		assert_int_equal(event->address_count, 1);
		assert_string_equal(event->addresses[0], "");
	}
}

/* The number of a step is for readers that get them out of order. */
static void test_words_of_a_step(void **state)
{
	struct fopnp_event *event = *state;

	assert_true(fopnp_event_decode(
		BYTES("FOPNP_EVENT=1\n"
		      "FOPNP_STEP=index=7 source=a sourc=b sources=c =d e errnoo=1\n"), event));
	assert_string_equal(event->steps[0].source, "a");
	assert_string_equal(event->steps[0].detail, "sourc=b sources=c =d e errnoo=1");
	assert_int_equal(event->steps[0].error, 0);
}

/* Fields in any order, unknown ones between them. */
static void test_order_of_fields(void **state)
{
	static const char *const fields[] = {
		"FOPNP_EVENT=1\n", "FOPNP_DROPPED=2\n", "FOPNP_NAME=n\n", "FOPNP_=3\n",
		"X=1\n", "FOPNP_NAMES=4\n", "FOPNP=5\n", "FOPNP_COMM=c\n", "NAME=6\n",
		"FOPNP_NAM=7\n", "FOPNP_PHASE=call\n",
	};
	/* A prime, so that each stride is another order. */
	const size_t count = sizeof(fields) / sizeof(fields[0]);
	struct fopnp_event *event = *state;
	char bytes[512];

	for (size_t stride = 1; stride < count; stride++) {
		bytes[0] = '\0';
		for (size_t i = 0; i < count; i++)
			(void)strcat(bytes, fields[i * stride % count]);
		assert_true(fopnp_event_decode(bytes, strlen(bytes), event));
		assert_string_equal(event->name, "n");
		assert_string_equal(event->comm, "c");
		assert_string_equal(event->phase, "call");
		assert_int_equal(event->dropped, 2);
		assert_int_equal(event->version, 1);
	}
}

static void test_nonsense_values(void **state)
{
	static const char bytes[] =
		"FOPNP_EVENT=1\nFOPNP_TTL=-2\nFOPNP_USEC=1e9\nFOPNP_PID=\n"
		"FOPNP_SEQUENCE=9999999999999999999\nFOPNP_STATUS=FINE\n"
		"FOPNP_ERRNO=4294967296\nFOPNP_HERRNO=--1\nFOPNP_INDEX=-1\n"
		"FOPNP_UID=7\nFOPNP_UID=8\nFOPNP_TRUNCATED=0\nFOPNP_STEP=\n"
		"FOPNP_STEP=source=a status=FINE errno=x usec=-1 h_errno= y =z\n"
		"FOPNP_DROPPED=4294967296\nFOPNP_NAME=a\nFOPNP_NAME=b\0c\n";
	struct fopnp_event *event = *state;

	assert_true(fopnp_event_decode(bytes, sizeof(bytes) - 1, event));
	assert_int_equal(event->ttl, -1);
	assert_int_equal(event->dropped, -1);
	assert_int_equal(event->elapsed_us, -1);
	assert_int_equal(event->pid, -1);
	assert_int_equal(event->sequence, -1);
	assert_false(event->has_status);
	assert_int_equal(event->error, 0);
	assert_int_equal(event->h_error, 0);
	assert_int_equal(event->phase_index, 0);
	assert_int_equal(event->uid, 8);
	assert_string_equal(event->name, "b?c");
	assert_false(event->truncated);
	assert_int_equal(event->step_count, 2);
	assert_string_equal(event->steps[0].source, "");
	assert_false(event->steps[1].has_result);
	assert_int_equal(event->steps[1].elapsed_us, 0);
	assert_string_equal(event->steps[1].detail, "y =z");
}

/* Decode FOPNP_EVENT=1 and one more field of LEN times 'x'. */
static bool decode_long(const char *key, size_t len, struct fopnp_event *event)
{
	char *value = malloc(len + 1), *bytes = malloc(len + 128);
	struct fopnp_event_writer writer;
	bool is_event;

	assert_true(value != NULL && bytes != NULL);
	memset(value, 'x', len);
	fopnp_event_start(&writer, bytes, len + 128);
	fopnp_event_add_number(&writer, "FOPNP_EVENT", 1);
	fopnp_event_add(&writer, key, value, len);
	is_event = fopnp_event_decode(bytes, fopnp_event_finish(&writer), event);
	free(value);
	free(bytes);
	return is_event;
}

static void test_limits(void **state)
{
	struct fopnp_event *event = *state;
	static char bytes[FOPNP_EVENT_SIZE];
	struct fopnp_event_writer writer;

	assert_true(decode_long("FOPNP_NAME", sizeof(event->name) - 1, event));
	assert_false(event->truncated);
	assert_int_equal(strlen(event->name), sizeof(event->name) - 1);
	assert_true(decode_long("FOPNP_NAME", 100000, event));
	assert_true(event->truncated);
	assert_int_equal(strlen(event->name), sizeof(event->name) - 1);
	assert_true(decode_long("FOPNP_ADDRESS", 64, event));
	assert_true(event->truncated);
	assert_int_equal(strlen(event->addresses[0]), 63);
	assert_true(decode_long("FOPNP_STEP", FOPNP_EVENT_DETAIL, event));
	assert_true(event->truncated);
	assert_string_equal(event->steps[0].detail, "");
	assert_true(decode_long("FOPNP_STEP", FOPNP_EVENT_DETAIL - 1, event));
	assert_false(event->truncated);
	assert_int_equal(strlen(event->steps[0].detail), FOPNP_EVENT_DETAIL - 1);

	fopnp_event_start(&writer, bytes, sizeof(bytes));
	fopnp_event_add_number(&writer, "FOPNP_EVENT", 1);
	for (int i = 0; i < FOPNP_EVENT_STEPS; i++)
		fopnp_event_add_text(&writer, "FOPNP_STEP", "source=a");
	for (int i = 0; i < FOPNP_EVENT_ADDRESSES; i++)
		fopnp_event_add_text(&writer, "FOPNP_ADDRESS", "::");
	assert_true(fopnp_event_decode(bytes, writer.used, event));
	assert_false(event->truncated);
	fopnp_event_add_text(&writer, "FOPNP_ADDRESS", "::1");
	assert_true(fopnp_event_decode(bytes, writer.used, event));
	assert_true(event->truncated);
	assert_int_equal(event->address_count, FOPNP_EVENT_ADDRESSES);
	fopnp_event_add_text(&writer, "FOPNP_STEP", "source=b");
	assert_true(fopnp_event_decode(bytes, writer.used, event));
	assert_int_equal(event->step_count, FOPNP_EVENT_STEPS);
	assert_string_equal(event->steps[FOPNP_EVENT_STEPS - 1].source, "a");

	assert_true(fopnp_event_decode(BYTES("FOPNP_EVENT=1\nFOPNP_TRUNCATED=1\n"), event));
	assert_true(event->truncated);
}

#define WITH_EVENT(test) cmocka_unit_test_setup_teardown(test, create_event, destroy_event)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_are_written),
		cmocka_unit_test(test_what_does_not_fit_is_said),
		cmocka_unit_test(test_words_are_written),
		cmocka_unit_test(test_words_that_do_not_fit_are_left_out),
		cmocka_unit_test(test_fields_are_read),
		cmocka_unit_test(test_broken_framing),
		cmocka_unit_test(test_words_are_read),
		cmocka_unit_test(test_words_are_listed),
		cmocka_unit_test(test_detail),
		cmocka_unit_test(test_words_survive_the_round),
		WITH_EVENT(test_event_is_decoded),
		WITH_EVENT(test_absent_fields),
		WITH_EVENT(test_what_is_no_event),
		WITH_EVENT(test_announcement),
		WITH_EVENT(test_mark),
		WITH_EVENT(test_places_are_used_again),
		WITH_EVENT(test_words_of_a_step),
		WITH_EVENT(test_order_of_fields),
		WITH_EVENT(test_nonsense_values),
		WITH_EVENT(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
