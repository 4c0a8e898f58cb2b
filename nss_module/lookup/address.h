/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses as text, and of what kind they are. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "255.255.255.255" or a full IPv6 address with a zone of ten digits. */
#define FOPNP_ADDRESS_TEXT 64

/*
 * Write an address as text: inet_ntop(3)'s form, "%N" behind it when SCOPE is
 * not 0.  FAMILY is AF_INET or AF_INET6; any other gives "?".  Returns TEXT.
 */
const char *fopnp_address_print(int family, const void *bytes, uint32_t scope,
				char text[static FOPNP_ADDRESS_TEXT]);

/* 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 2.5.6); false for another family. */
bool fopnp_address_is_link_local(int family, const void *bytes);

/* "inet", "inet6", "unspec"; "?" for any other family. */
const char *fopnp_family_name(int family);

/*
 * The name under which an address is looked up backwards, "4.3.2.1.in-addr.arpa"
 * or the ip6.arpa nibbles (RFC 1035 3.5, RFC 3596 2.5).  At most 73 bytes with
 * the NUL.  False for another family.
 */
#define FOPNP_ARPA_TEXT 74
bool fopnp_address_arpa_name(int family, const void *bytes, char name[static FOPNP_ARPA_TEXT]);
