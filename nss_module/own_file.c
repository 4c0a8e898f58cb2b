/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small files, see own_file.h. */
#include "nss_module/own_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_SIZE 4096 /* for one read of most files */

static uint64_t mix(uint64_t sum, uint64_t value)
{
	sum ^= value;
	sum *= 0x9e3779b97f4a7c15u; /* 2^64 divided by the golden ratio (Knuth) */
	return sum ^ (sum >> 29);
}

static uint64_t identity_of(const struct stat *file)
{
	uint64_t sum = 0;

	sum = mix(sum, file->st_dev);
	sum = mix(sum, file->st_ino);
	sum = mix(sum, (uint64_t)file->st_size);
	sum = mix(sum, (uint64_t)file->st_mtim.tv_sec);
	sum = mix(sum, (uint64_t)file->st_mtim.tv_nsec);
	sum = mix(sum, (uint64_t)file->st_ctim.tv_sec);
	sum = mix(sum, (uint64_t)file->st_ctim.tv_nsec);
	sum = mix(sum, file->st_uid);
	return mix(sum, file->st_mode);
}

uint64_t own_file_identity(const char *path)
{
	struct stat file;

	return stat(path, &file) == 0 ? identity_of(&file) : 0;
}

/* Errors that say something about the file, not about this process (glibc's list). */
static bool is_absent(int error)
{
	return error == EACCES || error == EISDIR || error == ELOOP || error == ENOENT ||
	       error == ENOTDIR || error == EPERM || error == ENXIO;
}

/* To the end of the file, which a read of less than was asked for has reached. */
static bool read_bytes(int fd, struct own_file *file)
{
	size_t size = FIRST_SIZE;

	file->bytes = malloc(size);
	while (file->bytes && file->len <= OWN_FILE_MAX) {
		ssize_t got = read(fd, file->bytes + file->len, size - file->len);
		char *larger;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		file->len += (size_t)got;
		if (file->len < size)
			return true;
		larger = realloc(file->bytes, size *= 2);
		if (!larger)
			return false;
		file->bytes = larger;
	}
	return file->bytes != NULL;
}

static bool read_open(int fd, struct own_file *file)
{
	struct stat status;

	/* Other kinds of file say so when they are read, or at the latest below. */
	if (!read_bytes(fd, file) && errno != EISDIR && errno != EAGAIN && errno != EINVAL)
		return false;
	if (fstat(fd, &status) != 0)
		return false;
	file->uid = status.st_uid;
	file->mode = status.st_mode;
	file->identity = identity_of(&status);
	if (!S_ISREG(status.st_mode) || file->len > OWN_FILE_MAX || file->len == 0)
		own_file_clear(file);
	return true;
}

bool own_file_read(const char *path, struct own_file *out_file)
{
	/* O_NONBLOCK: a FIFO in its place must not hold the program up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool is_known;

	*out_file = (struct own_file){ 0 };
	if (fd < 0)
		return is_absent(errno);
	is_known = read_open(fd, out_file);
	(void)close(fd);
	if (!is_known)
		own_file_clear(out_file);
	return is_known;
}

void own_file_clear(struct own_file *file)
{
	free(file->bytes);
	file->bytes = NULL;
	file->len = 0;
}
