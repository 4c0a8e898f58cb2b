/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a small file's lines answer for: a mark for each line's address, and one for each
 * of its names.  Equal questions have equal hashes; that a hash is equal says no more
 * than that the line is worth a look.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define FOPNP_HOSTS_INDEX_MOST (64u << 10) /* bytes of a file: offsets are of 16 bits */

struct fopnp_hosts_mark {
	uint16_t hash;
	uint16_t line; /* offset of the line's first byte */
};

/*
 * Write the marks of LEN bytes, at most FOPNP_HOSTS_INDEX_MOST, in the order of their
 * lines; with MARKS NULL none.  Returns how many there are.
 */
size_t fopnp_hosts_index_make(const char *bytes, size_t len, struct fopnp_hosts_mark *marks);

uint16_t fopnp_hosts_hash_name(const char *name, size_t len);

/* The same for an IPv4 address and for the IPv6 addresses that answer for it. */
uint16_t fopnp_hosts_hash_address(int family, const uint8_t *address);
