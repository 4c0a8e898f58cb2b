/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notes on the name itself and on the environment. */
#include "tools/memory.h"
#include "tools/trace_notes.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/made_trace.h"
#include "tests/unit/private_file.h"
#include "tests/unit/unit_test.h"

#define HOSTS "/etc/hosts"

static struct fopnp_trace trace;
static bool has_hosts; /* a private /etc/hosts */

static int set_up(void **state)
{
	(void)state;
	make_trace(&trace, "www.example", 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_trace_clear(&trace);
	return 0;
}

static void put_hosts(const char *text)
{
	if (!has_hosts)
		skip();
	assert_true(write_private_file(HOSTS, text, strlen(text)));
}

/* `files dns`, neither of which has the name. */
static void start_missing(const char *name)
{
	remake_trace(&trace, name, EAI_NONAME);
	(void)make_step(&trace, "files", NSS_STATUS_NOTFOUND);
	(void)make_step(&trace, "dns", NSS_STATUS_NOTFOUND);
}

/* `files dns`, and SOURCE answered. */
static void start_answered(const char *name, const char *source)
{
	bool is_files = strcmp(source, "files") == 0;

	remake_trace(&trace, name, 0);
	(void)make_step(&trace, "files", is_files ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND);
	(void)make_step(&trace, "dns", NSS_STATUS_SUCCESS);
	if (is_files)
		make_unreached(&trace.steps[1]);
	make_answering(&trace, &trace.steps[!is_files]);
}

static void test_healthy(void **state)
{
	(void)state;
	start_answered("localhost", "files");
	make_address(trace.result, "127.0.0.1");
	fopnp_trace_note_name(&trace);
	assert_int_equal(trace.notes.count, 0);
	start_answered("www.example", "dns");
	make_address(trace.result, "192.0.2.1");
	fopnp_trace_note_name(&trace);
	assert_int_equal(trace.notes.count, 0);
	start_missing("nosuch.example");
	fopnp_trace_note_name(&trace);
	assert_int_equal(trace.notes.count, 0);
	remake_trace(&trace, "::1", 0);
	trace.result->is_numeric = true;
	make_address(trace.result, "::1");
	fopnp_trace_note_name(&trace);
	assert_int_equal(trace.notes.count, 0);
	/* The null host, and the empty name. */
	remake_trace(&trace, NULL, 0);
	fopnp_trace_note_name(&trace);
	remake_trace(&trace, "", EAI_NONAME);
	fopnp_trace_note_name(&trace);
	remake_trace(&trace, ".", EAI_NONAME);
	fopnp_trace_note_name(&trace);
	assert_int_equal(trace.notes.count, 0);
}

static void test_trailing_dot(void **state)
{
	(void)state;
	put_hosts("192.0.2.9 other\n192.0.2.1 Foo.example bar.\n");
	start_missing("foo.example.");
	fopnp_trace_note_name(&trace);
	assert_note(&trace, "trailing-dot-in-hosts", FOPNP_WARNING,
		    "/etc/hosts has foo.example, without the final dot: files takes foo.example. "
		    "for another name");
	assert_place(&trace, "trailing-dot-in-hosts", HOSTS, 2);
	start_answered("bar", "dns");
	fopnp_trace_note_name(&trace);
	assert_note(&trace, "trailing-dot-in-hosts", FOPNP_INFO,
		    "/etc/hosts has bar., with the final dot: files takes bar for another name");
	/* As it is written there, or not there at all. */
	start_answered("bar.", "files");
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "trailing-dot-in-hosts");
	start_missing("fo.example.");
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "trailing-dot-in-hosts");
}

/* The other form, and what was found for it: the IPv4 address 192.0.2.LAST, 0: nothing. */
static void set_idna2003(const char *name, const char *found)
{
	trace.idna2003.request.name = fopnp_memory_copy_text(name);
	trace.idna2003.result = fopnp_memory_zeroed(1, sizeof(*trace.idna2003.result));
	trace.idna2003.result->end = FOPNP_CALL_RETURNED;
	trace.idna2003.result->code = found ? 0 : EAI_NONAME;
	if (found)
		make_address(trace.idna2003.result, found);
}

static void test_idna2003(void **state)
{
	(void)state;
	start_answered("xn--strae-oqa.de", "dns");
	make_address(trace.result, "192.0.2.1");
	set_idna2003("strasse.de", "192.0.2.2");
	fopnp_trace_note_name(&trace);
	assert_note(&trace, "idna2003-differs", FOPNP_WARNING,
		    "programs with IDNA 2003 ask for strasse.de (192.0.2.2) instead of "
		    "xn--strae-oqa.de (192.0.2.1)");
	start_answered("xn--strae-oqa.de", "dns");
	make_address(trace.result, "192.0.2.1");
	set_idna2003("strasse.de", "192.0.2.1");
	fopnp_trace_note_name(&trace);
	assert_int_equal(find_note(&trace, "idna2003-differs")->severity, FOPNP_INFO);
	start_missing("xn--strae-oqa.de");
	set_idna2003("strasse.de", NULL);
	fopnp_trace_note_name(&trace);
	assert_note(&trace, "idna2003-differs", FOPNP_INFO,
		    "programs with IDNA 2003 ask for strasse.de (not found) instead of "
		    "xn--strae-oqa.de (not found)");
	/* Both standards agree. */
	start_missing("xn--bcher-kva.example");
	set_idna2003("XN--bcher-kva.example", NULL);
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "idna2003-differs");
}

static struct fopnp_step *start_mdns(const char *name, const char *source, int status)
{
	remake_trace(&trace, name, status == NSS_STATUS_SUCCESS ? 0 : EAI_NONAME);
	return make_step(&trace, source, status);
}

static void test_local_labels(void **state)
{
	struct fopnp_step *step = start_mdns("a.corp.local", "mdns4_minimal", NSS_STATUS_NOTFOUND);

	(void)state;
	step->is_return = true;
	free(step->bracket);
	step->bracket = fopnp_memory_copy_text("[NOTFOUND=return]");
	fopnp_trace_note_name(&trace);
	assert_note(&trace, "local-label-rule", FOPNP_WARNING,
		    "3 labels: mdns4_minimal asks for NAME.local alone, not for a.corp.local");
	assert_string_equal(find_note(&trace, "local-label-rule")->fix,
			    "put dns before mdns4_minimal if DNS has such names");
	assert_place(&trace, "local-label-rule", "/etc/nsswitch.conf", 12);

	/* DNS answered: it is no more than good to know. */
	(void)start_mdns("a.corp.LOCAL.", "mdns_minimal", NSS_STATUS_UNAVAIL);
	trace.result->code = 0;
	fopnp_trace_note_name(&trace);
	assert_int_equal(find_note(&trace, "local-label-rule")->severity, FOPNP_INFO);

	(void)start_mdns("printer.local", "mdns4_minimal", NSS_STATUS_NOTFOUND);
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "local-label-rule");
	(void)start_mdns("a.b.local", "mdns", NSS_STATUS_SUCCESS);
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "local-label-rule");
	(void)start_mdns("a.b.vocal", "mdns4_minimal", NSS_STATUS_UNAVAIL);
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "local-label-rule");
	make_unreached(start_mdns("a.b.local", "mdns4_minimal", NSS_STATUS_UNAVAIL));
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "local-label-rule");
}

static void test_localhost(void **state)
{
	(void)state;
	start_answered("localhost", "files");
	make_address(trace.result, "::1");
	make_address(trace.result, "127.0.0.1");
	fopnp_trace_note_name(&trace);
	assert_note(&trace, "localhost-ipv6-first", FOPNP_INFO,
		    "::1 comes before 127.0.0.1: a program that tries the first address alone does "
		    "not reach a server that listens on IPv4 only");
	start_answered("db.localhost.", "resolve");
	make_address(trace.result, "::1");
	fopnp_trace_note_name(&trace);
	assert_note(&trace, "localhost-ipv6-first", FOPNP_INFO,
		    "db.localhost. is ::1 alone: nobody reaches a server by it that listens on "
		    "127.0.0.1 only");
	/* Asked for IPv6; IPv4 first; another name. */
	start_answered("localhost", "files");
	trace.request.family = AF_INET6;
	make_address(trace.result, "::1");
	fopnp_trace_note_name(&trace);
	assert_int_equal(trace.notes.count, 0);
	start_answered("localhost", "files");
	make_address(trace.result, "127.0.0.1");
	make_address(trace.result, "::1");
	fopnp_trace_note_name(&trace);
	assert_int_equal(trace.notes.count, 0);
	start_answered("mylocalhost", "files");
	make_address(trace.result, "::1");
	fopnp_trace_note_name(&trace);
	assert_int_equal(trace.notes.count, 0);
}

static void test_own_name(void **state)
{
	char own[256] = "";
	FOPNP_AUTO_FREE char *line = NULL;
	FOPNP_AUTO_FREE char *words = NULL;
	FOPNP_AUTO_FREE char *fix = NULL;

	(void)state;
	assert_int_equal(gethostname(own, sizeof(own) - 1), 0);
	line = fopnp_memory_format("127.0.1.1 %s\n", own);
	words = fopnp_memory_format("%s is this host's own name, and no source has its address: "
				    "the lookup, in the DNS too, took 10.0 s",
				    own);
	fix = fopnp_memory_format("add \"127.0.1.1 %s\" to /etc/hosts, or put myhostname on the "
				  "line",
				  own);
	put_hosts("");
	start_missing(own);
	trace.result->elapsed_us = 10000000;
	fopnp_trace_note_name(&trace);
	assert_note(&trace, "own-name-not-local", FOPNP_WARNING, words);
	assert_string_equal(find_note(&trace, "own-name-not-local")->fix, fix);

	free(words);
	words = fopnp_memory_format("%s is this host's own name, and no source before dns knows it: the lookup "
				    "took 12 ms",
				    own);
	start_answered(own, "dns");
	trace.result->elapsed_us = 12000;
	fopnp_trace_note_name(&trace);
	assert_note(&trace, "own-name-not-local", FOPNP_WARNING, words);

	/* It stands there; it is another one; resolved makes it up. */
	put_hosts(line);
	start_missing(own);
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "own-name-not-local");
	put_hosts("");
	start_missing("somebody.else.example");
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "own-name-not-local");
	remake_trace(&trace, own, 0);
	make_answering(&trace, make_step(&trace, "resolve", NSS_STATUS_SUCCESS));
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "own-name-not-local");
	/* A call that was killed tells nothing of the kind. */
	start_missing(own);
	trace.result->end = FOPNP_CALL_TIMED_OUT;
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "own-name-not-local");
}

/* ---- the environment ---- */

static char aliases[] = "/tmp/fopnp-unit-test-aliases-XXXXXX";

static void put_aliases(const char *text)
{
	assert_true(write_private_file(aliases, text, strlen(text)));
}

static struct fopnp_step *start_with_aliases(const char *name)
{
	start_answered(name, "dns");
	trace.resolver.host_aliases = aliases;
	return &trace.steps[1];
}

static void test_host_aliases(void **state)
{
	struct fopnp_step *dns = start_with_aliases("DB");

	(void)state;
	put_aliases("www www.example\n db\tdb1\ndb \t db1.prod more\n");
	make_pair(dns, 0, 0, "db1.prod", ns_r_noerror, 1, 0);
	fopnp_trace_note_name(&trace);
	/* Line 2 begins with a blank: it names nothing. */
	assert_note(&trace, "host-aliases-set", FOPNP_WARNING,
		    "HOSTALIASES in the environment turned DB into db1.prod");
	assert_place(&trace, "host-aliases-set", aliases, 3);

	/* The packets show that it was not used; the name has a dot; no such line. */
	dns = start_with_aliases("db");
	make_pair(dns, 0, 0, "db.example", ns_r_noerror, 1, 0);
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "host-aliases-set");
	(void)start_with_aliases("db.");
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "host-aliases-set");
	(void)start_with_aliases("d");
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "host-aliases-set");
	put_aliases("db.x db1.prod\n");
	(void)start_with_aliases("db.x");
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "host-aliases-set");
	put_aliases("db");
	(void)start_with_aliases("db");
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "host-aliases-set");
	(void)start_with_aliases("db");
	trace.resolver.host_aliases = "/nowhere/to/be/found";
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "host-aliases-set");
}

static void test_local_domain(void **state)
{
	(void)state;
	start_answered("www", "dns");
	trace.resolver.local_domain = "a.example";
	make_search(&trace, "a.example", 0);
	make_pair(&trace.steps[1], 0, 0, "www.a.example", ns_r_noerror, 1, 0);
	fopnp_trace_note_name(&trace);
	assert_note(&trace, "local-domain-set", FOPNP_WARNING,
		    "LOCALDOMAIN=a.example in the environment stands in the place of the search "
		    "list of /etc/resolv.conf");
	start_answered("www.example", "dns");
	trace.resolver.local_domain = "a.example";
	make_search(&trace, "a.example", 0);
	make_pair(&trace.steps[1], 0, 0, "www.example", ns_r_noerror, 1, 0);
	fopnp_trace_note_name(&trace);
	assert_int_equal(find_note(&trace, "local-domain-set")->severity, FOPNP_INFO);
	/* No search list for this name; nobody asked who would use one. */
	start_answered("www.example.", "dns");
	trace.resolver.local_domain = "a.example";
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "local-domain-set");
	start_answered("www", "files");
	trace.resolver.local_domain = "a.example";
	fopnp_trace_note_name(&trace);
	assert_no_note(&trace, "local-domain-set");
}

static bool has_options_note(const char *options, const char *written)
{
	start_answered("www.example", "dns");
	trace.resolver.res_options = options;
	trace.resolver.options_text = fopnp_memory_copy_text(written);
	fopnp_trace_note_name(&trace);
	return find_note(&trace, "res-options-set") != NULL;
}

static void test_res_options(void **state)
{
	(void)state;
	assert_true(has_options_note("ndots:3", NULL));
	assert_note(&trace, "res-options-set", FOPNP_INFO,
		    "RES_OPTIONS=ndots:3 in the environment changes the options of "
		    "/etc/resolv.conf");
	assert_true(has_options_note(" rotate\tndots:1", NULL));
	assert_true(has_options_note("ndots:1", "ndots:5 rotate"));
	assert_false(has_options_note(NULL, NULL));
	assert_false(has_options_note("", NULL));
	assert_false(has_options_note("ndots:1 timeout:5 attempts:2 unheard-of", NULL));
	assert_false(has_options_note("unheard-of", "rotate"));
	assert_false(has_options_note("rotate", "ndots:5 rotate"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_healthy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_trailing_dot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_idna2003, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_local_labels, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_localhost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_own_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_host_aliases, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_local_domain, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_res_options, set_up, tear_down),
	};
	int file = mkstemp(aliases), failures;

	if (file == -1)
		return 1;
	(void)close(file);
	has_hosts = mount_private_file(HOSTS);
	failures = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(aliases);
	return failures;
}
