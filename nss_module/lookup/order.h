/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An order: the sources of a lookup and what each of their answers does,
 * in the grammar of nsswitch.conf (glibc nss/nss_action_parse.c):
 *
 *	( SOURCE ( "[" ( "!"? STATUS "=" ACTION )+ "]" )? )*
 */
#pragma once

#include "nss_module/lookup/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fopnp_action {
	FOPNP_ACTION_CONTINUE,
	FOPNP_ACTION_RETURN,
	FOPNP_ACTION_MERGE,
};

struct fopnp_order_entry {
	const char *source;                 /* "files", "fopnp:hosts"; inside the order's memory */
	uint8_t action[FOPNP_STATUS_COUNT]; /* enum fopnp_action, by status - FOPNP_STATUS_FIRST */
	uint32_t at;                        /* offset of the word in the text that was parsed */
	uint32_t end;                       /* offset behind its bracket, or behind the word */
	bool has_actions;                   /* a bracket was written */
};

/* One block of memory: free() it whole. */
struct fopnp_order {
	size_t count;
	bool has_merge;  /* some action is MERGE, which the hosts database cannot do */
	bool is_cut;     /* a bracket where a source should be (the second behind one
				source, or the first of all) ended the list early */
	uint32_t cut_at; /* offset of that bracket */
	struct fopnp_order_entry entries[];
};

enum fopnp_grammar {
	/* As glibc reads a line of nsswitch.conf: a second bracket ends the
	   list in silence, MERGE is an action, a word may be anything. */
	FOPNP_GRAMMAR_NSSWITCH,
	/* As FOPNP_ORDER and fopnp.conf are read: a second bracket, MERGE,
	   an empty list, "fopnp" itself and a word that cannot be the name
	   of a module are errors. */
	FOPNP_GRAMMAR_FOPNP,
};

struct fopnp_order_error {
	const char *message; /* static text */
	size_t at;           /* offset in the text */
};

/*
 * Parse LEN bytes of TEXT; a NUL ends it earlier.  Returns an order that the
 * caller free()s, or NULL: with error->message set for a bad text, with
 * error->message NULL when memory ran out.  ERROR may not be NULL.
 */
struct fopnp_order *fopnp_order_parse(const char *text, size_t len, enum fopnp_grammar grammar,
				      struct fopnp_order_error *error);

/* A copy of the entries from FIRST on, without those named SKIP (NULL: keep all). */
struct fopnp_order *fopnp_order_tail(const struct fopnp_order *order, size_t first,
				     const char *skip);

/* The index of the first entry of that name, or order->count. */
size_t fopnp_order_find(const struct fopnp_order *order, const char *source);

/* What the entry does after STATUS; CONTINUE for a number that is no status. */
enum fopnp_action fopnp_order_action(const struct fopnp_order_entry *entry, int status);

/* "continue", "return", "merge". */
const char *fopnp_action_name(enum fopnp_action action);

/*
 * Write the order as a text that parses to the same order, at most SIZE
 * bytes with the NUL.  Returns the length the whole text has, as snprintf.
 */
size_t fopnp_order_print(const struct fopnp_order *order, char *text, size_t size);

/* Whether a word can name a source: a module name [A-Za-z0-9_.-]+ or fopnp:WORD. */
bool fopnp_order_is_source_name(const char *word, size_t len);
