/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * first_lookup NAME COUNT [FILE]: the smallest program that looks a name up,
 * COUNT times.  Into FILE go its proportional set size (PSS) and its private dirty
 * memory afterwards, in KiB, and the bytes that malloc has given out.
 */
#include <malloc.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static int write_memory(const char *path)
{
	char line[128];
	unsigned long shared = 0, private = 0;
	const struct mallinfo2 heap = mallinfo2();
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	if (!file)
		return 1;
	while (fgets(line, sizeof(line), file)) {
		(void)sscanf(line, "Pss: %lu kB", &shared);
		(void)sscanf(line, "Private_Dirty: %lu kB", &private);
	}
	fclose(file);
	file = fopen(path, "we");
	if (!file)
		return 1;
	fprintf(file, "%lu %lu %zu\n", shared, private, heap.uordblks + heap.hblkhd);
	return fclose(file) != 0;
}

int main(int argc, char **argv)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	if (argc < 3)
		return 2;
	for (long i = strtol(argv[2], NULL, 10); i > 0; i--) {
		struct addrinfo *list;
		if (getaddrinfo(argv[1], NULL, &hints, &list) != 0)
			return 1;
		freeaddrinfo(list);
	}
	return argc > 3 ? write_memory(argv[3]) : 0;
}
