/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A daemon of the old school for tests/integration/run.sh: it looks a name up, becomes a
 * child of init, closes all descriptors, looks up again; with "reuse" it opens files under the numbers
 * that were used before and proves at the end that nobody wrote into them.
 */
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTORS 64

static int look_up(const char *name)
{
	struct addrinfo *list = NULL;
	int code = getaddrinfo(name, NULL, NULL, &list);

	if (code == 0)
		freeaddrinfo(list);
	return code;
}

static void become_daemon(void)
{
	if (fork() != 0)
		_exit(0);
	(void)setsid();
	if (fork() != 0)
		_exit(0);
}

/* Files of its own where other things were. */
static int use_again(const char *file)
{
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		if (open(file, O_RDWR | O_CREAT | O_APPEND, 0600) != fd)
			return 1;
	return 0;
}

static int is_untouched(void)
{
	struct stat file;

	for (int fd = 0; fd < DESCRIPTORS; fd++)
		if (fstat(fd, &file) != 0 || file.st_size != 0)
			return 0;
	return 1;
}

int main(int argc, char **argv)
{
	int reuses = argc == 4 && strcmp(argv[1], "reuse") == 0, report;

	if (argc != 4 || look_up("first.corp.example") == EAI_SYSTEM)
		return 2;
	become_daemon();
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		(void)close(fd);
	if (reuses && use_again(argv[2]) != 0)
		return 3;
	for (int i = 0; i < 5; i++)
		if (look_up("v4.corp.example") != 0)
			return 4;
	if (reuses && !is_untouched())
		return 5;
	report = open(argv[3], O_WRONLY | O_CREAT | O_EXCL, 0600);
	return report == -1 ? 6 : 0;
}
