/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DNS packets.  libc's ns_initparse(3) takes only a packet that is sound to its
 * last byte; what glibc's resolver lets pass, a trace has to show: hence the
 * sections are walked here, the names read by libc.
 */
#include "tools/dns_message.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What is still to be read of a packet. */
struct cursor {
	const uint8_t *start, *at, *end;
};

struct record {
	const uint8_t *owner;
	unsigned type, class;
	uint32_t ttl;
	const uint8_t *data;
	size_t data_len;
};

static unsigned get_16(const uint8_t *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

static uint32_t get_32(const uint8_t *bytes)
{
	return (uint32_t)get_16(bytes) << 16 | get_16(bytes + 2);
}

/* Room left of LEN bytes? */
static bool has(const struct cursor *cursor, size_t len)
{
	return (size_t)(cursor->end - cursor->at) >= len;
}

static bool read_name(struct cursor *cursor, char name[static FOPNP_DNS_NAME])
{
	/* Bounds, loops of pointers and odd bytes are its business. */
	int len = ns_name_uncompress(cursor->start, cursor->end, cursor->at, name, FOPNP_DNS_NAME);

	if (len < 0)
		return false;
	cursor->at += len;
	return true;
}

/* Over a name whose text nobody wants. */
static bool skip_name(struct cursor *cursor)
{
	return ns_name_skip(&cursor->at, cursor->end) == 0;
}

static bool read_question(struct cursor *cursor, struct fopnp_dns_message *message)
{
	if (!read_name(cursor, message->name) || !has(cursor, 4)) {
		message->name[0] = '\0';
		return false;
	}
	message->type = get_16(cursor->at);
	message->class = get_16(cursor->at + 2);
	message->has_question = true;
	cursor->at += 4;
	return true;
}

static bool skip_question(struct cursor *cursor)
{
	if (!skip_name(cursor) || !has(cursor, 4))
		return false;
	cursor->at += 4;
	return true;
}

static bool read_record(struct cursor *cursor, struct record *out)
{
	out->owner = cursor->at;
	if (!skip_name(cursor) || !has(cursor, NS_RRFIXEDSZ))
		return false;
	out->type = get_16(cursor->at);
	out->class = get_16(cursor->at + 2);
	out->ttl = get_32(cursor->at + 4);
	out->data_len = get_16(cursor->at + 8);
	cursor->at += NS_RRFIXEDSZ;
	if (!has(cursor, out->data_len))
		return false;
	out->data = cursor->at;
	cursor->at += out->data_len;
	return true;
}

/* The name at AT of the packet that CURSOR reads. */
static bool name_at(const struct cursor *cursor, const uint8_t *at,
		    char name[static FOPNP_DNS_NAME])
{
	struct cursor there = { cursor->start, at, cursor->end };

	return read_name(&there, name);
}

/*
 * As getanswer_r(), getanswer_ptr() and gaih_getanswer_slice() of glibc's
 * resolv/nss_dns/dns-host.c: the records of the name that was asked for, or of the last
 * alias before them, whosever alias that was.
 */
static bool is_taken(const struct cursor *cursor, const struct record *record,
		     const struct fopnp_dns_message *message)
{
	const char *expected = message->target[0] ? message->target : message->name;
	char owner[FOPNP_DNS_NAME];

	if ((record->type == ns_t_a && record->data_len != NS_INADDRSZ) ||
	    (record->type == ns_t_aaaa && record->data_len != NS_IN6ADDRSZ))
		return false;
	return record->class == ns_c_in && name_at(cursor, record->owner, owner) &&
	       strcasecmp(owner, expected) == 0;
}

static void take_wanted(const struct cursor *cursor, const struct record *record,
			struct fopnp_dns_message *message)
{
	char name[FOPNP_DNS_NAME];

	if (!is_taken(cursor, record, message)) {
		message->ignored_count++;
		return;
	}
	message->wanted_count++;
	if (record->type == ns_t_ptr && message->wanted_count == 1 &&
	    name_at(cursor, record->data, name))
		message->is_name_refused = !res_hnok(name);
}

static void take_answer(const struct cursor *cursor, const struct record *record,
			struct fopnp_dns_message *message)
{
	char target[FOPNP_DNS_NAME];

	message->answer_count++;
	if (message->ttl < 0 || record->ttl < message->ttl)
		message->ttl = record->ttl;
	if (record->type == message->type)
		take_wanted(cursor, record, message);
	else if (record->type == ns_t_cname && record->class == ns_c_in &&
		 name_at(cursor, record->data, target))
		memcpy(message->target, target, sizeof(target));
}

/* How long "there is none" may be kept: the lesser of the SOA's own TTL and its last field. */
static void take_authority(const struct record *record, struct fopnp_dns_message *message)
{
	uint32_t minimum;

	/* Two names of a byte at least, then five numbers. */
	if (record->type != ns_t_soa || record->data_len < 22)
		return;
	minimum = get_32(record->data + record->data_len - 4);
	message->negative_ttl = record->ttl < minimum ? record->ttl : minimum;
}

static void take_additional(const struct record *record, struct fopnp_dns_message *message)
{
	if (record->type == ns_t_opt)
		message->rcode |= (record->ttl >> 24) << 4;
}

/* The three sections behind the questions, as far as they can be read. */
static void read_sections(struct cursor *cursor, struct fopnp_dns_message *message)
{
	struct record record;

	for (unsigned left = get_16(cursor->start + 6); left > 0; left--) {
		if (!read_record(cursor, &record))
			return;
		take_answer(cursor, &record, message);
	}
	for (unsigned left = get_16(cursor->start + 8); left > 0; left--) {
		if (!read_record(cursor, &record))
			return;
		take_authority(&record, message);
	}
	for (unsigned left = get_16(cursor->start + 10); left > 0; left--) {
		if (!read_record(cursor, &record))
			return;
		take_additional(&record, message);
	}
}

/* glibc's resolv/res_send.c, send_dg(): such a reply makes it ask the next server. */
static bool is_referral(const uint8_t *header)
{
	bool is_authoritative = header[2] & 0x04, can_recurse = header[3] & 0x80;

	return (header[3] & 0x0f) == ns_r_noerror && get_16(header + 6) == 0 &&
	       get_16(header + 10) == 0 && !is_authoritative && !can_recurse;
}

bool fopnp_dns_message_parse(const uint8_t *bytes, size_t len, struct fopnp_dns_message *out)
{
	struct cursor cursor = { bytes, bytes + NS_HFIXEDSZ, bytes + len };

	*out = (struct fopnp_dns_message){ .ttl = -1, .negative_ttl = -1 };
	if (len < NS_HFIXEDSZ)
		return false;
	out->id = (uint16_t)get_16(bytes);
	out->is_reply = bytes[2] & 0x80;
	out->is_truncated = bytes[2] & 0x02;
	out->is_authenticated = bytes[3] & 0x20;
	out->is_referral = is_referral(bytes);
	out->rcode = bytes[3] & 0x0f;
	for (unsigned i = 0; i < get_16(bytes + 4); i++)
		if (i == 0 ? !read_question(&cursor, out) : !skip_question(&cursor))
			return i > 0;
	read_sections(&cursor, out);
	return true;
}

struct word {
	unsigned number;
	const char *text;
};

/* Those that dig 9.18 knows: where a type is part of a text, it is as dig's. */
static const struct word TYPES[] = {
	{ 1, "A" },         { 2, "NS" },         { 3, "MD" },          { 4, "MF" },
	{ 5, "CNAME" },     { 6, "SOA" },        { 7, "MB" },          { 8, "MG" },
	{ 9, "MR" },        { 10, "NULL" },      { 11, "WKS" },        { 12, "PTR" },
	{ 13, "HINFO" },    { 14, "MINFO" },     { 15, "MX" },         { 16, "TXT" },
	{ 17, "RP" },       { 18, "AFSDB" },     { 19, "X25" },        { 20, "ISDN" },
	{ 21, "RT" },       { 22, "NSAP" },      { 23, "NSAP-PTR" },   { 24, "SIG" },
	{ 25, "KEY" },      { 26, "PX" },        { 27, "GPOS" },       { 28, "AAAA" },
	{ 29, "LOC" },      { 30, "NXT" },       { 31, "EID" },        { 32, "NIMLOC" },
	{ 33, "SRV" },      { 34, "ATMA" },      { 35, "NAPTR" },      { 36, "KX" },
	{ 37, "CERT" },     { 38, "A6" },        { 39, "DNAME" },      { 40, "SINK" },
	{ 41, "OPT" },      { 42, "APL" },       { 43, "DS" },         { 44, "SSHFP" },
	{ 45, "IPSECKEY" }, { 46, "RRSIG" },     { 47, "NSEC" },       { 48, "DNSKEY" },
	{ 49, "DHCID" },    { 50, "NSEC3" },     { 51, "NSEC3PARAM" }, { 52, "TLSA" },
	{ 53, "SMIMEA" },   { 55, "HIP" },       { 56, "NINFO" },      { 57, "RKEY" },
	{ 58, "TALINK" },   { 59, "CDS" },       { 60, "CDNSKEY" },    { 61, "OPENPGPKEY" },
	{ 62, "CSYNC" },    { 63, "ZONEMD" },    { 64, "SVCB" },       { 65, "HTTPS" },
	{ 66, "DSYNC" },    { 67, "HHIT" },      { 68, "BRID" },       { 99, "SPF" },
	{ 100, "UINFO" },   { 101, "UID" },      { 102, "GID" },       { 103, "UNSPEC" },
	{ 104, "NID" },     { 105, "L32" },      { 106, "L64" },       { 107, "LP" },
	{ 108, "EUI48" },   { 109, "EUI64" },    { 249, "TKEY" },      { 250, "TSIG" },
	{ 251, "IXFR" },    { 252, "AXFR" },     { 253, "MAILB" },     { 254, "MAILA" },
	{ 255, "ANY" },     { 256, "URI" },      { 257, "CAA" },       { 258, "AVC" },
	{ 259, "DOA" },     { 260, "AMTRELAY" }, { 261, "RESINFO" },   { 262, "WALLET" },
	{ 32768, "TA" },    { 32769, "DLV" }
};

static const struct word RCODES[] = {
	{ 0, "NOERROR" }, { 1, "FORMERR" },   { 2, "SERVFAIL" },   { 3, "NXDOMAIN" },
	{ 4, "NOTIMP" },  { 5, "REFUSED" },   { 6, "YXDOMAIN" },   { 7, "YXRRSET" },
	{ 8, "NXRRSET" }, { 9, "NOTAUTH" },   { 10, "NOTZONE" },   { 16, "BADVERS" },
	{ 17, "BADKEY" }, { 18, "BADTIME" },  { 19, "BADMODE" },   { 20, "BADNAME" },
	{ 21, "BADALG" }, { 22, "BADTRUNC" }, { 23, "BADCOOKIE" },
};

static const char *find_word(const struct word *words, size_t count, unsigned number)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].number == number)
			return words[i].text;
	return NULL;
}

const char *fopnp_dns_type_name(unsigned type, char text[static FOPNP_DNS_WORD_TEXT])
{
	const char *word = find_word(TYPES, sizeof(TYPES) / sizeof(TYPES[0]), type);

	if (word)
		return word;
	(void)snprintf(text, FOPNP_DNS_WORD_TEXT, "TYPE%u", type);
	return text;
}

const char *fopnp_dns_rcode_name(unsigned rcode, char text[static FOPNP_DNS_WORD_TEXT])
{
	const char *word = find_word(RCODES, sizeof(RCODES) / sizeof(RCODES[0]), rcode);

	if (word)
		return word;
	(void)snprintf(text, FOPNP_DNS_WORD_TEXT, "RCODE%u", rcode);
	return text;
}

/* The number of a word, or what stands behind PREFIX: "TYPE65000". */
static bool find_number(const struct word *words, size_t count, const char *word,
			const char *prefix, unsigned *out_number)
{
	const char *digits = word + strlen(prefix);
	unsigned long number;
	char *end;

	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(words[i].text, word) != 0)
			continue;
		*out_number = words[i].number;
		return true;
	}
	if (strncasecmp(word, prefix, strlen(prefix)) != 0 || *digits < '0' || *digits > '9')
		return false;
	number = strtoul(digits, &end, 10);
	*out_number = (unsigned)number;
	return *end == '\0' && number <= UINT16_MAX;
}

bool fopnp_dns_type_number(const char *word, unsigned *out_type)
{
	return find_number(TYPES, sizeof(TYPES) / sizeof(TYPES[0]), word, "TYPE", out_type);
}

bool fopnp_dns_rcode_number(const char *word, unsigned *out_rcode)
{
	return find_number(RCODES, sizeof(RCODES) / sizeof(RCODES[0]), word, "RCODE", out_rcode);
}
