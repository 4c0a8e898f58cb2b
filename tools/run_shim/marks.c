/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending marks, see marks.h. */
#include "tools/run_shim/marks.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define COMM_TEXT 63

static struct sockaddr_un address; /* written once, before is_open */
static _Atomic(bool) is_open;

/* Marks that did not get through, and the process that counts them. */
static _Atomic(uint64_t) dropped;
static _Atomic(pid_t) counting_pid;

bool fopnp_run_marks_open(const char *path)
{
	size_t len = path ? strlen(path) : 0;

	if (len == 0 || len >= sizeof(address.sun_path))
		return false;
	address.sun_family = AF_UNIX;
	memcpy(address.sun_path, path, len + 1);
	atomic_store(&counting_pid, getpid());
	atomic_store(&is_open, true);
	return true;
}

bool fopnp_run_marks_are_open(void)
{
	return atomic_load(&is_open);
}

#define BIT(signal) (UINT64_C(1) << ((signal)-1))
/* A handler of these belongs to what happens: a sandbox answers a system call in SIGSYS's. */
#define FAULTS (BIT(SIGBUS) | BIT(SIGFPE) | BIT(SIGILL) | BIT(SIGSEGV) | BIT(SIGSYS) | BIT(SIGTRAP))

/* By the system call: libc's functions leave out the signals of cancellation and setuid(). */
static uint64_t block_signals(void)
{
	uint64_t blocked = ~FAULTS, before = 0;

	(void)syscall(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, &before, sizeof(before));
	return before;
}

static void restore_signals(uint64_t before)
{
	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof(before));
}

/* What this process has lost; a child of fork() starts anew, its parent tells of the rest. */
static uint64_t take_dropped(pid_t pid)
{
	pid_t counting = atomic_load(&counting_pid);
	uint64_t lost;

	if (counting == pid)
		return atomic_load(&dropped) ? atomic_exchange(&dropped, 0) : 0;
	lost = atomic_load(&dropped);
	if (atomic_compare_exchange_strong(&counting_pid, &counting, pid))
		atomic_fetch_sub(&dropped, lost);
	return 0;
}

static void add_process(struct fopnp_event_writer *writer, pid_t pid)
{
	const char *program = program_invocation_short_name;

	fopnp_event_add_number(writer, "FOPNP_PID", pid);
	fopnp_event_add_number(writer, "FOPNP_TID", syscall(SYS_gettid));
	fopnp_event_add_number(writer, "FOPNP_UID", (int64_t)getuid());
	if (program)
		fopnp_event_add(writer, "FOPNP_COMM", program, strnlen(program, COMM_TEXT));
}

static void begin(struct fopnp_run_mark *mark, pid_t pid, char *bytes, size_t size,
		  const char *phase)
{
	fopnp_event_start(&mark->writer, bytes, size);
	fopnp_event_add_number(&mark->writer, "FOPNP_EVENT", FOPNP_EVENT_VERSION);
	fopnp_event_add_text(&mark->writer, "FOPNP_PHASE", phase);
	add_process(&mark->writer, pid);
	if (mark->lost > 0)
		fopnp_event_add_number(&mark->writer, "FOPNP_DROPPED", (int64_t)mark->lost);
}

void fopnp_run_mark_begin(struct fopnp_run_mark *mark, char *bytes, size_t size, const char *phase)
{
	pid_t pid = getpid();

	*mark = (struct fopnp_run_mark){ .signals = block_signals() };
	mark->lost = take_dropped(pid);
	begin(mark, pid, bytes, size, phase);
}

void fopnp_run_mark_begin_large(struct fopnp_run_mark *mark, const char *phase)
{
	pid_t pid = getpid();

	*mark = (struct fopnp_run_mark){ .signals = block_signals() };
	mark->lost = take_dropped(pid);
	mark->allocated = malloc(FOPNP_EVENT_SIZE);
	begin(mark, pid, mark->allocated, mark->allocated ? FOPNP_EVENT_SIZE : 0, phase);
}

void fopnp_run_mark_begin_exec(struct fopnp_run_mark *mark, char *bytes, size_t size,
			       const char *phase)
{
	*mark = (struct fopnp_run_mark){ .signals = block_signals() };
	begin(mark, getpid(), bytes, size, phase);
}

/*
 * False if there is somebody who did not get it.  By the system calls: libc's sendto() and close()
 * are points of cancellation, and take notice of one that came before its signal was blocked.
 */
static bool send_bytes(const char *bytes, size_t len)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool is_done;

	if (fd < 0)
		return false;
	is_done = syscall(SYS_sendto, fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL, &address,
			  sizeof(address)) >= 0 ||
		  errno == ENOENT || errno == ENOTDIR || errno == ECONNREFUSED || errno == EACCES ||
		  errno == EPERM || errno == EPROTOTYPE;
	(void)syscall(SYS_close, fd);
	return is_done;
}

void fopnp_run_mark_send(struct fopnp_run_mark *mark)
{
	size_t len = fopnp_event_finish(&mark->writer);

	if (len == 0 || !send_bytes(mark->writer.bytes, len))
		atomic_fetch_add(&dropped, mark->lost + 1);
	free(mark->allocated);
	restore_signals(mark->signals);
}
