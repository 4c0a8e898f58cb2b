/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Links of a DNS client: each is one channel to one server, with the sockets that all questions to it
 * share.  c-ares never hears of replies by UDP (nss_module/dns/channel.h), so that a link keeps what it sent
 * until it is closed: after a number of queries, or the first truncated reply, a fresh one takes its place and
 * the old one ends with its last question.
 *
 * Who forges a reply unseen (RFC 5452) has to hit the port, which the kernel chooses, and the random id of a
 * question that is under way.  A port serves 64 questions, to one server: servers do not
 * learn which port another one is asked from, and nothing is cached, so that a lucky hit is one wrong
 * line and poisons nothing.
 */
#pragma once

#include "nss_module/dns/channel.h"
#include "nss_module/lookup/dns_packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A query on its way.  The link's, from fopnp_dns_link_send() on. */
struct fopnp_dns_attempt {
	struct fopnp_dns_query query;
	uint8_t packet[FOPNP_DNS_QUERY_SIZE]; /* query.len bytes, id aside */
	struct fopnp_dns_link *link;
	uint64_t sent_us;
	bool has_edns;
	bool is_seen, is_tcp_seen;        /* its end; that it goes on by TCP: the client's */
	struct fopnp_dns_attempt *next;   /* of the link */
	struct fopnp_dns_attempt *before; /* of the same question: the client's */
};

struct fopnp_dns_link {
	union fopnp_dns_address server;
	struct fopnp_dns_channel *channel;
	struct fopnp_dns_attempt *attempts; /* all that were sent */
	unsigned sent;
	unsigned waiting; /* attempts that somebody waits for: it is not closed */
	bool has_tcp;     /* c-ares went over to it: all end when it breaks */
	bool is_retired;  /* nothing more is sent by it */
	struct fopnp_dns_link *next;
};

struct fopnp_dns_links {
	bool uses_tcp; /* from the start */
	struct fopnp_dns_link *first;
	size_t count;
	struct pollfd *polls;
	struct fopnp_dns_link **poll_links;
	size_t poll_room;
};

/* The link to SERVER that others use, too; one of its own if IS_ALONE. */
struct fopnp_dns_link *fopnp_dns_links_get(struct fopnp_dns_links *links,
					   const union fopnp_dns_address *server, bool is_alone);

/* Send what the attempt's packet has; it is waited for until fopnp_dns_attempt_let_go(). */
void fopnp_dns_link_send(struct fopnp_dns_link *link, struct fopnp_dns_attempt *attempt);
void fopnp_dns_attempt_let_go(struct fopnp_dns_attempt *attempt);

/* Datagrams since it was sent that answer no query. */
bool fopnp_dns_attempt_saw_garbage(const struct fopnp_dns_attempt *attempt);

/* Close the retired ones that nobody waits for; with IS_ALL all that nobody waits for. */
void fopnp_dns_links_close_idle(struct fopnp_dns_links *links, bool is_all);

/* Wait until something comes in, or UNTIL_US, and take it. */
void fopnp_dns_links_wait(struct fopnp_dns_links *links, uint64_t until_us);

void fopnp_dns_links_clear(struct fopnp_dns_links *links);
