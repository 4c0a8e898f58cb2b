/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which names and addresses are for multicast DNS.  Names as nss-mdns has them: exactly two
 * labels that end in ".local", so that a company's "ad.corp.local" stays with the DNS.  An
 * "mdns-domain" of fopnp.conf adds all names below it (nss-mdns's /etc/mdns.allow, which is
 * the like of it, takes the place of that rule).  Addresses as mdns4_minimal and
 * mdns6_minimal have them: 169.254.0.0/16 and fe80::/10.  Nobody asks the DNS for a "local"
 * zone first: with a dead server that costs nss-mdns ten seconds.
 */
#pragma once

#include "nss_module/lookup/ask.h"
#include "nss_module/mdns/mdns_question.h"

#include <stdbool.h>

/*
 * A host name by the rules of libc's res_hnok(3), without a final dot: letters,
 * digits, '-' and '_', labels of 1 to 63, at most 253 characters, no '-' in front.
 * The UTF-8 that RFC 6762 section 16 allows beyond that is not asked for.
 */
bool fopnp_mdns_is_host_name(const char *name);

/* Whether ASK is for multicast DNS; then *out_question is what to ask the link. */
bool fopnp_mdns_question_of(const struct fopnp_ask *ask, struct fopnp_mdns_question *out_question);
