/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where mail goes, as far as no name server is needed: the order of hosts, address literals, what is no domain. */
#include "tools/mx.h"

#include "tools/mx_hosts.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit_test.h"

static struct fopnp_mx mx;
static struct fopnp_mx_options options;

static int clear(void **state)
{
	(void)state;
	fopnp_mx_clear(&mx);
	mx = (struct fopnp_mx){ .options = &options };
	return 0;
}

/* The first letters of the hosts' names, in their order. */
static const char *sort(const char *names, const unsigned *preferences, uint64_t seed,
			bool has_equals)
{
	static char order[FOPNP_MX_HOSTS + 1];

	(void)clear(NULL);
	options.seed = seed;
	for (size_t i = 0; names[i]; i++) {
		char name[] = { names[i], '.', '\0' };

		assert_non_null(fopnp_mx_host_add(&mx, name, preferences[i]));
	}
	assert_int_equal(fopnp_mx_hosts_sort(&mx), has_equals);
	for (size_t i = 0; i < mx.host_count; i++)
		order[i] = mx.hosts[i].name[0];
	order[mx.host_count] = '\0';
	return order;
}

static void test_preferences(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++)
		assert_string_equal(sort("dbca", (unsigned[]){ 65535, 10, 20, 0 }, seed, false),
				    "abcd");
	assert_string_equal(sort("", NULL, 1, false), "");
	assert_string_equal(sort("a", (unsigned[]){ 1 }, 1, false), "a");
}

/* Each order of three comes about once in six, whatever order they came in. */
static void test_equals(void **state)
{
	unsigned firsts[3] = { 0 };
	const unsigned equal[] = { 10, 10, 10, 5, 20 };

	(void)state;
	for (uint64_t seed = 0; seed < 3000; seed++) {
		char order[8];

		(void)strcpy(order, sort("abcyz", equal, seed, true));
		assert_true(order[0] == 'y' && order[4] == 'z');
		assert_string_equal(sort("cabyz", equal, seed, true), order);
		firsts[order[1] - 'a']++;
	}
	for (size_t i = 0; i < 3; i++)
		assert_true(firsts[i] > 850 && firsts[i] < 1150);
}

static void test_limit(void **state)
{
	(void)state;
	(void)clear(NULL);
	for (size_t i = 0; i < FOPNP_MX_HOSTS; i++)
		assert_non_null(fopnp_mx_host_add(&mx, "a.", 1));
	assert_null(fopnp_mx_host_add(&mx, "b.", 0));
	assert_int_equal(mx.host_count, FOPNP_MX_HOSTS);
}

static void check_literal(const char *given, int family, enum fopnp_mx_outcome outcome,
			  const char *note)
{
	(void)clear(NULL);
	assert_true(fopnp_mx_find(&mx, &options, given));
	assert_int_equal(mx.outcome, outcome);
	assert_int_equal(mx.host_count, 1);
	assert_int_equal(mx.hosts[0].address_count, 1);
	assert_int_equal(mx.hosts[0].addresses[0].address.family, family);
	assert_int_equal(mx.hosts[0].addresses[0].address.port, 25);
	assert_int_equal(mx.rule_count, 1);
	assert_int_equal(mx.notes.count, note != NULL);
	if (note)
		assert_string_equal(mx.notes.list[0].id, note);
}

static void test_literals(void **state)
{
	(void)state;
	check_literal("x@[192.0.2.1]", AF_INET, FOPNP_MX_DELIVER, NULL);
	check_literal("[192.0.2.1]", AF_INET, FOPNP_MX_DELIVER, NULL);
	check_literal("x@y@[ipv6:2001:db8::1]", AF_INET6, FOPNP_MX_DELIVER, "mx-ipv6-only");
	check_literal("x@[127.0.0.1]", AF_INET, FOPNP_MX_DELIVER, "mx-loopback");
	check_literal("x@[10.1.2.3]", AF_INET, FOPNP_MX_DELIVER, "mx-private-address");
	check_literal("x@[172.31.2.3]", AF_INET, FOPNP_MX_DELIVER, "mx-private-address");
	check_literal("x@[172.32.2.3]", AF_INET, FOPNP_MX_DELIVER, NULL);
}

/* Nobody is asked: there are no servers. */
static void test_no_domain(void **state)
{
	static const char *const CASES[] = {
		"",
		"@",
		"x@",
		".",
		"x@.",
		"[",
		"[]",
		"x@[]",
		"x@[192.0.2]",
		"x@[2001:db8::1]",
		"x@[IPv6:192.0.2.1]",
		"x@[IPv6:fe80::1%1]",
		"x@[192.0.2.1",
		"192.0.2.1",
		"x@192.0.2.1",
		"x@192.0.2.1.",
		"2001:db8::1",
		"a..example",
		"\xff.example",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
		(void)clear(NULL);
		if (fopnp_mx_find(&mx, &options, CASES[i]))
			fail_msg("\"%s\" is a domain", CASES[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_preferences, clear),
		cmocka_unit_test_teardown(test_equals, clear),
		cmocka_unit_test_teardown(test_limit, clear),
		cmocka_unit_test_teardown(test_literals, clear),
		cmocka_unit_test_teardown(test_no_domain, clear),
	};

	mx.options = &options;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
