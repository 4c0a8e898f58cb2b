/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What c-ares calls where it would call libc: the Makefile renames these calls in
 * our copy of libcares.a.  So it is certain, whatever its version, that it opens no
 * file (/dev/urandom neither, without O_CLOEXEC), sees no environment (RES_OPTIONS of
 * the caller of a privileged program) and leaves the program's rand() alone.
 *
 * Its large tables (75 KB a channel in 1.18) are mapped: in the arena of a thread that asks
 * once they would stay for good, free but not given back.  Not where a leak checker looks
 * on, which sees no pointers in mappings.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#define FOPNP_CARES_MAPPED 65536 /* bytes from which on a block is */

void *fopnp_cares_malloc(size_t size);
void *fopnp_cares_realloc(void *block, size_t size);
void fopnp_cares_free(void *block);

FILE *fopnp_cares_fopen(const char *path, const char *mode); /* NULL, ENOENT */
char *fopnp_cares_getenv(const char *name);                  /* NULL */
/*
 * Stretched from one random number of the kernel's: c-ares makes a key of it for ids of its
 * own, which are never sent.
 */
int fopnp_cares_rand(void);
