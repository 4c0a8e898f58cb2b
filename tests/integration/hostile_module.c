/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lies in a jail under the name of some NSS module and leaves a mark, the file
 * /loaded, when a process loads it.
 */
#include <fcntl.h>
#include <unistd.h>

static __attribute__((constructor)) void leave_mark(void)
{
	int fd = open("/loaded", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
}
