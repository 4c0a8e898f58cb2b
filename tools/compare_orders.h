/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whom hosts is compared with: the machine's own order without what reads the file, or one that
 * was given.  fopnp.conf may have another order for each domain.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_compare_order {
	char *text; /* for the lookup pool; "": nobody is left to ask */
	char *file; /* where it is written; NULL: given by hand */
	unsigned line;
};

struct fopnp_compare_orders;

/* GIVEN: --order's argument, taken as it is; NULL: the machine's.  NULL, and the error told, if it
   is no order. */
struct fopnp_compare_orders *fopnp_compare_orders_create(const char *given);
void fopnp_compare_orders_destroy(struct fopnp_compare_orders *orders);

/*
 * The order that a lookup of NAME follows, for an address its name in in-addr.arpa or ip6.arpa.
 * Equal ones are the same pointer.  NULL, and the error told, if nothing can be looked up.
 */
const struct fopnp_compare_order *fopnp_compare_orders_find(struct fopnp_compare_orders *orders,
							    const char *name);
