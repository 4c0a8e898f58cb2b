/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a program resolves names, see program_kind.h. */
#include "tools/program_kind.h"

#include "tools/memory.h"
#include "tools/program_elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Linux: so much of a file is read to see what it is (BINPRM_BUF_SIZE), and so often "#!" leads on. */
#define HEAD_SIZE    256
#define SCRIPT_DEPTH 5

#define DEFAULT_PATH "/bin:/usr/bin" /* confstr(_CS_PATH) */

struct head {
	char bytes[HEAD_SIZE + 1]; /* NUL behind */
	size_t len;
};

static enum fopnp_program_found inspect(const char *file, const char *path_list, unsigned depth,
					struct fopnp_program_kind *kind);

/* ---- privileges ---- */

/* Whether the kernel gives the program other rights than ours: AT_SECURE of getauxval(3). */
static bool gains_privileges(int fd, const struct stat *file)
{
	struct statvfs mount;

	if ((fstatvfs(fd, &mount) == 0 && (mount.f_flag & ST_NOSUID)) ||
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return false;
	if ((file->st_mode & S_ISUID) && file->st_uid != getuid())
		return true;
	/* Without the group's x it is the mark of another thing (mandatory locks). */
	if ((file->st_mode & S_ISGID) && (file->st_mode & S_IXGRP) && file->st_gid != getgid())
		return true;
	/* Root has the capabilities already. */
	return getuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

/* ---- scripts ---- */

/* The next word of a "#!" line, cut off with a NUL; NULL: there is none. */
static char *take_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t"), *end = word + strcspn(word, " \t");

	*rest = *end ? end + 1 : end;
	*end = '\0';
	return *word ? word : NULL;
}

/* The program that env(1) will run: the first word that is neither an option nor a variable. */
static char *env_program(char *rest)
{
	char *word;

	while ((word = take_word(&rest)) && (word[0] == '-' || strchr(word, '=')))
		;
	return word;
}

static bool is_env(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, "env") == 0;
}

static enum fopnp_program_found follow(const char *interpreter, const char *path_list,
				       unsigned depth, struct fopnp_program_kind *kind)
{
	if (!kind->script)
		kind->script = fopnp_memory_copy_text(kind->path);
	return inspect(interpreter, path_list, depth + 1, kind);
}

/* fs/binfmt_script.c: the interpreter's path has to end within the head. */
static enum fopnp_program_found read_script(struct head *head, const char *path_list,
					    unsigned depth, struct fopnp_program_kind *kind)
{
	char *line = head->bytes + 2, *interpreter, *program;

	line[strcspn(line, "\n")] = '\0';
	if (head->len == HEAD_SIZE && strlen(line) == HEAD_SIZE - 2 &&
	    line[strspn(line, " \t") + strcspn(line + strspn(line, " \t"), " \t")] == '\0')
		return FOPNP_PROGRAM_STRANGE;
	interpreter = take_word(&line);
	if (!interpreter)
		return FOPNP_PROGRAM_STRANGE;
	program = is_env(interpreter) ? env_program(line) : NULL;
	if (program)
		return follow(program, path_list, depth, kind);
	/* The kernel searches nowhere: a name alone is one of the working directory. */
	if (!strchr(interpreter, '/')) {
		char local[HEAD_SIZE + 3] = "./";

		(void)strcat(local, interpreter);
		return follow(local, path_list, depth, kind);
	}
	return follow(interpreter, path_list, depth, kind);
}

/* ---- one file ---- */

static int open_regular(const char *path, struct stat *out_file)
{
	int fd;

	/* Before it is opened, too: opening a device may do something. */
	if (stat(path, out_file) != 0 || !S_ISREG(out_file->st_mode))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && (fstat(fd, out_file) != 0 || !S_ISREG(out_file->st_mode))) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static enum fopnp_program_found read_file(int fd, const struct stat *file, const char *path_list,
					  unsigned depth, struct fopnp_program_kind *kind)
{
	struct head head = { 0 };
	ssize_t len = pread(fd, head.bytes, HEAD_SIZE, 0);

	if (len <= 0)
		return FOPNP_PROGRAM_STRANGE;
	head.len = (size_t)len;
	if (head.len >= SELFMAG && memcmp(head.bytes, ELFMAG, SELFMAG) == 0) {
		if (!fopnp_program_elf_read(fd, kind))
			return FOPNP_PROGRAM_STRANGE;
		kind->is_privileged = gains_privileges(fd, file);
		return FOPNP_PROGRAM_FOUND;
	}
	if (head.bytes[0] == '#' && head.bytes[1] == '!')
		return read_script(&head, path_list, depth, kind);
	/* What the kernel does not know execvp() hands to the shell; it would not read this. */
	if (depth > 0 || memchr(head.bytes, '\0', head.len))
		return FOPNP_PROGRAM_STRANGE;
	return follow("/bin/sh", path_list, depth, kind);
}

/* What execve() would say of it: 0 or an error number. */
static int probe(const char *path)
{
	struct stat file;

	if (stat(path, &file) != 0)
		return errno;
	if (!S_ISREG(file.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

/* PATH can be executed, as far as its permissions go. */
static enum fopnp_program_found inspect_runnable(const char *path, const char *path_list,
						 unsigned depth, struct fopnp_program_kind *kind)
{
	char *copy = fopnp_memory_copy_text(path);
	enum fopnp_program_found found;
	struct stat file;
	int fd;

	free(kind->path);
	kind->path = copy;
	fd = depth <= SCRIPT_DEPTH ? open_regular(path, &file) : -1;
	if (fd < 0)
		return FOPNP_PROGRAM_STRANGE;
	found = read_file(fd, &file, path_list, depth, kind);
	(void)close(fd);
	return found;
}

/* ---- the search, as execvp() does it ---- */

/* glibc-2.36 posix/execvpe.c: errors after which it tries the next directory. */
static bool is_elsewhere(int error)
{
	return error == EACCES || error == ENOENT || error == ENOTDIR || error == ESTALE ||
	       error == ENODEV || error == ETIMEDOUT;
}

/* One element of the search; false: go on with the next. */
static bool search_in(const char *path, const char *path_list, unsigned depth,
		      struct fopnp_program_kind *kind, enum fopnp_program_found *result)
{
	int error = probe(path);
	enum fopnp_program_found found;

	if (error != 0) {
		if (error == EACCES || !is_elsewhere(error))
			*result = FOPNP_PROGRAM_DENIED;
		return !is_elsewhere(error);
	}
	found = inspect_runnable(path, path_list, depth, kind);
	if (found == FOPNP_PROGRAM_FOUND || found == FOPNP_PROGRAM_STRANGE) {
		*result = found;
		return true;
	}
	/* A script without its interpreter is the same error as no script. */
	if (found == FOPNP_PROGRAM_DENIED)
		*result = found;
	if (depth == 0) {
		free(kind->script);
		kind->script = NULL;
	}
	return false;
}

static enum fopnp_program_found search(const char *name, const char *path_list, unsigned depth,
				       struct fopnp_program_kind *kind)
{
	enum fopnp_program_found result = FOPNP_PROGRAM_MISSING;
	const char *element = path_list ? path_list : DEFAULT_PATH;

	for (;;) {
		size_t len = strcspn(element, ":");
		/* An empty element is the working directory. */
		char *path = fopnp_memory_format("%.*s%s%s", (int)len, element, len > 0 ? "/" : "",
						 name);
		bool is_over = search_in(path, path_list, depth, kind, &result);

		free(path);
		if (is_over || element[len] == '\0')
			return result;
		element += len + 1;
	}
}

static enum fopnp_program_found inspect(const char *file, const char *path_list, unsigned depth,
					struct fopnp_program_kind *kind)
{
	int error;

	if (file[0] == '\0')
		return FOPNP_PROGRAM_MISSING;
	if (!strchr(file, '/'))
		return search(file, path_list, depth, kind);
	error = probe(file);
	if (error != 0)
		return error == ENOENT ? FOPNP_PROGRAM_MISSING : FOPNP_PROGRAM_DENIED;
	return inspect_runnable(file, path_list, depth, kind);
}

enum fopnp_program_found fopnp_program_inspect(const char *file, const char *path_list,
					       struct fopnp_program_kind *out_kind)
{
	*out_kind = (struct fopnp_program_kind){ .libc = FOPNP_PROGRAM_UNKNOWN_LIBC };
	return inspect(file, path_list, 0, out_kind);
}

void fopnp_program_kind_clear(struct fopnp_program_kind *kind)
{
	free(kind->path);
	free(kind->script);
	free(kind->loader);
	*kind = (struct fopnp_program_kind){ 0 };
}

const char *fopnp_program_why_unseen(const struct fopnp_program_kind *kind, const char **out_id)
{
	static const struct {
		const char *id, *text;
	} reasons[] = {
		{ "program-foreign",
		  "its calls are not seen: it is for another machine or word size, which fopnp has no "
		  "library for" },
		{ "program-privileged",
		  "its calls are not seen: it gains privileges (setuid, setgid or capabilities), so "
		  "that nothing is preloaded" },
		{ "program-go",
		  "its lookups are not seen: it was made by Go without libc's resolver and reads "
		  "resolv.conf and hosts itself" },
		{ "program-go",
		  "its lookups may not be seen: it was made by Go, which resolves names "
		  "itself unless GODEBUG=netdns=cgo or the system's files make it ask "
		  "libc" },
		{ "program-static", "its calls are not seen: it is statically linked, so that "
				    "nothing is preloaded" },
		{ "program-musl", "its lookups are not seen: it uses musl, whose resolver has no "
				  "NSS modules" },
		{ "program-unknown", "its calls are not seen: its loader is neither glibc's nor "
				     "musl's" },
	};
	bool is_go = kind->is_go && !kind->is_go_cgo;
	bool is_met[] = { kind->is_other_machine,
			  kind->is_privileged,
			  is_go,
			  kind->is_go_cgo,
			  kind->libc == FOPNP_PROGRAM_STATIC,
			  kind->libc == FOPNP_PROGRAM_MUSL,
			  kind->libc == FOPNP_PROGRAM_UNKNOWN_LIBC };

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		*out_id = reasons[i].id;
		if (is_met[i])
			return reasons[i].text;
	}
	*out_id = NULL;
	return NULL;
}
