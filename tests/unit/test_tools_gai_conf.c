/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gai.conf(5): which entries a file has, and which of them an address meets. */
#include "tools/gai_conf.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/unit_test.h"

static struct fopnp_gai_conf parse(const char *text, bool is_strict)
{
	struct fopnp_gai_conf conf;

	fopnp_gai_conf_parse(text, strlen(text), is_strict, &conf);
	return conf;
}

static struct fopnp_gai_value value(const struct fopnp_gai_conf *conf, enum fopnp_gai_table table,
				    const char *text)
{
	struct fopnp_request_address address = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };

	assert_int_equal(inet_pton(address.family, text, address.bytes), 1);
	return fopnp_gai_conf_value(conf, table, &address);
}

static void expect(const char *text, bool is_strict, enum fopnp_gai_table table,
		   const char *address, int number, unsigned line)
{
	struct fopnp_gai_conf conf = parse(text, is_strict);
	struct fopnp_gai_value found = value(&conf, table, address);

	if (found.value != number || found.line != line)
		fail_msg("%s of \"%s\": %d of line %u, not %d of line %u", address, text,
			 found.value, found.line, number, line);
	fopnp_gai_conf_clear(&conf);
}

static void test_built_in(void **state)
{
	static const struct {
		const char *address;
		int label, precedence;
	} known[] = {
		{ "::1", 0, 50 },	  { "2002:c000:201::1", 2, 30 }, { "::192.0.2.1", 3, 20 },
		{ "::ffff:192.0.2.1", 4, 10 }, { "192.0.2.1", 4, 10 },    { "fec0::1", 5, 40 },
		{ "feff::1", 5, 40 },	  { "fd00::1", 6, 40 },		 { "2001:0:1::1", 7, 40 },
		{ "2001:db8::1", 1, 40 }, { "fe80::1", 1, 40 },		 { "::", 3, 20 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		expect("", true, FOPNP_GAI_LABEL, known[i].address, known[i].label, 0);
		expect("", false, FOPNP_GAI_PRECEDENCE, known[i].address, known[i].precedence, 0);
	}
	expect("", true, FOPNP_GAI_SCOPE, "169.254.3.4", 2, 0);
	expect("", true, FOPNP_GAI_SCOPE, "127.9.9.9", 2, 0);
	expect("", true, FOPNP_GAI_SCOPE, "10.0.0.1", 14, 0);
}

/* One line takes the place of them all, with an entry for everything else behind it. */
static void test_one_line_replaces_the_table(void **state)
{
	static const char *const text = "# mine\nprecedence ::ffff:0:0/96 100\n";

	(void)state;
	expect(text, true, FOPNP_GAI_PRECEDENCE, "192.0.2.1", 100, 2);
	expect(text, true, FOPNP_GAI_PRECEDENCE, "::1", 40, 0);
	expect(text, true, FOPNP_GAI_PRECEDENCE, "2002::1", 40, 0);
	expect(text, true, FOPNP_GAI_LABEL, "2002::1", 2, 0);
	expect("label 2001:db8::/32 9\n", true, FOPNP_GAI_LABEL, "2002::1", 1, 0);
	expect("scopev4 10.0.0.0/8 5\n", true, FOPNP_GAI_SCOPE, "127.0.0.1", 14, 0);
	expect("precedence ::/0 7\n", true, FOPNP_GAI_PRECEDENCE, "::1", 7, 1);
	expect("scopev4 0.0.0.0/0 7\n", true, FOPNP_GAI_SCOPE, "127.0.0.1", 7, 1);
}

static void test_longest_prefix_first(void **state)
{
	static const char *const text = "label ::/0 1\nlabel 2001::/16 2\nlabel 2001:db8::/32 3\n"
					"label 2001:db8::/32 4\nlabel 2001:db8::/33 5\n"
					"label 2001:db8::1/128 6\nlabel ::/0 7\n";

	(void)state;
	expect(text, true, FOPNP_GAI_LABEL, "2001:db8::1", 6, 6);
	expect(text, true, FOPNP_GAI_LABEL, "2001:db8::2", 5, 5);
	expect(text, true, FOPNP_GAI_LABEL, "2001:db8:8000::1", 3, 3);
	expect(text, true, FOPNP_GAI_LABEL, "2001:db9::1", 2, 2);
	expect(text, true, FOPNP_GAI_LABEL, "3001::1", 1, 1);
	expect("scopev4 10.0.0.0/8 3\nscopev4 ::ffff:10.64.0.0/106 4\n", true, FOPNP_GAI_SCOPE,
	       "10.65.0.1", 4, 2);
	expect("scopev4 10.0.0.0/8 3\nscopev4 ::ffff:10.64.0.0/106 4\n", true, FOPNP_GAI_SCOPE,
	       "10.128.0.1", 3, 1);
}

/* Bits behind the prefix do not count, on either side. */
static void test_bits_behind_the_prefix(void **state)
{
	(void)state;
	expect("label 2001:db8::ffff/29 9\n", true, FOPNP_GAI_LABEL, "2001:dbf::1", 9, 1);
	expect("label 2001:db8::ffff/30 9\n", true, FOPNP_GAI_LABEL, "2001:dbf::1", 1, 0);
	expect("scopev4 192.0.2.255/25 9\n", true, FOPNP_GAI_SCOPE, "192.0.2.128", 9, 1);
	expect("scopev4 192.0.2.255/25 9\n", true, FOPNP_GAI_SCOPE, "192.0.2.127", 14, 0);
}

static void test_how_lines_are_read(void **state)
{
	static const char *const taken[] = {
		"precedence ::1/128 9",	     "\t precedence\t::1/128\r9\r\n", "precedence ::1/+128 +9",
		"precedence ::1/128 9#x",    "precedence ::1/128 9 behind",   "precedence ::1/128 009",
		"precedence ::1/128\v9\f\n", "precedence ::1/-18446744073709551488 9",
	};
	static const char *const refused[] = {
		"Precedence ::1/128 9",	 "precedence ::1/129 9",  "precedence ::1/128x 9",
		"precedence ::1/128 9x", "precedence ::1/-1 9",	  "precedence ::1/128 -1",
		"precedence ::1/128 0x9", "precedence ::g/128 9", "precedence 127.0.0.1/8 9",
		"precedence ::1/128 2147483648", "precedence ::1/99999999999999999999 9",
		"precedence ::1/128 99999999999999999999", "precedence#::1/128 9", "precedence",
		"#precedence ::1/128 9", "precedence ::1 /128 9", "precedence ::1//128 9",
		"precedence ::1%lo/128 9", "precedencex ::1/128 9",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		expect(taken[i], true, FOPNP_GAI_PRECEDENCE, "::1", 9, 1);
		expect(taken[i], false, FOPNP_GAI_PRECEDENCE, "::1", 9, 1);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		expect(refused[i], true, FOPNP_GAI_PRECEDENCE, "::1", 50, 0);
		expect(refused[i], false, FOPNP_GAI_PRECEDENCE, "::1", 50, 0);
	}
	expect("label ::1/128 2147483647", true, FOPNP_GAI_LABEL, "::1", 2147483647, 1);
	expect("scopev4 ::ffff:10.0.0.0/95 3", true, FOPNP_GAI_SCOPE, "10.0.0.1", 14, 0);
	expect("scopev4 2001:db8::/96 3", true, FOPNP_GAI_SCOPE, "10.0.0.1", 14, 0);
	expect("scopev4 10.0.0.0/33 3", true, FOPNP_GAI_SCOPE, "10.0.0.1", 14, 0);
}

/* glibc 2.41 changed what a missing number is. */
static void test_missing_numbers(void **state)
{
	(void)state;
	expect("precedence ::1/ 9\n", false, FOPNP_GAI_PRECEDENCE, "2002::1", 9, 1);
	expect("precedence ::1/ 9\n", true, FOPNP_GAI_PRECEDENCE, "2002::1", 30, 0);
	expect("precedence ::1/128\n", false, FOPNP_GAI_PRECEDENCE, "::1", 0, 1);
	expect("precedence ::1/128\n", true, FOPNP_GAI_PRECEDENCE, "::1", 50, 0);
	expect("precedence ::1 9\n", false, FOPNP_GAI_PRECEDENCE, "::1", 50, 0);
	expect("precedence ::1 9\n", true, FOPNP_GAI_PRECEDENCE, "::1", 9, 1);
	expect("precedence ::1 9\n", true, FOPNP_GAI_PRECEDENCE, "::2", 40, 0);
	expect("scopev4 10.0.0.1 9\n", true, FOPNP_GAI_SCOPE, "10.0.0.1", 9, 1);
	expect("scopev4 10.0.0.1 9\n", true, FOPNP_GAI_SCOPE, "10.0.0.2", 14, 0);
	expect("scopev4 ::ffff:10.0.0.1 9\n", true, FOPNP_GAI_SCOPE, "10.0.0.1", 9, 1);
}

static void test_what_the_file_says_of_itself(void **state)
{
	struct fopnp_gai_conf conf;

	(void)state;
	conf = parse("\n\nlabel x/1 2\nlabel ::/0 5\nscopev4 10.0.0.0/8 2\nreload yes\n", true);
	assert_int_equal(conf.first_line, 4);
	assert_int_equal(conf.unsafe_line, 0);
	assert_true(conf.is_reloaded);
	fopnp_gai_conf_clear(&conf);
	conf = parse("reload yes\nreload no\nscopev4 x 1\nscopev4 2001:db8:: 1\nscopev4 10.0.0.0 2\n",
		     false);
	assert_int_equal(conf.first_line, 0);
	assert_int_equal(conf.unsafe_line, 5);
	assert_false(conf.is_reloaded);
	fopnp_gai_conf_clear(&conf);
}

/* A NUL ends a line early but not the file. */
static void test_nul(void **state)
{
	static const char text[] = "label ::1/128 8\0junk\n\0label ::/0 1\nlabel ::2/128 9";
	struct fopnp_gai_conf conf;

	(void)state;
	fopnp_gai_conf_parse(BYTES(text), true, &conf);
	assert_int_equal(value(&conf, FOPNP_GAI_LABEL, "::1").value, 8);
	assert_int_equal(value(&conf, FOPNP_GAI_LABEL, "::2").line, 3);
	assert_int_equal(conf.tables[FOPNP_GAI_LABEL].count, 3);
	fopnp_gai_conf_clear(&conf);
}

static void test_long_file(void **state)
{
	enum { LINES = 20000, LINE = 17 };
	char *text = malloc((size_t)LINES * LINE + 1);
	struct fopnp_gai_conf conf;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', (size_t)LINES * LINE);
	for (int i = 0; i < LINES; i++)
		memcpy(text + (size_t)i * LINE, "label ::2/128 3\n", 16);
	memset(text, ' ', 100000); /* one long line */
	memcpy(text, "label", 5);
	memcpy(text + 99000, "::1/128 6\n", 10);
	text[(size_t)LINES * LINE] = '\0';
	conf = parse(text, true);
	assert_int_equal(value(&conf, FOPNP_GAI_LABEL, "::1").value, 6);
	assert_int_equal(value(&conf, FOPNP_GAI_LABEL, "::2").value, 3);
	fopnp_gai_conf_clear(&conf);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_in),
		cmocka_unit_test(test_one_line_replaces_the_table),
		cmocka_unit_test(test_longest_prefix_first),
		cmocka_unit_test(test_bits_behind_the_prefix),
		cmocka_unit_test(test_how_lines_are_read),
		cmocka_unit_test(test_missing_numbers),
		cmocka_unit_test(test_what_the_file_says_of_itself),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
