/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program that resolves through c-ares and not through libc: prints c-ares's
 * version, then what ares_gethostbyname() and ares_getaddrinfo() say of each name.
 * c-ares reads the hosts line of nsswitch.conf itself, which is why it matters here.
 * Usage: ares_lookup NAME...
 */
#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>

static void print_address(int family, const void *address)
{
	char text[INET6_ADDRSTRLEN] = "?";
	inet_ntop(family, address, text, sizeof text);
	printf(" %s", text);
}

static void show_addrinfo(void *name, int status, int timeouts, struct ares_addrinfo *list)
{
	(void)timeouts;
	printf("ares_getaddrinfo %s: %s", (const char *)name, ares_strerror(status));
	for (const struct ares_addrinfo_node *at = list ? list->nodes : NULL; at;
	     at = at->ai_next) {
		if (at->ai_family == AF_INET)
			print_address(AF_INET,
				      &((const struct sockaddr_in *)(void *)at->ai_addr)->sin_addr);
		else
			print_address(
				AF_INET6,
				&((const struct sockaddr_in6 *)(void *)at->ai_addr)->sin6_addr);
	}
	putchar('\n');
	ares_freeaddrinfo(list);
}

static void show_entry(void *name, int status, int timeouts, struct hostent *entry)
{
	(void)timeouts;
	printf("ares_gethostbyname %s: %s", (const char *)name, ares_strerror(status));
	for (char **at = entry ? entry->h_addr_list : NULL; at && *at; at++)
		print_address(entry->h_addrtype, *at);
	putchar('\n');
}

static void wait_for_all(ares_channel channel)
{
	for (;;) {
		fd_set readers, writers;
		struct timeval limit;
		FD_ZERO(&readers);
		FD_ZERO(&writers);
		int count = ares_fds(channel, &readers, &writers);
		if (count == 0)
			return;
		select(count, &readers, &writers, NULL, ares_timeout(channel, NULL, &limit));
		ares_process(channel, &readers, &writers);
	}
}

int main(int argc, char **argv)
{
	const struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC,
						   .ai_socktype = SOCK_STREAM };
	ares_channel channel;
	printf("c-ares %s\n", ares_version(NULL));
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
	    ares_init(&channel) != ARES_SUCCESS)
		return EXIT_FAILURE;
	for (int i = 1; i < argc; i++) {
		ares_gethostbyname(channel, argv[i], AF_INET, show_entry, argv[i]);
		wait_for_all(channel);
		ares_getaddrinfo(channel, argv[i], NULL, &hints, show_addrinfo, argv[i]);
		wait_for_all(channel);
	}
	ares_destroy(channel);
	ares_library_cleanup();
	return EXIT_SUCCESS;
}
