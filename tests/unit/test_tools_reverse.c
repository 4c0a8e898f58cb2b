/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of addresses: how they stand to each other, and the names that a call gives. */
#include "tools/reverse.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

static void check_relation(const char *a, const char *b, enum fopnp_reverse_relation expected)
{
	if (fopnp_reverse_compare(a, b) != expected || fopnp_reverse_compare(b, a) != expected)
		fail_msg("%s and %s", a, b);
}

static void test_compare(void **state)
{
	(void)state;
	check_relation("www.example.com", "WWW.example.com.", FOPNP_REVERSE_SAME);
	check_relation("www", "www", FOPNP_REVERSE_SAME);
	check_relation("www.example.com", "example.com", FOPNP_REVERSE_RELATED);
	check_relation("www.example.com", "host7.example.com", FOPNP_REVERSE_RELATED);
	check_relation("a.b.example.com", "example.com.", FOPNP_REVERSE_RELATED);
	check_relation("example.com", "example.org", FOPNP_REVERSE_OTHER);
	check_relation("example.com", "other.com", FOPNP_REVERSE_OTHER);
	check_relation("example.com", "com", FOPNP_REVERSE_OTHER);
	check_relation("bbc.co.uk", "itv.co.uk", FOPNP_REVERSE_OTHER);
	check_relation("www.bbc.co.uk", "bbc.co.uk", FOPNP_REVERSE_RELATED);
	check_relation("a.com.au", "b.com.au", FOPNP_REVERSE_OTHER);
	check_relation("www.hp.com", "hp.com", FOPNP_REVERSE_RELATED);
	check_relation("www.hp.com", "mail.hp.com", FOPNP_REVERSE_RELATED);
	check_relation("www.gm.de", "gm.de", FOPNP_REVERSE_RELATED);
	check_relation("www.badexample.com", "example.com", FOPNP_REVERSE_OTHER);
	check_relation("printer", "printer.corp.example", FOPNP_REVERSE_OTHER);
	check_relation("", "www.example.com", FOPNP_REVERSE_OTHER);
	check_relation(".", "..", FOPNP_REVERSE_OTHER);
}

static void check_same(const char *a, const char *b, bool expected)
{
	struct fopnp_request_address left, right;

	assert_true(fopnp_request_parse_address(a, &left));
	assert_true(fopnp_request_parse_address(b, &right));
	if (fopnp_reverse_is_same(&left, &right) != expected)
		fail_msg("%s and %s", a, b);
}

static void test_same_address(void **state)
{
	(void)state;
	check_same("192.0.2.1", "192.0.2.1", true);
	check_same("192.0.2.1", "::ffff:192.0.2.1", true);
	check_same("192.0.2.1", "::ffff:192.0.2.2", false);
	check_same("192.0.2.1", "::192.0.2.1", false);
	check_same("fe80::1%1", "fe80::1", true);
	check_same("fe80::1%1", "fe80::1%2", false);
}

static void check_arpa(const char *address, const char *expected)
{
	struct fopnp_request_address asked;
	char name[FOPNP_ARPA_TEXT];

	assert_true(fopnp_request_parse_address(address, &asked));
	assert_true(fopnp_reverse_arpa_name(&asked, name));
	assert_string_equal(name, expected);
}

static void test_arpa(void **state)
{
	(void)state;
	check_arpa("192.0.2.7", "7.2.0.192.in-addr.arpa");
	check_arpa("::ffff:192.0.2.7", "7.2.0.192.in-addr.arpa");
	check_arpa("2001:db8::7", "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
				  "8.b.d.0.1.0.0.2.ip6.arpa");
}

static void test_names(void **state)
{
	struct fopnp_call_result *result = calloc(1, sizeof(*result));
	const char *name;

	(void)state;
	assert_non_null(result);
	assert_null(fopnp_call_next_name(result, NULL));
	strcpy(result->canonical, "first");
	name = fopnp_call_next_name(result, NULL);
	assert_string_equal(name, "first");
	assert_null(fopnp_call_next_name(result, name));
	memcpy(result->aliases, "second\0third", sizeof("second\0third"));
	result->alias_count = 2;
	assert_true(fopnp_call_result_is_sound(result));
	name = fopnp_call_next_name(result, name);
	assert_string_equal(name, "second");
	name = fopnp_call_next_name(result, name);
	assert_string_equal(name, "third");
	assert_null(fopnp_call_next_name(result, name));

	/* More than there are: a child's memory may be overwritten. */
	memset(result->aliases, 'x', sizeof(result->aliases));
	assert_false(fopnp_call_result_is_sound(result));
	result->alias_count = 1;
	result->aliases[sizeof(result->aliases) - 1] = '\0';
	assert_true(fopnp_call_result_is_sound(result));
	result->alias_count = 2;
	assert_false(fopnp_call_result_is_sound(result));
	result->alias_count = SIZE_MAX;
	assert_false(fopnp_call_result_is_sound(result));
	free(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_same_address),
		cmocka_unit_test(test_arpa),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
