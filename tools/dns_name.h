/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain names as text in the form of master files (RFC 1035 section 5.1: \DDD, \.), compared. */
#pragma once

#include <stdbool.h>

/* Whether two names of master-file form are one: ASCII case, \DDD and a final dot aside. */
bool fopnp_dns_name_equal(const char *a, const char *b);

/* Whether NAME is APEX or below it (RFC 1034 section 3.1); everything is below ".". */
bool fopnp_dns_name_is_within(const char *name, const char *apex);
