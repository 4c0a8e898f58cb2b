/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points in time as people write them for journalctl's --since: systemd.time(7). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * TEXT as microseconds since 1970, given that it is NOW_US:
 *   2026-01-31 12:00:00.5, 2026-01-31T12:00, 2026-01-31 (local midnight), 12:00 (today), each with
 *   "UTC" or "Z" behind it where it is not local time, and a day of the week in front, which is
 *   ignored; now, today, yesterday, tomorrow; @SECONDS since 1970; -2h 30min, 2 hours ago, +5min.
 * What lies before 1970 is 1970.  False if it is none of these.
 */
bool fopnp_timestamp_parse(const char *text, int64_t now_us, int64_t *out_us);
