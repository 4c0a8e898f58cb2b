/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A step's packets as questions with what became of each, for the rules behind the notes. */
#pragma once

#include "tools/findings.h"
#include "tools/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_step;
struct fopnp_trace;

/* What the rules call silence: the shortest time that glibc itself waits is a second. */
#define FOPNP_SILENCE_US 250000

struct fopnp_exchanges {
	struct fopnp_trace *trace;
	const struct fopnp_step *step;
	struct fopnp_wire_exchange *list;
	size_t count;
};

/* The exchanges of a step that has a wire.  The caller's to clear. */
void fopnp_exchanges_make(struct fopnp_trace *trace, const struct fopnp_step *step,
			  struct fopnp_exchanges *out_exchanges);
void fopnp_exchanges_clear(struct fopnp_exchanges *exchanges);

/* ---- one exchange ---- */

/* What it asked for; "" and 0 where the packet could not be read. */
const char *fopnp_exchange_name(const struct fopnp_wire_exchange *exchange);
unsigned fopnp_exchange_type(const struct fopnp_wire_exchange *exchange);

/* "A", "AAAA", ... */
const char *fopnp_exchange_type_name(const struct fopnp_wire_exchange *exchange,
				     char text[static FOPNP_DNS_WORD_TEXT]);

/* A reply that glibc took, and: one with records of the type that was asked for. */
bool fopnp_exchange_has_reply(const struct fopnp_wire_exchange *exchange);
bool fopnp_exchange_is_found(const struct fopnp_wire_exchange *exchange);

/* A reply that says that the server could not or would not (not NXDOMAIN). */
bool fopnp_exchange_is_failed(const struct fopnp_wire_exchange *exchange);

/* No reply at all, not even one that glibc drops, and glibc waited for it. */
bool fopnp_exchange_is_silent(const struct fopnp_wire_exchange *exchange);

/* Whether both ask one server for one name. */
bool fopnp_exchange_is_sibling(const struct fopnp_wire_exchange *a,
			       const struct fopnp_wire_exchange *b);

/* ---- all of them ---- */

/*
 * The time that waiting for the marked ones cost (A and AAAA are waited for at the
 * same time: what overlaps counts once).  MARKS has a flag for each exchange.
 */
uint64_t fopnp_exchanges_cost(const struct fopnp_exchanges *exchanges, const bool *marks);

/* The first that found records; NULL: none. */
const struct fopnp_wire_exchange *fopnp_exchanges_found(const struct fopnp_exchanges *exchanges);

/* "10.0.0.53". */
const char *fopnp_exchanges_server(const struct fopnp_exchanges *exchanges, size_t server);

/* The file that names the servers which fopnp:dns asks. */
const char *fopnp_exchanges_file_of_servers(const struct fopnp_exchanges *exchanges);

/* ", or wait less for it: options timeout:1"; "" where that is so already. */
const char *fopnp_exchanges_wait_less(const struct fopnp_exchanges *exchanges);

/* Whether any reply of SERVER was taken. */
bool fopnp_exchanges_has_reply_of(const struct fopnp_exchanges *exchanges, size_t server);

/*
 * Add a note on the packets, by printf's rules.  Where the call itself did not ask
 * this source, the severity is info, and the text says so.
 */
struct fopnp_finding *fopnp_exchanges_note(const struct fopnp_exchanges *exchanges, const char *id,
					   enum fopnp_severity severity, const char *format, ...)
	__attribute__((returns_nonnull, format(printf, 4, 5)));

/* The place of a finding is the line that names SERVER, if one does. */
void fopnp_exchanges_set_place(const struct fopnp_exchanges *exchanges, size_t server,
			       struct fopnp_finding *finding);

/* ---- the rules, by subject ---- */

/* Servers: silent, refused, unreachable; a stub without its daemon. */
void fopnp_exchanges_note_servers(const struct fopnp_exchanges *exchanges);

/* Replies that tell of a failure, for a name or for one family of it. */
void fopnp_exchanges_note_failures(const struct fopnp_exchanges *exchanges);

/* Replies: missing, ignored, truncated, slow, with a name that glibc refuses. */
void fopnp_exchanges_note_replies(const struct fopnp_exchanges *exchanges);

/* The same of fopnp:dns, whose packets are told, not seen; and servers that disagree. */
void fopnp_exchanges_note_told_replies(const struct fopnp_exchanges *exchanges);

/* The search list: a name of it that answered, queries that it wasted. */
void fopnp_exchanges_note_search(const struct fopnp_exchanges *exchanges);
