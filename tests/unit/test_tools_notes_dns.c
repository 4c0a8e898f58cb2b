/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notes that packets and resolv.conf give rise to. */
#include "tools/memory.h"
#include "tools/trace_exchanges.h"
#include "tools/trace_notes.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/made_trace.h"
#include "tests/unit/unit_test.h"

/* Every test makes its traces here. */
static struct fopnp_trace trace;

/* `dns` with this status, and 10.0.0.53 on line 2 of resolv.conf. */
static struct fopnp_step *start(const char *name, int status)
{
	struct fopnp_step *dns;

	fopnp_trace_clear(&trace);
	make_trace(&trace, name, status == NSS_STATUS_SUCCESS ? 0 : EAI_NONAME);
	make_server(&trace, "10.0.0.53", 2);
	dns = make_step(&trace, "dns", status);
	if (status == NSS_STATUS_SUCCESS)
		make_answering(&trace, dns);
	return dns;
}

static int set_up(void **state)
{
	(void)state;
	make_trace(&trace, "x", 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_trace_clear(&trace);
	return 0;
}

static void test_healthy(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_SUCCESS);

	(void)state;
	make_search(&trace, "corp.example", 3);
	make_pair(dns, 0, 0, "www.example", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
	/* IPv4 only. */
	dns = start("www.example", NSS_STATUS_SUCCESS);
	make_pair(dns, 0, 0, "www.example", ns_r_noerror, 1, 0);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
	/* Not there, and not in the search list either. */
	dns = start("nosuch.example", NSS_STATUS_NOTFOUND);
	make_search(&trace, "corp.example", 3);
	make_pair(dns, 0, 0, "nosuch.example", ns_r_nxdomain, 0, 0);
	make_pair(dns, 2, 0, "nosuch.example.corp.example", ns_r_nxdomain, 0, 0);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
	/* Answered by files; no resolv.conf is none of its business, nor are the packets. */
	dns = start("localhost", NSS_STATUS_NOTFOUND);
	trace.result->code = 0;
	make_unreached(dns);
	trace.resolver.is_missing = true;
	make_pair(dns, 0, 0, "localhost", ns_r_nxdomain, 0, 0);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
	/* No packets at all: a number, or a lookup of which none were seen. */
	remake_trace(&trace, "192.0.2.1", 0);
	trace.result->is_numeric = true;
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
}

/* What is waited for at the same time costs once. */
static void test_cost(void **state)
{
	struct fopnp_wire_exchange list[] = {
		{ .at_us = 0, .waited_us = 100 },   { .at_us = 50, .waited_us = 100 },
		{ .at_us = 60, .waited_us = 20 },   { .at_us = 120, .waited_us = 1000 },
		{ .at_us = 5000, .waited_us = 10 },
	};
	struct fopnp_exchanges exchanges = { .list = list, .count = 5 };

	(void)state;
	assert_int_equal(fopnp_exchanges_cost(&exchanges, (bool[5]){ false }), 0);
	assert_int_equal(
		fopnp_exchanges_cost(&exchanges, (bool[5]){ true, true, true, false, true }), 160);
	assert_int_equal(
		fopnp_exchanges_cost(&exchanges, (bool[5]){ true, true, true, true, false }), 1120);
}

/* ---- servers ---- */

/* Two tries of five seconds. */
static void stay_silent(struct fopnp_step *step, size_t server, unsigned from_ms, const char *name)
{
	make_query(step, from_ms, server, name, ns_t_a);
	make_query(step, from_ms, server, name, ns_t_aaaa);
}

static void test_silent_server(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_SUCCESS);

	(void)state;
	make_server(&trace, "10.0.0.54", 3);
	stay_silent(dns, 0, 0, "www.example");
	make_pair(dns, 5000, 1, "www.example", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-silent", FOPNP_WARNING,
		    "10.0.0.53 did not reply to 2 queries: waiting for it cost 5.0 s");
	assert_place(&trace, "server-silent", "/etc/resolv.conf", 2);
	assert_int_equal(trace.notes.count, 1);

	/* Nobody else could have answered. */
	dns = start("www.example", NSS_STATUS_UNAVAIL);
	stay_silent(dns, 0, 0, "www.example");
	stay_silent(dns, 0, 5000, "www.example");
	make_wire_end(dns, 10000);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-silent", FOPNP_ERROR,
		    "10.0.0.53 did not reply to 4 queries: waiting for it cost 10.0 s");

	/* The call did not ask it. */
	dns = start("www.example", NSS_STATUS_UNAVAIL);
	trace.result->code = 0;
	make_unreached(dns);
	stay_silent(dns, 0, 0, "www.example");
	make_wire_end(dns, 3000);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-silent", FOPNP_INFO,
		    "10.0.0.53 did not reply to 2 queries: waiting for it cost 3.0 s (the call "
		    "itself did not ask dns)");

	/* None replied: one note, and no advice that leaves no server. */
	dns = start("www.example", NSS_STATUS_UNAVAIL);
	make_server(&trace, "10.0.0.54", 3);
	stay_silent(dns, 0, 0, "www.example");
	stay_silent(dns, 1, 2000, "www.example");
	make_wire_end(dns, 4000);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-silent", FOPNP_ERROR,
		    "no name server replied in time (10.0.0.53: silent; 10.0.0.54: silent): waiting "
		    "cost 4.0 s");
	assert_string_equal(find_note(&trace, "server-silent")->fix,
			    "look at this host's network and at port 53 first; or write other "
			    "servers into /etc/resolv.conf");
	assert_place(&trace, "server-silent", "/etc/resolv.conf", 2);
	assert_int_equal(trace.notes.count, 1);
	dns = start("www.example", NSS_STATUS_UNAVAIL);
	make_server(&trace, "10.0.0.54", 3);
	make_server(&trace, "10.0.0.55", 4);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	(void)make_end(dns, 0, 0, "www.example", ns_t_a, FOPNP_WIRE_UNREACHABLE, ENETUNREACH);
	make_query(dns, 0, 1, "www.example", ns_t_a);
	(void)make_end(dns, 0, 1, "www.example", ns_t_a, FOPNP_WIRE_REFUSED, ECONNREFUSED);
	make_wire_end(dns, 0);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-refused", FOPNP_ERROR,
		    "no name server replied (10.0.0.53: cannot be reached; 10.0.0.54: port "
		    "closed)");
	stay_silent(dns, 2, 0, "www.example");
	make_wire_end(dns, 2000);
	fopnp_findings_clear(&trace.notes);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-silent", FOPNP_ERROR,
		    "no name server replied in time (10.0.0.53: cannot be reached; 10.0.0.54: port "
		    "closed; 10.0.0.55: silent): waiting cost 2.0 s");
	assert_int_equal(trace.notes.count, 1);
	/* One that replied, if only with an error, is alive. */
	dns = start("www.example", NSS_STATUS_UNAVAIL);
	make_server(&trace, "10.0.0.54", 3);
	stay_silent(dns, 0, 0, "www.example");
	make_pair(dns, 2000, 1, "www.example", ns_r_servfail, 0, 0);
	fopnp_trace_note_dns(&trace);
	assert_string_equal(find_note(&trace, "server-silent")->fix,
			    "take 10.0.0.53 out of /etc/resolv.conf, or wait less for it: options "
			    "timeout:1");

	/* A server that stands in no line is glibc's own. */
	dns = start("www.example", NSS_STATUS_UNAVAIL);
	trace.resolver.servers[0].line = 0;
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_wire_end(dns, 5000);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-silent", FOPNP_ERROR,
		    "10.0.0.53, which glibc asks where /etc/resolv.conf names no server, did not "
		    "reply to 1 query: waiting for it cost 5.0 s");
	assert_null(find_note(&trace, "server-silent")->place.file);
}

static void test_late_server(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_SUCCESS);

	(void)state;
	make_server(&trace, "10.0.0.54", 3);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_query(dns, 5000, 1, "www.example", ns_t_a);
	(void)make_reply(dns, 5200, 0, "www.example", ns_t_a, ns_r_noerror, 1);
	(void)make_reply(dns, 5300, 1, "www.example", ns_t_a, ns_r_noerror, 1);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-silent", FOPNP_WARNING,
		    "10.0.0.53 replied too late, after 5.2 s: waiting for it cost 5.0 s");
}

static void test_refusing_server(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_UNAVAIL);

	(void)state;
	make_query(dns, 0, 0, "www.example", ns_t_a);
	(void)make_end(dns, 1, 0, "www.example", ns_t_a, FOPNP_WIRE_REFUSED, ECONNREFUSED);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-refused", FOPNP_ERROR,
		    "10.0.0.53 takes no DNS queries (UDP port closed, or a firewall rejects them)");
	assert_place(&trace, "server-refused", "/etc/resolv.conf", 2);

	dns = start("www.example", NSS_STATUS_UNAVAIL);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	(void)make_end(dns, 1, 0, "www.example", ns_t_a, FOPNP_WIRE_UNREACHABLE, ENETUNREACH);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-unreachable", FOPNP_ERROR,
		    "10.0.0.53 cannot be reached from this host (ENETUNREACH)");

	/* Another one answered. */
	dns = start("www.example", NSS_STATUS_SUCCESS);
	make_server(&trace, "10.0.0.54", 3);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	(void)make_end(dns, 1, 0, "www.example", ns_t_a, FOPNP_WIRE_REFUSED, ECONNREFUSED);
	make_pair(dns, 2, 1, "www.example", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(find_note(&trace, "server-refused")->severity, FOPNP_WARNING);
	assert_string_equal(find_note(&trace, "server-refused")->fix,
			    "take 10.0.0.53 out of /etc/resolv.conf, or start the server there");
	assert_int_equal(trace.notes.count, 1);

	/* glibc's own: nothing of resolv.conf is said twice. */
	dns = start("www.example", NSS_STATUS_UNAVAIL);
	trace.resolver.servers[0].line = 0;
	make_query(dns, 0, 0, "www.example", ns_t_a);
	(void)make_end(dns, 1, 0, "www.example", ns_t_a, FOPNP_WIRE_REFUSED, ECONNREFUSED);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-refused", FOPNP_ERROR,
		    "10.0.0.53 takes no DNS queries (UDP port closed, or a firewall rejects them), which "
		    "glibc asks where /etc/resolv.conf names no server");
	fopnp_findings_clear(&trace.notes);
	trace.resolver.error = EACCES;
	fopnp_trace_note_dns(&trace);
	assert_non_null(find_note(&trace, "resolv-conf-missing"));
	assert_no_note(&trace, "server-refused");
	/* What waiting for it cost is news, and what to do is known. */
	dns = start("www.example", NSS_STATUS_UNAVAIL);
	trace.resolver.servers[0].line = 0;
	trace.resolver.error = EACCES;
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_wire_end(dns, 5000);
	fopnp_trace_note_dns(&trace);
	assert_null(find_note(&trace, "server-silent")->fix);
}

static void test_stub(void **state)
{
	struct fopnp_step *dns;

	(void)state;
	remake_trace(&trace, "www.example", EAI_AGAIN);
	make_server(&trace, "127.0.0.53", 4);
	dns = make_step(&trace, "dns", NSS_STATUS_UNAVAIL);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	(void)make_end(dns, 1, 0, "www.example", ns_t_a, FOPNP_WIRE_REFUSED, ECONNREFUSED);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "stub-without-resolved", FOPNP_ERROR,
		    "127.0.0.53 is the stub of systemd-resolved, and nothing listens there in "
		    "this network namespace");
	assert_place(&trace, "stub-without-resolved", "/etc/resolv.conf", 4);
	assert_int_equal(trace.notes.count, 1);

	remake_trace(&trace, "www.example", EAI_AGAIN);
	make_server(&trace, "127.0.0.53", 4);
	dns = make_step(&trace, "dns", NSS_STATUS_UNAVAIL);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_wire_end(dns, 5000);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "stub-without-resolved", FOPNP_ERROR,
		    "127.0.0.53 is the stub of systemd-resolved, and nobody replies there: "
		    "waiting for it cost 5.0 s");
	assert_int_equal(trace.notes.count, 1);

	/* Another that is silent, too: nothing would be left. */
	remake_trace(&trace, "www.example", EAI_AGAIN);
	make_server(&trace, "127.0.0.53", 4);
	make_server(&trace, "10.0.0.53", 5);
	dns = make_step(&trace, "dns", NSS_STATUS_UNAVAIL);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	(void)make_end(dns, 1, 0, "www.example", ns_t_a, FOPNP_WIRE_REFUSED, ECONNREFUSED);
	make_query(dns, 1, 1, "www.example", ns_t_a);
	make_wire_end(dns, 5001);
	fopnp_trace_note_dns(&trace);
	assert_non_null(find_note(&trace, "stub-without-resolved"));
	assert_string_equal(find_note(&trace, "server-silent")->fix,
			    "write a server that replies into /etc/resolv.conf, or open port 53 to "
			    "10.0.0.53");

	/* A stub that works. */
	remake_trace(&trace, "www.example", 0);
	make_server(&trace, "127.0.0.53", 4);
	dns = make_step(&trace, "dns", NSS_STATUS_SUCCESS);
	make_pair(dns, 0, 0, "www.example", ns_r_noerror, 1, 0);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
}

/* ---- what another note tells better ---- */

static void test_told_elsewhere(void **state)
{
	struct fopnp_step *dns, *mdns;

	(void)state;
	/* resolved's stub refuses, and resolved says why. */
	remake_trace(&trace, "www.example", EAI_AGAIN);
	make_server(&trace, "127.0.0.53", 4);
	dns = make_step(&trace, "dns", NSS_STATUS_UNAVAIL);
	make_pair(dns, 0, 0, "www.example", ns_r_refused, 0, 0);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-failed", FOPNP_WARNING,
		    "127.0.0.53 said REFUSED when asked for www.example A and AAAA");
	assert_string_equal(find_note(&trace, "server-failed")->fix,
			    "resolvectl query with the name says why systemd-resolved refuses");
	fopnp_findings_clear(&trace.notes);
	trace.resolved = fopnp_memory_zeroed(1, sizeof(*trace.resolved));
	trace.resolved->state = FOPNP_RESOLVED_FAILED;
	trace.resolved->error_name = fopnp_memory_copy_text("io.systemd.Resolve.NoNameServers");
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
	/* Another server's refusal is its own. */
	free(trace.resolver.servers[0].text);
	trace.resolver.server_count = 0;
	make_server(&trace, "10.0.0.53", 4);
	fopnp_trace_note_dns(&trace);
	assert_non_null(find_note(&trace, "server-failed"));

	/* nss-mdns waited for a server: where mdns-wait tells of that one. */
	remake_trace(&trace, "printer.local", 0);
	make_server(&trace, "10.0.0.53", 2);
	mdns = make_step(&trace, "mdns4_minimal", NSS_STATUS_SUCCESS);
	mdns->elapsed_us = 5000000;
	make_query(mdns, 0, 0, "local", ns_t_soa);
	make_wire_end(mdns, 5000);
	fopnp_trace_note_dns(&trace);
	assert_non_null(find_note(&trace, "server-silent"));
	fopnp_findings_clear(&trace.notes);
	fopnp_trace_note_daemons(&trace);
	fopnp_trace_note_dns(&trace);
	assert_place(&trace, "mdns-wait", "/etc/resolv.conf", 2);
	assert_int_equal(trace.notes.count, 1);
}

/* ---- replies ---- */

static void test_slow_server(void **state)
{
	struct fopnp_step *dns = start("slow.example", NSS_STATUS_SUCCESS);

	(void)state;
	make_query(dns, 0, 0, "slow.example", ns_t_a);
	(void)make_reply(dns, 2300, 0, "slow.example", ns_t_a, ns_r_noerror, 1);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-slow", FOPNP_WARNING,
		    "10.0.0.53 took 2.3 s to reply about slow.example A");
	assert_place(&trace, "server-slow", "/etc/resolv.conf", 2);
	assert_int_equal(trace.notes.count, 1);
	/* The slower of two; what takes less than a second is no news. */
	dns = start("slow.example", NSS_STATUS_NOTFOUND);
	make_query(dns, 0, 0, "slow.example", ns_t_a);
	make_query(dns, 0, 0, "slow.example", ns_t_aaaa);
	(void)make_reply(dns, 1000, 0, "slow.example", ns_t_a, ns_r_nxdomain, 0);
	(void)make_reply(dns, 1500, 0, "slow.example", ns_t_aaaa, ns_r_nxdomain, 0);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-slow", FOPNP_WARNING,
		    "10.0.0.53 took 1.5 s to reply about slow.example A and AAAA");
	assert_int_equal(trace.notes.count, 1);
	dns = start("slow.example", NSS_STATUS_SUCCESS);
	make_query(dns, 0, 0, "slow.example", ns_t_a);
	(void)make_reply(dns, 999, 0, "slow.example", ns_t_a, ns_r_noerror, 1);
	fopnp_trace_note_dns(&trace);
	assert_no_note(&trace, "server-slow");
	/* A hostile server makes no more than three. */
	dns = start("slow.example", NSS_STATUS_SUCCESS);
	for (unsigned i = 0; i < 20; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "slow.%u.example", i);
		make_query(dns, i * 2000, 0, name, ns_t_a);
		(void)make_reply(dns, i * 2000 + 1900, 0, name, ns_t_a, ns_r_noerror, 1);
	}
	fopnp_trace_note_dns(&trace);
	assert_int_equal(count_notes(&trace, "server-slow"), 3);
}

static void test_refused_name(void **state)
{
	struct fopnp_step *dns = start("192.0.2.1", NSS_STATUS_UNAVAIL);
	struct fopnp_wire_packet *reply;

	(void)state;
	trace.request.call = FOPNP_CALL_GETNAMEINFO;
	make_query(dns, 0, 0, "1.2.0.192.in-addr.arpa", ns_t_ptr);
	reply = make_reply(dns, 1, 0, "1.2.0.192.in-addr.arpa", ns_t_ptr, ns_r_noerror, 1);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
	reply->message.is_name_refused = true;
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "reply-name-refused", FOPNP_WARNING,
		    "glibc refuses the name in the reply: it has a character that no host name "
		    "has, or a \"-\" in front");
	assert_place(&trace, "reply-name-refused", "/etc/resolv.conf", 2);
	fopnp_findings_clear(&trace.notes);
	dns->status = NSS_STATUS_SUCCESS;
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
}

static void start_unsent(const char *name)
{
	struct fopnp_step *dns = start(name, NSS_STATUS_NOTFOUND);

	dns->wire = fopnp_memory_zeroed(1, sizeof(*dns->wire));
}

static void test_unsent_name(void **state)
{
	static const char *const names[] = { "a..b", " ", "-a.example", "a$b", "caf\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		start_unsent(names[i]);
		fopnp_trace_note_dns(&trace);
		assert_note(&trace, "name-not-sent", FOPNP_INFO,
			    "dns sent nothing: this is no valid DNS host name");
		assert_int_equal(trace.notes.count, 1);
	}
	/* Sent; not known; another reason. */
	make_pair(&trace.steps[0], 0, 0, "x", ns_r_nxdomain, 0, 0);
	fopnp_findings_clear(&trace.notes);
	fopnp_trace_note_dns(&trace);
	assert_no_note(&trace, "name-not-sent");
	(void)start("a..b", NSS_STATUS_NOTFOUND);
	fopnp_trace_note_dns(&trace);
	assert_no_note(&trace, "name-not-sent");
	start_unsent("my_db.example");
	fopnp_trace_note_dns(&trace);
	assert_no_note(&trace, "name-not-sent");
}

static void test_missing_reply(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_SUCCESS);

	(void)state;
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_query(dns, 0, 0, "www.example", ns_t_aaaa);
	(void)make_reply(dns, 1, 0, "www.example", ns_t_a, ns_r_noerror, 1);
	make_pair(dns, 5000, 0, "www.example", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "reply-missing", FOPNP_WARNING,
		    "the AAAA reply of 10.0.0.53 about www.example is missing: waiting for it cost "
		    "5.0 s");
	assert_non_null(strstr(find_note(&trace, "reply-missing")->fix, "single-request-reopen"));
	assert_int_equal(trace.notes.count, 1);

	/* Both missing once, and there the second time. */
	dns = start("www.example", NSS_STATUS_SUCCESS);
	trace.resolver.flags = RES_SNGLKUPREOP;
	stay_silent(dns, 0, 0, "www.example");
	make_pair(dns, 5000, 0, "www.example", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_note(
		&trace, "reply-missing", FOPNP_WARNING,
		"A and AAAA replies of 10.0.0.53 about www.example are missing: waiting for them "
		"cost 5.0 s");
	assert_null(strstr(find_note(&trace, "reply-missing")->fix, "single-request-reopen"));

	/* AAAA never, however often it is asked. */
	dns = start("www.example", NSS_STATUS_SUCCESS);
	for (unsigned at_ms = 0; at_ms < 10000; at_ms += 5000) {
		make_query(dns, at_ms, 0, "www.example", ns_t_a);
		make_query(dns, at_ms, 0, "www.example", ns_t_aaaa);
		(void)make_reply(dns, at_ms + 1, 0, "www.example", ns_t_a, ns_r_noerror, 1);
	}
	make_wire_end(dns, 10000);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "reply-missing", FOPNP_WARNING,
		    "the AAAA reply of 10.0.0.53 about www.example is missing: waiting for it cost "
		    "10.0 s");
	assert_non_null(strstr(find_note(&trace, "reply-missing")->fix, "options no-aaaa"));
	assert_int_equal(trace.notes.count, 1);

	/* Silent about one name, not about another. */
	dns = start("www", NSS_STATUS_SUCCESS);
	stay_silent(dns, 0, 0, "www.a.example");
	make_pair(dns, 5000, 0, "www.b.example", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "reply-missing", FOPNP_WARNING,
		    "10.0.0.53 replies, but not about www.a.example: waiting for it cost 5.0 s");
	assert_no_note(&trace, "server-silent");
}

static void test_many_missing_replies(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_SUCCESS);
	char name[32];

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "www.%u.example", i);
		stay_silent(dns, 0, i * 1000, name);
	}
	make_pair(dns, 20000, 0, "www.example", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(count_notes(&trace, "reply-missing"), 3);
}

static void test_ignored_reply(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_UNAVAIL);

	(void)state;
	for (unsigned at_ms = 0; at_ms < 10000; at_ms += 5000) {
		make_query(dns, at_ms, 0, "www.example", ns_t_a);
		make_reply(dns, at_ms + 1, 0, "www.example", ns_t_a, ns_r_noerror, 1)->ignored =
			"wrong id";
	}
	make_wire_end(dns, 10000);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "reply-ignored", FOPNP_WARNING,
		    "glibc dropped what 10.0.0.53 replied to 2 queries (wrong id): waiting for a "
		    "right one cost 10.0 s");
	assert_int_equal(count_notes(&trace, "reply-ignored"), 1);
	assert_no_note(&trace, "server-silent");
	/* Not even that, the next time: it is no server that says nothing. */
	make_query(dns, 10000, 0, "www.example", ns_t_a);
	make_wire_end(dns, 15000);
	fopnp_trace_note_dns(&trace);
	assert_no_note(&trace, "server-silent");
	assert_no_note(&trace, "reply-missing");
	/* The right one as well: it cost nothing. */
	dns = start("www.example", NSS_STATUS_SUCCESS);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_reply(dns, 1, 0, "www.example", ns_t_a, ns_r_noerror, 1)->ignored = "wrong id";
	make_reply(dns, 2, 0, "www.example", ns_t_a, ns_r_noerror, 1);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "reply-ignored", FOPNP_WARNING,
		    "glibc dropped what 10.0.0.53 replied to 1 query (wrong id): the right one came, "
		    "too");
}

static void test_failed_server(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_UNAVAIL);

	(void)state;
	make_pair(dns, 0, 0, "www.example", ns_r_servfail, 0, 0);
	make_pair(dns, 2, 0, "www.example", ns_r_servfail, 0, 0);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-failed", FOPNP_WARNING,
		    "10.0.0.53 said SERVFAIL when asked for www.example A and AAAA");
	assert_non_null(strstr(find_note(&trace, "server-failed")->fix, "(DNSSEC)"));
	assert_int_equal(trace.notes.count, 1);

	/* A name of the search list failed on the way to one that was found. */
	dns = start("www", NSS_STATUS_SUCCESS);
	make_search(&trace, "b.example", 3);
	make_pair(dns, 0, 0, "www.a.example", ns_r_refused, 0, 0);
	make_pair(dns, 2, 0, "www.b.example", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(find_note(&trace, "server-failed")->severity, FOPNP_INFO);
	assert_non_null(strstr(find_note(&trace, "server-failed")->text, "REFUSED"));

	/* One that sends its clients to others. */
	dns = start("www.example", NSS_STATUS_UNAVAIL);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_reply(dns, 1, 0, "www.example", ns_t_a, ns_r_noerror, 0)->message.is_referral = true;
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-failed", FOPNP_WARNING,
		    "10.0.0.53 said to ask others when asked for www.example A");
}

static void test_one_family(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_SUCCESS);

	(void)state;
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_query(dns, 0, 0, "www.example", ns_t_aaaa);
	(void)make_reply(dns, 1, 0, "www.example", ns_t_a, ns_r_noerror, 1);
	(void)make_reply(dns, 1, 0, "www.example", ns_t_aaaa, ns_r_servfail, 0);
	fopnp_trace_note_dns(&trace);
	assert_non_null(find_note(&trace, "one-family-failed"));
	assert_ptr_equal(strstr(find_note(&trace, "one-family-failed")->text,
				"A of www.example was answered, but for AAAA 10.0.0.53 said "
				"SERVFAIL: glibc "),
			 find_note(&trace, "one-family-failed")->text);
	assert_no_note(&trace, "server-failed");

	/* Another server knew. */
	dns = start("www.example", NSS_STATUS_SUCCESS);
	make_server(&trace, "10.0.0.54", 3);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_query(dns, 0, 0, "www.example", ns_t_aaaa);
	(void)make_reply(dns, 1, 0, "www.example", ns_t_a, ns_r_noerror, 1);
	(void)make_reply(dns, 1, 0, "www.example", ns_t_aaaa, ns_r_servfail, 0);
	make_pair(dns, 2, 1, "www.example", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_no_note(&trace, "one-family-failed");
}

static void test_truncated(void **state)
{
	struct fopnp_step *dns = start("big.example", NSS_STATUS_SUCCESS);
	size_t tcp;

	(void)state;
	make_query(dns, 0, 0, "big.example", ns_t_a);
	make_reply(dns, 1, 0, "big.example", ns_t_a, ns_r_noerror, 0)->message.is_truncated = true;
	tcp = dns->wire->count;
	make_query(dns, 2, 0, "big.example", ns_t_a);
	(void)make_reply(dns, 5, 0, "big.example", ns_t_a, ns_r_noerror, 60);
	dns->wire->packets[tcp].is_tcp = dns->wire->packets[tcp + 1].is_tcp = true;
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "reply-truncated", FOPNP_INFO,
		    "the A reply of 10.0.0.53 about big.example is too long for UDP: asking over "
		    "TCP took 3.00 ms");
	assert_int_equal(trace.notes.count, 1);

	/* No TCP there. */
	dns = start("big.example", NSS_STATUS_UNAVAIL);
	make_query(dns, 0, 0, "big.example", ns_t_a);
	make_reply(dns, 1, 0, "big.example", ns_t_a, ns_r_noerror, 0)->message.is_truncated = true;
	tcp = dns->wire->count;
	make_query(dns, 2, 0, "big.example", ns_t_a);
	(void)make_end(dns, 5, 0, "big.example", ns_t_a, FOPNP_WIRE_CLOSED, ECONNRESET);
	dns->wire->packets[tcp].is_tcp = dns->wire->packets[tcp + 1].is_tcp = true;
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "reply-truncated", FOPNP_WARNING,
		    "the A reply of 10.0.0.53 about big.example is too long for UDP: asking over "
		    "TCP failed after 3.00 ms");
	assert_int_equal(trace.notes.count, 1);
	/* Over TCP from the start, it is the server's failure. */
	dns = start("big.example", NSS_STATUS_UNAVAIL);
	make_query(dns, 2, 0, "big.example", ns_t_a);
	(void)make_end(dns, 5, 0, "big.example", ns_t_a, FOPNP_WIRE_CLOSED, ECONNRESET);
	dns->wire->packets[0].is_tcp = dns->wire->packets[1].is_tcp = true;
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-failed", FOPNP_WARNING,
		    "10.0.0.53 closed the TCP connection before it replied about big.example");

	/* Silence there. */
	dns = start("big.example", NSS_STATUS_UNAVAIL);
	make_query(dns, 0, 0, "big.example", ns_t_a);
	make_reply(dns, 1, 0, "big.example", ns_t_a, ns_r_noerror, 0)->message.is_truncated = true;
	tcp = dns->wire->count;
	make_query(dns, 2, 0, "big.example", ns_t_a);
	make_query(dns, 2, 0, "big.example", ns_t_aaaa);
	(void)make_reply(dns, 3, 0, "big.example", ns_t_aaaa, ns_r_noerror, 0);
	for (size_t i = 0; i < 3; i++)
		dns->wire->packets[tcp + i].is_tcp = true;
	make_wire_end(dns, 3002);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "reply-truncated", FOPNP_WARNING,
		    "the A reply of 10.0.0.53 about big.example is too long for UDP: over TCP "
		    "nothing came in 3.0 s, and glibc waits there without limit");
	assert_int_equal(trace.notes.count, 1);
}

/* ---- the search list ---- */

static void test_search_suffix(void **state)
{
	struct fopnp_step *dns = start("www.x.be", NSS_STATUS_SUCCESS);

	(void)state;
	make_search(&trace, "apps.corp.example", 3);
	trace.resolver.ndots = 5;
	make_pair(dns, 0, 0, "www.x.be.apps.corp.example", ns_r_noerror, 1, 0);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "search-suffix-answered", FOPNP_WARNING,
		    "the answer is for www.x.be.apps.corp.example (the search list), not for "
		    "www.x.be, which was not asked for");
	assert_place(&trace, "search-suffix-answered", "/etc/resolv.conf", 3);
	assert_int_equal(trace.notes.count, 1);

	/* The name itself does not exist: what the list is for. */
	dns = start("www.x", NSS_STATUS_SUCCESS);
	make_search(&trace, "be", 3);
	make_pair(dns, 0, 0, "www.x", ns_r_nxdomain, 0, 0);
	make_pair(dns, 2, 0, "www.x.be", ns_r_noerror, 1, 0);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "search-suffix-answered", FOPNP_INFO,
		    "the answer is for www.x.be (the search list), not for www.x");

	/* Nor is a short name a surprise. */
	dns = start("www", NSS_STATUS_SUCCESS);
	make_search(&trace, "x.be", 3);
	make_pair(dns, 0, 0, "www.x.be", ns_r_noerror, 1, 0);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);

	/* The name itself failed, perhaps for now. */
	dns = start("www.x", NSS_STATUS_SUCCESS);
	make_search(&trace, "be", 3);
	trace.resolver.search_origin = FOPNP_SEARCH_OF_HOST_NAME;
	make_pair(dns, 0, 0, "www.x", ns_r_servfail, 0, 0);
	make_pair(dns, 2, 0, "www.x.be", ns_r_noerror, 1, 0);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "search-suffix-answered", FOPNP_WARNING,
		    "the answer is for www.x.be (the domain of this host's name), not for www.x, "
		    "which could not be asked for");

	/* Letter case and the final dot make no other name. */
	dns = start("WWW.x.be.", NSS_STATUS_SUCCESS);
	make_pair(dns, 0, 0, "www.X.be", ns_r_noerror, 1, 0);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
}

/* Four domains, and ndots so high that they come first. */
static void ask_all(struct fopnp_step *dns, const char *name, unsigned rcode)
{
	char candidate[64];

	for (unsigned i = 0; i < 4; i++) {
		(void)snprintf(candidate, sizeof(candidate), "%s.d%u.example", name, i);
		make_pair(dns, i * 10, 0, candidate, rcode, 0, 0);
		make_search(&trace, strchr(candidate, 'd'), 3);
	}
}

static void test_search_storm(void **state)
{
	struct fopnp_step *dns = start("www.be", NSS_STATUS_SUCCESS);

	(void)state;
	trace.resolver.ndots = 5;
	trace.resolver.options_line = 4;
	ask_all(dns, "www.be", ns_r_nxdomain);
	make_pair(dns, 40, 0, "www.be", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "search-storm", FOPNP_WARNING,
		    "8 of 10 queries were for 4 other names of the search list, since ndots is 5: "
		    "they took 4.00 ms");
	assert_place(&trace, "search-storm", "/etc/resolv.conf", 4);
	assert_string_equal(find_note(&trace, "search-storm")->fix,
			    "write www.be. with a final dot, or lower ndots in /etc/resolv.conf");
	assert_int_equal(trace.notes.count, 1);

	/* A short name needs them. */
	dns = start("www", NSS_STATUS_NOTFOUND);
	ask_all(dns, "www", ns_r_nxdomain);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "search-storm", FOPNP_INFO,
		    "8 of 8 queries were for 4 other names of the search list: they took 4.00 ms");

	/* Two domains are no storm, but for what they cost. */
	dns = start("www.be", NSS_STATUS_SUCCESS);
	trace.resolver.ndots = 5;
	make_pair(dns, 0, 0, "www.be.a", ns_r_nxdomain, 0, 0);
	make_pair(dns, 2, 0, "www.be.b", ns_r_nxdomain, 0, 0);
	make_pair(dns, 4, 0, "www.be", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
	dns->wire->packets[6].at_us = dns->wire->packets[7].at_us = 2000000;
	fopnp_trace_note_dns(&trace);
	assert_int_equal(find_note(&trace, "search-storm")->severity, FOPNP_WARNING);

	/* Time that server-silent tells of, too. */
	dns = start("www.be", NSS_STATUS_SUCCESS);
	make_server(&trace, "10.0.0.54", 3);
	trace.resolver.ndots = 5;
	stay_silent(dns, 0, 0, "www.be.a");
	make_pair(dns, 2000, 1, "www.be.a", ns_r_nxdomain, 0, 0);
	stay_silent(dns, 0, 3000, "www.be.b");
	make_pair(dns, 5000, 1, "www.be.b", ns_r_nxdomain, 0, 0);
	make_pair(dns, 5010, 1, "www.be", ns_r_noerror, 1, 1);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "search-storm", FOPNP_WARNING,
		    "8 of 10 queries were for 2 other names of the search list, since ndots is 5: "
		    "they took 4.0 s, waiting for 10.0.0.53 included");
}

/* Nothing of the list is of a reverse lookup's making. */
static void test_reverse(void **state)
{
	struct fopnp_step *dns = start("192.0.2.1", NSS_STATUS_SUCCESS);

	(void)state;
	trace.request.call = FOPNP_CALL_GETNAMEINFO;
	make_query(dns, 0, 0, "1.2.0.192.in-addr.arpa", ns_t_ptr);
	(void)make_reply(dns, 1, 0, "1.2.0.192.in-addr.arpa", ns_t_ptr, ns_r_noerror, 1);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);
}

/* ---- configuration ---- */

static void test_resolv_conf(void **state)
{
	(void)state;
	(void)start("www.example", NSS_STATUS_UNAVAIL);
	trace.resolver.is_missing = true;
	trace.resolver.target = fopnp_memory_copy_text("../run/nowhere");
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "resolv-conf-missing", FOPNP_ERROR,
		    "/etc/resolv.conf is a link to ../run/nowhere, which is not there: glibc asks "
		    "127.0.0.1 instead");

	(void)start("www.example", NSS_STATUS_SUCCESS);
	trace.resolver.is_missing = true;
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "resolv-conf-missing", FOPNP_WARNING,
		    "there is no /etc/resolv.conf: glibc asks 127.0.0.1 instead");

	(void)start("www.example", NSS_STATUS_UNAVAIL);
	trace.resolver.error = EACCES;
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "resolv-conf-missing", FOPNP_ERROR,
		    "/etc/resolv.conf cannot be read (Permission denied): glibc asks 127.0.0.1 "
		    "instead");
	assert_string_equal(find_note(&trace, "resolv-conf-missing")->fix,
			    "chmod a+r /etc/resolv.conf");
}

/* What another call went through is no cause of what this one did. */
static void test_other_call(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_SUCCESS);

	(void)state;
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_wire_end(dns, 5000);
	fopnp_trace_note_dns(&trace);
	assert_true(has_warnings(&trace));
	dns = start("www.example", NSS_STATUS_SUCCESS);
	make_query(dns, 0, 0, "www.example", ns_t_a);
	make_wire_end(dns, 5000);
	dns->is_wire_other = true;
	fopnp_trace_note_dns(&trace);
	assert_true(trace.notes.count > 0);
	assert_false(has_warnings(&trace));
	assert_non_null(strstr(trace.notes.list[0].text, "which went otherwise"));
}

static void test_resolv_conf_lines(void **state)
{
	const struct fopnp_finding *note;

	(void)state;
	(void)start("nosuch.example", NSS_STATUS_NOTFOUND);
	fopnp_trace_note_dns(&trace);
	assert_no_note(&trace, "resolv-conf-fatal");
	assert_no_note(&trace, "nameserver-line-unused");
	trace.resolver.refused_line = 4;
	fopnp_trace_note_dns(&trace);
	note = find_note(&trace, "nameserver-line-unused");
	assert_non_null(note);
	assert_int_equal(note->severity, FOPNP_WARNING);
	assert_int_equal(note->place.line, 4);
	/* Also where no source uses the resolver: getaddrinfo() reads the file all the same. */
	(void)start("localhost", NSS_STATUS_SUCCESS);
	trace.has_resolver = false;
	trace.resolver.refused_line = 4;
	trace.resolver.fatal_words = "glibc never gets past this line: programs hang";
	trace.resolver.fatal_line = 3;
	fopnp_trace_note_dns(&trace);
	assert_no_note(&trace, "nameserver-line-unused");
	note = find_note(&trace, "resolv-conf-fatal");
	assert_non_null(note);
	assert_int_equal(note->severity, FOPNP_ERROR);
	assert_int_equal(note->place.line, 3);
	assert_string_equal(note->text, "glibc never gets past this line: programs hang, whatever "
					"source is asked");
}

static void test_lost_wire(void **state)
{
	(void)state;
	(void)start("www.example", NSS_STATUS_SUCCESS);
	trace.is_wire_lost = true;
	trace.wire_lost_why = "more than six search domains";
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "wire-not-seen", FOPNP_INFO,
		    "the DNS packets could not be watched: more than six search domains");
}

/* ---- the zone local. ---- */

static struct fopnp_step *start_mdns(int status)
{
	struct fopnp_step *mdns;

	remake_trace(&trace, "printer.local", EAI_NONAME);
	make_server(&trace, "192.168.1.1", 2);
	mdns = make_step(&trace, "mdns4_minimal", status);
	make_query(mdns, 0, 0, "local", ns_t_soa);
	return mdns;
}

static void test_local_zone(void **state)
{
	struct fopnp_step *mdns = start_mdns(NSS_STATUS_UNAVAIL);

	(void)state;
	(void)make_reply(mdns, 1, 0, "local", ns_t_soa, ns_r_noerror, 1);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "unicast-local-zone", FOPNP_WARNING,
		    "local. exists in the DNS of 192.168.1.1, so mdns4_minimal leaves "
		    "printer.local to the DNS");
	assert_place(&trace, "unicast-local-zone", "/etc/resolv.conf", 2);
	assert_non_null(strstr(find_note(&trace, "unicast-local-zone")->fix, "behind dns"));
	assert_int_equal(trace.notes.count, 1);

	mdns = start_mdns(NSS_STATUS_NOTFOUND);
	(void)make_reply(mdns, 1, 0, "local", ns_t_soa, ns_r_nxdomain, 0);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);

	mdns = start_mdns(NSS_STATUS_NOTFOUND);
	(void)make_reply(mdns, 1, 0, "local", ns_t_soa, ns_r_noerror, 0);
	fopnp_trace_note_dns(&trace);
	assert_int_equal(trace.notes.count, 0);

	/* A newer nss-mdns asks avahi all the same. */
	mdns = start_mdns(NSS_STATUS_SUCCESS);
	trace.result->code = 0;
	(void)make_reply(mdns, 1, 0, "local", ns_t_soa, ns_r_noerror, 1);
	fopnp_trace_note_dns(&trace);
	assert_no_note(&trace, "unicast-local-zone");
}

/* What comes of packets that say less than they should. */
static void test_odd_packets(void **state)
{
	struct fopnp_step *dns = start("www.example", NSS_STATUS_UNAVAIL);
	struct fopnp_wire_packet *packet;

	(void)state;
	make_query(dns, 0, 7, "www.example", ns_t_a);
	packet = make_reply(dns, 1, 7, "www.example", ns_t_a, ns_r_servfail, 0);
	packet->is_parsed = packet->message.has_question = false;
	make_query(dns, 2, 0, "", 0);
	dns->wire->packets[2].is_parsed = dns->wire->packets[2].message.has_question = false;
	make_query(dns, 3, 9, "www.example", ns_t_aaaa);
	(void)make_reply(dns, 4, 9, "www.example", ns_t_aaaa, ns_r_servfail, 0);
	fopnp_trace_note_dns(&trace);
	assert_note(&trace, "server-failed", FOPNP_WARNING,
		    "the name server said SERVFAIL when asked for www.example AAAA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_healthy),         cmocka_unit_test(test_cost),
		cmocka_unit_test(test_silent_server),   cmocka_unit_test(test_late_server),
		cmocka_unit_test(test_refusing_server), cmocka_unit_test(test_stub),
		cmocka_unit_test(test_missing_reply),   cmocka_unit_test(test_many_missing_replies),
		cmocka_unit_test(test_ignored_reply),   cmocka_unit_test(test_failed_server),
		cmocka_unit_test(test_one_family),      cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_search_suffix),   cmocka_unit_test(test_search_storm),
		cmocka_unit_test(test_reverse),         cmocka_unit_test(test_resolv_conf),
		cmocka_unit_test(test_lost_wire),       cmocka_unit_test(test_local_zone),
		cmocka_unit_test(test_odd_packets),     cmocka_unit_test(test_resolv_conf_lines),
		cmocka_unit_test(test_other_call),
		cmocka_unit_test(test_told_elsewhere),  cmocka_unit_test(test_slow_server),
		cmocka_unit_test(test_refused_name),    cmocka_unit_test(test_unsent_name),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
