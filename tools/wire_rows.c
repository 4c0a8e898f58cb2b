/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exchanges told together, and the words for them. */
#include "tools/wire_rows.h"

#include "nss_module/lookup/status.h"
#include "tools/memory.h"
#include "tools/trace_words.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIFFERENT_US 500000u /* such times do not share a row */

/* ---- words; the caller's ---- */

/* Names from the wire have no final dot; that glibc asks for just this one is the point. */
static const char *final_dot(const char *name)
{
	return strcmp(name, ".") == 0 ? "" : ".";
}

/* By TCP it is asked after UDP, for a reply that did not fit: that alone is not "again". */
static bool is_again(const struct fopnp_wire_block *block,
		     const struct fopnp_wire_exchange *exchange)
{
	const struct fopnp_wire_exchange *other = exchange;

	while (other > block->list && other->round == exchange->round)
		other--;
	if (!exchange->is_tcp || other->round == exchange->round)
		return exchange->retry > 0;
	return exchange->retry > 0 && other->is_tcp;
}

char *fopnp_wire_question_words(const struct fopnp_wire_block *block,
				const struct fopnp_wire_row *row)
{
	const struct fopnp_dns_message *first = &row->first->query->message;
	char type[FOPNP_DNS_WORD_TEXT], other[FOPNP_DNS_WORD_TEXT];
	FOPNP_AUTO_FREE char *how = fopnp_memory_format(
		"%s%s%s", row->first->is_tcp && !row->first->was_truncated ? " by TCP" : "",
		is_again(block, row->first) ? " again" : "",
		row->first->is_for_larger_buffer ? ", larger buffer" : "");

	if (!first->has_question)
		return fopnp_memory_format("no question%s", how);
	return fopnp_memory_format(
		"%s%s %s%s%s%s", first->name, final_dot(first->name),
		fopnp_dns_type_name(first->type, type), row->count > 1 ? ", " : "",
		row->count > 1 ? fopnp_dns_type_name(row->first[1].query->message.type, other) : "",
		how);
}

static char *ttl_words(int64_t ttl)
{
	return ttl >= 0 ? fopnp_memory_format(", ttl %" PRId64, ttl) : fopnp_memory_copy_text("");
}

static char *count_words(unsigned type, unsigned count)
{
	const char *word = type == ns_t_a || type == ns_t_aaaa ? "address"
			   : type == ns_t_ptr                  ? "name"
							       : "record";

	return fopnp_memory_format("%u %s%s", count, word,
				   count == 1                     ? ""
				   : strcmp(word, "address") == 0 ? "es"
								  : "s");
}

/* A reply that found nothing, without an error. */
static char *no_data_words(const struct fopnp_dns_message *reply)
{
	bool is_address = reply->type == ns_t_a || reply->type == ns_t_aaaa;
	const char *what = is_address ? "no address" : "no such record";

	if (reply->is_referral)
		return fopnp_memory_copy_text("no answer: this server does not look names up");
	if (reply->ignored_count)
		return fopnp_memory_format("%s of the name: glibc drops %u of another one", what,
					   reply->ignored_count);
	if (reply->target[0])
		return fopnp_memory_format("alias of %s%s, %s there", reply->target,
					   final_dot(reply->target), what);
	return fopnp_memory_format("%s (NODATA)", what);
}

static char *reply_words(const struct fopnp_dns_message *reply)
{
	char rcode[FOPNP_DNS_WORD_TEXT];
	FOPNP_AUTO_FREE char *count = NULL;
	FOPNP_AUTO_FREE char *ttl = NULL;

	if (reply->is_truncated)
		return fopnp_memory_copy_text("truncated");
	if (reply->rcode == ns_r_noerror && reply->wanted_count == 0)
		return no_data_words(reply);
	if (reply->rcode == ns_r_noerror) {
		count = count_words(reply->type, reply->wanted_count);
		ttl = ttl_words(reply->ttl);
		return fopnp_memory_format("%s%s", count, ttl);
	}
	return fopnp_memory_copy_text(fopnp_dns_rcode_name(reply->rcode, rcode));
}

static char *late_words(const struct fopnp_wire_exchange *exchange)
{
	FOPNP_AUTO_FREE char *words = reply_words(&exchange->reply->message);
	char duration[FOPNP_DURATION_TEXT];

	return fopnp_memory_format(
		"too late, after %s: %s",
		fopnp_trace_duration(exchange->reply->at_us - exchange->at_us, duration), words);
}

/* Whether glibc asked this server by TCP, for a reply that did not fit. */
static bool is_asked_by_tcp(const struct fopnp_wire_block *block,
			    const struct fopnp_wire_exchange *exchange)
{
	for (const struct fopnp_wire_exchange *next = exchange + 1;
	     next < block->list + block->count; next++)
		if (next->is_tcp && next->server == exchange->server &&
		    strcasecmp(next->query->message.name, exchange->query->message.name) == 0)
			return true;
	return false;
}

static char *answered_words(const struct fopnp_wire_block *block,
			    const struct fopnp_wire_exchange *exchange)
{
	const struct fopnp_dns_message *reply = &exchange->reply->message;
	FOPNP_AUTO_FREE char *words = reply_words(reply);

	if (reply->is_truncated && !exchange->is_tcp && is_asked_by_tcp(block, exchange))
		return fopnp_memory_copy_text("truncated: asked again by TCP");
	return fopnp_memory_format("%s%s%s", words,
				   exchange->ignored ? "; another reply ignored: " : "",
				   exchange->ignored ? exchange->ignored : "");
}

static char *last_words(const struct fopnp_wire_block *block,
			const struct fopnp_wire_exchange *exchange)
{
	const char *error = exchange->error ? fopnp_errno_name(exchange->error) : NULL;

	switch (exchange->end) {
	case FOPNP_EXCHANGE_ANSWERED:
		return answered_words(block, exchange);
	case FOPNP_EXCHANGE_LATE:
		return late_words(exchange);
	case FOPNP_EXCHANGE_SILENT:
		if (exchange->ignored)
			return fopnp_memory_format("ignored: %s", exchange->ignored);
		return fopnp_memory_copy_text("no reply");
	case FOPNP_EXCHANGE_REFUSED:
		return fopnp_memory_copy_text("port closed");
	case FOPNP_EXCHANGE_UNREACHABLE:
		if (!error)
			return fopnp_memory_copy_text("cannot be reached");
		return fopnp_memory_format("cannot be reached: %s", error ? error : "?");
	case FOPNP_EXCHANGE_CLOSED:
		return fopnp_memory_copy_text(exchange->error == ECONNRESET
						      ? "the server reset the connection"
						      : "the server closed the connection");
	case FOPNP_EXCHANGE_ABANDONED:
		return fopnp_memory_copy_text(exchange->is_told ? "no reply yet"
								: "not waited for");
	}
	return fopnp_memory_copy_text("");
}

static char *end_words(const struct fopnp_wire_block *block,
		       const struct fopnp_wire_exchange *exchange)
{
	FOPNP_AUTO_FREE char *words = last_words(block, exchange);

	return fopnp_memory_format(
		"%s%s", exchange->was_truncated ? "truncated, then by TCP: " : "", words);
}

/* ---- rows ---- */

bool fopnp_wire_is_sound(const struct fopnp_wire_exchange *exchange)
{
	return exchange->end == FOPNP_EXCHANGE_ANSWERED && !exchange->ignored &&
	       !exchange->reply->message.is_truncated && !exchange->reply->message.is_referral;
}

bool fopnp_wire_is_fine(const struct fopnp_wire_block *block,
			const struct fopnp_wire_exchange *exchange)
{
	unsigned rcode;

	if (exchange->end == FOPNP_EXCHANGE_ABANDONED)
		return true; /* what it was left for is looked at by itself */
	if (exchange->end != FOPNP_EXCHANGE_ANSWERED || exchange->ignored ||
	    exchange->reply->message.is_referral)
		return false;
	rcode = exchange->reply->message.rcode;
	if (rcode != ns_r_noerror && rcode != ns_r_nxdomain)
		return false;
	return !exchange->reply->message.is_truncated ||
	       (!exchange->is_tcp && is_asked_by_tcp(block, exchange));
}

static bool has_records(const struct fopnp_wire_exchange *exchange)
{
	return fopnp_wire_is_sound(exchange) && exchange->reply->message.rcode == ns_r_noerror &&
	       exchange->reply->message.wanted_count > 0;
}

/* An answer of both halves that one line can tell: "3 addresses", "1 address (A only)". */
static char *joint_words(const struct fopnp_wire_row *row)
{
	const struct fopnp_wire_exchange *a = row->first, *b = row->first + 1;
	const struct fopnp_dns_message *one =
		has_records(a) ? &a->reply->message : &b->reply->message;
	unsigned records = one->wanted_count;
	int64_t least = one->ttl;
	char type[FOPNP_DNS_WORD_TEXT];
	FOPNP_AUTO_FREE char *count = NULL;
	FOPNP_AUTO_FREE char *ttl = NULL;
	FOPNP_AUTO_FREE char *only = NULL;

	if (has_records(a) && has_records(b)) {
		records += b->reply->message.wanted_count;
		if (b->reply->message.ttl < least)
			least = b->reply->message.ttl;
	} else {
		only = fopnp_memory_format(" (%s only)", fopnp_dns_type_name(one->type, type));
	}
	count = count_words(one->type, records);
	ttl = ttl_words(least);
	return fopnp_memory_format("%s%s%s", count, only ? only : "", ttl);
}

/* Both are answers without an error, and at least one has addresses. */
static bool is_joint_answer(const struct fopnp_wire_exchange *a,
			    const struct fopnp_wire_exchange *b)
{
	return fopnp_wire_is_sound(a) && fopnp_wire_is_sound(b) && !a->was_truncated &&
	       !b->was_truncated && a->reply->message.rcode == ns_r_noerror &&
	       b->reply->message.rcode == ns_r_noerror && (has_records(a) || has_records(b)) &&
	       !a->reply->message.target[0] == !b->reply->message.target[0];
}

char *fopnp_wire_row_words(const struct fopnp_wire_block *block, const struct fopnp_wire_row *row)
{
	if (row->count > 1 && is_joint_answer(row->first, row->first + 1))
		return joint_words(row);
	return end_words(block, row->first);
}

static bool can_share(const struct fopnp_wire_block *block, const struct fopnp_wire_exchange *a,
		      const struct fopnp_wire_exchange *b)
{
	uint64_t more = a->waited_us > b->waited_us ? a->waited_us : b->waited_us;
	uint64_t less = a->waited_us > b->waited_us ? b->waited_us : a->waited_us;
	FOPNP_AUTO_FREE char *words = NULL;
	FOPNP_AUTO_FREE char *other = NULL;

	if (a->round != b->round || more - less >= DIFFERENT_US || !a->retry != !b->retry)
		return false;
	if (is_joint_answer(a, b))
		return true;
	words = end_words(block, a);
	other = end_words(block, b);
	return strcmp(words, other) == 0;
}

struct fopnp_wire_row fopnp_wire_row_at(const struct fopnp_wire_block *block, size_t index)
{
	const struct fopnp_wire_exchange *first = &block->list[index];
	bool is_shared = index + 1 < block->count && can_share(block, first, first + 1);

	return (struct fopnp_wire_row){ first, is_shared ? 2 : 1 };
}

uint64_t fopnp_wire_row_cost(const struct fopnp_wire_row *row)
{
	uint64_t cost = 0;

	for (size_t i = 0; i < row->count; i++)
		if (row->first[i].waited_us > cost)
			cost = row->first[i].waited_us;
	return cost;
}

bool fopnp_wire_row_is_found(const struct fopnp_wire_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (has_records(&row->first[i]))
			return true;
	return false;
}
