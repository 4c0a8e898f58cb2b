/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names from words and from stdin, without waiting while there is other work. */
#include "tools/dns_names.h"

#include "nss_module/lookup/ascii.h"
#include "tools/memory.h"
#include "tools/message.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MOST 4096 /* what is longer is no name: it is given as it is, cut here */

struct fopnp_dns_names {
	const char *const *words;
	size_t count, at;
	char bytes[2 * LINE_MOST];
	size_t len; /* of them that were read */
	bool is_at_end, has_failed;
	char line[LINE_MOST + 1];
};

struct fopnp_dns_names *fopnp_dns_names_create(const char *const *words, size_t count)
{
	struct fopnp_dns_names *names = fopnp_memory_zeroed(1, sizeof(*names));

	names->words = words;
	names->count = count;
	return names;
}

void fopnp_dns_names_destroy(struct fopnp_dns_names *names)
{
	free(names);
}

bool fopnp_dns_names_has_failed(const struct fopnp_dns_names *names)
{
	return names->has_failed;
}

/* False if nothing has come. */
static bool read_more(struct fopnp_dns_names *names, bool can_wait)
{
	struct pollfd poll_in = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t len;

	if (names->is_at_end || (!can_wait && poll(&poll_in, 1, 0) <= 0))
		return false;
	do
		len = read(STDIN_FILENO, names->bytes + names->len,
			   sizeof(names->bytes) - names->len);
	while (len < 0 && errno == EINTR);
	if (len < 0) {
		fopnp_message_error("stdin-unreadable", NULL, "cannot read names from stdin: %s",
				    strerror(errno));
		names->has_failed = true;
	}
	names->is_at_end = len <= 0;
	names->len += len > 0 ? (size_t)len : 0;
	return true;
}

/* The length of the first line, with its newline; 0: it is not all there. */
static size_t line_len(const struct fopnp_dns_names *names)
{
	const char *end = memchr(names->bytes, '\n', names->len);

	if (end)
		return (size_t)(end - names->bytes) + 1;
	return names->is_at_end || names->len >= LINE_MOST ? names->len : 0;
}

/* Take LEN bytes out as the line, without the blanks around it.  A NUL byte shows as "\000". */
static void take_line(struct fopnp_dns_names *names, size_t len)
{
	const char *end = names->bytes + (len < LINE_MOST ? len : LINE_MOST);
	const char *at = fopnp_ascii_skip_spaces(names->bytes, end);
	size_t kept = 0;

	while (end > at && fopnp_ascii_is_space(end[-1]))
		end--;
	for (; at < end && kept + 4 < sizeof(names->line); at++) {
		if (*at) {
			names->line[kept++] = *at;
			continue;
		}
		memcpy(names->line + kept, "\\000", 4);
		kept += 4;
	}
	names->line[kept] = '\0';
	memmove(names->bytes, names->bytes + len, names->len - len);
	names->len -= len;
}

static const char *next_line(struct fopnp_dns_names *names, bool can_wait)
{
	for (;;) {
		size_t len = line_len(names);

		if (len > 0) {
			take_line(names, len);
			if (*names->line)
				return names->line;
		} else if (!read_more(names, can_wait)) {
			return NULL;
		}
	}
}

const char *fopnp_dns_names_next(struct fopnp_dns_names *names, bool can_wait)
{
	while (names->at < names->count) {
		const char *word = names->words[names->at];

		if (strcmp(word, "-") != 0) {
			names->at++;
			return word;
		}
		word = next_line(names, can_wait);
		if (word || !names->is_at_end)
			return word;
		names->at++;
		names->len = 0;
	}
	return NULL;
}
