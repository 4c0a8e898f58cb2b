/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * TCP connections to several addresses: to all at once, to the first alone, or in the race of
 * RFC 8305 (happy eyeballs).  A connection that is made is closed at once, nothing is sent on it.
 */
#pragma once

#include "tools/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fopnp_attempt_state {
	FOPNP_ATTEMPT_NOT_MADE,
	FOPNP_ATTEMPT_CONNECTED,
	FOPNP_ATTEMPT_FAILED,    /* `error` says why */
	FOPNP_ATTEMPT_TIMED_OUT, /* nothing was heard until our own time was up */
	FOPNP_ATTEMPT_GIVEN_UP,  /* it had lost the race */
};

struct fopnp_attempt {
	struct fopnp_request_address address; /* and port: the caller's to set */
	/* What came of it. */
	enum fopnp_attempt_state state;
	int error;           /* errno */
	bool is_local_error; /* of this machine itself: no packet was sent */
	uint64_t start_us;   /* since the first attempt */
	uint64_t elapsed_us; /* since its own start */
	bool has_local;
	struct fopnp_request_address local; /* where it came from, with its port */
};

enum fopnp_attempt_manner {
	FOPNP_ATTEMPT_ALL,
	FOPNP_ATTEMPT_FIRST,
	FOPNP_ATTEMPT_RACE,
};

/* RFC 8305 section 5: the recommended Connection Attempt Delay. */
#define FOPNP_ATTEMPT_DELAY_US 250000u

/*
 * Make them; each has TIMEOUT_US.  In a race those that are under way when one has won get a second
 * more, so that it is seen by how much it won.  False if a signal asked for the end, which
 * comes when this returns.
 */
bool fopnp_attempts_make(struct fopnp_attempt *list, size_t count, enum fopnp_attempt_manner manner,
			 uint64_t timeout_us);

/*
 * RFC 8305 section 4: put the families by turns, beginning with the one that stands first; within a
 * family the order stays.
 */
void fopnp_attempts_interleave(struct fopnp_attempt *list, size_t count);

/* The attempt that was connected first; COUNT: none was. */
size_t fopnp_attempts_winner(const struct fopnp_attempt *list, size_t count);

/* For programs: "connected", "refused", "timed-out", "no-route", "unreachable", ... */
const char *fopnp_attempt_word(const struct fopnp_attempt *attempt);
/* "refused: nothing listens there"; for people, the caller's to free(). */
char *fopnp_attempt_words(const struct fopnp_attempt *attempt);
