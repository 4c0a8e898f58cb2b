/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DNS messages (RFC 1035 section 4) of anybody: a reader that is bounded by the
 * packet's length, and a writer of queries.  Names are read by libc's
 * ns_name_uncompress(3), which bounds pointers and escapes odd bytes as \DDD.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_DNS_NAME_SIZE  1025 /* NS_MAXDNAME, with the NUL */
#define FOPNP_DNS_QUERY_SIZE 320  /* a header, the longest name, type, class and an OPT record */

struct fopnp_dns_header {
	uint16_t id;
	uint16_t flags;     /* the second 16 bits, host order: FOPNP_DNS_FLAG_* */
	uint16_t counts[4]; /* questions, answers, authority, additional */
};

#define FOPNP_DNS_FLAG_QR    0x8000
#define FOPNP_DNS_FLAG_AA    0x0400
#define FOPNP_DNS_FLAG_TC    0x0200
#define FOPNP_DNS_FLAG_RD    0x0100
#define FOPNP_DNS_FLAG_RA    0x0080
#define FOPNP_DNS_FLAG_AD    0x0020
#define FOPNP_DNS_FLAG_RCODE 0x000f

struct fopnp_dns_reader {
	const uint8_t *start, *at, *end;
	struct fopnp_dns_header header;
	unsigned section; /* 1 answers, 2 authority, 3 additional: of the next record */
	unsigned left;    /* records left in it */
	bool is_broken;   /* the packet ended early or is malformed from here on */
};

struct fopnp_dns_record {
	unsigned section;
	const uint8_t *owner; /* for fopnp_dns_reader_name() */
	uint16_t type, class;
	uint32_t ttl;
	const uint8_t *data;
	uint16_t data_len;
};

/* False if the packet is shorter than a header.  BYTES must outlive the reader. */
bool fopnp_dns_reader_start(struct fopnp_dns_reader *reader, const uint8_t *bytes, size_t len);

/* The questions first, header.counts[0] of them; false at their end or if broken. */
bool fopnp_dns_reader_question(struct fopnp_dns_reader *reader,
			       char name[static FOPNP_DNS_NAME_SIZE], uint16_t *out_type,
			       uint16_t *out_class);

/* Then the records of all sections; skips questions that were not read.  False at the end. */
bool fopnp_dns_reader_record(struct fopnp_dns_reader *reader, struct fopnp_dns_record *out_record);

/*
 * The name at AT (an owner, or inside of a record's data) as text without the
 * final dot, "." for the root.  The length in the packet, or -1 if it is none.
 */
int fopnp_dns_reader_name(const struct fopnp_dns_reader *reader, const uint8_t *at,
			  char name[static FOPNP_DNS_NAME_SIZE]);

/*
 * Write a query with one question: header FLAGS as above, NAME as text (a final
 * dot makes no difference, \DDD is understood), and with EDNS_SIZE other than 0 an OPT record
 * (RFC 6891) of that size.  The length, or 0 if NAME cannot be a domain name.
 */
size_t fopnp_dns_write_query(uint8_t bytes[static FOPNP_DNS_QUERY_SIZE], uint16_t id,
			     uint16_t flags, const char *name, uint16_t type, uint16_t class,
			     uint16_t edns_size);

/* "NOERROR", ...; "RCODE17" in TEXT if there is no word.  Types: "A", "AAAA", "PTR", "TYPE65". */
#define FOPNP_DNS_WORD_SIZE 16
const char *fopnp_dns_rcode_word(unsigned rcode, char text[static FOPNP_DNS_WORD_SIZE]);
const char *fopnp_dns_type_word(unsigned type, char text[static FOPNP_DNS_WORD_SIZE]);
