/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One lookup through glibc, and all that a program can see of its outcome. */
#include "tests/nss/differential/differential.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define LARGEST_BUFFER ((size_t)1 << 20)

static char call_buffer[LARGEST_BUFFER + 16] __attribute__((aligned(16)));

/* ---- the answer as text: hashed whole, its beginning kept ---- */

struct answer_text {
	struct outcome *out;
	size_t used;
	FILE *full;
};

static void add_bytes(struct answer_text *text, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text->out->digest = (text->out->digest ^ (uint8_t)bytes[i]) * 0x100000001b3u;
	if (text->full)
		fwrite(bytes, 1, len, text->full);
	size_t room = sizeof(text->out->text) - 1 - text->used;
	if (len > room)
		len = room;
	memcpy(text->out->text + text->used, bytes, len);
	text->used += len;
}

static void add_text(struct answer_text *text, const char *word)
{
	if (!word)
		word = "(null)";
	add_bytes(text, word, strlen(word));
}

static void add_hex(struct answer_text *text, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *at = bytes;
	char hex[2 * 16];
	for (size_t i = 0; i < len && i < 16; i++) {
		hex[2 * i] = digits[at[i] >> 4];
		hex[2 * i + 1] = digits[at[i] & 15];
	}
	add_bytes(text, hex, 2 * len);
}

static void add_number(struct answer_text *text, const char *before, unsigned number)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%s%u", before, number);
	add_bytes(text, digits, (size_t)length);
}

static void add_host(struct answer_text *text, const struct hostent *host)
{
	add_text(text, "name ");
	add_text(text, host->h_name);
	for (char **alias = host->h_aliases; *alias; alias++) {
		add_text(text, " alias ");
		add_text(text, *alias);
	}
	add_number(text, " family ", (unsigned)host->h_addrtype);
	add_number(text, " length ", (unsigned)host->h_length);
	for (char **address = host->h_addr_list; *address; address++) {
		add_text(text, " ");
		add_hex(text, *address, (size_t)host->h_length);
	}
}

static void add_addrinfo(struct answer_text *text, const struct addrinfo *list)
{
	for (const struct addrinfo *one = list; one; one = one->ai_next) {
		if (one->ai_canonname) {
			add_text(text, "canonical ");
			add_text(text, one->ai_canonname);
			add_text(text, " ");
		}
		if (one->ai_family == AF_INET) {
			const struct sockaddr_in *v4 = (const void *)one->ai_addr;
			add_hex(text, &v4->sin_addr, 4);
		} else {
			const struct sockaddr_in6 *v6 = (const void *)one->ai_addr;
			add_hex(text, &v6->sin6_addr, 16);
			text->out->has_mapped |= IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
			if (v6->sin6_scope_id)
				add_number(text, "%", v6->sin6_scope_id);
		}
		add_number(text, "/", (unsigned)one->ai_socktype);
		add_text(text, " ");
	}
}

/* ---- the calls ---- */

static void keep_errors(struct outcome *out, int h_error)
{
	out->error = errno;
	out->h_error = h_error;
}

static void call_getaddrinfo(const struct test_call *call, struct answer_text *text)
{
	const struct addrinfo hints = { .ai_family = call->family,
					.ai_flags = call->flags,
					.ai_socktype = call->socktype };
	struct addrinfo *list = NULL;
	errno = call->error;
	h_errno = call->h_error;
	text->out->code = getaddrinfo(call->name, NULL, call->has_no_hints ? NULL : &hints, &list);
	keep_errors(text->out, h_errno);
	text->out->has_answer = text->out->code == 0;
	if (text->out->code == 0) {
		add_addrinfo(text, list);
		freeaddrinfo(list);
	}
}

static int call_reentrant(const struct test_call *call, size_t size, struct hostent *host,
			  struct hostent **result, int *h_error)
{
	char *buffer = call_buffer + call->buffer_offset;
	socklen_t length = call->family == AF_INET ? 4 : 16;
	if (call->api == API_GETHOSTBYNAME_R)
		return gethostbyname_r(call->name, host, buffer, size, result, h_error);
	if (call->api == API_GETHOSTBYNAME2_R)
		return gethostbyname2_r(call->name, call->family, host, buffer, size, result,
					h_error);
	return gethostbyaddr_r(call->address, length, call->family, host, buffer, size, result,
			       h_error);
}

static void call_with_buffer(const struct test_call *call, struct answer_text *text)
{
	struct hostent host, *result = NULL;
	int own_h_error;
	int *h_error = call->passes_h_errno ? &h_errno : &own_h_error;
	size_t size = call->buffer_size;
	errno = call->error;
	*h_error = call->h_error;
	do { /* as programs do, which keep errno as the ERANGE left it */
		text->out->code = call_reentrant(call, size, &host, &result, h_error);
		keep_errors(text->out, *h_error);
		size *= 2;
	} while (call->grows && text->out->code == ERANGE && size <= LARGEST_BUFFER);
	text->out->has_answer = text->out->code == 0 && result;
	if (text->out->has_answer)
		add_host(text, result);
}

static void call_static(const struct test_call *call, struct answer_text *text)
{
	struct hostent *host;
	errno = call->error;
	h_errno = call->h_error;
	if (call->api == API_GETHOSTBYNAME)
		host = gethostbyname(call->name);
	else if (call->api == API_GETHOSTBYNAME2)
		host = gethostbyname2(call->name, call->family);
	else
		host = gethostbyaddr(call->address, call->family == AF_INET ? 4 : 16, call->family);
	keep_errors(text->out, h_errno);
	text->out->code = host ? 0 : -1;
	text->out->has_answer = host;
	if (host)
		add_host(text, host);
}

static void call_getnameinfo(const struct test_call *call, struct answer_text *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	char host[NI_MAXHOST] = "";
	const bool is_v4 = call->family == AF_INET;
	memcpy(&v4.sin_addr, call->address, sizeof(v4.sin_addr));
	memcpy(&v6.sin6_addr, call->address, sizeof(v6.sin6_addr));
	errno = call->error;
	h_errno = call->h_error;
	text->out->code = getnameinfo(is_v4 ? (const void *)&v4 : (const void *)&v6,
				      is_v4 ? sizeof(v4) : sizeof(v6), host, sizeof(host), NULL, 0,
				      call->flags);
	keep_errors(text->out, h_errno);
	text->out->has_answer = text->out->code == 0;
	if (text->out->code == 0)
		add_text(text, host);
}

void make_call(const struct test_call *call, struct outcome *out, FILE *full)
{
	struct answer_text text = { .out = out, .full = full };
	*out = (struct outcome){ .digest = 0xcbf29ce484222325u };
	fopnp_test_script.asked = 0;
	fopnp_test_script.bypassed = 0;
	fopnp_test_script.was_empty = false;
	fopnp_test_script.was_return = false;
	fopnp_test_script.was_refused = false;
	fopnp_test_script.leaves_errors = false;
	switch (call->api) {
	case API_GETADDRINFO:
		call_getaddrinfo(call, &text);
		break;
	case API_GETHOSTBYNAME_R:
	case API_GETHOSTBYNAME2_R:
	case API_GETHOSTBYADDR_R:
		call_with_buffer(call, &text);
		break;
	case API_GETHOSTBYNAME:
	case API_GETHOSTBYNAME2:
	case API_GETHOSTBYADDR:
		call_static(call, &text);
		break;
	case API_GETNAMEINFO:
		call_getnameinfo(call, &text);
		break;
	}
	out->asked = fopnp_test_script.asked;
	out->bypassed = fopnp_test_script.bypassed;
	out->was_empty = fopnp_test_script.was_empty;
	out->was_return = fopnp_test_script.was_return;
	out->was_refused = fopnp_test_script.was_refused;
	out->leaves_errors = fopnp_test_script.leaves_errors;
	out->is_done = true;
}
