/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times as journalctl takes them, and what the options of the journal make of them. */
#include "tools/journal_reader.h"
#include "tools/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define SECOND 1000000LL
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* 2026-03-29 09:30:00.25 UTC, 11:30 in Vienna, where the clocks went forward that night. */
#define NOW (1774776600 * SECOND + 250000)

static void use_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void check_times(const char *zone, const char *const *texts, const int64_t *times)
{
	use_zone(zone);
	for (size_t i = 0; texts[i]; i++) {
		int64_t found = -7;

		if (!fopnp_timestamp_parse(texts[i], NOW, &found) || found != times[i])
			fail_msg("\"%s\": %lld, not %lld", texts[i], (long long)found,
				 (long long)times[i]);
	}
}

#define CHECK(zone, ...)                                                                           \
	do {                                                                                       \
		static const struct {                                                              \
			const char *text;                                                          \
			int64_t time;                                                              \
		} cases[] = { __VA_ARGS__ };                                                       \
		const char *texts[sizeof(cases) / sizeof(cases[0]) + 1] = { NULL };                \
		int64_t times[sizeof(cases) / sizeof(cases[0])];                                   \
		for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {                    \
			texts[i] = cases[i].text;                                                  \
			times[i] = cases[i].time;                                                  \
		}                                                                                  \
		check_times(zone, texts, times);                                                   \
	} while (0)

static void words(void **state)
{
	(void)state;
	CHECK("UTC", { "now", NOW }, { "today", 1774742400 * SECOND },
	      { "yesterday", 1774656000 * SECOND }, { "tomorrow", 1774828800 * SECOND },
	      { "  now", NOW });
	/* Vienna: 2026-03-29 00:00 is 23:00 UTC, 23 hours before the next midnight. */
	CHECK("CET-1CEST,M3.5.0,M10.5.0/3", { "today", 1774738800 * SECOND },
	      { "tomorrow", 1774738800 * SECOND + 23 * HOUR },
	      { "yesterday", 1774738800 * SECOND - DAY });
}

static void spans(void **state)
{
	(void)state;
	CHECK("UTC", { "-2h", NOW - 2 * HOUR }, { "2 hours ago", NOW - 2 * HOUR },
	      { "2hours ago", NOW - 2 * HOUR }, { "-1h 30min", NOW - 90 * MINUTE },
	      { "-1h30min", NOW - 90 * MINUTE }, { "1h 30min ago", NOW - 90 * MINUTE },
	      { "+5min", NOW + 5 * MINUTE }, { "-90", NOW - 90 * SECOND },
	      { "- 90", NOW - 90 * SECOND }, { "90 ago", NOW - 90 * SECOND },
	      { "-1.5s", NOW - 1500000 }, { "-250ms", NOW - 250000 }, { "-5us", NOW - 5 },
	      { "-1w", NOW - 7 * DAY }, { "1 day ago", NOW - DAY }, { "-1d2h3m4s",
	      NOW - DAY - 2 * HOUR - 3 * MINUTE - 4 * SECOND }, { "-0", NOW },
	      { "-1M", NOW - 2629800 * SECOND }, { "-1y", NOW - 31557600 * SECOND },
	      { "-3000y", 0 }, { "5000 years ago", 0 });
}

static void dates(void **state)
{
	(void)state;
	CHECK("UTC", { "2026-03-28", 1774656000 * SECOND },
	      { "2026-03-28 12:00", 1774699200 * SECOND },
	      { "2026-03-28 12:00:05", 1774699205 * SECOND },
	      { "2026-03-28 12:00:05.5", 1774699205 * SECOND + 500000 },
	      { "2026-03-28 12:00:05.1234567", 1774699205 * SECOND + 123456 },
	      { "2026-03-28T12:00:05Z", 1774699205 * SECOND },
	      { "2026-3-28 12:0", 1774699200 * SECOND },
	      { "Sat 2026-03-28 12:00", 1774699200 * SECOND },
	      { "saturday, 2026-03-28 12:00", 1774699200 * SECOND },
	      { "12:00", 1774785600 * SECOND }, { "12:00:01", 1774785601 * SECOND },
	      { "@1774699205", 1774699205 * SECOND }, { "@0", 0 },
	      { "@1774699205.25", 1774699205 * SECOND + 250000 });
	/* winter time on the 28th, summer time at noon of the 29th */
	CHECK("CET-1CEST,M3.5.0,M10.5.0/3", { "2026-03-28 12:00", 1774695600 * SECOND },
	      { "2026-03-28 12:00 UTC", 1774699200 * SECOND },
	      { "2026-03-28T12:00Z", 1774699200 * SECOND }, { "12:00", 1774778400 * SECOND },
	      { "12:00 UTC", 1774785600 * SECOND });
	/* there the day is another one than in Greenwich */
	CHECK("XXX12", { "00:30", 1774701000 * SECOND },
	      { "00:30 UTC", 1774744200 * SECOND });
}

static void no_times(void **state)
{
	static const char *const texts[] = {
		"", " ", "soon", "2h", "-", "+", "-h", "ago", "-2h ago", "2 fortnights ago",
		"2026-02-30", "2026-13-01", "2026-00-10", "2026-01-00", "2026-01-32", "1969-12-31",
		"2026-01", "2026-01-31x", "2026-01-31 ", "2026-01-31T", "2026-01-31 25:00",
		"2026-01-31 12:60", "2026-01-31 12:00:60", "12", "12:", ":12", "12:00 CET",
		"12:00 UTC x", "@", "@x", "@12x", "@-5", "@99999999999999999999", "now ",
		"-99999999999999999999", "-9999999999999y", "-1.s x", "Sat", "today 12:00",
	};

	(void)state;
	use_zone("UTC");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t found = -7;

		/* a blank behind a date is nothing */
		if (fopnp_timestamp_parse(texts[i], NOW, &found) !=
		    (strcmp(texts[i], "2026-01-31 ") == 0))
			fail_msg("\"%s\": %lld", texts[i], (long long)found);
	}
}

/* Whatever is typed: no overflow, nothing before 1970. */
static void random_texts(void **state)
{
	static const char *const parts[] = { "-", "+", "2026", "-01", "-31", " ", "12", ":00", "T",
					     "Z", "h", "min", "9", "99999999", ".", "ago", "@",
					     "UTC", "today", "y", "\xff" };
	const char *given = getenv("FOPNP_SEED");
	unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);

	(void)state;
	print_message("FOPNP_SEED=%u\n", seed);
	srandom(seed);
	for (unsigned i = 0; i < 20000; i++) {
		char text[128] = "";
		int64_t found;

		for (long count = random() % 9; count > 0; count--)
			strcat(text, parts[(size_t)random() % (sizeof(parts) / sizeof(parts[0]))]);
		if (fopnp_timestamp_parse(text, NOW, &found) && found < 0)
			fail_msg("\"%s\": %lld", text, (long long)found);
	}
}

static void options(void **state)
{
	struct fopnp_journal_options chosen = fopnp_journal_options_none();

	(void)state;
	use_zone("UTC");
	assert_false(chosen.is_asked);
	assert_int_equal(chosen.since_us, -1);
	assert_int_equal(chosen.until_us, -1);
	assert_true(fopnp_journal_option(&chosen, FOPNP_JOURNAL_SINCE, "2026-03-28"));
	assert_true(fopnp_journal_option(&chosen, FOPNP_JOURNAL_UNTIL, "@5"));
	assert_true(fopnp_journal_option(&chosen, FOPNP_JOURNAL_BOOT, NULL));
	assert_true(fopnp_journal_option(&chosen, FOPNP_JOURNAL_DIRECTORY, "/there"));
	assert_true(chosen.is_asked);
	assert_int_equal(chosen.since_us, 1774656000 * SECOND);
	assert_int_equal(chosen.until_us, 5 * SECOND);
	assert_true(chosen.is_this_boot);
	assert_string_equal(chosen.directory, "/there");
	chosen = fopnp_journal_options_none();
	assert_true(fopnp_journal_option(&chosen, FOPNP_JOURNAL_JOURNAL, NULL));
	assert_true(chosen.is_asked);
	assert_false(fopnp_journal_option(&chosen, FOPNP_JOURNAL_SINCE, "soon"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),    cmocka_unit_test(spans),
		cmocka_unit_test(dates),    cmocka_unit_test(no_times),
		cmocka_unit_test(random_texts), cmocka_unit_test(options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
