/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Transports are kept for the next lookup in a few slots.  Whoever takes one has it alone, so
 * that nothing is locked: not for threads, and not in a child that was forked meanwhile.
 */
#include "nss_module/dns/kept_transports.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define TRANSPORTS_KEPT 2
#define KEEP_US         60000000u /* a process that asks so rarely can make a new one */

static _Atomic(struct fopnp_dns_transport *) kept[TRANSPORTS_KEPT];
static atomic_uint next_to_go;

static bool is_same_server(const union fopnp_dns_address *a, const union fopnp_dns_address *b)
{
	if (a->any.sa_family != b->any.sa_family)
		return false;
	if (a->any.sa_family == AF_INET6)
		return a->inet6.sin6_port == b->inet6.sin6_port &&
		       a->inet6.sin6_scope_id == b->inet6.sin6_scope_id &&
		       memcmp(&a->inet6.sin6_addr, &b->inet6.sin6_addr,
			      sizeof(a->inet6.sin6_addr)) == 0;
	return a->inet.sin_port == b->inet.sin_port &&
	       a->inet.sin_addr.s_addr == b->inet.sin_addr.s_addr;
}

static bool is_for(const struct fopnp_dns_transport *transport,
		   const struct fopnp_dns_settings *settings)
{
	if (transport->server_count != settings->server_count ||
	    transport->uses_tcp != settings->uses_tcp)
		return false;
	for (size_t i = 0; i < settings->server_count; i++)
		if (!is_same_server(&transport->servers[i], &settings->servers[i]))
			return false;
	return true;
}

static void free_transport(struct fopnp_dns_transport *transport)
{
	if (!transport)
		return;
	for (size_t i = 0; i < FOPNP_DNS_SERVERS; i++)
		fopnp_dns_channel_close(transport->channels[i]);
	free(transport);
}

static struct fopnp_dns_transport *make_transport(const struct fopnp_dns_settings *settings)
{
	struct fopnp_dns_transport *transport = calloc(1, sizeof(*transport));

	if (!transport)
		return NULL;
	memcpy(transport->servers, settings->servers, sizeof(transport->servers));
	transport->server_count = settings->server_count;
	transport->uses_tcp = settings->uses_tcp;
	transport->used_us = fopnp_dns_now_us();
	return transport;
}

struct fopnp_dns_transport *fopnp_dns_transport_take(const struct fopnp_dns_settings *settings)
{
	struct fopnp_dns_transport *transport;

	for (size_t i = 0; i < TRANSPORTS_KEPT; i++) {
		if (!atomic_load_explicit(&kept[i], memory_order_relaxed))
			continue;
		transport = atomic_exchange(&kept[i], NULL);
		if (!transport)
			continue;
		if (fopnp_dns_now_us() - transport->used_us > KEEP_US) {
			free_transport(transport);
			continue;
		}
		if (is_for(transport, settings))
			return transport;
		fopnp_dns_transport_give_back(transport);
	}
	return make_transport(settings);
}

void fopnp_dns_transport_give_back(struct fopnp_dns_transport *transport)
{
	struct fopnp_dns_transport *nothing;

	if (!transport)
		return;
	for (size_t i = 0; i < TRANSPORTS_KEPT; i++) {
		nothing = NULL;
		if (atomic_compare_exchange_strong(&kept[i], &nothing, transport))
			return;
	}
	/* Those of settings that are gone must go in the end, too. */
	free_transport(atomic_exchange(&kept[atomic_fetch_add(&next_to_go, 1) % TRANSPORTS_KEPT],
				       transport));
}
