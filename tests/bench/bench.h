/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a lookup costs on the plain hosts line and through fopnp.
 *
 *	bench.c        the rows of the table, medians and ratios
 *	client.c       a process on one side, which does what it is told and says how long it took
 *	listener.c     who listens to its events
 *	system.c       the private files, the network and the processors
 *	dns_server.c   a name server that answers from memory
 *	syscalls.c     how many system calls a program makes
 *	first_lookup.c the program whose start is measured
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BENCH_HOSTS_NAME    "last.hosts.example"
#define BENCH_HOSTS_ADDRESS "10.255.0.1" /* the same line's; begins as all others do */
#define BENCH_ABSENT_NAME   "absent.hosts.example"
#define BENCH_DNS_NAME      "name.dns.example"
#define BENCH_DEAD_SERVER   "127.0.0.2"

enum listener {
	LISTENER_NONE,
	LISTENER_FOPNP_LOG,
	LISTENER_WATCH,
	LISTENER_WATCH_POLLED,   /* looks now and then, so that no send has to wake it */
	LISTENER_WATCH_FROZEN,   /* never reads: its queue is full */
	LISTENER_COMMAND,        /* `fopnp watch` */
	LISTENER_COMMAND_JSON,   /* `fopnp watch --json` */
	LISTENER_JOURNAL,        /* `log journal`, and systemd's journald */
	LISTENER_JOURNAL_FROZEN, /* the same, stopped */
	LISTENER_BARE,           /* of no events: the client itself sends a datagram of that size */
};

enum question {
	QUESTION_NAME,
	QUESTION_ABSENT,  /* a name that nobody has */
	QUESTION_ADDRESS, /* NAME is an address, for getnameinfo */
};

/* The system that one side sees. */
struct setting {
	const char *line; /* behind "hosts: " */
	unsigned hosts_lines;
	const char *name; /* to look up */
	int family;
	enum listener listener;
	const char *order; /* FOPNP_ORDER, or NULL */
	enum question question;
	bool is_old;               /* the hosts file was not changed a moment ago */
	bool is_first_server_dead; /* of two name servers */
	bool is_without_events;    /* the module was built without them */
};

/* ---- system.c ---- */

/* False: namespaces cannot be made here. */
bool enter_private_system(void);
/* Files as SETTING says, for this process and its children alone. */
void make_setting(const struct setting *setting);
/* Clients on one processor, everything that serves them on another. */
void pin_client(void);
void pin_server(void);
void die(const char *what) __attribute__((noreturn));
/* A file with that text, below a folder that exists. */
void write_text(const char *path, const char *text);
/* Absolute path of FILE below the build folder. */
const char *built_path(const char *file);

/* ---- listener.c ---- */

/*
 * Somebody who listens to what this process sends, on another processor, and ends
 * with it.  EVENTS, in shared memory, is for readers of our own to count with.
 */
void start_listener(enum listener kind, atomic_ulong *events);
/* How many it has read until now. */
uint64_t count_events(enum listener kind, const atomic_ulong *events);
/* False: its program is not on this machine. */
bool listener_is_here(enum listener kind);
/* To LISTENER_BARE. */
void send_bare(void);

/* ---- client.c ---- */

enum task {
	TASK_LOOKUPS,  /* COUNT lookups in this process: nanoseconds */
	TASK_STARTS,   /* COUNT times a program that does one: nanoseconds */
	TASK_SYSCALLS, /* a program that does COUNT: its system calls */
	TASK_MEMORY,   /* a program that does COUNT: its PSS << 32 and private memory, in KiB */
	TASK_HEAP,     /* a program that does COUNT: bytes that malloc has given out then */
	TASK_EVENTS,   /* how many events the listener has read */
};

struct client {
	pid_t pid;
	int commands, results;
};

struct client start_client(const struct setting *setting);
uint64_t ask_client(const struct client *client, enum task task, uint32_t count);
void stop_client(const struct client *client);

/* ---- dns_server.c ---- */

/* A process that answers on 127.0.0.1 port 53: one A and one AAAA record for any name. */
pid_t start_dns_server(void);
/* A socket that takes queries and never answers, at BENCH_DEAD_SERVER: kept open by this process. */
void open_dead_dns_server(void);

/* ---- syscalls.c ---- */

/* Run a program to its end, counting its system calls.  It must exit with 0. */
uint64_t count_syscalls(char *const arguments[]);
