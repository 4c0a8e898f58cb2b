/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `fopnp dns` was told: options, names, types and servers. */
#pragma once

#include "tools/dns_servers.h"
#include "tools/options.h"

#include <stdbool.h>
#include <stddef.h>

#define FOPNP_DNS_TYPES_MOST 32 /* of one run */

struct fopnp_dns_options {
	struct fopnp_dns_client_options client;
	unsigned types[FOPNP_DNS_TYPES_MOST];
	size_t type_count;  /* 0: the usual ones */
	const char **names; /* of argv, in their order; "-" is stdin */
	size_t name_count;
	struct fopnp_resolver_config config;
	struct fopnp_dns_servers servers;
	bool has_own_servers; /* @SERVER */
	bool is_short;
	bool searches;
	bool shows_all; /* the authority and additional sections, too */
	bool skips_programs;
};

extern const struct fopnp_option FOPNP_DNS_OPTIONS[];

/* END if all is well; errors are told.  OUT is the caller's to clear in any case. */
enum fopnp_options_result fopnp_dns_options_parse(struct fopnp_dns_options *out, int argc,
						  char **argv);
void fopnp_dns_options_clear(struct fopnp_dns_options *options);
