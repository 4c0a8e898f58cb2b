/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replies judged, see outcome.h. */
#include "nss_module/dns/outcome.h"

#include "nss_module/dns/verdict.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>

static unsigned rcode_of(const struct fopnp_dns_header *header)
{
	return header->flags & FOPNP_DNS_FLAG_RCODE;
}

static bool read_header(const struct fopnp_dns_reply *reply, struct fopnp_dns_header *out)
{
	struct fopnp_dns_reader reader;

	if (!reply->packet || !fopnp_dns_reader_start(&reader, reply->packet, reply->len))
		return false;
	*out = reader.header;
	return true;
}

/*
 * What sends glibc to its next server, but not where TCP alone is spoken (use-vc):
 * those replies are taken as they come.
 */
static bool is_refusal(const struct fopnp_dns_reply *reply, const struct fopnp_dns_header *header,
		       bool uses_tcp)
{
	if (uses_tcp)
		return false;
	return fopnp_dns_is_server_error(header) ||
	       (!reply->is_tcp && fopnp_dns_is_referral(header));
}

static bool has_records(const struct fopnp_dns_header *header)
{
	return rcode_of(header) == ns_r_noerror && header->counts[1] > 0;
}

/* What one query's end says of errno: any sign of life counts most, then a lack of sockets. */
static void judge_end(enum fopnp_dns_end end, struct fopnp_dns_outcome *outcome)
{
	if (end == FOPNP_DNS_NO_SOCKET) {
		if (outcome->error == ECONNREFUSED)
			outcome->error = EMFILE;
	} else if (end != FOPNP_DNS_REFUSED && end != FOPNP_DNS_UNREACHABLE) {
		outcome->error = ETIMEDOUT;
	}
}

/*
 * No reply at all.  Whether any server gave a sign of life (glibc's
 * "gotsomewhere": a time-out is one, too) is errno, and errno ends a search list.
 */
static struct fopnp_dns_outcome judge_silence(const struct fopnp_dns_reply *replies, size_t count,
					      const struct fopnp_dns_log *log, size_t first)
{
	struct fopnp_dns_outcome outcome = { .h_error = TRY_AGAIN, .error = ECONNREFUSED };
	struct fopnp_dns_header header;

	for (size_t i = first; i < log->count && i < FOPNP_DNS_LOG; i++) {
		const struct fopnp_dns_sent *sent = &log->queries[i];

		judge_end((enum fopnp_dns_end)sent->end, &outcome);
		if (sent->end == FOPNP_DNS_REPLIED)
			outcome.rcode = sent->rcode;
	}
	for (size_t i = count; i-- > 0;) {
		judge_end(replies[i].end, &outcome);
		if (read_header(&replies[i], &header))
			outcome.rcode = rcode_of(&header);
	}
	return outcome;
}

static int h_error_of(unsigned rcode)
{
	switch (rcode) {
	case ns_r_noerror:
		return NO_DATA;
	case ns_r_nxdomain:
		return HOST_NOT_FOUND;
	case ns_r_servfail:
		return TRY_AGAIN;
	default:
		return NO_RECOVERY;
	}
}

struct fopnp_dns_outcome fopnp_dns_judge(const struct fopnp_dns_reply *replies, size_t count,
					 bool uses_tcp, const struct fopnp_dns_log *log,
					 size_t first,
					 bool out_is_usable[static FOPNP_DNS_QUESTIONS])
{
	struct fopnp_dns_outcome outcome = { .is_answered = false };
	struct fopnp_dns_header header;
	unsigned rcode = ns_r_noerror;
	size_t usable = 0;

	for (size_t i = 0; i < count; i++) {
		out_is_usable[i] = read_header(&replies[i], &header) &&
				   !is_refusal(&replies[i], &header, uses_tcp);
		if (!out_is_usable[i])
			continue;
		if (usable++ == 0)
			outcome.rcode = rcode_of(&header);
		if (has_records(&header))
			outcome.is_answered = true;
		/* Of two replies an error says more than "no data", the first one most. */
		if (rcode == ns_r_noerror)
			rcode = rcode_of(&header);
	}
	if (usable == 0)
		return judge_silence(replies, count, log, first);
	outcome.h_error = h_error_of(rcode);
	return outcome;
}
