/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a built-in source is asked, and how it answers.  One function serves all
 * calls of glibc's interface; source_call.c makes one of these of each.
 *
 * A source answers as an NSS module does (glibc's manual, "NSS Module Function
 * Internals"): a status, *errnop and *h_errnop set on every return but SUCCESS,
 * all of the answer inside of BUFFER.  TRYAGAIN, ERANGE and NETDB_INTERNAL ask for
 * a larger buffer.  The thread is uncancellable meanwhile; the law for code in a
 * foreign process holds (docs/architecture.md).
 */
#pragma once

#include "nss_module/lookup/answer_buffer.h"
#include "nss_module/lookup/event.h"
#include "nss_module/lookup/fopnp_conf.h"

#include <netdb.h>
#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The functions of the NSS interface that are lookups. */
enum fopnp_function {
	FOPNP_GETHOSTBYNAME4_R,
	FOPNP_GETHOSTBYNAME3_R,
	FOPNP_GETHOSTBYNAME2_R,
	FOPNP_GETHOSTBYNAME_R,
	FOPNP_GETHOSTBYADDR_R,
	FOPNP_GETHOSTBYADDR2_R,
};

/* Which of a source's ways to answer are alike. */
enum fopnp_ask_kind {
	FOPNP_ASK_BOTH_FAMILIES, /* gethostbyname4_r: tuples of both families */
	FOPNP_ASK_FAMILY,        /* a name, one family: a hostent */
	FOPNP_ASK_ADDRESS,       /* an address: a hostent */
};

struct fopnp_ask {
	/* The question. */
	enum fopnp_function function; /* whose answer of glibc's own source is to be given */
	int family;                   /* AF_INET or AF_INET6; of no meaning for both families */
	const char *name;             /* as the program gave it; NULL: the address is asked for */
	const void *address;          /* whole: 4 or 16 bytes as FAMILY says */

	/* Where the answer goes. */
	char *buffer; /* of any alignment */
	size_t buflen;
	int *errnop, *h_errnop;
	struct hostent *host;          /* not for both families */
	struct gaih_addrtuple **first; /* for both families alone */
	char **canonical;              /* never NULL; NULL or the canonical name there */
	int32_t *ttl;                  /* never NULL; seconds, left alone where nobody said */

	const struct fopnp_conf *conf; /* options of fopnp.conf; NULL: none */
	struct fopnp_detail *detail;   /* what to tell in the event; NULL: nobody listens */
};

typedef enum nss_status fopnp_ask_function(struct fopnp_ask *ask);

enum fopnp_ask_kind fopnp_ask_kind(const struct fopnp_ask *ask);

/* "Not this way": sets *errnop and *h_errnop, returns STATUS. */
enum nss_status fopnp_ask_fail(struct fopnp_ask *ask, enum nss_status status, int error,
			       int h_error);

/* TRYAGAIN, ERANGE, NETDB_INTERNAL. */
enum nss_status fopnp_ask_too_small(struct fopnp_ask *ask);

/* TRYAGAIN, ENOMEM, NETDB_INTERNAL, as glibc's own sources say it. */
enum nss_status fopnp_ask_no_memory(struct fopnp_ask *ask);

/* The N-th option (from 0) of KIND in ask->conf, or NULL. */
const struct fopnp_conf_option *fopnp_ask_option(const struct fopnp_ask *ask,
						 enum fopnp_conf_option_kind kind, size_t n);

/*
 * Lay ANSWER out in the caller's buffer, in the shape that the call wants (for
 * FOPNP_ASK_ADDRESS the one address is the question's own).  SUCCESS, errno and
 * *errnop untouched and *h_errnop NETDB_SUCCESS; or the "too small" triple.
 */
enum nss_status fopnp_ask_answer(struct fopnp_ask *ask, const struct fopnp_answer *answer);
