/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glibc's rules of destination address selection. */
#include "tools/address_rules.h"

#include "tools/interface_addresses.h"
#include "tools/memory.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* What glibc gives IPv6 addresses (RFC 4291, 2.7); gai.conf may hold other numbers. */
enum scope {
	SCOPE_INTERFACE = 1,
	SCOPE_LINK = 2,
	SCOPE_SITE = 5,
	SCOPE_ORGANISATION = 8,
	SCOPE_GLOBAL = 14,
};

struct fopnp_gai_value fopnp_address_scope(const struct fopnp_gai_conf *conf,
					   const struct fopnp_request_address *address)
{
	struct fopnp_gai_value scope = { SCOPE_GLOBAL, 0 };
	struct in6_addr in6;

	if (address->family == AF_INET)
		return fopnp_gai_conf_value(conf, FOPNP_GAI_SCOPE, address);
	memcpy(&in6, address->bytes, sizeof(in6));
	if (IN6_IS_ADDR_MULTICAST(&in6))
		scope.value = in6.s6_addr[1] & 0xf;
	else if (IN6_IS_ADDR_LINKLOCAL(&in6) || IN6_IS_ADDR_LOOPBACK(&in6))
		scope.value = SCOPE_LINK;
	else if (IN6_IS_ADDR_SITELOCAL(&in6))
		scope.value = SCOPE_SITE;
	return scope;
}

static unsigned count_common_bits(const uint8_t *a, const uint8_t *b, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		if (a[i] != b[i])
			return i * 8 + (unsigned)__builtin_clz((unsigned)(a[i] ^ b[i]) << 24);
	return len * 8;
}

unsigned fopnp_address_common_bits(const struct fopnp_request_address *address,
				   const struct fopnp_request_address *source, unsigned prefix_len)
{
	unsigned bits;

	/* glibc goes word by word and stops at the first in which one of the two pairs
	   differs, which comes to the same as counting both to their ends. */
	if (address->family != AF_INET)
		return count_common_bits(address->bytes, source->bytes, 16);
	bits = count_common_bits(address->bytes, source->bytes, 4);
	/* glibc makes the mask by 0xffffffff << (32 - prefix_len), and processors shift
	   modulo 32: an unknown subnet, of length 0, is one of a single address. */
	return bits >= ((prefix_len + 31) & 31) + 1 ? bits : 0;
}

static int sign_of(bool is_a, bool is_b)
{
	return is_a == is_b ? 0 : is_a ? -1 : 1;
}

/* The smaller one first. */
static int sign_of_order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static bool scope_fits(const struct fopnp_address_rank *rank)
{
	return rank->scope.value == rank->source_scope.value;
}

static bool label_fits(const struct fopnp_address_rank *rank)
{
	return rank->label.value == rank->source_label.value;
}

/* Where neither is reachable, only what the two addresses are themselves counts. */
static int compare_by(enum fopnp_address_rule rule, const struct fopnp_address_rank *a,
		      const struct fopnp_address_rank *b)
{
	bool has_sources = a->has_source && b->has_source;

	switch (rule) {
	case FOPNP_RULE_REACHABLE:
		return sign_of(a->has_source, b->has_source);
	case FOPNP_RULE_MATCHING_SCOPE:
		return has_sources ? sign_of(scope_fits(a), scope_fits(b)) : 0;
	case FOPNP_RULE_DEPRECATED:
		return has_sources ? sign_of(!a->is_deprecated, !b->is_deprecated) : 0;
	case FOPNP_RULE_HOME:
		return has_sources ? sign_of(a->is_home, b->is_home) : 0;
	case FOPNP_RULE_MATCHING_LABEL:
		return has_sources ? sign_of(label_fits(a), label_fits(b)) : 0;
	case FOPNP_RULE_PRECEDENCE:
		return sign_of_order(b->precedence.value, a->precedence.value);
	case FOPNP_RULE_NATIVE:
		return has_sources && a->interface != b->interface ? sign_of(a->is_native,
									     b->is_native)
								   : 0;
	case FOPNP_RULE_SMALLER_SCOPE:
		return sign_of_order(a->scope.value, b->scope.value);
	case FOPNP_RULE_LONGEST_PREFIX:
		return has_sources && a->family == b->family
			       ? sign_of_order(b->common_bits, a->common_bits)
			       : 0;
	case FOPNP_RULE_AS_GIVEN:
		break;
	}
	return 0;
}

enum fopnp_address_rule fopnp_address_rules_compare(const struct fopnp_address_rank *a,
						    const struct fopnp_address_rank *b,
						    int *out_sign)
{
	enum fopnp_address_rule rule = FOPNP_RULE_REACHABLE;

	while (rule < FOPNP_RULE_AS_GIVEN) {
		*out_sign = compare_by(rule, a, b);
		if (*out_sign != 0)
			return rule;
		rule++;
	}
	*out_sign = 0;
	return rule;
}

#define SCOPE_TEXT 24

static const char *scope_name(int scope, char room[static SCOPE_TEXT])
{
	switch (scope) {
	case SCOPE_INTERFACE:
		return "interface-local";
	case SCOPE_LINK:
		return "link-local";
	case SCOPE_SITE:
		return "site-local";
	case SCOPE_ORGANISATION:
		return "organisation-local";
	case SCOPE_GLOBAL:
		return "global";
	default:
		(void)snprintf(room, SCOPE_TEXT, "scope %d", scope);
		return room;
	}
}

static char *prefix_text(const struct fopnp_address_rank *first,
			 const struct fopnp_address_rank *second)
{
	if (first->family == AF_INET && second->common_bits == 0)
		return fopnp_memory_format("rule 9: it is in its source's subnet");
	return fopnp_memory_format("rule 9: %u bits as its source, against %u", first->common_bits,
				   second->common_bits);
}

char *fopnp_address_rule_text(enum fopnp_address_rule rule, const struct fopnp_address_rank *first,
			      const struct fopnp_address_rank *second)
{
	char one[SCOPE_TEXT], other[SCOPE_TEXT];

	switch (rule) {
	case FOPNP_RULE_REACHABLE:
		return fopnp_memory_format("rule 1: only this one is reachable");
	case FOPNP_RULE_MATCHING_SCOPE:
		return fopnp_memory_format("rule 2: next is %s, its source %s",
					   scope_name(second->scope.value, one),
					   scope_name(second->source_scope.value, other));
	case FOPNP_RULE_DEPRECATED:
		return fopnp_memory_format("rule 3: the next one's source is deprecated");
	case FOPNP_RULE_HOME:
		return fopnp_memory_format("rule 4: its source is a home address");
	case FOPNP_RULE_MATCHING_LABEL:
		return fopnp_memory_format("rule 5: label %d fits the source's label",
					   first->label.value);
	case FOPNP_RULE_PRECEDENCE:
		return fopnp_memory_format("rule 6: precedence %d before %d",
					   first->precedence.value, second->precedence.value);
	case FOPNP_RULE_NATIVE:
		return fopnp_memory_format(second->interface == FOPNP_INTERFACE_UNKNOWN
						   ? "rule 7: the next one's interface is unknown"
						   : "rule 7: the next goes through a tunnel");
	case FOPNP_RULE_SMALLER_SCOPE:
		return fopnp_memory_format("rule 8: %s before %s",
					   scope_name(first->scope.value, one),
					   scope_name(second->scope.value, other));
	case FOPNP_RULE_LONGEST_PREFIX:
		return prefix_text(first, second);
	case FOPNP_RULE_AS_GIVEN:
		break;
	}
	return fopnp_memory_format("rule 10: the source gave it first");
}

static unsigned first_line_of(const struct fopnp_gai_value values[static 4])
{
	for (int i = 0; i < 4; i++)
		if (values[i].line)
			return values[i].line;
	return 0;
}

unsigned fopnp_address_rule_line(enum fopnp_address_rule rule,
				 const struct fopnp_address_rank *first,
				 const struct fopnp_address_rank *second)
{
	switch (rule) {
	case FOPNP_RULE_MATCHING_SCOPE:
		return first_line_of((const struct fopnp_gai_value[]){
			first->scope, second->scope, first->source_scope, second->source_scope });
	case FOPNP_RULE_MATCHING_LABEL:
		return first_line_of((const struct fopnp_gai_value[]){
			first->label, second->label, first->source_label, second->source_label });
	case FOPNP_RULE_PRECEDENCE:
		return first->precedence.line ? first->precedence.line : second->precedence.line;
	case FOPNP_RULE_SMALLER_SCOPE:
		return first->scope.line ? first->scope.line : second->scope.line;
	case FOPNP_RULE_REACHABLE:
	case FOPNP_RULE_DEPRECATED:
	case FOPNP_RULE_HOME:
	case FOPNP_RULE_NATIVE:
	case FOPNP_RULE_LONGEST_PREFIX:
	case FOPNP_RULE_AS_GIVEN:
		break;
	}
	return 0;
}
