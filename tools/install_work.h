/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An edit of nsswitch.conf at work: what its parts share, the checks before it, the writing, and the
 * way back.
 */
#pragma once

#include "tools/install.h"
#include "tools/install_conf.h"
#include "tools/install_file.h"
#include "tools/nsswitch_edit.h"

#include <stdbool.h>

struct fopnp_install_work {
	const struct fopnp_install_options *options;
	struct fopnp_install *install;
	int directory; /* ROOT/etc, held for us; -1 */
	struct fopnp_install_file nsswitch, conf;
	struct fopnp_nsswitch_edit edit;
	struct fopnp_install_conf conf_edit;
};

/*
 * Take hold of the directory and read nsswitch.conf, if it is there.  False, and an error told, if
 * nobody may edit there now.  fopnp_install_work_end() frees what it holds, whatever came of it.
 */
bool fopnp_install_work_begin(struct fopnp_install_work *out_work,
			      const struct fopnp_install_options *options,
			      struct fopnp_install *install);
void fopnp_install_work_end(struct fopnp_install_work *work);

/* ROOT/etc/NAME; the caller's to free(). */
char *fopnp_install_work_path(const struct fopnp_install_work *work, const char *name);

/*
 * Whether enable may and can do its work, with the new text of the files made.  False, and an error
 * told, if not; nothing has been written.
 */
bool fopnp_install_plan_enable(struct fopnp_install_work *work);
/* The same of disable. */
bool fopnp_install_plan_disable(struct fopnp_install_work *work);

/* Write what was planned, all or nothing.  False, and an error told, if it cannot be. */
bool fopnp_install_write(struct fopnp_install_work *work);
/* nsswitch.conf alone, without a backup. */
bool fopnp_install_write_plain(struct fopnp_install_work *work);
/*
 * Behind fopnp_install_write(): as it was before, but for what somebody else wrote meanwhile.  False,
 * and an error told, if the disk does not let us.
 */
bool fopnp_install_take_back(struct fopnp_install_work *work);
/* Behind all that: what is left of edits that were killed, and is of no use to anybody. */
void fopnp_install_remove_leftovers(const struct fopnp_install_work *work);
