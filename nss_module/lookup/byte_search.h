/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Searching blocks of text at the speed of memory: vectors of 16 bytes, which
 * every x86-64 and arm64 processor has, and no copy.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_needle {
	const char *text;
	size_t len;
	bool is_word;
	size_t probes[2]; /* offsets of the bytes that are looked for first */
};

/*
 * Look for the LEN bytes of TEXT, at least 1, which must live on; ASCII letters stand
 * for both of their cases.  IS_WORD: only where they begin behind a byte up to ' ' and
 * end before one up to '#', or at an end of the block: what may be a whole word of
 * hosts(5).
 */
void fopnp_needle_set(struct fopnp_needle *needle, const char *text, size_t len, bool is_word);

/* The first place of NEEDLE in BYTES from offset FROM on; LEN if there is none. */
size_t fopnp_bytes_find(const char *bytes, size_t len, size_t from,
			const struct fopnp_needle *needle);

size_t fopnp_bytes_count_newlines(const char *bytes, size_t len);
