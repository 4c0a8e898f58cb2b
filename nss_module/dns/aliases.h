/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * HOSTALIASES (hostname(7), resolv/res_context_hostalias.c): other names for names
 * without a dot.
 */
#pragma once

#include "nss_module/lookup/dns_packet.h"

#include <stdbool.h>
#include <stddef.h>

/* The alias of NAME in LEN bytes of such a file, NUL behind them (they are changed). */
bool fopnp_dns_alias_find(char *bytes, size_t len, const char *name,
			  char out[static FOPNP_DNS_NAME_SIZE]);

/* In the file that HOSTALIASES names; false without one. */
bool fopnp_dns_alias_of(const char *name, char out[static FOPNP_DNS_NAME_SIZE]);
