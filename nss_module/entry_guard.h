/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every entry point does first and last: cancellation off and back,
 * recursion counted.
 *
 * A program may leave a lookup by siglongjmp() or in worse ways, and nothing
 * tells us (a cleanup handler would leave a function pointer in a dead stack).
 * So a frame that fopnp_entry_end() has not left is dead when a new one lies at
 * or above it (stacks grow down), or when its cookie is gone because the stack
 * there was used again; the cancellation state that it found is put back then.
 * A cookie that survives in memory nobody wrote to counts as one lookup too many.
 */
#pragma once

#include "nss_module/kept_answer.h"

#include <stdbool.h>
#include <stdint.h>

/* A lookup inside a lookup of the same thread, through a source that resolves
   names itself (LDAP, a daemon's host name): so deep and no deeper. */
#define FOPNP_ENTRY_DEPTH 4

struct fopnp_source;

/* All that a thread keeps between calls, and the module's only TLS: 128 bytes. */
struct fopnp_thread {
	struct {
		uintptr_t address; /* of its struct fopnp_entry */
		uintptr_t cookie;  /* as in there */
		int cancel_state;
	} frames[FOPNP_ENTRY_DEPTH];
	unsigned depth;
	uintptr_t serial; /* makes each cookie another one */
	/* Who gave the last answer by name, if it has getcanonname_r; else NULL. */
	const struct fopnp_source *canonical_source;
	/* The answer that did not fit, or NULL. */
	struct fopnp_kept *kept;
};

/* One per entry point, in its frame. */
struct fopnp_entry {
	volatile uintptr_t cookie;
	struct fopnp_thread *thread;
	int cancel_state;
	bool is_allowed;   /* false: too deep, decline the call */
	bool is_outermost; /* not a lookup inside another one of this thread */
};

void fopnp_entry_begin(struct fopnp_entry *entry);
void fopnp_entry_end(struct fopnp_entry *entry);

/*
 * See to it that THREAD's kept answer goes when the thread ends; false if that
 * cannot be.  Makes the module's one pthread key: not for static programs.
 */
bool fopnp_entry_free_at_exit(struct fopnp_thread *thread);
