/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration files, read whole. */
#pragma once

#include <stddef.h>

/*
 * Read a whole file.  The caller's to free().  NULL if there is none, with
 * *out_error 0, or if it cannot be read though it could be opened, with errno there.
 */
char *fopnp_text_file_read(const char *path, size_t *out_len, int *out_error);
