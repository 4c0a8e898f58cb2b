/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the address of a name server. */
#include "tools/server_text.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <net/if.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 80

/* Cut the port off: what stands behind "]:", or behind the only colon; NULL: none does. */
static bool split_port(char **text, char **out_port)
{
	char *end;

	*out_port = NULL;
	if (**text == '[') {
		++*text;
		end = strchr(*text, ']');
		if (!end)
			return false;
		*end++ = '\0';
		*out_port = *end == ':' ? end + 1 : NULL;
		return *end == ':' || !*end;
	}
	end = strchr(*text, ':');
	if (!end || strchr(end + 1, ':'))
		return true;
	*end = '\0';
	*out_port = end + 1;
	return true;
}

/* False for anything but 1 to 65535. */
static bool read_port(const char *text, uint16_t *out_port)
{
	unsigned long number;
	char *end;

	number = strtoul(text, &end, 10);
	*out_port = (uint16_t)number;
	return *text >= '0' && *text <= '9' && !*end && number >= 1 && number <= UINT16_MAX;
}

static uint32_t read_scope(const char *zone)
{
	char *end;
	unsigned long number = strtoul(zone, &end, 10);

	return *zone && !*end ? (uint32_t)number : if_nametoindex(zone);
}

bool fopnp_server_text_parse(const char *text, struct sockaddr_storage *out_address)
{
	struct sockaddr_in *inet = (struct sockaddr_in *)out_address;
	struct sockaddr_in6 *inet6 = (struct sockaddr_in6 *)out_address;
	char copy[TEXT_MOST], *at = copy, *port, *zone;
	uint16_t number = NS_DEFAULTPORT;

	memset(out_address, 0, sizeof(*out_address));
	if (strlen(text) >= sizeof(copy))
		return false;
	(void)strcpy(copy, text);
	if (!split_port(&at, &port) || (port && !read_port(port, &number)))
		return false;
	if (inet_pton(AF_INET, at, &inet->sin_addr) == 1) {
		inet->sin_family = AF_INET;
		inet->sin_port = htons(number);
		return true;
	}
	zone = strchr(at, '%');
	if (zone)
		*zone++ = '\0';
	inet6->sin6_family = AF_INET6;
	inet6->sin6_port = htons(number);
	inet6->sin6_scope_id = zone ? read_scope(zone) : 0;
	return inet_pton(AF_INET6, at, &inet6->sin6_addr) == 1;
}

bool fopnp_server_is_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4 = (const struct sockaddr_in *)a;
	const struct sockaddr_in *b4 = (const struct sockaddr_in *)b;
	const struct sockaddr_in6 *a6 = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in6 *b6 = (const struct sockaddr_in6 *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return a->ss_family == AF_INET6 && a6->sin6_port == b6->sin6_port &&
	       a6->sin6_scope_id == b6->sin6_scope_id &&
	       memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0;
}
