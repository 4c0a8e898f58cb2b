/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of `fopnp enable` and `fopnp disable`. */
#pragma once

#include "tools/command.h"

#include <stdbool.h>

/* Keys of their options. */
enum { FOPNP_INSTALL_KEY_BUILTIN = 256, FOPNP_INSTALL_KEY_ROOT };

#define FOPNP_INSTALL_ROOT_HELP "edit the files of an unpacked image; nothing of it is run"

/* Run SELF by its options: enable or, with IS_ENABLE false, disable; and print what came of it. */
enum fopnp_exit fopnp_install_command_run(const struct fopnp_command *self, int argc, char **argv,
					  bool is_enable);
