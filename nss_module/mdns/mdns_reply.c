/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judging replies, see mdns_reply.h. */
#include "nss_module/mdns/mdns_reply.h"

#include <arpa/nameser.h>
#include <string.h>
#include <sys/socket.h>

#include "nss_module/lookup/ascii.h"
#include "nss_module/lookup/dns_packet.h"
#include "nss_module/mdns/mdns_names.h"

#define FLAG_OPCODE 0x7800
#define CACHE_FLUSH 0x8000 /* RFC 6762 section 10.2, the top bit of the class */
#define TYPE_NSEC   47

/* Names of compression pointers are slow to read: so many in a packet, and no more. */
#define RECORDS_MAX 64

struct judgement {
	const struct fopnp_mdns_question *question;
	const struct fopnp_mdns_origin *origin;
	struct fopnp_dns_reader reader;
	struct fopnp_dns_record record;
	struct fopnp_mdns_result result;
	bool is_about_name;
	char name[FOPNP_DNS_NAME_SIZE];
};

static bool is_name_asked(const struct judgement *judgement)
{
	const char *asked = judgement->question->name;

	return fopnp_ascii_equal_word(judgement->name, strlen(judgement->name), asked);
}

/* The reply repeats the question (section 6.7); small responders leave it out. */
static bool is_to_question(struct judgement *judgement)
{
	uint16_t type, class;

	if (judgement->reader.header.counts[0] == 0)
		return true;
	return fopnp_dns_reader_question(&judgement->reader, judgement->name, &type, &class) &&
	       is_name_asked(judgement);
}

static bool is_header_good(const struct fopnp_dns_header *header, uint16_t id)
{
	uint16_t wanted = header->flags & (FOPNP_DNS_FLAG_QR | FLAG_OPCODE | FOPNP_DNS_FLAG_RCODE);

	return header->id == id && wanted == FOPNP_DNS_FLAG_QR;
}

static void take_address(struct judgement *judgement, unsigned type, int family, size_t size)
{
	const struct fopnp_dns_record *record = &judgement->record;

	if (record->data_len == size && fopnp_mdns_is_host_address(family, record->data))
		fopnp_mdns_result_add_address(&judgement->result, type, family, record->data,
					      record->ttl, judgement->origin);
}

static void take_pointer(struct judgement *judgement, unsigned type)
{
	const struct fopnp_dns_record *record = &judgement->record;
	int len = fopnp_dns_reader_name(&judgement->reader, record->data, judgement->name);

	if (len == record->data_len && fopnp_mdns_is_host_name(judgement->name))
		fopnp_mdns_result_add_target(&judgement->result, type, judgement->name, record->ttl,
					     judgement->origin);
}

static void take_wanted(struct judgement *judgement, unsigned type)
{
	if (judgement->record.ttl == 0 || judgement->record.ttl > INT32_MAX)
		return;
	switch (judgement->record.type) {
	case ns_t_a:
		take_address(judgement, type, AF_INET, 4);
		break;
	case ns_t_aaaa:
		take_address(judgement, type, AF_INET6, 16);
		break;
	case ns_t_ptr:
		take_pointer(judgement, type);
		break;
	default:
		break;
	}
}

/* Whether the map of the types that exist (RFC 4034 section 4.1.2) is there and lacks TYPE. */
static bool is_denied(const uint8_t *map, size_t len, unsigned type)
{
	/* Section 6.1 has block 0 alone, with at most 32 bytes. */
	if (len < 3 || map[0] != 0 || map[1] == 0 || map[1] > 32 || map[1] > len - 2)
		return false;
	return type / 8 >= map[1] || !(map[2 + type / 8] & 0x80 >> type % 8);
}

static void take_denials(struct judgement *judgement)
{
	const struct fopnp_mdns_question *question = judgement->question;
	const struct fopnp_dns_record *record = &judgement->record;
	int len = fopnp_dns_reader_name(&judgement->reader, record->data, judgement->name);

	if (len < 0 || len > record->data_len)
		return;
	for (unsigned i = 0; i < question->type_count; i++)
		if (is_denied(record->data + len, record->data_len - (size_t)len,
			      question->types[i]))
			fopnp_mdns_result_deny(&judgement->result, i);
}

static void take_record_of_name(struct judgement *judgement)
{
	const struct fopnp_mdns_question *question = judgement->question;

	judgement->is_about_name = true;
	if (judgement->record.type == TYPE_NSEC)
		take_denials(judgement);
	for (unsigned i = 0; i < question->type_count; i++)
		if (judgement->record.type == question->types[i])
			take_wanted(judgement, i);
}

static void take_record(struct judgement *judgement)
{
	const struct fopnp_dns_record *record = &judgement->record;

	if (record->section == 2 || (record->class & ~CACHE_FLUSH) != ns_c_in)
		return;
	if (fopnp_dns_reader_name(&judgement->reader, record->owner, judgement->name) < 0)
		judgement->reader.is_broken = true;
	else if (is_name_asked(judgement))
		take_record_of_name(judgement);
}

bool fopnp_mdns_reply_take(const struct fopnp_mdns_question *question, uint16_t id,
			   const uint8_t *packet, size_t len,
			   const struct fopnp_mdns_origin *origin, struct fopnp_mdns_result *result)
{
	struct judgement judgement;

	if (!fopnp_dns_reader_start(&judgement.reader, packet, len) ||
	    !is_header_good(&judgement.reader.header, id))
		return false;
	judgement.question = question;
	judgement.origin = origin;
	judgement.result = *result;
	judgement.is_about_name = false;
	if (!is_to_question(&judgement))
		return false;
	for (unsigned count = 0; fopnp_dns_reader_record(&judgement.reader, &judgement.record);
	     count++) {
		if (count == RECORDS_MAX)
			return false;
		take_record(&judgement);
	}
	if (judgement.reader.is_broken || !judgement.is_about_name)
		return false;
	*result = judgement.result;
	return true;
}
