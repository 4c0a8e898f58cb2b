/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether nscd still has in its cache what the sources no longer say. */
#include "tools/check_probe.h"

#include "tools/memory.h"
#include "tools/socket_probe.h"

#include <netdb.h>
#include <nss.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESSES_MOST 64

struct addresses {
	char texts[ADDRESSES_MOST][INET6_ADDRSTRLEN];
	size_t count;
};

static int compare(const void *one, const void *other)
{
	return strcmp(one, other);
}

/* Sorted: the order of addresses is another matter. */
static void look_up(const char *name, struct addresses *out)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;

	out->count = 0;
	if (getaddrinfo(name, NULL, &hints, &list) != 0)
		return;
	for (const struct addrinfo *at = list; at && out->count < ADDRESSES_MOST; at = at->ai_next)
		if (getnameinfo(at->ai_addr, at->ai_addrlen, out->texts[out->count],
				sizeof(*out->texts), NULL, 0, NI_NUMERICHOST) == 0)
			out->count++;
	freeaddrinfo(list);
	qsort(out->texts, out->count, sizeof(*out->texts), compare);
}

static bool are_same(const struct addresses *a, const struct addresses *b)
{
	return a->count == b->count &&
	       memcmp(a->texts, b->texts, a->count * sizeof(*a->texts)) == 0;
}

static void print(const struct addresses *addresses, char text[static FOPNP_CHECK_ANSWER_TEXT])
{
	size_t len = 0;

	(void)strcpy(text, "no address");
	for (size_t i = 0; i < addresses->count; i++) {
		size_t more = strlen(addresses->texts[i]) + 2;

		if (len + more + sizeof("...") > FOPNP_CHECK_ANSWER_TEXT) {
			(void)strcpy(text + len, "...");
			return;
		}
		if (i > 0)
			len += (size_t)(stpcpy(text + len, ", ") - (text + len));
		len += (size_t)(stpcpy(text + len, addresses->texts[i]) - (text + len));
	}
}

void fopnp_check_ask_cache(const struct fopnp_check_cache_job *job,
			   struct fopnp_check_cache_answer *out_answer)
{
	size_t count = job->hosts->sample_count;
	FOPNP_AUTO_FREE struct addresses *before = NULL;
	FOPNP_AUTO_FREE struct addresses *after = fopnp_memory_zeroed(1, sizeof(*after));

	if (!job->order || count == 0 || fopnp_socket_probe(FOPNP_NSCD_SOCKET) != 0)
		return;
	before = fopnp_memory_zeroed(count, sizeof(*before));
	for (size_t i = 0; i < count; i++)
		look_up(job->hosts->sample[i].name, &before[i]);
	/* A line of the process's own keeps nscd out. */
	if (__nss_configure_lookup("hosts", job->order) != 0)
		return;
	for (size_t i = 0; i < count && !out_answer->is_stale; i++) {
		look_up(job->hosts->sample[i].name, after);
		if (are_same(&before[i], after))
			continue;
		out_answer->is_stale = true;
		out_answer->sample = i;
		print(&before[i], out_answer->cached);
		print(after, out_answer->now);
	}
}
