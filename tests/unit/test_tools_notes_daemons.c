/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notes on avahi and systemd-resolved. */
#include "tools/memory.h"
#include "tools/socket_probe.h"
#include "tools/trace_notes.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/made_trace.h"
#include "tests/unit/private_file.h"
#include "tests/unit/unit_test.h"

static struct fopnp_trace trace;
static bool has_run; /* a private /run */

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

static struct fopnp_step *start_mdns(const char *name, const char *source, int status)
{
	struct fopnp_step *step;

	remake_trace(&trace, name, status == NSS_STATUS_SUCCESS ? 0 : EAI_NONAME);
	make_server(&trace, "10.0.0.53", 2);
	step = make_step(&trace, source, status);
	if (status == NSS_STATUS_SUCCESS)
		make_answering(&trace, step);
	return step;
}

static void test_healthy(void **state)
{
	(void)state;
	remake_trace(&trace, "localhost", 0);
	make_answering(&trace, make_step(&trace, "files", NSS_STATUS_SUCCESS));
	fopnp_trace_note_daemons(&trace);
	(void)start_mdns("printer.local", "mdns4_minimal", NSS_STATUS_SUCCESS);
	trace.steps[0].elapsed_us = 8000;
	fopnp_trace_note_daemons(&trace);
	(void)start_mdns("www.example", "mdns4_minimal", NSS_STATUS_UNAVAIL);
	fopnp_trace_note_daemons(&trace);
	(void)start_mdns("a.b.local", "mdns4_minimal", NSS_STATUS_UNAVAIL);
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(trace.notes.count, 0);
}

/* ---- avahi ---- */

static int listen_as_avahi(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = FOPNP_AVAHI_SOCKET };
	int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_not_equal(descriptor, -1);
	assert_int_equal(mkdir("/run/avahi-daemon", 0755), 0);
	assert_int_equal(bind(descriptor, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(descriptor, 5), 0);
	return descriptor;
}

static void test_avahi(void **state)
{
	int avahi;

	(void)state;
	if (!has_run)
		skip();
	(void)start_mdns("printer.local", "mdns4_minimal", NSS_STATUS_UNAVAIL);
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(count_notes(&trace, "avahi-not-running"), 1);
	assert_int_equal(find_note(&trace, "avahi-not-running")->severity, FOPNP_WARNING);
	assert_place(&trace, "avahi-not-running", FOPNP_AVAHI_SOCKET, 0);
	/* One is enough, and it is no warning where others answered. */
	(void)start_mdns("printer.local", "mdns4_minimal", NSS_STATUS_UNAVAIL);
	(void)make_step(&trace, "mdns4", NSS_STATUS_UNAVAIL);
	trace.result->code = 0;
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(count_notes(&trace, "avahi-not-running"), 1);
	assert_int_equal(find_note(&trace, "avahi-not-running")->severity, FOPNP_INFO);

	avahi = listen_as_avahi();
	(void)start_mdns("printer.local", "mdns4_minimal", NSS_STATUS_UNAVAIL);
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(trace.notes.count, 0);
	(void)start_mdns("printer.local", "mdns4_minimal", NSS_STATUS_UNAVAIL);
	assert_int_equal(chmod("/run/avahi-daemon", 0), 0);
	if (seteuid(65534) == 0) {
		fopnp_trace_note_daemons(&trace);
		assert_int_equal(seteuid(0), 0);
		assert_non_null(find_note(&trace, "avahi-denied"));
		assert_no_note(&trace, "avahi-not-running");
	}
	assert_int_equal(close(avahi), 0);
}

/* ---- the time that nss-mdns takes ---- */

/* The DNS says at once that there is no local. */
static void deny_local(struct fopnp_step *step)
{
	make_query(step, 0, 0, "local", ns_t_soa);
	(void)make_reply(step, 1, 0, "local", ns_t_soa, ns_r_nxdomain, 0);
}

static void test_mdns_wait(void **state)
{
	struct fopnp_step *step = start_mdns("nosuch.local", "mdns4_minimal", NSS_STATUS_NOTFOUND);

	(void)state;
	step->elapsed_us = 5000000;
	deny_local(step);
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "mdns-wait", FOPNP_WARNING,
		    "mdns4_minimal waited 5.0 s for nosuch.local: avahi asked the network, and "
		    "nobody answered");

	assert_string_equal(find_note(&trace, "mdns-wait")->fix,
			    "see whether the host is up and in this network, and whether UDP port "
			    "5353 is open between them");
	/* It is no name of that network where another source knows it. */
	fopnp_findings_clear(&trace.notes);
	step->is_return = true;
	free(step->bracket);
	step->bracket = fopnp_memory_copy_text("[NOTFOUND=return]");
	make_unreached(make_step(&trace, "dns", NSS_STATUS_SUCCESS));
	trace.steps[1].is_different = true;
	fopnp_trace_note_daemons(&trace);
	assert_null(find_note(&trace, "mdns-wait")->fix);

	step = start_mdns("nosuch.local", "mdns_minimal", NSS_STATUS_NOTFOUND);
	step->elapsed_us = 10000000;
	deny_local(step);
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "mdns-wait", FOPNP_WARNING,
		    "mdns_minimal waited 10.0 s for nosuch.local: avahi asked the network for "
		    "IPv6, then for IPv4, and nobody answered");
	assert_string_equal(find_note(&trace, "mdns-wait")->fix,
			    "put mdns4_minimal on the line instead: it asks for IPv4 alone");
	assert_place(&trace, "mdns-wait", "/etc/nsswitch.conf", 12);

	step = start_mdns("printer.local", "mdns", NSS_STATUS_SUCCESS);
	step->elapsed_us = 5000000;
	deny_local(step);
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "mdns-wait", FOPNP_WARNING,
		    "mdns waited 5.0 s for printer.local: avahi asked the network for IPv6 and for "
		    "IPv4, one after the other");
	assert_string_equal(find_note(&trace, "mdns-wait")->fix,
			    "put mdns4 on the line instead: it asks for IPv4 alone");

	/* Where no packets were seen, nobody knows. */
	step = start_mdns("nosuch.local", "mdns4", NSS_STATUS_NOTFOUND);
	step->elapsed_us = 5000000;
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "mdns-wait", FOPNP_WARNING,
		    "mdns4 took 5.0 s over nosuch.local: it waited for avahi, or for the DNS, "
		    "which it asks for local. first");

	/* Killed: that is another note's. */
	step = start_mdns("printer.local", "mdns4", NSS_STATUS_NOTFOUND);
	step->elapsed_us = 3000000;
	step->has_status = false;
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(trace.notes.count, 0);
}

static void test_silent_probe(void **state)
{
	struct fopnp_step *step = start_mdns("printer.local", "mdns4_minimal", NSS_STATUS_SUCCESS);

	(void)state;
	step->elapsed_us = 10005000;
	make_query(step, 0, 0, "local", ns_t_soa);
	make_query(step, 5000, 0, "local", ns_t_soa);
	make_wire_end(step, 10006);
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "mdns-wait", FOPNP_WARNING,
		    "mdns4_minimal waited 10.0 s for 10.0.0.53: it asks the DNS whether local. "
		    "exists there before it asks avahi");
	assert_int_equal(count_notes(&trace, "mdns-wait"), 1);
	assert_place(&trace, "mdns-wait", "/etc/resolv.conf", 2);

	/* And then nobody in the network answered, too. */
	step->elapsed_us = 15000000;
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(count_notes(&trace, "mdns-wait"), 3);
	assert_string_equal(
		trace.notes.list[2].text,
		"mdns4_minimal waited 5.0 s for printer.local: avahi asked the network");
}

/* ---- systemd-resolved ---- */

static struct fopnp_resolved_answer *start_resolved(enum fopnp_resolved_state answer_state,
						    int code)
{
	remake_trace(&trace, "www.example", code);
	(void)make_step(&trace, "resolve", code ? NSS_STATUS_UNAVAIL : NSS_STATUS_SUCCESS);
	if (code == 0)
		make_answering(&trace, &trace.steps[0]);
	trace.resolved = fopnp_memory_zeroed(1, sizeof(*trace.resolved));
	trace.resolved->state = answer_state;
	trace.resolved->rcode = -1;
	trace.resolved->elapsed_us = 2000000;
	return trace.resolved;
}

static void set_error(struct fopnp_resolved_answer *answer, const char *name)
{
	answer->error_name = fopnp_memory_format("io.systemd.Resolve.%s", name);
}

static void add_resolved_address(struct fopnp_resolved_answer *answer, const char *text)
{
	struct fopnp_resolved_address *added;

	answer->addresses = fopnp_memory_resize(answer->addresses, answer->address_count + 1,
						sizeof(*answer->addresses));
	added = &answer->addresses[answer->address_count++];
	*added = (struct fopnp_resolved_address){ .address = { .family = AF_INET } };
	assert_int_equal(inet_pton(AF_INET, text, added->address.bytes), 1);
}

static void test_resolved_gone(void **state)
{
	(void)state;
	start_resolved(FOPNP_RESOLVED_ABSENT, EAI_NONAME)->error = ENOENT;
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "resolved-not-running", FOPNP_WARNING,
		    "systemd-resolved does not run here: resolve answers nothing");
	assert_int_equal(trace.notes.count, 1);
	/* Others answered; nobody asked it. */
	(void)start_resolved(FOPNP_RESOLVED_ABSENT, EAI_NONAME);
	trace.result->code = 0;
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(find_note(&trace, "resolved-not-running")->severity, FOPNP_INFO);
	(void)start_resolved(FOPNP_RESOLVED_ABSENT, EAI_NONAME);
	make_unreached(&trace.steps[0]);
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(trace.notes.count, 0);

	(void)start_resolved(FOPNP_RESOLVED_DENIED, EAI_NONAME);
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(find_note(&trace, "resolved-denied")->severity, FOPNP_WARNING);
	assert_int_equal(trace.notes.count, 1);
	(void)start_resolved(FOPNP_RESOLVED_SILENT, EAI_NONAME);
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "resolved-silent", FOPNP_WARNING,
		    "systemd-resolved hangs, or its process is stopped: no answer after 2.0 s");
	/* It hangs, and `resolve` with it. */
	(void)start_resolved(FOPNP_RESOLVED_SILENT, EAI_NONAME);
	trace.steps[0].has_status = false;
	free(trace.steps[0].reason);
	trace.steps[0].reason = fopnp_memory_copy_text("hangs");
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(count_notes(&trace, "resolved-silent"), 1);
	start_resolved(FOPNP_RESOLVED_SILENT, EAI_NONAME)->is_alive = true;
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "resolved-silent", FOPNP_WARNING,
		    "systemd-resolved runs, but had no answer after 2.0 s: it waits for others");
	(void)start_resolved(FOPNP_RESOLVED_GARBLED, EAI_NONAME);
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(count_notes(&trace, "resolved-silent"), 1);
}

static void test_resolved_failed(void **state)
{
	struct fopnp_resolved_answer *answer = start_resolved(FOPNP_RESOLVED_FAILED, EAI_NONAME);

	(void)state;
	/* That a name does not exist is no news. */
	set_error(answer, "DNSError");
	answer->rcode = ns_r_nxdomain;
	answer->is_from_cache = true;
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(trace.notes.count, 0);

	answer->is_outdated = true;
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "resolved-from-cache", FOPNP_WARNING,
		    "the cache of systemd-resolved says that there is no www.example, while its "
		    "name servers now know it");

	answer = start_resolved(FOPNP_RESOLVED_FAILED, EAI_NONAME);
	set_error(answer, "QueryTimedOut");
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "resolved-silent", FOPNP_WARNING,
		    "the name servers of systemd-resolved did not reply to it: it gave up after "
		    "2.0 s");

	answer = start_resolved(FOPNP_RESOLVED_FAILED, EAI_NONAME);
	set_error(answer, "NoNameServers");
	answer->route_words = fopnp_memory_copy_text("no link takes it");
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "resolved-no-route", FOPNP_WARNING,
		    "systemd-resolved has no name server for www.example: no link takes it");
	assert_string_equal(find_note(&trace, "resolved-no-route")->fix,
			    "resolvectl domain LINK OLD... DOMAIN (the list is replaced: repeat "
			    "what is there)");
	fopnp_findings_clear(&trace.notes);
	answer->route_fix = fopnp_memory_copy_text("resolvectl domain vpn corp.test '~example'");
	fopnp_trace_note_daemons(&trace);
	assert_string_equal(find_note(&trace, "resolved-no-route")->fix,
			    "resolvectl domain vpn corp.test '~example'");

	answer = start_resolved(FOPNP_RESOLVED_FAILED, EAI_NONAME);
	set_error(answer, "NoNameServers");
	fopnp_trace_note_daemons(&trace);
	assert_string_equal(find_note(&trace, "resolved-no-route")->fix,
			    "resolvectl dns LINK ADDRESS, or DNS= in resolved.conf");

	answer = start_resolved(FOPNP_RESOLVED_FAILED, EAI_NONAME);
	answer->is_unserved_local = true;
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(find_note(&trace, "resolved-no-route")->severity, FOPNP_WARNING);
	assert_non_null(strstr(find_note(&trace, "resolved-no-route")->fix, "MulticastDNS=yes"));

	answer = start_resolved(FOPNP_RESOLVED_FAILED, EAI_NONAME);
	set_error(answer, "DNSError");
	answer->route_words = fopnp_memory_copy_text("example goes to eth1 (10.9.0.1)");
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "resolved-no-route", FOPNP_INFO,
		    "systemd-resolved asked the wrong link, perhaps: example goes to eth1 "
		    "(10.9.0.1)");
	fopnp_findings_clear(&trace.notes);
	answer->route_fix = fopnp_memory_copy_text("resolvectl domain vpn corp.test '~example'");
	fopnp_trace_note_daemons(&trace);
	assert_string_equal(find_note(&trace, "resolved-no-route")->fix,
			    "if another link has such names: resolvectl domain vpn corp.test "
			    "'~example'");
	/* Its cache is to blame, not the way. */
	fopnp_findings_clear(&trace.notes);
	answer->is_outdated = true;
	fopnp_trace_note_daemons(&trace);
	assert_no_note(&trace, "resolved-no-route");

	answer = start_resolved(FOPNP_RESOLVED_FAILED, EAI_NONAME);
	set_error(answer, "NoNameServers");
	answer->is_single_label = true;
	fopnp_trace_note_daemons(&trace);
	assert_non_null(find_note(&trace, "resolved-single-label"));
	assert_int_equal(trace.notes.count, 1);
}

/* `files` with a line for the name, as evidence of an answer. */
static struct fopnp_step *add_files_line(const char *remark)
{
	struct fopnp_step *files = make_step(&trace, "files", NSS_STATUS_SUCCESS);

	make_unreached(files);
	files->answer = fopnp_memory_zeroed(1, sizeof(*files->answer));
	files->answer->end = FOPNP_CALL_RETURNED;
	fopnp_evidence_add(&files->evidence, fopnp_place_make("/etc/hosts", 2, "10.1.2.3 my_db"),
			   remark ? "%s" : NULL, remark);
	return files;
}

static void start_underscore(const char *name, int code)
{
	free(start_resolved(FOPNP_RESOLVED_FAILED, code)->error_name);
	free(trace.request.name);
	trace.request.name = fopnp_memory_copy_text(name);
}

static void test_resolved_ignores_line(void **state)
{
	(void)state;
	start_underscore("my_db.example", EAI_NONAME);
	(void)add_files_line(NULL);
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "resolved-ignores-hosts-line", FOPNP_WARNING,
		    "systemd-resolved takes no names with an underscore from /etc/hosts, so "
		    "my_db.example is not there for it");
	assert_place(&trace, "resolved-ignores-hosts-line", "/etc/hosts", 2);
	assert_string_equal(find_note(&trace, "resolved-ignores-hosts-line")->fix,
			    "put files before resolve");
	/* No underscore; no line that counts; found all the same. */
	start_underscore("mydb.example", EAI_NONAME);
	(void)add_files_line(NULL);
	fopnp_trace_note_daemons(&trace);
	assert_no_note(&trace, "resolved-ignores-hosts-line");
	start_underscore("my_db.example", EAI_NONAME);
	(void)add_files_line("not used: the name differs by a final dot");
	fopnp_trace_note_daemons(&trace);
	assert_no_note(&trace, "resolved-ignores-hosts-line");
	start_underscore("my_db.example", EAI_NONAME);
	add_files_line(NULL)->answer->code = EAI_NONAME;
	fopnp_trace_note_daemons(&trace);
	assert_no_note(&trace, "resolved-ignores-hosts-line");
	start_underscore("my_db.example", 0);
	(void)add_files_line(NULL);
	fopnp_trace_note_daemons(&trace);
	assert_no_note(&trace, "resolved-ignores-hosts-line");
}

static void test_resolved_origin(void **state)
{
	struct fopnp_resolved_answer *answer = start_resolved(FOPNP_RESOLVED_ANSWERED, 0);

	(void)state;
	answer->is_from_cache = true;
	answer->is_namespace_known = true;
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(trace.notes.count, 0);

	answer->is_other_namespace = true;
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(find_note(&trace, "resolved-other-namespace")->severity, FOPNP_WARNING);

	start_resolved(FOPNP_RESOLVED_ANSWERED, 0)->is_synthetic = true;
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(find_note(&trace, "resolved-synthesised")->severity, FOPNP_INFO);
	assert_int_equal(trace.notes.count, 1);
}

static void test_resolved_differs(void **state)
{
	struct fopnp_resolved_answer *answer = start_resolved(FOPNP_RESOLVED_ANSWERED, 0);

	(void)state;
	/* The program got that very answer. */
	make_address(trace.result, "192.0.2.1");
	add_resolved_address(answer, "192.0.2.2");
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(trace.notes.count, 0);

	make_answering(&trace, make_step(&trace, "files", NSS_STATUS_SUCCESS));
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "resolved-differs", FOPNP_WARNING,
		    "systemd-resolved has another answer than files: 192.0.2.2");

	/* Another order is no other answer. */
	answer = start_resolved(FOPNP_RESOLVED_ANSWERED, 0);
	make_answering(&trace, make_step(&trace, "files", NSS_STATUS_SUCCESS));
	make_address(trace.result, "192.0.2.1");
	make_address(trace.result, "192.0.2.2");
	add_resolved_address(answer, "192.0.2.2");
	add_resolved_address(answer, "192.0.2.1");
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(trace.notes.count, 0);

	/* One address more, of either. */
	add_resolved_address(answer, "192.0.2.3");
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(count_notes(&trace, "resolved-differs"), 1);
	make_address(trace.result, "192.0.2.3");
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(count_notes(&trace, "resolved-differs"), 1);
	make_address(trace.result, "192.0.2.4");
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(count_notes(&trace, "resolved-differs"), 2);

	/* Addresses of the DNS rotate. */
	answer = start_resolved(FOPNP_RESOLVED_ANSWERED, 0);
	make_answering(&trace, make_step(&trace, "dns", NSS_STATUS_SUCCESS));
	make_address(trace.result, "192.0.2.1");
	add_resolved_address(answer, "192.0.2.2");
	fopnp_trace_note_daemons(&trace);
	assert_int_equal(find_note(&trace, "resolved-differs")->severity, FOPNP_INFO);

	answer = start_resolved(FOPNP_RESOLVED_ANSWERED, EAI_NONAME);
	add_resolved_address(answer, "192.0.2.2");
	fopnp_trace_note_daemons(&trace);
	assert_note(&trace, "resolved-differs", FOPNP_WARNING,
		    "systemd-resolved has another answer than this order: 192.0.2.2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_healthy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_avahi, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_mdns_wait, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_silent_probe, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_resolved_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_resolved_failed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_resolved_ignores_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_resolved_origin, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_resolved_differs, set_up, tear_down),
	};

	/* Whatever is mounted then is mounted for this process alone. */
	has_run = mount_private_file("/etc/hosts") &&
		  mount("run", "/run", "tmpfs", 0, "mode=0755") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
