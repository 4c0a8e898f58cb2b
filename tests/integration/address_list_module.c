/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An NSS module that knows every name by the addresses of one list, in that order. */
#include "tests/integration/address_list_module.h"

#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <string.h>
#include <sys/socket.h>

NSS_DECLARE_MODULE_FUNCTIONS(address_list)
#define EXPORT __attribute__((visibility("default")))

static enum nss_status too_small(int *error, int *h_error)
{
	*error = ERANGE;
	*h_error = NETDB_INTERNAL;
	return NSS_STATUS_TRYAGAIN;
}

/* The buffers of libc are aligned for pointers. */
EXPORT enum nss_status _nss_address_list_gethostbyname4_r(const char *name,
							  struct gaih_addrtuple **pat, char *buffer,
							  size_t buflen, int *errnop, int *h_errnop,
							  int32_t *ttlp)
{
	const struct test_address_list *from = &fopnp_test_address_list;
	struct gaih_addrtuple *tuples = (struct gaih_addrtuple *)(void *)buffer;

	(void)ttlp;
	if (buflen < from->count * sizeof(*tuples))
		return too_small(errnop, h_errnop);
	for (size_t i = 0; i < from->count; i++) {
		tuples[i] = (struct gaih_addrtuple){
			.next = i + 1 < from->count ? &tuples[i + 1] : NULL,
			.name = (char *)(uintptr_t)name,
			.family = from->list[i].family,
			.scopeid = from->list[i].scope,
		};
		memcpy(tuples[i].addr, from->list[i].bytes, 16);
	}
	*pat = tuples;
	*h_errnop = NETDB_SUCCESS;
	return NSS_STATUS_SUCCESS;
}

EXPORT enum nss_status _nss_address_list_gethostbyname2_r(const char *name, int af,
							  struct hostent *result, char *buffer,
							  size_t buflen, int *errnop, int *h_errnop)
{
	const struct test_address_list *from = &fopnp_test_address_list;
	char **list = (char **)(void *)buffer;
	char *bytes = (char *)(list + from->count + 1);
	size_t kept = 0;

	if (buflen < (from->count + 1) * sizeof(*list) + from->count * 16)
		return too_small(errnop, h_errnop);
	for (size_t i = 0; i < from->count; i++) {
		if (from->list[i].family != af)
			continue;
		list[kept] = memcpy(bytes + kept * 16, from->list[i].bytes, 16);
		kept++;
	}
	list[kept] = NULL;
	if (kept == 0) {
		*errnop = ENOENT;
		*h_errnop = NO_DATA;
		return NSS_STATUS_NOTFOUND;
	}
	*result = (struct hostent){
		.h_name = (char *)(uintptr_t)name,
		.h_aliases = &list[kept],
		.h_addrtype = af,
		.h_length = af == AF_INET ? 4 : 16,
		.h_addr_list = list,
	};
	*h_errnop = NETDB_SUCCESS;
	return NSS_STATUS_SUCCESS;
}
