/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading text by blocks, see line_blocks.h. */
#include "nss_module/hosts/line_blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- memory ---------------------------------------------------------------- */

/*
 * What is freed stays with malloc(3), or moves its thresholds: so memory for a long line
 * is mapped.  That for ordinary blocks is not, since each new page costs as much as
 * searching 10 KiB.
 */
static bool is_mapped(size_t size)
{
	return size > FOPNP_LINE_WHOLE + 1;
}

static char *get_memory(size_t size)
{
	void *memory;

	if (!is_mapped(size))
		return malloc(size);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

static void release_memory(char *memory, size_t size)
{
	if (!memory || !is_mapped(size))
		free(memory);
	else
		(void)munmap(memory, size);
}

/* ---- the file -------------------------------------------------------------- */

void fopnp_line_blocks_start(struct fopnp_line_blocks *blocks, int fd, size_t size, size_t most)
{
	*blocks = (struct fopnp_line_blocks){
		.fd = fd,
		.size = size,
		.most = most,
		.is_regular = true,
	};
}

void fopnp_line_blocks_close(struct fopnp_line_blocks *blocks)
{
	release_memory(blocks->memory, blocks->size);
	blocks->memory = NULL;
	(void)close(blocks->fd);
}

bool fopnp_line_blocks_open(struct fopnp_line_blocks *blocks, const char *path,
			    struct stat *out_status)
{
	/* O_NONBLOCK: a FIFO in its place must not hold the program up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t size = FOPNP_LINE_BLOCK;
	int error;

	if (fd < 0)
		return false;
	if (fstat(fd, out_status) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
		error = errno;
		(void)close(fd);
		errno = error;
		return false;
	}
	/* One byte more than there are: to see the end without growing. */
	if (out_status->st_size > 0 && out_status->st_size <= FOPNP_LINE_WHOLE)
		size = (size_t)out_status->st_size + 1;
	fopnp_line_blocks_start(blocks, fd, size, FOPNP_LINE_MOST);
	blocks->is_regular = S_ISREG(out_status->st_mode);
	return true;
}

/* ---- blocks ---------------------------------------------------------------- */

/* Read until memory is full or the file ends. */
static bool fill(struct fopnp_line_blocks *blocks)
{
	while (blocks->used < blocks->size) {
		ssize_t got = read(blocks->fd, blocks->memory + blocks->used,
				   blocks->size - blocks->used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0) {
			blocks->is_at_end = true;
			break;
		}
		blocks->used += (size_t)got;
	}
	return true;
}

/* Move what is left to the front. */
static void shift(struct fopnp_line_blocks *blocks, size_t len)
{
	blocks->used -= len;
	memmove(blocks->memory, blocks->memory + len, blocks->used);
}

/* Room for the rest of a line that fills the memory; beyond the limit it is dropped. */
static bool make_room(struct fopnp_line_blocks *blocks)
{
	size_t size = blocks->size * 2;
	char *larger;

	if (size > blocks->most) {
		blocks->is_dropping = true;
		blocks->used = 0;
		return true;
	}
	larger = get_memory(size);
	if (!larger)
		return false;
	memcpy(larger, blocks->memory, blocks->used);
	release_memory(blocks->memory, blocks->size);
	blocks->memory = larger;
	blocks->size = size;
	return true;
}

/* Drop up to the end of a line that is too long, if it is in sight. */
static void drop(struct fopnp_line_blocks *blocks)
{
	const char *newline = memchr(blocks->memory, '\n', blocks->used);

	if (!newline) {
		blocks->used = 0;
		return;
	}
	shift(blocks, (size_t)(newline - blocks->memory) + 1);
	blocks->is_dropping = false;
	blocks->lines_before++;
}

static bool give(struct fopnp_line_blocks *blocks, size_t len)
{
	blocks->bytes = blocks->memory;
	blocks->len = blocks->given = len;
	return true;
}

/* No block: /dev/null is empty, a directory says EISDIR, and other devices may have no end. */
static bool read_nothing(const struct fopnp_line_blocks *blocks)
{
	char byte;
	ssize_t got = read(blocks->fd, &byte, 1);

	if (got >= 0)
		errno = got == 0 ? 0 : EINVAL;
	return false;
}

bool fopnp_line_blocks_next(struct fopnp_line_blocks *blocks)
{
	bool is_first = !blocks->memory;

	blocks->lines_before = 0;
	if (!blocks->is_regular)
		return read_nothing(blocks);
	if (is_first && !(blocks->memory = get_memory(blocks->size)))
		return false;
	while (!blocks->is_at_end) {
		const char *last;

		shift(blocks, blocks->given);
		blocks->given = 0;
		if (!fill(blocks))
			return false;
		if (blocks->is_dropping) {
			drop(blocks);
			continue;
		}
		last = memrchr(blocks->memory, '\n', blocks->used);
		if (last && !blocks->is_at_end)
			return give(blocks, (size_t)(last - blocks->memory) + 1);
		if (!blocks->is_at_end && !make_room(blocks))
			return false;
	}
	errno = 0;
	if (blocks->given == blocks->used)
		return false;
	blocks->is_whole = is_first;
	return give(blocks, blocks->used);
}
