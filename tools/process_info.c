/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading /proc, see process_info.h.  All files of a process are reached through one
 * descriptor of its directory: once it is gone they fail, and never are its successor's.
 */
#include "tools/process_info.h"

#include "tools/clock.h"
#include "tools/memory.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BELIEVED_US   1000000
#define EARLY_READS   20         /* of a process in that time: it might claim otherwise each time */
#define KERNEL_THREAD 0x00200000 /* PF_KTHREAD of the kernel's include/linux/sched.h */
#define CHUNK         65536
#define MAPS_MOST     (16u << 20) /* of one process: a list without end is not ours to read */
#define MODULE        "/libnss_fopnp.so"

/* ---- files of a process ---- */

static int open_process(pid_t pid)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The first SIZE - 1 bytes of a file, with a NUL behind; -1: it cannot be read. */
static ssize_t read_start(int directory, const char *name, char *text, size_t size)
{
	int file = openat(directory, name, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t len = -1;

	if (file == -1)
		return -1;
	while (used < size - 1) {
		len = read(file, text + used, size - 1 - used);
		if (len <= 0)
			break;
		used += (size_t)len;
	}
	(void)close(file);
	text[used] = '\0';
	return len < 0 ? -1 : (ssize_t)used;
}

/* Whether /proc tells of our own pid namespace: `unshare --pid` alone leaves the old one there. */
static bool is_proc_ours(void)
{
	char self[32];
	ssize_t len = readlink("/proc/self", self, sizeof(self) - 1);

	if (len <= 0)
		return false;
	self[len] = '\0';
	return strtol(self, NULL, 10) == getpid();
}

struct stat_line {
	char comm[FOPNP_PROCESS_COMM];
	char state;
	unsigned long flags;
	uint64_t start_time;
};

/*
 * "PID (COMM) STATE PPID PGRP SESSION TTY TPGID FLAGS ... STARTTIME ...".  COMM may hold
 * anything, blanks, newlines and parentheses, but nothing behind it holds a parenthesis.
 */
static bool read_stat(int directory, struct stat_line *out_line)
{
	char text[1024];
	ssize_t len = read_start(directory, "stat", text, sizeof(text));
	const char *start, *end;
	size_t comm_len;

	if (len <= 0)
		return false;
	start = memchr(text, '(', (size_t)len);
	end = memrchr(text, ')', (size_t)len);
	if (!start || !end || end < start ||
	    sscanf(end + 1, " %c %*d %*d %*d %*d %*d %lu", &out_line->state, &out_line->flags) != 2)
		return false;
	comm_len = (size_t)(end - start - 1);
	if (comm_len >= sizeof(out_line->comm))
		comm_len = sizeof(out_line->comm) - 1;
	memcpy(out_line->comm, start + 1, comm_len);
	out_line->comm[comm_len] = '\0';
	return sscanf(end + 1,
		      " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d"
		      " %" SCNu64,
		      &out_line->start_time) == 1;
}

static bool is_program(const struct stat_line *line)
{
	return !(line->flags & KERNEL_THREAD) && line->state != 'Z';
}

static void read_levels(const char *numbers, struct fopnp_process_info *info)
{
	char *end;

	while (info->level_count < FOPNP_PROCESS_LEVELS) {
		long number = strtol(numbers, &end, 10);

		if (end == numbers)
			return;
		info->levels[info->level_count++] = (pid_t)number;
		numbers = end;
	}
}

/* The name in it is escaped, so that each line is what it seems.  False: the process is gone. */
static bool read_status(int directory, struct fopnp_process_info *info)
{
	int descriptor = openat(directory, "status", O_RDONLY | O_CLOEXEC);
	FILE *file = descriptor != -1 ? fdopen(descriptor, "r") : NULL;
	FOPNP_AUTO_FREE char *line = NULL;
	size_t size = 0;

	if (!file) {
		if (descriptor != -1)
			(void)close(descriptor);
		return false;
	}
	while (getline(&line, &size, file) > 0)
		if (strncmp(line, "Uid:", 4) == 0)
			info->uid = strtoll(line + 4, NULL, 10);
		else if (strncmp(line, "NSpid:", 6) == 0)
			read_levels(line + 6, info);
	(void)fclose(file);
	return info->uid >= 0;
}

/* The kernel writes " (deleted)" behind the path of a program that was replaced or removed. */
static char *read_exe(int directory)
{
	static const char deleted[] = " (deleted)";
	const size_t deleted_len = sizeof(deleted) - 1;
	FOPNP_AUTO_FREE char *path = fopnp_memory_zeroed(PATH_MAX, 1);
	ssize_t len = readlinkat(directory, "exe", path, PATH_MAX - 1);
	size_t path_len;

	if (len <= 0)
		return NULL;
	path_len = (size_t)len;
	if (path_len > deleted_len &&
	    memcmp(path + path_len - deleted_len, deleted, deleted_len) == 0)
		path_len -= deleted_len;
	return fopnp_memory_copy(path, path_len);
}

/* Maps that look the same to us are the same: both tell of the namespace that we are in. */
static bool has_other_uids(int directory)
{
	char ours[1024], theirs[1024];

	return read_start(AT_FDCWD, "/proc/self/uid_map", ours, sizeof(ours)) < 0 ||
	       read_start(directory, "uid_map", theirs, sizeof(theirs)) < 0 ||
	       strcmp(ours, theirs) != 0;
}

bool fopnp_process_info_read(pid_t pid, struct fopnp_process_info *out_info)
{
	int directory = pid > 0 && is_proc_ours() ? open_process(pid) : -1;
	struct stat_line line;
	bool is_there;

	*out_info = (struct fopnp_process_info){ .pid = pid, .uid = -1 };
	if (directory == -1)
		return false;
	is_there = read_stat(directory, &line) && read_status(directory, out_info);
	if (is_there) {
		out_info->start_time = line.start_time;
		out_info->is_program = is_program(&line);
		memcpy(out_info->comm, line.comm, sizeof(out_info->comm));
		out_info->exe = read_exe(directory);
		out_info->has_other_uids = has_other_uids(directory);
	}
	(void)close(directory);
	return is_there;
}

void fopnp_process_info_clear(struct fopnp_process_info *info)
{
	free(info->exe);
	info->exe = NULL;
}

bool fopnp_process_info_is_called(const struct fopnp_process_info *info, pid_t pid)
{
	if (info->pid == pid)
		return true;
	for (size_t i = 0; i < info->level_count; i++)
		if (info->levels[i] == pid)
			return true;
	return false;
}

/* ---- the cache ---- */

#define SETS 1024
#define WAYS 4 /* pids that share a set: of those the one asked for longest ago is forgotten */

struct entry {
	struct fopnp_process_info info; /* pid 0: free */
	char claim[FOPNP_PROCESS_COMM];
	uint64_t read_us, asked_us;
	uint64_t early_us; /* since then so many early_reads */
	unsigned early_reads;
	bool is_stale;
};

struct fopnp_process_cache {
	struct entry sets[SETS][WAYS];
};

struct fopnp_process_cache *fopnp_process_cache_create(void)
{
	return fopnp_memory_zeroed(1, sizeof(struct fopnp_process_cache));
}

void fopnp_process_cache_destroy(struct fopnp_process_cache *cache)
{
	if (!cache)
		return;
	for (size_t set = 0; set < SETS; set++)
		for (size_t way = 0; way < WAYS; way++)
			fopnp_process_info_clear(&cache->sets[set][way].info);
	free(cache);
}

/* The entry of PID, or the one to be used for it. */
static struct entry *find_entry(struct fopnp_process_cache *cache, pid_t pid)
{
	struct entry *set = cache->sets[(unsigned)pid % SETS], *oldest = set;

	for (size_t way = 0; way < WAYS; way++) {
		if (set[way].info.pid == pid)
			return &set[way];
		if (set[way].asked_us < oldest->asked_us)
			oldest = &set[way];
	}
	return oldest;
}

static void forget_entry(struct entry *entry)
{
	fopnp_process_info_clear(&entry->info);
	*entry = (struct entry){ 0 };
}

static bool may_read_early(struct entry *entry, uint64_t now_us)
{
	if (now_us - entry->early_us >= BELIEVED_US) {
		entry->early_us = now_us;
		entry->early_reads = 0;
	}
	return entry->early_reads++ < EARLY_READS;
}

static bool is_believed(struct entry *entry, const char *claim, uint64_t now_us)
{
	if (now_us - entry->read_us >= BELIEVED_US)
		return false;
	if (!entry->is_stale && (claim[0] == '\0' || strcmp(entry->claim, claim) == 0))
		return true;
	return !may_read_early(entry, now_us);
}

/* Of a process that is gone: what is known of it, but not if it had begun another program. */
static bool is_still_it(const struct entry *entry, pid_t pid, const char *claim)
{
	return entry->info.pid == pid &&
	       (claim[0] == '\0' || entry->claim[0] == '\0' || strcmp(entry->claim, claim) == 0);
}

/* False if the process is gone and nothing is known of it. */
static bool refresh(struct entry *entry, pid_t pid, const char *claim, uint64_t now_us)
{
	struct fopnp_process_info info;
	size_t claim_len = strnlen(claim, sizeof(entry->claim) - 1);

	if (!fopnp_process_info_read(pid, &info)) {
		fopnp_process_info_clear(&info);
		if (is_still_it(entry, pid, claim)) {
			entry->read_us = now_us; /* nor are the gone looked for at each event */
			return true;
		}
		if (entry->info.pid == pid)
			forget_entry(entry);
		return false;
	}
	if (entry->info.pid != pid)
		entry->early_reads = 0;
	entry->read_us = now_us;
	fopnp_process_info_clear(&entry->info);
	entry->info = info;
	entry->is_stale = false;
	memcpy(entry->claim, claim, claim_len);
	entry->claim[claim_len] = '\0';
	return true;
}

const struct fopnp_process_info *fopnp_process_cache_find(struct fopnp_process_cache *cache,
							  pid_t pid, const char *claim)
{
	uint64_t now_us = fopnp_clock_now_us();
	struct entry *entry;

	if (pid <= 0)
		return NULL;
	claim = claim ? claim : "";
	entry = find_entry(cache, pid);
	if ((entry->info.pid != pid || !is_believed(entry, claim, now_us)) &&
	    !refresh(entry, pid, claim, now_us))
		return NULL;
	entry->asked_us = now_us;
	return &entry->info;
}

void fopnp_process_cache_forget(struct fopnp_process_cache *cache, pid_t pid)
{
	struct entry *entry = find_entry(cache, pid);

	if (entry->info.pid == pid)
		entry->is_stale = true;
}

/* ---- all processes ---- */

/* Whether the file holds TEXT (of LEN); read in pieces that overlap. */
static bool holds(int file, const char *text, size_t text_len, char *room)
{
	const size_t overlap = text_len - 1;
	size_t kept = 0;
	ssize_t len;

	for (size_t total = 0; total < MAPS_MOST; total += (size_t)len) {
		size_t used;

		len = read(file, room + kept, CHUNK - kept);
		if (len <= 0)
			return false;
		used = kept + (size_t)len;
		if (memmem(room, used, text, text_len))
			return true;
		kept = used < overlap ? used : overlap;
		memmove(room, room + used - kept, kept);
	}
	return false;
}

static void count_process(pid_t pid, char *room, struct fopnp_process_count *count)
{
	int directory = open_process(pid), maps;
	struct stat_line line;

	if (directory == -1)
		return;
	if (read_stat(directory, &line) && is_program(&line) && line.state != 'X') {
		count->processes++;
		maps = openat(directory, "maps", O_RDONLY | O_CLOEXEC);
		if (maps == -1) {
			count->unreadable += errno == EACCES || errno == EPERM;
		} else {
			count->with_module += holds(maps, MODULE, sizeof(MODULE) - 1, room);
			(void)close(maps);
		}
	}
	(void)close(directory);
}

struct fopnp_process_count fopnp_process_count_module(void)
{
	struct fopnp_process_count count = { 0 };
	FOPNP_AUTO_FREE char *room = NULL;
	DIR *processes = opendir("/proc");
	const struct dirent *entry;

	if (!processes)
		return count;
	room = fopnp_memory_zeroed(CHUNK, 1);
	while ((entry = readdir(processes)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]))
			count_process((pid_t)strtol(entry->d_name, NULL, 10), room, &count);
	(void)closedir(processes);
	return count;
}

/* ASSIGNMENT with the byte behind it, which ends it. */
static bool has_in_environment(pid_t pid, const char *assignment, char *room)
{
	int directory = open_process(pid), environment;
	bool has_it = false;

	if (directory == -1)
		return false;
	environment = openat(directory, "environ", O_RDONLY | O_CLOEXEC);
	if (environment != -1) {
		has_it = holds(environment, assignment, strlen(assignment) + 1, room);
		(void)close(environment);
	}
	(void)close(directory);
	return has_it;
}

size_t fopnp_process_count_environment(const char *assignment,
				       bool (*is_known)(const void *context, pid_t pid),
				       const void *context)
{
	FOPNP_AUTO_FREE char *room = NULL;
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	size_t count = 0;

	if (!processes)
		return 0;
	room = fopnp_memory_zeroed(CHUNK, 1);
	while ((entry = readdir(processes)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && !is_known(context, pid))
			count += has_in_environment(pid, assignment, room);
	}
	(void)closedir(processes);
	return count;
}
