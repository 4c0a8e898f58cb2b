/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a chain came to: of a lookup that runs, or of one that waits for its retry. */
#pragma once

#include <netdb.h>
#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fopnp_source;

struct fopnp_outcome {
	enum nss_status status;
	int error, h_error; /* *errnop and *h_errnop with it */

	/* For SUCCESS; pointers into the buffer of the lookup, or into a struct fopnp_kept. */
	struct hostent host;
	struct gaih_addrtuple *first;                /* gethostbyname4_r */
	char *canonical;                             /* or NULL: nobody said */
	const struct fopnp_source *source;           /* who answered last */
	const struct fopnp_source *canonical_source; /* whose getcanonname_r to ask, or NULL */
	int32_t ttl;                                 /* INT32_MAX: nobody said */

	/*
	 * The getXXbyYY loop stops behind a source that refused the caller's buffer,
	 * for the caller has to be told; the retry goes on at the next entry.
	 */
	bool is_unfinished;
	size_t next_entry;
};
