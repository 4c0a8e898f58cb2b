/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of a command line, and those on stdin, one a line, as they come. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_dns_names;

/* WORDS, among which "-" stands for stdin; they must outlive it. */
struct fopnp_dns_names *fopnp_dns_names_create(const char *const *words, size_t count);
void fopnp_dns_names_destroy(struct fopnp_dns_names *names);

/*
 * The next name, until the next call; NULL: there is none, or not yet unless it CAN_WAIT for stdin.
 * Blanks around names and empty lines do not count.
 */
const char *fopnp_dns_names_next(struct fopnp_dns_names *names, bool can_wait);

/* Whether stdin could not be read, which was told. */
bool fopnp_dns_names_has_failed(const struct fopnp_dns_names *names);
