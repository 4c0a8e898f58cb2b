/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Count the system calls of a program with ptrace(2). */
#include "tests/bench/bench.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_traced(char *const arguments[])
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		die("ptrace");
	execv(arguments[0], arguments);
	die(arguments[0]);
}

uint64_t count_syscalls(char *const arguments[])
{
	uint64_t stops = 0;
	int status, signal_number = 0;
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		run_traced(arguments);
	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status))
		die("the traced program");
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(long)PTRACE_O_TRACESYSGOOD);
	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)signal_number) < 0 ||
		    waitpid(pid, &status, 0) < 0)
			die("ptrace");
		if (!WIFSTOPPED(status))
			break;
		bool is_syscall = WSTOPSIG(status) == (SIGTRAP | 0x80);
		stops += is_syscall;
		signal_number = is_syscall || WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "%s failed under ptrace\n", arguments[0]);
		_exit(1);
	}
	return (stops + 1) / 2; /* each stops twice, but exit_group once */
}
