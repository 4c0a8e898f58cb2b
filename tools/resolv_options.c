/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of resolv.conf, word by word. */
#include "tools/resolv_options.h"

#include "tools/memory.h"

#include <stdlib.h>
#include <string.h>

static const char KEYWORD[] = "options";

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

/* Go on to the words of the next such line; a NUL ends a line. */
static bool find_line(const char *bytes, size_t len, struct fopnp_resolv_position *position)
{
	const size_t keyword_len = sizeof(KEYWORD) - 1;

	while (position->at < len) {
		const char *at = bytes + position->at;
		const char *newline = memchr(at, '\n', len - position->at);
		const char *end = newline ? newline : bytes + len;

		position->at = (size_t)(end - bytes) + (newline != NULL);
		position->line++;
		end = at + strnlen(at, (size_t)(end - at));
		if ((size_t)(end - at) <= keyword_len || memcmp(at, KEYWORD, keyword_len) != 0 ||
		    !is_blank(at[keyword_len]))
			continue;
		position->word_at = at + keyword_len;
		position->line_end = end;
		return true;
	}
	return false;
}

bool fopnp_resolv_options_next(const char *bytes, size_t len,
			       struct fopnp_resolv_position *position,
			       struct fopnp_resolv_option *out_option)
{
	const char *at;

	do {
		if (!position->word_at && !find_line(bytes, len, position))
			return false;
		at = skip_blanks(position->word_at, position->line_end);
		position->word_at = at < position->line_end ? at : NULL;
	} while (!position->word_at);
	while (at < position->line_end && !is_blank(*at))
		at++;
	*out_option = (struct fopnp_resolv_option){
		.word = position->word_at,
		.len = (size_t)(at - position->word_at),
		.line = position->line,
	};
	position->word_at = at;
	return true;
}

bool fopnp_resolv_option_is(const struct fopnp_resolv_option *option, const char *name)
{
	size_t len = strlen(name);

	return option->len >= len && memcmp(option->word, name, len) == 0;
}

bool fopnp_resolv_option_number(const struct fopnp_resolv_option *option, const char *name,
				int *out_number)
{
	size_t len = strlen(name);
	FOPNP_AUTO_FREE char *digits = NULL;
	long number;

	if (!fopnp_resolv_option_is(option, name))
		return false;
	digits = fopnp_memory_copy(option->word + len, option->len - len);
	number = strtol(digits, NULL, 10);
	*out_number = (int)number; /* as atoi(3) */
	return true;
}

void fopnp_resolv_options_read(const char *bytes, size_t len,
			       struct fopnp_resolv_options *out_options)
{
	struct fopnp_resolv_position position = { 0 };
	struct fopnp_resolv_option option;
	int number;

	*out_options = (struct fopnp_resolv_options){ .ndots = 1, .timeout_s = 5, .attempts = 2 };
	while (fopnp_resolv_options_next(bytes, len, &position, &option)) {
		if (fopnp_resolv_option_number(&option, "ndots:", &number)) {
			/* Four bits have room for it. */
			out_options->ndots = number > FOPNP_RESOLV_NDOTS_MOST
						     ? FOPNP_RESOLV_NDOTS_MOST
						     : (unsigned)number & 15;
			out_options->ndots_line = option.line;
		} else if (fopnp_resolv_option_number(&option, "timeout:", &number)) {
			out_options->timeout_s = number > FOPNP_RESOLV_TIMEOUT_MOST
							 ? FOPNP_RESOLV_TIMEOUT_MOST
						 : number < 1 ? 1
							      : (unsigned)number;
		} else if (fopnp_resolv_option_number(&option, "attempts:", &number)) {
			out_options->attempts = number > FOPNP_RESOLV_ATTEMPTS_MOST
							? FOPNP_RESOLV_ATTEMPTS_MOST
							: number;
			out_options->attempts_line = option.line;
		} else if (fopnp_resolv_option_is(&option, "rotate")) {
			out_options->is_rotating = true;
		}
	}
}

unsigned fopnp_resolv_wait_s(unsigned timeout_s, size_t index, size_t count)
{
	unsigned wait_s = timeout_s << index; /* send_dg() in resolv/res_send.c */

	if (index > 0)
		wait_s /= (unsigned)count;
	return wait_s ? wait_s : 1;
}
