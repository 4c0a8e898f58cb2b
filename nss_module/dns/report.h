/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a lookup tells in its step (docs/event-format.md). */
#pragma once

#include "nss_module/dns/lookup.h"

void fopnp_dns_report(const struct fopnp_dns_lookup *lookup);
