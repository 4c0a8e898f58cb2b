/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sort of getaddrinfo() on what it finds out about each address. */
#include "tools/address_order.h"

#include "tools/address_rules.h"
#include "tools/gai_conf.h"
#include "tools/interface_addresses.h"
#include "tools/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- source addresses ---- */

/*
 * One datagram socket for all addresses, as getaddrinfo has it: once it is an
 * AF_INET6 one, IPv4 addresses are connected through it too.
 */
struct prober {
	int fd; /* -1: none */
	int family;
};

static socklen_t to_socket_address(const struct fopnp_request_address *from,
				   struct sockaddr_storage *out_address)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(from->port) };
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(from->port),
		.sin6_scope_id = from->scope,
	};

	if (from->family == AF_INET) {
		memcpy(&in.sin_addr, from->bytes, sizeof(in.sin_addr));
		memcpy(out_address, &in, sizeof(in));
		return sizeof(in);
	}
	memcpy(&in6.sin6_addr, from->bytes, sizeof(in6.sin6_addr));
	memcpy(out_address, &in6, sizeof(in6));
	return sizeof(in6);
}

static void open_probe(struct prober *prober, int family)
{
	if (prober->fd != -1)
		(void)close(prober->fd);
	prober->family = family;
	prober->fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static void reset_probe(struct prober *prober, int family)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };

	if (prober->fd == -1 || (prober->family == AF_INET && family == AF_INET6))
		open_probe(prober, family);
	else
		(void)connect(prober->fd, &none, sizeof(none));
}

/* Connect, which sends nothing, and see what address of ours the kernel takes. */
static bool probe(struct prober *prober, const struct fopnp_request_address *to,
		  struct sockaddr_storage *out_source)
{
	struct sockaddr_storage address;
	socklen_t address_len = to_socket_address(to, &address);

	reset_probe(prober, to->family);
	for (;;) {
		socklen_t len = sizeof(*out_source);

		if (prober->fd != -1 &&
		    connect(prober->fd, (const struct sockaddr *)&address, address_len) == 0 &&
		    getsockname(prober->fd, (struct sockaddr *)out_source, &len) == 0)
			return true;
		/* Where IPv6 sockets are for IPv6 only, an IPv4 one for this and what follows. */
		if (errno != EAFNOSUPPORT || prober->family != AF_INET6 || to->family != AF_INET)
			return false;
		open_probe(prober, AF_INET);
	}
}

/* What a probe came to: the source, and the key to find its interface by. */
static void take_source(const struct prober *prober, const struct sockaddr_storage *from,
			const struct fopnp_request_address *to,
			struct fopnp_request_address *out_source, uint8_t out_key[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	*out_source = (struct fopnp_request_address){ .family = to->family };
	if (prober->family == AF_INET) {
		memcpy(&in, from, sizeof(in));
		memcpy(out_source->bytes, &in.sin_addr, 4);
		memcpy(out_key, mapped, sizeof(mapped));
		memcpy(out_key + 12, out_source->bytes, 4);
		/* The loopback interface's other addresses go by its usual one. */
		if (out_key[12] == 127)
			memcpy(out_key + 12, (const uint8_t[]){ 127, 0, 0, 1 }, 4);
		return;
	}
	memcpy(&in6, from, sizeof(in6));
	memcpy(out_key, &in6.sin6_addr, 16);
	if (to->family == AF_INET) {
		memcpy(out_source->bytes, out_key + 12, 4);
		return;
	}
	memcpy(out_source->bytes, out_key, 16);
	out_source->scope = in6.sin6_scope_id;
}

/* ---- what the rules look at ---- */

struct candidate {
	struct fopnp_request_address address, source;
	unsigned prefix_len; /* of the interface that has the source, 0: unknown */
	struct fopnp_address_rank rank;
};

static void find_source(struct prober *prober, const struct fopnp_interface_addresses *interfaces,
			struct candidate *candidate)
{
	const struct fopnp_interface_address *interface;
	struct sockaddr_storage from;
	uint8_t key[16];

	candidate->rank = (struct fopnp_address_rank){
		.family = candidate->address.family,
		.interface = FOPNP_INTERFACE_UNKNOWN,
	};
	if (!probe(prober, &candidate->address, &from))
		return;
	candidate->rank.has_source = true;
	take_source(prober, &from, &candidate->address, &candidate->source, key);
	interface = fopnp_interface_addresses_find(interfaces, key);
	if (interface) {
		candidate->prefix_len = interface->prefix_len;
		candidate->rank.interface = interface->interface;
		candidate->rank.is_deprecated = interface->is_deprecated;
		candidate->rank.is_home = interface->is_home;
	}
}

static bool same_address(const struct fopnp_request_address *a,
			 const struct fopnp_request_address *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       memcmp(a->bytes, b->bytes, a->family == AF_INET ? 4 : sizeof(a->bytes)) == 0;
}

static void find_sources(struct candidate *list, size_t count)
{
	struct fopnp_interface_addresses interfaces;
	struct prober prober = { .fd = -1, .family = AF_UNSPEC };

	fopnp_interface_addresses_read(&interfaces);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && same_address(&list[i].address, &list[i - 1].address))
			list[i] = list[i - 1];
		else
			find_source(&prober, &interfaces, &list[i]);
	}
	if (prober.fd != -1)
		(void)close(prober.fd);
	fopnp_interface_addresses_clear(&interfaces);
}

/* Only where interfaces differ does it count what they are, and each is looked at once. */
static void find_native(struct candidate *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t same = 0;

		while (list[same].rank.interface != list[i].rank.interface)
			same++;
		list[i].rank.is_native =
			same < i ? list[same].rank.is_native
				 : fopnp_interface_is_native(list[i].rank.interface);
	}
}

static void apply_tables(const struct fopnp_gai_conf *conf, struct candidate *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct fopnp_address_rank *rank = &list[i].rank;
		const struct fopnp_request_address *address = &list[i].address;
		const struct fopnp_request_address *source = &list[i].source;

		rank->scope = fopnp_address_scope(conf, address);
		rank->precedence = fopnp_gai_conf_value(conf, FOPNP_GAI_PRECEDENCE, address);
		if (!rank->has_source)
			continue;
		rank->source_scope = fopnp_address_scope(conf, source);
		rank->label = fopnp_gai_conf_value(conf, FOPNP_GAI_LABEL, address);
		rank->source_label = fopnp_gai_conf_value(conf, FOPNP_GAI_LABEL, source);
		rank->common_bits = fopnp_address_common_bits(address, source, list[i].prefix_len);
	}
}

/* ---- the sort ---- */

struct sorting {
	const struct candidate *list;
	size_t copies;
};

/* Of two entries, whose numbers count every copy. */
static enum fopnp_address_rule compare(const struct sorting *sorting, size_t a, size_t b,
				       int *out_sign)
{
	enum fopnp_address_rule rule =
		fopnp_address_rules_compare(&sorting->list[a / sorting->copies].rank,
					    &sorting->list[b / sorting->copies].rank, out_sign);

	if (rule == FOPNP_RULE_AS_GIVEN)
		*out_sign = a < b ? -1 : 1;
	return rule;
}

static int compare_entries(const void *one, const void *other, void *argument)
{
	const size_t *a = one, *b = other;
	int sign;

	(void)compare(argument, *a, *b, &sign);
	return sign;
}

/* Whether an address stands among the first COUNT entries of a list. */
static bool is_listed(const struct sorting *sorting, const size_t *entries, size_t count,
		      size_t entry)
{
	const struct candidate *list = sorting->list;

	for (size_t i = 0; i < count; i++)
		if (same_address(&list[entries[i] / sorting->copies].address,
				 &list[entry / sorting->copies].address))
			return true;
	return false;
}

/*
 * The entries in order, the first of each address alone; *out_count of them, the caller's
 * to free().  The relation is not transitive, so the outcome is that of one algorithm on
 * one list: libc's qsort_r() on as many elements of the same size as getaddrinfo has.
 */
static size_t *sort(const struct sorting *sorting, size_t count, size_t *out_count)
{
	size_t entries = count * sorting->copies, kept = 0;
	size_t *order = fopnp_memory_zeroed(entries, sizeof(*order));

	for (size_t i = 0; i < entries; i++)
		order[i] = i;
	if (count > 1)
		qsort_r(order, entries, sizeof(*order), compare_entries,
			(void *)(uintptr_t)sorting);
	for (size_t i = 0; i < entries; i++)
		if (!is_listed(sorting, order, kept, order[i]))
			order[kept++] = order[i];
	*out_count = kept;
	return order;
}

/* ---- the result ---- */

static void explain_pair(const struct sorting *sorting, size_t entry, size_t next,
			 struct fopnp_address_order *order, struct fopnp_ordered_address *ordered)
{
	const struct fopnp_address_rank *first = &sorting->list[entry / sorting->copies].rank;
	const struct fopnp_address_rank *second = &sorting->list[next / sorting->copies].rank;
	int sign;
	enum fopnp_address_rule rule = compare(sorting, entry, next, &sign);

	/* A merge sort has compared all neighbours, but between these two a copy of another
	   address may have stood. */
	if (sign > 0) {
		ordered->rule = fopnp_memory_format("no rule: they were not compared");
		return;
	}
	ordered->rule_number = rule;
	ordered->rule = fopnp_address_rule_text(rule, first, second);
	if (order->gai_conf_line == 0)
		order->gai_conf_line = fopnp_address_rule_line(rule, first, second);
}

static void explain(const struct sorting *sorting, const size_t *entries, size_t count,
		    struct fopnp_address_order *out_order)
{
	out_order->list = fopnp_memory_zeroed(count, sizeof(*out_order->list));
	out_order->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct candidate *candidate = &sorting->list[entries[i] / sorting->copies];

		out_order->list[i].address = candidate->address;
		out_order->list[i].has_source = candidate->rank.has_source;
		out_order->list[i].source = candidate->source;
		if (i + 1 < count)
			explain_pair(sorting, entries[i], entries[i + 1], out_order,
				     &out_order->list[i]);
	}
}

/* Whether the built-in tables would have come to another order. */
static bool differs_without_file(const struct sorting *sorting, struct candidate *list,
				 size_t count, const size_t *entries)
{
	struct fopnp_gai_conf built_in;
	size_t kept;
	FOPNP_AUTO_FREE size_t *without = NULL;

	fopnp_gai_conf_parse("", 0, true, &built_in);
	apply_tables(&built_in, list, count);
	fopnp_gai_conf_clear(&built_in);
	without = sort(sorting, count, &kept);
	return memcmp(without, entries, kept * sizeof(*entries)) != 0;
}

void fopnp_address_order_find(const struct fopnp_request_address *addresses, size_t count,
			      size_t copies, struct fopnp_address_order *out_order)
{
	FOPNP_AUTO_FREE struct candidate *list = fopnp_memory_zeroed(count, sizeof(*list));
	FOPNP_AUTO_FREE size_t *entries = NULL;
	struct sorting sorting = { .list = list, .copies = copies ? copies : 1 };
	struct fopnp_gai_conf conf;
	size_t kept;

	*out_order = (struct fopnp_address_order){ .list = NULL };
	for (size_t i = 0; i < count; i++)
		list[i].address = addresses[i];
	find_sources(list, count);
	find_native(list, count);
	fopnp_gai_conf_read(&conf);
	apply_tables(&conf, list, count);
	entries = sort(&sorting, count, &kept);
	explain(&sorting, entries, kept, out_order);
	if (conf.first_line && out_order->gai_conf_line == 0 &&
	    differs_without_file(&sorting, list, count, entries))
		out_order->gai_conf_line = conf.first_line;
	fopnp_gai_conf_clear(&conf);
}

void fopnp_address_order_clear(struct fopnp_address_order *order)
{
	for (size_t i = 0; i < order->count; i++)
		free(order->list[i].rule);
	free(order->list);
	*order = (struct fopnp_address_order){ .list = NULL };
}

size_t fopnp_address_order_copies(const struct fopnp_request *request)
{
	const char *service = request->service;
	char *end;

	if (request->socktype != 0 || request->protocol != 0)
		return 1;
	/* "*" and "" are no service; a number is one if it is none below 0 as an int. */
	if (!service || *service == '\0' || strcmp(service, "*") == 0 ||
	    ((int)strtoul(service, &end, 10) >= 0 && *end == '\0'))
		return 3;
	return 0;
}
