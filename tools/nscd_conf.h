/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What nscd.conf(5) says of its cache of hosts, by the rules of glibc's
 * nscd/nscd_conf.c: the last line wins.  nscd reads the file when it starts.
 */
#pragma once

#include <stddef.h>

#define FOPNP_NSCD_CONF "/etc/nscd.conf"

struct fopnp_nscd_value {
	long value;
	unsigned line; /* 0: not written there, and the value is nscd's own */
};

struct fopnp_nscd_conf {
	struct fopnp_nscd_value positive_ttl, negative_ttl; /* seconds */
	struct fopnp_nscd_value checks_files;               /* 0, 1 */
	struct fopnp_nscd_value is_enabled;                 /* 0, 1: it answers for hosts at all */
};

void fopnp_nscd_conf_parse(const char *bytes, size_t len, struct fopnp_nscd_conf *out_conf);

/* Read the file; without one, what nscd does then. */
void fopnp_nscd_conf_read(struct fopnp_nscd_conf *out_conf);
