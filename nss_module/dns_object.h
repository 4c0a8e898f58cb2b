/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp/dns.so, beside the module: c-ares and what makes a source of it.  Apart,
 * so that only programs whose order reaches fopnp:dns map it.
 */
#pragma once

#include "nss_module/source.h"

/* Its table; as fopnp_builtin_load(). */
const struct fopnp_functions *fopnp_dns_object_load(char **out_message);
