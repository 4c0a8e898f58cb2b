/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What glibc's stub resolver is set to, and which line says so.  The values are
 * those of res_ninit(3), which programs get; resolv.conf(5) is read beside it to
 * say where they are written.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define FOPNP_RESOLV_CONF        "/etc/resolv.conf"
#define FOPNP_RESOLVER_SERVERS   3 /* MAXNS: glibc takes no more */
#define FOPNP_RESOLVER_KEPT_LIST 6 /* MAXDNSRCH: what survives where _res was changed */

struct fopnp_resolver_server {
	struct sockaddr_storage address;
	socklen_t address_len;
	char *text;    /* "10.0.0.53", "fe80::1%eth0", with "#5353" behind it if not port 53 */
	unsigned line; /* of resolv.conf; 0: not written there (glibc's default 127.0.0.1) */
};

enum fopnp_search_origin {
	FOPNP_SEARCH_OF_FILE,        /* the last search or domain line */
	FOPNP_SEARCH_OF_ENVIRONMENT, /* LOCALDOMAIN */
	FOPNP_SEARCH_OF_HOST_NAME,   /* the domain in gethostname() */
};

struct fopnp_resolver_config {
	char *target;    /* where resolv.conf points if it is a symbolic link, else NULL */
	bool is_missing; /* no such file, or a link to nowhere: glibc asks 127.0.0.1 */
	int error;       /* errno if it is there and cannot be read, else 0: with servers glibc
			      goes on as if it were missing, without no name can be looked up */
	struct fopnp_resolver_server servers[FOPNP_RESOLVER_SERVERS];
	size_t server_count;
	unsigned surplus_line; /* the first nameserver line behind those taken; 0: none */
	unsigned refused_line; /* the first without an address that glibc takes; 0: none */
	/* With some files glibc hangs or aborts, in every lookup that reads them: what happens,
	   and the line (0: not of the file).  NULL: it does not. */
	const char *fatal_words;
	unsigned fatal_line;
	char **search;
	size_t search_count;
	enum fopnp_search_origin search_origin;
	unsigned search_line; /* 0: not of the file */
	unsigned ndots, timeout_s, attempts;
	unsigned options_line;    /* the last options line; 0: none */
	char *options_text;       /* its words, or NULL */
	unsigned long flags;      /* RES_* of <resolv.h>, as in _res.options */
	const char *local_domain; /* LOCALDOMAIN, RES_OPTIONS, HOSTALIASES; NULL: not set */
	const char *res_options;
	const char *host_aliases;
};

/*
 * Whether programs abort at such a search list.  Where it does not fit into struct __res_state, glibc
 * asserts that more than the size of an array of pointers was used up before (resolv_conf_matches(),
 * which compares with sizeof(dnsrch) where sizeof(defdname) was meant).
 */
bool fopnp_resolver_search_aborts(char *const *search, size_t count);

/* Read it.  Always filled; the caller's to clear. */
void fopnp_resolver_config_read(struct fopnp_resolver_config *out_config);
void fopnp_resolver_config_clear(struct fopnp_resolver_config *config);
