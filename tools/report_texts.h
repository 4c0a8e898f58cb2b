/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Texts (or other bytes) numbered in the order in which they are first seen: a hash table whose
 * key is random, so that a recording cannot be made to collide, and that takes
 * no more than it is allowed to.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What is beyond the limits: one number for all of it. */
#define FOPNP_REPORT_OTHER UINT32_MAX

struct fopnp_report_texts {
	char *bytes; /* all texts, a NUL behind each */
	size_t used, size, bytes_most;
	uint32_t *starts; /* of each text in `bytes`; one more than there are texts */
	uint32_t count, starts_size, count_most;
	uint32_t *slots; /* number + 1; 0: free */
	uint32_t slot_count;
	uint64_t key[2];
};

/* At most COUNT_MOST texts and BYTES_MOST bytes, below 4 GiB. */
void fopnp_report_texts_init(struct fopnp_report_texts *texts, uint32_t count_most,
			     size_t bytes_most);
void fopnp_report_texts_clear(struct fopnp_report_texts *texts);

/* The number of a text, the same one each time; FOPNP_REPORT_OTHER if it is new and there is no room. */
uint32_t fopnp_report_texts_add(struct fopnp_report_texts *texts, const char *bytes, size_t len);

/* Text NUMBER and its length (which may be NULL); valid until the next one is added. */
const char *fopnp_report_texts_get(const struct fopnp_report_texts *texts, uint32_t number,
				   size_t *out_len);
