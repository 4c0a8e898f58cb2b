/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules on nscd, avahi, systemd-resolved and mDNS. */
#include "tools/check_system.h"
#include "tools/resolved_query.h"
#include "tools/socket_probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/made_check.h"
#include "tests/unit/unit_test.h"

#define QUIET     (-1)
#define NSSWITCH  "/etc/nsswitch.conf"
#define NSCD_CONF "/etc/nscd.conf"
#define ALLOW     "/etc/mdns.allow"
#define RESOLVED  "/etc/systemd/resolved.conf"

static struct fopnp_check_system machine;

static int tear_down(void **state)
{
	(void)state;
	clear_check(&machine);
	return 0;
}

static void set_order(const char *order)
{
	char text[200];

	(void)snprintf(text, sizeof(text), "hosts: %s\n", order);
	write_check(&machine, FOPNP_CHECK_NSSWITCH, text);
}

/* ---- nscd ---- */

static void test_nscd(void **state)
{
	(void)state;
	make_check(&machine);
	machine.nscd = FOPNP_CHECK_ABSENT;
	assert_rule(&machine, "nscd-runs", QUIET, "");
	assert_rule(&machine, "nscd-frozen", QUIET, "");
	machine.nscd = FOPNP_CHECK_THERE;
	/* It runs for users and groups alone. */
	write_check(&machine, FOPNP_CHECK_NSCD_CONF, "check-files hosts no\n");
	assert_rule(&machine, "nscd-runs", QUIET, "");
	assert_rule(&machine, "nscd-check-files-off", QUIET, "");
	machine.nscd_caches_hosts = true;
	assert_rule(&machine, "nscd-runs", FOPNP_INFO, "3600 s ago, a failure 20 s");
	assert_rule_at(&machine, "nscd-check-files-off", FOPNP_WARNING, "3600 s", NSCD_CONF, 1);
	write_check(&machine, FOPNP_CHECK_NSCD_CONF, "\npositive-time-to-live hosts 600\n");
	assert_rule_at(&machine, "nscd-runs", FOPNP_INFO, "600 s ago", NSCD_CONF, 2);
	assert_rule(&machine, "nscd-check-files-off", QUIET, "");
	machine.nscd = FOPNP_CHECK_SILENT;
	machine.nscd_caches_hosts = false;
	assert_rule(&machine, "nscd-runs", QUIET, "");
	assert_rule_at(&machine, "nscd-frozen", FOPNP_ERROR, "does not answer", FOPNP_NSCD_SOCKET,
		       0);
}

static void test_nscd_answers(void **state)
{
	static char name[] = "printer", old[] = "192.0.2.7", new[] = "192.0.2.8";

	(void)state;
	make_check(&machine);
	assert_rule(&machine, "nscd-answers", QUIET, "");
	machine.stale_name = name;
	machine.stale_answer = old;
	machine.true_answer = new;
	assert_rule(&machine, "nscd-answers", FOPNP_WARNING,
		    "has 192.0.2.7 in its cache for printer; the sources now say 192.0.2.8");
	write_check(&machine, FOPNP_CHECK_NSCD_CONF, "check-files hosts no\n");
	assert_rule_at(&machine, "nscd-answers", FOPNP_WARNING, "nscd --invalidate=hosts", NSCD_CONF,
		       1);
}

static void test_namespaces(void **state)
{
	(void)state;
	make_check(&machine);
	assert_rule(&machine, "nscd-other-namespace", QUIET, "");
	machine.has_foreign_nscd = machine.has_foreign_avahi = machine.has_foreign_resolved = true;
	assert_rule_at(&machine, "nscd-other-namespace", FOPNP_WARNING, "not over ours",
		       FOPNP_NSCD_SOCKET, 0);
	/* Nobody asks those two. */
	assert_rule(&machine, "avahi-other-namespace", QUIET, "");
	assert_rule(&machine, "resolved-other-namespace", QUIET, "");
	set_order("files mdns4_minimal resolve");
	assert_rule_at(&machine, "avahi-other-namespace", FOPNP_WARNING, "not of ours",
		       FOPNP_AVAHI_SOCKET, 0);
	assert_rule_at(&machine, "resolved-other-namespace", FOPNP_WARNING, "not ours",
		       FOPNP_RESOLVED_SOCKET, 0);
}

/* ---- avahi ---- */

static void test_avahi(void **state)
{
	static const struct {
		const char *id;
		enum fopnp_check_state state;
		int error, severity;
		const char *words;
	} cases[] = {
		{ "avahi-not-running", FOPNP_CHECK_ABSENT, ENOENT, FOPNP_WARNING, "fopnp:mdns" },
		{ "avahi-denied", FOPNP_CHECK_DENIED, EACCES, FOPNP_WARNING, "connect" },
		{ "avahi-silent", FOPNP_CHECK_SILENT, 0, FOPNP_ERROR, "without end" },
	};

	(void)state;
	make_check(&machine);
	for (size_t i = 0; i < 3; i++) {
		set_order("files mdns4_minimal [NOTFOUND=return] dns");
		machine.avahi = FOPNP_CHECK_THERE;
		machine.avahi_error = 0;
		assert_rule(&machine, cases[i].id, QUIET, "");
		machine.avahi = cases[i].state;
		machine.avahi_error = cases[i].error;
		assert_rule_at(&machine, cases[i].id, cases[i].severity, cases[i].words,
			       FOPNP_AVAHI_SOCKET, 0);
		set_order("files dns");
		assert_rule(&machine, cases[i].id, QUIET, "");
	}
}

/* ---- mDNS ---- */

static void test_local_zone(void **state)
{
	static const char rule[] = "unicast-local-zone";

	(void)state;
	make_check(&machine);
	set_order("files mdns4_minimal [NOTFOUND=return] dns");
	assert_rule(&machine, rule, QUIET, "");
	machine.has_local_domain = true;
	assert_rule_at(&machine, rule, FOPNP_WARNING, "mdns4_minimal leaves all", NSSWITCH, 1);
	set_order("files dns");
	assert_rule(&machine, rule, QUIET, "");
	set_order("fopnp [!UNAVAIL=return] files dns");
	write_check(&machine, FOPNP_CHECK_FOPNP_CONF, "order files fopnp:mdns dns\n");
	assert_rule_at(&machine, rule, FOPNP_INFO, "order .DOMAIN.local dns", "/etc/fopnp.conf", 1);
}

static const struct {
	const char *id, *order, *bytes;
	int severity;
	const char *words;
	unsigned line;
} ALLOWS[] = {
	{ "mdns-allow-unused", "files mdns4_minimal dns", ".corp\n", FOPNP_WARNING, "mdns4_minimal", 0 },
	{ "mdns-allow-unused", "files mdns4_minimal dns", "# ours:\n.local.\nlocal # all\n\n", QUIET,
	  "", 0 },
	{ "mdns-allow-unused", "files mdns4_minimal dns", "", QUIET, "", 0 },
	{ "mdns-allow-unused", "files mdns4_minimal dns mdns4", ".corp\n", QUIET, "", 0 },
	{ "mdns-allow-unused", "files dns", ".corp\n", QUIET, "", 0 },
	{ "mdns-allow-all", "files dns mdns4", ".local\n*\n", FOPNP_WARNING, "every name", 2 },
	{ "mdns-allow-all", "files dns mdns4", "*# all", FOPNP_WARNING, "mdns4 asks", 1 },
	{ "mdns-allow-all", "files dns mdns", "*\r\n", FOPNP_WARNING, "mdns asks", 1 },
	{ "mdns-allow-all", "files dns mdns4", " *\n#*\n*.local\n", QUIET, "", 0 },
	{ "mdns-allow-all", "files mdns4_minimal dns", "*\n", QUIET, "", 0 },
};

static void test_allow(void **state)
{
	(void)state;
	make_check(&machine);
	for (size_t i = 0; i < sizeof(ALLOWS) / sizeof(*ALLOWS); i++) {
		set_order(ALLOWS[i].order);
		write_check(&machine, FOPNP_CHECK_MDNS_ALLOW, ALLOWS[i].bytes);
		assert_rule_at(&machine, ALLOWS[i].id, ALLOWS[i].severity, ALLOWS[i].words, ALLOW,
			       ALLOWS[i].line);
	}
}

/* ---- systemd-resolved ---- */

#define DROP_INS "/etc/systemd/resolved.conf.d/"

static void set_drop_ins(const char *first, const char *second)
{
	static char paths[2][40] = { DROP_INS "1.conf", DROP_INS "2.conf" }, bytes[2][100];
	static struct fopnp_check_drop_in drop_ins[2];

	(void)snprintf(bytes[0], sizeof(bytes[0]), "%s", first);
	(void)snprintf(bytes[1], sizeof(bytes[1]), "%s", second);
	for (size_t i = 0; i < 2; i++)
		drop_ins[i] = (struct fopnp_check_drop_in){ paths[i], bytes[i], strlen(bytes[i]) };
	machine.resolved_drop_ins = drop_ins;
	machine.resolved_drop_in_count = 2;
}

static void test_resolved(void **state)
{
	static const struct {
		const char *id;
		enum fopnp_check_state state;
		int severity;
		const char *words, *file;
		unsigned line;
	} cases[] = {
		{ "resolved-not-running", FOPNP_CHECK_ABSENT, FOPNP_WARNING, "not running", NSSWITCH, 1 },
		{ "resolved-denied", FOPNP_CHECK_DENIED, FOPNP_WARNING, "denied",
		  FOPNP_RESOLVED_SOCKET, 0 },
		{ "resolved-silent", FOPNP_CHECK_SILENT, FOPNP_ERROR, "hangs",
		  FOPNP_RESOLVED_SOCKET, 0 },
	};

	(void)state;
	make_check(&machine);
	for (size_t i = 0; i < 3; i++) {
		set_order("files resolve [!UNAVAIL=return] dns");
		machine.resolved = FOPNP_CHECK_THERE;
		assert_rule(&machine, cases[i].id, QUIET, "");
		machine.resolved = cases[i].state;
		assert_rule_at(&machine, cases[i].id, cases[i].severity, cases[i].words,
			       cases[i].file, cases[i].line);
		set_order("files dns");
		assert_rule(&machine, cases[i].id, QUIET, "");
	}
}

static void test_stub(void **state)
{
	static char address[] = "127.0.0.53";
	struct fopnp_check_server stub = { .text = address };

	(void)state;
	make_check(&machine);
	machine.resolved = FOPNP_CHECK_SILENT;
	assert_rule(&machine, "resolved-silent", QUIET, "");
	write_check(&machine, FOPNP_CHECK_RESOLVED_CONF, "[Resolve]\nDNSStubListener = no\n");
	assert_rule(&machine, "stub-listener-off", QUIET, "");
	machine.servers = &stub;
	machine.server_count = 1;
	assert_rule(&machine, "resolved-silent", FOPNP_ERROR, "restart");
	assert_rule_at(&machine, "stub-listener-off", FOPNP_ERROR, "127.0.0.53", RESOLVED, 2);
	/* A drop-in may have it on, or dnsmasq listen there. */
	stub.state = FOPNP_CHECK_THERE;
	assert_rule(&machine, "stub-listener-off", QUIET, "");
	stub.state = FOPNP_CHECK_ABSENT;
	write_check(&machine, FOPNP_CHECK_RESOLVED_CONF,
		    "DNSStubListener=no\nDNSStubListener=yes\nDNSStubListenerExtra=no\n"
		    "#DNSStubListener=no\n");
	assert_rule(&machine, "stub-listener-off", QUIET, "");
	set_drop_ins("[Resolve]\n", "# off\nDNSStubListener=off");
	assert_rule_at(&machine, "stub-listener-off", FOPNP_ERROR, "127.0.0.53", DROP_INS "2.conf", 2);
	set_drop_ins("DNSStubListener=off\n", "DNSStubListener=udp\n");
	assert_rule(&machine, "stub-listener-off", QUIET, "");
	set_drop_ins("DNSStubListener=off\n", "DNSStubListener=\n");
	assert_rule(&machine, "stub-listener-off", QUIET, "");
}

static void test_resolved_hosts(void **state)
{
	static const char rule[] = "resolved-ignores-hosts";

	(void)state;
	make_check(&machine);
	set_order("resolve [!UNAVAIL=return] files dns");
	write_check(&machine, FOPNP_CHECK_RESOLVED_CONF, "[Resolve]\nReadEtcHosts=no\n");
	/* Of localhost and the own name alone. */
	assert_rule(&machine, rule, QUIET, "");
	write_check(&machine, FOPNP_CHECK_HOSTS, "10.0.0.1 printer\n");
	assert_rule_at(&machine, rule, FOPNP_WARNING, "printer and all others", RESOLVED, 2);
	set_order("resolve files");
	assert_rule(&machine, rule, QUIET, "");
	set_order("files resolve [!UNAVAIL=return] dns");
	assert_rule(&machine, rule, QUIET, "");
	set_order("resolve [!UNAVAIL=return] dns");
	assert_rule(&machine, rule, FOPNP_WARNING, "files in front of resolve");
	machine.resolved = FOPNP_CHECK_ABSENT;
	assert_rule(&machine, rule, QUIET, "");
	machine.resolved = FOPNP_CHECK_THERE;
	write_check(&machine, FOPNP_CHECK_RESOLVED_CONF, "ReadEtcHosts=yes\n");
	assert_rule(&machine, rule, QUIET, "");
	set_drop_ins("ReadEtcHosts=0\n", "");
	assert_rule_at(&machine, rule, FOPNP_WARNING, "restart", DROP_INS "1.conf", 1);
}

static void test_resolved_local(void **state)
{
	static const char rule[] = "resolved-no-route";
	static const char *const covered[] = { "Domains=~local\n", "Domains=a.example ~.\n",
					       "Domains=corp.LOCAL.\n", "Domains = x local\n" };
	static const char *const missing[] = { "Domains=\n", "Domains=notlocal\n",
					   "Domains=local\nDomains=\n", "Domains=local.example\n",
					   "DomainsX=local\n" };

	(void)state;
	make_check(&machine);
	machine.resolved = FOPNP_CHECK_THERE;
	set_order("files resolve [!UNAVAIL=return] dns");
	assert_rule(&machine, rule, QUIET, "");
	machine.has_local_domain = true;
	assert_rule_at(&machine, rule, FOPNP_INFO, "Domains=~local", NSSWITCH, 1);
	for (size_t i = 0; i < sizeof(covered) / sizeof(*covered); i++) {
		write_check(&machine, FOPNP_CHECK_RESOLVED_CONF, covered[i]);
		assert_rule(&machine, rule, QUIET, "");
	}
	for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++) {
		write_check(&machine, FOPNP_CHECK_RESOLVED_CONF, missing[i]);
		assert_rule(&machine, rule, FOPNP_INFO, "are not found");
	}
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "search corp.local\n");
	assert_rule(&machine, rule, QUIET, "");
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "search corp.example\n");
	set_order("files resolve dns");
	assert_rule(&machine, rule, QUIET, "");
	set_order("files dns");
	assert_rule(&machine, rule, QUIET, "");
	set_order("files resolve");
	assert_rule(&machine, rule, FOPNP_INFO, "local.");
	machine.resolved = FOPNP_CHECK_ABSENT;
	assert_rule(&machine, rule, QUIET, "");
}

static void test_resolved_single(void **state)
{
	static const char rule[] = "resolved-single-label";

	(void)state;
	make_check(&machine);
	set_order("files resolve [!UNAVAIL=return] dns");
	assert_rule(&machine, rule, QUIET, "");
	machine.resolved = FOPNP_CHECK_THERE;
	assert_rule_at(&machine, rule, FOPNP_INFO, "no search domain is set", NSSWITCH, 1);
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "nameserver 127.0.0.53\nsearch .\n");
	assert_rule(&machine, rule, FOPNP_INFO, "ResolveUnicastSingleLabel");
	write_check(&machine, FOPNP_CHECK_RESOLVED_CONF, "Domains=~corp.example\n");
	assert_rule(&machine, rule, FOPNP_INFO, "Domains=DOMAIN");
	write_check(&machine, FOPNP_CHECK_RESOLVED_CONF, "Domains=~a corp.example\n");
	assert_rule(&machine, rule, QUIET, "");
	write_check(&machine, FOPNP_CHECK_RESOLVED_CONF, "ResolveUnicastSingleLabel=yes\n");
	assert_rule(&machine, rule, QUIET, "");
	write_check(&machine, FOPNP_CHECK_RESOLVED_CONF, "ResolveUnicastSingleLabel=no\n");
	assert_rule(&machine, rule, FOPNP_INFO, "printer");
	write_check(&machine, FOPNP_CHECK_RESOLV_CONF, "search lan\n");
	assert_rule(&machine, rule, QUIET, "");
}

static void test_all_were_tried(void **state)
{
	(void)state;
	assert_rules_were_tried(FOPNP_CHECK_DAEMON_RULES);
	assert_rules_were_tried(FOPNP_CHECK_RESOLVED_RULES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_nscd, tear_down),
		cmocka_unit_test_teardown(test_nscd_answers, tear_down),
		cmocka_unit_test_teardown(test_namespaces, tear_down),
		cmocka_unit_test_teardown(test_avahi, tear_down),
		cmocka_unit_test_teardown(test_local_zone, tear_down),
		cmocka_unit_test_teardown(test_allow, tear_down),
		cmocka_unit_test_teardown(test_resolved, tear_down),
		cmocka_unit_test_teardown(test_stub, tear_down),
		cmocka_unit_test_teardown(test_resolved_hosts, tear_down),
		cmocka_unit_test_teardown(test_resolved_local, tear_down),
		cmocka_unit_test_teardown(test_resolved_single, tear_down),
		cmocka_unit_test(test_all_were_tried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
