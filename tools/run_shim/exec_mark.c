/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which program will run, and the marks that say so; see exec_mark.h. */
#include "tools/run_shim/exec_mark.h"

#include "tools/run_shim/marks.h"
#include "tools/run_shim/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK         1536
#define DEFAULT_PATH "/bin:/usr/bin"
#define FD_LINK      "/proc/self/fd/"

/*
 * Put PART behind the LEN bytes of the path, with a slash between; false if it does not fit.
 * An empty directory is the working one.
 */
static bool append(struct fopnp_run_program *program, size_t len, const char *part)
{
	size_t part_len = strlen(part);

	if (len + 1 + part_len + 1 > sizeof(program->path))
		return false;
	if (len > 0 && program->path[len - 1] != '/')
		program->path[len++] = '/';
	memcpy(program->path + len, part, part_len + 1);
	return true;
}

static bool is_runnable(const char *path)
{
	struct stat file;

	return access(path, X_OK) == 0 && stat(path, &file) == 0 && S_ISREG(file.st_mode);
}

/* The path is there and runnable: make it absolute, so that it says the same to others. */
static void take(struct fopnp_run_program *out_program, const char *path)
{
	size_t len = 0;

	if (path[0] != '/') {
		/* "(unreachable)/..." is no directory */
		if (!getcwd(out_program->path, sizeof(out_program->path)) ||
		    out_program->path[0] != '/') {
			out_program->path[0] = '\0';
			return;
		}
		len = strlen(out_program->path);
	}
	if (!append(out_program, len, path))
		out_program->path[0] = '\0';
}

void fopnp_run_program_find(struct fopnp_run_program *out_program, const char *path)
{
	int saved_errno = errno;

	out_program->path[0] = '\0';
	if (fopnp_run_marks_are_open() && is_runnable(path))
		take(out_program, path);
	errno = saved_errno;
}

/* The file in one element of $PATH; false if it is not there. */
static bool find_in(struct fopnp_run_program *out_program, const char *directory, size_t len,
		    const char *file)
{
	struct fopnp_run_program candidate;

	if (len >= sizeof(candidate.path))
		return false;
	memcpy(candidate.path, directory, len);
	if (!append(&candidate, len, file) || !is_runnable(candidate.path))
		return false;
	take(out_program, candidate.path);
	return true;
}

void fopnp_run_program_search(struct fopnp_run_program *out_program, const char *file)
{
	const char *element = getenv("PATH");
	int saved_errno = errno;

	if (strchr(file, '/')) {
		fopnp_run_program_find(out_program, file);
		return;
	}
	out_program->path[0] = '\0';
	if (!fopnp_run_marks_are_open() || file[0] == '\0')
		return;
	if (!element)
		element = DEFAULT_PATH;
	for (;;) {
		size_t len = strcspn(element, ":");

		if (find_in(out_program, element, len, file) || element[len] == '\0')
			break;
		element += len + 1;
	}
	errno = saved_errno;
}

/* What a descriptor leads to, at the start of the path; 0: not known. */
static size_t read_descriptor(struct fopnp_run_program *out_program, int descriptor)
{
	char name[sizeof(FD_LINK) + 10], *to = name + sizeof(name);
	ssize_t len;

	if (descriptor < 0)
		return 0;
	*--to = '\0';
	do {
		*--to = (char)('0' + descriptor % 10);
		descriptor /= 10;
	} while (descriptor > 0);
	to -= sizeof(FD_LINK) - 1;
	memcpy(to, FD_LINK, sizeof(FD_LINK) - 1);
	len = readlink(to, out_program->path, sizeof(out_program->path) - 1);
	if (len <= 0 || out_program->path[0] != '/')
		return 0;
	out_program->path[len] = '\0';
	return (size_t)len;
}

/* The file itself, "", or one below the directory that DESCRIPTOR leads to. */
static void find_below(struct fopnp_run_program *out_program, int descriptor, const char *path)
{
	size_t len = read_descriptor(out_program, descriptor);

	if (len == 0 || (path[0] != '\0' && !append(out_program, len, path)) ||
	    !is_runnable(out_program->path))
		out_program->path[0] = '\0';
}

void fopnp_run_program_find_at(struct fopnp_run_program *out_program, int directory,
			       const char *path)
{
	int saved_errno = errno;

	out_program->path[0] = '\0';
	if (!fopnp_run_marks_are_open())
		return;
	/* The kernel says whether the path can be read: a bad one is the call's to refuse. */
	if (access(path, F_OK) == 0 || errno != EFAULT) {
		if (path[0] == '/' || (directory == AT_FDCWD && path[0] != '\0'))
			fopnp_run_program_find(out_program, path);
		else
			find_below(out_program, directory, path);
	}
	errno = saved_errno;
}

void fopnp_run_exec_tell(const struct fopnp_run_program *program, const char *phase, pid_t child)
{
	struct fopnp_run_mark mark;
	int saved_errno = errno;
	char bytes[MARK];

	if (program->path[0] == '\0')
		return;
	if (fopnp_run_is_sandboxed()) {
		errno = saved_errno;
		return;
	}
	fopnp_run_mark_begin_exec(&mark, bytes, sizeof(bytes), phase);
	fopnp_event_add_text(&mark.writer, "FOPNP_PROGRAM", program->path);
	if (child > 0)
		fopnp_event_add_number(&mark.writer, "FOPNP_CHILD", child);
	fopnp_run_mark_send(&mark);
	errno = saved_errno;
}
