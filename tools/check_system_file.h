/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of `fopnp check`, below a root: none is waited for, none leads out of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct fopnp_check_file;

/*
 * The directory that paths are looked up in, and links resolved: ROOT, or "/" for NULL.
 * -1 with errno set if there is none.  The caller's to close().
 */
int fopnp_check_root_open(const char *root);

/* Open PATH ("/etc/hosts") below it by open(2)'s FLAGS; -1 with errno set. */
int fopnp_check_root_open_file(int root, const char *path, int flags);

/*
 * Fill FILE: what stands at PATH, static text, and its first MOST bytes.  Pipes, devices and
 * sockets are not opened.  Clear it with fopnp_check_file_clear().
 */
void fopnp_check_file_read(int root, const char *path, size_t most,
			   struct fopnp_check_file *out_file);
void fopnp_check_file_clear(struct fopnp_check_file *file);
