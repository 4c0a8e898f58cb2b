/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules by which getaddrinfo() puts one address before another: RFC 3484's
 * as glibc has them (rfc3484_sort), over what is known of each address.
 */
#pragma once

#include "tools/gai_conf.h"

#include <stdbool.h>
#include <stdint.h>

/* What the rules look at. */
struct fopnp_address_rank {
	int family;
	bool has_source;                   /* without one only the starred values count */
	struct fopnp_gai_value scope;      /* * */
	struct fopnp_gai_value precedence; /* * */
	struct fopnp_gai_value label;
	struct fopnp_gai_value source_scope, source_label;
	bool is_deprecated, is_home; /* the source */
	uint32_t interface;          /* that has the source */
	bool is_native;              /* it is no tunnel; looked at where the interfaces differ */
	unsigned common_bits;        /* of address and source, as rule 9 counts */
};

enum fopnp_address_rule {
	FOPNP_RULE_REACHABLE = 1,
	FOPNP_RULE_MATCHING_SCOPE,
	FOPNP_RULE_DEPRECATED,
	FOPNP_RULE_HOME,
	FOPNP_RULE_MATCHING_LABEL,
	FOPNP_RULE_PRECEDENCE,
	FOPNP_RULE_NATIVE,
	FOPNP_RULE_SMALLER_SCOPE,
	FOPNP_RULE_LONGEST_PREFIX,
	FOPNP_RULE_AS_GIVEN,
};

/* RFC 4291's number for the scope of an address, which may stand in gai.conf. */
struct fopnp_gai_value fopnp_address_scope(const struct fopnp_gai_conf *conf,
					   const struct fopnp_request_address *address);

/*
 * How many leading bits an address has in common with its source.  IPv4: 0 outside
 * of the source's subnet, whose prefix length is 0 where it is unknown.
 */
unsigned fopnp_address_common_bits(const struct fopnp_request_address *address,
				   const struct fopnp_request_address *source, unsigned prefix_len);

/*
 * The rule that decides between two, and at *out_sign a negative number if A comes
 * first, a positive one for B; 0 for FOPNP_RULE_AS_GIVEN, where that is the caller's to tell.
 */
enum fopnp_address_rule fopnp_address_rules_compare(const struct fopnp_address_rank *a,
						    const struct fopnp_address_rank *b,
						    int *out_sign);

/* "rule 6: precedence 40 before 10".  The caller's to free(). */
char *fopnp_address_rule_text(enum fopnp_address_rule rule, const struct fopnp_address_rank *first,
			      const struct fopnp_address_rank *second);

/* The line of gai.conf that RULE found its values for the two on; 0: none. */
unsigned fopnp_address_rule_line(enum fopnp_address_rule rule,
				 const struct fopnp_address_rank *first,
				 const struct fopnp_address_rank *second);
