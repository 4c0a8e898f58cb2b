/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading nscd.conf, of which four lines matter to lookups. */
#include "tools/nscd_conf.h"

#include "nss_module/lookup/ascii.h"
#include "tools/memory.h"
#include "tools/text_file.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#define WORDS 3 /* "positive-time-to-live hosts 600" */

struct word {
	const char *text;
	size_t len;
};

static bool is_word(const struct word *word, const char *text)
{
	return word->len == strlen(text) && memcmp(word->text, text, word->len) == 0;
}

/* The words of a line up to a '#'; those that are missing become empty. */
static void split_line(const char *at, const char *end, struct word words[static WORDS])
{
	const char *comment = memchr(at, '#', (size_t)(end - at));

	if (comment)
		end = comment;
	for (size_t i = 0; i < WORDS; i++) {
		while (at < end && fopnp_ascii_is_space(*at))
			at++;
		words[i].text = at;
		while (at < end && !fopnp_ascii_is_space(*at))
			at++;
		words[i].len = (size_t)(at - words[i].text);
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* As atol(): the digits in front, and no error; too many are the most that there is. */
static long parse_number(const struct word *word)
{
	bool is_negative = word->len > 0 && word->text[0] == '-';
	bool has_sign = is_negative || (word->len > 0 && word->text[0] == '+');
	long number = 0;

	for (size_t i = has_sign; i < word->len && is_digit(word->text[i]); i++)
		number = number > (LONG_MAX - 9) / 10 ? LONG_MAX
						      : number * 10 + (word->text[i] - '0');
	return is_negative ? -number : number;
}

static void take_line(struct fopnp_nscd_conf *conf, const struct word words[static WORDS],
		      unsigned line)
{
	if (!is_word(&words[1], "hosts"))
		return;
	if (is_word(&words[0], "positive-time-to-live"))
		conf->positive_ttl = (struct fopnp_nscd_value){ parse_number(&words[2]), line };
	else if (is_word(&words[0], "negative-time-to-live"))
		conf->negative_ttl = (struct fopnp_nscd_value){ parse_number(&words[2]), line };
	else if (is_word(&words[0], "check-files") &&
		 (is_word(&words[2], "yes") || is_word(&words[2], "no")))
		conf->checks_files = (struct fopnp_nscd_value){ is_word(&words[2], "yes"), line };
	else if (is_word(&words[0], "enable-cache") &&
		 (is_word(&words[2], "yes") || is_word(&words[2], "no")))
		conf->is_enabled = (struct fopnp_nscd_value){ is_word(&words[2], "yes"), line };
}

void fopnp_nscd_conf_parse(const char *bytes, size_t len, struct fopnp_nscd_conf *out_conf)
{
	const char *at = bytes, *end = bytes + len;

	*out_conf = (struct fopnp_nscd_conf){
		.positive_ttl.value = 3600,
		.negative_ttl.value = 20,
		.checks_files.value = 1,
	};
	for (unsigned line = 1; at < end; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *behind = newline ? newline : end;
		struct word words[WORDS];

		/* To nscd a line ends with its first NUL. */
		split_line(at, at + strnlen(at, (size_t)(behind - at)), words);
		take_line(out_conf, words, line);
		at = newline ? newline + 1 : end;
	}
}

void fopnp_nscd_conf_read(struct fopnp_nscd_conf *out_conf)
{
	size_t len = 0;
	int error;
	FOPNP_AUTO_FREE char *bytes = fopnp_text_file_read(FOPNP_NSCD_CONF, &len, &error);

	fopnp_nscd_conf_parse(bytes ? bytes : "", len, out_conf);
	/* nscd does not start without its file: one that runs was given another (-f). */
	if (!bytes)
		out_conf->is_enabled.value = 1;
}
