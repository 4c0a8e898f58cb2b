/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two loops in which glibc asks the sources of a hosts line, once each:
 *
 *   getaddrinfo   get_nss_addresses() and gethosts() of getaddrinfo.c
 *   getXXbyYY     nss/getXXbyYY_r.c with __nss_lookup() and __nss_next2()
 *
 * They differ in when a failure ends the chain and in how the failures of
 * several sources become one (docs/architecture.md has the table).
 */
#pragma once

#include "nss_module/config_cache.h"
#include "nss_module/kept_answer.h"
#include "nss_module/lookup_record.h"

/* One lookup: the caller's arguments, the memory it works in, its outcome. */
struct fopnp_lookup {
	enum fopnp_function function;
	const char *name; /* NULL for a lookup by address */
	int family;
	const void *address;
	socklen_t address_len;
	int *errnop, *h_errnop; /* the caller's: modules must see these very pointers */

	const struct fopnp_conf *conf; /* options of our own sources; NULL: none */
	const struct fopnp_chain *chain;
	struct fopnp_kept **kept;    /* where larger memory comes from */
	struct fopnp_record *record; /* NULL: nobody listens */

	/* The buffer that sources are given: the caller's, or a larger one of *kept. */
	char *buffer;
	size_t buflen;
	bool is_grown;
	size_t failed_buflen; /* the largest size that a source refused */

	struct fopnp_outcome outcome;
	bool is_out_of_memory; /* the order could not be run to its end */
};

/*
 * Run the chain.  The result is what the function has to return to glibc so
 * that the call ends as it would have with the chain on the hosts line;
 * *errnop and *h_errnop are set likewise.  The ERANGE triple comes back only from
 * a source for which the largest buffer that we could get was too small.
 */
enum nss_status fopnp_chain_getaddrinfo(struct fopnp_lookup *lookup);
enum nss_status fopnp_chain_getxxbyyy(struct fopnp_lookup *lookup);

/* Whether a lookup by address has all the bytes that its family has. */
bool fopnp_chain_has_whole_address(const struct fopnp_lookup *lookup);

/* ---- shared by the two ---------------------------------------------------- */

/* TRYAGAIN, ERANGE, NETDB_INTERNAL: the buffer is too small. */
bool fopnp_chain_is_too_small(const struct fopnp_lookup *lookup, enum nss_status status);

/* A larger buffer for the source's next try; false at the limits. */
bool fopnp_chain_grow(struct fopnp_lookup *lookup);

/* A status outside of glibc's five would abort the program: it becomes UNAVAIL. */
enum nss_status fopnp_chain_legal_status(struct fopnp_lookup *lookup, enum nss_status status);

/* Entry I's functions, NULL (and recorded as skipped) if it cannot be loaded. */
const struct fopnp_functions *fopnp_chain_load(struct fopnp_lookup *lookup, size_t i);

/* Record that entry I lacks the function. */
void fopnp_chain_skip(struct fopnp_lookup *lookup, size_t i);

/* Record entry I's answer and tell what the order does after it. */
enum fopnp_action fopnp_chain_answered(struct fopnp_lookup *lookup, size_t i,
				       enum nss_status status, int32_t ttl);
