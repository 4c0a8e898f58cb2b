/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filters of system calls, see sandbox.h. */
#include "tools/run_shim/sandbox.h"

#include "nss_module/lookup/ascii.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIECE 256 /* it may be an alternate signal stack that this lies on */
#define MOST  (1 << 16)

#define UNKNOWN (-1)

static long filters_before = UNKNOWN; /* written once, in the constructor */

void fopnp_run_sandbox_start(const char *filters)
{
	unsigned long long number;

	if (filters && fopnp_ascii_number(filters, strlen(filters), &number) && number < MOST)
		filters_before = (long)number;
}

/* A line of the file as far as it has been read: the key, then digits. */
struct reader {
	size_t matched; /* characters of KEY */
	long number;
};

static const char KEY[] = "\nSeccomp_filters:\t";

/* False at the end of the number. */
static bool take(struct reader *reader, char c)
{
	if (reader->matched < sizeof(KEY) - 1) {
		if (c == KEY[reader->matched])
			reader->matched++;
		else
			reader->matched = c == '\n';
		return true;
	}
	if (c < '0' || c > '9' || reader->number > MOST)
		return false;
	reader->number = 10 * (reader->number < 0 ? 0 : reader->number) + (c - '0');
	return true;
}

static long read_filters(int fd)
{
	struct reader reader = { .number = UNKNOWN };
	char piece[PIECE];
	ssize_t len;

	for (size_t total = 0; total < MOST; total += (size_t)len) {
		len = syscall(SYS_read, fd, piece, sizeof(piece));
		if (len <= 0)
			break;
		for (ssize_t i = 0; i < len; i++)
			if (!take(&reader, piece[i]))
				return reader.number;
	}
	return UNKNOWN;
}

/* By the system calls: libc's functions are points of cancellation, and an exec is none. */
bool fopnp_run_is_sandboxed(void)
{
	long filters;
	int fd;

	if (filters_before == UNKNOWN)
		return false;
	fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/status", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	filters = read_filters(fd);
	(void)syscall(SYS_close, fd);
	return filters > filters_before;
}
