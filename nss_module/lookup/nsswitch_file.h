/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hosts line of nsswitch.conf, read as glibc reads it
 * (nss/nss_database.c: nss_database_reload_1, process_line).
 */
#pragma once

#include "nss_module/lookup/order.h"

#include <stdbool.h>
#include <stddef.h>

#define FOPNP_NSSWITCH_PATH "/etc/nsswitch.conf"
/* openSUSE's glibc reads this one where /etc has none. */
#define FOPNP_NSSWITCH_USR_PATH "/usr/etc/nsswitch.conf"
/* What glibc >= 2.35 does without a hosts line (2.34: "dns [!UNAVAIL=return] files"). */
#define FOPNP_NSSWITCH_DEFAULT "files dns"

struct fopnp_nsswitch {
	struct fopnp_order *order; /* of the hosts line in force; never NULL after success */
	unsigned line; /* its number, from 1; 0: there is none, the default is in force */
	size_t text_at, text_len; /* the list behind "hosts:" in the bytes; 0, 0 for the default */
	unsigned shadowed_line;   /* an earlier hosts line that the last one replaced, or 0 */
	unsigned unfinished_line; /* a last line without a newline, which glibc ignores, or 0 */
};

enum fopnp_nsswitch_result {
	FOPNP_NSSWITCH_OK,
	/* A line of a database that glibc knows does not parse: every lookup of
	   every database fails.  out->line is that line, order NULL. */
	FOPNP_NSSWITCH_BROKEN,
	FOPNP_NSSWITCH_NO_MEMORY,
};

/*
 * Parse the bytes of nsswitch.conf (LEN 0 for a file that does not exist).
 * out->order is the caller's to free().
 */
enum fopnp_nsswitch_result fopnp_nsswitch_parse(const char *bytes, size_t len,
						struct fopnp_nsswitch *out);

/*
 * The same of another DATABASE's line ("services"), whose own default the caller has to know:
 * `line` 0 and the order of FOPNP_NSSWITCH_DEFAULT say that there is none.
 */
enum fopnp_nsswitch_result fopnp_nsswitch_parse_database(const char *bytes, size_t len,
							 const char *database,
							 struct fopnp_nsswitch *out);
