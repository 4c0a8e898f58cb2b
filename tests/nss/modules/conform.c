/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An NSS module whose answer is written in the name that it is asked for,
 * "KIND-N.anything".  Built as libnss_conform.so.2, and with ONLY_TWO as
 * libnss_conformtwo.so.2, which has neither gethostbyname4_r nor 3_r.
 *
 *	host-N     one address, 10.x.y.z or 2001:db8::..., that encodes N
 *	many-N     N addresses, counted from 0; 4_r mixes the families
 *	aliases-N  one address and N aliases
 *	static-N   as many-N, nothing of it in the caller's buffer
 *	outside-N  as many-N, with 3 aliases; only arrays and tuples in the buffer
 *	noname-N   as many-N, the tuples without a name
 *	empty-N    SUCCESS with an empty list
 *	ttl-N      as host-1 with a time to live of N seconds
 *	poll-N     opens a descriptor, polls N ms, closes it; then as host-N
 *	ask-N      calls getaddrinfo for ask-(N-1) inside; ask-0 is as host-0
 *	jump-N     as ask-N, but jump-0 raises SIGUSR1 and is then as host-0
 *	fail-SHE   status S-2, h_errno H-1, errno 0 or ENOENT
 *
 * Reverse, the second octet (of IPv6: the 13th) tells the kind: 0 host,
 * 1 aliases, 2 static, 3 outside; the last two are N.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <nss.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXPORT       __attribute__((visibility("default")))
#define OUTSIDE_SIZE (1u << 20)

#ifdef ONLY_TWO
#define FUNCTION(name) _nss_conformtwo_##name
#else
#define FUNCTION(name) _nss_conform_##name
#endif
NSS_DECLARE_MODULE_FUNCTIONS(conform)
NSS_DECLARE_MODULE_FUNCTIONS(conformtwo)

/* How often any function was entered, and how often left by a return. */
EXPORT atomic_uint conform_calls, conform_returns;

/* nscd's lesson: not every module keeps its answer in the caller's buffer. */
static _Alignas(16) char outside_bytes[OUTSIDE_SIZE];

struct request {
	char kind[16];
	unsigned number;
};

struct storage {
	char *at, *end;
};

/* Where the parts of an answer go. */
struct answer {
	const struct request *request;
	const char *name;
	unsigned addresses, aliases;
	struct storage buffer, outside;
	struct storage *arrays, *texts;
};

struct result {
	int *error, *h_error;
};

static enum nss_status finish(struct result out, enum nss_status status, int error, int h_error)
{
	if (status != NSS_STATUS_SUCCESS)
		*out.error = error;
	*out.h_error = h_error;
	atomic_fetch_add(&conform_returns, 1);
	return status;
}

static bool is_kind(const struct request *request, const char *kind)
{
	return strcmp(request->kind, kind) == 0;
}

static bool read_request(const char *name, struct request *out)
{
	return sscanf(name, "%15[a-z]-%u", out->kind, &out->number) == 2;
}

static void *take(struct storage *storage, size_t size, size_t align)
{
	size_t pad = (size_t)(-(uintptr_t)storage->at & (align - 1));
	char *at;

	if (pad + size > (size_t)(storage->end - storage->at))
		return NULL;
	at = storage->at + pad;
	storage->at = at + size;
	return at;
}

static char *take_text(struct storage *storage, const char *text)
{
	char *copy = take(storage, strlen(text) + 1, 1);

	return copy ? strcpy(copy, text) : NULL;
}

static void start_answer(struct answer *answer, const struct request *request, const char *name,
			 char *buffer, size_t size)
{
	bool is_static = is_kind(request, "static");
	bool is_outside = is_static || is_kind(request, "outside");
	bool is_many = is_outside || is_kind(request, "many") || is_kind(request, "noname");

	answer->request = request;
	answer->name = name;
	answer->addresses = is_kind(request, "empty") ? 0 : is_many ? request->number : 1;
	answer->aliases = is_kind(request, "aliases") ? request->number : is_outside ? 3 : 0;
	answer->buffer = (struct storage){ buffer, buffer + size };
	answer->outside = (struct storage){ outside_bytes, outside_bytes + OUTSIDE_SIZE };
	answer->arrays = is_static ? &answer->outside : &answer->buffer;
	answer->texts = is_outside ? &answer->outside : &answer->buffer;
}

/* The address that encodes a number, 4 or 16 bytes. */
static void encode_address(int family, unsigned number, unsigned char *bytes)
{
	static const unsigned char prefix[12] = { 0x20, 0x01, 0x0d, 0xb8 };
	unsigned char tail[4] = { 10, (unsigned char)(number >> 16), (unsigned char)(number >> 8),
				  (unsigned char)number };

	if (family == AF_INET6) {
		memcpy(bytes, prefix, sizeof(prefix));
		bytes += sizeof(prefix);
	}
	memcpy(bytes, tail, sizeof(tail));
}

static unsigned address_number(const struct answer *answer, unsigned index)
{
	return answer->addresses == 1 ? answer->request->number : index;
}

/* What happens before the answer.  False: *out_status is the whole answer. */
static bool act(const struct request *request, struct result out, enum nss_status *out_status)
{
	unsigned n = request->number;
	struct addrinfo *inner = NULL;
	char name[32];
	int fd;

	if (is_kind(request, "fail")) {
		*out_status = finish(out, (enum nss_status)((int)(n / 100) - 2),
				     n % 10 ? ENOENT : 0, (int)(n / 10 % 10) - 1);
		return false;
	}
	if (is_kind(request, "poll")) {
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		poll(NULL, 0, (int)n);
		close(fd);
	}
	if (is_kind(request, "jump") && n == 0)
		raise(SIGUSR1);
	if ((is_kind(request, "ask") || is_kind(request, "jump")) && n > 0) {
		snprintf(name, sizeof(name), "%s-%u.test", request->kind, n - 1);
		if (getaddrinfo(name, NULL, NULL, &inner) != 0) {
			*out_status = finish(out, NSS_STATUS_UNAVAIL, ENOENT, NO_RECOVERY);
			return false;
		}
		freeaddrinfo(inner);
	}
	return true;
}

static bool is_known(const struct request *request)
{
	static const char *const kinds[] = { "host",    "many", "aliases", "static",
					     "outside", "fail", "noname",  "empty",
					     "ttl",     "poll", "ask",     "jump" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (is_kind(request, kinds[i]))
			return true;
	}
	return false;
}

static enum nss_status too_small(struct result out)
{
	return finish(out, NSS_STATUS_TRYAGAIN, ERANGE, NETDB_INTERNAL);
}

/* ---- hostents ---- */

static bool fill_aliases(struct answer *answer, struct hostent *h)
{
	char text[64];

	h->h_aliases = take(answer->arrays, (answer->aliases + 1) * sizeof(char *), sizeof(char *));
	if (!h->h_aliases)
		return false;
	for (unsigned i = 0; i < answer->aliases; i++) {
		snprintf(text, sizeof(text), "alias-%u.test", i);
		h->h_aliases[i] = take_text(answer->texts, text);
		if (!h->h_aliases[i])
			return false;
	}
	h->h_aliases[answer->aliases] = NULL;
	return true;
}

static bool fill_addresses(struct answer *answer, struct hostent *h)
{
	h->h_addr_list =
		take(answer->arrays, (answer->addresses + 1) * sizeof(char *), sizeof(char *));
	if (!h->h_addr_list)
		return false;
	for (unsigned i = 0; i < answer->addresses; i++) {
		h->h_addr_list[i] = take(answer->texts, (size_t)h->h_length, 4);
		if (!h->h_addr_list[i])
			return false;
		encode_address(h->h_addrtype, address_number(answer, i),
			       (unsigned char *)h->h_addr_list[i]);
	}
	h->h_addr_list[answer->addresses] = NULL;
	return true;
}

static bool fill_hostent(struct answer *answer, int family, struct hostent *h)
{
	h->h_addrtype = family;
	h->h_length = family == AF_INET6 ? 16 : 4;
	h->h_name = take_text(answer->texts, answer->name);
	return h->h_name && fill_aliases(answer, h) && fill_addresses(answer, h);
}

static enum nss_status find_hostent(const char *name, int family, struct hostent *h, char *buffer,
				    size_t size, struct result out, int32_t *ttlp, char **canonp)
{
	struct answer answer;
	struct request request;
	enum nss_status status;

	atomic_fetch_add(&conform_calls, 1);
	if (!read_request(name, &request) || !is_known(&request))
		return finish(out, NSS_STATUS_NOTFOUND, ENOENT, HOST_NOT_FOUND);
	if (!act(&request, out, &status))
		return status;
	start_answer(&answer, &request, name, buffer, size);
	if (!fill_hostent(&answer, family, h))
		return too_small(out);
	if (ttlp && is_kind(&request, "ttl"))
		*ttlp = (int32_t)request.number;
	if (canonp)
		*canonp = h->h_name;
	return finish(out, NSS_STATUS_SUCCESS, 0, NETDB_SUCCESS);
}

EXPORT enum nss_status FUNCTION(gethostbyname2_r)(const char *name, int family, struct hostent *h,
						  char *buffer, size_t size, int *errnop,
						  int *h_errnop)
{
	return find_hostent(name, family, h, buffer, size, (struct result){ errnop, h_errnop },
			    NULL, NULL);
}

EXPORT enum nss_status FUNCTION(gethostbyname_r)(const char *name, struct hostent *h, char *buffer,
						 size_t size, int *errnop, int *h_errnop)
{
	return find_hostent(name, AF_INET, h, buffer, size, (struct result){ errnop, h_errnop },
			    NULL, NULL);
}

/* ---- reverse ---- */

EXPORT enum nss_status FUNCTION(gethostbyaddr_r)(const void *address, socklen_t len, int family,
						 struct hostent *h, char *buffer, size_t size,
						 int *errnop, int *h_errnop)
{
	static const char *const kinds[] = { "host", "aliases", "static", "outside" };
	struct result out = { errnop, h_errnop };
	const unsigned char *tail = (const unsigned char *)address + (len == 16 ? 12 : 0);
	struct request request;
	struct answer answer;
	char name[64];

	atomic_fetch_add(&conform_calls, 1);
	if (len != (family == AF_INET6 ? 16u : 4u) || tail[0] != 10 || tail[1] >= 4)
		return finish(out, NSS_STATUS_NOTFOUND, ENOENT, HOST_NOT_FOUND);
	request.number = (unsigned)tail[2] << 8 | tail[3];
	strcpy(request.kind, kinds[tail[1]]);
	snprintf(name, sizeof(name), "%s-%u.test", request.kind, request.number);
	start_answer(&answer, &request, name, buffer, size);
	answer.addresses = 1;
	if (!fill_hostent(&answer, family, h))
		return too_small(out);
	memcpy(h->h_addr_list[0], address, len);
	return finish(out, NSS_STATUS_SUCCESS, 0, NETDB_SUCCESS);
}

EXPORT enum nss_status FUNCTION(getcanonname_r)(const char *name, char *buffer, size_t size,
						char **result, int *errnop, int *h_errnop)
{
	struct result out = { errnop, h_errnop };

	atomic_fetch_add(&conform_calls, 1);
	if (strlen(name) + sizeof("canon.") > size)
		return too_small(out);
	memcpy(buffer, "canon.", sizeof("canon."));
	*result = strcat(buffer, name);
	return finish(out, NSS_STATUS_SUCCESS, 0, NETDB_SUCCESS);
}

#ifndef ONLY_TWO

EXPORT enum nss_status FUNCTION(gethostbyname3_r)(const char *name, int family, struct hostent *h,
						  char *buffer, size_t size, int *errnop,
						  int *h_errnop, int32_t *ttlp, char **canonp)
{
	return find_hostent(name, family, h, buffer, size, (struct result){ errnop, h_errnop },
			    ttlp, canonp);
}

/* ---- tuples ---- */

static bool fill_tuples(struct answer *answer, struct gaih_addrtuple **out_first)
{
	struct gaih_addrtuple **link = out_first, *tuple;
	char *name = take_text(answer->texts, answer->name);

	*out_first = NULL;
	if (!name)
		return false;
	for (unsigned i = 0; i < answer->addresses; i++) {
		tuple = take(answer->arrays, sizeof(*tuple), _Alignof(struct gaih_addrtuple));
		if (!tuple)
			return false;
		memset(tuple, 0, sizeof(*tuple));
		tuple->name = is_kind(answer->request, "noname") ? NULL : name;
		tuple->family = i % 2 ? AF_INET6 : AF_INET;
		encode_address(tuple->family, address_number(answer, i),
			       (unsigned char *)tuple->addr);
		*link = tuple;
		link = &tuple->next;
	}
	return true;
}

EXPORT enum nss_status FUNCTION(gethostbyname4_r)(const char *name, struct gaih_addrtuple **pat,
						  char *buffer, size_t size, int *errnop,
						  int *h_errnop, int32_t *ttlp)
{
	struct result out = { errnop, h_errnop };
	struct gaih_addrtuple *first;
	struct answer answer;
	struct request request;
	enum nss_status status;

	atomic_fetch_add(&conform_calls, 1);
	if (!read_request(name, &request) || !is_known(&request))
		return finish(out, NSS_STATUS_NOTFOUND, ENOENT, HOST_NOT_FOUND);
	if (!act(&request, out, &status))
		return status;
	start_answer(&answer, &request, name, buffer, size);
	if (!fill_tuples(&answer, &first))
		return too_small(out);
	if (ttlp && is_kind(&request, "ttl"))
		*ttlp = (int32_t)request.number;
	if (*pat && first)
		**pat = *first;
	else
		*pat = first;
	return finish(out, NSS_STATUS_SUCCESS, 0, NETDB_SUCCESS);
}

#endif
