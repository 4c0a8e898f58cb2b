/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running programs and our module, by /proc and the programs' files. */
#include "tools/status_processes.h"

#include "nss_module/lookup/nsswitch_file.h"
#include "tools/memory.h"
#include "tools/process_info.h"
#include "tools/program_kind.h"
#include "tools/progress.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MODULE    "/libnss_fopnp.so"
#define LIBC      "/libc.so.6"
#define PATH_ROOM 64

/* What was found of a program's file: many processes run the same one. */
struct program {
	dev_t device;
	ino_t inode;
	enum fopnp_status_state state; /* IDLE: it can load modules */
	bool is_go_cgo;
};

struct scan {
	struct fopnp_status_processes *processes;
	struct program *programs;
	size_t program_count;
	struct stat nsswitch; /* of ours */
	double written;       /* it, or the library if that is later; seconds since boot */
};

static const char *process_path(pid_t pid, const char *name, char room[static PATH_ROOM])
{
	(void)snprintf(room, PATH_ROOM, "/proc/%d/%s", (int)pid, name);
	return room;
}

/* ---- a program's file ---- */

static enum fopnp_status_state judge(const struct fopnp_program_kind *kind)
{
	if (kind->is_other_machine)
		return FOPNP_STATUS_FOREIGN;
	if (kind->is_go && !kind->is_go_cgo)
		return FOPNP_STATUS_GO;
	switch (kind->libc) {
	case FOPNP_PROGRAM_GLIBC:
		return FOPNP_STATUS_IDLE;
	case FOPNP_PROGRAM_MUSL:
		return FOPNP_STATUS_MUSL;
	case FOPNP_PROGRAM_STATIC:
		return FOPNP_STATUS_STATIC;
	case FOPNP_PROGRAM_UNKNOWN_LIBC:
		break;
	}
	return FOPNP_STATUS_FOREIGN;
}

static const struct program *find_program(struct scan *scan, const char *path,
					  const struct stat *file)
{
	struct fopnp_program_kind kind;
	struct program *added;

	for (size_t i = 0; i < scan->program_count; i++)
		if (scan->programs[i].inode == file->st_ino &&
		    scan->programs[i].device == file->st_dev)
			return &scan->programs[i];
	scan->programs = fopnp_memory_resize(scan->programs, scan->program_count + 1,
					     sizeof(*scan->programs));
	added = &scan->programs[scan->program_count];
	*added = (struct program){
		.device = file->st_dev,
		.inode = file->st_ino,
		.state = FOPNP_STATUS_UNREADABLE,
	};
	if (fopnp_program_inspect(path, NULL, &kind) == FOPNP_PROGRAM_FOUND) {
		added->state = judge(&kind);
		added->is_go_cgo = kind.is_go && kind.is_go_cgo;
		fopnp_program_kind_clear(&kind);
		scan->program_count++; /* else the next process may show it: this one may have ended */
	}
	return added;
}

/* ---- a process ---- */

/* What a process has mapped. */
struct maps {
	enum fopnp_status_state state; /* of our module; IDLE: nothing */
	bool has_libc;                 /* glibc's shared library */
	char *module; /* the path of our module, as seen from our root; NULL: none */
};

/* A line of maps ends in the path. */
static void take_module(char *line, struct maps *maps)
{
	char *path = strchr(line, '/');

	maps->state = strstr(line, " (deleted)") ? FOPNP_STATUS_REPLACED : FOPNP_STATUS_MAPPED;
	line[strcspn(line, "\n")] = '\0';
	maps->module = fopnp_memory_copy_text(path);
}

static void read_maps(pid_t pid, struct maps *out_maps)
{
	FOPNP_AUTO_FREE char *line = NULL;
	char path[PATH_ROOM];
	FILE *file = fopen(process_path(pid, "maps", path), "re");
	size_t size = 0;

	*out_maps = (struct maps){ .state = FOPNP_STATUS_IDLE };
	if (!file) {
		out_maps->state = FOPNP_STATUS_UNREADABLE;
		return;
	}
	while (!out_maps->module && getline(&line, &size, file) > 0) {
		out_maps->has_libc = out_maps->has_libc || strstr(line, LIBC);
		if (strstr(line, MODULE))
			take_module(line, out_maps);
	}
	(void)fclose(file);
}

/*
 * Whether the process, which sees another nsswitch.conf than we, has the module that we have: it
 * loaded it, and then changed its root directory.  In a container, or below the root that it has, it
 * is one of its own.
 */
static bool is_our_module(pid_t pid, const char *module)
{
	FOPNP_AUTO_FREE char *root = fopnp_memory_zeroed(PATH_MAX, 1);
	char path[PATH_ROOM];
	struct stat own, its;
	ssize_t len;

	if (stat("/proc/self/ns/mnt", &own) != 0 ||
	    stat(process_path(pid, "ns/mnt", path), &its) != 0 || own.st_ino != its.st_ino)
		return false;
	len = readlink(process_path(pid, "root", path), root, PATH_MAX - 1);
	if (len <= 1) /* the very root, or gone */
		return len == 1;
	return strncmp(module, root, (size_t)len) != 0 || module[len] != '/';
}

/* The file that it would read, by its own root and mounts. */
static bool sees_our_nsswitch(const struct scan *scan, pid_t pid)
{
	char path[PATH_ROOM];
	struct stat file;
	int result = stat(process_path(pid, "root" FOPNP_NSSWITCH_PATH, path), &file);

	if (scan->nsswitch.st_ino == 0)
		return result != 0;
	return result == 0 && file.st_dev == scan->nsswitch.st_dev &&
	       file.st_ino == scan->nsswitch.st_ino;
}

static double boot_seconds(uint64_t ticks)
{
	return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

static enum fopnp_status_state find_state(const struct scan *scan,
					  const struct fopnp_process_info *info,
					  const struct program *program)
{
	bool can_load = program->state == FOPNP_STATUS_IDLE;
	FOPNP_AUTO_FREE char *module = NULL;
	struct maps maps;

	read_maps(info->pid, &maps);
	module = maps.module;
	if (maps.state == FOPNP_STATUS_UNREADABLE)
		return maps.state;
	if (!sees_our_nsswitch(scan, info->pid) && !(module && is_our_module(info->pid, module)))
		return FOPNP_STATUS_ELSEWHERE;
	if (module)
		return maps.state;
	/* Started as "ld.so PROGRAM", its file is the loader, which has none itself. */
	if (program->state == FOPNP_STATUS_STATIC && maps.has_libc)
		can_load = true;
	if (!can_load)
		return program->state;
	return boot_seconds(info->start_time) < scan->written ? FOPNP_STATUS_EARLIER
							      : FOPNP_STATUS_IDLE;
}

static void add(struct scan *scan, const struct fopnp_process_info *info,
		enum fopnp_status_state state, bool is_go_cgo)
{
	struct fopnp_status_processes *processes = scan->processes;

	processes->list = fopnp_memory_resize(processes->list, processes->count + 1,
					      sizeof(*processes->list));
	processes->list[processes->count++] = (struct fopnp_status_process){
		.pid = info->pid,
		.state = state,
		.is_go_cgo = is_go_cgo,
		.comm = fopnp_memory_copy_text(info->comm),
		.exe = fopnp_memory_copy_text(info->exe),
	};
	processes->counts[state]++;
}

/* Threads of the kernel and zombies have no program. */
static void look_at(struct scan *scan, pid_t pid)
{
	struct fopnp_process_info info;
	char path[PATH_ROOM];
	struct stat file;

	if (pid == getpid())
		return;
	if (fopnp_process_info_read(pid, &info) && info.is_program) {
		if (stat(process_path(pid, "exe", path), &file) == 0) {
			const struct program *program = find_program(scan, path, &file);
			enum fopnp_status_state state = find_state(scan, &info, program);

			if (stat(path, &file) == 0) /* it still runs */
				add(scan, &info, state, program->is_go_cgo);
		} else if (errno == EACCES || errno == EPERM) {
			add(scan, &info, FOPNP_STATUS_UNREADABLE, false);
		}
	}
	fopnp_process_info_clear(&info);
}

/* ---- all of them ---- */

static int compare(const void *a_entry, const void *b_entry)
{
	const struct fopnp_status_process *a = a_entry, *b = b_entry;
	int order = a->state < b->state ? -1 : a->state > b->state;

	if (order == 0)
		order = strcmp(a->comm, b->comm);
	return order ? order : (a->pid > b->pid) - (a->pid < b->pid);
}

static double seconds(const struct timespec *time)
{
	return (double)time->tv_sec + (double)time->tv_nsec / 1e9;
}

/*
 * When nsswitch.conf and the library came to be as they are, by the clock that start times count in.
 * Whoever looked for the library while it was not there never looks again.
 */
static void find_files(struct scan *scan, const char *library)
{
	struct timespec now = { 0 }, since_boot = { 0 };
	struct stat file;

	if (stat(FOPNP_NSSWITCH_PATH, &scan->nsswitch) != 0) {
		scan->nsswitch.st_ino = 0;
		return;
	}
	scan->written = seconds(&scan->nsswitch.st_ctim);
	if (library && stat(library, &file) == 0 && seconds(&file.st_ctim) > scan->written)
		scan->written = seconds(&file.st_ctim);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)clock_gettime(CLOCK_BOOTTIME, &since_boot);
	scan->written += seconds(&since_boot) - seconds(&now);
}

/* There is always a first process, and all may read this of it. */
static bool are_others_hidden(void)
{
	int file = open("/proc/1/stat", O_RDONLY | O_CLOEXEC);

	if (file != -1)
		(void)close(file);
	return file == -1;
}

void fopnp_status_processes_read(const char *library, struct fopnp_status_processes *out_processes)
{
	struct scan scan = { .processes = out_processes };
	struct fopnp_process_info self;
	const struct dirent *entry;
	DIR *processes;

	*out_processes = (struct fopnp_status_processes){ 0 };
	out_processes->is_known = fopnp_process_info_read(getpid(), &self);
	fopnp_process_info_clear(&self);
	processes = out_processes->is_known ? opendir("/proc") : NULL;
	if (!processes)
		return;
	out_processes->are_others_hidden = are_others_hidden();
	find_files(&scan, library);
	fopnp_progress_start("looking at the running programs");
	while ((entry = readdir(processes)) != NULL) {
		fopnp_progress_tick();
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at(&scan, (pid_t)strtol(entry->d_name, NULL, 10));
	}
	(void)closedir(processes);
	fopnp_progress_stop();
	free(scan.programs);
	if (out_processes->count > 0)
		qsort(out_processes->list, out_processes->count, sizeof(*out_processes->list),
		      compare);
}

void fopnp_status_processes_clear(struct fopnp_status_processes *processes)
{
	for (size_t i = 0; i < processes->count; i++) {
		free(processes->list[i].comm);
		free(processes->list[i].exe);
	}
	free(processes->list);
	*processes = (struct fopnp_status_processes){ 0 };
}

/* ---- in words ---- */

const char *fopnp_status_state_name(enum fopnp_status_state state)
{
	static const char *const names[FOPNP_STATUS_STATES] = {
		"mapped", "replaced", "started-before", "no-lookup-yet", "static",
		"musl",   "go",       "foreign",        "elsewhere",     "unreadable",
	};

	return names[state];
}

/* Processes of one name stand together: from FIRST on so many. */
static size_t count_same(const struct fopnp_status_processes *processes, size_t first)
{
	const struct fopnp_status_process *list = processes->list;
	size_t end = first + 1;

	while (end < processes->count && list[end].state == list[first].state &&
	       strcmp(list[end].comm, list[first].comm) == 0)
		end++;
	return end - first;
}

char *fopnp_status_names(const struct fopnp_status_processes *processes,
			 enum fopnp_status_state state, size_t most)
{
	char *names = NULL;
	size_t shown = 0, left = 0, same;

	for (size_t i = 0; i < processes->count; i += same) {
		FOPNP_AUTO_FREE char *before = NULL;
		char times[32] = "";

		same = count_same(processes, i);
		if (processes->list[i].state != state)
			continue;
		if (shown++ >= most) {
			left++;
			continue;
		}
		if (same > 1)
			(void)snprintf(times, sizeof(times), " (%zu)", same);
		before = names;
		names = fopnp_memory_format("%s%s%s%s", before ? before : "", before ? ", " : "",
					    processes->list[i].comm, times);
	}
	if (left > 0) {
		FOPNP_AUTO_FREE char *before = names;

		names = fopnp_memory_format("%s and %zu more", before, left);
	}
	return names;
}
