/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One side of a measurement: a process with its own files, its own module
 * (or none) and, if wanted, somebody who listens to its events.
 */
#include "tests/bench/bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MEMORY_FILE "/run/memory"

extern char **environ;

struct command {
	uint32_t task, count;
};

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- the tasks ---- */

static int look_up_name(const struct setting *setting)
{
	const struct addrinfo hints = { .ai_family = setting->family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	int code = getaddrinfo(setting->name, NULL, &hints, &list);

	if (code == 0)
		freeaddrinfo(list);
	if (setting->question != QUESTION_ABSENT)
		return code;
	return code == EAI_NONAME ? 0 : EAI_FAIL;
}

static int look_up_address(const struct setting *setting)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	char name[NI_MAXHOST];

	inet_pton(AF_INET, setting->name, &address.sin_addr);
	return getnameinfo((struct sockaddr *)&address, sizeof(address), name, sizeof(name), NULL,
			   0, NI_NAMEREQD);
}

static uint64_t run_lookups(const struct setting *setting, uint32_t count)
{
	const bool is_reverse = setting->question == QUESTION_ADDRESS;
	uint64_t start = now_ns();
	for (uint32_t i = 0; i < count; i++) {
		int code = is_reverse ? look_up_address(setting) : look_up_name(setting);
		if (code != 0) {
			fprintf(stderr, "hosts: %s: %s: %s\n", setting->line, setting->name,
				gai_strerror(code));
			_exit(1);
		}
		if (setting->listener == LISTENER_BARE)
			send_bare();
	}
	return now_ns() - start;
}

static void run_program(char *const arguments[])
{
	pid_t pid;
	int status;
	errno = posix_spawn(&pid, arguments[0], NULL, NULL, arguments, environ);
	if (errno != 0 || waitpid(pid, &status, 0) < 0)
		die(arguments[0]);
	if (status != 0) {
		fprintf(stderr, "%s: wait status %d\n", arguments[0], status);
		_exit(1);
	}
}

static uint64_t run_starts(char *const arguments[], uint32_t count)
{
	uint64_t start = now_ns();
	for (uint32_t i = 0; i < count; i++)
		run_program(arguments);
	return now_ns() - start;
}

static uint64_t read_memory(char *const arguments[], enum task task)
{
	unsigned shared = 0, private = 0;
	unsigned long heap = 0;
	run_program(arguments);
	FILE *file = fopen(MEMORY_FILE, "re");
	if (!file || fscanf(file, "%u %u %lu", &shared, &private, &heap) != 3)
		die(MEMORY_FILE);
	fclose(file);
	return task == TASK_HEAP ? heap : (uint64_t)shared << 32 | private;
}

static uint64_t do_task(const struct setting *setting, const struct command *command,
			atomic_ulong *events)
{
	static char program[4096];
	char name[256], count[16], memory[] = MEMORY_FILE;
	char *const one[] = { program, name, count, NULL };
	char *const measured[] = { program, name, count, memory, NULL };
	snprintf(program, sizeof(program), "%s", built_path("tests/bench/first_lookup"));
	snprintf(name, sizeof(name), "%s", setting->name);
	snprintf(count, sizeof(count), "%u", command->task == TASK_STARTS ? 1 : command->count);
	switch ((enum task)command->task) {
	case TASK_LOOKUPS:
		return run_lookups(setting, command->count);
	case TASK_STARTS:
		return run_starts(one, command->count);
	case TASK_SYSCALLS:
		return count_syscalls(one);
	case TASK_MEMORY:
	case TASK_HEAP:
		return read_memory(measured, (enum task)command->task);
	case TASK_EVENTS:
		return count_events(setting->listener, events);
	}
	return 0;
}

static void serve_commands(const struct setting *setting, int commands, int results)
{
	struct command command;
	atomic_ulong *events = mmap(NULL, sizeof(*events), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (events == MAP_FAILED)
		die("mmap");
	make_setting(setting);
	if (setting->order && setenv("FOPNP_ORDER", setting->order, 1) < 0)
		die("setenv");
	if (setting->is_old)
		sleep(4); /* only what was not changed within two seconds is kept */
	start_listener(setting->listener, events);
	pin_client();
	while (read(commands, &command, sizeof(command)) == (ssize_t)sizeof(command)) {
		uint64_t result = do_task(setting, &command, events);
		if (write(results, &result, sizeof(result)) != (ssize_t)sizeof(result))
			die("a result");
	}
}

/* ---- the other end ---- */

struct client start_client(const struct setting *setting)
{
	int commands[2], results[2];
	if (pipe(commands) < 0 || pipe(results) < 0)
		die("pipe");
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(commands[1]);
		close(results[0]);
		serve_commands(setting, commands[0], results[1]);
		_exit(0);
	}
	close(commands[0]);
	close(results[1]);
	return (struct client){ pid, commands[1], results[0] };
}

uint64_t ask_client(const struct client *client, enum task task, uint32_t count)
{
	const struct command command = { task, count };
	uint64_t result;
	if (write(client->commands, &command, sizeof(command)) != (ssize_t)sizeof(command) ||
	    read(client->results, &result, sizeof(result)) != (ssize_t)sizeof(result)) {
		fprintf(stderr, "a measuring process died\n");
		exit(1);
	}
	return result;
}

void stop_client(const struct client *client)
{
	/* Closing the pipe would not end it: a client started later has that end too. */
	kill(client->pid, SIGKILL);
	close(client->commands);
	close(client->results);
	(void)waitpid(client->pid, NULL, 0);
}
