/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of /etc, replaced by rename. */
#include "tools/install_file.h"

#include "tools/check_system_file.h"
#include "tools/clock.h"
#include "tools/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define LOCK_WAIT_US  2000000u
#define LOCK_PAUSE_NS 20000000
#define NEW_FILE_MODE 0644

int fopnp_install_directory_open(const char *root)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NS };
	uint64_t until_us = fopnp_clock_now_us() + LOCK_WAIT_US;
	int top = fopnp_check_root_open(root), directory, error;

	if (top == -1)
		return -1;
	directory = fopnp_check_root_open_file(top, "/etc", O_RDONLY | O_DIRECTORY);
	error = errno;
	(void)close(top);
	errno = error;
	if (directory == -1)
		return -1;
	while (flock(directory, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR || (errno == EWOULDBLOCK && fopnp_clock_now_us() < until_us)) {
			(void)nanosleep(&pause, NULL);
			continue;
		}
		if (errno != EWOULDBLOCK) /* a file system without locks */
			break;
		(void)close(directory);
		errno = EWOULDBLOCK;
		return -1;
	}
	return directory;
}

/* ---- reading ---- */

static char *read_target(int directory, const char *name)
{
	FOPNP_AUTO_FREE char *target = fopnp_memory_zeroed(PATH_MAX, 1);
	ssize_t len = readlinkat(directory, name, target, PATH_MAX);

	return len > 0 ? fopnp_memory_copy(target, (size_t)len) : NULL;
}

/* All of a regular file. */
static int read_bytes(struct fopnp_install_file *file)
{
	size_t size = (size_t)file->status.st_size;
	ssize_t len = 1;

	if (file->status.st_size > FOPNP_INSTALL_SIZE_MOST)
		return EFBIG;
	free(file->bytes);
	file->bytes = fopnp_memory_zeroed(size + 2, 1);
	while (file->len <= size && len > 0) {
		len = read(file->descriptor, file->bytes + file->len, size + 1 - file->len);
		if (len == -1 && errno == EINTR)
			len = 1;
		else if (len > 0)
			file->len += (size_t)len;
	}
	if (len == -1)
		return errno;
	return file->len == size ? 0 : ESTALE;
}

static int open_and_read(struct fopnp_install_file *file)
{
	/* Opening what is no file could wait, or do things. */
	if (fstatat(file->directory, file->name, &file->status, AT_SYMLINK_NOFOLLOW) != 0)
		return errno;
	if (S_ISLNK(file->status.st_mode)) {
		file->target = read_target(file->directory, file->name);
		return ELOOP;
	}
	if (!S_ISREG(file->status.st_mode))
		return EINVAL;
	file->descriptor = openat(file->directory, file->name,
				  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file->descriptor == -1 || fstat(file->descriptor, &file->status) != 0)
		return errno;
	return S_ISREG(file->status.st_mode) ? read_bytes(file) : EINVAL;
}

bool fopnp_install_file_read(int directory, const char *name, struct fopnp_install_file *out_file)
{
	*out_file = (struct fopnp_install_file){
		.directory = directory,
		.name = name,
		.descriptor = -1,
		.bytes = fopnp_memory_copy("", 0),
	};
	out_file->error = open_and_read(out_file);
	if (out_file->error != 0 && out_file->descriptor != -1) {
		(void)close(out_file->descriptor);
		out_file->descriptor = -1;
	}
	return out_file->error == 0;
}

void fopnp_install_file_clear(struct fopnp_install_file *file)
{
	if (file->descriptor != -1 && file->bytes)
		(void)close(file->descriptor);
	free(file->bytes);
	free(file->target);
	*file = (struct fopnp_install_file){ .descriptor = -1 };
}

/* ---- writing ---- */

static bool failed(struct fopnp_install_error *error, const char *action)
{
	error->action = action;
	error->error = errno;
	return false;
}

/* What the kernel makes from the contents by itself, and would be wrong for others. */
static bool is_kept(const char *name)
{
	return strcmp(name, "security.ima") != 0 && strcmp(name, "security.evm") != 0;
}

/* Not everybody may set a label, even to what the policy has given to the new file already. */
static bool has_attribute(int file, const char *name, const char *value, size_t size)
{
	FOPNP_AUTO_FREE char *own = fopnp_memory_zeroed(size + 1, 1);

	return fgetxattr(file, name, own, size) == (ssize_t)size && memcmp(own, value, size) == 0;
}

static bool copy_attribute(int from, int to, const char *name)
{
	ssize_t size = fgetxattr(from, name, NULL, 0);
	FOPNP_AUTO_FREE char *value = NULL;

	if (size < 0)
		return errno == ENODATA;
	value = fopnp_memory_zeroed((size_t)size + 1, 1);
	size = fgetxattr(from, name, value, (size_t)size);
	return size >= 0 && (has_attribute(to, name, value, (size_t)size) ||
			     fsetxattr(to, name, value, (size_t)size, 0) == 0);
}

/* Access control lists and the labels of security modules are extended attributes, too. */
static bool copy_attributes(int from, int to)
{
	ssize_t size = flistxattr(from, NULL, 0);
	FOPNP_AUTO_FREE char *names = NULL;

	if (size <= 0)
		return size == 0 || errno == EOPNOTSUPP;
	names = fopnp_memory_zeroed((size_t)size + 1, 1);
	size = flistxattr(from, names, (size_t)size);
	for (ssize_t at = 0; at < size; at += (ssize_t)strlen(names + at) + 1)
		if (is_kept(names + at) && !copy_attribute(from, to, names + at))
			return false;
	return size >= 0;
}

static bool write_all(int file, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t written = write(file, bytes, len);

		if (written == -1 && errno != EINTR)
			return false;
		if (written > 0) {
			bytes += written;
			len -= (size_t)written;
		}
	}
	return true;
}

/* Everything of a new file but its name. */
static bool fill(int to, const struct fopnp_install_file *like, const char *bytes, size_t len,
		 struct fopnp_install_error *error)
{
	if (!write_all(to, bytes, len))
		return failed(error, "write");
	if (like->descriptor == -1) {
		if (fchmod(to, NEW_FILE_MODE) != 0)
			return failed(error, "set the mode of");
	} else {
		if (fchown(to, like->status.st_uid, like->status.st_gid) != 0)
			return failed(error, "give its owner to");
		/* Behind the owner, who takes bits along; the list that an attribute may hold comes
		   last, since it is written over by a mode. */
		if (fchmod(to, like->status.st_mode & 07777) != 0)
			return failed(error, "set the mode of");
		if (!copy_attributes(like->descriptor, to))
			return failed(error, "copy the extended attributes to");
	}
	return fsync(to) == 0 || failed(error, "write");
}

/* Whether the name still stands for what was read; a change in place shows in the times. */
static bool is_unchanged(const struct fopnp_install_file *file)
{
	const struct stat *old = &file->status;
	struct stat now;

	if (fstatat(file->directory, file->name, &now, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT && file->descriptor == -1;
	return file->descriptor != -1 && now.st_dev == old->st_dev && now.st_ino == old->st_ino &&
	       now.st_size == old->st_size && now.st_mtim.tv_sec == old->st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == old->st_mtim.tv_nsec &&
	       now.st_ctim.tv_sec == old->st_ctim.tv_sec &&
	       now.st_ctim.tv_nsec == old->st_ctim.tv_nsec;
}

/* Make TEMPORARY with the bytes and all that LIKE has, then give it the name TO. */
static bool put(const struct fopnp_install_file *like, const char *temporary, const char *to,
		const char *bytes, size_t len, struct fopnp_install_error *error)
{
	const bool is_replacing = strcmp(to, like->name) == 0;
	int file;

	/* One that a killed command left: nobody else uses that name, and we hold the lock. */
	(void)unlinkat(like->directory, temporary, 0);
	file = openat(like->directory, temporary,
		      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file == -1) {
		/* Only what is in the way there concerns the user by that name. */
		(void)snprintf(error->name, sizeof(error->name), "%s",
			       errno == EEXIST ? temporary : to);
		return failed(error, errno == EEXIST ? "create" : "write");
	}
	(void)snprintf(error->name, sizeof(error->name), "%s", to);
	if (fill(file, like, bytes, len, error)) {
		bool is_stale = is_replacing && !is_unchanged(like);

		if (is_stale)
			errno = ESTALE;
		if (is_stale || renameat(like->directory, temporary, like->directory, to) != 0)
			(void)failed(error, "replace");
		else
			error->error = 0;
	}
	(void)close(file);
	if (error->error != 0) {
		(void)unlinkat(like->directory, temporary, 0);
		return false;
	}
	(void)fsync(like->directory); /* some file systems refuse it for a directory */
	return true;
}

bool fopnp_install_file_copy(const struct fopnp_install_file *file, const char *name,
			     struct fopnp_install_error *out_error)
{
	FOPNP_AUTO_FREE char *temporary = fopnp_memory_format("%s" FOPNP_INSTALL_COPY_SUFFIX, name);

	*out_error = (struct fopnp_install_error){ .error = EIO };
	return put(file, temporary, name, file->bytes, file->len, out_error);
}

bool fopnp_install_file_replace(const struct fopnp_install_file *file, const char *temporary,
				const char *bytes, size_t len,
				struct fopnp_install_error *out_error)
{
	*out_error = (struct fopnp_install_error){ .error = EIO };
	return put(file, temporary, file->name, bytes, len, out_error);
}
