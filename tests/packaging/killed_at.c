/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Run a command, and kill it with all its children where one of them is about to make the N-th
 * system call that changes a file or waits for the disk.  Between two such calls all files are the
 * same, so killing at each of them is killing at every moment.
 * Usage: killed_at N COMMAND [ARGUMENT...]
 * Exit status: 0 it was killed; 1 it made fewer such calls, and has ended; 2 this program failed.
 * N = 0: it is not killed; the names of the calls go to the standard error stream.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES_MAX 4096
#define NO_FLAGS      -1

/* Calls that change files.  With a place of open flags: only when those ask for writing. */
static const struct call {
	int number;
	int flags_argument;
	const char *name;
} calls[] = {
	{ SYS_openat, 2, "openat" },
	{ SYS_write, NO_FLAGS, "write" },
	{ SYS_pwrite64, NO_FLAGS, "pwrite64" },
	{ SYS_writev, NO_FLAGS, "writev" },
	{ SYS_sendfile, NO_FLAGS, "sendfile" },
	{ SYS_copy_file_range, NO_FLAGS, "copy_file_range" },
	{ SYS_fallocate, NO_FLAGS, "fallocate" },
	{ SYS_truncate, NO_FLAGS, "truncate" },
	{ SYS_ftruncate, NO_FLAGS, "ftruncate" },
	{ SYS_renameat2, NO_FLAGS, "renameat2" },
	{ SYS_unlinkat, NO_FLAGS, "unlinkat" },
	{ SYS_mkdirat, NO_FLAGS, "mkdirat" },
	{ SYS_linkat, NO_FLAGS, "linkat" },
	{ SYS_symlinkat, NO_FLAGS, "symlinkat" },
	{ SYS_fchmod, NO_FLAGS, "fchmod" },
	{ SYS_fchmodat, NO_FLAGS, "fchmodat" },
	{ SYS_fchown, NO_FLAGS, "fchown" },
	{ SYS_fchownat, NO_FLAGS, "fchownat" },
	{ SYS_utimensat, NO_FLAGS, "utimensat" },
	{ SYS_setxattr, NO_FLAGS, "setxattr" },
	{ SYS_lsetxattr, NO_FLAGS, "lsetxattr" },
	{ SYS_fsetxattr, NO_FLAGS, "fsetxattr" },
	{ SYS_sync, NO_FLAGS, "sync" },
	{ SYS_syncfs, NO_FLAGS, "syncfs" },
	{ SYS_fsync, NO_FLAGS, "fsync" },
	{ SYS_fdatasync, NO_FLAGS, "fdatasync" },
#ifdef SYS_renameat
	{ SYS_renameat, NO_FLAGS, "renameat" },
#endif
#ifdef SYS_open /* older architectures have these, too */
	{ SYS_open, 1, "open" },
	{ SYS_creat, NO_FLAGS, "creat" },
	{ SYS_rename, NO_FLAGS, "rename" },
	{ SYS_unlink, NO_FLAGS, "unlink" },
	{ SYS_rmdir, NO_FLAGS, "rmdir" },
	{ SYS_mkdir, NO_FLAGS, "mkdir" },
	{ SYS_link, NO_FLAGS, "link" },
	{ SYS_symlink, NO_FLAGS, "symlink" },
	{ SYS_chmod, NO_FLAGS, "chmod" },
	{ SYS_chown, NO_FLAGS, "chown" },
	{ SYS_lchown, NO_FLAGS, "lchown" },
#endif
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

static pid_t processes[PROCESSES_MAX];
static size_t process_count;

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

/* The part of the filter for calls[INDEX]: its length.  The number of the call is loaded. */
static unsigned short add_call(struct sock_filter *code, size_t index)
{
	const size_t flags_at = offsetof(struct seccomp_data, args) +
				(size_t)calls[index].flags_argument * sizeof(__u64) +
				(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(__u32) : 0);
	const unsigned writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
	const bool has_flags = calls[index].flags_argument != NO_FLAGS;
	const struct sock_filter of_flags[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)flags_at),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, writing, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_filter other = BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[index].number, 0, has_flags ? 4 : 1);
	const struct sock_filter ask =
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | (unsigned)index);
	unsigned short len = 0;

	code[len++] = other;
	for (size_t i = 0; has_flags && i < 3; i++)
		code[len++] = of_flags[i];
	code[len++] = ask;
	return len;
}

/* Let the tracer be asked about those calls, by their place in the table. */
static void install_filter(void)
{
	static struct sock_filter code[CALLS * 5 + 2];
	struct sock_fprog program = { .filter = code };

	code[program.len++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
							   offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < CALLS; i++)
		program.len += add_call(code + program.len, i);
	code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		fail("seccomp");
}

static _Noreturn void run(char **command)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		fail("ptrace");
	raise(SIGSTOP);
	install_filter();
	execvp(command[0], command);
	fail(command[0]);
	_exit(2);
}

static bool is_known(pid_t process)
{
	for (size_t i = 0; i < process_count; i++)
		if (processes[i] == process)
			return true;
	return false;
}

static void add_process(pid_t process)
{
	if (process_count == PROCESSES_MAX) {
		errno = E2BIG;
		fail("processes");
	}
	processes[process_count++] = process;
}

static void remove_process(pid_t process)
{
	for (size_t i = 0; i < process_count; i++)
		if (processes[i] == process)
			processes[i--] = processes[--process_count];
}

/* None of them runs when this returns: they are traced, so that their ends are told here. */
static void kill_all(void)
{
	pid_t process;
	int status;

	for (size_t i = 0; i < process_count; i++)
		kill(processes[i], SIGKILL);
	while ((process = waitpid(-1, &status, __WALL)) > 0)
		if (WIFSTOPPED(status)) /* one that has just begun, too */
			kill(process, SIGKILL);
}

static const struct call *call_of(pid_t process)
{
	unsigned long index = CALLS;

	if (ptrace(PTRACE_GETEVENTMSG, process, NULL, &index) != 0 || index >= CALLS)
		fail("ptrace: message");
	return &calls[index];
}

/* Go on until the N-th call (true: killed there) or the end of all processes. */
static bool follow(unsigned long n)
{
	unsigned long count = 0;
	pid_t process;
	int status;

	while ((process = waitpid(-1, &status, __WALL)) > 0) {
		int event = status >> 16, deliver = 0;

		if (!WIFSTOPPED(status)) {
			remove_process(process);
			continue;
		}
		if (event == PTRACE_EVENT_SECCOMP) {
			if (n == 0)
				fprintf(stderr, "%s\n", call_of(process)->name);
			if (++count == n) {
				kill_all();
				return true;
			}
		} else if (!is_known(process)) {
			add_process(process); /* stopped as it began */
		} else if (event == 0 && WSTOPSIG(status) != SIGTRAP) {
			deliver = WSTOPSIG(status);
		}
		ptrace(PTRACE_CONT, process, NULL, (void *)(long)deliver);
	}
	return false;
}

int main(int argc, char **argv)
{
	const long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
	pid_t child;
	int status;

	if (argc < 3) {
		fprintf(stderr, "usage: killed_at N COMMAND [ARGUMENT...]\n");
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	child = fork();
	if (child == 0)
		run(argv + 2);
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)options) != 0)
		fail("ptrace");
	add_process(child);
	ptrace(PTRACE_CONT, child, NULL, NULL);
	return follow(strtoul(argv[1], NULL, 10)) ? 0 : 1;
}
