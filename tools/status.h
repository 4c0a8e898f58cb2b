/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `fopnp status`: whether programs look names up through fopnp, by what, and which do. */
#pragma once

#include "tools/exit_status.h"
#include "tools/findings.h"
#include "tools/install_library.h"
#include "tools/lookup_order.h"
#include "tools/status_processes.h"

#include <stdbool.h>

/* What a lookup of a fresh process does. */
enum fopnp_status_reach {
	FOPNP_STATUS_REACHED, /* loads the module */
	FOPNP_STATUS_PASSED,  /* does not */
	FOPNP_STATUS_NSCD,    /* is answered by nscd */
	FOPNP_STATUS_UNKNOWN, /* could not be made */
};

struct fopnp_conf;

struct fopnp_status {
	struct fopnp_place line; /* the hosts line in force; no file: there is none */
	bool is_broken;          /* nsswitch.conf does not parse: no lookup works */
	struct fopnp_install_library library;
	enum fopnp_status_reach reach;
	struct fopnp_lookup_order order; /* for names without an order of their own */
	struct fopnp_conf *conf;         /* NULL: there is none, or none that counts */
	const char *conf_path;
	struct fopnp_status_processes processes;
	struct fopnp_findings notes;
};

/* Find out; false, and an error told, if it cannot be. */
bool fopnp_status_read(struct fopnp_status *out_status);
void fopnp_status_clear(struct fopnp_status *status);

/* Whether fopnp is on the line, its library can be loaded, and a fresh process comes to it. */
bool fopnp_status_is_active(const struct fopnp_status *status);

void fopnp_status_print_text(const struct fopnp_status *status);
void fopnp_status_print_json(const struct fopnp_status *status);
