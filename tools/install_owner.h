/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose nsswitch.conf is: an edit of a file that another program writes would be lost, or do harm. */
#pragma once

#include <stdbool.h>

struct fopnp_install_file;

/*
 * Whether the file is there to be edited by hand; false, and an error told that says where to
 * do it instead.  PATH is its name for people, ROOT as in fopnp_install_directory_open().
 */
bool fopnp_install_owner_allows(const struct fopnp_install_file *file, const char *path,
				const char *root);

/*
 * Whether the nsswitch.conf in force, links followed, has no hosts line with fopnp, or there is
 * none; then it matters to nobody whose it is.  False also where it cannot be read.
 */
bool fopnp_install_owner_has_no_fopnp(const char *root);
