/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The records of a name for people, for scripts (--short) and as JSON. */
#pragma once

#include "tools/dns_outcome.h"
#include "tools/dns_programs.h"
#include "tools/findings.h"

#include <jansson.h>

/* Records, what is not there, and whose word it is. */
void fopnp_dns_print_text(const struct fopnp_dns_options *options, const struct fopnp_dns_job *job);

/* The last part of that. */
void fopnp_dns_print_replies(const struct fopnp_dns_job *job);

/* The data alone; a reply that did not come is an error. */
void fopnp_dns_print_short(const struct fopnp_dns_job *job);

/* dns{} of docs/schema/fopnp-1.json. */
json_t *fopnp_dns_to_json(const struct fopnp_dns_job *job,
			  const struct fopnp_dns_programs *programs,
			  const struct fopnp_findings *notes);

struct fopnp_dns_record_list {
	const struct fopnp_dns_response_record **list;
	size_t count;
};

/* Those of SECTION, each once although several replies had it.  The list is the caller's to free(). */
struct fopnp_dns_record_list fopnp_dns_job_records(const struct fopnp_dns_job *job,
						   enum fopnp_dns_section section);

/* "192.0.2.53 (/etc/resolv.conf:2)"; the caller's to free(). */
char *fopnp_dns_server_place(const struct fopnp_dns_server *server);
