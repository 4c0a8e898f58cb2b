/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the servers' replies to one name come to, as glibc's resolver judges
 * (resolv/res_query.c, __res_context_query(), and what resolv/res_send.c takes for a reply).
 */
#pragma once

#include "nss_module/dns/search.h"
#include "nss_module/dns/transport.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Judge COUNT replies, of one name; USES_TCP as in the settings; FIRST is the index into
 * the log of its first query.  out_is_usable says which of them are replies in glibc's
 * eyes: SERVFAIL and the like are none without "use-vc".
 */
struct fopnp_dns_outcome fopnp_dns_judge(const struct fopnp_dns_reply *replies, size_t count,
					 bool uses_tcp, const struct fopnp_dns_log *log,
					 size_t first,
					 bool out_is_usable[static FOPNP_DNS_QUESTIONS]);
