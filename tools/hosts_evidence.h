/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of /etc/hosts, and of files that are read behind it, that speak of a name. */
#pragma once

#include "tools/call_result.h"
#include "tools/evidence.h"
#include "tools/request.h"

struct fopnp_conf;

#define FOPNP_HOSTS_EVIDENCE 16 /* lines that are kept; the last remark counts the others */

/*
 * Add the lines that name what was asked (for a reverse lookup: that hold the
 * address), each with a remark if ANSWER does not use it and why: host.conf's
 * multi, the other family, an earlier line.  ANSWER may be NULL or a failure: then
 * none is used.  CONF's hosts-file lines name further files; NULL: there are none.
 */
void fopnp_hosts_evidence_find(const struct fopnp_request *request,
			       const struct fopnp_call_result *answer,
			       const struct fopnp_conf *conf, struct fopnp_evidence_list *evidence);
