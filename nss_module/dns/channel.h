/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One server behind one c-ares channel.  c-ares sends, and goes over to TCP after a truncated
 * reply; when to ask, how long to wait and what a reply is worth is decided elsewhere.  It is
 * given every option and socket functions of ours, so that it reads no file, knows no
 * environment and makes no descriptor that programs started meanwhile inherit.
 *
 * Replies by UDP are matched to their queries here (id and question; the kernel sees to the
 * address), by glibc's rules; of a truncated one c-ares is told no more than that.  Its versions
 * differ in what they make of large replies, of FORMERR and of what they cannot parse.
 */
#pragma once

#include "nss_module/dns/settings.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_DNS_CHANNEL_SOCKETS 4

/* How one query of one server ended. */
enum fopnp_dns_end {
	FOPNP_DNS_PENDING, /* given up because another server's reply won */
	FOPNP_DNS_REPLIED, /* rcode says what */
	FOPNP_DNS_TIMED_OUT,
	FOPNP_DNS_REFUSED,     /* ECONNREFUSED */
	FOPNP_DNS_UNREACHABLE, /* any other error of the socket */
	FOPNP_DNS_GARBAGE,     /* a reply that c-ares does not take */
	FOPNP_DNS_NO_SOCKET,   /* EMFILE or ENFILE: no descriptor is free */
};

/* A query on its way.  The caller's storage; stays where it is until it has ended. */
struct fopnp_dns_query {
	const uint8_t *packet; /* the question; its id is replaced by: */
	uint16_t id;           /* (and that by another one, by later versions of c-ares) */
	bool is_id_known;      /* to be the one that was sent */
	size_t len;            /* FOPNP_DNS_QUERY_SIZE at most */
	bool is_tcp;           /* at last */
	bool was_truncated;
	bool has_ended; /* by a reply or an error, not by cancel() */
	enum fopnp_dns_end end;
	uint8_t *reply; /* for free() */
	size_t reply_len;
	unsigned garbage; /* the channel's count of datagrams that answer nothing, at the start */
	struct fopnp_dns_query *next; /* of the channel */
};

struct fopnp_dns_channel;

/* NULL without memory. */
struct fopnp_dns_channel *fopnp_dns_channel_open(const union fopnp_dns_address *server,
						 bool uses_tcp);
/* Queries under way are cancelled.  NULL is fine. */
void fopnp_dns_channel_close(struct fopnp_dns_channel *channel);

/* Send QUERY's packet.  It may have ended on return: by an error. */
void fopnp_dns_channel_send(struct fopnp_dns_channel *channel, struct fopnp_dns_query *query);

/* What to poll(2) for; the number of POLLS written. */
size_t fopnp_dns_channel_polls(const struct fopnp_dns_channel *channel,
			       struct pollfd polls[static FOPNP_DNS_CHANNEL_SOCKETS]);

/* Do what poll(2) found.  A bounded number of packets is taken at a time. */
void fopnp_dns_channel_process(struct fopnp_dns_channel *channel, const struct pollfd *poll);

/* Datagrams so far that answer no query. */
unsigned fopnp_dns_channel_garbage(const struct fopnp_dns_channel *channel);

/* Forget all queries and close the sockets.  False if the channel is not to be used again. */
bool fopnp_dns_channel_cancel(struct fopnp_dns_channel *channel);
