/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one reply is worth, as glibc's send_dg() sorts them (resolv/res_send.c). */
#pragma once

#include "nss_module/dns/race.h"
#include "nss_module/lookup/dns_packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SERVFAIL, NOTIMP or REFUSED. */
bool fopnp_dns_is_server_error(const struct fopnp_dns_header *header);

/* Of a server that does not recurse: no records, and neither AA nor RA. */
bool fopnp_dns_is_referral(const struct fopnp_dns_header *header);

/* LEN bytes in reply to a question of TYPE. */
enum fopnp_dns_word fopnp_dns_verdict(const uint8_t *reply, size_t len, uint16_t type);
