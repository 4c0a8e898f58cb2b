/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * first_lookup NAME COUNT [FILE]: the smallest program that looks a name up,
 * COUNT times.  Into FILE go its proportional set size (PSS) and its private dirty
 * memory afterwards, in KiB, the bytes that malloc has given out, and how many nanoseconds
 * the lookups behind the first took.
 */
#include <malloc.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int write_figures(const char *path, uint64_t took_ns)
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
	fprintf(file, "%lu %lu %zu %lu\n", shared, private, heap.uordblks + heap.hblkhd,
		(unsigned long)took_ns);
	return fclose(file) != 0;
}

int main(int argc, char **argv)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	uint64_t second = 0;
	if (argc < 3)
		return 2;
	for (long i = 0; i < strtol(argv[2], NULL, 10); i++) {
		struct addrinfo *list;
		if (i == 1)
			second = now_ns();
		if (getaddrinfo(argv[1], NULL, &hints, &list) != 0)
			return 1;
		freeaddrinfo(list);
	}
	return argc > 3 ? write_figures(argv[3], second ? now_ns() - second : 0) : 0;
}
