/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The watch socket, see watch_socket.h. */
#include "tools/watch_socket.h"

#include "nss_module/lookup/event.h"
#include "tools/clock.h"
#include "tools/memory.h"
#include "tools/message.h"
#include "tools/process_info.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DIRECTORY  "/run/fopnp"
#define LOCK       DIRECTORY "/events.lock"
#define GATE       DIRECTORY "/events.gate"
#define NEW_LOCK   LOCK ".new"
#define NEW_SOCKET FOPNP_EVENT_SOCKET ".new"

#define GATE_PATIENCE_US 3000000
#define GATE_TICK_MS     10

static void tell_failure(const char *what, int error)
{
	fopnp_message_error("watch-socket-failed", NULL, "cannot %s: %s", what, strerror(error));
}

/* ---- the directory ---- */

/* As the module sees it: in a user namespace / may be somebody else's. */
static bool is_roots(const struct stat *file)
{
	struct stat root;

	return file->st_uid == 0 || (stat("/", &root) == 0 && file->st_uid == root.st_uid);
}

/* What would make the module ignore the socket; NULL: nothing. */
static const char *what_is_wrong(const struct stat *directory)
{
	if (S_ISLNK(directory->st_mode))
		return "is a symbolic link";
	if (!S_ISDIR(directory->st_mode))
		return "is no directory";
	if (!is_roots(directory))
		return "does not belong to root";
	if (directory->st_mode & (S_IWGRP | S_IWOTH))
		return "can be written to by others than root";
	return NULL;
}

static bool have_directory(void)
{
	struct stat directory;
	const char *wrong;

	if (mkdir(DIRECTORY, 0755) == 0) {
		/* Whatever the umask: other users' programs look for the socket in it. */
		if (chmod(DIRECTORY, 0755) == 0)
			return true;
	} else if (errno == EEXIST && lstat(DIRECTORY, &directory) == 0) {
		wrong = what_is_wrong(&directory);
		if (wrong)
			fopnp_message_error("watch-directory-unsafe",
					    "programs send nothing there; find out who made it, "
					    "take it away and start again",
					    DIRECTORY " %s", wrong);
		return !wrong;
	}
	tell_failure("make " DIRECTORY, errno);
	return false;
}

/* ---- the gate ---- */

static int open_gate(void)
{
	return open(GATE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Whoever is inside needs no more than a moment, or has been frozen there. */
static bool enter_gate(int gate)
{
	uint64_t start_us = fopnp_clock_now_us();

	while (flock(gate, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		if (fopnp_clock_now_us() - start_us > GATE_PATIENCE_US) {
			errno = ETIMEDOUT;
			return false;
		}
		(void)poll(NULL, 0, GATE_TICK_MS);
	}
	return true;
}

/* ---- the lock ---- */

static struct flock whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

char *fopnp_watch_socket_holder(void)
{
	struct fopnp_process_info info = { 0 };
	struct flock lock = whole_file();
	char since[64] = "";
	struct stat file;
	struct tm parts;
	char *text;
	int descriptor = open(LOCK, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (descriptor == -1 || fcntl(descriptor, F_GETLK, &lock) != 0)
		lock.l_type = F_UNLCK;
	/* The file was made, or touched, when the lock was taken. */
	if (descriptor != -1 && fstat(descriptor, &file) == 0 &&
	    localtime_r(&file.st_mtime, &parts))
		(void)strftime(since, sizeof(since), ", since %F %H:%M:%S", &parts);
	if (descriptor != -1)
		(void)close(descriptor);
	if (lock.l_type == F_UNLCK)
		return NULL;
	if (lock.l_pid <= 0)
		return fopnp_memory_format("a process in another pid namespace%s", since);
	(void)fopnp_process_info_read(lock.l_pid, &info);
	text = fopnp_memory_format("process %d (%s%s)", (int)lock.l_pid,
				   info.comm[0] ? info.comm : "fopnp", since);
	fopnp_process_info_clear(&info);
	return text;
}

/* Lock the file at PATH.  Its descriptor; -1 with errno, EAGAIN if another one holds it. */
static int take_lock(const char *path)
{
	int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct flock lock = whole_file();
	int error;

	if (descriptor == -1)
		return -1;
	if (fcntl(descriptor, F_SETLK, &lock) == 0) {
		(void)futimens(descriptor, NULL);
		return descriptor;
	}
	error = errno == EACCES ? EAGAIN : errno;
	(void)close(descriptor);
	errno = error;
	return -1;
}

/* ---- the socket ---- */

/*
 * In the place of one that a killed watcher left, or that is taken over, if there is one: at no moment is
 * there none.
 */
static bool place_socket(struct fopnp_event_listener *listener)
{
	int error;

	(void)unlink(NEW_SOCKET);
	if (!fopnp_event_listener_open(listener, NEW_SOCKET, 0666))
		return false;
	if (rename(NEW_SOCKET, FOPNP_EVENT_SOCKET) == 0) {
		(void)snprintf(listener->path, sizeof(listener->path), "%s", FOPNP_EVENT_SOCKET);
		return true;
	}
	error = errno;
	fopnp_event_listener_close(listener);
	errno = error;
	return false;
}

static enum fopnp_watch_socket_open tell_lock_failure(int error)
{
	FOPNP_AUTO_FREE char *holder = NULL;

	if (error != EAGAIN) {
		tell_failure("lock " LOCK, error);
		return FOPNP_WATCH_SOCKET_FAILED;
	}
	holder = fopnp_watch_socket_holder();
	fopnp_message_error("watch-held", "--takeover ends it and goes on in its place",
			    "%s is watching already", holder ? holder : "another process");
	return FOPNP_WATCH_SOCKET_HELD;
}

/*
 * With the gate closed behind us.  A takeover puts its lock in the place of the other's
 * when its socket is there: killed in between, it leaves the lock to whom it belongs.
 */
static enum fopnp_watch_socket_open take_place(struct fopnp_watch_socket *watch,
					       bool is_taking_over)
{
	(void)unlink(NEW_LOCK);
	watch->lock = take_lock(is_taking_over ? NEW_LOCK : LOCK);
	if (watch->lock == -1)
		return tell_lock_failure(errno);
	watch->is_open = place_socket(&watch->listener);
	if (!watch->is_open) {
		tell_failure("listen on " FOPNP_EVENT_SOCKET, errno);
		return FOPNP_WATCH_SOCKET_FAILED;
	}
	if (is_taking_over && rename(NEW_LOCK, LOCK) != 0) {
		tell_failure("take over " LOCK, errno);
		return FOPNP_WATCH_SOCKET_FAILED;
	}
	return FOPNP_WATCH_SOCKET_OPEN;
}

enum fopnp_watch_socket_open fopnp_watch_socket_open(struct fopnp_watch_socket *out_socket,
						     bool is_taking_over)
{
	enum fopnp_watch_socket_open result;

	*out_socket = (struct fopnp_watch_socket){ .lock = -1, .gate = -1 };
	if (!have_directory())
		return FOPNP_WATCH_SOCKET_FAILED;
	out_socket->gate = open_gate();
	if (out_socket->gate == -1 || !enter_gate(out_socket->gate)) {
		if (errno == ETIMEDOUT)
			fopnp_message_error("watch-gate-held",
					    "it may be stopped: `fuser -v " GATE
					    "` tells which; end it and start again",
					    "another watcher hangs while it starts or ends");
		else
			tell_failure("lock " GATE, errno);
		return FOPNP_WATCH_SOCKET_FAILED;
	}
	result = take_place(out_socket, is_taking_over);
	(void)flock(out_socket->gate, LOCK_UN);
	return result;
}

/* Whether PATH leads to what DESCRIPTOR has open. */
static bool is_at(const char *path, int descriptor)
{
	struct stat a, b;

	return lstat(path, &a) == 0 && fstat(descriptor, &b) == 0 && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

void fopnp_watch_socket_close(struct fopnp_watch_socket *watch)
{
	/*
	 * Between the look whether the socket is ours and its removal nobody may put another
	 * one there.  If the gate stays closed our socket is left, as by a killed watcher.
	 */
	bool is_inside = watch->is_open && enter_gate(watch->gate);

	if (!is_inside)
		watch->listener.path[0] = '\0';
	if (watch->is_open)
		fopnp_event_listener_close(&watch->listener);
	if (is_inside && is_at(LOCK, watch->lock))
		(void)unlink(LOCK);
	if (watch->lock != -1)
		(void)close(watch->lock);
	if (watch->gate != -1)
		(void)close(watch->gate);
	*watch = (struct fopnp_watch_socket){ .lock = -1, .gate = -1 };
}
