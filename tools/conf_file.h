/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file fopnp.conf(5), read as the module reads it. */
#pragma once

#include "tools/findings.h"

struct fopnp_conf;

/*
 * Its path goes to *out_path: FOPNP_CONF's, which must outlive it, or the installed one.
 * The caller's to destroy; NULL: there is none, or none that the module would believe.
 * What is wrong with the file is added to FINDINGS, which may be NULL: the lines that are
 * left out (fopnp-conf-line; of many the first few, and how many there are), or why it is
 * ignored whole (fopnp-conf-untrusted, fopnp-conf-unreadable).
 */
struct fopnp_conf *fopnp_conf_file_read(const char **out_path, struct fopnp_findings *findings);
