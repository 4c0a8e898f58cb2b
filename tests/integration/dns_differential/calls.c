/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every call that reaches the hosts database, and its result as text, see differential.h. */
#include "tests/integration/dns_differential/differential.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LARGE (1u << 18)

enum kind {
	ADDRINFO,
	BY_NAME,
	BY_NAME_GROWING,
	DIRECT4,
	DIRECT3,
	DIRECT2,
	DIRECT1,
	ADDRESS,
	NAMEINFO,
	DIRECT_ADDRESS
};

struct call {
	const char *name;
	enum kind kind;
	int family, flags;
};

static const struct call by_name[CALLS_BY_NAME] = {
	{ "getaddrinfo unspec", ADDRINFO, AF_UNSPEC, 0 },
	{ "gethostbyname_r", BY_NAME, AF_UNSPEC, 0 },
	{ "gethostbyname4_r", DIRECT4, AF_UNSPEC, 0 },
	{ "gethostbyname3_r inet", DIRECT3, AF_INET, 0 },
	{ "gethostbyname3_r inet6", DIRECT3, AF_INET6, 0 },
	{ "getaddrinfo inet6 v4mapped all canonname", ADDRINFO, AF_INET6,
	  AI_V4MAPPED | AI_ALL | AI_CANONNAME },
	{ "getaddrinfo inet", ADDRINFO, AF_INET, 0 },
	{ "getaddrinfo unspec canonname", ADDRINFO, AF_UNSPEC, AI_CANONNAME },
	{ "getaddrinfo unspec v4mapped all", ADDRINFO, AF_UNSPEC, AI_V4MAPPED | AI_ALL },
	{ "getaddrinfo unspec addrconfig idn", ADDRINFO, AF_UNSPEC,
	  AI_ADDRCONFIG | AI_IDN | AI_CANONIDN | AI_CANONNAME },
	{ "getaddrinfo inet canonname", ADDRINFO, AF_INET, AI_CANONNAME },
	{ "getaddrinfo inet6", ADDRINFO, AF_INET6, 0 },
	{ "getaddrinfo inet6 canonname", ADDRINFO, AF_INET6, AI_CANONNAME },
	{ "getaddrinfo inet6 v4mapped", ADDRINFO, AF_INET6, AI_V4MAPPED },
	{ "gethostbyname2_r inet growing", BY_NAME_GROWING, AF_INET, 0 },
	{ "gethostbyname2_r inet6", BY_NAME, AF_INET6, 0 },
	{ "direct gethostbyname2_r inet", DIRECT2, AF_INET, 0 },
	{ "direct gethostbyname2_r inet6", DIRECT2, AF_INET6, 0 },
	{ "direct gethostbyname_r", DIRECT1, AF_UNSPEC, 0 },
	{ "gethostbyname2_r inet6 growing", BY_NAME_GROWING, AF_INET6, 0 },
};

static const struct call by_address[CALLS_BY_ADDRESS] = {
	{ "gethostbyaddr_r", ADDRESS, 0, 0 },
	{ "getnameinfo", NAMEINFO, 0, 0 },
	{ "getnameinfo namereqd", NAMEINFO, 0, NI_NAMEREQD },
	{ "direct gethostbyaddr_r", DIRECT_ADDRESS, 0, 0 },
};

static const char *module;
static bool tells_ttl;

void choose_module(const char *name, bool tells)
{
	module = name;
	tells_ttl = tells;
}

/* ---- text ---- */

void add_text(struct text *text, const char *format, ...)
{
	va_list arguments;
	int len;
	va_start(arguments, format);
	len = vsnprintf(text->start + text->len, text->size - text->len, format, arguments);
	va_end(arguments);
	text->len +=
		(size_t)len < text->size - text->len ? (size_t)len : text->size - text->len - 1;
}

void add_escaped(struct text *text, const char *bytes)
{
	for (const unsigned char *at = (const unsigned char *)bytes; *at; at++)
		add_text(text, *at < 0x21 || *at > 0x7e || *at == '\\' ? "\\%03o" : "%c", *at);
}

static void add_name(struct text *text, const char *what, const char *name)
{
	add_text(text, " %s=", what);
	add_escaped(text, name ? name : "(null)");
}

static void add_address(struct text *text, int family, const void *address)
{
	char shown[INET6_ADDRSTRLEN] = "?";
	inet_ntop(family, address, shown, sizeof(shown));
	add_text(text, " %s", shown);
}

static void add_host(struct text *text, const struct hostent *host)
{
	add_name(text, "name", host->h_name);
	for (char **alias = host->h_aliases; *alias; alias++)
		add_name(text, "alias", *alias);
	add_text(text, " type=%d length=%d", host->h_addrtype, host->h_length);
	for (char **address = host->h_addr_list; *address; address++)
		add_address(text, host->h_addrtype, *address);
}

/* ---- what programs call ---- */

static void call_getaddrinfo(const struct call *call, const char *name, struct text *out)
{
	const struct addrinfo hints = { .ai_family = call->family,
					.ai_flags = call->flags,
					.ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	int code;
	errno = 0;
	code = getaddrinfo(name, NULL, &hints, &list);
	add_text(out, "code=%d", code);
	if (code == EAI_SYSTEM)
		add_text(out, " errno=%d", errno);
	for (const struct addrinfo *at = list; code == 0 && at; at = at->ai_next) {
		const struct sockaddr_in *in = (const void *)at->ai_addr;
		const struct sockaddr_in6 *in6 = (const void *)at->ai_addr;
		if (at->ai_canonname)
			add_name(out, "canonical", at->ai_canonname);
		add_address(out, at->ai_family,
			    at->ai_family == AF_INET ? (const void *)&in->sin_addr
						     : &in6->sin6_addr);
		if (at->ai_family == AF_INET6 && in6->sin6_scope_id)
			add_text(out, "%%%u", in6->sin6_scope_id);
	}
	if (code == 0)
		freeaddrinfo(list);
}

static void add_host_result(struct text *out, int code, const struct hostent *host, int h_error)
{
	add_text(out, "code=%s", code == 0 ? "0" : code == ERANGE ? "ERANGE" : "error");
	if (host)
		add_host(out, host);
	else
		add_text(out, " h_errno=%d", h_error);
}

/* From a buffer of 64 bytes on, if it is to grow. */
static void call_gethostbyname(const struct call *call, const char *name, struct text *out)
{
	char *buffer = malloc(LARGE);
	struct hostent host, *result = NULL;
	int code, h_error = 0;
	size_t size = call->kind == BY_NAME_GROWING ? 64 : LARGE;
	do {
		code = call->family == AF_UNSPEC
			       ? gethostbyname_r(name, &host, buffer, size, &result, &h_error)
			       : gethostbyname2_r(name, call->family, &host, buffer, size, &result,
						  &h_error);
	} while (code == ERANGE && (size *= 2) <= LARGE);
	add_host_result(out, code, result, h_error);
	free(buffer);
}

static bool parse_address(const char *what, struct sockaddr_storage *out, socklen_t *out_len)
{
	struct sockaddr_in *in = (void *)out;
	struct sockaddr_in6 *in6 = (void *)out;
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, what, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		*out_len = sizeof(*in);
		return true;
	}
	in6->sin6_family = AF_INET6;
	*out_len = sizeof(*in6);
	return inet_pton(AF_INET6, what, &in6->sin6_addr) == 1;
}

static const void *address_bytes(const struct sockaddr_storage *address, socklen_t *out_len)
{
	*out_len = address->ss_family == AF_INET ? 4 : 16;
	return address->ss_family == AF_INET
		       ? (const void *)&((const struct sockaddr_in *)address)->sin_addr
		       : &((const struct sockaddr_in6 *)address)->sin6_addr;
}

static void call_gethostbyaddr(const struct sockaddr_storage *address, struct text *out)
{
	char *buffer = malloc(LARGE);
	struct hostent host, *result = NULL;
	int h_error = 0;
	socklen_t len;
	const void *bytes = address_bytes(address, &len);
	int code = gethostbyaddr_r(bytes, len, address->ss_family, &host, buffer, LARGE, &result,
				   &h_error);
	add_host_result(out, code, result, h_error);
	free(buffer);
}

static void call_getnameinfo(const struct call *call, const struct sockaddr_storage *address,
			     socklen_t len, struct text *out)
{
	char host[NI_MAXHOST] = "";
	int code;
	errno = 0;
	code = getnameinfo((const struct sockaddr *)address, len, host, sizeof(host), NULL, 0,
			   call->flags);
	add_text(out, "code=%d", code);
	if (code == EAI_SYSTEM)
		add_text(out, " errno=%d", errno);
	add_name(out, "host", host);
}

/* ---- what glibc calls: the module's own functions, with their statuses ---- */

static void *function(const char *name)
{
	char symbol[64], library[64];
	void *found, *handle = RTLD_DEFAULT;
	snprintf(symbol, sizeof(symbol), "_nss_%s_%s", module, name);
	snprintf(library, sizeof(library), "libnss_%s.so.2", module);
	if (strcmp(module, "dns") != 0)
		handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	found = handle || handle == RTLD_DEFAULT ? dlsym(handle, symbol) : NULL;
	if (!found) {
		fprintf(stderr, "%s: %s\n", symbol, dlerror());
		_Exit(2);
	}
	return found;
}

static void add_status(struct text *out, enum nss_status status, int h_error)
{
	add_text(out, "status=%d", status);
	if (status != NSS_STATUS_SUCCESS)
		add_text(out, " h_errno=%d", h_error);
	if (status == NSS_STATUS_TRYAGAIN || status == NSS_STATUS_UNAVAIL)
		add_text(out, " errno=%d", errno);
}

static void call_direct4(const char *name, struct text *out)
{
	nss_gethostbyname4_r *call = (nss_gethostbyname4_r *)function("gethostbyname4_r");
	char *buffer = malloc(LARGE);
	struct gaih_addrtuple *first = NULL;
	int32_t ttl = INT32_MAX;
	int h_error = 0;
	enum nss_status status;
	errno = 0;
	status = call(name, &first, buffer, LARGE, &errno, &h_error, &ttl);
	add_status(out, status, h_error);
	if (tells_ttl && status == NSS_STATUS_SUCCESS)
		add_text(out, " ttl=%d", ttl);
	for (; status == NSS_STATUS_SUCCESS && first; first = first->next) {
		if (first->name)
			add_name(out, "name", first->name);
		add_address(out, first->family, first->addr);
	}
	free(buffer);
}

static void call_direct(const struct call *what, const char *name, struct text *out)
{
	char *buffer = malloc(LARGE), *canonical = NULL;
	struct hostent host;
	int32_t ttl = INT32_MAX;
	int h_error = 0;
	enum nss_status status;
	errno = 0;
	if (what->kind == DIRECT3)
		status = ((nss_gethostbyname3_r *)function("gethostbyname3_r"))(
			name, what->family, &host, buffer, LARGE, &errno, &h_error, &ttl,
			&canonical);
	else if (what->kind == DIRECT2)
		status = ((nss_gethostbyname2_r *)function("gethostbyname2_r"))(
			name, what->family, &host, buffer, LARGE, &errno, &h_error);
	else
		status = ((nss_gethostbyname_r *)function("gethostbyname_r"))(
			name, &host, buffer, LARGE, &errno, &h_error);
	add_status(out, status, h_error);
	if (tells_ttl && status == NSS_STATUS_SUCCESS)
		add_text(out, " ttl=%d", ttl);
	if (status == NSS_STATUS_SUCCESS) {
		add_host(out, &host);
		if (what->kind == DIRECT3)
			add_name(out, "canonical", canonical);
	}
	free(buffer);
}

static void call_direct_address(const struct sockaddr_storage *address, struct text *out)
{
	nss_gethostbyaddr_r *call = (nss_gethostbyaddr_r *)function("gethostbyaddr_r");
	char *buffer = malloc(LARGE);
	struct hostent host;
	socklen_t len;
	const void *bytes = address_bytes(address, &len);
	int h_error = 0;
	enum nss_status status;
	errno = 0;
	status = call(bytes, len, address->ss_family, &host, buffer, LARGE, &errno, &h_error);
	add_status(out, status, h_error);
	if (status == NSS_STATUS_SUCCESS)
		add_host(out, &host);
	free(buffer);
}

/* ---- all of them ---- */

const char *call_name(bool is_reverse, size_t call)
{
	return is_reverse ? by_address[call].name : by_name[call].name;
}

static void make_call_by_address(const struct call *call, const char *what, struct text *out)
{
	struct sockaddr_storage address;
	socklen_t len;
	if (!parse_address(what, &address, &len)) {
		fprintf(stderr, "%s: no address\n", what);
		_Exit(2);
	}
	if (call->kind == ADDRESS)
		call_gethostbyaddr(&address, out);
	else if (call->kind == NAMEINFO)
		call_getnameinfo(call, &address, len, out);
	else
		call_direct_address(&address, out);
}

void make_call(bool is_reverse, size_t index, const char *what, struct text *out)
{
	const struct call *call = is_reverse ? &by_address[index] : &by_name[index];
	if (is_reverse)
		make_call_by_address(call, what, out);
	else if (call->kind == ADDRINFO)
		call_getaddrinfo(call, what, out);
	else if (call->kind == BY_NAME || call->kind == BY_NAME_GROWING)
		call_gethostbyname(call, what, out);
	else if (call->kind == DIRECT4)
		call_direct4(what, out);
	else
		call_direct(call, what, out);
}
