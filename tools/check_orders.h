/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The orders that names can be looked up by, for the rules of `fopnp check`: the hosts line, and
 * with fopnp on it the order lines of fopnp.conf.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_check_system;
struct fopnp_finding;
struct fopnp_findings;
struct fopnp_order;

#define FOPNP_CHECK_SOURCES 500 /* of one order that are looked at: nobody means so many */

struct fopnp_check_order {
	const char *file;   /* NULL: glibc's default, which is written nowhere */
	unsigned line;      /* 0 as well then */
	const char *domain; /* of a line of fopnp.conf that serves a domain alone; else NULL */
	const struct fopnp_order *order;
	size_t count; /* of its sources, a "#" and what stands behind it left out; at most
			 FOPNP_CHECK_SOURCES */
	bool is_of_conf;
};

/* The INDEX-th, the hosts line first.  False: there are no more; none where that is broken. */
bool fopnp_check_order(const struct fopnp_check_system *system, size_t index,
		       struct fopnp_check_order *out_order);

/* Let CHECK look at each of them. */
typedef void fopnp_check_order_rule(const struct fopnp_check_order *order,
				    struct fopnp_findings *findings);
void fopnp_check_each_order(const struct fopnp_check_system *system, fopnp_check_order_rule *check,
			    struct fopnp_findings *findings);

/* The sources from FIRST on, "files, dns", without those that IS_LEFT_OUT; the caller's. */
char *fopnp_check_list_sources(const struct fopnp_check_order *order, size_t first,
			       bool (*is_left_out)(const char *source));

/* Whether a source of one of them is of that kind, or has that name. */
bool fopnp_check_asks_kind(const struct fopnp_check_system *system,
			   bool (*is_of_kind)(const char *source));
bool fopnp_check_asks(const struct fopnp_check_system *system, const char *source);

/* Where SOURCE stands on the hosts line; false: it does not. */
bool fopnp_check_finds_on_line(const struct fopnp_check_system *system, const char *source,
			       size_t *out_index);

/* Place FINDING at an order, or at the first one that names SOURCE. */
void fopnp_check_place_at(struct fopnp_finding *finding, const struct fopnp_check_order *order);
void fopnp_check_place_at_source(struct fopnp_finding *finding,
				 const struct fopnp_check_system *system, const char *source);

/* Kinds beside those of source_kind.h: of systemd-resolved, or of the DNS in any other way. */
bool fopnp_check_is_dns_like(const char *source);
