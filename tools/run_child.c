/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting the command, and being one with it where signals are concerned. */
#include "tools/run_child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not for us: a closed pipe or a file's limit is an error of write(), and nobody stops us for what we print. */
static const int CHANGED[FOPNP_RUN_SAVED_SIGNALS] = { SIGCHLD, SIGPIPE, SIGXFSZ, SIGTTOU };

/* What reaches us alone when somebody means the command. */
static const int PASSED_ON[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,  SIGUSR1,
				 SIGUSR2, SIGALRM, SIGPWR,  SIGWINCH, SIGCONT };
#define PASSED_ON_COUNT (sizeof(PASSED_ON) / sizeof(PASSED_ON[0]))

static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* What was ignored stays ignored, by us as by the command: a blocked signal would be kept. */
bool fopnp_run_child_hold_signals(struct fopnp_run_child *out_child)
{
	static const struct sigaction defaults = { .sa_handler = SIG_DFL };
	static const struct sigaction ignoring = { .sa_handler = SIG_IGN };
	sigset_t held;

	*out_child = (struct fopnp_run_child){ 0 };
	(void)sigemptyset(&held);
	(void)sigaddset(&held, SIGCHLD);
	for (size_t i = 0; i < PASSED_ON_COUNT; i++)
		if (PASSED_ON[i] == SIGCONT || !is_ignored(PASSED_ON[i]))
			(void)sigaddset(&held, PASSED_ON[i]);
	for (size_t i = 0; i < FOPNP_RUN_SAVED_SIGNALS; i++)
		(void)sigaction(CHANGED[i], CHANGED[i] == SIGCHLD ? &defaults : &ignoring,
				&out_child->old_actions[i]);
	(void)sigprocmask(SIG_BLOCK, &held, &out_child->old_mask);
	out_child->signals = signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
	return out_child->signals != -1;
}

static void release_signals(const struct fopnp_run_child *child)
{
	for (size_t i = 0; i < FOPNP_RUN_SAVED_SIGNALS; i++)
		(void)sigaction(CHANGED[i], &child->old_actions[i], NULL);
	(void)sigprocmask(SIG_SETMASK, &child->old_mask, NULL);
}

static bool is_end(uint32_t number)
{
	return number == SIGINT || number == SIGQUIT || number == SIGTERM || number == SIGHUP;
}

bool fopnp_run_child_was_ended(struct fopnp_run_child *child)
{
	struct signalfd_siginfo signal;

	while (!child->has_ended &&
	       read(child->signals, &signal, sizeof(signal)) == (ssize_t)sizeof(signal)) {
		if (!is_end(signal.ssi_signo))
			continue;
		child->has_ended = true;
		child->status = (int)signal.ssi_signo; /* as of one that it killed */
	}
	return child->has_ended;
}

/* In the child: what is left of us is what exec() keeps. */
static _Noreturn void become_command(const struct fopnp_run_child *child,
				     const struct fopnp_run_child_start *start, int failure)
{
	int error;

	if (start->stdout_descriptor == -1)
		(void)close(STDOUT_FILENO);
	else
		(void)dup2(start->stdout_descriptor, STDOUT_FILENO);
	start->prepare(start->context);
	release_signals(child);
	(void)execvp(start->argv[0], start->argv);
	error = errno;
	while (write(failure, &error, sizeof(error)) == -1 && errno == EINTR)
		;
	_exit(127);
}

/* The errno of the child's exec(), 0: it succeeded and the pipe was closed by it. */
static int read_failure(int descriptor)
{
	int error = 0;
	ssize_t len;

	do
		len = read(descriptor, &error, sizeof(error));
	while (len == -1 && errno == EINTR);
	return len == (ssize_t)sizeof(error) ? error : 0;
}

bool fopnp_run_child_start(struct fopnp_run_child *child, const struct fopnp_run_child_start *start,
			   bool *out_was_exec)
{
	int ends[2], error;

	*out_was_exec = false;
	child->waits_for_others = start->waits_for_others;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	if (start->waits_for_others)
		(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	child->pid = fork();
	if (child->pid == 0)
		become_command(child, start, ends[1]);
	error = errno;
	(void)close(ends[1]);
	if (child->pid > 0) {
		error = read_failure(ends[0]);
		*out_was_exec = error != 0;
	}
	(void)close(ends[0]);
	if (error == 0 || (child->pid > 0 && !*out_was_exec))
		return true;
	if (child->pid > 0)
		(void)waitpid(child->pid, NULL, 0);
	errno = error;
	return false;
}

/* ---- signals ---- */

static bool is_stopped(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == pid;
}

/*
 * The terminal sends its signals to the whole group, so that the command has them already; but
 * SIGHUP of a terminal that is gone to the session's leader alone.  What the command itself sends
 * to its parent is not meant for the command.
 */
static bool is_for_command(const struct fopnp_run_child *child,
			   const struct signalfd_siginfo *signal)
{
	if (signal->ssi_signo == SIGCONT)
		return child->has_stopped || is_stopped(child->pid);
	if (signal->ssi_code == SI_KERNEL)
		return signal->ssi_signo == SIGHUP || signal->ssi_signo == SIGPWR;
	return signal->ssi_pid != (uint32_t)child->pid;
}

static bool is_in_foreground(void)
{
	int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool is_ours;

	if (terminal == -1)
		return false;
	is_ours = tcgetpgrp(terminal) == getpgrp();
	(void)close(terminal);
	return is_ours;
}

/* A command that stops alone must not leave its user before a terminal that is silent. */
static void stop_with(const struct fopnp_run_child *child)
{
	if (!is_in_foreground())
		return;
	(void)raise(SIGSTOP);
	(void)kill(child->pid, SIGCONT); /* we go on: by `fg`, or by a SIGCONT to us alone */
}

static void see_command(struct fopnp_run_child *child, int status)
{
	if (WIFSTOPPED(status)) {
		child->has_stopped = true;
		stop_with(child);
	} else if (WIFCONTINUED(status)) {
		child->has_stopped = false;
	} else {
		child->has_ended = true;
		child->status = status;
	}
}

/* With --wait we have others' children, too: while the command runs none is to stay a zombie. */
static void see_children(struct fopnp_run_child *child)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED)) > 0)
		if (pid == child->pid && !child->has_ended)
			see_command(child, status);
	child->is_last |= pid == -1 && errno == ECHILD;
}

static void take(struct fopnp_run_child *child, const struct signalfd_siginfo *signal)
{
	int number = (int)signal->ssi_signo;

	if (number == SIGCHLD)
		return;
	if (!child->has_ended) {
		if (is_for_command(child, signal))
			(void)kill(child->pid, number);
		return;
	}
	/* Enough of waiting for the others. */
	if (is_end(signal->ssi_signo))
		child->is_last = true;
}

void fopnp_run_child_take_signals(struct fopnp_run_child *child)
{
	struct signalfd_siginfo signal;

	while (read(child->signals, &signal, sizeof(signal)) == (ssize_t)sizeof(signal))
		take(child, &signal);
	see_children(child);
}

bool fopnp_run_child_is_over(const struct fopnp_run_child *child)
{
	return child->has_ended && (!child->waits_for_others || child->is_last);
}

/* ---- the end ---- */

int fopnp_run_child_exit_status(const struct fopnp_run_child *child)
{
	return WIFSIGNALED(child->status) ? 128 + WTERMSIG(child->status)
					  : WEXITSTATUS(child->status);
}

static void die_by(int number)
{
	static const struct rlimit no_core = { 0, 0 };
	static const struct sigaction defaults = { .sa_handler = SIG_DFL };
	sigset_t only;

	(void)setrlimit(RLIMIT_CORE, &no_core);   /* the command's core is the one to look at ... */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* ... also where a program takes cores */
	(void)sigaction(number, &defaults, NULL);
	(void)sigemptyset(&only);
	(void)sigaddset(&only, number);
	(void)raise(number);
	(void)sigprocmask(SIG_UNBLOCK, &only, NULL);
}

_Noreturn void fopnp_run_child_end_like(const struct fopnp_run_child *child)
{
	if (WIFSIGNALED(child->status))
		die_by(WTERMSIG(child->status));
	exit(fopnp_run_child_exit_status(child));
}
