/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Answers as memory: whether one lies wholly inside a buffer, and laying one
 * out in a buffer.  The only place where answers are laid out, so that sizes and
 * alignment are reckoned once (CVE-2015-0235 was one pointer forgotten).
 */
#pragma once

#include <netdb.h>
#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More addresses or aliases than this are cut: a list must end, whoever made it. */
#define FOPNP_ANSWER_ITEMS 65536

/* Whether all that a result points to lies in the buffer.  CANONICAL may be NULL. */
bool fopnp_hostent_is_inside(const struct hostent *host, const char *canonical, const char *buffer,
			     size_t buflen);
bool fopnp_tuples_are_inside(const struct gaih_addrtuple *first, const char *buffer, size_t buflen);

/* Bytes that a copy can take at most, alignment of an odd buffer included. */
size_t fopnp_hostent_size(const struct hostent *host, const char *canonical);
size_t fopnp_tuples_size(const struct gaih_addrtuple *first, const char *name);

/*
 * Copy a result into BUFFER, which must not overlap it.  False if it does not
 * fit: the out parameters are untouched then.
 */
bool fopnp_hostent_copy(const struct hostent *host, const char *canonical, char *buffer,
			size_t buflen, struct hostent *out_host, char **out_canonical);

/* The first tuple of the copy has NAME, the others none. */
bool fopnp_tuples_copy(const struct gaih_addrtuple *first, const char *name, char *buffer,
		       size_t buflen, struct gaih_addrtuple **out_first);

/* An answer as a source has it, in memory of its own. */
struct fopnp_answer_address {
	int family;
	uint8_t bytes[16];
	uint32_t scope; /* of link-local addresses, else 0; a hostent has no room for it */
};

struct fopnp_answer {
	const char *name;           /* h_name; the first tuple's name */
	const char *canonical;      /* as gethostbyname3_r tells it; NULL: NAME */
	const char *const *aliases; /* may be NULL when there are none */
	size_t alias_count;
	const struct fopnp_answer_address *addresses; /* all of one family in a hostent */
	size_t address_count;                         /* at least 1 */
	int32_t ttl;                                  /* INT32_MAX: nobody said */
};

/*
 * Lay an answer out in a buffer; false if it does not fit, the out parameters
 * are untouched then.  A hostent takes the addresses of FAMILY alone.
 */
bool fopnp_answer_as_hostent(const struct fopnp_answer *answer, int family, char *buffer,
			     size_t buflen, struct hostent *out_host, char **out_canonical);
bool fopnp_answer_as_tuples(const struct fopnp_answer *answer, char *buffer, size_t buflen,
			    struct gaih_addrtuple **out_first);
