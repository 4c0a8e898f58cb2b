/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Replies to fopnp:dns: whatever comes, names are host names, the answer is no larger
 * than the bytes allow, and what a step tells is a line of words.  The first two bytes
 * are the length of the first reply, the rest is the second.
 */
#include "nss_module/dns/answer.h"
#include "nss_module/dns/outcome.h"
#include "nss_module/dns/report.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct fopnp_dns_answer *answer, size_t len, bool has_addresses)
{
	assert(!answer->is_without_memory);
	/* A record takes 11 bytes at least, an address 4 more. */
	assert(answer->name_count <= 1 + len / 11);
	assert(answer->address_count <= len / 15);
	assert(answer->ttl >= 0);
	for (size_t i = 0; i < answer->name_count; i++)
		assert(res_hnok(answer->names[i]) && strlen(answer->names[i]) < 256);
	if (answer->status == NSS_STATUS_SUCCESS) {
		assert(answer->error == 0 && answer->h_error == NETDB_SUCCESS);
		assert(answer->name_count > 0);
		assert(answer->address_count > 0 || !has_addresses);
	} else {
		assert(answer->h_error == HOST_NOT_FOUND || answer->h_error == NO_RECOVERY);
		assert(answer->error == 0 || answer->error == ENOENT || answer->error == EMSGSIZE);
	}
	fopnp_dns_answer_clear(answer);
}

static void walk(struct fopnp_dns_bytes first, struct fopnp_dns_bytes second)
{
	struct fopnp_dns_answer answer;

	fopnp_dns_answer_start(&answer);
	fopnp_dns_answer_of_family(&answer, first, AF_INET);
	fopnp_dns_answer_sort(&answer, &(struct fopnp_dns_net){ 10, 255 }, 1);
	check(&answer, first.len, true);
	fopnp_dns_answer_of_family(&answer, first, AF_INET6);
	check(&answer, first.len, true);
	fopnp_dns_answer_of_pointer(&answer, first);
	check(&answer, first.len, false);
	fopnp_dns_answer_of_both(&answer, first, second);
	check(&answer, first.len + second.len, true);
}

static void check_words(const char *line)
{
	for (; *line; line++)
		assert(*line == ' ' || *line == '=' || *line == '%' || strchr("-._:/@+,~", *line) ||
		       (*line >= '0' && *line <= '9') || (*line >= 'A' && *line <= 'Z') ||
		       (*line >= 'a' && *line <= 'z'));
}

/* A copy of the bytes, so that a read behind them is seen. */
static struct fopnp_dns_reply reply_of(struct fopnp_dns_bytes bytes, bool is_tcp)
{
	struct fopnp_dns_reply reply = { .end = FOPNP_DNS_REPLIED,
					 .len = bytes.len,
					 .is_tcp = is_tcp };

	reply.packet = malloc(bytes.len > 0 ? bytes.len : 1);
	if (!reply.packet)
		abort();
	memcpy(reply.packet, bytes.bytes, bytes.len);
	return reply;
}

static void judge_and_report(struct fopnp_dns_bytes first, struct fopnp_dns_bytes second)
{
	static struct fopnp_dns_lookup lookup;
	struct fopnp_dns_outcome outcome;
	char line[512] = "";
	struct fopnp_detail detail = { .line = line, .size = sizeof(line) };
	struct fopnp_ask ask = { .detail = &detail };

	lookup.ask = &ask;
	lookup.name = "www.example";
	lookup.settings.servers[0].inet.sin_family = AF_INET;
	lookup.settings.server_count = 1;
	lookup.type_count = 2;
	lookup.replies[0] = reply_of(first, false);
	lookup.replies[1] = reply_of(second, true);
	lookup.log.count = 1;
	lookup.log.queries[0].name = FOPNP_DNS_NAME_AS_IS;
	outcome = fopnp_dns_judge(lookup.replies, 2, false, &lookup.log, 0, lookup.is_usable);
	assert(outcome.is_answered || outcome.h_error > 0);
	assert(!outcome.is_answered || lookup.is_usable[0] || lookup.is_usable[1]);
	fopnp_dns_report(&lookup);
	check_words(line);
	free(lookup.replies[0].packet);
	free(lookup.replies[1].packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fopnp_dns_bytes first, second;

	if (size < 2)
		return 0;
	first.len = (size_t)data[0] << 8 | data[1];
	if (first.len > size - 2)
		first.len = size - 2;
	first.bytes = data + 2;
	second.bytes = first.bytes + first.len;
	second.len = size - 2 - first.len;
	walk(first, second);
	judge_and_report(first, second);
	return 0;
}
