/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a source of an order is: several of one job, glibc's own, nss-mdns's and
 * ours, have the same evidence and fall into the same traps.
 */
#pragma once

#include "tools/findings.h"

#include <stdbool.h>

/* "fopnp:" and something: a source of our module, which tells of itself in the event. */
bool fopnp_source_is_built_in(const char *source);

/* Of /etc/hosts: files, fopnp:hosts. */
bool fopnp_source_is_hosts(const char *source);

/* Of the DNS, for any name: dns, fopnp:dns. */
bool fopnp_source_is_dns(const char *source);

/* One of nss-mdns's six. */
bool fopnp_source_is_nss_mdns(const char *source);

/* Add the finding that it could not be loaded; MESSAGE is the loader's, "" if there is none. */
struct fopnp_finding *fopnp_source_add_not_loaded(struct fopnp_findings *findings,
						  const char *source, const char *message);
