/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of this machine, see mdns_interfaces.h. */
#include "nss_module/mdns/mdns_interfaces.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <string.h>

#include "nss_module/lookup/address.h"

static int family_of(const struct sockaddr *address)
{
	return address ? address->sa_family : AF_UNSPEC;
}

/* IPv4 addresses carry a label, "eth0:1", in the place of the interface's name. */
static bool is_of(const struct ifaddrs *entry, const char *name)
{
	size_t len = strcspn(entry->ifa_name, ":");

	return strncmp(name, entry->ifa_name, len) == 0 && name[len] == '\0';
}

/* An address's flags are those of its interface. */
static bool is_usable(const struct ifaddrs *entry)
{
	const unsigned wanted = IFF_UP | IFF_RUNNING | IFF_MULTICAST;
	const unsigned unwanted = IFF_LOOPBACK | IFF_POINTOPOINT;

	return (entry->ifa_flags & (wanted | unwanted)) == wanted &&
	       strcspn(entry->ifa_name, ":") < IF_NAMESIZE;
}

/* Neither of these two makes a demand on the alignment. */
static bool is_link_local(const struct sockaddr *address)
{
	struct sockaddr_in6 inet6;

	memcpy(&inet6, address, sizeof(inet6));
	return fopnp_address_is_link_local(AF_INET6, &inet6.sin6_addr);
}

static uint32_t bits_of(const struct sockaddr *address)
{
	struct sockaddr_in inet;

	memcpy(&inet, address, sizeof(inet));
	return ntohl(inet.sin_addr.s_addr);
}

struct found {
	struct fopnp_mdns_interface interfaces[FOPNP_MDNS_INTERFACES];
	size_t count;
};

static struct fopnp_mdns_interface *find(struct found *found, const struct ifaddrs *entry)
{
	for (size_t i = 0; i < found->count; i++)
		if (is_of(entry, found->interfaces[i].name))
			return &found->interfaces[i];
	return NULL;
}

static struct fopnp_mdns_interface *find_or_add(struct found *found, const struct ifaddrs *entry)
{
	struct fopnp_mdns_interface *interface = find(found, entry);

	if (interface || found->count == FOPNP_MDNS_INTERFACES)
		return interface;
	interface = &found->interfaces[found->count++];
	*interface = (struct fopnp_mdns_interface){ 0 };
	memcpy(interface->name, entry->ifa_name, strcspn(entry->ifa_name, ":"));
	return interface;
}

static void collect(struct found *found, const struct ifaddrs *list, int family)
{
	for (; list; list = list->ifa_next) {
		struct fopnp_mdns_interface *interface;

		if (family_of(list->ifa_addr) != family || !is_usable(list) ||
		    (family == AF_INET6 && !is_link_local(list->ifa_addr)))
			continue;
		interface = find_or_add(found, list);
		if (interface && family == AF_INET)
			interface->has_inet = true;
		else if (interface)
			interface->has_inet6 = true;
	}
}

static unsigned index_of(const struct ifaddrs *link)
{
	struct sockaddr_ll hardware;

	memcpy(&hardware, link->ifa_addr, sizeof(hardware));
	return (unsigned)hardware.sll_ifindex;
}

/*
 * By the addresses, and a fixed number of times along the list: a machine may have thousands of
 * links, and no clock is looked at here.
 */
size_t fopnp_mdns_interfaces_find(
	const struct ifaddrs *list,
	struct fopnp_mdns_interface out_interfaces[static FOPNP_MDNS_INTERFACES])
{
	struct found found = { .count = 0 };
	size_t count = 0;

	/* Ports of bridges have link-local IPv6 alone: they come after those with IPv4. */
	collect(&found, list, AF_INET);
	collect(&found, list, AF_INET6);
	for (int has_inet = 1; has_inet >= 0; has_inet--)
		for (const struct ifaddrs *at = list; at; at = at->ifa_next) {
			const struct fopnp_mdns_interface *interface;

			if (family_of(at->ifa_addr) != AF_PACKET || !is_usable(at) ||
			    count == FOPNP_MDNS_INTERFACES)
				continue;
			interface = find(&found, at);
			if (!interface || interface->has_inet != has_inet)
				continue;
			out_interfaces[count] = *interface;
			out_interfaces[count++].index = index_of(at);
		}
	return count;
}

/* An empty mask would make the whole world a neighbour. */
static bool is_in_subnet(const struct ifaddrs *entry, uint32_t source)
{
	uint32_t mask = entry->ifa_netmask ? bits_of(entry->ifa_netmask) : 0;

	return mask != 0 && ((bits_of(entry->ifa_addr) ^ source) & mask) == 0;
}

bool fopnp_mdns_is_on_link(const struct ifaddrs *list, const struct fopnp_mdns_interface *interface,
			   int family, const uint8_t *source)
{
	uint32_t bits;

	if (family == AF_INET6)
		return true;
	if (fopnp_address_is_link_local(AF_INET, source))
		return true;
	memcpy(&bits, source, sizeof(bits));
	bits = ntohl(bits);
	for (; list; list = list->ifa_next)
		if (family_of(list->ifa_addr) == AF_INET && is_of(list, interface->name) &&
		    is_in_subnet(list, bits))
			return true;
	return false;
}
