/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What whois is asked about, and the words in which a server wants to hear it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum fopnp_whois_kind { FOPNP_WHOIS_DOMAIN, FOPNP_WHOIS_ADDRESS, FOPNP_WHOIS_ASN };

struct fopnp_whois_subject {
	enum fopnp_whois_kind kind;
	char *text; /* as it is asked for: "example.com" (lower case, ASCII), "2001:db8::1", "AS64496" */
	char *idna2003; /* what software of IDNA 2003 asks for where that is another name; else NULL */
};

/*
 * Read "example.com", "五粮液.中国", "192.0.2.1", "2001:db8::1", "AS64496".  NULL, or why it is none of
 * them; the caller's to free().
 */
char *fopnp_whois_subject_parse(const char *given, struct fopnp_whois_subject *out);
void fopnp_whois_subject_clear(struct fopnp_whois_subject *subject);

/* Whether it is a domain of one label: what IANA itself has the answer for. */
bool fopnp_whois_subject_is_top_level(const struct fopnp_whois_subject *subject);

/*
 * The line for SERVER, without its end: RFC 3912 has no syntax, but some servers have one, without which
 * they answer less, or about something else.  The caller's to free().
 */
char *fopnp_whois_query(const char *server, const struct fopnp_whois_subject *subject);

/* "domain", "address", "asn". */
const char *fopnp_whois_kind_word(enum fopnp_whois_kind kind);
