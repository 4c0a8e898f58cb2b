/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two ends of a load of events.
 *
 * event_load send NAME [THREADS]: each line of standard input is a number, and so many lookups of
 *	NAME are made as fast as can be (by THREADS new threads each time, if given).  "fork NUMBER"
 *	has a child make them.  Answered by
 *	PID MADE LONGEST_US RESIDENT_KIB HEAP_BYTES DESCRIPTORS
 * event_load hear SOCKET [NAP_US]: says "ready QUEUE", then each event as
 *	PID KIND SEQUENCE DROPPED
 *	until SIGTERM, when it reads what is left and ends.  With a nap between its looks it is
 *	not woken by each event, which is what makes sending slow.
 */
#include "tools/event_listener.h"
#include "tools/observed.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_THREADS 64

static const char *name;
static _Atomic(uint64_t) longest_us;

_Noreturn static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- send ---- */

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000;
}

static void look_up_once(void)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	const uint64_t start = now_us();
	uint64_t took_us, longest;
	const int code = getaddrinfo(name, NULL, &hints, &list);

	took_us = now_us() - start;
	if (code != 0) {
		fprintf(stderr, "%s: %s\n", name, gai_strerror(code));
		exit(1);
	}
	freeaddrinfo(list);
	longest = atomic_load(&longest_us);
	while (took_us > longest && !atomic_compare_exchange_weak(&longest_us, &longest, took_us))
		;
}

static void look_up(unsigned long count)
{
	while (count-- > 0)
		look_up_once();
}

static void *look_up_in_thread(void *count)
{
	look_up(*(const unsigned long *)count);
	return NULL;
}

static void look_up_in_threads(unsigned long count, unsigned threads)
{
	pthread_t ids[MOST_THREADS];
	unsigned long shares[MOST_THREADS];

	for (unsigned i = 0; i < threads; i++) {
		shares[i] = count / threads + (i < count % threads);
		errno = pthread_create(&ids[i], NULL, look_up_in_thread, &shares[i]);
		if (errno != 0)
			die("pthread_create");
	}
	for (unsigned i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
}

static unsigned long resident_kib(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file || fscanf(file, "%*u %lu", &pages) != 1)
		die("/proc/self/statm");
	fclose(file);
	return pages * ((unsigned long)sysconf(_SC_PAGESIZE) / 1024);
}

static unsigned descriptors(void)
{
	unsigned count = 0;
	DIR *folder = opendir("/proc/self/fd");

	if (!folder)
		die("/proc/self/fd");
	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 3; /* ".", ".." and the folder's own */
}

static void answer(unsigned long made)
{
	const size_t heap = mallinfo2().uordblks;

	printf("%ld %lu %" PRIu64 " %lu %zu %u\n", (long)getpid(), made, atomic_load(&longest_us),
	       resident_kib(), heap, descriptors());
	fflush(stdout);
}

static void let_child_look_up(unsigned long count)
{
	int status;
	const pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		look_up(count);
		answer(count);
		exit(0);
	}
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		die("the child");
}

static int send_events(unsigned threads)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin)) {
		const bool is_fork = strncmp(line, "fork ", 5) == 0;
		const unsigned long count = strtoul(is_fork ? line + 5 : line, NULL, 10);

		if (is_fork) {
			let_child_look_up(count);
			continue;
		}
		if (threads)
			look_up_in_threads(count, threads);
		else
			look_up(count);
		answer(count);
	}
	return 0;
}

/* ---- hear ---- */

static volatile sig_atomic_t is_over;

static void end(int signal_number)
{
	(void)signal_number;
	is_over = 1;
}

static void print_event(const struct fopnp_event_datagram *datagram,
			struct fopnp_process_cache *cache, struct fopnp_observed_lookup *lookup)
{
	const enum fopnp_observed_kind kind = fopnp_observed_decode(datagram, cache, lookup);
	const struct fopnp_event *event = &lookup->event;

	if (kind == FOPNP_OBSERVED_MALFORMED)
		printf("%ld malformed -1 -1\n", (long)datagram->pid);
	else
		printf("%ld %s %" PRId64 " %" PRId64 "\n", (long)datagram->pid,
		       kind == FOPNP_OBSERVED_PHASE ? event->phase : "lookup", event->sequence,
		       event->dropped);
}

static int hear_events(const char *path, useconds_t nap_us)
{
	struct fopnp_event_listener listener;
	struct fopnp_event_datagram datagram;
	struct fopnp_observed_lookup *lookup = fopnp_observed_create();
	struct fopnp_process_cache *cache = fopnp_process_cache_create();
	const struct sigaction on_end = { .sa_handler = end };

	sigaction(SIGTERM, &on_end, NULL);
	if (!fopnp_event_listener_open(&listener, path, 0666))
		die(path);
	printf("ready %zu\n", listener.queue);
	for (bool is_last = false; !is_last;) {
		struct pollfd ready = { .fd = listener.descriptor, .events = POLLIN };

		fflush(stdout);
		is_last = is_over;
		(void)poll(&ready, 1, is_last ? 0 : 100);
		if (nap_us)
			usleep(nap_us);
		while (fopnp_event_listener_next(&listener, &datagram))
			print_event(&datagram, cache, lookup);
	}
	fopnp_event_listener_close(&listener);
	fopnp_process_cache_destroy(cache);
	fopnp_observed_destroy(lookup);
	return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	if ((argc == 3 || argc == 4) && strcmp(argv[1], "hear") == 0)
		return hear_events(argv[2], argc == 4 ? (useconds_t)atoi(argv[3]) : 0);
	if ((argc == 3 || argc == 4) && strcmp(argv[1], "send") == 0) {
		const unsigned long threads = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;

		name = argv[2];
		if (threads <= MOST_THREADS)
			return send_events((unsigned)threads);
	}
	fprintf(stderr, "usage: event_load send NAME [THREADS] | hear SOCKET [NAP_US]\n");
	return 2;
}
