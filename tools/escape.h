/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text from outside (names, files, replies, arguments) on its way to people
 * and to JSON.  A name server chooses what a name says; it must not be able
 * to move the cursor, to hide text or to forge a line.
 */
#pragma once

#include <stddef.h>

/*
 * For terminals and logs: C0 controls, DEL and bytes that are no UTF-8 become
 * \xHH; C1 controls and characters that reorder or hide text (bidi controls,
 * zero width, line and paragraph separators, tags) become \u{HHHH}.  Never
 * NULL; the caller's to free().
 */
char *fopnp_escape_text(const char *bytes, size_t len);

/*
 * For JSON: the same string if it is UTF-8, else with each byte that is not
 * as \DDD (decimal, as in DNS master files).  JSON's own escapes do the rest.
 */
char *fopnp_escape_json(const char *bytes, size_t len);

/* For host names in JSON: every byte outside ASCII as \DDD, a backslash as \\. */
char *fopnp_escape_json_name(const char *bytes, size_t len);

/*
 * The bytes of the first character of TEXT, which has LEN of them, 1 at least, and the columns that it
 * takes.
 */
size_t fopnp_escape_character(const char *text, size_t len, size_t *out_columns);

/* How many columns an escaped text takes on a terminal. */
size_t fopnp_escape_columns(const char *text);

/*
 * The bytes of the UTF-8 sequence at BYTES (1 to 4) and its code point, or 0
 * where there is none: truncated, overlong, a surrogate, above U+10FFFF.
 */
size_t fopnp_escape_sequence(const char *bytes, size_t len, unsigned *out_code_point);
