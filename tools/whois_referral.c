/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whois servers as other ones name them. */
#include "tools/whois_referral.h"

#include "nss_module/lookup/ascii.h"

#include <arpa/inet.h>
#include <string.h>

#define LABEL_MOST 63

static bool is_label_character(char c)
{
	c = fopnp_ascii_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool is_label(const char *text, size_t len)
{
	if (len == 0 || len > LABEL_MOST || text[0] == '-' || text[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_label_character(text[i]))
			return false;
	return true;
}

/* The last label of a name is never a number: "192.0.2" would be read as an address by inet_aton(3). */
static bool is_number(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return len > 2 && i == 1 && text[0] == '0' && (text[1] | 0x20) == 'x';
	return true;
}

bool fopnp_whois_host_parse(const char *text, size_t len, char out[static FOPNP_WHOIS_HOST])
{
	size_t start = 0;

	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len == 0 || len >= FOPNP_WHOIS_HOST)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && text[i] != '.')
			continue;
		if (!is_label(text + start, i - start))
			return false;
		if (i == len && is_number(text + start, i - start))
			return false;
		start = i + 1;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = fopnp_ascii_lower(text[i]);
	out[len] = '\0';
	return true;
}

/* An address in its usual form. */
static bool parse_address(const char *text, size_t len, int family,
			  char out[static FOPNP_WHOIS_HOST])
{
	char word[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	if (len >= sizeof(word) || memchr(text, '\0', len))
		return false;
	memcpy(word, text, len);
	word[len] = '\0';
	return inet_pton(family, word, bytes) == 1 &&
	       inet_ntop(family, bytes, out, FOPNP_WHOIS_HOST);
}

static bool parse_port(const char *text, size_t len, uint16_t *out_port)
{
	unsigned long long number = 0;

	if (!fopnp_ascii_number(text, len, &number) || number == 0 || number > UINT16_MAX)
		return false;
	*out_port = (uint16_t)number;
	return true;
}

bool fopnp_whois_server_parse(const char *text, size_t len, struct fopnp_whois_target *out)
{
	const char *bracket = len > 0 && text[0] == '[' ? memchr(text, ']', len) : NULL;
	const char *colon;
	size_t host_len = len;

	*out = (struct fopnp_whois_target){ .kind = FOPNP_WHOIS_INVALID, .port = FOPNP_WHOIS_PORT };
	if (parse_address(text, len, AF_INET6, out->host)) {
		out->kind = FOPNP_WHOIS_SERVER;
		return true;
	}
	if (bracket) {
		size_t end = (size_t)(bracket - text) + 1;

		if (!parse_address(text + 1, end - 2, AF_INET6, out->host))
			return false;
		if (end < len &&
		    (text[end] != ':' || !parse_port(text + end + 1, len - end - 1, &out->port)))
			return false;
		out->kind = FOPNP_WHOIS_SERVER;
		return true;
	}
	colon = len > 0 ? memchr(text, ':', len) : NULL;
	if (colon) {
		host_len = (size_t)(colon - text);
		if (!parse_port(colon + 1, len - host_len - 1, &out->port))
			return false;
	}
	if (!parse_address(text, host_len, AF_INET, out->host) &&
	    !fopnp_whois_host_parse(text, host_len, out->host))
		return false;
	out->kind = FOPNP_WHOIS_SERVER;
	return true;
}

/* Behind "://", or NULL. */
static const char *skip_scheme(const char *text, size_t len)
{
	for (size_t i = 0; i + 3 <= len; i++)
		if (memcmp(text + i, "://", 3) == 0)
			return text + i + 3;
	return NULL;
}

static enum fopnp_whois_referral_kind kind_of_scheme(const char *text, size_t len)
{
	if (fopnp_ascii_equal_word(text, len, "whois"))
		return FOPNP_WHOIS_SERVER;
	if (fopnp_ascii_equal_word(text, len, "rwhois"))
		return FOPNP_WHOIS_RWHOIS;
	if (fopnp_ascii_equal_word(text, len, "http") || fopnp_ascii_equal_word(text, len, "https"))
		return FOPNP_WHOIS_WEB;
	return FOPNP_WHOIS_INVALID;
}

void fopnp_whois_referral_parse(const char *text, size_t len, struct fopnp_whois_target *out)
{
	const char *rest = skip_scheme(text, len);
	enum fopnp_whois_referral_kind kind = FOPNP_WHOIS_SERVER;

	if (rest) {
		kind = kind_of_scheme(text, (size_t)(rest - 3 - text));
		len -= (size_t)(rest - text);
		text = rest;
		if (len > 0 && text[len - 1] == '/')
			len--;
	}
	if (kind != FOPNP_WHOIS_SERVER) {
		*out = (struct fopnp_whois_target){ .kind = kind };
		return;
	}
	if (!fopnp_whois_server_parse(text, len, out) || !strpbrk(out->host, ".:"))
		*out = (struct fopnp_whois_target){ .kind = FOPNP_WHOIS_INVALID };
}

const char *fopnp_whois_referral_kind_word(enum fopnp_whois_referral_kind kind)
{
	switch (kind) {
	case FOPNP_WHOIS_SERVER:
		return "server";
	case FOPNP_WHOIS_RWHOIS:
		return "rwhois";
	case FOPNP_WHOIS_WEB:
		return "web";
	case FOPNP_WHOIS_INVALID:
		break;
	}
	return "invalid";
}
