/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What has been heard so far.  Anybody on the link may send anything, so that
 * all that comes in is bounded here and looked at once more: no address that
 * cannot be another host's, no name that is no host name.
 */
#pragma once

#include "nss_module/lookup/answer_buffer.h"
#include "nss_module/mdns/mdns_question.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Further ones are dropped.  So many fit getaddrinfo's first buffer of 1,024 bytes. */
#define FOPNP_MDNS_ADDRESSES 16

enum fopnp_mdns_via { FOPNP_MDNS_VIA_NOBODY, FOPNP_MDNS_VIA_AVAHI, FOPNP_MDNS_VIA_MULTICAST };

/* Where an answer comes from. */
struct fopnp_mdns_origin {
	enum fopnp_mdns_via via;
	unsigned interface;                    /* index */
	struct fopnp_answer_address responder; /* family AF_UNSPEC: not known */
};

struct fopnp_mdns_result {
	struct fopnp_answer_address addresses[FOPNP_MDNS_ADDRESSES];
	size_t address_count;
	char target[FOPNP_MDNS_NAME_SIZE]; /* of the first PTR record; "": none */
	int32_t ttl;                       /* the shortest, seconds; INT32_MAX: not told */
	unsigned settled;                  /* bits of the question's types: answered or denied */
	unsigned denied;                   /* those that the name is said not to have (NSEC) */
	struct fopnp_mdns_origin origin;   /* of the first answer */
};

/* Nothing heard. */
void fopnp_mdns_result_init(struct fopnp_mdns_result *result);

bool fopnp_mdns_result_is_empty(const struct fopnp_mdns_result *result);

/*
 * Whether another host can have this address: not loopback, multicast,
 * unspecified, broadcast, reserved or IPv4-mapped.
 */
bool fopnp_mdns_is_host_address(int family, const uint8_t *address);

/*
 * Add an address that was told for type number TYPE of the question.  The
 * scope of a link-local IPv6 one is the interface of its origin; others have none.
 */
void fopnp_mdns_result_add_address(struct fopnp_mdns_result *result, unsigned type, int family,
				   const uint8_t *address, uint32_t ttl,
				   const struct fopnp_mdns_origin *origin);

/* The same for a host name; the first one stays. */
void fopnp_mdns_result_add_target(struct fopnp_mdns_result *result, unsigned type,
				  const char *target, uint32_t ttl,
				  const struct fopnp_mdns_origin *origin);

/* The name has no records of type number TYPE. */
void fopnp_mdns_result_deny(struct fopnp_mdns_result *result, unsigned type);

/*
 * Bring the addresses into the order of the answer: IPv4 first, as nss-mdns has it,
 * link-local IPv6 last.  Without HAS_SCOPES (a hostent) a link-local IPv6 address is useless
 * to most programs: it stays only if there is no other.
 */
void fopnp_mdns_result_arrange(struct fopnp_mdns_result *result, bool has_scopes);
