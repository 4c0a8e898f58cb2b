/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Child processes that run what others wrote. */
#include "tools/child_process.h"

#include "tools/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const int SIGNALS[FOPNP_HELD_SIGNALS] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD };

static volatile sig_atomic_t ending_signal;

static void note_signal(int number)
{
	if (number != SIGCHLD) /* which only has to wake us */
		ending_signal = number;
}

void fopnp_held_signals_start(struct fopnp_held_signals *out_signals)
{
	struct sigaction action = { .sa_handler = note_signal };
	sigset_t mask;

	ending_signal = 0;
	(void)sigemptyset(&mask);
	for (size_t i = 0; i < FOPNP_HELD_SIGNALS; i++)
		(void)sigaddset(&mask, SIGNALS[i]);
	(void)sigprocmask(SIG_BLOCK, &mask, &out_signals->old_mask);
	out_signals->wait_mask = out_signals->old_mask;
	(void)sigdelset(&out_signals->wait_mask, SIGCHLD);
	for (size_t i = 0; i < FOPNP_HELD_SIGNALS; i++) {
		(void)sigaction(SIGNALS[i], NULL, &out_signals->old_actions[i]);
		/* One that is ignored, as nohup(1) does, stays so. */
		if (SIGNALS[i] == SIGCHLD || out_signals->old_actions[i].sa_handler != SIG_IGN)
			(void)sigaction(SIGNALS[i], &action, NULL);
	}
}

int fopnp_held_signals_ending(void)
{
	return ending_signal;
}

static void restore_actions(const struct fopnp_held_signals *signals)
{
	for (size_t i = 0; i < FOPNP_HELD_SIGNALS; i++)
		(void)sigaction(SIGNALS[i], &signals->old_actions[i], NULL);
}

void fopnp_held_signals_release(const struct fopnp_held_signals *signals)
{
	restore_actions(signals);
	if (ending_signal) {
		fopnp_progress_stop();
		(void)raise(ending_signal);
	}
	(void)sigprocmask(SIG_SETMASK, &signals->old_mask, NULL);
}

static void silence_standard_descriptors(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null == -1) /* no /dev, as in many a chroot */
		null = memfd_create("null", MFD_CLOEXEC);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && null != -1; fd++)
		(void)dup2(null, fd);
}

void fopnp_child_process_begin(const struct fopnp_held_signals *signals, pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* A group of its own, which ends with it: sources may start processes. */
	(void)setpgid(0, 0);
	restore_actions(signals);
	(void)sigprocmask(SIG_SETMASK, &signals->old_mask, NULL);
	silence_standard_descriptors();
}

void fopnp_child_process_begun(pid_t child)
{
	(void)setpgid(child, child);
}

bool fopnp_child_process_has_ended(pid_t child)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       info.si_pid == child;
}

int fopnp_child_process_end(pid_t child)
{
	int status = 0;

	/* What it still wants to do at its end is unimportant. */
	(void)kill(-child, SIGKILL);
	(void)kill(child, SIGKILL);
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		;
	return status;
}
