/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Look names up and tell what came of it and how long it took.
 * Usage: dns_call [-4|-6] [-c] [-n COUNT] [-t THREADS] [-s THREADS] [-f] NAME...
 *   -c  with the canonical name
 *   -n  each name so often (1)
 *   -t  so many threads do it at once
 *   -s  so many threads one after the other, 4 at a time, each for one lookup of each name;
 *       prints by how many KiB private memory grew from the 50th on
 *   -f  fork meanwhile the while: each child looks the first name up, too
 *   -r  NAME is an address
 *
 * A line a lookup, "CODE MILLISECONDS [CANONICAL] ADDRESS...", with -t or -f only one a different
 * answer, without the time and with its count.  Then "descriptors BEFORE AFTER".
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TEXT    8192
#define ANSWERS 256

static int family = AF_UNSPEC, flags;
static bool is_reverse, does_fork;
static unsigned lookups = 1, thread_count;
static char **names;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct answer {
	char text[TEXT];
	unsigned count;
} answers[ANSWERS];

enum child_end {
	CHILD_OK,
	CHILD_FAILED,
	CHILD_HANGS_IN_LIBC,
};

static double milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void add(char *text, const char *word)
{
	size_t len = strlen(text);
	snprintf(text + len, TEXT - len, " %s", word);
}

/* Codes by the names that a test reads best. */
static const char *code_word(int code)
{
	switch (code) {
	case 0:
		return "OK";
	case EAI_NONAME:
		return "NONAME";
	case EAI_NODATA:
		return "NODATA";
	case EAI_AGAIN:
		return "AGAIN";
	case EAI_FAIL:
		return "FAIL";
	default:
		return gai_strerror(code);
	}
}

static int look_up_address(const char *name, char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	bool is_4 = inet_pton(AF_INET, name, &in.sin_addr) == 1;
	char host[NI_MAXHOST] = "";
	int code;
	if (!is_4)
		inet_pton(AF_INET6, name, &in6.sin6_addr);
	code = getnameinfo(is_4 ? (void *)&in : (void *)&in6, is_4 ? sizeof(in) : sizeof(in6), host,
			   sizeof(host), NULL, 0, NI_NAMEREQD);
	add(text, host);
	return code;
}

static int look_up_name(const char *name, char *text)
{
	const struct addrinfo hints = { .ai_family = family,
					.ai_flags = flags,
					.ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	int code = getaddrinfo(name, NULL, &hints, &list);
	for (const struct addrinfo *at = list; code == 0 && at; at = at->ai_next) {
		char address[NI_MAXHOST];
		getnameinfo(at->ai_addr, at->ai_addrlen, address, sizeof(address), NULL, 0,
			    NI_NUMERICHOST);
		if (at->ai_canonname)
			add(text, at->ai_canonname);
		add(text, address);
	}
	if (code == 0)
		freeaddrinfo(list);
	return code;
}

/* The answer without its code and time in TEXT. */
static const char *look_up(const char *name, char *text)
{
	text[0] = 0;
	return code_word(is_reverse ? look_up_address(name, text) : look_up_name(name, text));
}

static void count_answer(const char *name, const char *code, const char *text)
{
	static char line[TEXT];
	size_t i = 0;
	pthread_mutex_lock(&lock);
	snprintf(line, sizeof(line), "%s: %s%s", name, code, text);
	while (i + 1 < ANSWERS && answers[i].count > 0 && strcmp(answers[i].text, line) != 0)
		i++;
	memcpy(answers[i].text, line, sizeof(line));
	answers[i].count++;
	pthread_mutex_unlock(&lock);
}

static void *look_up_often(void *unused)
{
	char *text = malloc(TEXT);
	for (unsigned i = 0; i < lookups; i++)
		for (char **name = names; *name; name++)
			count_answer(*name, look_up(*name, text), text);
	free(text);
	return unused;
}

/*
 * Whether CHILD waits for a lock of libc's: it has no other thread, so it waits for good.  With any
 * hosts line getaddrinfo() takes the lock of glibc's resolv_conf.c, which fork() does not free.
 */
static bool waits_for_libc(pid_t child)
{
	char path[64], line[256] = "";
	unsigned long call = 0, futex = 0;
	Dl_info owner;
	FILE *file;
	snprintf(path, sizeof(path), "/proc/%d/syscall", child);
	file = fopen(path, "re");
	if (file && !fgets(line, sizeof(line), file))
		line[0] = 0;
	if (file)
		fclose(file);
	return sscanf(line, "%lu %lx", &call, &futex) == 2 && call == SYS_futex &&
	       dladdr((const void *)futex, &owner) && strstr(owner.dli_fname, "/libc.so");
}

/* A child of a process that resolves in other threads has to be able to, too. */
static enum child_end fork_and_look_up(void)
{
	static char text[TEXT];
	int status;
	pid_t pid = fork(), ended;
	if (pid == 0) {
		alarm(20);
		_exit(strcmp(look_up(names[0], text), "OK") == 0 ? 0 : 1);
	}
	if (pid < 0)
		return CHILD_FAILED;
	while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
		if (waits_for_libc(pid)) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return CHILD_HANGS_IN_LIBC;
		}
		usleep(1000);
	}
	return ended == pid && status == 0 ? CHILD_OK : CHILD_FAILED;
}

/* A child that libc itself let hang is made again, but each one cannot be. */
static void fork_often(void)
{
	unsigned hanging = 0;
	for (unsigned i = 0; i < 40; i++) {
		enum child_end end = fork_and_look_up();
		while (end == CHILD_HANGS_IN_LIBC && ++hanging <= 10)
			end = fork_and_look_up();
		count_answer("a child of fork()", end == CHILD_OK ? "OK" : "failed", "");
	}
}

static void run_threads(void)
{
	pthread_t threads[64];
	for (unsigned i = 0; i < thread_count; i++)
		pthread_create(&threads[i], NULL, look_up_often, NULL);
	if (does_fork)
		fork_often();
	for (unsigned i = 0; i < thread_count; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < ANSWERS && answers[i].count > 0; i++)
		printf("%u %s\n", answers[i].count, answers[i].text);
}

static long private_kib(void)
{
	char line[256];
	long kib, sum = 0;
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Private_Dirty: %ld", &kib) == 1)
			sum += kib;
	if (file)
		fclose(file);
	return sum;
}

static void run_short_threads(unsigned count)
{
	long first = 0;
	for (unsigned i = 0; i < count; i += 4) {
		pthread_t threads[4];
		if (i >= 50 && first == 0)
			first = private_kib();
		for (unsigned k = 0; k < 4; k++)
			pthread_create(&threads[k], NULL, look_up_often, NULL);
		for (unsigned k = 0; k < 4; k++)
			pthread_join(threads[k], NULL);
	}
	printf("grown %ld\n", private_kib() - first);
}

static void run_plainly(void)
{
	char *text = malloc(TEXT);
	for (unsigned i = 0; i < lookups; i++) {
		for (char **name = names; *name; name++) {
			double start = milliseconds();
			const char *code = look_up(*name, text);
			printf("%s %.0f%s\n", code, milliseconds() - start, text);
		}
	}
	free(text);
}

static unsigned count_descriptors(void)
{
	unsigned count = 0;
	DIR *directory = opendir("/proc/self/fd");
	while (directory && readdir(directory))
		count++;
	if (directory)
		closedir(directory);
	return count;
}

int main(int argc, char **argv)
{
	unsigned before = count_descriptors(), short_threads = 0;
	int option;
	while ((option = getopt(argc, argv, "46cn:t:s:fr")) != -1) {
		switch (option) {
		case '4':
			family = AF_INET;
			break;
		case '6':
			family = AF_INET6;
			break;
		case 'c':
			flags = AI_CANONNAME;
			break;
		case 'n':
			lookups = (unsigned)atoi(optarg);
			break;
		case 't':
			thread_count = (unsigned)atoi(optarg) % 65;
			break;
		case 's':
			short_threads = (unsigned)atoi(optarg);
			break;
		case 'f':
			does_fork = true;
			break;
		case 'r':
			is_reverse = true;
			break;
		default:
			return 2;
		}
	}
	names = argv + optind;
	if (short_threads > 0)
		run_short_threads(short_threads);
	else if (thread_count > 0 || does_fork)
		run_threads();
	else
		run_plainly();
	printf("descriptors %u %u\n", before, count_descriptors());
	return 0;
}
