/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One address before another: each rule alone, which comes first, and what it says. */
#include "tools/address_order.h"
#include "tools/address_rules.h"
#include "tools/interface_addresses.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/unit_test.h"

/* A global IPv6 address with a source of its kind. */
static struct fopnp_address_rank plain(void)
{
	return (struct fopnp_address_rank){
		.family = AF_INET6,
		.has_source = true,
		.scope = { 14, 0 },
		.source_scope = { 14, 0 },
		.label = { 1, 0 },
		.source_label = { 1, 0 },
		.precedence = { 40, 0 },
		.interface = 2,
		.is_native = true,
		.common_bits = 48,
	};
}

/* FIRST stands before SECOND by RULE, either way round. */
static void expect(const struct fopnp_address_rank *first, const struct fopnp_address_rank *second,
		   enum fopnp_address_rule rule, unsigned line, const char *text)
{
	int sign = 7;
	char *found;

	assert_int_equal(fopnp_address_rules_compare(second, first, &sign), rule);
	assert_int_equal(sign, rule == FOPNP_RULE_AS_GIVEN ? 0 : 1);
	assert_int_equal(fopnp_address_rules_compare(first, second, &sign), rule);
	assert_int_equal(sign, rule == FOPNP_RULE_AS_GIVEN ? 0 : -1);
	assert_int_equal(fopnp_address_rule_line(rule, first, second), line);
	found = fopnp_address_rule_text(rule, first, second);
	assert_string_equal(found, text);
	assert_true(strlen(found) <= 52);
	free(found);
}

/* Every rule in turn; what a later one would say the other way round is left in place. */
static void test_rules_in_turn(void **state)
{
	struct fopnp_address_rank a = plain(), b = plain();

	(void)state;
	expect(&a, &b, FOPNP_RULE_AS_GIVEN, 0, "rule 10: the source gave it first");
	b.common_bits = 64;
	expect(&b, &a, FOPNP_RULE_LONGEST_PREFIX, 0, "rule 9: 64 bits as its source, against 48");
	a.scope.value = a.source_scope.value = 5;
	expect(&a, &b, FOPNP_RULE_SMALLER_SCOPE, 0, "rule 8: site-local before global");
	a.interface = 3;
	a.is_native = false;
	expect(&b, &a, FOPNP_RULE_NATIVE, 0, "rule 7: the next goes through a tunnel");
	a.interface = FOPNP_INTERFACE_UNKNOWN;
	expect(&b, &a, FOPNP_RULE_NATIVE, 0, "rule 7: the next one's interface is unknown");
	a.precedence = (struct fopnp_gai_value){ 41, 12 };
	expect(&a, &b, FOPNP_RULE_PRECEDENCE, 12, "rule 6: precedence 41 before 40");
	a.source_label = (struct fopnp_gai_value){ 3, 5 };
	expect(&b, &a, FOPNP_RULE_MATCHING_LABEL, 5, "rule 5: label 1 fits the source's label");
	a.is_home = true;
	expect(&a, &b, FOPNP_RULE_HOME, 0, "rule 4: its source is a home address");
	a.is_deprecated = true;
	expect(&b, &a, FOPNP_RULE_DEPRECATED, 0, "rule 3: the next one's source is deprecated");
	b.source_scope = (struct fopnp_gai_value){ 2, 9 };
	expect(&a, &b, FOPNP_RULE_MATCHING_SCOPE, 9,
	       "rule 2: next is global, its source link-local");
	a.has_source = false;
	expect(&b, &a, FOPNP_RULE_REACHABLE, 0, "rule 1: only this one is reachable");
}

/* Of two that cannot be reached only what they are themselves counts. */
static void test_unreachable(void **state)
{
	struct fopnp_address_rank a = plain(), b = plain();

	(void)state;
	a.has_source = b.has_source = false;
	a.is_deprecated = true;
	a.source_scope.value = 2;
	a.label.value = 9;
	a.common_bits = 1;
	a.interface = FOPNP_INTERFACE_UNKNOWN;
	a.is_native = false;
	expect(&a, &b, FOPNP_RULE_AS_GIVEN, 0, "rule 10: the source gave it first");
	b.scope = (struct fopnp_gai_value){ 7, 4 };
	expect(&b, &a, FOPNP_RULE_SMALLER_SCOPE, 4, "rule 8: scope 7 before global");
	a.precedence.value = 2147483647;
	b.precedence.value = 0;
	expect(&a, &b, FOPNP_RULE_PRECEDENCE, 0, "rule 6: precedence 2147483647 before 0");
}

/* Rule 9 says nothing across families, and rule 7 nothing of one interface. */
static void test_rules_that_say_nothing(void **state)
{
	struct fopnp_address_rank a = plain(), b = plain();

	(void)state;
	b.family = AF_INET;
	b.common_bits = 32;
	expect(&a, &b, FOPNP_RULE_AS_GIVEN, 0, "rule 10: the source gave it first");
	a.family = AF_INET;
	a.common_bits = 0;
	expect(&b, &a, FOPNP_RULE_LONGEST_PREFIX, 0, "rule 9: it is in its source's subnet");
	a = b;
	b.is_native = false;
	expect(&a, &b, FOPNP_RULE_AS_GIVEN, 0, "rule 10: the source gave it first");
}

static struct fopnp_request_address address(const char *text)
{
	struct fopnp_request_address read = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };

	assert_int_equal(inet_pton(read.family, text, read.bytes), 1);
	return read;
}

static unsigned common(const char *one, const char *other, unsigned prefix_len)
{
	struct fopnp_request_address a = address(one), b = address(other);

	return fopnp_address_common_bits(&a, &b, prefix_len);
}

static void test_common_bits(void **state)
{
	(void)state;
	assert_int_equal(common("10.0.0.7", "10.0.0.1", 24), 29);
	assert_int_equal(common("10.0.1.7", "10.0.0.1", 24), 0);
	assert_int_equal(common("10.0.1.7", "10.0.0.1", 23), 23);
	assert_int_equal(common("10.0.0.1", "10.0.0.1", 32), 32);
	assert_int_equal(common("10.0.0.1", "10.0.0.0", 32), 0);
	assert_int_equal(common("10.0.0.1", "10.0.0.0", 31), 31);
	assert_int_equal(common("138.0.0.1", "10.0.0.1", 1), 0);
	assert_int_equal(common("11.0.0.1", "10.0.0.1", 1), 7);
	/* An unknown subnet is the source alone. */
	assert_int_equal(common("10.0.0.1", "10.0.0.1", 0), 32);
	assert_int_equal(common("10.0.0.1", "10.0.0.0", 0), 0);
	assert_int_equal(common("2001:db8::1", "2001:db8::1", 64), 128);
	assert_int_equal(common("2001:db8::1", "2001:db8::2", 64), 126);
	assert_int_equal(common("2001:db8::1", "3001:db8::1", 64), 3);
	assert_int_equal(common("a001:db8::1", "2001:db8::1", 128), 0);
}

static void test_scopes(void **state)
{
	static const struct {
		const char *address;
		int scope;
	} known[] = {
		{ "fe80::1", 2 },    { "febf::1", 2 }, { "::1", 2 },	   { "fec0::1", 5 },
		{ "fd00::1", 14 },   { "ff05::2", 5 }, { "ff1e::2", 14 },  { "::ffff:127.0.0.1", 14 },
		{ "127.0.0.1", 2 },  { "::", 14 },     { "169.254.0.1", 2 }, { "10.0.0.1", 7 },
	};
	static const char *const text = "scopev4 10.0.0.0/8 7\nscopev4 127.0.0.0/8 2\n"
					"scopev4 169.254.0.0/16 2\n";
	struct fopnp_gai_conf conf;

	(void)state;
	fopnp_gai_conf_parse(text, strlen(text), true, &conf);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct fopnp_request_address at = address(known[i].address);

		assert_int_equal(fopnp_address_scope(&conf, &at).value, known[i].scope);
	}
	fopnp_gai_conf_clear(&conf);
}

static void test_copies(void **state)
{
	static const struct {
		const char *service;
		int socktype, protocol;
		size_t copies;
	} known[] = {
		{ NULL, 0, 0, 3 },     { "", 0, 0, 3 },	  { "*", 0, 0, 3 },  { "80", 0, 0, 3 },
		{ " +80", 0, 0, 3 },   { "70000", 0, 0, 3 }, { "-1", 0, 0, 0 }, { "http", 0, 0, 0 },
		{ "80x", 0, 0, 0 },    { "http", SOCK_STREAM, 0, 1 }, { NULL, SOCK_RAW, 0, 1 },
		{ "http", 0, 17, 1 },  { "4294967295", 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct fopnp_request request = { .socktype = known[i].socktype,
						 .protocol = known[i].protocol };
		char service[16];

		if (known[i].service)
			request.service = strcpy(service, known[i].service);
		assert_int_equal(fopnp_address_order_copies(&request), known[i].copies);
	}
}

/* Loopback alone is there in every sandbox. */
static void test_few_addresses(void **state)
{
	const struct fopnp_request_address list[] = { address("127.0.0.1"), address("127.0.0.1"),
						      address("127.0.0.1") };
	struct fopnp_address_order order;

	(void)state;
	fopnp_address_order_find(list, 0, 3, &order);
	assert_int_equal(order.count, 0);
	fopnp_address_order_clear(&order);
	fopnp_address_order_find(list, 3, 0, &order);
	assert_int_equal(order.count, 1);
	assert_memory_equal(order.list[0].address.bytes, list[0].bytes, 16);
	assert_null(order.list[0].rule);
	assert_int_equal(order.list[0].rule_number, 0);
	assert_int_equal(order.gai_conf_line, 0);
	fopnp_address_order_clear(&order);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_in_turn),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_rules_that_say_nothing),
		cmocka_unit_test(test_common_bits),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_few_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
