/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host.conf(5), of which only one line matters to lookups. */
#include "nss_module/lookup/host_conf.h"

#include "nss_module/lookup/ascii.h"

#include <string.h>

/* glibc reads into 256 bytes: what is longer than that is several lines to it. */
#define PIECE_MOST 255

static const char *skip_word(const char *at, const char *end)
{
	while (at < end && !fopnp_ascii_is_space(*at) && *at != '#' && *at != ',')
		at++;
	return at;
}

bool fopnp_host_conf_parse_switch(const char *text, size_t len, bool *out_is_on)
{
	if (len >= 2 && fopnp_ascii_equal_word(text, 2, "on"))
		*out_is_on = true;
	else if (len >= 3 && fopnp_ascii_equal_word(text, 3, "off"))
		*out_is_on = false;
	else
		return false;
	return true;
}

/* Whether the piece says something of `multi`. */
static bool take_piece(const char *at, const char *end, bool *is_multi)
{
	const char *behind;

	at = fopnp_ascii_skip_spaces(at, end);
	behind = skip_word(at, end);
	if (!fopnp_ascii_equal_word(at, (size_t)(behind - at), "multi"))
		return false;
	at = fopnp_ascii_skip_spaces(behind, end);
	return fopnp_host_conf_parse_switch(at, (size_t)(end - at), is_multi);
}

void fopnp_host_conf_take(const char *bytes, size_t len, bool *is_multi, unsigned *line,
			  unsigned *line_count)
{
	const char *at = bytes, *end = bytes + len;

	while (at < end) {
		size_t most = (size_t)(end - at) < PIECE_MOST ? (size_t)(end - at) : PIECE_MOST;
		const char *newline = memchr(at, '\n', most);
		size_t piece = newline ? (size_t)(newline - at) : most;

		if (take_piece(at, at + strnlen(at, piece), is_multi))
			*line = *line_count + 1;
		at += newline ? piece + 1 : piece;
		*line_count += newline != NULL;
	}
}
