/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DNS packets: any bytes are read within bounds, and what is told of them is printable. */
#include "tools/dns_message.h"

#include <arpa/nameser.h>
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *name)
{
	assert(memchr(name, '\0', FOPNP_DNS_NAME) != NULL);
	for (; *name; name++)
		assert(*name > ' ' && *name <= '~');
}

static void check_ttl(int64_t ttl)
{
	assert(ttl >= -1 && ttl <= UINT32_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fopnp_dns_message message;
	char word[FOPNP_DNS_WORD_TEXT];
	bool is_message = fopnp_dns_message_parse(data, size, &message);

	assert(!is_message || size >= NS_HFIXEDSZ);
	check_name(message.name);
	check_name(message.target);
	check_ttl(message.ttl);
	check_ttl(message.negative_ttl);
	assert(message.wanted_count <= message.answer_count);
	/* A record is 11 bytes at least. */
	assert(message.answer_count <= size / 11);
	assert((message.answer_count > 0) == (message.ttl >= 0));
	assert(message.has_question == (message.name[0] != '\0'));
	assert(strlen(fopnp_dns_type_name(message.type, word)) < FOPNP_DNS_WORD_TEXT);
	assert(strlen(fopnp_dns_rcode_name(message.rcode, word)) < FOPNP_DNS_WORD_TEXT);
	return 0;
}
