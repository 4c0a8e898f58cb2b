/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a resolver sent and received during one call: of glibc's the packets as they
 * passed, and the same told as questions with what became of each; of fopnp:dns what
 * it told itself, in the same shape.
 */
#pragma once

#include "tools/dns_message.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_WIRE_PACKETS 1024 /* kept of one call; a search list can be endless */

enum fopnp_wire_event {
	FOPNP_WIRE_QUERY,
	FOPNP_WIRE_REPLY,
	FOPNP_WIRE_REFUSED,     /* nothing listens at the server's port (ECONNREFUSED) */
	FOPNP_WIRE_UNREACHABLE, /* no route, or the like: `error` says which */
	FOPNP_WIRE_CLOSED,      /* TCP: the server closed or reset before it replied */
};

struct fopnp_wire_packet {
	uint64_t at_us; /* since the call began */
	enum fopnp_wire_event event;
	size_t server; /* index into the resolver's servers */
	bool is_tcp;
	int error;                        /* errno of REFUSED, UNREACHABLE and CLOSED, else 0 */
	bool is_parsed;                   /* the message below holds */
	struct fopnp_dns_message message; /* of REFUSED...: the query that it is about */
	unsigned retry;                   /* of a query: how often it had been sent before */
	const char *ignored; /* of a reply: why glibc drops it ("wrong id"); NULL: no */
	unsigned alike;      /* of such a reply: how many more came, for the same reason */
};

/* A server that a built-in source told of. */
struct fopnp_wire_server {
	char *text;    /* as told: "10.0.0.53", "[::1]:5353" */
	char *file;    /* that names it, or NULL: nobody does */
	unsigned line; /* of that file */
};

#define FOPNP_WIRE_SERVERS 8 /* of dns-servers in fopnp.conf; of resolv.conf they are 3 */

struct fopnp_wire {
	struct fopnp_wire_packet *packets;
	size_t count;
	size_t ignored_count; /* replies among them that glibc drops: there may be a flood of those */
	bool is_cut;          /* there were more than are kept */
	bool is_broken;   /* the relays could not do their work: what is here is not to be told */
	int broken_error; /* errno of that */
	uint64_t end_us;  /* when the call came back */
	/* Of a source that tells of its packets itself, and may ask several servers at once:
	   the exchanges as they were told, and the servers that packets[].server counts. */
	bool is_told;
	struct fopnp_wire_exchange *told;
	size_t told_count;
	size_t unlisted_count; /* further queries that it did not list */
	struct fopnp_wire_server servers[FOPNP_WIRE_SERVERS];
	size_t server_count;
};

enum fopnp_exchange_end {
	FOPNP_EXCHANGE_ANSWERED,
	FOPNP_EXCHANGE_SILENT, /* no reply that glibc takes, until it went on */
	FOPNP_EXCHANGE_REFUSED,
	FOPNP_EXCHANGE_UNREACHABLE,
	FOPNP_EXCHANGE_CLOSED,
	FOPNP_EXCHANGE_LATE, /* the reply came when glibc had gone on */
	/* glibc went on at once, for what came of the other question; of a source that tells
	   itself: another server's reply was taken meanwhile. */
	FOPNP_EXCHANGE_ABANDONED,
};

/* One question to one server, and what became of it. */
struct fopnp_wire_exchange {
	size_t server;
	bool is_tcp;
	const struct fopnp_wire_packet *query;
	const struct fopnp_wire_packet *reply; /* taken by glibc, or late; NULL: none */
	const char *ignored;                   /* a reply that glibc drops came; NULL: none did */
	enum fopnp_exchange_end end;
	int error;    /* errno of REFUSED, UNREACHABLE and CLOSED, else 0 */
	size_t round; /* the two questions that glibc asked together have the same number */
	unsigned retry;
	bool is_told;              /* by the source itself */
	bool was_truncated;        /* told: the reply is TCP's, after one that was truncated */
	bool is_for_larger_buffer; /* glibc had the answer, and no room for it (ERANGE) */
	uint64_t at_us;
	/* From the query until its reply; without one, or with a late one, until glibc
	   asked again or elsewhere, or gave up: the time that it cost. */
	uint64_t waited_us;
};

/*
 * Pair the packets of WIRE, in the order of the queries.  The list is the
 * caller's to free(); it points into WIRE.
 */
struct fopnp_wire_exchange *fopnp_wire_pair(const struct fopnp_wire *wire, size_t *out_count);

/* "query", "reply", ...: the direction in JSON. */
const char *fopnp_wire_event_name(enum fopnp_wire_event event);

/* The array wire[] of a step.  SERVERS are the texts of the resolver's servers. */
json_t *fopnp_wire_to_json(const struct fopnp_wire *wire, const char *const *servers,
			   size_t server_count);

void fopnp_wire_free(struct fopnp_wire *wire);
