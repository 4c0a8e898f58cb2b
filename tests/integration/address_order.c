/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of addresses that the command works out, against getaddrinfo's own.
 *
 *	address_order lists COUNT WHAT   compare COUNT random lists; WHAT names the set-up
 *	address_order gai-conf           write a random /etc/gai.conf
 *	address_order tunnel NAME TYPE   make an interface of that ARPHRD type, until killed
 *
 * FOPNP_SEED makes it the same again.  Prints how many pairs each rule decided.
 */
#include "tools/address_order.h"
#include "nss_module/lookup/address.h"
#include "tests/integration/address_list_module.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FAILURES_MOST 3

struct test_address_list fopnp_test_address_list;

static uint64_t random_state;

static unsigned below(unsigned limit)
{
	random_state += 0x9e3779b97f4a7c15u;
	uint64_t x = random_state;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return (unsigned)((x ^ x >> 31) >> 33) % limit;
}

/* ---- random addresses: of every kind that a table or a rule knows, and near our own ---- */

static const char *const KINDS[] = {
	"8.8.8.8",
	"10.0.0.7",
	"10.1.2.77",
	"10.1.3.77",
	"192.168.7.9",
	"192.168.7.14",
	"192.168.9.1",
	"172.16.5.4",
	"127.0.0.1",
	"127.0.0.53",
	"169.254.9.9",
	"203.0.113.9",
	"198.51.100.7",
	"0.0.0.0",
	"255.255.255.255",
	"224.0.0.251",
	"100.64.1.1",
	"240.0.0.1",
	"2001:db8:1:2::7",
	"2001:db8:1:3::7",
	"2001:db8:5::7",
	"2001:db8:9::",
	"2600::1",
	"2002:c000:201::1",
	"2001:0:53aa::1",
	"fec0::7",
	"fd00:1::7",
	"fd00:5::7",
	"fdff::1",
	"fe80::7",
	"fe80::9:9",
	"::1",
	"::",
	"::192.0.2.1",
	"::ffff:10.1.2.77",
	"::ffff:8.8.8.8",
	"::ffff:127.0.0.5",
	"ff02::fb",
	"ff05::2",
	"ff0e::1",
	"64:ff9b::808:808",
	"3fff::1",
	"5f00::1",
	"a000::1",
};
#define KIND_COUNT (sizeof(KINDS) / sizeof(KINDS[0]))

static struct test_address own[TEST_ADDRESSES];
static unsigned own_count;

static void read_own_addresses(void)
{
	struct ifaddrs *list;

	if (getifaddrs(&list) == -1)
		return;
	for (struct ifaddrs *at = list; at && own_count < TEST_ADDRESSES; at = at->ifa_next) {
		struct test_address *to = &own[own_count];

		if (!at->ifa_addr)
			continue;
		to->family = at->ifa_addr->sa_family;
		if (to->family == AF_INET)
			memcpy(to->bytes, (const char *)at->ifa_addr + 4, 4);
		else if (to->family == AF_INET6)
			memcpy(to->bytes, (const char *)at->ifa_addr + 8, 16);
		own_count += to->family == AF_INET || to->family == AF_INET6;
	}
	freeifaddrs(list);
}

static struct test_address random_address(void)
{
	struct test_address address = { .family = AF_INET };
	unsigned bits, flipped;

	if (own_count && below(3) == 0) {
		address = own[below(own_count)];
	} else {
		const char *text = KINDS[below(KIND_COUNT)];

		if (inet_pton(AF_INET, text, address.bytes) != 1) {
			address.family = AF_INET6;
			(void)inet_pton(AF_INET6, text, address.bytes);
		}
	}
	/* Another address that shares its first bits, so that prefixes get long. */
	bits = address.family == AF_INET ? 32 : 128;
	if (below(2) == 0) {
		flipped = below(3) == 0 ? below(bits) : bits - 1 - below(bits / 2);
		address.bytes[flipped / 8] ^= (uint8_t)(0x80u >> flipped % 8);
	}
	if (address.family == AF_INET6 && address.bytes[0] == 0xfe && below(3) != 0)
		address.scope = 1 + below(6);
	return address;
}

static void make_list(struct test_address_list *list)
{
	list->count = 2 + below(below(2) ? 39 : 6);
	for (unsigned i = 0; i < list->count; i++)
		list->list[i] = i > 0 && below(6) == 0 ? list->list[below(i)] : random_address();
}

/* ---- a random call, and the list that getaddrinfo sorts for it ---- */

struct call {
	struct addrinfo hints;
	const char *name, *service;
	struct fopnp_request_address given[TEST_ADDRESSES];
	size_t given_count;
};

static void give(struct call *call, const struct test_address *from, bool is_mapped)
{
	struct fopnp_request_address *to = &call->given[call->given_count++];

	*to = (struct fopnp_request_address){ .family = from->family, .scope = from->scope };
	if (!is_mapped) {
		memcpy(to->bytes, from->bytes, from->family == AF_INET ? 4 : 16);
		return;
	}
	to->family = AF_INET6;
	memcpy(to->bytes, (const uint8_t[12]){ [10] = 0xff, 0xff }, 12);
	memcpy(to->bytes + 12, from->bytes, 4);
}

/* A hostent has no scopes. */
static void give_family(struct call *call, int family, bool is_mapped)
{
	for (size_t i = 0; i < fopnp_test_address_list.count; i++) {
		struct test_address address = fopnp_test_address_list.list[i];

		address.scope = 0;
		if (address.family == family)
			give(call, &address, is_mapped);
	}
}

static void give_null_host(struct call *call)
{
	struct test_address six = { .family = AF_INET6 }, four = { .family = AF_INET };

	call->name = NULL;
	call->hints.ai_protocol = 0;
	call->service = "80";
	call->hints.ai_socktype = below(2) ? SOCK_STREAM : 0;
	call->hints.ai_flags = below(2) ? AI_PASSIVE : 0;
	if (!call->hints.ai_flags) {
		six.bytes[15] = 1;
		memcpy(four.bytes, (const uint8_t[]){ 127, 0, 0, 1 }, 4);
	}
	give(call, &six, false);
	give(call, &four, false);
}

static void choose_entries(struct call *call)
{
	static const int socktypes[] = { 0, 0, 0, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW };

	call->hints.ai_socktype = socktypes[below(sizeof(socktypes) / sizeof(socktypes[0]))];
	if (below(8) == 0 && call->hints.ai_socktype == 0)
		call->hints.ai_protocol = IPPROTO_UDP;
	if (call->hints.ai_socktype != SOCK_RAW && below(3) == 0)
		call->service = below(3) ? "443" : "both";
}

static void make_call(struct call *call)
{
	memset(call, 0, sizeof(*call));
	call->name = "name.example";
	choose_entries(call);
	switch (below(8)) {
	case 0:
		call->hints.ai_family = AF_INET;
		give_family(call, AF_INET, false);
		break;
	case 1:
		call->hints.ai_family = AF_INET6;
		give_family(call, AF_INET6, false);
		break;
	case 2:
		call->hints.ai_family = AF_INET6;
		call->hints.ai_flags = AI_V4MAPPED | AI_ALL;
		give_family(call, AF_INET6, false);
		give_family(call, AF_INET, true);
		break;
	default:
		if (below(20) == 0) {
			give_null_host(call);
			break;
		}
		for (size_t i = 0; i < fopnp_test_address_list.count; i++)
			give(call, &fopnp_test_address_list.list[i], false);
		break;
	}
}

/* ---- the comparison ---- */

struct observed {
	struct fopnp_request_address list[TEST_ADDRESSES];
	size_t count, entries;
};

static bool same(const struct fopnp_request_address *a, const struct fopnp_request_address *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static void observe(struct observed *observed, const struct addrinfo *list)
{
	for (; list; list = list->ai_next, observed->entries++) {
		struct fopnp_request_address address = { .family = list->ai_family };
		const struct sockaddr_in6 *in6 = (const void *)list->ai_addr;
		size_t i = 0;

		if (list->ai_family == AF_INET) {
			memcpy(address.bytes, (const char *)list->ai_addr + 4, 4);
		} else {
			memcpy(address.bytes, &in6->sin6_addr, 16);
			address.scope = in6->sin6_scope_id;
		}
		while (i < observed->count && !same(&observed->list[i], &address))
			i++;
		if (i == observed->count && i < TEST_ADDRESSES)
			observed->list[observed->count++] = address;
	}
}

static unsigned long pairs_of_rule[11];

static bool is_same_order(const struct observed *observed, const struct fopnp_address_order *order)
{
	if (observed->count != order->count)
		return false;
	for (size_t i = 0; i < order->count; i++)
		if (!same(&observed->list[i], &order->list[i].address) ||
		    !order->list[i].rule != (i + 1 == order->count))
			return false;
	for (size_t i = 0; i + 1 < order->count; i++)
		pairs_of_rule[order->list[i].rule_number]++;
	return true;
}

static void print_address(const struct fopnp_request_address *address)
{
	char text[FOPNP_ADDRESS_TEXT];

	printf("  %-40s",
	       fopnp_address_print(address->family, address->bytes, address->scope, text));
}

static void print_difference(const struct call *call, const struct observed *observed,
			     const struct fopnp_address_order *order)
{
	printf("family %d, socktype %d, protocol %d, flags %d, service %s, %zu entries\n",
	       call->hints.ai_family, call->hints.ai_socktype, call->hints.ai_protocol,
	       call->hints.ai_flags, call->service ? call->service : "none", observed->entries);
	printf("  %-40s  %-40s  %-40s\n", "given", "getaddrinfo", "fopnp");
	for (size_t i = 0; i < call->given_count; i++) {
		print_address(&call->given[i]);
		if (i < observed->count)
			print_address(&observed->list[i]);
		if (i < order->count) {
			print_address(&order->list[i].address);
			printf("  %s", order->list[i].rule ? order->list[i].rule : "");
		}
		printf("\n");
	}
}

static bool copies_are_right(const struct call *call, const struct observed *observed)
{
	struct fopnp_request request = {
		.service = (char *)(uintptr_t)call->service,
		.socktype = call->hints.ai_socktype,
		.protocol = call->hints.ai_protocol,
	};
	size_t said = fopnp_address_order_copies(&request);

	/* "both" has a tcp and a udp line in the services file. */
	return observed->entries == call->given_count * (said ? said : 2);
}

/* True if both have the same order. */
static bool compare(const struct call *call)
{
	struct observed observed = { .count = 0 };
	struct fopnp_address_order order;
	struct addrinfo *list = NULL;
	bool is_same;
	int code = getaddrinfo(call->name, call->service, &call->hints, &list);

	if (code != 0) {
		printf("getaddrinfo: %s\n", gai_strerror(code));
		return false;
	}
	observe(&observed, list);
	freeaddrinfo(list);
	fopnp_address_order_find(call->given, call->given_count,
				 observed.entries / call->given_count, &order);
	is_same = is_same_order(&observed, &order) && copies_are_right(call, &observed);
	if (!is_same)
		print_difference(call, &observed, &order);
	fopnp_address_order_clear(&order);
	return is_same;
}

static int compare_lists(unsigned long count, const char *what)
{
	unsigned long addresses = 0, failures = 0;
	static struct call call;

	read_own_addresses();
	for (unsigned long i = 0; i < count && failures < FAILURES_MOST; i++) {
		do {
			make_list(&fopnp_test_address_list);
			make_call(&call);
		} while (call.given_count == 0);
		if (!compare(&call)) {
			printf("DIFFERENT: %s, list %lu\n\n", what, i);
			failures++;
		}
		addresses += call.given_count;
	}
	printf("%s: %lu lists, %lu addresses, pairs by rule:", what, count, addresses);
	for (int rule = 0; rule <= 10; rule++)
		if (pairs_of_rule[rule])
			printf(" %d:%lu", rule, pairs_of_rule[rule]);
	printf("\n");
	return failures ? 1 : 0;
}

/* ---- a random gai.conf ---- */

#define PICK(array) ((array)[below(sizeof(array) / sizeof((array)[0]))])

/* What stands behind a slash: glibc before 2.41 must not see an address without one. */
static void write_number(FILE *file, unsigned number)
{
	static const char *const odd[] = {
		"",
		"-1",
		"+7",
		"x",
		"12x",
		"0x5",
		"007",
		"2147483647",
		"2147483648",
		"18446744073709551615",
		"99999999999999999999",
		"-18446744073709551600",
	};

	if (below(8) == 0)
		(void)fputs(PICK(odd), file);
	else
		(void)fprintf(file, "%u", number);
}

static void write_line(FILE *file)
{
	static const char *const keywords[] = { "label",   "label",   "precedence", "precedence",
						"scopev4", "scopev4", "reload",     "Label" };
	static const char *const blanks[] = { " ", " ", "\t", "  ", "\v", " \r\f" };
	static const char *const ends[] = { "\n",  "\n",      "\r\n", " # remark\n",
					    "#\n", " more\n", "\n\n" };
	static const char *keyword, *prefix;
	static unsigned bits;

	/* One line in three is the last one again with another value. */
	if (!keyword || below(3) != 0) {
		keyword = PICK(keywords);
		prefix = below(20) ? PICK(KINDS) : "1:2";
		while ((strcmp(keyword, "scopev4") == 0) != !strchr(prefix, ':') && below(10))
			prefix = PICK(KINDS);
		bits = below(strchr(prefix, ':') ? 129 : 33);
	}
	if (below(12) == 0)
		(void)fputs(PICK(blanks), file);
	(void)fprintf(file, "%s%s%s/", keyword, PICK(blanks), prefix);
	write_number(file, bits);
	(void)fputs(PICK(blanks), file);
	write_number(file, below(below(2) ? 4 : 51));
	if (below(30) == 0)
		(void)fputc('\0', file);
	(void)fputs(PICK(ends), file);
}

static int write_gai_conf(void)
{
	FILE *file = fopen("/etc/gai.conf", "w");

	if (!file)
		return 1;
	for (unsigned lines = below(12); lines > 0; lines--)
		write_line(file);
	if (below(4) == 0)
		(void)fputs("precedence ::ffff:0:0/96 50", file); /* no newline */
	return fclose(file) == 0 ? 0 : 1;
}

/* ---- an interface that is a tunnel by its type ---- */

static int hold_tunnel(const char *name, const char *type)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd == -1 || ioctl(fd, TUNSETIFF, &request) == -1 ||
	    ioctl(fd, TUNSETLINK, strtoul(type, NULL, 10)) == -1) {
		perror("tun");
		return 1;
	}
	(void)pause();
	return 0;
}

static bool load_module(void)
{
	const char *build = getenv("BUILD");
	char path[1024];

	(void)snprintf(path, sizeof(path), "%s/tests/modules/libnss_address_list.so.2",
		       build ? build : "build");
	if (dlopen(path, RTLD_NOW | RTLD_LOCAL))
		return __nss_configure_lookup("hosts", "address_list") == 0 &&
		       __nss_configure_lookup("services", "files") == 0;
	(void)fprintf(stderr, "%s\n", dlerror());
	return false;
}

int main(int argc, char **argv)
{
	const char *seed = getenv("FOPNP_SEED");

	random_state = seed ? strtoull(seed, NULL, 10) : 1;
	/* Other lists for each set-up. */
	for (const char *at = argv[argc - 1]; *at; at++)
		random_state = random_state * 31 + (unsigned char)*at;
	if (argc == 4 && strcmp(argv[1], "lists") == 0 && load_module())
		return compare_lists(strtoul(argv[2], NULL, 10), argv[3]);
	if (argc == 2 && strcmp(argv[1], "gai-conf") == 0)
		return write_gai_conf();
	if (argc == 4 && strcmp(argv[1], "tunnel") == 0)
		return hold_tunnel(argv[2], argv[3]);
	return 2;
}
