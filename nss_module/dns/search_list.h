/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Search domains beyond the six (and 256 bytes) that _res has room for, from
 * where glibc takes them (resolv/res_init.c): LOCALDOMAIN, else the last
 * "search" or "domain" line of resolv.conf(5).
 */
#pragma once

#include <stddef.h>

/* Words side by side, each ended by a NUL: one allocation, for free(). */
struct fopnp_dns_words {
	char *text;
	size_t count;
	size_t size; /* of the text, NULs included */
};

/*
 * The domains of LOCALDOMAIN's value; of LEN bytes of a resolv.conf.  Without
 * memory or without a line the text is NULL.
 */
struct fopnp_dns_words fopnp_dns_search_list_of_variable(const char *value);
struct fopnp_dns_words fopnp_dns_search_list_of_file(const char *bytes, size_t len);
