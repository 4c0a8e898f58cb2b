/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Look names up without a pause until SIGTERM, in new processes and in one that lives on, and tell
 * of every answer that is not what it was at the start.
 * Usage: steady_lookups READY-FILE NAME...; READY-FILE gets the process id after the first round.
 * Prints "NEW new, OLD old, WRONG wrong"; exit status 1 if some were wrong.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMES_MAX  8
#define ANSWER_MAX 256

/* Of all processes. */
struct shared {
	char expected[NAMES_MAX][ANSWER_MAX];
	unsigned long fresh, living, wrong;
};

static struct shared *shared;
static volatile sig_atomic_t is_over;

static void end(int signal_number)
{
	(void)signal_number;
	is_over = 1;
}

/* The code and the addresses in their order, as text. */
static void look_up(const char *name, char answer[static ANSWER_MAX])
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	int code = getaddrinfo(name, NULL, &hints, &list);
	size_t len = (size_t)snprintf(answer, ANSWER_MAX, "code %d", code);

	if (code != 0)
		return;
	for (struct addrinfo *entry = list; entry; entry = entry->ai_next) {
		char host[INET6_ADDRSTRLEN];

		getnameinfo(entry->ai_addr, entry->ai_addrlen, host, sizeof(host), NULL, 0,
			    NI_NUMERICHOST);
		if (len < ANSWER_MAX)
			len += (size_t)snprintf(answer + len, ANSWER_MAX - len, " %s", host);
	}
	freeaddrinfo(list);
}

static void look_up_all(char **names, int count, const char *who)
{
	for (int i = 0; i < count; i++) {
		char answer[ANSWER_MAX];

		look_up(names[i], answer);
		if (strcmp(answer, shared->expected[i]) == 0)
			continue;
		__atomic_add_fetch(&shared->wrong, 1, __ATOMIC_RELAXED);
		fprintf(stderr, "%s: %s: %s, not %s\n", who, names[i], answer, shared->expected[i]);
	}
}

/* In a new process, whose libc has read nothing yet.  The first one says what is expected. */
static void look_up_afresh(char **names, int count, bool is_first)
{
	pid_t child = fork();

	if (child == 0) {
		for (int i = 0; is_first && i < count; i++)
			look_up(names[i], shared->expected[i]);
		if (!is_first)
			look_up_all(names, count, "new process");
		_exit(0);
	}
	if (child < 0 || waitpid(child, NULL, 0) != child) {
		perror("steady_lookups");
		exit(2);
	}
}

static pid_t start_living(char **names, int count)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	while (!is_over) {
		look_up_all(names, count, "old process");
		shared->living++;
		usleep(500);
	}
	_exit(0);
}

static void say_ready(const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file || fprintf(file, "%d\n", (int)getpid()) < 0 || fclose(file) != 0) {
		perror(path);
		is_over = 1;
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = end, .sa_flags = SA_RESTART };
	int count = argc - 2;
	pid_t living;

	if (count < 1 || count > NAMES_MAX) {
		fprintf(stderr, "usage: steady_lookups READY-FILE NAME...\n");
		return 2;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED || sigaction(SIGTERM, &action, NULL) != 0)
		return 2;
	look_up_afresh(argv + 2, count, true);
	living = start_living(argv + 2, count);
	say_ready(argv[1]);
	while (!is_over) {
		look_up_afresh(argv + 2, count, false);
		shared->fresh++;
	}
	kill(living, SIGTERM);
	waitpid(living, NULL, 0);
	printf("%lu new, %lu old, %lu wrong\n", shared->fresh, shared->living, shared->wrong);
	return shared->wrong != 0;
}
