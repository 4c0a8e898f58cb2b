/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Root hints: those compiled in, those of files made by hand, and what is none. */
#include "tools/root_hints.h"

#include <arpa/inet.h>
#include <string.h>

#include "tests/unit/unit_test.h"

static unsigned line;
static const char *problem;

static bool parse(const char *text, struct fopnp_root_hints *hints)
{
	return fopnp_root_hints_parse(text, strlen(text), hints, &line, &problem);
}

static void refuse(const char *text, unsigned wanted_line, const char *wanted_problem)
{
	struct fopnp_root_hints hints;

	assert_false(parse(text, &hints));
	assert_int_equal(line, wanted_line);
	assert_string_equal(problem, wanted_problem);
	fopnp_root_hints_clear(&hints);
}

/* The thirteen servers, whose addresses have not changed all at once in thirty years. */
static void test_compiled_in(void **state)
{
	struct fopnp_root_hints hints;
	struct in_addr address;

	(void)state;
	assert_true(fopnp_root_hints_read(NULL, &hints));
	assert_int_equal(hints.count, 13);
	assert_true(hints.version >= 2024041801);
	for (size_t i = 0; i < hints.count; i++)
		assert_int_equal(hints.servers[i].count, 2);
	assert_string_equal(hints.servers[0].name, "a.root-servers.net.");
	assert_int_equal(inet_pton(AF_INET, "198.41.0.4", &address), 1);
	assert_memory_equal(&hints.servers[0].addresses[0].inet.sin_addr, &address, 4);
	assert_int_equal(hints.servers[0].addresses[0].inet.sin_port, htons(53));
	assert_int_equal(hints.servers[0].addresses[1].any.sa_family, AF_INET6);
	fopnp_root_hints_clear(&hints);
}

/* TTL and class in any order or not at all; the owner of the line before; case; no final dot. */
static void test_forms(void **state)
{
	struct fopnp_root_hints hints;

	(void)state;
	assert_true(parse("$TTL 60\n. IN 60 NS A.Lab\n\t60 IN NS b.lab.\n\n"
			  "a.LAB. A 192.0.2.1 ; a comment\n   AAAA 2001:db8::1\nb.lab 60 A 192.0.2.2\n"
			  "other.lab A 192.0.2.3\n. NS a.lab.\n"
			  "; related version of root zone: 2030010203",
			  &hints));
	assert_int_equal(hints.count, 2);
	assert_string_equal(hints.servers[0].name, "a.lab.");
	assert_string_equal(hints.servers[1].name, "b.lab.");
	assert_int_equal(hints.servers[0].count, 2);
	assert_int_equal(hints.servers[1].count, 1);
	assert_int_equal(hints.version, 2030010203);
	assert_null(hints.file);
	fopnp_root_hints_clear(&hints);
}

static void test_refused(void **state)
{
	(void)state;
	refuse("", 0, "it has no name server of the root with an address");
	refuse("; nothing\n. NS a.lab.\n", 0, "it has no name server of the root with an address");
	refuse("org. NS a.lab.\na.lab. A 192.0.2.1\n", 0,
	       "it has no name server of the root with an address");
	refuse(". NS a.lab.\na.lab. A 192.0.2.256\n", 2, "this is no address");
	refuse(". NS a.lab.\na.lab. AAAA 192.0.2.1\n", 2, "this is no address");
	refuse(" NS a.lab.\n", 1, "there is no name in front");
	refuse("\n. MX 10 a.lab.\n", 2, "this is no record of a name server or an address");
	refuse(". NS a b c d e f\n", 1, "this is no record of a name server or an address");
	refuse(". NS\n", 1, "this is no record of a name server or an address");
	refuse("$INCLUDE other\n", 1, "this is no record of a name server or an address");
}

static void test_limits(void **state)
{
	static char text[8192];
	size_t len = 0;

	(void)state;
	for (int i = 0; i <= FOPNP_ROOT_SERVERS; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ". NS s%d.\n", i);
	refuse(text, FOPNP_ROOT_SERVERS + 1, "there are too many name servers");
	len = (size_t)snprintf(text, sizeof(text), ". NS a.\n");
	for (int i = 0; i <= FOPNP_ROOT_ADDRESSES; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "a. A 192.0.2.%d\n", i);
	refuse(text, FOPNP_ROOT_ADDRESSES + 2, "a name server has too many addresses");
	memset(text, 'a', 300);
	(void)snprintf(text + 256, sizeof(text) - 256, " NS b.\n");
	refuse(text, 1, "the name is too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compiled_in),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
