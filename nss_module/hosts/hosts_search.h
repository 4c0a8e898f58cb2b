/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lines of a hosts file that answer a question, found by their bytes or by marks:
 * only lines that hold the name, or what may be a spelling of the address, are parsed.
 */
#pragma once

#include "nss_module/hosts/hosts_index.h"
#include "nss_module/lookup/answer_buffer.h"
#include "nss_module/lookup/byte_search.h"
#include "nss_module/lookup/hosts_file.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_hosts_search {
	const char *name;       /* NULL: the address is looked for */
	int family;             /* AF_UNSPEC: both, each line's own */
	const uint8_t *address; /* as long as FAMILY's */

	/* What a line must hold to be worth a look; without any, all of them are.  Made
	   when bytes are first searched. */
	bool has_needles;
	struct fopnp_needle needles[2];
	size_t needle_count;
	char address_text[INET_ADDRSTRLEN];

	bool counts_lines;
	unsigned line; /* number of the first line that is not counted yet */
};

/* A line that answers, with its address as FAMILY takes it.  False: no more. */
typedef bool fopnp_hosts_visit_match(void *context, const struct fopnp_hosts_line *line,
				     const struct fopnp_answer_address *address);

/*
 * Look for NAME, or if it is NULL for the 4 or 16 bytes of ADDRESS.  FAMILY is
 * AF_INET, AF_INET6, or for a name AF_UNSPEC.  They must live on.
 */
void fopnp_hosts_search_start(struct fopnp_hosts_search *search, const char *name, int family,
			      const void *address);

/* A file begins; line numbers are told if COUNTS_LINES, else they are 0. */
void fopnp_hosts_search_begin_file(struct fopnp_hosts_search *search, bool counts_lines);

/*
 * Show VISIT the lines that answer in the next LEN bytes of the file, whole lines,
 * of which LINES_BEFORE were left out just before.  False when VISIT wants no more.
 */
bool fopnp_hosts_search_block(struct fopnp_hosts_search *search, const char *bytes, size_t len,
			      size_t lines_before, fopnp_hosts_visit_match *visit, void *context);

/* The same for a whole file of LEN bytes that has COUNT marks. */
bool fopnp_hosts_search_marked(struct fopnp_hosts_search *search, const char *bytes, size_t len,
			       const struct fopnp_hosts_mark *marks, size_t count,
			       fopnp_hosts_visit_match *visit, void *context);

/*
 * The line's address as glibc's "files" takes it for FAMILY (AF_UNSPEC: as it is).
 * For AF_INET ::ffff:a.b.c.d is a.b.c.d, and ::1 is 127.0.0.1.  For AF_INET6, in
 * lookups by address, a.b.c.d is ::ffff:a.b.c.d since glibc 2.38.  False: the line
 * does not count.
 */
bool fopnp_hosts_address_for(const struct fopnp_hosts_line *line, int family, bool is_by_address,
			     struct fopnp_answer_address *out_address);
