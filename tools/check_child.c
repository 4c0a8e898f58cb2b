/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs in children, their results through pipes. */
#include "tools/check_child.h"

#include "tools/clock.h"
#include "tools/memory.h"
#include "tools/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a crash may take to end a process: its core is written meanwhile. */
#define CRASH_US 1000000

struct running {
	pid_t pid;
	int pipe; /* -1: its result is here, or never comes */
};

/* What a module prints must not get between our output and its reader. */
static void silence(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && null != -1; fd++)
		(void)dup2(null, fd);
}

_Noreturn static void be_child(const struct fopnp_check_child *child, int out, pid_t parent)
{
	FOPNP_AUTO_FREE char *result = fopnp_memory_zeroed(child->size, 1);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* A group of its own: what a module starts there ends with it. */
	(void)setpgid(0, 0);
	silence();
	child->run(child->context, result, child->size);
	_exit(write(out, result, child->size) == (ssize_t)child->size ? 0 : 1);
}

static void start(struct fopnp_check_child *child, struct running *running)
{
	pid_t parent = getpid();
	int ends[2];

	*running = (struct running){ .pid = -1, .pipe = -1 };
	child->end = FOPNP_CHECK_CHILD_NOT_MADE;
	child->signal = 0;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	running->pid = fork();
	if (running->pid == 0)
		be_child(child, ends[1], parent);
	(void)close(ends[1]);
	if (running->pid == -1) {
		(void)close(ends[0]);
		return;
	}
	(void)setpgid(running->pid, running->pid);
	running->pipe = ends[0];
	child->end = FOPNP_CHECK_CHILD_TIMED_OUT;
}

/* Its result arrives whole or not at all: a pipe takes so little at once. */
static void receive(struct fopnp_check_child *child, struct running *running)
{
	FOPNP_AUTO_FREE char *result = fopnp_memory_zeroed(child->size, 1);
	ssize_t len = read(running->pipe, result, child->size);

	if (len == -1 && errno == EINTR)
		return;
	if (len == (ssize_t)child->size) {
		memcpy(child->result, result, child->size);
		child->end = FOPNP_CHECK_CHILD_DONE;
	} else {
		child->end = FOPNP_CHECK_CHILD_CRASHED;
	}
	(void)close(running->pipe);
	running->pipe = -1;
}

static bool has_ended(pid_t pid, uint64_t until_us)
{
	siginfo_t info;

	do {
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid == pid)
			return true;
		(void)poll(NULL, 0, 2);
	} while (fopnp_clock_now_us() < until_us);
	return false;
}

static void finish(struct fopnp_check_child *child, struct running *running, uint64_t until_us)
{
	siginfo_t info;
	int status = 0;

	if (running->pipe != -1)
		(void)close(running->pipe);
	if (running->pid == -1)
		return;
	/* Its pipe was closed, mostly by its end; or by what runs in it, which goes on. */
	if (child->end == FOPNP_CHECK_CHILD_CRASHED && !has_ended(running->pid, until_us))
		child->end = FOPNP_CHECK_CHILD_TIMED_OUT;
	/* It has nothing more to do, and may hang in a destructor.  What it started goes before
	   its id is free for others. */
	if (child->end != FOPNP_CHECK_CHILD_CRASHED)
		(void)kill(running->pid, SIGKILL);
	while (waitid(P_PID, (id_t)running->pid, &info, WEXITED | WNOWAIT) == -1 && errno == EINTR)
		continue;
	(void)kill(-running->pid, SIGKILL);
	while (waitpid(running->pid, &status, 0) == -1 && errno == EINTR)
		continue;
	if (child->end == FOPNP_CHECK_CHILD_CRASHED && WIFSIGNALED(status))
		child->signal = WTERMSIG(status);
}

/* Wait for one result more.  False: there is none to come, or time is up. */
static bool wait_once(struct fopnp_check_child *children, struct running *running, size_t count,
		      uint64_t until_us)
{
	struct pollfd polls[FOPNP_CHECK_CHILDREN];
	uint64_t now_us = fopnp_clock_now_us();
	size_t waiting = 0;

	for (size_t i = 0; i < count; i++) {
		polls[i] = (struct pollfd){ .fd = running[i].pipe, .events = POLLIN };
		waiting += running[i].pipe != -1;
	}
	if (waiting == 0 || now_us >= until_us)
		return false;
	if (poll(polls, count, (int)((until_us - now_us + 999) / 1000)) > 0)
		for (size_t i = 0; i < count; i++)
			if (polls[i].revents)
				receive(&children[i], &running[i]);
	return true;
}

void fopnp_check_children_run(struct fopnp_check_child *children, size_t count, uint64_t timeout_us)
{
	struct running running[FOPNP_CHECK_CHILDREN];
	uint64_t until_us = fopnp_clock_now_us() + timeout_us, crash_until_us;

	if (count > FOPNP_CHECK_CHILDREN)
		count = FOPNP_CHECK_CHILDREN;
	for (size_t i = 0; i < count; i++)
		start(&children[i], &running[i]);
	while (wait_once(children, running, count, until_us))
		fopnp_progress_tick();
	crash_until_us = fopnp_clock_now_us() + CRASH_US;
	for (size_t i = 0; i < count; i++)
		finish(&children[i], &running[i], crash_until_us);
}
