/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The name servers of a zone: those of hints, of a referral, or as an earlier step knows them. */
#pragma once

#include "tools/walk.h"

#define FOPNP_WALK_SERVERS   64 /* of a zone; what a reply names beyond them is left out */
#define FOPNP_WALK_ADDRESSES 32 /* of a server */

struct fopnp_walk_servers {
	struct fopnp_walk_server *list;
	size_t count;
};

void fopnp_walk_servers_of_hints(const struct fopnp_root_hints *hints,
				 struct fopnp_walk_servers *out);
/* Of a referral from ZONE to CHILD, with the glue that ZONE's servers may give. */
void fopnp_walk_servers_of_referral(const struct fopnp_dns_response *response, const char *zone,
				    const char *child, bool asks_itself,
				    struct fopnp_walk_servers *out);
void fopnp_walk_servers_copy(const struct fopnp_walk_step *step, struct fopnp_walk_servers *out);
void fopnp_walk_servers_clear(struct fopnp_walk_servers *servers);

void fopnp_walk_server_add(struct fopnp_walk_server *server,
			   const union fopnp_dns_address *address);
/*
 * Add an address that the DNS names.  NULL, or why it is not added, the caller's to free(): it is this machine
 * itself, unless ASKS_ITSELF, or no address of one host.  Anybody can write such records, and resolvers
 * pass them over (unbound.conf(5): do-not-query-localhost).
 */
char *fopnp_walk_server_learn(struct fopnp_walk_server *server,
			      const union fopnp_dns_address *address, bool asks_itself);
/* Loopback and unspecified addresses. */
bool fopnp_walk_address_is_own(const union fopnp_dns_address *address);
/* The address in a record of type A or AAAA, port 53; false for any other. */
bool fopnp_walk_address_of(const struct fopnp_dns_response_record *record,
			   union fopnp_dns_address *out);
