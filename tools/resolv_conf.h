/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resolv.conf(5) with the numbers of its lines, as glibc reads it
 * (resolv/res_init.c): a keyword counts in the first column with a blank behind
 * it, ';' and '#' begin a comment only there, a NUL ends a line, CR is a
 * character like any other, of several search and domain lines the last holds.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_RESOLV_CONF_SERVERS 3    /* MAXNS: glibc takes no more */
#define FOPNP_RESOLV_CONF_SEARCH  1000 /* domains that are kept; glibc has no limit */

struct fopnp_resolv_conf_server {
	int family; /* AF_INET, AF_INET6 */
	uint8_t address[16];
	unsigned line;
};

struct fopnp_resolv_conf {
	struct fopnp_resolv_conf_server servers[FOPNP_RESOLV_CONF_SERVERS];
	size_t server_count;
	unsigned surplus_line; /* the first nameserver line beyond those; 0: none */
	unsigned refused_line; /* the first whose address glibc does not take; 0: none */
	char **search;
	size_t search_count;
	unsigned search_line;  /* 0: no search or domain line */
	unsigned endless_line; /* the first sortlist that glibc never gets past; 0: none */
	unsigned options_line; /* the last; 0: none */
	char *options_text;    /* its words, or NULL */
};

/* Read LEN bytes, which need no NUL behind them.  The result is the caller's to clear. */
void fopnp_resolv_conf_parse(const char *bytes, size_t len, struct fopnp_resolv_conf *out_conf);
void fopnp_resolv_conf_clear(struct fopnp_resolv_conf *conf);

/*
 * Split the list of LOCALDOMAIN, which holds instead of the file's: its domains
 * replace those of CONF.  Where it begins with a blank its first domain is "".
 */
void fopnp_resolv_conf_set_search(struct fopnp_resolv_conf *conf, const char *list);
