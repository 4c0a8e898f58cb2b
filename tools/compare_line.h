/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with a line of hosts(5), and what glibc makes of it. */
#pragma once

#include "nss_module/lookup/hosts_file.h"

#include <stdbool.h>
#include <stddef.h>

#define FOPNP_COMPARE_NAME_MOST 1024 /* bytes of a name: NI_MAXHOST is one more */

enum fopnp_compare_fault {
	FOPNP_FAULT_NONE,
	/* of the address: the line is ignored */
	FOPNP_FAULT_NO_ADDRESS,
	FOPNP_FAULT_BYTE_ORDER_MARK,
	FOPNP_FAULT_SWAPPED,
	FOPNP_FAULT_SCOPE,
	FOPNP_FAULT_PREFIX,
	FOPNP_FAULT_BRACKETS,
	FOPNP_FAULT_PORT,
	FOPNP_FAULT_LEADING_ZERO,
	FOPNP_FAULT_FOUR_PARTS,
	FOPNP_FAULT_LARGE_PART,
	/* of the line */
	FOPNP_FAULT_NO_NAME,
	FOPNP_FAULT_CUT,
	/* of a name */
	FOPNP_FAULT_ADDRESS_NAME,
	FOPNP_FAULT_WILDCARD,
	FOPNP_FAULT_BACKSLASH,
	FOPNP_FAULT_LONG_NAME,
	/* of an entry that an earlier one stands before */
	FOPNP_FAULT_SHADOWED,
	FOPNP_FAULT_ONE_FAMILY,
	FOPNP_FAULT_SAME_LINE,
	FOPNP_FAULT_SAME_ENTRY,
	FOPNP_FAULTS,
};

/* A clause for people, such as "leading zeros make no IPv4 address: the line is ignored". */
const char *fopnp_compare_fault_text(enum fopnp_compare_fault fault);

/* Why LINE, whose family is AF_UNSPEC, has no address that inet_pton(3) accepts. */
enum fopnp_compare_fault fopnp_compare_address_fault(const struct fopnp_hosts_line *line);

/* Why nobody finds NAME as it was meant, though glibc takes the line; or FOPNP_FAULT_NONE. */
enum fopnp_compare_fault fopnp_compare_name_fault(const char *name, size_t len);

/* Whether a NUL byte ends LINE before its end. */
bool fopnp_compare_line_is_cut(const struct fopnp_hosts_line *line);
