/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What programs get for a name whose records were asked for, where it is something else. */
#pragma once

#include "tools/dns_ask.h"
#include "tools/findings.h"
#include "tools/program_lookup.h"

struct fopnp_dns_programs {
	bool is_asked; /* the lookup was made; else nothing below holds */
	bool differs;
	struct fopnp_program_lookup lookup;
};

/*
 * Look, if addresses were asked for; for its difference a finding is added to NOTES.  OUT is the
 * caller's to clear.
 */
void fopnp_dns_programs_look(const struct fopnp_dns_job *job, struct fopnp_findings *notes,
			     struct fopnp_dns_programs *out);
void fopnp_dns_programs_clear(struct fopnp_dns_programs *programs);
