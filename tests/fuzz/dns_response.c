/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DNS messages as `fopnp dns` reads them: within bounds, and texts that can be printed. */
#include "tools/dns_response.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing that moves a terminal's cursor, nor a line's end. */
static void check_printable(const char *text)
{
	for (; *text; text++)
		assert(*text >= ' ' && *text <= '~');
}

/* Complete, without blanks, and one with itself and below the root. */
static void check_name(const char *name)
{
	size_t len = strlen(name);

	check_printable(name);
	assert(len > 0 && name[len - 1] == '.' && !strchr(name, ' '));
	assert(fopnp_dns_name_equal(name, name));
	assert(fopnp_dns_name_is_within(name, name) && fopnp_dns_name_is_within(name, "."));
}

static void check_record(const struct fopnp_dns_response_record *record)
{
	char unknown[32];

	assert(record->section >= FOPNP_DNS_ANSWER && record->section <= FOPNP_DNS_ADDITIONAL);
	assert(record->type != 41 || record->section != FOPNP_DNS_ADDITIONAL);
	check_name(record->owner);
	check_printable(record->text);
	if (record->target)
		check_name(record->target);
	assert(record->data || record->data_len == 0);
	(void)snprintf(unknown, sizeof(unknown), "\\# %zu", record->data_len);
	if (record->is_malformed)
		assert(!record->target && record->preference == 0 &&
		       strncmp(record->text, unknown, strlen(unknown)) == 0);
}

static void check_response(const struct fopnp_dns_response *response, size_t size)
{
	/* A record is 11 bytes at least. */
	assert(response->record_count <= (size - 12) / 11);
	assert(response->rcode <= 4095 && response->opcode <= 15 && response->edns_version <= 255);
	assert(response->has_edns || response->ede_code == -1);
	assert(response->ede_code >= -1 && response->ede_code <= UINT16_MAX);
	assert(!response->ede_text || response->ede_code >= 0);
	assert(response->negative_ttl >= -1 && response->negative_ttl <= UINT32_MAX);
	for (size_t i = 0; i < response->record_count; i++)
		check_record(&response->records[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fopnp_dns_response_record *record = NULL;
	struct fopnp_dns_response response;
	bool is_message = fopnp_dns_response_parse(data, size, &response);
	const char *end;

	assert(is_message == (size >= 12));
	if (!is_message)
		return 0;
	check_response(&response, size);
	if (response.question) {
		check_name(response.question);
		end = fopnp_dns_response_follow(&response, response.question);
		/* What a chain ends at has no alias. */
		while (end && (record = fopnp_dns_response_next(&response, record, FOPNP_DNS_ANSWER,
								end, 5)))
			assert(!record->target);
	}
	fopnp_dns_response_clear(&response);
	return 0;
}
