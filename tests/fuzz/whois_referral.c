/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A reply of any whois server: UTF-8 comes out, and nobody is named whom one could not safely ask. */
#include "tools/escape.h"
#include "tools/whois_reply.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_utf8(const char *text)
{
	for (size_t i = 0, len = strlen(text), sequence; i < len; i += sequence) {
		unsigned code_point;

		sequence = fopnp_escape_sequence(text + i, len - i, &code_point);
		assert(sequence > 0);
	}
}

/* Letters, digits, "-", "_", "."; of an address also ":". */
static void check_host(const char *host)
{
	size_t len = strlen(host);

	assert(len > 0 && len < FOPNP_WHOIS_HOST && strpbrk(host, ".:"));
	assert(strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.:") == len);
	assert(host[0] != '-' && host[0] != '.' && host[len - 1] != '.');
}

static void check_referral(const struct fopnp_whois_referral *referral)
{
	assert(referral->line > 0 && referral->fate == FOPNP_WHOIS_NOT_FOLLOWED);
	assert(referral->value[0] && !strpbrk(referral->value, " \t\r\n"));
	if (referral->target.kind == FOPNP_WHOIS_SERVER) {
		struct fopnp_whois_target again;

		check_host(referral->target.host);
		assert(referral->target.port > 0);
		/* It is read again as itself. */
		assert(fopnp_whois_server_parse(referral->target.host,
						strlen(referral->target.host), &again));
		assert(strcmp(again.host, referral->target.host) == 0);
	}
}

static void check_reading(const char *text, bool is_cut)
{
	struct fopnp_whois_reading reading;

	fopnp_whois_reply_read(text, is_cut, &reading);
	assert(reading.referral_count <= FOPNP_WHOIS_REFERRALS);
	assert(reading.name_server_count <= FOPNP_WHOIS_NAME_SERVERS);
	assert((reading.verdict == FOPNP_WHOIS_TELLS) == (reading.verdict_line == 0));
	for (size_t i = 0; i < reading.referral_count; i++)
		check_referral(&reading.referrals[i]);
	for (size_t i = 0; i < reading.name_server_count; i++) {
		check_host(reading.name_servers[i].name);
		assert(!strchr(reading.name_servers[i].name, ':'));
		assert(reading.name_servers[i].address_count <= FOPNP_WHOIS_SERVER_ADDRESSES);
	}
	fopnp_whois_reading_clear(&reading);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum fopnp_whois_encoding encoding;
	char *text = fopnp_whois_reply_decode((const char *)data, size, &encoding);

	check_utf8(text);
	check_reading(text, false);
	check_reading(text, true);
	free(text);
	return 0;
}
