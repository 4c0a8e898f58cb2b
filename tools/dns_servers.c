/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Name servers of resolv.conf and of words. */
#include "tools/dns_servers.h"

#include "tools/memory.h"
#include "tools/message.h"
#include "tools/program_lookup.h"
#include "tools/server_text.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *fopnp_dns_server_words(const union fopnp_dns_address *address)
{
	bool is_inet6 = address->any.sa_family == AF_INET6;
	unsigned port = ntohs(is_inet6 ? address->inet6.sin6_port : address->inet.sin_port);
	unsigned scope = is_inet6 ? address->inet6.sin6_scope_id : 0;
	char text[FOPNP_ADDRESS_TEXT], zone[IF_NAMESIZE];
	FOPNP_AUTO_FREE char *zoned = NULL;

	(void)fopnp_address_print(address->any.sa_family,
				  is_inet6 ? (const void *)&address->inet6.sin6_addr
					   : (const void *)&address->inet.sin_addr,
				  0, text);
	if (scope != 0 && if_indextoname(scope, zone))
		zoned = fopnp_memory_format("%s%%%s", text, zone);
	else if (scope != 0)
		zoned = fopnp_memory_format("%s%%%u", text, scope);
	else
		zoned = fopnp_memory_copy_text(text);
	if (port == NS_DEFAULTPORT)
		return fopnp_memory_copy_text(zoned);
	return fopnp_memory_format(is_inet6 ? "[%s]:%u" : "%s:%u", zoned, port);
}

static void add(struct fopnp_dns_servers *servers, const struct sockaddr_storage *address,
		unsigned line)
{
	struct fopnp_dns_server *server;

	servers->list =
		fopnp_memory_resize(servers->list, servers->count + 1, sizeof(*servers->list));
	server = &servers->list[servers->count++];
	*server = (struct fopnp_dns_server){ .line = line };
	memcpy(&server->address, address, sizeof(server->address));
	server->text = fopnp_dns_server_words(&server->address);
}

void fopnp_dns_servers_of_config(const struct fopnp_resolver_config *config,
				 struct fopnp_dns_servers *out)
{
	*out = (struct fopnp_dns_servers){ 0 };
	for (size_t i = 0; i < config->server_count; i++)
		add(out, &config->servers[i].address, config->servers[i].line);
}

/* NAME, or NAME:PORT.  False if there is something else behind the colon. */
static bool split_host(char *word, uint16_t *out_port)
{
	char *colon = strchr(word, ':'), *end;
	unsigned long port;

	*out_port = NS_DEFAULTPORT;
	if (!colon)
		return *word != '\0';
	*colon++ = '\0';
	port = strtoul(colon, &end, 10);
	*out_port = (uint16_t)port;
	return *word && *colon >= '0' && *colon <= '9' && !*end && port >= 1 && port <= UINT16_MAX;
}

static void add_found(struct fopnp_dns_servers *servers,
		      const struct fopnp_request_address *address, uint16_t port)
{
	union fopnp_dns_address found = { 0 };
	struct sockaddr_storage storage = { 0 };

	if (address->family == AF_INET6) {
		found.inet6.sin6_family = AF_INET6;
		found.inet6.sin6_port = htons(port);
		found.inet6.sin6_scope_id = address->scope;
		memcpy(&found.inet6.sin6_addr, address->bytes, sizeof(found.inet6.sin6_addr));
	} else {
		found.inet.sin_family = AF_INET;
		found.inet.sin_port = htons(port);
		memcpy(&found.inet.sin_addr, address->bytes, sizeof(found.inet.sin_addr));
	}
	memcpy(&storage, &found, sizeof(found));
	add(servers, &storage, 0);
}

/* As a program finds it: of whatever source. */
static bool add_host(struct fopnp_dns_servers *servers, const char *host, uint16_t port)
{
	struct fopnp_program_lookup lookup = {
		.request = { .call = FOPNP_CALL_GETADDRINFO, .socktype = SOCK_DGRAM },
	};
	bool is_found;

	(void)fopnp_request_set_name(&lookup.request, host);
	if (!fopnp_program_lookups_run(&lookup, 1)) {
		fopnp_program_lookup_clear(&lookup);
		return false;
	}
	is_found = lookup.result->end == FOPNP_CALL_RETURNED && lookup.result->code == 0 &&
		   lookup.result->address_count > 0;
	for (size_t i = 0; is_found && i < lookup.result->address_count; i++)
		add_found(servers, &lookup.result->addresses[i], port);
	if (!is_found)
		fopnp_message_error(
			"server-unknown", "give its address, as in @192.0.2.1",
			"the name server \"%s\" has no address: %s", host,
			lookup.result->end == FOPNP_CALL_RETURNED
				? fopnp_call_meaning(&lookup.request, lookup.result->code)
				: "its lookup did not come back");
	fopnp_program_lookup_clear(&lookup);
	return is_found;
}

bool fopnp_dns_servers_add(struct fopnp_dns_servers *servers, const char *word)
{
	FOPNP_AUTO_FREE char *host = NULL;
	struct sockaddr_storage address;
	uint16_t port;

	if (fopnp_server_text_parse(word, &address)) {
		add(servers, &address, 0);
		return true;
	}
	host = fopnp_memory_copy_text(word);
	if (!split_host(host, &port)) {
		fopnp_message_error("server-invalid",
				    "@ADDRESS, @ADDRESS:PORT, @[IPV6]:PORT or @NAME:PORT",
				    "\"@%s\" names no server", word);
		return false;
	}
	return add_host(servers, host, port);
}

void fopnp_dns_servers_clear(struct fopnp_dns_servers *servers)
{
	for (size_t i = 0; i < servers->count; i++)
		free(servers->list[i].text);
	free(servers->list);
	*servers = (struct fopnp_dns_servers){ 0 };
}
