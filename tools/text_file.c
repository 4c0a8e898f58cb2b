/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration files, read whole. */
#include "tools/text_file.h"

#include "tools/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MOST (16u << 20) /* configuration files end somewhere */

char *fopnp_text_file_read(const char *path, size_t *out_len, int *out_error)
{
	/* Not to wait for a writer where somebody has put a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *bytes = NULL;
	size_t used = 0, size = 0;
	ssize_t len;

	*out_error = 0;
	if (fd == -1)
		return NULL;
	do {
		if (size - used < 4096) {
			size = size * 2 + 8192;
			bytes = fopnp_memory_resize(bytes, size, 1);
		}
		len = read(fd, bytes + used, size - used - 1);
		if (len > 0)
			used += (size_t)len;
	} while ((len > 0 && used < FILE_MOST) || (len == -1 && errno == EINTR));
	if (len == -1) {
		*out_error = errno;
		(void)close(fd);
		free(bytes);
		return NULL;
	}
	(void)close(fd);
	bytes[used] = '\0';
	*out_len = used;
	return bytes;
}
