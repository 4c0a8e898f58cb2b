/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A whole DNS message (RFC 1035 section 4, RFC 6891, RFC 8914) as dig shows it: header, question,
 * and every record with its data as text.  Whatever the bytes are: bounded by the packet's length.
 */
#pragma once

#include "tools/dns_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fopnp_dns_section {
	FOPNP_DNS_ANSWER = 1,
	FOPNP_DNS_AUTHORITY,
	FOPNP_DNS_ADDITIONAL,
};

struct fopnp_dns_response_record {
	enum fopnp_dns_section section;
	char *owner; /* as in a master file (\DDD), with its final dot */
	unsigned type, class;
	uint32_t ttl;
	char *text; /* the data as dig prints it (tools/dns_rdata.h); never NULL */
	/* The first name in the data, in the same form: target of CNAME, DNAME, NS, PTR, MX, SRV,
	   HTTPS, primary server of SOA; NULL: a type without one, or malformed. */
	char *target;
	unsigned preference; /* of MX; priority of SRV and HTTPS; else 0 */
	/* The data as it came (copied): an address of A and AAAA has 4 or 16 bytes. */
	uint8_t *data;
	size_t data_len;
	bool is_malformed; /* the data is no such record: text is then RFC 3597's \# form */
};

struct fopnp_dns_response {
	uint16_t id;
	unsigned opcode;
	unsigned rcode; /* with the upper bits of an OPT record */
	bool is_reply, is_authoritative, is_truncated, is_recursion_desired, is_recursion_available,
		is_authentic, is_checking_disabled; /* QR AA TC RD RA AD CD */
	char *question;                             /* in the same form; NULL: there is none */
	unsigned question_type, question_class;
	struct fopnp_dns_response_record *records; /* in the order of the packet, OPT left out */
	size_t record_count;
	bool has_edns;
	unsigned edns_version, edns_size;
	bool is_dnssec_ok;
	int ede_code;         /* the first extended error (RFC 8914); -1: none */
	char *ede_text;       /* its EXTRA-TEXT as it came; NULL: none */
	int64_t negative_ttl; /* RFC 2308 section 5, of the SOA in the authority section; -1: none */
	bool is_broken;       /* cut or malformed behind what was read */
};

/* False if LEN bytes hold no header.  The result is the caller's to clear. */
bool fopnp_dns_response_parse(const uint8_t *bytes, size_t len, struct fopnp_dns_response *out);
void fopnp_dns_response_clear(struct fopnp_dns_response *response);

/*
 * The name that the CNAMEs of the answer lead from NAME to, in the packet's order or not (NAME
 * itself without one); NULL if they loop or are more than FOPNP_DNS_CHAIN_MAX.  Points into RESPONSE
 * or is NAME.
 */
#define FOPNP_DNS_CHAIN_MAX 64 /* resolvers follow 8 to 17 */
const char *fopnp_dns_response_follow(const struct fopnp_dns_response *response, const char *name);

/* The next record of SECTION, OWNER (NULL: any) and TYPE (0: any) behind AFTER (NULL: the first). */
const struct fopnp_dns_response_record *fopnp_dns_response_next(
	const struct fopnp_dns_response *response, const struct fopnp_dns_response_record *after,
	enum fopnp_dns_section section, const char *owner, unsigned type);

/* The words of RFC 8914's registry ("Stale Answer"); NULL for a number without. */
const char *fopnp_dns_ede_words(unsigned code);
