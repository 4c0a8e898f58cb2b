/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fopnp:mdns, see lookup/ask.h: names of the link by multicast DNS (RFC 6762).
 * No daemon is needed; avahi's is asked where it runs (mdns_search.h).
 *
 *   not a name for the link (mdns_names.h)  UNAVAIL, EINVAL, NO_RECOVERY, without a packet
 *   no interface to ask by                  UNAVAIL, ETIMEDOUT, NO_RECOVERY
 *   nobody answered within mdns-timeout     NOTFOUND, ETIMEDOUT, HOST_NOT_FOUND
 *   the name has no address of the family   NOTFOUND, ETIMEDOUT, NO_DATA
 *
 * All but the last as nss-mdns says it.  As there, the name in the answer is the one that
 * the program gave, spelt as it did.  Only link-local IPv6 addresses have a scope id, that of
 * the interface by which they came.  A hostent has no room for one: there such an address is
 * given, as by nss-mdns, but only if the name has no other of its family.
 */
#pragma once

#include "nss_module/lookup/ask.h"

enum nss_status fopnp_mdns_ask(struct fopnp_ask *ask);
