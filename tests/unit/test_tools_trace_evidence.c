/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which evidence each source gets: lines of resolv.conf, sockets. */
#include "tools/memory.h"
#include "tools/trace.h"

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
#include "tests/unit/unit_test.h"

static struct fopnp_trace trace;

static struct fopnp_step *start(const char *name, const char *source, int status)
{
	fopnp_trace_clear(&trace);
	make_trace(&trace, name, EAI_NONAME);
	return make_step(&trace, source, status);
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_trace_clear(&trace);
	return 0;
}

/* The evidence as one text: "FILE:LINE: TEXT -- REMARK" a line. */
static char *told(void)
{
	char *all = fopnp_memory_copy_text("");

	fopnp_trace_find_evidence(&trace);
	for (size_t i = 0; i < trace.steps[0].evidence.count; i++) {
		const struct fopnp_evidence *evidence = &trace.steps[0].evidence.list[i];
		char *more = fopnp_memory_format(
			"%s%s:%u: %s%s%s\n", all, evidence->place.file, evidence->place.line,
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

static void test_servers(void **state)
{
	struct fopnp_step *dns = start("www.example", "dns", NSS_STATUS_NOTFOUND);

	(void)state;
	make_server(&trace, "10.0.0.53", 1);
	make_server(&trace, "192.0.2.53", 4);
	make_search(&trace, "corp.example", 2); /* two dots are enough for ndots:1 */
	trace.resolver.options_line = 3;
	trace.resolver.options_text = fopnp_memory_copy_text("edns0 trust-ad");
	trace.resolver.surplus_line = 6;
	trace.resolver.refused_line = 5;
	make_pair(dns, 0, 0, "www.example", ns_r_nxdomain, 0, 0);
	assert_told("/etc/resolv.conf:1: nameserver 10.0.0.53\n"
		    "/etc/resolv.conf:4: nameserver 192.0.2.53 -- not asked\n"
		    "/etc/resolv.conf:5:  -- not used: no address that glibc takes\n"
		    "/etc/resolv.conf:6:  -- not used: glibc takes 3 servers\n"
		    "/etc/resolv.conf:3: options edns0 trust-ad\n");
}

static void test_search_list(void **state)
{
	struct fopnp_step *dns;

	(void)state;
	(void)start("www", "dns", NSS_STATUS_NOTFOUND);
	make_server(&trace, "10.0.0.53", 1);
	make_search(&trace, "corp.example", 2);
	make_search(&trace, "example", 2);
	assert_told("/etc/resolv.conf:1: nameserver 10.0.0.53\n"
		    "/etc/resolv.conf:2: search corp.example example\n");
	/* A final dot: never. */
	(void)start("www.", "dns", NSS_STATUS_NOTFOUND);
	trace.resolver.ndots = 5;
	make_server(&trace, "10.0.0.53", 1);
	make_search(&trace, "corp.example", 2);
	assert_told("/etc/resolv.conf:1: nameserver 10.0.0.53\n");
	/* Enough dots, but the packets show that the list was tried afterwards. */
	dns = start("www.x", "dns", NSS_STATUS_NOTFOUND);
	make_server(&trace, "10.0.0.53", 1);
	make_search(&trace, "corp.example", 2);
	make_pair(dns, 0, 0, "www.x", ns_r_nxdomain, 0, 0);
	make_pair(dns, 2, 0, "www.x.corp.example", ns_r_nxdomain, 0, 0);
	assert_told("/etc/resolv.conf:1: nameserver 10.0.0.53\n"
		    "/etc/resolv.conf:2: search corp.example\n");
}

static void test_environment(void **state)
{
	(void)state;
	(void)start("www", "dns", NSS_STATUS_NOTFOUND);
	make_server(&trace, "10.0.0.53", 1);
	make_search(&trace, "corp.example", 0);
	trace.resolver.search_origin = FOPNP_SEARCH_OF_ENVIRONMENT;
	trace.resolver.local_domain = "corp.example";
	trace.resolver.res_options = "ndots:3";
	assert_told("/etc/resolv.conf:1: nameserver 10.0.0.53\n"
		    "LOCALDOMAIN:0: corp.example -- of the environment, instead of the file's search "
		    "list\n"
		    "RES_OPTIONS:0: ndots:3 -- of the environment\n");
	(void)start("www", "dns", NSS_STATUS_NOTFOUND);
	make_server(&trace, "10.0.0.53", 1);
	make_search(&trace, "corp.example", 0);
	trace.resolver.search_origin = FOPNP_SEARCH_OF_HOST_NAME;
	assert_told("/etc/resolv.conf:1: nameserver 10.0.0.53\n"
		    "/etc/resolv.conf:0:  -- no search line: the host's own domain, corp.example, is "
		    "searched\n");
}

static void test_odd_resolv_conf(void **state)
{
	struct fopnp_step *step;

	(void)state;
	(void)start("www.example", "dns", NSS_STATUS_UNAVAIL);
	make_server(&trace, "127.0.0.1", 0);
	trace.resolver.is_missing = true;
	trace.resolver.target = fopnp_memory_copy_text("../run/stub.conf");
	assert_told("/etc/resolv.conf:0:  -- a link to ../run/stub.conf, which does not exist: glibc "
		    "asks 127.0.0.1\n");
	(void)start("www.example", "dns", NSS_STATUS_UNAVAIL);
	make_server(&trace, "127.0.0.1", 0);
	assert_told("/etc/resolv.conf:0:  -- names no server: glibc asks 127.0.0.1\n");
	(void)start("www.example", "dns", NSS_STATUS_UNAVAIL);
	trace.resolver.error = EISDIR;
	assert_told("/etc/resolv.conf:0:  -- cannot be read (Is a directory): no name can be looked "
		    "up\n");
	(void)start("www.example", "dns", NSS_STATUS_UNAVAIL);
	trace.resolver.fatal_line = 2;
	trace.resolver.fatal_words = "programs hang";
	assert_told("/etc/resolv.conf:2:  -- programs hang\n");
	/* It is read before any source is asked. */
	step = start("www.example", "files", NSS_STATUS_UNAVAIL);
	trace.has_resolver = true;
	trace.resolver.fatal_words = "programs hang";
	step->has_status = false;
	free(step->reason);
	step->reason = fopnp_memory_copy_text("hangs");
	assert_told("/etc/resolv.conf:0:  -- programs hang\n");
}

/* Only for names that mDNS is asked for; what the machine's own socket says is not tested. */
static void test_mdns_names(void **state)
{
	static const struct {
		const char *name;
		bool is_mdns;
	} cases[] = {
		{ "printer.local", true },     { "PRINTER.Local.", true }, { "printer.locals", false },
		{ "printer.example", false },  { "local", false },	   { ".local", false },
		{ "printerlocal", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)start(cases[i].name, "mdns4_minimal", NSS_STATUS_UNAVAIL);
		fopnp_trace_find_evidence(&trace);
		assert_int_equal(trace.steps[0].evidence.count, cases[i].is_mdns);
	}
	assert_int_equal(trace.steps[0].evidence.count, 0);
	(void)start("printer.local", "mdns_minimal", NSS_STATUS_UNAVAIL);
	fopnp_trace_find_evidence(&trace);
	assert_string_equal(trace.steps[0].evidence.list[0].place.file,
			    "/run/avahi-daemon/socket");
}

/* What resolved said of itself is not asked of its socket again. */
static void test_resolved(void **state)
{
	struct fopnp_resolved_answer answer = {
		.state = FOPNP_RESOLVED_ABSENT,
		.error = ECONNREFUSED,
	};

	(void)state;
	(void)start("www.example", "resolve", NSS_STATUS_UNAVAIL);
	trace.resolved = &answer;
	assert_told("/run/systemd/resolve/io.systemd.Resolve:0:  -- nobody listens behind it: the "
		    "daemon has died\n");
	trace.resolved = NULL;
	(void)start("www.example", "resolve", NSS_STATUS_UNAVAIL);
	answer.state = FOPNP_RESOLVED_FAILED;
	answer.error_words = (char[]){ "its servers refuse" };
	trace.resolved = &answer;
	assert_told("/run/systemd/resolve/io.systemd.Resolve:0:  -- its servers refuse\n");
	trace.resolved = NULL;
}

static void test_own_name(void **state)
{
	char name[256] = "";

	(void)state;
	assert_int_equal(gethostname(name, sizeof(name) - 1), 0);
	(void)start(name, "myhostname", NSS_STATUS_SUCCESS);
	fopnp_trace_find_evidence(&trace);
	assert_int_equal(trace.steps[0].evidence.count, 1);
	assert_string_equal(trace.steps[0].evidence.list[0].place.text, name);
	(void)start("not-this-host", "myhostname", NSS_STATUS_NOTFOUND);
	assert_told("");
}

static void test_unknown_steps(void **state)
{
	struct fopnp_step *dns = start("www.example", "dns", NSS_STATUS_NOTFOUND);

	(void)state;
	make_server(&trace, "10.0.0.53", 1);
	dns->has_status = false;
	assert_told("");
	(void)start("www.example", "nosuch", NSS_STATUS_UNAVAIL);
	assert_told("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_servers),	     cmocka_unit_test(test_search_list),
		cmocka_unit_test(test_environment),  cmocka_unit_test(test_odd_resolv_conf),
		cmocka_unit_test(test_mdns_names),   cmocka_unit_test(test_resolved),
		cmocka_unit_test(test_own_name),     cmocka_unit_test(test_unknown_steps),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
