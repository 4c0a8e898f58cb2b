/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small hosts files, kept in the process from one lookup to the next.  A copy is
 * taken out, used by its taker alone and put back; who comes meanwhile takes another
 * one or reads the file.  So no thread waits, and a fork at any moment costs the
 * child at most a copy.
 *
 * A copy is good as long as device, inode, size and times of the file are those of
 * its making (as in glibc's io/file_change_detection.c).  Two changes within one
 * tick of a file system's clock leave the same times: so no copy is kept
 * of a file that was changed less than FOPNP_HOSTS_SETTLED seconds before it was read.
 */
#pragma once

#include "nss_module/hosts/hosts_index.h"
#include "nss_module/hosts/line_blocks.h"

#include <stddef.h>
#include <sys/stat.h>

#define FOPNP_HOSTS_KEPT_MOST FOPNP_LINE_WHOLE /* bytes of a file that is kept */
#define FOPNP_HOSTS_SETTLED   2                /* FAT has the coarsest clock that is in use */

struct fopnp_hosts_copy {
	struct stat status; /* before it was read */
	const char *bytes;
	size_t len;
	size_t mark_count;
	struct fopnp_hosts_mark marks[]; /* then the bytes */
};

/*
 * A copy of PATH as it is now, for fopnp_hosts_cache_put(); NULL if none is kept.
 * WHICH is its place in the list of hosts files, from 0.  Clobbers errno.
 */
struct fopnp_hosts_copy *fopnp_hosts_cache_take(size_t which, const char *path);
void fopnp_hosts_cache_put(size_t which, struct fopnp_hosts_copy *copy);

/* Keep the LEN bytes of a whole file if they are worth it and may be kept. */
void fopnp_hosts_cache_keep(size_t which, const struct stat *status, const char *bytes, size_t len);
