/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small files, see small_file.h. */
#include "nss_module/dns/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t read_bytes(int fd, char *bytes, size_t size)
{
	size_t used = 0;
	ssize_t got;

	while (used < size) {
		got = read(fd, bytes + used, size - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	return used;
}

char *fopnp_dns_read_file(const char *path, size_t *out_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	char *bytes = NULL;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size <= (off_t)FOPNP_DNS_FILE_SIZE)
		bytes = malloc((size_t)status.st_size + 1);
	if (bytes) {
		*out_len = read_bytes(fd, bytes, (size_t)status.st_size);
		bytes[*out_len] = '\0';
	}
	(void)close(fd);
	return bytes;
}
