/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the built-in sources tell of themselves, as wire, evidence and notes of a trace. */
#include "nss_module/lookup/fopnp_conf.h"
#include "tools/memory.h"
#include "tools/server_text.h"
#include "tools/told_wire.h"
#include "tools/trace.h"
#include "tools/trace_notes.h"
#include "tools/trace_told.h"
#include "tools/trace_wire.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/made_trace.h"
#include "tests/unit/private_file.h"
#include "tests/unit/unit_test.h"

static struct fopnp_trace trace;
static bool has_private_hosts;

static struct fopnp_step *start(const char *name, const char *source, int status, const char *words)
{
	struct fopnp_step *step;

	fopnp_trace_clear(&trace);
	make_trace(&trace, name, status == NSS_STATUS_SUCCESS ? 0 : EAI_NONAME);
	step = make_step(&trace, source, status);
	make_words(step, words);
	return step;
}

/* Lines of fopnp.conf. */
static void use_conf(const char *lines)
{
	trace.conf = fopnp_conf_parse(lines, strlen(lines), NULL, NULL);
	trace.conf_path = fopnp_memory_copy_text("/etc/fopnp.conf");
	assert_non_null(trace.conf);
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_trace_clear(&trace);
	return 0;
}

/* The evidence as one text: "FILE:LINE: TEXT -- REMARK" a line; "*" where the answer came from. */
static char *told(void)
{
	char *all = fopnp_memory_copy_text("");

	fopnp_trace_take_told(&trace);
	fopnp_trace_find_evidence(&trace);
	for (size_t i = 0; i < trace.steps[0].evidence.count; i++) {
		const struct fopnp_evidence *evidence = &trace.steps[0].evidence.list[i];
		char *more = fopnp_memory_format(
			"%s%s%s:%u: %s%s%s\n", all, evidence->is_origin ? "*" : "",
			evidence->place.file, evidence->place.line,
			evidence->place.text ? evidence->place.text : "",
			evidence->remark ? " -- " : "", evidence->remark ? evidence->remark : "");

		free(all);
		all = more;
	}
	return all;
}

#define assert_told(expected)                                                                      \
	do {                                                                                       \
		char *told_ = told();                                                              \
		assert_string_equal(told_, expected);                                              \
		free(told_);                                                                       \
	} while (0)

/* Why the first step failed, behind note_all(). */
#define assert_failure(expected)                                                                   \
	do {                                                                                       \
		char *failure_ = fopnp_trace_dns_failure(&trace, &trace.steps[0]);                 \
		assert_non_null(failure_);                                                         \
		assert_string_equal(failure_, expected);                                           \
		free(failure_);                                                                    \
	} while (0)

/* ---- addresses of servers ---- */

static void test_server_text(void **state)
{
	static const struct {
		const char *a, *b;
		bool is_same;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1:53", true },
		{ "192.0.2.1:5353", "192.0.2.1", false },
		{ "2001:db8::1", "[2001:0db8:0::1]:53", true },
		{ "[2001:db8::1]:5353", "2001:db8::1", false },
		{ "fe80::1%1", "fe80::1%lo", true },
		{ "fe80::1%1", "fe80::1%2", false },
		{ "192.0.2.1", "::ffff:192.0.2.1", false },
	};
	static const char *const none[] = {
		"",       "x",     "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:", "[::1",
		"[::1]5", "1.2.3", "::1::1",      "[192.0.2.1:x]",   "1.2.3.4 ",
	};
	struct sockaddr_storage a, b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(fopnp_server_text_parse(cases[i].a, &a));
		assert_true(fopnp_server_text_parse(cases[i].b, &b));
		assert_int_equal(fopnp_server_is_same(&a, &b), cases[i].is_same);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (fopnp_server_text_parse(none[i], &a))
			fail_msg("\"%s\" was taken", none[i]);
}

/* ---- the wire ---- */

static const char hedged[] =
	"server=192.0.2.2 transport=udp rcode=NOERROR rtt=3100 sent=192.0.2.1,2 sent=192.0.2.2,2 "
	"query=100,192.0.2.1,udp,A,pending,53000,0,www.example. "
	"query=110,192.0.2.1,udp,AAAA,pending,52990,0,www.example. "
	"query=50100,192.0.2.2,udp,A,NOERROR,3100,1,www.example. "
	"query=50110,192.0.2.2,udp,AAAA,NOERROR,2900,0,www.example.";

static void test_hedged_wire(void **state)
{
	struct fopnp_wire *wire = fopnp_told_wire_make(hedged);
	struct fopnp_wire_exchange *list;
	size_t count;

	(void)state;
	assert_true(wire->is_told);
	assert_int_equal(wire->server_count, 2);
	assert_string_equal(wire->servers[0].text, "192.0.2.1");
	assert_int_equal(wire->count, 6); /* four queries, two replies */
	assert_int_equal(wire->packets[4].event, FOPNP_WIRE_REPLY);
	assert_int_equal(wire->packets[4].at_us, 53010); /* that of AAAA came first */
	assert_int_equal(wire->packets[4].message.type, ns_t_aaaa);
	list = fopnp_wire_pair(wire, &count);
	assert_int_equal(count, 4);
	assert_int_equal(list[0].end, FOPNP_EXCHANGE_ABANDONED);
	assert_int_equal(list[0].waited_us, 53000);
	assert_int_equal(list[0].round, list[1].round);
	assert_int_equal(list[2].round, list[1].round + 1);
	assert_int_equal(list[2].end, FOPNP_EXCHANGE_ANSWERED);
	assert_int_equal(list[2].retry, 1);
	assert_ptr_equal(list[2].reply, &wire->packets[5]);
	assert_int_equal(list[2].reply->message.wanted_count, 1);
	assert_string_equal(list[2].query->message.name, "www.example");
	assert_int_equal(wire->end_us, 53200);
	free(list);
	fopnp_wire_free(wire);
}

static void test_ends_of_queries(void **state)
{
	struct fopnp_wire *wire = fopnp_told_wire_make(
		"query=0,192.0.2.1,udp,A,refused,90,0,a. query=1,192.0.2.2,udp,A,unreachable,1,0,a. "
		"query=2,192.0.2.3,udp,A,garbage,5,0,a. query=3,[::1]:5353,udp+tcp,A,REFUSED,900,0,a. "
		"query=4,192.0.2.5,tcp,PTR,RCODE3841,9,2,1.2.0.192.in-addr.arpa. queries=7");

	(void)state;
	assert_int_equal(wire->told_count, 5);
	assert_int_equal(wire->told[0].end, FOPNP_EXCHANGE_REFUSED);
	assert_int_equal(wire->told[0].error, ECONNREFUSED);
	assert_int_equal(wire->told[1].end, FOPNP_EXCHANGE_UNREACHABLE);
	assert_int_equal(wire->told[2].end, FOPNP_EXCHANGE_SILENT);
	assert_non_null(wire->told[2].ignored);
	assert_int_equal(wire->told[3].end, FOPNP_EXCHANGE_ANSWERED);
	assert_int_equal(wire->told[3].reply->message.rcode, ns_r_refused);
	assert_true(wire->told[3].was_truncated);
	assert_false(wire->told[3].query->is_tcp);
	assert_true(wire->told[3].reply->is_tcp);
	assert_int_equal(wire->told[4].reply->message.rcode, 3841);
	assert_int_equal(wire->unlisted_count, 7);
	assert_true(wire->is_cut);
	fopnp_wire_free(wire);
}

/* Words from a process of which nobody knows anything. */
static void test_odd_words(void **state)
{
	static const char *const lines[] = {
		"query=",
		"query=1,2,3",
		"query=x,192.0.2.1,udp,A,NOERROR,1,1,a.",
		"query=-1,192.0.2.1,udp,A,NOERROR,1,1,a.",
		"query=1,192.0.2.1,sctp,A,NOERROR,1,1,a.",
		"query=1,192.0.2.1,udp,XX,NOERROR,1,1,a.",
		"query=1,192.0.2.1,udp,A,maybe,1,1,a.",
		"query=1,192.0.2.1,udp,A,NOERROR,1,99999,a.",
		"query=1,,udp,A,NOERROR,1,1,a.",
		"query=99999999999999999999,192.0.2.1,udp,A,NOERROR,1,1,a.",
		"sent= chain= server= queries=-1",
	};
	char long_name[1500] = "query=1,192.0.2.1,udp,A,NOERROR,1,1,";
	struct fopnp_wire *wire;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		wire = fopnp_told_wire_make(lines[i]);
		assert_int_equal(wire->told_count, 0);
		assert_int_equal(wire->count, 0);
		fopnp_wire_free(wire);
	}
	memset(long_name + strlen(long_name), 'a', 1400);
	wire = fopnp_told_wire_make(long_name);
	assert_int_equal(wire->told_count, 1);
	assert_int_equal(strlen(wire->told[0].query->message.name), FOPNP_DNS_NAME - 1);
	fopnp_wire_free(wire);
	wire = fopnp_told_wire_make(
		"sent=1,1 sent=2,1 sent=3,1 sent=4,1 sent=5,1 sent=6,1 sent=7,1 "
		"sent=8,1 sent=9,1 query=1,9,udp,A,NOERROR,1,1,a.");
	assert_int_equal(wire->server_count, FOPNP_WIRE_SERVERS);
	assert_int_equal(wire->told_count, 0);
	fopnp_wire_free(wire);
}

static void test_aliases(void **state)
{
	struct fopnp_wire *wire =
		fopnp_told_wire_make("server=192.0.2.1 chain=web.example. chain=cdn.example. "
				     "query=0,192.0.2.1,udp,A,NOERROR,900,4,www.example. "
				     "query=1,192.0.2.1,udp,AAAA,NOERROR,900,2,www.example. "
				     "query=2,192.0.2.1,udp,AAAA,NOERROR,900,1,www.example.");

	(void)state;
	assert_int_equal(wire->told[0].reply->message.wanted_count, 2);
	assert_int_equal(wire->told[0].reply->message.answer_count, 4);
	assert_int_equal(wire->told[1].reply->message.wanted_count, 0);
	assert_string_equal(wire->told[1].reply->message.target, "cdn.example");
	assert_int_equal(wire->told[2].reply->message.wanted_count, 0);
	fopnp_wire_free(wire);
}

/* What was asked of two servers at once are two rounds. */
static void test_rounds(void **state)
{
	struct fopnp_wire *wire =
		fopnp_told_wire_make("query=0,192.0.2.1,udp,A,NOERROR,900,1,www.example. "
				     "query=1,192.0.2.2,udp,AAAA,NOERROR,900,1,www.example. "
				     "query=2,192.0.2.2,udp,A,NOERROR,900,1,www.example. "
				     "query=3,192.0.2.2,udp,AAAA,NOERROR,900,1,www.example.");

	(void)state;
	assert_int_equal(wire->told[1].round, 1);
	assert_int_equal(wire->told[2].round, 1);
	assert_int_equal(wire->told[3].round, 2);
	fopnp_wire_free(wire);
}

/* What is printed of the first step's wire; the caller's. */
static char *print_wire(void)
{
	FILE *file = tmpfile();
	int old = dup(STDOUT_FILENO);
	char *text = calloc(1, 16384);

	assert_true(file && text && old != -1);
	assert_int_equal(setenv("COLUMNS", "110", 1), 0);
	fopnp_trace_take_told(&trace);
	(void)fflush(stdout);
	assert_true(dup2(fileno(file), STDOUT_FILENO) != -1);
	fopnp_trace_print_wire(&trace, &trace.steps[0]);
	(void)fflush(stdout);
	assert_true(dup2(old, STDOUT_FILENO) != -1);
	(void)close(old);
	rewind(file);
	assert_true(fread(text, 1, 16383, file) > 0);
	(void)fclose(file);
	return text;
}

#define assert_printed(expected)                                                                   \
	do {                                                                                       \
		char *printed_ = print_wire();                                                     \
		assert_string_equal(printed_, expected);                                           \
		free(printed_);                                                                    \
	} while (0)

static void test_printed_wire(void **state)
{
	(void)state;
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "server=192.0.2.1 query=0,192.0.2.1,udp,A,NOERROR,900,2,www.example. "
		    "query=1,192.0.2.1,udp,AAAA,NOERROR,950,1,www.example.");
	assert_printed(
		"\n  fopnp:dns asked 192.0.2.1: www.example. A, AAAA: 3 addresses, 0.95 ms\n");

	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS, hedged);
	make_server(&trace, "192.0.2.1", 1);
	make_server(&trace, "192.0.2.2", 4);
	assert_printed(
		"\n"
		"  fopnp:dns on the wire to 192.0.2.1 (resolv.conf:1), 192.0.2.2 (resolv.conf:4)\n"
		"           at  server     asked                       came                   took\n"
		"      0.10 ms  192.0.2.1  www.example. A, AAAA        no reply yet          53 ms\n"
		"        50 ms  192.0.2.2  www.example. A, AAAA again  1 address (A only)  3.10 ms\n");

	(void)start("big.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "server=192.0.2.1 transport=tcp "
		    "query=0,192.0.2.1,udp+tcp,A,NOERROR,4000,90,big.example. queries=3");
	assert_printed(
		"\n"
		"  fopnp:dns on the wire to 192.0.2.1 (glibc's default)\n"
		"           at  asked           came                                     took\n"
		"      0.00 ms  big.example. A  truncated, then by TCP: 90 addresses  4.00 ms\n"
		"    (and 3 more, which it did not list)\n");
}

/* One line of fopnp.conf names them all. */
static void test_heading_of_one_line(void **state)
{
	(void)state;
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS, hedged);
	use_conf("dns-servers 192.0.2.1 192.0.2.2\n");
	assert_printed(
		"\n"
		"  fopnp:dns on the wire to 192.0.2.1, 192.0.2.2 (all fopnp.conf:1)\n"
		"           at  server     asked                       came                   took\n"
		"      0.10 ms  192.0.2.1  www.example. A, AAAA        no reply yet          53 ms\n"
		"        50 ms  192.0.2.2  www.example. A, AAAA again  1 address (A only)  3.10 ms\n");
}

/* ---- evidence: fopnp:dns ---- */

static void test_dns_evidence(void **state)
{
	(void)state;
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS, hedged);
	make_server(&trace, "192.0.2.1", 1);
	make_server(&trace, "192.0.2.2", 4);
	make_server(&trace, "192.0.2.3", 5);
	assert_told("/etc/resolv.conf:1: nameserver 192.0.2.1 -- no reply yet after 53 ms\n"
		    "*/etc/resolv.conf:4: nameserver 192.0.2.2 -- its reply was taken: NOERROR by "
		    "UDP in 3.10 ms\n"
		    "/etc/resolv.conf:5: nameserver 192.0.2.3 -- not asked\n");

	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "server=192.0.2.2:5353 transport=tcp rcode=NOERROR rtt=40000 chain=a.example. "
		    "chain=b.example. ad=1 ede=3:stale sent=192.0.2.2:5353,1 "
		    "query=0,192.0.2.2:5353,tcp,A,NOERROR,40000,3,www.example.");
	use_conf("dns-servers 192.0.2.2:5353 192.0.2.9\n");
	make_server(&trace, "192.0.2.1", 1); /* does not count then */
	assert_told(
		"*/etc/fopnp.conf:1: dns-servers 192.0.2.2:5353 192.0.2.9 -- 192.0.2.2:5353: its "
		"reply was taken: NOERROR by TCP in 40 ms, alias of a.example., b.example., "
		"validated, it says (AD), extended error 3:stale; 192.0.2.9: not asked\n");

	(void)start("www.example", "fopnp:dns", NSS_STATUS_NOTFOUND,
		    "server=192.0.2.3 rcode=NXDOMAIN "
		    "query=0,192.0.2.1,udp,A,refused,90,0,www.example. "
		    "query=0,192.0.2.2,udp,A,SERVFAIL,90,0,www.example. "
		    "query=0,192.0.2.3,udp,A,NXDOMAIN,90,0,www.example. ");
	make_server(&trace, "192.0.2.1", 1);
	make_server(&trace, "192.0.2.2", 2);
	make_server(&trace, "192.0.2.3", 3);
	assert_told("/etc/resolv.conf:1: nameserver 192.0.2.1 -- port closed\n"
		    "/etc/resolv.conf:2: nameserver 192.0.2.2 -- replied SERVFAIL\n"
		    "*/etc/resolv.conf:3: nameserver 192.0.2.3 -- its reply was taken: NXDOMAIN\n");
}

/* Its settings are those of the file, too. */
static void test_dns_settings(void **state)
{
	(void)state;
	(void)start("www", "fopnp:dns", NSS_STATUS_NOTFOUND, "");
	trace.resolver.is_missing = true;
	make_server(&trace, "127.0.0.1", 0);
	make_search(&trace, "corp.example", 2);
	assert_told("/etc/resolv.conf:0:  -- does not exist: glibc asks 127.0.0.1; 127.0.0.1: not "
		    "asked\n"
		    "/etc/resolv.conf:2: search corp.example\n");
}

/* fopnp.conf overrules resolv.conf, and that is seen. */
static void test_limits_of_conf(void **state)
{
	(void)state;
	(void)start("www.example", "fopnp:dns", NSS_STATUS_NOTFOUND, "");
	trace.resolver.options_line = 2;
	trace.resolver.options_text = fopnp_memory_copy_text("ndots:2 timeout:5 attempts:4");
	trace.resolver.res_options = "retimeout:1 timeout:3";
	use_conf("dns-timeout 300ms\nmdns-timeout 1500us\ndns-hedge 0s\n");
	assert_told(
		"/etc/resolv.conf:2: options ndots:2 timeout:5 attempts:4 -- timeout: overruled "
		"by dns-timeout\n"
		"RES_OPTIONS:0: retimeout:1 timeout:3 -- of the environment; timeout: overruled "
		"by dns-timeout\n"
		"/etc/fopnp.conf:1: dns-timeout 300ms\n"
		"/etc/fopnp.conf:3: dns-hedge 0s\n");
	(void)start("www.example", "fopnp:dns", NSS_STATUS_NOTFOUND, "");
	trace.resolver.options_line = 2;
	trace.resolver.options_text = fopnp_memory_copy_text("timeout:5 attempts:4");
	use_conf("dns-attempts 3\ndns-timeout 2s\n");
	assert_told("/etc/resolv.conf:2: options timeout:5 attempts:4 -- timeout: overruled by "
		    "dns-timeout, attempts: overruled by dns-attempts\n"
		    "/etc/fopnp.conf:2: dns-timeout 2s\n"
		    "/etc/fopnp.conf:1: dns-attempts 3\n");
	/* glibc's own source does not know that file. */
	(void)start("www.example", "dns", NSS_STATUS_NOTFOUND, "");
	trace.resolver.options_line = 2;
	trace.resolver.options_text = fopnp_memory_copy_text("timeout:5");
	use_conf("dns-timeout 2s\n");
	assert_told("/etc/resolv.conf:2: options timeout:5\n");
	(void)start("nobody.local", "fopnp:mdns", NSS_STATUS_NOTFOUND, "if=eth0 asked=1");
	use_conf("mdns-timeout 1500us\ndns-timeout 2s\n");
	assert_told("multicast:0: eth0 -- 1 query, no reply\n"
		    "/etc/fopnp.conf:1: mdns-timeout 1500us\n");
}

/* ---- evidence: fopnp:mdns ---- */

static void test_mdns_evidence(void **state)
{
	(void)state;
	(void)start("printer.local", "fopnp:mdns", NSS_STATUS_SUCCESS, "via=avahi");
	assert_told("*/run/avahi-daemon/socket:0:  -- avahi answered\n");
	(void)start("printer.local", "fopnp:mdns", NSS_STATUS_SUCCESS,
		    "avahi=timeout via=multicast if=eth0 if=wlan0 from=10.0.0.7 asked=4 heard=1 "
		    "ignored=2");
	assert_told("/run/avahi-daemon/socket:0:  -- had no answer within 0.00 ms\n"
		    "*multicast:0: eth0, wlan0 -- 4 queries, 1 reply, taken from 10.0.0.7; 2 other "
		    "packets ignored\n");
	(void)start("nobody.local", "fopnp:mdns", NSS_STATUS_NOTFOUND, "if=eth0 asked=1");
	assert_told("multicast:0: eth0 -- 1 query, no reply\n");
	(void)start("nobody.local", "fopnp:mdns", NSS_STATUS_NOTFOUND,
		    "via=avahi avahi=15%20Timeout%20reached");
	assert_told("*/run/avahi-daemon/socket:0:  -- avahi answered\n");
	(void)start("a.corp.local", "fopnp:mdns", NSS_STATUS_NOTFOUND,
		    "avahi=denied if=eth0 asked=2 heard=0");
	use_conf("mdns-domain .lab.local\nmdns-domain .corp.local\n");
	assert_told("/run/avahi-daemon/socket:0:  -- permission to connect is denied\n"
		    "multicast:0: eth0 -- 2 queries, no reply\n"
		    "/etc/fopnp.conf:2: mdns-domain .corp.local\n");
	(void)start("www.example", "fopnp:mdns", NSS_STATUS_UNAVAIL, "skipped=not-local");
	use_conf("mdns-timeout 1s\n");
	assert_told("");
	(void)start("lab.example", "fopnp:mdns", NSS_STATUS_UNAVAIL, "skipped=not-local");
	use_conf("mdns-domain .lab.example\n");
	assert_told("/etc/fopnp.conf:1: mdns-domain .lab.example -- the names below it, not "
		    "itself\n");
}

/* ---- evidence: fopnp:hosts ---- */

static void write_hosts(const char *text)
{
	if (!has_private_hosts)
		skip();
	assert_true(write_private_file("/etc/hosts", text, strlen(text)));
}

static void answer_with(struct fopnp_step *step, const char *address)
{
	step->answer = fopnp_memory_zeroed(1, sizeof(*step->answer));
	step->answer->end = FOPNP_CALL_RETURNED;
	make_address(step->answer, address);
}

static void test_hosts_evidence(void **state)
{
	char path[] = "/tmp/fopnp-hosts-XXXXXX", words[200], expected[300];
	int file;

	(void)state;
	write_hosts("127.0.0.1 localhost\n10.0.0.5 printer # by the door\n10.0.0.6 Printer\n");
	answer_with(start("printer", "fopnp:hosts", NSS_STATUS_SUCCESS, "file=/etc/hosts:2"),
		    "10.0.0.5");
	assert_told(
		"/etc/hosts:2: 10.0.0.5 printer # by the door\n"
		"/etc/hosts:3: 10.0.0.6 Printer -- not used: /etc/host.conf does not turn multi "
		"on, so the first line wins\n");

	/* The source's word counts: it saw another file than we do now. */
	answer_with(start("printer", "fopnp:hosts", NSS_STATUS_SUCCESS, "file=/etc/hosts:9"),
		    "10.0.0.5");
	assert_told(
		"/etc/hosts:2: 10.0.0.5 printer # by the door -- not used: the source does not "
		"tell of it\n"
		"/etc/hosts:3: 10.0.0.6 Printer -- not used: /etc/host.conf does not turn multi "
		"on, so the first line wins\n"
		"/etc/hosts:9:  -- used; it cannot be read, or the file has changed since\n");

	/* A file of hosts-file. */
	file = mkstemp(path);
	assert_true(file != -1 && write(file, "# lab\n10.1.0.1 bench\n", 21) == 21);
	(void)close(file);
	(void)snprintf(words, sizeof(words), "file=%s:2", path);
	(void)snprintf(expected, sizeof(expected), "%s:2: 10.1.0.1 bench\n", path);
	answer_with(start("bench", "fopnp:hosts", NSS_STATUS_SUCCESS, words), "10.1.0.1");
	assert_told(expected);
	/* Why a line there does not count. */
	answer_with(start("bench", "fopnp:hosts", NSS_STATUS_NOTFOUND, ""), "10.1.0.1");
	trace.steps[0].answer->code = EAI_NONAME;
	trace.request.family = AF_INET6;
	(void)snprintf(words, sizeof(words), "hosts-file %s\n", path);
	(void)snprintf(expected, sizeof(expected),
		       "%s:2: 10.1.0.1 bench -- IPv4: not for this call\n", path);
	use_conf(words);
	assert_told(expected);
	(void)start("bench", "files", NSS_STATUS_NOTFOUND, "");
	use_conf(words);
	assert_told("");
	(void)unlink(path);

	(void)start("nobody", "fopnp:hosts", NSS_STATUS_NOTFOUND, "");
	assert_told("");
}

/* ---- notes ---- */

static void note_all(void)
{
	fopnp_trace_take_told(&trace);
	fopnp_trace_note_dns(&trace);
	fopnp_trace_note_name(&trace);
}

static void test_silent_servers(void **state)
{
	(void)state;
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS, hedged);
	make_server(&trace, "192.0.2.1", 1);
	make_server(&trace, "192.0.2.2", 4);
	note_all();
	assert_note(
		&trace, "server-silent", FOPNP_INFO,
		"192.0.2.1 had not replied after 53 ms, when 192.0.2.2, asked as well, had: it is "
		"slow or dead, and cost no more than that");
	assert_place(&trace, "server-silent", "/etc/resolv.conf", 1);
	assert_string_equal(find_note(&trace, "server-silent")->fix,
			    "if it never replies, take 192.0.2.1 out of /etc/resolv.conf: glibc's "
			    "own dns waits for it");
	assert_false(has_warnings(&trace));

	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,timeout,1000000,0,www.example. "
		    "query=50000,192.0.2.2,udp,A,NOERROR,3000,1,www.example.");
	use_conf("order fopnp:dns\ndns-servers 192.0.2.1 192.0.2.2\n");
	note_all();
	assert_note(&trace, "server-silent", FOPNP_WARNING,
		    "192.0.2.1 did not reply to 1 query, each waited for up to 1.0 s");
	assert_string_equal(find_note(&trace, "server-silent")->fix,
			    "take 192.0.2.1 out of /etc/fopnp.conf, or start the server there");
	assert_place(&trace, "server-silent", "/etc/fopnp.conf", 2);

	/* Nor is a second server that was asked for another reason, and not waited for. */
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,pending,3000,0,www.example. "
		    "query=1,192.0.2.2,udp,A,NOERROR,2900,1,www.example.");
	note_all();
	assert_int_equal(trace.notes.count, 0);

	/* One reply after a few milliseconds is no news. */
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,NOERROR,3000,1,www.example. "
		    "query=1,192.0.2.1,udp,AAAA,NOERROR,3000,0,www.example.");
	note_all();
	assert_int_equal(trace.notes.count, 0);
}

static void test_dead_servers(void **state)
{
	struct fopnp_step *step = start("www.example", "fopnp:dns", NSS_STATUS_TRYAGAIN,
					"query=0,192.0.2.1,udp,A,timeout,5000000,0,www.example. "
					"query=50000,192.0.2.2,udp,A,refused,100,0,www.example. ");

	(void)state;
	step->elapsed_us = 10000000;
	note_all();
	assert_note(&trace, "server-silent", FOPNP_ERROR,
		    "no name server replied (192.0.2.1: silent; 192.0.2.2: port closed): that took "
		    "10.0 s");
	assert_int_equal(count_notes(&trace, "server-refused"), 0);

	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,refused,100,0,www.example. "
		    "query=90,192.0.2.2,udp,A,unreachable,100,0,www.example. "
		    "query=200,192.0.2.3,udp,A,SERVFAIL,100,0,www.example. "
		    "query=300,192.0.2.4,udp,A,garbage,100,0,www.example. "
		    "query=350,192.0.2.6,udp,A,pending,30000,0,www.example. "
		    "query=400,192.0.2.5,udp,A,NOERROR,100,1,www.example. ");
	note_all();
	assert_note(&trace, "server-refused", FOPNP_WARNING,
		    "192.0.2.1 takes no DNS queries (port closed, or a firewall rejects them)");
	assert_note(&trace, "server-unreachable", FOPNP_WARNING,
		    "192.0.2.2 cannot be reached from this host");
	assert_string_equal(find_note(&trace, "server-unreachable")->fix,
			    "give this host a route to 192.0.2.2, or write another server into "
			    "/etc/resolv.conf");
	assert_note(&trace, "server-failed", FOPNP_INFO,
		    "192.0.2.3 said SERVFAIL when asked for www.example A");
	assert_note(&trace, "reply-ignored", FOPNP_WARNING,
		    "what 192.0.2.4 sent while 1 query waited answers none (unreadable, or with "
		    "another id or question)");
	assert_note(
		&trace, "server-silent", FOPNP_INFO,
		"192.0.2.6 had not replied after 30 ms, when 192.0.2.5, asked as well, had: it is "
		"slow or dead, and cost no more than that");
}

static void test_stub(void **state)
{
	(void)state;
	(void)start("www.example", "fopnp:dns", NSS_STATUS_UNAVAIL,
		    "query=0,127.0.0.53,udp,A,refused,100,0,www.example.");
	note_all();
	assert_note(&trace, "stub-without-resolved", FOPNP_ERROR,
		    "127.0.0.53 is the stub of systemd-resolved, and nothing listens there in this "
		    "network namespace");
	assert_no_note(&trace, "server-refused");
}

/* What nobody but fopnp asked harms no program. */
static void test_unreached(void **state)
{
	(void)state;
	make_unreached(start("www.example", "fopnp:dns", NSS_STATUS_UNAVAIL,
			     "query=0,192.0.2.1,udp,A,refused,100,0,www.example."));
	note_all();
	assert_note(&trace, "server-refused", FOPNP_INFO,
		    "192.0.2.1 takes no DNS queries (port closed, or a firewall rejects them) (the "
		    "call itself did not ask fopnp:dns)");
}

/* resolv-conf-missing tells why that server is asked. */
static void test_default_server(void **state)
{
	(void)state;
	(void)start("www.example", "fopnp:dns", NSS_STATUS_UNAVAIL,
		    "query=0,127.0.0.1,udp,A,refused,100,0,www.example.");
	trace.resolver.is_missing = true;
	make_server(&trace, "127.0.0.1", 0);
	note_all();
	assert_non_null(find_note(&trace, "resolv-conf-missing"));
	assert_int_equal(trace.notes.count, 1);
}

static void test_one_family(void **state)
{
	(void)state;
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,NOERROR,900,1,www.example. "
		    "query=1,192.0.2.1,udp,AAAA,SERVFAIL,900,0,www.example. "
		    "query=901,192.0.2.2,udp,AAAA,SERVFAIL,900,0,www.example.");
	note_all();
	assert_note(
		&trace, "one-family-failed", FOPNP_WARNING,
		"A of www.example was answered, but for AAAA 192.0.2.1 said SERVFAIL: fopnp:dns "
		"takes the half that it has");
	assert_int_equal(trace.notes.count, 1);
	/* Another server had it. */
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,NOERROR,900,1,www.example. "
		    "query=1,192.0.2.1,udp,AAAA,SERVFAIL,900,0,www.example. "
		    "query=901,192.0.2.2,udp,AAAA,NOERROR,900,1,www.example.");
	note_all();
	assert_no_note(&trace, "one-family-failed");
	assert_note(&trace, "server-failed", FOPNP_INFO,
		    "192.0.2.1 said SERVFAIL when asked for www.example AAAA");
}

static void test_replies(void **state)
{
	(void)state;
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,NOERROR,2000,1,www.example. "
		    "query=1,192.0.2.1,udp,AAAA,timeout,1200000,0,www.example. "
		    "query=300000,192.0.2.1,udp,AAAA,timeout,900000,0,www.example.");
	note_all();
	assert_note(
		&trace, "reply-missing", FOPNP_WARNING,
		"the AAAA reply of 192.0.2.1 about www.example is missing: waiting for it cost up "
		"to 1.2 s");
	assert_int_equal(count_notes(&trace, "reply-missing"), 1);
	assert_no_note(&trace, "server-silent");

	/* Dropped once, and there on the second try. */
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,NOERROR,2000,1,www.example. "
		    "query=1,192.0.2.1,udp,AAAA,timeout,300000,0,www.example. "
		    "query=300000,192.0.2.1,udp,AAAA,NOERROR,3000,0,www.example.");
	note_all();
	assert_no_note(&trace, "reply-missing");

	(void)start("big.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp+tcp,A,NOERROR,4000,90,big.example. "
		    "query=1,192.0.2.1,udp,AAAA,NOERROR,1500000,1,big.example.");
	note_all();
	assert_note(&trace, "reply-truncated", FOPNP_INFO,
		    "the A reply of 192.0.2.1 about big.example is too long for UDP: asking over "
		    "TCP, too, took 4.00 ms");
	assert_note(&trace, "server-slow", FOPNP_WARNING,
		    "192.0.2.1 took 1.5 s to reply about big.example AAAA");
	(void)start("www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,NOERROR,1500000,1,www.example. "
		    "query=1,192.0.2.1,udp,AAAA,NOERROR,1600000,0,www.example.");
	note_all();
	assert_note(&trace, "server-slow", FOPNP_WARNING,
		    "192.0.2.1 took 1.6 s to reply about www.example A and AAAA");
	assert_int_equal(count_notes(&trace, "server-slow"), 1);
	assert_string_equal(
		find_note(&trace, "server-slow")->fix,
		"look into that server: whom it asks may be slow or dead; a second server "
		"is asked meanwhile, if one stands in /etc/resolv.conf");
	(void)start("big.example", "fopnp:dns", NSS_STATUS_TRYAGAIN,
		    "query=0,192.0.2.1,udp+tcp,A,timeout,4000000,0,big.example.");
	note_all();
	assert_note(&trace, "reply-truncated", FOPNP_WARNING,
		    "the A reply of 192.0.2.1 about big.example is too long for UDP: asking over "
		    "TCP, too, brought nothing in 4.0 s");
}

/* TCP is closed behind a reply that was cut short: the server is there all the same. */
static void test_closed_behind_truncation(void **state)
{
	(void)state;
	(void)start("big.example", "fopnp:dns", NSS_STATUS_TRYAGAIN,
		    "query=0,192.0.2.1,udp+tcp,A,refused,900,0,big.example. "
		    "query=1,192.0.2.1,udp+tcp,AAAA,refused,900,0,big.example.");
	trace.steps[0].h_error = TRY_AGAIN;
	make_server(&trace, "192.0.2.1", 1);
	note_all();
	assert_note(&trace, "reply-truncated", FOPNP_WARNING,
		    "the A reply of 192.0.2.1 about big.example is too long for UDP: asking over "
		    "TCP, too, failed after 0.90 ms");
	assert_int_equal(trace.notes.count, 1);
	assert_told(
		"/etc/resolv.conf:1: nameserver 192.0.2.1 -- replied by UDP, truncated, and not by "
		"TCP: port closed\n");
	assert_failure("no reply that is of use");
}

/* A dead server in front costs nothing for a name that the next one has, else it is waited for. */
static void test_denied_names(void **state)
{
	(void)state;
	(void)start("no.example", "fopnp:dns", NSS_STATUS_NOTFOUND,
		    "server=192.0.2.2 rcode=NXDOMAIN "
		    "query=0,192.0.2.1,udp,A,pending,1000000,0,no.example. "
		    "query=1,192.0.2.1,udp,AAAA,pending,1000000,0,no.example. "
		    "query=50000,192.0.2.2,udp,A,NXDOMAIN,900,0,no.example. "
		    "query=50001,192.0.2.2,udp,AAAA,NXDOMAIN,900,0,no.example.");
	note_all();
	assert_note(&trace, "server-silent", FOPNP_WARNING,
		    "192.0.2.1 did not reply: each name that does not exist waits 1.0 s for it");
	assert_string_equal(find_note(&trace, "server-silent")->fix,
			    "take 192.0.2.1 out of /etc/resolv.conf, or start the server there");
	assert_int_equal(trace.notes.count, 1);

	(void)start("host", "fopnp:dns", NSS_STATUS_NOTFOUND,
		    "query=0,192.0.2.1,udp,A,pending,1000000,0,host.a.test. "
		    "query=50000,192.0.2.2,udp,A,NXDOMAIN,900,0,host.a.test. "
		    "query=1000000,192.0.2.1,udp,A,timeout,1000000,0,host.b.test. "
		    "query=1050000,192.0.2.2,udp,A,NXDOMAIN,900,0,host.b.test. "
		    "query=2000000,192.0.2.1,udp,A,pending,51000,0,host. "
		    "query=2050000,192.0.2.2,udp,A,NOERROR,900,1,host.");
	note_all();
	assert_note(
		&trace, "server-silent", FOPNP_WARNING,
		"192.0.2.1 did not reply: each name that does not exist waits 1.0 s for it (2.0 s "
		"here)");
	assert_note(&trace, "search-storm", FOPNP_WARNING,
		    "4 of 6 queries were for 2 other names of the search list: they took 2.0 s, "
		    "waiting for 192.0.2.1 included");
}

/* A server that never says anything about one name. */
static void test_name_without_reply(void **state)
{
	struct fopnp_step *step =
		start("lost.example", "fopnp:dns", NSS_STATUS_TRYAGAIN,
		      "server=192.0.2.1 rcode=NXDOMAIN "
		      "query=0,192.0.2.1,udp,A,timeout,1000000,0,lost.example. "
		      "query=1,192.0.2.1,udp,AAAA,timeout,1000000,0,lost.example. "
		      "query=1000000,192.0.2.1,udp,A,NXDOMAIN,900,0,lost.example.a.test. "
		      "query=1000001,192.0.2.1,udp,AAAA,NXDOMAIN,900,0,lost.example.a.test.");

	(void)state;
	step->h_error = TRY_AGAIN;
	make_server(&trace, "192.0.2.1", 1);
	note_all();
	assert_note(&trace, "reply-missing", FOPNP_WARNING,
		    "192.0.2.1 replies, but not about lost.example: waiting for it cost 1.0 s");
	assert_int_equal(count_notes(&trace, "reply-missing"), 1);
	assert_no_note(&trace, "server-silent");
	/* Nothing was taken, whatever the last name came to. */
	assert_told("/etc/resolv.conf:1: nameserver 192.0.2.1 -- replied NXDOMAIN\n");
	assert_failure("a query had no reply");
}

static void test_disagreement(void **state)
{
	(void)state;
	(void)start("erp.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,NOERROR,300000,1,erp.example. "
		    "query=50000,192.0.2.2,udp,A,NXDOMAIN,10000,0,erp.example.");
	make_server(&trace, "192.0.2.1", 1);
	make_server(&trace, "192.0.2.2", 2);
	note_all();
	assert_note(&trace, "servers-disagree", FOPNP_INFO,
		    "192.0.2.2 says that erp.example does not exist, and 192.0.2.1 has it, which "
		    "counts for more: waiting for it cost 240 ms");
	assert_place(&trace, "servers-disagree", "/etc/resolv.conf", 2);
	assert_int_equal(trace.notes.count, 1);
	/* Of another name, or of one server. */
	(void)start("erp.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		    "query=0,192.0.2.1,udp,A,NXDOMAIN,900,0,erp.example.a.test. "
		    "query=1000,192.0.2.1,udp,A,NXDOMAIN,900,0,erp.example. "
		    "query=1000,192.0.2.1,udp,AAAA,NOERROR,900,1,erp.example.");
	note_all();
	assert_no_note(&trace, "servers-disagree");
}

static void test_refused_name(void **state)
{
	struct fopnp_step *step = start("192.0.2.7", "fopnp:dns", NSS_STATUS_UNAVAIL,
					"server=192.0.2.1 rcode=NOERROR "
					"query=0,192.0.2.1,udp,PTR,NOERROR,900,1,7.2.0.192.in-addr."
					"arpa.");

	(void)state;
	step->h_error = NO_RECOVERY;
	trace.request.call = FOPNP_CALL_GETNAMEINFO;
	note_all();
	assert_note(
		&trace, "reply-name-refused", FOPNP_WARNING,
		"fopnp:dns refuses the name in the reply, as glibc does: it has a character that "
		"no host name has, or a \"-\" in front");
	assert_failure("no host name in the reply");
	step->status = NSS_STATUS_TRYAGAIN; /* no name in it at all */
	fopnp_findings_clear(&trace.notes);
	note_all();
	assert_no_note(&trace, "reply-name-refused");
}

static void test_failures(void **state)
{
	(void)state;
	(void)start("fail.example", "fopnp:dns", NSS_STATUS_TRYAGAIN,
		    "server=192.0.2.1 rcode=SERVFAIL transport=udp ede=6:bogus "
		    "query=0,192.0.2.1,udp,A,SERVFAIL,900,0,fail.example. "
		    "query=1,192.0.2.1,udp,AAAA,SERVFAIL,900,0,fail.example. "
		    "query=9,192.0.2.1,udp,A,SERVFAIL,900,0,fail.example.");
	make_server(&trace, "192.0.2.1", 1);
	trace.steps[0].h_error = TRY_AGAIN;
	note_all();
	assert_note(&trace, "server-failed", FOPNP_WARNING,
		    "192.0.2.1 said SERVFAIL when asked for fail.example A and AAAA");
	assert_told("/etc/resolv.conf:1: nameserver 192.0.2.1 -- replied SERVFAIL by UDP, extended "
		    "error 6:bogus\n");
	assert_failure("SERVFAIL");
	(void)start("fail", "fopnp:dns", NSS_STATUS_TRYAGAIN,
		    "query=0,192.0.2.1,udp,A,SERVFAIL,900,0,fail.a.test. "
		    "query=1,192.0.2.1,udp,A,SERVFAIL,900,0,fail.");
	note_all();
	assert_note(&trace, "server-failed", FOPNP_WARNING,
		    "192.0.2.1 said SERVFAIL when asked for fail.a.test A, and for other names");
	(void)start("www.example", "fopnp:dns", NSS_STATUS_UNAVAIL,
		    "query=0,192.0.2.1,udp,A,refused,90,0,www.example.");
	trace.steps[0].h_error = TRY_AGAIN;
	note_all();
	assert_failure("no name server replied");
}

static void test_search(void **state)
{
	(void)state;
	(void)start(
		"www.example", "fopnp:dns", NSS_STATUS_SUCCESS,
		"server=192.0.2.1 query=0,192.0.2.1,udp,A,NOERROR,900,1,www.example.corp.test.");
	make_search(&trace, "corp.test", 3);
	note_all();
	assert_note(
		&trace, "search-suffix-answered", FOPNP_WARNING,
		"the answer is for www.example.corp.test (the search list), not for www.example, "
		"which was not asked for");
	assert_place(&trace, "search-suffix-answered", "/etc/resolv.conf", 3);
}

static void test_name_not_sent(void **state)
{
	(void)state;
	(void)start("a b", "fopnp:dns", NSS_STATUS_UNAVAIL, "");
	note_all();
	assert_note(&trace, "name-not-sent", FOPNP_INFO,
		    "fopnp:dns sent nothing: this is no valid DNS host name");
}

static void test_mdns_notes(void **state)
{
	struct fopnp_step *step;

	(void)state;
	step = start("nobody.local", "fopnp:mdns", NSS_STATUS_NOTFOUND,
		     "avahi=timeout if=eth0 if=wlan0 asked=6");
	step->elapsed_us = 2000000;
	note_all();
	assert_note(
		&trace, "mdns-wait", FOPNP_WARNING,
		"fopnp:mdns waited 2.0 s for nobody.local: it asked the network on eth0, wlan0, "
		"and nobody answered");
	/* avahi takes 5 s for that, and the network said nothing, either. */
	assert_no_note(&trace, "avahi-silent");
	step = start("printer.local", "fopnp:mdns", NSS_STATUS_SUCCESS,
		     "avahi=timeout via=multicast if=eth0 from=10.0.0.7 asked=2 heard=1");
	step->elapsed_us = 260000;
	note_all();
	assert_note(
		&trace, "avahi-silent", FOPNP_WARNING,
		"avahi had said nothing about printer.local after 260 ms, when the network itself "
		"had answered");
	(void)start("printer.local", "fopnp:mdns", NSS_STATUS_SUCCESS,
		    "avahi=denied via=multicast if=eth0 from=10.0.0.7 asked=2 heard=1");
	note_all();
	assert_note(&trace, "avahi-denied", FOPNP_INFO,
		    "this program may not ask avahi: fopnp:mdns asked the network itself");
	assert_no_note(&trace, "mdns-wait");
	(void)start("printer.local", "fopnp:mdns", NSS_STATUS_SUCCESS, "via=avahi avahi=timeout");
	note_all();
	assert_int_equal(trace.notes.count, 0);
	(void)start("printer.local", "fopnp:mdns", NSS_STATUS_UNAVAIL, "skipped=no-interface");
	note_all();
	assert_note(&trace, "mdns-no-interface", FOPNP_WARNING,
		    "fopnp:mdns asked nobody about printer.local: no interface is up that can "
		    "multicast");
	(void)start("printer.local", "fopnp:mdns", NSS_STATUS_UNAVAIL, "skipped=no-socket");
	note_all();
	assert_note(&trace, "mdns-no-socket", FOPNP_WARNING,
		    "fopnp:mdns asked nobody about printer.local: it got no socket, or could send "
		    "nothing by it");
	(void)start("a.corp.local", "fopnp:mdns", NSS_STATUS_UNAVAIL, "skipped=not-local");
	note_all();
	assert_note(&trace, "local-label-rule", FOPNP_WARNING,
		    "3 labels: fopnp:mdns asks for NAME.local alone, not for a.corp.local");
	assert_string_equal(
		find_note(&trace, "local-label-rule")->fix,
		"write \"mdns-domain .corp.local\" into /etc/fopnp.conf if mDNS has such "
		"names, else give a.corp.local to DNS or /etc/hosts");
	(void)start("www.example", "fopnp:mdns", NSS_STATUS_UNAVAIL, "skipped=not-local");
	note_all();
	assert_int_equal(trace.notes.count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_server_text),
		cmocka_unit_test(test_hedged_wire),
		cmocka_unit_test(test_ends_of_queries),
		cmocka_unit_test(test_odd_words),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_rounds),
		cmocka_unit_test_teardown(test_printed_wire, tear_down),
		cmocka_unit_test_teardown(test_heading_of_one_line, tear_down),
		cmocka_unit_test_teardown(test_dns_evidence, tear_down),
		cmocka_unit_test_teardown(test_dns_settings, tear_down),
		cmocka_unit_test_teardown(test_limits_of_conf, tear_down),
		cmocka_unit_test_teardown(test_mdns_evidence, tear_down),
		cmocka_unit_test_teardown(test_hosts_evidence, tear_down),
		cmocka_unit_test_teardown(test_silent_servers, tear_down),
		cmocka_unit_test_teardown(test_dead_servers, tear_down),
		cmocka_unit_test_teardown(test_stub, tear_down),
		cmocka_unit_test_teardown(test_unreached, tear_down),
		cmocka_unit_test_teardown(test_default_server, tear_down),
		cmocka_unit_test_teardown(test_one_family, tear_down),
		cmocka_unit_test_teardown(test_replies, tear_down),
		cmocka_unit_test_teardown(test_closed_behind_truncation, tear_down),
		cmocka_unit_test_teardown(test_denied_names, tear_down),
		cmocka_unit_test_teardown(test_name_without_reply, tear_down),
		cmocka_unit_test_teardown(test_disagreement, tear_down),
		cmocka_unit_test_teardown(test_refused_name, tear_down),
		cmocka_unit_test_teardown(test_failures, tear_down),
		cmocka_unit_test_teardown(test_search, tear_down),
		cmocka_unit_test_teardown(test_name_not_sent, tear_down),
		cmocka_unit_test_teardown(test_mdns_notes, tear_down),
	};

	has_private_hosts =
		mount_private_file("/etc/hosts") && mount_private_file("/etc/host.conf");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
