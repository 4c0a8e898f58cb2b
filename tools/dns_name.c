/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names compared by what they stand for: "A\.b.", "a\046B" and "a\.b" are one. */
#include "tools/dns_name.h"

#include <stddef.h>

/* What a name is read as: its bytes, in lower case, and between labels: */
enum { NAME_END = -1, NAME_DOT = 256 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The byte or the dot at *AT, and past it; a final dot is the end. */
static int next_of_name(const char **at)
{
	const char *c = *at;
	int byte = (unsigned char)*c;

	if (byte == '\0' || (byte == '.' && c[1] == '\0'))
		return NAME_END;
	*at = c + 1;
	if (byte == '.')
		return NAME_DOT;
	if (byte == '\\' && is_digit(c[1]) && is_digit(c[2]) && is_digit(c[3])) {
		byte = ((c[1] - '0') * 100 + (c[2] - '0') * 10 + (c[3] - '0')) & 0xff;
		*at = c + 4;
	} else if (byte == '\\' && c[1]) {
		byte = (unsigned char)c[1];
		*at = c + 2;
	}
	return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;
}

bool fopnp_dns_name_equal(const char *a, const char *b)
{
	int byte;

	do {
		byte = next_of_name(&a);
		if (byte != next_of_name(&b))
			return false;
	} while (byte != NAME_END);
	return true;
}

/* Behind the first label; NULL if that was the last one. */
static const char *parent_of(const char *name)
{
	for (;;) {
		int byte = next_of_name(&name);

		if (byte == NAME_END)
			return NULL;
		if (byte == NAME_DOT)
			return name;
	}
}

bool fopnp_dns_name_is_within(const char *name, const char *apex)
{
	if (fopnp_dns_name_equal(apex, "."))
		return true;
	for (; name; name = parent_of(name))
		if (fopnp_dns_name_equal(name, apex))
			return true;
	return false;
}
