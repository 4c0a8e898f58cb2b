/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A child of the pool: questions come and replies go through a socket that keeps them apart. */
#pragma once

#include "tools/call_result.h"
#include "tools/lookup_pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_pool_question {
	uint64_t number;
	bool is_reverse;
	char name[FOPNP_POOL_NAME]; /* sent as far as its NUL */
};

struct fopnp_pool_reply {
	uint64_t number; /* the question's */
	char source[64]; /* who answered */
	char unavailable[64];
	int unavailable_error;
	bool is_not_loaded; /* all three as in the answer */
	/* Sent as far as its last address; the canonical name is the sources'. */
	struct fopnp_call_result result;
};

/* What a question of NAME_LEN bytes, and a reply of ADDRESS_COUNT addresses, take. */
size_t fopnp_pool_question_size(size_t name_len);
size_t fopnp_pool_reply_size(size_t address_count);

/* Whether LEN bytes that came from a child are a whole reply to question NUMBER. */
bool fopnp_pool_reply_is_sound(const struct fopnp_pool_reply *reply, size_t len, uint64_t number);

/*
 * Serve until the other end is closed.  Events of the lookups come to EVENT_DESCRIPTOR, which is
 * bound to EVENT_PATH.
 */
_Noreturn void fopnp_pool_child_serve(const char *order, int descriptor, int event_descriptor,
				      const char *event_path);
