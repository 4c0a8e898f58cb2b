/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options that choose lookups. */
#include "tools/observed_filter.h"

#include "tools/memory.h"

#include <fcntl.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

static struct fopnp_observed_lookup *lookup;

/* curl of user 1000 asked for www.example.com, and dns answered in 1500 us. */
static int create(void **state)
{
	struct fopnp_event *event;

	(void)state;
	lookup = fopnp_observed_create();
	event = &lookup->event;
	fopnp_event_clear(event);
	lookup->process = (struct fopnp_observed_process){
		.pid = 4711,
		.uid = 1000,
		.comm = "curl",
		.exe = fopnp_memory_copy_text("/usr/local/bin/curl-8.5"),
		.claimed_pid = 17,
		.claimed_uid = 0,
	};
	(void)strcpy(event->name, "WWW.Example.com.");
	(void)strcpy(event->function, "gethostbyname4_r");
	(void)strcpy(event->family, "unspec");
	(void)strcpy(event->source, "dns");
	event->has_status = true;
	event->status = NSS_STATUS_SUCCESS;
	event->elapsed_us = 1500;
	return 0;
}

static int destroy(void **state)
{
	(void)state;
	fopnp_observed_destroy(lookup);
	return 0;
}

/* Whether the lookup matches two options; the second may be NULL. */
static bool match_both(int key, const char *first, int other_key, const char *second)
{
	struct fopnp_observed_filter *filter = fopnp_observed_filter_create();
	bool is_match;

	assert_false(fopnp_observed_filter_is_set(filter));
	assert_true(fopnp_observed_filter_option(filter, key, first));
	if (second)
		assert_true(fopnp_observed_filter_option(filter, other_key, second));
	assert_true(fopnp_observed_filter_is_set(filter));
	is_match = fopnp_observed_filter_matches(filter, lookup);
	fopnp_observed_filter_destroy(filter);
	return is_match;
}

static bool match(int key, const char *argument)
{
	return match_both(key, argument, 0, NULL);
}

static void test_nothing(void **state)
{
	struct fopnp_observed_filter *filter = fopnp_observed_filter_create();

	(void)state;
	assert_true(fopnp_observed_filter_matches(filter, lookup));
	fopnp_observed_filter_destroy(filter);
	fopnp_observed_filter_destroy(NULL);
}

static void test_program(void **state)
{
	(void)state;
	assert_true(match(FOPNP_FILTER_PROGRAM, "curl"));
	assert_true(match(FOPNP_FILTER_PROGRAM, "c?r*"));
	assert_true(match(FOPNP_FILTER_PROGRAM, "curl-8.5"));
	assert_true(match(FOPNP_FILTER_PROGRAM, "/usr/local/bin/curl-8.5"));
	assert_true(match(FOPNP_FILTER_PROGRAM, "/usr/local/*"));
	assert_false(match(FOPNP_FILTER_PROGRAM, "CURL"));
	assert_false(match(FOPNP_FILTER_PROGRAM, "cur"));
	assert_false(match(FOPNP_FILTER_PROGRAM, "bin"));
	assert_false(match(FOPNP_FILTER_PROGRAM, "/usr/bin/curl-8.5"));
}

/* Of a program that is gone the kernel's 15 bytes are all there is. */
static void test_program_cut(void **state)
{
	(void)state;
	free(lookup->process.exe);
	lookup->process.exe = NULL;
	(void)strcpy(lookup->process.comm, "systemd-timesyn");
	assert_true(match(FOPNP_FILTER_PROGRAM, "systemd-timesyncd"));
	assert_true(match(FOPNP_FILTER_PROGRAM, "systemd-timesyn"));
	assert_false(match(FOPNP_FILTER_PROGRAM, "systemd-times"));
	assert_false(match(FOPNP_FILTER_PROGRAM, "systemd-resolved"));
	(void)strcpy(lookup->process.comm, "systemd-time");
	assert_false(match(FOPNP_FILTER_PROGRAM, "systemd-timesyncd"));
}

static void test_pid(void **state)
{
	(void)state;
	assert_true(match(FOPNP_FILTER_PID, "4711"));
	assert_true(match(FOPNP_FILTER_PID, "17"));
	assert_false(match(FOPNP_FILTER_PID, "471"));
}

static void test_user(void **state)
{
	const struct passwd *root = getpwuid(0);

	(void)state;
	assert_true(match(FOPNP_FILTER_USER, "1000"));
	assert_false(match(FOPNP_FILTER_USER, "0"));
	if (!root)
		return;
	assert_false(match(FOPNP_FILTER_USER, root->pw_name));
	lookup->process.uid = 0;
	assert_true(match(FOPNP_FILTER_USER, root->pw_name));
}

static void test_name(void **state)
{
	(void)state;
	assert_true(match(FOPNP_FILTER_NAME, "www.example.com"));
	assert_true(match(FOPNP_FILTER_NAME, "Www.example.COM."));
	assert_true(match(FOPNP_FILTER_NAME, "*.example.com"));
	assert_true(match(FOPNP_FILTER_NAME, "*EXAMPLE*"));
	assert_true(match(FOPNP_FILTER_NAME, ".example.com"));
	assert_true(match(FOPNP_FILTER_NAME, ".www.example.com"));
	assert_true(match(FOPNP_FILTER_NAME, ".COM."));
	assert_false(match(FOPNP_FILTER_NAME, "example.com"));
	assert_false(match(FOPNP_FILTER_NAME, ".ample.com"));
	assert_false(match(FOPNP_FILTER_NAME, "*.www.example.com"));
	assert_true(match(FOPNP_FILTER_NAME, "www.example.co?."));
	assert_false(match(FOPNP_FILTER_NAME, "www.example.co"));
	assert_true(match(FOPNP_FILTER_NAME, "www.example.co?"));
}

static void test_name_beyond_ascii(void **state)
{
	(void)state;
	(void)strcpy(lookup->event.name, "www.xn--bcher-kva.example");
	assert_true(match(FOPNP_FILTER_NAME, "www.b\303\274cher.example"));
	assert_true(match(FOPNP_FILTER_NAME, ".b\303\274cher.example"));
	assert_true(match(FOPNP_FILTER_NAME, "*.xn--bcher-kva.example"));
	/* As a program gave it that leaves the conversion to nobody. */
	(void)strcpy(lookup->event.name, "www.b\303\274cher.example");
	assert_true(match(FOPNP_FILTER_NAME, ".b\303\274cher.example"));
	assert_false(match(FOPNP_FILTER_NAME, ".b\303\266cher.example"));
	(void)strcpy(lookup->event.name, "\377\376");
	assert_true(match(FOPNP_FILTER_NAME, "*"));
}

static void test_source(void **state)
{
	(void)state;
	assert_true(match(FOPNP_FILTER_SOURCE, "dns"));
	assert_false(match(FOPNP_FILTER_SOURCE, "fopnp:dns"));
	assert_false(match(FOPNP_FILTER_SOURCE, "none"));
	lookup->event.source[0] = '\0';
	assert_true(match(FOPNP_FILTER_SOURCE, "none"));
	assert_false(match(FOPNP_FILTER_SOURCE, "dns"));
}

static void test_status(void **state)
{
	(void)state;
	assert_true(match(FOPNP_FILTER_STATUS, "SUCCESS"));
	assert_true(match(FOPNP_FILTER_STATUS, "success"));
	assert_false(match(FOPNP_FILTER_STATUS, "failed"));
	assert_false(match(FOPNP_FILTER_STATUS, "EAI_AGAIN"));
	lookup->event.status = NSS_STATUS_TRYAGAIN;
	lookup->event.h_error = 2; /* TRY_AGAIN */
	assert_true(match(FOPNP_FILTER_STATUS, "tryagain"));
	assert_true(match(FOPNP_FILTER_STATUS, "eai_again"));
	assert_true(match(FOPNP_FILTER_STATUS, "FAILED"));
	assert_false(match(FOPNP_FILTER_STATUS, "EAI_NONAME"));
	assert_false(match(FOPNP_FILTER_STATUS, "NOTFOUND"));
	/* That there is no such name is an answer. */
	lookup->event.status = NSS_STATUS_NOTFOUND;
	lookup->event.h_error = 1; /* HOST_NOT_FOUND */
	assert_true(match(FOPNP_FILTER_STATUS, "EAI_NONAME"));
	assert_false(match(FOPNP_FILTER_STATUS, "failed"));
	lookup->event.h_error = 4; /* NO_DATA */
	assert_false(match(FOPNP_FILTER_STATUS, "failed"));
	lookup->event.status = NSS_STATUS_TRYAGAIN;
	/* Of an event that tells no status it is not known that it succeeded. */
	lookup->event.has_status = false;
	assert_true(match(FOPNP_FILTER_STATUS, "failed"));
	assert_false(match(FOPNP_FILTER_STATUS, "TRYAGAIN"));
	assert_false(match(FOPNP_FILTER_STATUS, "EAI_AGAIN"));
}

static void test_slower(void **state)
{
	(void)state;
	assert_true(match(FOPNP_FILTER_SLOWER, "1ms"));
	assert_true(match(FOPNP_FILTER_SLOWER, "1.4ms"));
	assert_false(match(FOPNP_FILTER_SLOWER, "1500us"));
	assert_false(match(FOPNP_FILTER_SLOWER, "2s"));
	lookup->event.elapsed_us = -1;
	assert_false(match(FOPNP_FILTER_SLOWER, "0us"));
}

/* One of those of a kind, and all kinds. */
static void test_together(void **state)
{
	(void)state;
	assert_true(match_both(FOPNP_FILTER_PROGRAM, "wget", FOPNP_FILTER_PROGRAM, "curl"));
	assert_true(match_both(FOPNP_FILTER_PROGRAM, "curl", FOPNP_FILTER_PROGRAM, "wget"));
	assert_true(match_both(FOPNP_FILTER_PROGRAM, "curl", FOPNP_FILTER_SOURCE, "dns"));
	assert_false(match_both(FOPNP_FILTER_PROGRAM, "curl", FOPNP_FILTER_SOURCE, "files"));
	assert_false(match_both(FOPNP_FILTER_PROGRAM, "wget", FOPNP_FILTER_SOURCE, "dns"));
	assert_true(match_both(FOPNP_FILTER_SLOWER, "1s", FOPNP_FILTER_SLOWER, "1ms"));
}

/* ---- wrong arguments ---- */

/* What is said on stderr of an option that is refused. */
static void refuse(int key, const char *argument, char *out, size_t size)
{
	struct fopnp_observed_filter *filter = fopnp_observed_filter_create();
	int saved = dup(STDERR_FILENO), ends[2];
	ssize_t len;

	assert_true(saved >= 0);
	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	assert_false(fopnp_observed_filter_option(filter, key, argument));
	(void)fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	(void)close(saved);
	(void)close(ends[1]);
	len = read(ends[0], out, size - 1);
	assert_true(len > 0);
	out[len] = '\0';
	(void)close(ends[0]);
	assert_false(fopnp_observed_filter_is_set(filter));
	fopnp_observed_filter_destroy(filter);
}

static void test_refused(void **state)
{
	static const struct {
		int key;
		const char *argument, *hint;
	} cases[] = {
		{ FOPNP_FILTER_PROGRAM, "", "python*" },
		{ FOPNP_FILTER_PID, "", "number of a process" },
		{ FOPNP_FILTER_PID, "0", "number of a process" },
		{ FOPNP_FILTER_PID, "-1", "number of a process" },
		{ FOPNP_FILTER_PID, "2147483648", "number of a process" },
		{ FOPNP_FILTER_PID, "curl", "number of a process" },
		{ FOPNP_FILTER_USER, "no-such-user-here", "getent passwd" },
		{ FOPNP_FILTER_USER, "", "getent passwd" },
		{ FOPNP_FILTER_USER, "4294967295", "name or number" },
		{ FOPNP_FILTER_NAME, "", "*.example.com" },
		{ FOPNP_FILTER_NAME, ".", "*.example.com" },
		{ FOPNP_FILTER_NAME, "..", "*.example.com" },
		{ FOPNP_FILTER_SOURCE, "", "none" },
		{ FOPNP_FILTER_STATUS, "", "NOTFOUND" },
		{ FOPNP_FILTER_STATUS, "NXDOMAIN", "NOTFOUND" },
		{ FOPNP_FILTER_STATUS, "EAI_", "EAI_NONAME" },
		{ FOPNP_FILTER_SLOWER, "200", "200ms" },
		{ FOPNP_FILTER_SLOWER, "fast", "200ms" },
	};
	char said[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		refuse(cases[i].key, cases[i].argument, said, sizeof(said));
		assert_non_null(strstr(said, cases[i].hint));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, create, destroy),
		cmocka_unit_test_setup_teardown(test_program, create, destroy),
		cmocka_unit_test_setup_teardown(test_program_cut, create, destroy),
		cmocka_unit_test_setup_teardown(test_pid, create, destroy),
		cmocka_unit_test_setup_teardown(test_user, create, destroy),
		cmocka_unit_test_setup_teardown(test_name, create, destroy),
		cmocka_unit_test_setup_teardown(test_name_beyond_ascii, create, destroy),
		cmocka_unit_test_setup_teardown(test_source, create, destroy),
		cmocka_unit_test_setup_teardown(test_status, create, destroy),
		cmocka_unit_test_setup_teardown(test_slower, create, destroy),
		cmocka_unit_test_setup_teardown(test_together, create, destroy),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
