/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A daemon that locks itself up: looks a name up, enters a jail, and some time
 * later looks names up again; prints the answers.
 * Usage: chroot_lookups [-n] JAIL NAME...
 *   -n   without the lookup before the jail
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Longer than any cache of configuration may last before it looks at the files again. */
static const struct timespec later = { .tv_sec = 1, .tv_nsec = 200000000 };

static void look_up(const char *name)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME };
	struct addrinfo *list = NULL;
	char host[NI_MAXHOST];
	int code = getaddrinfo(name, NULL, &hints, &list);
	printf("%s: %d", name, code);
	if (code == 0)
		printf(" %s", list->ai_canonname);
	for (const struct addrinfo *at = list; at; at = at->ai_next) {
		if (getnameinfo(at->ai_addr, at->ai_addrlen, host, sizeof host, NULL, 0,
				NI_NUMERICHOST) == 0)
			printf(" %s", host);
	}
	putchar('\n');
	if (code == 0)
		freeaddrinfo(list);
}

int main(int argc, char **argv)
{
	int first = 1;
	if (argc > 1 && !strcmp(argv[1], "-n"))
		first = 2;
	else
		look_up("localhost");
	if (argc <= first || chroot(argv[first]) != 0 || chdir("/") != 0) {
		perror("chroot");
		return 2;
	}
	nanosleep(&later, NULL);
	for (int i = first + 1; i < argc; i++)
		look_up(argv[i]);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
