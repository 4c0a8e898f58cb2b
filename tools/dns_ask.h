/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What `fopnp dns` asks for one name: all types at once, each server in turn as stub resolvers
 * do, the names of the search list one after the other; and many names at a time.
 */
#pragma once

#include "tools/dns_idn.h"
#include "tools/dns_options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_DNS_ASKED_SERVERS 16 /* a name has no more that are tried */

/* A server that was asked in vain before the one whose answer counts. */
struct fopnp_dns_failure {
	const struct fopnp_dns_server *server;
	enum fopnp_dns_end end;
	unsigned rcode; /* of REPLIED */
	bool was_truncated;
	uint64_t elapsed_us;
};

/* One type. */
struct fopnp_dns_lookup {
	unsigned type;
	struct fopnp_dns_exchange exchange; /* what it came to, and whose word it is */
	struct fopnp_dns_failure failures[2 * FOPNP_DNS_ASKED_SERVERS];
	size_t failure_count;
	/* While it is under way. */
	struct fopnp_dns_job *job;
	size_t asked, first;  /* servers, beginning with the one at FIRST */
	uint32_t has_replied; /* a bit a server: it is not asked again */
	struct fopnp_dns_exchange best;
};

struct fopnp_dns_job {
	char *given;
	struct fopnp_idn_name idn;
	bool is_address;                   /* and what is asked for is its reverse name */
	bool is_bad_name;                  /* no domain name, or idn.error */
	char **candidates;                 /* the names that are asked for, in this order */
	size_t candidate_count, candidate; /* the one whose answers are here */
	struct fopnp_dns_lookup *lookups;  /* in the order of the types */
	size_t lookup_count;
	uint64_t elapsed_us;
	/* While it is under way. */
	uint64_t start_us;
	size_t left;
	struct fopnp_dns_asking *asking;
	struct fopnp_dns_job *next;
	bool is_done;
};

struct fopnp_dns_asking;

/* DONE takes each job, in the order of the names; it is its then, to be cleared. */
struct fopnp_dns_asking *fopnp_dns_asking_create(const struct fopnp_dns_options *options,
						 void (*done)(struct fopnp_dns_job *job,
							      void *context),
						 void *context);
void fopnp_dns_asking_destroy(struct fopnp_dns_asking *asking);

/* How many names are under way, or wait for one in front of them. */
size_t fopnp_dns_asking_count(const struct fopnp_dns_asking *asking);

/* Ask for NAME. */
void fopnp_dns_asking_add(struct fopnp_dns_asking *asking, const char *name);

/*
 * Until all have ended.  Each time that one has, MORE (NULL: nothing) may add further ones, but must not
 * wait for them.
 */
void fopnp_dns_asking_run(struct fopnp_dns_asking *asking, void (*more)(void *context));

void fopnp_dns_job_destroy(struct fopnp_dns_job *job);

/* The name whose answers JOB has; NULL: none was asked for. */
const char *fopnp_dns_job_name(const struct fopnp_dns_job *job);
