/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whom a domain, an address or an AS number belongs to: RFC 3912, from IANA down, from one server to the
 * next as each of them says.
 */
#pragma once

#include "tools/exit_status.h"
#include "tools/findings.h"
#include "tools/program_lookup.h"
#include "tools/whois_exchange.h"
#include "tools/whois_query.h"
#include "tools/whois_reply.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_WHOIS_IANA      "whois.iana.org"
#define FOPNP_WHOIS_HOPS      5
#define FOPNP_WHOIS_ADDRESSES 16 /* of one server that are tried */
#define FOPNP_WHOIS_NO_HOP    SIZE_MAX

struct fopnp_whois_options {
	const struct fopnp_whois_target *server; /* ask it alone; NULL: from IANA down */
	bool follows_nobody;                     /* only the first server */
	uint64_t timeout_us;                     /* of a server: its lookup, then its reply */
};

struct fopnp_whois_hop {
	char *server;
	uint16_t port;
	char *query;
	size_t referred_by; /* the hop whose reply names this server; FOPNP_WHOIS_NO_HOP: none */
	bool is_directory;  /* IANA, which knows where to go on, not the thing itself */
	struct fopnp_program_lookup lookup;
	bool is_private; /* not asked: it has addresses of private networks alone */
	struct fopnp_whois_exchange exchange;
	char *text; /* the reply, decoded; NULL: none, or nothing but blanks */
	enum fopnp_whois_encoding encoding;
	struct fopnp_whois_reading reading;
};

/* What all of them together say. */
enum fopnp_whois_outcome {
	FOPNP_WHOIS_FOUND,
	FOPNP_WHOIS_NOT_FOUND,
	FOPNP_WHOIS_DECLINED,  /* the servers do not answer us */
	FOPNP_WHOIS_NO_SERVER, /* IANA knows no server to ask */
	FOPNP_WHOIS_NO_ANSWER,
};

struct fopnp_whois_listed {
	/* As the first hop has it that names it. */
	const struct fopnp_whois_name_server *server;
	unsigned hops; /* that name it, a bit each */
};

struct fopnp_whois {
	const struct fopnp_whois_options *options;
	const char *given;
	struct fopnp_whois_subject subject;
	struct fopnp_whois_hop hops[FOPNP_WHOIS_HOPS];
	size_t hop_count;
	enum fopnp_whois_outcome outcome;
	/*
	 * The name servers of the domain, each once.  Those in IANA's reply are of the top-level domain, and
	 * count for it alone.
	 */
	struct fopnp_whois_listed *name_servers;
	size_t name_server_count;
	struct fopnp_findings notes;
	uint64_t elapsed_us;
};

/*
 * Ask.  False, and an error told, if GIVEN is nothing that whois knows, or there can be no child.  The
 * result is the caller's to clear, whatever this returns.
 */
bool fopnp_whois_run(struct fopnp_whois *whois, const struct fopnp_whois_options *options,
		     const char *given);
void fopnp_whois_clear(struct fopnp_whois *whois);

/* What is worth a note about the hops and the replies. */
void fopnp_whois_add_notes(struct fopnp_whois *whois);

enum fopnp_exit fopnp_whois_exit_status(const struct fopnp_whois *whois);

/* "found", "not-found", "declined", "no-server", "no-answer". */
const char *fopnp_whois_outcome_word(enum fopnp_whois_outcome outcome);

/*
 * What became of a hop, for programs ("answered", "cut-by-time", "cut-by-size", "broken", "empty",
 * "no-connection", "no-address", "private") and for people, the caller's to free().
 */
const char *fopnp_whois_hop_word(const struct fopnp_whois_hop *hop);
char *fopnp_whois_hop_words(const struct fopnp_whois_hop *hop);

void fopnp_whois_print_text(const struct fopnp_whois *whois);
void fopnp_whois_print_json(const struct fopnp_whois *whois);
