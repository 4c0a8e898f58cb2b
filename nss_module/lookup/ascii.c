/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Comparing words and reading numbers in ASCII alone: no locale, no errno,
 * no NUL needed behind a span.
 */
#include "nss_module/lookup/ascii.h"

#include <string.h>

/* 18 nines fit 63 bits, so that no sum below can overflow. */
#define NUMBER_DIGITS 18

bool fopnp_ascii_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len != b_len)
		return false;
	for (size_t i = 0; i < a_len; i++)
		if (fopnp_ascii_lower(a[i]) != fopnp_ascii_lower(b[i]))
			return false;
	return true;
}

bool fopnp_ascii_equal_word(const char *a, size_t a_len, const char *word)
{
	return fopnp_ascii_equal(a, a_len, word, strlen(word));
}

bool fopnp_ascii_number(const char *text, size_t len, unsigned long long *out_number)
{
	unsigned long long number = 0;

	if (len == 0 || len > NUMBER_DIGITS)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number * 10 + (unsigned)(text[i] - '0');
	}
	*out_number = number;
	return true;
}
