/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader of DNS messages: nothing beyond the packet, and names that can be printed. */
#include "nss_module/lookup/dns_packet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is printable comes out as it was put in. */
static void check_name(const char *name)
{
	uint8_t bytes[FOPNP_DNS_QUERY_SIZE];
	char again[FOPNP_DNS_NAME_SIZE];
	struct fopnp_dns_reader reader;
	uint16_t type, class;
	size_t len;

	for (const char *c = name; *c; c++)
		assert(*c > ' ' && *c <= '~');
	len = fopnp_dns_write_query(bytes, 1, 0, name, 2, 3, 1232);
	assert(len > 0 && len <= sizeof(bytes));
	assert(fopnp_dns_reader_start(&reader, bytes, len));
	assert(fopnp_dns_reader_question(&reader, again, &type, &class));
	assert(strcmp(name, again) == 0 && type == 2 && class == 3);
}

static void check_query(const char *text)
{
	uint8_t bytes[FOPNP_DNS_QUERY_SIZE];
	struct fopnp_dns_reader reader;
	char name[FOPNP_DNS_NAME_SIZE];
	uint16_t type, class;
	size_t len = fopnp_dns_write_query(bytes, 1, 0, text, 1, 1, 0);

	if (len == 0)
		return;
	assert(len <= sizeof(bytes) && fopnp_dns_reader_start(&reader, bytes, len));
	assert(fopnp_dns_reader_question(&reader, name, &type, &class));
	assert(reader.at == reader.end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[FOPNP_DNS_NAME_SIZE], word[FOPNP_DNS_WORD_SIZE];
	char *text = strndup((const char *)data, size);
	unsigned questions = 0, section = 1;
	struct fopnp_dns_record record;
	struct fopnp_dns_reader reader;
	uint16_t type, class;

	check_query(text);
	free(text);
	if (!fopnp_dns_reader_start(&reader, data, size)) {
		assert(size < 12);
		return 0;
	}
	while (fopnp_dns_reader_question(&reader, name, &type, &class)) {
		check_name(name);
		assert(++questions <= reader.header.counts[0]);
	}
	while (fopnp_dns_reader_record(&reader, &record)) {
		assert(record.section >= section && record.section <= 3);
		section = record.section;
		assert(record.data >= data && record.data + record.data_len <= data + size);
		if (fopnp_dns_reader_name(&reader, record.owner, name) > 0)
			check_name(name);
		if (fopnp_dns_reader_name(&reader, record.data, name) > 0)
			check_name(name);
		assert(strlen(fopnp_dns_type_word(record.type, word)) < sizeof(word));
	}
	assert(reader.at <= reader.end);
	return 0;
}
