/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /proc says of a process: of one that sent an event, and of all that run. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define FOPNP_PROCESS_COMM 64
/* The nested pid namespaces that a process can be in (MAX_PID_NS_LEVEL of Linux, and ours). */
#define FOPNP_PROCESS_LEVELS 33

struct fopnp_process_info {
	pid_t pid;           /* in our namespace */
	uint64_t start_time; /* clock ticks since boot: tells a pid from its successor */
	bool is_program;     /* no thread of the kernel, no zombie */
	char comm[FOPNP_PROCESS_COMM];
	char *exe;   /* what it runs, without " (deleted)"; NULL: not for us to see */
	int64_t uid; /* real; -1: unknown */
	/* Its user ids are other numbers than ours: another user namespace. */
	bool has_other_uids;
	pid_t levels[FOPNP_PROCESS_LEVELS]; /* its pid in our namespace, then in each deeper one */
	size_t level_count;                 /* 0: unknown */
};

/*
 * What /proc knows of PID just now (proc(5)); false if the process is gone, or /proc is not
 * there or that of another pid namespace.  fopnp_process_info_clear() frees what it holds.
 */
bool fopnp_process_info_read(pid_t pid, struct fopnp_process_info *out_info);
void fopnp_process_info_clear(struct fopnp_process_info *info);

/* Whether the process calls itself PID in some namespace that we can see. */
bool fopnp_process_info_is_called(const struct fopnp_process_info *info, pid_t pid);

/*
 * The same through a cache, since a watcher asks for each event: an entry is believed for
 * a second, then read again, and kept as it was if the process is gone.  CLAIM is what the process
 * calls its program, NULL or "": not told; where that changes, it runs another one (or is
 * another process with the same pid) and is read at once, and forgotten if it is gone.
 * NULL: gone and not in the cache.  The result holds until the next call.
 */
struct fopnp_process_cache;
struct fopnp_process_cache *fopnp_process_cache_create(void);
void fopnp_process_cache_destroy(struct fopnp_process_cache *cache);
const struct fopnp_process_info *fopnp_process_cache_find(struct fopnp_process_cache *cache,
							  pid_t pid, const char *claim);
/* Read PID anew the next time: it has begun another program. */
void fopnp_process_cache_forget(struct fopnp_process_cache *cache, pid_t pid);

/*
 * The processes that run now (no kernel threads, no zombies), and how many of them
 * have our module mapped.
 */
struct fopnp_process_count {
	size_t processes;
	size_t with_module;
	size_t unreadable; /* their maps are not for us to see */
};
struct fopnp_process_count fopnp_process_count_module(void);

/*
 * How many processes have been started, they or those that they forked off from, with
 * ASSIGNMENT ("NAME=value") in their environment, without those that IS_KNOWN.
 */
size_t fopnp_process_count_environment(const char *assignment,
				       bool (*is_known)(const void *context, pid_t pid),
				       const void *context);
