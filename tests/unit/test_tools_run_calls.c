/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls put together from marks and lookups, in every order that they can come in. */
#include "tools/run_calls.h"

#include "tools/memory.h"

#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

#define TEXTS_MOST 4096

/* What came out, a text each: "call 7 a.example files 2 lost 0", "stray b.example". */
static char texts[TEXTS_MOST][160];
static size_t text_count;
static size_t most_lookups;
static int64_t last_elapsed_us;
static uint64_t stray_lost;
static struct fopnp_run_calls *calls;
static struct fopnp_observed_lookup *event; /* the one that is made next */

static void take_call(void *context, const struct fopnp_observed_call *call, const char *waiting)
{
	(void)context;
	assert_true(text_count < TEXTS_MOST);
	if (call->lookup_count > most_lookups)
		most_lookups = call->lookup_count;
	last_elapsed_us = call->elapsed_us;
	(void)snprintf(texts[text_count++], sizeof(texts[0]),
		       "%s %llu %s by %s of %zu lost %llu%s%s", call->has_ended ? "call" : "open",
		       (unsigned long long)call->id,
		       call->request.name ? call->request.name : "(null)",
		       call->answered_by ? call->answered_by : "-", call->lookup_count,
		       (unsigned long long)call->lost_lookups, waiting ? " waits for " : "",
		       waiting ? waiting : "");
}

static void take_lookup(void *context, const struct fopnp_observed_lookup *lookup, uint64_t lost)
{
	(void)context;
	assert_true(text_count < TEXTS_MOST);
	(void)snprintf(texts[text_count++], sizeof(texts[0]), "stray %.100s", lookup->event.name);
	stray_lost += lost;
}

static void start_with(bool is_always, bool has_nscd, const char *before)
{
	struct fopnp_run_sink sink = { take_call, take_lookup, NULL };
	struct fopnp_run_answerers answerers = { is_always, has_nscd, before };

	fopnp_run_calls_destroy(calls);
	calls = fopnp_run_calls_create(&sink, &answerers);
	text_count = most_lookups = 0;
	stray_lost = 0;
}

static int set_up(void **state)
{
	(void)state;
	event = fopnp_observed_create();
	start_with(true, false, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fopnp_run_calls_destroy(calls);
	calls = NULL;
	fopnp_observed_destroy(event);
	return 0;
}

static void begin_event(int64_t pid, int64_t tid, const char *name)
{
	fopnp_event_clear(&event->event);
	event->event.version = 1;
	event->process.pid = pid;
	event->process.tid = tid;
	(void)snprintf(event->process.comm, sizeof(event->process.comm), "test");
	if (name) {
		event->event.has_name = true;
		(void)snprintf(event->event.name, sizeof(event->event.name), "%s", name);
	}
}

static void begin_mark(const char *phase, int64_t pid, int64_t tid, int64_t id, const char *name)
{
	begin_event(pid, tid, name);
	(void)snprintf(event->event.phase, sizeof(event->event.phase), "%s", phase);
	(void)snprintf(event->event.call, sizeof(event->event.call), "getaddrinfo");
	event->event.call_id = id;
}

static void call(int64_t pid, int64_t tid, int64_t id, const char *name)
{
	begin_mark("call", pid, tid, id, name);
	fopnp_run_calls_hear_mark(calls, event, 0);
}

static void result(int64_t pid, int64_t tid, int64_t id, const char *name, int code)
{
	begin_mark("result", pid, tid, id, name);
	event->event.code = code;
	fopnp_run_calls_hear_mark(calls, event, 0);
}

static void announce(int64_t pid, int64_t tid, const char *source)
{
	begin_event(pid, tid, NULL);
	(void)strcpy(event->event.phase, "step");
	(void)snprintf(event->event.phase_source, sizeof(event->event.phase_source), "%s", source);
	fopnp_run_calls_hear_mark(calls, event, 0);
}

/* SOURCE answered; NULL: nobody. */
static void lookup(int64_t pid, int64_t tid, const char *name, const char *source, uint64_t lost)
{
	begin_event(pid, tid, name);
	event->event.has_status = true;
	event->event.status = source ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
	if (source)
		(void)snprintf(event->event.source, sizeof(event->event.source), "%s", source);
	fopnp_run_calls_hear_lookup(calls, event, lost, 0);
}

static void assert_text(size_t index, const char *text)
{
	assert_true(index < text_count);
	assert_string_equal(texts[index], text);
}

/* ---- */

static void test_simple(void **state)
{
	(void)state;
	call(10, 10, 1, "a.example");
	lookup(10, 10, "a.example", "files", 0);
	assert_int_equal(text_count, 0);
	result(10, 10, 1, "a.example", 0);
	assert_int_equal(text_count, 1);
	assert_text(0, "call 1 a.example by files of 1 lost 0");
	assert_false(fopnp_run_calls_tick(calls, 1000000000));
	assert_int_equal(text_count, 1);
}

/* Two threads at once, and two processes with the same thread number. */
static void test_threads(void **state)
{
	(void)state;
	call(10, 10, 1, "a.example");
	call(10, 11, 2, "b.example");
	call(20, 11, 1, "c.example");
	lookup(20, 11, "c.example", NULL, 0);
	lookup(10, 11, "b.example", "dns", 0);
	lookup(10, 10, "a.example", "files", 0);
	result(10, 10, 1, "a.example", 0);
	result(10, 11, 2, "b.example", 0);
	result(20, 11, 1, "c.example", EAI_NONAME);
	assert_text(0, "call 1 a.example by files of 1 lost 0");
	assert_text(1, "call 2 b.example by dns of 1 lost 0");
	assert_text(2, "call 1 c.example by - of 1 lost 0");
}

/* Marks get lost: the call's, the result's. */
static void test_lost_marks(void **state)
{
	(void)state;
	lookup(10, 10, "a.example", "files", 3);
	result(10, 10, 1, "a.example", 0);
	assert_text(0, "call 1 a.example by files of 1 lost 3");

	call(10, 10, 2, "b.example");
	lookup(10, 10, "b.example", "files", 0);
	call(10, 10, 3, "c.example");
	lookup(10, 10, "c.example", "dns", 0);
	result(10, 10, 3, "c.example", 0);
	assert_text(1, "call 3 c.example by dns of 1 lost 0");
	fopnp_run_calls_flush(calls, 0);
	assert_text(2, "open 2 b.example by - of 1 lost 0");
	/* A result of which nothing else was heard. */
	result(30, 30, 9, NULL, 0);
	assert_text(3, "call 9 (null) by numeric of 0 lost 0");
	assert_int_equal(text_count, 4);
}

/* A source that looks names up itself; and a program that jumps out of a call. */
static void test_nested(void **state)
{
	(void)state;
	call(10, 10, 1, "outer.example");
	call(10, 10, 2, "inner.example");
	lookup(10, 10, "inner.example", "files", 0);
	result(10, 10, 2, "inner.example", 0);
	lookup(10, 10, "outer.example", "ldap", 0);
	result(10, 10, 1, "outer.example", 0);
	assert_text(0, "call 2 inner.example by files of 1 lost 0");
	assert_text(1, "call 1 outer.example by ldap of 1 lost 0");

	call(10, 10, 3, "outer.example");
	call(10, 10, 4, "left.example");
	result(10, 10, 3, "outer.example", 0);
	assert_text(2, "open 4 left.example by - of 0 lost 0");
	assert_text(3, "call 3 outer.example by - of 0 lost 0");
}

static void test_stray(void **state)
{
	(void)state;
	lookup(10, 12, "a.example", "files", 0);
	assert_true(fopnp_run_calls_tick(calls, 1));
	assert_int_equal(text_count, 0);
	assert_false(fopnp_run_calls_tick(calls, 1000000));
	assert_text(0, "stray a.example");
	/* One that stands before a call belongs to nobody. */
	lookup(10, 10, "b.example", "files", 0);
	call(10, 10, 1, "c.example");
	assert_text(1, "stray b.example");
	result(10, 10, 1, "c.example", 0);
	assert_text(2, "call 1 c.example by - of 0 lost 0");
	/* What is lost of them is counted, once. */
	lookup(10, 12, "d.example", "files", 3);
	lookup(10, 12, "d.example", "files", 4);
	assert_false(fopnp_run_calls_tick(calls, 1000000));
	assert_int_equal(text_count, 5);
	assert_int_equal(stray_lost, 7);
	/* There may be any number of them at once. */
	for (int i = 0; i < 1000; i++)
		lookup(10, 12, "e.example", "files", 0);
	assert_false(fopnp_run_calls_tick(calls, 1000000));
	assert_int_equal(text_count, 1005);
	assert_int_equal(stray_lost, 7);
}

static void test_hanging(void **state)
{
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(0);
	call(child, child, 1, "a.example");
	announce(child, child, "files");
	announce(child, child, "mdns4");
	/* It is a zombie, and so still there. */
	assert_true(fopnp_run_calls_tick(calls, 1000000));
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(fopnp_run_calls_tick(calls, 2000000));
	assert_false(fopnp_run_calls_tick(calls, 3000000));
	assert_text(0, "open 1 a.example by - of 0 lost 0 waits for mdns4");
	/* The step that was announced has answered: it waits for nobody. */
	call(10, 10, 1, "b.example");
	announce(10, 10, "files");
	lookup(10, 10, "b.example", "files", 0);
	fopnp_run_calls_flush(calls, 0);
	assert_text(1, "open 1 b.example by - of 1 lost 0");
}

/* Another program in the same process: its calls are gone. */
static void test_exec(void **state)
{
	(void)state;
	call(10, 10, 1, "a.example");
	call(11, 11, 1, "b.example");
	begin_mark("start", 10, 10, 0, NULL);
	fopnp_run_calls_hear_mark(calls, event, 0);
	assert_int_equal(text_count, 1);
	assert_text(0, "open 1 a.example by - of 0 lost 0");
}

static void test_answerers(void **state)
{
	static const char *const numeric[] = { "192.0.2.1", "2001:db8::1", "fe80::1%lo", "127.1",
					       "0x7f000001" };

	(void)state;
	for (size_t i = 0; i < sizeof(numeric) / sizeof(numeric[0]); i++) {
		result(10, 10, 1, numeric[i], 0);
		assert_non_null(strstr(texts[i], " by numeric of 0"));
	}
	start_with(false, true, NULL);
	result(10, 10, 1, "a.example", 0);
	assert_text(0, "call 1 a.example by nscd of 0 lost 0");
	result(10, 10, 2, "a.example", EAI_SERVICE);
	assert_text(1, "call 2 a.example by - of 0 lost 0");
	result(10, 10, 3, "a.example", EAI_NONAME);
	assert_text(2, "call 3 a.example by nscd of 0 lost 0");
	lookup(10, 10, "a.example", NULL, 0);
	lookup(10, 10, "a.example", "dns", 0);
	result(10, 10, 4, "a.example", 0);
	assert_text(3, "call 4 a.example by dns of 2 lost 0");
	/* A name where only an address may stand asks nobody. */
	begin_mark("result", 10, 10, 5, "a.example");
	event->event.flags = AI_NUMERICHOST;
	event->event.code = EAI_NONAME;
	fopnp_run_calls_hear_mark(calls, event, 0);
	assert_text(4, "call 5 a.example by numeric of 0 lost 0");
	/* It had another reason. */
	begin_mark("result", 10, 10, 6, "a.example");
	event->event.flags = AI_NUMERICHOST;
	event->event.code = EAI_BADFLAGS;
	fopnp_run_calls_hear_mark(calls, event, 0);
	assert_text(5, "call 6 a.example by - of 0 lost 0");
	start_with(false, false, "files");
	result(10, 10, 1, "a.example", 0);
	assert_text(0, "call 1 a.example by files of 0 lost 0");
	result(10, 10, 1, "a.example", EAI_NONAME);
	assert_text(1, "call 1 a.example by - of 0 lost 0");
}

/* One that does not come back has waited from its beginning on. */
static void test_waited(void **state)
{
	(void)state;
	begin_mark("call", 10, 10, 1, "a.example");
	fopnp_run_calls_hear_mark(calls, event, 1000000);
	(void)fopnp_run_calls_tick(calls, 1100000);
	fopnp_run_calls_flush(calls, 1234567);
	assert_text(0, "open 1 a.example by - of 0 lost 0");
	assert_int_equal(last_elapsed_us, 234567);
}

/* Whatever is sent: what is kept is bounded, and what is left out is counted. */
static void test_bounds(void **state)
{
	(void)state;
	for (int i = 0; i < 3000; i++)
		call(10, 1000 + i, i + 1, "a.example");
	assert_true(text_count >= 1900);
	fopnp_run_calls_flush(calls, 0);
	assert_int_equal(text_count, 3000);
	start_with(true, false, NULL);
	call(10, 10, 1, "a.example");
	for (int i = 0; i < 1000; i++)
		lookup(10, 10, "a.example", "files", 0);
	result(10, 10, 1, "a.example", 0);
	assert_int_in_range(most_lookups, 10, 100);
	assert_non_null(strstr(texts[0], " lost 9"));
	/* Of all calls together, each with one at least. */
	start_with(true, false, NULL);
	for (int i = 0; i < 1000; i++) {
		call(10, 1000 + i, i + 1, "a.example");
		for (int j = 0; j < 50; j++)
			lookup(10, 1000 + i, "a.example", "files", 0);
	}
	assert_int_equal(text_count, 0);
	fopnp_run_calls_flush(calls, 0);
	assert_int_equal(text_count, 1000);
	assert_non_null(strstr(texts[0], " of 50 lost 0"));
	assert_non_null(strstr(texts[999], " of 1 lost 49"));
	call(10, 1, 1, "a.example");
	lookup(10, 1, "a.example", "files", 0);
	lookup(10, 1, "a.example", "files", 0);
	result(10, 1, 1, "a.example", 0);
	assert_text(1000, "call 1 a.example by files of 2 lost 0");
}

/* What no hints mean to glibc, and hints without flags. */
static void take_flags(void *context, const struct fopnp_observed_call *call, const char *waiting)
{
	(void)waiting;
	*(int *)context = call->request.flags;
}

static void test_flags(void **state)
{
	int flags = 0;
	struct fopnp_run_sink sink = { take_flags, take_lookup, &flags };
	struct fopnp_run_answerers answerers = { 0 };

	(void)state;
	fopnp_run_calls_destroy(calls);
	calls = fopnp_run_calls_create(&sink, &answerers);
	result(10, 10, 1, "a.example", 0);
	assert_int_equal(flags, AI_V4MAPPED | AI_ADDRCONFIG);
	begin_mark("result", 10, 10, 2, "a.example");
	event->event.flags = 0;
	fopnp_run_calls_hear_mark(calls, event, 0);
	assert_int_equal(flags, 0);
}

/* Words that are none of ours. */
static void test_unknown(void **state)
{
	(void)state;
	begin_mark("result", 10, 10, 1, "a.example");
	(void)strcpy(event->event.call, "getservbyname");
	fopnp_run_calls_hear_mark(calls, event, 0);
	begin_mark("nonsense", 10, 10, 1, "a.example");
	fopnp_run_calls_hear_mark(calls, event, 0);
	begin_mark("result", 10, 10, 1, "a.example");
	(void)strcpy(event->event.call, "gethostbyname2_r");
	event->event.h_error = TRY_AGAIN;
	fopnp_run_calls_hear_mark(calls, event, 0);
	assert_int_equal(text_count, 1);
	assert_text(0, "call 1 a.example by - of 0 lost 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_simple, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_threads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost_marks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nested, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stray, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hanging, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_exec, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_answerers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_waited, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bounds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flags, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unknown, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
