/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The DNS queries that fopnp:dns tells of in the words of its step
 * (docs/event-format.md), as the packets and exchanges of a wire: nothing has to be
 * watched, and nothing is inferred.
 */
#pragma once

#include "tools/wire.h"

struct fopnp_resolver_config;

/*
 * Make the wire of a line of words.  Its servers are those that were asked, in the
 * source's order; words that make no sense are left out.
 */
struct fopnp_wire *fopnp_told_wire_make(const char *words);

/* The index of the server that the source names so; SIZE_MAX: it did not ask that one. */
size_t fopnp_told_wire_find_server(const struct fopnp_wire *wire, const char *text);

/* Say where a server is named; the first who says so is believed. */
void fopnp_told_wire_set_place(struct fopnp_wire *wire, size_t server, const char *file,
			       unsigned line);
