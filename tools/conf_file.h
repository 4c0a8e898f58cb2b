/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file fopnp.conf(5), read as the module reads it. */
#pragma once

#include "tools/findings.h"

#include <stddef.h>
#include <stdint.h>

struct fopnp_conf;
struct stat;

/*
 * Its path goes to *out_path: FOPNP_CONF's, which must outlive it, or the installed one.
 * The caller's to destroy; NULL: there is none, or none that the module would believe.
 * What is wrong with the file is added to FINDINGS, which may be NULL: the lines that are
 * left out (fopnp-conf-line; of many the first few, and how many there are), or why it is
 * ignored whole (fopnp-conf-untrusted, fopnp-conf-unreadable).
 */
struct fopnp_conf *fopnp_conf_file_read(const char **out_path, struct fopnp_findings *findings);

/*
 * Only what is wrong with it, of a regular file that was read already: BYTES of PATH with that
 * STATUS.  OWNER is the user beside root whose file is believed.
 */
void fopnp_conf_file_check(const char *path, const char *bytes, size_t len,
			   const struct stat *status, uint32_t owner,
			   struct fopnp_findings *findings);
