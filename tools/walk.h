/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a resolver with an empty cache does for a name (RFC 1034 section 5.3.3): from the root servers down, one
 * zone after the other, each query and what it brought.  Zones that were met once are not walked to
 * again, as a resolver's cache would have it; query name minimisation (RFC 9156) is left out.
 */
#pragma once

#include "tools/dns_client.h"
#include "tools/resolver_config.h"
#include "tools/root_hints.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_WALK_ALIASES 16 /* CNAMEs in a row; BIND and unbound give up at 11 to 16 */
#define FOPNP_WALK_DEPTH   6  /* addresses of name servers of name servers of ... */

struct fopnp_walk_options {
	const char *name; /* complete, in its ASCII form */
	unsigned type;
	bool uses_tcp;
	int family;           /* of the servers asked: AF_INET, AF_INET6, AF_UNSPEC */
	unsigned query_limit; /* 1 or more */
	uint64_t timeout_us;  /* of one try at one address */
	uint64_t deadline_us; /* of all of it */
};

/* What one server's reply is to a resolver. */
enum fopnp_walk_verdict {
	FOPNP_WALK_NO_REPLY, /* silence, or an error of the socket: `end` says which */
	FOPNP_WALK_ERROR,    /* an rcode other than NOERROR and NXDOMAIN */
	FOPNP_WALK_BROKEN,   /* a reply that cannot be read */
	FOPNP_WALK_LAME, /* it does not serve the zone: not authoritative, or refers elsewhere */
	FOPNP_WALK_REFERRAL,
	FOPNP_WALK_ALIAS, /* the name is another one's */
	FOPNP_WALK_ANSWER,
	FOPNP_WALK_NODATA, /* the name has no record of the type */
	FOPNP_WALK_NXDOMAIN,
};

/* Where a server's addresses are from. */
enum fopnp_walk_origin {
	FOPNP_WALK_OF_HINTS,
	FOPNP_WALK_OF_GLUE,
	FOPNP_WALK_OF_WALK, /* no glue: its name was walked to */
	FOPNP_WALK_OF_NOBODY,
};

struct fopnp_walk_server {
	char *name;
	struct fopnp_dns_server *addresses;
	size_t count;
	enum fopnp_walk_origin origin;
	char *problem; /* why it has no address; NULL: it has, or nobody needed one */
};

struct fopnp_walk_query {
	unsigned sequence;      /* 1 is the walk's first query */
	size_t server, address; /* of the step's servers; its address */
	enum fopnp_dns_end end;
	bool is_tcp, was_truncated;
	unsigned tries;
	uint64_t elapsed_us;
	enum fopnp_walk_verdict verdict;
	unsigned rcode;
	char *words; /* what it said, in words */
};

/* One zone's servers asked for one name. */
struct fopnp_walk_step {
	unsigned depth; /* 0: of the name itself; more: of a name server's address */
	char *zone, *name;
	unsigned type;
	struct fopnp_walk_server *servers;
	size_t server_count;
	struct fopnp_walk_query *queries;
	size_t query_count;
};

enum fopnp_walk_outcome {
	FOPNP_WALK_FOUND,
	FOPNP_WALK_HAS_NO_DATA,
	FOPNP_WALK_HAS_NO_NAME,
	FOPNP_WALK_FAILED, /* `reason` says why: what a resolver answers SERVFAIL to */
};

/* A record of the answer: an alias on the way, or what was asked for. */
struct fopnp_walk_record {
	char *owner, *text;
	unsigned type;
	uint32_t ttl;
};

/* What the local resolver says to the same question. */
struct fopnp_walk_local {
	bool is_wanted, is_asked;
	char *server; /* that answered, or the first of several silent ones; NULL: there is none */
	struct fopnp_dns_exchange without; /* without recursion: what it has in its cache */
	struct fopnp_dns_exchange with;
	bool is_without_asked;
	bool is_same; /* the same outcome and data as the walk's */
	bool is_cached, is_cache_known;
	char *words; /* all that in words */
};

struct fopnp_walk {
	const struct fopnp_walk_options *options;
	const struct fopnp_root_hints *hints;
	struct fopnp_walk_step *steps; /* in the order of time; the steps of a server's address
					  stand behind the one that needs it */
	size_t step_count;
	unsigned query_count;
	uint64_t started_us, elapsed_us;
	enum fopnp_walk_outcome outcome;
	char *reason; /* in words, of any outcome but FOUND */
	struct fopnp_walk_record *records;
	size_t record_count;
	int64_t negative_ttl; /* of NO_DATA and NO_NAME; -1: not said */
	struct fopnp_walk_local local;
	/* While it runs. */
	struct fopnp_dns_client *client;
	const char *pending[FOPNP_WALK_DEPTH]; /* name servers whose addresses are walked to */
	bool has_no_ipv6;
	bool asks_itself; /* the hints name this machine: referrals may, too */
};

/* Walk.  Both must stay; the result is the caller's to clear. */
void fopnp_walk_run(struct fopnp_walk *walk, const struct fopnp_walk_options *options,
		    const struct fopnp_root_hints *hints);
/* Then ask the resolver that programs use. */
void fopnp_walk_ask_local(struct fopnp_walk *walk, const struct fopnp_resolver_config *config);
void fopnp_walk_clear(struct fopnp_walk *walk);

/* What a reply to NAME, TYPE by a server of ZONE is. */
struct fopnp_walk_reading {
	enum fopnp_walk_verdict verdict;
	enum fopnp_walk_verdict otherwise; /* LAME: what it would be if the server had authority */
	const char *child;                 /* REFERRAL: the zone; points into the response */
	const char
		*target; /* ALIAS: the name to go on with, NULL: a circle; else whom it is about */
	char *words;     /* the caller's to free() */
};
void fopnp_walk_read(const struct fopnp_dns_response *response, const char *zone, const char *name,
		     unsigned type, struct fopnp_walk_reading *out);

/* "referral", "timed-out", ...: of the verdict, for programs; "answer", ... of the outcome. */
const char *fopnp_walk_verdict_name(enum fopnp_walk_verdict verdict);
const char *fopnp_walk_outcome_name(enum fopnp_walk_outcome outcome);

void fopnp_walk_print_text(const struct fopnp_walk *walk, const char *given, bool is_verbose);
void fopnp_walk_print_json(const struct fopnp_walk *walk, const char *given, int exit_status);
