/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which name servers a command asks: those of resolv.conf(5), or those of "@SERVER" words. */
#pragma once

#include "tools/dns_client.h"
#include "tools/resolver_config.h"

#include <stdbool.h>
#include <stddef.h>

struct fopnp_dns_servers {
	struct fopnp_dns_server *list;
	size_t count;
};

/* Those that programs ask: 1 to 3. */
void fopnp_dns_servers_of_config(const struct fopnp_resolver_config *config,
				 struct fopnp_dns_servers *out);

/*
 * Add those of WORD, without its "@": an address, ADDRESS:PORT, [IPV6]:PORT, "addr%zone", or a host name, with
 * :PORT or without, whose addresses are looked up as programs do (in a child process).  False, and an
 * error told.
 */
bool fopnp_dns_servers_add(struct fopnp_dns_servers *servers, const char *word);
void fopnp_dns_servers_clear(struct fopnp_dns_servers *servers);

/* As fopnp_dns_server.text has it; the caller's to free(). */
char *fopnp_dns_server_words(const union fopnp_dns_address *address);
