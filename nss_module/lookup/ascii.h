/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Characters as configuration files mean them: ASCII only, whatever the
 * locale of the process.  glibc's own parsers follow the locale, so that
 * a Turkish one breaks "notfound"; ours must not (bug 33519).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The C locale's isspace(): blank, \t, \n, \v, \f, \r. */
static inline bool fopnp_ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The first character from AT on that is no such space, or END. */
static inline const char *fopnp_ascii_skip_spaces(const char *at, const char *end)
{
	while (at < end && fopnp_ascii_is_space(*at))
		at++;
	return at;
}

static inline char fopnp_ascii_lower(char c)
{
	return (c >= 'A' && c <= 'Z') ? (char)(c + ('a' - 'A')) : c;
}

/* Whether two spans are equal but for ASCII letter case. */
bool fopnp_ascii_equal(const char *a, size_t a_len, const char *b, size_t b_len);

/* The same for a span against a NUL-terminated word. */
bool fopnp_ascii_equal_word(const char *a, size_t a_len, const char *word);

/*
 * Read a decimal number of at most 18 digits that fills the whole span.
 * False (and *out_number untouched) for anything else, an empty span too.
 */
bool fopnp_ascii_number(const char *text, size_t len, unsigned long long *out_number);
