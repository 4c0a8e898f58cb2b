/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a command of fopnp is.  A new one is one file cmd_NAME.c that ends with
 * its struct fopnp_command, and one line in the table of fopnp.c; help, usage,
 * hints and the checks of the documentation are all made from these two.
 */
#pragma once

#include "tools/exit_status.h"

struct fopnp_option;

struct fopnp_command {
	const char *name;
	const char *group;                  /* the heading it stands under in `fopnp help` */
	const char *summary;                /* one line, no full stop */
	const char *usage;                  /* what follows "fopnp NAME" */
	const char *details;                /* a paragraph for `fopnp help NAME` */
	const struct fopnp_option *options; /* ends with a zero entry */
	const char *const *examples;        /* whole command lines, ends with NULL */
	/* argv[0] is the command's name. */
	enum fopnp_exit (*run)(const struct fopnp_command *self, int argc, char **argv);
};
