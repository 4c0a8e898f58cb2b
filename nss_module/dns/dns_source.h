/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp:dns, and all that fopnp/dns.so exports: one table.  Answers as glibc's nss_dns does
 * (resolv/nss_dns/dns-host.c, resolv/res_query.c), over c-ares.
 */
#pragma once

#include "nss_module/lookup/ask.h"

#define FOPNP_DNS_SOURCE_VERSION 1
#define FOPNP_DNS_SOURCE_NAME    "fopnp_dns_source"

struct fopnp_dns_source {
	unsigned version; /* of this table and of struct fopnp_ask */
	fopnp_ask_function *ask;
};

extern const struct fopnp_dns_source fopnp_dns_source;
