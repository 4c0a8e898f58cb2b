/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `fopnp service` and `fopnp protocol` have alike: asking and telling. */
#pragma once

#include "tools/command.h"
#include "tools/name_database.h"

/*
 * Run such a command: its operands one after the other.  READ makes the queries of an operand and
 * returns how many, at most FOPNP_NAME_QUERIES; 0, and an error told, for one that cannot be asked.
 */
enum fopnp_exit fopnp_name_command_run(const struct fopnp_command *self, int argc, char **argv,
				       size_t (*read)(const char *operand,
						      struct fopnp_name_query *queries));
