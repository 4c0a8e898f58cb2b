/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Many lookups at once, each made as programs make it: a pool of child processes that live for many
 * lookups, each through our module alone with a given order, so that the answer is what
 * glibc would give with that hosts line, search list, statuses and all.  A child that crashes or
 * is late is killed and replaced: its lookup is an error, the others go on.
 */
#pragma once

#include "tools/call_result.h"
#include "tools/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_lookup_pool_options {
	const char *order;    /* "mdns4_minimal [NOTFOUND=return] dns" */
	unsigned parallel;    /* children, 1 to FOPNP_POOL_CHILDREN */
	unsigned rate;        /* lookups started a second at most; 0: no limit */
	uint64_t deadline_us; /* of one lookup */
	uint64_t expected;    /* lookups, for the line that shows progress; 0: unknown */
};

#define FOPNP_POOL_CHILDREN 256
#define FOPNP_POOL_NAME     65000 /* bytes; a longer one is not asked for: FOPNP_CALL_NOT_MADE */

struct fopnp_pool_lookup {
	const char *name; /* asked as it is, or the address as text, for the name of an address */
	bool is_reverse;
	void *context; /* the caller's */
};

struct fopnp_pool_answer {
	const struct fopnp_pool_lookup *lookup;
	enum fopnp_call_end end; /* FOPNP_CALL_RETURNED: the rest holds */
	int code, error; /* EAI_* of getaddrinfo(AF_UNSPEC, no flags); getnameinfo(NI_NAMEREQD) */
	uint64_t elapsed_us;
	/* Who answered; "": nobody, or not known.  Without an answer (TIMED_OUT, CRASHED): whom it
	   asked last. */
	char source[64];
	/* Nothing was found and nobody said no: a source that was not there; "": somebody did. */
	char unavailable[64];
	int unavailable_error;                         /* its errno; 0: not given */
	bool is_not_loaded;                            /* the loader does not take it */
	const char *canonical;                         /* or the name found; "": none */
	const struct fopnp_request_address *addresses; /* each once, in getaddrinfo's order */
	size_t address_count;
	bool is_cut;              /* there were more than FOPNP_CALL_ADDRESSES */
	int signal;               /* of FOPNP_CALL_CRASHED; 0: it ended by itself */
	const char *module_error; /* of FOPNP_CALL_NO_MODULE */
};

struct fopnp_lookup_pool;

/*
 * Start the first child; the others come as they are needed.  Until it is destroyed SIGINT, SIGTERM,
 * SIGHUP and SIGQUIT do no more than end a run.  NULL, and the error told, if there can be no child.
 * OPTIONS, and what it points to, must stay.
 */
struct fopnp_lookup_pool *fopnp_lookup_pool_create(const struct fopnp_lookup_pool_options *options);
/* End the children; a signal that came in the meantime ends this process now.  NULL: nothing. */
void fopnp_lookup_pool_destroy(struct fopnp_lookup_pool *pool);

/*
 * Ask: NEXT gives the next lookup (NULL: no more), DONE takes each answer as it comes (in any
 * order; what it points to is gone afterwards), false from it ends the work.  Progress is shown on
 * stderr by tools/progress.h, where it stops if DONE stops it.  Every lookup that NEXT gave comes
 * to DONE, unless the work was ended.  False if it was ended, by DONE or a signal, or if no child could
 * be started any more, which is told.
 */
bool fopnp_lookup_pool_run(struct fopnp_lookup_pool *pool,
			   const struct fopnp_pool_lookup *(*next)(void *context),
			   bool (*done)(const struct fopnp_pool_answer *answer, void *context),
			   void *context);
