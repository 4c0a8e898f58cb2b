/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bind mounts in a mount namespace, inside a user namespace without root. */
#include "tests/unit/private_file.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

bool mount_private_file(const char *target)
{
	char path[] = "/tmp/fopnp-unit-test-XXXXXX";
	int file = mkstemp(path);
	bool is_mounted;

	if (file < 0)
		return false;
	(void)close(file);
	is_mounted = (unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
		     mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		     mount(path, target, NULL, MS_BIND, NULL) == 0;
	(void)unlink(path);
	return is_mounted;
}

bool write_private_file(const char *target, const char *bytes, size_t len)
{
	int file = open(target, O_WRONLY | O_TRUNC | O_CLOEXEC);
	bool is_written = file >= 0 && write(file, bytes, len) == (ssize_t)len;

	return file >= 0 && close(file) == 0 && is_written;
}
