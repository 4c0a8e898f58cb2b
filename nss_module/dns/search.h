/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which names are asked for a name, in which order, and which results go on
 * to the next: glibc's rules (resolv/res_query.c, __res_context_search()).
 */
#pragma once

#include "nss_module/dns/settings.h"
#include "nss_module/lookup/dns_packet.h"

#include <stdbool.h>
#include <stddef.h>

/* What asking came to, as glibc's resolver tells it. */
struct fopnp_dns_outcome {
	bool is_answered; /* a reply is worth reading; the rest does not count */
	int h_error;
	int error;      /* errno, of the last query */
	unsigned rcode; /* of the first usable reply, or of what was heard last; 0: nothing was */
};

#define FOPNP_DNS_AS_IS SIZE_MAX /* instead of a domain's index: the name itself */

/* Asks for NAME, which is DOMAIN (an index) of the search list. */
typedef struct fopnp_dns_outcome fopnp_dns_ask_name(void *context, const char *name, size_t domain);

/* NAME under a domain of the list, or as it is; false if that has no room. */
bool fopnp_dns_search_name(const struct fopnp_dns_settings *settings, const char *name,
			   size_t domain, char out[static FOPNP_DNS_NAME_SIZE]);

struct fopnp_dns_outcome fopnp_dns_search(const struct fopnp_dns_settings *settings,
					  const char *name, fopnp_dns_ask_name *ask, void *context);
