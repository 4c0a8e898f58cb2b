/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and writing DNS messages, see dns_packet.h. */
#include "nss_module/lookup/dns_packet.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>

static uint16_t get_16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t get_32(const uint8_t *bytes)
{
	return (uint32_t)get_16(bytes) << 16 | get_16(bytes + 2);
}

static uint8_t *put_16(uint8_t *at, uint16_t number)
{
	*at++ = (uint8_t)(number >> 8);
	*at++ = (uint8_t)number;
	return at;
}

/* ---- reading ---- */

bool fopnp_dns_reader_start(struct fopnp_dns_reader *reader, const uint8_t *bytes, size_t len)
{
	if (len < NS_HFIXEDSZ)
		return false;
	*reader = (struct fopnp_dns_reader){
		.start = bytes,
		.at = bytes + NS_HFIXEDSZ,
		.end = bytes + len,
		.header = { .id = get_16(bytes), .flags = get_16(bytes + 2) },
	};
	for (unsigned i = 0; i < 4; i++)
		reader->header.counts[i] = get_16(bytes + 4 + 2 * (size_t)i);
	reader->left = reader->header.counts[0];
	return true;
}

static bool break_off(struct fopnp_dns_reader *reader)
{
	reader->is_broken = true;
	return false;
}

static bool has(const struct fopnp_dns_reader *reader, size_t len)
{
	return (size_t)(reader->end - reader->at) >= len;
}

int fopnp_dns_reader_name(const struct fopnp_dns_reader *reader, const uint8_t *at,
			  char name[static FOPNP_DNS_NAME_SIZE])
{
	int len = ns_name_uncompress(reader->start, reader->end, at, name, FOPNP_DNS_NAME_SIZE);

	if (len >= 0 && !name[0])
		memcpy(name, ".", 2);
	return len;
}

bool fopnp_dns_reader_question(struct fopnp_dns_reader *reader,
			       char name[static FOPNP_DNS_NAME_SIZE], uint16_t *out_type,
			       uint16_t *out_class)
{
	int len;

	if (reader->is_broken || reader->section > 0 || reader->left == 0)
		return false;
	len = fopnp_dns_reader_name(reader, reader->at, name);
	if (len < 0 || !has(reader, (size_t)len + 4))
		return break_off(reader);
	reader->at += len;
	*out_type = get_16(reader->at);
	*out_class = get_16(reader->at + 2);
	reader->at += 4;
	reader->left--;
	return true;
}

static bool skip_name(struct fopnp_dns_reader *reader)
{
	return ns_name_skip(&reader->at, reader->end) == 0;
}

/* To the next section that has records left; false behind the last. */
static bool enter_section(struct fopnp_dns_reader *reader)
{
	while (reader->section == 0 && reader->left > 0) {
		if (!skip_name(reader) || !has(reader, 4))
			return break_off(reader);
		reader->at += 4;
		reader->left--;
	}
	while (reader->left == 0) {
		if (reader->section == 3)
			return false;
		reader->left = reader->header.counts[++reader->section];
	}
	return true;
}

bool fopnp_dns_reader_record(struct fopnp_dns_reader *reader, struct fopnp_dns_record *out_record)
{
	if (reader->is_broken || !enter_section(reader))
		return false;
	out_record->section = reader->section;
	out_record->owner = reader->at;
	if (!skip_name(reader) || !has(reader, NS_RRFIXEDSZ))
		return break_off(reader);
	out_record->type = get_16(reader->at);
	out_record->class = get_16(reader->at + 2);
	out_record->ttl = get_32(reader->at + 4);
	out_record->data_len = get_16(reader->at + 8);
	reader->at += NS_RRFIXEDSZ;
	if (!has(reader, out_record->data_len))
		return break_off(reader);
	out_record->data = reader->at;
	reader->at += out_record->data_len;
	reader->left--;
	return true;
}

/* ---- writing ---- */

/* RFC 6891 section 6.1.2: the root, OPT, our size as class, no extended bits, no options. */
static uint8_t *put_opt(uint8_t *at, uint16_t size)
{
	*at++ = 0;
	at = put_16(at, ns_t_opt);
	at = put_16(at, size);
	memset(at, 0, 6);
	return at + 6;
}

size_t fopnp_dns_write_query(uint8_t bytes[static FOPNP_DNS_QUERY_SIZE], uint16_t id,
			     uint16_t flags, const char *name, uint16_t type, uint16_t class,
			     uint16_t edns_size)
{
	uint8_t *at = bytes;
	int len;

	at = put_16(at, id);
	at = put_16(at, flags);
	at = put_16(at, 1);
	at = put_16(at, 0);
	at = put_16(at, 0);
	at = put_16(at, edns_size > 0);
	len = ns_name_compress(name, at, NS_MAXCDNAME, NULL, NULL);
	if (len < 0)
		return 0;
	at = put_16(at + len, type);
	at = put_16(at, class);
	if (edns_size > 0)
		at = put_opt(at, edns_size);
	return (size_t)(at - bytes);
}

/* ---- words ---- */

const char *fopnp_dns_rcode_word(unsigned rcode, char text[static FOPNP_DNS_WORD_SIZE])
{
	static const char *const words[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
					     "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
					     "NXRRSET", "NOTAUTH", "NOTZONE" };

	if (rcode < sizeof(words) / sizeof(words[0]))
		return words[rcode];
	(void)snprintf(text, FOPNP_DNS_WORD_SIZE, "RCODE%u", rcode & 0xffff);
	return text;
}

const char *fopnp_dns_type_word(unsigned type, char text[static FOPNP_DNS_WORD_SIZE])
{
	switch (type) {
	case ns_t_a:
		return "A";
	case ns_t_aaaa:
		return "AAAA";
	case ns_t_ptr:
		return "PTR";
	case ns_t_cname:
		return "CNAME";
	default:
		(void)snprintf(text, FOPNP_DNS_WORD_SIZE, "TYPE%u", type & 0xffff);
		return text;
	}
}
