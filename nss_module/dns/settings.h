/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a lookup goes by: the thread's _res, which glibc has just brought up to
 * date with resolv.conf(5), RES_OPTIONS and LOCALDOMAIN, and on top of it the
 * options of fopnp.conf(5).
 */
#pragma once

#include "nss_module/lookup/ask.h"

#include <netinet/in.h>
#include <resolv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_DNS_SERVERS  8 /* further ones of dns-servers are not asked; _res has three */
#define FOPNP_DNS_HEDGE_US 50000
#define FOPNP_DNS_TOTAL_US 10000000 /* more only where one server may take that long */

union fopnp_dns_address {
	struct sockaddr any;
	struct sockaddr_in inet;
	struct sockaddr_in6 inet6; /* with its scope */
};

/* An entry of "sortlist", both as on the wire. */
struct fopnp_dns_net {
	uint32_t address, mask;
};

struct fopnp_dns_settings {
	union fopnp_dns_address servers[FOPNP_DNS_SERVERS];
	size_t server_count;   /* 0 only if the program emptied its _res: nobody is asked then */
	bool are_servers_ours; /* of dns-servers in fopnp.conf */

	/* How servers are asked. */
	uint64_t timeout_us; /* one try at one server */
	unsigned attempts;   /* rounds through the servers */
	uint64_t total_us;   /* all of it, for one name */
	uint64_t hedge_us;   /* after so long without an answer the next server is asked, too */
	bool does_rotate;
	bool uses_tcp;          /* use-vc */
	bool is_single_request; /* A, then AAAA (single-request or single-request-reopen) */
	bool sets_ad;           /* trust-ad */
	bool is_recursive;      /* RES_RECURSE */
	uint16_t edns_size;     /* 0: no OPT record */

	/* Which names are asked. */
	unsigned ndots;
	bool has_no_aaaa;
	bool has_no_aliases;   /* RES_NOALIASES: HOSTALIASES means nothing */
	bool searches_default; /* RES_DEFNAMES */
	bool searches_list;    /* RES_DNSRCH */
	bool is_tld_query_off; /* no-tld-query */
	char **search;         /* the domains as they were written; "" or "." is the root */
	size_t search_count;

	/* How IPv4 addresses of a hostent are sorted. */
	struct fopnp_dns_net sort[MAXRESOLVSORT];
	size_t sort_count;
};

/*
 * False without memory, or if res_init(3) was needed and failed: errno says which.  The
 * settings are the caller's, for fopnp_dns_settings_clear().
 */
bool fopnp_dns_settings_read(const struct fopnp_ask *ask, struct fopnp_dns_settings *out);
void fopnp_dns_settings_clear(struct fopnp_dns_settings *settings);

/*
 * The same of a STATE, with what may name further search domains: LOCALDOMAIN's value or
 * NULL, else the path of a resolv.conf.  It is looked at only if STATE may have lost some.
 */
bool fopnp_dns_settings_from(const struct __res_state *state, const char *localdomain,
			     const char *path, struct fopnp_dns_settings *out);
