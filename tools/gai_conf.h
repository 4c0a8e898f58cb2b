/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gai.conf(5) as glibc's getaddrinfo() reads it (gaiconf_init), and the tables
 * that hold without it.  One line of a kind replaces the whole built-in table of
 * that kind: only an entry for everything else is added behind it.
 */
#pragma once

#include "tools/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_GAI_CONF "/etc/gai.conf"

enum fopnp_gai_table {
	FOPNP_GAI_LABEL,
	FOPNP_GAI_PRECEDENCE,
	FOPNP_GAI_SCOPE, /* "scopev4": of IPv4 addresses alone */
};
#define FOPNP_GAI_TABLES 3

struct fopnp_gai_entry {
	uint8_t prefix[16]; /* an IPv4 one is v4-mapped */
	unsigned bits;
	int value;
	unsigned line; /* 0: built in, or added for everything else */
};

struct fopnp_gai_conf {
	/* The first entry that matches an address counts, and the last matches every address. */
	struct {
		struct fopnp_gai_entry *list;
		size_t count;
	} tables[FOPNP_GAI_TABLES];
	unsigned first_line; /* of the entries that come from the file, 0: none does */
	/* The first entry without "/BITS", which glibc before 2.41 tests through a pointer that
	   was never set: it is dropped, or the program crashes.  0: none. */
	unsigned unsafe_line;
	bool is_reloaded; /* "reload yes": running programs see a change */
};

/* A value from a table, and the line that it stands on. */
struct fopnp_gai_value {
	int value;
	unsigned line; /* 0: of no line */
};

/*
 * Read BYTES, a whole file.  IS_STRICT: as glibc 2.41 and later do, which take
 * an address without "/BITS" as a whole one and refuse empty numbers, that are 0
 * before.  The caller's to clear.
 */
void fopnp_gai_conf_parse(const char *bytes, size_t len, bool is_strict,
			  struct fopnp_gai_conf *out_conf);

/* The machine's own file by the rules of this process's libc.  No file: the built-in tables. */
void fopnp_gai_conf_read(struct fopnp_gai_conf *out_conf);
void fopnp_gai_conf_clear(struct fopnp_gai_conf *conf);

/* What a table says of an address; of FOPNP_GAI_SCOPE ask for IPv4 addresses only. */
struct fopnp_gai_value fopnp_gai_conf_value(const struct fopnp_gai_conf *conf,
					    enum fopnp_gai_table table,
					    const struct fopnp_request_address *address);
