/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `fopnp enable` and `fopnp disable`: the hosts line of nsswitch.conf edited on disk, with a look
 * before and after, and the way back.
 */
#pragma once

#include "tools/exit_status.h"
#include "tools/findings.h"

#include <stdbool.h>

/* In /etc. */
#define FOPNP_INSTALL_NSSWITCH "nsswitch.conf"
#define FOPNP_INSTALL_BACKUP   FOPNP_INSTALL_NSSWITCH ".before-fopnp"
#define FOPNP_INSTALL_CONF     "fopnp.conf"

struct fopnp_install_options {
	const char *root; /* an image; NULL: this machine */
	bool is_built_in; /* --builtin: write fopnp.conf, too */
};

/* What became of it; all paths with the root in front. */
struct fopnp_install {
	char *path; /* of nsswitch.conf */
	unsigned line;
	bool is_changed;
	char *before, *after; /* the hosts line; after is the same where nothing changed */
	char *backup;         /* written, or (disable) left there; NULL: none */
	char *library;        /* loaded from there for a try; NULL: not tried */
	char *conf_path;      /* with --builtin fopnp.conf, else NULL */
	unsigned conf_line;   /* of its order for all names */
	char *conf_order;     /* that was written there; NULL: it has had one */
	bool is_conf_changed;
	struct fopnp_findings notes;
};

/*
 * Do it.  An error is told; the status is FOPNP_EXIT_OK, FOPNP_EXIT_NO where names would have been
 * found otherwise than before and all is as it was, or FOPNP_EXIT_CANNOT.  A signal that asks for
 * the end takes effect when the files are in order, old or new.
 */
enum fopnp_exit fopnp_install_enable(const struct fopnp_install_options *options,
				     struct fopnp_install *out_install);
enum fopnp_exit fopnp_install_disable(const struct fopnp_install_options *options,
				      struct fopnp_install *out_install);
void fopnp_install_clear(struct fopnp_install *install);

void fopnp_install_print_text(const struct fopnp_install *install, bool is_enable);
void fopnp_install_print_json(const struct fopnp_install *install, bool is_enable);
/* Whether what was printed has reached its reader; if not, tell on stderr that the edit stands. */
bool fopnp_install_finish_output(const struct fopnp_install *install, bool is_enable);
