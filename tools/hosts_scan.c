/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Block by block: fold the case of all letters at once, then search as memmem(3) does. */
#include "tools/hosts_scan.h"

#include "tools/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK     (256u << 10) /* what stays in the cache */
#define LINE_MOST (16u << 20)  /* a longer line ends the search */
#define STRIDE    64           /* a fixed count of bytes, for which compilers use vectors */

struct scan {
	char *block, *folded;
	size_t size, used;
	unsigned line; /* number of the line at `counted` */
	size_t counted;
	char *needles[FOPNP_HOSTS_SCAN_NEEDLES]; /* folded */
	bool has_needle;
	fopnp_hosts_visit *visit;
	void *context;
};

/* ---- on many bytes at once ---- */

/* Not a letter's lower case for other bytes, but the same for both cases of a letter. */
static void fold(char *folded, const char *bytes, size_t len)
{
	for (size_t i = 0; i + STRIDE <= len; i += STRIDE)
		for (size_t j = 0; j < STRIDE; j++)
			folded[i + j] = (char)(bytes[i + j] | 0x20);
	for (size_t i = len - len % STRIDE; i < len; i++)
		folded[i] = (char)(bytes[i] | 0x20);
}

static size_t count_newlines(const char *bytes, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i + STRIDE <= len; i += STRIDE) {
		uint8_t in_stride = 0;

		for (size_t j = 0; j < STRIDE; j++)
			in_stride = (uint8_t)(in_stride + (bytes[i + j] == '\n'));
		count += in_stride;
	}
	for (size_t i = len - len % STRIDE; i < len; i++)
		count += bytes[i] == '\n';
	return count;
}

/* ---- one block of whole lines ---- */

static void count_to(struct scan *scan, size_t offset)
{
	scan->line += (unsigned)count_newlines(scan->block + scan->counted, offset - scan->counted);
	scan->counted = offset;
}

/* Show the line around OFFSET; the offset behind it. */
static size_t visit_line(struct scan *scan, size_t offset, size_t len)
{
	const char *before = memrchr(scan->block, '\n', offset);
	size_t start = before ? (size_t)(before - scan->block) + 1 : 0;
	const char *newline = memchr(scan->block + offset, '\n', len - offset);
	size_t end = newline ? (size_t)(newline - scan->block) : len;
	struct fopnp_hosts_cursor cursor;
	struct fopnp_hosts_line line;

	count_to(scan, start);
	fopnp_hosts_start(&cursor, scan->block + start, end - start);
	if (fopnp_hosts_next(&cursor, &line)) {
		line.number = scan->line;
		scan->visit(scan->context, &line);
	}
	return newline ? end + 1 : len;
}

/* The next place that is worth a look, LEN if there is none. */
static size_t find_next(const struct scan *scan, size_t offset, size_t len,
			size_t hits[static FOPNP_HOSTS_SCAN_NEEDLES])
{
	size_t next = len;

	if (!scan->has_needle)
		return offset;
	for (size_t i = 0; i < FOPNP_HOSTS_SCAN_NEEDLES; i++) {
		const char *hit;

		if (!scan->needles[i])
			continue;
		if (hits[i] < offset || hits[i] == SIZE_MAX) {
			hit = memmem(scan->folded + offset, len - offset, scan->needles[i],
				     strlen(scan->needles[i]));
			hits[i] = hit ? (size_t)(hit - scan->folded) : len;
		}
		if (hits[i] < next)
			next = hits[i];
	}
	return next;
}

/* The lines in the first LEN bytes of the block. */
static void scan_lines(struct scan *scan, size_t len)
{
	size_t hits[FOPNP_HOSTS_SCAN_NEEDLES] = { SIZE_MAX, SIZE_MAX };
	size_t offset = 0;

	if (scan->has_needle)
		fold(scan->folded, scan->block, len);
	while (offset < len && (offset = find_next(scan, offset, len, hits)) < len)
		offset = visit_line(scan, offset, len);
	count_to(scan, len);
	memmove(scan->block, scan->block + len, scan->used - len);
	scan->used -= len;
	scan->counted = 0;
}

/* ---- the file ---- */

/* More room where a line fills the block; false if it is too long. */
static bool make_room(struct scan *scan)
{
	if (scan->used < scan->size)
		return true;
	if (scan->size >= LINE_MOST) {
		errno = EFBIG;
		return false;
	}
	scan->size = scan->size ? scan->size * 2 : BLOCK;
	scan->block = fopnp_memory_resize(scan->block, scan->size, 1);
	scan->folded = fopnp_memory_resize(scan->folded, scan->size, 1);
	return true;
}

static bool scan_file(struct scan *scan, int file, uint64_t *out_bytes)
{
	struct stat status;
	ssize_t len = 0;

	*out_bytes = 0;
	/* A device has no end. */
	if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
		return false;
	while (make_room(scan)) {
		const char *last;

		len = read(file, scan->block + scan->used, scan->size - scan->used);
		if (len == -1 && errno == EINTR)
			continue;
		if (len <= 0)
			break;
		scan->used += (size_t)len;
		*out_bytes += (uint64_t)len;
		last = memrchr(scan->block, '\n', scan->used);
		if (last)
			scan_lines(scan, (size_t)(last - scan->block) + 1);
	}
	if (scan->used == scan->size || len == -1)
		return false;
	if (scan->used > 0) { /* the last line has no newline */
		scan_lines(scan, scan->used);
		scan->line++;
	}
	return true;
}

bool fopnp_hosts_scan(const char *path, const char *const needles[FOPNP_HOSTS_SCAN_NEEDLES],
		      fopnp_hosts_visit *visit, void *context, struct fopnp_hosts_size *out_size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct scan scan = { .line = 1, .visit = visit, .context = context };
	bool is_whole;

	*out_size = (struct fopnp_hosts_size){ 0 };
	if (file == -1)
		return false;
	for (size_t i = 0; i < FOPNP_HOSTS_SCAN_NEEDLES; i++) {
		if (!needles[i] || !needles[i][0])
			continue;
		scan.needles[i] = fopnp_memory_copy_text(needles[i]);
		fold(scan.needles[i], needles[i], strlen(needles[i]));
		scan.has_needle = true;
	}
	is_whole = scan_file(&scan, file, &out_size->bytes);
	out_size->lines = scan.line - 1;
	for (size_t i = 0; i < FOPNP_HOSTS_SCAN_NEEDLES; i++)
		free(scan.needles[i]);
	free(scan.block);
	free(scan.folded);
	(void)close(file);
	return is_whole;
}

bool fopnp_hosts_scan_open(int file, fopnp_hosts_visit *visit, void *context,
			   struct fopnp_hosts_size *out_size)
{
	struct scan scan = { .line = 1, .visit = visit, .context = context };
	bool is_whole = scan_file(&scan, file, &out_size->bytes);

	out_size->lines = scan.line - 1;
	free(scan.block);
	free(scan.folded);
	return is_whole;
}

static void visit_nothing(void *context, const struct fopnp_hosts_line *line)
{
	(void)context;
	(void)line;
}

bool fopnp_hosts_measure(const char *path, struct fopnp_hosts_size *out_size)
{
	/* A byte that hardly stands in any file, and does no harm if it does. */
	const char *const needles[FOPNP_HOSTS_SCAN_NEEDLES] = { "\x7f" };

	return fopnp_hosts_scan(path, needles, visit_nothing, NULL, out_size);
}
