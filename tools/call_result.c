/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making one lookup call. */
#include "tools/call_result.h"

#include "tools/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

static void copy_name(struct fopnp_call_result *result, const char *name)
{
	(void)snprintf(result->canonical, sizeof(result->canonical), "%s", name ? name : "");
}

static bool same_address(const struct fopnp_request_address *a,
			 const struct fopnp_request_address *b)
{
	return a->family == b->family && a->scope == b->scope && a->port == b->port &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* getaddrinfo gives each address once for every socket type: keep one. */
static void add_address(struct fopnp_call_result *result,
			const struct fopnp_request_address *address)
{
	for (size_t i = 0; i < result->address_count; i++)
		if (same_address(&result->addresses[i], address))
			return;
	if (result->address_count == FOPNP_CALL_ADDRESSES) {
		result->is_cut = true;
		return;
	}
	result->addresses[result->address_count++] = *address;
}

static void add_socket_address(struct fopnp_call_result *result, const struct sockaddr *from,
			       socklen_t len)
{
	struct fopnp_request_address address = { .family = from->sa_family };

	if (from->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
		struct sockaddr_in in;

		memcpy(&in, from, sizeof(in));
		memcpy(address.bytes, &in.sin_addr, 4);
		address.port = ntohs(in.sin_port);
		add_address(result, &address);
	} else if (from->sa_family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
		struct sockaddr_in6 in6;

		memcpy(&in6, from, sizeof(in6));
		memcpy(address.bytes, &in6.sin6_addr, 16);
		address.port = ntohs(in6.sin6_port);
		address.scope = in6.sin6_scope_id;
		add_address(result, &address);
	}
}

/* Asked so, getaddrinfo looks at the text alone and calls no source. */
static bool is_numeric(const char *name, int family, int flags)
{
	struct addrinfo hints = {
		.ai_family = family,
		.ai_flags = AI_NUMERICHOST | (flags & AI_V4MAPPED),
	};
	struct addrinfo *list = NULL;

	if (getaddrinfo(name, NULL, &hints, &list) != 0)
		return false;
	freeaddrinfo(list);
	return true;
}

static void make_getaddrinfo(const struct fopnp_request *request, struct fopnp_call_result *result)
{
	struct addrinfo hints = {
		.ai_family = request->family,
		.ai_socktype = request->socktype,
		.ai_protocol = request->protocol,
		.ai_flags = request->flags,
	};
	struct addrinfo *list = NULL;
	uint64_t start;

	result->is_numeric = !request->name || (request->flags & AI_NUMERICHOST) ||
			     is_numeric(request->name, request->family, request->flags);
	errno = 0;
	start = fopnp_clock_now_us();
	result->code = getaddrinfo(request->name, request->service, &hints, &list);
	if (result->code == EAI_SYSTEM)
		result->error = errno;
	result->elapsed_us = fopnp_clock_now_us() - start;
	if (result->code != 0)
		return;
	copy_name(result, list->ai_canonname);
	for (struct addrinfo *at = list; at; at = at->ai_next, result->entry_count++)
		add_socket_address(result, at->ai_addr, at->ai_addrlen);
	freeaddrinfo(list);
}

int fopnp_call_code_of_h_errno(int h_error)
{
	switch (h_error) {
	case HOST_NOT_FOUND:
		return EAI_NONAME;
	case NO_DATA:
		return EAI_NODATA;
	case TRY_AGAIN:
		return EAI_AGAIN;
	case NO_RECOVERY:
		return EAI_FAIL;
	default:
		return EAI_SYSTEM;
	}
}

static void take_hostent(struct fopnp_call_result *result, const struct hostent *host, int error,
			 int h_error)
{
	if (!host) {
		result->h_error = h_error;
		result->code = fopnp_call_code_of_h_errno(h_error);
		result->error = result->code == EAI_SYSTEM ? error : 0;
		return;
	}
	copy_name(result, host->h_name);
	for (char **at = host->h_addr_list; *at; at++) {
		struct fopnp_request_address address = { .family = host->h_addrtype };

		memcpy(address.bytes, *at, host->h_addrtype == AF_INET ? 4 : 16);
		add_address(result, &address);
	}
}

static void make_gethostbyname(const struct fopnp_request *request,
			       struct fopnp_call_result *result)
{
	bool has_family = request->call == FOPNP_CALL_GETHOSTBYNAME2;
	int family = has_family ? request->family : AF_INET;
	const struct hostent *host;
	uint64_t start;

	result->is_numeric = is_numeric(request->name, family, 0);
	errno = 0;
	start = fopnp_clock_now_us();
	host = has_family ? gethostbyname2(request->name, family) : gethostbyname(request->name);
	result->elapsed_us = fopnp_clock_now_us() - start;
	take_hostent(result, host, errno, h_errno);
}

static void take_aliases(struct fopnp_call_result *result, const struct hostent *host)
{
	size_t used = 0;

	for (char **at = host->h_aliases; at && *at; at++) {
		size_t size = strlen(*at) + 1;

		if (size > sizeof(result->aliases) - used) {
			result->are_aliases_cut = true;
			return;
		}
		memcpy(result->aliases + used, *at, size);
		used += size;
		result->alias_count++;
	}
}

static void make_gethostbyaddr(const struct fopnp_request *request,
			       struct fopnp_call_result *result)
{
	const struct fopnp_request_address *address = &request->address;
	const struct hostent *host;
	uint64_t start;

	errno = 0;
	start = fopnp_clock_now_us();
	host = gethostbyaddr(address->bytes, address->family == AF_INET ? 4 : 16, address->family);
	result->elapsed_us = fopnp_clock_now_us() - start;
	take_hostent(result, host, errno, h_errno);
	if (host)
		take_aliases(result, host);
}

static socklen_t fill_socket_address(const struct fopnp_request_address *from,
				     struct sockaddr_storage *to)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_scope_id = from->scope };

	memcpy(&in.sin_addr, from->bytes, 4);
	memcpy(&in6.sin6_addr, from->bytes, 16);
	if (from->family == AF_INET)
		memcpy(to, &in, sizeof(in));
	else
		memcpy(to, &in6, sizeof(in6));
	return from->family == AF_INET ? sizeof(in) : sizeof(in6);
}

static void make_getnameinfo(const struct fopnp_request *request, struct fopnp_call_result *result)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = fill_socket_address(&request->address, &address);
	char host[NI_MAXHOST] = "";
	uint64_t start;

	result->is_numeric = request->flags & NI_NUMERICHOST;
	errno = 0;
	start = fopnp_clock_now_us();
	result->code = getnameinfo((const struct sockaddr *)&address, len, host, sizeof(host), NULL,
				   0, request->flags);
	if (result->code == EAI_SYSTEM)
		result->error = errno;
	result->elapsed_us = fopnp_clock_now_us() - start;
	if (result->code != 0)
		return;
	copy_name(result, host);
	add_address(result, &request->address);
}

void fopnp_call_make(const struct fopnp_request *request, struct fopnp_call_result *out_result)
{
	out_result->end = FOPNP_CALL_RETURNED;
	switch (request->call) {
	case FOPNP_CALL_GETADDRINFO:
		make_getaddrinfo(request, out_result);
		break;
	case FOPNP_CALL_GETHOSTBYNAME:
	case FOPNP_CALL_GETHOSTBYNAME2:
		make_gethostbyname(request, out_result);
		break;
	case FOPNP_CALL_GETHOSTBYADDR:
		make_gethostbyaddr(request, out_result);
		break;
	case FOPNP_CALL_GETNAMEINFO:
		make_getnameinfo(request, out_result);
		break;
	}
}

/* So many texts, each with its end. */
static bool are_aliases_sound(const struct fopnp_call_result *result)
{
	const char *at = result->aliases;

	for (size_t i = 0; i < result->alias_count; i++) {
		size_t left = (size_t)(result->aliases + sizeof(result->aliases) - at);
		const char *end = left ? memchr(at, '\0', left) : NULL;

		if (!end)
			return false;
		at = end + 1;
	}
	return true;
}

bool fopnp_call_result_is_sound(const struct fopnp_call_result *result)
{
	if ((result->end != FOPNP_CALL_RETURNED && result->end != FOPNP_CALL_NO_MODULE &&
	     result->end != FOPNP_CALL_NO_RELAY) ||
	    result->address_count > FOPNP_CALL_ADDRESSES ||
	    !memchr(result->canonical, '\0', sizeof(result->canonical)) ||
	    !memchr(result->module_error, '\0', sizeof(result->module_error)))
		return false;
	for (size_t i = 0; i < result->address_count; i++)
		if (result->addresses[i].family != AF_INET &&
		    result->addresses[i].family != AF_INET6)
			return false;
	return are_aliases_sound(result);
}

const char *fopnp_call_next_name(const struct fopnp_call_result *result, const char *name)
{
	const char *next = result->aliases;

	if (!name)
		return result->canonical[0] ? result->canonical : NULL;
	if (name != result->canonical)
		next = name + strlen(name) + 1;
	for (size_t i = 0; i < result->alias_count; i++, name += strlen(name) + 1) {
		if (i == 0)
			name = result->aliases;
		if (name == next)
			return next;
	}
	return NULL;
}

bool fopnp_call_same_order(const struct fopnp_call_result *a, const struct fopnp_call_result *b)
{
	if (a->address_count != b->address_count)
		return false;
	for (size_t i = 0; i < a->address_count; i++)
		if (!same_address(&a->addresses[i], &b->addresses[i]))
			return false;
	return true;
}

bool fopnp_call_same_addresses(const struct fopnp_call_result *a, const struct fopnp_call_result *b)
{
	/* Both are without repetition, so that equal counts and one inclusion are enough. */
	if (a->address_count != b->address_count)
		return false;
	for (size_t i = 0; i < a->address_count; i++) {
		bool is_there = false;

		for (size_t j = 0; j < b->address_count && !is_there; j++)
			is_there = same_address(&a->addresses[i], &b->addresses[j]);
		if (!is_there)
			return false;
	}
	return true;
}

/* EAI_NONAME has several reasons, which the request tells apart. */
static const char *meaning_of_noname(const struct fopnp_request *request)
{
	if (fopnp_request_is_reverse(request))
		return "no source that was asked knows a name for this address";
	if (!request->name)
		return "there is neither a name nor a service";
	if (request->call == FOPNP_CALL_GETADDRINFO && (request->flags & AI_NUMERICHOST))
		return "the name is no address, and AI_NUMERICHOST allows nothing else";
	if (request->service)
		return "no source that was asked knows this name, or the service is unknown";
	if (request->family == AF_INET)
		return "no source that was asked knows an IPv4 address of this name";
	if (request->family == AF_INET6)
		return "no source that was asked knows an IPv6 address of this name";
	return "no source that was asked knows this name";
}

static const char *meaning_of_nodata(const struct fopnp_request *request)
{
	if (fopnp_request_is_reverse(request))
		return meaning_of_noname(request);
	/* AI_ADDRCONFIG may have left a family out. */
	if (request->call == FOPNP_CALL_GETADDRINFO && request->family == AF_UNSPEC &&
	    !(request->flags & AI_ADDRCONFIG))
		return "the name exists, but has no address";
	return "the name exists, but has no address of the family asked for";
}

const char *fopnp_call_meaning(const struct fopnp_request *request, int code)
{
	switch (code) {
	case 0:
		return "answered";
	case EAI_NONAME:
		return meaning_of_noname(request);
	case EAI_NODATA:
		return meaning_of_nodata(request);
	case EAI_AGAIN:
		return "a source failed for now; asking again may succeed";
	case EAI_FAIL:
		return "a source failed for good";
	case EAI_SERVICE:
		return "there is no such service, or not for this socket type";
	case EAI_ADDRFAMILY:
		return "the address is not of this family";
	case EAI_BADFLAGS:
		return "these flags do not go together";
	case EAI_SYSTEM:
		return "a system error; errno says which";
	default:
		return gai_strerror(code);
	}
}

enum fopnp_exit fopnp_call_exit_status(const struct fopnp_call_result *result)
{
	if (result->end != FOPNP_CALL_RETURNED)
		return FOPNP_EXIT_CANNOT;
	switch (result->code) {
	case 0:
		return FOPNP_EXIT_OK;
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
	case EAI_SERVICE:
	case EAI_IDN_ENCODE:
		return FOPNP_EXIT_NO;
	case EAI_BADFLAGS:
	case EAI_FAMILY:
	case EAI_SOCKTYPE:
		return FOPNP_EXIT_USAGE;
	default:
		return FOPNP_EXIT_CANNOT;
	}
}
