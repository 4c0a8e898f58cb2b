/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Many threads look one name up again and again while somebody changes the
 * configuration.  Every answer has to be exactly one of the given IPv4
 * addresses; each time the first thread's answer changes, it is printed.
 * Usage: reload_lookups THREADS STOP-FILE NAME ADDRESS...
 * Ends when STOP-FILE exists; exit status 1 if an answer was wrong or missing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 1000

static const char *name;
static char **allowed;
static atomic_bool is_stopped;
static atomic_long lookups, wrong;

/* The first few are enough to see what happened. */
static void complain(const char *call, const char *text, int code)
{
	if (atomic_fetch_add(&wrong, 1) < 20)
		fprintf(stderr, "wrong: %s: %s (code %d, errno %d)\n", call, text, code, errno);
}

static bool is_allowed(const char *address)
{
	for (char **at = allowed; *at; at++) {
		if (!strcmp(*at, address))
			return true;
	}
	return false;
}

/* The one IPv4 address of the answer as text; false if there is none or more than that. */
static bool ask_getaddrinfo(int family, char text[static INET_ADDRSTRLEN])
{
	const struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	errno = 0;
	int code = getaddrinfo(name, NULL, &hints, &list);
	if (code != 0) {
		complain("getaddrinfo", gai_strerror(code), code);
		return false;
	}
	bool is_one = list->ai_family == AF_INET && !list->ai_next;
	if (is_one)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(void *)list->ai_addr)->sin_addr,
			  text, INET_ADDRSTRLEN);
	else
		complain("getaddrinfo", "more than one address", 0);
	freeaddrinfo(list);
	return is_one;
}

static bool ask_gethostbyname(char text[static INET_ADDRSTRLEN])
{
	char buffer[2048];
	struct hostent entry;
	struct hostent *result = NULL;
	int h_error = 0;
	errno = 0;
	int code = gethostbyname_r(name, &entry, buffer, sizeof buffer, &result, &h_error);
	if (code != 0 || !result || !result->h_addr_list[0] || result->h_addr_list[1]) {
		complain("gethostbyname_r", hstrerror(h_error), code);
		return false;
	}
	inet_ntop(AF_INET, result->h_addr_list[0], text, INET_ADDRSTRLEN);
	return true;
}

static bool ask(long call, char text[static INET_ADDRSTRLEN])
{
	switch (call % 3) {
	case 0:
		return ask_getaddrinfo(AF_UNSPEC, text);
	case 1:
		return ask_getaddrinfo(AF_INET, text);
	default:
		return ask_gethostbyname(text);
	}
}

static void *look_up(void *number)
{
	const long self = (long)(intptr_t)number;
	char last[INET_ADDRSTRLEN] = "";
	for (long call = self; !atomic_load(&is_stopped); call++) {
		char text[INET_ADDRSTRLEN] = "";
		atomic_fetch_add(&lookups, 1);
		if (!ask(call, text))
			continue;
		if (!is_allowed(text))
			complain("answer", text, 0);
		if (self == 0 && strcmp(text, last) != 0)
			printf("%s\n", text);
		memcpy(last, text, sizeof last);
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static pthread_t threads[THREADS_MAX];
	const long count = argc > 4 ? strtol(argv[1], NULL, 10) : 0;
	if (count < 1 || count > THREADS_MAX)
		return 2;
	name = argv[3];
	allowed = argv + 4;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (long i = 0; i < count; i++) {
		if (pthread_create(&threads[i], NULL, look_up, (void *)(intptr_t)i) != 0)
			return 2;
	}
	while (access(argv[2], F_OK) != 0)
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	atomic_store(&is_stopped, true);
	for (long i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	fprintf(stderr, "%ld lookups, %ld wrong\n", atomic_load(&lookups), atomic_load(&wrong));
	return atomic_load(&wrong) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
