/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of /etc/hosts that an answer of "files" came from. */
#pragma once

#include "tools/call_result.h"
#include "tools/findings.h"
#include "tools/request.h"

#include <stddef.h>

#define FOPNP_HOSTS_EVIDENCE 16 /* lines that are kept */

/*
 * Lines that name what was asked and hold an address of the answer (for a
 * reverse lookup: that hold the address and name the answer).  *out_list is
 * the caller's, with fopnp_place_clear() for each.
 */
size_t fopnp_hosts_evidence_find(const struct fopnp_request *request,
				 const struct fopnp_call_result *answer,
				 struct fopnp_place **out_list);
