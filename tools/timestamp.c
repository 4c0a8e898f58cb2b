/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points in time, see timestamp.h. */
#include "tools/timestamp.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define SECOND 1000000LL
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define YEAR   (365 * DAY + 6 * HOUR)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* ---- spans: "2h 30min", "90", "1.5 hours" ---- */

static const struct {
	const char *name;
	int64_t length_us;
} units[] = {
	{ "us", 1 },
	{ "usec", 1 },
	{ "ms", 1000 },
	{ "msec", 1000 },
	{ "s", SECOND },
	{ "sec", SECOND },
	{ "second", SECOND },
	{ "seconds", SECOND },
	{ "", SECOND },
	{ "m", MINUTE },
	{ "min", MINUTE },
	{ "minute", MINUTE },
	{ "minutes", MINUTE },
	{ "h", HOUR },
	{ "hr", HOUR },
	{ "hour", HOUR },
	{ "hours", HOUR },
	{ "d", DAY },
	{ "day", DAY },
	{ "days", DAY },
	{ "w", 7 * DAY },
	{ "week", 7 * DAY },
	{ "weeks", 7 * DAY },
	{ "M", YEAR / 12 },
	{ "month", YEAR / 12 },
	{ "months", YEAR / 12 },
	{ "y", YEAR },
	{ "year", YEAR },
	{ "years", YEAR },
};

/* A number with up to six decimals that count, in millionths; NULL: there is none. */
static const char *take_millionths(const char *at, int64_t *out_millionths)
{
	int64_t number = 0, digit_value = SECOND / 10;

	if (!isdigit((unsigned char)*at))
		return NULL;
	for (; isdigit((unsigned char)*at); at++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, *at - '0', &number))
			return NULL;
	if (__builtin_mul_overflow(number, SECOND, &number))
		return NULL;
	if (*at == '.' && isdigit((unsigned char)at[1]))
		for (at++; isdigit((unsigned char)*at); at++, digit_value /= 10)
			if (__builtin_add_overflow(number, (*at - '0') * digit_value, &number))
				return NULL;
	*out_millionths = number;
	return at;
}

/* The unit at AT; the end of it, or NULL. */
static const char *take_unit(const char *at, int64_t *out_length_us)
{
	size_t len = strcspn(at, " \t0123456789.+-");

	for (size_t i = 0; i < COUNT(units); i++)
		if (strlen(units[i].name) == len && memcmp(units[i].name, at, len) == 0) {
			*out_length_us = units[i].length_us;
			return at + len;
		}
	return NULL;
}

/* Numbers and units up to END or, where there is one, the word "ago". */
static bool read_span(const char *at, int64_t *out_us, bool *out_is_ago)
{
	int64_t millionths, length_us, part;

	*out_us = 0;
	*out_is_ago = false;
	at = skip_blanks(at);
	do {
		at = take_millionths(at, &millionths);
		if (!at)
			return false;
		at = skip_blanks(at);
		if (strcmp(at, "ago") == 0)
			length_us = SECOND;
		else if (!(at = take_unit(at, &length_us)))
			return false;
		if (__builtin_mul_overflow(millionths / SECOND, length_us, &part) ||
		    __builtin_add_overflow(*out_us, part, out_us) ||
		    __builtin_add_overflow(
			    *out_us,
			    (int64_t)((double)(millionths % SECOND) / SECOND * (double)length_us),
			    out_us))
			return false;
		at = skip_blanks(at);
		*out_is_ago = strcmp(at, "ago") == 0;
	} while (*at && !*out_is_ago);
	return true;
}

static bool read_relative(const char *text, int64_t now_us, int64_t *out_us)
{
	bool is_signed = *text == '-' || *text == '+', is_ago, is_past;
	int64_t span_us;

	if (!read_span(text + is_signed, &span_us, &is_ago) || is_signed == is_ago)
		return false;
	is_past = is_ago || *text == '-';
	if (!is_past)
		return !__builtin_add_overflow(now_us, span_us, out_us);
	*out_us = now_us - span_us; /* neither is negative */
	return true;
}

/* ---- dates ---- */

static bool local_day(int64_t now_us, int days, struct tm *out_day)
{
	time_t now = (time_t)(now_us / SECOND);

	if (!localtime_r(&now, out_day))
		return false;
	out_day->tm_mday += days;
	out_day->tm_hour = out_day->tm_min = out_day->tm_sec = 0;
	out_day->tm_isdst = -1;
	return true;
}

/* "NNNN": exactly so many digits at most, at least one. */
static const char *take_number(const char *at, int digits, int *out_number)
{
	int taken = 0;

	*out_number = 0;
	for (; taken < digits && isdigit((unsigned char)*at); at++, taken++)
		*out_number = *out_number * 10 + (*at - '0');
	return taken > 0 ? at : NULL;
}

/* YEAR-MONTH-DAY; NULL if it is no date. */
static const char *take_date(const char *at, struct tm *day)
{
	int year, month, month_day;

	at = take_number(at, 4, &year);
	if (!at || *at++ != '-' || !(at = take_number(at, 2, &month)) || *at++ != '-' ||
	    !(at = take_number(at, 2, &month_day)))
		return NULL;
	if (year < 1970 || month < 1 || month > 12 || month_day < 1 || month_day > 31)
		return NULL;
	day->tm_year = year - 1900;
	day->tm_mon = month - 1;
	day->tm_mday = month_day;
	return at;
}

/* HOUR:MINUTE[:SECOND[.FRACTION]] */
static const char *take_time(const char *at, struct tm *day, int64_t *out_fraction_us)
{
	int64_t seconds_us = 0;

	at = take_number(at, 2, &day->tm_hour);
	if (!at || *at++ != ':' || !(at = take_number(at, 2, &day->tm_min)))
		return NULL;
	if (*at == ':' && !(at = take_millionths(at + 1, &seconds_us)))
		return NULL;
	day->tm_sec = (int)(seconds_us / SECOND);
	*out_fraction_us = seconds_us % SECOND;
	return day->tm_hour < 24 && day->tm_min < 60 && seconds_us < 60 * SECOND ? at : NULL;
}

static const char *skip_weekday(const char *at)
{
	static const char *const days[] = {
		"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
		"Mon",    "Tue",     "Wed",       "Thu",      "Fri",    "Sat",      "Sun",
	};

	for (size_t i = 0; i < COUNT(days); i++) {
		size_t len = strlen(days[i]);

		if (strncasecmp(at, days[i], len) == 0 && (at[len] == ' ' || at[len] == ','))
			return skip_blanks(at + len + (at[len] == ','));
	}
	return at;
}

static bool to_us(struct tm *day, bool is_utc, int64_t fraction_us, int64_t *out_us)
{
	struct tm in_utc = *day;
	time_t seconds = timegm(&in_utc);

	if (in_utc.tm_mday != day->tm_mday) /* the 31st of February */
		return false;
	if (!is_utc)
		seconds = mktime(day);
	*out_us = (int64_t)seconds * SECOND + fraction_us;
	return true;
}

static bool read_absolute(const char *text, int64_t now_us, int64_t *out_us)
{
	const char *at = skip_weekday(text), *end;
	struct tm day = { 0 }, utc_day;
	time_t now = (time_t)(now_us / SECOND);
	int64_t fraction_us = 0;
	bool is_utc, has_date;

	if (!local_day(now_us, 0, &day))
		return false;
	end = take_date(at, &day);
	has_date = end != NULL;
	if (has_date)
		at = (*end == 'T' && end[1]) ? end + 1 : skip_blanks(end);
	end = take_time(at, &day, &fraction_us);
	if (end)
		at = end;
	else if (!has_date)
		return false;
	at = skip_blanks(at);
	is_utc = strcmp(at, "UTC") == 0 || strcmp(at, "Z") == 0;
	if (!is_utc && *at)
		return false;
	if (is_utc && !has_date && gmtime_r(&now, &utc_day)) {
		day.tm_year = utc_day.tm_year;
		day.tm_mon = utc_day.tm_mon;
		day.tm_mday = utc_day.tm_mday;
	}
	return to_us(&day, is_utc, fraction_us, out_us);
}

/* ---- words ---- */

static bool read_day_word(const char *text, int64_t now_us, int64_t *out_us)
{
	static const struct {
		const char *word;
		int days;
	} words[] = { { "today", 0 }, { "yesterday", -1 }, { "tomorrow", 1 } };
	struct tm day;
	time_t seconds;

	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcmp(text, words[i].word) != 0)
			continue;
		if (!local_day(now_us, words[i].days, &day))
			return false;
		seconds = mktime(&day);
		*out_us = (int64_t)seconds * SECOND;
		return true;
	}
	return false;
}

static bool read_any(const char *text, int64_t now_us, int64_t *out_us)
{
	const char *end;

	if (strcmp(text, "now") == 0) {
		*out_us = now_us;
		return true;
	}
	if (*text == '@') {
		end = take_millionths(text + 1, out_us);
		return end && !*end;
	}
	return read_day_word(text, now_us, out_us) || read_relative(text, now_us, out_us) ||
	       read_absolute(text, now_us, out_us);
}

bool fopnp_timestamp_parse(const char *text, int64_t now_us, int64_t *out_us)
{
	if (!read_any(skip_blanks(text), now_us, out_us))
		return false;
	if (*out_us < 0)
		*out_us = 0;
	return true;
}
