/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Root hints (RFC 8109): where a resolver that knows nothing begins.  A file of them is a master file (RFC 1035
 * section 5) with NS records of the root and addresses of their targets.
 */
#pragma once

#include "tools/dns_client.h"

#include <stdbool.h>
#include <stddef.h>

#define FOPNP_ROOT_HINTS_FILE "/usr/share/dns/root.hints" /* of Debian's dns-root-data */
#define FOPNP_ROOT_SERVERS    64                          /* further ones are an error */
#define FOPNP_ROOT_ADDRESSES  32                          /* of one of them */

struct fopnp_root_server {
	char *name; /* with its final dot, in small letters */
	union fopnp_dns_address *addresses;
	size_t count;
};

struct fopnp_root_hints {
	struct fopnp_root_server *servers;
	size_t count;
	unsigned long version; /* "related version of root zone" in its comments; 0: not said */
	char *file;            /* NULL: compiled in */
};

/*
 * Read LEN bytes.  False if they are no hints: *out_line (0: the whole) and *out_problem, static, say
 * why.  Always filled; the caller's to clear.
 */
bool fopnp_root_hints_parse(const char *bytes, size_t len, struct fopnp_root_hints *out,
			    unsigned *out_line, const char **out_problem);

/*
 * Those of the file PATH; NULL: the newer ones of FOPNP_ROOT_HINTS_FILE and those compiled in.  False,
 * and an error told, if a file was named and is none.
 */
bool fopnp_root_hints_read(const char *path, struct fopnp_root_hints *out);
void fopnp_root_hints_clear(struct fopnp_root_hints *hints);
