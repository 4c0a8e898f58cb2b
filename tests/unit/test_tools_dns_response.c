/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole DNS messages: header, records, EDNS, the chain of aliases; cut and hostile ones; names compared. */
#include "tools/dns_response.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

#define PACKET(literal) ((const uint8_t *)(literal)), (sizeof(literal) - 1)
#define WWW             "\3www\7example\3com\0"
#define A_IN            "\0\1\0\1"
/* Of the question's name, at byte 12. */
#define RECORD(type, ttl) "\xc0\x0c" type "\0\1" ttl
#define ADDRESS           RECORD("\0\1", "\0\0\1\0") "\0\4\xc0\0\2\1"
#define ALIAS(from, to)   "\1" from "\0\0\5\0\1\0\0\0\1\0\3\1" to "\0"

static struct fopnp_dns_response response;

static int clear(void **state)
{
	(void)state;
	fopnp_dns_response_clear(&response);
	return 0;
}

/* A copy in a block of just its size: reading beyond it is seen. */
static bool parse(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	bool is_message;

	memcpy(copy, bytes, len);
	fopnp_dns_response_clear(&response);
	is_message = fopnp_dns_response_parse(copy, len, &response);
	free(copy);
	return is_message;
}

static void test_header(void **state)
{
	(void)state;
	assert_true(parse(PACKET("\x12\x34\x87\xb3\0\1\0\0\0\0\0\0" WWW A_IN)));
	assert_int_equal(response.id, 0x1234);
	assert_true(response.is_reply && response.is_authoritative && response.is_truncated &&
		    response.is_recursion_desired && response.is_recursion_available &&
		    response.is_authentic && response.is_checking_disabled);
	assert_int_equal(response.opcode, 0);
	assert_int_equal(response.rcode, 3);
	assert_string_equal(response.question, "www.example.com.");
	assert_int_equal(response.question_type, 1);
	assert_int_equal(response.question_class, 1);
	assert_int_equal(response.record_count, 0);
	assert_false(response.has_edns || response.is_broken);
	assert_int_equal(response.ede_code, -1);
	assert_int_equal(response.negative_ttl, -1);
	/* Each flag by itself. */
	assert_true(parse(PACKET("\0\0\x28\0\0\0\0\0\0\0\0\0")));
	assert_int_equal(response.opcode, 5);
	assert_null(response.question);
	assert_false(response.is_reply || response.is_authoritative || response.is_truncated ||
		     response.is_recursion_desired || response.is_recursion_available ||
		     response.is_authentic || response.is_checking_disabled);
#define FLAGS(bytes) PACKET("\0\0" bytes "\0\0\0\0\0\0\0\0")
	assert_true(parse(FLAGS("\x80\0")) && response.is_reply);
	assert_true(parse(FLAGS("\4\0")) && response.is_authoritative && !response.is_truncated);
	assert_true(parse(FLAGS("\2\0")) && response.is_truncated);
	assert_false(response.is_recursion_desired);
	assert_true(parse(FLAGS("\1\0")) && response.is_recursion_desired);
	assert_true(parse(FLAGS("\0\x80")) && response.is_recursion_available);
	assert_true(parse(FLAGS("\0\x20")) && response.is_authentic);
	assert_false(response.is_recursion_available || response.is_checking_disabled);
	assert_true(parse(FLAGS("\0\x10")) && response.is_checking_disabled);
	assert_false(response.is_authentic);
}

static void test_records(void **state)
{
	const struct fopnp_dns_response_record *record = NULL;

	(void)state;
	assert_true(parse(PACKET("\0\1\x81\x80\0\1\0\2\0\1\0\1" WWW A_IN ADDRESS RECORD(
		"\0\x0f", "\xff\xff\xff\xff") "\0\4\0\x0a\xc0\x0c"
		"\0\0\2\0\1\0\0\0\7\0\2\xc0\x0c" "\5odd \"\0\0\x1c\0\1\0\0\0\0\0\3\1\2\3")));
	assert_int_equal(response.record_count, 4);
	assert_false(response.is_broken);
	record = &response.records[0];
	assert_int_equal(record->section, FOPNP_DNS_ANSWER);
	assert_string_equal(record->owner, "www.example.com.");
	assert_int_equal(record->type, 1);
	assert_int_equal(record->class, 1);
	assert_int_equal(record->ttl, 256);
	assert_string_equal(record->text, "192.0.2.1");
	assert_null(record->target);
	assert_int_equal(record->data_len, 4);
	assert_memory_equal(record->data, "\xc0\0\2\1", 4);
	record = &response.records[1];
	assert_string_equal(record->text, "10 www.example.com.");
	assert_string_equal(record->target, "www.example.com.");
	assert_int_equal(record->preference, 10);
	assert_true(record->ttl == UINT32_MAX);
	record = &response.records[2];
	assert_int_equal(record->section, FOPNP_DNS_AUTHORITY);
	assert_string_equal(record->owner, ".");
	assert_int_equal(record->preference, 0);
	record = &response.records[3];
	assert_int_equal(record->section, FOPNP_DNS_ADDITIONAL);
	assert_string_equal(record->owner, "odd\\032\\\".");
	assert_true(record->is_malformed);
	assert_string_equal(record->text, "\\# 3 010203");
}

/* The first number of these types, of no others and not of malformed data. */
static void test_preference(void **state)
{
	(void)state;
#define ONE(type, data) PACKET("\0\1\x81\x80\0\0\0\1\0\0\0\0\0" type "\0\1\0\0\0\0" data)
	assert_true(parse(ONE("\0\x21", "\0\7\1\2\0\2\0\3\0")));
	assert_int_equal(response.records[0].preference, 0x102);
	assert_true(parse(ONE("\0\x40", "\0\3\1\3\0")));
	assert_int_equal(response.records[0].preference, 0x103);
	assert_true(parse(ONE("\0\x41", "\0\3\1\4\0")));
	assert_int_equal(response.records[0].preference, 0x104);
	assert_true(parse(ONE("\0\x12", "\0\3\1\5\0")));
	assert_false(response.records[0].is_malformed);
	assert_int_equal(response.records[0].preference, 0);
	assert_true(parse(ONE("\0\x0f", "\0\2\1\6")));
	assert_true(response.records[0].is_malformed);
	assert_int_equal(response.records[0].preference, 0);
	assert_true(parse(ONE("\0\x0f", "\0\0")));
	assert_true(response.records[0].is_malformed);
	/* SRV of class CHAOS is nobody knows what. */
	assert_true(parse(PACKET("\0\1\x81\x80\0\0\0\1\0\0\0\0\0\0\x21\0\3\0\0\0\0\0\0")));
	assert_false(response.records[0].is_malformed);
	assert_int_equal(response.records[0].preference, 0);
}

#define SOA(ttl, minimum) RECORD("\0\6", ttl) "\0\x16\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4" minimum

static void test_negative_ttl(void **state)
{
	(void)state;
	assert_true(parse(PACKET("\0\1\x85\x83\0\1\0\0\0\1\0\0" WWW A_IN SOA("\0\0\x0e\x10",
									     "\0\0\0\x3c"))));
	assert_int_equal(response.rcode, 3);
	assert_int_equal(response.negative_ttl, 60);
	assert_true(parse(PACKET("\0\1\x85\x83\0\1\0\0\0\1\0\0" WWW A_IN SOA("\0\0\0\x1e",
									     "\0\0\0\x3c"))));
	assert_int_equal(response.negative_ttl, 30);
	/* The first of two; an SOA that was asked for is no reason to keep anything. */
	assert_true(parse(PACKET("\0\1\x85\x83\0\1\0\0\0\2\0\0" WWW A_IN SOA("\0\0\0\1", "\0\0\0\2")
					 SOA("\0\0\0\0", "\0\0\0\0"))));
	assert_int_equal(response.negative_ttl, 1);
	assert_true(parse(PACKET("\0\1\x85\x80\0\1\0\1\0\0\0\0" WWW A_IN SOA("\0\0\0\1",
									     "\0\0\0\2"))));
	assert_int_equal(response.negative_ttl, -1);
	/* Malformed: a byte too few. */
	assert_true(parse(PACKET("\0\1\x85\x83\0\1\0\0\0\1\0\0" WWW A_IN RECORD("\0\6", "\0\0\0\1")
		"\0\x15\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0")));
	assert_int_equal(response.negative_ttl, -1);
	assert_true(response.records[0].is_malformed);
}

#define OPT(size, flags, len, options) "\0\0\x29" size flags len options
#define WITH_OPT(opt)                  PACKET("\0\1\x81\x82\0\0\0\0\0\0\0\1" opt)

static void test_edns(void **state)
{
	(void)state;
	assert_true(parse(WITH_OPT(OPT("\4\xd0", "\1\0\x80\0", "\0\0", ""))));
	assert_true(response.has_edns && response.is_dnssec_ok);
	assert_int_equal(response.edns_size, 1232);
	assert_int_equal(response.edns_version, 0);
	assert_int_equal(response.rcode, 18);
	assert_int_equal(response.record_count, 0);
	assert_true(parse(WITH_OPT(OPT("\2\0", "\0\1\0\0", "\0\0", ""))));
	assert_int_equal(response.edns_version, 1);
	assert_false(response.is_dnssec_ok);
	assert_int_equal(response.rcode, 2);
	/* Behind another option; the first of two; without a text. */
	assert_true(parse(WITH_OPT(OPT("\2\0", "\0\0\0\0", "\0\x14",
				       "\0\3\0\1x" "\0\x0f\0\5\0\6bad" "\0\x0f\0\2\0\7"))));
	assert_int_equal(response.ede_code, 6);
	assert_string_equal(response.ede_text, "bad");
	assert_false(response.is_broken);
	assert_true(parse(WITH_OPT(OPT("\2\0", "\0\0\0\0", "\0\6", "\0\x0f\0\2\xff\xff"))));
	assert_int_equal(response.ede_code, 0xffff);
	assert_null(response.ede_text);
	assert_true(parse(WITH_OPT(OPT("\2\0", "\0\0\0\0", "\0\7", "\0\x0f\0\3\0\0?"))));
	assert_string_equal(response.ede_text, "?");
	/* The first of two records. */
	assert_true(parse(PACKET("\0\1\x81\x80\0\0\0\0\0\0\0\2" OPT("\2\0", "\0\0\0\0", "\0\0", "")
					 OPT("\4\0", "\1\0\0\0", "\0\0", ""))));
	assert_int_equal(response.edns_size, 512);
	assert_int_equal(response.rcode, 0);
	assert_int_equal(response.record_count, 0);
	/* An option longer than the record, one that is cut, one without a code. */
	assert_true(parse(WITH_OPT(OPT("\2\0", "\0\0\0\0", "\0\6", "\0\x0f\0\3\0\6"))));
	assert_int_equal(response.ede_code, -1);
	assert_true(response.is_broken);
	assert_true(parse(WITH_OPT(OPT("\2\0", "\0\0\0\0", "\0\3", "\0\x0f\0"))));
	assert_true(response.is_broken);
	assert_true(parse(WITH_OPT(OPT("\2\0", "\0\0\0\0", "\0\5", "\0\x0f\0\1\0"))));
	assert_int_equal(response.ede_code, -1);
	assert_false(response.is_broken);
}

/* As far as it goes, and it is told. */
static void test_broken(void **state)
{
	static const char whole[] = "\0\1\x81\x80\0\1\0\2\0\0\0\0" WWW A_IN ADDRESS ADDRESS;

	(void)state;
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		assert_int_equal(parse((const uint8_t *)whole, len), len >= 12);
		assert_int_equal(response.is_broken, len >= 12);
		assert_int_equal(response.record_count, len >= 12 + 17 + 4 + 16);
		assert_int_equal(response.question != NULL, len >= 12 + 17 + 4);
	}
	assert_true(parse(PACKET(whole)));
	assert_false(response.is_broken);
	assert_int_equal(response.record_count, 2);
	/* Bytes behind the last record are nobody's. */
	assert_true(parse(PACKET("\0\1\x81\x80\0\0\0\0\0\0\0\0trailing")));
	assert_false(response.is_broken);
	/* An owner that points at itself: the records behind it are read. */
	assert_true(parse(PACKET("\0\1\x81\x80\0\1\0\2\0\0\0\0" WWW A_IN
				 "\xc0\x21\0\1\0\1\0\0\0\0\0\4\1\2\3\4" ADDRESS)));
	assert_true(response.is_broken);
	assert_int_equal(response.record_count, 1);
	assert_string_equal(response.records[0].text, "192.0.2.1");
}

/* A name that begins in the data and ends behind it. */
static void test_name_beyond_data(void **state)
{
	(void)state;
	assert_true(parse(PACKET("\0\1\x81\x80\0\0\0\1\0\0\0\0\0\0\6\0\1\0\0\0\1\0\2\3w"
				 "ww\0\0")));
	assert_int_equal(response.record_count, 1);
	assert_true(response.records[0].is_malformed);
	assert_string_equal(response.records[0].text, "\\# 2 0377");
}

static void test_follow(void **state)
{
	(void)state;
#define ANSWER(count) "\0\1\x81\x80\0\0\0" count "\0\0\0\0"
	assert_true(parse(PACKET(ANSWER("\3") ALIAS("b", "c") ALIAS("a", "b") ALIAS("x", "y"))));
	assert_string_equal(fopnp_dns_response_follow(&response, "A"), "c.");
	assert_string_equal(fopnp_dns_response_follow(&response, "c"), "c");
	assert_string_equal(fopnp_dns_response_follow(&response, "other."), "other.");
	assert_true(parse(PACKET(ANSWER("\2") ALIAS("a", "b") ALIAS("b", "a"))));
	assert_null(fopnp_dns_response_follow(&response, "a"));
	assert_true(parse(PACKET(ANSWER("\1") ALIAS("a", "A"))));
	assert_null(fopnp_dns_response_follow(&response, "a"));
	assert_string_equal(fopnp_dns_response_follow(&response, "b"), "b");
	/* In another section, malformed: no alias. */
	assert_true(parse(PACKET("\0\1\x81\x80\0\0\0\0\0\1\0\0" ALIAS("a", "b"))));
	assert_string_equal(fopnp_dns_response_follow(&response, "a"), "a");
	assert_true(parse(PACKET(ANSWER("\1") "\1a\0\0\5\0\1\0\0\0\1\0\2\1b")));
	assert_true(response.records[0].is_malformed);
	assert_string_equal(fopnp_dns_response_follow(&response, "a"), "a");
}

/* A chain of LEN aliases, "\1" to "\2" and so on. */
static size_t make_chain(uint8_t *bytes, unsigned len)
{
	uint8_t *at = bytes;

	memcpy(at, "\0\1\x81\x80\0\0\0\0\0\0\0\0", 12);
	at[7] = (uint8_t)len;
	at += 12;
	for (unsigned i = 0; i < len; i++) {
		memcpy(at, ALIAS("a", "b"), 16);
		at[1] = (uint8_t)(i + 128);
		at[14] = (uint8_t)(i + 129);
		at += 16;
	}
	return (size_t)(at - bytes);
}

static void test_long_chain(void **state)
{
	uint8_t bytes[12 + 16 * (FOPNP_DNS_CHAIN_MAX + 1)];

	(void)state;
	assert_true(parse(bytes, make_chain(bytes, FOPNP_DNS_CHAIN_MAX)));
	assert_int_equal(response.record_count, FOPNP_DNS_CHAIN_MAX);
	assert_string_equal(fopnp_dns_response_follow(&response, "\\128"), "\\192.");
	assert_true(parse(bytes, make_chain(bytes, FOPNP_DNS_CHAIN_MAX + 1)));
	assert_null(fopnp_dns_response_follow(&response, "\\128"));
}

static void test_next(void **state)
{
	const struct fopnp_dns_response_record *record;

	(void)state;
	assert_true(parse(PACKET("\0\1\x81\x80\0\1\0\2\0\0\0\2" WWW A_IN ADDRESS ADDRESS ADDRESS ALIAS(
		"a", "b"))));
	record = fopnp_dns_response_next(&response, NULL, FOPNP_DNS_ANSWER, "WWW.example.com", 1);
	assert_ptr_equal(record, &response.records[0]);
	record = fopnp_dns_response_next(&response, record, FOPNP_DNS_ANSWER, NULL, 0);
	assert_ptr_equal(record, &response.records[1]);
	assert_null(fopnp_dns_response_next(&response, record, FOPNP_DNS_ANSWER, NULL, 0));
	record = fopnp_dns_response_next(&response, NULL, FOPNP_DNS_ADDITIONAL, NULL, 5);
	assert_ptr_equal(record, &response.records[3]);
	assert_null(fopnp_dns_response_next(&response, NULL, FOPNP_DNS_ADDITIONAL, "b", 5));
	assert_null(fopnp_dns_response_next(&response, NULL, FOPNP_DNS_AUTHORITY, NULL, 0));
	assert_null(fopnp_dns_response_next(&response, NULL, FOPNP_DNS_ANSWER, NULL, 28));
	fopnp_dns_response_clear(&response);
	assert_null(fopnp_dns_response_next(&response, NULL, FOPNP_DNS_ANSWER, NULL, 0));
}

static void test_name_equal(void **state)
{
	(void)state;
	assert_true(fopnp_dns_name_equal("www.Example.com", "WWW.example.com."));
	assert_true(fopnp_dns_name_equal(".", ""));
	assert_true(fopnp_dns_name_equal("a\\.b.c", "A\\046b.c."));
	assert_true(fopnp_dns_name_equal("\\065\\122", "az"));
	assert_true(fopnp_dns_name_equal("\\a\\;", "a;"));
	assert_true(fopnp_dns_name_equal("\\12", "12"));
	assert_false(fopnp_dns_name_equal("a\\.b", "a.b"));
	assert_false(fopnp_dns_name_equal("a", "b"));
	assert_false(fopnp_dns_name_equal("a.b", "a"));
	assert_false(fopnp_dns_name_equal("a", "a.b"));
	assert_false(fopnp_dns_name_equal("a\\.", "a."));
	assert_false(fopnp_dns_name_equal("\\192", "\\224"));
	assert_false(fopnp_dns_name_equal("[", "{"));
	assert_false(fopnp_dns_name_equal("\\000", ""));
	/* A backslash with nothing behind it. */
	assert_true(fopnp_dns_name_equal("a\\", "a\\"));
	assert_false(fopnp_dns_name_equal("a\\", "a"));
}

static void test_name_is_within(void **state)
{
	(void)state;
	assert_true(fopnp_dns_name_is_within("www.example.com", "Example.COM."));
	assert_true(fopnp_dns_name_is_within("example.com.", "example.com"));
	assert_true(fopnp_dns_name_is_within("com", "."));
	assert_true(fopnp_dns_name_is_within(".", "."));
	assert_false(fopnp_dns_name_is_within(".", "com"));
	assert_false(fopnp_dns_name_is_within("com", "example.com"));
	assert_false(fopnp_dns_name_is_within("badexample.com", "example.com"));
	assert_false(fopnp_dns_name_is_within("www\\.example.com", "example.com"));
	assert_true(fopnp_dns_name_is_within("a.b\\.c.d", "b\\046c.d."));
	assert_false(fopnp_dns_name_is_within("example.com.org", "example.com"));
}

static void test_ede_words(void **state)
{
	(void)state;
	assert_string_equal(fopnp_dns_ede_words(0), "Other Error");
	assert_string_equal(fopnp_dns_ede_words(3), "Stale Answer");
	assert_string_equal(fopnp_dns_ede_words(9), "DNSKEY Missing");
	assert_string_equal(fopnp_dns_ede_words(18), "Prohibited");
	assert_string_equal(fopnp_dns_ede_words(22), "No Reachable Authority");
	assert_string_equal(fopnp_dns_ede_words(30), "Invalid Query Type");
	assert_null(fopnp_dns_ede_words(31));
	assert_null(fopnp_dns_ede_words(65535));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_header, clear),
		cmocka_unit_test_teardown(test_records, clear),
		cmocka_unit_test_teardown(test_preference, clear),
		cmocka_unit_test_teardown(test_negative_ttl, clear),
		cmocka_unit_test_teardown(test_edns, clear),
		cmocka_unit_test_teardown(test_broken, clear),
		cmocka_unit_test_teardown(test_name_beyond_data, clear),
		cmocka_unit_test_teardown(test_follow, clear),
		cmocka_unit_test_teardown(test_long_chain, clear),
		cmocka_unit_test_teardown(test_next, clear),
		cmocka_unit_test(test_name_equal),
		cmocka_unit_test(test_name_is_within),
		cmocka_unit_test(test_ede_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
