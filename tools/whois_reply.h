/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in the reply of a whois server.  RFC 3912 leaves all of it open, its encoding too; what is
 * known here are the words that registries use for other servers, for name servers, and for "no".
 */
#pragma once

#include "tools/whois_referral.h"

#include <stdbool.h>
#include <stddef.h>

#define FOPNP_WHOIS_REFERRALS        16 /* of one reply; further ones are not looked at */
#define FOPNP_WHOIS_NAME_SERVERS     64
#define FOPNP_WHOIS_SERVER_ADDRESSES 16 /* of one name server */

enum fopnp_whois_encoding {
	FOPNP_WHOIS_ASCII,
	FOPNP_WHOIS_UTF_8,
	FOPNP_WHOIS_LATIN_1, /* it is no UTF-8, so it is taken for ISO 8859-1 */
};

/* What became of a referral. */
enum fopnp_whois_fate {
	FOPNP_WHOIS_NOT_FOLLOWED,  /* its kind says why, or nobody asked for it to be followed */
	FOPNP_WHOIS_FOLLOWED,      /* the server behind it was asked */
	FOPNP_WHOIS_ASKED_ALREADY, /* this server had been asked before */
	FOPNP_WHOIS_ANOTHER_FIRST, /* another one of the same reply was followed */
	FOPNP_WHOIS_TOO_MANY,      /* the most hops had been made */
};

struct fopnp_whois_referral {
	unsigned line;
	char *key, *value; /* as they stand there */
	struct fopnp_whois_target target;
	enum fopnp_whois_fate fate;
};

struct fopnp_whois_name_server {
	char *name; /* lower case, without a final dot */
	char *addresses[FOPNP_WHOIS_SERVER_ADDRESSES];
	size_t address_count;
};

enum fopnp_whois_verdict {
	FOPNP_WHOIS_TELLS,    /* something, whatever it is */
	FOPNP_WHOIS_NO_MATCH, /* there is no such thing */
	FOPNP_WHOIS_REFUSES,  /* too many queries, or it does not serve us */
};

struct fopnp_whois_reading {
	struct fopnp_whois_referral *referrals;
	size_t referral_count;
	struct fopnp_whois_name_server *name_servers;
	size_t name_server_count;
	enum fopnp_whois_verdict verdict;
	unsigned verdict_line; /* 0: FOPNP_WHOIS_TELLS */
};

/*
 * The reply as UTF-8, with "\n" alone at the ends of its lines and U+FFFD for NUL.  The caller's to
 * free().
 */
char *fopnp_whois_reply_decode(const char *bytes, size_t len,
			       enum fopnp_whois_encoding *out_encoding);

/*
 * Read a decoded reply.  IS_CUT: its last line may be half a line, and is not looked at.  The result is the
 * caller's to clear.
 */
void fopnp_whois_reply_read(const char *text, bool is_cut, struct fopnp_whois_reading *out);
void fopnp_whois_reading_clear(struct fopnp_whois_reading *reading);

/* "ASCII", "UTF-8", "ISO-8859-1". */
const char *fopnp_whois_encoding_word(enum fopnp_whois_encoding encoding);
/* "not-followed", "followed", "asked-already", "another-first", "too-many". */
const char *fopnp_whois_fate_word(enum fopnp_whois_fate fate);
/* "tells", "no-match", "refuses". */
const char *fopnp_whois_verdict_word(enum fopnp_whois_verdict verdict);
