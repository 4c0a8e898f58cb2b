/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses as text, forwards as inet_ntop() has them, backwards as DNS does; their kind. */
#include "nss_module/lookup/address.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

/* Append NUMBER in decimal; returns the place behind it, where a NUL is. */
static char *append_decimal(char *to, uint32_t number)
{
	char digits[10];
	size_t count = 0;

	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	while (count > 0)
		*to++ = digits[--count];
	*to = '\0';
	return to;
}

const char *fopnp_address_print(int family, const void *bytes, uint32_t scope,
				char text[static FOPNP_ADDRESS_TEXT])
{
	if ((family != AF_INET && family != AF_INET6) ||
	    inet_ntop(family, bytes, text, INET6_ADDRSTRLEN) == NULL)
		return strcpy(text, "?");
	if (scope != 0) {
		char *end = text + strlen(text);

		*end++ = '%';
		append_decimal(end, scope);
	}
	return text;
}

bool fopnp_address_is_link_local(int family, const void *bytes)
{
	const uint8_t *address = bytes;

	if (family == AF_INET)
		return address[0] == 169 && address[1] == 254;
	return family == AF_INET6 && address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

const char *fopnp_family_name(int family)
{
	switch (family) {
	case AF_INET:
		return "inet";
	case AF_INET6:
		return "inet6";
	case AF_UNSPEC:
		return "unspec";
	default:
		return "?";
	}
}

bool fopnp_address_arpa_name(int family, const void *bytes, char name[static FOPNP_ARPA_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *address = bytes;
	char *to = name;

	if (family != AF_INET && family != AF_INET6)
		return false;
	if (family == AF_INET) {
		for (int i = 3; i >= 0; i--) {
			to = append_decimal(to, address[i]);
			*to++ = '.';
		}
		strcpy(to, "in-addr.arpa");
		return true;
	}
	for (int i = 15; i >= 0; i--) {
		*to++ = hex[address[i] & 15];
		*to++ = '.';
		*to++ = hex[address[i] >> 4];
		*to++ = '.';
	}
	strcpy(to, "ip6.arpa");
	return true;
}
