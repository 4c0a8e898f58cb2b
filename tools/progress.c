/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The progress line. */
#include "tools/progress.h"

#include "tools/clock.h"
#include "tools/escape.h"
#include "tools/memory.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECOND_US 1000000u
#define WHAT_MOST 60 /* columns: the line must not wrap, or it could not be wiped */

static struct {
	char *what; /* NULL: nothing is shown */
	uint64_t start_us;
	uint64_t next_us;
	bool is_shown;
} progress;

static bool can_show(void)
{
	const char *terminal = getenv("TERM");

	return isatty(STDERR_FILENO) && (!terminal || strcmp(terminal, "dumb") != 0);
}

void fopnp_progress_start(const char *what)
{
	fopnp_progress_stop();
	if (!can_show())
		return;
	progress.what = fopnp_escape_text(what, strlen(what));
	progress.start_us = fopnp_clock_now_us();
	/* Most work is done before anybody would read the line. */
	progress.next_us = progress.start_us + SECOND_US;
}

void fopnp_progress_say(const char *what)
{
	if (!progress.what)
		return;
	free(progress.what);
	progress.what = fopnp_escape_text(what, strlen(what));
}

void fopnp_progress_stop(void)
{
	if (progress.is_shown)
		(void)fputs("\r\033[K", stderr);
	progress.is_shown = false;
	free(progress.what);
	progress.what = NULL;
}

void fopnp_progress_tick(void)
{
	uint64_t now, seconds;

	if (!progress.what)
		return;
	now = fopnp_clock_now_us();
	if (now < progress.next_us)
		return;
	seconds = (now - progress.start_us) / SECOND_US;
	progress.next_us = progress.start_us + (seconds + 1) * SECOND_US;
	progress.is_shown = true;
	(void)fprintf(stderr, "\r\033[K%.*s ... %" PRIu64 " s", WHAT_MOST, progress.what, seconds);
	(void)fflush(stderr);
}

uint64_t fopnp_progress_next_us(void)
{
	uint64_t now;

	if (!progress.what)
		return UINT64_MAX;
	now = fopnp_clock_now_us();
	return now < progress.next_us ? progress.next_us - now : 0;
}
