/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One question and its reply by RFC 3912: a line there, text back until the server closes.  The
 * connection goes to whichever address answers first (RFC 8305); a server that never ends is cut off.
 */
#pragma once

#include "tools/connect_attempts.h"

#include <stddef.h>
#include <stdint.h>

#define FOPNP_WHOIS_REPLY_MOST 1000000 /* bytes */

enum fopnp_whois_end {
	FOPNP_WHOIS_CLOSED,    /* by the server: the reply is whole, as far as one can tell */
	FOPNP_WHOIS_TIMED_OUT, /* before it closed; what had come is there */
	FOPNP_WHOIS_TOO_LONG,  /* there was more than FOPNP_WHOIS_REPLY_MOST */
	FOPNP_WHOIS_BROKEN,    /* `error` says how */
	FOPNP_WHOIS_NO_CONNECTION,
};

struct fopnp_whois_exchange {
	/* The addresses, in the order in which they are tried, are the caller's to set and free(). */
	struct fopnp_attempt *attempts;
	size_t attempt_count;
	/* What came of it. */
	size_t winner; /* `attempt_count`: there is no connection */
	enum fopnp_whois_end end;
	int error;   /* errno */
	char *bytes; /* the caller's to free() */
	size_t len;
	uint64_t elapsed_us;
};

/* Send QUERY, to which the end of its line is added; all of it has TIMEOUT_US. */
void fopnp_whois_exchange_run(struct fopnp_whois_exchange *exchange, const char *query,
			      uint64_t timeout_us);
