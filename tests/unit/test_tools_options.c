/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp trace`.  Its messages go to stderr; tests/cli has their words. */
#include "tools/trace_options.h"

#include "tools/message.h"

#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/unit_test.h"

#define WORDS_MOST 16

static struct fopnp_trace_options options;
static int first;

/* Parse "trace" and the words of LINE, which single blanks part. */
static enum fopnp_options_result parse(const char *line)
{
	static char copy[256];
	static char command[] = "trace";
	char *argv[WORDS_MOST] = { command };
	int argc = 1;

	fopnp_request_clear(&options.request);
	assert_true(strlen(line) < sizeof(copy));
	(void)strcpy(copy, line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	assert_true(argc < WORDS_MOST);
	optind = 0; /* getopt starts afresh */
	return fopnp_trace_options_parse(&options, argc, argv, &first);
}

static int end(void **state)
{
	(void)state;
	fopnp_request_clear(&options.request);
	return 0;
}

static void test_defaults(void **state)
{
	(void)state;
	assert_int_equal(parse("name"), FOPNP_OPTIONS_END);
	assert_int_equal(first, 1);
	assert_int_equal(options.request.call, FOPNP_CALL_GETADDRINFO);
	assert_int_equal(options.request.family, AF_UNSPEC);
	assert_int_equal(options.request.flags, 0);
	assert_false(options.is_passive);
	assert_null(options.order);
	assert_int_equal(options.real_deadline_us, 30000000);
	assert_int_equal(options.other_deadline_us, 3000000);
}

static void test_places(void **state)
{
	(void)state;
	/* Options after the name, and none after "--". */
	assert_int_equal(parse("name -6 --passive other"), FOPNP_OPTIONS_END);
	assert_int_equal(first, 3);
	assert_int_equal(options.request.family, AF_INET6);
	assert_true(options.is_passive);
	assert_int_equal(parse("-- -6"), FOPNP_OPTIONS_END);
	assert_int_equal(options.request.family, AF_UNSPEC);
	/* The last one counts. */
	assert_int_equal(parse("-4 -6 -f inet name"), FOPNP_OPTIONS_END);
	assert_int_equal(options.request.family, AF_INET);
	assert_int_equal(parse("-s http -s domain/udp name"), FOPNP_OPTIONS_END);
	assert_string_equal(options.request.service, "domain");
	assert_int_equal(options.request.protocol, IPPROTO_UDP);
	assert_int_equal(parse("-h"), FOPNP_OPTIONS_HELP);
	assert_int_equal(parse("name --help"), FOPNP_OPTIONS_HELP);
}

static void test_durations(void **state)
{
	static const char *const wrong[] = { "5",
					     "0s",
					     "0ms",
					     "-1s",
					     "s",
					     "1.s.5",
					     "2h1",
					     "1e3s",
					     "99999999999999999999s",
					     "18446744073709551615s" };
	char line[64];

	(void)state;
	assert_int_equal(parse("--timeout=1500ms name"), FOPNP_OPTIONS_END);
	assert_int_equal(options.real_deadline_us, 1500000);
	assert_int_equal(options.other_deadline_us, 1500000);
	assert_int_equal(parse("--timeout 1.5s name"), FOPNP_OPTIONS_END);
	assert_int_equal(options.real_deadline_us, 1500000);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		(void)snprintf(line, sizeof(line), "name --timeout=%s", wrong[i]);
		assert_int_equal(parse(line), FOPNP_OPTIONS_ERROR);
	}
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"-z name",
		"-4z name",
		"--passive -z4 name",
		"--nonsense name",
		"--f inet name", /* family or flags */
		"--passive=yes name",
		"--help=yes",
		"name -f",
		"name --flags",
		"-t chair name",
		"-p 70000 name",
		"-s http/ name",
		"-s http/chair name",
		"--flags all,bogus name",
		"--call gethostbymagic name",
		"--call gethostbyname -4 name",
		"--call gethostbyname -c name",
		"--call gethostbyname2 -s http name",
		"--call gethostbyaddr -6 ::1",
		"--call getnameinfo -P ::1",
		"--call getnameinfo -P",
		"-4",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(parse(wrong[i]), FOPNP_OPTIONS_ERROR);
}

static void test_other_calls(void **state)
{
	(void)state;
	assert_int_equal(parse("--call gethostbyname2 name"), FOPNP_OPTIONS_END);
	assert_int_equal(options.request.family, AF_INET);
	assert_int_equal(parse("--call getnameinfo ::1"), FOPNP_OPTIONS_END);
	assert_int_equal(options.request.flags, NI_NAMEREQD);
	assert_int_equal(parse("--call getnameinfo -n ::1"), FOPNP_OPTIONS_END);
	assert_int_equal(options.request.flags, NI_NUMERICHOST);
	assert_int_equal(parse("-P"), FOPNP_OPTIONS_END);
	assert_int_equal(parse("-s http"), FOPNP_OPTIONS_END);
}

/* --json counts from the first error on, and however it is written. */
static void test_json(void **state)
{
	char trace[] = "trace", json[] = "--json", end_of_options[] = "--";
	char *early[] = { trace, json, NULL }, *late[] = { trace, end_of_options, json, NULL };

	(void)state;
	assert_true(fopnp_options_ask_json(2, early));
	assert_false(fopnp_options_ask_json(3, late));
	fopnp_message_start("trace", false);
	assert_int_equal(parse("--js name"), FOPNP_OPTIONS_END);
	assert_true(fopnp_message_is_json());
	fopnp_message_start("trace", false);
	assert_int_equal(parse("name -- --json"), FOPNP_OPTIONS_END);
	assert_false(fopnp_message_is_json());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),    cmocka_unit_test(test_places),
		cmocka_unit_test(test_durations),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_other_calls), cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
