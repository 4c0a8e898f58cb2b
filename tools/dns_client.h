/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Questions to name servers over c-ares (nss_module/dns/channel.h, the code of fopnp:dns): any number in
 * flight, each to the server that it names, TCP after a truncated reply.  Nothing of nsswitch.conf,
 * /etc/hosts or a search list comes in between.
 */
#pragma once

#include "nss_module/dns/channel.h"
#include "nss_module/lookup/dns_packet.h"
#include "tools/dns_response.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_dns_server {
	union fopnp_dns_address address;
	char *text;    /* "192.0.2.1", "[2001:db8::1]:5353": the port where it is not 53 */
	unsigned line; /* of resolv.conf; 0: not from there */
};

struct fopnp_dns_client_options {
	bool uses_tcp;       /* from the start */
	bool is_recursive;   /* RD */
	bool wants_dnssec;   /* DO */
	bool has_no_edns;    /* no OPT record; else one of 1,232 bytes */
	uint64_t timeout_us; /* of one try; 0: 2 s */
	unsigned tries;      /* at a server that is silent; 0: 2 */
	unsigned parallel;   /* questions in flight at most; 0: 64 */
};

/* One question to one server, and what it came to. */
struct fopnp_dns_exchange {
	/* The question: the caller's, and stays. */
	const struct fopnp_dns_server *server;
	const char *name; /* master-file form; complete, with or without its final dot */
	unsigned type;    /* class IN */
	void *context;
	/* The outcome. */
	enum fopnp_dns_end end; /* FOPNP_DNS_REPLIED: response holds */
	bool is_tcp, was_truncated;
	bool is_without_edns; /* though asked for: the server takes no EDNS */
	unsigned tries;
	uint64_t elapsed_us;                /* of the last try, TCP included */
	struct fopnp_dns_response response; /* the exchange's; fopnp_dns_exchange_clear() */
	uint8_t *reply;                     /* the bytes of it */
	size_t reply_len;
};

struct fopnp_dns_client;

/* DONE takes each exchange as it ends and may ask further ones.  Never NULL. */
struct fopnp_dns_client *fopnp_dns_client_create(const struct fopnp_dns_client_options *options,
						 void (*done)(struct fopnp_dns_exchange *exchange,
							      void *context),
						 void *context);
void fopnp_dns_client_destroy(struct fopnp_dns_client *client);

/*
 * Ask; it is sent as soon as PARALLEL allows.  EXCHANGE stays where it is until DONE had it.  False if
 * the name is no domain name: DONE is not called.
 */
bool fopnp_dns_client_ask(struct fopnp_dns_client *client, struct fopnp_dns_exchange *exchange);

/* Until all have ended, or DEADLINE_US (monotonic; 0: none) has come: then the others end as PENDING. */
void fopnp_dns_client_run(struct fopnp_dns_client *client, uint64_t deadline_us);

void fopnp_dns_exchange_clear(struct fopnp_dns_exchange *exchange);

/* Whether a stub resolver takes it: a reply, but not SERVFAIL, NOTIMP or REFUSED. */
bool fopnp_dns_exchange_is_useful(const struct fopnp_dns_exchange *exchange);

/*
 * One question to the COUNT servers in turn, as a stub resolver asks: the next one after silence, an error or
 * SERVFAIL, NOTIMP, REFUSED; the last one's outcome where none did better.  OUT's server is the one that
 * it is of.  False if the name is no domain name.
 */
bool fopnp_dns_ask_servers(const struct fopnp_dns_client_options *options,
			   const struct fopnp_dns_server *servers, size_t count, const char *name,
			   unsigned type, struct fopnp_dns_exchange *out);

/* Why there is no response: "timed out", "connection refused", "unreachable", ... */
const char *fopnp_dns_end_words(enum fopnp_dns_end end);
