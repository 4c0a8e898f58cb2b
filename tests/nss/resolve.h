/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lookups, as glibc makes them of the module and as programs make them. */
#pragma once

#include <netdb.h>
#include <nss.h>
#include <stddef.h>
#include <stdint.h>

/* The functions of an NSS module; NULL where it has none. */
struct nss_functions {
	nss_gethostbyname4_r *by_name4;
	nss_gethostbyname3_r *by_name3;
	nss_gethostbyname2_r *by_name2;
	nss_gethostbyname_r *by_name;
	nss_gethostbyaddr_r *by_address;
	nss_gethostbyaddr2_r *by_address2;
	nss_getcanonname_r *canonical;
	void *handle; /* of the library, for dlsym(3); never closed */
};

/*
 * Load libnss_SERVICE.so.2 ("files": take them from libc) and prepare the
 * resolver as libc's own calls would.  Exits with a message on failure.
 */
const struct nss_functions *nss_functions_load(const char *service, struct nss_functions *out);

/* Make "hosts: SERVICE" the line of this process, as if it stood in nsswitch.conf. */
void resolve_only_with(const char *service);

/*
 * getaddrinfo(3) with SOCK_STREAM.  TEXT becomes the addresses with a blank
 * between them, and "=NAME" behind them if there is a canonical name; "" for
 * a failure.  Returns the EAI code.
 */
int resolve(const char *name, int family, int flags, char *text, size_t size);

/* resolve() of an AF_UNSPEC name to see whether it gives exactly ADDRESSES. */
int resolves_to(const char *name, const char *addresses);

/* How many descriptors are open, and how many pages of memory are resident. */
size_t count_descriptors(void);
size_t resident_pages(void);
