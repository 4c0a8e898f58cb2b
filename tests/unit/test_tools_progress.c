/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The progress line on a terminal of its own, with a clock of its own. */
#include "tools/progress.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

static uint64_t now_us;
static int terminal, written = -1; /* its two ends */

/* In the place of libc's. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	*now = (struct timespec){ .tv_sec = (time_t)(now_us / 1000000),
				  .tv_nsec = (long)(now_us % 1000000 * 1000) };
	return 0;
}

static int open_terminal(void **state)
{
	(void)state;
	terminal = posix_openpt(O_RDWR | O_NOCTTY);
	if (terminal == -1 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
		return 0; /* the tests skip */
	written = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	return fcntl(terminal, F_SETFL, O_NONBLOCK) == 0 && setenv("TERM", "xterm", 1) == 0 ? 0
											    : -1;
}

/* stderr is the terminal only for the command: what cmocka says goes where it went. */
static void on_terminal(void (*call)(const char *), const char *what)
{
	int old = dup(STDERR_FILENO);

	assert_true(old != -1 && dup2(written, STDERR_FILENO) != -1);
	call(what);
	(void)fflush(stderr);
	assert_true(dup2(old, STDERR_FILENO) != -1);
	(void)close(old);
}

static void tick(const char *unused)
{
	(void)unused;
	fopnp_progress_tick();
}

static void stop(const char *unused)
{
	(void)unused;
	fopnp_progress_stop();
}

static void assert_written(const char *expected)
{
	char text[256];
	ssize_t len = read(terminal, text, sizeof(text) - 1);

	text[len > 0 ? len : 0] = '\0';
	assert_string_equal(text, expected);
}

static void assert_written_at(uint64_t at_us, const char *expected)
{
	now_us = at_us;
	on_terminal(tick, NULL);
	assert_written(expected);
}

/* Whole seconds that have passed, each once. */
static void test_seconds(void **state)
{
	(void)state;
	if (written == -1)
		skip();
	now_us = 70300000;
	on_terminal(fopnp_progress_start, "tracing a\033b");
	assert_written_at(71299999, "");
	assert_int_equal(fopnp_progress_next_us(), 1);
	assert_written_at(71300000, "\r\033[Ktracing a\\x1bb ... 1 s");
	assert_written_at(71300001, "");
	assert_int_equal(fopnp_progress_next_us(), 999999);
	assert_written_at(72299999, "");
	/* Late, but that does not add up. */
	assert_written_at(73200000, "\r\033[Ktracing a\\x1bb ... 2 s");
	assert_int_equal(fopnp_progress_next_us(), 100000);
	assert_written_at(73300000, "\r\033[Ktracing a\\x1bb ... 3 s");
	assert_written_at(79000000, "\r\033[Ktracing a\\x1bb ... 8 s");
	on_terminal(stop, NULL);
	assert_written("\r\033[K");
	assert_written_at(99000000, "");
	assert_int_equal(fopnp_progress_next_us(), UINT64_MAX);
}

/* In other words while it goes on, which is no news by itself. */
static void test_other_words(void **state)
{
	(void)state;
	if (written == -1)
		skip();
	now_us = 500000;
	on_terminal(fopnp_progress_start, "x");
	on_terminal(fopnp_progress_say, "10 of 20\033");
	assert_written_at(1499999, "");
	assert_written_at(1500000, "\r\033[K10 of 20\\x1b ... 1 s");
	on_terminal(stop, NULL);
	assert_written("\r\033[K");
	on_terminal(fopnp_progress_say, "y");
	assert_written_at(9000000, "");
}

/* Nothing to wipe, or nobody to see it. */
static void test_nothing(void **state)
{
	(void)state;
	if (written == -1)
		skip();
	on_terminal(fopnp_progress_start, "x");
	on_terminal(stop, NULL);
	assert_written_at(now_us + 9000000, "");
	fopnp_progress_start("x"); /* stderr is another one */
	if (!isatty(STDERR_FILENO))
		assert_written_at(now_us + 9000000, "");
	assert_int_equal(setenv("TERM", "dumb", 1), 0);
	on_terminal(fopnp_progress_start, "x");
	assert_written_at(now_us + 9000000, "");
	fopnp_progress_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_other_words),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, open_terminal, NULL);
}
