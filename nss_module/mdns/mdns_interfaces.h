/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of this machine: where a question can go, and what lies on each. */
#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ifaddrs;

/* On a machine with more (one with many containers) those with IPv4 come first. */
#define FOPNP_MDNS_INTERFACES 16

struct fopnp_mdns_interface {
	unsigned index;
	char name[IF_NAMESIZE];
	bool has_inet;  /* an IPv4 address */
	bool has_inet6; /* a link-local IPv6 address */
};

/*
 * The interfaces that are up and running, know multicast, are neither loopback
 * nor point-to-point and have an address, out of a list of getifaddrs(3).
 * Returns how many.
 */
size_t fopnp_mdns_interfaces_find(
	const struct ifaddrs *list,
	struct fopnp_mdns_interface out_interfaces[static FOPNP_MDNS_INTERFACES]);

/*
 * Whether SOURCE, of a packet that came by INTERFACE with a hop limit of 255, is
 * an address on its link (RFC 6762 section 11).
 *
 * IPv6: any is.  The hop limit has proved the link, and hosts may use prefixes on it that
 * this one has no address of.
 * IPv4: those in the subnet of one of the interface's addresses, and 169.254.0.0/16,
 * which is on the link whatever else is (RFC 3927 section 2.6.2).
 */
bool fopnp_mdns_is_on_link(const struct ifaddrs *list, const struct fopnp_mdns_interface *interface,
			   int family, const uint8_t *source);
