/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program like any other: resolves its arguments by getaddrinfo(3) and
 * gethostbyname(3) and prints a line for each, "NAME ADDRESS..." or "NAME: REASON".
 * test_programs.sh builds it in several ways that have broken NSS modules.
 */
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

static int print_addresses(const char *name)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME };
	struct addrinfo *list = NULL;
	int code = getaddrinfo(name, NULL, &hints, &list);
	char address[64];

	if (code != 0) {
		printf("%s: %s\n", name, gai_strerror(code));
		return 1;
	}
	printf("%s", name);
	for (const struct addrinfo *entry = list; entry; entry = entry->ai_next) {
		if (getnameinfo(entry->ai_addr, entry->ai_addrlen, address, sizeof(address), NULL,
				0, NI_NUMERICHOST) == 0)
			printf(" %s", address);
	}
	printf("%s\n", gethostbyname(name) ? "" : " but not by gethostbyname");
	freeaddrinfo(list);
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= print_addresses(argv[i]);
	return failed;
}
