/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Exchanges told together, and the words for them.  Raw text: print it escaped.
 */
#pragma once

#include "tools/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The exchanges of one call, as fopnp_wire_pair() gives them. */
struct fopnp_wire_block {
	const struct fopnp_wire_exchange *list;
	size_t count;
};

/* COUNT is 2 for A and AAAA that went alike, else 1. */
struct fopnp_wire_row {
	const struct fopnp_wire_exchange *first;
	size_t count;
};

/* The row that begins at INDEX; the next one begins COUNT behind it. */
struct fopnp_wire_row fopnp_wire_row_at(const struct fopnp_wire_block *block, size_t index);

/* The time that it took or cost. */
uint64_t fopnp_wire_row_cost(const struct fopnp_wire_row *row);

/* "www.example. A, AAAA again"; the caller's. */
char *fopnp_wire_question_words(const struct fopnp_wire_block *block,
				const struct fopnp_wire_row *row);

/* "2 addresses, ttl 300", "NXDOMAIN", "no reply"; the caller's. */
char *fopnp_wire_row_words(const struct fopnp_wire_block *block, const struct fopnp_wire_row *row);

/* Whether glibc has an answer that nothing is wrong with. */
bool fopnp_wire_is_sound(const struct fopnp_wire_exchange *exchange);

/* The same for a reply that told it to ask by TCP, and for the other half that it left for that. */
bool fopnp_wire_is_fine(const struct fopnp_wire_block *block,
			const struct fopnp_wire_exchange *exchange);

/* Whether an answer of the row has what was asked for. */
bool fopnp_wire_row_is_found(const struct fopnp_wire_row *row);
