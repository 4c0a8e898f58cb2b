/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields that the data of DNS records consist of: each function reads one and writes its text.
 * False if the data ends before it or does not hold such a field; then what was written is nothing
 * worth.
 */
#pragma once

#include "nss_module/lookup/dns_packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct fopnp_rdata_field {
	const struct fopnp_dns_reader *reader;
	const uint8_t *at, *end; /* what is left of the data */
	FILE *text;
	char *first_name; /* the caller's; NULL: none yet */
};

static inline size_t fopnp_rdata_left(const struct fopnp_rdata_field *field)
{
	return (size_t)(field->end - field->at);
}

/* A number of SIZE bytes, 1 to 4, decimal; or taken without a text. */
bool fopnp_rdata_take(struct fopnp_rdata_field *field, size_t size, uint32_t *out_number);
bool fopnp_rdata_number(struct fopnp_rdata_field *field, size_t size);

/* A domain name, compressed or not, with its final dot. */
bool fopnp_rdata_name(struct fopnp_rdata_field *field);

/* A <character-string> in quotes; one of letters and digits, bare (the tag of CAA, RFC 8659 section
   4.1); as many in quotes as there are, one at least. */
bool fopnp_rdata_string(struct fopnp_rdata_field *field);
bool fopnp_rdata_tag(struct fopnp_rdata_field *field);
bool fopnp_rdata_strings(struct fopnp_rdata_field *field);

/* The rest as one string in quotes. */
bool fopnp_rdata_quoted_rest(struct fopnp_rdata_field *field);

/* The rest in hexadecimal digits or base64, in groups of 56 characters; one byte at least. */
bool fopnp_rdata_hex_rest(struct fopnp_rdata_field *field);
bool fopnp_rdata_base64_rest(struct fopnp_rdata_field *field);
/* COUNT bytes in base64, in groups of GROUP characters (a multiple of 4; 0: in one). */
void fopnp_rdata_base64(FILE *text, const uint8_t *bytes, size_t count, size_t group);

/* An address of COUNT bytes, 4 or 16; an EUI of COUNT bytes, 00-00-5e-... (RFC 7043). */
bool fopnp_rdata_address(struct fopnp_rdata_field *field, size_t count);
bool fopnp_rdata_eui(struct fopnp_rdata_field *field, size_t count);

/* A type by name; a time of RRSIG (RFC 4034 section 3.2). */
bool fopnp_rdata_type(struct fopnp_rdata_field *field);
bool fopnp_rdata_time(struct fopnp_rdata_field *field);

/* The types of a bitmap (RFC 4034 section 4.1.2), each behind a blank; none is an error unless
   MAY_BE_EMPTY. */
bool fopnp_rdata_types_rest(struct fopnp_rdata_field *field, bool may_be_empty);

/* Salt in hexadecimal digits, "-" if there is none; a hash in base32hex (RFC 5155 section 3.3). */
bool fopnp_rdata_salt(struct fopnp_rdata_field *field);
bool fopnp_rdata_hash(struct fopnp_rdata_field *field);

/* All of a LOC record of version 0 (RFC 1876). */
bool fopnp_rdata_location(struct fopnp_rdata_field *field);

/* The parameters of SVCB and HTTPS, each behind a blank (RFC 9460); dns_rdata_svcb.c. */
bool fopnp_rdata_service_parameters(struct fopnp_rdata_field *field);

/* dns_rdata_rare.c: all of a CERT (RFC 4398), an IPSECKEY (RFC 4025), an APL (RFC 3123), an NSAP
   (RFC 1706); the ports of a WKS, each behind a blank (RFC 1035 section 3.4.2); 64 bits of an NID or
   L64 (RFC 6742). */
bool fopnp_rdata_certificate(struct fopnp_rdata_field *field);
bool fopnp_rdata_ipsec_key(struct fopnp_rdata_field *field);
bool fopnp_rdata_prefixes(struct fopnp_rdata_field *field);
bool fopnp_rdata_nsap(struct fopnp_rdata_field *field);
bool fopnp_rdata_ports_rest(struct fopnp_rdata_field *field);
bool fopnp_rdata_locator(struct fopnp_rdata_field *field);
