/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fopnp says about itself, made from the command table. */
#pragma once

#include "tools/exit_status.h"
#include "tools/options.h"

#include <stddef.h>
#include <stdio.h>

struct fopnp_command;

/* The grouped list of commands with examples. */
void fopnp_help_all(const struct fopnp_command *const *commands, FILE *out);

/* One command: usage, details, options, examples. */
void fopnp_help_command(const struct fopnp_command *command, FILE *out);

/* For a command line that is not to be run: its help if that was asked for, else it was wrong. */
enum fopnp_exit fopnp_help_instead(const struct fopnp_command *command,
				   enum fopnp_options_result parsed);

/* The command of that name, or NULL.  The table ends with NULL. */
const struct fopnp_command *fopnp_help_find(const struct fopnp_command *const *commands,
					    const char *name);

/* Tell that WORD is no command, and what was perhaps meant. */
enum fopnp_exit fopnp_help_unknown(const struct fopnp_command *const *commands, const char *word);
