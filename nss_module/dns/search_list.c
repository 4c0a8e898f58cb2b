/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Search lists in full, see search_list.h. */
#include "nss_module/dns/search_list.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct span {
	const char *at;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The first word is one even if it is empty, as in glibc: LOCALDOMAIN="" is the root. */
static struct fopnp_dns_words split(struct span span)
{
	struct fopnp_dns_words words = { .text = malloc(span.len + 1) };
	bool is_inside = true;

	if (!words.text)
		return words;
	words.count = 1;
	for (size_t i = 0; i < span.len; i++) {
		if (!is_blank(span.at[i])) {
			words.count += !is_inside;
			is_inside = true;
			words.text[words.size++] = span.at[i];
		} else if (is_inside) {
			is_inside = false;
			words.text[words.size++] = '\0';
		}
	}
	if (is_inside)
		words.text[words.size++] = '\0';
	return words;
}

struct fopnp_dns_words fopnp_dns_search_list_of_variable(const char *value)
{
	return split((struct span){ value, strcspn(value, "\n") });
}

/* What follows KEYWORD and blanks on a line; false if it is another line or nothing follows. */
static bool follows(struct span line, const char *keyword, struct span *out_rest)
{
	size_t len = strlen(keyword);

	if (line.len <= len || memcmp(line.at, keyword, len) != 0 || !is_blank(line.at[len]))
		return false;
	while (len < line.len && is_blank(line.at[len]))
		len++;
	*out_rest = (struct span){ line.at + len, line.len - len };
	return out_rest->len > 0;
}

static struct span first_word(struct span words)
{
	size_t len = 0;

	while (len < words.len && !is_blank(words.at[len]))
		len++;
	return (struct span){ words.at, len };
}

struct fopnp_dns_words fopnp_dns_search_list_of_file(const char *bytes, size_t len)
{
	struct span found = { NULL, 0 };

	while (len > 0) {
		const char *newline = memchr(bytes, '\n', len);
		size_t line_len = newline ? (size_t)(newline - bytes) : len;
		struct span line = { bytes, strnlen(bytes, line_len) };
		struct span rest;

		if (follows(line, "search", &rest))
			found = rest;
		else if (follows(line, "domain", &rest))
			found = first_word(rest);
		line_len += newline != NULL;
		bytes += line_len;
		len -= line_len;
	}
	return found.at ? split(found) : (struct fopnp_dns_words){ .text = NULL };
}
