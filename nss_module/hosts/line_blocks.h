/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A text file in blocks of whole lines, read into one piece of memory that is as
 * large as a block or the longest line.  Never mmap(2): a file that another
 * program cuts short would raise SIGBUS in this one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct stat;

#define FOPNP_LINE_BLOCK (16u << 10) /* little stays with malloc(3) when it is freed */
#define FOPNP_LINE_WHOLE (32u << 10) /* a file up to that size is one block */
#define FOPNP_LINE_MOST  (16u << 20) /* a longer line is passed over */

struct fopnp_line_blocks {
	int fd;
	char *memory;
	size_t size, used;
	size_t given; /* bytes at the front that are done with */
	size_t most;  /* size to which memory may grow for one line */
	bool is_regular;
	bool is_at_end;   /* the last block was given, or is being given */
	bool is_dropping; /* inside a line that is too long */

	/* The block. */
	const char *bytes;
	size_t len;
	size_t lines_before; /* newlines passed over just before it */
	bool is_whole;       /* it is the whole file */
};

/*
 * Open PATH, and say in OUT_STATUS what it is.  False with errno of open(2),
 * or ESPIPE for what cannot be sought in (a FIFO; it is not waited for).
 */
bool fopnp_line_blocks_open(struct fopnp_line_blocks *blocks, const char *path,
			    struct stat *out_status);

/* The same for an open file, whose descriptor is then theirs, and sizes of one's own. */
void fopnp_line_blocks_start(struct fopnp_line_blocks *blocks, int fd, size_t size, size_t most);

/* The next block.  False at the end (errno 0) and after a failure (errno of read(2),
   ENOMEM; EINVAL for a device that has bytes). */
bool fopnp_line_blocks_next(struct fopnp_line_blocks *blocks);

void fopnp_line_blocks_close(struct fopnp_line_blocks *blocks);
