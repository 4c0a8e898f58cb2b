/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Test cases in processes and namespaces of their own. */
#include "tests/nss/isolated.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASE_SECONDS 60 /* a case that takes longer has deadlocked */
#define SKIPPED      77
#define PATH_SIZE    1024

/* Told to the process that runs one case. */
#define CASE_VARIABLE "ISOLATED_CASE"

#if UNDER_TSAN
/* glibc's own locks are unknown to it: what libc allocates under them looks like a race. */
const char *__tsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void)
{
	return "called_from_lib:libc.so.6\n";
}
#endif

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

const char *isolated_built(const char *file)
{
	static char path[PATH_MAX];
	static char folder[PATH_MAX];
	const char *build = getenv("BUILD");

	if (!realpath(build ? build : "build", folder))
		die("the build folder");
	if (snprintf(path, sizeof(path), "%s/%s", folder, file) >= (int)sizeof(path))
		die("the build folder's path");
	return path;
}

static void write_whole(const char *path, const char *bytes, size_t len)
{
	char draft[PATH_SIZE];
	int fd;

	snprintf(draft, sizeof(draft), "%s.new", path);
	fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || close(fd) < 0 ||
	    rename(draft, path) < 0)
		die(path);
}

void isolated_write(const char *path, const char *text)
{
	write_whole(path, text, strlen(text));
}

/* ---- namespaces ---- */

static bool write_proc(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool is_done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return is_done;
}

/* Without root, become root of a user namespace, which may mount as well. */
static bool enter_namespaces(void)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (uid == 0)
		return unshare(CLONE_NEWNS | CLONE_NEWNET) == 0;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) < 0)
		return false;
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)uid);
	if (!write_proc("/proc/self/setgroups", "deny") || !write_proc("/proc/self/uid_map", map))
		return false;
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)gid);
	return write_proc("/proc/self/gid_map", map);
}

static void copy_from(int folder, const char *name)
{
	static char bytes[1 << 20];
	char path[PATH_SIZE];
	ssize_t len;
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	len = read(fd, bytes, sizeof(bytes));
	close(fd);
	snprintf(path, sizeof(path), "/etc/%s", name);
	if (len >= 0)
		write_whole(path, bytes, (size_t)len);
}

/* /etc keeps only what programs need to start. */
static void make_private_system(void)
{
	int etc = open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "/etc", "tmpfs", 0, "mode=0755") < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "mode=0755") < 0)
		die("a private /etc and /run");
	copy_from(etc, "ld.so.cache");
	copy_from(etc, "passwd");
	copy_from(etc, "group");
	close(etc);
	isolated_write("/etc/host.conf", "multi on\n");
	isolated_write("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
	isolated_write("/etc/nsswitch.conf", "hosts: files\n");
	isolated_write("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
}

/* ---- cases ---- */

static void add_option(const char *variable, const char *option)
{
	const char *before = getenv(variable);
	char value[1024];

	snprintf(value, sizeof(value), "%s%s%s", before ? before : "", before ? ":" : "", option);
	setenv(variable, value, 1);
}

static void set_environment(const struct isolated_case *chosen)
{
	static const char *const unwanted[] = { "FOPNP_ORDER",  "FOPNP_LOG",       "FOPNP_CONF",
						"FOPNP_BYPASS", "LOCALDOMAIN",     "RES_OPTIONS",
						"HOSTALIASES",  "RESOLV_HOST_CONF" };
	static char libraries[2 * PATH_MAX];
	int used;

	for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
		unsetenv(unwanted[i]);
	used = snprintf(libraries, sizeof(libraries), "%s", isolated_built("lib"));
	snprintf(libraries + used, sizeof(libraries) - (size_t)used, ":%s",
		 isolated_built("tests/modules"));
	setenv("LD_LIBRARY_PATH", libraries, 1);
	/* its signal stack is taken down wrongly when a thread is cancelled (gcc 12) */
	if (UNDER_ASAN)
		add_option("ASAN_OPTIONS", "use_sigaltstack=0");
	for (size_t i = 0; chosen->environment[i]; i++) {
		/* putenv(3) keeps the pointer and never writes to it */
		if (putenv(strdup(chosen->environment[i])) != 0)
			die("putenv");
	}
	setenv(CASE_VARIABLE, chosen->test.name, 1);
}

static bool run_case(const struct isolated_case *chosen, char **argv)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		char *arguments[] = { argv[0], NULL };

		make_private_system();
		set_environment(chosen);
		alarm(CASE_SECONDS);
		execv("/proc/self/exe", arguments);
		die("exec");
	}
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	if (WIFSIGNALED(status))
		fprintf(stderr, "%s: killed by signal %d (%s)\n", chosen->test.name,
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static const struct isolated_case *find_case(const struct isolated_case *cases, size_t count,
					     const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(cases[i].test.name, name) == 0)
			return &cases[i];
	}
	fprintf(stderr, "there is no case %s\n", name);
	exit(2);
}

static bool is_wanted(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], name) == 0)
			return true;
	}
	return argc < 2;
}

int isolated_main(int argc, char **argv, const struct isolated_case *cases, size_t count)
{
	const char *name = getenv(CASE_VARIABLE);
	size_t failed = 0;

	if (name) {
		const struct CMUnitTest one[] = { find_case(cases, count, name)->test };

		unsetenv(CASE_VARIABLE);
		return cmocka_run_group_tests(one, NULL, NULL) != 0;
	}
	if (!enter_namespaces()) {
		printf("mount and network namespaces cannot be made here\n");
		return SKIPPED;
	}
	for (size_t i = 0; i < count; i++) {
		if (is_wanted(argc, argv, cases[i].test.name) && !run_case(&cases[i], argv)) {
			fprintf(stderr, "FAILED: %s\n", cases[i].test.name);
			failed++;
		}
	}
	return failed != 0;
}
