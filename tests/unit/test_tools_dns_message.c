/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a DNS packet says: fields, names, counts, the least TTL; and packets that lie. */
#include "tools/dns_message.h"

#include <string.h>

#include "tests/unit/unit_test.h"

/* A literal as a packet of just its bytes. */
#define PACKET(literal) ((const uint8_t *)(literal)), (sizeof(literal) - 1)
#define WWW             "\3www\7example\3com\0"
#define A_IN            "\0\1\0\1"
/* A record of the question's name, its type, and a TTL of four bytes. */
#define RECORD(type, ttl) "\xc0\x0c" type "\0\1" ttl
/* One of the name that the first record of an answer holds. */
#define OF_ALIAS(type, ttl) "\xc0\x2d" type "\0\1" ttl

static struct fopnp_dns_message message;

static void test_query(void **state)
{
	(void)state;
	assert_true(fopnp_dns_message_parse(PACKET("\x12\x34\1\0\0\1\0\0\0\0\0\0" WWW A_IN),
					    &message));
	assert_int_equal(message.id, 0x1234);
	assert_false(message.is_reply || message.is_truncated || message.is_authenticated);
	assert_true(message.has_question);
	assert_string_equal(message.name, "www.example.com");
	assert_int_equal(message.type, 1);
	assert_int_equal(message.class, 1);
	assert_int_equal(message.answer_count, 0);
	assert_int_equal(message.ttl, -1);
	assert_int_equal(message.negative_ttl, -1);
	/* The root keeps its dot; AD and TC; odd bytes and dots within a label. */
	assert_true(fopnp_dns_message_parse(PACKET("\0\0\x82\x20\0\1\0\0\0\0\0\0\0\0\2\0\1"),
					    &message));
	assert_string_equal(message.name, ".");
	assert_true(message.is_reply && message.is_truncated && message.is_authenticated);
	assert_true(fopnp_dns_message_parse(
		PACKET("\0\0\1\0\0\1\0\0\0\0\0\0\5a.\x1b\xff \0" A_IN), &message));
	assert_string_equal(message.name, "a\\.\\027\\255\\032");
}

static void test_answer(void **state)
{
	(void)state;
	/* An alias, two addresses, the least TTL in the midst. */
	assert_true(fopnp_dns_message_parse(
		PACKET("\0\1\x81\x80\0\1\0\3\0\0\0\0" WWW A_IN RECORD("\0\5", "\0\0\1\0")
		       "\0\6\3web\xc0\x10" OF_ALIAS("\0\1", "\0\0\0\x07") "\0\4\xc0\0\2\1" OF_ALIAS(
			       "\0\1", "\0\0\2\0") "\0\4\xc0\0\2\2"),
		&message));
	assert_int_equal(message.answer_count, 3);
	assert_int_equal(message.wanted_count, 2);
	assert_int_equal(message.ttl, 7);
	assert_string_equal(message.target, "web.example.com");
	/* The highest TTL is no negative one. */
	assert_true(fopnp_dns_message_parse(
		PACKET("\0\1\x81\x80\0\1\0\1\0\0\0\0" WWW A_IN RECORD("\0\1", "\xff\xff\xff\xff")
		       "\0\4\1\2\3\4"),
		&message));
	assert_true(message.ttl == UINT32_MAX);
	assert_int_equal(message.wanted_count, 1);
}

/* What glibc drops of an answer: records of other names, classes and lengths. */
static void test_foreign_records(void **state)
{
#define REPLY(count)    "\0\1\x81\x80\0\1\0" count "\0\0\0\0" WWW A_IN
#define ADDRESS(name)   name "\0\1\0\1\0\0\1\0\0\4\xc0\0\2\1"
#define ALIAS(name, to) name "\0\5\0\1\0\0\1\0\0\3\1" to "\0"

	(void)state;
	assert_true(fopnp_dns_message_parse(PACKET(REPLY("\1") ADDRESS("\3foo\0")), &message));
	assert_int_equal(message.wanted_count, 0);
	assert_int_equal(message.ignored_count, 1);
	assert_int_equal(message.answer_count, 1);
	/* Letter case makes no other name. */
	assert_true(fopnp_dns_message_parse(
		PACKET(REPLY("\2") ADDRESS("\3WWW\7eXample\3com\0") ADDRESS("\3www\0")), &message));
	assert_int_equal(message.wanted_count, 1);
	assert_int_equal(message.ignored_count, 1);
	/* Along the aliases; the name that was asked for is another one then. */
	assert_true(fopnp_dns_message_parse(
		PACKET(REPLY("\5") ALIAS("\xc0\x0c", "b") ALIAS("\1b\0", "c") ADDRESS("\1c\0")
			       ADDRESS("\1b\0") ADDRESS("\xc0\x0c")),
		&message));
	assert_string_equal(message.target, "c");
	assert_int_equal(message.wanted_count, 1);
	assert_int_equal(message.ignored_count, 2);
	/* An address before its alias is of no use; whose the alias is does not matter. */
	assert_true(fopnp_dns_message_parse(PACKET(REPLY("\2") ADDRESS("\1b\0")
							   ALIAS("\xc0\x0c", "b")),
					    &message));
	assert_int_equal(message.wanted_count, 0);
	assert_true(fopnp_dns_message_parse(
		PACKET(REPLY("\2") ALIAS("\1z\0", "b") ADDRESS("\1b\0")), &message));
	assert_int_equal(message.wanted_count, 1);
	/* Another class: of an alias, of an address; an address too short. */
	assert_true(fopnp_dns_message_parse(
		PACKET(REPLY("\2") "\xc0\x0c\0\5\0\3\0\0\1\0\0\3\1b\0" ADDRESS("\xc0\x0c")),
		&message));
	assert_string_equal(message.target, "");
	assert_int_equal(message.wanted_count, 1);
	assert_true(fopnp_dns_message_parse(
		PACKET(REPLY("\1") "\xc0\x0c\0\1\0\3\0\0\1\0\0\4\1\2\3\4"), &message));
	assert_int_equal(message.wanted_count, 0);
	assert_true(fopnp_dns_message_parse(
		PACKET(REPLY("\1") "\xc0\x0c\0\1\0\1\0\0\1\0\0\3\1\2\3"), &message));
	assert_int_equal(message.wanted_count, 0);
	assert_int_equal(message.ignored_count, 1);
}

/* The first name of a reverse lookup, as glibc judges it. */
static void test_refused_name(void **state)
{
#define PTR_REPLY(count) "\0\1\x81\x80\0\1\0" count "\0\0\0\0" WWW "\0\x0c\0\1"
#define GOOD RECORD("\0\x0c", "\0\0\1\0") "\0\7\1a\3b_c\0"
#define ODD  RECORD("\0\x0c", "\0\0\1\0") "\0\7\1a\3b;c\0"
#define DASH RECORD("\0\x0c", "\0\0\1\0") "\0\4\2-a\0"

	(void)state;
	assert_true(fopnp_dns_message_parse(PACKET(PTR_REPLY("\1") GOOD), &message));
	assert_int_equal(message.wanted_count, 1);
	assert_false(message.is_name_refused);
	assert_true(fopnp_dns_message_parse(PACKET(PTR_REPLY("\1") ODD), &message));
	assert_true(message.is_name_refused);
	assert_true(fopnp_dns_message_parse(PACKET(PTR_REPLY("\1") DASH), &message));
	assert_true(message.is_name_refused);
	assert_true(fopnp_dns_message_parse(PACKET(PTR_REPLY("\2") GOOD ODD), &message));
	assert_false(message.is_name_refused);
	assert_true(fopnp_dns_message_parse(PACKET(PTR_REPLY("\2") ODD GOOD), &message));
	assert_true(message.is_name_refused);
	/* Nobody asked for it. */
	assert_true(fopnp_dns_message_parse(
		PACKET("\0\1\x81\x80\0\1\0\2\0\0\0\0" WWW A_IN RECORD(
			       "\0\1", "\0\0\2\0") "\0\4\xc0\0\2\1" ODD),
		&message));
	assert_int_equal(message.answer_count, 2);
	assert_false(message.is_name_refused);
}

static void test_negative(void **state)
{
	(void)state;
	/* NXDOMAIN with a SOA of TTL 3600 and minimum 60; then the other way round. */
	assert_true(fopnp_dns_message_parse(
		PACKET("\0\1\x85\x83\0\1\0\0\0\1\0\0" WWW A_IN RECORD("\0\6", "\0\0\x0e\x10")
		       "\0\x16\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\x3c"),
		&message));
	assert_int_equal(message.rcode, 3);
	assert_int_equal(message.negative_ttl, 60);
	assert_int_equal(message.ttl, -1);
	assert_true(fopnp_dns_message_parse(
		PACKET("\0\1\x85\x83\0\1\0\0\0\1\0\0" WWW A_IN RECORD("\0\6", "\0\0\0\5")
		       "\0\x16\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\x3c"),
		&message));
	assert_int_equal(message.negative_ttl, 5);
	/* The upper bits of the code stand in the OPT record. */
	assert_true(fopnp_dns_message_parse(PACKET("\0\1\x81\x80\0\1\0\0\0\0\0\1" WWW A_IN
						   "\0\0\x29\4\xd0\1\0\0\0\0\0"),
					    &message));
	assert_int_equal(message.rcode, 16);
}

/* What glibc takes for "ask another one". */
static void test_referral(void **state)
{
	(void)state;
	assert_true(fopnp_dns_message_parse(PACKET("\0\1\x81\0\0\1\0\0\0\0\0\0" WWW A_IN),
					    &message));
	assert_true(message.is_referral);
	/* RA; AA; an error; an additional record. */
	assert_true(fopnp_dns_message_parse(PACKET("\0\1\x81\x80\0\1\0\0\0\0\0\0" WWW A_IN),
					    &message));
	assert_false(message.is_referral);
	assert_true(fopnp_dns_message_parse(PACKET("\0\1\x85\0\0\1\0\0\0\0\0\0" WWW A_IN),
					    &message));
	assert_false(message.is_referral);
	assert_true(fopnp_dns_message_parse(PACKET("\0\1\x81\3\0\1\0\0\0\0\0\0" WWW A_IN),
					    &message));
	assert_false(message.is_referral);
	assert_true(fopnp_dns_message_parse(PACKET("\0\1\x81\0\0\1\0\0\0\0\0\1" WWW A_IN),
					    &message));
	assert_false(message.is_referral);
}

static void test_broken(void **state)
{
	(void)state;
	assert_false(fopnp_dns_message_parse(PACKET(""), &message));
	assert_false(fopnp_dns_message_parse(PACKET("\0\1\x81\x80\0\0\0\0\0\0\0"), &message));
	/* No question is none; half a one is no message. */
	assert_true(fopnp_dns_message_parse(PACKET("\0\1\x81\x80\0\0\0\0\0\0\0\0"), &message));
	assert_false(message.has_question);
	assert_false(fopnp_dns_message_parse(PACKET("\0\1\x81\x80\0\1\0\0\0\0\0\0" WWW "\0\1\0"),
					     &message));
	assert_false(message.has_question);
	assert_string_equal(message.name, "");
	/* A pointer to itself, and one beyond the end. */
	assert_false(fopnp_dns_message_parse(
		PACKET("\0\1\x81\x80\0\1\0\0\0\0\0\0\xc0\x0c" A_IN), &message));
	assert_false(fopnp_dns_message_parse(
		PACKET("\0\1\x81\x80\0\1\0\0\0\0\0\0\xc0\xff" A_IN), &message));
	/* What stands before the record that is cut off counts, as do promises without records. */
	assert_true(fopnp_dns_message_parse(
		PACKET("\0\1\x81\x80\0\1\xff\xff\xff\xff\xff\xff" WWW A_IN RECORD("\0\1", "\0\0\0\7")
		       "\0\4\1\2\3\4" RECORD("\0\1", "\0\0\0\1") "\0\4\1\2\3"),
		&message));
	assert_int_equal(message.answer_count, 1);
	assert_int_equal(message.ttl, 7);
	/* An alias whose target cannot be read. */
	assert_true(fopnp_dns_message_parse(
		PACKET("\0\1\x81\x80\0\1\0\1\0\0\0\0" WWW A_IN RECORD("\0\5", "\0\0\0\7")
		       "\0\2\xc0\x2d"),
		&message));
	assert_string_equal(message.target, "");
	assert_int_equal(message.answer_count, 1);
}

static void test_words(void **state)
{
	char text[FOPNP_DNS_WORD_TEXT];

	(void)state;
	assert_string_equal(fopnp_dns_type_name(1, text), "A");
	assert_string_equal(fopnp_dns_type_name(28, text), "AAAA");
	assert_string_equal(fopnp_dns_type_name(65000, text), "TYPE65000");
	assert_string_equal(fopnp_dns_type_name(51, text), "NSEC3PARAM");
	assert_string_equal(fopnp_dns_type_name(32769, text), "DLV");
	assert_string_equal(fopnp_dns_type_name(0, text), "TYPE0");
	assert_string_equal(fopnp_dns_rcode_name(3, text), "NXDOMAIN");
	assert_string_equal(fopnp_dns_rcode_name(3841, text), "RCODE3841");
}

static void test_numbers(void **state)
{
	unsigned number;

	(void)state;
	assert_true(fopnp_dns_type_number("HTTPS", &number) && number == 65);
	assert_true(fopnp_dns_type_number("nsap-Ptr", &number) && number == 23);
	assert_true(fopnp_dns_type_number("type65535", &number) && number == 65535);
	assert_true(fopnp_dns_type_number("TYPE1", &number) && number == 1);
	assert_true(fopnp_dns_rcode_number("NXDOMAIN", &number) && number == 3);
	assert_true(fopnp_dns_rcode_number("RCODE3841", &number) && number == 3841);
	assert_false(fopnp_dns_type_number("TYPE65536", &number));
	assert_false(fopnp_dns_type_number("TYPE", &number));
	assert_false(fopnp_dns_type_number("TYPE-1", &number));
	assert_false(fopnp_dns_type_number("TYPE1x", &number));
	assert_false(fopnp_dns_type_number("AAA", &number));
	assert_false(fopnp_dns_type_number("", &number));
	assert_false(fopnp_dns_rcode_number("RCODE", &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_query),	 cmocka_unit_test(test_answer),
		cmocka_unit_test(test_negative), cmocka_unit_test(test_referral),
		cmocka_unit_test(test_broken),	 cmocka_unit_test(test_words),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_refused_name),
		cmocka_unit_test(test_foreign_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
