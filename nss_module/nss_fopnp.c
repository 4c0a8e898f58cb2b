/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libnss_fopnp.so.2: what glibc and nscd call, and nothing else.
 *
 * Each entry point fills a struct fopnp_lookup, chooses the loop that glibc
 * itself would have run at this place, and hands the answer over.
 *
 *   nss_fopnp.c        this file
 *   lookup_run.c       one lookup from entry to return
 *   entry_guard.c      recursion, cancellation
 *   config_cache.c     which order is in force (lookup/ has the parsers)
 *   chain_*.c          the two loops over the order's sources
 *   source.c           sources by name; system_module.c loads libnss_*.so.2
 *   source_call.c      a call to one of them, the system's or ours
 *   builtin.c          our own: hosts/, mdns/, and dns/ by dns_object.c
 *   kept_answer.c      answers that do not fit (lookup/answer_buffer.c lays out)
 *   lookup_record.c    what happened; event_*.c tell it to who listens
 */
#include "nss_module/config_cache.h"
#include "nss_module/lookup_run.h"
#include "nss_module/system_module.h"

#include <errno.h>
#include <nss.h>

NSS_DECLARE_MODULE_FUNCTIONS(fopnp)

/* Everything else is hidden; nss_fopnp.map names these once more. */
#define EXPORTED __attribute__((visibility("default")))

/* Runs inside the first lookup, before a chroot() could have come between. */
__attribute__((constructor)) static void start(void)
{
	int saved_errno = errno;

	fopnp_system_module_start();
	fopnp_config_start(); /* last: what it publishes stands for both */
	errno = saved_errno;
}

/* nscd alone passes ttlp: the shortest time to live goes there. */
static void tell_ttl(const struct fopnp_lookup *lookup, int32_t *ttlp)
{
	if (ttlp && lookup->outcome.ttl < *ttlp)
		*ttlp = lookup->outcome.ttl;
}

/* getaddrinfo() passes &h_errno, the gethostbyname family its caller's or its own. */
static bool is_getaddrinfo(const int *h_errnop)
{
	return h_errnop == &h_errno;
}

EXPORTED enum nss_status _nss_fopnp_gethostbyname4_r(const char *name, struct gaih_addrtuple **pat,
						     char *buffer, size_t buflen, int *errnop,
						     int *h_errnop, int32_t *ttlp)
{
	struct fopnp_lookup lookup = {
		.function = FOPNP_GETHOSTBYNAME4_R,
		.name = name,
		.family = AF_UNSPEC,
		.buffer = buffer,
		.buflen = buflen,
		.errnop = errnop,
		.h_errnop = h_errnop,
	};
	enum nss_status status = fopnp_lookup_run(&lookup, fopnp_chain_getaddrinfo);

	if (status != NSS_STATUS_SUCCESS)
		return status; /* *pat stays: glibc <= 2.35 would use it all the same */
	/* glibc <= 2.35 and nscd give a first tuple of their own to fill. */
	if (*pat)
		**pat = *lookup.outcome.first;
	else
		*pat = lookup.outcome.first;
	tell_ttl(&lookup, ttlp);
	return status;
}

/* The hostent variants by name; CANONP and TTLP may be NULL. */
static enum nss_status run_by_name(enum fopnp_function function, const char *name, int family,
				   struct hostent *result, char *buffer, size_t buflen, int *errnop,
				   int *h_errnop, int32_t *ttlp, char **canonp,
				   fopnp_chain_run *run_chain)
{
	struct fopnp_lookup lookup = {
		.function = function,
		.name = name,
		.family = family,
		.buffer = buffer,
		.buflen = buflen,
		.errnop = errnop,
		.h_errnop = h_errnop,
	};
	enum nss_status status = fopnp_lookup_run(&lookup, run_chain);

	if (status != NSS_STATUS_SUCCESS)
		return status;
	*result = lookup.outcome.host;
	if (canonp && lookup.outcome.canonical)
		*canonp = lookup.outcome.canonical;
	tell_ttl(&lookup, ttlp);
	return status;
}

EXPORTED enum nss_status _nss_fopnp_gethostbyname3_r(const char *name, int af,
						     struct hostent *result, char *buffer,
						     size_t buflen, int *errnop, int *h_errnop,
						     int32_t *ttlp, char **canonp)
{
	/* nscd calls it from the other loop, and is the one that wants a TTL. */
	fopnp_chain_run *run_chain = ttlp ? fopnp_chain_getxxbyyy : fopnp_chain_getaddrinfo;

	return run_by_name(FOPNP_GETHOSTBYNAME3_R, name, af, result, buffer, buflen, errnop,
			   h_errnop, ttlp, canonp, run_chain);
}

EXPORTED enum nss_status _nss_fopnp_gethostbyname2_r(const char *name, int af,
						     struct hostent *result, char *buffer,
						     size_t buflen, int *errnop, int *h_errnop)
{
	/* For AF_INET getaddrinfo() itself goes through gethostbyname2_r(). */
	bool is_loop_of_getaddrinfo = af == AF_INET6 && is_getaddrinfo(h_errnop);

	return run_by_name(
		FOPNP_GETHOSTBYNAME2_R, name, af, result, buffer, buflen, errnop, h_errnop, NULL,
		NULL, is_loop_of_getaddrinfo ? fopnp_chain_getaddrinfo : fopnp_chain_getxxbyyy);
}

EXPORTED enum nss_status _nss_fopnp_gethostbyname_r(const char *name, struct hostent *result,
						    char *buffer, size_t buflen, int *errnop,
						    int *h_errnop)
{
	return run_by_name(FOPNP_GETHOSTBYNAME_R, name, AF_INET, result, buffer, buflen, errnop,
			   h_errnop, NULL, NULL, fopnp_chain_getxxbyyy);
}

static enum nss_status run_by_address(enum fopnp_function function, const void *addr, socklen_t len,
				      int af, struct hostent *result, char *buffer, size_t buflen,
				      int *errnop, int *h_errnop, int32_t *ttlp)
{
	struct fopnp_lookup lookup = {
		.function = function,
		.family = af,
		.address = addr,
		.address_len = len,
		.buffer = buffer,
		.buflen = buflen,
		.errnop = errnop,
		.h_errnop = h_errnop,
	};
	enum nss_status status = fopnp_lookup_run(&lookup, fopnp_chain_getxxbyyy);

	if (status != NSS_STATUS_SUCCESS)
		return status;
	*result = lookup.outcome.host;
	tell_ttl(&lookup, ttlp);
	return status;
}

EXPORTED enum nss_status _nss_fopnp_gethostbyaddr_r(const void *addr, socklen_t len, int af,
						    struct hostent *result, char *buffer,
						    size_t buflen, int *errnop, int *h_errnop)
{
	return run_by_address(FOPNP_GETHOSTBYADDR_R, addr, len, af, result, buffer, buflen, errnop,
			      h_errnop, NULL);
}

EXPORTED enum nss_status _nss_fopnp_gethostbyaddr2_r(const void *addr, socklen_t len, int af,
						     struct hostent *result, char *buffer,
						     size_t buflen, int *errnop, int *h_errnop,
						     int32_t *ttlp)
{
	return run_by_address(FOPNP_GETHOSTBYADDR2_R, addr, len, af, result, buffer, buflen, errnop,
			      h_errnop, ttlp);
}

EXPORTED enum nss_status _nss_fopnp_getcanonname_r(const char *name, char *buffer, size_t buflen,
						   char **result, int *errnop, int *h_errnop)
{
	return fopnp_lookup_getcanonname(name, buffer, buflen, result, errnop, h_errnop);
}
