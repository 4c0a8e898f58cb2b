/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading a file below a root.  Its links are those of whoever made the tree: the kernel resolves
 * them inside the root (openat2(2), RESOLVE_IN_ROOT), so that none shows the files of this machine
 * in the place of those of the image.
 */
#include "tools/check_system_file.h"

#include "tools/check_system.h"
#include "tools/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int fopnp_check_root_open(const char *root)
{
	return open(root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* ERROR is that of the call, and is so afterwards. */
static bool is_real_root(int root, int error)
{
	struct stat own, real;
	bool is_same = fstat(root, &own) == 0 && stat("/", &real) == 0 &&
		       own.st_dev == real.st_dev && own.st_ino == real.st_ino;

	errno = error;
	return is_same;
}

int fopnp_check_root_open_file(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long file;

	do /* EAGAIN: something was renamed meanwhile */
		file = syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (file == -1 && (errno == EAGAIN || errno == EINTR));
	/* Before Linux 5.6 there is no such call, and below another root no safe way.  The filter
	   of an older container runtime refuses what it does not know with EPERM. */
	if (file == -1 && (errno == ENOSYS || errno == EPERM) && is_real_root(root, errno))
		return open(path, flags | O_CLOEXEC);
	return (int)file;
}

/* Its last component as it is, not what it points to. */
static void look_at_name(int root, const char *path, struct fopnp_check_file *file)
{
	const char *name = strrchr(path, '/') + 1;
	FOPNP_AUTO_FREE char *directory = fopnp_memory_copy(path, (size_t)(name - path));
	FOPNP_AUTO_FREE char *target = fopnp_memory_zeroed(PATH_MAX, 1);
	int parent = fopnp_check_root_open_file(root, directory, O_PATH | O_DIRECTORY);
	ssize_t len;

	if (parent == -1 || fstatat(parent, name, &file->status, AT_SYMLINK_NOFOLLOW) != 0) {
		file->error = errno;
	} else {
		file->is_there = true;
		len = readlinkat(parent, name, target, PATH_MAX);
		if (len > 0)
			file->target = fopnp_memory_copy(target, (size_t)len);
	}
	if (parent != -1)
		(void)close(parent);
}

/* As much as is asked for; a file in /proc says that it is empty. */
static void read_bytes(int descriptor, size_t most, struct fopnp_check_file *file)
{
	size_t size = 0;
	ssize_t len;

	do {
		if (size - file->len < 2) {
			size = size ? size * 2 : 8192;
			file->bytes = fopnp_memory_resize(file->bytes, size, 1);
		}
		len = read(descriptor, file->bytes + file->len, size - file->len - 1);
		if (len > 0)
			file->len += (size_t)len;
	} while ((len > 0 && file->len <= most) || (len == -1 && errno == EINTR));
	if (len == -1)
		file->error = errno;
	file->is_cut = file->len > most;
	if (file->is_cut)
		file->len = most;
	file->bytes[file->len] = '\0';
}

/* Find out what it is before it is opened: opening a device can do things. */
static void read_what_is_there(int root, const char *path, size_t most,
			       struct fopnp_check_file *file)
{
	int place = fopnp_check_root_open_file(root, path, O_PATH), descriptor;

	if (place == -1 || fstat(place, &file->status) != 0) {
		file->error = errno;
	} else if (!S_ISREG(file->status.st_mode)) {
		file->error = S_ISDIR(file->status.st_mode) ? EISDIR : EINVAL;
	} else {
		file->is_regular = true;
		descriptor =
			fopnp_check_root_open_file(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
		if (descriptor == -1) {
			file->error = errno;
		} else {
			read_bytes(descriptor, most, file);
			(void)close(descriptor);
		}
	}
	if (place != -1)
		(void)close(place);
}

void fopnp_check_file_read(int root, const char *path, size_t most,
			   struct fopnp_check_file *out_file)
{
	*out_file = (struct fopnp_check_file){ .path = path };
	look_at_name(root, path, out_file);
	if (out_file->is_there)
		read_what_is_there(root, path, most, out_file);
	if (!out_file->bytes)
		out_file->bytes = fopnp_memory_copy_text("");
}

void fopnp_check_file_clear(struct fopnp_check_file *file)
{
	free(file->target);
	free(file->bytes);
	*file = (struct fopnp_check_file){ 0 };
}
