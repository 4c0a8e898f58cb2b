/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory of a thread for answers that do not fit the caller's buffer.
 *
 * A source that says ERANGE is asked again at once with a larger buffer of
 * ours; the caller gets ERANGE, and its retry is served from here.  So each
 * source is asked once and the lookup is logged once, where glibc alone would
 * send its DNS queries again for every size.  Where nothing can be kept
 * (lookup_run.c, may_keep) the retry asks again.
 */
#pragma once

#include "nss_module/lookup_record.h"
#include "nss_module/outcome.h"

#include <netdb.h>
#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_chain;

/* The largest buffer of ours; an answer beyond it is left to the caller's own growing. */
#define FOPNP_KEPT_MAX (16u * 1024u * 1024u)
#define FOPNP_KEPT_MS  1000 /* how long a retry may take to come */

/* Which question an answer is for. */
struct fopnp_question {
	enum fopnp_function function;
	int family;
	const void *key; /* the name without its NUL, or the address */
	size_t key_len;
};

struct fopnp_kept {
	/* Working memory of the lookup that runs now. */
	char *bytes; /* the larger buffer */
	size_t size;
	struct gaih_addrtuple *tuples; /* addresses of hostents, for gethostbyname4_r */
	size_t tuple_count, tuple_room;
	char *canonical;  /* their canonical name, or NULL */
	char *first_name; /* h_name of the first of them, or NULL */

	/* The finished lookup that waits for its retry. */
	bool is_waiting;
	struct fopnp_question question; /* with a key of our own */
	size_t refused_buflen;          /* the caller's, which was too small */
	size_t failed_buflen;           /* the largest that a source refused */
	uint64_t since_ms;
	struct fopnp_outcome outcome; /* pointers into our memory */
	const struct fopnp_chain *chain;
	struct fopnp_record *record; /* ours; NULL: nobody listens */
};

/* The memory at *SLOT, made if need be.  NULL when memory ran out. */
struct fopnp_kept *fopnp_kept_get(struct fopnp_kept **slot);

/* A larger buffer at kept->bytes than SIZE; contents are lost.  False at the limits. */
bool fopnp_kept_grow(struct fopnp_kept *kept, size_t size);

/* Append the addresses of a hostent as tuples of FAMILY (at most 16 bytes each). */
bool fopnp_kept_add_addresses(struct fopnp_kept *kept, const struct hostent *host, int family);
/* Link the tuples; the first, or NULL if there is none. */
struct gaih_addrtuple *fopnp_kept_link_tuples(struct fopnp_kept *kept);
/* Forget tuples and names. */
void fopnp_kept_reset_tuples(struct fopnp_kept *kept);
/* Replace a text at *TEXT by a copy. */
bool fopnp_kept_set_text(char **text, const char *value);

/* Remember which question waits, and for how large a buffer. */
bool fopnp_kept_wait(struct fopnp_kept *kept, const struct fopnp_question *question,
		     size_t refused_buflen);

/* The same again: the retry's buffer was too small, too. */
void fopnp_kept_wait_on(struct fopnp_kept *kept, size_t refused_buflen);

/*
 * Whether KEPT, which may be NULL, is the outcome for a call that asks QUESTION
 * with BUFLEN bytes: a retry has a larger buffer than the call before it.
 */
bool fopnp_kept_is_for(const struct fopnp_kept *kept, const struct fopnp_question *question,
		       size_t buflen);

/* Free it all and set *SLOT to NULL. */
void fopnp_kept_drop(struct fopnp_kept **slot);
