/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a DNS packet says, as far as a trace shows it (RFC 1035; parsed by libc's ns_parse(3)). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_DNS_NAME      1025 /* NS_MAXDNAME: as in a master file, \DDD for odd bytes */
#define FOPNP_DNS_WORD_TEXT 16

struct fopnp_dns_message {
	uint16_t id;
	bool is_reply;         /* QR */
	bool is_truncated;     /* TC */
	bool is_authenticated; /* AD */
	bool is_referral; /* empty, of a server that neither knows nor asks: no answer to glibc */
	unsigned rcode;   /* with the upper bits of an OPT record */
	bool has_question;
	char name[FOPNP_DNS_NAME]; /* of the first question, without a final dot but for the root */
	unsigned type, class;
	unsigned answer_count;  /* records in the answer section, as parsed */
	unsigned wanted_count;  /* those that glibc takes: the question's type, its name or alias */
	unsigned ignored_count; /* of that type, but of another name, class or length */
	char target[FOPNP_DNS_NAME]; /* the last CNAME's target; "": there is none */
	bool is_name_refused;        /* PTR was asked for, and the first is no host name to glibc */
	int64_t ttl;                 /* the least of the answer section; -1: it is empty */
	int64_t negative_ttl;        /* RFC 2308 section 5, from the SOA beside it; -1: none */
};

/*
 * Read a packet.  False if it is none (shorter than a header, a question that
 * cannot be read); a reply whose records are broken behind the question is read
 * as far as it goes.
 */
bool fopnp_dns_message_parse(const uint8_t *bytes, size_t len, struct fopnp_dns_message *out);

/* "AAAA", "TYPE65000"; "NXDOMAIN", "RCODE3841".  In TEXT if there is no word. */
const char *fopnp_dns_type_name(unsigned type, char text[static FOPNP_DNS_WORD_TEXT]);
const char *fopnp_dns_rcode_name(unsigned rcode, char text[static FOPNP_DNS_WORD_TEXT]);

/* The other way, whatever its letters' case; a word that is none of theirs is false. */
bool fopnp_dns_type_number(const char *word, unsigned *out_type);
bool fopnp_dns_rcode_number(const char *word, unsigned *out_rcode);
