/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nscd.conf(5): what it says of the cache of hosts. */
#include "tools/nscd_conf.h"

#include <limits.h>
#include <string.h>

#include "tests/unit/unit_test.h"

static struct fopnp_nscd_conf parse(const char *text)
{
	struct fopnp_nscd_conf conf;

	fopnp_nscd_conf_parse(text, strlen(text), &conf);
	return conf;
}

static void assert_value(struct fopnp_nscd_value value, long number, unsigned line)
{
	assert_int_equal(value.value, number);
	assert_int_equal(value.line, line);
}

static void test_built_in(void **state)
{
	struct fopnp_nscd_conf conf = parse("");

	(void)state;
	assert_value(conf.positive_ttl, 3600, 0);
	assert_value(conf.negative_ttl, 20, 0);
	assert_value(conf.checks_files, 1, 0);
	assert_value(conf.is_enabled, 0, 0);
}

static void test_lines(void **state)
{
	struct fopnp_nscd_conf conf = parse("# hosts\n\n"
					    "positive-time-to-live\tpasswd\t600\n"
					    "  positive-time-to-live hosts 900 more # why\n"
					    "negative-time-to-live hosts\t60\n"
					    "check-files hosts no\n"
					    "#check-files hosts yes\n"
					    "check-files passwd yes");

	(void)state;
	assert_value(conf.positive_ttl, 900, 4);
	assert_value(conf.negative_ttl, 60, 5);
	assert_value(conf.checks_files, 0, 6);
	assert_value(parse("enable-cache passwd no\nenable-cache hosts yes\n").is_enabled, 1, 2);
	assert_value(parse("enable-cache hosts yes\nenable-cache hosts no\n"
			   "enable-cache hosts maybe\n")
			     .is_enabled,
		     0, 2);
	/* The last counts, without a line end, too. */
	conf = parse("check-files hosts no\ncheck-files hosts yes\n"
		     "negative-time-to-live hosts 1\nnegative-time-to-live hosts 2");
	assert_value(conf.checks_files, 1, 2);
	assert_value(conf.negative_ttl, 2, 4);
}

/* As nscd takes them: case and spelling count, and a word that is no number is 0. */
static void test_odd_lines(void **state)
{
	struct fopnp_nscd_conf conf = parse("Check-Files hosts no\ncheck-files hosts NO\n"
					    "check-files Hosts no\ncheck-files hosts\n"
					    "check-files hosts no#\n");

	(void)state;
	assert_value(conf.checks_files, 0, 5);
	conf = parse("check-files hosts NO\ncheck-files hosts maybe\n");
	assert_value(conf.checks_files, 1, 0);
	conf = parse("positive-time-to-live hosts\nnegative-time-to-live hosts 7x\n");
	assert_value(conf.positive_ttl, 0, 1);
	assert_value(conf.negative_ttl, 7, 2);
	conf = parse("positive-time-to-live hosts 99999999999999999999999999999999\n"
		     "negative-time-to-live hosts -5\n");
	assert_value(conf.positive_ttl, LONG_MAX, 1);
	assert_value(conf.negative_ttl, -5, 2);
	conf = parse("negative-time-to-live hosts -99999999999999999999999999999999\n");
	assert_value(conf.negative_ttl, -LONG_MAX, 1);
}

static void test_hostile_bytes(void **state)
{
	static const char bytes[] = "check-files\0hosts no\ncheck-files hosts no\0yes\n\0\xff\x80";
	struct fopnp_nscd_conf conf;

	(void)state;
	fopnp_nscd_conf_parse(bytes, sizeof(bytes) - 1, &conf);
	assert_value(conf.checks_files, 0, 2);
	for (size_t len = 0; len < sizeof(bytes); len++)
		fopnp_nscd_conf_parse(bytes, len, &conf);
	conf = parse("\n\n###\n \t\v\f\r\n+ hosts\n- hosts -");
	assert_value(conf.positive_ttl, 3600, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_in),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_odd_lines),
		cmocka_unit_test(test_hostile_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
