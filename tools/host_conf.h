/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host.conf(5)'s `multi`, which decides whether "files" gives the addresses of
 * all lines of a name or of the first alone, as glibc reads it
 * (resolv/res_hconf.c).
 */
#pragma once

#include "nss_module/lookup/host_conf.h"

#include <stdbool.h>
#include <stddef.h>

struct fopnp_host_conf {
	bool is_multi;
	bool is_of_environment; /* RESOLV_MULTI says so, whatever the file says */
	char *file;             /* FOPNP_HOST_CONF, or what RESOLV_HOST_CONF names */
	unsigned line;          /* of the file; 0: it has none, or the environment decides */
};

/* Take the file's LEN bytes, without the environment.  Sets is_multi and line. */
void fopnp_host_conf_parse(const char *bytes, size_t len, struct fopnp_host_conf *conf);

/* Read it.  Always filled; the caller's to clear. */
void fopnp_host_conf_read(struct fopnp_host_conf *out_conf);
void fopnp_host_conf_clear(struct fopnp_host_conf *conf);
