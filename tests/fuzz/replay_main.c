/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stands in for libFuzzer: feeds every file of the directories named on the
 * command line to the target, so that any compiler can replay a corpus.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The data in a block of just its size, so that a read beyond it is seen. */
static int replay_file(int directory, const char *name)
{
	int file = openat(directory, name, O_RDONLY | O_CLOEXEC);
	uint8_t *data = NULL;
	struct stat status;
	size_t size;
	int result = -1;

	if (file < 0 || fstat(file, &status) != 0)
		goto out;
	size = (size_t)status.st_size;
	data = malloc(size);
	if ((data == NULL && size > 0) || read(file, data, size) != (ssize_t)size)
		goto out;
	result = LLVMFuzzerTestOneInput(data, size);
out:
	if (result != 0)
		perror(name);
	free(data);
	if (file >= 0)
		(void)close(file);
	return result;
}

/* The number of files, or -1. */
static int replay_directory(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	int count = 0;

	if (directory == NULL) {
		perror(path);
		return -1;
	}
	while ((entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (replay_file(dirfd(directory), entry->d_name) != 0)
			break;
		count++;
	}
	(void)closedir(directory);
	return entry == NULL ? count : -1;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int count = replay_directory(argv[i]);

		if (count <= 0)
			return EXIT_FAILURE;
		(void)printf("%s: %d inputs\n", argv[i], count);
	}
	return EXIT_SUCCESS;
}
