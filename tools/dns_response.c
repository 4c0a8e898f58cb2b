/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DNS messages as dig shows them. */
#include "tools/dns_response.h"

#include "nss_module/lookup/dns_packet.h"
#include "tools/dns_rdata.h"
#include "tools/memory.h"

#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_EDE 15 /* RFC 8914 section 2 */

static unsigned get_16(const uint8_t *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

static uint32_t get_32(const uint8_t *bytes)
{
	return (uint32_t)get_16(bytes) << 16 | get_16(bytes + 2);
}

/* ---- reading ---- */

static void take_header(const struct fopnp_dns_header *header, struct fopnp_dns_response *response)
{
	response->id = header->id;
	response->opcode = header->flags >> 11 & 0xf;
	response->rcode = header->flags & FOPNP_DNS_FLAG_RCODE;
	response->is_reply = header->flags & FOPNP_DNS_FLAG_QR;
	response->is_authoritative = header->flags & FOPNP_DNS_FLAG_AA;
	response->is_truncated = header->flags & FOPNP_DNS_FLAG_TC;
	response->is_recursion_desired = header->flags & FOPNP_DNS_FLAG_RD;
	response->is_recursion_available = header->flags & FOPNP_DNS_FLAG_RA;
	response->is_authentic = header->flags & FOPNP_DNS_FLAG_AD;
	response->is_checking_disabled = header->flags & 0x0010;
}

/* With the final dot. */
static char *complete_name(const char *name)
{
	return fopnp_memory_format("%s%s", name, strcmp(name, ".") == 0 ? "" : ".");
}

static void take_question(struct fopnp_dns_reader *reader, struct fopnp_dns_response *response)
{
	char name[FOPNP_DNS_NAME_SIZE];
	uint16_t type, class;

	if (!fopnp_dns_reader_question(reader, name, &type, &class))
		return;
	response->question = complete_name(name);
	response->question_type = type;
	response->question_class = class;
}

/* RFC 8914 section 2; the text may lack. */
static void take_extended_error(const uint8_t *option, size_t len,
				struct fopnp_dns_response *response)
{
	if (len < 2 || response->ede_code >= 0)
		return;
	response->ede_code = (int)get_16(option);
	if (len > 2)
		response->ede_text = fopnp_memory_copy((const char *)option + 2, len - 2);
}

/* RFC 6891 section 6.1: a record whose class and TTL are something else. */
static void take_edns(const struct fopnp_dns_record *record, struct fopnp_dns_response *response)
{
	const uint8_t *at = record->data, *end = at + record->data_len;

	if (response->has_edns)
		return;
	response->has_edns = true;
	response->edns_size = record->class;
	response->rcode |= record->ttl >> 24 << 4;
	response->edns_version = record->ttl >> 16 & 0xff;
	response->is_dnssec_ok = record->ttl & 0x8000;
	while (end - at >= 4 && (size_t)(end - at - 4) >= get_16(at + 2)) {
		if (get_16(at) == OPTION_EDE)
			take_extended_error(at + 4, get_16(at + 2), response);
		at += 4 + get_16(at + 2);
	}
	if (at != end)
		response->is_broken = true;
}

/* How long "there is none" may be kept: the lesser of the SOA's own TTL and its last field. */
static void take_negative_ttl(const struct fopnp_dns_response_record *soa,
			      struct fopnp_dns_response *response)
{
	uint32_t minimum;

	if (response->negative_ttl >= 0 || soa->is_malformed)
		return;
	minimum = get_32(soa->data + soa->data_len - 4);
	response->negative_ttl = soa->ttl < minimum ? soa->ttl : minimum;
}

static bool has_preference(unsigned type)
{
	return type == ns_t_mx || type == ns_t_srv || type == 64 /* SVCB */ ||
	       type == 65 /* HTTPS */;
}

static void take_data(const struct fopnp_dns_reader *reader, const struct fopnp_dns_record *record,
		      struct fopnp_dns_response_record *out)
{
	out->type = record->type;
	out->class = record->class;
	out->ttl = record->ttl;
	out->text = fopnp_dns_rdata_text(reader, record, &out->target, &out->is_malformed);
	out->data_len = record->data_len;
	out->data = (uint8_t *)fopnp_memory_copy((const char *)record->data, record->data_len);
	/* Without a target it was malformed, or of a class in which the type means something else. */
	if (has_preference(record->type) && out->target)
		out->preference = get_16(out->data);
}

static void take_record(const struct fopnp_dns_reader *reader,
			const struct fopnp_dns_record *record, struct fopnp_dns_response *response)
{
	struct fopnp_dns_response_record *out = &response->records[response->record_count];
	char owner[FOPNP_DNS_NAME_SIZE];

	if (fopnp_dns_reader_name(reader, record->owner, owner) < 0) {
		response->is_broken = true;
		return;
	}
	response->record_count++;
	out->section = (enum fopnp_dns_section)record->section;
	out->owner = complete_name(owner);
	take_data(reader, record, out);
	if (out->type == ns_t_soa && out->section == FOPNP_DNS_AUTHORITY)
		take_negative_ttl(out, response);
}

static void take_records(struct fopnp_dns_reader *reader, struct fopnp_dns_response *response)
{
	struct fopnp_dns_record record;
	size_t room = 0;

	while (fopnp_dns_reader_record(reader, &record)) {
		if (record.type == ns_t_opt && record.section == FOPNP_DNS_ADDITIONAL) {
			take_edns(&record, response);
			continue;
		}
		if (response->record_count == room) {
			room = room ? 2 * room : 8;
			response->records = fopnp_memory_resize(response->records, room,
								sizeof(*response->records));
		}
		response->records[response->record_count] = (struct fopnp_dns_response_record){ 0 };
		take_record(reader, &record, response);
	}
	response->is_broken |= reader->is_broken;
}

bool fopnp_dns_response_parse(const uint8_t *bytes, size_t len, struct fopnp_dns_response *out)
{
	struct fopnp_dns_reader reader;

	*out = (struct fopnp_dns_response){ .ede_code = -1, .negative_ttl = -1 };
	if (!fopnp_dns_reader_start(&reader, bytes, len))
		return false;
	take_header(&reader.header, out);
	take_question(&reader, out);
	take_records(&reader, out);
	return true;
}

void fopnp_dns_response_clear(struct fopnp_dns_response *response)
{
	for (size_t i = 0; i < response->record_count; i++) {
		free(response->records[i].owner);
		free(response->records[i].text);
		free(response->records[i].target);
		free(response->records[i].data);
	}
	free(response->records);
	free(response->question);
	free(response->ede_text);
	*response = (struct fopnp_dns_response){ .ede_code = -1, .negative_ttl = -1 };
}

/* ---- asking ---- */

const struct fopnp_dns_response_record *fopnp_dns_response_next(
	const struct fopnp_dns_response *response, const struct fopnp_dns_response_record *after,
	enum fopnp_dns_section section, const char *owner, unsigned type)
{
	size_t i = after ? (size_t)(after - response->records) + 1 : 0;

	for (; i < response->record_count; i++) {
		const struct fopnp_dns_response_record *record = &response->records[i];

		if (record->section == section && (type == 0 || record->type == type) &&
		    (!owner || fopnp_dns_name_equal(record->owner, owner)))
			return record;
	}
	return NULL;
}

/* The target of its CNAME in the answer; NULL: it has none. */
static const char *next_name(const struct fopnp_dns_response *response, const char *name)
{
	const struct fopnp_dns_response_record *alias = NULL;

	while ((alias = fopnp_dns_response_next(response, alias, FOPNP_DNS_ANSWER, name,
						ns_t_cname)))
		if (alias->target)
			return alias->target;
	return NULL;
}

const char *fopnp_dns_response_follow(const struct fopnp_dns_response *response, const char *name)
{
	for (unsigned i = 0; i <= FOPNP_DNS_CHAIN_MAX; i++) {
		const char *next = next_name(response, name);

		if (!next)
			return name;
		name = next;
	}
	return NULL;
}

const char *fopnp_dns_ede_words(unsigned code)
{
	/* The registry "Extended DNS Error Codes" of IANA. */
	static const char *const words[] = {
		"Other Error",
		"Unsupported DNSKEY Algorithm",
		"Unsupported DS Digest Type",
		"Stale Answer",
		"Forged Answer",
		"DNSSEC Indeterminate",
		"DNSSEC Bogus",
		"Signature Expired",
		"Signature Not Yet Valid",
		"DNSKEY Missing",
		"RRSIGs Missing",
		"No Zone Key Bit Set",
		"NSEC Missing",
		"Cached Error",
		"Not Ready",
		"Blocked",
		"Censored",
		"Filtered",
		"Prohibited",
		"Stale NXDOMAIN Answer",
		"Not Authoritative",
		"Not Supported",
		"No Reachable Authority",
		"Network Error",
		"Invalid Data",
		"Signature Expired before Valid",
		"Too Early",
		"Unsupported NSEC3 Iterations Value",
		"Unable to conform to policy",
		"Synthesized",
		"Invalid Query Type",
	};

	return code < sizeof(words) / sizeof(words[0]) ? words[code] : NULL;
}
