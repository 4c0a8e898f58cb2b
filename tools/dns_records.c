/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The records of several replies together, and as data alone. */
#include "tools/dns_output.h"

#include "nss_module/lookup/ascii.h"
#include "tools/dns_message.h"
#include "tools/dns_notes.h"
#include "tools/escape.h"
#include "tools/memory.h"
#include "tools/message.h"

#include <arpa/nameser.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* TTLs aside: caches count them down. */
static bool is_same_record(const struct fopnp_dns_response_record *a,
			   const struct fopnp_dns_response_record *b)
{
	return a->type == b->type && a->class == b->class && strcmp(a->text, b->text) == 0 &&
	       fopnp_dns_name_equal(a->owner, b->owner);
}

/* FNV-1a, whatever the case of letters, as names have it. */
static uint32_t add_to_hash(uint32_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (uint8_t)fopnp_ascii_lower(*text)) * UINT32_C(16777619);
	return hash;
}

/*
 * Records, each once, by a hash: replies of 6,000 records that are all compared with each other take
 * many seconds.
 */
struct record_set {
	const struct fopnp_dns_response_record **slots;
	size_t mask; /* their number, a power of two, minus one */
};

/* Where RECORD is, or would be. */
static const struct fopnp_dns_response_record **find_slot(
	const struct record_set *set, const struct fopnp_dns_response_record *record)
{
	uint32_t hash = add_to_hash(UINT32_C(2166136261) ^ record->type, record->text);
	size_t at = add_to_hash(hash, record->owner) & set->mask;

	while (set->slots[at] && !is_same_record(set->slots[at], record))
		at = (at + 1) & set->mask;
	return &set->slots[at];
}

static size_t count_records(const struct fopnp_dns_job *job)
{
	size_t count = 0;

	for (size_t i = 0; i < job->lookup_count; i++)
		count += job->lookups[i].exchange.response.record_count;
	return count;
}

struct fopnp_dns_record_list fopnp_dns_job_records(const struct fopnp_dns_job *job,
						   enum fopnp_dns_section section)
{
	size_t most = count_records(job), room = 8;
	struct fopnp_dns_record_list all = { 0 };
	struct record_set set;

	while (room < 2 * most)
		room *= 2;
	set = (struct record_set){ fopnp_memory_zeroed(room, sizeof(*set.slots)), room - 1 };
	all.list = fopnp_memory_zeroed(most + 1, sizeof(*all.list));
	for (size_t i = 0; i < job->lookup_count; i++) {
		const struct fopnp_dns_response *response = &job->lookups[i].exchange.response;
		size_t before = all.count;

		for (size_t j = 0; j < response->record_count; j++)
			if (response->records[j].section == section &&
			    !*find_slot(&set, &response->records[j]))
				all.list[all.count++] = &response->records[j];
		/* What one reply has twice is shown twice. */
		for (size_t j = before; j < all.count; j++)
			*find_slot(&set, all.list[j]) = all.list[j];
	}
	free(set.slots);
	return all;
}

char *fopnp_dns_server_place(const struct fopnp_dns_server *server)
{
	if (!server->line)
		return fopnp_memory_copy_text(server->text);
	return fopnp_memory_format("%s (%s:%u)", server->text, FOPNP_RESOLV_CONF, server->line);
}

static void tell_failure(const struct fopnp_dns_lookup *lookup)
{
	char word[FOPNP_DNS_WORD_TEXT], text[FOPNP_DNS_END_TEXT];
	const struct fopnp_dns_exchange *exchange = &lookup->exchange;
	const char *what = fopnp_dns_reply_word(exchange->end, exchange->response.rcode, text);

	if (exchange->end == FOPNP_DNS_REPLIED && exchange->response.rcode == ns_r_noerror)
		what = fopnp_dns_lookup_outcome(lookup) == FOPNP_DNS_REFERRAL
			       ? "the server does not know"
			       : "its reply is malformed, or of another name";
	fopnp_message_error("dns-failed", NULL, "%s of %s: %s: %s",
			    fopnp_dns_type_name(lookup->type, word), exchange->name,
			    exchange->server->text, what);
}

void fopnp_dns_print_short(const struct fopnp_dns_job *job)
{
	struct fopnp_dns_record_list records = fopnp_dns_job_records(job, FOPNP_DNS_ANSWER);

	for (size_t i = 0; i < records.count; i++) {
		const char *text = records.list[i]->text;
		FOPNP_AUTO_FREE char *safe = fopnp_escape_text(text, strlen(text));

		(void)puts(safe);
	}
	free(records.list);
	for (size_t i = 0; i < job->lookup_count; i++) {
		if (fopnp_dns_lookup_has_failed(&job->lookups[i]))
			tell_failure(&job->lookups[i]);
	}
}
