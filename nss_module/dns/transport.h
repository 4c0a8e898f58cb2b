/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Queries to servers and replies back, by c-ares: one channel a server, driven
 * by one poll loop.  A server that is slow is joined by the next one (hedging);
 * which reply counts is decided here (race.h), what it means is not.
 *
 *   - Servers are asked in order (from the next one each time with "rotate").
 *     The next server joins when the last one asked has been silent for hedge_us,
 *     and at once when it refuses all that it was asked (SERVFAIL, REFUSED, NOTIMP,
 *     a referral, an ICMP error).  When all have refused or been silent for
 *     timeout_us the next round begins, attempts in all; one round over TCP, as in
 *     glibc, and no query again to a server that has truncated the reply to it.
 *     A late reply to an earlier round's query is as good as any.
 *   - A positive reply (it has a record of the type asked for) wins at once.
 *     NXDOMAIN and NODATA of a server count when each earlier server has refused
 *     or been silent for FOPNP_DNS_PATIENCE_US (timeout_us, if that is less, or if it
 *     has truncated a reply: the rest comes by TCP).  Those that are waited for are
 *     asked once more after FOPNP_DNS_RACE_RETRY_US; no further server is.
 *   - The server that wins with one question is heard on the other one, and it
 *     alone: the two views of a split DNS are never mixed.  What it has not answered is
 *     sent once more after FOPNP_DNS_RACE_RETRY_US.  IPv6 is then waited for as long as an
 *     earlier server; IPv4, or the other family after NODATA, until the end: it may be
 *     all that there is.  A refusal of one question beside a reply to the other is final.
 *   - A winner that is silent on the other question gives way to a server that has said
 *     all and has an address: at once if it is an earlier one, else when patience is over.
 *   - A server that closes its connection after one reply is sent the other question
 *     once more.
 *   - When all servers refuse, the reply is the one that glibc's resolver would have
 *     seen last.
 *   - No more than total_us passes in all, TCP included.
 *
 * With one server, or a fast one, the queries are glibc's.  Known to differ:
 *   - after a truncated reply only its question goes over TCP, not both;
 *   - SERVFAIL and the like over TCP move on to the next server, too;
 *   - a connection that fails is an error of the server, as a closed port is;
 *   - a UDP reply of more than 4,096 bytes is asked for over TCP;
 *   - replies of 0 to 11 bytes are passed over instead of ending the server's turn;
 *   - without a free descriptor the other servers have their turn, too;
 *   - a reply without the question in it is taken by nobody, also not by TCP.
 * Accepted as in glibc: replies without QR, with another opcode, in other letter case.
 */
#pragma once

#include "nss_module/dns/channel.h"
#include "nss_module/dns/settings.h"
#include "nss_module/lookup/dns_packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_DNS_PATIENCE_US 1000000u
#define FOPNP_DNS_QUESTIONS   2  /* A and AAAA of one name */
#define FOPNP_DNS_LOG         48 /* queries that a log holds; further ones are only counted */

/* One query as it went out: what a trace shows. */
struct fopnp_dns_sent {
	uint32_t at_us;   /* since the lookup began */
	uint32_t took_us; /* until it ended */
	uint8_t server;   /* index into settings->servers */
	uint8_t question;
	uint8_t name; /* which of the lookup's names: the caller counts (log->name) */
	uint8_t end;  /* enum fopnp_dns_end */
	bool is_tcp;  /* at last: after a truncated reply, too */
	bool was_truncated;
	uint16_t type;
	uint16_t rcode;   /* of the header */
	uint16_t answers; /* records in the answer section, as its header says */
};

/* Of one lookup, over all of its names. */
struct fopnp_dns_log {
	uint64_t start_us; /* monotonic */
	uint8_t name;
	size_t count;                     /* may exceed FOPNP_DNS_LOG */
	unsigned sent[FOPNP_DNS_SERVERS]; /* queries to each server */
	struct fopnp_dns_sent queries[FOPNP_DNS_LOG];
};

struct fopnp_dns_question {
	uint8_t packet[FOPNP_DNS_QUERY_SIZE]; /* its id is replaced by a random one */
	size_t len;
	uint16_t type;
};

uint64_t fopnp_dns_now_us(void); /* CLOCK_MONOTONIC, as all times here */

/* What a question came to. */
struct fopnp_dns_reply {
	/*
	 * REPLIED: there is a packet.  TIMED_OUT or GARBAGE: at least one server was silent.
	 * REFUSED, UNREACHABLE, NO_SOCKET: the error of the last one, all had one.  A connection
	 * that was reset is UNREACHABLE, where glibc's errno may make "no such name" of it.
	 * UNREACHABLE also without memory.
	 */
	enum fopnp_dns_end end;
	uint8_t *packet; /* for free(); NULL without a reply */
	size_t len;
	size_t server;
	bool is_tcp;
	uint32_t rtt_us;
};

/* Channels and sockets' state for one set of servers; see fopnp_dns_transport_take(). */
struct fopnp_dns_transport;

/*
 * A transport for these settings: one that an earlier lookup gave back if it is for
 * the same, else a new one; NULL without memory.  No lock is taken and no descriptor
 * is kept between lookups, so neither threads nor forks matter.
 */
struct fopnp_dns_transport *fopnp_dns_transport_take(const struct fopnp_dns_settings *settings);
void fopnp_dns_transport_give_back(struct fopnp_dns_transport *transport);

/*
 * Ask COUNT (1 or 2) questions; a reply for each.  Never fails: a reply without
 * a packet says how it ended.  LOG may not be NULL.
 */
void fopnp_dns_transport_ask(struct fopnp_dns_transport *transport,
			     const struct fopnp_dns_settings *settings,
			     const struct fopnp_dns_question *questions, size_t count,
			     struct fopnp_dns_reply *replies, struct fopnp_dns_log *log);
