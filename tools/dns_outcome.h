/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the replies of `fopnp dns` mean. */
#pragma once

#include "tools/dns_ask.h"
#include "tools/exit_status.h"

enum fopnp_dns_outcome {
	FOPNP_DNS_FOUND,  /* records of the type */
	FOPNP_DNS_NODATA, /* the name is there, records of the type are not (RFC 2308 section 2.2) */
	FOPNP_DNS_NXDOMAIN, /* no such name: nothing of any type */
	FOPNP_DNS_REFERRAL, /* the server does not know; it may name others */
	FOPNP_DNS_LOOP,     /* CNAMEs that lead back to themselves, or too many */
	FOPNP_DNS_ERROR,    /* a reply, but SERVFAIL, REFUSED, ..., malformed, of another name */
	FOPNP_DNS_SILENCE,  /* no reply */
};

enum fopnp_dns_outcome fopnp_dns_lookup_outcome(const struct fopnp_dns_lookup *lookup);

/* It is not known what there is: an error, silence, or a referral although recursion was asked for. */
bool fopnp_dns_lookup_has_failed(const struct fopnp_dns_lookup *lookup);

/* "found", "nodata", "nxdomain", "referral", "loop", "error", "silence". */
const char *fopnp_dns_outcome_word(enum fopnp_dns_outcome outcome);

/* Whether RECORD answers LOOKUP: of its type, in the answer section. */
bool fopnp_dns_lookup_is_wanted(const struct fopnp_dns_lookup *lookup,
				const struct fopnp_dns_response_record *record);

/* The owner of the SOA that a negative answer comes with; NULL: none did. */
const char *fopnp_dns_lookup_zone(const struct fopnp_dns_lookup *lookup);

enum fopnp_dns_job_status {
	FOPNP_DNS_JOB_ANSWERED,   /* something was found, all that was asked is known */
	FOPNP_DNS_JOB_NOTHING,    /* all that is known is that there is nothing */
	FOPNP_DNS_JOB_INCOMPLETE, /* something was found, something is not known */
	FOPNP_DNS_JOB_FAILED,     /* nothing was found, and something is not known */
	FOPNP_DNS_JOB_BAD_NAME,
};

enum fopnp_dns_job_status fopnp_dns_job_status(const struct fopnp_dns_job *job);
enum fopnp_exit fopnp_dns_job_exit(const struct fopnp_dns_job *job);
