/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Marks around exec and posix_spawn.  All of it may run in the child of a vfork(), on its parent's
 * stack and in its parent's memory, and in the child of a fork() with threads: no allocation, no
 * locks, no thread-local storage, nothing kept.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* The longest path that is told. */
#define FOPNP_RUN_PROGRAM 1024

/* The file that will run, or "": nothing that could, and so nothing to tell. */
struct fopnp_run_program {
	char path[FOPNP_RUN_PROGRAM];
};

/* PATH as execve() takes it.  This and the next two preserve errno. */
void fopnp_run_program_find(struct fopnp_run_program *out_program, const char *path);
/* FILE as execvp() takes it: searched for in $PATH if it has no slash. */
void fopnp_run_program_search(struct fopnp_run_program *out_program, const char *file);
/* PATH as execveat() takes it, seen from DIRECTORY; "" with AT_EMPTY_PATH is that file itself. */
void fopnp_run_program_find_at(struct fopnp_run_program *out_program, int directory,
			       const char *path);

/* "exec", "exec-failed"; "spawn" with the CHILD's pid.  Preserves errno. */
void fopnp_run_exec_tell(const struct fopnp_run_program *program, const char *phase, pid_t child);
