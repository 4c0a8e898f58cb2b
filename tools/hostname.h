/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this machine calls itself, and what the sources of host names make of it. */
#pragma once

#include "tools/exit_status.h"
#include "tools/findings.h"
#include "tools/program_lookup.h"

#include <limits.h>

struct fopnp_hostname {
	char name[HOST_NAME_MAX + 1];     /* gethostname(2) */
	struct fopnp_program_lookup full; /* getaddrinfo, AI_CANONNAME: hostname -f */
	struct fopnp_program_lookup
		backward;                    /* gethostbyaddr of its first address, if it has one */
	char *fqdn;                          /* what Python's socket.getfqdn() makes of that */
	struct fopnp_program_lookup address; /* gethostbyname of it */
	struct fopnp_findings notes;
};

/* False, and an error told, if there can be no child.  The caller's to clear in any case. */
bool fopnp_hostname_run(struct fopnp_hostname *out_hostname);
void fopnp_hostname_clear(struct fopnp_hostname *hostname);

/* That of the full name's lookup. */
enum fopnp_exit fopnp_hostname_exit_status(const struct fopnp_hostname *hostname);

void fopnp_hostname_print_text(const struct fopnp_hostname *hostname);
void fopnp_hostname_print_json(const struct fopnp_hostname *hostname);
