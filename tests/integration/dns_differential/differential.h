/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dns_differential: libc's dns and fopnp:dns, the same lookups, the same answers and
 * the same queries on the wire.
 *
 *	dns_differential.c the two sides, and what differs
 *	cases.c            resolv.conf files and environments, and the names asked under each
 *	calls.c            one call, and what came back as text
 *	recorder.c         between the lookups and the servers: writes every query down
 *	made_reply.c       replies by chance, from a seed
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- recorder.c ---- */

#define RECORDER_SERVERS 4
#define RECORD_QUERIES   262144

struct recorded_query {
	uint8_t server; /* index */
	bool is_tcp, has_edns;
	bool is_refused;  /* by a made reply that sends glibc to its next server */
	uint8_t name_len; /* of the name on the wire */
	uint16_t type, flags, edns_size, edns_flags;
	uint8_t name[256];
};

struct query_record {
	atomic_size_t count; /* may pass RECORD_QUERIES: the rest is lost */
	struct recorded_query queries[RECORD_QUERIES];
};

/* "LISTENED=ASKED" for two IPv4 addresses, port 53 of each. */
struct recorder_server {
	char address[16], upstream[16];
};

bool recorder_parse_server(struct recorder_server *server, const char *text);

/*
 * A process that passes queries on and writes them down in shared memory before it
 * does; what lies below made.example and in the address ranges of made_reply.c it answers itself.
 */
pid_t recorder_start(const struct recorder_server *servers, size_t count, uint64_t seed,
		     struct query_record **out_record);

/* Returns when all that was sent by UDP so far is written down. */
void recorder_sync(const struct recorder_server *servers, size_t count);

/* ---- made_reply.c ---- */

/*
 * The reply to a query of LEN bytes that is by chance, though always the same for the
 * same question: its length, or 0 if the question is none of its own.
 */
size_t make_reply(const uint8_t *query, size_t len, bool is_tcp, uint64_t seed, uint8_t *reply,
		  size_t size);

/* ---- calls.c ---- */

struct text {
	char *start;
	size_t len, size;
};

__attribute__((format(printf, 2, 3))) void add_text(struct text *text, const char *format, ...);
void add_escaped(struct text *text, const char *bytes);

#define CALLS_BY_NAME    20
#define CALLS_SOME       5 /* the first of them */
#define CALLS_BY_ADDRESS 4

/* Call number CALL for a name, or for an address if WHAT is one and IS_REVERSE. */
void make_call(bool is_reverse, size_t call, const char *what, struct text *out);
const char *call_name(bool is_reverse, size_t call);
/* The functions of "dns" or "fopnp" for direct calls; whether their TTLs are told. */
void choose_module(const char *module, bool tells_ttl);

/* ---- cases.c ---- */

enum names {
	NAMES_ODD = 1,      /* what may not be a name at all */
	NAMES_SCRIPTED = 2, /* faulty_dns.py's */
	NAMES_ZONES = 4,    /* of the zones of nsd */
	NAMES_SHORT = 8,    /* for search lists */
	NAMES_MADE = 16,    /* by chance */
	NAMES_REVERSE = 32, /* addresses */
	NAMES_REVERSE_MADE = 64,
	NAMES_PAIRS = 128, /* each pair of results for A and AAAA; chains */
};

struct configuration {
	const char *what;
	const char *resolv_conf;
	const char *res_options, *local_domain, *aliases; /* NULL: not set; aliases: the file */
	const char *fopnp_conf;
	unsigned names;     /* enum names */
	bool is_whole;      /* every call; else some */
	bool is_any_server; /* which of the servers was asked is chance */
	bool is_cached;     /* TTLs grow smaller */
};

extern const struct configuration configurations[];
extern const size_t configuration_count;

/* A known difference from glibc, or NULL: why it is one. */
const char *known_difference(const struct configuration *configuration, bool is_reverse,
			     size_t call, const char *what);

/* The names (and addresses) of CONFIGURATION; *OUT_REVERSE says where addresses begin. */
char **list_names(const struct configuration *configuration, unsigned made, size_t *out_count,
		  size_t *out_reverse);
