/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One-shot multicast queries (RFC 6762 section 5.1) without any daemon: from an
 * ephemeral port, so that responders answer by unicast, to that port alone
 * (section 6.7).  One socket a family and one packet a type, as the simple
 * resolvers for which section 6.7 was made ask; small responders read no second question.
 *
 * A reply counts only if
 * - it came to an interface, in a family, by which the question went out,
 * - with a hop limit of 255, which nothing behind a router can show (RFC 5082).  Section 11
 *   says SHOULD of senders; avahi, systemd-resolved and mDNSResponder all do it, and
 * - from port 5353 of an address that a host on that very link can have
 *   (fopnp_mdns_is_on_link()).
 *
 * However many packets come, it is the deadline that ends the listening, so that a flood
 * cannot make a name one that is not found.
 */
#pragma once

#include "nss_module/mdns/mdns_interfaces.h"
#include "nss_module/mdns/mdns_question.h"
#include "nss_module/mdns/mdns_result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOPNP_MDNS_PACKET_SIZE 9000 /* RFC 6762 section 17 */
#define FOPNP_MDNS_SOCKETS     2    /* IPv4, IPv6 */

struct fopnp_mdns_multicast {
	struct ifaddrs *list; /* getifaddrs(3), kept for the checks of sources */
	struct fopnp_mdns_interface interfaces[FOPNP_MDNS_INTERFACES];
	size_t interface_count;
	int error;      /* errno: why not all could be asked or heard; 0: they could */
	int send_error; /* errno of a packet that did not go, rather a shortage's; 0: none */
	int sockets[FOPNP_MDNS_SOCKETS]; /* -1: none */
	uint16_t id;
	unsigned asked, heard, ignored; /* packets */
	uint8_t packet[FOPNP_MDNS_PACKET_SIZE];
};

/* Nothing open. */
void fopnp_mdns_multicast_init(struct fopnp_mdns_multicast *multicast);

/*
 * Whether errno ERROR says that there was not enough of something, for now: descriptors,
 * memory, room in a queue.
 */
bool fopnp_mdns_is_shortage(int error);

/*
 * Find the interfaces and make the sockets.  An error is in multicast->error; one family alone
 * for want of the other in the kernel is none.
 */
void fopnp_mdns_multicast_open(struct fopnp_mdns_multicast *multicast);

/*
 * Send the question, but for the types whose bits are in SETTLED, to every link; multicast->asked
 * and ->send_error tell.
 */
void fopnp_mdns_multicast_send(struct fopnp_mdns_multicast *multicast,
			       const struct fopnp_mdns_question *question, unsigned settled);

/*
 * Read what waits at socket number WHICH, a batch at most; it goes into
 * *result.
 */
void fopnp_mdns_multicast_receive(struct fopnp_mdns_multicast *multicast, unsigned which,
				  const struct fopnp_mdns_question *question,
				  struct fopnp_mdns_result *result);

/* Close and free all but the figures and the interfaces. */
void fopnp_mdns_multicast_close(struct fopnp_mdns_multicast *multicast);
