/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a whois server says of another one.  There is no format: each registry has words of its own, and
 * whoever answers can write anything, so that a server is a plain host name or nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_WHOIS_PORT 43
#define FOPNP_WHOIS_HOST 254 /* bytes of a host name, with the NUL */

enum fopnp_whois_referral_kind {
	FOPNP_WHOIS_SERVER,  /* a host, perhaps with a port: can be asked */
	FOPNP_WHOIS_RWHOIS,  /* RFC 2167: another protocol */
	FOPNP_WHOIS_WEB,     /* a page for people */
	FOPNP_WHOIS_INVALID, /* nothing that could be a server */
};

struct fopnp_whois_target {
	enum fopnp_whois_referral_kind kind;
	/* Of FOPNP_WHOIS_SERVER: in lower case, without a final dot, an address without brackets. */
	char host[FOPNP_WHOIS_HOST];
	uint16_t port;
};

/*
 * Read "HOST", "HOST:PORT", "ADDRESS", "[IPv6]:PORT"; port 43 where none stands there.  HOST has
 * letters, digits, "-" and "_", in labels of 63 at most, none of which begins or ends with "-".
 */
bool fopnp_whois_server_parse(const char *text, size_t len, struct fopnp_whois_target *out);

/*
 * The same for the value of a referral: "whois://HOST[:PORT][/]" too.  A name without a dot is refused:
 * the search list would decide what it means.
 */
void fopnp_whois_referral_parse(const char *text, size_t len, struct fopnp_whois_target *out);

/*
 * Copy a host name to OUT in lower case and without a final dot.  False if it is none; an address
 * is none either.
 */
bool fopnp_whois_host_parse(const char *text, size_t len, char out[static FOPNP_WHOIS_HOST]);

/* "server", "rwhois", "web", "invalid". */
const char *fopnp_whois_referral_kind_word(enum fopnp_whois_referral_kind kind);
