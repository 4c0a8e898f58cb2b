/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Those who listen to a client's events: readers of our own, `fopnp watch`, journald. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define WATCH_SOCKET   "/run/fopnp/events.sock"
#define LOG_SOCKET     "/run/listener.sock"
#define BARE_SOCKET    "/run/bare.sock"
#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define WATCHED        "/run/watched" /* what a program says on standard output */
#define JOURNALD       "/usr/lib/systemd/systemd-journald"
#define EVENT_SIZE     700 /* of a lookup with one step and one address */
#define SOCKET_TRIES   100 /* of 50 ms, until a listener has made its socket */

static int bare_fd = -1;

void send_bare(void)
{
	static const char bytes[EVENT_SIZE];
	(void)send(bare_fd, bytes, sizeof(bytes), MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool listener_is_here(enum listener kind)
{
	return (kind != LISTENER_JOURNAL && kind != LISTENER_JOURNAL_FROZEN) ||
	       access(JOURNALD, X_OK) == 0;
}

/* ---- readers of our own: they read and count ---- */

static _Noreturn void read_events(int fd, enum listener kind, atomic_ulong *events)
{
	static char event[16384];
	const bool is_polled = kind == LISTENER_WATCH_POLLED || kind == LISTENER_BARE;
	for (;;) {
		if (kind == LISTENER_WATCH_FROZEN)
			pause();
		else if (recv(fd, event, sizeof(event), is_polled ? MSG_DONTWAIT : 0) > 0)
			atomic_fetch_add(events, 1);
		else
			usleep(200);
	}
}

/* A child that ends with this process and stands on the other processor. */
static pid_t fork_listener(void)
{
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pin_server();
	}
	return pid;
}

static void connect_bare(const struct sockaddr_un *address)
{
	bare_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (connect(bare_fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		die(address->sun_path);
}

static void start_reader(enum listener kind, const char *path, atomic_ulong *events)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	strcpy(address.sun_path, path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die(path);
	if (fork_listener() == 0)
		read_events(fd, kind, events);
	close(fd);
	if (kind == LISTENER_BARE)
		connect_bare(&address);
	if (kind == LISTENER_FOPNP_LOG && setenv("FOPNP_LOG", path, 1) < 0)
		die("setenv");
}

/* ---- programs ---- */

static void wait_for_socket(const char *path, pid_t pid)
{
	struct stat file;
	for (unsigned i = 0; i < SOCKET_TRIES; i++) {
		if (stat(path, &file) == 0 && S_ISSOCK(file.st_mode) && kill(pid, 0) == 0)
			return;
		usleep(50000);
	}
	errno = ETIMEDOUT;
	die(path);
}

static pid_t start_program(const char *program, char *const arguments[], const char *socket_path)
{
	pid_t pid = fork_listener();
	if (pid == 0) {
		const int output = open(WATCHED, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(open("/dev/null", O_RDWR), 0);
		dup2(output, 1);
		dup2(open("/dev/null", O_RDWR), 2);
		execv(program, arguments);
		_exit(127);
	}
	wait_for_socket(socket_path, pid);
	return pid;
}

static void start_watch(bool is_json)
{
	char fopnp[] = "fopnp", watch[] = "watch", json[] = "--json";
	char *const arguments[] = { fopnp, watch, is_json ? json : NULL, NULL };
	start_program(built_path("bin/fopnp"), arguments, WATCH_SOCKET);
}

/* Volatile, and without a rate limit: every entry is kept. */
static void start_journald(bool is_frozen)
{
	char name[] = JOURNALD;
	char *const arguments[] = { name, NULL };
	mkdir("/etc/systemd", 0755);
	mkdir("/run/log", 0755);
	mkdir("/run/log/journal", 0755);
	mkdir("/run/systemd", 0755);
	mkdir("/run/systemd/journal", 0755);
	write_text("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	write_text("/etc/systemd/journald.conf",
		   "[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=no\nRateLimitIntervalSec=0\n"
		   "RuntimeMaxUse=512M\n");
	write_text("/etc/fopnp.conf", "log journal\n");
	(void)mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL);
	pid_t pid = start_program(JOURNALD, arguments, JOURNAL_SOCKET);
	sleep(1); /* the socket is there before it reads from it */
	if (is_frozen)
		kill(pid, SIGSTOP);
}

void start_listener(enum listener kind, atomic_ulong *events)
{
	switch (kind) {
	case LISTENER_NONE:
		break;
	case LISTENER_FOPNP_LOG:
		start_reader(kind, LOG_SOCKET, events);
		break;
	case LISTENER_WATCH:
	case LISTENER_WATCH_POLLED:
	case LISTENER_WATCH_FROZEN:
		start_reader(kind, WATCH_SOCKET, events);
		break;
	case LISTENER_COMMAND:
	case LISTENER_COMMAND_JSON:
		start_watch(kind == LISTENER_COMMAND_JSON);
		break;
	case LISTENER_JOURNAL:
	case LISTENER_JOURNAL_FROZEN:
		start_journald(kind == LISTENER_JOURNAL_FROZEN);
		break;
	case LISTENER_BARE:
		start_reader(kind, BARE_SOCKET, events);
		break;
	}
}

static uint64_t run_count(const char *command)
{
	unsigned long count = 0;
	FILE *output = popen(command, "re");
	if (!output || fscanf(output, "%lu", &count) != 1)
		die(command);
	pclose(output);
	return count;
}

uint64_t count_events(enum listener kind, const atomic_ulong *events)
{
	usleep(200000); /* what was sent last may still lie in the socket */
	switch (kind) {
	case LISTENER_COMMAND:
	case LISTENER_COMMAND_JSON:
		return run_count("wc -l <" WATCHED);
	case LISTENER_JOURNAL:
		return run_count("journalctl -q -D /run/log/journal -o cat --output-fields=MESSAGE "
				 "SYSLOG_IDENTIFIER=nss_fopnp | wc -l");
	case LISTENER_NONE:
	case LISTENER_FOPNP_LOG:
	case LISTENER_WATCH:
	case LISTENER_WATCH_POLLED:
	case LISTENER_WATCH_FROZEN:
	case LISTENER_JOURNAL_FROZEN:
	case LISTENER_BARE:
		break;
	}
	return atomic_load(events);
}
