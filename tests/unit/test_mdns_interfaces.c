/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fopnp:mdns: which interfaces are asked, and who is on their links; lists made by hand. */
#include "nss_module/mdns/mdns_interfaces.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit_test.h"

#define ENTRIES 80
#define USABLE  (IFF_UP | IFF_RUNNING | IFF_MULTICAST | IFF_BROADCAST)

static struct entry {
	struct ifaddrs entry;
	char name[IF_NAMESIZE];
	struct sockaddr_storage address, mask;
} entries[ENTRIES];
static size_t entry_count;
static struct fopnp_mdns_interface found[FOPNP_MDNS_INTERFACES];

static struct entry *add(const char *name, unsigned flags)
{
	struct entry *entry = &entries[entry_count];

	assert_true(entry_count < ENTRIES);
	*entry = (struct entry){ 0 };
	strcpy(entry->name, name);
	entry->entry.ifa_name = entry->name;
	entry->entry.ifa_flags = flags;
	if (entry_count++ > 0)
		entries[entry_count - 2].entry.ifa_next = &entry->entry;
	return entry;
}

static void add_link(const char *name, int index, unsigned flags)
{
	struct entry *entry = add(name, flags);
	struct sockaddr_ll *link = (struct sockaddr_ll *)&entry->address;

	link->sll_family = AF_PACKET;
	link->sll_ifindex = index;
	entry->entry.ifa_addr = (struct sockaddr *)link;
}

static struct sockaddr *fill(struct sockaddr_storage *storage, int family, const char *text)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;
	struct sockaddr_in *four = (struct sockaddr_in *)storage;

	storage->ss_family = (sa_family_t)family;
	assert_int_equal(
		inet_pton(family, text,
			  family == AF_INET ? (void *)&four->sin_addr : (void *)&six->sin6_addr),
		1);
	return (struct sockaddr *)storage;
}

static void add_address(const char *name, const char *address, const char *mask)
{
	struct entry *entry = add(name, USABLE);
	int family = strchr(address, ':') ? AF_INET6 : AF_INET;

	entry->entry.ifa_addr = fill(&entry->address, family, address);
	if (mask)
		entry->entry.ifa_netmask = fill(&entry->mask, family, mask);
}

static size_t find(void)
{
	return fopnp_mdns_interfaces_find(entry_count > 0 ? &entries[0].entry : NULL, found);
}

static bool is_on_link(const char *name, const char *text)
{
	struct fopnp_mdns_interface interface = { 0 };
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	uint8_t source[16];

	strcpy(interface.name, name);
	assert_int_equal(inet_pton(family, text, source), 1);
	return fopnp_mdns_is_on_link(&entries[0].entry, &interface, family, source);
}

static void add_usual(void)
{
	entry_count = 0;
	add_link("lo", 1, IFF_UP | IFF_RUNNING | IFF_LOOPBACK);
	add_link("eth0", 2, USABLE);
	add_link("veth1", 3, USABLE);
	add_link("wlan0", 7, USABLE);
	add_address("lo", "127.0.0.1", "255.0.0.0");
	add_address("wlan0:1", "192.0.2.17", "255.255.255.240");
	add_address("wlan0", "fd53::1", "ffff:ffff:ffff:ffff::");
	add_address("veth1", "fe80::1", "ffff:ffff:ffff:ffff::");
	add_address("eth0", "198.51.100.1", "255.255.255.0");
	add_address("eth0", "fe80::2", "ffff:ffff:ffff:ffff::");
	/* One that has neither, as the kernel gives for some tunnels. */
	(void)add("eth0", USABLE);
}

static void test_found(void **state)
{
	(void)state;
	entry_count = 0;
	assert_int_equal(find(), 0);
	add_usual();
	assert_int_equal(find(), 3);
	assert_string_equal(found[0].name, "eth0");
	assert_int_equal(found[0].index, 2);
	assert_true(found[0].has_inet && found[0].has_inet6);
	/* The label of an address is no name; a global IPv6 address is no way to ff02::fb. */
	assert_string_equal(found[1].name, "wlan0");
	assert_int_equal(found[1].index, 7);
	assert_true(found[1].has_inet && !found[1].has_inet6);
	/* Those without IPv4 come last. */
	assert_string_equal(found[2].name, "veth1");
	assert_true(!found[2].has_inet && found[2].has_inet6);
}

static void test_not_usable(void **state)
{
	static const unsigned flags[] = { USABLE & ~(unsigned)IFF_UP,
					  USABLE & ~(unsigned)IFF_RUNNING,
					  USABLE & ~(unsigned)IFF_MULTICAST, USABLE | IFF_LOOPBACK,
					  USABLE | IFF_POINTOPOINT };

	(void)state;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		entry_count = 0;
		add_link("eth0", 2, flags[i]);
		add_address("eth0", "192.0.2.1", "255.255.255.0");
		assert_int_equal(find(), 0);
	}
	entry_count = 0;
	add_link("eth0", 2, USABLE);
	assert_int_equal(find(), 0);
}

static void test_many(void **state)
{
	char name[IF_NAMESIZE];

	(void)state;
	entry_count = 0;
	for (int i = 0; i < 30; i++) {
		(void)snprintf(name, sizeof(name), "veth%d", i);
		add_link(name, i + 2, USABLE);
		add_address(name, "fe80::1", NULL);
	}
	add_link("eth0", 100, USABLE);
	add_address("eth0", "192.0.2.1", "255.255.255.0");
	assert_int_equal(find(), FOPNP_MDNS_INTERFACES);
	assert_string_equal(found[0].name, "eth0");
	assert_string_equal(found[1].name, "veth0");
}

/* Of what cannot multicast none takes a place. */
static void test_many_not_usable(void **state)
{
	char name[IF_NAMESIZE];

	(void)state;
	entry_count = 0;
	for (int i = 0; i < 30; i++) {
		(void)snprintf(name, sizeof(name), "tun%d", i);
		add_link(name, i + 2, USABLE | IFF_POINTOPOINT);
		add_address(name, "192.0.2.1", NULL);
		entries[entry_count - 1].entry.ifa_flags |= IFF_POINTOPOINT;
	}
	add_link("eth0", 100, USABLE);
	add_address("eth0", "192.0.2.1", "255.255.255.0");
	assert_int_equal(find(), 1);
	assert_string_equal(found[0].name, "eth0");
	assert_int_equal(found[0].index, 100);
}

/* If the time grew as the square of the links this would take an hour; SIGALRM fails it. */
#define LINKS 300000u

static void test_very_many(void **state)
{
	static char names[LINKS][IF_NAMESIZE];
	static struct ifaddrs list[LINKS * 2];
	struct sockaddr_ll link = { .sll_family = AF_PACKET, .sll_ifindex = 7 };
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
					.sin6_addr.s6_addr = { 0xfe, 0x80, [15] = 1 } };

	(void)state;
	for (unsigned i = 0; i < LINKS; i++)
		(void)snprintf(names[i], sizeof(names[i]), "veth%u", i);
	for (unsigned i = 0; i < LINKS * 2; i++)
		list[i] = (struct ifaddrs){ .ifa_next = i + 1 < LINKS * 2 ? &list[i + 1] : NULL,
					    .ifa_name = names[i % LINKS],
					    .ifa_flags = USABLE,
					    .ifa_addr = i < LINKS ? (struct sockaddr *)&link
								  : (struct sockaddr *)&address };
	(void)alarm(100);
	assert_int_equal(fopnp_mdns_interfaces_find(list, found), FOPNP_MDNS_INTERFACES);
	(void)alarm(0);
	assert_string_equal(found[0].name, "veth0");
	assert_string_equal(found[15].name, "veth15");
	assert_int_equal(found[15].index, 7);
}

static void test_on_link(void **state)
{
	(void)state;
	add_usual();
	assert_true(is_on_link("wlan0", "192.0.2.30"));
	assert_true(is_on_link("wlan0", "192.0.2.17"));
	assert_false(is_on_link("wlan0", "192.0.2.32"));
	assert_false(is_on_link("wlan0", "192.0.2.15"));
	assert_false(is_on_link("wlan0", "198.51.100.9"));
	assert_true(is_on_link("eth0", "198.51.100.9"));
	assert_false(is_on_link("wlan", "192.0.2.30"));
	/* On every link, whatever address we have there. */
	assert_true(is_on_link("wlan0", "169.254.0.0"));
	assert_true(is_on_link("veth1", "169.254.255.255"));
	assert_false(is_on_link("wlan0", "169.253.255.255"));
	assert_false(is_on_link("wlan0", "169.255.0.0"));
	/* For IPv6 the hop limit has proved it. */
	assert_true(is_on_link("wlan0", "fd53::7"));
	assert_true(is_on_link("veth1", "2001:db8::77"));
	assert_true(is_on_link("veth1", "fe80::77"));
}

static void test_odd_masks(void **state)
{
	(void)state;
	entry_count = 0;
	add_address("eth0", "192.0.2.1", NULL);
	add_address("eth1", "192.0.2.1", "0.0.0.0");
	add_address("eth2", "192.0.2.1", "255.255.255.255");
	assert_false(is_on_link("eth0", "192.0.2.2"));
	assert_false(is_on_link("eth1", "192.0.2.2"));
	assert_false(is_on_link("eth2", "192.0.2.2"));
	assert_true(is_on_link("eth2", "192.0.2.1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),     cmocka_unit_test(test_not_usable),
		cmocka_unit_test(test_many),      cmocka_unit_test(test_many_not_usable),
		cmocka_unit_test(test_very_many), cmocka_unit_test(test_on_link),
		cmocka_unit_test(test_odd_masks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
