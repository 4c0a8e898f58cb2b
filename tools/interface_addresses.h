/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What getaddrinfo() knows of this host's interfaces when it orders addresses,
 * gaps included: glibc's check_pf.c and check_native.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_INTERFACE_UNKNOWN UINT32_MAX

struct fopnp_interface_address {
	/* IPv4 is v4-mapped.  Where the interface has a peer this is the peer's address. */
	uint8_t bytes[16];
	uint32_t interface;
	uint8_t prefix_len;
	bool is_deprecated, is_home;
};

struct fopnp_interface_addresses {
	struct fopnp_interface_address *list; /* by address */
	size_t count;
};

/*
 * Ask the kernel for the addresses.  Empty if it does not tell, and also where no
 * address but ::1 is an IPv6 one: glibc throws the table away then.  The
 * caller's to clear.
 */
void fopnp_interface_addresses_read(struct fopnp_interface_addresses *out_addresses);
void fopnp_interface_addresses_clear(struct fopnp_interface_addresses *addresses);

/*
 * The entry of an address, or NULL.  Of several interfaces with the same one it
 * is the entry that glibc's bsearch() meets.
 */
const struct fopnp_interface_address *fopnp_interface_addresses_find(
	const struct fopnp_interface_addresses *addresses, const uint8_t bytes[16]);

/* Whether an interface is known not to be an IP tunnel; false for an unknown one. */
bool fopnp_interface_is_native(uint32_t interface);
