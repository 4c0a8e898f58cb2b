/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The configuration in force: the environment (read once), nsswitch.conf and
 * fopnp.conf (looked at again at most once a second).
 *
 * A parsed configuration is immutable and never freed; one with the same bytes
 * is used again, so memory is bounded by the number of different contents, as
 * with glibc's own action lists.  Readers take no lock.
 */
#pragma once

#include "nss_module/lookup/fopnp_conf.h"
#include "nss_module/source.h"

#include <stdbool.h>
#include <stdint.h>

/* An order with its sources looked up: ready to run. */
struct fopnp_chain {
	const struct fopnp_order *order;
	struct fopnp_source **sources; /* order->count of them */
	char *from;                    /* "/etc/nsswitch.conf:12", "FOPNP_ORDER", "default" */
};

struct fopnp_environment {
	bool is_bypassed;          /* FOPNP_BYPASS=1 */
	struct fopnp_chain *order; /* FOPNP_ORDER, or NULL */
	const char *log_path;      /* FOPNP_LOG, or NULL */
	const char *conf_path;     /* FOPNP_CONF, or NULL */
};

struct fopnp_config {
	struct fopnp_config *next;
	_Atomic(uint64_t) identity; /* of the files that were last seen with these bytes */
	/* The rest of the hosts line, or NULL: fopnp is not on it, or it cannot be run. */
	struct fopnp_chain *line;
	bool is_followed; /* something follows fopnp on the hosts line */
	struct fopnp_conf *conf;
	struct fopnp_chain **conf_chains; /* conf->order_count of them */
	size_t nsswitch_len, conf_len;
	char bytes[]; /* of nsswitch.conf, then of fopnp.conf */
};

/* Called by the constructor: remember which "/" this process has. */
void fopnp_config_start(void);

/*
 * Called inside nscd, which flushes its cache the moment a file changes: look at
 * the files at every lookup, or the old order's answer would fill it again.
 */
void fopnp_config_check_always(void);

/* Milliseconds of a clock that never jumps; no system call, a tick of some ms. */
uint64_t fopnp_config_now_ms(void);

/* Whether "/" is another directory than when the library was loaded. */
bool fopnp_config_root_changed(void);

/* The owner of that "/". */
uint32_t fopnp_config_root_uid(void);

/* The environment, read by the first caller; empty in privileged programs. */
const struct fopnp_environment *fopnp_config_environment(void);

/*
 * The files' configuration, NULL if there is none (no memory, no descriptor,
 * another root).  Clobbers errno.
 */
const struct fopnp_config *fopnp_config_get(void);

/* Whether it depends on the name which chain a lookup gets. */
bool fopnp_config_has_domains(const struct fopnp_config *config);

/*
 * The chain for a lookup of NAME (an in-addr.arpa or ip6.arpa name for an
 * address), or NULL: the call is to be declined.
 */
const struct fopnp_chain *fopnp_config_find_chain(const struct fopnp_config *config,
						  const char *name);
