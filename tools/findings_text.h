/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings for people, as they stand below a result. */
#pragma once

#include "tools/findings.h"

/* "  warning  TEXT  (FILE:LINE)", and below it what to do. */
void fopnp_finding_print_text(const struct fopnp_finding *finding);

/* All of them behind an empty line; nothing where there are none. */
void fopnp_findings_print_text(const struct fopnp_findings *findings);
