/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Many thousand lookups leave neither memory nor descriptors behind: not with
 * other names, not with answers that do not fit, not when the configuration
 * changes between a few contents, not when threads come and go.
 */
#include "tests/nss/isolated.h"
#include "tests/nss/listener.h"
#include "tests/nss/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* 1 MiB.  A leak of 16 bytes in each of 100,000 lookups would be 390 pages. */
#define GROWTH_PAGES 256
#define WARM_UP      2000

static struct nss_functions fopnp;
static char buffer[1 << 20];

static void start(void)
{
	nss_functions_load("fopnp", &fopnp);
	resolve_only_with("fopnp");
}

/* As getaddrinfo(3) calls it, but with a buffer of SIZE. */
static enum nss_status ask(const char *name, size_t size)
{
	struct gaih_addrtuple *tuples = NULL;

	return fopnp.by_name4(name, &tuples, buffer, size, &errno, &h_errno, NULL);
}

/* The sanitizers keep freed memory; they look for leaks at the end instead. */
static void check_pages(size_t before)
{
	print_message("%zd pages more\n", (ssize_t)(resident_pages() - before));
	if (!UNDER_ASAN && !UNDER_TSAN)
		assert_true(resident_pages() < before + GROWTH_PAGES);
}

static void check_growth(void (*round)(unsigned), unsigned rounds)
{
	size_t pages, descriptors;

	for (unsigned i = 0; i < WARM_UP && i < rounds; i++)
		round(i);
	pages = resident_pages();
	descriptors = count_descriptors();
	for (unsigned i = 0; i < rounds; i++)
		round(WARM_UP + i);
	check_pages(pages);
	assert_int_equal(count_descriptors(), descriptors);
}

/* ---- rounds ---- */

static void ask_one_name(unsigned i)
{
	(void)i;
	assert_int_equal(ask("host-5.test", 1024), NSS_STATUS_SUCCESS);
}

static void ask_other_names(unsigned i)
{
	char name[64];

	snprintf(name, sizeof(name), "host-%u.number-%u.test", i, i * 7919);
	assert_int_equal(ask(name, 1024), NSS_STATUS_SUCCESS);
}

static void ask_missing_names(unsigned i)
{
	char name[64];

	snprintf(name, sizeof(name), "missing-%u.test", i);
	assert_int_equal(ask(name, 1024), NSS_STATUS_NOTFOUND);
}

static void ask_with_retries(unsigned i)
{
	char name[64];

	snprintf(name, sizeof(name), "%s-%u.test", i % 2 ? "many" : "static", 1 + i % 60);
	assert_int_equal(ask(name, 40), NSS_STATUS_TRYAGAIN);
	assert_int_equal(ask(name, sizeof(buffer)), NSS_STATUS_SUCCESS);
}

/* Programs with a buffer of one size give up: the next lookup is for another name. */
static void ask_without_the_retry(unsigned i)
{
	char name[64];

	snprintf(name, sizeof(name), "many-%u.test", 10 + i % 500);
	assert_int_equal(ask(name, 40), NSS_STATUS_TRYAGAIN);
}

static void ask_as_programs_do(unsigned i)
{
	char name[64], text[1024];
	struct hostent host, *found;
	int h_error;

	snprintf(name, sizeof(name), "host-%u.test", i % 5000);
	assert_int_equal(resolve(name, AF_UNSPEC, 0, text, sizeof(text)), 0);
	assert_int_equal(resolve(name, AF_INET6, AI_CANONNAME, text, sizeof(text)), 0);
	assert_int_equal(gethostbyname_r(name, &host, text, sizeof(text), &found, &h_error), 0);
}

static void *ask_in_thread(void *argument)
{
	(void)argument;
	ask("host-5.test", 1024);
	ask("many-40.test", 100);
	return NULL;
}

static void ask_in_a_new_thread(unsigned i)
{
	pthread_t thread;

	(void)i;
	assert_int_equal(pthread_create(&thread, NULL, ask_in_thread, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

/* ---- cases ---- */

static void one_name(void **state)
{
	(void)state;
	start();
	check_growth(ask_one_name, ROUNDS(200000));
}

static void other_names(void **state)
{
	(void)state;
	start();
	check_growth(ask_other_names, ROUNDS(100000));
	check_growth(ask_missing_names, ROUNDS(100000));
}

static void retries(void **state)
{
	(void)state;
	start();
	check_growth(ask_with_retries, ROUNDS(50000));
	check_growth(ask_without_the_retry, ROUNDS(50000));
}

static void calls_of_programs(void **state)
{
	(void)state;
	start();
	check_growth(ask_as_programs_do, ROUNDS(20000));
}

static void short_threads(void **state)
{
	(void)state;
	if (UNDER_TSAN)
		skip(); /* it remembers every thread */
	start();
	check_growth(ask_in_a_new_thread, ROUNDS(20000));
}

static void with_a_frozen_listener(void **state)
{
	(void)state;
	listener_open(FOPNP_EVENT_SOCKET);
	start();
	check_growth(ask_other_names, ROUNDS(50000));
}

static bool is_over(time_t deadline)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec >= deadline;
}

/*
 * The module looks at the files once a second, so few of these contents are
 * seen; those that are must be known again when they come back.
 */
static void contents_that_come_and_go(void **state)
{
	static const char *const contents[] = {
		"order conform\n",
		"order files conform\n# two\n",
		"log none\norder conform\n",
	};
	static char padding[400001];
	struct timespec now;
	size_t pages = 0;
	char *text;

	(void)state;
	/* each content is as large as the whole bound: every one kept anew would show */
	memset(padding, '#', sizeof(padding) - 1);
	isolated_write("/etc/nsswitch.conf", "hosts: fopnp conform\n");
	isolated_write("/etc/fopnp.conf", contents[0]);
	nss_functions_load("fopnp", &fopnp);
	clock_gettime(CLOCK_MONOTONIC, &now);
	for (unsigned i = 0; !is_over(now.tv_sec + 12); i++) {
		assert_true(asprintf(&text, "%s%s\n", contents[i / 2 % 3], padding) > 0);
		isolated_write("/etc/fopnp.conf", text);
		free(text);
		assert_int_equal(ask("host-5.test", 1024), NSS_STATUS_SUCCESS);
		usleep(520000);
		/* all contents were seen by now */
		if (i == 8)
			pages = resident_pages();
	}
	check_pages(pages);
}

#define WITH_CONFORM                                                                               \
	{                                                                                          \
		"FOPNP_ORDER=conform"                                                              \
	}
#define WITH_BOTH                                                                                  \
	{                                                                                          \
		"FOPNP_ORDER=files conform"                                                        \
	}

int main(int argc, char **argv)
{
	static const struct isolated_case cases[] = {
		{ cmocka_unit_test(one_name), WITH_CONFORM },
		{ cmocka_unit_test(other_names), WITH_CONFORM },
		{ cmocka_unit_test(retries), WITH_CONFORM },
		{ cmocka_unit_test(calls_of_programs), WITH_BOTH },
		{ cmocka_unit_test(short_threads), WITH_CONFORM },
		{ cmocka_unit_test(with_a_frozen_listener), WITH_CONFORM },
		{ cmocka_unit_test(contents_that_come_and_go), { NULL } },
	};

	return isolated_main(argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
