/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules on resolv.conf and the name servers. */
#include "tools/check_system.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/made_check.h"
#include "tests/unit/unit_test.h"

#define QUIET (-1)
#define CONF  "/etc/resolv.conf"

static struct fopnp_check_system machine;

static int tear_down(void **state)
{
	(void)state;
	clear_check(&machine);
	return 0;
}

/* ---- the file ---- */

/* Names as long as they are said to be, with their dots. */
#define NAME_20 "aaaaaaaaa.bbbbbbbbb."
#define NAME_55 NAME_20 NAME_20 "ccccccccc.ddddd"
#define NAME_56 NAME_20 NAME_20 "ccccccccc.dddddd"
#define NAME_200 NAME_20 NAME_20 NAME_20 NAME_20 NAME_20 NAME_20 NAME_20 NAME_20 NAME_20 NAME_20
#define NAME_255 NAME_200 NAME_55
#define NAME_256 NAME_200 NAME_56

static const struct {
	const char *id, *bytes;
	int severity;
	const char *words;
	unsigned line;
} FILES[] = {
	{ "resolv-conf-missing", NULL, FOPNP_ERROR, "no such file: glibc asks 127.0.0.1", 0 },
	{ "resolv-conf-missing", "", QUIET, "", 0 },
	{ "resolv-conf-fatal", "sortlist 10.0.0.0\r\n", FOPNP_ERROR, "hang", 1 },
	{ "resolv-conf-fatal", "sortlist 10.0.0.0\n", QUIET, "", 0 },
	/* What glibc 2.36 aborts at, and what it does not. */
	{ "resolv-conf-fatal", "search " NAME_256 "\n", FOPNP_ERROR, "abort", 1 },
	{ "resolv-conf-fatal", "search " NAME_255 "\n", QUIET, "", 0 },
	{ "resolv-conf-fatal", "\nsearch " NAME_55 " " NAME_200 "\n", FOPNP_ERROR, "abort", 2 },
	{ "resolv-conf-fatal", "search " NAME_56 " " NAME_200 "\n", QUIET, "", 0 },
	{ "nameserver-surplus", "nameserver ::1\nnameserver ::2\nnameserver ::3\nnameserver ::4\n",
	  FOPNP_WARNING, "three", 4 },
	{ "nameserver-surplus", "nameserver ::1\nnameserver ::2\nnameserver ::3\n", QUIET, "", 0 },
	{ "nameserver-line-unused", "nameserver 192.0.2.1#53\n", FOPNP_WARNING, "no address", 1 },
	{ "nameserver-line-unused", "nameserver 192.0.2.1\n", QUIET, "", 0 },
	{ "nameserver-twice", "nameserver 192.0.2.1\nnameserver ::1\nnameserver 192.0.2.1\n",
	  FOPNP_INFO, "line 1", 3 },
	{ "nameserver-twice", "nameserver 192.0.2.1\nnameserver 192.0.2.2\n", QUIET, "", 0 },
	{ "nameservers-mixed", "nameserver 192.168.1.1\nnameserver 8.8.8.8\n", FOPNP_INFO,
	  "8.8.8.8 is open to all, and unlike the server of line 1 cannot know names of a local "
	  "network: when that is silent", 2 },
	{ "nameservers-mixed", "nameserver 2606:4700:4700::1111\nnameserver fd00::1\n", FOPNP_INFO,
	  "network: it is asked first", 1 },
	{ "nameservers-mixed", "nameserver 1.1.1.1\nnameserver 127.0.0.1\noptions rotate\n",
	  FOPNP_INFO, "chance", 1 },
	{ "nameservers-mixed", "nameserver 8.8.8.8\nnameserver 1.1.1.1\n", QUIET, "", 0 },
	{ "nameservers-mixed", "nameserver 10.0.0.1\nnameserver fe80::1\n", QUIET, "", 0 },
	/* That of a provider may be the same to the router. */
	{ "nameservers-mixed", "nameserver 192.168.1.1\nnameserver 2001:db8::53\n", QUIET, "", 0 },
	{ "resolv-option-unknown", "options rotate rotato\n", FOPNP_WARNING, "misspelt", 1 },
	{ "resolv-option-unknown", "\noptions retry:3\n", FOPNP_WARNING, "attempts:", 2 },
	{ "resolv-option-unknown", "options rotate ndots:2 trust-ad edns0\n", QUIET, "", 0 },
	{ "resolv-option-unknown", "options timeout:1,attempts:1\n", FOPNP_WARNING,
	  "behind the comma is lost", 1 },
	{ "resolv-option-unknown", "options rotate,edns0\n", FOPNP_WARNING, "blanks between", 1 },
	{ "resolv-option-unknown", "options rotate, timeout:1,\n", QUIET, "", 0 },
	{ "resolv-option-limit", "options ndots:16\n", FOPNP_INFO, "takes ndots:15", 1 },
	{ "resolv-option-limit", "options timeout:31\n", FOPNP_INFO, "takes timeout:30", 1 },
	{ "resolv-option-limit", "options timeout:-1\n", FOPNP_INFO, "takes timeout:1", 1 },
	{ "resolv-option-limit", "options attempts:6\n", FOPNP_INFO, "takes attempts:5", 1 },
	{ "resolv-option-limit", "options ndots:15 timeout:30 attempts:5\n", QUIET, "", 0 },
	{ "resolv-no-attempts", "options attempts:0\n", FOPNP_ERROR, "attempts:0", 1 },
	{ "resolv-no-attempts", "options attempts:0\noptions attempts:1\n", QUIET, "", 0 },
	{ "search-storm", "search a.example\noptions ndots:2\n", FOPNP_INFO, "4 queries, 2 of", 2 },
	{ "search-storm", "search a b c\noptions ndots:5\n", FOPNP_WARNING, "8 queries, 6 of", 2 },
	{ "search-storm", "search a.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n",
	  FOPNP_INFO, "dnsConfig", 2 },
	{ "search-storm", "search a.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:4\n",
	  FOPNP_WARNING, "lower ndots", 2 },
	{ "search-storm", "search a b c\n", QUIET, "", 0 },
	{ "search-storm", "options ndots:5\n", QUIET, "", 0 },
	{ "search-list-long", "search a b c d e f g\n", FOPNP_INFO, "16 queries", 1 },
	{ "search-list-long", "search a b c d e f\n", QUIET, "", 0 },
	{ "search-line-shadowed", "search a\ndomain b\n", FOPNP_WARNING, "line 2", 1 },
	{ "search-line-shadowed", "search a\ndomain\n#search b\n", QUIET, "", 0 },
	{ "search-line-shadowed", "domain a.example\nsearch b A.Example\n", QUIET, "", 0 },
	{ "search-line-shadowed", "search b a\t\nsearch a b c\n", QUIET, "", 0 },
	{ "search-line-shadowed", "search b a d\nsearch a b c\n", FOPNP_WARNING, "line 2", 1 },
	/* Of domain the first alone counts. */
	{ "search-line-shadowed", "domain a b\nsearch a\n", QUIET, "", 0 },
	{ "search-line-shadowed", "search a b\ndomain a b\n", FOPNP_WARNING, "line 2", 1 },
	{ "search-line-shadowed", "search abc\nsearch ab\n", FOPNP_WARNING, "line 2", 1 },
};

static void test_files(void **state)
{
	(void)state;
	make_check(&machine);
	for (size_t i = 0; i < sizeof(FILES) / sizeof(*FILES); i++) {
		write_check(&machine, FOPNP_CHECK_RESOLV_CONF, FILES[i].bytes);
		if (!FILES[i].bytes)
			machine.files[FOPNP_CHECK_RESOLV_CONF].error = ENOENT;
		assert_rule_at(&machine, FILES[i].id, FILES[i].severity, FILES[i].words, CONF,
			       FILES[i].line);
	}
}

/* A file of the length that check reads has room for 500000 of them. */
static void test_many(void **state)
{
	static const struct {
		const char *id, *line, *last;
	} cases[] = {
		{ "resolv-option-unknown", "options rotato\n", "(and so with 15 more options)" },
		{ "resolv-option-limit", "options ndots:99\n", "(and so with 15 more options)" },
		{ "search-line-shadowed", "search a\n", "(and so with 15 more lines)" },
	};
	char text[1000];

	(void)state;
	make_check(&machine);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fopnp_findings findings = { 0 };

		text[0] = '\0';
		for (int j = 0; j < 20; j++)
			(void)strcat(text, cases[i].line);
		(void)strcat(text, "search b\n");
		write_check(&machine, FOPNP_CHECK_RESOLV_CONF, text);
		fopnp_check_rule_find(cases[i].id)->check(&machine, &findings);
		assert_int_equal(findings.count, 5);
		assert_null(strstr(findings.list[3].text, "(and so"));
		assert_non_null(strstr(findings.list[4].text, cases[i].last));
		fopnp_findings_clear(&findings);
	}
}

static void test_missing(void **state)
{
	struct fopnp_check_file *file = &machine.files[FOPNP_CHECK_RESOLV_CONF];
	struct fopnp_check_server local = { .text = (char[]){ "127.0.0.1" } };

	(void)state;
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, NULL);
	file->error = ENOENT;
	machine.servers = &local;
	machine.server_count = 1;
	assert_rule(&machine, "resolv-conf-missing", FOPNP_ERROR, "nameserver ADDRESS");
	local.state = FOPNP_CHECK_THERE;
	assert_rule(&machine, "resolv-conf-missing", FOPNP_WARNING, "127.0.0.1");
	local.state = FOPNP_CHECK_ABSENT;
	/* Nothing on the line asks it. */
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "hosts: files resolve\n");
	assert_rule(&machine, "resolv-conf-missing", FOPNP_INFO, "127.0.0.1");
	write_check(&machine, FOPNP_CHECK_NSSWITCH, "hosts: files dns\n");
	file->is_there = true;
	file->target = fopnp_memory_copy_text("/run/nowhere");
	assert_rule(&machine, "resolv-conf-missing", FOPNP_ERROR, "a link to /run/nowhere");
	assert_rule(&machine, "resolv-conf-missing", FOPNP_ERROR, "rm /etc/resolv.conf");
	free(file->target);
	file->target = fopnp_memory_copy_text("../run/systemd/resolve/stub-resolv.conf");
	assert_rule(&machine, "resolv-conf-missing", FOPNP_ERROR, "start systemd-resolved; or");
	file->error = EACCES;
	assert_rule(&machine, "resolv-conf-missing", FOPNP_ERROR, "chmod a+r /etc/resolv.conf");
	machine.root = "/srv/image";
	assert_rule(&machine, "resolv-conf-missing", FOPNP_INFO, "chmod");
	machine.root = NULL;
	file->error = EISDIR;
	assert_rule(&machine, "resolv-conf-missing", QUIET, "");
	assert_rule_at(&machine, "resolv-conf-fatal", FOPNP_ERROR, "directory", CONF, 0);
	file->error = EINVAL;
	assert_rule(&machine, "resolv-conf-missing", QUIET, "");
	assert_rule_at(&machine, "resolv-conf-fatal", FOPNP_ERROR, "a pipe or a device", CONF, 0);
	file->error = 0;
	assert_rule(&machine, "resolv-conf-fatal", QUIET, "");
}

/* The glibc of the machine may be too old for it; that of an image is not known. */
static void test_no_aaaa(void **state)
{
	(void)state;
	make_check(&machine);
	machine.root = "/srv/image";
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "options rotate\noptions no-aaaa\n");
	assert_rule_at(&machine, "resolv-no-aaaa", FOPNP_INFO, "no IPv6 address", CONF, 2);
	assert_rule(&machine, "resolv-option-unknown", QUIET, "");
	assert_rule(&machine, "resolv-strict-error", QUIET, "");
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "options rotate\noptions strict-error\n");
	assert_rule_at(&machine, "resolv-strict-error", FOPNP_INFO, "asks the next", CONF, 2);
	assert_rule(&machine, "resolv-no-aaaa", QUIET, "");
}

/* ---- servers ---- */

static char file_name[] = CONF;
static struct fopnp_check_server servers[3];

/* Three that reply. */
static void make_servers(void)
{
	static char texts[3][16] = { "192.0.2.1", "192.0.2.2", "192.0.2.3" };

	make_check(&machine);
	for (unsigned i = 0; i < 3; i++)
		servers[i] = (struct fopnp_check_server){
			.text = texts[i],
			.file = file_name,
			.line = i + 1,
			.state = FOPNP_CHECK_THERE,
			.elapsed_us = 20000,
		};
	machine.servers = servers;
	machine.server_count = 3;
}

static void make_silent(struct fopnp_check_server *server)
{
	server->state = FOPNP_CHECK_SILENT;
	server->rcode = -1;
	server->elapsed_us = 3000000;
}

static void make_gone(struct fopnp_check_server *server, int error)
{
	server->state = FOPNP_CHECK_ABSENT;
	server->rcode = -1;
	server->is_refused = true;
	server->error = error;
}

static void test_silent(void **state)
{
	static const char rule[] = "server-silent";

	(void)state;
	make_servers();
	assert_rule(&machine, rule, QUIET, "");
	make_silent(&servers[2]);
	assert_rule_at(&machine, rule, FOPNP_WARNING, "no help when those before it fail", CONF, 3);
	make_servers();
	make_silent(&servers[0]);
	assert_rule_at(&machine, rule, FOPNP_ERROR, "waits 5 s for it", CONF, 1);
	/* The second of three: 2 * 5 / 3. */
	make_gone(&servers[0], ECONNREFUSED);
	make_silent(&servers[1]);
	assert_rule_at(&machine, rule, FOPNP_ERROR, "waits 3 s for it", CONF, 2);
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "search a\noptions timeout:1\n");
	assert_rule(&machine, rule, FOPNP_ERROR, "waits 1 s for it before the next server is "
						 "asked, and as much again for each name");
	/* None replies: all of them, twice. */
	make_silent(&servers[0]);
	make_silent(&servers[2]);
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "");
	assert_rule(&machine, rule, FOPNP_ERROR, "fails after 28 s");
	make_gone(&servers[2], ECONNREFUSED);
	assert_rule(&machine, rule, FOPNP_ERROR, "fails after 16 s");
}

static void test_slow(void **state)
{
	(void)state;
	make_servers();
	servers[1].elapsed_us = 999999;
	assert_rule(&machine, "server-slow", QUIET, "");
	servers[1].elapsed_us = 1200000;
	assert_rule_at(&machine, "server-slow", FOPNP_WARNING, "1.2 s", CONF, 2);
	make_silent(&servers[1]);
	assert_rule(&machine, "server-slow", QUIET, "");
}

static void test_gone(void **state)
{
	(void)state;
	make_servers();
	assert_rule(&machine, "server-refused", QUIET, "");
	assert_rule(&machine, "server-unreachable", QUIET, "");
	make_gone(&servers[0], ECONNREFUSED);
	assert_rule_at(&machine, "server-refused", FOPNP_WARNING, "in vain first", CONF, 1);
	assert_rule(&machine, "server-unreachable", QUIET, "");
	make_gone(&servers[0], ENETUNREACH);
	assert_rule_at(&machine, "server-unreachable", FOPNP_WARNING, "in vain first", CONF, 1);
	assert_rule(&machine, "server-refused", QUIET, "");
	make_gone(&servers[1], ECONNREFUSED);
	make_silent(&servers[2]);
	assert_rule(&machine, "server-refused", FOPNP_ERROR, "no name server answers");
	assert_rule(&machine, "server-unreachable", FOPNP_ERROR, "no name server answers");
}

static void test_failed(void **state)
{
	(void)state;
	make_servers();
	assert_rule(&machine, "server-failed", QUIET, "");
	servers[1].rcode = ns_r_nxdomain;
	assert_rule(&machine, "server-failed", QUIET, "");
	servers[1].rcode = ns_r_servfail;
	assert_rule_at(&machine, "server-failed", FOPNP_WARNING, "SERVFAIL", CONF, 2);
	servers[1].rcode = ns_r_refused;
	assert_rule_at(&machine, "server-failed", FOPNP_INFO, "REFUSED", CONF, 2);
}

static void test_stub(void **state)
{
	static const char rule[] = "stub-without-resolved";
	static char stub[] = "127.0.0.53";

	(void)state;
	make_servers();
	servers[1].text = stub;
	make_gone(&servers[1], ECONNREFUSED);
	machine.resolved = FOPNP_CHECK_THERE;
	assert_rule(&machine, rule, QUIET, "");
	assert_rule(&machine, "server-refused", FOPNP_WARNING, stub);
	/* resolved-silent tells of it. */
	make_silent(&servers[1]);
	assert_rule(&machine, "server-silent", FOPNP_WARNING, stub);
	machine.resolved = FOPNP_CHECK_SILENT;
	assert_rule(&machine, "server-silent", QUIET, "");
	make_gone(&servers[1], ECONNREFUSED);
	machine.resolved = FOPNP_CHECK_ABSENT;
	assert_rule_at(&machine, rule, FOPNP_ERROR, "does not run", CONF, 2);
	assert_rule(&machine, "server-refused", QUIET, "");
	/* Another program may be there. */
	servers[1].state = FOPNP_CHECK_THERE;
	assert_rule(&machine, rule, QUIET, "");
	servers[1].state = FOPNP_CHECK_UNKNOWN;
	machine.resolved = FOPNP_CHECK_UNKNOWN;
	assert_rule(&machine, rule, QUIET, "");
	machine.root = "/srv/image";
	assert_rule_at(&machine, rule, FOPNP_INFO, "not in a container", CONF, 2);
}

static void test_wildcard(void **state)
{
	static char domain[] = "wild.example", answer[] = "192.0.2.66";

	(void)state;
	make_check(&machine);
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "\nsearch wild.example\n");
	assert_rule(&machine, "wildcard-search-domain", QUIET, "");
	machine.wildcard_domain = domain;
	machine.wildcard_answer = answer;
	assert_rule_at(&machine, "wildcard-search-domain", FOPNP_WARNING,
		       "wild.example has 192.0.2.66", CONF, 2);
}

static void test_all_were_tried(void **state)
{
	(void)state;
	assert_rules_were_tried(FOPNP_CHECK_RESOLV_RULES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_files, tear_down),
		cmocka_unit_test_teardown(test_many, tear_down),
		cmocka_unit_test_teardown(test_missing, tear_down),
		cmocka_unit_test_teardown(test_no_aaaa, tear_down),
		cmocka_unit_test_teardown(test_silent, tear_down),
		cmocka_unit_test_teardown(test_slow, tear_down),
		cmocka_unit_test_teardown(test_gone, tear_down),
		cmocka_unit_test_teardown(test_failed, tear_down),
		cmocka_unit_test_teardown(test_stub, tear_down),
		cmocka_unit_test_teardown(test_wildcard, tear_down),
		cmocka_unit_test(test_all_were_tried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
