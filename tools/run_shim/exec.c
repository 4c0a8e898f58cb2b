/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The exec family and posix_spawn(), marked and passed on.  exec_mark.h says what may not be done
 * here.  That an exec inside an exec of another preloaded library is marked twice does no harm;
 * a note that we are inside would stay behind in a vfork()'s parent.  Ours do not call each other by
 * their exported names: those may be another library's, in front of us.
 */
#include "tools/run_shim/exec_mark.h"
#include "tools/run_shim/real.h"
#include "tools/run_shim/run_shim.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int run_execve(const char *path, char *const argv[], char *const environment[])
{
	struct fopnp_run_program program;
	int result;

	fopnp_run_program_find(&program, path);
	fopnp_run_exec_tell(&program, "exec", 0);
	result = FOPNP_REAL(execve)(path, argv, environment);
	fopnp_run_exec_tell(&program, "exec-failed", 0);
	return result;
}

static int run_execv(const char *path, char *const argv[])
{
	struct fopnp_run_program program;
	int result;

	fopnp_run_program_find(&program, path);
	fopnp_run_exec_tell(&program, "exec", 0);
	result = FOPNP_REAL(execv)(path, argv);
	fopnp_run_exec_tell(&program, "exec-failed", 0);
	return result;
}

static int run_execvp(const char *file, char *const argv[])
{
	struct fopnp_run_program program;
	int result;

	fopnp_run_program_search(&program, file);
	fopnp_run_exec_tell(&program, "exec", 0);
	result = FOPNP_REAL(execvp)(file, argv);
	fopnp_run_exec_tell(&program, "exec-failed", 0);
	return result;
}

FOPNP_RUN_EXPORT int execve(const char *path, char *const argv[], char *const environment[])
{
	return run_execve(path, argv, environment);
}

FOPNP_RUN_EXPORT int execv(const char *path, char *const argv[])
{
	return run_execv(path, argv);
}

FOPNP_RUN_EXPORT int execvp(const char *file, char *const argv[])
{
	return run_execvp(file, argv);
}

FOPNP_RUN_EXPORT int execvpe(const char *file, char *const argv[], char *const environment[])
{
	struct fopnp_run_program program;
	int result;

	fopnp_run_program_search(&program, file);
	fopnp_run_exec_tell(&program, "exec", 0);
	result = FOPNP_REAL(execvpe)(file, argv, environment);
	fopnp_run_exec_tell(&program, "exec-failed", 0);
	return result;
}

FOPNP_RUN_EXPORT int fexecve(int descriptor, char *const argv[], char *const environment[])
{
	struct fopnp_run_program program;
	int result;

	fopnp_run_program_find_at(&program, descriptor, "");
	fopnp_run_exec_tell(&program, "exec", 0);
	result = FOPNP_REAL(fexecve)(descriptor, argv, environment);
	fopnp_run_exec_tell(&program, "exec-failed", 0);
	return result;
}

FOPNP_RUN_EXPORT int execveat(int directory, const char *path, char *const argv[],
			      char *const environment[], int flags)
{
	struct fopnp_run_program program;
	int result;

	fopnp_run_program_find_at(&program, directory, path);
	fopnp_run_exec_tell(&program, "exec", 0);
	if (FOPNP_REAL(execveat)) /* musl has none */
		result = FOPNP_REAL(execveat)(directory, path, argv, environment, flags);
	else
		result = (int)syscall(SYS_execveat, directory, path, argv, environment, flags);
	fopnp_run_exec_tell(&program, "exec-failed", 0);
	return result;
}

/* ---- argument lists ---- */

/*
 * The arguments of a call as an array.  Usual ones lie on the stack, others in pages of their own:
 * neither the heap nor a stack of unknown size is to be had here.  (Where the exec of a vfork()'s
 * child then succeeds, the pages stay with the parent: nobody is left to give them back.)
 */
#define USUAL_ARGUMENTS 64

struct arguments {
	char *usual[USUAL_ARGUMENTS];
	char **all;
	size_t count; /* with the NULL */
};

static size_t count(const char *first, va_list rest)
{
	size_t count = 1;

	for (const char *argument = first; argument; argument = va_arg(rest, const char *))
		count++;
	return count;
}

/* An array that has room for COUNT; false with errno. */
static bool make_room(struct arguments *arguments, size_t count)
{
	void *pages;

	arguments->count = count;
	arguments->all = arguments->usual;
	if (count <= USUAL_ARGUMENTS)
		return true;
	if (count > INT_MAX) {
		errno = E2BIG;
		return false;
	}
	pages = mmap(NULL, count * sizeof(char *), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	arguments->all = pages;
	return pages != MAP_FAILED;
}

static void give_back(struct arguments *arguments)
{
	int saved_errno = errno;

	if (arguments->all != arguments->usual)
		(void)munmap(arguments->all, arguments->count * sizeof(char *));
	errno = saved_errno;
}

/*
 * The list that begins with FIRST, of which REST and AGAIN are the rest twice over; AGAIN is left
 * behind the NULL at the end.  False with errno.
 */
static bool collect(struct arguments *arguments, const char *first, va_list rest, va_list *again)
{
	if (!make_room(arguments, count(first, rest)))
		return false;
	arguments->all[0] = (char *)(uintptr_t)first;
	for (size_t i = 1; i < arguments->count; i++)
		arguments->all[i] = va_arg(*again, char *);
	return true;
}

FOPNP_RUN_EXPORT int execl(const char *path, const char *first, ...)
{
	struct arguments arguments;
	va_list rest, again;
	int result = -1;

	va_start(rest, first);
	va_copy(again, rest);
	if (collect(&arguments, first, rest, &again)) {
		result = run_execv(path, arguments.all);
		give_back(&arguments);
	}
	va_end(again);
	va_end(rest);
	return result;
}

FOPNP_RUN_EXPORT int execlp(const char *file, const char *first, ...)
{
	struct arguments arguments;
	va_list rest, again;
	int result = -1;

	va_start(rest, first);
	va_copy(again, rest);
	if (collect(&arguments, first, rest, &again)) {
		result = run_execvp(file, arguments.all);
		give_back(&arguments);
	}
	va_end(again);
	va_end(rest);
	return result;
}

FOPNP_RUN_EXPORT int execle(const char *path, const char *first, ...)
{
	struct arguments arguments;
	va_list rest, again;
	int result = -1;

	va_start(rest, first);
	va_copy(again, rest);
	if (collect(&arguments, first, rest, &again)) {
		result = run_execve(path, arguments.all, va_arg(again, char *const *));
		give_back(&arguments);
	}
	va_end(again);
	va_end(rest);
	return result;
}

/* ---- posix_spawn ---- */

typedef int spawn_function(pid_t *restrict, const char *restrict,
			   const posix_spawn_file_actions_t *restrict,
			   const posix_spawnattr_t *restrict, char *const[restrict],
			   char *const[restrict]);

/* PROGRAM is known before, since the child may be gone, and the file with it, after. */
static int spawn(spawn_function *real, const struct fopnp_run_program *program, pid_t *out_child,
		 const char *path, const posix_spawn_file_actions_t *actions,
		 const posix_spawnattr_t *attributes, char *const argv[], char *const environment[])
{
	pid_t child = 0;
	int error =
		real(out_child ? out_child : &child, path, actions, attributes, argv, environment);

	if (error == 0)
		fopnp_run_exec_tell(program, "spawn", out_child ? *out_child : child);
	return error;
}

FOPNP_RUN_EXPORT int posix_spawn(pid_t *restrict out_child, const char *restrict path,
				 const posix_spawn_file_actions_t *restrict actions,
				 const posix_spawnattr_t *restrict attributes,
				 char *const argv[restrict], char *const environment[restrict])
{
	struct fopnp_run_program program;

	fopnp_run_program_find(&program, path);
	return spawn(FOPNP_REAL(posix_spawn), &program, out_child, path, actions, attributes, argv,
		     environment);
}

FOPNP_RUN_EXPORT int posix_spawnp(pid_t *restrict out_child, const char *restrict file,
				  const posix_spawn_file_actions_t *restrict actions,
				  const posix_spawnattr_t *restrict attributes,
				  char *const argv[restrict], char *const environment[restrict])
{
	struct fopnp_run_program program;

	fopnp_run_program_search(&program, file);
	return spawn(FOPNP_REAL(posix_spawnp), &program, out_child, file, actions, attributes, argv,
		     environment);
}
