/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an ELF file says about itself, by libelf; every byte may be hostile. */
#pragma once

#include "tools/program_kind.h"

#include <stdbool.h>

/*
 * Read the program open as FD into KIND, whose path is set: libc, loader, and what it was made by,
 * with and for.  False if it is no program in ELF, or one that makes no sense.
 */
bool fopnp_program_elf_read(int fd, struct fopnp_program_kind *kind);
