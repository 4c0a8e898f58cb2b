/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The faults of a line, see compare_line.h; nss/nss_files/files-hosts.c is the judge. */
#include "tools/compare_line.h"

#include "nss_module/lookup/ascii.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define IGNORED ": glibc ignores the line"

static const char *const TEXTS[FOPNP_FAULTS] = {
	[FOPNP_FAULT_NONE] = "",
	[FOPNP_FAULT_NO_ADDRESS] = "its first word is no address" IGNORED,
	[FOPNP_FAULT_BYTE_ORDER_MARK] =
		"a byte order mark, which no editor shows, stands before the address" IGNORED,
	[FOPNP_FAULT_SWAPPED] = "the name stands before the address" IGNORED,
	[FOPNP_FAULT_SCOPE] = "an address with a scope (%) is not accepted here" IGNORED,
	[FOPNP_FAULT_PREFIX] = "a network (/) is no address" IGNORED,
	[FOPNP_FAULT_BRACKETS] = "an address stands here without brackets" IGNORED,
	[FOPNP_FAULT_PORT] = "a port has no place here" IGNORED,
	[FOPNP_FAULT_LEADING_ZERO] = "leading zeros make no IPv4 address" IGNORED,
	[FOPNP_FAULT_FOUR_PARTS] = "an IPv4 address has four parts" IGNORED,
	[FOPNP_FAULT_LARGE_PART] = "no part of an IPv4 address is larger than 255" IGNORED,
	[FOPNP_FAULT_NO_NAME] = "no name stands behind the address: nobody finds the line",
	[FOPNP_FAULT_CUT] = "a NUL byte ends the line: what stands behind it is lost",
	[FOPNP_FAULT_ADDRESS_NAME] = "an address in the place of a name: it is never looked up",
	[FOPNP_FAULT_WILDCARD] = "hosts knows no wildcards: glibc finds the asterisk itself alone",
	[FOPNP_FAULT_BACKSLASH] = "no line goes on behind a backslash: this one is a name",
	[FOPNP_FAULT_LONG_NAME] = "longer than any name that programs can ask for",
	[FOPNP_FAULT_SHADOWED] = "with multi off the first line answers: no lookup takes this one",
	[FOPNP_FAULT_ONE_FAMILY] =
		"with multi off the first line answers: only a lookup of this family alone takes "
		"this one",
	[FOPNP_FAULT_SAME_LINE] = "the name stands twice on the line",
	[FOPNP_FAULT_SAME_ENTRY] = "an earlier line says the same",
};

const char *fopnp_compare_fault_text(enum fopnp_compare_fault fault)
{
	return TEXTS[fault];
}

static bool is_address(const char *text, size_t len)
{
	char terminated[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	if (len >= sizeof(terminated))
		return false;
	memcpy(terminated, text, len);
	terminated[len] = '\0';
	return inet_pton(AF_INET, terminated, bytes) == 1 ||
	       inet_pton(AF_INET6, terminated, bytes) == 1;
}

/* Digits and dots, one digit at least: what was to be an IPv4 address. */
static enum fopnp_compare_fault dotted_fault(const char *text, size_t len)
{
	size_t parts = 1, digits = 0;
	unsigned value = 0;
	bool is_large = false, has_zero = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.') {
			parts++;
			value = 0;
			digits = 0;
			continue;
		}
		if (text[i] < '0' || text[i] > '9')
			return FOPNP_FAULT_NO_ADDRESS;
		has_zero |= digits > 0 && value == 0;
		value = value * 10 + (unsigned)(text[i] - '0');
		digits++;
		if (value > 255) {
			is_large = true;
			value = 256;
		}
	}
	if (parts != 4)
		return FOPNP_FAULT_FOUR_PARTS;
	if (is_large)
		return FOPNP_FAULT_LARGE_PART;
	return has_zero ? FOPNP_FAULT_LEADING_ZERO : FOPNP_FAULT_NO_ADDRESS;
}

/* An address with something around it, and what that is. */
static enum fopnp_compare_fault wrapped_fault(const char *text, size_t len)
{
	const char *at;

	if (len > 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		return FOPNP_FAULT_BYTE_ORDER_MARK;
	if (text[0] == '[')
		return FOPNP_FAULT_BRACKETS;
	at = memchr(text, '%', len);
	if (at && is_address(text, (size_t)(at - text)))
		return FOPNP_FAULT_SCOPE;
	at = memchr(text, '/', len);
	if (at && is_address(text, (size_t)(at - text)))
		return FOPNP_FAULT_PREFIX;
	at = memchr(text, ':', len); /* the first: of an IPv6 address the rest is no port */
	if (at && is_address(text, (size_t)(at - text)))
		return FOPNP_FAULT_PORT;
	return FOPNP_FAULT_NONE;
}

static bool begins_with_address(const struct fopnp_hosts_line *line)
{
	size_t position = 0, len;
	const char *name;

	return fopnp_hosts_next_name(line, &position, &name, &len) && is_address(name, len);
}

enum fopnp_compare_fault fopnp_compare_address_fault(const struct fopnp_hosts_line *line)
{
	const char *text = line->address_text;
	size_t len = line->address_len;
	enum fopnp_compare_fault fault;

	if (len == 0)
		return FOPNP_FAULT_NO_ADDRESS;
	fault = wrapped_fault(text, len);
	if (fault != FOPNP_FAULT_NONE)
		return fault;
	fault = dotted_fault(text, len);
	if (fault == FOPNP_FAULT_NO_ADDRESS && begins_with_address(line))
		return FOPNP_FAULT_SWAPPED;
	return fault;
}

/* getaddrinfo() takes what inet_aton(3) takes, "1" and "0x7f.1" too. */
static bool is_numeric(const char *name, size_t len)
{
	char terminated[FOPNP_COMPARE_NAME_MOST + 1];
	struct in_addr address;
	uint8_t bytes[16];

	if (len >= sizeof(terminated) ||
	    ((name[0] < '0' || name[0] > '9') && !memchr(name, ':', len)))
		return false;
	memcpy(terminated, name, len);
	terminated[len] = '\0';
	return inet_aton(terminated, &address) == 1 || inet_pton(AF_INET6, terminated, bytes) == 1;
}

enum fopnp_compare_fault fopnp_compare_name_fault(const char *name, size_t len)
{
	if (len > FOPNP_COMPARE_NAME_MOST)
		return FOPNP_FAULT_LONG_NAME;
	if (len == 1 && name[0] == '\\')
		return FOPNP_FAULT_BACKSLASH;
	if (memchr(name, '*', len))
		return FOPNP_FAULT_WILDCARD;
	return is_numeric(name, len) ? FOPNP_FAULT_ADDRESS_NAME : FOPNP_FAULT_NONE;
}

bool fopnp_compare_line_is_cut(const struct fopnp_hosts_line *line)
{
	return memchr(line->text, '\0', line->text_len) != NULL;
}
