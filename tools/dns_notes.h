/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is worth knowing about replies, beside their records. */
#pragma once

#include "tools/dns_outcome.h"
#include "tools/findings.h"

/* All that OPTIONS and the replies of JOB tell; each thing once, however many types it is true of. */
void fopnp_dns_notes_find(const struct fopnp_dns_options *options, const struct fopnp_dns_job *job,
			  struct fopnp_findings *notes);

/* "a reply", "SERVFAIL", "timed out": what came of an exchange.  In TEXT, or static. */
#define FOPNP_DNS_END_TEXT 64
const char *fopnp_dns_reply_word(enum fopnp_dns_end end, unsigned rcode,
				 char text[static FOPNP_DNS_END_TEXT]);
