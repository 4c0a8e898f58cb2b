/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The notes on sources and calls, and all notes together. */
#include "nss_module/lookup/event.h"
#include "tools/memory.h"
#include "tools/nscd_conf.h"
#include "tools/socket_probe.h"
#include "tools/trace_calls.h"
#include "tools/trace_words.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <fcntl.h>
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
static struct fopnp_trace_calls calls; /* none were made, but where a test has it otherwise */
static bool has_etc;                   /* a private /etc and /run */

static int set_up(void **state)
{
	(void)state;
	make_trace(&trace, "printer", EAI_NONAME);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_trace_clear(&trace);
	return 0;
}

static void set_text(char **text, const char *words)
{
	free(*text);
	*text = fopnp_memory_copy_text(words);
}

/* ---- modules ---- */

static struct fopnp_step *start_broken(const char *loader_words)
{
	struct fopnp_step *step;

	remake_trace(&trace, "printer", EAI_NONAME);
	step = make_step(&trace, "broken", NSS_STATUS_UNAVAIL);
	set_text(&step->reason, "not-loaded");
	set_text(&step->reason_detail, loader_words);
	return step;
}

static void test_module(void **state)
{
	static const char install[] = "install libnss_broken.so.2, or take broken out of the line";
	static const char reinstall[] =
		"reinstall the package of libnss_broken.so.2, or take broken out of the line";
	struct fopnp_step *step;
	char *row;

	(void)state;
	/* What the loader says in other languages begins with the same file. */
	(void)start_broken("libnss_broken.so.2: cannot open shared object file: No such file or "
			   "directory");
	fopnp_trace_add_notes(&trace, &calls);
	assert_string_equal(find_note(&trace, "source-not-loaded")->fix, install);
	(void)start_broken("");
	fopnp_trace_add_notes(&trace, &calls);
	assert_string_equal(find_note(&trace, "source-not-loaded")->fix, install);
	(void)start_broken("/usr/lib/libnss_broken.so.2: file too short");
	fopnp_trace_add_notes(&trace, &calls);
	assert_string_equal(find_note(&trace, "source-not-loaded")->fix, reinstall);
	step = start_broken("libgone.so.1: cannot open shared object file: No such file or "
			    "directory");
	fopnp_trace_add_notes(&trace, &calls);
	assert_string_equal(find_note(&trace, "source-not-loaded")->fix, reinstall);
	row = fopnp_trace_reason_words(step);
	assert_string_equal(row, "module cannot be loaded");
	free(row);
}

/* fopnp:dns is no library that could be installed by that name. */
static void test_built_in(void **state)
{
	struct fopnp_step *step;

	(void)state;
	step = start_broken("/usr/lib/fopnp/dns.so: cannot open shared object file: No such file or "
			    "directory");
	set_text(&step->source, "fopnp:dns");
	fopnp_trace_add_notes(&trace, &calls);
	assert_string_equal(find_note(&trace, "source-not-loaded")->fix,
			    "reinstall the package of fopnp: fopnp/dns.so belongs beside "
			    "libnss_fopnp.so.2; or take fopnp:dns out of the order");
	step = start_broken("there is no such built-in source");
	set_text(&step->source, "fopnp:nis");
	fopnp_trace_add_notes(&trace, &calls);
	assert_string_equal(find_note(&trace, "source-not-loaded")->fix,
			    "write fopnp:hosts, fopnp:mdns or fopnp:dns");
	/* Before the word fopnp glibc looks for it, which another note tells. */
	step = start_broken("");
	set_text(&step->source, "fopnp:dns");
	trace.line.outside = 1;
	fopnp_trace_add_notes(&trace, &calls);
	assert_no_note(&trace, "source-not-loaded");
}

/* What holds of files and dns holds of the built-in sources of the same job. */
static void test_built_in_stop(void **state)
{
	struct fopnp_step *stop, *knows;

	(void)state;
	stop = make_step(&trace, "fopnp:mdns", NSS_STATUS_NOTFOUND);
	stop->is_return = true;
	set_text(&stop->bracket, "[NOTFOUND=return]");
	knows = make_step(&trace, "fopnp:hosts", NSS_STATUS_SUCCESS);
	make_unreached(knows);
	knows->is_different = true;
	fopnp_trace_add_notes(&trace, &calls);
	assert_string_equal(find_note(&trace, "stopped-early")->fix,
			    "put fopnp:hosts before fopnp:mdns");
}

/* NOTFOUND with TRY_AGAIN: one query failed, and another was answered with no. */
static void test_row_of_a_failed_query(void **state)
{
	struct fopnp_step *dns = make_step(&trace, "dns", NSS_STATUS_NOTFOUND);
	char *row;

	(void)state;
	dns->h_error = TRY_AGAIN;
	row = fopnp_trace_reason_words(dns);
	assert_string_equal(row, "a query failed");
	free(row);
	dns->status = NSS_STATUS_TRYAGAIN;
	row = fopnp_trace_reason_words(dns);
	assert_string_equal(row, "failed for now");
	free(row);
}

static void test_nodata(void **state)
{
	struct fopnp_request request = { .name = trace.request.name };

	(void)state;
	assert_string_equal(fopnp_call_meaning(&request, EAI_NODATA),
			    "the name exists, but has no address");
	request.flags = AI_ADDRCONFIG;
	assert_string_equal(fopnp_call_meaning(&request, EAI_NODATA),
			    "the name exists, but has no address of the family asked for");
	request.flags = 0;
	request.family = AF_INET6;
	assert_string_equal(fopnp_call_meaning(&request, EAI_NODATA),
			    "the name exists, but has no address of the family asked for");
	request.family = AF_UNSPEC;
	request.call = FOPNP_CALL_GETHOSTBYNAME;
	assert_string_equal(fopnp_call_meaning(&request, EAI_NODATA),
			    "the name exists, but has no address of the family asked for");
	request.call = FOPNP_CALL_GETHOSTBYADDR;
	assert_string_equal(fopnp_call_meaning(&request, EAI_NODATA),
			    "no source that was asked knows a name for this address");
}

static void test_hanging_source(void **state)
{
	struct fopnp_step *step = make_step(&trace, "mdns4", NSS_STATUS_NOTFOUND);

	(void)state;
	step->has_status = false;
	step->elapsed_us = 3000000;
	set_text(&step->reason, "hangs");
	fopnp_trace_add_notes(&trace, &calls);
	assert_note(&trace, "source-hangs", FOPNP_ERROR,
		    "mdns4 did not answer within 3.0 s, and was killed");
	/* Asked for the trace alone: the deadline is the trace's. */
	fopnp_findings_clear(&trace.notes);
	make_unreached(step);
	fopnp_trace_add_notes(&trace, &calls);
	assert_note(&trace, "source-hangs", FOPNP_INFO,
		    "mdns4, which the call did not ask, had no answer within 3.0 s");
}

/* ---- brackets ---- */

/* STOP ends the call by BRACKET, and KNOWS behind it has the name. */
static struct fopnp_step *start_stop(const char *stop, const char *bracket, const char *knows)
{
	struct fopnp_step *step;

	remake_trace(&trace, "printer", EAI_NONAME);
	step = make_step(&trace, stop, NSS_STATUS_NOTFOUND);
	step->is_return = true;
	set_text(&step->bracket, bracket);
	step = make_step(&trace, knows, NSS_STATUS_SUCCESS);
	make_unreached(step);
	step->is_different = true;
	return step;
}

static void test_stop(void **state)
{
	(void)state;
	(void)start_stop("files", "[NOTFOUND=return]", "dns");
	fopnp_trace_add_notes(&trace, &calls);
	assert_note(&trace, "stopped-early", FOPNP_WARNING,
		    "dns would have answered, but [NOTFOUND=return] behind files ends the call "
		    "before it");
	assert_string_equal(find_note(&trace, "stopped-early")->fix,
			    "if dns is to answer such names, take [NOTFOUND=return] out");
	assert_place(&trace, "stopped-early", "/etc/nsswitch.conf", 12);
	(void)start_stop("resolve", "[!UNAVAIL=return]", "files");
	fopnp_trace_add_notes(&trace, &calls);
	assert_string_equal(find_note(&trace, "stopped-early")->fix, "put files before resolve");
	/* It says the same as the program got, or the call was answered. */
	start_stop("files", "[NOTFOUND=return]", "dns")->is_different = false;
	fopnp_trace_add_notes(&trace, &calls);
	assert_no_note(&trace, "stopped-early");
	(void)start_stop("files", "[NOTFOUND=return]", "dns");
	trace.result->code = 0;
	fopnp_trace_add_notes(&trace, &calls);
	assert_no_note(&trace, "stopped-early");
}

/* Where resolved says itself why it found nothing, the bracket is not to blame. */
static void test_explained_stop(void **state)
{
	struct fopnp_resolved_answer *answer;

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		(void)start_stop(i == 5 ? "mdns4" : "resolve", "[!UNAVAIL=return]", "dns");
		answer = trace.resolved = fopnp_memory_zeroed(1, sizeof(*answer));
		answer->state = i == 3 ? FOPNP_RESOLVED_SILENT : FOPNP_RESOLVED_FAILED;
		answer->is_single_label = i == 0;
		answer->is_unserved_local = i == 1 || i == 5;
		answer->is_outdated = i == 2;
		fopnp_trace_add_notes(&trace, &calls);
		if (i < 4) {
			assert_int_equal(find_note(&trace, "stopped-early")->severity, FOPNP_INFO);
			assert_null(find_note(&trace, "stopped-early")->fix);
			assert_string_not_equal(trace.notes.list[0].id, "stopped-early");
		} else {
			assert_int_equal(find_note(&trace, "stopped-early")->severity,
					 FOPNP_WARNING);
		}
	}
}

/* A line of /etc/hosts that resolved does not take. */
static void test_stop_of_ignored_line(void **state)
{
	struct fopnp_step *files = start_stop("resolve", "[!UNAVAIL=return]", "files");

	(void)state;
	set_text(&trace.request.name, "my_printer");
	files->answer = fopnp_memory_zeroed(1, sizeof(*files->answer));
	fopnp_evidence_add(&files->evidence, fopnp_place_make("/etc/hosts", 2, NULL), NULL);
	trace.resolved = fopnp_memory_zeroed(1, sizeof(*trace.resolved));
	trace.resolved->state = FOPNP_RESOLVED_FAILED;
	fopnp_trace_add_notes(&trace, &calls);
	assert_int_equal(find_note(&trace, "resolved-ignores-hosts-line")->severity, FOPNP_WARNING);
	assert_int_equal(find_note(&trace, "stopped-early")->severity, FOPNP_INFO);
}

/* ---- all of them ---- */

static void test_order(void **state)
{
	struct fopnp_step *dns;

	(void)state;
	/* A note, a warning and an error, found in this order; and two that weigh the same. */
	remake_trace(&trace, "www.example", EAI_AGAIN);
	free(trace.request.given);
	trace.request.given = fopnp_memory_copy_text("WWW.example");
	dns = make_step(&trace, "dns", NSS_STATUS_UNAVAIL);
	make_server(&trace, "10.0.0.53", 2);
	trace.resolver.refused_line = 4;
	trace.asked_family = AF_INET;
	make_query(dns, 0, 0, "www.example", ns_t_a);
	(void)make_end(dns, 1, 0, "www.example", ns_t_a, FOPNP_WIRE_REFUSED, ECONNREFUSED);
	fopnp_trace_add_notes(&trace, &calls);
	assert_int_equal(trace.notes.count, 4);
	assert_string_equal(trace.notes.list[0].id, "server-refused");
	assert_string_equal(trace.notes.list[1].id, "nameserver-line-unused");
	assert_string_equal(trace.notes.list[2].id, "addrconfig-narrows");
	assert_string_equal(trace.notes.list[3].id, "idn-converted");
}

/* ---- the plain call against the watched one ---- */

/* The plain call found ADDRESS after REAL_US, the watched one 192.0.2.1 after WATCHED_US. */
static void note_calls(const char *address, uint64_t real_us, uint64_t watched_us,
		       const char *again)
{
	static struct fopnp_call_result results[3];

	remake_trace(&trace, "printer", 0);
	memset(results, 0, sizeof(results));
	make_address(&results[0], address);
	make_address(&results[1], "192.0.2.1");
	if (again)
		make_address(&results[2], again);
	else
		results[2].code = EAI_AGAIN;
	results[0].elapsed_us = real_us;
	results[1].elapsed_us = watched_us;
	calls = (struct fopnp_trace_calls){
		.has_real = true,
		.has_watched = true,
		.has_again = strcmp(address, "192.0.2.1") != 0,
		.real.result = &results[0],
		.watched.result = &results[1],
		.again.result = &results[2],
	};
	fopnp_trace_add_notes(&trace, &calls);
	calls = (struct fopnp_trace_calls){ 0 };
}

static void test_times(void **state)
{
	(void)state;
	note_calls("192.0.2.1", 1000, 2000, NULL);
	assert_no_note(&trace, "times-differ");
	note_calls("192.0.2.1", 2001000, 1000, NULL);
	assert_note(&trace, "times-differ", FOPNP_WARNING,
		    "the call took 2.0 s, and 1.00 ms when it was made to watch its sources, which "
		    "the rows are of");
	note_calls("192.0.2.1", 1000, 2001000, NULL);
	assert_note(&trace, "times-differ", FOPNP_INFO,
		    "the call took 1.00 ms, and 2.0 s when it was made to watch its sources, which "
		    "the rows are of");
}

/* The module found nothing, and glibc went on by itself with what stands behind it. */
static void note_fall_back(const char *behind, int watched_code, int code)
{
	static struct fopnp_call_result watched;

	remake_trace(&trace, "printer", code);
	trace.line.is_installed = true;
	trace.line.installed_file = fopnp_memory_copy_text("/etc/nsswitch.conf");
	trace.line.installed_line = 3;
	trace.line.fall_back = fopnp_memory_copy_text(behind);
	trace.result->elapsed_us = 2000000;
	memset(&watched, 0, sizeof(watched));
	watched.code = watched_code;
	calls = (struct fopnp_trace_calls){
		.has_real = true,
		.has_watched = true,
		.real.result = trace.result,
		.real.event_count = 1,
		.watched.result = &watched,
	};
	fopnp_trace_add_notes(&trace, &calls);
	calls = (struct fopnp_trace_calls){ 0 };
}

static void test_fall_back(void **state)
{
	(void)state;
	note_fall_back("files dns", EAI_NONAME, 0);
	assert_note(&trace, "fopnp-falls-through", FOPNP_WARNING,
		    "fopnp found nothing, and the hosts line goes on behind it: files dns gave this "
		    "answer, which the rows do not show");
	assert_place(&trace, "fopnp-falls-through", "/etc/nsswitch.conf", 3);
	assert_string_equal(find_note(&trace, "fopnp-falls-through")->fix,
			    "write fopnp [!UNAVAIL= return] files dns on the hosts line");
	assert_no_note(&trace, "answers-differ");
	assert_no_note(&trace, "times-differ");
	note_fall_back("files dns", EAI_NONAME, EAI_NONAME);
	assert_note(&trace, "fopnp-falls-through", FOPNP_WARNING,
		    "fopnp found nothing, and the hosts line goes on behind it: files dns was asked "
		    "as well, which the rows do not show");
	/* An answer ends the call in both lines; with the bracket nothing stands behind. */
	note_fall_back("files dns", 0, 0);
	assert_no_note(&trace, "fopnp-falls-through");
	note_fall_back(NULL, EAI_NONAME, 0);
	assert_no_note(&trace, "fopnp-falls-through");
	assert_non_null(find_note(&trace, "answers-differ"));
}

static void test_idn(void **state)
{
	(void)state;
	remake_trace(&trace, "xn--bcher-kva.example", EAI_NONAME);
	set_text(&trace.request.given, "b\xc3\xbc" "cher.example");
	fopnp_trace_add_notes(&trace, &calls);
	assert_note(&trace, "idn-converted", FOPNP_INFO,
		    "asked as xn--bcher-kva.example: programs that do not convert names ask for the "
		    "bytes themselves, which DNS does not know");
	remake_trace(&trace, "xn--bcher-kva.local", EAI_NONAME);
	set_text(&trace.request.given, "b\xc3\xbc" "cher.local");
	fopnp_trace_add_notes(&trace, &calls);
	assert_note(&trace, "idn-converted", FOPNP_INFO,
		    "asked as xn--bcher-kva.local: programs that do not convert names ask for the "
		    "bytes themselves, and it is those that multicast DNS knows");
}

static void test_rotation(void **state)
{
	(void)state;
	/* A second try like the first: no rotation. */
	note_calls("192.0.2.2", 1000, 1000, "192.0.2.2");
	assert_no_note(&trace, "answers-rotate");
	note_calls("192.0.2.2", 1000, 1000, "192.0.2.3");
	assert_note(&trace, "answers-rotate", FOPNP_INFO,
		    "the addresses change from one call to the next");
	note_calls("192.0.2.2", 1000, 1000, NULL);
	assert_note(&trace, "answers-rotate", FOPNP_WARNING,
		    "the answer changes from one call to the next: 192.0.2.2, then EAI_AGAIN");
}

static void test_stuck(void **state)
{
	(void)state;
	remake_trace(&trace, "printer", 0);
	fopnp_trace_add_notes(&trace, &calls);
	assert_no_note(&trace, "call-stuck");
	remake_trace(&trace, "printer", 0);
	trace.is_stuck_behind_sources = true;
	fopnp_trace_add_notes(&trace, &calls);
	assert_non_null(find_note(&trace, "call-stuck"));
}

/* ---- nscd ---- */

static void listen_as_nscd(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/nscd/socket" };
	int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_not_equal(descriptor, -1);
	assert_int_equal(mkdir("/run/nscd", 0755), 0);
	assert_int_equal(bind(descriptor, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(descriptor, 5), 0);
}

static void write_nscd_conf(const char *text)
{
	int file = open(FOPNP_NSCD_CONF, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_int_not_equal(file, -1);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(file), 0);
}

/* nscd says CACHED (NULL: that there is none), and SOURCE says otherwise. */
static const struct fopnp_finding *note_nscd(const char *cached, const char *now,
					     const char *source)
{
	static struct fopnp_call_result results[2];
	static struct fopnp_event event;

	remake_trace(&trace, "printer", cached ? 0 : EAI_NONAME);
	memset(results, 0, sizeof(results));
	results[0].code = cached ? 0 : EAI_NONAME;
	if (cached)
		make_address(&results[0], cached);
	make_address(&results[1], now);
	memset(&event, 0, sizeof(event));
	event.has_status = true;
	event.status = NSS_STATUS_SUCCESS;
	(void)strcpy(event.source, source);
	calls = (struct fopnp_trace_calls){
		.has_real = true,
		.has_watched = true,
		.real.result = &results[0],
		.watched.result = &results[1],
		.watched.events = { &event },
		.watched.event_count = 1,
	};
	fopnp_trace_add_notes(&trace, &calls);
	calls = (struct fopnp_trace_calls){ 0 };
	assert_non_null(find_note(&trace, "nscd-answers"));
	return find_note(&trace, "nscd-answers");
}

#define INVALIDATE "nscd --invalidate=hosts (as root)"

static void test_nscd(void **state)
{
	const struct fopnp_finding *note;

	(void)state;
	if (!has_etc)
		skip();
	listen_as_nscd();
	assert_string_equal(FOPNP_NSCD_SOCKET, "/var/run/nscd/socket");
	note = note_nscd("198.51.100.1", "198.51.100.2", "dns");
	assert_string_equal(note->text, "nscd has 198.51.100.1 in its cache; the sources (rows "
					"above) now say 198.51.100.2");
	assert_string_equal(note->fix, INVALIDATE);
	assert_null(note->place.file);

	write_nscd_conf("check-files hosts yes\npositive-time-to-live hosts 600\n"
			"negative-time-to-live hosts 30\n");
	note = note_nscd("198.51.100.1", "198.51.100.2", "files");
	assert_string_equal(note->fix, INVALIDATE "; else nscd keeps it up to 600 s, or as long as "
						  "the DNS said (positive-time-to-live hosts)");
	assert_string_equal(note->place.file, "/etc/nscd.conf");
	assert_int_equal(note->place.line, 2);
	note = note_nscd(NULL, "198.51.100.2", "dns");
	assert_string_equal(note->text, "nscd has EAI_NONAME in its cache; the sources (rows "
					"above) now say 198.51.100.2");
	assert_string_equal(note->fix, INVALIDATE
			    "; else nscd keeps it up to 30 s (negative-time-to-live hosts)");
	assert_int_equal(note->place.line, 3);

	/* What nscd does not look at matters where the file has the answer. */
	write_nscd_conf("check-files hosts no\n");
	note = note_nscd("198.51.100.1", "198.51.100.2", "files");
	assert_string_equal(note->fix, INVALIDATE "; with check-files hosts no, nscd does not see "
						  "that /etc/hosts has changed");
	assert_int_equal(note->place.line, 1);
	note = note_nscd("198.51.100.1", "198.51.100.2", "dns");
	assert_string_equal(note->fix, INVALIDATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_module, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_built_in, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_built_in_stop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_row_of_a_failed_query, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nodata, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hanging_source, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_explained_stop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stop_of_ignored_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_times, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fall_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_idn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rotation, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stuck, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nscd, set_up, tear_down),
	};

	/* Whatever is mounted then is mounted for this process alone. */
	has_etc = mount_private_file("/etc/hosts") &&
		  mount("run", "/run", "tmpfs", 0, "mode=0755") == 0 &&
		  mount("etc", "/etc", "tmpfs", 0, "mode=0755") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
