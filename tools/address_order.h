/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order that getaddrinfo() gives addresses, and why: glibc's rfc3484_sort
 * (sysdeps/posix/getaddrinfo.c) done again on the same inputs, with its tables,
 * its /etc/gai.conf and libc's own sort, since the relation is not transitive.
 */
#pragma once

#include "tools/request.h"

#include <stdbool.h>
#include <stddef.h>

struct fopnp_ordered_address {
	struct fopnp_request_address address;
	bool has_source; /* the host can reach it: the rest holds */
	struct fopnp_request_address source;
	/* The rule that put it before the next one, with the values that decided: "rule 6:
	   precedence 40 before 10"; NULL for the last. */
	char *rule;
	/* 1 to 10; 0 for the last, and where the sort never compared the two and the rules
	   would have them the other way round. */
	unsigned rule_number;
};

struct fopnp_address_order {
	struct fopnp_ordered_address *list; /* each address once, where it comes first */
	size_t count;
	/* The gai.conf line that decided somewhere; where the lines only displaced the
	   built-in entries that would have, the first of them.  0: the file changed nothing. */
	unsigned gai_conf_line;
};

/*
 * Order ADDRESSES, which stand as the sources gave them, COUNT of them, where
 * getaddrinfo makes COPIES entries of each (one a socket type; 0 counts as 1).
 * That list is what gethostbyname4_r of the module gave, or what
 * gethostbyname2_r (3_r) gave for AF_INET6 and then for AF_INET; under AF_INET6
 * with IPv4 addresses v4-mapped.  What stands twice in it is given twice here.
 * It is not sorted if it has one address.  Opens sockets and asks netlink, sends
 * no packet to anybody; what it finds is this process's network, user and cgroup.
 * The caller's to clear.
 */
void fopnp_address_order_find(const struct fopnp_request_address *addresses, size_t count,
			      size_t copies, struct fopnp_address_order *out_order);
void fopnp_address_order_clear(struct fopnp_address_order *order);

/*
 * How many entries a getaddrinfo call makes of each address.  0: the services
 * database decides (a service by its name, neither socket type nor protocol given);
 * the entries of the result by the addresses given tell it then, as always.
 */
size_t fopnp_address_order_copies(const struct fopnp_request *request);
