/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Judging a reply to a one-shot query (RFC 6762 section 6.7, a conventional
 * unicast response): which of its records answer the question.
 */
#pragma once

#include "nss_module/mdns/mdns_question.h"
#include "nss_module/mdns/mdns_result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Take what a packet says to QUESTION, which was asked under ID, into *result.
 * False, with *result untouched, if it is no reply to it: another id, a query, an
 * error (section 18.11), another question, malformed anywhere, more than 64 records,
 * or nothing about the name in it.
 *
 * Records count when they are for the very name, of class IN (the cache-flush bit
 * masked), of a wanted type and the right length; in the additional section,
 * too, where section 6.2 puts the other family.  A TTL of 0 takes a record back
 * (section 10.1).  CNAMEs are not followed: multicast DNS knows none for hosts.
 * An NSEC record of the name (section 6.1) settles each wanted type that it denies.
 */
bool fopnp_mdns_reply_take(const struct fopnp_mdns_question *question, uint16_t id,
			   const uint8_t *packet, size_t len,
			   const struct fopnp_mdns_origin *origin,
			   struct fopnp_mdns_result *result);
