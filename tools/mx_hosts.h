/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hosts of a domain's mail: their order and their addresses. */
#pragma once

#include "tools/mx.h"

struct fopnp_mx_jobs {
	struct fopnp_dns_job *list[FOPNP_MX_HOSTS]; /* in the order of the names */
	size_t count;
};

/* Ask for records of TYPE and OTHER_TYPE (0: none) of the COUNT names, all at once. */
void fopnp_mx_ask(const struct fopnp_mx *mx, const char *const *names, size_t count, unsigned type,
		  unsigned other_type, struct fopnp_mx_jobs *jobs);
void fopnp_mx_jobs_clear(struct fopnp_mx_jobs *jobs);

/* Why nothing is known for now: "192.0.2.53 answers SERVFAIL"; the caller's to free(). */
char *fopnp_mx_trouble_words(const struct fopnp_dns_lookup *lookup);

/* NULL if there are FOPNP_MX_HOSTS already. */
struct fopnp_mx_host *fopnp_mx_host_add(struct fopnp_mx *mx, const char *name, unsigned preference);
/* PROBLEM is taken over. */
void fopnp_mx_host_set_problem(struct fopnp_mx_host *host, bool is_temporary, char *problem);

/* By preference, equal ones in the random order of the seed; whether there are such. */
bool fopnp_mx_hosts_sort(struct fopnp_mx *mx);

/* Of every host that has neither a problem nor addresses. */
void fopnp_mx_hosts_find_addresses(struct fopnp_mx *mx);
