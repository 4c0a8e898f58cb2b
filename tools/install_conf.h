/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp.conf for `fopnp enable --builtin`: fopnp's own sources in the places of the system's. */
#pragma once

#include <stddef.h>

struct fopnp_order;

enum fopnp_install_conf_result {
	FOPNP_INSTALL_CONF_CHANGED,
	FOPNP_INSTALL_CONF_UNCHANGED,  /* it has an order for all names: `line` */
	FOPNP_INSTALL_CONF_IMPOSSIBLE, /* no such order can be written into fopnp.conf */
};

struct fopnp_install_conf {
	char *order; /* the built-in one; NULL only if UNCHANGED */
	char *bytes; /* the whole new file; NULL unless CHANGED */
	size_t len;
	unsigned line; /* that the order stands on */
};

/*
 * Add to the file's BYTES (LEN 0: there is none) an order line that does what ORDER, the one of the
 * hosts line, whose list is LIST, does.  What is there stays as it is.
 */
enum fopnp_install_conf_result fopnp_install_conf_make(const char *bytes, size_t len,
						       const struct fopnp_order *order,
						       const char *list,
						       struct fopnp_install_conf *out_conf);
void fopnp_install_conf_clear(struct fopnp_install_conf *conf);
