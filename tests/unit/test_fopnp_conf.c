/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp.conf: what each line does, and that a bad one does nothing but a report. */
#include "nss_module/lookup/fopnp_conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nss_module/lookup/event.h"
#include "tests/unit/failing_allocation.h"
#include "tests/unit/unit_test.h"

/* The numbers of the lines that were reported, "3 7 ". */
struct problems {
	char lines[128];
	const char *message; /* the last one */
};

static void note_problem(void *context, unsigned line, const char *message)
{
	struct problems *problems = context;
	size_t used = strlen(problems->lines);

	(void)snprintf(problems->lines + used, sizeof(problems->lines) - used, "%u ", line);
	problems->message = message;
}

/* Parse bytes whose bad lines are exactly BAD_LINES. */
static struct fopnp_conf *parse_bytes(const char *text, size_t len, const char *bad_lines)
{
	struct problems problems = { .lines = "" };
	struct fopnp_conf *conf;

	conf = fopnp_conf_parse(text, len, note_problem, &problems);
	assert_non_null(conf);
	if (strcmp(problems.lines, bad_lines) != 0)
		fail_msg("bad lines \"%s\", not \"%s\" (%s), of: %s", problems.lines, bad_lines,
			 problems.message, text);
	return conf;
}

/* A text, with a newline behind it. */
static struct fopnp_conf *parse(const char *text, const char *bad_lines)
{
	struct fopnp_conf *conf;
	char *line;

	assert_true(asprintf(&line, "%s\n", text) >= 0);
	conf = parse_bytes(line, strlen(line), bad_lines);
	free(line);
	return conf;
}

static void assert_order_for(const struct fopnp_conf *conf, const char *name, const char *printed)
{
	const struct fopnp_conf_order *found = fopnp_conf_find_order(conf, name);
	char text[128] = "none";

	if (found != NULL)
		(void)fopnp_order_print(found->order, text, sizeof(text));
	assert_string_equal(text, printed);
}

static void test_empty_files(void **state)
{
	static const char *const texts[] = { "", "\n", "# order files", "  \t\r\n\n#\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct fopnp_conf *conf = parse(texts[i], "");

		assert_int_equal(conf->order_count + conf->log_count + conf->option_count, 0);
		assert_true(conf->log_all);
		assert_order_for(conf, "a.example", "none");
		fopnp_conf_destroy(conf);
	}
	fopnp_conf_destroy(NULL);
	fopnp_conf_destroy(fopnp_conf_parse(NULL, 0, NULL, NULL));
}

/* Half a line, as it is while somebody writes it, is not obeyed. */
static void test_unfinished_lines(void **state)
{
	static const char text[] = "order files\norder .example dns\n";

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		bool is_whole = len == 0 || text[len - 1] == '\n';
		const char *bad = is_whole ? "" : len < 12 ? "1 " : "2 ";
		struct fopnp_conf *conf = parse_bytes(text, len, bad);

		assert_order_for(conf, "a.example", len < 12 ? "none" : len < 31 ? "files" : "dns");
		fopnp_conf_destroy(conf);
	}
}

static void test_orders(void **state)
{
	struct fopnp_conf *conf = parse("order\tfopnp:hosts [NOTFOUND=return] dns # all names\r\n"
					"ORDER .Corp.EXAMPLE. dns\n"
					"order .example files\n"
					"order .corp.example never\n"
					"order never\n"
					"order .10.in-addr.arpa resolve",
					"");

	(void)state;
	assert_int_equal(conf->order_count, 6);
	assert_null(conf->orders[0].domain);
	assert_string_equal(conf->orders[1].domain, "corp.example");
	assert_int_equal(conf->orders[5].line, 6);
	assert_order_for(conf, "", "fopnp:hosts [NOTFOUND=return] dns");
	assert_order_for(conf, ".", "fopnp:hosts [NOTFOUND=return] dns");
	assert_order_for(conf, "www.example.org", "fopnp:hosts [NOTFOUND=return] dns");
	assert_order_for(conf, "example", "files");
	assert_order_for(conf, "a.EXAMPLE.", "files");
	assert_order_for(conf, "anexample", "fopnp:hosts [NOTFOUND=return] dns");
	assert_order_for(conf, "example..", "fopnp:hosts [NOTFOUND=return] dns");
	assert_order_for(conf, "corp.example", "dns");
	assert_order_for(conf, "x.y.Corp.Example.", "dns");
	assert_order_for(conf, "xcorp.example", "files");
	assert_order_for(conf, "4.3.2.10.in-addr.arpa", "resolve");
	assert_order_for(conf, "4.3.2.110.in-addr.arpa", "fopnp:hosts [NOTFOUND=return] dns");
	fopnp_conf_destroy(conf);
}

static void test_bad_lines(void **state)
{
	static const char *const lines[] = {
		"order", "order .", "order ..", "order .a..b dns", "order .a.. dns",
		"order .example",
		"order files fopnp", "order a [NOTFOUND=merge]", "order a [x=return]",
		"order a [NOTFOUND=return] [UNAVAIL=return]", "order example.org/ dns",
		"order .a\x01 dns", "orders files", "order= files", "nonsense",
		"\xef\xbb\xbforder a",
		"log", "log socket", "log journal journal", "log relative/path", "log /a /b",
		"log-events", "log-events some", "log-events all slow", "log-events slow=5",
		"log-events slow=0ms", "log-events slow=", "hosts-file", "hosts-file etc/hosts",
		"hosts-file /a /b", "mdns-domain local", "mdns-domain", "mdns-domain .local .x",
		"mdns-timeout", "mdns-timeout 5", "mdns-timeout 0s", "mdns-timeout 1s 2s",
		"dns-servers", "dns-servers ns1.example", "dns-servers 192.0.2.1 192.0.2.256",
		"dns-servers 192.0.2.1:0", "dns-servers 192.0.2.1:65536", "dns-servers fe80::1%",
		"dns-servers [192.0.2.1]:53", "dns-servers [2001:db8::1]53", "dns-servers [::1",
		"dns-servers 192.0.2.1,192.0.2.2", "dns-timeout 2h", "dns-attempts 0",
		"dns-attempts 11", "dns-attempts two", "dns-attempts 1 2", "dns-hedge 3601s",
	};
	struct fopnp_conf *conf;
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		(void)snprintf(text, sizeof(text), "\n%s\n%s # x\r\norder good", lines[i],
			       lines[i]);
		conf = parse(text, "2 3 ");
		assert_int_equal(conf->order_count, 1);
		assert_int_equal(conf->log_count + conf->option_count, 0);
		assert_true(conf->log_all);
		fopnp_conf_destroy(conf);
	}
}

static void test_nul_bytes(void **state)
{
	struct problems problems = { .lines = "" };
	struct fopnp_conf *conf;

	(void)state;
	conf = fopnp_conf_parse(BYTES("order a\0\n\0\norder b # \0\n"), note_problem, &problems);
	assert_non_null(conf);
	assert_string_equal(problems.lines, "1 2 ");
	assert_order_for(conf, "x", "b");
	fopnp_conf_destroy(conf);
}

static void test_long_words(void **state)
{
	struct fopnp_conf *conf;
	char text[512], name[300];

	(void)state;
	memset(name, 'a', sizeof(name));
	(void)snprintf(text, sizeof(text), "order .%.253s files", name);
	fopnp_conf_destroy(parse(text, ""));
	(void)snprintf(text, sizeof(text), "order .%.254s files", name);
	fopnp_conf_destroy(parse(text, "1 "));
	(void)snprintf(text, sizeof(text), "log /%.106s", name);
	conf = parse(text, "");
	assert_int_equal(strlen(conf->logs[0].path), 107);
	fopnp_conf_destroy(conf);
	(void)snprintf(text, sizeof(text), "log /%.107s", name);
	fopnp_conf_destroy(parse(text, "1 "));
	(void)snprintf(text, sizeof(text), "dns-servers %.200s", name);
	fopnp_conf_destroy(parse(text, "1 "));
}

static void test_logs(void **state)
{
	struct fopnp_conf *conf = parse("log /run/a\nlog Journal\nlog /run/a\n", "3 ");

	(void)state;
	assert_int_equal(conf->log_count, 2);
	assert_int_equal(conf->logs[0].kind, FOPNP_LOG_SOCKET);
	assert_string_equal(conf->logs[0].path, "/run/a");
	assert_int_equal(conf->logs[1].kind, FOPNP_LOG_JOURNAL);
	assert_string_equal(conf->logs[1].path, FOPNP_JOURNAL_SOCKET);
	assert_int_equal(conf->logs[1].line, 2);
	fopnp_conf_destroy(conf);

	conf = parse("log /a\nlog journal\nlog NONE\nlog /b\n", "");
	assert_int_equal(conf->log_count, 1);
	assert_string_equal(conf->logs[0].path, "/b");
	fopnp_conf_destroy(conf);

	conf = parse("log /1\nlog /2\nlog /3\nlog /4\nlog /5\nlog /6\nlog /7\nlog /8\nlog /9\n",
		     "9 ");
	assert_int_equal(conf->log_count, FOPNP_CONF_LOGS);
	fopnp_conf_destroy(conf);
}

static void assert_filter(const char *text, bool all, bool failures, uint64_t slow_us)
{
	struct fopnp_conf *conf = parse(text, "");

	assert_int_equal(conf->log_all, all);
	assert_int_equal(conf->log_failures, failures);
	assert_int_equal(conf->log_slow_us, slow_us);
	fopnp_conf_destroy(conf);
}

static void test_log_events(void **state)
{
	(void)state;
	assert_filter("log-events all", true, false, 0);
	assert_filter("log-events failures", false, true, 0);
	assert_filter("log-events Failures SLOW=200MS", false, true, 200000);
	assert_filter("log-events slow=1s\nlog-events slow=500us\nlog-events slow=2s", false, false,
		      500);
	assert_filter("log-events failures\nlog-events all", true, true, 0);
	assert_filter("log-events all\nlog-events failures", true, true, 0);
}

static void assert_option(const struct fopnp_conf_option *option, enum fopnp_conf_option_kind kind,
			  const char *text, uint64_t number, unsigned line)
{
	assert_int_equal(option->kind, kind);
	if (text == NULL)
		assert_null(option->text);
	else
		assert_string_equal(option->text, text);
	assert_int_equal(option->number, number);
	assert_int_equal(option->line, line);
}

static void test_options(void **state)
{
	struct fopnp_conf *conf = parse("hosts-file /etc/hosts.d/ads\n"
					"hosts-file /b\n"
					"mdns-domain .Local\n"
					"mdns-timeout 1s\n"
					"dns-servers  192.0.2.1 192.0.2.1:5353\t2001:db8::1 "
					"fe80::1%eth0 [2001:db8::1]:53 [::1] \n"
					"dns-timeout 1.5s\n"
					"dns-attempts 10\n"
					"dns-hedge 0ms\n"
					"MDNS-Timeout 200ms\n"
					"dns-servers ::1\n",
					"");

	(void)state;
	assert_int_equal(conf->option_count, 8);
	assert_option(&conf->options[0], FOPNP_OPTION_HOSTS_FILE, "/etc/hosts.d/ads", 0, 1);
	assert_option(&conf->options[1], FOPNP_OPTION_HOSTS_FILE, "/b", 0, 2);
	assert_option(&conf->options[2], FOPNP_OPTION_MDNS_DOMAIN, "local", 0, 3);
	/* of the options that count once the last line is in force */
	assert_option(&conf->options[3], FOPNP_OPTION_MDNS_TIMEOUT, NULL, 200000, 9);
	assert_option(&conf->options[4], FOPNP_OPTION_DNS_SERVERS, "::1", 0, 10);
	assert_option(&conf->options[5], FOPNP_OPTION_DNS_TIMEOUT, NULL, 1500000, 6);
	assert_option(&conf->options[6], FOPNP_OPTION_DNS_ATTEMPTS, NULL, 10, 7);
	assert_option(&conf->options[7], FOPNP_OPTION_DNS_HEDGE, NULL, 0, 8);
	fopnp_conf_destroy(conf);
}

static void test_many_lines(void **state)
{
	size_t size = 100000 * 24, used = 0;
	char *text = malloc(size);
	struct fopnp_conf *conf;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < 100000; i++)
		used += (size_t)sprintf(text + used, "order .d%d.example a\n", i);
	conf = fopnp_conf_parse(text, used, NULL, NULL);
	assert_non_null(conf);
	assert_int_equal(conf->order_count, 100000);
	assert_int_equal(fopnp_conf_find_order(conf, "x.d99999.example")->line, 100000);
	fopnp_conf_destroy(conf);
	free(text);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t us;
	} good[] = {
		{ "200ms", 200000 }, { "2s", 2000000 }, { "1.5s", 1500000 }, { "500us", 500 },
		{ "0s", 0 }, { "0.000001s", 1 }, { "1.25ms", 1250 }, { "1MS", 1000 },
		{ "3600s", 3600000000 }, { "3600000000us", 3600000000 },
		{ "3599.999999s", 3599999999 }, { "0000000000000001s", 1000000 },
	};
	static const char *const bad[] = {
		"", "5", "1.5", "s", ".5s", "1.s", "1..5s", "1.5.s", "-1s", "+1s", " 1s", "1 s",
		"1m", "1h", "1min", "1sec", "3601s", "3600.000001s", "3600000001us", "0.5us",
		"0.0000001s", "18446744073709551616us", "999999999999999999s", "1e3s", "0x1s",
	};
	uint64_t us;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(fopnp_conf_parse_duration(good[i].text, strlen(good[i].text), &us));
		assert_int_equal(us, good[i].us);
	}
	us = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (fopnp_conf_parse_duration(bad[i], strlen(bad[i]), &us))
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(us, 7);
}

static void test_trust(void **state)
{
	(void)state;
	assert_true(fopnp_conf_is_trusted(0, 0100644, 0));
	assert_true(fopnp_conf_is_trusted(0, 0100644, 65534));
	assert_true(fopnp_conf_is_trusted(65534, 0100600, 65534));
	assert_false(fopnp_conf_is_trusted(1000, 0100644, 0));
	assert_false(fopnp_conf_is_trusted(0, 0100664, 0));
	assert_false(fopnp_conf_is_trusted(0, 0100646, 0));
}

static void test_allocation_failures(void **state)
{
	static const char text[] = "order .a b\norder c\nlog /d\nhosts-file /e\nmdns-domain .f\n"
				   "dns-servers ::1\ndns-servers ::2\ndns-timeout 1s\n"
				   "log none\nlog journal\n";
	struct problems problems = { .lines = "" };
	struct fopnp_conf *conf = NULL;
	unsigned nth;

	(void)state;
	for (nth = 1; conf == NULL; nth++) {
		fail_allocation(nth);
		conf = fopnp_conf_parse(BYTES(text), note_problem, &problems);
		assert_int_equal(conf == NULL, allocation_has_failed());
		assert_string_equal(problems.lines, "");
	}
	fail_allocation(0);
	assert_int_in_range(nth, 10, 20);
	fopnp_conf_destroy(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_files),
		cmocka_unit_test(test_unfinished_lines),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_nul_bytes),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_logs),
		cmocka_unit_test(test_log_events),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_allocation_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
