/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small jobs in child processes, for what runs other people's code in this one: a module's
 * constructor, a lookup.  It may crash or hang there without harm.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum fopnp_check_child_end {
	FOPNP_CHECK_CHILD_DONE, /* the result is whole */
	FOPNP_CHECK_CHILD_TIMED_OUT,
	FOPNP_CHECK_CHILD_CRASHED,  /* by `signal`; 0: it ended by itself */
	FOPNP_CHECK_CHILD_NOT_MADE, /* no process, no descriptors */
};

struct fopnp_check_child {
	/* In the child: write at most SIZE bytes into RESULT, which is zeroed. */
	void (*run)(void *context, char *result, size_t size);
	void *context;
	char *result; /* the caller's; untouched unless DONE */
	size_t size;  /* of it; at most 4096, what a pipe takes at once */
	enum fopnp_check_child_end end;
	int signal;
};

#define FOPNP_CHECK_CHILDREN 64

/* Run COUNT of them at the same time, at most FOPNP_CHECK_CHILDREN, and wait for the last. */
void fopnp_check_children_run(struct fopnp_check_child *children, size_t count,
			      uint64_t timeout_us);
