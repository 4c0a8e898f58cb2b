/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `fopnp check` says, for people and as JSON, and the texts of its rules. */
#pragma once

#include "tools/exit_status.h"
#include "tools/findings.h"

#include <stdint.h>

struct fopnp_check_rule;
struct fopnp_check_system;

struct fopnp_check_counts {
	uint64_t errors, warnings, notes;
	uint64_t rules; /* that looked */
};

/* How many of each there are, shown or not. */
struct fopnp_check_counts fopnp_check_count(const struct fopnp_findings *findings);

/* The findings that are at least as grave as LEAST, and the line that counts them all. */
void fopnp_check_print_text(const struct fopnp_check_system *system,
			    const struct fopnp_findings *findings, enum fopnp_severity least);
void fopnp_check_print_json(const struct fopnp_findings *findings, enum fopnp_severity least,
			    uint64_t elapsed_us, enum fopnp_exit status);

/* One rule at length; all rules with a line each; all of them as the body of a man page. */
void fopnp_check_print_rule(const struct fopnp_check_rule *rule);
void fopnp_check_print_list(void);
void fopnp_check_print_man(void);
/* The same as objects: RULE alone, or all for NULL with a summary. */
void fopnp_check_print_rules_json(const struct fopnp_check_rule *rule, uint64_t elapsed_us);
