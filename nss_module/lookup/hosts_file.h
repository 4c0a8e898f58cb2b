/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hosts(5), read line by line as glibc's "files" reads it
 * (nss/nss_files/files-hosts.c, files-parse.c): everything from the first '#'
 * on is a comment, a NUL ends the line, the address is inet_pton(3)'s, the
 * name may be empty, there is no limit of length.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_HOSTS_PATH "/etc/hosts"

struct fopnp_hosts_line {
	unsigned number; /* from 1 */
	int family;      /* AF_INET, AF_INET6; AF_UNSPEC: not an address, glibc skips it */
	uint8_t address[16];
	const char *address_text; /* spans of the caller's bytes, not NUL-terminated */
	size_t address_len;
	const char *names; /* the first name to the end of the last, comment cut off */
	size_t names_len;
	const char *text; /* the whole line without its newline */
	size_t text_len;
};

struct fopnp_hosts_cursor {
	const char *at, *end;
	unsigned line;
};

void fopnp_hosts_start(struct fopnp_hosts_cursor *cursor, const char *bytes, size_t len);

/* The next line that is neither empty nor a comment alone.  False at the end. */
bool fopnp_hosts_next(struct fopnp_hosts_cursor *cursor, struct fopnp_hosts_line *out_line);

/* The next name of a line: *position starts at 0.  False behind the last. */
bool fopnp_hosts_next_name(const struct fopnp_hosts_line *line, size_t *position,
			   const char **out_name, size_t *out_len);

/* Whether the line names NAME (first name or alias, ASCII case folded; glibc
   folds by the locale).  A line with no name at all matches "". */
bool fopnp_hosts_line_has_name(const struct fopnp_hosts_line *line, const char *name);
