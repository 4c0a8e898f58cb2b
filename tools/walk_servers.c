/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of name servers, from wherever they are known. */
#include "tools/walk_servers.h"

#include "tools/dns_servers.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>

static struct fopnp_walk_server *add_server(struct fopnp_walk_servers *servers, const char *name,
					    enum fopnp_walk_origin origin)
{
	for (size_t i = 0; i < servers->count; i++)
		if (fopnp_dns_name_equal(servers->list[i].name, name))
			return NULL;
	if (servers->count == FOPNP_WALK_SERVERS)
		return NULL;
	servers->list =
		fopnp_memory_resize(servers->list, servers->count + 1, sizeof(*servers->list));
	servers->list[servers->count] = (struct fopnp_walk_server){
		.name = fopnp_memory_copy_text(name),
		.origin = origin,
	};
	return &servers->list[servers->count++];
}

void fopnp_walk_server_add(struct fopnp_walk_server *server, const union fopnp_dns_address *address)
{
	if (server->count == FOPNP_WALK_ADDRESSES)
		return;
	server->addresses = fopnp_memory_resize(server->addresses, server->count + 1,
						sizeof(*server->addresses));
	server->addresses[server->count++] = (struct fopnp_dns_server){
		.address = *address,
		.text = fopnp_dns_server_words(address),
	};
}

bool fopnp_walk_address_is_own(const union fopnp_dns_address *address)
{
	if (address->any.sa_family == AF_INET) {
		uint32_t net = ntohl(address->inet.sin_addr.s_addr) >> 24;

		return net == IN_LOOPBACKNET || net == 0;
	}
	return IN6_IS_ADDR_LOOPBACK(&address->inet6.sin6_addr) ||
	       IN6_IS_ADDR_UNSPECIFIED(&address->inet6.sin6_addr);
}

/* Multicast, reserved and broadcast; IPv4 in the clothes of IPv6 is never on a wire (RFC 4291 2.5.5.2). */
static bool is_no_host(const union fopnp_dns_address *address)
{
	if (address->any.sa_family == AF_INET)
		return ntohl(address->inet.sin_addr.s_addr) >= INADDR_UNSPEC_GROUP;
	return IN6_IS_ADDR_MULTICAST(&address->inet6.sin6_addr) ||
	       IN6_IS_ADDR_V4MAPPED(&address->inet6.sin6_addr);
}

char *fopnp_walk_server_learn(struct fopnp_walk_server *server,
			      const union fopnp_dns_address *address, bool asks_itself)
{
	FOPNP_AUTO_FREE char *text = NULL;
	const char *reason = is_no_host(address) ? "no address of a host"
			     : fopnp_walk_address_is_own(address) && !asks_itself
				     ? "this machine itself"
				     : NULL;

	if (!reason) {
		fopnp_walk_server_add(server, address);
		return NULL;
	}
	text = fopnp_dns_server_words(address);
	return fopnp_memory_format("the address %s: %s, not asked", text, reason);
}

bool fopnp_walk_address_of(const struct fopnp_dns_response_record *record,
			   union fopnp_dns_address *out)
{
	*out = (union fopnp_dns_address){ 0 };
	if (record->type == ns_t_a && record->data_len == sizeof(out->inet.sin_addr)) {
		out->inet.sin_family = AF_INET;
		out->inet.sin_port = htons(NS_DEFAULTPORT);
		memcpy(&out->inet.sin_addr, record->data, record->data_len);
		return true;
	}
	if (record->type == ns_t_aaaa && record->data_len == sizeof(out->inet6.sin6_addr)) {
		out->inet6.sin6_family = AF_INET6;
		out->inet6.sin6_port = htons(NS_DEFAULTPORT);
		memcpy(&out->inet6.sin6_addr, record->data, record->data_len);
		return true;
	}
	return false;
}

void fopnp_walk_servers_of_hints(const struct fopnp_root_hints *hints,
				 struct fopnp_walk_servers *out)
{
	*out = (struct fopnp_walk_servers){ 0 };
	for (size_t i = 0; i < hints->count; i++) {
		struct fopnp_walk_server *server =
			add_server(out, hints->servers[i].name, FOPNP_WALK_OF_HINTS);

		for (size_t j = 0; server && j < hints->servers[i].count; j++)
			fopnp_walk_server_add(server, &hints->servers[i].addresses[j]);
	}
}

static void add_glue(const struct fopnp_dns_response *response, bool asks_itself,
		     struct fopnp_walk_server *server)
{
	const struct fopnp_dns_response_record *record = NULL;
	union fopnp_dns_address address;

	while ((record = fopnp_dns_response_next(response, record, FOPNP_DNS_ADDITIONAL,
						 server->name, 0))) {
		if (!fopnp_walk_address_of(record, &address))
			continue;
		server->origin = FOPNP_WALK_OF_GLUE;
		free(server->problem);
		server->problem = fopnp_walk_server_learn(server, &address, asks_itself);
	}
	if (server->count == 0)
		return;
	free(server->problem);
	server->problem = NULL;
}

void fopnp_walk_servers_of_referral(const struct fopnp_dns_response *response, const char *zone,
				    const char *child, bool asks_itself,
				    struct fopnp_walk_servers *out)
{
	const struct fopnp_dns_response_record *record = NULL;

	*out = (struct fopnp_walk_servers){ 0 };
	while ((record = fopnp_dns_response_next(response, record, FOPNP_DNS_AUTHORITY, child,
						 ns_t_ns))) {
		struct fopnp_walk_server *server =
			record->target ? add_server(out, record->target, FOPNP_WALK_OF_NOBODY)
				       : NULL;

		/* Addresses of names outside of its zone are not this server's to give. */
		if (server && fopnp_dns_name_is_within(server->name, zone))
			add_glue(response, asks_itself, server);
	}
}

void fopnp_walk_servers_copy(const struct fopnp_walk_step *step, struct fopnp_walk_servers *out)
{
	*out = (struct fopnp_walk_servers){ 0 };
	for (size_t i = 0; i < step->server_count; i++) {
		const struct fopnp_walk_server *known = &step->servers[i];
		struct fopnp_walk_server *server = add_server(out, known->name, known->origin);

		for (size_t j = 0; server && j < known->count; j++)
			fopnp_walk_server_add(server, &known->addresses[j].address);
		if (server)
			server->problem = fopnp_memory_copy_text(known->problem);
	}
}

void fopnp_walk_servers_clear(struct fopnp_walk_servers *servers)
{
	for (size_t i = 0; i < servers->count; i++) {
		for (size_t j = 0; j < servers->list[i].count; j++)
			free(servers->list[i].addresses[j].text);
		free(servers->list[i].addresses);
		free(servers->list[i].name);
		free(servers->list[i].problem);
	}
	free(servers->list);
	*servers = (struct fopnp_walk_servers){ 0 };
}
