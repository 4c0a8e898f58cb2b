/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finding the few lines of a large hosts(5) file that hold a text, without
 * parsing the others: block lists have a million lines.
 */
#pragma once

#include "nss_module/lookup/hosts_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_HOSTS_SCAN_NEEDLES 2

struct fopnp_hosts_size {
	uint64_t lines, bytes;
};

/* A line that holds one of the texts; it points into memory that is gone afterwards. */
typedef void fopnp_hosts_visit(void *context, const struct fopnp_hosts_line *line);

/*
 * Show VISIT every line of PATH with an address field that holds one of the NEEDLES
 * (NULL: none), whatever the case of ASCII letters, and maybe others; all lines if
 * there is no needle at all.  Memory is that of the longest line.  False if the file
 * cannot be read to its end (errno says why).
 */
bool fopnp_hosts_scan(const char *path, const char *const needles[FOPNP_HOSTS_SCAN_NEEDLES],
		      fopnp_hosts_visit *visit, void *context, struct fopnp_hosts_size *out_size);

/* Show all lines of the regular file that is open as FILE, from where it stands. */
bool fopnp_hosts_scan_open(int file, fopnp_hosts_visit *visit, void *context,
			   struct fopnp_hosts_size *out_size);

/* How large it is; false as above. */
bool fopnp_hosts_measure(const char *path, struct fopnp_hosts_size *out_size);
